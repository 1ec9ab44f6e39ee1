"""The transport before a server on loopback that answers as the test says, or does not."""

import asyncio
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import BodyPartReader, web
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.transport import AiohttpRequest, Api, NotSent, Unanswered, retry_after

TOKEN = "123456:AAaaBBbbCCccDDddEEeeFFffGGggHHhhIIi"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Keeps what it hears; `answer` says what it says."""

    def __init__(self) -> None:
        self.origin = ""
        self.answer: Answer = self.fine
        self.heard: list[tuple[str, str, Any]] = []  # path, content type, values
        self.peers: set[object] = set()

    async def fine(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "result": {"message_id": 7}})

    async def hears(self, request: web.Request) -> web.StreamResponse:
        values: Any = None
        if request.content_type == "application/json":
            values = await request.json()
        elif request.content_type == "multipart/form-data":
            values = {}
            async for part in await request.multipart():
                assert isinstance(part, BodyPartReader)
                values[part.name] = (part.filename, bytes(await part.read()))
        self.heard.append((request.path, request.content_type, values))
        self.peers.add(request.transport and request.transport.get_extra_info("peername"))
        return await self.answer(request)

    def says(self, status: int, body: bytes, kind: str = "application/json") -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(status=status, body=body, content_type=kind, headers={"Location": "/elsewhere"})

        self.answer = answer


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    served = Server()
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", served.hears)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    served.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield served
    await runner.cleanup()


@pytest.fixture
async def api(server: Server) -> AsyncIterator[Api]:
    async with Api(TOKEN, server.origin) as opened:
        yield opened


async def fails(call: Awaitable[object], *secrets: str) -> TelegramError:
    """The error, of which no line that a log could have names the token or what was said."""
    with pytest.raises(TelegramError) as caught:
        await call
    lines = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    for secret in (TOKEN, *secrets):
        assert secret not in lines
    return caught.value


# ---- what is sent ----


async def test_a_call_is_one_request_with_its_values_as_json(server: Server, api: Api) -> None:
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": "r:1"}]]}
    values = {"chat_id": -5, "text": "来点轻松的 🙂 <b>", "reply_markup": keyboard, "silent": False, "none": None}
    assert await api("sendMessage", values) == {"message_id": 7}
    assert server.heard == [
        (f"/bot{TOKEN}/sendMessage", "application/json", {n: v for n, v in values.items() if v is not None})
    ]


async def test_a_call_without_values_works(server: Server, api: Api) -> None:
    assert await api("getMe", {}) == {"message_id": 7}


async def test_half_a_character_does_not_stop_a_message(server: Server, api: Api) -> None:
    """Fault 15: a lone surrogate."""
    await api("sendMessage", {"chat_id": 1, "text": "a\ud83db"})
    assert server.heard[0][2]["text"] == "a?b"


async def test_a_file_goes_beside_its_values(server: Server, api: Api, tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"\x00\x01")
    await api(
        "sendDocument", {"chat_id": 1, "caption": "导出", "document": {"attach": {"filename": "e.json", "text": "好"}}}
    )
    await api(
        "sendDocument", {"chat_id": 1, "document": {"attach": {"filename": "a.db", "path": str(tmp_path / "a.db")}}}
    )
    (_, kind, first), (_, _, second) = server.heard
    assert kind == "multipart/form-data"
    assert first == {"chat_id": (None, b"1"), "caption": (None, "导出".encode()), "document": ("e.json", "好".encode())}
    assert second["document"] == ("a.db", b"\x00\x01")


async def test_a_file_that_is_not_there_is_an_error_of_ours(server: Server, api: Api, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await api(
            "sendDocument", {"chat_id": 1, "document": {"attach": {"filename": "a", "path": str(tmp_path / "a")}}}
        )
    assert server.heard == []


async def test_calls_one_after_another_share_a_connection(server: Server, api: Api) -> None:
    for _ in range(5):
        await api("getMe", {})
    assert len(server.peers) == 1


async def test_held_polls_leave_the_sends_their_connections(server: Server, api: Api) -> None:
    gate = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("getUpdates"):
            await gate.wait()
        return await server.fine(request)

    server.answer = answer
    polls = [asyncio.create_task(api("getUpdates", {"timeout": 50}, read_timeout=60)) for _ in range(4)]
    async with asyncio.timeout(5):
        await asyncio.gather(*(api("sendMessage", {"chat_id": n, "text": "x"}) for n in range(80)))
        gate.set()
        await asyncio.gather(*polls)


async def test_telegrams_library_speaks_over_it(server: Server) -> None:
    me = b'{"ok": true, "result": {"id": 1, "is_bot": true, "first_name": "b", "username": "b_bot"}}'
    server.says(200, me)
    bot = Bot(TOKEN, f"{server.origin}/bot", request=AiohttpRequest(), get_updates_request=AiohttpRequest())
    async with bot:
        assert bot.username == "b_bot"
        assert (await bot.do_api_request("methodOfTomorrow", {"chat_id": 1}))["id"] == 1


# ---- what Telegram refuses ----


@pytest.mark.parametrize(
    ("status", "more", "kind"),
    [
        (400, "", BadRequest), (401, "", InvalidToken), (403, "", Forbidden), (404, "", InvalidToken),
        (409, "", Conflict), (429, ', "parameters": {"retry_after": 7}', RetryAfter), (500, "", NetworkError),
        (400, ', "parameters": {"migrate_to_chat_id": -1001}', ChatMigrated), (502, "", NetworkError),
    ],
)  # fmt: skip
async def test_a_refusal_has_the_error_that_telegrams_library_gives_it(
    server: Server, api: Api, status: int, more: str, kind: type[TelegramError]
) -> None:
    server.says(status, f'{{"ok": false, "error_code": {status}, "description": "Bad Request: x"{more}}}'.encode())
    error = await fails(api("sendMessage", {"chat_id": 1, "text": "psst"}), "psst")
    assert type(error) is kind
    assert retry_after(error) == (7 if status == 429 else 0)
    assert getattr(error, "new_chat_id", -1001) == -1001


@pytest.mark.parametrize("seconds", [7, timedelta(seconds=7)])
def test_a_pause_is_in_seconds_however_the_library_gives_it(seconds: int | timedelta) -> None:
    assert retry_after(RetryAfter(seconds)) == 7.0
    assert retry_after(TimedOut()) == retry_after(ValueError()) == 0.0


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (502, b"<html><h1>502 Bad Gateway</h1> psst</html>", "text/html"), (502, b"psst", "text/plain"),
        (500, b'["psst"]', "application/json"), (500, b"", "text/plain"), (503, b"{}", "application/json"),
        (429, b"psst", "text/html"), (301, b"psst", "text/html"), (413, b"\xff\xfe psst", "text/html"),
    ],
)  # fmt: skip
async def test_a_refusal_that_is_not_telegrams_may_be_tried_again(
    server: Server, api: Api, status: int, body: bytes, kind: str
) -> None:
    """Fault 3."""
    server.says(status, body, kind)
    error = await fails(api("sendMessage", {"chat_id": 1, "text": "psst"}), "psst")
    assert type(error) is NetworkError
    assert len(server.heard) == 1


# ---- what never arrives, or whose answer does not ----


@pytest.mark.parametrize(
    "body", [b"psst", b"", b'["psst"]', b'{"ok": true}', b'{"ok": false}', b"{}", b"\xff", b"[" * 9000]
)
async def test_an_acceptance_that_cannot_be_read_leaves_it_open(server: Server, api: Api, body: bytes) -> None:
    """Fault 3 and 4: status 200, so it may be there."""
    server.says(200, body)
    error = await fails(api("sendMessage", {"chat_id": 1, "text": "psst"}), "psst")
    assert type(error) is Unanswered


@pytest.mark.parametrize("begins", [False, True])
async def test_a_connection_that_breaks_after_the_request_leaves_it_open(
    server: Server, api: Api, begins: bool
) -> None:
    """Fault 4."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        if begins:
            await response.prepare(request)
            await response.write(b'{"ok": true, "res')
        assert request.transport is not None
        request.transport.abort()
        return response

    server.answer = answer
    error = await fails(api("sendMessage", {"chat_id": 1, "text": "psst"}), "psst")
    assert type(error) is Unanswered
    assert len(server.heard) == 1  # and nobody has sent it again behind our back


async def test_a_server_that_says_nothing_is_left_in_time(server: Server, api: Api) -> None:
    """Fault 8."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    server.answer = answer
    error = await fails(api("sendMessage", {"chat_id": 1, "text": "psst"}, read_timeout=0.1), "psst")
    assert type(error) is TimedOut


async def test_where_nobody_listens_nothing_was_sent() -> None:
    """Fault 11."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with Api(TOKEN, f"http://127.0.0.1:{taken.getsockname()[1]}") as api:
            assert type(await fails(api("getMe", {}))) is NotSent


async def test_where_the_connection_is_not_made_in_time_nothing_was_sent() -> None:
    """Fault 11: half a network swallows the first packet."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for queued in (first, second):  # the queue is full: the kernel drops who comes next
            queued.setblocking(False)
            queued.connect_ex(full.getsockname())
        request = AiohttpRequest()
        await request.initialize()
        url = f"http://127.0.0.1:{full.getsockname()[1]}/bot{TOKEN}/getMe"
        assert type(await fails(request.post(url, read_timeout=5, connect_timeout=0.2))) is NotSent
        await request.shutdown()


async def test_where_no_connection_becomes_free_in_time_nothing_was_sent(server: Server) -> None:
    gate = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        await gate.wait()
        return await server.fine(request)

    server.answer = answer
    request = AiohttpRequest(connections=1)
    await request.initialize()
    url = f"{server.origin}/bot{TOKEN}/getMe"
    holds = asyncio.create_task(request.post(url))
    async with asyncio.timeout(5):
        while not server.heard:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert type(await fails(request.post(url, connect_timeout=0.1))) is NotSent
    gate.set()
    await holds
    assert len(server.heard) == 1
    await request.shutdown()


async def test_a_closed_transport_sends_nothing_and_opens_again(server: Server) -> None:
    request = AiohttpRequest()
    url = f"{server.origin}/bot{TOKEN}/getMe"
    await fails(request.post(url))
    for _ in range(2):
        await request.initialize()
        await request.initialize()
        assert await request.post(url) == {"message_id": 7}
        await request.shutdown()
        await request.shutdown()
    await fails(request.post(url))
    assert len(server.heard) == 2


# ---- files of other people ----


def gives(server: Server, status: int = 200, body: bytes = b"", breaks: bool = False) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("getFile"):
            return web.json_response({"ok": True, "result": {"file_id": "f", "file_path": "documents/a 1.json"}})
        response = web.StreamResponse(status=status)
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(body)
        if breaks and request.transport is not None:
            request.transport.abort()
        return response

    server.answer = answer


async def test_a_file_comes_whole(server: Server, api: Api, tmp_path: Path) -> None:
    gives(server, body=b"x" * 200_000)
    await api.download("f", tmp_path / "a", most=200_000)
    assert (tmp_path / "a").read_bytes() == b"x" * 200_000
    assert server.heard[-1][0] == f"/file/bot{TOKEN}/documents/a 1.json"


@pytest.mark.parametrize(("status", "size", "breaks"), [(404, 9, False), (200, 200_001, False), (200, 9, True)])
async def test_a_file_that_does_not_come_whole_is_an_error(
    server: Server, api: Api, tmp_path: Path, status: int, size: int, breaks: bool
) -> None:
    gives(server, status, b"x" * size, breaks)
    assert type(await fails(api.download("f", tmp_path / "a", most=200_000))) is NetworkError
