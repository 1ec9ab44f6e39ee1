"""Chats between turns, in one SQLite file. It keeps and gives back; what the rows mean is not known here."""

import asyncio
import fcntl
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import IO, Self

import aiosqlite
import numpy as np

from core.errors import CorruptDatabase, DatabaseInUse, DuplicateTurn, NewerDatabase, StoreError
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
        with ExitStack() as held, _speaking_of(path):
            version = _take(path, held)
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
            with _speaking_of(self.path):
                await (await self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()

    async def _rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        with _speaking_of(self.path):
            return list(await self._db.execute_fetchall(query, values))

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        async with self._write:
            with _speaking_of(self.path):
                try:
                    await self._db.execute("BEGIN IMMEDIATE")
                    yield
                    await self._db.execute("COMMIT")
                except BaseException:
                    await (
                        self._db.rollback()
                    )  # waits for what a cancelled call still does; then does nothing after a COMMIT
                    raise


def _take(path: Path, held: ExitStack) -> int:
    """Takes the database for this process, makes an empty one where there is none, and tells its version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    held.enter_context(exclusive(path))
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # what people say is nobody else's
    return verify(path)


async def _migrate(db: aiosqlite.Connection, version: int) -> None:
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        await db.execute("BEGIN IMMEDIATE")
        for statement in statements:
            await db.execute(statement)
        await db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        await db.execute(f"PRAGMA user_version = {number}")
        await db.execute("COMMIT")


def verify(path: Path) -> int:
    """Version of a sound database of ours, 0 for an empty file. Reads only.

    CorruptDatabase for anything else, NewerDatabase for one that this program cannot know.
    """
    if not path.stat().st_size:
        return 0
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise CorruptDatabase(
                path, "this is no SQLite database; it was left as it is. Name another, or restore a backup"
            )
    try:
        with closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as db:
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            owner = int(db.execute("PRAGMA application_id").fetchone()[0])
            tables = int(db.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()[0])
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise CorruptDatabase(path, f"damaged ({error}); it was left as it is. Restore a backup") from error
    if found != "ok":
        raise CorruptDatabase(path, f"damaged ({found}); it was left as it is. Restore a backup")
    if owner != APPLICATION_ID and tables:
        raise CorruptDatabase(path, "a database of another program; it was left as it is. Name another")
    if version > len(MIGRATIONS):
        known = f"form {version}, and this version knows forms up to {len(MIGRATIONS)}"
        raise NewerDatabase(path, f"written by a newer version ({known}); it was left as it is. Update jianyan")
    return version if tables else 0


def backup(database: Path, target: Path) -> None:
    """A sound copy of the database in one file, also while a bot works on it. `target` appears whole or not at all."""
    with _speaking_of(database):
        if not database.exists():
            raise StoreError(database, "there is no database yet")
        verify(database)
    with _speaking_of(target):
        if target.exists() and target.samefile(database):
            raise StoreError(target, "this is the database itself; name another file")
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(database, target)


def restore(source: Path, database: Path) -> None:
    """Puts a backup in the database's place. The backup is verified first; nothing changes where it is unsound.

    It brings back what was forgotten since. DatabaseInUse while a bot works on it.
    """
    if not source.exists():
        raise StoreError(source, "no such file")
    if not verify(source):
        raise CorruptDatabase(source, "empty: no backup")
    with _speaking_of(database):
        database.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(database):
            _copy(source, database)


def _copy(source: Path, target: Path) -> None:
    """Copies beside, verifies, and renames into place."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        with (
            closing(sqlite3.connect(f"file:{_quoted(source)}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(beside)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        verify(beside)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        for leftover in ("-wal", "-shm"):  # of the old database: they must never be read into the new one
            target.with_name(target.name + leftover).unlink(missing_ok=True)
        os.replace(beside, target)
        directory = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def exclusive(path: Path) -> Iterator[IO[str]]:
    """Holds `path` for this process, by a lock on a file beside it that the system frees when the process ends.

    DatabaseInUse while another holds it.
    """
    with path.with_name(f"{path.name}.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            owner = file.read(20).strip() or "unknown"
            reason = f"another jianyan (process {owner}) works here; end that one first, or choose another directory"
            raise DatabaseInUse(path, reason) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield file


@contextmanager
def _speaking_of(path: Path) -> Iterator[None]:
    """Turns errors of SQLite and the file system into ours."""
    try:
        yield
    except sqlite3.Error as error:
        damaged = getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        raise (CorruptDatabase if damaged else StoreError)(path, str(error)) from error
    except OSError as error:
        raise StoreError(path, error.strerror or str(error)) from error


def _quoted(path: Path) -> str:
    """The path as SQLite's URIs want it."""
    return str(path.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
