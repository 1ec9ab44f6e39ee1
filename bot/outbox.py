"""From the outbox's rows to Telegram: in order within a chat, side by side between chats, within the budgets.

A new message's row is marked as on the wire before its request is made, and goes with its message id afterwards. So
after a crash only what was on the wire at that instant may be sent twice, and nothing is missing. Edits may repeat.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence

from bot.budgets import Limits
from bot.departures import Departures
from bot.outbox_rows import OutboxRows, Row
from bot.ports import Call, Store
from bot.sending import DISK_S, Sending
from core.errors import StoreError

_log = logging.getLogger(__name__)

IN_MEMORY = 2000  # rows; the rest is read when these are sent


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
        self._clock, self._monotonic, self._sleep = clock, monotonic, sleep
        self._rows, self._departures = OutboxRows(store), Departures(limits, monotonic())
        self._sending = Sending(self._rows, self._departures, call, migrate, alarm, clock, monotonic, sleep)
        self._last = 0  # highest id that was read
        self._open = self._more = self._again = False  # more: rows are left on disk; again: there may be new ones
        self._reading: asyncio.Task[None] | None = None
        self._ringing: asyncio.Task[None] | None = None
        self._rings_at = float("inf")
        self._work: set[asyncio.Task[None]] = set()

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
        return {
            "waiting": self.waiting,
            "oldest_age_seconds": self.oldest_age() or 0.0,
            "on_the_wire": self._departures.flying,
            **self._sending.figures(),
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
                await self._sending.drop(needless)
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

    # ---- to the wire ----

    def _pump(self) -> None:
        """Begins what may go now, and wakes when more may."""
        if not self._open:
            return
        now = self._monotonic()
        new: list[Row] = []
        while (row := self._departures.next(now)) is not None:
            if row.is_new:
                new.append(row)
            else:
                self._begin(self._send(row))
        if new:
            self._begin(self._depart(new))
        due = self._departures.due(now)
        if due is not None and (self._ringing is None or due < self._rings_at):
            if self._ringing is not None:
                self._ringing.cancel()
            self._rings_at, self._ringing = due, asyncio.create_task(self._ring(due))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _ring(self, due: float) -> None:
        await self._sleep(max(0.0, due - self._monotonic()))
        self._ringing = None
        self._pump()

    async def _depart(self, rows: Sequence[Row]) -> None:
        """Marks new messages as on the wire, all of them at once, and sends those that are there still."""
        try:
            there = await self._rows.mark(rows)
        except Exception as error:  # nothing was sent: the rows stand on disk as before
            reason = error if isinstance(error, StoreError) else type(error).__name__
            _log.warning("the outbox waits for the database: %s", reason)
            now = self._monotonic()
            self._departures.halt(now + DISK_S)
            for row in rows:
                self._departures.back(row, row, now)
        else:
            for row in rows:
                if row.id not in there:
                    self._departures.gone(row, self._monotonic())
            await asyncio.gather(*(self._send(row) for row in rows if row.id in there))
        self._pump()

    async def _send(self, row: Row) -> None:
        await self._sending.send(row)
        if (self._more or self._again) and self._has_room(share=0.5):
            self.wake()
        self._pump()
