"""Works that share a visit: each for itself, all in one commit."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import StoreError
from core.visits import Visits


@asynccontextmanager
async def numbers(path: Path) -> AsyncIterator[Visits]:
    """Visits to a database with an empty table of numbers."""
    visits = await Visits.open(path)
    await visits.alone(lambda db: db.execute("PRAGMA journal_mode = WAL").fetchall())
    await visits.write(lambda db: db.execute("CREATE TABLE IF NOT EXISTS numbers (n INTEGER)").close())
    await visits.write(lambda db: db.execute("DELETE FROM numbers").close())
    try:
        yield visits
    finally:
        await visits.close()


def put(number: int, db: sqlite3.Connection) -> int:
    """Writes the number; one below zero is written, and then regretted."""
    db.execute("INSERT INTO numbers VALUES (?)", (number,))
    if number < 0:
        raise ValueError(number)
    return number


def found(db: sqlite3.Connection) -> list[int]:
    return [row[0] for row in db.execute("SELECT n FROM numbers ORDER BY rowid")]


async def all_of(visits: Visits, told: Sequence[int]) -> list[object]:
    return await asyncio.gather(*(visits.write(partial(put, n)) for n in told), return_exceptions=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.integers(-3, 9), max_size=8))
def test_what_one_work_raises_undoes_that_work_alone(tmp_path: Path, told: list[int]) -> None:
    async def write() -> tuple[list[object], list[int]]:
        async with numbers(tmp_path / "n.db") as visits:
            return await all_of(visits, told), await visits.read(found)

    answers, kept = asyncio.run(write())
    assert kept == [n for n in told if n >= 0]
    assert [answer if isinstance(answer, int) else int(str(answer)) for answer in answers] == told


async def test_who_writes_at_the_same_time_shares_a_commit(tmp_path: Path) -> None:
    done: list[str] = []
    async with numbers(tmp_path / "n.db") as visits:
        await visits.alone(lambda db: db.set_trace_callback(done.append))
        await all_of(visits, range(50))
        await visits.alone(lambda db: db.set_trace_callback(None))
    assert done.count("COMMIT") == 1
    assert not any("SAVEPOINT" in statement for statement in done)


async def test_a_read_that_fails_fails_alone(tmp_path: Path) -> None:
    async with numbers(tmp_path / "n.db") as visits:
        spoiled, kept, read = await asyncio.gather(
            visits.read(lambda db: db.execute("SELECT * FROM nothing").fetchall()),
            visits.write(partial(put, 1)),
            visits.read(found),
            return_exceptions=True,
        )
        assert (kept, read, await visits.read(found)) == (1, [], [1])
    assert isinstance(spoiled, StoreError)


async def test_a_database_that_another_writes_to_refuses_writers_and_serves_readers(tmp_path: Path) -> None:
    async with numbers(tmp_path / "n.db") as visits:
        await visits.alone(lambda db: db.execute("PRAGMA busy_timeout = 0").close())
        with closing(sqlite3.connect(tmp_path / "n.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            refused, read = await asyncio.gather(all_of(visits, [1, 2]), visits.read(found))
        assert read == []
        assert [type(answer) for answer in refused] == [StoreError, StoreError]
        assert await all_of(visits, [3]) == [3]


async def test_who_waits_no_longer_disturbs_nobody(tmp_path: Path) -> None:
    async with numbers(tmp_path / "n.db") as visits:
        gone = asyncio.create_task(visits.write(partial(put, 1)))
        staying = asyncio.create_task(visits.write(partial(put, 2)))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert await staying == 2
        assert await visits.read(found) == [1, 2]  # whether a work comes to be is not for its caller to say any more


async def test_closing_waits_for_what_is_wanted(tmp_path: Path) -> None:
    async with numbers(tmp_path / "n.db") as visits:
        writing = asyncio.create_task(visits.write(partial(put, 7)))
        await asyncio.sleep(0)
    assert await writing == 7
    with closing(sqlite3.connect(tmp_path / "n.db")) as db:
        assert db.execute("SELECT n FROM numbers").fetchall() == [(7,)]
