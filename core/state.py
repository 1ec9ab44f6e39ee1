"""What a chat carries from turn to turn beside its feedback log, and what a turn leaves behind."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any  # what json makes of a state

from core.turns import Act, Condition, Lang, Reply, Scope, Target, UnderstoodAct

SESSION_GAP = timedelta(hours=6)
REMEMBERED_SLATES = 12
REMEMBERED_TEXTS = 400

Statement = tuple[str, tuple[object, ...]]  # SQL and its values


class Kind(StrEnum):
    """Kinds of feedback. Verdicts are on items, taste is on facets; the others say what to show."""

    LOVE = "love"
    LIKE = "like"
    SOSO = "soso"
    DISLIKE = "dislike"
    SEEN = "seen"  # beside a verdict: read, watched, heard
    REFUSED = "refused"  # no, without a judgement
    NOT_NOW = "not_now"  # no taste in it
    SAVED = "saved"
    UNSAVED = "unsaved"
    ACCEPTED = "accepted"
    TASTE = "taste"  # of a facet; value: strength and sign
    CRITIQUE = "critique"  # more or less of a facet than what was shown
    WISH = "wish"  # detail["weights"]: item id -> weight
    SIMILAR = "similar"  # to this item
    REQUEST = "request"  # a facet asked for now
    CONDITION = "condition"  # detail: the condition
    DROP = "drop"  # target: what no longer holds
    JOINED = "joined"  # a group member lets private taste in; detail["for"], ["against"]: item id -> weight
    UNDO = "undo"  # detail["undoes"]: event ids, all of them earlier ones


@dataclass(frozen=True, slots=True)
class Feedback:
    """One thing told, by a tap or a sentence. The log of these is the truth; all else is derived.

    event: rises within a chat. session: evenings are counted, `tonight` events hold in theirs only.
    target: `item:…`, a facet, a number kind, or "". value: [-2, 2]. detail: plain JSON values.
    """

    event: int
    chat_id: int
    speaker: int
    turn: int
    session: int
    at: datetime
    kind: Kind
    target: str
    value: float
    scope: Scope
    detail: Mapping[str, object]

    def encode(self) -> dict[str, object]:
        """Plain values, for a database row or a file; `decode` undoes it."""
        return {
            "event": self.event,
            "chat_id": self.chat_id,
            "speaker": self.speaker,
            "turn": self.turn,
            "session": self.session,
            "at": self.at.isoformat(),
            "kind": str(self.kind),
            "target": self.target,
            "value": self.value,
            "scope": str(self.scope),
            "detail": json.dumps(self.detail, ensure_ascii=False, sort_keys=True),
        }

    @classmethod
    def decode(cls, row: Mapping[str, object]) -> "Feedback":
        values = {name: row[name] for name in (f.name for f in fields(cls))}
        values |= {
            "at": datetime.fromisoformat(str(row["at"])),
            "kind": Kind(str(row["kind"])),
            "scope": Scope(str(row["scope"])),
            "detail": json.loads(str(row["detail"])),
        }
        return cls(**values)  # type: ignore[arg-type]  # the columns are those of the class

    @property
    def undoes(self) -> frozenset[int]:
        found = self.detail.get("undoes", ())
        return frozenset(found) if isinstance(found, list | tuple) else frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that stands open: its slot, the answers offered (value, label), and the turn that asked."""

    slot: str
    choices: tuple[tuple[str, str], ...]
    turn: int


@dataclass(frozen=True, slots=True)
class ChatState:
    """A chat between turns. Item ids everywhere, so that a new model changes nothing here.

    screen: what ordinals mean. slates: earlier screens of this session, newest last. shown: all items of this session.
    language: asked for, or None. spoken: of the last message. said: hashes of what the bot said.
    since: the turn that began the list on the screen, which "more" goes on with.
    seed: the work that the list on the screen is like, or None. near: what comes nearest to the words that it was
    asked for in, best first; the words themselves are not kept.
    pending: an act that waits for a yes (`forget`). guesses: readings offered for the last unclear message.
    unanswered: quiet turns since the last answer. missed: the last of them that asked for a list, or None.
    before: what the last turn changed (`remember`), or None.
    """

    chat_id: int
    turn: int = 0
    next_event: int = 1
    session: int = 1
    last_at: datetime | None = None
    language: Lang | None = None
    spoken: Lang = Lang.ZH
    style: str | None = None
    traditional: bool = False
    domain: str | None = None
    count: int | None = None
    screen: tuple[str, ...] = ()
    slates: tuple[tuple[str, ...], ...] = ()
    shown: tuple[str, ...] = ()
    focus: str | None = None
    asked: Asked | None = None
    open_slot: str | None = None
    asked_slots: tuple[str, ...] = ()
    pending: str | None = None
    unsure: bool = False
    guesses: tuple[str, ...] = ()
    explore: bool = False
    since: int = 0
    seed: str | None = None
    near: tuple[str, ...] = ()
    said: tuple[int, ...] = ()
    unanswered: int = 0
    missed: int | None = None
    before: str | None = None

    def at(self, now: datetime) -> "ChatState":
        """The state at the start of a turn: after six quiet hours a new session begins."""
        if self.last_at is not None and now - self.last_at > SESSION_GAP:
            return replace(
                self,
                session=self.session + 1,
                screen=(),
                slates=(),
                shown=(),
                focus=None,
                asked=None,
                pending=None,
                unsure=False,
                explore=False,
                since=0,
                seed=None,
                near=(),
                domain=None,
                count=None,
                asked_slots=(),
                open_slot=None,
                last_at=now,
            )
        return replace(self, last_at=now if self.last_at is None else max(now, self.last_at))


_FIELDS = tuple(field.name for field in fields(ChatState))


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a turn leaves behind, to be committed as one. belief: the posterior mean (a cache), or None.

    forget: every row of the chat goes first. passed_on: a title that the catalogue lacks, for the operator; it is kept
    without the chat.
    """

    state: ChatState
    events: tuple[Feedback, ...]
    reply: Reply
    belief: tuple[float, ...] | None = None
    forget: bool = False
    passed_on: str | None = None


def encode(state: ChatState) -> str:
    """JSON text; `decode` undoes it."""
    return _ENCODE({name: getattr(state, name) for name in _FIELDS})


def decode(text: str) -> ChatState:
    raw = json.loads(text)
    raw = {name: _tuples(value) for name, value in raw.items() if name in _FIELDS}
    raw["last_at"] = datetime.fromisoformat(raw["last_at"]) if raw.get("last_at") else None
    raw["language"] = Lang(raw["language"]) if raw.get("language") else None
    raw["spoken"] = Lang(raw.get("spoken", "zh"))
    if raw.get("asked"):
        raw["asked"] = Asked(**raw["asked"])
    return ChatState(**raw)


def remember(before: ChatState, after: ChatState) -> ChatState:
    """The state after a turn with the way back in it, which `recall` goes: only what changed is kept.

    A list that grew at its end, and was perhaps cut at its head, is kept as (length that stayed, head that went).
    """
    changed: dict[str, object] = {}
    for name in (f.name for f in fields(ChatState) if f.name != "before"):
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if isinstance(old, tuple) and isinstance(new, tuple):
            gone = next(n for n in range(len(old) + 1) if old[n:] == new[: len(old) - n])
            changed[name] = {"kept": len(old) - gone, "gone": old[:gone]}
        else:
            changed[name] = old
    return replace(after, before=json.dumps(changed, ensure_ascii=False, default=_json))


def recall(state: ChatState) -> ChatState | None:
    """The state before the last turn, itself without a way back; None where it is not known."""
    if state.before is None:
        return None
    raw: dict[str, Any] = json.loads(encode(state))
    for name, value in json.loads(state.before).items():
        if isinstance(value, dict) and "kept" in value:
            value = [*value["gone"], *raw[name][: value["kept"]]]
        raw[name] = value
    return decode(json.dumps({**raw, "before": None}))


def _json(value: object) -> object:
    """A field of the state as `encode` writes it."""
    return value.isoformat() if isinstance(value, datetime) else asdict(value)  # type: ignore[call-overload]  # Asked


_ENCODE = json.JSONEncoder(ensure_ascii=False, default=_json).encode  # a state at each turn: made once


def encode_condition(condition: Condition) -> dict[str, object]:
    """As it is kept in an event's detail and shown in `constraints`."""
    if condition.target is not None:
        return {"target": str(condition.target), "must": condition.must}
    return {"kind": condition.kind, "op": condition.op, "value": condition.value, "must": condition.must}


def decode_condition(raw: Mapping[str, object]) -> Condition:
    must = bool(raw.get("must", True))
    if "target" in raw:
        return Condition(target=Target.parse(str(raw["target"])), must=must)
    return Condition(kind=str(raw["kind"]), op=str(raw["op"]), value=float(str(raw["value"])), must=must)


def encode_acts(acts: Sequence[UnderstoodAct]) -> str:
    """Acts as JSON text, to be heard later; `decode_acts` undoes it."""
    return json.dumps([{k: _plain(v) for k, v in asdict(a).items() if v is not None} for a in acts], ensure_ascii=False)


def decode_acts(text: str) -> tuple[UnderstoodAct, ...]:
    found = []
    for raw in json.loads(text):
        if "target" in raw:
            raw["target"] = Target(**raw["target"])
        if "scope" in raw:
            raw["scope"] = Scope(raw["scope"])
        found.append(UnderstoodAct(**{**raw, "act": Act(raw["act"])}))
    return tuple(found)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, StrEnum) else value


def _tuples(value: object) -> object:
    if isinstance(value, list):
        return tuple(_tuples(v) for v in value)
    if isinstance(value, dict):
        return {k: _tuples(v) for k, v in value.items()}
    return value
