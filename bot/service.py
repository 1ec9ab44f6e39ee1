"""The running bot: puts the rooms together, starts them, and ends them in order."""

import asyncio
import contextlib
import gc
import logging
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from telegram.error import EndPointNotFound, InvalidToken, TelegramError

from bot import health, inbound, logs, webhook
from bot.admin.door import Admin
from bot.admin.jobs import Desk
from bot.alarms import Alarms
from bot.app import App, open_app
from bot.broadcast import Broadcasts
from bot.budgets import Limits
from bot.conversation import Conversation
from bot.health import Check, Durations, Finding, Health
from bot.inbound import Me
from bot.inbox import Inbox
from bot.menu import Menu
from bot.migration import migrate
from bot.outbox import Outbox
from bot.outgoing import Outgoing, insert
from bot.polling import Polling, token_refused
from bot.settings import Settings, proxy_towards
from bot.transport import TELEGRAM, Api
from core.errors import SettingError
from core.state import Statement

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

GARBAGE = 10_000  # new objects between two looks for some; Python's 700 are made several times a turn
STOP_S = 4.0  # for each of the two boxes
POLL_AGE_S, QUEUE_AGE_S = 90.0, 300.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0


async def run(
    settings: Settings,
    inspect: str = "",
    limits: Limits = Limits(),
    opened: Callable[[Settings], Awaitable[App]] = open_app,
) -> int:
    """Serves until SIGTERM or SIGINT, then returns 0. SettingError where Telegram refuses the token.

    inspect: a URL of the sandbox, told what every turn did. opened: what answers turns.
    """
    if not settings.token:
        raise SettingError("TELEGRAM_BOT_TOKEN", "is needed; @BotFather gives one. `jianyan sandbox` needs none")
    secret = webhook.secret_of(settings.data, settings.webhook_secret) if settings.mode == "webhook" else ""
    proxy = "" if settings.api_url else proxy_towards(TELEGRAM)  # a server of one's own is near
    journal = logs.set_up(settings.log, (*settings.secrets, secret, urlsplit(proxy).password or ""))
    logs.watch_faults()
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    async with AsyncExitStack() as stack:
        app = await opened(settings)
        gc.set_threshold(GARBAGE)
        stack.push_async_callback(app.close)
        api = await stack.enter_async_context(Api(settings.token, settings.api_url, proxy))
        told = await _unless(stopped, _introduced(api))
        if told is None:
            return 0
        told_turns = await stack.enter_async_context(_inspector(inspect)) if inspect else None
        service = Service(settings, app, api, told, journal, secret, limits, told_turns)
        return await service.serve(stopped)


class Service:
    """All rooms of one bot."""

    def __init__(
        self,
        settings: Settings,
        app: App,
        api: Api,
        me: Me,
        journal: logs.Journal,
        secret: str,
        limits: Limits,
        inspect: Callable[[dict[str, object]], object] | None,
    ) -> None:
        self._settings, self._app, self._api = settings, app, api
        self._turns = Durations()
        alarms = Alarms(self._post, api, settings.admins)
        self._outbox = Outbox(app.store, api, limits, migrate=partial(migrate, app.store), alarm=alarms.barred)
        self._broadcasts = Broadcasts(app.store, self._outbox.wake, time.time)
        polls = settings.mode == "polling"
        self._health = Health(self._checks(polls), self._figures(polls), self._turns, alarms.ill)
        desk = Desk(
            settings,
            app.store,
            api,
            self._post,
            api.download,
            app.reload,
            self._health,
            self._turns,
            journal,
            self._broadcasts,
            lambda: app.recommender.model_id,
        )
        self._admin = Admin(desk)
        self._conversation = Conversation(app, api, self._outbox, me, self._turns, self._admin, inspect, alarms.broke)
        self._inbox = Inbox(
            app.store,
            self._conversation.handle,
            self._conversation.urgent,
            inbound.lane,
            alarm=alarms.broke,
            in_order=polls,
        )
        self._menu = Menu(api, app.store, settings.admins)
        own = partial(webhook.own, data=settings.data, configured=settings.webhook_secret)
        self._polling = Polling(api, self._inbox.put, self._inbox.room, own) if polls else None
        self._webhook = None if polls else webhook.Webhook(settings.webhook_url, secret, self._inbox.put)

    async def serve(self, stopped: asyncio.Event) -> int:
        """Until `stopped`, or until the token is refused."""
        await self._conversation.start()
        await self._outbox.start()
        await self._inbox.start()
        async with AsyncExitStack() as stack:
            application = self._health.application()
            if self._webhook is not None:
                self._webhook.add_to(application)
            await stack.enter_async_context(_serving(application, *self._settings.listen))
            await self._admin.jobs.resume()
            beside = [asyncio.create_task(self._menu.keep()), asyncio.create_task(self._health.watch())]
            if self._webhook is not None:
                beside.append(asyncio.create_task(self._webhook.watch(self._api)))
            stack.callback(lambda: [task.cancel() for task in beside])
            _log.info("serving by %s", self._settings.mode)
            try:
                await _unless(stopped, self._receive())
            finally:
                began = time.monotonic()
                await self._admin.jobs.works.stop()
                await self._inbox.stop(STOP_S)
                await self._outbox.stop(STOP_S)
                _log.info("stopped in %.1f s; what waits is on disk", time.monotonic() - began)
        return 0

    async def _receive(self) -> None:
        if self._polling is not None:
            await self._polling.run()
        elif self._webhook is not None:
            await self._webhook.announce(self._api)
            await asyncio.Event().wait()

    async def _post(self, messages: Sequence[Outgoing], also: Sequence[Statement] = ()) -> None:
        await self._app.store.write([*insert(messages), *also])
        self._outbox.wake()

    def _checks(self, polls: bool) -> dict[str, Check]:
        """Asked when all rooms stand."""
        store = self._app.store
        query = "INSERT OR REPLACE INTO settings (name, value) VALUES ('health.seen', ?)"
        found: dict[str, Check] = {
            "inbox": health.within("oldest_s", lambda: self._inbox.oldest_age(), QUEUE_AGE_S),
            "outbox": health.within("oldest_s", lambda: self._outbox.overdue_age(), QUEUE_AGE_S),
            "paused": health.quiet("conversations", lambda: self._inbox.paused),
            "database": health.writable(lambda: store.write([(query, (str(int(time.time())),))])),
            "wal": health.wal(self._settings.database),
        }
        if polls:
            found["polling"] = health.within("age_s", lambda: self._polls().age(), POLL_AGE_S)
            found["conflict"] = health.quiet("conflict", lambda: self._polls().conflicting())
        else:
            found["delivery"] = lambda: Finding(self._hook().well(), dict(self._hook().facts()))
        return found

    def _figures(self, polls: bool) -> dict[str, Callable[[], Mapping[str, float]]]:
        receiving = (lambda: self._polls().figures()) if polls else (lambda: self._hook().figures())
        return {
            "inbox": lambda: self._inbox.figures(),
            "outbox": lambda: self._outbox.figures(),
            self._settings.mode: receiving,
        }

    def _polls(self) -> Polling:
        assert self._polling is not None
        return self._polling

    def _hook(self) -> webhook.Webhook:
        assert self._webhook is not None
        return self._webhook


async def _introduced(api: Api) -> Me:
    """Who we are, as soon as there is a network. SettingError where the token is refused."""
    pause, warned = FIRST_PAUSE_S, False
    while True:
        try:
            me = await api("getMe", {})
            return Me(int(me["id"]), str(me["username"]).lower())
        except (InvalidToken, EndPointNotFound) as error:
            raise token_refused() from error
        except TelegramError as error:
            if not warned:
                _log.warning("no Bot API yet (%s): tried again until there is", type(error).__name__)
            warned = True
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))
        pause = min(LONGEST_PAUSE_S, 2 * pause)


async def _unless(stopped: asyncio.Event, work: Coroutine[None, None, _T]) -> _T | None:
    """Its result; None if it is stopped before."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, waiting):
            task.cancel()
        await asyncio.gather(working, waiting, return_exceptions=True)


@contextlib.asynccontextmanager
async def _serving(application: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """An HTTP server for health, metrics and webhook. OSError names the address that is taken."""
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def _inspector(url: str) -> AsyncIterator[Callable[[dict[str, object]], object]]:
    """Posts what turns did to the sandbox; nobody waits for it."""
    posts: set[asyncio.Task[None]] = set()
    async with aiohttp.ClientSession() as session:

        async def post(trace: dict[str, object]) -> None:
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with session.post(url, json=trace):
                    pass

        def tell(trace: dict[str, object]) -> None:
            task = asyncio.create_task(post(trace))
            posts.add(task)
            task.add_done_callback(posts.discard)

        yield tell
