"""Telegram's HTML -> text and entities, refused in its words. Offsets and lengths are UTF-16 units."""

import html
import re
from typing import Any

from bot.sandbox.schema import Refusal

Entity = dict[str, Any]  # a MessageEntity

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s[^<>]*)?)>")
_ENTITY = re.compile(r"&(lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?)|(?P<mention>(?<!\w)@\w{3,32})"
    r"|(?P<url>https?://[^\s]+)|(?P<hashtag>(?<!\w)#\w+)"
)


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """Text without its tags, and its entities. Refusal with Telegram's words for HTML that it does not take."""
    out: list[str] = []
    entities: list[Entity] = []
    open_tags: list[tuple[str, Entity]] = []
    length = at = 0
    while at < len(text):
        letter = text[at]
        piece, step = letter, 1
        if letter == "<":
            found = _TAG.match(text, at)
            if found is None:
                raise _cannot(f"Unsupported start tag at byte offset {_bytes(text, at)}")
            closing, name, rest = found.group(1), found.group(2).lower(), found.group(3)
            if name not in KINDS:
                raise _cannot(f'Unsupported start tag "{name}" at byte offset {_bytes(text, at)}')
            if closing:
                if not open_tags:
                    raise _cannot(f"Unexpected end tag at byte offset {_bytes(text, at)}")
                expected, entity = open_tags.pop()
                if expected != name:
                    reason = f"Unmatched end tag at byte offset {_bytes(text, at)}"
                    raise _cannot(f'{reason}, expected "</{expected}>", found "</{name}>"')
                entity["length"] = length - entity["offset"]
            else:
                entity = {"type": KINDS[name], "offset": length, "length": 0}
                if name == "blockquote" and "expandable" in rest:
                    entity["type"] = "expandable_blockquote"
                if name == "a" and (link := re.search(r'href="([^"]*)"', rest)):
                    entity["url"] = html.unescape(link.group(1))
                open_tags.append((name, entity))
                entities.append(entity)
            at = found.end()
            continue
        if letter == "&" and (found := _ENTITY.match(text, at)):
            piece, step = html.unescape(found.group()), found.end() - at
        out.append(piece)
        length += units(piece)
        at += step
    if open_tags:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return "".join(out), [entity for entity in entities if entity["length"]]


def found_in(text: str) -> list[Entity]:
    """What Telegram marks by itself: commands, mentions, links, hashtags."""
    return [
        {"type": str(m.lastgroup), "offset": units(text[: m.start()]), "length": units(m.group())}
        for m in _FOUND.finditer(text)
    ]


def _cannot(reason: str) -> Refusal:
    return Refusal(f"Bad Request: can't parse entities: {reason}", breach=True)


def _bytes(text: str, at: int) -> int:
    return len(text[:at].encode("utf-8", "surrogatepass"))
