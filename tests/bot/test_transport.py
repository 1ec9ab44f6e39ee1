"""The transport against loopback servers: what arrives there, and what becomes of everything that can go wrong."""

import asyncio
import json
import socket
import traceback
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
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
)  # fmt: skip

from bot.sandbox.server import Server
from bot.transport import AiohttpRequest, Api, NotSent, Unanswered, retry_after

TOKEN = "123456:" + "secretsecret" * 3
SEND = {
    "chat_id": 7,
    "text": "<b>她</b>",
    "reply_markup": {"inline_keyboard": [[{"text": "👍", "callback_data": "x"}]]},
}
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(eq=False)
class Stand:
    """A server that answers as it is told, and a client of it. given: parameters of every request, by its path."""

    url: str
    answer: Answer | None = None
    given: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.connections.add(request.transport)
        if request.content_type == "application/json":
            parameters = await request.json()
        else:
            parameters = {
                name: (value.filename, value.content_type, value.file.read()) if hasattr(value, "file") else value
                for name, value in (await request.post()).items()
            }
        self.given.append((request.path.rpartition("/")[2], parameters))
        if self.answer is not None:
            return await self.answer(request)
        return web.json_response({"ok": True, "result": {"message_id": len(self.given)}})

    def says(self, body: bytes | dict[str, object], status: int = 200) -> None:
        """To all that is asked from now on."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(body=body if isinstance(body, bytes) else json.dumps(body).encode(), status=status)

        self.answer = answer


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    made = Stand("")
    application = web.Application(client_max_size=8 << 20)
    application.router.add_route("*", "/{path:.*}", made.serve)
    async with TestServer(application) as server:
        made.url = str(server.make_url("")).rstrip("/")
        yield made


@pytest.fixture
async def api(stand: Stand) -> AsyncIterator[Api]:
    async with Api(TOKEN, stand.url) as made:
        yield made


def names_the_token(error: BaseException | None) -> bool:
    """Whether an error, its causes, or its traceback as a log shows it, hold the token."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and one not in seen:
            seen.append(one)
            waiting += [one.__cause__, one.__context__]
    return any("secretsecret" in f"{one} {one!r} {one.args}" for one in seen) or "secretsecret" in "".join(
        traceback.format_exception(seen[0], chain=True)
    )


async def failing(awaitable: Awaitable[object]) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await awaitable
    assert not names_the_token(caught.value)
    return caught.value


# ---- what is sent ----


async def test_parameters_arrive_as_they_are(stand: Stand, api: Api) -> None:
    assert await api("sendMessage", SEND) == {"message_id": 1}
    assert stand.given == [("sendMessage", SEND)]
    assert await api("getMe", {}) == {"message_id": 2}
    await api("sendMessage", {"chat_id": 7, "text": "a\ud800b", "message_thread_id": None})
    assert stand.given[-1] == ("sendMessage", {"chat_id": 7, "text": "a?b"})  # never: what cannot be written goes out


async def test_files_are_uploaded_from_text_and_disk(stand: Stand, api: Api, tmp_path: Path) -> None:
    (tmp_path / "stats.png").write_bytes(b"\x89PNG" * (1 << 19))  # more than goes out in one piece
    document = {"attach": {"filename": "我的.json", "text": "{}"}}
    photo = {"attach": {"filename": "stats.png", "path": str(tmp_path / "stats.png")}}
    await api("sendDocument", {"chat_id": 7, "document": document, "caption": "好"})
    await api("sendPhoto", {"chat_id": 7, "photo": photo, "reply_markup": {"inline_keyboard": []}})
    (_, first), (_, second) = stand.given
    assert first == {"chat_id": "7", "caption": "好", "document": ("我的.json", "application/json", b"{}")}
    assert second["photo"] == ("stats.png", "image/png", (tmp_path / "stats.png").read_bytes())
    assert second["reply_markup"] == '{"inline_keyboard": []}'
    with pytest.raises(FileNotFoundError):
        await api("sendPhoto", {"chat_id": 7, "photo": {"attach": {"filename": "x", "path": str(tmp_path / "no")}}})


async def test_ptbs_own_bot_works_on_it() -> None:
    """The strict server takes what python-telegram-bot hands over: JSON, nested objects, an upload, a poll."""
    async with Server() as server:
        ann = server.world.person("Ann", "en")
        ann.say("hello")
        bot = Bot(
            server.token, f"{server.url}/bot", f"{server.url}/file/bot", AiohttpRequest(), AiohttpRequest(connections=4)
        )  # fmt: skip
        async with bot:
            (update,) = await bot.get_updates(timeout=0, allowed_updates=["message"])
            assert update.message is not None
            assert update.message.text == "hello"
            keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("more", callback_data="m")]])
            sent = await bot.send_message(ann.id, "<b>她</b>", parse_mode="HTML", reply_markup=keyboard)
            assert sent.text == "她"
            document = await bot.send_document(ann.id, b"content", filename="a.txt")
            assert document.document is not None
            file = await bot.get_file(document.document.file_id)
            assert bytes(await file.download_as_bytearray()) == b"content"
        assert not server.violations


async def test_connections_are_kept_and_polls_have_their_own(stand: Stand, api: Api) -> None:
    for _ in range(5):
        await api("sendMessage", SEND)
    assert len(stand.connections) == 1
    released = asyncio.Event()

    async def later(request: web.Request) -> web.StreamResponse:
        if not request.path.endswith("getUpdates"):
            await released.wait()
        return web.json_response({"ok": True, "result": []})

    stand.answer = later
    sends = [asyncio.create_task(api("sendMessage", SEND)) for _ in range(70)]
    assert await api("getUpdates", {}) == []  # though every connection for sending is taken
    released.set()
    await asyncio.gather(*sends)
    assert len(stand.connections) <= 64 + 1


# ---- what goes wrong ----


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (400, {"ok": False, "description": "Bad Request: chat not found"}, BadRequest, "Chat not found"),
        (403, {"ok": False, "description": "Forbidden: bot was blocked by the user"}, Forbidden, "blocked"),
        (401, {"ok": False, "description": "Unauthorized"}, InvalidToken, "Unauthorized"),
        (404, {"ok": False, "description": "Not Found"}, InvalidToken, "Not Found"),
        (409, {"ok": False, "description": "Conflict: terminated"}, Conflict, "Conflict"),
        (500, {"ok": False, "description": "Internal Server Error"}, NetworkError, "Internal"),
        (429, {"ok": False, "parameters": {"retry_after": 7}}, RetryAfter, "7"),
        (400, {"ok": False, "parameters": {"migrate_to_chat_id": -100}}, ChatMigrated, "-100"),
        (502, b"<html>\xe6\x88\x91 secret words</html>", NetworkError, "Bad Gateway"),
        (502, b"[1]", NetworkError, "Bad Gateway"),
        (302, b"", NetworkError, "Found"),
        (200, b"oops secret words", Unanswered, "not the Bot API"),
        (200, b"[1]", Unanswered, "not the Bot API"),
        (200, b'{"ok": true}', Unanswered, "not the Bot API"),
        (200, b"[" * 100_000, Unanswered, "not the Bot API"),
    ],
)
async def test_answers_become_the_errors_of_ptb_and_quote_nothing(
    stand: Stand, api: Api, status: int, body: bytes | dict[str, object], kind: type[TelegramError], said: str
) -> None:
    """Faults 1, 3, 9, 10, 12, 13 as they come over the wire. A 200 that cannot be read may have done something."""
    stand.says(body, status)
    error = await failing(api("sendMessage", SEND))
    assert type(error) is kind
    assert said in str(error)
    assert "words" not in str(error)
    assert retry_after(error) == (7.0 if kind is RetryAfter else 0.0)


async def test_what_was_never_sent_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """Faults 3 and 11: nobody listens, nobody has that name."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with Api(TOKEN, f"http://127.0.0.1:{port}") as api:
        assert isinstance(await failing(api("sendMessage", SEND)), NotSent)
    assert "secretsecret" not in caplog.text


async def test_a_handshake_that_never_ends_is_known_to_have_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.transport.CONNECT_S", 0.05)
    with socket.socket() as full:  # nobody accepts: TLS waits for ever
        full.bind(("127.0.0.1", 0))
        full.listen()
        async with Api(TOKEN, f"https://127.0.0.1:{full.getsockname()[1]}") as api:
            assert isinstance(await failing(api("sendMessage", SEND)), NotSent)


async def test_an_answer_that_is_lost_may_have_been_accepted(stand: Stand, api: Api) -> None:
    """Fault 4: the connection breaks after the request, or in the middle of the answer."""

    async def abort(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def half(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(b'{"ok": tr')
        assert request.transport is not None
        request.transport.close()
        return answer

    for broken in (abort, half):
        stand.answer = broken
        error = await failing(api("sendMessage", SEND))
        assert isinstance(error, Unanswered)
        assert not isinstance(error, NotSent)


async def test_an_answer_that_does_not_come_in_time_may_have_been_accepted(stand: Stand, api: Api) -> None:
    """Fault 8: a half-open socket."""
    ended = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        await ended.wait()
        return web.Response()

    stand.answer = never
    assert type(await failing(api("sendMessage", SEND, read_timeout=0.05))) is TimedOut
    ended.set()


async def test_redirects_are_not_followed(stand: Stand, api: Api) -> None:
    """The address holds the token: nobody else is to see it."""

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect(f"{stand.url}/elsewhere")

    stand.answer = elsewhere
    await failing(api("sendMessage", SEND))
    assert [path for path, _ in stand.given] == ["sendMessage"]


async def test_a_closed_transport_refuses() -> None:
    await failing(Api(TOKEN)("sendMessage", SEND))


async def test_a_proxy_is_asked_for_everything_and_the_environments_is_not(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with Api(TOKEN, "http://telegram.invalid", stand.url) as through:
        assert await through("sendMessage", SEND) == {"message_id": 1}
        stand.answer = Files().answer
        await through.download("id", tmp_path / "got")
    stand.answer = None
    async with Api(TOKEN, stand.url) as straight:
        await straight("sendMessage", SEND)
    async with Api(TOKEN, "http://telegram.invalid", "http://127.0.0.1:9") as nowhere:
        assert isinstance(await failing(nowhere("sendMessage", SEND)), NotSent)


async def test_telegram_itself_is_reached_through_a_tunnel_and_a_refusal_shows_no_password() -> None:
    asked: list[str] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        async with Api(TOKEN, proxy=f"http://me:hush@127.0.0.1:{port}") as api:
            error = await failing(api("sendMessage", SEND))
    assert isinstance(error, NotSent)
    assert asked[0].startswith("CONNECT api.telegram.org:443 HTTP/1.1")
    assert f"Proxy-Authorization: Basic {b64encode(b'me:hush').decode()}" in asked[0]
    assert "hush" not in str(error)
    assert TOKEN.partition(":")[2] not in asked[0]


# ---- files that people send ----


@dataclass(eq=False)
class Files:
    """Answers getFile, and the file itself."""

    content: bytes = b"x" * 200_000
    status: int = 200
    breaks: bool = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("getFile"):
            return web.json_response({"ok": True, "result": {"file_path": "documents/1.csv"}})
        if self.breaks:
            answer = web.StreamResponse(headers={"Content-Length": "1000"})
            await answer.prepare(request)
            assert request.transport is not None
            request.transport.close()
            return answer
        return web.Response(body=self.content, status=self.status)


async def test_a_file_comes_whole(stand: Stand, api: Api, tmp_path: Path) -> None:
    stand.answer = Files().answer
    await api.download("id", tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == b"x" * 200_000


@pytest.mark.parametrize("files", [Files(status=404), Files(breaks=True), Files(content=b"x" * 1001)])
async def test_a_file_that_does_not_come_whole_is_an_error(
    stand: Stand, api: Api, tmp_path: Path, files: Files
) -> None:
    stand.answer = files.answer
    assert isinstance(await failing(api.download("id", tmp_path / "got", most=1000)), NetworkError)
