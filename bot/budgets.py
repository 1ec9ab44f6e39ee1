"""How much may be sent when: Telegram's limits as buckets that fill with time."""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """rate: a second. burst: what may go at once after a pause."""

    rate: float
    burst: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Telegram's: 30 messages a second in all, one a second in a private chat, 20 a minute in a group.

    Bursts are tolerated in a private chat; in a group, burst and rate together keep within its minute.
    """

    everywhere: Budget = Budget(30.0, 30.0)
    private: Budget = Budget(1.0, 5.0)
    group: Budget = Budget(15 / 60, 5.0)


class Bucket:
    """Holds up to `burst` tokens and gains `rate` a second. Times are monotonic seconds."""

    __slots__ = ("_at", "_budget", "_tokens")

    def __init__(self, budget: Budget, now: float) -> None:
        self._budget, self._tokens, self._at = budget, budget.burst, now

    def wait(self, now: float) -> float:
        """Seconds until there is a token; 0 where there is one."""
        return max(0.0, (1.0 - self._level(now)) / self._budget.rate)

    def take(self, now: float) -> None:
        """Spends a token; the level may fall below zero where somebody did not wait."""
        self._tokens, self._at = self._level(now) - 1.0, now

    def full(self, now: float) -> bool:
        return self._level(now) >= self._budget.burst

    def _level(self, now: float) -> float:
        return min(self._budget.burst, self._tokens + (now - self._at) * self._budget.rate + 1e-9)


class Budgets:
    """The buckets of all chats, and the one of all together."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits, self._all = limits, Bucket(limits.everywhere, now)
        self._chats: OrderedDict[int, Bucket] = OrderedDict()  # least recently used first

    def wait_for_all(self, now: float) -> float:
        return self._all.wait(now)

    def wait_for(self, chat_id: int, now: float) -> float:
        bucket = self._chats.get(chat_id)
        return 0.0 if bucket is None else bucket.wait(now)

    def take(self, chat_id: int, now: float) -> None:
        self._all.take(now)
        bucket = self._chats.get(chat_id)
        if bucket is None:
            bucket = self._chats[chat_id] = Bucket(self._limits.group if chat_id < 0 else self._limits.private, now)
        self._chats.move_to_end(chat_id)
        bucket.take(now)
        while self._chats and next(iter(self._chats.values())).full(now):  # as good as none
            self._chats.popitem(last=False)
