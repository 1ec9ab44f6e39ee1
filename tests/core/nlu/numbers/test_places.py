"""Places on the screen."""

from datetime import UTC, datetime

import pytest

from core.nlu.numbers.find import find
from core.nlu.numbers.number import Use

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "places"),
    [("第二个讲啥", (2,)), ("the last one", (-1,)), ("前两个都看过", (1, 2)), ("2", (2,)), ("#3?", (3,))],
)
def test_a_place_on_the_screen(text: str, places: tuple[int, ...]) -> None:
    found = [n.places for n in find(text, NOW, True, shown=3) if n.use is Use.ORDINAL]
    assert found == [places]


def test_a_bare_digit_is_a_place_only_with_a_list_shown() -> None:
    assert not find("2", NOW, True)


def test_letters_are_places_in_company_and_a_number_after_a_name_is_none() -> None:
    assert [n.places for n in find("a 和 c 哪个好", NOW, True, shown=3)] == [(1,), (3,)]
    assert not find("a film", NOW, False, shown=3)
    assert not [n for n in find("paddington 2 was nice", NOW, False, shown=3) if n.use is Use.ORDINAL]
