"""Chat for programs: one JSON request a line in, one JSON answer a line out. The contract is in docs/design.md."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from core.errors import CoreError, RequestError, UnknownAction
from core.responder import Responder
from core.state import encode_condition
from core.terminal import Buttons, say
from core.turns import Action, Card, Lang, Reply, Turn, UnderstoodAct

LONGEST_LINE = 1 << 20  # bytes
_WIDEST_ID = 1 << 63
_log = logging.getLogger(__name__)
Json = dict[str, Any]  # Any: it is what json makes of a line


@dataclass(frozen=True, slots=True)
class Scores:
    """Request for the scores of items; no turn."""

    chat_id: int
    item_ids: tuple[str, ...]
    at: datetime


class Lines:
    """Answers request lines. chat_id and lang: for requests that name none. keys: of the turns, none used before."""

    def __init__(
        self,
        responder: Responder,
        buttons: Buttons,
        keys: Iterator[str],
        chat_id: int = 1,
        lang: Lang | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.responder, self.buttons, self.keys = responder, buttons, keys
        self.chat_id, self.lang, self.clock = chat_id, lang, clock

    async def answer(self, line: bytes) -> Json:
        """The answer to a line; `{"error": …}` for one that is no request. It raises nothing."""
        started = time.perf_counter()
        try:
            raw = _object(line)
            if "tap" in raw and "text" not in raw:
                try:
                    self.buttons.decode(_text(raw, "tap"))
                except UnknownAction:
                    lang = _language(raw, self.lang) or Lang.ZH
                    return self._reply(Reply(say("old_button", lang), lang), started)
            request = self._request(raw)
            if isinstance(request, Scores):
                cards = await self.responder.scores(request.chat_id, request.item_ids, request.at)
                return {"scores": [_score(card) for card in cards]}
            reply = await self.responder.respond(request)
            return {"error": "turn: answered before"} if reply is None else self._reply(reply, started)
        except RequestError as error:
            return {"error": str(error)}
        except CoreError as error:
            _log.exception("a request line could not be answered")
            return {"error": str(error)}
        except Exception:  # of the answer's own making: the turn stands, and the next line must be read
            _log.exception("an answer could not be written down")
            return {"error": "answer: a bug of ours; the log says more"}

    def _request(self, raw: Json) -> Turn | Scores:
        given = [name for name in ("text", "tap", "scores") if name in raw]
        if len(given) != 1:
            raise RequestError(given[1] if given else "text", "exactly one of text, tap and scores is needed")
        chat_id = _integer(raw, "chat", self.chat_id)
        at = _time(raw, self.clock)
        if "scores" in raw:
            ids = raw["scores"]
            if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
                raise RequestError("scores", "must be a list of item ids")
            return Scores(chat_id, tuple(ids), at)
        speaker, lang = _integer(raw, "speaker", chat_id), _language(raw, self.lang)
        text = action = None
        if "text" in raw:
            text = _text(raw, "text")
        else:
            action = self.buttons.decode(_text(raw, "tap"))
        return Turn(next(self.keys), chat_id, speaker, at, text, action, lang)

    def _reply(self, reply: Reply, started: float) -> Json:
        answer = encode(reply, self.buttons.encode)
        answer["ms"] = round((time.perf_counter() - started) * 1000, 3)
        return answer


def write(answer: Json, out: IO[bytes]) -> None:
    """One line of UTF-8, flushed. Lone surrogates, which UTF-8 cannot hold, go out as U+FFFD."""
    try:
        text = json.dumps(answer, ensure_ascii=False, allow_nan=False)
    except ValueError:
        _log.exception("an answer holds what JSON cannot")
        text = '{"error": "answer: a number that JSON cannot hold"}'
    out.write(_whole(text).encode() + b"\n")
    out.flush()


def encode(reply: Reply, data: Callable[[Action], str]) -> Json:
    """The reply as the contract has it, without `ms`. data: of a button."""
    understood = reply.understood
    answer: Json = {
        "text": reply.text,
        "lang": str(reply.lang),
        "ms": 0.0,
        "cards": [_card(card) for card in reply.cards],
        "buttons": [[{"label": b.label, "tap": data(b.action)} for b in row] for row in reply.buttons],
        "understood": {
            "acts": [_act(act) for act in understood.acts] if understood else [],
            "constraints": [encode_condition(condition) for condition in reply.constraints],
            "wish": understood.wish if understood else None,
            "confidence": understood.confidence if understood else 1.0,
        },
        "events": list(reply.events),
        "question": None,
    }
    if reply.question is not None:
        answer["question"] = {"slot": reply.question.slot, "choices": list(reply.question.choices)}
    if reply.export is not None:
        answer["export"] = reply.export
    return answer


def _act(act: UnderstoodAct) -> Json:
    fields = {
        "act": str(act.act), "target": str(act.target) if act.target else None, "title": act.title, "year": act.year,
        "kind": act.kind, "op": act.op, "value": act.value, "polarity": act.polarity, "text": act.text,
        "start": act.start, "end": act.end, "scope": str(act.scope) if act.scope else None, "currency": act.currency,
    }  # fmt: skip
    # a title that the catalogue lacks has its words in `text` and says so with a null target
    return {name: v for name, v in fields.items() if v is not None or (name == "target" and act.text is not None)}


def _card(card: Card) -> Json:
    return {
        "id": card.item_id, "title": card.title, "title_zh": card.title_zh, "title_en": card.title_en,
        "year": card.year, "domain": card.domain, "genres": list(card.genres), "people": list(card.people),
        "attributes": dict(card.attributes), "score": card.score, "logit": card.logit, "std": card.std,
        "prior": card.prior, "parts": _parts(card), "reason": card.reason, "about": card.about,
        "standing": str(card.standing),
    }  # fmt: skip


def _score(card: Card) -> Json:
    return {
        "id": card.item_id, "score": card.score, "logit": card.logit, "std": card.std, "prior": card.prior,
        "parts": _parts(card),
    }  # fmt: skip


def _parts(card: Card) -> list[Json]:
    return [{"event": part.event, "label": part.label, "value": part.value} for part in card.parts]


def _object(line: bytes) -> Json:
    if len(line) > LONGEST_LINE:
        raise RequestError("line", f"longer than {LONGEST_LINE} bytes")
    try:
        raw = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RequestError("line", f"no UTF-8 at byte {error.start}") from None
    except (ValueError, RecursionError) as error:
        raise RequestError("line", f"no JSON: {error}") from None
    if not isinstance(raw, dict):
        raise RequestError("line", f"a JSON object is needed, not {type(raw).__name__}")
    return raw


def _text(raw: Mapping[str, object], field: str) -> str:
    value = raw[field]
    if not isinstance(value, str):
        raise RequestError(field, f"must be a text, not {json.dumps(value)[:40]}")
    return _whole(value)


def _whole(text: str) -> str:
    """The text with lone surrogates (half an emoji) replaced, one for one: offsets stay."""
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)


def _integer(raw: Mapping[str, object], field: str, default: int) -> int:
    value = raw.get(field)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or not -_WIDEST_ID <= value < _WIDEST_ID:
        raise RequestError(field, f"must be a whole number of 64 bits, not {json.dumps(value)[:40]}")
    return value


def _language(raw: Mapping[str, object], default: Lang | None) -> Lang | None:
    value = raw.get("lang")
    if value is None:
        return default
    if value not in ("zh", "en"):
        raise RequestError("lang", f"must be zh or en, not {json.dumps(value)[:40]}")
    return Lang(str(value))


def _time(raw: Mapping[str, object], clock: Callable[[], datetime]) -> datetime:
    """Aware UTC; a time without a zone is taken for UTC."""
    value = raw.get("at")
    if value is None:
        return clock()
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        if at is None:
            raise ValueError
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RequestError("at", f"must be a time such as 2026-01-31T20:00:00Z, not {json.dumps(value)[:40]}") from None
