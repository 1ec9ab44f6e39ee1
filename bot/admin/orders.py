"""What an admin asks for, and how answers to it look."""

from dataclasses import dataclass

from bot.outgoing import ANSWER, Outgoing
from core.turns import Lang

BUTTONS = "!"  # begins the data of a button that is this room's; none of `bot.callbacks` does


@dataclass(frozen=True, slots=True)
class SentFile:
    """A document, as Telegram names it. size: bytes, 0 where it is not told."""

    file_id: str
    name: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """A command of an admin. args: what stands behind its name, lines kept. file: sent along, or of the message that
    this one answers.
    """

    name: str
    args: str
    admin: int
    chat_id: int
    lang: Lang
    file: SentFile | None = None


def message(chat_id: int, html: str, *rows: tuple[tuple[str, str], ...], priority: int = ANSWER) -> Outgoing:
    """A message in HTML; rows: of buttons, (label, data)."""
    payload: dict[str, object] = {"chat_id": chat_id, "text": html, "parse_mode": "HTML"}
    if rows:
        payload["reply_markup"] = keyboard(*rows)
    return Outgoing("sendMessage", payload, chat_id, priority=priority)


def edited(chat_id: int, message_id: int, html: str) -> Outgoing:
    """The message with another text, and no buttons."""
    payload = {"chat_id": chat_id, "message_id": message_id, "text": html, "parse_mode": "HTML"}
    return Outgoing("editMessageText", payload, chat_id)


def keyboard(*rows: tuple[tuple[str, str], ...]) -> dict[str, object]:
    """An inline keyboard of (label, data)."""
    return {"inline_keyboard": [[{"text": label, "callback_data": data} for label, data in row] for row in rows]}
