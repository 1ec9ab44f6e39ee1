"""What an operator should know at once: a line in the log, and a message to each admin, once an hour of a kind."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence

from bot.admin.speech import say
from bot.outgoing import Outgoing
from core.turns import Lang

_log = logging.getLogger(__name__)

QUIET_S = 3600.0


class Alarms:
    """Tells each admin in both languages: which they read is not known here. post: puts messages into the outbox."""

    def __init__(
        self,
        post: Callable[[Sequence[Outgoing]], Awaitable[object]],
        admins: Iterable[int],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._post, self._admins, self._monotonic = post, tuple(sorted(admins)), monotonic
        self._told: dict[str, float] = {}
        self._posting: set[asyncio.Task[None]] = set()

    def barred(self, seconds: float) -> None:
        """Telegram lets no message into one chat for so long (429)."""
        self._tell("barred", minutes=max(1, round(seconds / 60)))

    def ill(self, names: Sequence[str]) -> None:
        """Checks of /healthz that have just failed."""
        self._tell("ill", names=", ".join(names))

    def _tell(self, kind: str, **facts: object) -> None:
        texts = [say(f"alarm.{kind}", lang, **facts) for lang in (Lang.ZH, Lang.EN)]
        _log.error("%s", texts[1])
        now = self._monotonic()
        if not self._admins or now - self._told.get(kind, -QUIET_S) < QUIET_S:
            return
        self._told[kind] = now
        payload = {"text": "\n".join(texts), "parse_mode": "HTML"}
        messages = [Outgoing("sendMessage", {"chat_id": admin, **payload}, admin) for admin in self._admins]
        task = asyncio.get_running_loop().create_task(self._deliver(messages))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def _deliver(self, messages: Sequence[Outgoing]) -> None:
        try:
            await self._post(messages)
        except Exception:  # an ill database, most likely: the log has said it
            _log.warning("an alarm could not be posted", exc_info=True)
