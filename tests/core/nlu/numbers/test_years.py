"""Years and decades, as people say them."""

from datetime import UTC, datetime

import pytest

from core.nlu.normalise import normalise
from core.nlu.numbers.find import find
from core.nlu.numbers.number import Use

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def bounds(text: str, shown: int = 0) -> set[str]:
    folded = normalise(text).folded
    return {f"{n.kind}{n.op}{n.value:g}" for n in find(folded, NOW, True, shown) if n.use is Use.BOUND and n.value}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2000年以后", {"year>=2000"}),
        ("90年代以前", {"year<1990"}),
        ("before 1990", {"year<1990"}),
        ("since 2010", {"year>=2010"}),
        ("late 90s", {"year>=1995", "year<=1999"}),
        ("1960到1969年间", {"year>=1960", "year<=1969"}),
        ("去年的", {"year=2025"}),
        ("the year before last", {"year=2024"}),
    ],
)
def test_a_year_has_an_operator_and_a_value(text: str, wanted: set[str]) -> None:
    assert bounds(text) == wanted


@pytest.mark.parametrize(("text", "first"), [("90年代的", 1990), ("八十年代老歌", 1980), ("some 70s rock", 1970)])
def test_a_decade_is_told_by_its_first_year(text: str, first: int) -> None:
    assert [n.value for n in find(text, NOW, True) if n.use is Use.DECADE] == [first]


def test_the_year_of_the_bot_s_clock_is_this_year() -> None:
    eve = datetime(2025, 12, 31, 20, tzinfo=UTC)  # already next year in Beijing
    assert [n.value for n in find("今年的", eve, chinese=True)] == [2026]
    assert [n.value for n in find("this year", eve, chinese=False)] == [2025]
