"""One person's history as feedback of their chat, to be committed like a turn; and a chat's own export, as it was."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core import evidence
from core.errors import FormatError, RequestError
from core.exporting import standing
from core.sources.gathering import Counts
from core.sources.linking import Index, Unlinked
from core.sources.rows import LIKED, LOVED, SOSO, Entry, Rating, Refused, Row, Spot, Told
from core.state import ChatState, Feedback, Kind
from core.turns import Lang, Scope, item

VERDICT, SEEN, SAVED = "verdict", "seen", "saved"
FAMILY = {
    Kind.LOVE: VERDICT,
    Kind.LIKE: VERDICT,
    Kind.SOSO: VERDICT,
    Kind.DISLIKE: VERDICT,
    Kind.SEEN: SEEN,
    Kind.SAVED: SAVED,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """The chat after the import: what to commit, and what came of the rows."""

    state: ChatState
    events: tuple[Feedback, ...]
    counts: Counts


def kind_of(share: float) -> Kind:
    """The verdict that a rating is; the same for 5 of 5 and 10 of 10."""
    return (
        Kind.LOVE if share >= LOVED else Kind.LIKE if share >= LIKED else Kind.SOSO if share >= SOSO else Kind.DISLIKE
    )


def tell(
    rows: Iterable[Row], index: Index, state: ChatState, log: Sequence[Feedback], source: str, now: datetime
) -> Taken:
    """History rows linked to the catalogue, as new events of the chat: one turn, so that one undo takes it back.

    Several rows of one work are one piece of feedback, the newest rating counts. What the person said in the chat
    stands, and what this source told before, taken back or not, is not told again.
    """
    counts = Counts()
    told: dict[int, list[Told]] = {}
    for row in rows:
        match row:
            case Refused():
                counts.refused.append(row)
            case Told():
                found = index.find(row.work)
                if isinstance(found, Unlinked):
                    counts.refused.append(Refused(row.spot, found.reason))
                else:
                    told.setdefault(found, []).append(row)
            case Entry() | Rating():
                raise FormatError(row.spot.file, "is a catalogue or of many people, not one person's history")
    state = state.at(now)
    state = replace(state, turn=state.turn + 1)
    before = _Before(state, log, source)
    events: list[Feedback] = []
    for place, of_item in told.items():
        target = str(item(index.items[place].id))
        new = [(kind, detail) for kind, detail in _feedback(of_item) if before.is_new(target, kind)]
        for kind, detail in new:
            events.append(
                Feedback(
                    state.next_event + len(events), state.chat_id, state.chat_id, state.turn, state.session, now, kind,
                    target, evidence.VERDICTS.get(kind, 0.0), Scope.ALWAYS, {"source": source, **detail},
                )
            )  # fmt: skip
        counts.imported += bool(new)
        counts.merged += len(of_item) - bool(new)
    return Taken(replace(state, next_event=state.next_event + len(events)), tuple(events), counts)


def _feedback(rows: Sequence[Told]) -> Iterable[tuple[Kind, Mapping[str, object]]]:
    """What the rows of one work say together."""
    rated = [row for row in rows if row.share is not None]
    if rated:
        last = max(enumerate(rated), key=lambda pair: (pair[1].on or "", pair[0]))[1]
        assert last.share is not None
        yield kind_of(last.share), {"rating": round(last.share, 4), **({"on": last.on} if last.on else {})}
    seen = [row for row in rows if row.seen]
    if seen:
        on = max((row.on for row in seen if row.on), default=None)
        yield Kind.SEEN, {"on": on} if on else {}
    elif any(row.saved for row in rows):
        yield Kind.SAVED, {}


class _Before:
    """What the log holds already."""

    def __init__(self, state: ChatState, log: Sequence[Feedback], source: str) -> None:
        self.told: dict[tuple[str, str], Kind] = {}
        for e in log:
            if e.detail.get("source") == source and e.kind in FAMILY:
                self.told[e.target, FAMILY[e.kind]] = e.kind
        live = evidence.live(log, state.session)
        known = evidence.known(live)
        self.verdicts = {str(item(i)): kind for i, kind in known.verdicts.items()}
        self.said = {
            e.target for e in live if e.kind in FAMILY and FAMILY[e.kind] == VERDICT and "source" not in e.detail
        }
        self.seen = {str(item(i)) for i in known.seen}
        self.out = {str(item(i)) for i in known.out}
        self.saved = {str(item(i)) for i in known.saved}
        self.unsaved = {e.target for e in live if e.kind is Kind.UNSAVED}

    def is_new(self, target: str, kind: Kind) -> bool:
        match FAMILY[kind]:
            case "verdict":
                again = kind in (self.told.get((target, VERDICT)), self.verdicts.get(target))
                return not again and target not in self.said
            case "seen":
                return (target, SEEN) not in self.told and target not in self.seen
            case _:
                gone = target in self.saved or target in self.unsaved or target in self.out
                return (target, SAVED) not in self.told and not gone


# ---- our own export ----


def restore(raw: Mapping[str, Any], file: str, state: ChatState, log: Sequence[Feedback], now: datetime) -> Taken:
    """The events of an export, behind those of the chat; those that are there already are merged.

    In a new chat every event keeps its number, turn and session, and the chat stands as it stood, so that all scores
    are the same bit for bit.
    """
    counts, rows = Counts(), raw.get("feedback")
    if not isinstance(rows, list):
        raise FormatError(file, "an export of ours without feedback")
    fresh = not log and not state.turn
    if not fresh:
        state = state.at(now)
    shift, turns = state.next_event - 1, state.turn
    have: dict[str, list[int]] = {}
    newest: dict[tuple[int, str, str], datetime] = {}
    for e in log:
        have.setdefault(_same(e), []).append(e.event)
    for e in evidence.live(log, state.session):
        newest[e.speaker, e.target, evidence.FAMILIES.get(e.kind, e.kind)] = e.at
    events: list[Feedback] = []
    number: dict[int, int] = {}
    for place, row in enumerate(rows, 1):
        try:
            e = _decoded(row, state.chat_id)
        except (KeyError, TypeError, ValueError, AttributeError, RequestError) as error:
            counts.refused.append(Refused(Spot(file, place), f"no feedback of ours: {error}"))
            continue
        undone = [number[n] for n in sorted(e.undoes) if n in number]
        detail = {**e.detail, "undoes": undone} if e.kind is Kind.UNDO else e.detail
        e = replace(e, detail=detail)
        if known := have.get(_same(e)):
            number[e.event] = known.pop(0)
            counts.merged += 1
            continue
        said = newest.get((e.speaker, e.target, evidence.FAMILIES.get(e.kind, e.kind)))
        if said is not None and e.target and said >= e.at:  # what was said since then stands
            counts.merged += 1
            continue
        number[e.event] = e.event if fresh else shift + len(events) + 1
        # in a chat that goes on, another evening's wishes hold no more: sessions count from 1
        events.append(replace(e, event=number[e.event], turn=e.turn + turns, session=e.session if fresh else 0))
        counts.imported += 1
    if len({e.event for e in events}) < len(events):
        raise FormatError(file, "two events of one number")
    if not events:
        return Taken(state, (), counts)
    last = max(e.event for e in events)
    if fresh:
        state = standing(raw, state)
        latest = max(e.at for e in events)
        state = replace(state, last_at=latest if state.last_at is None else max(state.last_at, latest))
    elif state.language is None and raw.get("language") in tuple(Lang):
        state = replace(state, language=Lang(raw["language"]))
    state = replace(
        state,
        next_event=max(state.next_event, last + 1),
        turn=max(e.turn for e in events),
        session=max(state.session, *(e.session for e in events)),
    )
    return Taken(state, tuple(events), counts)


def _decoded(row: Any, chat_id: int) -> Feedback:
    """As `exporting.export` writes it; the person's own words stay theirs under the new number."""
    speaker = chat_id if row["speaker"] == row["chat_id"] else row["speaker"]
    detail = row["detail"] if isinstance(row["detail"], str) else json.dumps(row["detail"])
    found = Feedback.decode({**row, "chat_id": chat_id, "speaker": speaker, "detail": detail})
    if not all(type(n) is int and n >= 0 for n in (found.event, found.turn, found.session)) or type(speaker) is not int:
        raise ValueError("event, turn, session and speaker must be whole numbers")
    if found.at.tzinfo is None or not isinstance(found.value, int | float) or not isinstance(found.target, str):
        raise ValueError("at needs a time zone, value must be a number, target a text")
    if not isinstance(found.detail, dict) or not -2 <= found.value <= 2:
        raise ValueError("detail must be an object, value from -2 to 2")
    return replace(found, value=float(found.value))


def _same(e: Feedback) -> str:
    """What makes two events one, whatever their numbers."""
    return json.dumps([e.speaker, e.at.isoformat(), e.kind, e.target, e.value, e.scope, dict(e.detail)], sort_keys=True)
