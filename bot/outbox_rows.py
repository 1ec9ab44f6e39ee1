"""The outbox on disk: what is written and read of its table, and what is remembered of messages that were sent."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.outgoing import ON_THE_WIRE, WAITING, About
from bot.ports import Store
from core.state import Statement

_log = logging.getLogger(__name__)

TRIES = 8  # of one row, crashes with it on the wire included
_COLUMNS = "id, chat_id, conversation, priority, method, payload, about, tries, due"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outbox. payload: parameters of the method, as JSON. due: not before; seconds since 1970."""

    id: int
    chat_id: int
    conversation: int
    priority: int
    method: str
    payload: Mapping[str, Any]  # Any: the Bot API's values
    about: About | None = None
    tries: int = 0
    due: float = 0.0

    @property
    def order(self) -> tuple[int, int]:
        """Its place among the rows of its chat."""
        return self.priority, self.id

    @property
    def is_new(self) -> bool:
        """Whether it makes a message, so that twice would be seen."""
        return not self.method.startswith(("edit", "delete", "set"))

    @property
    def edited(self) -> object:
        """The id of the message that it edits, or None."""
        return self.payload.get("message_id") if self.method.startswith("edit") else None

    def makes_needless(self, older: "Row") -> bool:
        """Whether nobody will miss the older edit once this row has been sent."""
        if older.edited is None or older.id >= self.id or self.payload.get("message_id") != older.edited:
            return False
        return self.method in (older.method, "deleteMessage") or (
            self.edited is not None and older.method == "editMessageReplyMarkup"
        )

    def moved(self, chat_id: int) -> "Row":
        """The same for the group's new id."""
        conversation = chat_id if self.conversation == self.chat_id else self.conversation
        return replace(self, chat_id=chat_id, conversation=conversation, payload={**self.payload, "chat_id": chat_id})


class OutboxRows:
    """Doors to the table. Each is one transaction; StoreError where it cannot be had."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def recover(self) -> int:
        """After a start: what was on the wire waits again, and has had a try more. How many of these there are.

        One that was there at the end of every process may be what ends them: it goes.
        """
        query = f"SELECT count(*) FROM outbox WHERE state = {ON_THE_WIRE}"
        found = int(str((await self._store.read(query))[0][0]))
        if found:
            await self._store.write(
                [
                    (f"DELETE FROM outbox WHERE state = {ON_THE_WIRE} AND tries >= ?", (TRIES - 1,)),
                    (f"UPDATE outbox SET state = {WAITING}, tries = tries + 1 WHERE state = {ON_THE_WIRE}", ()),
                ]
            )
        return found

    async def after(self, row_id: int, limit: int) -> tuple[list[Row], int, bool]:
        """Rows with a higher id, in order; the highest id that was read; whether there may be more.

        One that cannot be read is dropped.
        """
        query = f"SELECT {_COLUMNS} FROM outbox WHERE id > ? ORDER BY id LIMIT ?"
        found = await self._store.read(query, row_id, limit)
        rows, spoiled = [], []
        for values in found:
            try:
                rows.append(_row(values))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                spoiled.append(int(str(values[0])))
        if spoiled:
            _log.error("%d rows of the outbox could not be read and are dropped", len(spoiled))
            await self.delete(spoiled)
        return rows, int(str(found[-1][0])) if found else row_id, len(found) == limit

    async def mark(self, rows: Sequence[Row]) -> frozenset[int]:
        """They go on the wire now. The ids of those that are there still: a chat may have been forgotten, say."""
        ids = [row.id for row in rows]
        among, values = "id IN (SELECT value FROM json_each(?))", (json.dumps(ids),)
        query = f"UPDATE outbox SET state = {ON_THE_WIRE} WHERE {among}"
        if await self._store.write([(query, values)]) == len(ids):
            return frozenset(ids)
        return frozenset(
            int(str(row[0])) for row in await self._store.read(f"SELECT id FROM outbox WHERE {among}", *values)
        )

    async def put_back(self, rows: Sequence[Row], also: Sequence[Statement] = ()) -> None:
        """They wait again, as they are now. also: written in the same transaction."""
        query = (
            f"UPDATE outbox SET state = {WAITING}, chat_id = ?, conversation = ?, method = ?, payload = ?, tries = ?, "
            "due = ? WHERE id = ?"
        )
        await self._store.write(
            [
                (query, (row.chat_id, row.conversation, row.method, _json(row.payload), row.tries, row.due, row.id))
                for row in rows
            ]
            + [*also]
        )

    async def delete(self, row_ids: Sequence[int]) -> None:
        await self._store.write([_deletion(row_id) for row_id in row_ids])

    async def end(self, row: Row, also: Sequence[Statement] = ()) -> None:
        """It is sent, or never will be. also: written before, in the same transaction."""
        await self._store.write([*also, _deletion(row.id)])


def memories(row: Row, result: object, at: float) -> list[Statement]:
    """What is to be remembered of the message that came of a row: for taps, replies, reactions, and its picture.

    Nothing where the row is gone by then: whoever is forgotten meanwhile stays so.
    """
    about = row.about
    if about is None or not isinstance(result, Mapping) or not isinstance(result.get("message_id"), int):
        return []
    there = "WHERE EXISTS (SELECT 1 FROM outbox WHERE id = ?)"
    message = (row.chat_id, result["message_id"], row.conversation, about.turn, about.kind, json.dumps(about.items), at)
    found: list[Statement] = [
        (f"INSERT OR REPLACE INTO messages SELECT {', '.join('?' * len(message))} {there}", (*message, row.id))
    ]
    photo = result.get("photo")
    if about.photo_of is not None and isinstance(photo, Sequence) and photo:
        found.append(("INSERT OR REPLACE INTO media VALUES (?, ?)", (about.photo_of, str(photo[-1]["file_id"]))))
    return found


def refused_picture(row: Row) -> list[Statement]:
    """Telegram takes the picture no longer by the id it has."""
    if row.about is None or row.about.photo_of is None:
        return []
    return [("DELETE FROM media WHERE item_id = ?", (row.about.photo_of,))]


def unreachable(chat_id: int) -> list[Statement]:
    """Nothing more goes there until somebody speaks there again."""
    return [
        ("UPDATE people SET inactive = 1 WHERE chat_id = ?", (chat_id,)),
        ("DELETE FROM outbox WHERE chat_id = ?", (chat_id,)),
    ]


def _deletion(row_id: int) -> Statement:
    return ("DELETE FROM outbox WHERE id = ?", (row_id,))


def _json(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, ensure_ascii=False)


def _row(values: Sequence[Any]) -> Row:  # Any: columns, as the schema types them
    row_id, chat_id, conversation, priority, method, payload, about, tries, due = values
    parameters = json.loads(payload)
    if isinstance(answered := parameters.get("reply_parameters"), dict):
        answered["allow_sending_without_reply"] = True  # what is answered may be deleted by now
    told = None if about is None else About.decode(about)
    return Row(row_id, chat_id, conversation, priority, method, parameters, told, tries, due)
