"""Sheets of an .xlsx file, as text: a zip of XML, and no more of it is needed here."""

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator

from core.errors import FormatError
from core.sources.files import Member

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LARGEST = 1 << 28  # bytes of one sheet, unpacked


def sheets(member: Member) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """(name, rows) of each sheet; a row is its number and the cells from the first column on."""
    with member.open() as raw:
        data = raw.read()
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        shared = _shared(archive)
        targets = {r.get("Id", ""): r.get("Target", "") for r in _xml(archive, "xl/_rels/workbook.xml.rels")}
        for sheet in _xml(archive, "xl/workbook.xml").iter(f"{_NS}sheet"):
            target = targets.get(sheet.get(_LINK, ""), "").lstrip("/").removeprefix("xl/")
            yield sheet.get("name", ""), _rows(_xml(archive, f"xl/{target}"), shared)
    except (zipfile.BadZipFile, KeyError, ET.ParseError) as error:
        raise FormatError(member.name, f"no whole .xlsx file: {error}") from error


def _xml(archive: zipfile.ZipFile, name: str) -> ET.Element:
    if archive.getinfo(name).file_size > LARGEST:
        raise FormatError(name, "is too large for a sheet of a person's own")
    return ET.fromstring(archive.read(name))


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [_text(element) for element in _xml(archive, "xl/sharedStrings.xml").iter(f"{_NS}si")]


def _text(element: ET.Element) -> str:
    return "".join(t.text or "" for t in element.iter(f"{_NS}t"))


def _rows(sheet: ET.Element, shared: list[str]) -> Iterator[tuple[int, list[str]]]:
    for position, row in enumerate(sheet.iter(f"{_NS}row"), 1):
        cells: list[str] = []
        for cell in row.iter(f"{_NS}c"):
            at = _column(cell.get("r", "")) if cell.get("r") else len(cells)
            cells += [""] * (at - len(cells))
            value = cell.findtext(f"{_NS}v") or ""
            if cell.get("t") == "s":
                value = shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
            elif cell.get("t") == "inlineStr":
                value = _text(cell)
            cells.append(value)
        yield int(row.get("r") or position), cells


def _column(reference: str) -> int:
    """0 for A1, 26 for AA1."""
    letters = re.sub(r"[^A-Z]", "", reference.upper())
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return max(at - 1, 0)
