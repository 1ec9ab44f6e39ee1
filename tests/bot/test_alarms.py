"""An operator is told of trouble in chat, in both languages, and not again and again."""

import asyncio
import logging
from collections.abc import Sequence

import pytest
from clocks import Clock

from bot.alarms import QUIET_S, Alarms
from bot.outgoing import Outgoing


class Post:
    """Where alarms go."""

    def __init__(self, fails: bool = False) -> None:
        self.messages: list[Outgoing] = []
        self.fails = fails

    async def __call__(self, messages: Sequence[Outgoing]) -> None:
        if self.fails:
            raise OSError("disk full")
        self.messages += messages


async def settle() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_every_admin_is_told_in_both_languages_and_once_an_hour_of_each_kind() -> None:
    post, clock = Post(), Clock()
    alarms = Alarms(post, {7, 5}, clock.monotonic)
    alarms.barred(3600)
    alarms.barred(7200)
    alarms.ill(["database", "outbox"])
    await settle()
    assert [m.payload["chat_id"] for m in post.messages] == [5, 7, 5, 7]
    barred, ill = str(post.messages[0].payload["text"]), str(post.messages[2].payload["text"])
    assert "60 分钟" in barred
    assert "60 minutes" in barred
    assert "database, outbox" in ill
    await clock.advance(QUIET_S)
    alarms.barred(3600)
    await settle()
    assert len(post.messages) == 6


async def test_without_admins_it_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    post = Post()
    Alarms(post, ()).barred(600)
    await settle()
    assert not post.messages
    assert "10 minutes" in caplog.text


async def test_a_disk_that_takes_no_message_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    Alarms(Post(fails=True), {1}).ill(["database"])
    await settle()
    assert "could not be posted" in caplog.text
