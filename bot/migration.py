"""A group that becomes a supergroup gets a new id: all that is known of it moves there, at once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from core.state import Statement, decode, encode


class Store(Protocol):
    """Two doors of `core.store.SqliteStore`."""

    async def write(self, statements: Sequence[Statement]) -> int: ...

    async def read(self, query: str, *values: object) -> list[tuple[object, ...]]: ...


async def migrate(store: Store, old: int, new: int, also: Sequence[Statement] = ()) -> None:
    """Moves every row of `old` to `new`. Asked twice, it does nothing more. also: written in the same transaction."""
    statements: list[Statement] = []
    known = await store.read("SELECT 1 FROM chats WHERE chat_id = ?", new)
    rows = await store.read("SELECT state FROM chats WHERE chat_id = ?", old)
    if rows and not known:
        state = encode(replace(decode(str(rows[0][0])), chat_id=new))
        statements.append(("UPDATE chats SET chat_id = ?, state = ? WHERE chat_id = ?", (new, state, old)))
        for table in ("feedback", "slates"):
            statements.append((f"UPDATE {table} SET chat_id = ? WHERE chat_id = ?", (new, old)))
        statements.append(("UPDATE OR REPLACE heard SET conversation = ? WHERE conversation = ?", (new, old)))
    for table in ("people", "broadcast_targets", "blocked", "outbox"):
        statements.append((f"UPDATE OR IGNORE {table} SET chat_id = ? WHERE chat_id = ?", (new, old)))
    statements.append(("DELETE FROM people WHERE chat_id = ?", (old,)))
    statements.append(("UPDATE outbox SET conversation = ? WHERE conversation = ?", (new, old)))
    statements.append(("DELETE FROM messages WHERE chat_id = ?", (old,)))  # their numbers mean nothing there
    statements.append(("UPDATE inbox SET conversation = ? WHERE conversation = ? AND state = 0", (new, old)))
    await store.write([*statements, *also])
