"""The bot as a process of its own, on the strict server: killed, ended, without a network, without a token."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from bot.sandbox.faults import Fault
from bot.sandbox.server import Server
from bot.sandbox.world import Person
from bot.sending import ON_THE_WIRE

PEOPLE, EACH = 25, 8
_CHILD = """
import sys
from bot.settings import load, prepare
prepare()
from pathlib import Path
from benchmarks.trivial import open_echo
from bot import loop
from bot.__main__ import FAILED
from bot.budgets import Budget, Limits
from bot.service import run
from core.errors import CoreError

free = Budget(1e6, 1e6)
try:
    sys.exit(loop.run(run(load(Path("nowhere")), limits=Limits(free, free, free), opened=open_echo)))
except CoreError as error:
    print(error, file=sys.stderr)
    sys.exit(FAILED)
"""


@contextlib.asynccontextmanager
async def process(server: Server, data: Path, root: Path) -> AsyncIterator[Process]:
    """The bot with a recommender that says again what was said; ended at the latest here."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("JIANYAN_", "TELEGRAM_"))}
    ours = {
        "PYTHONPATH": str(root),
        "TELEGRAM_API_URL": server.url,
        "TELEGRAM_BOT_TOKEN": server.token,
        "JIANYAN_DATA": str(data),
        "JIANYAN_LISTEN": f"127.0.0.1:{unused_port()}",
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, cwd=data, env={**known, **ours}, stdout=DEVNULL, stderr=PIPE
    )
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.communicate()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as made:
        yield made
        assert not made.violations


def crowd(server: Server) -> list[Person]:
    """People who have all said their piece before the bot begins."""
    people = [server.world.person(f"P{number}", "en") for number in range(PEOPLE)]
    for number in range(EACH):
        for person in people:
            person.say(f"word {number}")
    return people


def answers(server: Server, person: Person) -> list[str]:
    return [message["text"] for message in server.world.sent(person.id)]


def answered(server: Server, people: list[Person]) -> int:
    return sum(len(set(answers(server, person))) for person in people)


async def test_kill_9_under_load_loses_nobodys_answer(server: Server, tmp_path: Path, root: Path) -> None:
    people = crowd(server)
    async with process(server, tmp_path, root) as child:
        await server.wait_for(lambda: answered(server, people) > PEOPLE * EACH // 3, 60)
        child.send_signal(signal.SIGKILL)
        assert await child.wait() == -signal.SIGKILL
    assert answered(server, people) < PEOPLE * EACH
    async with process(server, tmp_path, root):
        await server.wait_for(lambda: answered(server, people) == PEOPLE * EACH, 60)
    twice = 0
    for person in people:
        given = answers(server, person)
        assert list(dict.fromkeys(given)) == [f"echo word {number}" for number in range(EACH)]
        twice += sum(count - 1 for count in Counter(given).values())
    assert twice <= ON_THE_WIRE


async def test_sigterm_under_load_ends_it_in_ten_seconds_and_the_rest_comes_later(
    server: Server, tmp_path: Path, root: Path
) -> None:
    people = crowd(server)
    async with process(server, tmp_path, root) as child:
        await server.wait_for(lambda: answered(server, people) > PEOPLE * EACH // 3, 60)
        child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await child.wait() == 0
    async with process(server, tmp_path, root):
        await server.wait_for(lambda: answered(server, people) == PEOPLE * EACH, 60)
    for person in people:
        assert answers(server, person) == [f"echo word {number}" for number in range(EACH)]


async def test_a_token_that_is_revoked_while_it_works_ends_it_with_2_and_one_clear_line(
    server: Server, tmp_path: Path, root: Path
) -> None:
    async with process(server, tmp_path, root) as child:
        await server.wait_for(lambda: server.polls, 60)
        server.faults.add(Fault("unauthorized"))
        server.world.person("Lin").say("hi")  # ends the poll
        _, told = await child.communicate()
    assert child.returncode == 2
    assert "TELEGRAM_BOT_TOKEN: Telegram refuses it" in told.decode().splitlines()[-1]
    assert server.token not in told.decode()


async def test_where_nobody_listens_yet_it_waits_and_then_works(tmp_path: Path, root: Path) -> None:
    server = Server(port=unused_port())
    async with process(server, tmp_path, root) as child:
        assert child.stderr is not None
        async with asyncio.timeout(60):
            while b"no Bot API yet" not in await child.stderr.readline():
                pass
        async with server:
            server.faults.add(Fault("5xx", "getMe", times=1))
            server.faults.add(Fault("not_json", "getUpdates", times=1))
            lin = server.world.person("Lin", "en")
            lin.say("hi")
            await server.wait_for(lambda: answers(server, lin) == ["echo hi"], 60)
