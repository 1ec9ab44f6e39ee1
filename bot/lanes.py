"""Which update is next: order inside a conversation, turns about between conversations, albums, floods, stale ones.

All of it in memory and without a clock, a disk or an await: `now` is a monotonic time, `wall` seconds since 1970.
"""

import heapq
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

Update = Mapping[str, Any]  # the Bot API's JSON as it came; who reads a field says what it must be
Key = tuple[int, int]  # (conversation, 0), or (0, update id) for what belongs to none and waits for nobody

# For an update that parallel deliveries of a webhook have overtaken: longer than connections differ by, and no longer,
# for all behind it wait, also where it comes late for a reason of its own chat (decision 0008).
ORDER_S = 0.15
FARTHEST = 100  # ids: more parallel deliveries Telegram does not make; a longer jump is a new count
ALBUM_S = 0.7  # without a further part
ALBUM_PARTS = 10  # more Telegram does not send
STALE_S = 600.0
CATCH_UP_S = 2.0  # without a further stale update: the backlog has come
LONGEST_S = 30.0  # and no longer, should they never end: the clock of this machine is ahead, say
FLOOD = 20  # waiting messages of one person in one conversation
SLOW_DOWN_S = 600.0  # between two lines that say so
_TALK = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
)  # what a person does; it floods and goes stale
_SENDERS = ("sender_chat", "from", "actor_chat", "user")  # where its person stands; a group's anonymous admins are one


@dataclass(frozen=True, slots=True)
class Received:
    """One thing to handle: an update, or the parts of an album as one.

    update_id, body: of the (first) update. at: receipt, seconds since 1970. album: the bodies of all parts of a media
    group, by update id; empty for what is none. update_ids: every row that the handler marks done, in its transaction.
    quiet: learn from it, but answer nothing and count nothing as shown; because it is stale or one of a flood.
    stale: said more than ten minutes ago. catch_up: the last stale one here; it gets one short line for all of them.
    slow_down: the one of a flood that gets the line asking for patience. key: its lane, for the inbox.
    """

    update_id: int
    body: Update
    at: float
    update_ids: tuple[int, ...]
    album: tuple[Update, ...] = ()
    quiet: bool = False
    stale: bool = False
    catch_up: bool = False
    slow_down: bool = False
    key: Key = (0, 0)


@dataclass(slots=True, order=True)
class Row:
    """A waiting update; rows sort by its id.

    at: receipt, seconds since 1970. size: characters of its JSON. arrived: monotonic time at which it came into memory.
    person: whose flood it may be part of. group: media group. stale_at: nobody waits for the answer after that.
    surplus: one of a flood.
    """

    update_id: int
    key: Key = field(compare=False)
    body: Update = field(compare=False)
    at: float = field(compare=False)
    size: int = field(compare=False)
    arrived: float = field(compare=False, default=0.0)
    person: int | None = field(compare=False, default=None)
    group: str | None = field(compare=False, default=None)
    stale_at: float = field(compare=False, default=inf)
    surplus: bool = field(compare=False, default=False)
    slow_down: bool = field(compare=False, default=False)

    def __post_init__(self) -> None:
        kind, content = content_of(self.body)
        if kind not in _TALK:
            return
        sender: Mapping[str, Any] = next(
            (content[name] for name in _SENDERS if isinstance(content.get(name), Mapping)), {}
        )
        self.person = sender.get("id") if isinstance(sender.get("id"), int) else None
        said = content.get("edit_date", content.get("date", self.at))
        self.stale_at = STALE_S + (said if isinstance(said, int | float) else self.at)
        group = content.get("media_group_id")
        self.group = group if kind == "message" and isinstance(group, str) else None

    def stale(self, wall: float) -> bool:
        return max(wall, self.at) > self.stale_at


def content_of(update: Update) -> tuple[str, Mapping[str, Any]]:
    """Kind of an update and what stands under it; ("", {}) where there is nothing of use."""
    for name, content in update.items():
        if name != "update_id" and isinstance(content, Mapping):
            return name, content
    return "", {}


@dataclass(slots=True)
class _Lane:
    rows: list[Row] = field(default_factory=list)  # a heap by update id
    taken: tuple[Row, ...] = ()  # at work
    waiting: Counter[int] = field(default_factory=Counter)  # rows by person
    due: float | None = None  # looked at again then; None: ready, or at work
    not_before: float = 0.0  # the database could not write
    tries: int = 0


class Lanes:
    """The waiting updates that are in memory, by conversation. At most one item of a lane is at work."""

    def __init__(self) -> None:
        self.ids: set[int] = set()  # waiting or at work
        self.size = 0  # characters of JSON
        self.paused: set[Key] = set()  # lanes whose last item could not be written
        self.unread: Counter[int] = Counter()  # rows on disk only, by conversation; 0: of none
        self._lanes: dict[Key, _Lane] = {}
        self._ready: deque[Key] = deque()
        self._held: list[tuple[float, Key]] = []  # a heap; an entry whose time is not its lane's `due` is void
        self._highest: int | None = None
        self._missing: dict[int, float] = {}  # id that was overtaken -> until when it is waited for
        self._stale_at = -inf  # when the last stale one came
        self._warned: dict[tuple[Key, int], float] = {}

    def count_from(self, highest: int | None) -> None:
        """The highest id that is known to have come."""
        self._highest = highest

    def see(self, ids: Iterable[int], now: float) -> None:
        """New ids have come; what is missing between them is waited for."""
        for update_id in ids:
            last = self._highest
            if last is None or abs(update_id - last) > FARTHEST:
                self._highest = update_id
                self._missing.clear()
            elif update_id > last:
                self._highest = update_id
                self._missing.update(dict.fromkeys(range(last + 1, update_id), now + ORDER_S))
            elif self._missing.pop(update_id, None) is not None and not self._missing:
                self._look_again()

    def add(self, row: Row, now: float, wall: float) -> None:
        """Takes a row that is on disk."""
        lane = self._lanes.setdefault(row.key, _Lane())
        row.arrived = now
        if row.person is not None:
            if lane.waiting[row.person] >= FLOOD:
                row.surplus = True
                row.slow_down = self._warns((row.key, row.person), now)
            lane.waiting[row.person] += 1
        if row.stale(wall):
            self._stale_at = now
        heapq.heappush(lane.rows, row)
        self.ids.add(row.update_id)
        self.size += row.size
        if not lane.taken and (len(lane.rows) == 1 or lane.due is not None):
            lane.due = None
            self._ready.append(row.key)

    def next(self, now: float, wall: float) -> Received | None:
        """What is to be handled now, from the lane whose turn it is; it stays at work until `done` or `retry`."""
        while self._held and self._held[0][0] <= now:
            due, key = heapq.heappop(self._held)
            if (lane := self._lanes.get(key)) is not None and lane.due == due:
                lane.due = None
                self._ready.append(key)
        if self._missing:
            self._missing = {update_id: until for update_id, until in self._missing.items() if until > now}
        while self._ready:
            key = self._ready.popleft()
            lane = self._lanes[key]
            due = self._hold(key, lane, now, wall)
            if due <= now:
                return self._take(key, lane, wall)
            lane.due = due
            heapq.heappush(self._held, (due, key))
        return None

    def due(self) -> float | None:
        """When a lane that is held may be looked at again; None while none is."""
        while self._held:
            due, key = self._held[0]
            if (lane := self._lanes.get(key)) is not None and lane.due == due:
                return due
            heapq.heappop(self._held)
        return None

    def done(self, received: Received) -> None:
        """Its rows wait no more; the lane goes to the end of the queue."""
        lane = self._lanes[received.key]
        self.ids.difference_update(received.update_ids)
        self.size -= sum(row.size for row in lane.taken)
        lane.taken, lane.tries = (), 0
        self.paused.discard(received.key)
        if lane.rows:
            self._ready.append(received.key)
        else:
            del self._lanes[received.key]

    def retry(self, received: Received, now: float, shortest_s: float, longest_s: float) -> float:
        """Its rows wait on, for a time that doubles with each try. How long that is."""
        lane = self._lanes[received.key]
        for row in lane.taken:
            heapq.heappush(lane.rows, row)
            if row.person is not None:
                lane.waiting[row.person] += 1
        pause = min(longest_s, shortest_s * 2.0**lane.tries)
        lane.taken, lane.tries, lane.not_before = (), min(lane.tries + 1, 30), now + pause
        self.paused.add(received.key)
        self._ready.append(received.key)
        return pause

    def oldest(self) -> float | None:
        """Receipt of the row that has waited longest, those at work included."""
        return min((row.at for lane in self._lanes.values() for row in (*lane.rows, *lane.taken)), default=None)

    def _hold(self, key: Key, lane: _Lane, now: float, wall: float) -> float:
        """Until when the lane's first row is to wait."""
        first = lane.rows[0]
        due: float = lane.not_before
        for update_id, until in self._missing.items():
            if update_id < first.update_id:
                due = max(due, until)
        album = _album(lane.rows, first)
        if len(album) < ALBUM_PARTS and first.group is not None:
            due = max(due, ALBUM_S + max(row.arrived for row in album))
        if self._is_last_stale(key, lane, first, wall) and len(lane.rows) == len(album):
            due = max(due, min(self._stale_at + CATCH_UP_S, first.arrived + LONGEST_S))
        return due

    def _take(self, key: Key, lane: _Lane, wall: float) -> Received:
        first = lane.rows[0]
        stale, catch_up = first.stale(wall), self._is_last_stale(key, lane, first, wall)
        parts = _album(lane.rows, first)
        if len(parts) == 1:
            heapq.heappop(lane.rows)
        else:
            lane.rows = [row for row in lane.rows if row.group != first.group]
            heapq.heapify(lane.rows)
        lane.taken = tuple(parts)
        for row in parts:
            if row.person is not None:
                lane.waiting[row.person] -= 1
        return Received(
            first.update_id,
            first.body,
            first.at,
            tuple(row.update_id for row in parts),
            tuple(row.body for row in parts) if first.group is not None else (),
            quiet=stale or first.surplus,
            stale=stale,
            catch_up=catch_up,
            slow_down=any(row.slow_down for row in parts),
            key=key,
        )

    def _is_last_stale(self, key: Key, lane: _Lane, first: Row, wall: float) -> bool:
        """Whether no stale update of the lane stands behind `first`, which is one."""
        if not first.stale(wall) or (key[0] and self.unread[key[0]] > 0):
            return False
        same = {row.update_id for row in _album(lane.rows, first)}
        return not any(row.stale(wall) for row in lane.rows if row.update_id not in same)

    def _warns(self, whom: tuple[Key, int], now: float) -> bool:
        if now - self._warned.get(whom, -inf) < SLOW_DOWN_S:
            return False
        if len(self._warned) > 1000:
            self._warned = {other: at for other, at in self._warned.items() if now - at < SLOW_DOWN_S}
        self._warned[whom] = now
        return True

    def _look_again(self) -> None:
        """At every lane that is held."""
        for _, key in self._held:
            if (lane := self._lanes.get(key)) is not None and lane.due is not None:
                lane.due = None
                self._ready.append(key)
        self._held.clear()


def _album(rows: Sequence[Row], first: Row) -> list[Row]:
    """The first row, with the further parts of its media group, in order."""
    if first.group is None:
        return [first]
    return sorted(row for row in rows if row.group == first.group)
