"""Whom a text speaks to, and what it says when the address is cut out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.inbound.values import Me
from bot.markup import blanked, entity_text, sendable

_CUT = "\0"  # stands where a mention of us was; no message of Telegram's holds it
_SEAM = re.compile(rf"[ \t]*{_CUT}+[ \t]*")
# typed without a blank (/ask推荐一部), a command has no entity; a path (/usr/bin) is none
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?![A-Za-z0-9_@/])")


@dataclass(frozen=True, slots=True)
class Addressed:
    """A text without mentions of us. to_us: it names us, by a mention or in a command. command: ours, or open to all.

    elsewhere: it is a command of another bot, or mentions one and not us.
    """

    text: str
    command: str | None
    to_us: bool
    elsewhere: bool


def addressed(text: str, entities: object, me: Me) -> Addressed:
    """entities: as they came; what is not of their form is passed over."""
    found = list(_entities(entities))
    to_us = others = False
    for entity, offset, length in found:
        kind = entity.get("type")
        word = entity_text(text, offset, length)
        user = entity.get("user")
        ours = kind == "mention" and word.removeprefix("@").lower() == me.username
        ours |= kind == "text_mention" and isinstance(user, Mapping) and user.get("id") == me.id
        if ours:
            to_us, text = True, blanked(text, offset, length, _CUT)
        others |= kind == "mention" and not ours and word.lower().endswith("bot")
    for entity, offset, length in found:
        if entity.get("type") != "bot_command":
            continue
        name, _, who = entity_text(text, offset, length).removeprefix("/").partition("@")
        before = entity_text(text, 0, offset)
        begins = not before.strip(f" \t\n{_CUT}")
        if who.lower() == me.username or (begins and not who):
            rest = _clean(entity_text(text, offset + length, len(text) * 2))
            return Addressed(rest or _clean(before), name.lower(), True, False)
        if who and begins:
            return Addressed(_clean(text), None, to_us, True)
        others |= bool(who)
    said = _clean(text)
    if (typed := _COMMAND.match(said)) is not None:
        name, who = typed.groups()
        if who and who.lower() != me.username:
            return Addressed(said, None, to_us, True)
        return Addressed(said[typed.end() :].strip(), name.lower(), True, False)
    return Addressed(said, None, to_us, others and not to_us)


def _entities(entities: object) -> Iterator[tuple[Mapping[str, Any], int, int]]:
    """Those that are what they should be, in order, with offset and length in UTF-16 units."""
    good = []
    for entity in entities if isinstance(entities, list | tuple) else ():
        offset, length = (entity.get("offset"), entity.get("length")) if isinstance(entity, Mapping) else (None, None)
        if isinstance(offset, int) and isinstance(length, int) and 0 <= offset < 10_000 and 0 < length < 10_000:
            good.append((offset, length, entity))
    good.sort(key=lambda one: one[:2])
    return ((entity, offset, length) for offset, length, entity in good)


def _clean(text: str) -> str:
    return sendable(_SEAM.sub(" ", text)).strip()
