"""What is to be sent, and the rows that make it, and the end of an update, part of a turn's transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.state import Statement

ANSWER, PROGRESS, BROADCAST = 0, 1, 2  # priorities
WAITING, DONE, SET_ASIDE = 0, 1, 2  # states of an inbox row
ON_THE_WIRE = 1  # state of an outbox row; WAITING is the other


def turn_key(update_id: int) -> str:
    """Key of the turn that an update is. It holds no chat: a forgetting that comes again must find it."""
    return f"t:{update_id}"


@dataclass(frozen=True, slots=True)
class About:
    """What is remembered of a message of ours once it is sent, for taps, replies and reactions to it.

    turn: of the conversation. kind: `card`, `list`, `lead`, `question`, `menu`. photo_of: the item whose picture it
    carries, so that the file id can be used again.
    """

    turn: int
    kind: str
    items: tuple[str, ...] = ()
    photo_of: str | None = None

    def encode(self) -> str:
        return json.dumps({"turn": self.turn, "kind": self.kind, "items": self.items, "photo_of": self.photo_of})

    @classmethod
    def decode(cls, text: str) -> "About":
        raw = json.loads(text)
        return cls(int(raw["turn"]), str(raw["kind"]), tuple(raw["items"]), raw["photo_of"])


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One call of the Bot API: `payload` are its parameters as plain JSON values, with `chat_id` among them.

    A value `{"attach": {"filename": name, "text": content}}` (or `"path"` for `"text"`) is sent as a file.
    conversation: what core calls the chat; the chat's id but for forum topics.
    """

    method: str
    payload: Mapping[str, object]
    conversation: int
    about: About | None = None
    priority: int = ANSWER

    @property
    def chat_id(self) -> int:
        return int(str(self.payload["chat_id"]))


def insert(messages: Iterable[Outgoing]) -> list[Statement]:
    """Puts them into the outbox, in this order."""
    query = "INSERT INTO outbox (chat_id, conversation, priority, method, payload, about) VALUES (?, ?, ?, ?, ?, ?)"
    return [
        (
            query,
            (
                message.chat_id,
                message.conversation,
                message.priority,
                message.method,
                json.dumps(message.payload, ensure_ascii=False),
                None if message.about is None else message.about.encode(),
            ),
        )
        for message in messages
    ]


def done(update_ids: Sequence[int]) -> list[Statement]:
    """These updates have had their effect; nothing of what they said stays."""
    query = f"UPDATE inbox SET state = {DONE}, body = NULL, conversation = NULL WHERE update_id = ?"
    return [(query, (update_id,)) for update_id in update_ids]


def met(chat_id: int, kind: str, language: str | None, at: float) -> Statement:
    """A person or group has spoken: they are there."""
    return (
        "INSERT INTO people (chat_id, kind, language, first_at, last_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (chat_id) DO UPDATE SET last_at = excluded.last_at, inactive = 0, "
        "language = coalesce(excluded.language, language)",
        (chat_id, kind, language, at, at),
    )


def heard(conversation: int, message_id: int, turn: int, update_id: int) -> Statement:
    """This was the last message of the conversation; an edit of it may replace what it said."""
    return ("INSERT OR REPLACE INTO heard VALUES (?, ?, ?, ?)", (conversation, message_id, turn, update_id))
