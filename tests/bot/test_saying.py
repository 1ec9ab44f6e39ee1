"""What is said, and what then stands in the chat: texts, commands, captions, edits, things."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from chat_world import FORUM, GROUP, LIN, MEI, NOW, SAM, Json, World, chat_of, entities, open_world, person, recommender

from bot.deeplinks import payload
from bot.inbound import topic
from bot.lanes import Received
from core.nlu.normalise import simplify
from core.wording import script

HEARD = ("item:film:farewell-my-concubine-1993", "item:film:titanic-1997")
HER, DUNE, MARTIAN = "film:her-2013", "book:dune-1965", "film:the-martian-2015"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await open_world(tmp_path)
    yield world
    await world.outbox.stop(1)
    await world.store.close()


async def test_one_pick_is_one_message_with_its_buttons(world: World) -> None:
    await world.say("推荐一部喜剧")
    (message,) = world.seen()
    assert world.labels(message)[:2] == [["👍", "👎", "👀", "⭐"], ["为什么", "就它了", "类似的"]]
    assert "%" in message["text"]
    assert {e["type"] for e in message["entities"]} == {"bold"}


async def test_several_picks_are_a_lead_and_a_message_each(world: World) -> None:
    await world.say("推荐三部科幻电影")
    lead, *cards = world.seen()
    assert len(cards) == 3
    assert all(world.labels(card)[0] == ["👍", "👎", "👀", "⭐"] for card in cards)
    assert world.labels(cards[-1])[-1] == ["换一批", "分享"]
    assert not any("换一批" in row for row in world.labels(lead) + world.labels(cards[0]))


async def test_a_group_has_one_numbered_message_that_answers_the_asker(world: World) -> None:
    number = await world.say("/ask 三部科幻片", chat=GROUP)
    (message,) = world.seen(GROUP)
    assert "\n\n1. " in message["text"]
    assert [row[0] for row in world.labels(message)[:3]] == ["1 👍", "2 👍", "3 👍"]
    _, sent = world.telegram.calls[-1]
    assert sent["reply_parameters"] == {"message_id": number, "allow_sending_without_reply": True}


async def test_what_was_seen_and_not_liked_is_no_like(world: World) -> None:
    await world.say("推荐一部科幻电影")
    await world.say("看过了")
    await world.say("不喜欢")
    kinds = [kind for kind, target in await world.events() if target.startswith("item:")]
    assert kinds == ["seen", "dislike"]


async def test_an_answer_to_one_of_several_cards_is_about_that_card(world: World) -> None:
    await world.say("推荐三部科幻电影")
    _, *cards = world.seen()
    (title,) = await titles_on(world, cards[1])
    await world.say("这部讲什么", reply_to_message=cards[1])
    assert title in world.seen()[-1]["text"]


async def test_an_answer_to_an_earlier_list_counts_in_that_list(world: World) -> None:
    await world.say("/ask 三部科幻片", chat=GROUP)
    first = world.seen(GROUP)[-1]
    await world.say("/ask 三本小说", chat=GROUP)
    titles = await titles_on(world, first)
    await world.say("第二个讲什么", chat=GROUP, reply_to_message=first)
    assert titles[1] in world.seen(GROUP)[-1]["text"]


async def test_more_like_this_in_answer_to_a_card_is_like_that_card(world: World) -> None:
    await world.say("three sci-fi films", SAM)
    _, *cards = world.seen(SAM)
    (item,) = await items_on(world, cards[1])
    await world.say("more like this", SAM, reply_to_message=cards[1])
    assert ("similar", f"item:{item}") in await world.events(SAM)


async def test_an_answer_to_the_words_above_the_cards_counts_in_these_cards(world: World) -> None:
    await world.say("推荐三部科幻电影")
    lead, *cards = world.seen()
    await world.say("推荐三本小说")
    (title,) = await titles_on(world, cards[1])
    await world.say("第二个讲什么", reply_to_message=lead)
    assert title in world.seen()[-1]["text"]


async def test_what_is_asked_beside_a_picture_is_not_answered_about_the_card_before(world: World) -> None:
    await world.say("推荐一部科幻电影")
    (card,) = world.seen()
    (title,) = await titles_on(world, card)
    photo = world.message("") | {"photo": [], "caption": "这部讲什么"}
    del photo["text"]
    await world.update({"message": photo})
    assert title not in world.texts()[-1]
    assert "图" in world.texts()[-1]
    await world.say("这部讲什么")  # of what was spoken of before, as if nothing had been between
    assert title in world.texts()[-1]


async def titles_on(world: World, message: Json) -> list[str]:
    found = [recommender().catalog.get(item) for item in await items_on(world, message)]
    return [item.title.in_("zh") for item in found if item is not None]


async def items_on(world: World, message: Json) -> list[str]:
    query = "SELECT items FROM messages WHERE chat_id = ? AND message_id = ?"
    ((items,),) = await world.store.read(query, message["chat"]["id"], message["message_id"])
    return [str(item) for item in json.loads(str(items))]


async def test_what_is_sent_is_remembered_for_taps(world: World) -> None:
    await world.say("推荐三部科幻电影")
    rows = await world.store.read("SELECT kind, items FROM messages ORDER BY message_id")
    assert [(kind, len(json.loads(str(items)))) for kind, items in rows] == [("lead", 0), *[("card", 1)] * 3]


async def test_every_update_is_done_when_it_is_answered(world: World) -> None:
    await world.say("推荐一部喜剧")
    await world.say("/nonsense")
    await world.say("今晚吃什么", chat=GROUP)
    assert not await world.undone()
    assert await world.store.read("SELECT 1 FROM inbox WHERE body IS NOT NULL") == []


async def test_the_same_update_twice_has_one_effect(world: World) -> None:
    content = {"update_id": 77, "message": world.message("我喜欢《她》")}
    await world.update(content)
    told, answers = await world.events(), world.texts()
    await world.update(content)
    assert (await world.events(), world.texts()) == (told, answers)


# ---- forum topics (c19, c20) ----


def in_topic(thread: int) -> Json:
    return {"message_thread_id": thread, "is_topic_message": True}


async def test_general_gets_its_answers_without_a_thread(world: World) -> None:
    await world.say("/ask 两小时以内的悬疑片", chat=FORUM)
    (first,) = world.seen(FORUM)
    answered = {**first, "message_thread_id": first["message_id"]}
    await world.say("第一部讲什么", chat=FORUM, message_thread_id=first["message_id"], reply_to_message=answered)
    old = {"message_id": 555, "date": NOW, "chat": chat_of(FORUM), "from": person(MEI)}
    await world.say("/ask 再轻松点", chat=FORUM, message_thread_id=555, reply_to_message=old)
    assert len(world.seen(FORUM)) == 3
    assert not any("message_thread_id" in sent for _, sent in world.telegram.calls)


async def test_two_topics_share_neither_place_nor_list(world: World) -> None:
    await world.say("/ask 适合下雨天的书", chat=FORUM, **in_topic(77))
    await world.say("/ask 轻松的电影", user=MEI, chat=FORUM, **in_topic(88))
    books, films = world.seen(FORUM)
    assert (books["message_thread_id"], films["message_thread_id"]) == (77, 88)
    await world.press(books["reply_markup"]["inline_keyboard"][0][0]["callback_data"], books)
    await world.say("/ask 再来三个", chat=FORUM, **in_topic(77))
    more = world.seen(FORUM)[-1]
    assert more["message_thread_id"] == 77
    rows = await world.store.read("SELECT items FROM messages WHERE message_id = ?", more["message_id"])
    assert all(item.startswith("book:") for item in json.loads(str(rows[0][0])))
    events = await world.events(topic(FORUM, 77))
    assert [kind for kind, _ in events].count("like") == 1
    assert not any(kind == "like" for kind, _ in await world.events(topic(FORUM, 88)))


# ---- mentions and captions (c23) ----


async def test_messages_to_us_are_answered_wherever_the_mention_stands(world: World) -> None:
    caption = "🎬📽️ @jianyan_demo_bot 《她》讲什么"
    await world.say("😂😂 @jianyan_demo_bot 推荐部轻松的", chat=GROUP)
    await world.say("𠮷日快乐 👨‍👩‍👧 /ask@jianyan_demo_bot 合家欢", user=MEI, chat=GROUP)
    photo = world.message("", chat=GROUP) | {"photo": [], "caption": caption, "caption_entities": entities(caption)}
    del photo["text"]
    await world.update({"message": photo})
    await world.say("😂 @another_demo_bot 推荐一部", chat=GROUP)
    assert len(world.seen(GROUP)) == 3
    assert world.texts(GROUP)[-1].startswith(("图我看不见", "图片我看不了"))
    assert "她" in world.texts(GROUP)[-1]


# ---- albums (c24) ----


async def test_an_album_is_one_answer_and_every_caption_counts(world: World) -> None:
    captions = ["《霸王别姬》很喜欢", None, "《泰坦尼克号》一般般"]
    parts = []
    for number, caption in enumerate(captions, 1):
        message = world.message("") | {"message_id": number, "photo": [], "media_group_id": "135"}
        del message["text"]
        parts.append({"update_id": number, "message": message | ({"caption": caption} if caption else {})})
    await world.receive(Received(1, parts[0], world.now, (1, 2, 3), album=tuple(parts)))
    events = await world.events()
    assert {("like", HEARD[0]), ("love", HEARD[0])} & set(events)
    assert ("soso", HEARD[1]) in events
    assert "没" in world.texts()[0].split("\n")[0]
    assert "图" in world.texts()[0].split("\n")[0]
    assert not await world.undone()


async def test_a_caption_below_a_voice_note_is_read_and_says_what_was_not_heard(world: World) -> None:
    message = world.message("") | {"voice": {}, "caption": "我喜欢《她》"}
    del message["text"]
    await world.update({"message": message})
    assert ("like", f"item:{HER}") in await world.events()
    assert world.texts()[0].startswith(("声音我听不了", "我只读了文字"))


# ---- start, in every language (c27) ----


@pytest.mark.parametrize(
    ("tag", "chinese"),
    [
        ("zh-hans", True), ("zh-hant", True), ("zh-TW", True), ("zh-CN", True), ("zh", True), ("zh-HK", True),
        ("en_US", False), ("EN-gb", False), ("", False), ("pt-br", False), ("sr-latn", False), ("xx", False),
        (None, False),
    ],
)  # fmt: skip
async def test_everybody_is_welcomed_in_their_language(world: World, tag: str | None, chinese: bool) -> None:
    sender = {"id": 42, "is_bot": False, "first_name": "P"} | ({} if tag is None else {"language_code": tag})
    await world.say("/start", user=42, **{"from": sender})
    text = "\n".join(world.texts(42))
    assert any("一" <= letter <= "鿿" for letter in text) is chinese
    (row,) = await world.store.read("SELECT language, kind, inactive FROM people WHERE chat_id = 42")
    assert row == ("zh" if chinese else "en", "private", 0)


# ---- things (c29), live locations (c31) ----


@pytest.mark.parametrize("user", [LIN, SAM])
async def test_each_kind_of_thing_has_a_line_of_its_own_and_leaves_nothing_behind(world: World, user: int) -> None:
    kinds: Json = {
        "voice": {}, "video_note": {}, "dice": {"value": 3}, "contact": {"phone_number": "+10000000000"},
        "venue": {"address": "1 Demo Street"}, "poll": {"question": "?"}, "animation": {}, "sticker": {},
        "location": {"latitude": 50.5}, "photo": [], "document": {},
    }  # fmt: skip
    for kind, content in kinds.items():
        message = world.message("", user) | {kind: content}
        del message["text"]
        await world.update({"message": message})
    lines = world.texts(user)
    assert len(lines) == len(set(lines)) == len(kinds)
    assert all(any("一" <= letter <= "鿿" for letter in line) is (user == LIN) for line in lines)
    assert await world.events(user) == []
    dump = b"".join(path.read_bytes() for path in world.app.settings.data.iterdir())
    assert b"+10000000000" not in dump
    assert b"Demo Street" not in dump


async def test_the_same_kind_twice_in_a_row_is_answered_in_two_ways(world: World) -> None:
    for _ in range(2):
        message = world.message("") | {"dice": {}}
        del message["text"]
        await world.update({"message": message})
    assert len(set(world.texts())) == 2


async def test_a_lone_emoji_gets_a_line_and_no_card(world: World) -> None:
    await world.say("🙃")
    assert len(world.seen()) == 1
    assert not any("👍" in row for row in world.labels(world.seen()[0]))


async def test_a_live_location_neither_undoes_nor_reruns_the_last_turn(world: World) -> None:
    await world.say("推荐三部喜剧")
    message = world.message("") | {"location": {"latitude": 50.0, "live_period": 900}}
    del message["text"]
    await world.update({"message": message})
    before = world.texts()
    for step in range(6):
        moved = message | {"edit_date": NOW + step, "location": {"latitude": 50.0 + step, "live_period": 900}}
        await world.update({"edited_message": moved})
    assert world.texts() == before
    titles = [text.split("\n")[0] for text in before[1:4]]
    await world.say("第二个讲啥")
    assert titles[1].split(" ")[0] in world.texts()[-1]


# ---- edits (c36) ----


async def test_an_edit_is_heard_instead_and_its_answer_takes_the_old_ones_place(world: World) -> None:
    number = await world.say("我喜欢《泰坦尼克号》，推荐一部爱情片")
    was = {message["message_id"] for message in world.seen()}
    await world.edit(number, "我喜欢《火星救援》，推荐一部科幻片")
    assert {message["message_id"] for message in world.seen()} == was
    scores = await world.app.responder.scores(LIN, [HER], world.now_at)
    labels = " ".join(part.label for part in scores[0].parts)
    assert "泰坦尼克" not in labels
    assert "火星救援" in "\n".join(world.texts()) + labels


async def test_an_edit_to_fewer_picks_leaves_no_old_card(world: World) -> None:
    number = await world.say("推荐三部科幻电影")
    await world.edit(number, "《她》讲什么")
    (message,) = world.seen()
    assert "她" in message["text"]
    assert await world.store.read("SELECT kind FROM messages WHERE message_id = ?", message["message_id"])


async def test_an_edit_of_an_older_message_is_left_alone(world: World) -> None:
    older = await world.say("我喜欢《她》")
    await world.say("推荐一部科幻")
    before, told = world.texts(), await world.events()
    await world.edit(older, "我讨厌《她》")
    assert (world.texts(), await world.events()) == (before, told)
    assert not await world.undone()


async def test_an_edit_after_a_tap_takes_back_neither(world: World) -> None:
    number = await world.say("推荐一部科幻")
    await world.tap("👍")
    told = await world.events()
    for _ in range(2):
        await world.edit(number, "推荐一部爱情片")
    assert await world.events() == told


async def test_message_numbers_are_of_one_chat_only(world: World) -> None:
    big = 4503599627370495
    for user, chat, text in ((LIN, None, "推荐一部喜剧"), (MEI, None, "推薦一部恐怖片"), (big, None, "一部温馨的电影")):
        await world.say(text, user, chat, message_id=250)
    await world.say("/ask@jianyan_demo_bot a war film", SAM, GROUP, message_id=250)
    assert all(world.seen(chat) for chat in (LIN, MEI, big, GROUP))
    others = [world.texts(chat) for chat in (MEI, big, GROUP)]
    await world.edit(250, "推荐一部科幻")
    assert [world.texts(chat) for chat in (MEI, big, GROUP)] == others
    await world.tap("👍", big)
    assert ("like") in [kind for kind, _ in await world.events(big)]
    for chat, user in ((big, big), (GROUP, SAM)):
        await world.say("/privacy@jianyan_demo_bot", user, chat)
        assert len(world.texts(chat)[-1]) > 20


# ---- channel posts (c30) ----


async def test_a_post_and_its_forward_are_not_answered_but_a_person_is(world: World) -> None:
    channel = {"id": -1002000000303, "type": "channel"}
    post = {"message_id": 5, "date": NOW, "chat": channel, "sender_chat": channel, "text": "Three films. Which one?"}
    forward = {**post, "message_id": 102, "chat": chat_of(GROUP), "from": {"id": 777000}, "is_automatic_forward": True}
    await world.update({"channel_post": post})
    await world.update({"message": forward})
    await world.update({"edited_channel_post": {**post, "edit_date": NOW + 5}})
    assert world.telegram.calls == []
    await world.say("/ask@jianyan_demo_bot 就来部喜剧", MEI, GROUP, message_thread_id=102, reply_to_message=forward)
    assert len(world.seen(GROUP)) == 1


# ---- hidden admins (c22) ----


async def test_a_hidden_admin_leaves_no_trace_in_anybodys_profile(world: World) -> None:
    await world.say("我喜欢《她》")
    at_home = await world.events()
    bot = {"id": 1087968824, "is_bot": True, "username": "GroupAnonymousBot"}
    hidden: dict[str, Any] = {"from": bot, "sender_chat": chat_of(GROUP)}
    await world.say("/ask@jianyan_demo_bot 科幻", chat=GROUP, **hidden)
    await world.tap("1 👍", chat=GROUP)
    await world.say("/undo@jianyan_demo_bot", chat=GROUP, **hidden)
    assert "《" in world.texts(GROUP)[-1]
    for command in ("export", "forget", "join"):
        await world.say(f"/{command}@jianyan_demo_bot", chat=GROUP, **hidden)
        assert "匿名" in world.texts(GROUP)[-1]
    assert "sendDocument" not in world.telegram.methods()
    assert await world.events() == at_home
    assert await world.store.read("SELECT 1 FROM chats WHERE chat_id = 1087968824") == []
    speakers = await world.store.read("SELECT DISTINCT speaker FROM feedback WHERE chat_id = ?", GROUP)
    assert {int(str(one[0])) for one in speakers} <= {GROUP, LIN}


# ---- commands ----


async def test_a_link_to_one_thing_shows_it_and_a_link_to_several_shows_all(world: World) -> None:
    await world.say(f"/start {payload((HER,))}")
    assert "她" in world.texts()[-1]
    assert world.texts()[-1].startswith("有人给你分享了这个")
    await world.say(f"/start {payload((HER, MARTIAN, DUNE))}", SAM)
    lead, *cards = world.texts(SAM)
    assert lead.startswith("Somebody shared")
    assert [card.split("\n")[0].split(" · ")[0] for card in cards] == ["Her 她", "The Martian 火星救援", "Dune 沙丘"]
    assert await world.events(SAM) == []
    await world.tap("👍", SAM)
    assert [kind for kind, _ in await world.events(SAM)] == ["like"]


@pytest.mark.parametrize("odd", ["inline", "i0000000000", "iXYZ", "🙃", "i" + "0" * 63])
async def test_a_link_to_nothing_is_a_welcome(world: World, odd: str) -> None:
    await world.say(f"/start {odd}")
    await world.say("/start", MEI)
    assert len(world.seen()) == len(world.seen(MEI)) == 1


async def test_export_is_a_file_and_forget_leaves_no_row(world: World) -> None:
    await world.say("我喜欢《她》，推荐一部科幻")
    await world.say("/export")
    method, sent = world.telegram.calls[-1]
    assert method == "sendDocument"
    assert HER in sent["document"]["attach"]["text"]
    await world.say("/forget")
    await world.tap("对，全删")
    for table in ("chats", "feedback", "slates", "people", "messages", "heard"):
        assert await world.store.read(f"SELECT 1 FROM {table}") == []
    assert not any("全删" in " ".join(row) for message in world.seen() for row in world.labels(message))


async def test_privacy_tells_what_the_adapter_keeps_too(world: World) -> None:
    await world.say("/privacy")
    assert "名字、头像、你的原话都不存" in world.texts()[-1]
    await world.say("what do you store about me", SAM)
    assert "none of your words" in world.texts(SAM)[-1]


async def test_unknown_commands_are_told_so_in_private_only(world: World) -> None:
    await world.say("/stats")
    assert "/stats" in world.texts()[-1]
    await world.say("/stats", chat=GROUP)
    assert world.seen(GROUP) == []


async def test_why_is_folded(world: World) -> None:
    await world.say("我喜欢《她》，推荐一部科幻")
    await world.say("/why")
    assert "expandable_blockquote" in {e["type"] for e in world.seen()[-1]["entities"]}


async def test_the_language_that_was_set_is_that_of_every_sentence(world: World) -> None:
    await world.say("/language en")
    message = world.message("") | {"sticker": {}}
    del message["text"]
    await world.update({"message": message})
    await world.say("/nonsense")
    assert all(text.isascii() for text in world.texts()[-2:])


@pytest.mark.parametrize("tag", ["zh-hant", "zh-TW", "zh-HK", "zh_Hant_MO"])
async def test_a_client_in_traditional_characters_is_welcomed_in_them(world: World, tag: str) -> None:
    sender = {"id": 42, "is_bot": False, "first_name": "P", "language_code": tag}
    await world.say("/start", user=42, **{"from": sender})
    text = world.texts(42)[0] + str(world.labels(world.seen(42)[0]))
    assert script.traditional(text) == text != simplify(text)
    await world.say("ok", user=42, **{"from": sender})  # tells nothing of the characters
    await world.say("/help", user=42, **{"from": sender})
    assert script.traditional(world.texts(42)[-1]) == world.texts(42)[-1]
    await world.say("来部轻松的电影", user=42, **{"from": sender})  # what is written counts for more
    await world.say("/help", user=42, **{"from": sender})
    text = world.texts(42)[-1] + str(world.labels(world.seen(42)[-1]))
    assert simplify(text) == text


async def test_whoever_writes_traditional_reads_it_on_buttons_too(world: World) -> None:
    await world.say("推薦一部恐怖片", MEI)
    assert world.labels(world.seen(MEI)[-1])[1] == ["為什麼", "就它了", "類似的"]


# ---- late, too many, broken ----


async def test_stale_messages_are_learnt_from_and_get_one_answer(world: World) -> None:
    for text, last in (("我喜欢《她》", False), ("/settings", False), ("推荐一部科幻", True)):
        message = world.message(text)
        await world.update({"message": message}, quiet=True, stale=True, catch_up=last)
    assert ("like", f"item:{HER}") in await world.events()
    assert len([text for text in world.texts() if "%" not in text]) <= 1
    assert world.texts()
    assert not await world.undone()


async def test_where_nobody_spoke_to_us_nobody_is_told_that_we_were_away(world: World) -> None:
    await world.update({"message": world.message("大家好", chat=GROUP)}, quiet=True, stale=True, catch_up=True)
    assert world.telegram.calls == []
    assert not await world.undone()


async def test_the_answer_for_all_comes_even_if_the_last_word_was_to_others(world: World) -> None:
    stale = {"quiet": True, "stale": True}
    await world.update({"message": world.message("/ask 科幻", chat=GROUP)}, **stale)
    await world.update({"message": world.message("大家好", chat=GROUP)}, catch_up=True, **stale)
    assert len(world.seen(GROUP)) == 1


async def test_a_flood_is_asked_for_patience_once(world: World) -> None:
    await world.update({"message": world.message("我喜欢《她》")}, quiet=True, slow_down=True)
    await world.update({"message": world.message("我喜欢《沙丘》")}, quiet=True)
    assert len(world.seen()) == 1
    assert len(await world.events()) >= 2


async def test_what_breaks_is_said_with_a_number_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(world.app.responder, "respond", broken)
    with pytest.raises(ZeroDivisionError):
        await world.say("推荐一部科幻")
    await world.outbox.drained()
    (text,) = world.texts()
    assert "编号" in text
    assert "secret" not in text
    assert "Error" not in text


async def test_what_breaks_while_thinking_is_an_apology_and_the_next_turn_is_well(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = world.app.responder.engine
    monkeypatch.setattr(type(engine), "respond", lambda *_, **__: 1 / 0)
    number = await world.say("推荐一部科幻")
    assert len(world.seen()) == 1
    assert not await world.undone()
    monkeypatch.undo()
    await world.edit(number, "推荐一部喜剧")  # nothing was heard of it: left alone
    await world.say("推荐一部科幻")
    assert "%" in world.texts()[-1]


async def test_nobody_hears_from_us_whom_admins_have_blocked(world: World) -> None:
    await world.store.write([("INSERT INTO blocked VALUES (?, ?)", (LIN, NOW))])
    await world.conversation.start()
    await world.say("推荐一部科幻")
    await world.say("/ask 科幻", chat=GROUP)
    await world.update({"inline_query": {"id": "1", "from": person(LIN), "query": "", "offset": ""}})
    assert world.telegram.calls == []
    assert not await world.undone()


async def test_typing_is_shown_only_while_it_takes_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.say("推荐一部科幻")
    assert "sendChatAction" not in world.telegram.methods()
    monkeypatch.setattr("bot.exchange.TYPING_AFTER_S", 0.0)
    monkeypatch.setattr("bot.exchange.TYPING_EVERY_S", 0.001)
    await world.say("/ask 科幻", chat=FORUM, **in_topic(77))
    typing = [sent for method, sent in world.telegram.calls if method == "sendChatAction"]
    assert len(typing) > 1
    assert all(sent == {"chat_id": FORUM, "action": "typing", "message_thread_id": 77} for sent in typing)
    count = len(world.telegram.calls)
    await world.update({"message": world.message("我喜欢《她》")}, quiet=True)
    assert len(world.telegram.calls) == count
