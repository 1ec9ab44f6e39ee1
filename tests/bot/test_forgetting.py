"""Whoever asks to be forgotten leaves nothing, whatever is on its way meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from chat_world import FORUM, LIN, MEI, Telegram, World, open_world

from bot.inbound import topic
from bot.lanes import Received


@dataclass(eq=False)
class Slow(Telegram):
    """Takes calls when the gate is open."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, method: str, parameters: Mapping[str, object]) -> Any:
        self.called.set()
        await self.gate.wait()
        return await Telegram.__call__(self, method, parameters)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await open_world(tmp_path)
    yield world
    await world.outbox.stop(1.0)
    await world.app.close()


async def traces(world: World, *ids: int) -> set[str]:
    """Tables in which one of these ids stands, in whatever column, alone or within a text."""
    found = set()
    for (table,) in await world.store.read("SELECT name FROM sqlite_schema WHERE type = 'table'"):
        for row in await world.store.read(f"SELECT * FROM {table}"):
            if any(str(one) in str(value) for one in ids for value in row):
                found.add(str(table))
    return found


async def begun(world: World, text: str) -> None:
    """Handles a message and does not wait until its answer is sent."""
    number = next(world.updates)
    world.now += 20
    await world.store.write([("INSERT INTO inbox (update_id, at, body) VALUES (?, ?, '{}')", (number, world.now))])
    update = {"update_id": number, "message": world.message(text)}
    await world.conversation.handle(Received(number, update, world.now, (number,)))


async def test_no_column_of_any_table_names_a_chat_that_was_forgotten(world: World) -> None:
    said = await world.say("我喜欢《她》，推荐三部科幻电影")
    await world.tap("👍")
    await world.say("/settings")
    await world.tap("🔔 通知：收")
    await world.say("推荐一部喜剧", MEI)
    assert await traces(world, LIN)
    await world.say("/forget")
    await world.tap("对，全删")
    assert await traces(world, LIN) == set()
    assert await traces(world, MEI)
    await world.edit(said, "我喜欢爱情片")  # of what is no longer known
    assert await traces(world, LIN) == set()


async def test_no_is_no(world: World) -> None:
    await world.say("我喜欢《她》")
    told = await world.events()
    await world.say("/forget")
    label = next(b for row in world.labels(world.seen()[-1]) for b in row if b != "对，全删")
    await world.tap(label)
    assert await world.events() == told


async def test_a_tap_on_a_card_of_before_brings_nothing_back_but_itself(world: World) -> None:
    await world.say("我喜欢《她》，推荐一部科幻电影")
    await world.say("/forget")
    await world.tap("对，全删")
    await world.tap("👍")
    assert [kind for kind, _ in await world.events()] == ["like"]


async def test_what_is_sent_while_a_chat_is_forgotten_is_not_remembered(tmp_path: Path) -> None:
    telegram = Slow()
    world = await open_world(tmp_path, telegram=telegram)
    await begun(world, "推荐三部科幻电影")
    await telegram.called.wait()
    await begun(world, "/forget")
    await begun(world, "对，全删")
    telegram.gate.set()
    await world.outbox.drained()
    assert await traces(world, LIN) == set()
    assert len(world.texts()) == 2  # the one on the wire, and that it is done
    await world.outbox.stop(1.0)
    await world.app.close()


async def test_a_topic_is_forgotten_without_its_neighbours(world: World) -> None:
    for thread in (7, 8):
        inside = {"message_thread_id": thread, "is_topic_message": True}
        await world.say("/ask@jianyan_demo_bot 我喜欢《她》，推荐一部", chat=FORUM, **inside)
    await world.say("/forget@jianyan_demo_bot", chat=FORUM, message_thread_id=7, is_topic_message=True)
    await world.tap("对，全删", chat=FORUM)
    assert await traces(world, topic(FORUM, 7)) == set()
    assert await world.events(topic(FORUM, 8))
