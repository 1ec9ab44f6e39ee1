"""A server, and a bot that calls it by hand."""

import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox.person import Person
from bot.sandbox.server import Server
from bot.sandbox.world import World


class Clock:
    """Seconds since 1970 that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Bot:
    """Calls methods as a bot does."""

    def __init__(self, server: Server, session: aiohttp.ClientSession) -> None:
        self.server, self.session = server, session

    async def __call__(self, method: str, **values: Any) -> Any:
        url = f"{self.server.url}/bot{self.server.token}/{method}"
        async with self.session.post(url, json=values) as answer:
            return await answer.json()

    async def good(self, method: str, **values: Any) -> Any:
        told = await self(method, **values)
        assert told["ok"], told
        return told["result"]

    async def refused(self, method: str, words: str, code: int = 400, breach: bool = False, **values: Any) -> None:
        before = len(self.server.violations)
        told = await self(method, **values)
        assert (told["ok"], told["error_code"]) == (False, code), told
        assert words in told["description"], told
        assert (len(self.server.violations) > before) == breach

    async def upload(self, method: str, files: dict[str, tuple[str, bytes]], **values: Any) -> Any:
        form = aiohttp.FormData({name: str(value) for name, value in values.items()})
        for name, (filename, content) in files.items():
            form.add_field(name, io.BytesIO(content), filename=filename)
        url = f"{self.server.url}/bot{self.server.token}/{method}"
        async with self.session.post(url, data=form) as answer:
            return await answer.json()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[Server]:
    async with Server(world=World(clock)) as made:
        yield made


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


@pytest.fixture
def bot(server: Server, session: aiohttp.ClientSession) -> Bot:
    return Bot(server, session)


@pytest.fixture
async def lin(server: Server) -> Person:
    return server.world.person("Lin", "zh-hans")
