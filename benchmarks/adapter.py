"""Our adapter against a plain python-telegram-bot Application on httpx: the same load, in the same sitting.

    python benchmarks/adapter.py [--mode polling webhook] [--kind taps messages] [--rounds 3] [--people 100]

Closed loop: each person writes, or taps, again as soon as the answer is there. Both recommenders only echo, with two
buttons. Ours is the whole adapter with its database: every update, turn and message is on disk (synchronous=FULL). The
plain bot is what its documentation shows, with updates handled side by side and nothing kept. It has few connections,
for httpx looks through all of them at every request: its default of 256 takes up to four times the processor time.
The two take turns, for as many rounds, and medians are compared: what else the machine does then touches both alike.
A tap costs each of them two calls, the answer to the tap and a message. The server is a lean one of its own; it must
not be the limit, so its share of a core is printed too.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

sys.path.insert(0, str(Path(__file__).parents[1]))

import aiohttp
from aiohttp import web
from load import SECRET, start

TICKS = os.sysconf("SC_CLK_TCK")
WARM_S, LATE_S = 1.5, 5.0
GOAL_RATE, GOAL_TAIL, GOAL_CPU_MS = 3.0, 0.2, 0.8  # times the updates, share of the p95, an update
BOT = {"id": 123456789, "is_bot": True, "first_name": "bench", "username": "bench_bot"}
SHOWN = ("sendMessage", "editMessageText")
LISTS = ("getMyCommands", "getUpdates")
Json = dict[str, Any]  # Any: the Bot API's values


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(eq=False)
class Load:
    """A Bot API that is just good enough, and the people who use the bot on it. kind: `messages` or `taps`."""

    people: int
    kind: str
    latency: float
    token: str = f"{BOT['id']}:{'b' * 35}"
    port: int = field(default_factory=free_port)
    taken: list[float] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    polled: bool = False
    webhook: str = ""

    def __post_init__(self) -> None:
        self._waiting: deque[Json] = deque()
        self._come = asyncio.Event()
        self._began: dict[int, float] = {}
        self._updates_made = int(time.time() * 64)  # without gaps: for a gap in a webhook's ids, the bot waits
        self._messages_made = 0
        self._open = True
        self._posts: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> "Load":
        self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=40))  # as many as Telegram opens
        self._runner = web.ServerRunner(web.Server(self._serve), access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        return self

    def end(self) -> None:
        """Nobody writes any more."""
        self._open = False
        self._come.set()

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        await self._runner.cleanup()

    # ---- the Bot API ----

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        method = request.path.rpartition("/")[2]
        try:
            raw = await request.read()
        except ConnectionResetError:  # the bot has ended
            return web.Response()
        given = json.loads(raw) if request.content_type == "application/json" else dict(parse_qsl(raw.decode()))
        result: object = True
        if method == "getUpdates":
            result = await self._updates(int(given.get("offset", 0)), float(given.get("timeout", 0)))
        elif method in SHOWN:
            if self.latency:
                await asyncio.sleep(self.latency)
            result = self._shown(given)
        elif method == "getMe":
            result = BOT
        elif method == "setWebhook":
            self.webhook = given["url"]
            self.ready.set()
        elif method.startswith("get"):
            result = [] if method in LISTS else {"url": self.webhook, "type": "commands", "description": "", "name": ""}
        body = json.dumps({"ok": True, "result": result}, ensure_ascii=False).encode()
        return web.Response(body=body, content_type="application/json")

    async def _updates(self, offset: int, longest_s: float) -> list[Json]:
        self.ready.set()
        while self._waiting and self._waiting[0]["update_id"] < offset:
            self._waiting.popleft()
        if not self._waiting and self._open:
            self._come.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._come.wait(), min(longest_s, 5.0))
        return [*self._waiting][:100]

    def _shown(self, given: Json) -> Json:
        now, chat = time.perf_counter(), int(given["chat_id"])
        markup = given.get("reply_markup")
        self._messages_made += 1
        message: Json = {
            "message_id": int(given.get("message_id", self._messages_made)), "date": int(time.time()), "from": BOT,
            "chat": {"id": chat, "type": "private", "first_name": "P"}, "text": given["text"],
            "reply_markup": json.loads(markup) if isinstance(markup, str) else markup,
        }  # fmt: skip
        if chat in self._began:
            self.taken.append(now - self._began.pop(chat))
            if self._open:
                self._act(chat, message)
        return message

    # ---- the people ----

    def begin(self) -> None:
        for number in range(self.people):
            self._act(1_000_000 + number, None)

    def stuck(self) -> int:
        """How many have waited for long."""
        now = time.perf_counter()
        return sum(now - began > LATE_S for began in self._began.values())

    def _act(self, chat: int, message: Json | None) -> None:
        self._updates_made += 1
        person = {"id": chat, "is_bot": False, "first_name": "P", "language_code": "en"}
        update: Json = {"update_id": self._updates_made}
        if self.kind == "taps" and message is not None:
            data = message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
            query = {"id": str(self._updates_made), "from": person, "message": message, "data": data}
            update["callback_query"] = {**query, "chat_instance": "1"}
        else:
            self._messages_made += 1
            number = self._messages_made
            update["message"] = {
                "message_id": number, "date": int(time.time()), "from": person, "text": f"m{number}",
                "chat": {"id": chat, "type": "private", "first_name": "P"},
            }  # fmt: skip
        self._began[chat] = time.perf_counter()
        if self.webhook:
            task = asyncio.create_task(self._post(update))
            self._posts.add(task)
            task.add_done_callback(self._posts.discard)
        else:
            self._waiting.append(update)
            self._come.set()

    async def _post(self, update: Json) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        try:
            async with self._client.post(self.webhook, json=update, headers=headers) as answer:
                await answer.read()
        except (aiohttp.ClientError, RuntimeError, OSError):
            if self._open:
                raise


def serve_plain(url: str, token: str, port: int, pool: int) -> None:
    """The peer, by polling; or on a port, as PTB's example of a webhook with a server of one's own."""
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
    from telegram.ext import ApplicationBuilder, CallbackQueryHandler, MessageHandler, filters

    row = [InlineKeyboardButton("more", callback_data="m"), InlineKeyboardButton("undo", callback_data="u")]
    keyboard = InlineKeyboardMarkup([row])

    async def said(update: Update, _: object) -> None:
        assert update.message is not None
        await update.message.reply_text(f"echo {update.message.text}", reply_markup=keyboard)

    async def tapped(update: Update, _: object) -> None:
        query = update.callback_query
        assert query is not None
        assert query.message is not None
        await query.answer()
        await query.get_bot().send_message(query.message.chat.id, "echo tap", reply_markup=keyboard)

    builder = ApplicationBuilder().token(token).base_url(f"{url}/bot").connection_pool_size(pool).pool_timeout(60)
    builder = builder.concurrent_updates(256)
    application = (builder.updater(None) if port else builder).build()
    application.add_handler(MessageHandler(filters.TEXT, said))
    application.add_handler(CallbackQueryHandler(tapped))
    if not port:
        application.run_polling(allowed_updates=Update.ALL_TYPES)
        return

    async def receive(request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
            return web.Response(status=403)
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return web.Response()

    async def serve() -> None:
        own = web.Application()
        own.router.add_post("/hook", receive)
        runner = web.AppRunner(own, access_log=None)
        async with application:
            await application.start()
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()
            await application.bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token=SECRET)
            await asyncio.Event().wait()

    asyncio.run(serve())


def cpu_seconds(pid: int) -> float:
    """Of a process until now."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@dataclass(frozen=True, slots=True)
class Figures:
    """rate: updates a second. p50, p95: ms from update to answer. cpu: ms an update. load: our server's cores."""

    rate: float
    p50: float
    p95: float
    cpu: float
    load: float
    stuck: int


def medians(rounds: list[Figures]) -> Figures:
    """Each figure's; but of those who were stuck, all."""
    rate, p50, p95, cpu, load = (
        statistics.median(getattr(one, name) for one in rounds) for name in ("rate", "p50", "p95", "cpu", "load")
    )
    return Figures(rate, p50, p95, cpu, load, sum(one.stuck for one in rounds))


async def measure(which: str, mode: str, kind: str, args: argparse.Namespace) -> Figures:
    port = free_port() if mode == "webhook" else 0
    with tempfile.TemporaryDirectory() as directory:
        async with Load(args.people, kind, args.latency_ms / 1000) as load:
            if which == "ours":
                process = await start(load, Path(directory), mode, port)  # type: ignore[arg-type]  # url and token
            else:
                command = (sys.executable, __file__, "--plain", load.url, load.token, str(port), str(args.pool))
                process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
            try:
                await asyncio.wait_for(load.ready.wait(), 30)
                load.begin()
                await asyncio.sleep(WARM_S)
                load.taken.clear()
                used, own, began = cpu_seconds(process.pid), time.process_time(), time.perf_counter()
                await asyncio.sleep(args.seconds)
                taken = sorted(load.taken)
                span = time.perf_counter() - began
                used, own = cpu_seconds(process.pid) - used, time.process_time() - own
                stuck = load.stuck()
            finally:
                load.end()
                process.terminate()
                await process.wait()
    if not taken:
        raise SystemExit(f"{which}, {mode}, {kind}: nothing was answered")
    p50, p95 = (taken[int(share * len(taken))] * 1000 for share in (0.5, 0.95))
    return Figures(len(taken) / span, p50, p95, used / len(taken) * 1000, own / span, stuck)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, default=0.0, help="of every message that is sent or edited")
    parser.add_argument("--mode", choices=("polling", "webhook"), nargs="*", default=["polling", "webhook"])
    parser.add_argument("--kind", choices=("taps", "messages"), nargs="*", default=["taps", "messages"])
    parser.add_argument("--pool", type=int, default=16, help="connections of the plain bot")
    parser.add_argument("--plain", nargs=4, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.plain:
        url, token, port, pool = args.plain
        serve_plain(url, token, int(port), int(pool))
        return 0
    print(f"{args.people} people, {args.latency_ms:g} ms API, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("mode     kind      bot    updates/s     p50 ms     p95 ms   CPU ms   server  stuck")
    good = True
    for mode in args.mode:
        for kind in args.kind:
            found: dict[str, list[Figures]] = {"plain": [], "ours": []}
            for _ in range(args.rounds):
                for which, rounds in found.items():
                    rounds.append(asyncio.run(measure(which, mode, kind, args)))
            plain, ours = (medians(rounds) for rounds in found.values())
            for which, f in (("plain", plain), ("ours", ours)):
                print(
                    f"{mode:8} {kind:9} {which:5} {f.rate:10.0f} {f.p50:10.1f} {f.p95:10.1f} {f.cpu:8.2f} "
                    f"{f.load:8.0%} {f.stuck:6}"
                )
            rate, tail = ours.rate / plain.rate, ours.p95 / plain.p95
            met = rate >= GOAL_RATE and tail <= GOAL_TAIL and ours.cpu <= GOAL_CPU_MS
            good = good and met
            print(f"{'':18} ratio {rate:10.2f} {'':10} {tail:10.2f} {ours.cpu:8.2f}   {'met' if met else 'NOT met'}")
    print(f"goals: {GOAL_RATE:g} times the updates, {GOAL_TAIL:g} of the p95, {GOAL_CPU_MS:g} ms CPU")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
