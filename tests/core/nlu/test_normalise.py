"""One spelling of a message, and the way back to what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.nlu.normalise import fold, normalise, simplify


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("１５００块", "1500块"),
        ("推薦幾部輕鬆的喜劇", "推荐几部轻松的喜剧"),
        ("乾隆吃餅乾", "乾隆吃饼干"),
        ("乾坤大挪移", "乾坤大挪移"),
        ("a\u200bb\x00c\ufeff", "abc"),
        ("ok\ud800ok", "okok"),
        ("8½", "8 1/2"),
        ("e\u0301", "é"),
    ],
)
def test_one_spelling(raw: str, text: str) -> None:
    assert normalise(raw).text == text


def test_accents_and_case_are_folded_for_looking_up() -> None:
    assert normalise("Amélie, Björk, García").folded == "amelie, bjork, garcia"


@given(st.text(max_size=300))
def test_every_code_point_knows_where_it_came_from(raw: str) -> None:
    message = normalise(raw)
    assert len(message.text) == len(message.folded) == len(message.starts) == len(message.ends)
    for start, end in zip(message.starts, message.ends, strict=True):
        assert 0 <= start < end <= len(raw)
    assert list(message.starts) == sorted(message.starts)


@given(st.text(max_size=300))
def test_folding_and_simplifying_keep_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert len(simplify(text)) == len(text)


def test_a_span_of_the_text_is_one_of_the_raw_text() -> None:
    raw = "來部\u200bＳＣＩ－ＦＩ片"
    message = normalise(raw)
    at = message.folded.index("sci-fi")
    start, end = message.span(at, at + 6)
    assert raw[start:end] == "ＳＣＩ－ＦＩ"
