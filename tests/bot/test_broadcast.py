"""A broadcast reaches everybody who takes it, once, wherever the process ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.broadcast import AT_ONCE, DONE, OPT_OUT, RUNNING, STOPPED, Broadcasts, Standing
from core.store import SqliteStore

NOW = 1_770_000_000.0


class Outbox:
    """Empties the outbox as the real one leaves the database: sent is remembered, refused makes inactive."""

    def __init__(self, store: SqliteStore, refused: frozenset[int] = frozenset()) -> None:
        self.store, self.refused = store, refused
        self.got: list[int] = []
        self.payloads: list[dict[str, object]] = []
        self.deepest = 0

    async def send(self, most: int = 1000) -> None:
        rows = await self.store.read(
            "SELECT id, chat_id, about, priority, payload FROM outbox ORDER BY id LIMIT ?", most
        )
        self.deepest = max(self.deepest, len(rows))
        for number, chat, about, priority, payload in rows:
            assert priority == 2
            self.payloads.append(json.loads(str(payload)))
            chat = int(str(chat))
            gone = ("DELETE FROM outbox WHERE id = ?", (number,))
            if chat in self.refused:
                await self.store.write([gone, ("UPDATE people SET inactive = 1 WHERE chat_id = ?", (chat,))])
                continue
            self.got.append(chat)
            kind = json.loads(str(about))["kind"]
            message = "INSERT INTO messages VALUES (?, ?, ?, 0, ?, '[]', ?)"
            await self.store.write([gone, (message, (chat, len(self.got), chat, kind, NOW))])


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    made = await SqliteStore.open(tmp_path / "jianyan.db")
    yield made
    await made.close()


async def meet(store: SqliteStore, count: int, kind: str = "private", first: int = 1, **columns: int) -> None:
    names = ", ".join(("chat_id", "kind", "language", "first_at", "last_at", *columns))
    marks = ", ".join("?" * (5 + len(columns)))
    await store.write(
        [
            (f"INSERT INTO people ({names}) VALUES ({marks})", (chat, kind, "zh", NOW, NOW, *columns.values()))
            for chat in range(first, first + count)
        ]
    )


async def nothing(_: Standing, __: bool) -> None:
    """Nobody watches."""


def broadcasts(store: SqliteStore, outbox: Outbox) -> Broadcasts:
    async def sleep(_: float) -> None:
        await outbox.send()

    return Broadcasts(store, lambda: None, lambda: NOW, sleep)


async def test_it_reaches_all_who_take_it_and_nobody_else(store: SqliteStore) -> None:
    await meet(store, 60)
    await meet(store, 3, first=100, news=0)
    await meet(store, 3, first=200, inactive=1)
    await meet(store, 3, "group", first=300)
    await store.write([("INSERT INTO blocked VALUES (5, 0)", ())])
    outbox = Outbox(store, frozenset({7}))
    job, told = broadcasts(store, outbox), []

    async def watch(standing: Standing, over: bool) -> None:
        told.append((standing, over))

    assert await job.audience() == 59
    number = await job.draft(1, "今晚十点维护")
    assert await job.begin(number)
    assert not await job.begin(number), "a second tap changes nothing"
    await job.run(number, watch)
    assert sorted(outbox.got) == [chat for chat in range(1, 61) if chat not in (5, 7)]
    assert told[-1] == (Standing(number, DONE, 0, 58, 1, 0), True)
    assert outbox.deepest <= AT_ONCE
    assert await job.running() == ()


async def test_a_draft_sends_nothing_and_can_be_dropped(store: SqliteStore) -> None:
    await meet(store, 3)
    outbox = Outbox(store)
    job = broadcasts(store, outbox)
    number = await job.draft(1, "hello")
    await outbox.send()
    assert await job.stop(number) == (number,)
    assert not await job.begin(number)
    assert outbox.got == []
    assert not await job.begin(99)


async def test_stop_ends_it_and_tells_how_many_were_not_written_to(store: SqliteStore) -> None:
    await meet(store, 100)
    outbox = Outbox(store)
    job = broadcasts(store, outbox)
    number = await job.draft(1, "hello")
    await job.begin(number)
    last: list[Standing] = []

    async def watch(standing: Standing, _: bool) -> None:
        last.append(standing)
        if standing.sent >= AT_ONCE:
            await job.stop()

    await job.run(number, watch)
    assert last[-1].state == STOPPED
    assert last[-1].sent == len(outbox.got) <= 3 * AT_ONCE
    assert last[-1].waiting == 100 - last[-1].sent


async def test_who_leaves_meanwhile_is_skipped(store: SqliteStore) -> None:
    await meet(store, 40)
    outbox = Outbox(store)
    job = broadcasts(store, outbox)
    number = await job.draft(1, "hello")
    await job.begin(number)
    await store.write(
        [("UPDATE people SET news = 0 WHERE chat_id = 40", ()), ("DELETE FROM people WHERE chat_id = 39", ())]
    )
    await job.run(number, nothing)
    assert await job.standing(number) == Standing(number, DONE, 0, 38, 0, 2)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 30), min_size=1, max_size=6))
async def test_killed_anywhere_and_begun_again_it_reaches_each_once(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    store = await SqliteStore.open(tmp_path_factory.mktemp("killed") / "jianyan.db")
    await meet(store, 70)
    outbox = Outbox(store)
    number = await Broadcasts(store, lambda: None, lambda: NOW).draft(1, "hello")
    await Broadcasts(store, lambda: None, lambda: NOW).begin(number)
    for cut in cuts:
        left = cut

        async def sleep(_: float) -> None:
            nonlocal left
            await outbox.send(min(left, 20))
            left -= 20
            if left <= 0:
                raise asyncio.CancelledError  # the process ends here

        try:
            await Broadcasts(store, lambda: None, lambda: NOW, sleep).run(number, nothing)
        except asyncio.CancelledError:
            assert await Broadcasts(store, lambda: None, lambda: NOW).running() == (number,)
    await broadcasts(store, outbox).run(number, nothing)
    standing = await broadcasts(store, outbox).standing(number)
    await store.close()
    assert sorted(outbox.got) == list(range(1, 71))
    assert standing == Standing(number, DONE, 0, 70, 0, 0)


async def test_trouble_with_the_database_is_waited_out(store: SqliteStore, caplog: pytest.LogCaptureFixture) -> None:
    await meet(store, 3)
    outbox = Outbox(store)
    job = broadcasts(store, outbox)
    number = await job.draft(1, "hello")
    await job.begin(number)
    broken = True

    async def watch(_: Standing, __: bool) -> None:
        nonlocal broken
        if broken:
            broken = False
            raise OSError("disk full")

    await job.run(number, watch)
    assert sorted(outbox.got) == [1, 2, 3]
    assert "a round failed" in caplog.text


async def test_each_gets_the_words_as_they_are_and_a_way_out(store: SqliteStore) -> None:
    await meet(store, 1)
    outbox = Outbox(store)
    job = broadcasts(store, outbox)
    number = await job.draft(1, "<b>5 & 6</b> _x_")
    await job.begin(number)
    assert (await job.standing(number)).state == RUNNING
    await job.run(number, nothing)
    (payload,) = outbox.payloads
    assert payload["text"] == "<b>5 & 6</b> _x_"
    assert "parse_mode" not in payload
    assert payload["reply_markup"] == {"inline_keyboard": [[{"text": "不再收这类消息", "callback_data": OPT_OUT}]]}
