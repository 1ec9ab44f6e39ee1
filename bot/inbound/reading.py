"""What a raw update means to us. Pure: no clock, no disk; an update of any shape gives an Incoming or None."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.inbound.addressing import addressed
from bot.inbound.places import conversation_of, identity, language, place_of, traditional
from bot.inbound.values import (
    Chosen,
    Incoming,
    Me,
    Membership,
    Moved,
    Place,
    Reacted,
    Said,
    Searched,
    Tapped,
    Thing,
    Update,
)

KINDS = (
    "message", "edited_message", "callback_query", "inline_query", "chosen_inline_result", "message_reaction",
    "my_chat_member",
)  # fmt: skip
# what people send beside texts; the first that is found names it (an animation comes with a document, a venue with a
# location)
THINGS = (
    "animation", "sticker", "voice", "video_note", "video", "audio", "dice", "contact", "venue", "location", "poll",
    "game", "story", "paid_media", "checklist", "photo", "document",
)  # fmt: skip
LOVED = frozenset("❤ ❤‍🔥 😍 🤩 💯 🏆 🥰 😘 💘".split())
LIKED = frozenset("👍 🔥 👏 😁 🎉 👌 🆒 🙏 ⚡ 🤗 😎 🍾 😇 🤣".split())
DISLIKED = frozenset("👎 💩 🤮 🥱 😡 🤬 🖕 💔 😴".split())
_UNTOLD = (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError)  # not of the form that Telegram has


def lane(update: Update) -> int | None:
    """The conversation that an update belongs to; None for what has none."""
    try:
        kind, content = _content(update)
        if kind in ("inline_query", "chosen_inline_result"):
            return None
        if kind == "callback_query":
            message = content.get("message")
            return conversation_of(message) if isinstance(message, Mapping) else identity(content["from"]["id"])
        return conversation_of(content)
    except _UNTOLD:
        return None


def place(update: Update) -> Place | None:
    """Where a message or its like comes from, whether it is to us or not."""
    kind, content = _content(update)
    try:
        return place_of(content) if kind in ("message", "edited_message") else None
    except _UNTOLD:
        return None


def read(update: Update, me: Me) -> Incoming | None:
    """What the update means; None for what is none of our business."""
    return _read(update, me, False)


def read_album(updates: Sequence[Update], me: Me) -> Incoming | None:
    """What the parts of a media group mean together: their captions as one text, if any of them is to us."""
    alone = [found for update in updates if (found := _read(update, me, False)) is not None]
    head = next((part for part in alone if isinstance(part, Said)), alone[0] if alone else None)
    if not isinstance(head, Said):
        return head
    parts = [_read(update, me, True) for update in updates]
    captions = [part for part in parts if isinstance(part, Said) and part.text]
    texts = [head.text, *(part.text for part in captions if part.message_id != head.message_id)]
    return replace(head, text="\n".join(text for text in texts if text), wordless=len(updates) - len(captions))


def _content(update: Update) -> tuple[str, Mapping[str, Any]]:
    for kind in KINDS:
        if isinstance(content := update.get(kind), Mapping):
            return kind, content
    return "", {}


def _read(update: Update, me: Me, to_us: bool) -> Incoming | None:
    try:
        kind, content = _content(update)
        match kind:
            case "message" | "edited_message":
                return _message(content, me, kind == "edited_message", to_us)
            case "callback_query":
                return _tap(content)
            case "inline_query":
                return _search(content)
            case "chosen_inline_result":
                who = content["from"]
                return Chosen(identity(who["id"]), str(content["result_id"]), language(who.get("language_code")))
            case "message_reaction":
                return _reaction(content)
            case "my_chat_member":
                return _membership(content)
    except _UNTOLD:
        return None
    return None


def _message(message: Mapping[str, Any], me: Me, edited: bool, to_us: bool) -> Incoming | None:
    chat = message["chat"]
    for name in ("migrate_to_chat_id", "migrate_from_chat_id"):  # told in the old group, and again in the new one
        if name in message:
            here, there = identity(chat["id"]), identity(message[name])
            return Moved(here, there) if name == "migrate_to_chat_id" else Moved(there, here)
    if not _by_a_person(message, me):
        return None
    place, number = place_of(message), identity(message["message_id"])
    text = message.get("text", message.get("caption"))
    thing = next((kind for kind in THINGS if kind in message), None)
    if not isinstance(text, str):  # a live location moves by edits
        return Thing(place, number, thing) if place.private and thing and not edited else None
    if edited and "media_group_id" in message:  # what the other captions told would go
        return None
    told = addressed(text, message.get("entities" if "text" in message else "caption_entities"), me)
    answered = message.get("reply_to_message")
    ours = _ours(answered, me)
    if told.elsewhere and (not place.private or told.text.startswith("/")):
        return None
    if not (place.private or told.to_us or ours or to_us):
        return None
    file = message.get("document") or (answered.get("document") if isinstance(answered, Mapping) else None)
    return Said(
        place,
        number,
        _time(message, edited),
        told.text,
        told.command,
        edited,
        thing if "text" not in message else None,
        reply_to=identity(answered["message_id"]) if isinstance(answered, Mapping) and ours else None,
        file=file if isinstance(file, Mapping) else None,
    )


def _by_a_person(message: Mapping[str, Any], me: Me) -> bool:
    """No channel's post, no forward of one that Telegram made, no bot, and nothing that somebody had us write."""
    via = message.get("via_bot")
    if message["chat"].get("type") == "channel" or message.get("is_automatic_forward"):
        return False
    if isinstance(via, Mapping) and via.get("id") == me.id:
        return False
    sender = message.get("from")
    if isinstance(message.get("sender_chat"), Mapping):  # a hidden admin, or a person who speaks as their channel
        return True
    return isinstance(sender, Mapping) and not sender.get("is_bot")


def _ours(message: object, me: Me) -> bool:
    """Whether it is a message of ours; but a topic that we opened is no message to be answered."""
    if not isinstance(message, Mapping) or "forum_topic_created" in message:
        return False
    sender = message.get("from")
    return isinstance(sender, Mapping) and sender.get("id") == me.id


def _time(message: Mapping[str, Any], edited: bool) -> datetime:
    seconds = message.get("edit_date") if edited else None
    return datetime.fromtimestamp(int(seconds or message["date"]), UTC)


def _tap(query: Mapping[str, Any]) -> Tapped | None:
    data, who, message = query.get("data"), query["from"], query.get("message")
    if not isinstance(data, str):  # a game's
        return None
    if not isinstance(message, Mapping):  # hangs on an inline message: it counts in the person's own chat
        person, tag = identity(who["id"]), who.get("language_code")
        place = Place(person, person, None, True, person, language(tag), traditional(tag))
        return Tapped(place, str(query["id"]), data, None, None)
    told = message if message.get("date") else None  # 0: too old, or deleted
    return Tapped(place_of(message, who), str(query["id"]), data, identity(message["message_id"]), told)


def _search(query: Mapping[str, Any]) -> Searched:
    who, offset = query["from"], str(query.get("offset") or "0")
    start = int(offset) if offset.isascii() and offset.isdecimal() and len(offset) < 6 else 0
    tag = who.get("language_code")
    text = str(query.get("query", "")).strip()
    return Searched(str(query["id"]), identity(who["id"]), text, start, language(tag), traditional(tag))


def _reaction(content: Mapping[str, Any]) -> Reacted | None:
    who = content.get("user")
    if not isinstance(who, Mapping) or who.get("is_bot"):  # anonymous reactions are nobody's
        return None
    before, after = _feeling(content.get("old_reaction")), _feeling(content.get("new_reaction"))
    if before == after:
        return None
    return Reacted(place_of(content, who), identity(content["message_id"]), before, after)


def _feeling(reactions: object) -> str | None:
    for one in reactions if isinstance(reactions, list) else ():
        emoji = str(one.get("emoji")).replace("\ufe0f", "")
        for feeling, known in (("love", LOVED), ("like", LIKED), ("dislike", DISLIKED)):
            if emoji in known:
                return feeling
    return None


def _membership(content: Mapping[str, Any]) -> Membership:
    old, new = content.get("old_chat_member") or {}, content["new_chat_member"]
    place = place_of(content)
    return Membership(place, _is_in(new), _is_in(old), content["chat"].get("type") == "channel")


def _is_in(member: Mapping[str, Any]) -> bool:
    status = member.get("status", "left")
    return status not in ("left", "kicked") and (status != "restricted" or member.get("is_member") is not False)
