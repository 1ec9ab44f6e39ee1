"""Who may leave next, in memory: order within a chat, turns between chats, budgets, and edits that replace each other.

Pure: `now` is monotonic seconds. The rows lie on disk; here is only what waits, and who is on the wire.
"""

import heapq
import json
from bisect import insort
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from math import inf

from bot.budgets import Budgets, Limits
from bot.outbox_rows import Row
from bot.outgoing import ANSWER, BROADCAST, PROGRESS
from bot.refusals import PAUSES_S

IN_FLIGHT = {True: 24, False: 16}  # by is_new: begun and not ended, those that are still being marked on disk included
PROGRESS_S = 1.5  # between two edits of one message that nobody asked for
# chats that were told to wait within that time, and nobody was served between: then it is the bot that is too fast
CROWD, CROWD_S = 3, 5.0
HALT_S = 30.0  # that all wait for then, at most: each chat's own wait may be an hour
LONG_S = 60.0  # what waits longer, waits for long
LEAVES_S = 1.0  # since something was sent: the way is free
REMEMBERED = 5000  # messages whose last edit is known
_SLACK_S = 1e-6  # so much early may a sleep end

_Line = tuple[int, bool]  # priority, is_new


@dataclass(slots=True)
class _Chat:
    """waiting: in order. stands: in which line, or until when it is held; None while a row of it is on the wire.

    barred: until when a 429 holds it, which is then `not_before` too.
    """

    waiting: list[Row] = field(default_factory=list)
    busy: bool = False
    not_before: float = -inf
    barred: float = -inf
    stands: _Line | float | None = None


class Departures:
    """What waits to be sent. A row that `next` gives is on the wire until `gone` or `back`."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._budgets = Budgets(limits, now)
        self._chats: dict[int, _Chat] = {}
        # answers first; edits before new messages, for somebody has just pressed a button
        self._lines: dict[_Line, deque[int]] = {
            (priority, is_new): deque() for priority in (ANSWER, PROGRESS, BROADCAST) for is_new in (False, True)
        }
        self._held: list[tuple[float, int]] = []  # heap of (until, chat)
        self._halted = -inf
        self._since: dict[int, float] = {}  # row -> when it came; oldest first
        self._flying: Counter[bool] = Counter()
        self._slowed: deque[tuple[float, int]] = deque(maxlen=16)  # when, chat
        self._left = -inf  # when something was sent
        self._progress: OrderedDict[tuple[int, object], float] = OrderedDict()  # message -> when it was edited last
        self._shown: OrderedDict[tuple[int, object], int] = OrderedDict()  # message -> what the last edit made of it

    def __len__(self) -> int:
        return len(self._since)

    @property
    def flying(self) -> int:
        return self._flying.total()

    def near(self, now: float) -> int:
        """Rows but those of chats that wait for long: they must not keep others out of memory."""
        far = now + LONG_S
        held = (chat for chat in self._chats.values() if isinstance(chat.stands, float) and chat.stands > far)
        return len(self) - sum(len(chat.waiting) for chat in held)

    def oldest(self) -> float | None:
        """When the row came that has been here longest."""
        return next(iter(self._since.values()), None)

    def overdue(self, now: float) -> float | None:
        """When the oldest answer came that neither a 429 nor a budget holds; broadcasts may wait as long as they must.

        None while anything leaves: then it is the budget of all that answers wait for.
        """
        if now - self._left < LEAVES_S:
            return None
        free = (
            chat
            for chat_id, chat in self._chats.items()
            if chat.barred <= now and self._budgets.wait_for(chat_id, now) <= _SLACK_S
        )
        return min((self._since[row.id] for c in free for row in c.waiting if row.priority == ANSWER), default=None)

    # ---- in ----

    def add(self, row: Row, now: float, until: float = -inf) -> list[int]:
        """Takes a row; its chat waits until then. The ids of those that it makes needless, which are gone from here."""
        chat = self._chats.setdefault(row.chat_id, _Chat())
        chat.not_before = max(chat.not_before, until)
        if until - now > PAUSES_S[-1]:  # read from disk: of our own accord we do not wait that long
            chat.barred = max(chat.barred, until)
        self._since.setdefault(row.id, now)
        needless = [old.id for old in chat.waiting if row.makes_needless(old)]
        if needless:
            chat.waiting = [old for old in chat.waiting if old.id not in needless]
            for row_id in needless:
                del self._since[row_id]
        insort(chat.waiting, row, key=lambda one: one.order)
        self._line_up(row.chat_id, chat)
        return needless

    def take_away(self, chat_id: int) -> list[Row]:
        """What waits of a chat waits here no more; a row on the wire is not among it."""
        chat = self._chats.get(chat_id, _Chat())
        taken, chat.waiting, chat.stands, chat.not_before, chat.barred = chat.waiting, [], None, -inf, -inf
        for row in taken:
            del self._since[row.id]
        return taken

    # ---- out ----

    def next(self, now: float) -> Row | None:
        """The row that goes now; its chat waits until `gone` or `back`."""
        while self._held and self._held[0][0] <= now + _SLACK_S:
            until, chat_id = heapq.heappop(self._held)
            if (chat := self._chats.get(chat_id)) is not None and chat.stands == until:
                chat.stands = None
                self._line_up(chat_id, chat)
        if now + _SLACK_S < self._halted:
            return None
        for key, line in self._lines.items():
            while line and self._has_room(key):
                chat_id = line[0]
                chat = self._chats.get(chat_id)
                if chat is None or chat.stands != key:  # it stands elsewhere by now
                    line.popleft()
                elif (until := self._until(chat_id, chat, now)) > now + _SLACK_S:
                    line.popleft()
                    chat.stands = until
                    heapq.heappush(self._held, (until, chat_id))
                elif self._budgets.wait_for_all(now) > _SLACK_S:
                    return None
                else:
                    line.popleft()
                    return self._depart(chat_id, chat, now)
        return None

    def due(self, now: float) -> float | None:
        """When `next` is to be asked again if nothing happens; None: only then. To be asked after `next` said None."""
        if now + _SLACK_S < self._halted:
            return self._halted
        while self._held and getattr(self._chats.get(self._held[0][1]), "stands", None) != self._held[0][0]:
            heapq.heappop(self._held)
        soonest = self._held[0][0] if self._held else inf
        if any(line and self._has_room(key) for key, line in self._lines.items()):
            soonest = min(soonest, now + self._budgets.wait_for_all(now))
        return None if soonest == inf else soonest

    def changes_nothing(self, row: Row) -> bool:
        """Whether the message is known to look so already."""
        return row.edited is not None and self._shown.get((row.chat_id, row.edited)) == _content(row)

    def gone(self, row: Row, now: float, shown: bool = False) -> None:
        """It was sent, or never will be. shown: it was an edit, and the message is now as it says."""
        if shown and row.edited is not None:
            self._shown[row.chat_id, row.edited] = _content(row)
            if len(self._shown) > REMEMBERED:
                self._shown.popitem(last=False)
        self._since.pop(row.id, None)
        self._left = now
        self._landed(row, now)

    def back(self, row: Row, changed: Row, now: float, until: float = -inf) -> list[int]:
        """It waits again, in its old place, as `changed`; its chat until then. The ids of what is needless by now."""
        chat = self._chats[row.chat_id]
        if any(newer.makes_needless(changed) for newer in chat.waiting):
            chat.not_before = max(chat.not_before, until)
            self.gone(row, now)
            return [row.id]
        needless = self.add(changed, now, until)
        self._landed(row, now)
        return needless

    def too_fast(self, chat_id: int, now: float, pause: float) -> None:
        """Telegram has told a chat to wait. Where several are told so, one after the other, all wait a while."""
        self._chats[chat_id].barred = now + pause
        self._slowed.append((now, chat_id))
        if len({chat for at, chat in self._slowed if now - at <= CROWD_S}) >= CROWD:
            self.halt(now + min(pause, HALT_S))

    def served(self) -> None:
        """Telegram has taken something: who is told to wait is so for a reason of its own."""
        self._slowed.clear()

    def halted(self, now: float) -> bool:
        return now + _SLACK_S < self._halted

    def halt(self, until: float) -> None:
        """Nothing goes before that."""
        self._halted = max(self._halted, until)

    # ---- inside ----

    def _has_room(self, key: _Line) -> bool:
        return self._flying[key[1]] < IN_FLIGHT[key[1]]

    def _line_up(self, chat_id: int, chat: _Chat) -> None:
        if chat.busy or not chat.waiting:
            return
        key = (chat.waiting[0].priority, chat.waiting[0].is_new)
        if chat.stands != key:
            chat.stands = key
            self._lines[key].append(chat_id)

    def _until(self, chat_id: int, chat: _Chat, now: float) -> float:
        """When the chat's next row may go."""
        row = chat.waiting[0]
        until = max(chat.not_before, now + self._budgets.wait_for(chat_id, now))
        if row.edited is not None and row.priority != ANSWER:
            until = max(until, self._progress.get((chat_id, row.edited), -inf) + PROGRESS_S)
        return until

    def _depart(self, chat_id: int, chat: _Chat, now: float) -> Row:
        row = chat.waiting.pop(0)
        chat.busy, chat.stands = True, None
        self._flying[row.is_new] += 1
        if self.changes_nothing(row):
            return row
        self._budgets.take(chat_id, now)
        self._shown.pop((chat_id, row.edited), None)
        if row.edited is not None and row.priority != ANSWER:
            self._progress[chat_id, row.edited] = now
            self._progress.move_to_end((chat_id, row.edited))
            while now - next(iter(self._progress.values())) > PROGRESS_S:
                self._progress.popitem(last=False)
        return row

    def _landed(self, row: Row, now: float) -> None:
        self._flying[row.is_new] -= 1
        chat = self._chats[row.chat_id]
        chat.busy = False
        if not chat.waiting:
            del self._chats[row.chat_id]
        else:
            self._line_up(row.chat_id, chat)


def _content(row: Row) -> int:
    return hash((row.method, json.dumps(row.payload, sort_keys=True)))
