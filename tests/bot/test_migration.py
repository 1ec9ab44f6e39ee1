"""A group that gets a new id takes along what is known of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from chat_world import GROUP, LIN, MEI, World, open_world

from bot.migration import migrate
from bot.outgoing import About, Outgoing, done, insert

OLD, NEW = -301, GROUP
TABLES = (
    ("chats", "chat_id"), ("feedback", "chat_id"), ("slates", "chat_id"), ("people", "chat_id"),
    ("messages", "chat_id"), ("messages", "conversation"), ("heard", "conversation"), ("outbox", "chat_id"),
    ("outbox", "conversation"), ("broadcast_targets", "chat_id"), ("blocked", "chat_id"), ("inbox", "conversation"),
)  # fmt: skip


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await open_world(tmp_path)
    yield world
    await world.outbox.stop(1.0)
    await world.app.close()


async def left(world: World, chat: int) -> set[str]:
    """Tables that still speak of the chat."""
    found = set()
    for table, column in TABLES:
        if await world.store.read(f"SELECT 1 FROM {table} WHERE {column} = ?", chat):
            found.add(f"{table}.{column}")
    return found


async def moved(world: World, old: int = OLD, new: int = NEW) -> None:
    await world.update({"message": {"message_id": 1, "date": 0, "chat": {"id": old}, "migrate_to_chat_id": new}})
    await world.update({"message": {"message_id": 1, "date": 0, "chat": {"id": new}, "migrate_from_chat_id": old}})


async def test_everything_that_a_group_has_told_goes_on_under_its_new_id(world: World) -> None:
    await world.say("/ask 喜欢科幻片，推荐一部", chat=OLD)
    await world.say("/ask 《泰坦尼克号》不好看", MEI, OLD)
    told = await world.events(OLD)
    assert told
    await moved(world)
    assert await world.events(NEW) == told
    assert await left(world, OLD) == set()
    state = await world.store.load(NEW)
    assert state is not None
    assert state.chat_id == NEW
    before = state.turn
    await world.say("/ask 换一批", chat=NEW)
    state = await world.store.load(NEW)
    assert state is not None
    assert state.turn == before + 1
    assert world.texts(NEW)


async def test_told_of_it_by_all_at_the_same_time_nothing_is_lost(world: World) -> None:
    await world.say("/ask 喜欢科幻片，推荐一部", chat=OLD)
    told, state = await world.events(OLD), await world.store.load(OLD)
    assert state is not None
    await asyncio.gather(*(migrate(world.store, OLD, NEW) for _ in range(3)))
    assert await world.events(NEW) == told
    assert await world.store.load(NEW) == replace(state, chat_id=NEW)
    assert await left(world, OLD) == set()


async def test_a_group_of_which_nothing_was_known_moves_without_a_word(world: World) -> None:
    await moved(world)
    assert await left(world, OLD) == set()
    assert not world.telegram.calls
    assert not await world.undone()


@pytest.mark.parametrize(("more", "less"), [(OLD, NEW), (NEW, OLD)])
async def test_where_both_have_talked_the_one_that_told_more_goes_on(world: World, more: int, less: int) -> None:
    await world.say("/ask 喜欢科幻片", chat=more)
    await world.say("/ask 不喜欢恐怖片", chat=more)
    await world.say("/ask 喜欢爱情片", chat=less)
    told = await world.events(more)
    assert len(told) > len(await world.events(less)) > 0
    await moved(world)
    assert await world.events(NEW) == told
    assert await left(world, OLD) == set()


async def test_asked_again_nothing_more_is_moved(world: World) -> None:
    await world.say("/ask 喜欢科幻片", chat=OLD)
    await moved(world)
    await world.say("/ask 喜欢爱情片", chat=NEW)
    told = await world.events(NEW)
    await moved(world)
    assert await world.events(NEW) == told


async def test_who_was_blocked_stays_blocked(world: World) -> None:
    await world.store.write([("INSERT INTO blocked VALUES (?, 0)", (chat,)) for chat in (OLD, NEW)])
    await moved(world)
    assert await left(world, OLD) == set()
    assert await world.store.read("SELECT chat_id FROM blocked") == [(NEW,)]


async def test_what_was_to_be_sent_is_sent_to_the_new_id(world: World) -> None:
    message = Outgoing("sendMessage", {"chat_id": OLD, "text": "好"}, OLD, About(1, "text"))
    await world.store.write([*insert([message]), ("UPDATE outbox SET due = 1e12", ())])
    await migrate(world.store, OLD, NEW, done([1]))
    query = "SELECT chat_id, conversation, json_extract(payload, '$.chat_id') FROM outbox"
    assert await world.store.read(query) == [(NEW, NEW, NEW)]
    await world.store.write([("DELETE FROM outbox", ())])


async def test_other_chats_stay_as_they_are(world: World) -> None:
    await world.say("喜欢科幻片，推荐一部")
    before = await left(world, LIN)
    await moved(world)
    assert await left(world, LIN) == before
