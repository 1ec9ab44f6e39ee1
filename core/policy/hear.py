"""From acts to feedback: what a message or a tap tells, and what it wants to see."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from core import evidence
from core.catalog import Catalog, Item
from core.moves import Line, line
from core.policy.want import Want
from core.state import ChatState, Feedback, Kind, encode_condition
from core.turns import (
    Act,
    Condition,
    Lang,
    Scope,
    Target,
    UnderstoodAct,
    item,
)

SEEN_ACTS = {Act.SEEN_LIKED: Kind.LIKE, Act.SEEN_DISLIKED: Kind.DISLIKE, Act.SEEN_NEUTRAL: Kind.SOSO}
VERDICT_ACTS = {Act.LIKE: Kind.LIKE, Act.LOVE: Kind.LOVE, Act.DISLIKE: Kind.DISLIKE, **SEEN_ACTS}
MARKS = ("keyword", "genre")  # what an item is marked with, or not
PICTURES = (
    Act.ASK_RECOMMEND,
    Act.SIMILAR_TO,
    Act.MORE,
    Act.NEXT,
    Act.ANOTHER_N,
    Act.CRITIQUE_MORE,
    Act.CRITIQUE_LESS,
    Act.REPLACE_CONDITION,
    Act.DROP_CONDITION,
    Act.MUST,
    Act.MUST_NOT,
    Act.SURPRISE,
    Act.EXPLORE,
    Act.CONTEXT,
    Act.DONT_CARE,
    Act.DONT_KNOW,
    Act.GROUP_SETTLE,
    Act.ANSWER,
    Act.REPAIR,
    Act.CORRECT_PROFILE,
    Act.REVEAL_LIKE,
    Act.REVEAL_DISLIKE,
    Act.GROUP_VETO,
    Act.NO,
    Act.YES,
    Act.GROUP_JOIN,
)  # acts that a list may answer


@dataclass(frozen=True, slots=True)
class Taste:
    """What somebody brings along: where they lean, as weights by item id, and how strongly. None of what they told.

    Of 96 simulated people who told 1 to 26 films each, the group's order of films agreed with their own at a rank
    correlation of .83 to .91, and 7 of their first ten came first, against 3 to 6 without. Their very words would put
    a film that was loved in private on top of the list for everybody to see.
    """

    leans_to: Mapping[str, float]
    leans_from: Mapping[str, float]
    strength: float


def _nothing() -> Taste | None:
    return None


@dataclass(slots=True)
class Hearing:
    """One message being taken in. Collects events and acknowledgements.

    brings: gives the speaker's taste, from their private chat, for a join; None where it is not known. passed_on: a
    title that the catalogue lacks, for the operator.
    """

    state: ChatState
    log: tuple[Feedback, ...]
    catalog: Catalog
    speaker: int
    now: datetime
    brings: Callable[[], Taste | None] = _nothing
    events: list[Feedback] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    told: dict[str, list[object]] = field(default_factory=dict)
    passed_on: str | None = None

    # ---- writing down ----

    def write(
        self,
        kind: Kind,
        target: str,
        value: float = 0.0,
        scope: Scope = Scope.ALWAYS,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        state = self.state
        self.events.append(
            Feedback(
                state.next_event,
                state.chat_id,
                self.speaker,
                state.turn,
                state.session,
                self.now,
                kind,
                target,
                value,
                scope,
                detail or {},
            )
        )
        self.state = replace(state, next_event=state.next_event + 1)

    def note(self, name: str, value: object) -> None:
        """Something to acknowledge, collected by name so that one line can tell it all."""
        values = self.told.setdefault(name, [])
        if value not in values:
            values.append(value)

    @property
    def everything(self) -> tuple[Feedback, ...]:
        return (*self.log, *self.events)

    def live(self) -> tuple[Feedback, ...]:
        return evidence.live(self.everything, self.state.session)

    @property
    def group(self) -> bool:
        return self.state.chat_id < 0

    @property
    def anonymous(self) -> bool:
        """Said in the name of a group or channel: nobody in particular."""
        return self.speaker < 0

    # ---- verdicts ----

    def verdict(self, item_id: str, kind: Kind, seen: bool, scope: Scope = Scope.ALWAYS) -> None:
        """A word on an item. In a group, on what was shown, it is a vote, and the count is said instead."""
        before = evidence.known(self.live()).verdicts.get(item_id)
        self.write(kind, str(item(item_id)), evidence.VERDICTS[kind], scope)
        if seen:
            self.write(Kind.SEEN, str(item(item_id)))
        found = self.catalog.get(item_id)
        if self.group and item_id in self.state.shown and kind is not Kind.SOSO:
            return
        if before is not None and evidence.VERDICTS[before] * evidence.VERDICTS[kind] < 0:
            self.note("changed", found)
        elif kind in (Kind.LIKE, Kind.LOVE) and (against := self.exception(item_id)):
            self.lines.append(line("ack.exception", item=found, target=against))
        else:
            self.note({Kind.SOSO: "soso", Kind.DISLIKE: "disliked", Kind.LOVE: "loved"}.get(kind, "liked"), found)

    def seen(self, item_id: str) -> None:
        """Watched, read or heard already, and nothing else."""
        self.write(Kind.SEEN, str(item(item_id)))
        self.note("seen", self.catalog.get(item_id))

    def refuse(self, item_id: str) -> None:
        """Not this one tonight, without a judgement. In a group one no stands against any number of likes."""
        contested = self.group and evidence.votes(self.live()).get(item_id, (0, 0))[0]
        self.write(Kind.REFUSED, str(item(item_id)), -1.0, Scope.TONIGHT)
        self.note("contested" if contested else "refused", self.catalog.get(item_id))

    def exception(self, item_id: str) -> Target | None:
        """A facet of the item that this person said to dislike."""
        found = self.catalog.get(item_id)
        facets = set(found.facets()) if found else set()
        for e in self.live():
            kind, _, value = e.target.partition(":")
            if e.kind is Kind.TASTE and e.value < 0 and (kind, value) in facets:
                return Target(kind, value)
        return None

    def taste(self, target: Target, value: float, scope: Scope) -> None:
        if target.kind == "domain":
            return
        for e in self.live():
            if e.kind is Kind.TASTE and e.target == str(target) and e.value * value < 0:
                self.note("changed_taste", target)
                break
        else:
            self.note("tastes" if value > 0 else "distastes", target)
        self.write(Kind.TASTE, str(target), value, scope)
        if value > 0:
            self.drop(str(target), quietly=True, must=False)

    def condition(self, condition: Condition, request: bool = False, narrows: bool = False) -> None:
        kind = Kind.REQUEST if request else Kind.CONDITION
        if any(h.condition == condition for h in evidence.holding(self.live())):
            self.note("requests" if request else "musts" if condition.must else "must_nots", condition)
            return
        target = str(condition.target) if condition.target else str(condition.kind)
        detail = encode_condition(condition) | ({"narrows": True} if narrows else {})
        self.write(kind, target, 1.0 if condition.must else -1.0, Scope.TONIGHT, detail)
        if not (condition.target and condition.target.kind == "domain"):
            self.note(self._promise(condition, request), condition)

    def _promise(self, condition: Condition, request: bool) -> str:
        """Key of what is said to a condition: that none of it comes is promised only of what items are marked with."""
        if request or condition.must:
            return "requests" if request else "musts"
        marks = [(t.kind, t.value) in self.catalog.rows_of for t in evidence.meant(condition) if t.kind in MARKS]
        return "must_nots" if not marks or any(marks) else "unmarked"

    def drop(self, what: str, quietly: bool = False, must: bool | None = None) -> bool:
        """Gives conditions up; True if one was in force."""
        gone = [
            h for h in evidence.holding(self.live()) if evidence.dropped(h, what) and must in (None, h.condition.must)
        ]
        if gone:
            self.write(Kind.DROP, what, 0.0, Scope.TONIGHT)
            if not quietly:
                for h in gone:
                    self.note("dropped", h.condition)
        return bool(gone)

    # ---- taking back ----

    def undo(self, targets: Iterable[str], event: int | None = None) -> bool:
        """Takes back one event, what was told of the targets, or the last turn that told something."""
        undone = evidence.taken_back(self.everything)
        can = [e for e in self.log if e.kind is not Kind.UNDO and e.event not in undone]
        wanted = tuple(targets)
        if event is not None:
            gone = [e for e in can if e.event == event]
        elif wanted:
            gone = [e for e in can if e.target in wanted]
        else:
            last = max((e.turn for e in can), default=0)
            gone = [e for e in can if e.turn == last]
        if not gone:
            return False
        self.write(Kind.UNDO, "", 0.0, Scope.ALWAYS, {"undoes": [e.event for e in gone]})
        for e in gone:
            self.note("undone", e)
        back = {e.target.removeprefix("item:") for e in gone}
        if any(e.kind is Kind.SIMILAR for e in gone) and self.state.seed in back:
            self.state = replace(self.state, seed=None)
        if len(back) == 1 and (only := next(iter(back))) in self.catalog.row:
            self.state = replace(self.state, focus=only)
        return True

    def replace_turn(self, turn: int, first: int) -> None:
        """Takes back what the last turn told, events from `first` on: its message was edited, and is heard anew.

        What an earlier edit of the same message took back stays so.
        """
        mine = [e for e in self.log if e.turn == turn and e.event >= first and "replaces" not in e.detail]
        if mine:
            self.write(Kind.UNDO, "", detail={"undoes": [e.event for e in mine], "replaces": turn})

    def rescope(self, scope: Scope) -> None:
        """The last turn's words hold as long as said: written again with that scope."""
        undone = evidence.taken_back(self.everything)
        can = [e for e in self.log if e.kind in (Kind.TASTE, Kind.CRITIQUE) and e.event not in undone]
        if not can and scope is Scope.ALWAYS:
            self.lines.append(line("ack.nothing_lasting"))
            return
        last = max((e.turn for e in can), default=0)
        again = [e for e in can if e.turn == last and e.scope is not scope]
        if again:
            self.write(Kind.UNDO, "", 0.0, Scope.ALWAYS, {"undoes": [e.event for e in again]})
            for e in again:
                self.write(e.kind, e.target, e.value, scope, e.detail)
        self.lines.append(line("ack.tonight" if scope is Scope.TONIGHT else "ack.always"))

    # ---- acknowledgements ----

    def acknowledgements(self) -> tuple[Line, ...]:
        """One line a kind of thing told."""
        collected = []
        for name, values in self.told.items():
            domains = (Target("domain", v.domain) for v in values if isinstance(v, Item))  # a book is read, not seen
            facts = {"domain": next(domains, None)} if name == "seen" else {}
            if name != "requests":
                collected.append(line(f"ack.{name}", what=tuple(values), **facts))
        return (*collected, *self.lines)


def strength(act: UnderstoodAct) -> float:
    sign = -1.0 if act.act in (Act.REVEAL_DISLIKE, Act.CRITIQUE_LESS) or (act.polarity or 0) < 0 else 1.0
    return sign * act.strength


def condition_of(act: UnderstoodAct, must: bool) -> Condition | None:
    """The condition that an act's fields spell, or None."""
    if act.target is not None and act.target.kind != "item":
        return Condition(target=act.target, must=must)
    if act.kind in ("year", "minutes", "pages", "price", "rating") and act.op and act.value is not None:
        return Condition(kind=act.kind, op=act.op, value=act.value, must=must)
    return None


def answered(hearing: Hearing, slot: str | None, yes: bool) -> Want:
    """A yes or no to a question on a facet (`taste:genre:horror`), or to a bare one."""
    if slot and slot.startswith("taste:"):
        hearing.taste(Target.parse(slot.removeprefix("taste:")), 1.0 if yes else -1.0, Scope.ALWAYS)
        return Want("picks", count=hearing.state.count)
    if slot and slot.startswith("item:"):
        return Want("info", items=(slot.removeprefix("item:"),)) if yes else Want("which")
    return Want("picks", count=hearing.state.count) if yes else Want("declined")


def said_language(act: UnderstoodAct) -> Lang | None:
    return {"zh": Lang.ZH, "en": Lang.EN}.get((act.text or "").lower())
