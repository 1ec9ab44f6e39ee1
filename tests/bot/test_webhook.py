"""The webhook's server on loopback, with everything that may be posted to it."""

import asyncio
import io
import json
import logging
import random
import stat
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from clocks import Clock
from telegram.error import BadRequest, InvalidToken, NetworkError

from bot.inbox import Inbox, Received
from bot.outgoing import done
from bot.polling import ALLOWED_UPDATES
from bot.webhook import HEADER, LONGEST, MAX_CONNECTIONS, SECRET_FILE, Webhook, own, path_of, secret_of
from core.errors import SettingError, StoreError
from core.store import SqliteStore

SECRET = "s3cret_of-this-test"
UPDATE = {"update_id": 1, "message": {"text": "嗯"}}


class Bench:
    """A webhook on a server, and what it handed over."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.taken: list[Mapping[str, Any]] = []
        self.slept: list[float] = []
        self.trouble: Exception | None = None
        self.webhook = Webhook(
            "https://bot.example", SECRET, self._put,
            clock=lambda: self.now, monotonic=lambda: self.now, sleep=self._sleep,
        )  # fmt: skip
        self.client: TestClient[web.Request, web.Application]

    async def _put(self, updates: Sequence[Mapping[str, Any]]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.taken += updates

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    async def post(self, body: object = UPDATE, secret: str | None = SECRET, **more: object) -> int:
        headers = {"Content-Type": "application/json", **({} if secret is None else {HEADER: secret})}
        data = json.dumps(body) if isinstance(body, Mapping) else body
        options: dict[str, Any] = {"data": data, "headers": headers, **more}
        async with self.client.post(path_of(SECRET), **options) as response:
            assert await response.read() == b""
            return response.status


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made, application = Bench(), web.Application()
    made.webhook.add_to(application)
    async with TestClient(TestServer(application)) as made.client:
        yield made


class Telegram:
    """getWebhookInfo and setWebhook, with a script of errors."""

    def __init__(self, *errors: Exception, **info: object) -> None:
        self.errors, self.info = list(errors), {"url": "", "pending_update_count": 0, **info}
        self.set: list[Mapping[str, object]] = []
        self.looks = 0

    async def __call__(
        self, method: str, parameters: Mapping[str, object], *, read_timeout: float | None = None
    ) -> Any:
        if self.errors:
            raise self.errors.pop(0)
        if method == "getWebhookInfo":
            self.looks += 1
            return dict(self.info)
        assert method == "setWebhook"
        self.set.append(parameters)
        self.info = {**self.info, **{name: parameters[name] for name in ("url", "max_connections", "allowed_updates")}}
        return True


async def test_an_update_is_handed_over_and_confirmed(bench: Bench) -> None:
    assert bench.webhook.age() is None
    assert await bench.post() == 200
    assert bench.taken == [UPDATE]
    bench.now += 5
    assert bench.webhook.age() == 5


async def test_a_disk_that_refuses_makes_telegram_repeat(bench: Bench) -> None:
    """Fault 21, of the webhook."""
    bench.trouble = StoreError(Path("a.db"), "database or disk is full")
    assert await bench.post() == 503
    bench.trouble = None
    assert await bench.post() == 200
    assert bench.taken == [UPDATE]


@pytest.mark.parametrize(
    ("secret", "status"),
    [(None, 401), ("", 403), ("wrong", 403), (SECRET + "x", 403), (SECRET[:-1], 403), ("密码", 403), ("\udce9", 403)],
)
async def test_without_the_secret_nothing_is_done(
    bench: Bench, secret: str | None, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault 18; and neither secret is ever logged."""
    caplog.set_level(logging.DEBUG)
    if secret == "\udce9":  # a byte that is no UTF-8; aiohttp's own client would not send it
        assert await raw(bench, secret.encode("utf-8", "surrogateescape")) == 403
    else:
        assert await bench.post(b"x" * 100, secret) == status
    assert bench.taken == []
    assert bench.webhook.figures()["refused_total"] == 1
    for word in (SECRET, *([secret] if secret else [])):
        assert word not in "".join(record.getMessage() for record in caplog.records if record.name != "asyncio")


async def raw(bench: Bench, secret: bytes) -> int:
    reader, writer = await asyncio.open_connection(bench.client.host, bench.client.port)
    lines = (f"POST {path_of(SECRET)} HTTP/1.1", "Host: x", "Content-Type: application/json", "Content-Length: 0")
    writer.write("\r\n".join(lines).encode() + b"\r\n" + HEADER.encode() + b": " + secret + b"\r\n\r\n")
    status = int((await reader.readline()).split()[1])
    writer.close()
    await writer.wait_closed()
    return status


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_only_post_is_allowed(bench: Bench, method: str) -> None:
    """Fault 18."""
    async with bench.client.request(method, path_of(SECRET), headers={HEADER: SECRET}) as response:
        assert response.status == 405


async def test_elsewhere_there_is_nothing(bench: Bench) -> None:
    async with bench.client.post("/telegram/guessed", json=UPDATE, headers={HEADER: SECRET}) as response:
        assert response.status == 404


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
async def test_another_type_of_content_is_refused(bench: Bench, kind: str) -> None:
    assert await bench.post(headers={"Content-Type": kind, HEADER: SECRET}) == 415
    assert bench.taken == []


async def test_a_charset_beside_the_type_does_no_harm(bench: Bench) -> None:
    assert await bench.post(headers={"Content-Type": "application/json; charset=utf-8", HEADER: SECRET}) == 200


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"not json", b"[" * 100_000, b'{"update_id": 1}}'])
async def test_what_is_no_json_is_refused(bench: Bench, body: bytes) -> None:
    """Fault 18."""
    assert await bench.post(body) == 400
    assert bench.taken == []


async def in_chunks(sent: list[int]) -> AsyncIterator[bytes]:
    for _ in range(160):
        sent.append(1 << 16)
        yield b" " * (1 << 16)


@pytest.mark.parametrize("chunked", [False, True])
async def test_ten_megabytes_are_refused_without_being_read(bench: Bench, chunked: bool) -> None:
    """Fault 18."""
    sent: list[int] = []
    body = in_chunks(sent) if chunked else io.BytesIO(b" " * (10 << 20))
    try:
        assert await bench.post(body) == 413
    except ConnectionError:
        assert bench.webhook.figures()["refused_total"] == 1  # we hung up on whoever went on sending
    assert bench.taken == []
    assert await bench.post() == 200


async def test_a_megabyte_is_not_too_long(bench: Bench) -> None:
    body = json.dumps({"update_id": 1, "message": {"text": ""}})
    assert await bench.post(body + " " * (LONGEST - len(body))) == 200
    assert len(bench.taken) == 1


@pytest.mark.parametrize("body", ["[]", "null", "7", '"text"'])
async def test_json_that_is_no_update_is_confirmed_and_left(bench: Bench, body: str) -> None:
    """Fault 17: refused, it would come again and again."""
    assert await bench.post(body) == 200
    assert bench.taken == []


async def test_parallel_deliveries_out_of_order_are_handled_in_order(tmp_path: Path) -> None:
    """Fault 19, from the wire to the handler."""
    store = await SqliteStore.open(tmp_path / "a.db")
    handled: list[int] = []

    async def handle(received: Received) -> None:
        await store.write(done(received.update_ids))
        handled.append(received.update_id)

    async def hurry(_: object) -> None:
        raise AssertionError("no tap was sent")

    clock = Clock()  # stands still: however slow this machine is, nobody gives up waiting for an id
    inbox = Inbox(
        store, handle, hurry, lambda update: int(update["chat"]), monotonic=clock.monotonic, sleep=clock.sleep
    )
    await inbox.start()
    bench, application = Bench(), web.Application()
    Webhook("https://bot.example", SECRET, inbox.put).add_to(application)
    async with TestClient(TestServer(application)) as bench.client:
        assert await bench.post({"update_id": 0, "chat": 1}) == 200
        shuffled = random.Random(4).sample(range(1, 41), 40)
        statuses = await asyncio.gather(*(bench.post({"update_id": n, "chat": 1 + n % 3}) for n in shuffled))
        assert set(statuses) == {200}
        async with asyncio.timeout(10):
            while len(handled) < 41:  # noqa: ASYNC110  # the database's thread tells no event of ours
                await asyncio.sleep(0)
    for chat in range(3):
        assert [n for n in handled if n % 3 == chat] == list(range(chat, 41, 3))
    await inbox.stop(1)
    await store.close()


# ---- at Telegram ----


async def test_the_webhook_is_set_with_its_secret_only_where_it_differs(bench: Bench) -> None:
    telegram = Telegram()
    await bench.webhook.announce(telegram)
    (parameters,) = telegram.set
    assert parameters == {
        "url": f"https://bot.example{path_of(SECRET)}",
        "secret_token": SECRET,
        "max_connections": MAX_CONNECTIONS,
        "allowed_updates": list(ALLOWED_UPDATES),
    }  # and no drop_pending_updates (fault 24)
    telegram.info["allowed_updates"] = sorted(ALLOWED_UPDATES)
    await bench.webhook.announce(telegram)
    assert len(telegram.set) == 1


@pytest.mark.parametrize(
    "difference",
    [
        {"url": "https://old.example/x"}, {"max_connections": 5}, {"allowed_updates": ["message"]},
        {"last_error_message": "Wrong response from the webhook: 403 Forbidden"},
    ],
)  # fmt: skip
async def test_a_difference_sets_it_anew(bench: Bench, difference: dict[str, object]) -> None:
    telegram = Telegram()
    await bench.webhook.announce(telegram)
    telegram.info |= difference
    await bench.webhook.announce(telegram)
    assert len(telegram.set) == 2


async def test_the_network_is_waited_for_before_the_webhook_is_set(bench: Bench) -> None:
    """Fault 11."""
    telegram = Telegram(*[NetworkError("no route")] * 9)
    await bench.webhook.announce(telegram)
    assert bench.slept == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert len(telegram.set) == 1


async def test_a_refused_token_or_url_ends_it_with_a_clear_line(bench: Bench) -> None:
    """Fault 9."""
    with pytest.raises(SettingError, match="TELEGRAM_BOT_TOKEN"):
        await bench.webhook.announce(Telegram(InvalidToken("Unauthorized")))
    with pytest.raises(SettingError, match="JIANYAN_WEBHOOK_URL: Telegram says: Bad webhook: port"):
        await bench.webhook.announce(Telegram(BadRequest("Bad webhook: port 8081 is not allowed")))


async def test_what_telegram_says_of_the_webhook_is_watched(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    telegram = Telegram()
    await bench.webhook.announce(telegram)
    watching = asyncio.create_task(bench.webhook.watch(telegram))

    async def looks(count: int) -> None:
        looked = telegram.looks
        while telegram.looks < looked + count:  # noqa: ASYNC110  # the sleep of this bench passes at once
            await asyncio.sleep(0)

    await looks(2)
    assert bench.webhook.well()
    telegram.info |= {
        "pending_update_count": 3, "last_error_date": bench.now + 300, "last_error_message": "Connection timed out",
    }  # fmt: skip
    await looks(2)
    assert not bench.webhook.well()
    assert bench.webhook.facts() == {"ours": True, "pending": 3, "error": "Connection timed out"}
    telegram.info |= {"url": "https://other.example/hidden-path", "pending_update_count": 0}
    await looks(3)
    assert not bench.webhook.well()
    assert caplog.text.count("somebody has set other.example; updates do not come here") == 1
    assert "hidden-path" not in caplog.text
    assert len(telegram.set) == 1  # no war over it
    watching.cancel()


# ---- the secret ----


def test_a_secret_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    made = secret_of(tmp_path / "data")
    file = tmp_path / "data" / SECRET_FILE
    assert len(made) >= 40
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret_of(tmp_path / "data") == made
    assert secret_of(tmp_path / "data", "configured") == "configured"
    assert [path.name for path in (tmp_path / "data").iterdir()] == [SECRET_FILE]


@pytest.mark.parametrize("content", ["", "two words", "密码", "x" * 300])
def test_a_spoiled_secret_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / SECRET_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(SettingError, match="delete it") as caught:
        secret_of(tmp_path)
    assert not content or content not in str(caught.value)


def test_our_own_webhook_is_known_by_its_path(tmp_path: Path) -> None:
    assert not own("https://bot.example/telegram/x", tmp_path)
    assert not (tmp_path / SECRET_FILE).exists()
    url = f"https://bot.example{path_of(secret_of(tmp_path))}"
    assert own(url, tmp_path)
    assert not own("https://bot.example/telegram/x", tmp_path)
    assert not own("", tmp_path)


async def test_a_prefix_may_be_kept_or_taken_away_by_the_proxy() -> None:
    application, bench = web.Application(), Bench()
    webhook = Webhook("https://bot.example/bots/jianyan/", SECRET, bench._put)
    webhook.add_to(application)
    assert webhook.url == f"https://bot.example/bots/jianyan{path_of(SECRET)}"
    async with TestClient(TestServer(application)) as client:
        for path in (path_of(SECRET), f"/bots/jianyan{path_of(SECRET)}"):
            async with client.post(path, json=UPDATE, headers={HEADER: SECRET}) as response:
                assert response.status == 200


def test_the_secret_is_not_in_the_path() -> None:
    assert SECRET not in path_of(SECRET)
    assert path_of(SECRET) != path_of("another")
