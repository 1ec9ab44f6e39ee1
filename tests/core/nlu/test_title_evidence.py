"""When words that are some title are meant as one."""

import pytest

from core.nlu.normalise import normalise
from core.nlu.segment import Segmenter
from core.nlu.title_evidence import TitleEvidence


@pytest.fixture(scope="module")
def evidence() -> TitleEvidence:
    return TitleEvidence(Segmenter())


def meant(evidence: TitleEvidence, text: str, words: str, strength: int, whole: bool = False) -> bool:
    message = normalise(text)
    start = message.folded.index(words)
    return evidence.meant(message, start, start + len(words), words, strength, whole)


@pytest.mark.parametrize(
    ("text", "words", "strength"),
    [
        ("类似活着的", "活着", 1),
        ("活着看过了", "活着", 1),
        ("I watched Her last night", "her", 0),
        ("Blade Runner was kinda boring", "blade runner", 1),
        ("it (2017)", "it", 0),
    ],
)
def test_a_cue_a_capital_or_a_year_makes_everyday_words_a_title(
    evidence: TitleEvidence, text: str, words: str, strength: int
) -> None:
    assert meant(evidence, text, words, strength)


@pytest.mark.parametrize(
    ("text", "words", "strength"),
    [("她后来看过了", "后来", 1), ("I LET HER PICK", "her", 0), ("something like friends", "friends", 1)],
)
def test_without_them_they_are_everyday_words(evidence: TitleEvidence, text: str, words: str, strength: int) -> None:
    assert not meant(evidence, text, words, strength)


def test_a_bare_title_is_meant_where_it_may_be_the_whole_message(evidence: TitleEvidence) -> None:
    assert meant(evidence, "活着", "活着", 1, whole=True)
    assert not meant(evidence, "活着真累啊", "活着", 1, whole=True)


def test_words_that_reach_over_the_edge_hide_a_title_that_must_stand_free(evidence: TitleEvidence) -> None:
    assert meant(evidence, "想看寄生虫", "寄生虫", 2)
    assert not meant(evidence, "我们都是中国人民", "国人民", 2)
