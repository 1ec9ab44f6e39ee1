"""Long polling: asks for updates, hands them to the inbox, and only then confirms them. Lives through everything but
a token that is refused.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from telegram.error import BadRequest, Conflict, EndPointNotFound, InvalidToken, RetryAfter, TelegramError

from bot.ports import Call
from bot.transport import retry_after
from core.errors import SettingError, StoreError

_log = logging.getLogger(__name__)

# In full, or Telegram goes on with what it was told last. Channel posts, polls, boosts and payments are not for us.
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "message_reaction",
    "my_chat_member",
)
LIMIT = 100  # Telegram's most
QUIET_S = 6 * 86_400.0  # after a week without updates Telegram begins a new count, maybe below an old offset
HOT_S = 1.0  # an empty answer that comes sooner is not a long poll's
AT_ODDS_S = 60.0  # after a 409, until polling counts as undisturbed


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. poll: how long Telegram may wait with an answer. read: longer, for the transport. wedge: longer still,
    after which a poll that hangs anywhere is given up. pause: shortest and longest after failures. conflict: shortest
    after a 409.
    """

    poll: float = 25.0
    read: float = 30.0
    wedge: float = 35.0
    pause: tuple[float, float] = (0.5, 30.0)
    conflict: float = 5.0


class Polling:
    """`run` it as a task; cancel that to stop. What was taken and not confirmed by then is sent again, and known.

    put: has the updates on disk when it returns, StoreError where they cannot be. room: waits while too much waits.
    own: whether a webhook's URL is one that this bot set itself.
    """

    def __init__(
        self,
        call: Call,
        put: Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]],
        room: Callable[[], Awaitable[None]],
        own: Callable[[str], bool],
        pace: Pace = Pace(),
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        rng: random.Random | None = None,
    ) -> None:
        self._call, self._put, self._room, self._own, self._pace = call, put, room, own, pace
        self._monotonic, self._sleep, self._rng = monotonic, sleep, rng or random.Random()
        self._offset: int | None = None
        self._failures = 0
        self._updated = self._answered = monotonic()  # last update, last answer
        self._conflict: float | None = None
        self._polls = self._failed = 0

    async def run(self) -> None:
        """Polls for ever. SettingError where Telegram refuses the token: then nothing can help but another one."""
        self._updated = self._answered = self._monotonic()
        while True:
            await self._room()
            began = self._monotonic()
            try:
                updates = await self._poll()
                await self._take(updates)
            except (InvalidToken, EndPointNotFound) as error:
                raise token_refused() from error
            except Conflict:
                await self._sleep(await self._disturbed())
            except Exception as error:  # no network, 429, 5xx, no JSON, no disk: it will pass
                await self._sleep(self._pause_after(error, self._monotonic() - began))
            else:
                if self._failures:
                    _log.warning("polling: updates come again, after %d failures", self._failures)
                self._failures = 0
                if not updates and self._monotonic() - began < HOT_S:
                    await self._sleep(HOT_S)

    def age(self) -> float:
        """Seconds since the last poll that went well, or since the start."""
        return self._monotonic() - self._answered

    def conflicting(self) -> float:
        """1 while another poller, or a webhook, takes our updates; else 0."""
        return float(self._conflict is not None and self._monotonic() - self._conflict < AT_ODDS_S)

    def figures(self) -> Mapping[str, float]:
        return {
            "age_seconds": self.age(),
            "conflicting": self.conflicting(),
            "polls_total": self._polls,
            "failures_total": self._failed,
        }

    async def _poll(self) -> list[Any]:
        if self._monotonic() - self._updated > QUIET_S:
            self._offset = None  # all is confirmed
        parameters: dict[str, object] = {
            "timeout": int(self._pace.poll),
            "limit": LIMIT,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        if self._offset is not None:
            parameters["offset"] = self._offset
        self._polls += 1
        updates = await self._unless_wedged(self._call("getUpdates", parameters, read_timeout=self._pace.read))
        if not isinstance(updates, list):
            raise TelegramError("the answer is no list of updates")
        self._answered = self._monotonic()
        return updates

    async def _take(self, updates: list[Any]) -> None:
        """Hands them over, then moves the offset, so that the next poll confirms them."""
        if not updates:
            return
        usable = [u for u in updates if isinstance(u, dict) and type(u.get("update_id")) is int]
        if not usable:
            raise TelegramError("none of the updates has an id")  # nor can they be confirmed
        await self._put(usable)
        self._offset = 1 + max(u["update_id"] for u in usable)
        self._updated = self._monotonic()

    async def _unless_wedged(self, poll: Awaitable[Any]) -> Any:
        """Its result; TimeoutError after `wedge`, and then it is left to itself: it may not heed its end."""
        asked = asyncio.ensure_future(poll)
        alarm = asyncio.ensure_future(self._sleep(self._pace.wedge))
        try:
            await asyncio.wait((asked, alarm), return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
            raise TimeoutError("a poll did not come back")
        finally:
            alarm.cancel()
            asked.add_done_callback(lambda done: done.cancelled() or done.exception())
            asked.cancel()

    def _pause_after(self, error: Exception, took: float) -> float:
        if not self._failures:
            _log.warning("polling: no updates: %s", _said(error))
        self._failed += 1
        if took >= self._pace.poll:  # that was pause enough
            self._failures += 1
            return self._pace.pause[0]
        return max(self._growing_pause(), retry_after(error))

    def _growing_pause(self) -> float:
        shortest, longest = self._pace.pause
        span = min(longest, shortest * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return max(shortest, span * self._rng.uniform(0.5, 1.0))

    async def _disturbed(self) -> float:
        """Finds out who else takes our updates, says so once, and steps back. How long to wait."""
        first = not self.conflicting()
        self._conflict = self._monotonic()
        self._failed += 1
        try:
            url = str((await self._call("getWebhookInfo", {})).get("url") or "")
            if url and self._own(url):
                await self._call("deleteWebhook", {"drop_pending_updates": False})
                _log.warning("polling: this bot's own webhook was still set; it is removed, nothing that waits is lost")
                self._conflict = None
                return self._pace.pause[0]
        except Exception as error:  # it is asked again with the next 409
            _log.debug("polling: the webhook is unknown: %s", _said(error))
            url = ""
        if first and url:
            _log.error(
                "polling: Telegram sends this bot's updates to a webhook at %s, which this bot did not set. It stays. "
                "If it is not needed, remove it by the Bot API's deleteWebhook; else run with JIANYAN_MODE=webhook",
                urlsplit(url).hostname,  # the path may be a secret
            )
        elif first:
            _log.error(
                "polling: another process polls with this token. End one of them; until then each gets a part of the "
                "updates"
            )
        return max(self._growing_pause(), self._pace.conflict)


def token_refused() -> SettingError:
    """401 and 404: what Telegram says to a token that it does not know."""
    return SettingError(
        "TELEGRAM_BOT_TOKEN", "Telegram refuses it: it was revoked, or mistyped. @BotFather shows the right one"
    )


def _said(error: Exception) -> str:
    """Type of an error, and Telegram's words, or ours. An answer that could not be read is not repeated: it may hold
    messages.
    """
    if isinstance(error, BadRequest | RetryAfter | StoreError | TimeoutError):
        return f"{type(error).__name__}: {error}"
    cause = error.__cause__
    return type(error).__name__ + (f" from {type(cause).__name__}" if cause is not None else "")
