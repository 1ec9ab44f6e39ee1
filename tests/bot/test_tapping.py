"""What buttons and reactions do, and what then stands in the chat."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from chat_world import FORUM, GROUP, LIN, MEI, NOW, SAM, Json, World, chat_of, open_world, person

from bot.inbound import topic

HER = "film:her-2013"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await open_world(tmp_path)
    yield world
    await world.outbox.stop(1)
    await world.store.close()


async def test_a_tap_is_answered_at_once_and_edits_its_card(world: World) -> None:
    await world.say("推荐三部科幻电影")
    card = await world.tap("👍")
    await world.conversation.urgent({"callback_query": {"id": "9"}})
    assert world.telegram.calls[-1] == ("answerCallbackQuery", {"callback_query_id": "9"})
    edited = next(message for message in world.seen() if message["message_id"] == card["message_id"])
    assert edited["text"].endswith("👍 记下了")
    assert edited["entities"][-1]["type"] == "italic"
    assert world.labels(edited)[0] == ["↩ 撤回", "为什么", "类似的", "分享"]
    assert world.labels(edited)[-1] == ["换一批"]
    assert world.seen()[-1]["message_id"] > card["message_id"]  # the pick that comes for it


async def test_undo_on_a_card_takes_back_what_was_told_there(world: World) -> None:
    await world.say("推荐一部科幻电影")
    card = await world.tap("👍")
    await world.say("我喜欢爱情片")
    undo = next(m for m in world.seen() if m["message_id"] == card["message_id"])
    await world.press(undo["reply_markup"]["inline_keyboard"][0][0]["callback_data"], undo)
    restored = next(m for m in world.seen() if m["message_id"] == card["message_id"])
    assert world.labels(restored)[0] == ["👍", "👎", "👀", "⭐"]
    assert restored["text"].startswith(card["text"])
    scores = await world.app.responder.scores(LIN, [HER], world.now_at)
    labels = " ".join(part.label for part in scores[0].parts)
    assert "爱情" in labels
    assert card["text"].split(" ")[0] not in labels


async def test_status_lines_do_not_pile_up(world: World) -> None:
    await world.say("推荐一部科幻电影")
    card = await world.tap("⭐")
    number = card["message_id"]
    for action in ("为什么", "↩ 撤回", "👎"):
        message = next(m for m in world.seen() if m["message_id"] == number)
        buttons = [b for row in message["reply_markup"]["inline_keyboard"] for b in row]
        await world.press(next(b["callback_data"] for b in buttons if b["text"] == action), message)
        message = next(m for m in world.seen() if m["message_id"] == number)
        assert len([e for e in message["entities"] if e["type"] != "bold"]) == 1
        assert message["text"].startswith(card["text"])


async def test_seen_asks_how_it_was_below_the_card(world: World) -> None:
    await world.say("推荐一部科幻电影")
    card = await world.tap("👀")
    edited = next(m for m in world.seen() if m["message_id"] == card["message_id"])
    assert world.labels(edited)[0] == ["喜欢", "一般", "不喜欢"]
    await world.press(edited["reply_markup"]["inline_keyboard"][0][2]["callback_data"], edited)
    assert "dislike" in [kind for kind, _ in await world.events()]


async def test_a_double_tap_changes_no_more(world: World) -> None:
    await world.say("推荐一部科幻电影")
    card = await world.tap("👍")
    scores = await world.app.responder.scores(LIN, [HER], world.now_at)
    data = card["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await world.press(data, card)
    again = await world.app.responder.scores(LIN, [HER], world.now_at)
    assert again[0].logit == pytest.approx(scores[0].logit)


async def test_why_unfolds_on_the_card(world: World) -> None:
    await world.say("我喜欢《她》，推荐一部科幻电影")
    count = len(world.seen())
    card = await world.tap("为什么")
    edited = next(m for m in world.seen() if m["message_id"] == card["message_id"])
    assert edited["entities"][-1]["type"] == "expandable_blockquote"
    assert world.labels(edited) == world.labels(card)
    assert len(world.seen()) == count


async def test_the_answer_to_a_question_takes_its_buttons_away(world: World) -> None:
    await world.say("想看电影")
    asked = await world.tap("动画")
    assert ["剧情片", "动画", "动作"] in world.labels(asked)
    now = next(m for m in world.seen() if m["message_id"] == asked["message_id"])
    assert world.labels(now) == [
        row for row in world.labels(asked) if "👍" in row or "类似的" in row or "换一批" in row
    ]
    assert len(world.seen()) > 1


# ---- out of reach, unknown (c26) ----


async def test_a_tap_on_an_old_card_counts_once_and_now(world: World) -> None:
    await world.say("推荐一部悬疑片")
    (card,) = world.seen()
    data = card["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    world.now += 3 * 86400
    await world.press(data, {"message_id": card["message_id"], "date": 0, "chat": chat_of(LIN)})
    assert len(world.seen()) == 2
    rows = await world.store.read("SELECT at FROM feedback WHERE kind = 'like'")
    assert [str(at)[:4] for (at,) in rows] == ["2026"]
    await world.press(data, None)  # from an inline message
    kinds = [kind for kind, target in await world.events() if target.startswith("item:")]
    assert set(kinds) == {"like"}


async def test_where_the_edit_is_refused_a_new_message_says_it(world: World) -> None:
    await world.say("推荐一部悬疑片")
    world.telegram.refuses = {"editMessageText": "Bad Request: message can't be edited"}
    await world.tap("⭐")
    card, again = world.seen()
    assert again["text"].startswith(card["text"])
    assert again["entities"][-1]["type"] == "italic"
    world.telegram.refuses = {}
    await world.tap("↩ 撤回")
    assert [m["message_id"] for m in world.seen()] == [card["message_id"], again["message_id"]]


@pytest.mark.parametrize("data", ["zz:unknown:button:of:an:older:version", "", "r:0000000000:l", "=odd:1", "🙃"])
async def test_an_unknown_button_is_told_so_once(world: World, data: str) -> None:
    gone = {"message_id": 700, "date": 0, "chat": chat_of(LIN)}
    await world.press(data, gone)
    assert not await world.undone()
    if not data.startswith("="):
        assert len(world.seen()) == 1
        assert "按钮" in world.texts()[0]


async def test_a_stale_tap_is_learnt_from_without_a_word(world: World) -> None:
    await world.say("推荐一部悬疑片")
    before = world.texts()
    await world.tap("👍", quiet=True, stale=True)
    assert world.texts() == before
    assert "like" in [kind for kind, _ in await world.events()]


# ---- groups ----


async def test_everybody_has_one_vote_and_the_buttons_count_them(world: World) -> None:
    await world.say("/ask 三部科幻片", chat=GROUP)
    await world.tap("1 👍", LIN, GROUP)
    await world.tap("1 👍 1", LIN, GROUP)
    (message,) = world.seen(GROUP)
    assert world.labels(message)[0][:2] == ["1 👍 1", "1 👎"]
    await world.tap("1 👎", MEI, GROUP)
    await world.tap("2 👍", SAM, GROUP)
    (message,) = world.seen(GROUP)
    assert [row[:2] for row in world.labels(message)[:3]] == [
        ["1 👍 1", "1 👎 1"], ["2 👍 1", "2 👎"], ["3 👍", "3 👎"]
    ]  # fmt: skip
    assert world.labels(message)[3] == ["换一批", "就这么定", "分享"]
    await world.tap("就这么定", MEI, GROUP)
    assert len(world.seen(GROUP)) == 2


async def test_somebody_who_has_seen_it_is_told_below_the_list(world: World) -> None:
    await world.say("/ask 三部科幻片", chat=GROUP)
    (before,) = world.texts(GROUP)
    for number in ("1 👀", "2 👀"):
        await world.tap(number, MEI, GROUP)
    (message,) = world.seen(GROUP)
    assert message["text"].startswith(before)
    assert len([e for e in message["entities"] if e["type"] == "italic"]) == 1
    assert ["喜欢", "一般", "不喜欢"] in world.labels(message)
    await world.tap("不喜欢", MEI, GROUP)
    (message,) = world.seen(GROUP)
    assert message["text"] == before
    assert ["喜欢", "一般", "不喜欢"] not in world.labels(message)
    assert [kind for kind, _ in await world.events(GROUP)].count("seen") >= 2


async def test_in_a_topic_an_unreachable_card_still_counts_there(world: World) -> None:
    inside: Json = {"message_thread_id": 77, "is_topic_message": True}
    await world.say("/ask 三本书", chat=FORUM, **inside)
    (message,) = world.seen(FORUM)
    data = message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await world.press(data, {"message_id": message["message_id"], "date": 0, "chat": chat_of(FORUM)})
    assert "like" in [kind for kind, _ in await world.events(topic(FORUM, 77))]
    assert await world.events(FORUM) == []


# ---- reactions ----


async def test_a_reaction_is_a_verdict_and_its_removal_takes_it_back(world: World) -> None:
    await world.say("推荐一部科幻电影")
    (card,) = world.seen()
    before = await world.app.responder.scores(LIN, [HER], world.now_at)
    await world.react(card["message_id"], None, "👍")
    told = await world.events()
    assert told[-1][0] == "like"
    assert world.labels(world.seen()[0])[0][0] == "↩ 撤回"
    await world.react(card["message_id"], "👍", None)
    after = await world.app.responder.scores(LIN, [HER], world.now_at)
    assert after[0].logit == before[0].logit
    assert world.labels(world.seen()[0])[0] == ["👍", "👎", "👀", "⭐"]
    assert len(world.seen()) == 1


async def test_a_reaction_to_anything_but_a_card_tells_nothing(world: World) -> None:
    await world.say("推荐三部科幻电影")
    await world.react(world.seen()[0]["message_id"], None, "👍")
    await world.react(4, None, "👎")
    assert not {"like", "dislike"} & {kind for kind, _ in await world.events()}
    assert not await world.undone()


async def test_a_reaction_can_change_its_mind(world: World) -> None:
    await world.say("推荐一部科幻电影")
    (card,) = world.seen()
    await world.react(card["message_id"], None, "👍")
    await world.react(card["message_id"], "👍", "❤️")
    await world.react(card["message_id"], "❤️", "👎")
    verdicts = [kind for kind, target in await world.events() if target.startswith("item:")]
    assert verdicts == ["like", "love", "dislike"]


# ---- settings, membership ----


async def test_the_settings_are_one_message_that_shows_what_holds(world: World) -> None:
    await world.say("/settings")
    assert world.labels(world.seen()[0])[0] == ["• 跟着你说的", "中文", "English"]
    await world.tap("简短")
    await world.tap("🔔 通知：收")
    assert world.labels(world.seen()[0])[1:] == [["适中", "• 简短", "详细"], ["🔕 通知：不收"]]
    await world.tap("English")
    assert len(world.seen()) == 1
    assert world.texts()[0] == "Settings\nLanguage: English\nReplies: short\nNews: off"
    assert await world.store.read("SELECT news FROM people WHERE chat_id = ?", LIN) == [(0,)]
    await world.tap("as you write")
    assert (await world.store.load(LIN)).language is None  # type: ignore[union-attr]


async def test_a_groups_settings_have_no_news(world: World) -> None:
    await world.say("/settings@jianyan_demo_bot", chat=GROUP)
    assert len(world.labels(world.seen(GROUP)[0])) == 2


def change(chat: int, old: str, new: str, user: int = LIN) -> Json:
    content = {"chat": chat_of(chat), "from": person(user), "date": NOW}
    return {"my_chat_member": content | {"old_chat_member": {"status": old}, "new_chat_member": {"status": new}}}


async def test_who_blocks_us_is_inactive_until_they_are_back(world: World) -> None:
    await world.say("推荐一部喜剧")
    query = "SELECT inactive FROM people WHERE chat_id = ?"
    await world.update(change(LIN, "member", "kicked"))
    assert await world.store.read(query, LIN) == [(1,)]
    await world.update(change(LIN, "kicked", "member"))
    assert await world.store.read(query, LIN) == [(0,)]
    await world.update(change(LIN, "member", "kicked"))
    await world.say("推荐一部喜剧")
    assert await world.store.read(query, LIN) == [(0,)]


async def test_a_group_is_greeted_when_it_takes_us_in_and_not_when_it_promotes_us(world: World) -> None:
    await world.update(change(GROUP, "left", "member"))
    await world.update(change(GROUP, "member", "administrator"))
    assert len(world.seen(GROUP)) == 1
    assert "/ask" in world.texts(GROUP)[0]


async def test_a_channel_is_not_talked_to(world: World) -> None:
    update = change(-1002000000303, "left", "administrator")
    update["my_chat_member"]["chat"]["type"] = "channel"
    await world.update(update)
    assert world.telegram.calls == []


async def test_a_group_moves_with_all_that_was_told(world: World) -> None:
    await world.say("/ask 我喜欢《她》", chat=-55)
    told = await world.events(-55)
    moved = world.message("", chat=-55) | {"migrate_to_chat_id": GROUP}
    arrived = world.message("", chat=GROUP) | {"migrate_from_chat_id": -55}
    await world.update({"message": moved})
    await world.update({"message": arrived})
    assert await world.events(GROUP) == told
    assert await world.events(-55) == []
