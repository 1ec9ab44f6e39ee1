"""The outbox on a real database, before a Telegram that fails by script; time passes only when a test says so."""

import asyncio
import heapq
import json
import logging
import tempfile
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.budgets import Budget, Limits
from bot.migration import migrate
from bot.outbox import Outbox
from bot.outgoing import BROADCAST, PROGRESS, About, Outgoing, insert, met
from bot.transport import NotSent, Unanswered
from core.errors import StoreError
from core.state import Statement
from core.store import SqliteStore

WALL = 1_800_000_000.0
DAY_S = 86400.0
FAST = Limits(Budget(1e6, 1e6), Budget(1e6, 1e6), Budget(1e6, 1e6))


class Clock:
    """Time that stands still. `monotonic` began long before, as it does on a machine that has been up for weeks."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def wall(self) -> float:
        return WALL + self.now

    def monotonic(self) -> float:
        return 3_000_000.0 + self.now

    async def sleep(self, seconds: float) -> None:
        self.slept += 1
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), future))
        await future

    def ring(self, until: float) -> bool:
        """Wakes the one who is due first, until then; False if nobody is."""
        while self._sleepers and self._sleepers[0][0] <= until:
            due, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                self.now = max(self.now, due)
                future.set_result(None)
                return True
        self.now = until
        return False


class FlakyStore:
    """The store, whose next reads and writes can be told to fail. closes: with what text a write fails.

    under_way: of reads, writes and moves; a disk takes its time on a thread of its own.
    """

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.bad_reads, self.bad_writes, self.closes = store, 0, 0, ""
        self.under_way = 0

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1

    async def write(self, statements: Sequence[Statement]) -> int:
        if self.bad_writes and any(self.closes in query for query, _ in statements):
            self.bad_writes -= 1
            raise StoreError(self.store.path, "database or disk is full")
        with self._under_way():
            return await self.store.write(statements)

    async def read(self, query: str, *values: object) -> list[tuple[object, ...]]:
        if self.bad_reads:
            self.bad_reads -= 1
            raise StoreError(self.store.path, "database is locked")
        with self._under_way():
            return await self.store.read(query, *values)

    async def migrate(self, old: int, new: int) -> None:
        with self._under_way():
            await migrate(self.store, old, new)


class Lost(Exception):
    """The script's word for: Telegram accepts it, and then says this."""

    def __init__(self, error: TelegramError) -> None:
        super().__init__()
        self.error = error


Fault = TelegramError | Lost | None


class Telegram:
    """Accepts what the script lets it. faults: of a chat, in order; then all is well. always: what a chat always says.

    calls: (when, method, parameters) of all; accepted: of those that had an effect.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.faults: defaultdict[int, list[Fault]] = defaultdict(list)
        self.always: dict[int, TelegramError] = {}
        self.script: list[Fault] = []  # of any chat
        self.calls: list[tuple[float, str, Mapping[str, Any]]] = []
        self.fates: list[tuple[str, Fault]] = []  # text -> what became of that call
        self.accepted: list[tuple[float, str, Mapping[str, Any]]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._ids = count(100)

    async def __call__(self, method: str, parameters: Mapping[str, object]) -> Any:  # JSON
        chat = int(str(parameters["chat_id"]))
        self.calls.append((self.clock.now, method, dict(parameters)))
        await self.gate.wait()
        fault: Fault = self.always.get(chat)
        if fault is None and self.faults[chat]:
            fault = self.faults[chat].pop(0)
        elif fault is None and self.script:
            fault = self.script.pop(0)
        self.fates.append((str(parameters.get("text")), fault))
        if isinstance(fault, TelegramError):
            raise fault
        self.accepted.append((self.clock.now, method, dict(parameters)))
        if isinstance(fault, Lost):
            raise fault.error
        result: dict[str, Any] = {"message_id": parameters.get("message_id", next(self._ids)), "chat": {"id": chat}}
        if "photo" in parameters:
            result["photo"] = [{"file_id": "small"}, {"file_id": "large"}]
        return result

    def texts(self, chat: int | None = None) -> list[str]:
        told = [parameters for _, _, parameters in self.accepted if chat in (None, parameters["chat_id"])]
        return [str(one.get("text", one.get("caption"))) for one in told]


class World:
    def __init__(self, store: SqliteStore, limits: Limits = FAST) -> None:
        self.clock = Clock()
        self.disk, self.limits, self.alarms = FlakyStore(store), limits, list[float]()
        self.telegram = Telegram(self.clock)
        self.call: Callable[[str, Mapping[str, object]], Awaitable[Any]] = self.telegram
        self.outbox = self.process()

    def process(self) -> Outbox:
        return Outbox(
            self.disk, lambda *asked: self.call(*asked), self.limits, migrate=self.disk.migrate,
            alarm=self.alarms.append, clock=self.clock.wall, monotonic=self.clock.monotonic, sleep=self.clock.sleep,
        )  # fmt: skip

    async def start(self) -> None:
        await self.outbox.start()
        await self.settle()

    async def send(self, *messages: Outgoing) -> None:
        await self.disk.store.write(insert(messages))
        self.outbox.wake()
        await self.settle()

    async def settle(self) -> None:
        """Until nothing more happens without time."""
        same, before = 0, None
        async with asyncio.timeout(20):
            while same < 3:
                for _ in range(20):
                    await asyncio.sleep(0)
                if self.disk.under_way:
                    same = 0
                rows = await self.disk.store.read("SELECT id, state, tries, due, method FROM outbox")
                now = (len(self.telegram.calls), len(self.telegram.fates), self.clock.slept, rows)
                same, before = (same + 1 if now == before else 0), now

    async def advance(self, seconds: float) -> None:
        until = self.clock.now + seconds
        await self.settle()
        while self.clock.ring(until):
            await self.settle()

    async def crash(self) -> None:
        """kill -9: every task ends where it stands; the database keeps what reached it. A new process stands ready."""
        while ended := [t for t in asyncio.all_tasks() if t.get_coro().__qualname__.startswith("Outbox.")]:  # type: ignore[union-attr]
            for task in ended:
                task.cancel()
            await asyncio.gather(*ended, return_exceptions=True)
        await self.disk.store.write([])  # comes after all that was on its way
        self.outbox = self.process()

    async def rows(self) -> list[str]:
        """Texts on disk."""
        return [json.loads(str(p))["text"] for (p,) in await self.disk.store.read("SELECT payload FROM outbox")]

    async def left(self) -> int:
        return int(str((await self.disk.store.read("SELECT count(*) FROM outbox"))[0][0]))


def say(chat: int, text: str, priority: int = 0, about: About | None = None, **more: object) -> Outgoing:
    return Outgoing("sendMessage", {"chat_id": chat, "text": text, **more}, chat, about, priority)


def edit(chat: int, message_id: int, text: str, priority: int = 0, about: About | None = None) -> Outgoing:
    payload = {"chat_id": chat, "message_id": message_id, "text": text, "parse_mode": "HTML"}
    return Outgoing("editMessageText", payload, chat, about, priority)


def photo(chat: int, caption: str, item: str = "m1") -> Outgoing:
    payload = {"chat_id": chat, "photo": "id-of-picture", "caption": caption, "parse_mode": "HTML"}
    return Outgoing("sendPhoto", payload, chat, About(3, "card", (item,), item))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = await SqliteStore.open(tmp_path / "a.db")
    world = World(store)
    yield world
    world.telegram.gate.set()
    await world.outbox.stop(5)
    await store.close()


# ---- in order, and remembered ----


async def test_a_chat_is_served_in_order_and_what_was_sent_is_remembered(world: World) -> None:
    await world.start()
    await world.send(say(1, "a", about=About(7, "card", ("m1", "m2"))), say(1, "b"), photo(2, "c"))
    assert world.telegram.texts(1) == ["a", "b"]
    assert await world.left() == 0
    query = "SELECT m.chat_id, m.message_id, conversation, turn, kind, items FROM messages m ORDER BY 1"
    first, second = await world.disk.store.read(query)
    assert first == (1, first[1], 1, 7, "card", '["m1", "m2"]')
    assert second[2:] == (2, 3, "card", '["m1"]')
    assert await world.disk.store.read("SELECT * FROM media") == [("m1", "large")]
    assert world.outbox.figures()["sent_total"] == 3


async def test_an_answer_overtakes_a_broadcast_of_its_chat(world: World) -> None:
    world.telegram.faults[1] = [RetryAfter(9)]
    await world.start()
    await world.send(say(1, "news 1", BROADCAST), say(1, "news 2", BROADCAST))
    await world.send(say(1, "answer"))
    await world.advance(60)
    assert world.telegram.texts() == ["answer", "news 1", "news 2"]


async def test_progress_of_one_message_is_shown_at_most_every_second_and_a_half(world: World) -> None:
    await world.start()
    for n in range(20):
        await world.send(edit(1, 5, f"{n}", PROGRESS))
        await world.advance(0.25)
    await world.advance(5)
    times = [at for at, _, _ in world.telegram.accepted]
    assert all(b - a >= 1.5 - 1e-6 for a, b in zip(times, times[1:], strict=False))
    assert world.telegram.texts()[0] == "0"
    assert world.telegram.texts()[-1] == "19"
    assert len(times) <= 5


async def test_what_was_forgotten_meanwhile_is_not_sent(world: World) -> None:
    world.telegram.faults[1] = [RetryAfter(30)]
    await world.start()
    await world.send(say(1, "a", about=About(1, "card")), say(1, "b"), say(2, "c"))
    await world.disk.store.forget(1)
    await world.advance(60)
    assert world.telegram.texts() == ["c"]
    assert world.outbox.waiting == 0


# ---- fault 1 and 2: 429 ----


async def test_a_429_of_one_chat_delays_only_that_chat_and_loses_nothing(world: World) -> None:
    """Fault 1."""
    world.telegram.faults[1] = [RetryAfter(7)]
    await world.start()
    await world.send(say(1, "a"), say(1, "b"), say(2, "c"), say(2, "d"), say(-3, "e"))
    assert sorted(world.telegram.texts()) == ["c", "d", "e"]
    await world.advance(6.9)
    await world.send(say(4, "f"))
    assert world.telegram.texts(1) == []
    assert world.telegram.texts(4) == ["f"]
    await world.advance(0.2)
    assert world.telegram.texts(1) == ["a", "b"]
    assert await world.left() == 0


async def test_edits_that_wait_for_a_429_become_one(world: World) -> None:
    """Fault 1."""
    world.telegram.faults[1] = [RetryAfter(20)]
    world.telegram.gate.clear()
    await world.start()
    await world.send(edit(1, 5, "one"))
    await world.send(edit(1, 5, "two"), edit(1, 6, "other"))
    world.telegram.gate.set()
    await world.settle()
    await world.send(edit(1, 5, "three"))
    await world.advance(30)
    assert sorted(world.telegram.texts()) == ["other", "three"]
    assert await world.left() == 0


async def test_a_429_here_and_there_does_not_halt_the_others(world: World) -> None:
    """Fault 1: 2 % of the chats, as long as others are served between."""
    await world.start()
    for chat in range(1, 31):
        if chat % 6 == 0:
            world.telegram.faults[chat] = [RetryAfter(30)]
        await world.send(say(chat, f"{chat}"))
    assert len(world.telegram.accepted) == 25
    await world.advance(31)
    assert Counter(world.telegram.texts()) == Counter(str(chat) for chat in range(1, 31))


async def test_where_nobody_is_served_all_wait_but_not_for_an_hour(world: World) -> None:
    for chat in (1, 2, 3):
        world.telegram.faults[chat] = [RetryAfter(3600)]
    await world.start()
    await world.send(say(1, "a"), say(2, "b"), say(3, "c"))
    await world.send(say(4, "d"))
    assert world.telegram.texts() == []
    await world.advance(60)
    assert world.telegram.texts() == ["d"]


async def test_a_long_429_is_told_to_the_operator_once_and_outlives_a_restart(world: World) -> None:
    """Fault 2; and what is due in the future is due after the restart too."""
    world.telegram.faults[1] = [RetryAfter(3600), RetryAfter(3600)]
    await world.start()
    await world.send(say(1, "late"), say(1, "later"), say(2, "b"))
    await world.advance(1800)
    await world.outbox.stop(5)
    await world.crash()
    await world.start()
    await world.send(say(3, "c"))
    await world.advance(1790)
    assert [p["text"] for _, _, p in world.telegram.calls] == ["late", "b", "c"]
    await world.advance(3700)
    assert world.telegram.texts() == ["b", "c", "late", "later"]
    assert len(world.alarms) in (1, 2)  # one a process
    assert set(world.alarms) == {3600}
    assert await world.left() == 0


# ---- fault 3 and 4: no answer, or none that says anything ----


async def test_what_a_5xx_refused_is_tried_again(world: World) -> None:
    """Fault 3."""
    world.telegram.faults[1] = [NetworkError("Bad Gateway (502)"), NetworkError("Internal Server Error (500)")]
    await world.start()
    await world.send(say(1, "a"), say(1, "b"))
    await world.advance(300)
    assert world.telegram.texts() == ["a", "b"]


async def test_what_is_refused_by_every_5xx_is_given_up_and_the_next_goes(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault 3: bounded. The log has a line, without what was said."""
    world.telegram.faults[1] = [NetworkError("Bad Gateway (502)")] * 5
    await world.start()
    world.telegram.always[1] = NetworkError("Bad Gateway (502)")
    await world.send(say(1, "secret"))
    await world.advance(DAY_S)
    assert await world.left() == 0
    assert 3 <= len(world.telegram.calls) <= 10
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert "secret" not in caplog.text
    world.telegram.always.clear()
    await world.send(say(1, "next"))
    await world.advance(60)
    assert world.telegram.texts()[-1] == "next"


@pytest.mark.parametrize("error", [TimedOut(), Unanswered("the connection broke: ServerDisconnectedError")])
async def test_a_card_whose_answer_was_lost_is_not_sent_again(world: World, error: TelegramError) -> None:
    """Fault 4."""
    world.telegram.faults[1] = [Lost(error)]
    await world.start()
    await world.send(say(1, "a"), say(1, "b"))
    await world.advance(DAY_S)
    assert world.telegram.texts() == ["a", "b"]
    assert await world.left() == 0


@pytest.mark.parametrize("error", [TimedOut(), Unanswered("the connection broke: ServerDisconnectedError")])
async def test_an_edit_whose_answer_was_lost_is_repeated(world: World, error: TelegramError) -> None:
    """Fault 4."""
    world.telegram.faults[1] = [Lost(error)]
    await world.start()
    await world.send(edit(1, 5, "a"))
    await world.advance(600)
    assert world.telegram.texts() == ["a", "a"]


@pytest.mark.parametrize("crashes", [False, True])
async def test_without_a_network_everything_waits_for_as_long_as_it_takes(world: World, crashes: bool) -> None:
    world.telegram.always = {chat: NotSent("no connection: ClientConnectorError") for chat in range(1, 6)}
    await world.start()
    await world.send(*(say(chat, f"{chat}{n}") for n in range(3) for chat in range(1, 6)))
    await world.advance(3600)
    assert len(world.telegram.calls) < 1000  # with growing pauses
    if crashes:
        await world.crash()
        await world.start()
    world.telegram.always.clear()
    await world.advance(150)
    for chat in range(1, 6):
        assert world.telegram.texts(chat) == [f"{chat}{n}" for n in range(3)]


async def test_after_a_moment_without_a_network_nobody_waits_for_long(world: World) -> None:
    """However many were on the wire when it went."""
    world.telegram.gate.clear()
    await world.start()
    await world.send(*(say(chat, f"{chat}") for chat in range(1, 9)))
    for chat in range(1, 9):
        world.telegram.faults[chat] = [NotSent("no connection: ClientConnectorError")]
    world.telegram.gate.set()
    await world.advance(2)
    assert len(world.telegram.texts()) == 8


async def test_a_bad_gateway_after_a_long_outage_gives_nothing_up(world: World) -> None:
    world.telegram.faults[1] = [*[NotSent("no connection")] * 20, NetworkError("Bad Gateway"), NetworkError("Bad")]
    await world.start()
    await world.send(say(1, "a"))
    await world.advance(DAY_S)
    assert world.telegram.texts() == ["a"]


async def test_a_refused_token_loses_nothing_before_the_process_ends(world: World) -> None:
    world.telegram.faults[1] = [InvalidToken("Unauthorized")] * 3
    await world.start()
    await world.send(say(1, "a"))
    await world.advance(10)
    await world.crash()
    await world.start()
    await world.advance(DAY_S)
    assert world.telegram.texts() == ["a"]


# ---- fault 6 and 7: the process ends ----


async def test_after_stop_crash_and_start_nothing_that_waits_is_lost(world: World) -> None:
    """Fault 6 and 7: some sent, some on the wire (state 1), some waiting for a 429, some not begun."""
    world.telegram.faults[9] = [RetryAfter(40)]
    await world.start()
    await world.send(say(1, "sent"), say(9, "slow 1"), say(9, "slow 2"))
    world.telegram.gate.clear()
    await world.send(*(say(chat, f"{chat}:{n}") for n in range(3) for chat in range(1, 9)))
    on_the_wire = await world.disk.store.read("SELECT id FROM outbox WHERE state = 1")
    assert len(on_the_wire) == 8
    await world.outbox.stop(0)
    await world.crash()
    world.telegram.gate.set()
    assert await world.left() == 26
    await world.start()
    await world.advance(60)
    expected = Counter(["sent", "slow 1", "slow 2", *(f"{chat}:{n}" for n in range(3) for chat in range(1, 9))])
    assert Counter(world.telegram.texts()) == expected
    for chat in range(1, 9):
        assert world.telegram.texts(chat)[-3:] == [f"{chat}:{n}" for n in range(3)]
    assert await world.left() == 0


async def test_a_crash_doubles_at_most_what_was_on_the_wire(world: World) -> None:
    """Fault 6: Telegram had it already, and the crash came before the answer."""
    await world.start()
    await world.send(*(say(chat, f"{chat} before") for chat in range(1, 5)))

    async def accepted_and_silent(method: str, parameters: Mapping[str, object]) -> Any:
        world.telegram.accepted.append((0.0, method, parameters))
        await asyncio.Event().wait()

    world.call = accepted_and_silent
    await world.disk.store.write(insert(say(chat, f"{chat}") for chat in range(1, 31)))
    world.outbox.wake()
    await world.settle()
    await world.crash()
    world.call = world.telegram
    await world.start()
    counts = Counter(world.telegram.texts())
    assert set(counts) == {*(f"{chat}" for chat in range(1, 31)), *(f"{chat} before" for chat in range(1, 5))}
    assert max(counts.values()) == 2
    assert sum(counts.values()) - len(counts) <= 8


async def test_stop_lets_what_is_on_the_wire_end_and_begins_nothing(world: World) -> None:
    """Fault 7."""
    world.telegram.gate.clear()
    await world.start()
    await world.send(say(1, "a"), say(1, "b"), say(2, "c"))
    stopping = asyncio.create_task(world.outbox.stop(10))
    await world.settle()
    world.telegram.gate.set()
    await stopping
    world.outbox.wake()
    await world.settle()
    assert world.telegram.texts() == ["a", "c"]
    assert await world.rows() == ["b"]
    assert not [t for t in asyncio.all_tasks() if t.get_coro().__qualname__.startswith("Outbox.")]  # type: ignore[union-attr]
    await world.outbox.start()  # the same one again
    await world.settle()
    assert world.telegram.texts() == ["a", "c", "b"]


async def test_stop_waits_no_longer_than_its_deadline(world: World) -> None:
    world.telegram.gate.clear()
    await world.start()
    await world.send(say(1, "a"))
    async with asyncio.timeout(5):
        await world.outbox.stop(0.01)
    assert await world.rows() == ["a"]


# ---- fault 12 and 13: the chat is gone, or elsewhere ----


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: bot was blocked by the user"),
        Forbidden("Forbidden: user is deactivated"),
        Forbidden("Forbidden: bot was kicked from the supergroup chat"),
        BadRequest("Chat not found"),
        BadRequest("Not enough rights to send text messages to the chat"),
        BadRequest("Have no rights to send a message"),
    ],
    ids=lambda error: error.message,
)
async def test_a_chat_that_is_gone_is_inactive_and_others_go_on(world: World, error: TelegramError) -> None:
    """Fault 12."""
    await world.disk.store.write([met(chat, "private", "zh", WALL) for chat in (1, 2)])
    world.telegram.faults[1] = [error]
    await world.start()
    await world.send(say(1, "a", BROADCAST), say(1, "b", BROADCAST), say(2, "c", BROADCAST))
    await world.advance(DAY_S)
    assert world.telegram.texts() == ["c"]
    assert len(world.telegram.calls) == 2
    assert await world.disk.store.read("SELECT chat_id, inactive FROM people ORDER BY 1") == [(1, 1), (2, 0)]
    assert await world.left() == world.outbox.waiting == 0
    await world.send(say(1, "back after /start"))
    assert world.telegram.texts() == ["c", "back after /start"]


async def test_the_rows_of_a_group_that_moved_go_to_its_new_id_once_and_in_order(world: World) -> None:
    """Fault 13."""
    old, new = -5, -1_000_000_000_005
    world.telegram.always[old] = ChatMigrated(new)
    await world.start()
    await world.send(*(say(old, f"{n}", about=About(n, "card")) for n in range(4)))
    assert world.telegram.texts(new) == ["0", "1", "2", "3"]
    assert [p["chat_id"] for _, _, p in world.telegram.calls].count(old) == 1
    await world.send(say(old, "4"), say(new, "5"), edit(old, 9, "6"))
    await world.advance(60)
    assert Counter(world.telegram.texts(new)) == Counter("0123456")
    assert await world.left() == world.outbox.waiting == 0
    places = await world.disk.store.read("SELECT DISTINCT chat_id, conversation FROM messages")
    assert places == [(new, new)]


async def test_a_move_that_the_database_refuses_is_made_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 13 with 21."""
    old, new = -5, -1_000_000_000_005
    world.telegram.always[old] = ChatMigrated(new)
    world.disk.bad_writes, world.disk.closes = 1, "chat_id = ?"
    await world.start()
    await world.send(*(say(old, f"{n}") for n in range(3)))
    await world.advance(300)
    assert world.telegram.texts() == ["0", "1", "2"]


# ---- fault 14, 15, 16: refusals with an answer of ours ----


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            edit(1, 5, "a"),
            "Message is not modified: specified new message content and reply markup are exactly the same",
        ),
        (Outgoing("deleteMessage", {"chat_id": 1, "message_id": 5}, 1), "Message to delete not found"),
        (Outgoing("editMessageReplyMarkup", {"chat_id": 1, "message_id": 5}, 1), "Message to edit not found"),
        (say(1, "a"), "Query is too old and response timeout expired or query id is invalid"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.method,
)
async def test_what_needs_no_answer_is_no_error(
    world: World, caplog: pytest.LogCaptureFixture, message: Outgoing, reason: str
) -> None:
    """Fault 14."""
    world.telegram.faults[1] = [BadRequest(reason)]
    await world.start()
    await world.send(message, say(1, "next"))
    await world.advance(600)
    assert len(world.telegram.calls) == 2
    assert world.telegram.texts()[-1] == "next"
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("reason", ["Message to edit not found", "Message can't be edited", "MESSAGE_ID_INVALID"])
async def test_what_cannot_be_edited_comes_as_a_new_message_in_its_place(world: World, reason: str) -> None:
    """Fault 14; often enough that a slot that was never given back would be missed."""
    await world.start()
    for n in range(20):
        world.telegram.faults[1] = [BadRequest(reason)]
        await world.send(edit(1, 5, f"{n}", about=About(n, "card", ("m1",))), say(1, f"after {n}"))
    assert world.telegram.texts() == [text for n in range(20) for text in (f"{n}", f"after {n}")]
    assert {method for _, method, _ in world.telegram.accepted} == {"sendMessage"}
    assert all("message_id" not in parameters for _, _, parameters in world.telegram.accepted)
    assert len(await world.disk.store.read("SELECT * FROM messages")) == 20
    assert world.outbox.figures()["on_the_wire"] == 0


async def test_a_reply_to_what_is_deleted_is_sent_without_it(world: World) -> None:
    """Fault 14."""
    world.telegram.faults[1] = [BadRequest("Message to be replied not found")]
    await world.start()
    await world.send(say(1, "a", reply_parameters={"message_id": 3}))
    assert world.telegram.texts() == ["a"]


async def test_what_has_bad_entities_is_sent_as_plain_text(world: World) -> None:
    """Fault 15."""
    world.telegram.faults[1] = [BadRequest('Can\'t parse entities: unsupported start tag "3" at byte offset 5')]
    await world.start()
    await world.send(say(1, "love <3", parse_mode="HTML"))
    ((_, method, parameters),) = world.telegram.accepted
    assert (method, parameters) == ("sendMessage", {"chat_id": 1, "text": "love <3"})


@pytest.mark.parametrize(
    "reason",
    [
        "Wrong file identifier/HTTP URL specified", "Failed to get HTTP URL content", "IMAGE_PROCESS_FAILED",
        "Wrong type of the web page content", "PHOTO_INVALID_DIMENSIONS", "WEBPAGE_CURL_FAILED",
    ],
)  # fmt: skip
async def test_a_refused_picture_becomes_a_text_card_and_its_file_id_is_forgotten(world: World, reason: str) -> None:
    """Fault 16."""
    await world.disk.store.write([("INSERT INTO media VALUES (?, ?)", (item, "old")) for item in ("m1", "m2")])
    world.telegram.faults[1] = [BadRequest(reason)]
    await world.start()
    await world.send(photo(1, "<b>Alien</b>"))
    ((_, method, parameters),) = world.telegram.accepted
    assert (method, parameters["text"], parameters["parse_mode"]) == ("sendMessage", "<b>Alien</b>", "HTML")
    assert not {"photo", "caption"} & set(parameters)
    assert await world.disk.store.read("SELECT * FROM media") == [("m2", "old")]
    assert await world.disk.store.read("SELECT kind, items FROM messages") == [("card", '["m1"]')]


@pytest.mark.parametrize(
    ("reason", "method"),
    [("Message to edit not found", "sendPhoto"), ("Wrong file identifier/HTTP URL specified", "sendMessage")],
)
async def test_a_photo_card_that_cannot_be_edited_comes_anew(world: World, reason: str, method: str) -> None:
    """Fault 14 and 16."""
    media = {"type": "photo", "media": "id-of-picture", "caption": "<b>Alien</b>", "parse_mode": "HTML"}
    payload = {"chat_id": 1, "message_id": 5, "media": media}
    world.telegram.faults[1] = [BadRequest(reason)]
    await world.start()
    await world.send(Outgoing("editMessageMedia", payload, 1, About(3, "card", ("m1",), "m1")))
    assert world.telegram.accepted[0][1] == method
    assert world.telegram.texts() == ["<b>Alien</b>"]


async def test_another_refusal_is_logged_once_and_not_tried_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.telegram.faults[1] = [BadRequest("Message is too long")]
    await world.start()
    await world.send(say(1, "a"), say(1, "b"))
    await world.advance(DAY_S)
    assert world.telegram.texts() == ["b"]
    assert len(world.telegram.calls) == 2
    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == 1


async def test_a_call_that_cannot_even_be_made_is_given_up(world: World) -> None:
    async def breaks(method: str, parameters: Mapping[str, object]) -> Any:
        if parameters["text"] == "a":
            raise FileNotFoundError("no such file")
        return await world.telegram(method, parameters)

    world.call = breaks
    await world.start()
    await world.send(say(1, "a"), say(1, "b"))
    await world.advance(600)
    assert world.telegram.texts() == ["b"]
    assert await world.left() == 0


async def test_a_row_that_cannot_be_read_does_not_stop_the_others(world: World) -> None:
    row = "INSERT INTO outbox (chat_id, conversation, priority, method, payload, about) VALUES (1, 1, 0, 'x', ?, ?)"
    await world.disk.store.write([(row, ("{", None)), (row, ("{}", "[]"))])
    await world.start()
    await world.send(say(1, "a"))
    assert world.telegram.texts() == ["a"]
    assert await world.left() == 0


# ---- the database in trouble; no spinning ----


async def test_reading_is_tried_again_after_a_store_error(world: World) -> None:
    await world.start()
    world.disk.bad_reads = 3
    await world.send(say(1, "a"))
    assert world.telegram.texts() == []
    await world.advance(60)
    assert world.telegram.texts() == ["a"]


async def test_what_was_sent_is_not_sent_again_when_the_database_cannot_say_so(world: World) -> None:
    """Fault 21: the disk is full just after Telegram accepted it."""
    world.disk.bad_writes, world.disk.closes = 5, "DELETE FROM outbox"
    await world.start()
    await world.send(say(1, "a", about=About(1, "card")), say(1, "b"))
    await world.advance(600)
    assert world.telegram.texts() == ["a", "b"]
    assert await world.left() == world.outbox.waiting == 0
    assert len(await world.disk.store.read("SELECT * FROM messages")) == 1


async def test_nothing_goes_on_the_wire_that_is_not_marked_so_on_disk(world: World) -> None:
    """Fault 21."""
    await world.start()
    world.disk.bad_writes = 3
    await world.send(say(1, "a"), say(1, "b"))
    assert world.telegram.calls == []
    await world.advance(600)
    assert world.telegram.texts() == ["a", "b"]


async def test_an_idle_outbox_does_nothing(world: World) -> None:
    """Neither with nothing to do, nor with more rows than it holds that all wait for long, and woken again."""
    made = 0

    def counted(loop: asyncio.AbstractEventLoop, coro: Any, **more: Any) -> asyncio.Task[Any]:
        nonlocal made
        made += 1
        return asyncio.Task(coro, loop=loop, **more)

    async def idle() -> None:
        before = made, world.clock.slept
        for _ in range(200):
            await asyncio.sleep(0)
        assert (made, world.clock.slept) == before

    asyncio.get_running_loop().set_task_factory(counted)
    await world.start()
    await idle()
    for chat in range(1, 6):
        world.telegram.faults[chat] = [RetryAfter(3000)]
        await world.send(*(say(chat, f"{n}") for n in range(900)))
    await world.advance(40)
    world.outbox.wake()
    await world.settle()
    await idle()
    slept = world.clock.slept
    await world.advance(2000)
    assert world.clock.slept - slept < 40
    await world.send(say(6, "others go on"))
    assert world.telegram.texts() == ["others go on"]


async def test_what_comes_while_memory_is_full_is_read_when_there_is_room(world: World) -> None:
    await world.start()
    world.telegram.gate.clear()
    await world.send(*(say(n % 50, f"{n}") for n in range(5000)))
    await world.send(*(say(n % 50, f"{n}") for n in range(5000, 5100)))
    assert world.outbox.waiting < 5100
    world.telegram.gate.set()
    async with asyncio.timeout(60):
        while await world.left():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    for chat in range(50):
        assert world.telegram.texts(chat) == [f"{n}" for n in range(5100) if n % 50 == chat]


async def test_rows_that_wait_for_an_hour_keep_no_others_on_disk(world: World) -> None:
    """Fault 2: without another wake."""
    world.telegram.faults[1] = [RetryAfter(3600)]
    await world.start()
    await world.send(*(say(1, "x") for _ in range(1500)))
    world.telegram.gate.clear()
    await world.send(*(say(n % 50 + 2, f"{n}") for n in range(5000)))
    world.telegram.gate.set()
    async with asyncio.timeout(60):
        while await world.left() > 1500:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert len(world.telegram.accepted) == 5000


async def test_the_budgets_hold_by_the_second_and_by_the_chat(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "b.db")
    world = World(store, Limits(Budget(30, 10), Budget(1, 3), Budget(20 / 60, 2)))
    await world.start()
    await world.send(*(say(chat, f"{n}") for n in range(6) for chat in (1, 2, 3, -4)))
    await world.send(*(say(chat, "x", BROADCAST) for chat in range(10, 60)))
    await world.advance(30)
    times = sorted(at for at, _, _ in world.telegram.accepted)
    for chat, rate, burst in ((1, 1.0, 3), (-4, 20 / 60, 2)):
        mine = [at for at, _, p in world.telegram.accepted if p["chat_id"] == chat]
        assert len(mine) == 6
        assert all(b - a >= (n - burst) / rate - 0.01 for i, a in enumerate(mine) for n, b in enumerate(mine[i:], 1))
    assert all(sum(at <= t < at + 1 for t in times) <= 41 for at in times)
    assert len(times) == 74
    await world.outbox.stop(1)
    await store.close()


# ---- whatever happens ----

FATAL = (BadRequest("Message is too long"), Lost(TimedOut()), TimedOut(), Unanswered("the connection broke"))
GONE = Forbidden("Forbidden: bot was blocked by the user")
faults = st.sampled_from(
    [
        None, None, RetryAfter(1), RetryAfter(25), RetryAfter(400), NetworkError("Bad Gateway (502)"), NotSent("none"),
        InvalidToken("Unauthorized"), GONE, *FATAL, Lost(Unanswered("the connection broke")),
        BadRequest("Message is not modified"), BadRequest("Message to edit not found"),
        BadRequest("Can't parse entities: x"), BadRequest("Message to be replied not found"),
    ]
)  # fmt: skip
steps = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(1, 3)),
        st.tuples(st.just("edit"), st.integers(1, 3)),
        st.tuples(st.just("pass"), st.integers(1, 60)),
        st.tuples(st.just("read"), st.integers(1, 2)),
        st.tuples(st.just("write"), st.integers(1, 3)),
        st.tuples(st.just("restart"), st.just(0)),
    ),
    max_size=14,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(script=st.lists(faults, max_size=14), steps=steps)
def test_by_any_script_every_row_is_sent_once_or_refused_for_good_in_order(
    script: list[Fault], steps: list[tuple[str, int]]
) -> None:
    async def run(world: World) -> None:
        world.telegram.script = list(script)
        wanted: defaultdict[int, list[str]] = defaultdict(list)
        edits: set[str] = set()
        await world.start()
        for number, (step, value) in enumerate([*steps, ("say", 1), ("say", 2)]):
            text = f"{number}"
            match step:
                case "say" | "edit":
                    wanted[value].append(text)
                    edits |= {text} if step == "edit" else set()
                    await world.send(say(value, text) if step == "say" else edit(value, 5, text))
                case "pass":
                    await world.advance(value)
                case "read":
                    world.disk.bad_reads = value
                case "write":
                    world.disk.bad_writes = value
                case "restart":
                    world.disk.bad_reads = world.disk.bad_writes = 0
                    await world.outbox.stop(5)
                    world.outbox = world.process()
                    await world.start()
        world.disk.bad_reads = world.disk.bad_writes = 0
        await world.advance(2 * DAY_S)
        assert await world.left() == world.outbox.waiting == 0
        assert world.outbox.figures()["on_the_wire"] == 0
        accepted = Counter(world.telegram.texts())
        fates: defaultdict[str, list[Fault]] = defaultdict(list)
        for text, fault in world.telegram.fates:
            fates[text].append(fault)
        for chat, texts in wanted.items():
            got = list(dict.fromkeys(world.telegram.texts(chat)))
            assert got == sorted(got, key=int)
            gone = any(GONE in fates[text] for text in texts)
            for text in texts:
                assert accepted[text] <= 1 or text in edits
                refused = [fault for fault in fates[text] if isinstance(fault, BadRequest | TimedOut | Unanswered)]
                broken = [fault for fault in fates[text] if type(fault) in (NetworkError, InvalidToken)]
                coalesced = text in edits and any(later in edits for later in texts[texts.index(text) + 1 :])
                assert accepted[text] or refused or len(broken) >= 3 or gone or coalesced, text

    on_a_new_database(run)


def on_a_new_database(test: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as directory:
            store = await SqliteStore.open(Path(directory) / "a.db")
            world = World(store)
            try:
                await test(world)
            finally:
                await world.outbox.stop(0)
                await store.close()

    asyncio.run(run())
