"""Where updates come from: chats, topics, speakers, languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.inbound import language, topic
from bot.inbound.places import ANONYMOUS, place_of, traditional
from core.turns import Lang

GROUP = {"id": -1002000000302, "type": "supergroup", "is_forum": True}


@pytest.mark.parametrize("tag", ["zh", "zh-hans", "zh-hant", "zh-TW", "zh-CN", "zh-HK", "ZH_tw", "zh-Hant-MO"])
def test_every_chinese_tag_is_chinese(tag: str) -> None:
    assert language(tag) is Lang.ZH


@pytest.mark.parametrize("tag", ["en_US", "EN-gb", "", "pt-br", "sr-latn", "xx", None, "zhuang", 7, ["zh"]])
def test_every_other_tag_is_english(tag: object) -> None:
    assert language(tag) is Lang.EN


@pytest.mark.parametrize(
    ("tag", "is_so"), [("zh-hant", True), ("zh-TW", True), ("zh_HK", True), ("zh-hans", False), ("zh", False)]
)
def test_the_tag_tells_traditional_characters(tag: str, is_so: bool) -> None:
    assert traditional(tag) is is_so


@given(st.integers(-(1 << 52), -1), st.integers(1, 1 << 31), st.integers(1, 1 << 31))
def test_two_topics_are_two_conversations_and_none_is_a_chat(chat: int, one: int, other: int) -> None:
    assert topic(chat, one) < -(1 << 62)
    assert topic(chat, one) > -(1 << 63)
    assert (topic(chat, one) == topic(chat, other)) == (one == other)


def test_only_a_topic_message_is_in_a_topic() -> None:
    person = {"id": 5, "is_bot": False}
    inside = place_of({"chat": GROUP, "from": person, "message_thread_id": 77, "is_topic_message": True})
    reply_in_general = place_of({"chat": GROUP, "from": person, "message_thread_id": 555})
    assert (inside.thread, inside.conversation) == (77, topic(GROUP["id"], 77))  # type: ignore[arg-type]
    assert (reply_in_general.thread, reply_in_general.conversation) == (None, GROUP["id"])


def test_a_hidden_admin_speaks_with_the_negative_id_of_their_chat() -> None:
    hidden = {"id": ANONYMOUS, "is_bot": True}
    for more in ({"sender_chat": GROUP}, {}):
        assert place_of({"chat": GROUP, "from": hidden, **more}).speaker == GROUP["id"]


def test_the_largest_id_is_as_good_as_any() -> None:
    place = place_of({"chat": {"id": 4503599627370495, "type": "private"}, "from": {"id": 4503599627370495}})
    assert (place.chat_id, place.speaker, place.private) == (4503599627370495, 4503599627370495, True)
