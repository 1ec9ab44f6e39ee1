"""Tables: quotes, line breaks, broken rows, and that what csv writes is read back."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FormatError
from core.sources.files import Files, Member
from core.sources.rows import Refused
from core.sources.tables import Record, header_of, table


def member(path: Path, text: str) -> Member:
    path.write_bytes(text.encode())
    return Files.of([path]).members[0]


def rows(path: Path, text: str) -> list[Record | Refused]:
    return list(table(member(path, text)))


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\ufeff\ufffd", exclude_categories=["Cs", "Cc"])
    | st.sampled_from('\n",;\t')
)


@given(cells=st.lists(st.tuples(CELL, CELL, CELL), max_size=8), delimiter=st.sampled_from(",;\t"))
def test_what_csv_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str, str]], delimiter: str
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b", "c"), *cells])
    found = rows(tmp_path_factory.mktemp("csv") / "a.csv", out.getvalue())
    wanted = [dict(zip("abc", row, strict=True)) for row in cells if any(c.strip() for c in row)]
    assert [r.cells for r in found if isinstance(r, Record)] == wanted


def test_a_line_break_in_quotes_counts_as_a_line(tmp_path: Path) -> None:
    found = rows(tmp_path / "a.csv", 'Name,Review\nHer,"one\ntwo"\nUp,x\n')
    assert [(r.spot.line, r.cells["Name"]) for r in found if isinstance(r, Record)] == [(2, "Her"), (4, "Up")]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    found = rows(tmp_path / "a.csv", 'Name,Review\nHer,"oh\nUp,x\nJaws,y\n')
    assert [r.spot.line for r in found] == [2, 3, 4]
    assert isinstance(found[0], Refused)
    assert "never closed" in found[0].reason
    assert all(isinstance(r, Record) for r in found[1:])


def test_a_quote_that_swallows_another_row_costs_one_row(tmp_path: Path) -> None:
    found = rows(tmp_path / "a.csv", 'Name,Year\n"Her,2013\nUp,2009\n"Jaws",1975\nHeat,1995\n')
    assert [(r.spot.line, isinstance(r, Record)) for r in found] == [(2, False), (3, True), (4, True), (5, True)]


@pytest.mark.parametrize(("line", "reason"), [("Her", "1 cells"), ("Her,2013,x", "3 cells")])
def test_a_row_of_another_width_is_refused(tmp_path: Path, line: str, reason: str) -> None:
    found = rows(tmp_path / "a.csv", f"Name,Year\n{line}\nUp,2009\n")
    assert isinstance(found[0], Refused)
    assert found[0].reason.startswith(reason)
    assert isinstance(found[1], Record)


def test_empty_cells_at_the_end_are_no_harm(tmp_path: Path) -> None:
    assert isinstance(rows(tmp_path / "a.csv", "Name,Year\nHer,2013,,\n")[0], Record)


def test_a_missing_column_is_named_with_those_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"lacks the column Year; it has: Name, Other"):
        list(table(member(tmp_path / "a.csv", "Name,Other\n"), ["Year"]))


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="empty"):
        rows(tmp_path / "a.csv", "\n\n")


def test_quotes_are_text_where_quoting_is_off(tmp_path: Path) -> None:
    one = member(tmp_path / "a.tsv", 'tconst\tprimaryTitle\ntt1\t"Her\ntt2\tUp\n')
    found = list(table(one, (), "\t", quoted=False))
    assert [r.cells["primaryTitle"] for r in found if isinstance(r, Record)] == ['"Her', "Up"]


def test_the_header_is_known_before_the_rest(tmp_path: Path) -> None:
    assert header_of(member(tmp_path / "a.csv", '\ufeff"Date";Name\n1;2\n')) == ("Date", "Name")
