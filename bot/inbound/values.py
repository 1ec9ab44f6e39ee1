"""What updates mean to us, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.turns import Lang

Update = Mapping[str, Any]  # the Bot API's JSON as it came


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself: id and username, in lower case."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said, by whom, and in which language their client is.

    conversation: what core calls the chat. thread: a real forum topic, or None. speaker: negative if anonymous.
    traditional: the client shows traditional characters.
    """

    chat_id: int
    conversation: int
    thread: int | None
    private: bool
    speaker: int
    lang: Lang
    traditional: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A text to us. command: its name where it is one, and text what follows. at: aware UTC.

    edited: it replaces what was said before. beside: the kind of thing, out of THINGS, that it is the caption of.
    wordless: pictures of an album that had no caption. reply_to: the message of ours that it answers. file: a document
    that was sent along, or with the message answered: its raw object.
    """

    place: Place
    message_id: int
    at: datetime
    text: str
    command: str | None = None
    edited: bool = False
    beside: str | None = None
    wordless: int = 0
    reply_to: int | None = None
    file: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is no text, sent to us in private: a kind out of THINGS. Nothing of what is in it."""

    place: Place
    message_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button. message_id: of the message that it hangs on, None for an inline one. message: that, if it is told."""

    place: Place
    query_id: str
    data: str
    message_id: int | None
    message: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Searched:
    """An inline query of somebody, from wherever they are. offset: results that they have seen."""

    query_id: str
    speaker: int
    text: str
    offset: int
    lang: Lang
    traditional: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """An inline result that its asker has posted."""

    speaker: int
    result_id: str
    lang: Lang


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction to a message, before and after: "love", "like", "dislike", or None for none of these."""

    place: Place
    message_id: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Membership:
    """We were blocked, unblocked, added or removed. here, before: whether we can speak there, could before."""

    place: Place
    here: bool
    before: bool
    channel: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A group has a new id."""

    old: int
    new: int


Incoming = Said | Thing | Tapped | Searched | Chosen | Reacted | Membership | Moved
