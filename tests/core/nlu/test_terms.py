"""The words of items, beside the encoder."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import Item, Name
from core.nlu.terms import IN_ABOUT, IN_TITLE, LENGTH, SATURATION, Terms, stem, terms_of


def item(number: int, about: str = "", title: str = "", keywords: tuple[str, ...] = ()) -> Item:
    return Item(
        f"film:x-{number}", "film", Name(None, title or None), keywords=keywords, about=Name(None, about or None)
    )


def best(terms: Terms, wish: str) -> int:
    scores = terms(wish)
    assert scores.max() > 0
    return int(scores.argmax())


def test_the_item_that_holds_the_words_comes_first() -> None:
    terms = Terms.build([item(0, "a boat on a lake"), item(1, "a heist in a bank"), item(2, "a lake in winter")])
    assert best(terms, "a heist where the plan goes wrong") == 1


def test_a_facet_says_more_than_a_title_and_a_title_more_than_a_description() -> None:
    told = Terms.build([item(0, "zebras"), item(1, title="zebras"), item(2, keywords=("zebras",)), item(3, "quiet")])
    assert 0 < told("zebras")[0] < told("zebras")[1] < told("zebras")[2]


def test_a_facet_is_found_by_its_name_in_the_other_language() -> None:
    terms = Terms.build([item(0, "they run"), item(1, "they run", keywords=("zombie",))])
    assert best(terms, "到处都是丧尸") == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("heists", "heist"), ("running", "run"), ("stories", "story"), ("painted", "paints"), ("bikes", "bike")],
)
def test_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_words_that_only_ask_say_nothing() -> None:
    terms = Terms.build([item(0, "something with what you want"), item(1, "a lake")])
    assert not terms("something with what you want").any()


def test_pairs_of_characters_over_the_edge_of_a_word_are_chance() -> None:
    terms = Terms.build([item(0, "数学世界"), item(1, "上学时的事")])
    assert "学世" in terms_of("数学世界")
    assert "学世" not in terms.terms("数学世界")


def test_a_noun_of_one_character_counts() -> None:
    terms = Terms.build([item(0, "猫在窗台上"), item(1, "狗在门口")])
    assert best(terms, "想养一只猫") == 0


def test_a_catalogue_of_nothing_answers_with_nothing() -> None:
    assert Terms.build([])("anything at all").shape == (0,)
    assert not Terms.build([item(0)])("anything at all").any()


words = st.sampled_from(["lake", "boat", "bank", "winter", "zebra", "piano"])
texts = st.lists(words, max_size=5).map(" ".join)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6), texts)
def test_scores_are_those_of_bm25_by_its_formula(told: list[tuple[str, str]], wish: str) -> None:
    items = [item(n, about, title) for n, (about, title) in enumerate(told)]
    counts = [
        {w: IN_ABOUT * (w in about.split()) + IN_TITLE * (w in title.split()) for w in {*about.split(), *title.split()}}
        for about, title in told
    ]
    lengths = [sum(c.values()) for c in counts]
    mean = max(sum(lengths) / len(lengths), 1e-9)
    expected = np.zeros(len(items))
    for n, said in enumerate(counts):
        for word in set(wish.split()) & said.keys():
            holders = sum(word in c for c in counts)
            rarity = math.log(1 + (len(items) - holders + 0.5) / (holders + 0.5))
            damper = SATURATION * (1 - LENGTH + LENGTH * lengths[n] / mean)
            expected[n] += rarity * said[word] * (SATURATION + 1) / (said[word] + damper)
    np.testing.assert_allclose(Terms.build(items)(wish), expected, rtol=1e-4, atol=1e-6)
