"""Texts as Telegram wants them: its HTML, its lengths in UTF-16 units, what no message may hold."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST, LONGEST_CAPTION = 4096, 1024  # UTF-16 units, entities taken out
# lone surrogates, control characters, and marks that would turn the direction of what follows
_UNSENDABLE = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_TAG = re.compile(r"</?[a-z]+[^>]*>")
_PIECE = re.compile(r"<(/?)([a-z]+)[^>]*>|&(?:[a-z]+|#[0-9]+);|.", re.DOTALL)
_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
    "code": ("<code>", "</code>"),
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A tag, an entity or a letter. size: its visible units. opens, closes: the tag's name where it is one."""

    text: str
    size: int = 0
    opens: str = ""
    closes: str = ""


def sendable(text: object) -> str:
    """The text without what no message may hold."""
    return _UNSENDABLE.sub("", str(text))


def escape(text: object) -> str:
    """A datum within HTML."""
    return html.escape(sendable(text), quote=False)


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(text: str) -> int:
    """Units of HTML as it is counted: without tags, entities as what they stand for."""
    return units(html.unescape(_TAG.sub("", text)))


def cut(text: str, limit: int) -> str:
    """Plain text of at most `limit` units, with … where something is missing."""
    if units(text) <= limit:
        return text
    return text.encode("utf-16-le", "ignore")[: (limit - 1) * 2].decode("utf-16-le", "ignore") + "…"


def cut_html(text: str, limit: int) -> str:
    """HTML of at most `limit` visible units: cut between letters, with … and every open tag closed."""
    if len(text) <= limit // 2 or visible(text) <= limit:
        return text
    pieces = tuple(_pieces(text))
    return _joined(pieces[: _fitting(pieces, limit - 1)], "…")


def split_html(text: str, limit: int = LONGEST) -> list[str]:
    """HTML in parts of at most `limit` visible units, parted at line ends where there are any; tags are begun anew."""
    if len(text) <= limit // 2:  # no longer than that in units, tags and all
        return [text]
    parts: list[str] = []
    pieces = tuple(_pieces(text))
    while sum(piece.size for piece in pieces) > limit:
        count = _fitting(pieces, limit)
        breaks = [n for n in range(1, count) if pieces[n].text == "\n"]
        count = breaks[-1] if breaks else count
        parts.append(_joined(pieces[:count]))
        pieces = (*(_Piece(tag, opens=name) for name, tag in _open(pieces[:count])), *pieces[count:])
        if breaks:
            pieces = tuple(piece for n, piece in enumerate(pieces) if n != _first(pieces))
    return [*parts, _joined(pieces)] if pieces or not parts else parts


def entity_text(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity's offset and length in UTF-16 units mean."""
    return text.encode("utf-16-le", "surrogatepass")[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def blanked(text: str, offset: int, length: int, blank: str) -> str:
    """The text with that part overwritten by `blank`, one for each unit, so that other offsets stay true."""
    raw = text.encode("utf-16-le", "surrogatepass")
    gone = raw[offset * 2 : (offset + length) * 2]
    inside = blank.encode("utf-16-le") * (len(gone) // 2)
    return (raw[: offset * 2] + inside + raw[(offset + length) * 2 :]).decode("utf-16-le", "surrogatepass")


def html_of(text: str, entities: object) -> str:
    """HTML of a message of ours that came back, from its text and entities: those kinds that we send.

    Entities of another form are passed over; one that reaches out of another ends with it.
    """
    raw = text.encode("utf-16-le", "surrogatepass")
    out: list[str] = []
    at = 0
    open_: list[tuple[int, str]] = []  # end and closing tag, innermost last

    def write(until: int) -> None:
        nonlocal at
        out.append(escape(raw[at * 2 : until * 2].decode("utf-16-le", "replace")))
        at = until

    for start, end, (opening, closing) in _spans(entities, len(raw) // 2):
        while open_ and open_[-1][0] <= start:
            write(open_[-1][0])
            out.append(open_.pop()[1])
        write(start)
        out.append(opening)
        open_.append((min(end, open_[-1][0]) if open_ else end, closing))
    while open_:
        write(open_[-1][0])
        out.append(open_.pop()[1])
    write(len(raw) // 2)
    return "".join(out)


def _spans(entities: object, size: int) -> list[tuple[int, int, tuple[str, str]]]:
    """Start, end and tags of the entities that we send, outer before inner."""
    found = []
    for entity in entities if isinstance(entities, Sequence) else ():
        tags = _TAGS.get(str(entity.get("type"))) if isinstance(entity, dict) else None
        start, length = (entity.get("offset"), entity.get("length")) if tags else (None, None)
        if tags and isinstance(start, int) and isinstance(length, int) and 0 <= start < size and length > 0:
            found.append((start, min(start + length, size), tags))
    return sorted(found, key=lambda span: (span[0], -span[1]))


def _pieces(text: str) -> Iterator[_Piece]:
    for found in _PIECE.finditer(text):
        piece, name = found.group(), found.group(2)
        if not name:
            yield _Piece(piece, units(html.unescape(piece)))
        elif found.group(1):
            yield _Piece(piece, closes=name)
        else:
            yield _Piece(piece, opens=name)


def _fitting(pieces: Sequence[_Piece], limit: int) -> int:
    """How many pieces have at most `limit` units together."""
    for number, piece in enumerate(pieces):
        limit -= piece.size
        if limit < 0:
            return number
    return len(pieces)


def _open(pieces: Sequence[_Piece]) -> list[tuple[str, str]]:
    """Tags that are still open behind these pieces, outermost first: (name, the tag as written)."""
    found: list[tuple[str, str]] = []
    for piece in pieces:
        if piece.opens:
            found.append((piece.opens, piece.text))
        elif piece.closes and found:
            found.pop()
    return found


def _joined(pieces: Sequence[_Piece], end: str = "") -> str:
    closing = "".join(f"</{name}>" for name, _ in reversed(_open(pieces)))
    return "".join(piece.text for piece in pieces) + end + closing


def _first(pieces: Sequence[_Piece]) -> int:
    """Place of the first piece that is seen."""
    return next((n for n, piece in enumerate(pieces) if piece.size), -1)
