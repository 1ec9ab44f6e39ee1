"""Time that only a test moves."""

import asyncio
import heapq
from itertools import count

WALL = 1_800_000_000.0  # seconds since 1970 when a clock shows 0
ROUNDS = 40  # of the loop, within which all that can happen at one instant has happened


class Clock:
    """Stands still; `advance` wakes the sleepers in order. Its two faces are `wall` and `monotonic`."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now
        self._numbers = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def wall(self) -> float:
        return WALL + self.now

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), waking))
        await waking

    async def advance(self, seconds: float = 0.0) -> None:
        """So much time goes by, and everything happens in its order."""
        until = self.now + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            due, _, waking = heapq.heappop(self._sleepers)
            if not waking.done():
                self.now = max(self.now, due)
                waking.set_result(None)
                await settle()
        self.now = until


async def settle() -> None:
    """Lets everybody fall asleep who is about to."""
    for _ in range(ROUNDS):
        await asyncio.sleep(0)
