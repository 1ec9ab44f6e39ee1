"""Every update is on disk before it is confirmed, is handled once, and in its conversation's order.

Updates -> `put` -> rows on disk -> `Lanes` -> handler, which marks the rows done in the transaction of their effect.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from bot.inbox_rows import InboxRows, encoded, of_the_disk
from bot.lanes import Lanes, Received, Row, Update, content_of
from bot.logs import where
from bot.outgoing import turn_key
from bot.ports import Store
from core.errors import StoreError, incident_of

__all__ = ["Inbox", "Limits", "Received", "Update"]

_log = logging.getLogger(__name__)

URGENT = ("callback_query", "inline_query")  # somebody looks at a spinner
ERRANDS = 256  # urgent calls at a time; beyond that a spinner ends by itself
KEPT_S = 8 * 86_400.0  # Telegram repeats for a day; after a week without updates it begins a new count
PRUNE_S = 3600.0
ROOM_S = 5  # seconds that a poller waits at most: taps must not wait for a backlog


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds. workers: items at work at once. rows, characters: of waiting updates in memory; the rest is on disk.

    backlog: waiting rows beyond which polling slows down. pause_s: shortest and longest wait for a database that cannot
    write.
    """

    workers: int = 16
    rows: int = 1000
    characters: int = 1 << 23
    backlog: int = 10_000
    pause_s: tuple[float, float] = (0.5, 30.0)


class Inbox:
    """The durable queue between Telegram and the handler.

    handler: has an update's whole effect and marks its `update_ids` done in the same transaction. What it raises sets
    the update aside, but for a database that cannot write: then it is tried again.
    urgent: answers a tap or an inline query on receipt; called before the disk is asked, possibly again for a repeat.
    lane: the conversation of an update, None for one that belongs to none.
    alarm: is told the incident of every update that is set aside.
    clock: seconds since 1970. monotonic, sleep: for windows and pauses.
    in_order: updates come by a way that keeps their order (polling), so that a gap in their ids means nothing.
    """

    def __init__(
        self,
        store: Store,
        handler: Callable[[Received], Awaitable[object]],
        urgent: Callable[[Update], Awaitable[object]],
        lane: Callable[[Update], int | None],
        limits: Limits = Limits(),
        *,
        alarm: Callable[[str], object] = lambda _: None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        in_order: bool = False,
    ) -> None:
        self._rows, self._limits = InboxRows(store), limits
        self._handler, self._urgent, self._lane, self._alarm_of = handler, urgent, lane, alarm
        self._clock, self._monotonic, self._sleep, self._in_order = clock, monotonic, sleep, in_order
        self._lanes = Lanes()
        self._disk = asyncio.Lock()  # rows come into memory one delivery, or one reading, after the other
        self._behind = False  # there are waiting rows on disk that are not in memory
        self._open = False
        self._arrived: list[tuple[Row, str]] = []  # with their JSON
        self._writing: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at = inf
        self._work: set[asyncio.Task[None]] = set()
        self._errands: set[asyncio.Task[None]] = set()
        self._pruning: asyncio.Task[None] | None = None
        self._receipt = 0.0
        self._received = self._handled = self._set_aside = 0

    async def start(self) -> None:
        """Goes on with what waits on disk, in order. StoreError where it cannot be read."""
        self._lanes.count_from(await self._rows.highest())
        self._lanes.unread.update(await self._rows.counts())
        self._open = self._behind = True
        await self._read_back()
        self._pruning = asyncio.create_task(self._prune_hourly())

    async def put(self, updates: Sequence[Update]) -> None:
        """Takes updates; they are on disk when it returns. StoreError where they cannot be: then none of them is taken.

        What was taken before has no further effect. After `stop` they are kept for the next start.
        """
        self._receipt = max(self._clock(), self._receipt + 1e-6)  # one of its own: it tells whose a row is
        arrived = [update for update in updates if _usable(update)]
        if not arrived:
            return
        for update in arrived:
            if content_of(update)[0] in URGENT and self._open and len(self._errands) < ERRANDS:
                self._begin(self._hand_over(update), self._errands)
        for update in arrived:
            body = encoded(update)
            self._arrived.append((self._row(update["update_id"], update, self._receipt, len(body)), body))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
            self._writing.add_done_callback(lambda task: task.cancelled() or task.exception())  # who waited may be gone
        await asyncio.shield(self._writing)

    async def room(self) -> None:
        """Waits while too much waits, but not for long."""
        for _ in range(ROOM_S):
            if self.waiting < self._limits.backlog:
                return
            await self._sleep(1.0)

    async def stop(self, deadline_s: float) -> None:
        """Begins nothing more and finishes what is at work, in this time; the rest stays on disk."""
        self._open = False
        for task in (self._pruning, self._reading, self._alarm):
            if task is not None:
                task.cancel()
        if at_work := [*self._work, *self._errands]:
            _, late = await asyncio.wait(at_work, timeout=deadline_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=1.0)

    # ---- figures ----

    @property
    def waiting(self) -> int:
        """Updates that are not done, in memory, at work and on disk."""
        return len(self._lanes.ids) + self._lanes.unread.total()

    @property
    def paused(self) -> int:
        """Conversations whose last item could not be written; more than none is ill."""
        return len(self._lanes.paused)

    def oldest_age(self) -> float | None:
        """Seconds since the receipt of what has waited longest; None where nothing waits."""
        oldest = self._lanes.oldest()
        return None if oldest is None else max(0.0, self._clock() - oldest)

    def figures(self) -> Mapping[str, float]:
        return {
            "waiting": self.waiting,
            "in_memory": len(self._lanes.ids),
            "oldest_age_seconds": self.oldest_age() or 0.0,
            "at_work": len(self._work),
            "paused": self.paused,
            "received_total": self._received,
            "handled_total": self._handled,
            "set_aside_total": self._set_aside,
        }

    # ---- to disk ----

    def _row(self, update_id: int, update: Update, at: float, size: int) -> Row:
        try:
            conversation = self._lane(update)
        except Exception as error:  # an update that nobody foresaw is alone in its lane
            _log.warning("update %d is of no conversation: %s", update_id, where(error))
            conversation = None
        fits = conversation is not None and -(2**63) <= conversation < 2**63
        return Row(update_id, (conversation, 0) if conversation and fits else (0, update_id), update, at, size)

    async def _write(self) -> None:
        """Writes all that has arrived until it is its turn, and takes what is new of it."""
        async with self._disk:
            arrived, self._arrived, self._writing = self._arrived, [], None
            rows = {row.update_id: (row, body) for row, body in arrived if row.update_id not in self._lanes.ids}
            try:
                self._accept(await self._rows.add(list(rows.values())))
            except StoreError:
                self._behind = True  # whatever of it reached the disk is found there
                raise

    def _accept(self, rows: Sequence[Row]) -> None:
        """Takes new rows into memory, as far as there is room; the others stay on disk."""
        now, wall = self._monotonic(), self._clock()
        if not self._in_order:
            self._lanes.see((row.update_id for row in rows), now)
        for row in rows:
            self._behind = self._behind or self._full()
            if self._behind:
                self._lanes.unread[row.key[0]] += 1
            else:
                self._lanes.add(row, now, wall)
        self._received += len(rows)
        self._read_soon()
        self._pump()

    # ---- from disk ----

    def _full(self, share: float = 1.0) -> bool:
        limits = self._limits
        return len(self._lanes.ids) >= share * limits.rows or self._lanes.size >= share * limits.characters

    def _read_soon(self) -> None:
        """Reads back what stayed on disk, once there is room again."""
        if self._behind and self._open and not self._full(0.5) and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read_until_full())

    async def _read_until_full(self) -> None:
        while self._behind and not self._full(0.5):
            try:
                await self._read_back()
            except StoreError as error:
                _log.warning("waiting updates cannot be read: %s", error)
                await self._sleep(self._limits.pause_s[0])

    async def _read_back(self) -> None:
        async with self._disk:
            known = frozenset(self._lanes.ids)  # before reading: one that is done meanwhile must not come again
            limit = max(self._limits.rows, len(known) + 1)
            found = await self._rows.waiting(limit)
            self._behind = len(found) == limit
            now, wall = self._monotonic(), self._clock()
            for kept in found:
                if kept.update_id in known:
                    continue
                if self._full():
                    self._behind = True
                    break
                self._lanes.add(self._row(kept.update_id, kept.update, kept.at, kept.size), now, wall)
                self._lanes.unread[kept.conversation] -= 1
            if not self._behind:
                self._lanes.unread.clear()
        self._pump()

    # ---- at work ----

    def _pump(self) -> None:
        """Begins what can be begun, and wakes when the next that is held may be."""
        while self._open and len(self._work) < self._limits.workers:
            received = self._lanes.next(self._monotonic(), self._clock())
            if received is None:
                break
            self._begin(self._handle(received), self._work).add_done_callback(lambda _: self._pump())
        due = self._lanes.due()
        if self._open and due is not None and (self._alarm is None or due < self._alarm_at):
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm_at, self._alarm = due, asyncio.create_task(self._ring(due))

    async def _ring(self, due: float) -> None:
        await self._sleep(max(0.0, due - self._monotonic()))
        self._alarm = None
        self._pump()

    def _begin(self, work: Coroutine[None, None, None], among: set[asyncio.Task[None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        return task

    async def _hand_over(self, update: Update) -> None:
        try:
            await self._urgent(update)
        except Exception as error:
            _log.warning("update %s had no quick answer: %s", update.get("update_id"), where(error))

    async def _handle(self, received: Received) -> None:
        try:
            if self._lanes.paused:  # else the engine would work for what cannot be kept
                await self._rows.touch(received.update_id)
            try:
                await self._handler(received)
            except Exception as error:
                if isinstance(error, StoreError) and of_the_disk(error):
                    raise
                await self._put_aside(received.update_ids, error)
        except StoreError as error:
            if not self._lanes.paused:
                _log.warning("updates wait for the database: %s", error)
            self._lanes.retry(received, self._monotonic(), *self._limits.pause_s)
            return
        self._lanes.done(received)
        self._handled += len(received.update_ids)
        self._read_soon()

    async def _put_aside(self, update_ids: Sequence[int], error: Exception) -> None:
        incident = incident_of(turn_key(update_ids[0]))
        _log.error("incident %s: update %d was set aside: %s", incident, update_ids[0], where(error))
        await self._rows.set_aside(update_ids, f"{incident} {type(error).__name__}")
        self._set_aside += len(update_ids)
        self._alarm_of(incident)

    async def _prune_hourly(self) -> None:
        while True:
            try:
                await self._rows.prune(self._clock() - KEPT_S)
            except StoreError as error:
                _log.warning("old ids cannot be pruned: %s", error)
            await self._sleep(PRUNE_S)


def _usable(update: Update) -> bool:
    """An update without an id can be neither kept nor told apart."""
    update_id = update.get("update_id") if isinstance(update, Mapping) else None
    usable = type(update_id) is int and 0 <= update_id < 2**63
    if not usable:
        _log.warning("an update without a usable id was left out")
    return usable
