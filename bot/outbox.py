"""From the outbox's rows to Telegram: in order within a chat, side by side between chats, within the budgets.

A new message's row is marked as on the wire before its request is made, and goes with its message id afterwards. So
after a crash only what was on the wire at that instant may be sent twice, and nothing is missing. Edits may repeat.
"""

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from telegram.error import BadRequest, TelegramError

from bot.budgets import Limits
from bot.departures import LONG_S, Departures
from bot.inbox_rows import of_the_disk
from bot.outbox_rows import OutboxRows, Row, memories, refused_picture, unreachable
from bot.ports import Call, Store
from bot.refusals import Again, Fine, Mended, Moved, NoNetwork, Refused, Unreachable, Unsure, Wait, verdict
from core.errors import StoreError
from core.state import Statement

_log = logging.getLogger(__name__)

ON_THE_WIRE = 8  # new messages from their request until it is noted: so many may come twice after a crash
IN_MEMORY = 2000  # rows; the rest is read when these are sent
DISK_S = 1.0  # between two tries of the database
OFFLINE_S, LONGEST_OFFLINE_S = 1.0, 30.0  # pauses while there is no network


class Outbox:
    """Sends what stands in the outbox. `start`, then `wake` after every commit that wrote rows.

    migrate: moves a group's rows to its new id. alarm: is told for how many seconds a chat is barred.
    clock: seconds since 1970. monotonic, sleep: for budgets and pauses.
    """

    def __init__(
        self,
        store: Store,
        call: Call,
        limits: Limits = Limits(),
        *,
        migrate: Callable[[int, int], Awaitable[object]] | None = None,
        alarm: Callable[[float], object] = lambda _: None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._rows, self._call, self._migrate, self._alarm = OutboxRows(store), call, migrate, alarm
        self._clock, self._monotonic, self._sleep = clock, monotonic, sleep
        self._departures = Departures(limits, monotonic())
        self._last = 0  # highest id that was read
        self._open = self._more = self._again = False  # more: rows are left on disk; again: there may be new ones
        self._reading: asyncio.Task[None] | None = None
        self._ringing: asyncio.Task[None] | None = None
        self._rings_at = float("inf")
        self._work: set[asyncio.Task[None]] = set()
        self._wire = asyncio.Semaphore(ON_THE_WIRE)
        self._offline = 0  # tries in a row without a network
        self._told: set[int] = set()  # chats of which the operator knows
        self._counts = Counter[str]()
        self._errors = Counter[str]()

    async def start(self) -> None:
        """Goes on with what waits, also with what was on the wire when the last process ended."""
        if found := await self._rows.recover():
            _log.warning("%d messages were on the wire when the last process ended: they are sent again", found)
        self._open = True
        self.wake()

    def wake(self) -> None:
        """There are new rows."""
        self._again = True
        if self._open and self._reading is None and self._has_room():
            self._reading = asyncio.create_task(self._read())

    async def stop(self, deadline_s: float) -> None:
        """Begins nothing more and lets what is on the wire end, in this time; the rest stays on disk."""
        self._open = False
        for task in (self._ringing, self._reading):
            if task is not None:
                task.cancel()
        if self._work:
            _, late = await asyncio.wait([*self._work], timeout=deadline_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=1.0)

    async def drained(self) -> None:
        """Returns when nothing waits that could be sent now."""
        while self._reading is not None or self._work:
            await asyncio.wait([task for task in (self._reading, *self._work) if task is not None])
            await asyncio.sleep(0)

    # ---- figures ----

    @property
    def waiting(self) -> int:
        """Rows in memory, those on the wire included."""
        return len(self._departures)

    def oldest_age(self) -> float | None:
        """Seconds that the oldest row in memory has been there; None where there is none."""
        oldest = self._departures.oldest()
        return None if oldest is None else self._monotonic() - oldest

    def overdue_age(self) -> float | None:
        """Seconds that the oldest answer waits which nothing but us keeps back; None where there is none."""
        now = self._monotonic()
        oldest = self._departures.overdue(now)
        return None if oldest is None else now - oldest

    def figures(self) -> Mapping[str, float]:
        counts = ("sent", "refused", "retried", "unsure", "needless")
        return {
            "waiting": self.waiting,
            "oldest_age_seconds": self.oldest_age() or 0.0,
            "on_the_wire": self._departures.flying,
            **{f"{name}_total": self._counts[name] for name in counts},
            **{f"error_{name}_total": count for name, count in sorted(self._errors.items())},
        }

    # ---- from disk ----

    async def _read(self) -> None:
        try:
            while self._open and (self._again or self._more) and self._has_room():
                self._again = False
                found, self._last, self._more = await self._rows.after(self._last, IN_MEMORY)
                now, wall = self._monotonic(), self._clock()
                needless: list[int] = []
                for row in found:
                    needless += self._departures.add(row, now, now + row.due - wall)
                # first, for after a crash the older edit would come after the newer one
                await self._surely(partial(self._forget, needless))
                self._pump()
        except StoreError as error:
            _log.warning("the outbox cannot be read: %s", error)
            await self._sleep(DISK_S)
            self._again = True
        finally:
            self._reading = None
        if self._again and self._open:
            self.wake()

    def _has_room(self, share: float = 1.0) -> bool:
        """Whether more rows may come into memory. Those that wait for long do not count."""
        most = IN_MEMORY * share
        return self.waiting < most or self._departures.near(self._monotonic()) < most

    async def _forget(self, needless: Sequence[int]) -> None:
        if needless:
            await self._rows.delete(needless)
            self._counts["needless"] += len(needless)

    # ---- to the wire ----

    def _pump(self) -> None:
        """Begins what may go now, and wakes when more may."""
        if not self._open:
            return
        now = self._monotonic()
        while (row := self._departures.next(now)) is not None:
            task = asyncio.create_task(self._send(row))
            self._work.add(task)
            task.add_done_callback(self._work.discard)
        due = self._departures.due(now)
        if due is not None and (self._ringing is None or due < self._rings_at):
            if self._ringing is not None:
                self._ringing.cancel()
            self._rings_at, self._ringing = due, asyncio.create_task(self._ring(due))

    async def _ring(self, due: float) -> None:
        await self._sleep(max(0.0, due - self._monotonic()))
        self._ringing = None
        self._pump()

    async def _send(self, row: Row) -> None:
        try:
            await self._attempt(row)
        except StoreError as error:  # nothing was sent: the row stands on disk as before
            _log.warning("the outbox waits for the database: %s", error)
            now = self._monotonic()
            self._departures.halt(now + DISK_S)
            self._departures.back(row, row, now)
        if (self._more or self._again) and self._has_room(share=0.5):
            self.wake()
        self._pump()

    async def _attempt(self, row: Row) -> None:
        """Sends a row, and has it end on disk and in memory. StoreError, where that comes before it is sent."""
        if self._departures.changes_nothing(row):
            await self._forget([row.id])
            self._departures.gone(row, self._monotonic(), shown=True)
            return
        if not row.is_new:
            await self._call_for(row)
        elif await self._rows.mark(row):
            async with self._wire:
                await self._call_for(row)
        else:
            self._departures.gone(row, self._monotonic())

    async def _call_for(self, row: Row) -> None:
        """Asks Telegram, and has what became of it on disk when it returns."""
        try:
            result = await self._call(row.method, row.payload)
        except TelegramError as error:
            self._errors[type(error).__name__] += 1
            await self._failed(row, error)
        except Exception as error:  # a file that is not there, a payload that is none
            self._errors[type(error).__name__] += 1
            await self._give_up(row, error)
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
        await self._surely(lambda: self._forget(needless))

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
        """Type of the error, and Telegram's reason as far as it quotes nothing."""
        reason = error.message.partition(":")[0][:80] if isinstance(error, BadRequest) else ""
        incident = secrets.token_hex(3)
        _log.error("incident %s: a %s was given up: %s %s", incident, row.method, type(error).__name__, reason)
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
        await self._surely(lambda: self._forget(needless))
