"""Texts as Telegram wants them: its HTML, its lengths."""

import html
import re

LONGEST, LONGEST_CAPTION = 4096, 1024  # UTF-16 units, entities taken out
_UNSENDABLE = re.compile(r"[\ud800-\udfff]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAG = re.compile(r"<(/?)([a-z]+)[^>]*>|&[a-z#0-9]+;")


def escape(text: object) -> str:
    """A datum within HTML. Lone surrogates and control characters, which no message may hold, are left out."""
    return html.escape(_UNSENDABLE.sub("", str(text)), quote=False)


def units(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def cut(text: str, limit: int) -> str:
    """Plain text of at most `limit` units, with … where something is missing."""
    if units(text) <= limit:
        return text
    return text.encode("utf-16-le", "ignore")[: (limit - 1) * 2].decode("utf-16-le", "ignore") + "…"


def cut_html(text: str, limit: int) -> str:
    """HTML whose visible part has at most `limit` units: cut between letters, with … and every open tag closed."""
    if units(text) <= limit or units(html.unescape(_TAG.sub(_visible, text))) <= limit:
        return text
    out: list[str] = []
    open_tags: list[str] = []
    left, at = limit - 1, 0
    while at < len(text):
        found = _TAG.match(text, at)
        piece = found.group() if found else text[at]
        if found and found.group(2):
            if found.group(1):
                open_tags.pop()
            else:
                open_tags.append(found.group(2))
        else:
            size = units(html.unescape(piece))
            if size > left:
                break
            left -= size
        out.append(piece)
        at += len(piece)
    return "".join(out) + "…" + "".join(f"</{tag}>" for tag in reversed(open_tags))


def split(text: str, limit: int = LONGEST) -> list[str]:
    """Plain text in pieces of at most `limit` units, parted at line ends where that is possible."""
    pieces: list[str] = []
    while units(text) > limit:
        head = text.encode("utf-16-le", "ignore")[: limit * 2].decode("utf-16-le", "ignore")
        at = head.rfind("\n")
        head = head[:at] if at > 0 else head
        pieces.append(head)
        text = text[len(head) :].lstrip("\n")
    return [*pieces, text] if text or not pieces else pieces


def _visible(found: "re.Match[str]") -> str:
    return "" if found.group(2) else found.group()


def entity_text(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity's UTF-16 offset and length mean."""
    return text.encode("utf-16-le", "surrogatepass")[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def without(text: str, offset: int, length: int) -> str:
    """The text without that part."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return (raw[: offset * 2] + raw[(offset + length) * 2 :]).decode("utf-16-le", "surrogatepass")


def html_of(text: str, entities: object) -> str:
    """HTML of a message of ours that came back, from its text and entities: those kinds that we send."""
    raw = text.encode("utf-16-le", "surrogatepass")
    marks: list[tuple[int, int, int, str]] = []  # place, 0 closes before 1 opens, order, tag
    for number, entity in enumerate(entities if isinstance(entities, list) else []):
        kind, start, length = entity.get("type"), entity.get("offset", 0), entity.get("length", 0)
        tags = _TAGS.get(kind)
        if tags is None or length <= 0:
            continue
        marks.append((start, 1, -length * 1000 + number, tags[0]))
        marks.append((start + length, 0, length * 1000 - number, tags[1]))
    out, at = [], 0
    for place, _, _, tag in sorted(marks):
        out.append(escape(raw[at * 2 : place * 2].decode("utf-16-le", "replace")))
        out.append(tag)
        at = place
    out.append(escape(raw[at * 2 :].decode("utf-16-le", "replace")))
    return "".join(out)


_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
    "code": ("<code>", "</code>"),
}
