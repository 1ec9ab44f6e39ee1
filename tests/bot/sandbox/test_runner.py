"""`jianyan sandbox` with a small bot in the real one's place."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox.runner import sandbox
from bot.settings import Settings

ECHO = """
import json, os, sys, urllib.parse, urllib.request
base = f"{os.environ['TELEGRAM_API_URL']}/bot{os.environ['TELEGRAM_BOT_TOKEN']}/"
assert sys.argv[1] == "--data" and sys.argv[3] == "--inspect" and sys.argv[4].endswith("/trace")

def call(method, **values):
    body = urllib.parse.urlencode(values).encode()
    return json.load(urllib.request.urlopen(base + method, body, timeout=30))["result"]

offset = 0
while True:
    for update in call("getUpdates", offset=offset, timeout=20):
        offset = update["update_id"] + 1
        if "text" in update.get("message", {}):
            call("sendMessage", chat_id=update["message"]["chat"]["id"], text=update["message"]["text"])
"""


async def shown(capsys: pytest.CaptureFixture[str]) -> str:
    """The URL that is printed."""
    async with asyncio.timeout(10):
        while True:
            for word in capsys.readouterr().out.split():
                if word.startswith("http://"):
                    return word
            await asyncio.sleep(0.01)


async def until(session: aiohttp.ClientSession, url: str, status: str) -> Any:
    """The world, once the bot is in that state."""
    async with asyncio.timeout(20):
        while True:
            async with session.get(f"{url}/world") as answer:
                world = await answer.json()
            if world["bot_status"] == status:
                return world
            await asyncio.sleep(0.01)


async def test_the_bot_is_started_killed_restarted_and_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "echo.py"
    program.write_text(ECHO)
    running = asyncio.create_task(sandbox(Settings(data=tmp_path), 0, (sys.executable, str(program)), 0.2))
    url = await shown(capsys)
    async with aiohttp.ClientSession(headers={"X-Sandbox": "1"}) as session:
        world = await until(session, url, "up")
        lin = world["people"][0]["id"]
        for blow in ("kill", "restart"):
            await (await session.post(f"{url}/act", json={"act": blow})).release()
            await until(session, url, "down")
            said = {"act": "send", "user": lin, "chat": lin, "text": blow}
            await (await session.post(f"{url}/act", json=said)).release()
            await until(session, url, "up")
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(15):
        assert await running == 0


async def test_a_bot_that_cannot_start_ends_the_sandbox_with_its_status(tmp_path: Path) -> None:
    program = (sys.executable, "-c", "raise SystemExit(3)")
    async with asyncio.timeout(15):
        assert await sandbox(Settings(data=tmp_path), 0, program) == 3
