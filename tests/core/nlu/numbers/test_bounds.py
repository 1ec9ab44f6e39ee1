"""Bounds on length, pages, price and rating, as people say them."""

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
        ("两小时以内", {"minutes<=120"}),
        ("under 45 min", {"minutes<45"}),
        ("一个半小时", {"minutes<=90"}),
        ("an hour and a half", {"minutes<=90"}),
        ("1h50", {"minutes<=110"}),
        ("至少100分钟", {"minutes>=100"}),
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
    ("text", "wanted"),
    [
        ("under 20 quid", {("<", 20.0, "GBP")}),
        ("不超过200块", {("<=", 200.0, "CNY")}),
        ("50刀以内", {("<=", 50.0, "USD")}),
        ("$20-30", {(">=", 20.0, "USD"), ("<=", 30.0, "USD")}),
        ("20到50欧", {(">=", 20.0, "EUR"), ("<=", 50.0, "EUR")}),
        ("5000日元以内", {("<=", 5000.0, "JPY")}),
        ("usd 40 tops", {("<=", 40.0, "USD")}),
        ("预算300", {("<=", 300.0, None)}),
    ],
)
def test_a_price_keeps_the_currency_it_was_said_in(text: str, wanted: set[tuple[str, float, str | None]]) -> None:
    found = find(normalise(text).folded, NOW, True, price=True)
    assert {(n.op, n.value, n.currency) for n in found if n.kind == "price"} == wanted


def test_pounds_of_something_are_no_price() -> None:
    assert not bounds("3 pounds of beef")
