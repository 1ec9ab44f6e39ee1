"""The server's doors: requests in every form, refusals that are counted, faults by script."""

import json
from typing import Any

import aiohttp
import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.person import Person
from bot.sandbox.server import Server


async def test_forms_json_queries_and_uploads_are_understood(
    server: Server, session: aiohttp.ClientSession, lin: Person
) -> None:
    url = f"{server.url}/bot{server.token}/sendMessage"
    keyboard = json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]})
    values = {"chat_id": str(lin.id), "text": "hi", "reply_markup": keyboard}
    for call in (session.post(url, data=values), session.get(url, params=values)):
        async with call as answer:
            assert (await answer.json())["ok"]
    form = aiohttp.FormData({"chat_id": str(lin.id), "caption": "c"})
    form.add_field("document", b"content", filename="a.txt")
    async with session.post(url.replace("sendMessage", "senddocument"), data=form) as answer:
        told = await answer.json()
    assert told["result"]["document"]["file_name"] == "a.txt"
    assert [message.get("text") for message in server.world.sent(lin.id)] == ["hi", "hi", None]
    assert not server.violations


async def test_what_is_not_published_is_refused_and_counted(bot: Any, server: Server, lin: Person) -> None:
    await bot.refused("sendMessage", "unknown parameter colour", breach=True, chat_id=lin.id, text="a", colour="red")
    await bot.refused("sendMessage", "parameter chat_id is required", breach=True, text="a")
    await bot.refused("sendMessage", "chat not found", chat_id=1, text="a")
    assert [violation.partition(":")[0] for violation in server.violations] == ["sendMessage"] * 2


async def test_an_unknown_method_and_token_are_refused(
    server: Server, bot: Any, session: aiohttp.ClientSession
) -> None:
    await bot.refused("sendTelepathy", "Not Found", 404, breach=True)
    async with session.get(f"{server.url}/bot1:wrong/getMe") as answer:
        assert answer.status == 401


async def test_faults_come_as_scripted(bot: Any, server: Server, session: aiohttp.ClientSession, lin: Person) -> None:
    server.faults.add(Fault("429", "sendMessage", times=1, seconds=3))
    told = await bot("sendMessage", chat_id=lin.id, text="a")
    assert (told["error_code"], told["parameters"]) == (429, {"retry_after": 3})
    server.faults.add(Fault("lost", "sendMessage", times=1))
    with pytest.raises(aiohttp.ClientError):
        await bot("sendMessage", chat_id=lin.id, text="b")
    assert [message["text"] for message in server.world.sent(lin.id)] == ["b"]
    server.faults.add(Fault("5xx", times=1))
    async with session.post(f"{server.url}/bot{server.token}/getMe") as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
    server.faults.add(Fault("redeliver", times=1))
    lin.say("twice")
    assert len(await bot.good("getUpdates")) == 2
    assert not server.faults.on
