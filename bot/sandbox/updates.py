"""Updates for the bot: kept until they are confirmed, by long polling or a webhook."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from bot.sandbox.schema import Refusal

Json = dict[str, Any]
UNASKED = ("message_reaction", "message_reaction_count", "chat_member")  # come only where they are asked for by name
PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0)  # between tries of a webhook


class Updates:
    """The queue. repeats: asked for every update, whether it is sent a second time."""

    def __init__(self) -> None:
        self.waiting: dict[int, Json] = {}  # by update id, in order
        self.allowed: list[str] = []
        self.webhook: Json = {}
        self.repeats: Any = lambda: False
        self.last_error: Json = {}
        self._next = int(time.time() * 64)  # higher at each start: a bot takes an id that it has seen for a repeat
        self._come = asyncio.Event()
        self._polling: asyncio.Event | None = None  # set to end the poll that is under way
        self._delivery: asyncio.Task[None] | None = None
        self.total = 0

    def put(self, kind: str, content: Mapping[str, Any]) -> int:
        """Adds an update; its id. One that is not allowed is lost, as it is at Telegram."""
        self._next += 1
        allowed = self.allowed or None
        if (allowed is None and kind in UNASKED) or (allowed is not None and kind not in allowed):
            return self._next
        return self.deliver({"update_id": self._next, kind: content})

    def deliver(self, update: Json) -> int:
        """Adds a raw update with an id of its own."""
        self.waiting[update["update_id"]] = update
        self.total += 1
        self._come.set()
        return int(update["update_id"])

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
            if not self.waiting and seconds > 0:
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
        found = [self.waiting[one] for one in list(self.waiting)[: max(1, limit)]]
        return [twice for update in found for twice in ([update, update] if self.repeats() else [update])][:100]

    # ---- webhook ----

    def set_webhook(self, url: str, secret: str, connections: int, allowed: Sequence[str] | None, drop: bool) -> None:
        """Begins to deliver there."""
        if drop:
            self.waiting.clear()
        if allowed is not None:
            self.allowed = list(allowed)
        self.stop_delivery()
        self.webhook = {"url": url, "secret": secret, "connections": max(1, min(100, connections))} if url else {}
        if url:
            self._delivery = asyncio.create_task(self._deliver())

    def stop_delivery(self) -> None:
        if self._delivery is not None:
            self._delivery.cancel()
            self._delivery = None

    async def _deliver(self) -> None:
        """Posts what waits: in order within a chat, so many connections at once; tried again until it is taken."""
        at_work: dict[int, asyncio.Task[None]] = {}
        busy: set[object] = set()
        tries: dict[int, int] = {}
        connector = aiohttp.TCPConnector(limit=self.webhook["connections"])
        async with aiohttp.ClientSession(connector=connector) as session:
            while True:
                self._come.clear()
                for update_id, update in list(self.waiting.items()):
                    chat = _chat_of(update)
                    if len(at_work) >= self.webhook["connections"] or update_id in at_work or chat in busy:
                        continue
                    busy.add(chat)

                    async def post(update: Json = update, update_id: int = update_id, chat: object = chat) -> None:
                        try:
                            for _ in range(2 if self.repeats() else 1):
                                good = await self._post(session, update)
                            if good:
                                self.waiting.pop(update_id, None)
                                tries.pop(update_id, None)
                            else:
                                tries[update_id] = tries.get(update_id, 0) + 1
                                await asyncio.sleep(PAUSES_S[min(tries[update_id], len(PAUSES_S)) - 1])
                        finally:
                            busy.discard(chat)
                            at_work.pop(update_id, None)
                            self._come.set()

                    at_work[update_id] = asyncio.create_task(post())
                await self._come.wait()

    async def _post(self, session: aiohttp.ClientSession, update: Json) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret"]} if self.webhook["secret"] else {}
        try:
            timeout = aiohttp.ClientTimeout(total=10)
            async with session.post(self.webhook["url"], json=update, headers=headers, timeout=timeout) as answer:
                if answer.status == 200:
                    return True
                message = f"Wrong response from the webhook: {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            message = type(error).__name__
        self.last_error = {"last_error_message": message}
        return False


def _chat_of(update: Json) -> object:
    for kind, content in update.items():
        if isinstance(content, dict):
            message = content.get("message") if kind == "callback_query" else content
            chat = (message or {}).get("chat") if isinstance(message, dict) else None
            return chat.get("id") if isinstance(chat, dict) else ("user", content.get("from", {}).get("id"))
    return update["update_id"]
