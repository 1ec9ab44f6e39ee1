"""Numerals as people write them, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.nlu.numbers.numerals import chinese, english, value


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
