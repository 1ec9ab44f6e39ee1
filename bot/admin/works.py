"""Long work beside the chats: one of a kind at a time, its progress as one message that is edited."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from bot.admin.orders import edited
from bot.admin.speech import say
from bot.outgoing import PROGRESS, Outgoing
from bot.ports import Call, Store
from core.errors import CoreError
from core.state import Statement
from core.turns import Lang

_log = logging.getLogger(__name__)

EDIT_EVERY_S = 3.0
SHOWN = "work:"  # begins the name of a setting: a message that tells of work, while that goes on


class Post(Protocol):
    """Into the outbox, on disk when it returns; with other statements in the same transaction."""

    async def __call__(self, messages: Sequence[Outgoing], also: Sequence[Statement] = ()) -> None: ...


class Progress:
    """One message to an admin, at first `first`. `text` may be set from any thread; it is shown within EDIT_EVERY_S.

    The first message is sent at once, since its id is needed; if that fails, only the last word is sent. The last word
    goes through the outbox and survives a crash; of a process that is killed before, `ended` says it at the next start.
    Errors of the work become the last word; nothing leaves this context.
    """

    def __init__(
        self,
        call: Call,
        post: Post,
        chat_id: int,
        lang: Lang,
        first: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.text, self.lang = first, lang
        self._call, self._post, self._chat_id, self._sleep = call, post, chat_id, sleep
        self._shown, self._message_id = "", 0
        self._ticker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        try:
            sent = await self._call("sendMessage", self._payload(self.text))
            self._message_id = int(sent["message_id"]) if isinstance(sent, dict) else 0
            self._shown = self.text
            if self._message_id:
                query = "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)"
                await self._post((), [(query, (self._name(), str(self.lang)))])
        except Exception as error:  # the work matters more than news of it
            _log.info("progress cannot be shown: %s", error)
        if self._message_id:
            self._ticker = asyncio.create_task(self._tick())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.wait([self._ticker])
        if isinstance(error, CoreError):
            self.text = say("refused", self.lang, reason=error)
        elif isinstance(error, Exception):
            incident = secrets.token_hex(3)
            _log.error("incident %s: an admin's work broke", incident, exc_info=error)
            self.text = say("broken", self.lang, incident=incident)
        elif isinstance(error, asyncio.CancelledError):
            self.text = say("interrupted", self.lang)
        over = [("DELETE FROM settings WHERE name = ?", (self._name(),))]
        await self._post([self._edit()] if self.text != self._shown else [], over)
        return isinstance(error, Exception)

    async def _tick(self) -> None:
        while True:
            await self._sleep(EDIT_EVERY_S)
            if (text := self.text) != self._shown:
                try:
                    await self._call("editMessageText", {**self._payload(text), "message_id": self._message_id})
                    self._shown = text
                except Exception as error:  # too many, or gone: the next round or the last word will tell
                    _log.debug("progress is not shown: %s", type(error).__name__)

    def _edit(self) -> Outgoing:
        payload = self._payload(self.text)
        if self._message_id:
            payload = {**payload, "message_id": self._message_id}
        method = "editMessageText" if self._message_id else "sendMessage"
        return Outgoing(method, payload, self._chat_id, priority=PROGRESS)

    def _name(self) -> str:
        return f"{SHOWN}{self._chat_id}:{self._message_id}"

    def _payload(self, text: str) -> dict[str, object]:
        return {"chat_id": self._chat_id, "text": text, "parse_mode": "HTML"}


async def ended(store: Store, post: Post) -> None:
    """Says of work that was under way when the last process was killed that it has ended."""
    for name, lang in await store.read("SELECT name, value FROM settings WHERE name LIKE ?", f"{SHOWN}%"):
        chat, message = map(int, str(name).removeprefix(SHOWN).split(":"))
        over = [("DELETE FROM settings WHERE name = ?", (name,))]
        await post([edited(chat, message, say("cut_off", Lang(str(lang))))], over)


class Works:
    """The tasks that run, by kind."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def __contains__(self, kind: str) -> bool:
        return kind in self._tasks

    def start(self, kind: str, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """False, and nothing is started, while one of the kind runs."""
        if kind in self._tasks:
            return False
        task = self._tasks[kind] = asyncio.create_task(work(), name=f"admin:{kind}")
        task.add_done_callback(lambda ended: self._end(kind, ended))
        return True

    async def stop(self) -> None:
        """Cancels what runs, and waits for its last word."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _end(self, kind: str, task: asyncio.Task[None]) -> None:
        del self._tasks[kind]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s ended by an error", kind, exc_info=error)
