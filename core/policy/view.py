"""One chat's view of the catalogue in one turn: what holds, what is out, what fits, and why. No words, no decisions."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from core import evidence
from core.catalog import DOMAINS, NUMBERS, Catalog, Item
from core.evidence import Holding, Known
from core.recsys.factors import ItemFactors
from core.recsys.gaussian import Belief, Observation
from core.state import ChatState, Feedback, Kind
from core.turns import Condition, Scope, Target

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
EITHER = ("person", "country", "language", "decade", "audience")
WEIGHTS = {"genre": 2.0, "mood": 1.0, "keyword": 0.7, "person": 1.0}  # a rare keyword is no kin of its own
ALIKE_KINDS = tuple(WEIGHTS)
BY_LIKERS = 2.0  # of likeness by who liked both; facets weigh 1
RELIABLE = 10  # people who judged an item, by whom half is believed
OPPOSITES = {  # a film may be funny and dark; who asks for funny alone means the other kind
    "funny": ("dark", "sad"),
    "light": ("dark", "sad", "tense", "scary"),
    "warm": ("dark", "tense", "scary"),
    "romantic": ("dark", "scary", "epic"),
    "calm": ("tense", "scary", "dark"),
    "hopeful": ("dark", "sad"),
}


@dataclass(frozen=True, eq=False)
class Shelf:
    """The catalogue as arrays, made once: who has which facet, numbers, and what is alike.

    texts: (n, t) unit vectors of the descriptions, zeros where there is none; or None.
    match: free text -> (n,) similarity to the descriptions. floor: below it nothing is meant by a word or two.
    """

    catalog: Catalog
    model: ItemFactors
    texts: npt.NDArray[np.float32] | None = None
    match: Callable[[str], Vector] | None = None
    floor: float = 0.0

    @cached_property
    def observer(self) -> evidence.Observer:
        return evidence.Observer(self.catalog, self.model)

    @cached_property
    def domain(self) -> npt.NDArray[np.int64]:
        return np.array([DOMAINS.index(i.domain) for i in self.catalog.items])

    @cached_property
    def described(self) -> Mask:
        return np.array([bool(i.about.zh or i.about.en) for i in self.catalog.items])

    @cached_property
    def numbers(self) -> dict[str, Vector]:
        """Number fields by kind, NaN where unknown."""

        def column(kind: str) -> Vector:
            return np.array([np.nan if (v := i.number(kind)) is None else v for i in self.catalog.items])

        return {kind: column(kind) for kind in ("year", *NUMBERS)}

    @cached_property
    def facets(self) -> tuple["sp.csr_matrix[np.float64]", tuple[tuple[str, str], ...], Vector]:
        """(n, f) unit rows of facets weighted by rarity, the facets, and their rarity."""
        names = tuple(
            f for f, rows in self.catalog.rows_of.items() if f[0] in ALIKE_KINDS and len(rows) > 1 and f[1] != "series"
        )
        rarity = np.array([WEIGHTS[f[0]] * np.log(len(self.catalog) / len(self.catalog.rows_of[f])) for f in names])
        rows = np.concatenate([np.array(self.catalog.rows_of[f]) for f in names]) if names else np.zeros(0, int)
        columns = np.repeat(np.arange(len(names)), [len(self.catalog.rows_of[f]) for f in names])
        matrix = sp.csr_matrix((rarity[columns], (rows, columns)), shape=(len(self.catalog), len(names)))
        norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
        return sp.csr_matrix(sp.diags_array(1 / np.maximum(norms, 1e-9)) @ matrix), names, rarity

    def mask(self, condition: Condition) -> Mask:
        """(n,) True where the condition holds; an unknown field fails a must (see `evidence.satisfies`)."""
        if condition.target is None:
            values = self.numbers[str(condition.kind)]
            bound = float(condition.value or 0)
            known = ~np.isnan(values)
            with np.errstate(invalid="ignore"):
                holds = {
                    "=": values == bound,
                    "!=": values != bound,
                    "<": values < bound,
                    "<=": values <= bound,
                    ">": values > bound,
                    ">=": values >= bound,
                }[condition.op or "="]
            kept: Mask = known & holds if condition.must else ~known | ~holds
            return kept
        found = np.zeros(len(self.catalog), dtype=bool)
        kind, value = condition.target.kind, condition.target.value
        if kind == "item":
            rows: Iterable[int] = [self.catalog.row[value]] if value in self.catalog.row else []
        elif kind == "audience":
            rows = [r for a in evidence.suited(value) for r in self.catalog.rows_of.get(("audience", a), ())]
        else:
            rows = [r for t in evidence.meant(condition) for r in self.catalog.rows_of.get((t.kind, t.value), ())]
        found[list(rows)] = True
        return found if condition.must else ~found

    def alike(self, row: int) -> Vector:
        """(n,) likeness to an item: rare facets in common, what their descriptions say, and who liked both.

        Of 100 people held out of MovieLens who asked for "something like" a film they liked, the first five lists
        brought 61 one that they liked too, against 24 by facets alone.
        """
        matrix = self.facets[0]
        likeness: Vector = np.asarray((matrix @ matrix[row].T).todense()).ravel()
        if self.texts is not None and self.texts[row].any():
            likeness = likeness + (self.texts @ self.texts[row]).astype(np.float64)
        if self.model.counts[row]:
            trust = self.model.counts / (self.model.counts + RELIABLE)
            likeness = likeness + BY_LIKERS * trust[row] * trust * (self.directions @ self.directions[row])
        return likeness

    @cached_property
    def directions(self) -> npt.NDArray[np.float64]:
        """(n, d) the items' vectors in the space of tastes, of length 1."""
        vectors = self.model.vectors
        found: npt.NDArray[np.float64] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return found

    def question(self, target: Target) -> Observation:
        """What a yes to "do you like it?" would say. Kept: it is the same for everybody."""
        found = self._questions.get(target)
        if found is None:
            members = np.zeros(len(self.catalog))
            members[list(self.catalog.rows_of[(target.kind, target.value)])] = 1.0
            found = self._questions[target] = self.model.facet_observation(members, 1.0)
        return found

    @cached_property
    def _questions(self) -> dict[Target, Observation]:
        return {}

    def kin(self, row: int) -> Mask:
        """(n,) the work itself in any form, and its sequels: their titles begin alike."""
        stems = self.stems[row]
        return np.fromiter((bool(stems & other) for other in self.stems), bool, len(self.catalog))

    @cached_property
    def stems(self) -> tuple[frozenset[str], ...]:
        """What the titles of one series have in common: all before a colon, number, "and the" or 与."""

        def stem(title: str) -> str:
            bare = re.sub(r"[·・\s]+", " ", title.casefold())
            head = re.split(r"[:：,，]| and the | part | vol|[与之]| [ivx]+$|[\d１-９]", bare, maxsplit=1)[0].strip()
            return head if len(head) >= 2 else bare

        return tuple(frozenset(stem(t) for t in (i.title.zh, i.title.en) if t) for i in self.catalog.items)

    def shared(self, row: int, other: int) -> tuple[Target, ...]:
        """Facets that two items share, rarest first."""
        matrix, names, rarity = self.facets
        common = np.intersect1d(matrix[row].indices, matrix[other].indices)
        return tuple(Target(*names[f]) for f in sorted(common, key=lambda f: (-rarity[f], f)))


@dataclass(frozen=True, slots=True)
class Numbers:
    """An item's logit taken apart: prior + sum of parts, one a feedback."""

    prior: float
    parts: tuple[tuple[Feedback, float], ...]
    logit: float
    std: float

    @property
    def score(self) -> float:
        return float(1 / (1 + np.exp(-self.logit)))


def alternatives(conditions: Iterable[Condition]) -> list[tuple[Condition, ...]]:
    """Conditions of which one in each group must hold: of two people, countries or decades either will do."""
    groups: dict[object, list[Condition]] = {}
    for number, c in enumerate(conditions):
        either = c.must and c.target is not None and c.target.kind in EITHER
        groups.setdefault(c.target.kind if either and c.target else number, []).append(c)
    return [tuple(group) for group in groups.values()]


def opposed(one: Target, other: Target) -> bool:
    """Moods that nobody wishes for at once."""
    moods = one.kind == other.kind == "mood"
    return moods and (one.value in OPPOSITES.get(other.value, ()) or other.value in OPPOSITES.get(one.value, ()))


@dataclass(frozen=True, eq=False)
class View:
    """The chat's live evidence and what follows from it."""

    shelf: Shelf
    state: ChatState
    live: tuple[Feedback, ...]

    @cached_property
    def holding(self) -> tuple[Holding, ...]:
        return evidence.holding(self.live)

    @cached_property
    def known(self) -> Known:
        return evidence.known(self.live)

    @cached_property
    def told(self) -> tuple[tuple[Feedback, ...], Belief]:
        """Feedback that speaks of taste, and the belief built from it."""
        told, observations = self.shelf.observer.observe(self.live)
        return told, self.shelf.model.belief(observations)

    @cached_property
    def said_here(self) -> tuple[tuple[Feedback, ...], Belief]:
        """`told` without what members brought along from elsewhere: all that may be put into words."""
        if not any(e.kind is Kind.JOINED for e in self.live):
            return self.told
        here = [e for e in self.live if e.kind is not Kind.JOINED]
        told, observations = self.shelf.observer.observe(here)
        return told, self.shelf.model.belief(observations)

    @cached_property
    def votes(self) -> Mapping[str, tuple[int, int]]:
        """Likes and dislikes of an item by different people; of a private chat, nothing."""
        return evidence.votes(self.live) if self.group else {}

    @cached_property
    def scores(self) -> Vector:
        return self.shelf.model.scores(self.told[1])

    @property
    def group(self) -> bool:
        return self.state.chat_id < 0

    @property
    def newcomer(self) -> bool:
        """Nothing is known of this person's taste yet."""
        return not any(e.kind in (*evidence.VERDICTS, Kind.TASTE, Kind.JOINED) for e in self.live)

    def numbers(self, item_id: str) -> Numbers:
        """An item's numbers. One row at a time, so that its bits do not hang on which others are shown."""
        found = self._numbers.get(item_id)
        if found is not None:
            return found
        row = self.shelf.catalog.row[item_id]
        told, belief = self.told
        prior, shares = self.shelf.model.shares(belief, [row])
        together: dict[int, tuple[Feedback, float]] = {}  # who joined a group speaks twice in one event
        for e, value in zip(told, shares[0], strict=True):
            together[e.event] = e, together[e.event][1] + float(value) if e.event in together else float(value)
        parts = tuple(together.values())
        logit = float(prior[0]) + float(np.sum([value for _, value in parts]))
        found = Numbers(float(prior[0]), parts, logit, float(self.shelf.model.std(belief, [row])[0]))
        self._numbers[item_id] = found
        return found

    @cached_property
    def _numbers(self) -> dict[str, Numbers]:
        return {}

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """What filters: conditions and asked-for facets, but for moods and keywords, which only bend the order."""
        return tuple(h.condition for h in self.holding if not (h.request and self.is_soft(h.condition)))

    @property
    def asks_now(self) -> bool:
        """Something that the catalogue has was asked for in this turn: a domain, a genre, a number ..."""
        rows_of = self.shelf.catalog.rows_of
        targets = [(h.condition.target, h.turn == self.state.turn) for h in self.holding]
        return any(now and (t is None or (t.kind, t.value) in rows_of) for t, now in targets)

    @property
    def conditions_beside_domain(self) -> tuple[Condition, ...]:
        return tuple(c for c in self.conditions if c.target is None or c.target.kind != "domain")

    @staticmethod
    def is_soft(condition: Condition) -> bool:
        return condition.target is not None and condition.target.kind in ("mood", "keyword")

    @cached_property
    def wishes(self) -> tuple[Target, ...]:
        """Moods and keywords asked for, and what should be more than in the last list; of opposite moods the newer."""
        asked = [(h.condition.target, h.turn) for h in self.holding if h.request and self.is_soft(h.condition)]
        begun = max((h.turn for h in self.holding if evidence.starts_afresh(h)), default=0)
        more = [
            (Target(*e.target.split(":", 1)), e.turn)
            for e in self.live
            if e.kind is Kind.CRITIQUE and e.value > 0 and e.turn >= begun
        ]
        fresh = [
            (Target(*e.target.split(":", 1)), e.turn)  # a taste that began this list is a wish of it too
            for e in self.live
            if e.kind is Kind.TASTE and e.value > 0 and e.turn >= (self.state.since or self.state.turn)
        ]
        turns = {t: turn for t, turn in (*asked, *more, *fresh) if t is not None}
        given_up = {
            old for old, told in turns.items() for new, since in turns.items() if told < since and opposed(old, new)
        } | {t for t, told in turns.items() if self._turned_against.get(t, 0) > told}
        known = self.shelf.catalog.rows_of
        return tuple(t for t in turns if (t.kind, t.value) in known and t not in given_up)

    @cached_property
    def things(self) -> tuple[Target, ...]:
        """Keywords asked for that the catalogue has: what it should be about."""
        asked = {h.condition.target for h in self.holding if h.request}
        return tuple(t for t in self.wishes if t.kind == "keyword" and t in asked)

    @property
    def lacking(self) -> tuple[Target, ...]:
        """What was asked for in this turn and nothing in the catalogue has."""
        asked = [h.condition.target for h in self.holding if h.request and h.turn == self.state.turn]
        rows_of = self.shelf.catalog.rows_of
        return tuple(t for t in asked if t is not None and t.kind == "keyword" and (t.kind, t.value) not in rows_of)

    @cached_property
    def unwanted(self) -> tuple[Target, ...]:
        """Facets that this person dislikes, lastingly or in the last list, and did not ask for."""
        asked = {h.condition.target: h.turn for h in self.holding if h.request}
        return tuple(t for t, turn in self._turned_against.items() if asked.get(t, -1) < turn)

    @cached_property
    def _turned_against(self) -> dict[Target, int]:
        """Facets that were disliked or wanted less, and the turn that last said so."""
        said = [e for e in self.live if e.kind in (Kind.TASTE, Kind.CRITIQUE) and e.value <= -1]
        return {Target(*e.target.split(":", 1)): e.turn for e in said}

    @cached_property
    def dear(self) -> tuple[Target, ...]:
        """Facets liked lastingly, newest first."""
        liked = [
            e.target for e in reversed(self.live) if e.kind is Kind.TASTE and e.value > 0 and e.scope is Scope.ALWAYS
        ]
        return tuple(Target(*t.split(":", 1)) for t in dict.fromkeys(liked))

    def fitting(self, conditions: Iterable[Condition], domains: Iterable[str]) -> Mask:
        """(n,) in one of the domains, every condition holds, and not yet seen, refused or shown."""
        fits = np.isin(self.shelf.domain, [DOMAINS.index(d) for d in domains]) & self.fresh
        for group in alternatives(conditions):
            fits &= np.logical_or.reduce([self.shelf.mask(condition) for condition in group])
        return fits

    def near(self, wish: str) -> Vector | None:
        """(n,) likeness of the descriptions to a wish, read once a turn; None where nothing can read it."""
        if self.shelf.match is None:
            return None
        if wish not in self._near:
            self._near[wish] = self.shelf.match(wish)
        return self._near[wish]

    @cached_property
    def _near(self) -> dict[str, Vector]:
        return {}

    @cached_property
    def fresh(self) -> Mask:
        fresh = np.ones(len(self.shelf.catalog), dtype=bool)
        row = self.shelf.catalog.row
        fresh[[row[i] for i in (*self.known.out, *self.state.shown) if i in row]] = False
        return fresh

    def item(self, item_id: str) -> Item:
        return self.shelf.catalog.items[self.shelf.catalog.row[item_id]]
