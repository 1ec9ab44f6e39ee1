"""From the feedback log to what it says: what is live, what holds, what is out, and the observations behind a belief.

Live evidence = log - undone - expired, then the last word per (speaker, target, family). Everything here is a fold over
it, so taking an event back leaves all as if it had never been given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.catalog import Catalog, Item
from core.recsys.factors import ItemFactors
from core.recsys.gaussian import Observation
from core.state import Feedback, Kind, decode_condition
from core.turns import NUMBER_KINDS, Condition, Scope, Target

VERDICTS = {Kind.LOVE: 1.0, Kind.LIKE: 1.0, Kind.SOSO: 0.0, Kind.DISLIKE: -1.0, Kind.REFUSED: -1.0, Kind.SIMILAR: 1.0}
STRENGTHS = {Kind.LOVE: 1.6, Kind.REFUSED: 0.25, Kind.SIMILAR: 0.6}
FAMILIES = {
    **dict.fromkeys((Kind.LOVE, Kind.LIKE, Kind.SOSO, Kind.DISLIKE, Kind.REFUSED), "verdict"),
    Kind.SAVED: "saved",
    Kind.UNSAVED: "saved",
}
CONTENT = ("genre", "mood", "keyword", "person")
REQUEST_STRENGTH = 0.25  # asking for a documentary tonight is hardly a taste for documentaries
REMEMBERED_FACETS = 512  # words on facets whose observation is kept
DOMAIN_BOUND = (
    "genre",
    "mood",
    "keyword",
    "person",
    "country",
    "language",
    "minutes",
    "pages",
    "price",
)  # given up when the domain changes


YEARLESS = ("product", "topic")  # of no year, so that one asked for before is no longer meant


def live(log: Iterable[Feedback], session: int) -> tuple[Feedback, ...]:
    """What counts now: lasting events first, then this session's, each by event id."""
    log = tuple(log)
    undone = taken_back(log)
    alive = [
        e
        for e in log
        if e.kind is not Kind.UNDO and e.event not in undone and (e.scope is Scope.ALWAYS or e.session == session)
    ]
    alive.sort(key=lambda e: (e.scope is not Scope.ALWAYS, e.event))
    last: dict[object, int] = {}
    for e in alive:
        family = FAMILIES.get(e.kind, str(e.kind))
        told_once = e.kind in (Kind.CONDITION, Kind.REQUEST, Kind.DROP, Kind.WISH)
        last[e.event if told_once else (e.speaker, e.target, family)] = e.event
    kept = set(last.values())
    return tuple(e for e in alive if e.event in kept)


def taken_back(log: Iterable[Feedback]) -> frozenset[int]:
    """Events that no longer count. What took them back may itself be taken back, where a message was edited."""
    undone: set[int] = set()
    for e in sorted((e for e in log if e.kind is Kind.UNDO), key=lambda e: -e.event):
        if e.event not in undone:
            undone |= e.undoes
    return frozenset(undone)


@dataclass(frozen=True, slots=True)
class Holding:
    """A condition in force, the event that set it, and whether it was only asked for (a request).

    narrows: said about the request that stands, as an answer or a choice among kinds, so that it takes nothing away.
    """

    condition: Condition
    event: int
    turn: int
    request: bool
    narrows: bool = False


def holding(evidence: Iterable[Feedback]) -> tuple[Holding, ...]:
    """Conditions and requests in force, oldest first."""
    held: list[Holding] = []
    for e in sorted(evidence, key=lambda e: e.event):
        if e.kind is Kind.DROP:
            held = [h for h in held if not dropped(h, e.target)]
        elif e.kind in (Kind.CONDITION, Kind.REQUEST):
            new = Holding(
                decode_condition(e.detail), e.event, e.turn, e.kind is Kind.REQUEST, bool(e.detail.get("narrows"))
            )
            held = [h for h in held if not _replaces(new, h)]
            held.append(new)
    return tuple(held)


def dropped(held: Holding, what: str) -> bool:
    """True where `what` (a target, a facet or number kind, `requests`, `all`) gives the condition up."""
    condition = held.condition
    if what in ("all", "requests"):
        return what == "all" or held.request
    if condition.target is None:
        return what == condition.kind or (what == "decade" and condition.kind == "year")
    if condition.target.kind == "decade" and what == "year":
        return True
    return what in (condition.target.kind, str(condition.target))


def _replaces(new: Holding, old: Holding) -> bool:
    a, b = new.condition, old.condition
    if a == b or (a.target is not None and a.target == b.target):
        return True
    if a.target is not None and a.target.kind == "domain" and a.must and new.turn != old.turn:
        if a.target.value in YEARLESS and (b.kind == "year" or (b.target is not None and b.target.kind == "decade")):
            return True
        if b.target is not None:
            return b.must and b.target.kind in ("domain", *DOMAIN_BOUND)
        return b.kind in DOMAIN_BOUND
    if a.target is not None and b.target is not None and new.turn != old.turn:
        if starts_afresh(new) and old.request and b.must and b.target.kind in CONTENT:
            return True
        same = a.target.kind == b.target.kind and a.must and b.must
        return same and (new.request or a.target.kind in ("decade", "domain", "audience"))
    if new.turn == old.turn:
        return False
    years_a = a.kind == "year" or (a.target is not None and a.target.kind == "decade")
    years_b = b.kind == "year" or (b.target is not None and b.target.kind == "decade")
    if years_a and years_b and (a.target is not None or b.target is not None):
        return a.must and b.must
    return a.kind is not None and a.kind == b.kind and (_direction(a) == _direction(b) or not _together(a, b))


def starts_afresh(held: Holding) -> bool:
    """True for a request that names what is wanted: the content asked for before is no longer meant."""
    target = held.condition.target
    named = target is not None and target.kind in ("genre", "person", "domain")
    return named and held.request and held.condition.must and not held.narrows


def _direction(c: Condition) -> str:
    op = c.op or "="
    return {"<": "most", "<=": "most", ">": "least", ">=": "least"}.get(op, op)


def _together(a: Condition, b: Condition) -> bool:
    """False where no number can satisfy both."""
    low, high = -np.inf, np.inf
    for c in (a, b):
        value = float(c.value or 0)
        if c.op in (">", ">=", "="):
            low = max(low, value)
        if c.op in ("<", "<=", "="):
            high = min(high, value)
    return bool(low <= high)


def satisfies(item: Item, condition: Condition) -> bool:
    """True where the item's fields show that the condition holds; an unknown field fails a must, passes a must-not."""
    if condition.target is not None:
        return any(t.value in _words(item, t) for t in meant(condition)) == condition.must
    value = item.number(condition.kind or "")
    if value is None:
        return not condition.must
    bound = float(condition.value or 0)
    holds = {
        "=": value == bound,
        "!=": value != bound,
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
    }[condition.op or "="]
    return holds == condition.must


def meant(condition: Condition) -> tuple[Target, ...]:
    """Facets of which an item must have one, or none: who refuses a theme refuses the genre of that name too."""
    target = condition.target
    if target is None:
        return ()
    both = target.kind == "keyword" and not condition.must
    return (target, Target("genre", target.value)) if both else (target,)


def suited(audience: str) -> tuple[str, ...]:
    """Audiences whose things suit this one: what suits a child suits the family and the young."""
    return {"family": ("child", "family"), "teen": ("child", "family", "teen")}.get(audience, (audience,))


def _words(item: Item, target: Target) -> tuple[str, ...]:
    if target.kind == "item":
        return (item.id,)
    words = item.words(target.kind)
    if target.kind == "audience" and any(w in suited(target.value) for w in words):
        return (*words, target.value)
    return words


def is_number(kind: str) -> bool:
    return kind in NUMBER_KINDS


@dataclass(frozen=True, slots=True)
class Known:
    """Items the person has spoken on. refused: no, or not tonight. saved: in order of saving."""

    verdicts: Mapping[str, Kind]
    seen: frozenset[str]
    refused: frozenset[str]
    saved: tuple[str, ...]

    @property
    def out(self) -> frozenset[str]:
        """Not to be offered again unless asked for."""
        return frozenset(self.verdicts) | self.seen | self.refused


def known(evidence: Iterable[Feedback]) -> Known:
    verdicts: dict[str, Kind] = {}
    seen: set[str] = set()
    refused: set[str] = set()
    saved: dict[str, None] = {}
    for e in sorted(evidence, key=lambda e: e.event):
        item_id = e.target.removeprefix("item:")
        if e.kind in (Kind.LOVE, Kind.LIKE, Kind.SOSO, Kind.DISLIKE):
            verdicts[item_id] = e.kind
        elif e.kind in (Kind.SEEN, Kind.ACCEPTED):
            seen.add(item_id)
        elif e.kind in (Kind.REFUSED, Kind.NOT_NOW):
            refused.add(item_id)
        elif e.kind is Kind.SAVED:
            saved[item_id] = None
        elif e.kind is Kind.UNSAVED:
            saved.pop(item_id, None)
        elif e.kind is Kind.SIMILAR:
            seen.add(item_id)
    return Known(verdicts, frozenset(seen), frozenset(refused), tuple(saved))


class Observer:
    """Turns evidence into observations for one catalogue and model.

    What words on a facet say hangs on nothing else, so it is worked out once; safe to share between threads.
    """

    def __init__(self, catalog: Catalog, model: ItemFactors) -> None:
        self._catalog, self._model = catalog, model
        self._of_facet = lru_cache(maxsize=REMEMBERED_FACETS)(self._facet)

    def observe(self, evidence: Sequence[Feedback]) -> tuple[tuple[Feedback, ...], tuple[Observation, ...]]:
        """The evidence that says something of taste, and one observation each, in the order of `live`.

        Items and facets that the model does not hold say nothing. Of two words of one person on one item (its own and
        "similar to it") the first counts. Who joined a group speaks twice in one event: for some items, against others.
        """
        told: list[Feedback] = []
        found: list[Observation] = []
        rows: set[tuple[int, int]] = set()
        for e in evidence:
            said: tuple[Observation, ...] = ()
            if e.kind in VERDICTS:
                row = self._catalog.row.get(e.target.removeprefix("item:"))
                if row is not None and (e.speaker, row) not in rows:
                    rows.add((e.speaker, row))
                    said = (self._model.item_observation(row, VERDICTS[e.kind], STRENGTHS.get(e.kind, 1.0)),)
            elif e.kind in (Kind.TASTE, Kind.CRITIQUE):
                said = self._of_facet(e.target, e.value)
            elif e.kind is Kind.REQUEST:
                said = self._of_facet(e.target, REQUEST_STRENGTH if e.detail.get("must", True) else -REQUEST_STRENGTH)
            elif e.kind is Kind.WISH:
                said = self._weighted(e.detail.get("weights"), e.value)
            elif e.kind is Kind.JOINED:
                said = (
                    *self._weighted(e.detail.get("for"), e.value),
                    *self._weighted(e.detail.get("against"), -e.value),
                )
            told += [e] * len(said)
            found += said
        return tuple(told), tuple(found)

    def _facet(self, target: str, strength: float) -> tuple[Observation, ...]:
        """Domains are never compared."""
        kind, _, value = target.partition(":")
        if kind == "domain":
            return ()
        members = np.zeros(len(self._catalog))
        members[list(self._catalog.rows_of.get((kind, value), ()))] = 1.0
        return self._of(members, strength)

    def _weighted(self, weights: object, strength: float) -> tuple[Observation, ...]:
        """Of item ids and their weights; what is no such thing, or is gone, weighs nothing."""
        members = np.zeros(len(self._catalog))
        for item_id, weight in weights.items() if isinstance(weights, dict) else ():
            row = self._catalog.row.get(item_id)
            if row is not None:
                members[row] = weight
        return self._of(members, strength)

    def _of(self, members: np.ndarray, strength: float) -> tuple[Observation, ...]:
        return (self._model.facet_observation(members, strength),) if members.any() and strength else ()


def votes(evidence: Iterable[Feedback]) -> dict[str, tuple[int, int]]:
    """Likes and dislikes by item id, in live evidence: one of each person."""
    found: dict[str, tuple[int, int]] = {}
    for e in evidence:
        up, down = found.get(item_id := e.target.removeprefix("item:"), (0, 0))
        if e.kind in (Kind.LIKE, Kind.LOVE):
            found[item_id] = up + 1, down
        elif e.kind is Kind.DISLIKE:
            found[item_id] = up, down + 1
    return found
