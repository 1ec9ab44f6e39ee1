"""One chat's view of the catalogue in one turn: what holds, what is out, what fits, and why. No words, no decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core import evidence
from core.catalog import DOMAINS, Item
from core.evidence import Holding, Known
from core.policy.shelf import Mask, Shelf, Vector
from core.recsys.gaussian import Belief
from core.state import ChatState, Feedback, Kind
from core.turns import Condition, Scope, Target

EITHER = ("person", "country", "language", "decade", "audience")
OPPOSITES = {  # a film may be funny and dark; who asks for funny alone means the other kind
    "funny": ("dark", "sad"),
    "light": ("dark", "sad", "tense", "scary"),
    "warm": ("dark", "tense", "scary"),
    "romantic": ("dark", "scary", "epic"),
    "calm": ("tense", "scary", "dark"),
    "hopeful": ("dark", "sad"),
}


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
        return self.asks_beside_domain or any(now and t is not None and t.kind == "domain" for t, now in self._asked)

    @property
    def asks_beside_domain(self) -> bool:
        """The same, but for the kind of thing."""
        rows_of = self.shelf.catalog.rows_of
        return any(now and (t is None or t.kind != "domain" and (t.kind, t.value) in rows_of) for t, now in self._asked)

    @property
    def _asked(self) -> list[tuple[Target | None, bool]]:
        return [(h.condition.target, h.turn == self.state.turn) for h in self.holding]

    @property
    def conditions_beside_domain(self) -> tuple[Condition, ...]:
        return tuple(c for c in self.conditions if c.target is None or c.target.kind != "domain")

    @staticmethod
    def is_soft(condition: Condition) -> bool:
        return condition.target is not None and condition.target.kind in ("mood", "keyword")

    @cached_property
    def wishes(self) -> tuple[Target, ...]:
        """Moods and keywords asked for, and what should be more than in the last list; of opposite moods the newer."""
        asked = [(h.condition.target, h.turn) for h in self.holding if h.condition.must and self.is_soft(h.condition)]
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
        return self.meeting(conditions, domains) & self.fresh

    def meeting(self, conditions: Iterable[Condition], domains: Iterable[str]) -> Mask:
        """(n,) in one of the domains, and every condition holds."""
        meets = np.isin(self.shelf.domain, [DOMAINS.index(d) for d in domains])
        for group in alternatives(conditions):
            meets &= np.logical_or.reduce([self.shelf.mask(condition) for condition in group])
        return meets

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

    def turned_down(self, item_id: str) -> bool:
        """Not liked, or not wanted, rather than seen."""
        return item_id in self.known.refused or self.known.verdicts.get(item_id) is Kind.DISLIKE

    @cached_property
    def fresh(self) -> Mask:
        fresh = np.ones(len(self.shelf.catalog), dtype=bool)
        row = self.shelf.catalog.row
        fresh[[row[i] for i in (*self.known.out, *self.state.shown, *self.shelf.hidden) if i in row]] = False
        return fresh

    def item(self, item_id: str) -> Item:
        return self.shelf.catalog.items[self.shelf.catalog.row[item_id]]
