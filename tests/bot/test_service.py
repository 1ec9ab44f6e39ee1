"""The whole bot on the strict server: what people see, with the real models, and nothing against the specification."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from service_world import ADMIN, FREE, Running, running

from bot import logs
from bot.app import App, Recommender, load_recommender
from bot.inbound import Me
from bot.sandbox.faults import Fault
from bot.sandbox.server import Server
from bot.sandbox.world import Json
from bot.service import Service
from bot.settings import Settings
from bot.transport import Api
from core.errors import SettingError
from core.store import SqliteStore

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def recommender(built_data: Path) -> Recommender:
    return load_recommender(Settings(data=built_data))


@pytest.fixture
async def bot(recommender: Recommender, tmp_path: Path) -> AsyncIterator[Running]:
    async with Server() as server, running(server, recommender, tmp_path) as made:
        yield made
        assert not server.violations


async def test_a_first_message_is_answered_by_cards_that_taps_edit_in_place(bot: Running) -> None:
    lin = bot.server.world.person("Lin", "zh-hans")
    lead, first, *_ = await bot.said(lin, "想看轻松的科幻片", count=4)
    assert lead["text"]
    assert "reply_markup" not in lead
    liked = await bot.pressed(lin, first)
    assert liked["text"].startswith(first["text"])
    assert liked["text"] != first["text"]
    assert [kind for kind, _ in await bot.events(lin.id)][-1] == "like"
    undone = await bot.pressed(lin, liked)
    assert undone["reply_markup"] == first["reply_markup"]
    assert [kind for kind, _ in await bot.events(lin.id)][-1] == "undo"
    again = await bot.pressed(lin, undone)
    assert again["text"] != undone["text"]
    why = await bot.pressed(lin, again, 0, 1)
    assert any(entity["type"] == "expandable_blockquote" for entity in why["entities"])


async def test_commands_answer_in_the_language_of_the_person(bot: Running) -> None:
    ann = bot.server.world.person("Ann", "en")
    for text, word in (
        ("/start", "Jianyan"),
        ("/help", "Say"),
        ("/settings", "Language"),
        ("/list", "list"),
        ("/nonsense", "/nonsense"),
    ):
        (answer, *_) = await bot.said(ann, text)
        assert word in answer["text"], (text, answer["text"])
    (document,) = await bot.said(ann, "/export")
    content, _ = bot.server.world.files[document["document"]["file_id"]]
    assert b'"jianyan-chat"' in content


async def test_settings_change_in_place(bot: Running) -> None:
    ann = bot.server.world.person("Ann", "en")
    (menu,) = await bot.said(ann, "/settings")
    assert "中文" in (await bot.pressed(ann, menu, 0, 1))["text"]
    assert "不收" in (await bot.pressed(ann, menu, 2, 0))["text"]
    assert await bot.app.store.read("SELECT news FROM people WHERE chat_id = ?", ann.id) == [(0,)]


async def test_an_edit_of_the_last_message_replaces_it(bot: Running) -> None:
    lin = bot.server.world.person("Lin", "zh-hans")

    async def told(target: str) -> bool:
        return ("like", target) in await bot.events(lin.id)

    await bot.said(lin, "喜欢《盗梦空间》")
    await bot.until(lambda: told("item:film:inception-2010"))
    (message,) = (m for m in bot.server.world.chats[lin.id].messages.values() if m["from"]["id"] == lin.id)
    lin.edit(message["message_id"], "喜欢《泰坦尼克号》")
    await bot.until(lambda: told("item:film:titanic-1997"))
    assert [kind for kind, _ in await bot.events(lin.id)].count("undo") == 1


async def test_a_group_votes_on_buttons_and_hears_only_what_is_meant_for_it(bot: Running) -> None:
    world = bot.server.world
    lin, ann = world.person("Lin", "zh-hans"), world.person("Ann", "en")
    group = world.group("g", [lin, ann])
    await bot.server.wait_for(lambda: world.sent(group.id))
    lin.say("随便聊聊", group.id)
    (answer,) = await bot.said(ann, "/ask a light comedy for tonight", group.id)
    assert answer["reply_to_message"]["text"].startswith("/ask")
    await bot.pressed(ann, answer)
    voted = await bot.pressed(lin, answer)
    assert voted["reply_markup"]["inline_keyboard"][0][0]["text"].endswith("👍 2")
    assert len(world.sent(group.id)) == 2
    assert await bot.events(lin.id) == []  # a vote is the group's


async def test_topics_of_a_forum_keep_apart(bot: Running) -> None:
    world = bot.server.world
    lin = world.person("Lin", "zh-hans")
    forum = world.group("g", [lin], forum=True)
    await bot.server.wait_for(lambda: world.sent(forum.id))
    (books,) = await bot.said(lin, "/ask 推荐一本书", forum.id, topic=77)
    (films,) = await bot.said(lin, "/ask 推荐一部电影", forum.id, topic=88)
    assert (books["message_thread_id"], films["message_thread_id"]) == (77, 88)
    (more,) = await bot.said(lin, "再来三本", forum.id, reply_to=books["message_id"])
    assert more["message_thread_id"] == 77
    (general,) = await bot.said(lin, "/ask 推荐一首歌", forum.id)
    assert "message_thread_id" not in general


async def test_inline_results_hold_nothing_of_the_asker(bot: Running) -> None:
    world = bot.server.world
    lin = world.person("Lin", "zh-hans")
    await bot.said(lin, "我最喜欢科幻片，讨厌爱情片", count=1)
    for query in ("", "科幻 轻松"):
        number = lin.inline(query)
        answer = await bot.server.wait_for(lambda number=number: world.searches[number]["answer"])
        assert answer["is_personal"]
        assert answer["cache_time"] <= 5
        assert 1 <= len(answer["results"]) <= 50
        told = str(answer["results"])
        assert "%" not in told
        assert "→" not in told
        assert "因为" not in told


async def test_a_reaction_to_a_card_is_feedback(bot: Running) -> None:
    lin = bot.server.world.person("Lin", "zh-hans")
    _, card, *_ = await bot.said(lin, "推荐三部科幻片", count=4)
    was = bot.server.world.chats[lin.id].messages[card["message_id"]]
    lin.react(card["message_id"], "👎")
    await bot.server.wait_for(lambda: bot.server.world.chats[lin.id].messages[card["message_id"]] is not was)
    assert [kind for kind, _ in await bot.events(lin.id)][-1] == "dislike"


async def test_forget_leaves_no_row_of_the_person(bot: Running) -> None:
    lin = bot.server.world.person("Lin", "zh-hans")
    await bot.said(lin, "喜欢《盗梦空间》", count=2)
    await bot.said(lin, "/forget")

    def sure() -> Json | None:
        return next((m for m in bot.server.world.sent(lin.id) if "x:forget_yes" in str(m.get("reply_markup"))), None)

    question = await bot.server.wait_for(sure)
    before = len(bot.server.world.sent(lin.id))
    lin.press(question)
    await bot.server.wait_for(lambda: len(bot.server.world.sent(lin.id)) > before)

    async def empty() -> bool:
        return not any((await bot.app.store.export(lin.id)).values())

    await bot.until(empty)


async def test_faults_lose_and_double_nothing(bot: Running) -> None:
    lin = bot.server.world.person("Lin", "zh-hans")
    bot.server.faults.add(Fault("429", "sendMessage", times=2, seconds=1))
    bot.server.faults.add(Fault("redeliver", times=3))
    bot.server.faults.add(Fault("lost", "sendMessage", times=1))
    for text in ("/help", "/list", "/me"):
        lin.say(text)
    await bot.server.wait_for(lambda: len(bot.server.world.sent(lin.id)) >= 3, 20)
    assert len(bot.server.world.sent(lin.id)) == 3


async def test_an_admin_has_figures_and_nobody_else_a_hint(bot: Running) -> None:
    world = bot.server.world
    boss, ann = world.person("Boss", "en", ADMIN), world.person("Ann", "en")
    (answer, *_) = await bot.said(boss, "/health")
    assert "✓" in answer["text"] or "✗" in answer["text"]
    (none,) = await bot.said(ann, "/health")
    assert "/health" in none["text"]
    assert "✓" not in none["text"]
    assert (await bot.app.store.read("SELECT count(*) FROM audit"))[0][0] == 1


async def test_what_stands_on_disk_is_answered_after_a_restart(recommender: Recommender, tmp_path: Path) -> None:
    async with Server() as server:
        lin = server.world.person("Lin", "zh-hans")
        async with running(server, recommender, tmp_path) as bot:
            await bot.said(lin, "/list")
        lin.say("/me")
        async with running(server, recommender, tmp_path):
            await server.wait_for(lambda: len(server.world.sent(lin.id)) == 2)


async def test_a_refused_token_ends_it(recommender: Recommender, tmp_path: Path) -> None:
    async with Server() as server, aiohttp.ClientSession():
        store = await SqliteStore.open(tmp_path / "jianyan.db")
        settings = Settings(token=f"{server.token}x", api_url=server.url, data=tmp_path, listen=("127.0.0.1", 0))
        async with Api(settings.token, settings.api_url) as api:
            journal = logs.Journal(logs.Redactor())
            app = App(settings, recommender, store, iter(()))
            service = Service(settings, app, api, Me(1, "x"), journal, "", FREE, None)
            with pytest.raises(SettingError, match="TELEGRAM_BOT_TOKEN"):
                await service.serve(asyncio.Event())
        await store.close()
