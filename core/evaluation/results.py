"""A result as people, programs and pages read it: tables and charts, and where they come from."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from core.errors import FormatError
from core.recsys.arrays import Vector


@dataclass(frozen=True, slots=True)
class Spread:
    """A mean over people with its standard error."""

    mean: float
    error: float

    @classmethod
    def of(cls, values: Sequence[float] | Vector) -> Self:
        """Zeros for nobody."""
        found = np.asarray(values, np.float64)
        if not len(found):
            return cls(0.0, 0.0)
        return cls(float(found.mean()), float(found.std() / np.sqrt(len(found))))

    @classmethod
    def ratio(cls, ours: Vector, theirs: Vector) -> Self:
        """Ratio of the means of the same people, with its paired standard error."""
        below = max(float(theirs.mean()), 1e-12)
        return cls(float(ours.mean()) / below, float((ours - theirs).std() / np.sqrt(len(ours)) / below))


Cell = str | int | float | Spread | None


@dataclass(frozen=True, slots=True)
class Table:
    """rows: as many cells each as there are columns; the first says what the row is. digits: after the point."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    digits: int = 3


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars. errors: half the length of the bar of doubt at each point, or none at all."""

    name: str
    x: tuple[float | str, ...]
    y: tuple[float, ...]
    errors: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """bars: side by side instead of lines. diagonal: a line where x = y. names: each point's, beside it."""

    key: str
    title: str
    x: str
    y: str
    series: tuple[Series, ...]
    bars: bool = False
    diagonal: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One evaluation. about: of `provenance.about`. command: what makes it again."""

    name: str
    title: str
    about: dict[str, str]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()

    def table(self, key: str) -> Table:
        return next(table for table in self.tables if table.key == key)


def text(report: Report) -> str:
    """For a terminal."""
    blocks = [f"{report.title}\n"]
    for table in report.tables:
        cells = [table.columns, *(tuple(shown(cell, table.digits) for cell in row) for row in table.rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(table.columns))]
        lines = [
            "  ".join(c.ljust(w) if n == 0 else c.rjust(w) for n, (c, w) in enumerate(zip(row, widths, strict=True)))
            for row in cells
        ]
        blocks.append("\n".join([table.title, *(f"  {line.rstrip()}" for line in lines), *_note(table), ""]))
    return "\n".join([*blocks, *(f"{name}: {value}" for name, value in report.about.items()), ""])


def markdown(report: Report, pictures: str) -> str:
    """For a page. pictures: its path to the directory that `write` wrote to."""
    blocks = []
    for table in report.tables:
        lines = [_row(table.columns), _row(["---", *["---:"] * (len(table.columns) - 1)])]
        lines += [_row([shown(cell, table.digits) for cell in row]) for row in table.rows]
        blocks.append("\n".join([f"**{table.title}**", "", *lines, *(f"\n{line}" for line in _note(table))]))
    for chart in report.charts:
        blocks.append(f"![{chart.title}]({pictures}/{file_name(report, chart)}.svg)")
    said = "; ".join(f"{name} {value}" for name, value in report.about.items())
    return "\n\n".join([*blocks, f"<sub>{said}</sub>"])


def to_json(report: Report) -> dict[str, object]:
    """Tables as lists of rows by column; a spread is [mean, standard error]."""

    def plain(cell: Cell) -> object:
        return [cell.mean, cell.error] if isinstance(cell, Spread) else cell

    tables = {
        table.key: [dict(zip(table.columns, map(plain, row), strict=True)) for row in table.rows]
        for table in report.tables
    }
    return {"name": report.name, "title": report.title, "about": report.about, "tables": tables}


def write(report: Report, out: Path) -> tuple[Path, ...]:
    """NAME.json, NAME.txt and the charts as PNG and SVG (where matplotlib is installed); what was written."""
    from core.evaluation import plots

    out.mkdir(parents=True, exist_ok=True)
    words, figures = out / f"{report.name}.txt", out / f"{report.name}.json"
    words.write_text(text(report), encoding="utf-8")
    figures.write_text(json.dumps(to_json(report), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    drawn = [plots.draw(chart, out / file_name(report, chart)) for chart in report.charts] if plots.able() else []
    return (words, figures, *(path for paths in drawn for path in paths))


def file_name(report: Report, chart: Chart) -> str:
    return f"{report.name}-{chart.key}"


def shown(cell: Cell, digits: int) -> str:
    """A cell as text: a spread with its error in brackets, nothing as a dash."""
    match cell:
        case None:
            return "–"
        case Spread(mean, error):
            return f"{mean:.{digits}f} ({error:.{digits}f})"
        case float():
            return f"{cell:.{digits}f}"
        case _:
            return f"{cell:,}" if isinstance(cell, int) else cell


def _note(table: Table) -> list[str]:
    return [table.note] if table.note else []


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def around(page: str, name: str) -> tuple[str, str]:
    """The page up to `<!-- NAME -->` and from `<!-- /NAME -->` on; FormatError where they are not there."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = page.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise FormatError("page", f"has no {start} and {end} to put it between")
    return before + start, end + after


def into_page(page: str, report: Report, pictures: str) -> str:
    """The page with the report between its marks, in the place of what was there."""
    before, after = around(page, report.name)
    return f"{before}\n\n{markdown(report, pictures)}\n\n{after}"
