"""An outbox with its world: a clock that only tests move, a disk that can fail, a Telegram that breaks by script."""

import itertools
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from clocks import Clock, settle
from telegram.error import ChatMigrated

from bot.budgets import Budget, Limits
from bot.migration import migrate
from bot.outbox import Outbox
from bot.outgoing import ANSWER, About, Outgoing, insert
from core.errors import StoreError
from core.migrations import MIGRATIONS
from core.state import Statement

FREE = Limits(Budget(1e6, 1e6), Budget(1e6, 1e6), Budget(1e6, 1e6))
Json = dict[str, Any]  # Any: the Bot API's values


class Disk:
    """The store's two doors, at once and in memory. fails: of the next writes."""

    def __init__(self) -> None:
        self._db = sqlite3.connect(":memory:", isolation_level=None)
        for statement in itertools.chain(*MIGRATIONS):
            self._db.execute(statement)
        self.fails = 0
        self.writes: list[Sequence[Statement]] = []

    async def write(self, statements: Sequence[Statement]) -> int:
        if self.fails:
            self.fails -= 1
            raise StoreError(Path("jianyan.db"), "database or disk is full")
        self.writes.append(statements)
        before = self._db.total_changes
        self._db.execute("BEGIN")
        try:
            for query, values in statements:
                self._db.execute(query, values)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        return self._db.total_changes - before

    async def read(self, query: str, *values: object) -> list[tuple[object, ...]]:
        return self._db.execute(query, values).fetchall()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._db.execute(query).fetchall()

    def close(self) -> None:
        self._db.close()


@dataclass(eq=False)
class Telegram:
    """Takes calls. latency: seconds to its answer. script: what becomes of the next calls, None: all is well.

    An exception in the script is raised before anything is done; in a `Lost`, after it.
    """

    clock: Clock
    latency: float = 0.0
    script: deque[Exception | None] = field(default_factory=deque)
    by_chat: dict[int, deque[Exception | None]] = field(default_factory=dict)
    asked: list[tuple[float, str, Json]] = field(default_factory=list)  # all calls, with their time
    done: list[tuple[float, str, Json]] = field(default_factory=list)  # those that had their effect
    errors: dict[str, list[Exception]] = field(default_factory=dict)  # by text
    answers: deque[Json] = field(default_factory=deque)  # in place of the messages that it makes
    at_once: int = 0
    most_at_once: int = 0

    async def __call__(self, method: str, parameters: Mapping[str, object]) -> Any:
        payload = dict(parameters)
        self.asked.append((self.clock.now, method, payload))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._answer(method, payload)
        finally:
            self.at_once -= 1

    async def _answer(self, method: str, payload: Json) -> Any:
        script = self.by_chat.get(payload["chat_id"]) or self.script
        fault = script.popleft() if script else None
        if isinstance(fault, ChatMigrated) and payload["chat_id"] > 0:
            fault = None  # only groups move
        if fault is not None:
            self.errors.setdefault(payload.get("text", ""), []).append(fault)
            if not isinstance(fault, Lost):
                raise fault
        if self.latency:
            await self.clock.sleep(self.latency / 2)
        self.done.append((self.clock.now, method, payload))
        message_id = payload.get("message_id", 1000 + len(self.done))
        if self.latency:
            await self.clock.sleep(self.latency / 2)
        if isinstance(fault, Lost):
            raise fault.error
        if self.answers:
            return self.answers.popleft()
        return {"message_id": message_id, "photo": [{"file_id": "small"}, {"file_id": f"file-{message_id}"}]}

    def texts(self, chat_id: int | None = None) -> list[str]:
        """What was said and edited, in order."""
        return [
            payload.get("text", payload.get("caption", ""))
            for _, _, payload in self.done
            if chat_id in (None, payload["chat_id"])
        ]

    def times(self) -> list[float]:
        """When calls were made, from the start on."""
        return [round(at - 100.0, 3) for at, _, _ in self.asked]


class Lost(Exception):
    """The call is done, and its answer is this error."""

    def __init__(self, error: Exception) -> None:
        self.error = error


@dataclass(eq=False)
class Desk:
    """A disk and a Telegram, and one outbox after another between them."""

    disk: Disk
    clock: Clock
    telegram: Telegram
    limits: Limits = FREE
    alarms: list[float] = field(default_factory=list)
    migrate: Callable[[int, int], Awaitable[object]] | None = None
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.migrate = partial(migrate, self.disk)

    async def open(self) -> "Desk":
        """A process begins."""
        self.outbox = Outbox(
            self.disk, self.telegram, self.limits, migrate=self.migrate, alarm=self.alarms.append,
            clock=self.clock.wall, monotonic=self.clock.monotonic, sleep=self.clock.sleep,
        )  # fmt: skip
        await self.outbox.start()
        return self

    async def kill(self) -> None:
        """It ends where it stands."""
        await self.outbox.stop(0)

    async def put(self, *messages: Outgoing) -> None:
        """A turn has written these; what can happen at once has happened."""
        await self.disk.write(insert(messages))
        self.outbox.wake()
        await settle()

    async def say(self, *texts: str, chat: int = 1, priority: int = ANSWER, about: About | None = None) -> None:
        await self.put(*(message(text, chat, priority, about) for text in texts))

    def left(self) -> list[tuple[Any, ...]]:
        """Rows on disk: id, state, tries."""
        return self.disk.rows("SELECT id, state, tries FROM outbox ORDER BY id")

    @property
    def said(self) -> list[str]:
        return self.telegram.texts()


def message(text: str, chat: int = 1, priority: int = ANSWER, about: About | None = None, **more: Any) -> Outgoing:
    return Outgoing("sendMessage", {"chat_id": chat, "text": text, **more}, chat, about, priority)


def edit(text: str, message_id: int = 5, chat: int = 1, priority: int = ANSWER, **more: Any) -> Outgoing:
    payload = {"chat_id": chat, "message_id": message_id, "text": text, **more}
    return Outgoing("editMessageText", payload, chat, None, priority)
