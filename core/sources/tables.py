"""Tables of text: CSV and TSV with a header, read by the names of the columns, and lines without one."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from core.errors import FormatError
from core.sources.files import Member, is_damaged
from core.sources.rows import Refused, Spot

LONGEST_CELL = 1 << 24  # letters; csv's own limit would refuse long reviews
MOST_LINES = 2000  # of one record; a quote that is open for longer was never closed


@dataclass(frozen=True, slots=True)
class Record:
    """A row by column name. get() gives the trimmed cell, "" where there is no such column."""

    spot: Spot
    cells: dict[str, str]

    def get(self, *columns: str) -> str:
        """The first of these columns that is filled."""
        for column in columns:
            if value := self.cells.get(column, "").strip():
                return value
        return ""

    def at(self, column: str) -> Spot:
        return Spot(self.spot.file, self.spot.line, column)


def table(
    member: Member, needed: Sequence[str] = (), delimiter: str | None = None, quoted: bool = True
) -> Iterator[Record | Refused]:
    """Rows of a table below its header; a broken row is refused and the next one read.

    FormatError where there is no header, or it lacks a column of `needed`. quoted: "…" may hold line ends.
    """
    with member.text() as text:
        rows = _records(text, member.name, delimiter, quoted)
        header = next((row for row in rows if isinstance(row, Refused) or any(cell.strip() for cell in row[1])), None)
        if header is None or isinstance(header, Refused):
            raise FormatError(member.name, "is empty, or no table: a header line was expected")
        names = [cell.strip().removeprefix("\ufeff") for cell in header[1]]
        if missing := [name for name in needed if name not in names]:
            raise FormatError(member.name, f"lacks the column {missing[0]}; it has: {', '.join(names)[:300]}")
        for row in rows:
            if isinstance(row, Refused):
                yield row
                continue
            line, cells = row
            if not any(cell.strip() for cell in cells):
                continue
            spot = Spot(member.name, line)
            while len(cells) > len(names) and not cells[-1].strip():
                cells.pop()
            if len(cells) != len(names):
                yield Refused(spot, f"{len(cells)} cells, the header has {len(names)}")
            elif any(map(is_damaged, cells)):
                column = next(name for name, cell in zip(names, cells, strict=True) if is_damaged(cell))
                yield Refused(Spot(member.name, line, column), "holds bytes that are no text in the file's encoding")
            else:
                found: dict[str, str] = {}
                for name, cell in zip(names, cells, strict=True):
                    found.setdefault(name, cell)  # of two columns of one name the first
                yield Record(spot, found)


def header_of(member: Member) -> tuple[str, ...]:
    """Names of the columns in the first line, for detection."""
    first = next((line for line in member.head().splitlines() if line.strip()), "")
    cells = next(csv.reader([first], delimiter=_delimiter(first)), [])
    return tuple(cell.strip().removeprefix("\ufeff") for cell in cells)


def lines(member: Member, separator: str, cells: int) -> Iterator[tuple[Spot, list[str]] | Refused]:
    """Rows of a table without header or quotes, `cells` each or more."""
    with member.text() as text:
        for number, line in enumerate(text, 1):
            if line.strip():
                found = [cell.strip() for cell in line.split(separator)]
                spot = Spot(member.name, number)
                yield (
                    (spot, found)
                    if len(found) >= cells
                    else Refused(spot, f"{len(found)} cells, {cells} were expected")
                )


def _delimiter(line: str) -> str:
    return max(",\t;", key=line.count)


class _Lines:
    """Physical lines that can be given back. taken: those of the record being read."""

    def __init__(self, text: IO[str]) -> None:
        self._text, self._back = text, deque[str]()
        self.taken: list[str] = []
        self.open_at_end = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            self.open_at_end = True
            raise StopIteration
        line = self._back.popleft() if self._back else self._text.readline()
        if not line:
            self.open_at_end = bool(self.taken)
            raise StopIteration
        self.taken.append(line)
        return line

    def give_back(self) -> None:
        """All but the first line of the record."""
        self._back.extendleft(reversed(self.taken[1:]))


def _is_strict(lines: Sequence[str], delimiter: str) -> bool:
    """False where a quote ends in the middle of a cell: it was another cell's."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _records(
    text: IO[str], file: str, delimiter: str | None, quoted: bool
) -> Iterator[tuple[int, list[str]] | Refused]:
    """Line number and cells of each record."""
    csv.field_size_limit(LONGEST_CELL)
    lines, number, width = _Lines(text), 1, 0
    while True:
        lines.taken, lines.open_at_end = [], False
        if not quoted:
            line = next(lines, None)
            if line is None:
                return
            yield number, line.rstrip("\r\n").split(delimiter or "\t")
            number += 1
            continue
        if delimiter is None:
            first = next(lines, "")
            if not first:
                return
            delimiter = _delimiter(first)
            lines._back.appendleft(first)
            lines.taken = []
        try:
            cells = next(csv.reader(lines, delimiter=delimiter), None)
        except csv.Error as error:
            yield Refused(Spot(file, number), f"no row of a table: {error}")
            number += len(lines.taken)
            continue
        if cells is None:
            return
        swallowed = len(lines.taken) > 1 and (0 < width != len(cells) or not _is_strict(lines.taken, delimiter))
        if lines.open_at_end or swallowed:  # one quote too many must not cost the rows below it
            yield Refused(Spot(file, number), "a quote is opened and never closed")
            lines.give_back()
            number += 1
            continue
        width = width or len(cells)
        yield number, cells
        number += sum(len(re.findall(r"\r\n|\r|\n", line)) or 1 for line in lines.taken)
