"""Visits to the database's thread: who wants something at the same time shares one, and who writes one transaction."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

import aiosqlite

from core.database import speaking_of

_T = TypeVar("_T")
_Work = Callable[[sqlite3.Connection], object]
_Wanted = tuple[_Work, asyncio.Future[object]]


class Visits:
    """One connection in a thread of its own, for any number of coroutines.

    A visit costs more than a statement, and a commit to disk more than all that is in it. What one work raises undoes
    that work alone, and comes to whom it belongs as a StoreError.
    """

    def __init__(self, path: Path, db: "_Connection") -> None:
        self._path, self._db = path, db
        self._reads: list[_Wanted] = []
        self._writes: list[_Wanted] = []
        self._visiting: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Transactions begin and end where these pages say so, never by themselves."""
        db = _Connection(partial(sqlite3.connect, path, isolation_level=None), iter_chunk_size=64)
        await db
        return cls(path, db)

    async def close(self) -> None:
        """Does what is wanted still, and ends the connection."""
        if self._visiting is not None:
            await asyncio.wait([self._visiting])
        await self._db.close()

    async def read(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """What it gives or raises."""
        return await self._shared(work, self._reads)

    async def write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """What it gives or raises, once it is on disk. It may be done twice, the first time undone."""
        return await self._shared(work, self._writes)

    async def alone(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """The same outside of any transaction; raises SQLite's own errors."""
        return await self._db.visit(work)

    async def _shared(self, work: Callable[[sqlite3.Connection], _T], among: list[_Wanted]) -> _T:
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        among.append((work, done))
        if self._visiting is None:
            self._visiting = asyncio.create_task(self._visit())
        with speaking_of(self._path):
            return await done  # type: ignore[return-value]  # what this work returned

    async def _visit(self) -> None:
        try:
            while self._reads or self._writes:
                reads, writes = self._reads[:], self._writes[:]
                self._reads.clear()
                self._writes.clear()
                works = partial(_answers, [work for work, _ in reads], [work for work, _ in writes])
                try:
                    answers = await self._db.visit(works)
                except Exception as error:
                    answers = [error] * (len(reads) + len(writes))
                for (_, done), answer in zip((*reads, *writes), answers, strict=True):
                    if done.cancelled():
                        continue
                    if isinstance(answer, Exception):
                        done.set_exception(answer)
                    else:
                        done.set_result(answer)
        finally:
            self._visiting = None


class _Connection(aiosqlite.Connection):
    async def visit(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        result: _T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]
        return result


def _answers(reads: Sequence[_Work], writes: Sequence[_Work], db: sqlite3.Connection) -> list[object]:
    """What each returned or raised: first of all that read, then of all that write."""
    found = [_attempted(work, db) for work in reads]
    if writes:
        try:
            found += _transaction(writes, db)
        except Exception as error:
            found += [error] * len(writes)
    return found


def _attempted(work: _Work, db: sqlite3.Connection) -> object:
    try:
        return work(db)
    except Exception as error:
        return error


def _transaction(works: Sequence[_Work], db: sqlite3.Connection) -> list[object]:
    """What each returned or raised, in one transaction. Raises, with nothing written, where it cannot be committed.

    Savepoints come into it only once one has raised: they cost as much as what is between them.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        try:
            results = [work(db) for work in works]
        except Exception:
            if len(works) == 1 or not db.in_transaction:  # the disk is full, say: SQLite has rolled back all
                raise
            db.execute("ROLLBACK")
            db.execute("BEGIN IMMEDIATE")
            results = [_apart(work, db) for work in works]
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
    return results


def _apart(work: _Work, db: sqlite3.Connection) -> object:
    """What it returned, or raised; then it has changed nothing."""
    db.execute("SAVEPOINT work")
    try:
        result = work(db)
    except Exception as error:
        if not db.in_transaction:
            raise
        db.execute("ROLLBACK TO work")
        result = error
    db.execute("RELEASE work")
    return result
