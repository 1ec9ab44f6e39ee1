"""The inbox on disk: what is written and read of its table, and nothing else."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from bot.lanes import Row, Update
from bot.outgoing import SET_ASIDE, WAITING
from bot.ports import Store
from core.errors import StoreError

PRUNED_AT_ONCE = 5000  # rows: a longer transaction would keep answers waiting
# What SQLite says when it is the disk's fault, or another program's, and not the statement's
_TROUBLE = frozenset(
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOTADB,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """A waiting row as it lies on disk. conversation: 0 for none. size: characters of JSON."""

    update_id: int
    conversation: int
    at: float
    update: Update
    size: int


class InboxRows:
    """Doors to the table. Each is one transaction; StoreError where it cannot be had."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, rows: Sequence[tuple[Row, str]]) -> list[Row]:
        """Writes them with their JSON, all or none. Those that are new, by id.

        `Row.at` must be unlike that of any row of the same id: it tells this delivery from an earlier one.
        """
        query = "INSERT OR IGNORE INTO inbox (update_id, conversation, at, body) VALUES (?, ?, ?, ?)"
        values = [(row.update_id, row.key[0] or None, row.at, body) for row, body in rows]
        ordered = sorted((row for row, _ in rows), key=attrgetter("update_id"))
        if not values or await self._store.write([(query, value) for value in values]) == len(values):
            return ordered
        query = f"SELECT update_id, at FROM inbox WHERE update_id BETWEEN ? AND ? AND state = {WAITING}"
        found = await self._store.read(query, ordered[0].update_id, ordered[-1].update_id)
        receipts = {row[0]: row[1] for row in found}
        return [row for row in ordered if receipts.get(row.update_id) == row.at]

    async def highest(self) -> int | None:
        """The highest id there is."""
        highest = (await self._store.read("SELECT max(update_id) FROM inbox"))[0][0]
        return highest if isinstance(highest, int) else None

    async def counts(self) -> dict[int, int]:
        """How many wait, by conversation."""
        query = f"SELECT coalesce(conversation, 0), count(*) FROM inbox WHERE state = {WAITING} GROUP BY 1"
        return {int(str(conversation)): int(str(count)) for conversation, count in await self._store.read(query)}

    async def waiting(self, limit: int) -> list[Kept]:
        """The first that wait, by id."""
        query = (
            "SELECT update_id, coalesce(conversation, 0), at, body FROM inbox "
            f"WHERE state = {WAITING} ORDER BY update_id LIMIT ?"
        )
        return [
            Kept(int(str(update_id)), int(str(conversation)), float(str(at)), _parsed(update_id, body), len(str(body)))
            for update_id, conversation, at, body in await self._store.read(query, limit)
        ]

    async def touch(self, update_id: int) -> None:
        """Changes nothing, by a real write: to learn whether one can be made."""
        await self._store.write([("UPDATE inbox SET at = at WHERE update_id = ?", (update_id,))])

    async def set_aside(self, update_ids: Sequence[int], error: str) -> None:
        """These had no effect and never will; what they said is erased, as of all that is done."""
        query = (
            f"UPDATE inbox SET state = {SET_ASIDE}, error = ?, body = NULL, conversation = NULL "
            f"WHERE update_id = ? AND state = {WAITING}"
        )
        await self._store.write([(query, (error, update_id)) for update_id in update_ids])

    async def prune(self, before: float) -> None:
        """Forgets the ids received before that time which do not wait, and their turns' keys."""
        over = f"SELECT update_id FROM inbox WHERE state > {WAITING} AND at < ? ORDER BY at LIMIT {PRUNED_AT_ONCE}"
        # as `outgoing.turn_key` makes them
        keys = f"DELETE FROM turn_keys WHERE key IN (SELECT 't:' || update_id FROM ({over}))"
        while await self._store.write(
            [(keys, (before,)), (f"DELETE FROM inbox WHERE update_id IN ({over})", (before,))]
        ):
            pass


def of_the_disk(error: StoreError) -> bool:
    """Whether it may go well later: the database is locked, full, read-only or broken; no mistake of ours."""
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is None or (code & 0xFF) in _TROUBLE


def encoded(update: Update) -> str:
    """An update's JSON, in ASCII, so that lone surrogates pass. Of one too deep, the id: it must not come for ever."""
    try:
        return json.dumps(update)
    except (ValueError, RecursionError):
        return json.dumps({"update_id": update["update_id"]})


def _parsed(update_id: object, body: object) -> Update:
    """A body that somebody has spoiled is an update without content: it is ignored, and done with."""
    try:
        update = json.loads(str(body))
    except ValueError:
        update = None
    return update if isinstance(update, dict) else {"update_id": update_id}
