"""Which loop the bot runs on."""

import asyncio
import sys

import pytest

from bot.loop import run


async def running() -> str:
    return type(asyncio.get_running_loop()).__module__


def test_the_bot_runs_on_uvloop_where_there_is_one() -> None:
    pytest.importorskip("uvloop")
    assert run(running()) == "uvloop"


def test_without_uvloop_it_runs_on_asyncios_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert run(running()).startswith("asyncio.")
