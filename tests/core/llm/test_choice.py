"""A closed language: every walk through it ends in an answer, and nothing else is read as one."""

import json
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LanguageModelError
from core.llm.choice import MOST, Choice, Chosen, Walk

CHOICE = Choice(("like", "ask_recommend", "ask_why"), ("genre:war", "genre:western", "mood:light"))
END = 0


def letters(text: str) -> Sequence[int]:
    return [ord(letter) for letter in text]


def pairs(text: str) -> Sequence[int]:
    """A tokenizer that takes two letters at once."""
    return [1000 + 300 * ord(a) + ord(b or "\0") for a, b in zip(text[::2], [*text[1::2], ""], strict=False)]


@pytest.mark.parametrize("encode", [letters, pairs])
@given(seed=st.integers(0, 2**32))
def test_whoever_walks_at_random_arrives_at_an_answer(encode: object, seed: int) -> None:
    walk = Walk(CHOICE, encode, END)  # type: ignore[arg-type]
    rng, written = random.Random(seed), list[int]()
    while (allowed := walk.allowed(written)) != [END]:
        written.append(rng.choice(allowed))
    assert len(written) < walk.longest
    chosen = CHOICE.read(walk.text(written))
    assert chosen.act in CHOICE.acts
    assert set(chosen.facets) <= set(CHOICE.facets)


def test_half_an_answer_is_none() -> None:
    with pytest.raises(LanguageModelError, match="end"):
        Walk(CHOICE, letters, END).text(letters('{"act": "like"'))


def test_words_that_a_tokenizer_cannot_tell_apart_are_refused() -> None:
    with pytest.raises(LanguageModelError, match="apart"):
        Walk(CHOICE, lambda text: [7], END)


@given(st.sampled_from(CHOICE.acts), st.lists(st.sampled_from(["-", *CHOICE.facets]), max_size=MOST))
def test_what_fits_the_schema_is_read(act: str, facets: list[str]) -> None:
    answer = "Here you are:\n```json\n" + json.dumps({"act": act, "facets": facets}, indent=1) + "\n```"
    assert CHOICE.read(answer) == Chosen(act, tuple(dict.fromkeys(f for f in facets if f != "-")))


@pytest.mark.parametrize(
    "answer",
    [
        "", "like", "{", "{}", "[]", '{"act": "like"}', '{"act": "love", "facets": []}', '{"act": 7, "facets": []}',
        '{"act": "like", "facets": ["genre:porn"]}', '{"act": "like", "facets": "genre:war"}', "{" * 5000 + "}" * 5000,
        '{"act": "like", "facets": ["genre:war", "genre:western", "mood:light", "genre:war"]}',
        '{"act": "like", "facets": [{"genre": "war"}]}',
        '{"act": ["like"], "facets": []}', '{"act": "like", "facets": 3}',
    ],
)  # fmt: skip
def test_nothing_else_is_an_answer(answer: str) -> None:
    with pytest.raises(LanguageModelError):
        CHOICE.read(answer)
