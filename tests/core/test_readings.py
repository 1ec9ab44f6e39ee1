"""Readings of an unclear message: three at most are offered, and what is tapped is what is heard."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import readings
from core.catalog import Catalog
from core.turns import Act, Answer, Lang, Reading, Scope, Target, Understanding, UnderstoodAct

ACTS = st.builds(
    UnderstoodAct,
    st.sampled_from(Act),
    st.none() | st.builds(Target, st.just("genre"), st.sampled_from(("drama", "horror"))),
    polarity=st.sampled_from((-1.0, 0.0, 1.0)),
    scope=st.sampled_from(Scope),
)
UNCLEAR = Understanding(
    (UnderstoodAct(Act.CHIT_CHAT),),
    Lang.EN,
    confidence=0.1,
    readings=tuple(
        Reading((UnderstoodAct(act, Target("genre", "drama")),), 0.1)
        for act in (Act.LIKE, Act.MUST, Act.MUST_NOT, Act.NO)
    ),
)


def test_what_is_unlikely_and_has_other_readings_is_unclear() -> None:
    assert readings.is_unclear(UNCLEAR)
    assert not readings.is_unclear(replace(UNCLEAR, confidence=readings.UNCLEAR))
    assert not readings.is_unclear(replace(UNCLEAR, readings=UNCLEAR.readings[:1]))
    assert not readings.is_unclear(replace(UNCLEAR, invalid="noise"))


def test_what_is_told_in_words_is_looked_for_and_not_asked_back() -> None:
    told = replace(UNCLEAR, acts=(UnderstoodAct(Act.CONTEXT),), wish="下班脑子转不动")
    assert not readings.is_unclear(told)
    assert readings.is_unclear(replace(told, wish=None))
    assert readings.is_unclear(replace(told, acts=(UnderstoodAct(Act.CONTEXT), UnderstoodAct(Act.DISLIKE))))


def test_each_of_three_readings_is_a_choice(starter: Catalog) -> None:
    ask = readings.offer(UNCLEAR, (), starter).move.ask
    assert ask is not None
    assert len(ask.choices) == len({label.key for _, label in ask.choices}) == readings.OFFERED
    for (value, _), reading in zip(ask.choices, UNCLEAR.readings, strict=False):
        answer = Answer(1, value)
        assert readings.is_choice(answer)
        assert readings.chosen(answer, readings.kept(UNCLEAR)) == reading.acts


@given(st.lists(st.lists(ACTS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3))
def test_what_is_tapped_is_what_was_offered(offered: list[tuple[UnderstoodAct, ...]]) -> None:
    guesses = readings.kept(replace(UNCLEAR, readings=tuple(Reading(acts, 0.1) for acts in offered)))
    assert [readings.chosen(Answer(1, f"reading:{n}"), guesses) for n in range(len(offered))] == offered


@pytest.mark.parametrize("value", ["reading:3", "reading:", "reading:-1", "reading:x"])
def test_a_reading_that_is_offered_no_more_is_none(value: str) -> None:
    assert readings.is_choice(Answer(1, value))
    assert readings.chosen(Answer(1, value), readings.kept(UNCLEAR)) is None


def test_another_answer_is_no_choice() -> None:
    assert not readings.is_choice(Answer(1, "genre:drama"))
