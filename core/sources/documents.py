"""JSON and XML, value by value, with the line that each begins in. A broken value does not stop the next one."""

import html.entities
import json
import re
import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from core.errors import FormatError
from core.sources.files import Member, is_damaged
from core.sources.rows import Refused, Spot

Json = Any  # it is what json makes of a file
CHUNK = 1 << 16
_SPACE = re.compile(r"[\s,]*")


def values(member: Member) -> Iterator[tuple[Spot, Json] | Refused]:
    """The elements of a JSON array, the lines of a JSONL file, or the one object that the file is."""
    with member.text() as text:
        first = text.readline()
        while first and not first.strip("\ufeff \t\r\n"):
            first = text.readline()
        first = first.removeprefix("\ufeff")
        if not first:
            raise FormatError(member.name, "is empty")
        if first.lstrip().startswith("{") and (_is_json(first) or not _is_json_file(member)):
            yield from _lines(member)
            return
        whole = first + text.read()
    yield from _elements(whole, member.name)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _is_json_file(member: Member) -> bool:
    """Whether the file looks like one object over many lines, not like a line each."""
    beginnings = [line.lstrip()[:1] for line in member.head(1 << 16).splitlines()[1:50] if line.strip()]
    return not beginnings or beginnings.count("{") < len(beginnings) / 2


def _lines(member: Member) -> Iterator[tuple[Spot, Json] | Refused]:
    with member.text() as text:
        for number, line in enumerate(text, 1):
            line = line.strip("\ufeff \t\r\n")
            if not line:
                continue
            try:
                if is_damaged(line):
                    yield Refused(Spot(member.name, number), "holds bytes that are no text in the file's encoding")
                    continue
                yield Spot(member.name, number), json.loads(line)
            except json.JSONDecodeError as error:
                yield Refused(Spot(member.name, number, error.colno), f"no JSON: {error.msg}")
            except RecursionError:
                yield Refused(Spot(member.name, number), "no JSON of ours: nested too deep")


def _elements(text: str, file: str) -> Iterator[tuple[Spot, Json] | Refused]:
    starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def spot(at: int, column: bool = False) -> Spot:
        line = bisect_right(starts, at)
        return Spot(file, line, at - starts[line - 1] + 1 if column else None)

    decoder = json.JSONDecoder()
    at = len(text) - len(text.lstrip())
    many = text[at : at + 1] == "["
    at += many
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if at >= len(text) or (many and text[at] == "]"):
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError) as error:
            where, why = (error.pos, error.msg) if isinstance(error, json.JSONDecodeError) else (at, "nested too deep")
            yield Refused(spot(where, True), f"no JSON: {why}")
            following = re.compile(r",\s*(?=\{)").search(text, max(where, at + 1))
            if following is None or not many:
                return
            at = following.end()
            continue
        yield spot(at), value
        at = end


def elements(member: Member, *tags: str) -> Iterator[tuple[Spot, ET.Element] | Refused]:
    """Elements of these names (namespaces as {…}), whole. Nothing is fetched; HTML's entities are known.

    XML ends at the first error: it is refused, with its line and column.
    """
    with member.text() as text:
        found: list[tuple[Spot, ET.Element]] = []
        reader = _Reader(member.name, set(tags), found)
        while chunk := text.read(CHUNK):
            chunk = chunk.encode("utf-8", "replace").decode("utf-8")
            error = reader.feed(chunk)
            yield from found
            found.clear()
            if error is not None:
                yield error
                return
        if error := reader.feed("", True):
            yield error


class _Reader:
    """expat with a tree builder for the wanted elements only, so that a feed of any length streams."""

    def __init__(self, file: str, tags: set[str], found: list[tuple[Spot, ET.Element]]) -> None:
        self.file, self.tags, self.found = file, tags, found
        self.builder: ET.TreeBuilder | None = None
        self.depth, self.line = 0, 0
        self.parser = parser = expat.ParserCreate(None, "}")
        parser.buffer_text = True
        parser.UseForeignDTD(True)  # names of entities that are not declared come here instead of being an error
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.data
        parser.DefaultHandlerExpand = self.entity
        parser.EntityDeclHandler = self.declared
        parser.ExternalEntityRefHandler = lambda *_: 1

    def feed(self, text: str, last: bool = False) -> Refused | None:
        try:
            self.parser.Parse(text, last)
        except expat.ExpatError as error:
            return Refused(Spot(self.file, error.lineno, error.offset + 1), f"no XML: {expat.ErrorString(error.code)}")
        except FormatError as error:
            return Refused(Spot(self.file, self.parser.CurrentLineNumber), error.reason)
        return None

    def declared(self, *_: object) -> None:
        raise FormatError(self.file, "declares entities of its own; those are not read")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = "{" + tag if "}" in tag else tag
        if self.builder is None and tag in self.tags:
            self.builder, self.depth, self.line = ET.TreeBuilder(), 0, self.parser.CurrentLineNumber
        if self.builder is not None:
            self.builder.start(tag, attributes)
            self.depth += 1

    def end(self, tag: str) -> None:
        if self.builder is None:
            return
        self.builder.end("{" + tag if "}" in tag else tag)
        self.depth -= 1
        if not self.depth:
            self.found.append((Spot(self.file, self.line), self.builder.close()))
            self.builder = None

    def data(self, text: str) -> None:
        if self.builder is not None:
            self.builder.data(text)

    def entity(self, text: str) -> None:
        if self.builder is not None and text.startswith("&") and text.endswith(";"):
            self.builder.data(html.entities.html5.get(text[1:], text))
