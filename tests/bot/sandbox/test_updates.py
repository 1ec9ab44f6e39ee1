"""How updates reach a bot: polls and webhooks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.faults import Fault
from bot.sandbox.person import Person
from bot.sandbox.server import Server

Answer = Callable[[dict[str, Any]], web.Response]


@asynccontextmanager
async def hook(answer: Answer) -> AsyncIterator[tuple[str, list[tuple[dict[str, Any], str | None]]]]:
    """The URL of a webhook, and what it has been sent: updates with the secret that came along."""
    seen: list[tuple[dict[str, Any], str | None]] = []

    async def receive(request: web.Request) -> web.Response:
        seen.append((await request.json(), request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        return answer(seen[-1][0])

    application = web.Application()
    application.router.add_post("/hook", receive)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", seen
    finally:
        await runner.cleanup()


async def taken(server: Server) -> None:
    """Until nothing waits."""
    async with asyncio.timeout(10):
        while server.world.updates.waiting:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.005)


async def test_updates_are_kept_until_they_are_confirmed(bot: Any, lin: Person) -> None:
    for text in ("one", "two", "three"):
        lin.say(text)
    first = await bot.good("getUpdates", limit=1)
    assert await bot.good("getUpdates", limit=1) == first
    rest = await bot.good("getUpdates", offset=first[0]["update_id"] + 1)
    assert [update["message"]["text"] for update in rest] == ["two", "three"]
    last = await bot.good("getUpdates", offset=-1)
    assert [update["message"]["text"] for update in last] == ["three"]
    assert await bot.good("getUpdates") == last  # a negative offset forgets all before


async def test_what_is_asked_for_is_remembered(bot: Any, lin: Person) -> None:
    said = lin.say("one")
    lin.react(said["message_id"], "👍")  # lost: reactions come to who asks for them
    assert len(await bot.good("getUpdates", offset=-1, allowed_updates=["message_reaction"])) == 1
    lin.say("two")  # lost
    lin.react(said["message_id"], None)
    updates = await bot.good("getUpdates")
    assert [sorted(update) for update in updates[1:]] == [["message_reaction", "update_id"]]
    assert updates[1]["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    await bot.good("getUpdates", offset=updates[-1]["update_id"] + 1, allowed_updates=[])
    lin.say("three")
    lin.react(said["message_id"], "👍")
    assert [u["message"]["text"] for u in await bot.good("getUpdates")] == ["three"]


async def test_of_two_pollers_the_first_is_ended(bot: Any, lin: Person) -> None:
    first = asyncio.create_task(bot("getUpdates", timeout=20))
    while not bot.server.world.updates.polled:  # noqa: ASYNC110  # until the request has arrived
        await asyncio.sleep(0)
    second = asyncio.create_task(bot("getUpdates", timeout=20))
    told = await first
    assert (told["error_code"], told["description"].split(";")[0]) == (
        409,
        "Conflict: terminated by other getUpdates request",
    )
    lin.say("hello")
    assert len((await second)["result"]) == 1


async def test_what_was_confirmed_may_come_again(bot: Any, server: Server, lin: Person) -> None:
    lin.say("one")
    lin.say("two")
    updates = await bot.good("getUpdates")
    after = updates[-1]["update_id"] + 1
    assert await bot.good("getUpdates", offset=after) == []
    assert server.world.updates.again() == 1
    assert await bot.good("getUpdates", offset=after) == updates[-1:]
    assert await bot.good("getUpdates", offset=after) == []


async def test_a_wedged_poll_never_ends_and_the_next_goes_on(bot: Any, server: Server, lin: Person) -> None:
    server.faults.add(Fault("wedge", times=1))
    lin.say("hello")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await bot("getUpdates")
    assert len(await bot.good("getUpdates")) == 1


async def test_a_revoked_token_is_refused_while_it_lasts(bot: Any, server: Server) -> None:
    server.faults.add(Fault("unauthorized", times=1))
    await bot.refused("getUpdates", "Unauthorized", 401)
    server.faults.add(Fault("refuse", "getUpdates", times=1, code=404, description="Not Found"))
    await bot.refused("getUpdates", "Not Found", 404)
    await bot.good("getUpdates")


async def test_a_webhook_gets_a_chats_updates_in_order_until_it_takes_them(
    bot: Any, server: Server, lin: Person
) -> None:
    server.world.updates.pauses = (0.0,)
    failing = iter([500, 429])
    ann = server.world.person("Ann", "en")
    async with hook(lambda update: web.Response(status=next(failing, 200))) as (url, seen):
        await bot.good("setWebhook", url=url, secret_token="s-1", max_connections=2)
        await bot.refused("getUpdates", "can't use getUpdates method while webhook is active", 409)
        for text in ("one", "two", "three"):
            lin.say(text)
            ann.say(text)
        await taken(server)
        info = await bot.good("getWebhookInfo")
        assert info["last_error_message"].startswith("Wrong response from the webhook: ")
        assert (info["pending_update_count"], info["max_connections"]) == (0, 2)
        for person in (lin, ann):
            came = [update["message"]["text"] for update, _ in seen if update["message"]["chat"]["id"] == person.id]
            assert sorted(came, key=["one", "two", "three"].index) == came
            assert set(came) == {"one", "two", "three"}
        assert len(seen) == 8  # two were refused and came again
        assert {secret for _, secret in seen} == {"s-1"}
        await bot.good("deleteWebhook")
        lin.say("four")
        assert len(await bot.good("getUpdates")) == 1


async def test_a_webhooks_answer_may_name_a_method(bot: Any, server: Server, lin: Person) -> None:
    answers = iter([{"method": "sendMessage", "chat_id": lin.id, "text": "at once"}, {"method": "sendTelepathy"}])
    async with hook(lambda update: web.json_response(next(answers))) as (url, _):
        await bot.good("setWebhook", url=url)
        lin.say("one")
        lin.say("two")
        await taken(server)
    assert [message["text"] for message in server.world.sent(lin.id)] == ["at once"]
    assert server.violations == ["sendTelepathy: Not Found"]


async def test_a_webhook_may_get_an_update_twice(bot: Any, server: Server, lin: Person) -> None:
    server.faults.add(Fault("redeliver", times=1))
    async with hook(lambda update: web.Response()) as (url, seen):
        await bot.good("setWebhook", url=url)
        lin.say("one")
        await taken(server)
        server.world.updates.again()
        while len(seen) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert len({update["update_id"] for update, _ in seen}) == 1


async def test_webhooks_are_https_or_of_this_machine(bot: Any) -> None:
    await bot.refused("setWebhook", "An HTTPS URL must be provided", breach=True, url="http://a.example/")
    await bot.refused("setWebhook", "secret token", breach=True, url="https://a.example/", secret_token="a b")
