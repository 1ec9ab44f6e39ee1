"""Verdicts on what is in focus: one act of how it was, and what of it is less wanted."""

import pytest

from core.nlu.understand import Understander
from core.turns import Act, Context, Target

FILM = "film:the-matrix-1999"
ONE = Context(shown=(FILM,), focus=FILM, domain="film")


def acts(understander: Understander, text: str, context: Context = ONE) -> set[Act]:
    return {a.act for a in understander.understand(text, context).acts}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("剧情好，就是太长了", {Act.LIKE, Act.CRITIQUE_LESS}),
        ("great story but it drags on forever", {Act.SEEN_LIKED, Act.CRITIQUE_LESS}),
        ("plot 不错但是 ending 很拉胯", {Act.SEEN_NEUTRAL, Act.CRITIQUE_LESS}),
        ("剧情 ok 但节奏太 slow 了 pass", {Act.DISLIKE, Act.CRITIQUE_LESS}),
        ("看过, kinda boring tbh", {Act.SEEN_DISLIKED}),
        ("啊这部真的上头，连夜看完的", {Act.SEEN_LIKED}),
        ("这个我们那年代都看过，好", {Act.SEEN_LIKED}),
        ("can't say i loved it", {Act.DISLIKE}),
        ("i don't hate it", {Act.SEEN_NEUTRAL}),
        ("it's not bad but not great either", {Act.SEEN_NEUTRAL}),
        ("haven't seen it, looks good", {Act.LIKE}),
        ("看过两遍了，百看不厌", {Act.LOVE}),
        ("not for me but my wife would love it", {Act.DISLIKE}),
        ("it drags", {Act.DISLIKE, Act.CRITIQUE_LESS}),
    ],
)
def test_every_reason_of_a_verdict_is_heard(understander: Understander, text: str, wanted: set[Act]) -> None:
    assert acts(understander, text) == wanted


@pytest.mark.parametrize("expecting", [None, "like", "seen"])
@pytest.mark.parametrize("text", ["不喜欢", "不好看", "不太喜欢", "didn't like it", "not my thing"])
def test_praise_that_stands_in_its_contrary_is_none(
    understander: Understander, text: str, expecting: str | None
) -> None:
    context = Context(expecting, (FILM,), FILM, domain="film")
    assert acts(understander, text, context) - {Act.NO} == {Act.DISLIKE}


def test_what_drags_is_wanted_less_slow(understander: Understander) -> None:
    said = understander.understand("great story but it drags on forever", ONE).acts
    assert Target("mood", "slow") in {a.target for a in said if a.act is Act.CRITIQUE_LESS}


@pytest.mark.parametrize("text", ["is it any good?", "好看吗", "有没有更好看的", "why this one, it looks boring"])
def test_a_question_or_a_request_is_no_verdict(understander: Understander, text: str) -> None:
    verdicts = {Act.LIKE, Act.LOVE, Act.DISLIKE, Act.SEEN_LIKED, Act.SEEN_DISLIKED, Act.SEEN_NEUTRAL}
    assert not acts(understander, text) & verdicts


def test_without_an_item_in_focus_there_is_nothing_to_judge(understander: Understander) -> None:
    assert Act.DISLIKE not in acts(understander, "it drags", Context())
