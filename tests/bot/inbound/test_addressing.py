"""To whom a text speaks, and what is left of it without the address."""

import pytest
from chat_world import ME, entities
from hypothesis import given
from hypothesis import strategies as st

from bot.inbound.addressing import addressed
from bot.markup import units


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@jianyan_demo_bot 推荐一部", "推荐一部"),
        ("推荐一部 @jianyan_demo_bot", "推荐一部"),
        ("推荐 @Jianyan_Demo_Bot 一部", "推荐 一部"),
        ("😂😂 @jianyan_demo_bot 不烧脑的", "😂😂 不烧脑的"),
    ],
)
def test_a_mention_is_cut_out_where_it_stands(text: str, said: str) -> None:
    found = addressed(text, entities(text), ME)
    assert (found.text, found.command, found.to_us, found.elsewhere) == (said, None, True, False)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_mention_is_cut_out_after_any_letters(before: str, after: str) -> None:
    before, after = before.replace("\0", "").replace("/", ""), after.replace("\0", "")
    mention = {"type": "mention", "offset": units(before), "length": 17}
    found = addressed(f"{before}@jianyan_demo_bot{after}", [mention], ME)
    assert found.to_us
    assert "jianyan" not in found.text


@pytest.mark.parametrize(
    ("text", "command", "said"),
    [
        ("/ask 科幻", "ask", "科幻"),
        ("/ask@jianyan_demo_bot\n科幻", "ask", "科幻"),
        ("/ASK 科幻", "ask", "科幻"),
        ("/start ib2b483ec37", "start", "ib2b483ec37"),
        ("/help", "help", ""),
        ("@jianyan_demo_bot /ask 科幻", "ask", "科幻"),
        ("𠮷日快乐 👨‍👩‍👧 /ask@jianyan_demo_bot 合家欢", "ask", "合家欢"),
        ("来部喜剧 /ask@jianyan_demo_bot", "ask", "来部喜剧"),
    ],
)
def test_a_command_is_ours_at_the_start_or_by_name(text: str, command: str, said: str) -> None:
    found = addressed(text, entities(text), ME)
    assert (found.command, found.text, found.elsewhere) == (command, said, False)


def test_a_command_typed_without_a_blank_is_one_and_a_path_is_none() -> None:
    assert addressed("/ask推荐一部", [], ME).command == "ask"
    assert addressed("/usr/bin/python 讲什么", [], ME).command is None


@pytest.mark.parametrize(
    "text", ["/ask@another_demo_bot 科幻", "😂 @another_demo_bot 推荐一部", "/ask@another_demo_bot"]
)
def test_what_is_for_another_bot_is_elsewhere(text: str) -> None:
    found = addressed(text, entities(text), ME)
    assert found.elsewhere
    assert found.command is None


def test_another_bot_beside_us_does_not_take_the_message_away() -> None:
    text = "@another_demo_bot 和 @jianyan_demo_bot 谁懂科幻"
    assert not addressed(text, entities(text), ME).elsewhere


def test_somebody_without_a_username_mentions_us_by_text() -> None:
    found = addressed("荐言 推荐一部", [{"type": "text_mention", "offset": 0, "length": 2, "user": {"id": ME.id}}], ME)
    assert (found.text, found.to_us) == ("推荐一部", True)


wild = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["type", "offset", "length", "user", "id"]), inner, max_size=4
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.text(), wild)
def test_entities_of_any_form_break_nothing(text: str, found: object) -> None:
    addressed(text, found, ME)
