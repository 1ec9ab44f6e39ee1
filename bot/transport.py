"""The Bot API over aiohttp: python-telegram-bot's request layer at a fifth of the processor time that httpx takes.

No error of this room names an address: it holds the bot's token.
"""

import asyncio
import io
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeGuard

import aiohttp
from telegram import InputFile
from telegram.error import NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, RequestData

TELEGRAM = "https://api.telegram.org"
CONNECTIONS = 64
CONNECT_S, READ_S, UPLOAD_S = 10.0, 20.0, 120.0
_CHUNK = 1 << 16
_JSON = {"Content-Type": "application/json"}
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode  # made once: `json.dumps` makes one each time
_NO_CONNECTION = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)


class NotSent(NetworkError):
    """No connection was made: the server cannot have accepted anything."""


class Unanswered(NetworkError):
    """The request was on its way, and no answer came that can be read: the server may have accepted it, or not."""


class AiohttpRequest(BaseRequest):
    """python-telegram-bot's requests on one session with a pool of kept connections.

    proxy: its URL, with its password if it has one; "" goes straight. aiohttp's own look into the environment would
    come with every request, cost more than the request, and send what ~/.netrc has.
    """

    __slots__ = ("_connections", "_session", "proxy")

    def __init__(self, connections: int = CONNECTIONS, proxy: str = "") -> None:
        self._connections, self.proxy = connections, proxy or None
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return READ_S

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # Any: PTB's float, None or its mark for "not given"
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body. NotSent, Unanswered, TimedOut; each without a cause, for that would name the address."""
        longest = _given(read_timeout, READ_S)
        body: bytes | aiohttp.FormData | None = None
        headers: Mapping[str, str] = {}
        try:
            if request_data is not None and request_data.contains_files:
                longest, body = _given(write_timeout, UPLOAD_S), _form(request_data)
            elif request_data is not None:
                # in a form, which PTB sends, every Chinese character would be nine bytes long
                body = _ENCODE(request_data.parameters).encode(errors="replace")
                headers = _JSON
            # `connect` covers a free connection, the name's look-up and the handshake: nothing is sent by then
            timeout = _timeout(longest, _given(connect_timeout, CONNECT_S))
            async with self.session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False, proxy=self.proxy
            ) as answer:
                return _told(answer.status, await answer.read())
        except _NO_CONNECTION as error:
            failed: NetworkError = NotSent(f"no connection: {type(error).__name__}")
        except TimeoutError:
            failed = TimedOut("no answer in time")
        except (aiohttp.ClientError, OSError) as error:
            failed = Unanswered(f"the connection broke: {type(error).__name__}")
        except Exception as error:  # PTB would quote it, and it may quote a message
            failed = NetworkError(f"no request: {type(error).__name__}")
        raise failed  # here, where no context clings to it

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:  # JSON
        """As PTB does, but an answer that is none is not logged: it may hold what people said."""
        found = _object(payload)
        if found is None or "result" not in found and found.get("ok", True):
            raise Unanswered("the answer is not the Bot API's")
        return found

    @property
    def session(self) -> aiohttp.ClientSession:
        """The open session. RuntimeError before `initialize` and after `shutdown`."""
        if self._session is None:
            raise RuntimeError("the transport is not open")
        return self._session


class Api:
    """The methods of one bot, as plain JSON. `async with` opens and closes its connections.

    origin: of a Bot API server; "" for Telegram's. proxy: its URL, "" for none. Polls have connections of their own,
    since each holds one for long.
    """

    def __init__(self, token: str, origin: str = "", proxy: str = "") -> None:
        self._base = f"{origin or TELEGRAM}/bot{token}"
        self._files = f"{origin or TELEGRAM}/file/bot{token}"
        self._request = AiohttpRequest(proxy=proxy)
        self._polls = AiohttpRequest(connections=4, proxy=proxy)

    async def __aenter__(self) -> Self:
        await self._request.initialize()
        await self._polls.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._request.shutdown()
        await self._polls.shutdown()

    async def __call__(
        self, method: str, parameters: Mapping[str, object], *, read_timeout: float | None = None
    ) -> Any:  # JSON, whatever the method gives
        """Calls a method. A value `{"attach": {"filename", "text" | "path"}}` is sent as a file.

        The errors of `telegram.error`, NotSent and Unanswered; OSError where a file cannot be read.
        """
        request = self._polls if method == "getUpdates" else self._request
        given: list[Any] = [
            _Parameter(name, await _opened(value) if _is_file(value) else value) for name, value in parameters.items()
        ]
        longest = BaseRequest.DEFAULT_NONE if read_timeout is None else read_timeout
        try:
            return await request.post(f"{self._base}/{method}", RequestData(given), read_timeout=longest)
        except KeyError:  # success, and no result
            raise Unanswered("the answer is not the Bot API's") from None

    async def download(self, file_id: str, to: Path, most: int = 20 << 20) -> None:
        """A file that somebody sent, into `to`. NetworkError where it does not come whole, or is over `most` bytes."""
        found = await self("getFile", {"file_id": file_id})
        timeout, failed = aiohttp.ClientTimeout(total=UPLOAD_S, connect=CONNECT_S), ""
        try:
            url = f"{self._files}/{found['file_path']}"
            session, proxy = self._request.session, self._request.proxy
            async with session.get(url, timeout=timeout, allow_redirects=False, proxy=proxy) as answer:
                if answer.status != 200:
                    raise NetworkError(f"the file does not come: HTTP {answer.status}")
                with to.open("wb") as file:
                    async for chunk in answer.content.iter_chunked(_CHUNK):
                        most -= len(chunk)
                        if most < 0:
                            raise NetworkError("the file is longer than Telegram said")
                        file.write(chunk)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            failed = type(error).__name__
        if failed:
            raise NetworkError(f"the file does not come: {failed}")


def retry_after(error: BaseException) -> float:
    """Seconds that a 429 asks for; 0 of anything else."""
    if not isinstance(error, RetryAfter):
        return 0.0
    value: object = error.retry_after
    return value.total_seconds() if isinstance(value, timedelta) else float(str(value))


@dataclass(frozen=True, slots=True)
class _Parameter:
    """What RequestData asks of a parameter. PTB's own class is not public, and looks into every value for its types."""

    name: str
    value: object

    @property
    def input_files(self) -> list[InputFile] | None:
        return [self.value] if isinstance(self.value, InputFile) else None

    @property
    def json_value(self) -> str | None:
        if self.value is None or isinstance(self.value, InputFile):
            return None
        return self.value if isinstance(self.value, str) else json.dumps(self.value, ensure_ascii=False)

    @property
    def multipart_data(self) -> dict[str, Any] | None:
        return {self.name: self.value.field_tuple} if isinstance(self.value, InputFile) else None


def _is_file(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, dict) and "attach" in value


async def _opened(value: Mapping[str, Any]) -> InputFile:
    told = value["attach"]
    content = await asyncio.to_thread(Path(told["path"]).read_bytes) if "path" in told else str(told["text"]).encode()
    return InputFile(content, filename=str(told["filename"]))


def _told(status: int, body: bytes) -> tuple[int, bytes]:
    """The same; a proxy's page about an error as an empty object, for PTB would quote it in its own error."""
    return status, body if status < 300 or _object(body) is not None else b'{"ok": false}'


def _object(body: bytes) -> dict[str, Any] | None:
    """A JSON object, or None where it is not one."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _form(data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)  # or people see a file name's percent signs
    for name, (filename, content, kind) in data.multipart_data.items():
        guessed = kind or mimetypes.guess_type(filename)[0] or "application/octet-stream"
        # bytes would go out in one piece, and everybody else would wait for them
        part = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, part, filename=filename, content_type=guessed)
    return form


@cache
def _timeout(longest: float | None, connect: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=longest, connect=connect)


def _given(value: object, default: float) -> float | None:
    return default if value is BaseRequest.DEFAULT_NONE else value  # type: ignore[return-value]  # a float, or None
