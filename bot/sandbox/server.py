"""The Bot API over HTTP on loopback: requests in every form, refusals in Telegram's words, faults by script."""

import asyncio
import json
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.sandbox.content import Files
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.methods import Methods
from bot.sandbox.schema import Refusal, Values, checked, methods
from bot.sandbox.world import Event, World

_log = logging.getLogger(__name__)

LONGEST = 64 << 20  # bytes of a request
CALLS = 20_000  # remembered
WEDGED_S = 3600.0
MEDIA = ("photo", "document", "thumbnail", "certificate")


@dataclass(frozen=True, slots=True)
class Call:
    """A request: its method, the checked parameters, the status and result or description, and when."""

    method: str
    values: Mapping[str, Any]
    status: int
    answer: Any
    at: float


class Server:
    """`async with` it. violations: breaches of the specification by the bot; calls: the last requests but for
    getUpdates, which polls counts."""

    def __init__(self, port: int = 0, token: str = "", world: World | None = None, seed: int = 0) -> None:
        self.world = world or World()
        self.token = token or f"{self.world.bot['id']}:{secrets.token_hex(18)}"
        self.faults = Faults(seed, lambda: self.world.tell("fault"))
        self.world.updates.repeats = self.faults.repeats
        self.world.updates.answered = self._webhook_answered
        self.violations: list[str] = []
        self.calls: deque[Call] = deque(maxlen=CALLS)
        self.polls = 0
        self._port = port
        self._methods = Methods(self.world)
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._ended = asyncio.Event()
        self.world.listeners.append(self._notice)
        self._noticed: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=LONGEST)
        self.add_routes(application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self.world.updates.stop_delivery()
        assert self._runner is not None
        await self._runner.cleanup()

    def add_routes(self, application: web.Application) -> None:
        """The Bot API and its files; a subclass adds its own."""
        application.router.add_route("*", "/bot{token}/{method}", self._serve)
        application.router.add_get("/file/bot{token}/{path:.+}", self._file)

    @property
    def url(self) -> str:
        """Origin."""
        return f"http://127.0.0.1:{self._port}"

    def deliver(self, update: dict[str, Any]) -> int:
        """Puts any update into the queue, with an id of ours if it has none; its id."""
        return self.world.updates.deliver(update)

    async def wait_for(self, predicate: Callable[[], Any], seconds: float = 10.0) -> Any:
        """What it gives once that is true; looked at after every change. TimeoutError."""
        async with asyncio.timeout(seconds), self._changed:
            while not (found := predicate()):
                await self._changed.wait()
            return found

    def _notice(self, event: Event) -> None:
        if self._noticed is None and self._runner is not None:
            self._noticed = asyncio.get_running_loop().create_task(self._wake())

    async def _wake(self) -> None:
        self._noticed = None
        async with self._changed:
            self._changed.notify_all()

    # ---- requests ----

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = methods().get(request.match_info["method"].lower(), request.match_info["method"])
        if request.match_info["token"] != self.token:
            return self._refuse(method, {}, Refusal("Unauthorized", 401))
        if method not in methods().values():
            return self._refuse(method, {}, Refusal("Not Found", 404, breach=True))
        if method == "getUpdates":
            self.polls += 1
            self._notice({})
        values: Values = {}
        try:
            values, files = await _parameters(request)
            values = checked(method, values)
            fault = self.faults.meeting(method, values)
            if fault is not None and fault.kind != "lost":
                return await self._broken(method, values, fault, request)
            result = await self._methods.call(method, values, files)
        except Refusal as refusal:
            return self._refuse(method, values, refusal)
        except Exception as error:
            _log.exception("%s broke the sandbox", method)
            return self._refuse(method, values, Refusal(f"Internal Server Error: {type(error).__name__}", 500))
        if fault is not None:  # done, and the answer never arrives
            self._remember(method, values, 0, result)
            assert request.transport is not None
            request.transport.abort()
        else:
            self._remember(method, values, 200, result)
        return web.json_response({"ok": True, "result": result}, dumps=_dumps)

    async def _broken(self, method: str, values: Values, fault: Fault, request: web.Request) -> web.StreamResponse:
        match fault.kind:
            case "429":
                description = f"Too Many Requests: retry after {fault.seconds}"
                return self._refuse(method, values, Refusal(description, 429, retry_after=fault.seconds))
            case "refuse":
                return self._refuse(method, values, Refusal(fault.description, fault.code))
            case "unauthorized":
                return self._refuse(method, values, Refusal("Unauthorized", 401))
            case "blocked":
                return self._refuse(method, values, Refusal("Forbidden: bot was blocked by the user", 403))
            case "wedge":
                ended = asyncio.create_task(self._ended.wait())
                await asyncio.wait([ended], timeout=WEDGED_S)
                ended.cancel()
            case "not_json":
                self._remember(method, values, 502, "not JSON")
                return web.Response(text="oops", status=502)
        self._remember(method, values, 502, "Bad Gateway")
        return web.Response(text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html", status=502)

    def _refuse(self, method: str, values: Values, refusal: Refusal) -> web.Response:
        if refusal.breach:
            self.violations.append(f"{method}: {refusal.description}")
            self.faults.changed()
        self._remember(method, values, refusal.code, refusal.description)
        body: dict[str, object] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
        if refusal.parameters:
            body["parameters"] = refusal.parameters
        return web.json_response(body, status=refusal.code)

    def _remember(self, method: str, values: Values, status: int, answer: Any) -> None:
        if method != "getUpdates":
            self.calls.append(Call(method, values, status, answer, time.monotonic()))
            self._notice({})

    async def _webhook_answered(self, answer: dict[str, Any]) -> None:
        """Does the method that a webhook's answer names. The bot is not told the result."""
        method = methods().get(str(answer.get("method")).lower(), str(answer.get("method")))
        given = {name: value for name, value in answer.items() if name != "method"}
        try:
            if method not in methods().values():
                raise Refusal("Not Found", 404, breach=True)
            given = checked(method, given)
            self._remember(method, given, 200, await self._methods.call(method, given, {}))
        except Refusal as refusal:
            self._refuse(method, given, refusal)

    async def _file(self, request: web.Request) -> web.Response:
        file_id = request.match_info["path"].rpartition("/")[2].partition(".")[0]
        if request.match_info["token"] != self.token or file_id not in self.world.files:
            return web.Response(status=404)
        return web.Response(body=self.world.files[file_id][0])


async def _parameters(request: web.Request) -> tuple[Values, Files]:
    """Parameters of the query and the body, and the files of a multipart one. A file is no parameter, but a medium
    that is itself one has its place among them."""
    given: Values = dict(request.query)
    files: dict[str, tuple[bytes, str]] = {}
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise Refusal("Bad Request: can't parse JSON object", breach=True) from None
        if not isinstance(body, dict):
            raise Refusal("Bad Request: expected a JSON object", breach=True)
        given |= body
    elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = (value.file.read(), value.filename)
                if name in MEDIA:
                    given[name] = f"attach://{name}"
            else:
                given[name] = value
    return given, files


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
