"""Where a title may stand that the catalogue spells otherwise, or lacks."""

import pytest

from core.nlu.near_names import lacking, slots
from core.nlu.normalise import normalise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("recommend something like intersteller plz", "intersteller"),
        ("类似星际传越那种", "星际传越"),
        ("肖生克的救赎怎么样", "肖生克的救赎"),
    ],
)
def test_a_slot_holds_the_words_of_a_title(text: str, words: str) -> None:
    assert words in {text[start:end] for start, end in slots(text)}


def test_words_without_a_cue_are_no_slot() -> None:
    assert not list(slots("a long day at work"))


def test_a_title_asked_about_and_not_held_keeps_its_words() -> None:
    message = normalise("who directed Zyzzogeton Rising?")
    assert [message.text[start:end] for start, end in lacking(message)] == ["Zyzzogeton Rising"]
    assert not list(lacking(normalise("tell me about it")))
    assert not list(lacking(normalise("给我讲讲这个吧")))
