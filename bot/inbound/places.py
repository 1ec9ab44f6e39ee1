"""Where an update comes from: chat, forum topic, speaker, language. KeyError or ValueError where that is not told."""

import hashlib
from collections.abc import Mapping
from typing import Any

from bot.inbound.values import Place
from core.turns import Lang

ANONYMOUS = 1087968824  # Telegram's "GroupAnonymousBot", who speaks for the hidden admins of every group
_BITS = 62  # of an id; Telegram's own have at most 52, a topic's 63
_TOPIC = -(1 << 62)
_TRADITIONAL = ("hant", "tw", "hk", "mo")


def topic(chat_id: int, thread: int) -> int:
    """The conversation of a forum topic: far from every id that Telegram gives."""
    digest = hashlib.blake2b(f"{chat_id}:{thread}".encode(), digest_size=8).digest()
    return _TOPIC - (int.from_bytes(digest) >> 4)


def language(tag: object) -> Lang:
    """Language of a client by its tag: Chinese in every form, else English."""
    return Lang.ZH if _parts(tag)[:1] == ["zh"] else Lang.EN


def traditional(tag: object) -> bool:
    """Whether the tag is that of a client with traditional characters."""
    parts = _parts(tag)
    return parts[:1] == ["zh"] and any(part in _TRADITIONAL for part in parts)


def identity(value: object) -> int:
    """An id as Telegram gives it; ValueError for anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or value.bit_length() > _BITS:
        raise ValueError("no id")
    return value


def thread_of(message: Mapping[str, Any]) -> int | None:
    """A forum topic's id. In General, and for replies elsewhere, Telegram sends ids that are no topic."""
    return identity(message.get("message_thread_id")) if message.get("is_topic_message") is True else None


def conversation_of(message: Mapping[str, Any]) -> int:
    chat_id, thread = identity(message["chat"]["id"]), thread_of(message)
    return chat_id if thread is None else topic(chat_id, thread)


def place_of(message: Mapping[str, Any], who: Mapping[str, Any] | None = None) -> Place:
    """Place of a message or its like. who: the person, where it is not the sender."""
    chat = message["chat"]
    chat_id = identity(chat["id"])
    sender = who or message.get("from") or {}
    return Place(
        chat_id,
        conversation_of(message),
        thread_of(message),
        chat.get("type", "private" if chat_id > 0 else "") == "private",
        identity(sender["id"]) if who is not None else _speaker(message, sender, chat_id),
        language(sender.get("language_code")),
        traditional(sender.get("language_code")),
    )


def _speaker(message: Mapping[str, Any], sender: Mapping[str, Any], chat_id: int) -> int:
    behind = message.get("sender_chat")
    if isinstance(behind, Mapping):
        return -abs(identity(behind["id"]))
    speaker = identity(sender["id"])
    return -abs(chat_id) if speaker == ANONYMOUS else speaker  # that id is shared by all groups


def _parts(tag: object) -> list[str]:
    return tag.lower().replace("_", "-").split("-") if isinstance(tag, str) else []
