"""The whole bot at work on the strict server, with doors for what a person does and what is stored of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import logs
from bot.app import App, Recommender
from bot.budgets import Budget, Limits
from bot.inbound import Me
from bot.sandbox.server import Server
from bot.sandbox.world import Json, Person
from bot.service import Service
from bot.settings import Settings
from bot.transport import Api
from core.store import SqliteStore

FREE = Limits(Budget(1e6, 1e6), Budget(1e6, 1e6), Budget(1e6, 1e6))
ADMIN = 5000000999


@dataclass(slots=True)
class Running:
    """The bot at work, and its server."""

    server: Server
    app: App
    stopped: asyncio.Event
    task: "asyncio.Task[int]"

    async def said(self, person: Person, text: str, chat: int | None = None, count: int = 1, **more: Any) -> list[Json]:
        """What the bot answers to a text, once there are `count` messages."""
        place = person.id if chat is None else chat
        before = len(self.server.world.sent(place))
        person.say(text, chat, **more)
        await self.server.wait_for(lambda: len(self.server.world.sent(place)) >= before + count)
        return self.server.world.sent(place)[before:]

    async def pressed(self, person: Person, message: Json, row: int = 0, column: int = 0) -> Json:
        """The message after a tap has edited it."""
        chat = self.server.world.chats[message["chat"]["id"]]
        was = chat.messages[message["message_id"]]
        person.press(was, row, column)
        await self.server.wait_for(lambda: chat.messages[message["message_id"]] is not was)
        return chat.messages[message["message_id"]]

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Until it is so in the database, whose changes no event tells."""
        async with asyncio.timeout(15):
            while not await holds():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def events(self, chat: int) -> list[tuple[str, str]]:
        """What is stored of a chat: kind and target of each feedback."""
        rows = await self.app.store.read("SELECT kind, target FROM feedback WHERE chat_id = ? ORDER BY event", chat)
        return [(str(kind), str(target)) for kind, target in rows]


@contextlib.asynccontextmanager
async def running(
    server: Server, recommender: Recommender, data: Path, port: int = 0, mode: str = "polling"
) -> AsyncIterator[Running]:
    """From the first poll, or the webhook, to the end of all that is at work. port: of /healthz and the webhook."""
    settings = Settings(
        token=server.token,
        api_url=server.url,
        data=data,
        listen=("127.0.0.1", port),
        admins=frozenset({ADMIN}),
        mode=mode,
        webhook_url=f"http://127.0.0.1:{port}",
    )
    store = await SqliteStore.open(settings.database, recommender.model_id)
    app = App(settings, recommender, store, iter(()))
    async with Api(settings.token, settings.api_url) as api:
        bot, journal = server.world.bot, logs.Journal(logs.Redactor((settings.token,)))
        service = Service(settings, app, api, Me(bot["id"], bot["username"]), journal, "s3cret", FREE, None)
        stopped = asyncio.Event()
        task = asyncio.create_task(service.serve(stopped))
        await server.wait_for(lambda: server.world.updates.allowed)  # it can be reached
        try:
            yield Running(server, app, stopped, task)
        finally:
            stopped.set()
            await task
            await store.close()
