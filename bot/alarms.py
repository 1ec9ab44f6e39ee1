"""What an operator should know at once: a line in the log, and a message to each admin, once an hour of a kind."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence

from bot.admin.speech import say
from bot.outgoing import Outgoing
from bot.ports import Call
from core.turns import Lang

_log = logging.getLogger(__name__)

QUIET_S = 3600.0


class Alarms:
    """Tells each admin in both languages: which they read is not known here.

    post: puts messages into the outbox. call: sends them past it where that fails, for the database may be what is ill.
    """

    def __init__(
        self,
        post: Callable[[Sequence[Outgoing]], Awaitable[object]],
        call: Call,
        admins: Iterable[int],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._post, self._call, self._admins, self._monotonic = post, call, tuple(sorted(admins)), monotonic
        self._told: dict[str, float] = {}
        self._telling: set[asyncio.Task[None]] = set()

    def barred(self, seconds: float) -> None:
        """Telegram lets no message into one chat for so long (429)."""
        self._tell(("barred",), "barred", minutes=max(1, round(seconds / 60)))

    def ill(self, names: Sequence[str]) -> None:
        """Checks of /healthz that fail."""
        self._tell(names, "ill", names=", ".join(names))

    def broke(self, incident: str) -> None:
        """Something of ours broke over an update; the number stands in the log."""
        self._tell(("broke",), "broke", incident=incident)

    def _tell(self, kinds: Sequence[str], key: str, **facts: object) -> None:
        """Unless all of these kinds were told within the hour."""
        now = self._monotonic()
        if all(now - self._told.get(kind, -QUIET_S) < QUIET_S for kind in kinds):
            return
        self._told |= dict.fromkeys(kinds, now)
        texts = [say(f"alarm.{key}", lang, **facts) for lang in (Lang.ZH, Lang.EN)]
        _log.error("%s", texts[1])
        payload = {"text": "\n".join(texts), "parse_mode": "HTML"}
        for admin in self._admins:
            message = Outgoing("sendMessage", {"chat_id": admin, **payload}, admin)
            task = asyncio.get_running_loop().create_task(self._deliver(message))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _deliver(self, message: Outgoing) -> None:
        try:
            await self._post([message])
        except Exception as error:  # whatever it is, an alarm is no reason to end
            _log.warning("an alarm could not be posted: %s", type(error).__name__)
            try:
                await self._call(message.method, message.payload)
            except Exception as further:
                _log.warning("an alarm could not be sent: %s", type(further).__name__)
