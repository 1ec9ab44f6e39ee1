"""The polling loop against a scripted Telegram; time passes only when a test says so."""

import asyncio
import random
import warnings
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from clocks import Clock
from telegram.error import (
    BadRequest,
    Conflict,
    EndPointNotFound,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.polling import ALLOWED_UPDATES, QUIET_S, Pace, Polling
from bot.transport import Api
from core.errors import SettingError, StoreError

Step = object  # an answer, an error to raise, or a number of seconds and what then


class Telegram:
    """Answers getUpdates by a script; after it, long polls that end empty. Notes every call with its time."""

    def __init__(self, clock: Clock, *script: Step) -> None:
        self.clock, self.script = clock, list(script)
        self.polls: list[tuple[float, Mapping[str, object]]] = []
        self.calls: list[tuple[str, Mapping[str, object]]] = []
        self.webhook = ""

    async def __call__(
        self, method: str, parameters: Mapping[str, object], *, read_timeout: float | None = None
    ) -> Any:
        if method != "getUpdates":
            self.calls.append((method, parameters))
            if method == "deleteWebhook":
                self.webhook = ""
            return {"url": self.webhook} if method == "getWebhookInfo" else True
        self.polls.append((self.clock.now, parameters))
        step = self.script.pop(0) if self.script else (25.0, [])
        if isinstance(step, tuple):
            seconds, step = step
            await self.clock.sleep(seconds)
        if callable(step):
            return await step()
        if isinstance(step, Exception):
            raise step
        return step

    @property
    def times(self) -> list[float]:
        return [at for at, _ in self.polls]

    @property
    def offsets(self) -> list[object]:
        return [parameters.get("offset") for _, parameters in self.polls]


class Bench:
    """A polling loop at work, and what it handed over."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.telegram = Telegram(self.clock)
        self.taken: list[int] = []
        self.trouble: Exception | None = None
        self.own: Callable[[str], bool] = lambda url: url.endswith("/ours")
        self.polling = Polling(
            self.telegram, self._put, self._room, lambda url: self.own(url),
            monotonic=self.clock.monotonic, sleep=self.clock.sleep, rng=random.Random(5),
        )  # fmt: skip
        self.task: asyncio.Task[None] | None = None

    async def begin(self, *script: Step) -> None:
        self.telegram.script = list(script)
        self.task = asyncio.create_task(self.polling.run())
        await self.clock.advance(0)

    async def _put(self, updates: Sequence[Mapping[str, Any]]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.taken += [update["update_id"] for update in updates]

    async def _room(self) -> None:
        await asyncio.sleep(0)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    if made.task is not None:
        made.task.cancel()
        await asyncio.gather(made.task, return_exceptions=True)


def updates(*ids: int) -> list[dict[str, object]]:
    return [{"update_id": update_id, "message": {"text": "嗯"}} for update_id in ids]


async def test_every_poll_names_the_kinds_it_wants_and_waits_long(bench: Bench) -> None:
    await bench.begin()
    ((_, parameters),) = bench.telegram.polls
    assert parameters == {"timeout": 25, "limit": 100, "allowed_updates": list(ALLOWED_UPDATES)}
    assert "channel_post" not in ALLOWED_UPDATES
    await bench.clock.advance(75)
    assert bench.telegram.times == [0, 25, 50, 75]


async def test_the_offset_moves_once_updates_are_kept(bench: Bench) -> None:
    bench.trouble = StoreError(Path("a.db"), "database or disk is full")
    await bench.begin(updates(7, 8), updates(7, 8), updates(9))
    assert bench.telegram.offsets == [None]
    bench.trouble = None
    await bench.clock.advance(1)
    assert bench.telegram.offsets == [None, None, 9, 10]
    assert bench.taken == [7, 8, 9]
    assert bench.telegram.calls == []  # nothing is ever dropped (fault 24)


async def test_after_a_quiet_week_a_new_count_may_begin_anywhere(bench: Bench) -> None:
    await bench.begin(updates(900))
    bench.clock.now += QUIET_S + 1
    await bench.clock.advance(26)
    assert bench.telegram.offsets[:2] == [None, 901]
    assert bench.telegram.offsets[-1] is None


async def test_a_poll_that_never_comes_back_is_given_up(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Fault 8: polling again within 20 s of the time at which the answer was due, and the age tells."""

    async def hang() -> None:
        while True:  # not even a cancellation ends it
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if bench.task is None or bench.task.done():
                    raise

    await bench.begin(hang, hang, updates(1))
    await bench.clock.advance(34)
    assert bench.polling.age() == 34
    await bench.clock.advance(60)
    first, second, third = bench.telegram.times[:3]
    assert second - (first + 25) <= 20
    assert third - (second + 25) <= 20
    assert bench.taken == [1]
    assert bench.polling.age() < 30
    assert caplog.text.count("a poll did not come back") == 1
    assert "updates come again, after 2 failures" in caplog.text


@pytest.mark.parametrize("error", [InvalidToken("Unauthorized"), EndPointNotFound("Endpoint 'getUpdates' not found")])
async def test_a_refused_token_ends_it_with_a_clear_line(bench: Bench, error: Exception) -> None:
    """Fault 9, at the start and later."""
    await bench.begin(updates(1), error)
    assert bench.task is not None
    with pytest.raises(SettingError, match="TELEGRAM_BOT_TOKEN: Telegram refuses it: it was revoked"):
        await bench.task


async def test_another_poller_is_named_once_and_given_room(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Fault 10."""
    conflict = Conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
    await bench.begin(*[conflict] * 6)
    assert bench.polling.conflicting()
    await bench.clock.advance(120)
    pauses = [after - before for before, after in zip(bench.telegram.times, bench.telegram.times[1:], strict=False)]
    assert all(pause >= 5 for pause in pauses[:6])
    assert caplog.text.count("another process polls with this token") == 1
    await bench.clock.advance(120)
    assert not bench.polling.conflicting()
    assert [method for method, _ in bench.telegram.calls] == ["getWebhookInfo"] * 6


async def test_the_webhook_of_somebody_else_stays(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.telegram.webhook = "https://other.example/secret-path"
    await bench.begin(*[Conflict("can't use getUpdates method while webhook is active")] * 3)
    await bench.clock.advance(60)
    assert bench.telegram.webhook
    assert caplog.text.count("webhook at other.example, which this bot did not set. It stays.") == 1
    assert "secret-path" not in caplog.text
    assert {method for method, _ in bench.telegram.calls} == {"getWebhookInfo"}


async def test_a_webhook_of_our_own_is_removed_and_drops_nothing(bench: Bench) -> None:
    bench.telegram.webhook = "https://we.example/ours"
    await bench.begin(Conflict("can't use getUpdates method while webhook is active"), updates(1))
    await bench.clock.advance(1)
    assert bench.telegram.calls[-1] == ("deleteWebhook", {"drop_pending_updates": False})
    assert bench.taken == [1]
    assert not bench.polling.conflicting()


async def test_no_network_at_the_start_is_waited_for(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Fault 11: pauses grow from half a second to half a minute, with jitter, and never end."""
    await bench.begin(*[NetworkError("Name or service not known")] * 40, updates(1))
    await bench.clock.advance(10)
    assert 4 <= len(bench.telegram.polls) <= 8
    await bench.clock.advance(40 * 30)
    pauses = [after - before for before, after in zip(bench.telegram.times, bench.telegram.times[1:], strict=False)]
    assert all(0.5 <= pause <= 30 for pause in pauses[:40])
    assert pauses[0] == 0.5
    assert all(pause >= 15 for pause in pauses[8:40])
    assert len({round(pause, 3) for pause in pauses[8:40]}) > 10
    assert bench.taken == [1]
    assert caplog.text.count("no updates: NetworkError") == 1


def retry_after(seconds: int) -> RetryAfter:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return RetryAfter(seconds)


@pytest.mark.parametrize(
    "error",
    [
        NetworkError("Bad Gateway"), TimedOut(), TelegramError("Invalid server response"), BadRequest("Bad Request"),
        OSError("no route"), RecursionError(), ValueError("我的秘密"), retry_after(0),
    ],
)  # fmt: skip
async def test_whatever_else_goes_wrong_passes(
    bench: Bench, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.begin(error, updates(1))
    await bench.clock.advance(2)
    assert bench.taken == [1]
    assert "秘密" not in caplog.text


async def test_a_429_is_waited_out(bench: Bench) -> None:
    await bench.begin(retry_after(77), updates(1))
    await bench.clock.advance(80)
    assert bench.telegram.times[:2] == [0, 77]


@pytest.mark.parametrize(
    "answer", [{"no": "list"}, "text", None, True, [{"message": {}}], ["x", None], [{"update_id": "1"}]]
)
async def test_an_answer_of_another_form_is_a_failure_and_no_hot_loop(bench: Bench, answer: object) -> None:
    """Fault 17."""
    await bench.begin(answer, answer, answer, updates(1))
    assert len(bench.telegram.polls) == 1
    await bench.clock.advance(10)
    assert bench.taken == [1]


async def test_what_is_usable_of_an_answer_is_used(bench: Bench) -> None:
    await bench.begin([*updates(4), "x", {}, *updates(6)])
    assert bench.taken == [4, 6]
    assert bench.telegram.offsets == [None, 7]


async def test_a_server_that_does_not_wait_is_not_asked_all_the_time(bench: Bench) -> None:
    await bench.begin(*[[]] * 100)
    await bench.clock.advance(10)
    assert len(bench.telegram.polls) <= 11


async def test_cancelling_ends_it_at_once(bench: Bench) -> None:
    """Fault 7, of polling."""
    await bench.begin()
    assert bench.task is not None
    bench.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await bench.task
    assert bench.polling.figures()["polls_total"] == 1


async def test_on_the_wire_only_a_refused_token_ends_it(caplog: pytest.LogCaptureFixture) -> None:
    """Faults 3, 8, 9, 10, 17, of polling: by our own transport, from a server that does everything wrong."""
    answers = [
        web.Response(status=502, text="<html>我的秘密</html>", content_type="text/html"),
        web.json_response({"ok": False, "error_code": 500, "description": "Internal Server Error"}, status=500),
        web.json_response({"ok": False, "error_code": 409, "description": "Conflict: terminated"}, status=409),
        web.json_response({"ok": True}),
        web.json_response({"ok": True, "result": updates(1, 2)}),
        None,  # half-open: nothing ever comes
        web.json_response({"ok": True, "result": updates(3)}),
        web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401),
    ]
    asked: list[dict[str, str]] = []
    end = asyncio.Event()

    async def serve(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("getWebhookInfo"):
            return web.json_response({"ok": True, "result": {"url": ""}})
        asked.append({name: str(value) for name, value in (await request.json()).items()})
        answer = answers.pop(0)
        if answer is None:
            await end.wait()
            raise web.HTTPGone
        return answer

    application = web.Application()
    application.router.add_post("/{path:.*}", serve)
    taken: list[int] = []

    async def put(found: Sequence[Mapping[str, Any]]) -> None:
        taken.extend(update["update_id"] for update in found)

    async def room() -> None: ...

    async with TestServer(application) as server:
        async with Api("123456:" + "t" * 35, str(server.make_url("")).rstrip("/")) as api:
            pace = Pace(poll=0, read=5, wedge=0.05, pause=(0.001, 0.002), conflict=0.001)
            polling = Polling(api, put, room, lambda _: False, pace)
            with pytest.raises(SettingError, match="TELEGRAM_BOT_TOKEN"):
                await polling.run()
        end.set()
    assert taken == [1, 2, 3]
    assert [parameters.get("offset") for parameters in asked] == [None] * 5 + ["3", "3", "4"]
    said = "".join(record.getMessage() for record in caplog.records if record.name.startswith("bot."))
    assert "秘密" not in said
    assert "tttttt" not in said
