"""What a server, a network and people do to the whole bot, on the strict server: nothing lost, nobody in the dark."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from chat_world import recommender
from service_world import ADMIN, Running, running

from bot import inbound
from bot.sandbox.faults import Fault
from bot.sandbox.server import Server
from bot.sandbox.world import Json


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as made:
        yield made
        assert not made.violations


@pytest.fixture
async def bot(server: Server, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(server, recommender(), tmp_path) as made:
        yield made


def commands(server: Server, scope: str, language: str) -> list[str]:
    """Names in a menu, as a client in that language would show them."""
    found = [
        call.values["commands"]
        for call in server.calls
        if call.method == "setMyCommands"
        and call.values["scope"]["type"] == scope
        and call.values.get("language_code", "") == language
    ]
    return [command["command"] for command in found[-1]]


async def test_the_menus_stand_after_the_first_start_and_are_not_set_by_the_second(
    server: Server, tmp_path: Path
) -> None:
    server.world.person("Boss", "en", ADMIN)

    def asked() -> int:
        return sum(call.method.startswith("getChatMenu") for call in server.calls)

    async with running(server, recommender(), tmp_path):
        await server.wait_for(lambda: any(call.method == "setChatMenuButton" for call in server.calls))
        await server.wait_for(lambda: sum(call.method == "setMyCommands" for call in server.calls) == 8)
    for language in ("", "zh"):
        assert "start" in commands(server, "all_private_chats", language)
        assert "ask" in commands(server, "all_group_chats", language)
        assert "broadcast" in commands(server, "chat", language)
        assert "broadcast" not in commands(server, "default", language)
    server.calls.clear()
    async with running(server, recommender(), tmp_path):
        await server.wait_for(lambda: sum(call.method == "getMyCommands" for call in server.calls) == 8)
    assert asked()
    assert not any(call.method.startswith("setMy") for call in server.calls)


async def test_buttons_live_over_a_restart(server: Server, tmp_path: Path) -> None:
    lin = server.world.person("Lin", "zh-hans")
    async with running(server, recommender(), tmp_path) as bot:
        (card,) = await bot.said(lin, "推荐一部科幻电影")
    async with running(server, recommender(), tmp_path) as bot:
        liked = await bot.pressed(lin, card)
        assert liked["text"].startswith(card["text"])
        assert [kind for kind, _ in await bot.events(lin.id)][-1] == "like"


async def test_a_tap_that_was_answered_too_late_counts_without_a_word(
    bot: Running, caplog: pytest.LogCaptureFixture
) -> None:
    lin = bot.server.world.person("Lin", "zh-hans")
    (card,) = await bot.said(lin, "推荐一部科幻电影")
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    bot.server.faults.add(Fault("refuse", "answerCallbackQuery", description=too_old))
    liked = await bot.pressed(lin, card)
    assert liked["text"] != card["text"]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_an_hour_of_429_in_one_chat_is_told_to_the_admin_and_stops_nobody_else(bot: Running) -> None:
    world = bot.server.world
    lin, ann, boss = world.person("Lin", "zh-hans"), world.person("Ann", "en"), world.person("Boss", "en", ADMIN)
    bot.server.faults.add(Fault("429", "sendMessage", chat=lin.id, seconds=3600))
    lin.say("/help")
    await bot.server.wait_for(lambda: world.sent(boss.id))
    (told,) = world.sent(boss.id)
    assert "429" in told["text"]
    assert "60 minutes" in told["text"]
    assert str(lin.id) not in told["text"]
    assert await bot.said(ann, "/help")
    assert (await bot.app.store.read("SELECT count(*) FROM outbox WHERE chat_id = ?", lin.id))[0][0] == 1


@pytest.mark.parametrize("place", ["responder", "engine"])
async def test_what_breaks_is_told_to_the_admin_and_the_person_by_one_number(
    bot: Running, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Outside a turn, where the update is set aside, and inside one, which ends in an apology."""
    world = bot.server.world
    lin, boss = world.person("Lin", "zh-hans"), world.person("Boss", "en", ADMIN)
    broken = bot.app.responder if place == "responder" else type(bot.app.responder.engine)
    monkeypatch.setattr(broken, "respond", lambda *_, **__: 1 / 0)
    (sorry,) = await bot.said(lin, "推荐一部科幻电影")
    await bot.server.wait_for(lambda: world.sent(boss.id))
    (told,) = world.sent(boss.id)
    incident = next(entity for entity in told["entities"] if entity["type"] == "code")
    number = told["text"][incident["offset"] : incident["offset"] + incident["length"]]
    assert number in sorry["text"]
    assert "ZeroDivision" not in told["text"] + sorry["text"]
    monkeypatch.undo()
    assert await bot.said(lin, "推荐一部科幻电影")


async def test_healthz_says_that_it_is_the_answers_that_do_not_get_out(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.service.QUEUE_AGE_S", 0.5)
    lin, port = server.world.person("Lin", "zh-hans"), unused_port()
    async with running(server, recommender(), tmp_path, port), aiohttp.ClientSession() as client:

        async def health() -> tuple[int, dict[str, Json]]:
            async with client.get(f"http://127.0.0.1:{port}/healthz") as answer:
                return answer.status, (await answer.json())["checks"]

        assert (await health())[0] == 200
        server.faults.add(Fault("5xx", "sendMessage"))
        lin.say("/help")
        async with asyncio.timeout(10):
            while (found := await health())[1]["outbox"]["ok"]:
                pass
        assert found[0] == 503
        assert [name for name, check in found[1].items() if not check["ok"]] == ["outbox"]


async def test_no_update_is_refused_by_the_webhook_or_holds_up_the_next(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stickers, people without a name, blocks, what breaks our own code: each 200 at once, and again when repeated."""
    world, plain = server.world, inbound.read

    def read(update: Json, me: inbound.Me) -> inbound.Incoming | None:
        if "photo" in update.get("message", {}):
            raise ZeroDivisionError("test")
        return plain(update, me)

    async with running(server, recommender(), tmp_path, unused_port(), "webhook") as bot:
        monkeypatch.setattr("bot.inbound.read", read)
        lin, nobody = world.person("Lin", "zh-hans"), world.person("", None)
        group = world.group("g", [lin, nobody])
        await server.wait_for(lambda: world.sent(group.id))
        lin.say("", sticker={"file_id": "CAACAgIAAx", "emoji": "👍"})
        nobody.leave(group.id)
        lin.block()
        lin.unblock()
        assert world.updates.again(4) == 4
        lin.photo(b"x")
        lin.say("推荐一部喜剧")
        await server.wait_for(lambda: "喜剧" in str(world.sent(lin.id)[-1:]))
        await server.wait_for(lambda: not world.updates.waiting)
        assert world.updates.last_error == {}
        assert len(world.sent(lin.id)) == 2  # a line for the sticker, a pick
        aside = await bot.app.store.read("SELECT error FROM inbox WHERE state = 2")
        assert [str(error).split()[1] for (error,) in aside] == ["ZeroDivisionError"]
        assert await bot.app.store.read("SELECT inactive FROM people WHERE chat_id = ?", lin.id) == [(0,)]


async def test_whoever_blocks_us_is_not_written_to_and_is_back_with_their_next_word(bot: Running) -> None:
    lin = bot.server.world.person("Lin", "zh-hans")
    query = "SELECT inactive FROM people WHERE chat_id = ?"
    await bot.said(lin, "/help")
    bot.server.world.blocked.add(lin.id)  # and the update that would tell it is still on its way
    lin.say("/list")

    async def inactive() -> bool:
        return await bot.app.store.read(query, lin.id) == [(1,)]

    await bot.until(inactive)
    assert sum(call.status == 403 for call in bot.server.calls) == 1
    bot.server.world.blocked.clear()
    assert await bot.said(lin, "/start")
    assert await bot.app.store.read(query, lin.id) == [(0,)]


async def test_a_group_that_moves_while_it_is_answered_gets_its_answer_once(bot: Running) -> None:
    world = bot.server.world
    lin = world.person("Lin", "zh-hans")
    group = world.group("g", [lin], basic=True)
    await bot.server.wait_for(lambda: world.sent(group.id))
    bot.server.faults.add(Fault("429", "sendMessage", chat=group.id, times=1, seconds=1))
    lin.say("/ask 推荐一部喜剧", group.id)
    await bot.server.wait_for(lambda: any(call.status == 429 for call in bot.server.calls))
    new = world.migrate(group, lin)
    await bot.server.wait_for(lambda: world.sent(new.id))

    async def moved() -> bool:
        return bool(await bot.events(new.id)) and not await bot.events(group.id)

    await bot.until(moved)
    (more,) = await bot.said(lin, "/ask 再来一部", new.id)
    assert more["text"] != world.sent(new.id)[0]["text"]
    assert len(world.sent(new.id)) == 2


async def test_an_answer_to_the_second_of_three_cards_is_about_it(bot: Running) -> None:
    ann = bot.server.world.person("Ann", "en")
    *_, second, _ = await bot.said(ann, "three sci-fi films", count=4)
    title = second["text"].split("\n")[0].split(" · ")[0]
    (about,) = await bot.said(ann, "what is it about?", reply_to=second["message_id"])
    assert title in about["text"]
    await bot.said(ann, "more like this", reply_to=second["message_id"])
    query = "SELECT items FROM messages WHERE chat_id = ? AND message_id = ?"
    ((items,),) = await bot.app.store.read(query, ann.id, second["message_id"])
    assert ("similar", f"item:{str(items)[2:-2]}") in await bot.events(ann.id)
