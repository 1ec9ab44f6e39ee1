"""What a raw update means to us. Pure: no clock, no disk; an update of any shape gives an Incoming or None."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.markup import entity_text, without
from core.turns import Lang

Update = Mapping[str, Any]  # the Bot API's JSON as it came

ANONYMOUS = 1087968824  # Telegram's "GroupAnonymousBot", who speaks for a group's hidden admins
_TOPIC = -(1 << 62)
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?\Z", re.DOTALL)
# what people send beside texts; the first that is found names it (an animation comes with a document)
THINGS = (
    "animation", "sticker", "voice", "video_note", "video", "audio", "dice", "contact", "venue", "location", "poll",
    "game", "story", "photo", "document",
)  # fmt: skip
LOVED, LIKED, DISLIKED = "❤❤‍🔥😍🤩💯🏆🥰😘💘", "👍🔥👏🎉😁👌🆒🙏⚡🤗😎🍾😇", "👎💩🤮🥱😡🤬🖕💔"


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself: id and username, in lower case."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said, by whom, and in which language their client is.

    conversation: what core calls the chat. thread: a real forum topic, or None. speaker: negative if anonymous.
    """

    chat_id: int
    conversation: int
    thread: int | None
    private: bool
    speaker: int
    lang: Lang


@dataclass(frozen=True, slots=True)
class Said:
    """A text to us. command: its name where it is one, and text what follows. at: aware UTC.

    edited: it replaces what was said before. picture: it stood under one that we cannot see. reply_to: the message of
    ours that it answers. file: a document that was sent along, or with the message answered: its raw object.
    """

    place: Place
    message_id: int
    at: datetime
    text: str
    command: str | None = None
    edited: bool = False
    picture: bool = False
    reply_to: int | None = None
    file: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is no text, sent to us in private: a kind of THINGS."""

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
    """An inline query of somebody, from wherever they are."""

    query_id: str
    speaker: int
    text: str
    offset: int
    lang: Lang


@dataclass(frozen=True, slots=True)
class Chosen:
    """An inline result that its asker has posted."""

    speaker: int
    result_id: str
    lang: Lang


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction to a message, as (before, after) of LOVED, LIKED and DISLIKED: "love", "like", "dislike" or None."""

    place: Place
    message_id: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Membership:
    """We were blocked, unblocked, added or removed."""

    place: Place
    here: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A group has a new id."""

    old: int
    new: int


Incoming = Said | Thing | Tapped | Searched | Chosen | Reacted | Membership | Moved


def topic(chat_id: int, thread: int) -> int:
    """The conversation of a forum topic: far from every id that Telegram gives."""
    digest = hashlib.blake2b(f"{chat_id}:{thread}".encode(), digest_size=8).digest()
    return _TOPIC - (int.from_bytes(digest) >> 4)


def language(code: object) -> Lang:
    """Language of a client by its tag: Chinese in every form, else English."""
    return Lang.ZH if isinstance(code, str) and code.lower().startswith("zh") else Lang.EN


def lane(update: Update) -> int | None:
    """The conversation that an update belongs to; None for what has none."""
    try:
        kind, content = _content(update)
        if kind in ("inline_query", "chosen_inline_result"):
            return None
        if kind == "callback_query" and not isinstance(content.get("message"), Mapping):
            return int(content["from"]["id"])
        message = content["message"] if kind == "callback_query" else content
        return _conversation(message)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def read(update: Update, me: Me, at: float) -> Incoming | None:
    """What the update means; None for what is none of our business. at: its receipt, seconds since 1970."""
    try:
        kind, content = _content(update)
        match kind:
            case "message" | "edited_message":
                return _message(content, me, kind == "edited_message")
            case "callback_query":
                return _tap(content)
            case "inline_query":
                offset = str(content.get("offset") or "0")
                who = content["from"]
                start = int(offset) if offset.isascii() and offset.isdecimal() and len(offset) < 6 else 0
                lang = language(who.get("language_code"))
                return Searched(str(content["id"]), int(who["id"]), str(content.get("query", "")), start, lang)
            case "chosen_inline_result":
                who = content["from"]
                return Chosen(int(who["id"]), str(content["result_id"]), language(who.get("language_code")))
            case "message_reaction":
                return _reaction(content)
            case "my_chat_member":
                status = content["new_chat_member"]["status"]
                return Membership(_place(content), status not in ("left", "kicked"))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None  # not of the form that Telegram tells
    return None


def _content(update: Update) -> tuple[str, Mapping[str, Any]]:
    for name, content in update.items():
        if name != "update_id" and isinstance(content, Mapping):
            return name, content
    return "", {}


def _thread(message: Mapping[str, Any]) -> int | None:
    """A forum topic's id. In General, and for replies elsewhere, Telegram sends ids that are no topic."""
    thread = message.get("message_thread_id")
    return int(thread) if thread is not None and message.get("is_topic_message") is True else None


def _conversation(message: Mapping[str, Any]) -> int:
    chat_id, thread = int(message["chat"]["id"]), _thread(message)
    return chat_id if thread is None else topic(chat_id, thread)


def _place(message: Mapping[str, Any], who: Mapping[str, Any] | None = None) -> Place:
    chat = message["chat"]
    sender = who or message.get("from") or {}
    behind = message.get("sender_chat")
    speaker = int(sender.get("id", 0))
    if who is None and isinstance(behind, Mapping):
        speaker = -abs(int(behind["id"]))
    private = chat.get("type") == "private" or (chat.get("type") is None and int(chat["id"]) > 0)
    return Place(
        int(chat["id"]),
        _conversation(message),
        _thread(message),
        private,
        speaker,
        language(sender.get("language_code")),
    )


def _time(message: Mapping[str, Any], edited: bool) -> datetime:
    seconds = message.get("edit_date") if edited else message.get("date")
    return datetime.fromtimestamp(int(seconds or message["date"]), UTC)


def _message(message: Mapping[str, Any], me: Me, edited: bool) -> Incoming | None:
    if "migrate_to_chat_id" in message:
        return Moved(int(message["chat"]["id"]), int(message["migrate_to_chat_id"]))
    chat, sender = message["chat"], message.get("from")
    if chat.get("type") == "channel" or message.get("is_automatic_forward"):
        return None
    if not isinstance(sender, Mapping) or (sender.get("is_bot") and int(sender["id"]) != ANONYMOUS):
        return None
    if message.get("via_bot", {}).get("id") == me.id:  # an inline result of ours that somebody posted
        return None
    place = _place(message)
    text = message.get("text", message.get("caption"))
    entities = message.get("entities", message.get("caption_entities")) or ()
    thing = next((kind for kind in THINGS if kind in message), None)
    if not isinstance(text, str) or (thing in ("location", "venue", "poll", "dice") and "text" not in message):
        if not place.private or edited or thing is None:
            return None
        if "document" in message and isinstance(message.get("document"), Mapping) and thing == "document":
            return Thing(place, int(message["message_id"]), "document")
        return Thing(place, int(message["message_id"]), thing)
    answered = message.get("reply_to_message")
    ours = answered if isinstance(answered, Mapping) and _is(answered.get("from"), me) else None
    text, to_us, to_others = _address(text, entities, me)
    command = _COMMAND.match(text.lstrip()) if text.lstrip().startswith("/") else None
    if command is not None:
        other = command.group(2)
        if other and other.lower() != me.username:
            return None
        to_us = True
    elif to_others and not to_us:
        return None
    if not (place.private or to_us or ours):
        return None
    file = message.get("document") or (answered.get("document") if isinstance(answered, Mapping) else None)
    return Said(
        place,
        int(message["message_id"]),
        _time(message, edited),
        (command.group(3) or "" if command else text).strip(),
        command.group(1).lower() if command else None,
        edited,
        thing is not None and "text" not in message,
        None if ours is None else int(ours["message_id"]),
        file if isinstance(file, Mapping) else None,
    )


def _address(text: str, entities: Sequence[Any], me: Me) -> tuple[str, bool, bool]:
    """The text without the mentions of us; whether there was one; whether it begins with a mention of another bot."""
    to_us = to_others = False
    for entity in sorted((e for e in entities if isinstance(e, Mapping)), key=lambda e: -int(e.get("offset", 0))):
        offset, length = int(entity.get("offset", 0)), int(entity.get("length", 0))
        if entity.get("type") == "text_mention":
            ours = _is(entity.get("user"), me)
        elif entity.get("type") == "mention":
            name = entity_text(text, offset, length).removeprefix("@").lower()
            ours = name == me.username
            to_others |= not ours and name.endswith("bot")
        else:
            continue
        if ours:
            to_us, text = True, without(text, offset, length)
    return text, to_us, to_others


def _is(who: object, me: Me) -> bool:
    return isinstance(who, Mapping) and who.get("id") == me.id


def _tap(query: Mapping[str, Any]) -> Tapped | None:
    data, who, message = query.get("data"), query["from"], query.get("message")
    if not isinstance(data, str):  # a game's
        return None
    if not isinstance(message, Mapping):  # hangs on an inline message: it counts in the person's own chat
        person = int(who["id"])
        place = Place(person, person, None, True, person, language(who.get("language_code")))
        return Tapped(place, str(query["id"]), data, None, None)
    told = message if message.get("date") else None  # 0: too old, or deleted
    return Tapped(_place(message, who), str(query["id"]), data, int(message["message_id"]), told)


def _reaction(content: Mapping[str, Any]) -> Reacted | None:
    who = content.get("user")
    if not isinstance(who, Mapping) or who.get("is_bot"):  # anonymous reactions are nobody's
        return None
    before, after = _feeling(content.get("old_reaction")), _feeling(content.get("new_reaction"))
    if before == after:
        return None
    return Reacted(_place(content, who), int(content["message_id"]), before, after)


def _feeling(reactions: object) -> str | None:
    for one in reactions if isinstance(reactions, Sequence) else ():
        emoji = str(one.get("emoji", "")).replace("\ufe0f", "")
        if emoji:
            for feeling, known in (("love", LOVED), ("like", LIKED), ("dislike", DISLIKED)):
                if emoji in known:
                    return feeling
    return None
