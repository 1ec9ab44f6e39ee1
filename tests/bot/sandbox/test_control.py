"""The doors of the chat page: what it reads, what people do on it, and who may not."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox.control import Sandbox

HEADER = {"X-Sandbox": "1"}
PNG = b"\x89PNG\r\n\x1a\n a picture"


@pytest.fixture
async def told() -> list[str]:
    """What the bot's process was told."""
    return []


@pytest.fixture
async def server(told: list[str]) -> AsyncIterator[Sandbox]:
    async def process(name: str) -> None:
        told.append(name)

    async with Sandbox(0, process) as made:
        yield made


class Page:
    """What the page does."""

    def __init__(self, server: Sandbox, session: aiohttp.ClientSession) -> None:
        self.server, self.session = server, session

    async def read(self, path: str) -> Any:
        async with self.session.get(self.server.url + path) as answer:
            return await answer.json()

    async def act(self, act: str, **values: Any) -> Any:
        body = {"act": act, **values}
        async with self.session.post(f"{self.server.url}/act", json=body, headers=HEADER) as answer:
            return await answer.json()


@pytest.fixture
def page(server: Sandbox, session: aiohttp.ClientSession) -> Page:
    return Page(server, session)


async def test_people_do_what_they_can_do_and_the_bot_is_told(bot: Any, page: Page, server: Sandbox) -> None:
    kinds = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]
    await bot.good("getUpdates", allowed_updates=kinds)
    lin = (await page.act("person", first_name="Lin", language_code="zh-hans"))["user"]["id"]
    ann = (await page.act("person", first_name="Ann"))["user"]["id"]
    group = (await page.act("group", title="Films", members=[lin], forum=True))["chat"]
    said = (await page.act("send", user=lin, chat=lin, text="hello"))["message"]
    await page.act("edit", user=lin, chat=lin, message_id=said["message_id"], text="hello again")
    await page.act("start", user=ann, payload="film_her-2013")
    await page.act("join", user=ann, chat=group)
    await page.act("send", user=ann, chat=group, text="/ask", topic=77)
    await page.act("photo", user=lin, chat=lin, data=f"data:image/png;base64,{base64.b64encode(PNG).decode()}")
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    sent = await bot.good("sendMessage", chat_id=lin, text="a", reply_markup=keyboard)
    assert (await page.act("tap", user=lin, chat=lin, message_id=sent["message_id"], data="b"))["query"]
    await page.act("react", user=lin, chat=lin, message_id=sent["message_id"], emoji="👍")
    await page.act("leave", user=ann, chat=group)
    await page.act("block", user=ann)
    assert (await page.read("/world"))["blocked"] == [ann]
    await page.act("unblock", user=ann)
    came = [next(kind for kind in update if kind != "update_id") for update in await bot.good("getUpdates")]
    assert came == [
        "my_chat_member", "message", "message", "edited_message", "message", "message", "message", "message",
        "callback_query", "message_reaction", "message", "my_chat_member", "my_chat_member",
    ]  # fmt: skip


async def test_an_inline_query_is_asked_and_a_result_chosen(bot: Any, page: Page, server: Sandbox) -> None:
    lin = server.world.person().id
    query = (await page.act("inline", user=lin, chat=lin, query="sci-fi"))["query"]
    content = {"message_text": "Her"}
    article = {"type": "article", "id": "1", "title": "t", "input_message_content": content}
    await bot.good("answerInlineQuery", inline_query_id=query, results=[article])
    assert (await page.act("choose", user=lin, query_id=query, result_id="1"))["message"]["text"] == "Her"


@pytest.mark.parametrize(
    "body",
    [
        {"act": "fly"}, {"act": "send", "user": 1, "chat": 1, "text": "a"}, {"act": "send", "text": " "}, {}, [], "a",
        {"act": "tap", "user": 1, "chat": 1, "message_id": 9, "data": "b"}, {"act": "choose", "query_id": 1},
        {"act": "fault", "kind": "flood"}, {"act": "photo", "user": 1, "data": "%"}, {"act": "group", "members": []},
    ],
)  # fmt: skip
async def test_nonsense_is_answered_with_an_error(page: Page, server: Sandbox, body: Any) -> None:
    async with page.session.post(f"{server.url}/act", json=body, headers=HEADER) as answer:
        assert answer.status == 400
        assert (await answer.json())["ok"] is False


async def test_a_deep_link_that_no_client_opens_is_refused(page: Page, server: Sandbox) -> None:
    lin = server.world.person()
    for payload in ("a b", "a" * 65, "想"):
        assert not (await page.act("start", user=lin.id, payload=payload))["ok"]
    assert not server.world.chats[lin.id].messages


async def test_other_pages_and_other_names_of_this_machine_are_refused(page: Page, server: Sandbox) -> None:
    body = {"act": "clear"}
    async with page.session.post(f"{server.url}/act", json=body) as answer:
        assert answer.status == 403
    rebound = {**HEADER, "Host": "evil.example"}
    async with page.session.post(f"{server.url}/act", json=body, headers=rebound) as answer:
        assert answer.status == 403
    async with page.session.get(f"{server.url}/world", headers=rebound) as answer:
        assert answer.status == 403
    async with page.session.post(f"{server.url}/trace", data='{"turn": 1}') as answer:  # as a form of another page
        assert answer.status == 415


async def test_faults_are_set_seen_and_taken_away(bot: Any, page: Page, server: Sandbox) -> None:
    lin = server.world.person()
    number = (await page.act("fault", kind="429", method="send", chat=lin.id, times=2, seconds=7))["fault"]
    (fault,) = (await page.read("/world"))["faults"]
    assert (fault["id"], fault["kind"], fault["chat"], fault["times"]) == (number, "429", lin.id, 2)
    assert (await bot("sendMessage", chat_id=lin.id, text="a"))["parameters"] == {"retry_after": 7}
    await page.act("unfault", fault=number)
    await bot.good("sendMessage", chat_id=lin.id, text="a")
    await page.act("fault", kind="refuse", method="send", code=403, description="Forbidden: user is deactivated")
    await bot.refused("sendMessage", "user is deactivated", 403, chat_id=lin.id, text="a")
    await page.act("clear")
    assert (await page.read("/world"))["faults"] == []


async def test_pictures_and_files_answer_messages_and_stand_in_topics(page: Page, server: Sandbox) -> None:
    lin = server.world.person()
    forum = server.world.group("f", [lin], forum=True)
    said = lin.say("look", forum.id, topic=77)
    data = base64.b64encode(PNG).decode()
    sent = {"user": lin.id, "chat": forum.id, "data": data, "caption": "this"}
    photo = (await page.act("photo", **sent, topic=77))["message"]
    assert (photo["message_thread_id"], photo["caption"]) == (77, "this")
    file = (await page.act("document", **sent, name="list.csv", reply_to=said["message_id"]))["message"]
    assert (file["document"]["file_name"], file["message_thread_id"]) == ("list.csv", 77)
    assert file["reply_to_message"]["message_id"] == said["message_id"]
    assert server.world.files[file["document"]["file_id"]] == (PNG, "list.csv")


async def test_watchers_are_told_of_every_change_of_the_faults(bot: Any, page: Page, server: Sandbox) -> None:
    told: list[int] = []
    server.world.listeners.append(
        lambda event: told.append(len(server.faults.on)) if event["kind"] == "fault" else None
    )
    lin = server.world.person()
    await page.act("fault", kind="429", times=2)
    for _ in range(2):
        await bot("sendMessage", chat_id=lin.id, text="a")
    assert told == [1, 1, 0], "set, used once, used up"
    await page.act("fault", kind="blocked")
    await bot("sendMessage", chat_id=lin.id, text="a")
    await page.act("clear")
    assert told[3:] == [1, 0]


async def test_the_bot_is_killed_restarted_and_sent_things_again(
    bot: Any, page: Page, server: Sandbox, told: list[str]
) -> None:
    await page.act("kill")
    await page.act("restart")
    assert told == ["kill", "restart"]
    server.world.person().say("hello")
    (update,) = await bot.good("getUpdates")
    after = update["update_id"] + 1
    await bot.good("getUpdates", offset=after)
    assert (await page.act("redeliver"))["updates"] == 1
    assert await bot.good("getUpdates", offset=after) == [update]


async def test_the_menu_is_shown_as_it_was_set(bot: Any, page: Page, server: Sandbox) -> None:
    lin = server.world.person("Lin", "zh-hans")
    commands = [{"command": "ask", "description": "问"}]
    await bot.good("setMyCommands", commands=commands, language_code="zh")
    await bot.good("setMyDescription", description="你好", language_code="zh")
    await bot.good("setChatMenuButton", menu_button={"type": "commands"})
    shown = await page.read(f"/commands?user={lin.id}&chat={lin.id}")
    assert shown["commands"] == commands
    assert shown["description"] == "你好"
    assert shown["button"] == {"type": "commands"}


async def test_events_and_traces_are_sent_as_they_come(bot: Any, page: Page, server: Sandbox) -> None:
    lin = server.world.person()
    async with page.session.post(f"{server.url}/trace", json={"turn": 1}) as answer:
        assert answer.status == 204
    async with page.session.get(f"{server.url}/events") as stream:
        assert stream.content_type == "text/event-stream"

        async def event() -> Any:
            async with asyncio.timeout(5):
                while True:
                    line = await stream.content.readline()
                    if line.startswith(b"data: "):
                        return json.loads(line[6:])

        whole = await event()
        assert (whole["people"], whole["traces"]) == ([lin.user], [{"turn": 1}])  # what was told before
        lin.say("hello")
        assert (await event())["message"]["text"] == "hello"
        await bot.good("sendChatAction", chat_id=lin.id, action="typing")
        assert (await event())["kind"] == "typing"
        server.set_status("down")
        assert await event() == {"kind": "bot", "status": "down"}


async def test_the_page_is_served_with_a_strict_policy_and_nothing_beside_it(page: Page, server: Sandbox) -> None:
    async with page.session.get(server.url) as answer:
        assert answer.status == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for path in ("/static/..%2fserver.py", "/static/server.py", "/static/nothing.js", "/picture/nothing"):
        async with page.session.get(aiohttp.client.URL(server.url + path, encoded=True)) as answer:
            assert answer.status == 404
