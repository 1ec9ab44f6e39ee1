"""Updates for the bot: kept until they are confirmed, by long polling or a webhook."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp

from bot.sandbox.schema import Refusal

Json = dict[str, Any]
UNASKED = ("message_reaction", "message_reaction_count", "chat_member")  # come only where they are asked for by name
PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0)
RECENT = 100  # updates that can be sent again


class Updates:
    """The queue. repeats: asked for every update, whether it is sent a second time.

    answered: takes the method that a webhook's answer names. pauses: between tries of a webhook, in seconds.
    """

    def __init__(self) -> None:
        self.waiting: dict[int, Json] = {}  # by update id, in order
        self.allowed: list[str] = []
        self.webhook: Json = {}
        self.repeats: Callable[[], bool] = lambda: False
        self.answered: Callable[[Json], Awaitable[None]] | None = None
        self.pauses: Sequence[float] = PAUSES_S
        self.last_error: Json = {}
        self._recent: deque[Json] = deque(maxlen=RECENT)
        self._again: list[Json] = []  # confirmed, and sent once more
        self._next = int(time.time() * 64)  # higher at each start: a bot takes an id that it has seen for a repeat
        self._come = asyncio.Event()
        self._polling: asyncio.Event | None = None  # set to end the poll that is under way
        self._delivery: asyncio.Task[None] | None = None
        self.total = 0

    @property
    def polled(self) -> bool:
        """Whether a poll waits for updates now."""
        return self._polling is not None

    def put(self, kind: str, content: Mapping[str, Any]) -> int:
        """Adds an update; its id. One that is not allowed is lost, as it is at Telegram."""
        self._next += 1
        allowed = self.allowed or None
        if (allowed is None and kind in UNASKED) or (allowed is not None and kind not in allowed):
            return self._next
        return self.deliver({"update_id": self._next, kind: content})

    def deliver(self, update: Json) -> int:
        """Adds a raw update, under its own id if it has one; the id."""
        if "update_id" not in update:
            self._next += 1
            update = {"update_id": self._next, **update}
        self.waiting[update["update_id"]] = update
        self._recent.append(update)
        self.total += 1
        self._come.set()
        return int(update["update_id"])

    def again(self, number: int = 1) -> int:
        """Sends the last ones once more, confirmed or not; how many there are."""
        found = list(self._recent)[-number:] if number > 0 else []
        self._again.extend(found)
        self._come.set()
        return len(found)

    async def poll(self, offset: int, limit: int, seconds: float, allowed: Sequence[str] | None) -> list[Json]:
        """getUpdates. Refusal 409 while a webhook is set; a second poller ends the first."""
        if self.webhook:
            raise Refusal("Conflict: can't use getUpdates method while webhook is active; use deleteWebhook", 409)
        if allowed is not None:
            self.allowed = list(allowed)
        if offset < 0:
            for update_id in list(self.waiting)[:offset]:
                del self.waiting[update_id]
        for update_id in [one for one in self.waiting if one < offset]:
            del self.waiting[update_id]
        if self._polling is not None:
            self._polling.set()
        mine = self._polling = asyncio.Event()
        try:
            if not (self.waiting or self._again) and seconds > 0:
                self._come.clear()
                waits = [asyncio.create_task(event.wait()) for event in (self._come, mine)]
                await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
                for task in waits:
                    task.cancel()
                if mine.is_set():
                    only = "make sure that only one bot instance is running"
                    raise Refusal(f"Conflict: terminated by other getUpdates request; {only}", 409)
        finally:
            if self._polling is mine:
                self._polling = None
        limit = max(1, min(100, limit))
        found, self._again = self._again[:limit], self._again[limit:]
        fresh = [self.waiting[one] for one in list(self.waiting)[: limit - len(found)]]
        return found + [twice for update in fresh for twice in ([update, update] if self.repeats() else [update])]

    # ---- webhook ----

    def set_webhook(self, url: str, secret: str, connections: int, allowed: Sequence[str] | None, drop: bool) -> None:
        """Begins to deliver there."""
        if drop:
            self.waiting.clear()
        if allowed is not None:
            self.allowed = list(allowed)
        self.stop_delivery()
        self.webhook = {"url": url, "secret": secret, "connections": max(1, min(100, connections))} if url else {}
        self.last_error = {}
        if url:
            self._delivery = asyncio.create_task(self._deliver())

    def stop_delivery(self) -> None:
        if self._delivery is not None:
            self._delivery.cancel()
            self._delivery = None

    async def _deliver(self) -> None:
        """Posts what waits: in order within a chat, over so many connections at once."""
        connections = self.webhook["connections"]
        at_work: dict[object, asyncio.Task[None]] = {}  # by chat
        try:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as session:
                while True:
                    self._come.clear()
                    for update in (*self._again, *self.waiting.values()):
                        if len(at_work) >= connections:
                            break
                        if (chat := _chat_of(update)) not in at_work:
                            at_work[chat] = asyncio.create_task(self._hand_over(session, update, chat, at_work))
                    await self._come.wait()
        finally:
            for task in at_work.values():
                task.cancel()

    async def _hand_over(
        self, session: aiohttp.ClientSession, update: Json, chat: object, at_work: dict[object, asyncio.Task[None]]
    ) -> None:
        """Tries until it is taken."""
        try:
            tries = 0
            while not await self._post(session, update):
                await asyncio.sleep(self.pauses[min(tries, len(self.pauses) - 1)])
                tries += 1
            if self.repeats():
                await self._post(session, update)
            self.waiting.pop(update["update_id"], None)
            self._again = [one for one in self._again if one is not update]
        finally:
            at_work.pop(chat, None)
            self._come.set()

    async def _post(self, session: aiohttp.ClientSession, update: Json) -> bool:
        """True if it was taken; then the method that the answer names is done."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret"]} if self.webhook["secret"] else {}
        try:
            timeout = aiohttp.ClientTimeout(total=10)
            async with session.post(self.webhook["url"], json=update, headers=headers, timeout=timeout) as answer:
                if 200 <= answer.status < 300:
                    await self._answered(await answer.read())
                    return True
                message = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            message = f"Connection failed: {type(error).__name__}"
        self.last_error = {"last_error_date": int(time.time()), "last_error_message": message}
        return False

    async def _answered(self, body: bytes) -> None:
        try:
            answer = json.loads(body or b"null")
        except ValueError:
            return
        if isinstance(answer, dict) and "method" in answer and self.answered is not None:
            await self.answered(answer)


def _chat_of(update: Json) -> object:
    """What is delivered one by one: a chat's updates, or a person's that belong to none."""
    for kind, content in update.items():
        if isinstance(content, dict):
            message = content.get("message") if kind == "callback_query" else content
            chat = message.get("chat") if isinstance(message, dict) else None
            if isinstance(chat, dict):
                return chat.get("id")
            sender = content.get("from")
            return ("user", sender.get("id") if isinstance(sender, dict) else None)
    return ("update", update.get("update_id"))
