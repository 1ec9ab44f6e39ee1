"""One row of the outbox on its way to Telegram, and what becomes of it: on disk, and in who may leave next."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from telegram.error import BadRequest, TelegramError

from bot.departures import LONG_S, Departures
from bot.inbox_rows import of_the_disk
from bot.logs import where
from bot.outbox_rows import OutboxRows, Row, memories, refused_picture, unreachable
from bot.ports import Call
from bot.refusals import Again, Fine, Mended, Moved, NoNetwork, Refused, Unreachable, Unsure, Wait, verdict
from core.errors import StoreError
from core.state import Statement

_log = logging.getLogger(__name__)

ON_THE_WIRE = 8  # new messages from their request until it is noted: so many may come twice after a crash
DISK_S = 1.0  # between two tries of the database
OFFLINE_S, LONGEST_OFFLINE_S = 1.0, 30.0  # pauses while there is no network
_COUNTED = ("sent", "refused", "retried", "unsure", "needless")


class Sending:
    """Sends rows that `Departures` gave, which know of each what became of it when `send` returns.

    The rest as in `bot.outbox.Outbox`.
    """

    def __init__(
        self,
        rows: OutboxRows,
        departures: Departures,
        call: Call,
        migrate: Callable[[int, int], Awaitable[object]] | None,
        alarm: Callable[[float], object],
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._rows, self._departures, self._call, self._migrate, self._alarm = rows, departures, call, migrate, alarm
        self._clock, self._monotonic, self._sleep = clock, monotonic, sleep
        self._wire = asyncio.Semaphore(ON_THE_WIRE)
        self._offline = 0  # tries in a row without a network
        self._told: set[int] = set()  # chats of which the operator knows
        self._counts = Counter[str]()
        self._errors = Counter[str]()

    async def send(self, row: Row) -> None:
        """Sends it, and has what became of it on disk when it returns. A new message's row is marked by then."""
        try:
            if self._departures.changes_nothing(row):
                await self.drop([row.id])
                self._departures.gone(row, self._monotonic(), shown=True)
            elif row.is_new:
                async with self._wire:
                    await self._call_for(row)
            else:
                await self._call_for(row)
        except Exception as error:  # a file that is not there, a mistake of ours: nobody else is to wait for it
            self._errors[type(error).__name__] += 1
            await self._give_up(row, error)

    async def drop(self, needless: Sequence[int]) -> None:
        """Takes from disk the rows that a later one has made needless."""
        if needless:
            await self._surely(lambda: self._rows.delete(needless))
            self._counts["needless"] += len(needless)

    def figures(self) -> Mapping[str, float]:
        return {
            **{f"{name}_total": self._counts[name] for name in _COUNTED},
            **{f"error_{name}_total": count for name, count in sorted(self._errors.items())},
        }

    async def _call_for(self, row: Row) -> None:
        try:
            result = await self._call(row.method, row.payload)
        except TelegramError as error:
            self._errors[type(error).__name__] += 1
            await self._failed(row, error)
        else:
            self._offline = 0
            self._departures.served()
            self._told.discard(row.chat_id)
            await self._end(row, "sent", memories(row, result, self._clock()), shown=True)

    async def _end(self, row: Row, count: str, also: Sequence[Statement] = (), shown: bool = False) -> None:
        """The row goes, for it was sent or never will be."""
        self._counts[count] += 1
        await self._surely(lambda: self._rows.end(row, also), lambda: self._rows.end(row))
        self._departures.gone(row, self._monotonic(), shown)

    async def _put_back(self, row: Row, changed: Row, pause: float = 0.0, also: Sequence[Statement] = ()) -> None:
        """It waits again as `changed`, its chat for so many seconds. also: written in the same transaction."""
        self._counts["retried"] += 1
        if pause:
            changed = replace(changed, due=self._clock() + pause)
        await self._surely(lambda: self._rows.put_back([changed], also))
        now = self._monotonic()
        needless = self._departures.back(row, changed, now, now + pause)
        await self.drop(needless)

    async def _surely(self, *writes: Callable[[], Awaitable[object]]) -> None:
        """One of them, tried until it is on disk: what was on the wire must not go there again for the disk's sake.

        The second is for a first that is wrong in itself.
        """
        for write in writes:
            while True:
                try:
                    await write()
                    return
                except StoreError as error:
                    _log.warning("what was sent cannot be noted: %s", error)
                    if not of_the_disk(error):
                        break
                except Exception as error:  # a value that SQLite cannot hold, say
                    _log.warning("what was sent cannot be noted: %s", type(error).__name__)
                    break
                await self._sleep(DISK_S)

    # ---- what may go wrong ----

    async def _failed(self, row: Row, error: TelegramError) -> None:
        found = verdict(row, error)
        if not isinstance(found, NoNetwork | Unsure):
            self._offline = 0
        match found:
            case Fine():
                await self._end(row, "sent", shown=True)
            case Wait(seconds):
                await self._wait(row, seconds)
            case NoNetwork():
                if not self._offline:
                    _log.warning("no connection to the Bot API: messages wait")
                now = self._monotonic()
                if not self._departures.halted(now):  # else it was on its way with the one that said so
                    self._departures.halt(now + min(LONGEST_OFFLINE_S, OFFLINE_S * 2.0 ** min(self._offline, 10)))
                    self._offline += 1
                await self._put_back(row, row)
            case Again(changed, pause):
                await self._put_back(row, changed, pause)
            case Unsure():
                _log.warning("no answer to a %s: it may have arrived and is not sent again", row.method)
                await self._end(row, "unsure")
            case Mended(changed, picture):
                await self._put_back(row, changed, also=refused_picture(row) if picture else ())
            case Moved(chat_id):
                await self._move(row, chat_id)
            case Unreachable():
                gone = self._departures.take_away(row.chat_id)
                self._counts["refused"] += len(gone)
                await self._end(row, "refused", unreachable(row.chat_id))
            case Refused():
                await self._give_up(row, error)

    async def _give_up(self, row: Row, error: Exception) -> None:
        """Type of the error, and Telegram's reason as far as it quotes nothing; of a mistake of ours, its place."""
        reason = error.message.partition(":")[0][:80] if isinstance(error, BadRequest) else ""
        said = f"{type(error).__name__} {reason}" if isinstance(error, TelegramError) else where(error)
        incident = secrets.token_hex(3)
        _log.error("incident %s: a %s was given up: %s", incident, row.method, said)
        await self._end(row, "refused")

    async def _wait(self, row: Row, seconds: float) -> None:
        """429: for this chat alone, unless it comes from several at a time."""
        self._departures.too_fast(row.chat_id, self._monotonic(), seconds)
        if seconds > LONG_S and row.chat_id not in self._told:
            self._told.add(row.chat_id)
            self._alarm(seconds)
        await self._put_back(row, row, seconds)

    async def _move(self, row: Row, chat_id: int) -> None:
        """The group has a new id: its rows move, and what waits goes there, once more."""
        migrate, old = self._migrate, row.chat_id
        if migrate is not None:
            await self._surely(lambda: migrate(old, chat_id))
        waiting = (replace(row, tries=row.tries + 1), *self._departures.take_away(old))
        moved = [one.moved(chat_id) for one in waiting]
        await self._surely(lambda: self._rows.put_back(moved))
        now = self._monotonic()
        self._departures.gone(row, now)
        self._counts["retried"] += 1
        needless: list[int] = []
        for one in moved:
            needless += self._departures.add(one, now)
        await self.drop(needless)
