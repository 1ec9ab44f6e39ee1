"""Which wordings of a model may stand for ours."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.llm.writing import why_not

PEOPLE = ("诺兰", "Nolan", "张艺谋", "Her", "霸王别姬")


def named(text: str) -> frozenset[str]:
    return frozenset(name for name in PEOPLE if re.search(name, text))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("好，不要恐怖片，90 年代的。", "行，90 年代的，不来恐怖片。"),
        ("《霸王别姬》你会喜欢的，也是张艺谋那一代。", "你应该会喜欢《霸王别姬》，和张艺谋是同一代。"),
        ("Nothing scary, then. Two hours at most: 120 minutes.", "Right, 120 minutes at most and nothing scary."),
        ("Since you liked “Her”, here is something warm.", "Here is something warm, since you liked “Her”."),
        ("I think you'd like this one.", "This one is for you, I think."),
    ],
)
def test_the_same_in_other_words(ours: str, theirs: str) -> None:
    assert why_not(ours, theirs, named) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "why"),
    [
        ("来部轻松的。", "", "length"),
        ("来部轻松的。", "来部轻松的，" * 9, "length"),
        ("来部轻松的。", "来部轻松的。\n真的。", "length"),
        ("来部轻松的。", "来部<b>轻松</b>的。", "markup"),
        ("来部轻松的。", "看 https://a.b", "markup"),
        ("来部轻松的。", "来部轻松的。\x07", "markup"),
        ("来部轻松的。", "Something light.", "language"),
        ("Something light.", "来部轻松的。", "language"),
        ("两小时以内的。", "三小时以内的。", "number"),
        ("From 1994.", "From 1995.", "number"),
        ("From 1994.", "From then.", "number"),
        ("看看《霸王别姬》。", "看看《活着》。", "title"),
        ("看看《霸王别姬》。", "看看这部。", "title"),
        ("You liked “Her”.", "You liked “Up”.", "title"),
        ("不要恐怖片。", "要恐怖片。", "meaning"),
        ("Nothing scary.", "All scary.", "meaning"),
        ("It is calm.", "It isn't calm.", "meaning"),
        ("再来一部。", "再来一部？", "meaning"),
        ("这部很安静。", "诺兰这部很安静。", "name"),
        ("诺兰拍的。", "他拍的。", "name"),
        ("It is a calm film.", "It is a calm film with Kate Winslet.", "name"),
        ("It is a calm film.", "Tarkovsky made it calm.", "name"),
        ("It is a calm film.", "It is a calm film by Stone.", "name"),
    ],
)
def test_what_says_something_else_is_found_out(ours: str, theirs: str, why: str) -> None:
    assert why_not(ours, theirs, named) == why


@given(st.text(min_size=1, max_size=60))
def test_no_text_of_a_model_breaks_the_check(theirs: str) -> None:
    reason = why_not("看看《霸王别姬》，1993 年的。", theirs, named)
    assert reason is not None or "1993" in theirs
