"""The webhook: what Telegram posts goes to the inbox, and is confirmed once it is on disk."""

import asyncio
import hashlib
import hmac
import json
import logging
import os
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from telegram.error import BadRequest, EndPointNotFound, InvalidToken

from bot.polling import ALLOWED_UPDATES, token_refused
from bot.ports import Call
from core.errors import SettingError, StoreError

_log = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST = 1 << 20  # bytes of a body; real updates have a hundredth of it
MAX_CONNECTIONS = 40  # deliveries at once
LOOK_S = 60.0  # between two looks at what Telegram says about us
RECENT_S = 300.0  # an error that Telegram met before that is over
PAUSE_S = (0.5, 30.0)
SECRET_FILE = "webhook.secret"
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

_Put = Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]]


def secret_of(data: Path, configured: str = "") -> str:
    """The secret that Telegram shows us: the configured one, or one that is made once and kept in `data`.

    SettingError where the file holds none.
    """
    if configured:
        return configured
    path = data / SECRET_FILE
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
        file = os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        try:
            os.write(file, f"{secrets.token_urlsafe(32)}\n".encode())
            os.fsync(file)
        finally:
            os.close(file)
        os.replace(beside, path)
    found = path.read_text(encoding="ascii", errors="replace").strip()
    if not _SECRET.fullmatch(found):
        raise SettingError("JIANYAN_WEBHOOK_SECRET", f"{path} holds no secret; delete it, and a new one is made")
    return found


def path_of(secret: str) -> str:
    """Where we listen: not to be guessed, and the secret not to be read from it."""
    return f"/telegram/{hashlib.blake2b(secret.encode(), digest_size=16, person=b'webhook path').hexdigest()}"


def own(url: str, data: Path, configured: str = "") -> bool:
    """Whether we set a webhook with that URL, by the secret that stands now. Makes none."""
    known = bool(configured) or (data / SECRET_FILE).exists()
    return known and urlsplit(url).path.endswith(path_of(secret_of(data, configured)))


class Webhook:
    """Receives updates. public_url: how Telegram reaches us; what it has of a path, a proxy may keep or take away.

    put: has the updates on disk when it returns, StoreError where they cannot be: Telegram then sends them again.
    When the bot ends, the webhook stays: Telegram keeps what comes for a day.
    """

    def __init__(
        self,
        public_url: str,
        secret: str,
        put: _Put,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.url = public_url.rstrip("/") + path_of(secret)
        self._paths = {path_of(secret), urlsplit(self.url).path}
        self._secret, self._put = secret.encode(), put
        self._clock, self._monotonic, self._sleep = clock, monotonic, sleep
        self._delivered: float | None = None
        self._deliveries = self._refused = self._unkept = 0
        self._standing: Mapping[str, Any] = {}  # what Telegram says about our webhook

    def add_to(self, application: web.Application) -> None:
        """Adds our route, for POST alone."""
        for path in sorted(self._paths):
            application.router.add_post(path, self._receive)

    async def announce(self, call: Call) -> None:
        """Sets the webhook if Telegram's differs. Waits for the network, for ever.

        SettingError where Telegram refuses the token or the URL.
        """
        pause = PAUSE_S[0]
        while True:
            try:
                await self._announce(call)
                return
            except (InvalidToken, EndPointNotFound) as error:
                raise token_refused() from error
            except BadRequest as error:
                raise SettingError("JIANYAN_WEBHOOK_URL", f"Telegram says: {error.message}") from error
            except Exception as error:
                _log.warning("webhook: not set yet: %s", type(error).__name__)
            await self._sleep(pause)
            pause = min(PAUSE_S[1], 2 * pause)

    async def watch(self, call: Call) -> None:
        """Looks for ever at what Telegram says about our webhook."""
        while True:
            await self._sleep(LOOK_S)
            try:
                was, self._standing = self._ours(), await call("getWebhookInfo", {})
            except Exception as error:
                _log.debug("webhook: unknown: %s", type(error).__name__)
                continue
            if was and not self._ours():
                host = urlsplit(str(self._standing.get("url") or "")).hostname
                _log.error(
                    "webhook: somebody has %s; updates do not come here", f"set {host}" if host else "removed it"
                )

    def age(self) -> float | None:
        """Seconds since the last delivery; None before the first."""
        return None if self._delivered is None else self._monotonic() - self._delivered

    def well(self) -> bool:
        """Whether Telegram delivers here, as far as was seen at the last look."""
        recent = self._clock() - float(self._standing.get("last_error_date") or 0) < RECENT_S
        return self._ours() and not (recent and self._pending())

    def facts(self) -> Mapping[str, object]:
        """For the health page. Telegram's words on an error are about our server: status, certificate, timeout."""
        return {"ours": self._ours(), "pending": self._pending(), "error": self._standing.get("last_error_message")}

    def figures(self) -> Mapping[str, float]:
        return {
            "age_seconds": self.age() or 0.0,
            "pending": self._pending(),
            "deliveries_total": self._deliveries,
            "refused_total": self._refused,
            "unkept_total": self._unkept,
        }

    def _ours(self) -> bool:
        return not self._standing or self._standing.get("url") == self.url

    def _pending(self) -> int:
        return int(self._standing.get("pending_update_count") or 0)

    async def _announce(self, call: Call) -> None:
        found = await call("getWebhookInfo", {})
        stands = (
            found.get("url") == self.url
            and found.get("max_connections") == MAX_CONNECTIONS
            and set(found.get("allowed_updates") or ()) == set(ALLOWED_UPDATES)
            # 401, 403: what we say to another secret
            and not re.search(r"\b40[13]\b", str(found.get("last_error_message") or ""))
        )
        if not stands:
            parameters = {
                "url": self.url,
                "secret_token": self._secret.decode(),
                "max_connections": MAX_CONNECTIONS,
                "allowed_updates": list(ALLOWED_UPDATES),
            }
            await call("setWebhook", parameters)
            before = urlsplit(str(found.get("url") or "")).hostname
            _log.info("webhook: set%s", f" in place of one at {before}" if before else "")
        self._standing = {}

    async def _receive(self, request: web.Request) -> web.Response:
        shown = request.headers.get(HEADER)
        if shown is None:
            return self._refuse(request, 401)
        if not hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), self._secret):
            return self._refuse(request, 403)
        if request.content_type != "application/json":
            return self._refuse(request, 415)
        body = await _read(request)
        if body is None:
            return self._refuse(request, 413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return self._refuse(request, 400)
        self._delivered = self._monotonic()
        self._deliveries += 1
        if isinstance(update, dict):  # else it is no update, and saying so would only bring it again
            try:
                await self._put([update])
            except StoreError as error:
                self._unkept += 1
                _log.warning("webhook: an update cannot be kept, Telegram will repeat it: %s", error)
                return web.Response(status=503)
        return web.Response()

    def _refuse(self, request: web.Request, status: int) -> web.Response:
        self._refused += 1
        _log.info("webhook: a request was refused: %d", status)  # nothing of it: it may hold a secret
        response = web.Response(status=status)
        if request.can_read_body:  # what is left of the body is not worth reading
            response.force_close()
        return response


async def _read(request: web.Request) -> bytes | None:
    """The body; None for one that is too long, of which no more than that is read."""
    if (request.content_length or 0) > LONGEST:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LONGEST:
            return None
    return bytes(body)
