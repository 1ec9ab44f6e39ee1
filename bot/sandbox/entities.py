"""Telegram's HTML -> text and entities, refused in its words. Offsets and lengths are UTF-16 units."""

import html
import re
from collections.abc import Mapping
from typing import Any

from bot.sandbox.schema import Refusal

Entity = dict[str, Any]  # a MessageEntity

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
SEALED = ("code", "pre", "text_link", "text_mention")  # nothing is found inside of these
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot);|#(\d{1,8});|#x([0-9a-fA-F]{1,6});)")
_LINK = re.compile(r"[^\s/?#:@]+\.[^\s/?#:@.]{2,}(?::\d+)?(?:[/?#].*)?")
_ANY_HOST = re.compile(r"(?:https?|tg|ton)://[^\s/?#@]+(?:[/?#].*)?")
_PERSON = re.compile(r"tg://user\?id=(\d+)")
_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/]))|(?P<mention>(?<!\w)@\w{3,32})"
    r"|(?P<url>https?://[^\s<>]+)|(?P<hashtag>(?<!\w)#\w+)"
)
_SPACE = " \t\n\r"
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32)), " ") | {13: None}


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def parse_html(text: str, people: Mapping[int, Mapping[str, Any]] | None = None) -> tuple[str, list[Entity]]:
    """Text without its tags, and its entities. Refusal with Telegram's words for HTML that it does not take.

    people: by id; a link to one of them is a mention.
    """
    reader = _Reader(text, people or {})
    reader.read()
    reader.entities.reverse()  # of two over the same letters, the outer one comes first
    return "".join(reader.out), sorted(reader.entities, key=_order)


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without control characters and without white space at the ends; at the start, only before the first entity."""
    text = text.translate(_CONTROL)
    first = min((entity["offset"] for entity in entities), default=len(text))
    left = min(len(text) - len(text.lstrip(" \n")), first)  # a space is one unit
    text = text[left:].rstrip()
    length, kept = units(text), []
    for entity in entities:
        offset = entity["offset"] - left
        if offset < length:
            kept.append({**entity, "offset": offset, "length": min(entity["length"], length - offset)})
    return text, kept


def within(text: str, entities: list[Entity]) -> None:
    """Refusal where an entity that a bot gives reaches out of its text."""
    length = units(text)
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if start < 0 or entity["length"] <= 0 or end > length:
            where = f"ends after the end of the text at UTF-16 offset {end}"
            raise Refusal(f"Bad Request: entity beginning at UTF-16 offset {start} {where}", breach=True)


def marked(text: str, entities: list[Entity]) -> list[Entity]:
    """With what Telegram marks by itself: commands, mentions, links, hashtags; nothing inside of links and code."""
    sealed = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in SEALED]
    new = [
        one
        for one in found_in(text)
        if not any(one["offset"] < end and start < one["offset"] + one["length"] for start, end in sealed)
    ]
    return sorted([*entities, *new], key=_order) if new else entities


def found_in(text: str) -> list[Entity]:
    """What Telegram marks in a text without any formatting."""
    return [
        {"type": str(m.lastgroup), "offset": units(text[: m.start()]), "length": units(m.group())}
        for m in _FOUND.finditer(text)
    ]


def _order(entity: Entity) -> tuple[int, int]:
    return entity["offset"], -entity["length"]


def _cannot(reason: str) -> Refusal:
    return Refusal(f"Bad Request: can't parse entities: {reason}", breach=True)


def _decoded(text: str) -> str:
    """With the references that Telegram knows in place of their letters."""
    return _REFERENCE.sub(_letter, text)


def _letter(found: re.Match[str]) -> str:
    if found.group(1):
        return html.unescape(found.group())
    code = int(found.group(2)) if found.group(2) else int(found.group(3), 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else found.group()


class _Reader:
    """One pass over a text. at: the code point that is read next; length: units of what was written."""

    def __init__(self, text: str, people: Mapping[int, Mapping[str, Any]]) -> None:
        self._text, self._people = text, people
        self._at = self._length = 0
        self.out: list[str] = []
        self.entities: list[Entity] = []
        self._open: list[tuple[str, str, int, int]] = []  # tag, its argument, offset in units, place in `out`

    def read(self) -> None:
        while self._at < len(self._text):
            if self._now() == "<":
                if self._text.startswith("/", self._at + 1):
                    self._end_tag()
                else:
                    self._start_tag()
            else:
                piece = _decoded(self._until(self._at, "<"))
                self.out.append(piece)
                self._length += units(piece)
        if self._open:
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{self._open[-1][0]}"')
        for entity in self.entities:
            if entity["type"] == "code":  # Telegram knows languages of `pre` alone
                entity.pop("language", None)

    def _start_tag(self) -> None:
        begin = self._at
        name = self._until(begin + 1, _SPACE + ">").lower()
        if not self._now():
            raise self._refused("Unclosed start tag", begin)
        if name not in KINDS:
            raise self._refused(f'Unsupported start tag "{name}"', begin)
        argument = ""
        self._skip()
        while self._now() != ">":
            attribute, value = self._attribute(name, begin)
            match name, attribute:
                case ("a", "href") | ("tg-emoji", "emoji-id") | ("span", "class"):
                    argument = value
                case "code", "class" if value.startswith("language-"):
                    argument = value.removeprefix("language-")
                case "blockquote", "expandable":
                    argument = attribute
            self._skip()
        if name == "span" and argument != "tg-spoiler":
            raise self._refused('Tag "span" must have class "tg-spoiler"', begin)
        if name == "tg-emoji" and not re.fullmatch(r"0*[1-9][0-9]{0,18}", argument):
            raise _cannot("Invalid custom emoji identifier specified")
        self._at += 1
        self._open.append((name, argument, self._length, len(self.out)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        """Name and value; the value is empty where there is none."""
        if not self._now():
            raise self._refused(f'Unclosed start tag "{tag}"', begin)
        name = self._until(self._at, _SPACE + "=>").lower()
        if not name:
            raise self._refused(f'Empty attribute name in the tag "{tag}"', begin)
        self._skip()
        if self._now() == "=":
            self._at += 1
            self._skip()
            if self._now():
                return name, self._attribute_value(begin)
        elif self._now():
            return name, ""
        raise self._refused(f'Unclosed start tag "{tag}"', begin)

    def _attribute_value(self, begin: int) -> str:
        start, quote = self._at, self._now()
        if quote in "\"'":
            value = _decoded(self._until(start + 1, quote))
            self._at += 1
            if not self._now():
                raise self._refused("Unclosed start tag", begin)
            return value
        while self._now().isascii() and (self._now().isalnum() or self._now() in (".", "-")):
            self._at += 1
        if self._now() not in (*_SPACE, ">"):
            raise self._refused("Unexpected end of name token", start)
        return self._text[start : self._at].lower()

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise self._refused("Unexpected end tag", begin)
        name = self._until(begin + 2, _SPACE + ">").lower()
        self._skip()
        if self._now() != ">":
            raise self._refused("Unclosed end tag", begin)
        expected, argument, offset, place = self._open.pop()
        if name not in ("", expected):
            raise self._refused("Unmatched end tag", begin, f', expected "</{expected}>", found "</{name}>"')
        self._at += 1
        if self._length > offset:
            self._close(expected, argument, offset, "".join(self.out[place:]))

    def _close(self, tag: str, argument: str, offset: int, inside: str) -> None:
        entity: Entity = {"type": KINDS[tag], "offset": offset, "length": self._length - offset}
        match tag:
            case "a":
                address = argument or inside
                if person := _PERSON.match(address):
                    user = self._people.get(int(person.group(1)))
                    if user is None:
                        return
                    entity |= {"type": "text_mention", "user": user}
                elif _ANY_HOST.fullmatch(address) or _LINK.fullmatch(address):
                    entity["url"] = address if "://" in address else f"http://{address}"
                else:
                    return  # Telegram keeps the text and forgets the link
            case "tg-emoji":
                entity["custom_emoji_id"] = argument
            case "blockquote" if argument:
                entity["type"] = "expandable_blockquote"
            case "code" if argument:
                entity["language"] = argument
            case "pre":
                last = self.entities[-1] if self.entities else {}
                if "language" in last and (last["offset"], last["length"]) == (offset, entity["length"]):
                    entity["language"] = self.entities.pop()["language"]
        self.entities.append(entity)

    def _until(self, start: int, ends: str) -> str:
        """Moves on to one of these letters, or the end; what stands before it."""
        found = [at for end in ends if (at := self._text.find(end, start)) >= 0]
        self._at = min(found, default=len(self._text))
        return self._text[start : self._at]

    def _skip(self) -> None:
        while self._now() and self._now() in _SPACE:
            self._at += 1

    def _now(self) -> str:
        return self._text[self._at : self._at + 1]

    def _refused(self, reason: str, at: int, more: str = "") -> Refusal:
        size = len(self._text[:at].encode("utf-8", "surrogatepass"))
        return _cannot(f"{reason} at byte offset {size}{more}")
