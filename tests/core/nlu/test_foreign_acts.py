"""What is foreign to the one who speaks: wanted, refused, or welcome."""

import pytest

from core.nlu.understand import Understander
from core.turns import Act, Context


@pytest.mark.parametrize(
    ("text", "act", "target"),
    [
        ("推荐点国外的电影", Act.MUST_NOT, "country:cn"),
        ("不要外国的", Act.MUST, "country:cn"),
        ("别给外语的 我妈看不懂", Act.MUST, "language:zh"),
        ("something foreign please", Act.MUST_NOT, "language:en"),
        ("she hates subtitles btw", Act.MUST, "language:en"),
        ("no subtitles pls", Act.MUST, "language:en"),
    ],
)
def test_foreign_is_what_the_speaker_is_not(understander: Understander, text: str, act: Act, target: str) -> None:
    assert (act, target) in {(a.act, str(a.target)) for a in understander.understand(text, Context()).acts}


@pytest.mark.parametrize("text", ["国外的也可以", "外国片也行", "foreign is fine too", "subtitles are ok"])
def test_what_is_only_welcome_binds_nothing(understander: Understander, text: str) -> None:
    acts = {a.act for a in understander.understand(text, Context()).acts}
    assert not acts & {Act.MUST, Act.MUST_NOT, Act.REVEAL_DISLIKE}
