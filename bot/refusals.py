"""What is to become of a message that was not sent, by what Telegram answered or that it did not. Pure."""

import html
import re
from dataclasses import dataclass, replace
from typing import Any

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.outbox_rows import TRIES, Row
from bot.transport import NotSent, Unanswered, retry_after

PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0)  # before the second try, the third …
STRANGE_TRIES = 3  # of what nobody foresaw

_FINE = ("message is not modified", "query is too old", "message to delete not found")
_UNEDITABLE = (
    "message to edit not found", "message can't be edited", "message_id_invalid", "there is no text in the message",
    "there is no caption in the message",
)  # fmt: skip
_GONE = (
    "chat not found", "user not found", "user is deactivated", "bot was kicked", "bot was blocked", "peer_id_invalid",
    "group chat was deactivated", "have no rights to send", "not enough rights to send text", "chat_write_forbidden",
    "bot is not a member",
)  # fmt: skip
_PICTURE = (
    "wrong file identifier", "wrong remote file identifier", "wrong file_id", "wrong type of the web page content",
    "failed to get http url content", "webpage_", "wrong padding", "image_process_failed", "photo_invalid",
    "not enough rights to send photo",
)  # fmt: skip
_FOR_EVERY_MESSAGE = ("chat_id", "message_thread_id", "parse_mode", "reply_markup")
_TAG = re.compile(r"</?[a-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Fine:
    """There is nothing left to do."""


@dataclass(frozen=True, slots=True)
class Wait:
    """429: its chat waits so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NoNetwork:
    """Nothing was sent, and nothing of anybody else will be: all wait, for as long as it takes."""


@dataclass(frozen=True, slots=True)
class Again:
    """Refused for now, or an edit of which nothing was heard: tried once more as `row`, after a pause in seconds."""

    row: Row
    pause: float


@dataclass(frozen=True, slots=True)
class Unsure:
    """A new message was on its way when the connection broke: it may be there, and is not sent again."""


@dataclass(frozen=True, slots=True)
class Mended:
    """Refused in this form: sent at once in another. picture: that was what Telegram did not take."""

    row: Row
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The group has a new id."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Blocked, deleted, left."""


@dataclass(frozen=True, slots=True)
class Refused:
    """For good."""


Verdict = Fine | Wait | NoNetwork | Again | Unsure | Mended | Moved | Unreachable | Refused


def verdict(row: Row, error: TelegramError) -> Verdict:
    """What an error means for a row."""
    match error:
        case RetryAfter():
            return Wait(retry_after(error))
        case ChatMigrated():
            return Moved(error.new_chat_id) if row.tries < TRIES else Refused()
        case Forbidden():
            return Unreachable()
        case BadRequest():
            return _of_bad_request(row, error.message.lower())
        case NotSent():
            return NoNetwork()
        case TimedOut() | Unanswered() if row.is_new:
            return Unsure()
        case NetworkError() | InvalidToken():  # a 5xx; or the token was revoked, and the receiver ends the process
            return _again(row, TRIES)
    return _again(row, STRANGE_TRIES)


def _again(row: Row, most: int) -> Again | Refused:
    if row.tries + 1 >= most:
        return Refused()
    return Again(replace(row, tries=row.tries + 1), PAUSES_S[min(row.tries, len(PAUSES_S) - 1)])


def _of_bad_request(row: Row, reason: str) -> Verdict:
    payload = dict(row.payload)
    if _says(reason, _FINE):
        return Fine()
    if row.edited is not None and _says(reason, _UNEDITABLE):
        fresh = _as_new_message(row)
        return Fine() if fresh is None else Mended(fresh)  # the buttons of a message that is gone: nobody needs them
    if "can't parse" in reason and "entities" in reason and (bare := _without_markup(payload)) is not None:
        return Mended(replace(row, payload=bare))
    if ("photo" in payload or row.method == "editMessageMedia") and _says(reason, _PICTURE):
        return Mended(_without_picture(row), picture=True)
    for name, refusal in (
        ("message_thread_id", "message thread not found"),
        ("reply_parameters", "replied not found"),
        ("reply_parameters", "reply message not found"),
    ):
        if name in payload and refusal in reason:
            del payload[name]
            return Mended(replace(row, payload=payload))
    return Unreachable() if _says(reason, _GONE) else Refused()


def _as_new_message(row: Row) -> Row | None:
    """What an edit says, said anew; None where it says nothing."""
    payload = {name: row.payload[name] for name in _FOR_EVERY_MESSAGE if name in row.payload}
    if row.chat_id < 0:  # among others' messages, and in its topic
        payload["reply_parameters"] = {"message_id": row.edited, "allow_sending_without_reply": True}
    if (media := row.payload.get("media")) is not None:
        payload |= {name: media[name] for name in ("caption", "parse_mode") if name in media}
        return replace(row, method="sendPhoto", payload={**payload, "photo": media["media"]})
    text = row.payload.get("text") or row.payload.get("caption")
    if not text:
        return None
    if "link_preview_options" in row.payload:
        payload["link_preview_options"] = row.payload["link_preview_options"]
    return replace(row, method="sendMessage", payload={**payload, "text": text})


def _without_picture(row: Row) -> Row:
    """A photo card as a text card."""
    whole = row if row.method != "editMessageMedia" else _as_new_message(row)
    assert whole is not None
    kept = (*_FOR_EVERY_MESSAGE, "reply_parameters", "disable_notification", "protect_content")
    payload = {name: whole.payload[name] for name in kept if name in whole.payload}
    text = whole.payload.get("caption") or "…"
    return replace(whole, method="sendMessage", payload={**payload, "text": text})


def _without_markup(payload: dict[str, Any]) -> dict[str, Any] | None:
    """The text as it is read, where it was written in HTML."""
    told = payload.get("media", payload)
    if told.get("parse_mode") is None:
        return None
    bare = {name: value for name, value in told.items() if name != "parse_mode"}
    for name in ("text", "caption"):
        if name in bare:
            bare[name] = html.unescape(_TAG.sub("", bare[name])) or "…"
    return {**payload, "media": bare} if "media" in payload else bare


def _says(reason: str, parts: tuple[str, ...]) -> bool:
    return any(part in reason for part in parts)
