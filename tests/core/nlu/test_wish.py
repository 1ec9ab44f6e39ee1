"""What a message says that no list holds."""

import pytest

from core.nlu.understand import Understander
from core.nlu.wish import trimmed
from core.turns import Context


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("关于区块链的书", "区块链"),
        ("讲 blockchain 的 article", "blockchain"),
        ("我顺便买双防水的鞋", "防水的鞋"),
        ("I need a bag", "bag"),
        ("an ageing fighter gets one more chance", "ageing fighter gets one more chance"),
        ("something for a rainy Sunday with my mum", "rainy Sunday with my mum"),
        ("the theatre", "theatre"),
    ],
)
def test_words_that_only_ask_are_left_out_and_no_word_is_cut(text: str, words: str) -> None:
    assert trimmed(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("关于区块链的书", "区块链"),
        ("something for a rainy Sunday with my mum", "rainy Sunday with my mum"),
        ("想看片，不要恐怖的，讲家里长辈的故事", "家里长辈"),
    ],
)
def test_what_is_told_is_the_wish(understander: Understander, text: str, words: str) -> None:
    assert understander.understand(text, Context()).wish == words


@pytest.mark.parametrize(
    "text", ["想看喜剧，不要那种哭哭啼啼催人泪下的结局", "a comedy, nothing about dying parents please"]
)
def test_what_is_refused_is_never_matched(understander: Understander, text: str) -> None:
    wish = understander.understand(text, Context()).wish or ""
    assert "催人泪下" not in wish
    assert "parents" not in wish


def test_one_circumstance_is_no_wish_in_words(understander: Understander) -> None:
    assert understander.understand("想和女朋友看个电影", Context()).wish is None


@pytest.mark.parametrize(
    "text", ["最近书荒，推荐几本小说", "i've been on a kurosawa kick, what next", "剧荒了，来部剧"]
)
def test_what_says_why_something_is_asked_for_is_no_wish(understander: Understander, text: str) -> None:
    assert understander.understand(text, Context()).wish is None
