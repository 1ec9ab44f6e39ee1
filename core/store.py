"""Chats between turns, in one SQLite file. It keeps and gives back; what the rows mean is not known here."""

import asyncio
import json
import logging
import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np

from core.database import speaking_of, take
from core.errors import DuplicateTurn, StoreError
from core.migrations import APPLICATION_ID, MIGRATIONS
from core.state import ChatState, Feedback, Outcome, Statement, decode, encode
from core.visits import Visits
from core.wal import BUSY_MS, begin_log, empty_log

# Every table that holds rows of a chat, and the column that names it. The operator's list of the blocked is not one.
TABLES_OF_A_CHAT = {
    "chats": "chat_id",
    "feedback": "chat_id",
    "slates": "chat_id",
    "people": "chat_id",
    "broadcast_targets": "chat_id",
    "outbox": "conversation",
    "messages": "conversation",
    "heard": "conversation",
}
KEPT_EVENTS = 10_000  # of all chats together, in memory, at 1.5 KB: 15 MB
STATE_EVENTS = 5  # that take as much as a chat's state: 7 KB
_FEEDBACK = ("chat_id", "event", "speaker", "turn", "session", "at", "kind", "target", "value", "scope", "detail")
_INSERT_FEEDBACK = f"INSERT INTO feedback ({', '.join(_FEEDBACK)}) VALUES ({', '.join('?' * len(_FEEDBACK))})"
MOST_PASSED_ON = 500  # titles that are kept for the operator: the last ones
_PASS_ON = "INSERT INTO passed_on (title) VALUES (?) ON CONFLICT (title) DO UPDATE SET times = times + 1"
_ONLY_THE_LAST = "DELETE FROM passed_on WHERE id NOT IN (SELECT id FROM passed_on ORDER BY id DESC LIMIT ?)"
AGAIN_S = 5.0  # between two tries to empty the log
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    f"busy_timeout = {BUSY_MS}",
    f"journal_size_limit = {16 << 20}",  # a log that a reader let grow shrinks when the reader is gone
)
_log = logging.getLogger(__name__)


class SqliteStore:
    """The ChatStore of `core.responder` on SQLite. One process at a time, any number of coroutines.

    WAL with synchronous=FULL: what was committed survives kill -9 and a power cut. Deleted rows are overwritten.
    """

    def __init__(self, path: Path, visits: Visits, model_id: str, held: ExitStack) -> None:
        self.path, self.model_id, self._visits, self._held = path, model_id, visits, held
        self._kept = _Kept()
        self._emptying: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path, model_id: str = "") -> Self:
        """The store at `path`, made or brought to the newest form. model_id: whose beliefs are written.

        DatabaseInUse, CorruptDatabase, NewerDatabase, StoreError; a file that is refused is left as it is.
        """
        with ExitStack() as held, speaking_of(path):
            version = take(path, held)
            visits = await Visits.open(path)
            try:
                if await visits.alone(_prepare) != "wal":
                    raise StoreError(path, "lies where SQLite cannot keep its log (a network share?): use a local disk")
                await visits.alone(partial(_migrate, version))
                await visits.alone(partial(begin_log, path))
            except BaseException:
                await visits.close()
                raise
            return cls(path, visits, model_id, held.pop_all())

    async def close(self) -> None:
        """Writes what waits, ends the connection and gives the file free."""
        if self._emptying is not None:
            self._emptying.cancel()
            await asyncio.wait([self._emptying])
        await self._visits.close()
        self._held.close()

    async def load(self, chat_id: int) -> ChatState | None:
        return (await self._chat(chat_id))[0]

    async def feedback(self, chat_id: int) -> tuple[Feedback, ...]:
        return (await self._chat(chat_id))[1]

    async def commit(self, turn_key: str, outcome: Outcome, also: Sequence[Statement] = ()) -> None:
        chat_id = outcome.state.chat_id
        before = self._kept.take(chat_id)
        try:
            await self._visits.write(partial(_commit, turn_key, outcome, tuple(also), self.model_id))
        finally:
            self._kept.take(chat_id)  # what was read meanwhile may be older than what stands now
        if outcome.forget or _of_chats(also):
            self._kept.clear()
        elif before is not None:
            self._kept.put(chat_id, outcome.state, (*before[1], *outcome.events))
        if outcome.forget:
            await self._truncate()

    async def write(self, statements: Sequence[Statement]) -> int:
        """Executes them, all or nothing; on disk when it returns. The number of rows they changed."""
        try:
            return await self._visits.write(partial(_execute, tuple(statements)))
        finally:
            if _of_chats(statements):
                self._kept.clear()

    async def read(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Rows of a query."""
        return await self._visits.read(partial(_rows, query, values))

    async def forget(self, chat_id: int) -> None:
        try:
            await self._visits.write(partial(_delete, chat_id))
        finally:
            self._kept.clear()
        await self._truncate()

    async def export(self, chat_id: int) -> dict[str, list[dict[str, object]]]:
        """Every row of a chat as it is kept, by table and column; the belief as a list of numbers.

        To see what is left of a chat. What a person may see of a log, `core.exporting` says.
        """
        return await self._visits.read(partial(_export, chat_id))

    async def last_number(self, prefix: str) -> int:
        """The largest n of the turn keys `prefix:n`; 0 for none. For adapters that number their own turns."""
        query = "SELECT MAX(CAST(substr(key, ?) AS INTEGER)) FROM turn_keys WHERE key >= ? AND key < ?"
        rows = await self.read(query, len(prefix) + 2, f"{prefix}:", f"{prefix};")  # ; follows : in every encoding
        return int(str(rows[0][0] or 0))

    async def is_read_elsewhere(self) -> bool:
        """True while another process holds an old state open: what is deleted now stays in the log until it ends."""
        with speaking_of(self.path):
            return not await self._visits.alone(empty_log)

    async def _truncate(self) -> None:
        """Empties the write-ahead log: what was deleted must not be readable there either.

        Nobody waits for a reader that keeps it from that; it is tried again until the reader is gone.
        """
        with speaking_of(self.path):
            if not await self._visits.alone(empty_log) and self._emptying is None:
                self._emptying = asyncio.create_task(self._empty_later())

    async def _empty_later(self) -> None:
        _log.warning("a reader of %s holds what was to be erased; it is erased when the reader ends", self.path.name)
        done = False
        while not done:
            await asyncio.sleep(AGAIN_S)
            try:
                done = await self._visits.alone(empty_log)
            except sqlite3.Error as error:
                _log.warning("the log of %s cannot be emptied, tried again: %s", self.path.name, error)
        _log.warning("the log of %s is erased now", self.path.name)
        self._emptying = None

    async def _chat(self, chat_id: int) -> tuple[ChatState | None, tuple[Feedback, ...]]:
        found = self._kept.get(chat_id)
        if found is None:
            reading = self._kept.begin(chat_id)
            try:
                found = await self._visits.read(partial(_read_chat, chat_id))
            except BaseException:
                self._kept.take(chat_id)
                raise
            self._kept.end(chat_id, reading, *found)
        return found


class _Kept:
    """Chats as they stand on disk, for the next turn of each: the ones used last, as far as their logs fit."""

    def __init__(self) -> None:
        self._readings: dict[int, object] = {}
        self._chats: OrderedDict[int, tuple[ChatState | None, tuple[Feedback, ...]]] = OrderedDict()
        self._events = 0

    def get(self, chat_id: int) -> tuple[ChatState | None, tuple[Feedback, ...]] | None:
        found = self._chats.get(chat_id)
        if found is not None:
            self._chats.move_to_end(chat_id)
        return found

    def begin(self, chat_id: int) -> object:
        """Says that the chat is being read."""
        reading = self._readings[chat_id] = object()
        return reading

    def end(self, chat_id: int, reading: object, state: ChatState | None, log: tuple[Feedback, ...]) -> None:
        """Keeps what was read, unless it was written meanwhile and may be old."""
        if self._readings.get(chat_id) is reading:
            self.put(chat_id, state, log)

    def take(self, chat_id: int) -> tuple[ChatState | None, tuple[Feedback, ...]] | None:
        """Gives it away: what is being written may or may not come to stand."""
        self._readings.pop(chat_id, None)
        found = self._chats.pop(chat_id, None)
        self._events -= 0 if found is None else STATE_EVENTS + len(found[1])
        return found

    def put(self, chat_id: int, state: ChatState | None, log: tuple[Feedback, ...]) -> None:
        self.take(chat_id)
        self._chats[chat_id] = state, log
        self._events += STATE_EVENTS + len(log)
        while self._events > KEPT_EVENTS:
            self.take(next(iter(self._chats)))

    def clear(self) -> None:
        self._readings.clear()
        self._chats.clear()
        self._events = 0


def _of_chats(statements: Sequence[Statement]) -> bool:
    """Whether an adapter's statements may change what is kept of chats."""
    return any("chats" in query or "feedback" in query for query, _ in statements)


def _rows(query: str, values: tuple[object, ...], db: sqlite3.Connection) -> list[tuple[object, ...]]:
    return db.execute(query, values).fetchall()


def _export(chat_id: int, db: sqlite3.Connection) -> dict[str, list[dict[str, object]]]:
    tables: dict[str, list[dict[str, object]]] = {}
    for table, column in TABLES_OF_A_CHAT.items():
        cursor = db.execute(f"SELECT * FROM {table} WHERE {column} = ?", (chat_id,))
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
        for row in rows:
            if isinstance(row.get("belief"), bytes):
                row["belief"] = np.frombuffer(row["belief"], "<f8").tolist()
        tables[table] = rows
    return tables


def _read_chat(chat_id: int, db: sqlite3.Connection) -> tuple[ChatState | None, tuple[Feedback, ...]]:
    rows = db.execute("SELECT state FROM chats WHERE chat_id = ?", (chat_id,)).fetchall()
    query = f"SELECT {', '.join(_FEEDBACK)} FROM feedback WHERE chat_id = ? ORDER BY event"
    log = db.execute(query, (chat_id,)).fetchall()
    state = decode(str(rows[0][0])) if rows else None
    return state, tuple(Feedback.decode(dict(zip(_FEEDBACK, row, strict=True))) for row in log)


def _commit(turn_key: str, outcome: Outcome, also: Sequence[Statement], model_id: str, db: sqlite3.Connection) -> None:
    if not db.execute("INSERT OR IGNORE INTO turn_keys VALUES (?)", (turn_key,)).rowcount:
        raise DuplicateTurn(turn_key)
    if outcome.forget:
        _delete(outcome.state.chat_id, db)
    else:
        _write_outcome(outcome, model_id, db)
    _execute(also, db)


def _execute(statements: Sequence[Statement], db: sqlite3.Connection) -> int:
    before = db.total_changes
    for query, values in statements:
        db.execute(query, values)
    return db.total_changes - before


def _write_outcome(outcome: Outcome, model_id: str, db: sqlite3.Connection) -> None:
    state = outcome.state
    belief = None if outcome.belief is None else np.asarray(outcome.belief, "<f8").tobytes()
    db.execute(
        "INSERT OR REPLACE INTO chats VALUES (?, ?, ?, ?, ?)",
        (state.chat_id, encode(state), belief, model_id, state.next_event - 1),
    )
    db.executemany(_INSERT_FEEDBACK, [tuple(map(event.encode().get, _FEEDBACK)) for event in outcome.events])
    if outcome.passed_on is not None:
        db.execute(_PASS_ON, (outcome.passed_on,))
        db.execute(_ONLY_THE_LAST, (MOST_PASSED_ON,))
    if outcome.reply.cards:
        at = state.last_at.isoformat() if state.last_at else None
        items = json.dumps([card.item_id for card in outcome.reply.cards])
        db.execute(
            "INSERT INTO slates (chat_id, turn, at, items) VALUES (?, ?, ?, ?)", (state.chat_id, state.turn, at, items)
        )


def _delete(chat_id: int, db: sqlite3.Connection) -> None:
    for table, column in TABLES_OF_A_CHAT.items():
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (chat_id,))
    if chat_id > 0:  # what the person brought into groups
        db.execute("DELETE FROM feedback WHERE kind = 'joined' AND speaker = ?", (chat_id,))


def _prepare(db: sqlite3.Connection) -> object:
    """Sets what holds for the connection. Where the log lies: `wal`, or elsewhere."""
    for pragma in PRAGMAS:
        db.execute(f"PRAGMA {pragma}")
    return db.execute("PRAGMA journal_mode").fetchone()[0]


def _migrate(version: int, db: sqlite3.Connection) -> None:
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        db.execute("BEGIN IMMEDIATE")
        for statement in statements:
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {number}")
        db.execute("COMMIT")
