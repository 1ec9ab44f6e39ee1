"""An operator is told of trouble in chat, in both languages, and not again and again."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from clocks import Clock

from bot.alarms import QUIET_S, Alarms
from bot.outgoing import Outgoing


class Ways:
    """The outbox, and Telegram past it."""

    def __init__(self, fails: bool = False, down: bool = False) -> None:
        self.posted: list[Outgoing] = []
        self.sent: list[Mapping[str, object]] = []
        self.fails, self.down = fails, down

    async def post(self, messages: Sequence[Outgoing]) -> None:
        if self.fails:
            raise OSError("disk full")
        self.posted += messages

    async def call(
        self, method: str, parameters: Mapping[str, object], *, read_timeout: float | None = None
    ) -> Any:  # nothing here
        assert method == "sendMessage"
        if self.down:
            raise ConnectionError("no network")
        self.sent.append(parameters)

    @property
    def chats(self) -> list[object]:
        return [message.payload["chat_id"] for message in self.posted]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_every_admin_is_told_in_both_languages_and_once_an_hour_of_each_kind() -> None:
    ways, clock = Ways(), Clock()
    alarms = Alarms(ways.post, ways.call, {7, 5}, clock.monotonic)
    alarms.barred(3600)
    alarms.barred(7200)
    alarms.broke("0a1b2c")
    alarms.broke("ffffff")
    await settle()
    assert ways.chats == [5, 7, 5, 7]
    barred, broke = str(ways.posted[0].payload["text"]), str(ways.posted[2].payload["text"])
    assert "60 分钟" in barred
    assert "60 minutes" in barred
    assert broke.count("0a1b2c") == 2
    await clock.advance(QUIET_S)
    alarms.barred(3600)
    await settle()
    assert len(ways.posted) == 6
    assert ways.sent == []


async def test_what_goes_on_being_ill_is_told_every_hour_and_what_joins_it_at_once() -> None:
    ways, clock = Ways(), Clock()
    alarms = Alarms(ways.post, ways.call, {5}, clock.monotonic)
    for minute in range(121):
        alarms.ill(["database"] if minute < 30 else ["database", "outbox"])
        await settle()
        await clock.advance(60)
    told = [str(message.payload["text"]) for message in ways.posted]
    assert [("database" in text, "outbox" in text) for text in told] == [(True, False), (True, True), (True, True)]


async def test_without_admins_it_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    ways = Ways()
    Alarms(ways.post, ways.call, ()).barred(600)
    await settle()
    assert not ways.posted
    assert "10 minutes" in caplog.text


async def test_a_disk_that_takes_no_message_is_told_past_it() -> None:
    ways = Ways(fails=True)
    Alarms(ways.post, ways.call, {1, 2}).ill(["database"])
    await settle()
    assert [sent["chat_id"] for sent in ways.sent] == [1, 2]
    assert all("database" in str(sent["text"]) for sent in ways.sent)


async def test_where_nothing_goes_out_an_alarm_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    ways = Ways(fails=True, down=True)
    Alarms(ways.post, ways.call, {1}).ill(["database"])
    await settle()
    assert "could not be sent: ConnectionError" in caplog.text
