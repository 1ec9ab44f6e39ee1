"""Words that point: at what is shown by a word of its title, and at those who made it."""

from datetime import UTC, datetime

import pytest

from core.nlu.understand import Understander
from core.turns import Act, Context

SHOWN = ("film:the-matrix-1999", "film:inception-2010", "film:titanic-1997")
LIST = Context(shown=SHOWN, domain="film", now=datetime(2026, 11, 25, 12, tzinfo=UTC))
ONE = Context(shown=SHOWN[1:2], focus=SHOWN[1], domain="film", now=datetime(2026, 11, 25, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "act", "item_id"),
    [
        ("the matrix one is great, we saw it already", Act.SEEN_LIKED, "film:the-matrix-1999"),
        ("盗梦那部讲什么的", Act.ASK_INFO, "film:inception-2010"),
        ("泰坦尼克那个看过了 很好看", Act.SEEN_LIKED, "film:titanic-1997"),
    ],
)
def test_a_word_of_its_title_tells_one_apart(understander: Understander, text: str, act: Act, item_id: str) -> None:
    found = [str(a.target) for a in understander.understand(text, LIST).acts if a.act is act]
    assert f"item:{item_id}" in found


@pytest.mark.parametrize("text", ["the funny one is great", "好看的那个呢"])
def test_a_word_of_no_title_points_at_nothing(understander: Understander, text: str) -> None:
    assert not any(a.act is Act.ORDINAL for a in understander.understand(text, LIST).acts)


@pytest.mark.parametrize("text", ["and what else did he do", "他还拍过啥", "这个导演还有什么"])
def test_more_by_who_made_it(understander: Understander, text: str) -> None:
    acts = understander.understand(text, ONE).acts
    assert (Act.ASK_RECOMMEND, "person:christopher nolan") in {(a.act, str(a.target)) for a in acts}
    assert not any(a.act is Act.MORE for a in acts)


@pytest.mark.parametrize(
    "text",
    ["类似的来几部", "再来几部这样的", "像这样的再来一部", "同类型的还有吗", "跟这个差不多的", "再来三个类似的吧"],
)
def test_more_like_it_is_like_what_is_in_focus(understander: Understander, text: str) -> None:
    acts = understander.understand(text, ONE).acts
    assert (Act.SIMILAR_TO, f"item:{SHOWN[1]}") in {(a.act, str(a.target)) for a in acts}


@pytest.mark.parametrize("text", ["别推这种的了", "不要再来类似的", "没有类似的就算了", "这种的我不爱看"])
def test_no_more_like_it_is_no_wish_for_it(understander: Understander, text: str) -> None:
    assert not any(a.act is Act.SIMILAR_TO for a in understander.understand(text, ONE).acts)


def test_nobody_made_what_is_not_shown(understander: Understander) -> None:
    acts = understander.understand("what else did he do", Context()).acts
    assert not any(a.target and a.target.kind == "person" for a in acts)
