"""Numbers as people say them, in both languages."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.nlu.normalise import normalise
from core.nlu.numbers import Use, find
from core.nlu.numerals import chinese, english, value

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def bounds(text: str, shown: int = 0) -> set[str]:
    folded = normalise(text).folded
    return {f"{n.kind}{n.op}{n.value:g}" for n in find(folded, NOW, True, shown) if n.use is Use.BOUND and n.value}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,500", 1500), ("1.5k", 1500), ("1 500", 1500), ("20w", 200000), ("一千五", 1500), ("三百五", 350),
        ("两万", 20000), ("三四百", 400), ("二十来", 20), ("十几", 15), ("廿", 20), ("二零一零", 2010), ("九", 9),
        ("ninety", 90), ("a hundred", 100), ("two hundred and fifty", 250), ("fifty-five", 55),
    ],
)  # fmt: skip
def test_a_numeral_has_a_value(text: str, number: float) -> None:
    assert value(text) == number


@given(st.integers(1, 9999))
def test_chinese_numerals_come_back(number: int) -> None:
    digits, units = "零一二三四五六七八九", ("千", "百", "十", "")
    written, waiting = "", False
    for digit, unit in zip(f"{number:04d}", units, strict=True):
        if digit == "0":
            waiting = bool(written)
        else:
            written += ("零" if waiting else "") + digits[int(digit)] + unit
            waiting = False
    assert chinese(written) == number


@pytest.mark.parametrize("text", ["", "abc", "块"])
def test_what_is_no_numeral_has_no_value(text: str) -> None:
    assert chinese(text) is None
    assert english(text) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("两小时以内", {"minutes<=120"}),
        ("under 45 min", {"minutes<45"}),
        ("一个半小时", {"minutes<=90"}),
        ("an hour and a half", {"minutes<=90"}),
        ("1h50", {"minutes<=110"}),
        ("至少100分钟", {"minutes>=100"}),
        ("2000年以后", {"year>=2000"}),
        ("90年代以前", {"year<1990"}),
        ("before 1990", {"year<1990"}),
        ("since 2010", {"year>=2010"}),
        ("late 90s", {"year>=1995", "year<=1999"}),
        ("1960到1969年间", {"year>=1960", "year<=1969"}),
        ("去年的", {"year=2025"}),
        ("the year before last", {"year=2024"}),
        ("预算1,500以内", {"price<=1500"}),
        ("不超过1.5k", {"price<=1500"}),
        ("一千五以下", {"price<=1500"}),
        ("最多 1 500", {"price<=1500"}),
        ("１５００块封顶", {"price<=1500"}),
        ("under $50", {"price<50"}),
        ("三百页以内", {"pages<=300"}),
        ("评分八分以上", {"rating>=8"}),
    ],
)
def test_a_bound_has_a_kind_an_operator_and_a_value(text: str, wanted: set[str]) -> None:
    assert bounds(text) == wanted


@pytest.mark.parametrize("text", ["八百字作文", "我们四个人", "twelve angry men", "90后", "第二季"])
def test_other_numbers_are_no_bounds(text: str) -> None:
    assert not bounds(text)


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
    ("text", "places"),
    [("第二个讲啥", (2,)), ("the last one", (-1,)), ("前两个都看过", (1, 2)), ("2", (2,)), ("#3?", (3,))],
)
def test_a_place_on_the_screen(text: str, places: tuple[int, ...]) -> None:
    found = [n.places for n in find(text, NOW, True, shown=3) if n.use is Use.ORDINAL]
    assert found == [places]


def test_a_bare_digit_is_a_place_only_with_a_list_shown() -> None:
    assert not find("2", NOW, True)


@given(st.text(alphabet="第一二十百千万0123456789,. 年个部小时分钟块前后以内abc", max_size=60))
def test_numbers_lie_apart_and_inside(text: str) -> None:
    spans = sorted({(n.start, n.end) for n in find(text, NOW, True, shown=3)})
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))
