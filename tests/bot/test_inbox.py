"""The durable inbox, on a real database; time passes only when a test says so."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from clocks import WALL, Clock
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.inbox import KEPT_S, PRUNE_S, Inbox, Limits, Received, Update
from bot.lanes import CATCH_UP_S, ORDER_S, STALE_S
from bot.outgoing import done
from core.errors import StoreError
from core.state import Statement
from core.store import SqliteStore


class FlakyStore:
    """The store, which can be told to fail."""

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.trouble, self.writes = store, False, 0

    async def write(self, statements: Sequence[Statement]) -> int:
        self.writes += 1
        if self.trouble:
            raise StoreError(self.store.path, "database or disk is full")
        return await self.store.write(statements)

    async def read(self, query: str, *values: object) -> list[tuple[object, ...]]:
        return await self.store.read(query, *values)


class Room:
    """An inbox with a handler that has one effect an update: a row of `audit`, in the transaction that ends it."""

    def __init__(self, store: SqliteStore, clock: Clock, limits: Limits = Limits(), in_order: bool = True) -> None:
        self.store, self.clock = FlakyStore(store), clock
        self.handled: list[Received] = []
        self.urgent: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.before: Callable[[Received], Awaitable[None]] | None = None
        self.hurry_fails: Callable[[Update], Exception] | None = None
        self.inbox = Inbox(
            self.store, self._handle, self._hurry, conversation, limits,
            clock=clock.wall, monotonic=clock.monotonic, sleep=clock.sleep, in_order=in_order,
        )  # fmt: skip

    async def _handle(self, received: Received) -> None:
        await self.gate.wait()
        if self.before is not None:
            await self.before(received)
        effect = "INSERT INTO audit (at, admin, command, detail) VALUES (?, ?, '', ?)"
        chat = received.key[0]
        effects = [(effect, (received.at, chat, str(update_id))) for update_id in received.update_ids]
        await self.store.write([*effects, *done(received.update_ids)])
        self.handled.append(received)

    async def _hurry(self, update: Update) -> None:
        if self.hurry_fails is not None:
            raise self.hurry_fails(update)
        self.urgent.append(update["update_id"])

    async def effects(self) -> list[int]:
        rows = await self.store.read("SELECT detail FROM audit ORDER BY id")
        return [int(str(detail)) for (detail,) in rows]

    async def idle(self, held: int = 0) -> None:
        """Until all that may be handled now is."""
        await until(lambda: self.inbox.waiting <= held and not self.inbox.figures()["at_work"])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  # the database's thread tells no event of ours
            await asyncio.sleep(0)


def conversation(update: Update) -> int | None:
    chat: int | None = update["message"]["chat"]["id"] if "message" in update else update.get("chat")
    return chat


def message(update_id: int, chat: int = 1, age: float = 0.0, at: float = WALL, **more: object) -> dict[str, object]:
    content = {"date": int(at - age), "chat": {"id": chat}, "from": {"id": chat}, "text": "来点轻松的", **more}
    return {"update_id": update_id, "message": content}


def opened(test: Callable[[SqliteStore], Awaitable[None]]) -> None:
    """Runs it on a new database."""

    async def run() -> None:
        with tempfile.TemporaryDirectory() as directory:
            store = await SqliteStore.open(Path(directory) / "a.db")
            try:
                await test(store)
            finally:
                await store.close()

    asyncio.run(run())


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path / "a.db")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def crash(room: Room) -> None:
    """Every task of the inbox ends where it stands, as by kill -9; what reached the database is committed or not."""

    def tasks() -> list[asyncio.Task[object]]:
        return [task for task in asyncio.all_tasks() if task.get_coro().__qualname__.startswith("Inbox.")]

    while ended := tasks():  # the end of one begins the next
        for task in ended:
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)
    await room.store.store.write([])  # comes after all that was on its way


# ---- on disk first, once, in order ----


async def test_put_returns_when_the_updates_are_on_disk(store: SqliteStore, clock: Clock, tmp_path: Path) -> None:
    room = Room(store, clock)
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(1), message(2, chat=-(2**62))])
    with closing(sqlite3.connect(tmp_path / "a.db")) as other:
        rows = other.execute("SELECT update_id, conversation, at, body, state FROM inbox").fetchall()
    assert [row[:2] for row in rows] == [(1, 1), (2, -(2**62))]
    assert [json.loads(row[3]) for row in rows] == [message(1), message(2, chat=-(2**62))]
    await room.inbox.stop(0)


async def test_what_is_done_leaves_its_id_alone(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock)
    await room.inbox.start()
    await room.inbox.put([message(7)])
    await room.idle()
    query = "SELECT update_id, conversation, body, state, error FROM inbox"
    assert await store.read(query) == [(7, None, None, 1, None)]
    await room.inbox.stop(1)


async def test_a_redelivered_update_has_one_effect(store: SqliteStore, clock: Clock) -> None:
    """Fault 5: in the same batch, while it waits, while it is at work, when it is done, and after a restart."""
    room = Room(store, clock)
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(1), message(1), message(2)])
    await room.inbox.put([message(2), message(3), message(1)])
    room.gate.set()
    await room.idle()
    await room.inbox.put([message(3), message(4)])
    await room.idle()
    await room.inbox.stop(1)
    again = Room(store, clock)
    await again.inbox.start()
    await again.inbox.put([message(n) for n in range(6)])
    await again.idle()
    assert await room.effects() == [1, 2, 3, 4, 0, 5]
    await again.inbox.stop(1)


async def test_parallel_deliveries_of_one_update_have_one_effect(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock, in_order=False)
    await room.inbox.start()
    await asyncio.gather(*(room.inbox.put([message(1)]) for _ in range(10)), room.inbox.put([message(2), message(1)]))
    await room.idle()
    assert await room.effects() == [1, 2]
    await room.inbox.stop(1)


@given(data=st.data())
@settings(max_examples=40)
def test_any_interleaving_of_puts_repeats_and_crashes_has_each_effect_once_and_in_order(data: st.DataObject) -> None:
    """Faults 5 and 6: whatever was confirmed is handled once, in its conversation's order."""
    chats = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=25))
    updates = [message(n, chat) for n, chat in enumerate(chats, 1)]
    limits = Limits(workers=data.draw(st.integers(1, 4)), rows=data.draw(st.integers(1, 8)))

    async def run(store: SqliteStore) -> None:
        clock, sent = Clock(), 0
        room = Room(store, clock, limits)
        await room.inbox.start()
        while sent < len(updates):
            match data.draw(st.sampled_from(["put", "repeat", "crash", "yield", "close", "open", "stop"])):
                case "put":
                    batch = updates[sent : sent + data.draw(st.integers(1, 6))]
                    await room.inbox.put(batch)
                    sent += len(batch)
                case "repeat" if sent:
                    first = data.draw(st.integers(0, sent - 1))
                    await room.inbox.put(updates[first : first + 5])  # as after a lost answer: some old, some new
                    sent = max(sent, min(first + 5, len(updates)))
                case "crash" | "stop" as end:
                    await (crash(room) if end == "crash" else room.inbox.stop(0))
                    await store.write([])
                    room = Room(store, clock, limits)
                    await room.inbox.start()
                case "yield":
                    for _ in range(data.draw(st.integers(1, 30))):
                        await asyncio.sleep(0)
                case "close":
                    room.gate.clear()
                case "open":
                    room.gate.set()
        room.gate.set()
        await room.idle()
        effects = await room.effects()
        order = defaultdict[int, list[int]](list)
        for update_id in effects:
            order[chats[update_id - 1]].append(update_id)
        assert Counter(effects) == Counter(range(1, len(updates) + 1))
        assert all(found == sorted(found) for found in order.values())
        await room.inbox.stop(1)

    opened(run)


async def test_updates_that_come_out_of_order_are_handled_in_order(store: SqliteStore, clock: Clock) -> None:
    """Fault 19: parallel deliveries of a webhook, shuffled inside a chat."""
    room = Room(store, clock, in_order=False)
    await room.inbox.start()
    await room.inbox.put([message(100)])
    await room.idle()
    await asyncio.gather(*(room.inbox.put([message(n)]) for n in (104, 102, 103)))
    await room.inbox.put([message(106)])
    assert await room.effects() == [100]
    await room.inbox.put([message(101)])
    await room.idle(held=1)
    assert await room.effects() == [100, 101, 102, 103, 104]
    await clock.advance(ORDER_S)  # 105 never comes
    await room.idle()
    await room.inbox.put([message(105)])  # or only now
    await room.idle()
    assert await room.effects() == [100, 101, 102, 103, 104, 106, 105]
    await room.inbox.stop(1)


async def test_polling_has_no_gaps(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock, in_order=True)
    await room.inbox.start()
    await room.inbox.put([message(1)])
    await room.inbox.put([message(5)])
    await room.idle()
    assert await room.effects() == [1, 5]
    await room.inbox.stop(1)


async def test_a_slow_conversation_delays_no_other(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock)
    slow = asyncio.Event()

    async def before(received: Received) -> None:
        if received.key[0] == 1:
            await slow.wait()

    room.before = before
    await room.inbox.start()
    await room.inbox.put([message(1), message(2), *(message(n, chat=n) for n in range(3, 40))])
    await until(lambda: room.inbox.waiting == 2)
    assert await room.effects() == list(range(3, 40))
    slow.set()
    await room.idle()
    assert (await room.effects())[-2:] == [1, 2]
    await room.inbox.stop(1)


async def test_taps_and_inline_queries_are_handed_over_before_the_disk_is_asked(
    store: SqliteStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    room = Room(store, clock)
    await room.inbox.start()
    room.store.trouble = True
    tap = {"update_id": 1, "callback_query": {"id": "1", "from": {"id": 1}}, "chat": 1}
    with pytest.raises(StoreError):
        await room.inbox.put([tap, {"update_id": 2, "inline_query": {"id": "2", "query": "科幻"}}, message(3)])
    await until(lambda: len(room.urgent) == 2)
    assert room.urgent == [1, 2]
    room.store.trouble = False
    await room.inbox.put([tap])
    await until(lambda: room.inbox.figures()["handled_total"] == 1)
    await room.inbox.stop(1)


async def test_an_urgent_call_that_fails_is_logged_without_words(
    store: SqliteStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    room = Room(store, clock)
    room.hurry_fails = lambda update: ValueError(f"bad {update}")
    await room.inbox.start()
    await room.inbox.put([{"update_id": 2, "inline_query": {"id": "2", "query": "秘密"}}])
    await room.idle()
    assert "秘密" not in caplog.text
    assert "ValueError at" in caplog.text
    await room.inbox.stop(1)


# ---- bounds ----


async def test_memory_is_bounded_and_the_rest_is_read_back_in_order(store: SqliteStore, clock: Clock) -> None:
    """Fault 24: a backlog of a thousand loses nothing and fills no memory."""
    room = Room(store, clock, Limits(workers=4, rows=50))
    room.gate.clear()
    await room.inbox.start()
    for first in range(0, 1000, 100):
        await room.inbox.put([message(n, chat=1 + n % 7) for n in range(first, first + 100)])
    assert room.inbox.figures()["in_memory"] <= 50
    assert room.inbox.waiting == 1000
    room.gate.set()
    await room.idle()
    effects = await room.effects()
    for chat in range(7):
        assert [n for n in effects if n % 7 == chat] == list(range(chat, 1000, 7))
    await room.inbox.stop(1)


async def test_long_updates_count_by_their_length(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock, Limits(characters=10_000))
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(n, text="x" * 4000) for n in range(20)])
    assert room.inbox.figures()["in_memory"] == 3
    room.gate.set()
    await room.idle()
    assert await room.effects() == list(range(20))
    await room.inbox.stop(1)


async def test_at_most_so_many_are_at_work(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock, Limits(workers=3))
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(n, chat=n) for n in range(1, 30)])
    assert room.inbox.figures()["at_work"] == 3
    room.gate.set()
    await room.idle()
    await room.inbox.stop(1)


async def test_polling_slows_down_before_a_backlog_and_does_not_stop(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock, Limits(backlog=2))
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.room()
    await room.inbox.put([message(1), message(2)])
    waiting = asyncio.create_task(room.inbox.room())
    await clock.advance(4.5)
    assert not waiting.done()
    await clock.advance(0.5)
    await waiting
    room.gate.set()
    await room.idle()
    await room.inbox.room()
    await room.inbox.stop(1)


# ---- what people do ----


async def test_an_album_is_handled_once(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock)
    await room.inbox.start()
    await room.inbox.put([message(1, media_group_id="a"), message(2, media_group_id="a")])
    await clock.advance(0.5)
    await room.inbox.put([message(3, media_group_id="a"), message(4)])
    await clock.advance(0.6)
    assert not room.handled
    await clock.advance(0.1)
    await room.idle()
    assert [n.update_ids for n in room.handled] == [(1, 2, 3), (4,)]
    assert await store.read("SELECT count(*) FROM inbox WHERE state = 1") == [(4,)]
    await room.inbox.stop(1)


async def test_an_album_that_a_crash_cut_in_two_is_one_item(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock)
    await room.inbox.start()
    await room.inbox.put([message(1, media_group_id="a")])
    await crash(room)
    await clock.advance(60)
    room = Room(store, clock)
    await room.inbox.start()
    await room.inbox.put([message(1, media_group_id="a"), message(2, media_group_id="a")])
    await clock.advance(0.8)
    await room.idle()
    assert [n.update_ids for n in room.handled] == [(1, 2)]
    await room.inbox.stop(1)


async def test_a_flood_gets_one_line_and_delays_nobody(store: SqliteStore, clock: Clock) -> None:
    """Fault 20: 50 messages a second of one person; the others are handled after at most one of theirs each."""
    room = Room(store, clock, Limits(workers=1))
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(n) for n in range(100)])
    await room.inbox.put([message(n, chat=n) for n in range(100, 105)])
    room.gate.set()
    await room.idle()
    effects = await room.effects()
    assert all(effects.index(n) <= 10 for n in range(100, 105))
    assert Counter(n.quiet for n in room.handled if n.key == (1, 0)) == {True: 80, False: 20}
    assert sum(n.slow_down for n in room.handled) == 1
    await room.inbox.stop(1)


async def test_a_backlog_of_a_day_is_learnt_from_and_answered_once_a_conversation(
    store: SqliteStore, clock: Clock
) -> None:
    """Fault 23: 500 old messages, which come in several polls and do not fit into memory."""
    room = Room(store, clock, Limits(rows=40))
    await room.inbox.start()
    for first in range(0, 500, 100):
        await room.inbox.put([message(n, chat=1 + n % 10, age=86_400 - n) for n in range(first, first + 100)])
        await clock.advance(0.2)
    await room.inbox.put([message(500, chat=3)])
    await until(lambda: len(room.handled) == 501 - 9)
    await clock.advance(CATCH_UP_S)
    await room.idle()
    assert sorted(await room.effects()) == list(range(501))
    assert all(n.quiet and n.stale for n in room.handled if n.update_id < 500)
    caught_up = Counter(n.key[0] for n in room.handled if n.catch_up)
    assert set(caught_up.values()) == {1}
    assert set(caught_up) - {3} == set(range(1, 11)) - {3}  # 3 has its answer
    assert [n.quiet for n in room.handled if n.update_id == 500] == [False]
    await room.inbox.stop(1)


async def test_what_lay_here_too_long_is_stale(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock)
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(1)])
    await crash(room)
    await clock.advance(STALE_S + 5)
    room = Room(store, clock)
    await room.inbox.start()
    await clock.advance(CATCH_UP_S)
    await room.idle()
    assert [(n.update_id, n.stale, n.catch_up) for n in room.handled] == [(1, True, True)]
    await room.inbox.stop(1)


# ---- what goes wrong ----


async def test_an_update_that_breaks_the_handler_is_set_aside_and_blocks_nobody(
    store: SqliteStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    room = Room(store, clock)

    async def before(received: Received) -> None:
        if received.update_id == 1:
            raise ValueError(received.body["message"]["text"]) from KeyError("我的秘密")

    room.before = before
    await room.inbox.start()
    await room.inbox.put([message(1, text="我的秘密"), message(2)])
    await room.idle()
    assert await room.effects() == [2]
    ((state, body, chat, error),) = await store.read(
        "SELECT state, body, conversation, error FROM inbox WHERE update_id = 1"
    )
    assert (state, body, chat) == (2, None, None)
    assert str(error).endswith(" ValueError")
    assert str(error).split()[0] in caplog.text
    assert "秘密" not in caplog.text
    assert room.inbox.figures()["set_aside_total"] == 1
    await room.inbox.put([message(1)])
    await room.idle()
    assert await room.effects() == [2]
    await room.inbox.stop(1)


async def test_a_statement_of_ours_that_is_wrong_sets_its_update_aside(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock)

    async def before(received: Received) -> None:
        if received.update_id == 1:
            await room.store.write([("INSERT INTO media VALUES (NULL, NULL)", ())])

    room.before = before
    await room.inbox.start()
    await room.inbox.put([message(1), message(2)])
    await room.idle()
    assert await room.effects() == [2]
    assert room.inbox.paused == 0
    await room.inbox.stop(1)


async def test_a_disk_that_is_full_keeps_updates_waiting_and_says_so(
    store: SqliteStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault 21: nothing is lost or done twice, the figure is red, and all goes on by itself."""
    room = Room(store, clock)
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(1), message(2), message(3, chat=2)])
    room.store.trouble = True
    room.gate.set()
    await until(lambda: room.inbox.paused == 2)
    with pytest.raises(StoreError):
        await room.inbox.put([message(4)])
    attempts = room.store.writes
    await clock.advance(60)
    await until(lambda: room.inbox.figures()["at_work"] == 0)
    assert room.store.writes - attempts <= 2 * 8  # with growing pauses
    assert caplog.text.count("updates wait for the database") == 1
    room.store.trouble = False
    await clock.advance(60)
    await room.idle()
    assert sorted(await room.effects()) == [1, 2, 3]
    assert room.inbox.paused == 0
    await room.inbox.put([message(4)])
    await room.idle()
    await room.inbox.stop(1)


async def test_a_database_that_another_program_locks_is_waited_for(clock: Clock, tmp_path: Path) -> None:
    """Fault 21, with a real second writer."""
    store = await SqliteStore.open(tmp_path / "a.db")
    await store.read("PRAGMA busy_timeout = 0")
    room = Room(store, clock)
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(1)])
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        room.gate.set()
        await until(lambda: room.inbox.paused == 1)
        with pytest.raises(StoreError, match="locked"):
            await room.inbox.put([message(2)])
        other.execute("ROLLBACK")
    await clock.advance(1)
    await room.idle()
    await room.inbox.put([message(2)])
    await room.idle()
    assert await room.effects() == [1, 2]
    await room.inbox.stop(1)
    await store.close()


@pytest.mark.parametrize(
    ("breaks", "mends", "reason"),
    [
        ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", "full"),  # SQLite takes as many as there are
        ("PRAGMA query_only = ON", "PRAGMA query_only = OFF", "readonly"),
    ],
)
async def test_a_database_that_is_full_or_read_only_loses_nothing(
    store: SqliteStore, clock: Clock, breaks: str, mends: str, reason: str
) -> None:
    """Fault 21, by SQLite's own errors: nothing is confirmed, nothing set aside, and all goes on when it can."""
    room = Room(store, clock)

    async def before(received: Received) -> None:
        if received.update_id == 1:
            await room.store.write([("INSERT INTO media VALUES ('x', ?)", ("x" * 100_000,))])

    room.before = before
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(1), message(2)])
    await store.read(breaks)
    room.gate.set()
    await until(lambda: room.inbox.paused == 1)
    with pytest.raises(StoreError, match=reason):
        await room.inbox.put([message(3, text="x" * 1_000_000)])
    await store.read(mends)
    await clock.advance(60)
    await room.idle()
    await room.inbox.put([message(3, text="x" * 1_000_000)])
    await room.idle()
    assert await room.effects() == [1, 2, 3]
    assert room.inbox.figures()["set_aside_total"] == 0
    await room.inbox.stop(1)


async def test_a_write_that_failed_after_it_was_made_is_found_on_disk(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock)
    await room.inbox.start()
    plain = room.store.write

    async def write(statements: Sequence[Statement]) -> int:
        await plain(statements)
        room.store.write = plain  # type: ignore[method-assign]
        raise StoreError(store.path, "disk I/O error")

    room.store.write = write  # type: ignore[method-assign]
    with pytest.raises(StoreError):
        await room.inbox.put([message(1), message(2)])
    await room.inbox.put([message(1), message(2), message(3)])  # the poller repeats
    await room.idle()
    assert await room.effects() == [1, 2, 3]
    await room.inbox.stop(1)


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 5}, {"update_id": 5, "message": None}, {"update_id": 5, "message": {}},
        {"update_id": 5, "poll_answer_of_2031": {"chat": []}}, {"update_id": 5, "message": "x" * 1_000_000},
        {"update_id": 5, "message": {"chat": {"id": 1}, "text": "\ud83d lone \x00"}},
        {"update_id": 5, "message": {"chat": {"id": 1}, "text": ""}},
        {"update_id": 5, "message": {"chat": {"id": 10**30}}},
    ],
)  # fmt: skip
async def test_an_update_of_no_known_form_is_kept_and_handled(
    store: SqliteStore, clock: Clock, update: dict[str, object]
) -> None:
    """Fault 17."""
    room = Room(store, clock)
    await room.inbox.start()
    await room.inbox.put([update, message(6)])
    await room.idle()
    assert sorted(await room.effects()) == [5, 6]
    assert [n.body for n in room.handled if n.update_id == 5] == [update]
    await room.inbox.stop(1)


async def test_an_update_too_deep_for_json_does_not_come_for_ever(store: SqliteStore, clock: Clock) -> None:
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"reply": deep}
    room = Room(store, clock)
    await room.inbox.start()
    await room.inbox.put([{"update_id": 5, "message": deep}, message(6)])
    await room.idle()
    assert sorted(await room.effects()) == [5, 6]
    await room.inbox.stop(1)
    while deep:  # link by link: all at once is too deep for the interpreter, too
        deep = deep.popitem()[1]  # type: ignore[assignment]


@pytest.mark.parametrize(
    "update", [{}, {"update_id": "7"}, {"update_id": -1}, {"update_id": 2**63}, [], None, {"update_id": True}]
)
async def test_an_update_without_an_id_is_left_out(store: SqliteStore, clock: Clock, update: object) -> None:
    room = Room(store, clock)
    await room.inbox.start()
    await room.inbox.put([update, message(6)])  # type: ignore[list-item]
    await room.idle()
    assert await room.effects() == [6]
    await room.inbox.stop(1)


async def test_a_spoiled_row_is_an_update_without_content(store: SqliteStore, clock: Clock) -> None:
    await store.write([("INSERT INTO inbox (update_id, at, body) VALUES (1, 1, '{')", ()), *insert(2)])
    room = Room(store, clock)
    await room.inbox.start()
    await room.idle()
    assert sorted(await room.effects()) == [1, 2]
    await room.inbox.stop(1)


def insert(update_id: int, state: int = 0, at: float = WALL) -> list[Statement]:
    body = json.dumps(message(update_id))
    return [
        (
            "INSERT INTO inbox (update_id, conversation, at, body, state) VALUES (?, 1, ?, ?, ?)",
            (update_id, at, body, state),
        )
    ]


# ---- begin and end ----


async def test_stop_finishes_what_is_at_work_and_leaves_the_rest(store: SqliteStore, clock: Clock) -> None:
    """Fault 7."""
    room = Room(store, clock, Limits(workers=2))
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(n, chat=n) for n in range(1, 6)])
    stopping = asyncio.create_task(room.inbox.stop(5))
    await asyncio.sleep(0)
    await room.inbox.put([message(6)])  # kept, not begun
    room.gate.set()
    await stopping
    assert await room.effects() == [1, 2]
    again = Room(store, clock)
    await again.inbox.start()
    await again.idle()
    assert await room.effects() == [1, 2, 3, 4, 5, 6]
    await again.inbox.stop(1)


async def test_stop_does_not_wait_for_a_handler_that_hangs(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock)
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(1)])
    await room.inbox.stop(0)
    assert await store.read("SELECT state FROM inbox") == [(0,)]


async def test_ids_are_kept_for_eight_days_and_waiting_ones_for_ever(store: SqliteStore, clock: Clock) -> None:
    await store.write(
        [
            *insert(1, 1, WALL), *insert(2, 2, WALL), *insert(3, 1, WALL + PRUNE_S * 2),
            *[("INSERT INTO turn_keys VALUES (?)", (key,)) for key in ("t:1", "t:2", "t:3", "c:1")],
        ]
    )  # fmt: skip
    room = Room(store, clock)
    room.gate.clear()
    await room.inbox.start()
    await room.inbox.put([message(4)])
    await until(lambda: room.store.writes == 2)  # it looks once at the start
    clock.now = KEPT_S + PRUNE_S
    await clock.advance(0)
    await until(lambda: room.store.writes == 4)  # the last round finds nothing
    assert await store.read("SELECT group_concat(update_id) FROM inbox") == [("3,4",)]
    assert await store.read("SELECT group_concat(key) FROM turn_keys") == [("c:1,t:3",)]
    await room.inbox.stop(0)


async def test_figures_say_what_waits_and_for_how_long(store: SqliteStore, clock: Clock) -> None:
    room = Room(store, clock, Limits(workers=1, rows=2))
    room.gate.clear()
    await room.inbox.start()
    assert room.inbox.oldest_age() is None
    await room.inbox.put([message(n) for n in range(5)])
    await clock.advance(30)
    assert room.inbox.oldest_age() == pytest.approx(30)
    figures = room.inbox.figures()
    assert (figures["waiting"], figures["at_work"], figures["received_total"]) == (5, 1, 5)
    room.gate.set()
    await room.idle()
    assert room.inbox.figures()["handled_total"] == 5
    await room.inbox.stop(1)


_CHILD = """
import asyncio, sys
from pathlib import Path
from bot.inbox import Inbox
from bot.outgoing import done
from core.store import SqliteStore

async def main():
    store = await SqliteStore.open(Path(sys.argv[1]))
    async def handle(received):
        effect = "INSERT INTO audit (at, admin, command, detail) VALUES (0, 0, '', ?)"
        effects = [(effect, (str(update_id),)) for update_id in received.update_ids]
        await store.write([*effects, *done(received.update_ids)])
    async def hurry(update): ...
    inbox = Inbox(store, handle, hurry, lambda update: update["message"]["chat"]["id"], in_order=True)
    await inbox.start()
    first = 0
    while True:
        batch = [{"update_id": n, "message": {"chat": {"id": 1 + n % 40}}} for n in range(first, first + 20)]
        await inbox.put(batch)
        first += 20
        print(first, flush=True)  # confirmed

asyncio.run(main())
"""


@pytest.fixture
def killed(tmp_path: Path, root: Path) -> int:
    """A process took updates into `tmp_path` and was killed at work; how many it had confirmed."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(tmp_path / "a.db")],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    confirmed = 0
    with child.stdout:
        while confirmed < 1000:
            confirmed = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        confirmed = max([confirmed, *map(int, child.stdout.read().split("\n")[:-1])])
    child.wait()
    return confirmed


async def test_kill_9_under_load_loses_and_doubles_nothing(tmp_path: Path, killed: int, clock: Clock) -> None:
    """Fault 6, of the inbox: what was confirmed before SIGKILL has one effect each after the next start."""
    confirmed = killed
    store = await SqliteStore.open(tmp_path / "a.db")
    room = Room(store, clock)
    before = await room.effects()
    await room.inbox.start()
    await room.inbox.put([message(n, chat=1 + n % 40) for n in range(confirmed - 40, confirmed)])
    await clock.advance(CATCH_UP_S)  # by this clock, the other process is long ago
    await room.idle()
    effects = await room.effects()
    assert len(before) < len(effects) or len(before) == confirmed
    assert set(effects) >= set(range(confirmed))
    assert max(Counter(effects).values()) == 1
    for chat in range(40):
        found = [n for n in effects if n % 40 == chat]
        assert found == sorted(found)
    await room.inbox.stop(1)
    await store.close()
