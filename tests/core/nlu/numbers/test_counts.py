"""How many are asked for, and ages."""

from datetime import UTC, datetime

import pytest

from core.nlu.normalise import normalise
from core.nlu.numbers.find import find
from core.nlu.numbers.number import Use

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "number"),
    [("来俩悬疑片", 2), ("推荐三本科普书", 3), ("再来五十部", 50), ("five more", 5), ("half a dozen more", 6)],
)
def test_a_count_is_asked_for(text: str, number: int) -> None:
    counts = [n.value for n in find(normalise(text).folded, NOW, True) if n.use is Use.COUNT]
    assert counts == [number]


def test_a_film_to_see_is_not_exactly_one() -> None:
    assert [n.value for n in find("想看一部电影", NOW, True) if n.use is Use.COUNT] == [None]


@pytest.mark.parametrize(
    ("text", "years"), [("带六岁孩子", 6), ("my 10 year old", 10), ("son is 7", 7), ("for my son 9 years", 9)]
)
def test_an_age_is_no_count(text: str, years: int) -> None:
    assert [(n.use, n.value) for n in find(text, NOW, True)] == [(Use.AGE, years)]
