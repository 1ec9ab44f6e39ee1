"""A logit taken apart: what is drawn and written adds up."""

import math
import re
from dataclasses import replace

import pytest
from fakes import card
from hypothesis import given
from hypothesis import strategies as st

from core.explain import shares
from core.explain.lettering import cells, fitted
from core.turns import Card, Lang

values = st.lists(st.floats(-4, 4, allow_nan=False), max_size=30)


@given(values, st.floats(-3, 3))
def test_the_steps_lead_from_the_prior_to_the_logit(parts: list[float], prior: float) -> None:
    made = shares.steps(shares.decompose(card(parts=parts, prior=prior)), Lang.EN)
    assert made[0].start == 0
    assert made[0].end == prior
    for before, after in zip(made, made[1:-1], strict=False):
        assert after.start == before.end
    assert made[-1].start == 0
    assert math.isclose(made[-2].end, made[-1].end, abs_tol=1e-9)
    assert len(made) <= shares.MOST_ROWS + 2


def test_the_largest_share_comes_first_and_small_ones_are_added_up() -> None:
    found = shares.decompose(card(parts=[0.1 * n for n in range(20)]))
    assert [share.event for share in found.shares[:2]] == [20, 19]
    kept = found.condensed(5, Lang.EN)
    assert len(kept) == 5
    assert kept[-1].label == "16 others"
    assert math.isclose(sum(share.value for share in kept), sum(share.value for share in found.shares))


def test_an_effect_is_what_the_card_without_it_has_more() -> None:
    whole = card(parts=(0.5, -0.25))

    def without(event: int) -> Card:
        return replace(whole, logit=whole.logit - 0.3 * event)

    found = shares.decompose(whole, without)
    assert [(share.event, round(share.effect or 0, 9)) for share in found.shares] == [(1, -0.3), (2, -0.6)]
    written = shares.text(found, Lang.EN)
    assert "if taken back" in written
    assert written.splitlines()[3].endswith("-0.30")


@pytest.mark.parametrize("lang", list(Lang))
def test_the_numbers_in_the_text_add_up(lang: Lang) -> None:
    lines = shares.text(shares.decompose(card(parts=(0.75, -0.5, 0.25), prior=0.5)), lang).splitlines()
    numbers = [float(found[-1]) for line in lines[1:] if (found := re.findall(r"[+-]\d\.\d\d", line))]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1]) == 1.0
    assert all(cells(line) <= 80 for line in lines)


def test_who_told_nothing_is_told_so() -> None:
    assert "Nothing was told yet" in shares.text(shares.decompose(card(parts=())), Lang.EN)


@given(st.text(max_size=40), st.integers(1, 30))
def test_a_fitted_text_has_its_width(text: str, width: int) -> None:
    text = "".join(letter for letter in text if letter.isprintable())
    assert cells(fitted(text, width)) == width
