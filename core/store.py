"""Chats between turns, in one SQLite file. It keeps and gives back; what the rows mean is not known here."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Self

import aiosqlite
import numpy as np

from core.database import speaking_of, take
from core.errors import DuplicateTurn
from core.migrations import APPLICATION_ID, MIGRATIONS
from core.state import ChatState, Feedback, Outcome, decode, encode

TABLES_OF_A_CHAT = ("chats", "feedback", "slates")
_FEEDBACK = ("chat_id", "event", "speaker", "turn", "session", "at", "kind", "target", "value", "scope", "detail")


class SqliteStore:
    """The ChatStore of `core.responder` on SQLite. One process at a time, any number of coroutines.

    WAL with synchronous=FULL: what was committed survives kill -9 and a power cut. Deleted rows are overwritten.
    """

    def __init__(self, path: Path, db: aiosqlite.Connection, model_id: str, held: ExitStack) -> None:
        self.path, self._db, self._model_id, self._held = path, db, model_id, held
        self._write = asyncio.Lock()  # coroutines on one connection share its transaction

    @classmethod
    async def open(cls, path: Path, model_id: str = "") -> Self:
        """The store at `path`, made or brought to the newest form. model_id: whose beliefs are written.

        DatabaseInUse, CorruptDatabase, NewerDatabase, StoreError; a file that is refused is left as it is.
        """
        with ExitStack() as held, speaking_of(path):
            version = take(path, held)
            db = await aiosqlite.connect(path, isolation_level=None)
            try:
                for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "busy_timeout = 5000"):
                    await (await db.execute(f"PRAGMA {pragma}")).close()
                await _migrate(db, version)
            except BaseException:
                await db.close()
                raise
            return cls(path, db, model_id, held.pop_all())

    async def close(self) -> None:
        """Ends the connection and gives the file free."""
        await self._db.close()
        self._held.close()

    async def load(self, chat_id: int) -> ChatState | None:
        rows = await self._rows("SELECT state FROM chats WHERE chat_id = ?", chat_id)
        return decode(str(rows[0][0])) if rows else None

    async def feedback(self, chat_id: int) -> tuple[Feedback, ...]:
        query = f"SELECT {', '.join(_FEEDBACK)} FROM feedback WHERE chat_id = ? ORDER BY event"
        return tuple(
            Feedback.decode(dict(zip(_FEEDBACK, row, strict=True))) for row in await self._rows(query, chat_id)
        )

    async def commit(self, turn_key: str, outcome: Outcome) -> None:
        state = outcome.state
        async with self._transaction():
            added = await self._db.execute("INSERT OR IGNORE INTO turn_keys VALUES (?)", (turn_key,))
            if not added.rowcount:
                raise DuplicateTurn(turn_key)
            if outcome.forget:
                await self._delete(state.chat_id)
            else:
                await self._write_outcome(outcome)
        if outcome.forget:
            await self._truncate()

    async def forget(self, chat_id: int) -> None:
        async with self._transaction():
            await self._delete(chat_id)
        await self._truncate()

    async def export(self, chat_id: int) -> dict[str, list[dict[str, object]]]:
        """Every row of a chat, by table and column; the belief as a list of numbers."""
        tables: dict[str, list[dict[str, object]]] = {}
        for table in TABLES_OF_A_CHAT:
            async with self._db.execute(f"SELECT * FROM {table} WHERE chat_id = ?", (chat_id,)) as cursor:
                names = [column[0] for column in cursor.description]
                rows = [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]
            for row in rows:
                if isinstance(row.get("belief"), bytes):
                    row["belief"] = np.frombuffer(row["belief"], "<f8").tolist()
            tables[table] = rows
        return tables

    async def last_number(self, prefix: str) -> int:
        """The largest n of the turn keys `prefix:n`; 0 for none. For adapters that number their own turns."""
        query = "SELECT MAX(CAST(substr(key, ?) AS INTEGER)) FROM turn_keys WHERE key >= ? AND key < ?"
        rows = await self._rows(query, len(prefix) + 2, f"{prefix}:", f"{prefix};")  # ; follows : in every encoding
        return int(str(rows[0][0] or 0))

    async def _write_outcome(self, outcome: Outcome) -> None:
        state = outcome.state
        belief = None if outcome.belief is None else np.asarray(outcome.belief, "<f8").tobytes()
        await self._db.execute(
            "INSERT OR REPLACE INTO chats VALUES (?, ?, ?, ?, ?)",
            (state.chat_id, encode(state), belief, self._model_id, state.next_event - 1),
        )
        await self._db.executemany(
            f"INSERT INTO feedback ({', '.join(_FEEDBACK)}) VALUES ({', '.join('?' * len(_FEEDBACK))})",
            [[row[name] for name in _FEEDBACK] for row in (event.encode() for event in outcome.events)],
        )
        if outcome.reply.cards:
            at = state.last_at.isoformat() if state.last_at else None
            items = json.dumps([card.item_id for card in outcome.reply.cards])
            await self._db.execute(
                "INSERT INTO slates (chat_id, turn, at, items) VALUES (?, ?, ?, ?)",
                (state.chat_id, state.turn, at, items),
            )

    async def _delete(self, chat_id: int) -> None:
        for table in TABLES_OF_A_CHAT:
            await self._db.execute(f"DELETE FROM {table} WHERE chat_id = ?", (chat_id,))

    async def _truncate(self) -> None:
        """Empties the write-ahead log: what was deleted must not be readable there either."""
        async with self._write:
            with speaking_of(self.path):
                await (await self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()

    async def _rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        with speaking_of(self.path):
            return list(await self._db.execute_fetchall(query, values))

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        async with self._write:
            with speaking_of(self.path):
                try:
                    await self._db.execute("BEGIN IMMEDIATE")
                    yield
                    await self._db.execute("COMMIT")
                except BaseException:
                    await (
                        self._db.rollback()
                    )  # waits for what a cancelled call still does; then does nothing after a COMMIT
                    raise


async def _migrate(db: aiosqlite.Connection, version: int) -> None:
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        await db.execute("BEGIN IMMEDIATE")
        for statement in statements:
            await db.execute(statement)
        await db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        await db.execute(f"PRAGMA user_version = {number}")
        await db.execute("COMMIT")
