"""How something was, by the words alone."""

import pytest

from core.nlu import cues
from core.nlu.normalise import normalise
from core.nlu.verdicts import Verdict, judge
from core.turns import Act


def told(text: str) -> Verdict:
    return judge(cues.load(), normalise(text).folded)


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("这部封神了", Act.LOVE),
        ("slaps", Act.LOVE),
        ("couldn't put it down", Act.LOVE),
        ("a cracking film", Act.LIKE),
        ("看过，还真不错", Act.SEEN_LIKED),
        ("看哭了", Act.SEEN_LIKED),
        ("never gets old", Act.LOVE),
        ("拉胯", Act.DISLIKE),
        ("看了十分钟就被劝退了", Act.SEEN_DISLIKED),
        ("gave up halfway", Act.SEEN_DISLIKED),
        ("what a slog. a slog", Act.DISLIKE),
        ("mid", Act.SEEN_NEUTRAL),
        ("不明觉厉", Act.SEEN_NEUTRAL),
        ("看过", Act.SEEN_NEUTRAL),
    ],
)
def test_idioms_of_praise_and_blame_are_verdicts(text: str, act: Act) -> None:
    assert told(text).act is act


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("not bad", Act.SEEN_NEUTRAL),
        ("wasn't boring at all", Act.LIKE),
        ("一点都不闷", Act.LIKE),
        ("并不好看", Act.DISLIKE),
        ("不难看", Act.SEEN_NEUTRAL),
        ("it never disappoints", Act.LIKE),
    ],
)
def test_a_negated_word_counts_as_what_it_says_whole(text: str, act: Act) -> None:
    assert told(text).act is act


@pytest.mark.parametrize("text", ["剧情不错但是节奏太拖了", "great story but it drags", "画面好看，台词尴尬"])
def test_praise_of_one_part_and_blame_of_another_are_mixed(text: str) -> None:
    verdict = told(text)
    assert verdict.mixed
    assert verdict.part != verdict.flaw


@pytest.mark.parametrize("text", ["", "三十岁的导演", "what year is it from", "没看过"])
def test_other_words_judge_nothing(text: str) -> None:
    assert not told(text).said
    assert not told(text).seen


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("大家都说神作，我觉得一般", Act.SEEN_NEUTRAL),
        ("my friend said it's great, i thought it was boring", Act.DISLIKE),
        ("我觉得不错", Act.LIKE),
    ],
)
def test_what_others_say_is_not_the_writer_s_verdict(text: str, act: Act) -> None:
    assert told(text).act is act
