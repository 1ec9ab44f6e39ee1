"""What small talk is about."""

import pytest

from core.nlu.small_talk import named
from core.turns import Act, UnderstoodAct


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("讲个笑话", "joke"),
        ("tell me a joke", "joke"),
        ("你是机器人吗", "who"),
        ("are you even real or a bot", "who"),
        ("今天心情不太好", "low"),
        ("rough day at work", "low"),
        ("how are you", "how"),
        ("你真聪明", "fond"),
        ("you are useless", "cross"),
        ("哈哈哈", "laugh"),
        ("nice weather", "weather"),
        ("the moon is round", None),
        ("abottle", None),
    ],
)
def test_small_talk_has_a_kind_where_its_words_tell_one(text: str, kind: str | None) -> None:
    assert named(UnderstoodAct(Act.CHIT_CHAT), text).kind == kind


def test_other_acts_stay_as_they_are() -> None:
    joke = UnderstoodAct(Act.HELP)
    assert named(joke, "tell me a joke") == joke
