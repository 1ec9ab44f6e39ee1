"""The strict Bot API server: what it takes, what it refuses and in which words, and how updates reach a bot."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from bot.sandbox.entities import parse_html, units
from bot.sandbox.faults import Fault
from bot.sandbox.schema import Refusal
from bot.sandbox.server import Server
from bot.sandbox.world import Person

# ---- requests ----


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


@pytest.mark.parametrize(
    ("method", "values", "words"),
    [
        ("sendMessage", {"text": "a"}, "parameter chat_id is required"),
        ("sendMessage", {"chat_id": 1, "text": "a", "colour": "red"}, "unknown parameter colour"),
        ("sendMessage", {"chat_id": 1, "text": 7}, "text must be of type String"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[{"txt": "b"}]]}},
            "unknown field txt",
        ),
        ("setMyCommands", {"commands": [{"command": "a"}]}, 'field "description"'),
        ("setMyCommands", {"commands": [{"command": "Ä b", "description": "c"}]}, "BOT_COMMAND_INVALID"),
    ],
)
async def test_what_is_not_published_is_refused_and_counted(
    server: Server, bot: Any, method: str, values: dict[str, Any], words: str
) -> None:
    await bot.refused(method, words, breach=True, **values)
    assert len(server.violations) == 1


async def test_an_unknown_method_and_token_are_refused(
    server: Server, bot: Any, session: aiohttp.ClientSession
) -> None:
    await bot.refused("sendTelepathy", "Not Found", 404, breach=True)
    async with session.get(f"{server.url}/bot1:wrong/getMe") as answer:
        assert answer.status == 401


async def test_texts_are_held_to_telegrams_limits(bot: Any, lin: Person, server: Server) -> None:
    await bot.good("sendMessage", chat_id=lin.id, text="𠮷" * 2048)
    await bot.refused("sendMessage", "message is too long", breach=True, chat_id=lin.id, text="𠮷" * 2049)
    await bot.good("sendMessage", chat_id=lin.id, text="<b>" + "a" * 4096 + "</b>", parse_mode="HTML")
    await bot.refused("sendMessage", "message text is empty", breach=True, chat_id=lin.id, text="  ")
    rows = [[{"text": "a", "callback_data": "想" * 22}]]
    await bot.refused(
        "sendMessage",
        "BUTTON_DATA_INVALID",
        breach=True,
        chat_id=lin.id,
        text="a",
        reply_markup={"inline_keyboard": rows},
    )
    assert len(server.violations) == 3


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag"),
        ("<b>a</i>", 'expected "</b>", found "</i>"'),
        ("<film>", 'Unsupported start tag "film"'),
        ("1 < 2", "Unsupported start tag"),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(html: str, words: str) -> None:
    with pytest.raises(Refusal, match="can't parse entities") as error:
        parse_html(html)
    assert words in error.value.description


def test_html_becomes_text_and_entities_in_utf16_units() -> None:
    text, entities = parse_html("👨‍👩‍👧 <b>《a &amp; b》</b>\n<blockquote expandable><i>c</i></blockquote>")
    assert text == "👨‍👩‍👧 《a & b》\nc"
    start = units("👨‍👩‍👧 ")
    assert entities == [
        {"type": "bold", "offset": start, "length": 7},
        {"type": "expandable_blockquote", "offset": start + 8, "length": 1},
        {"type": "italic", "offset": start + 8, "length": 1},
    ]


async def test_edits_replies_threads_and_queries_are_checked(bot: Any, server: Server, lin: Person) -> None:
    sent = await bot.good("sendMessage", chat_id=lin.id, text="a")
    same = {"chat_id": lin.id, "message_id": sent["message_id"]}
    await bot.refused("editMessageText", "message is not modified", **same, text="a")
    await bot.refused("editMessageText", "message to edit not found", chat_id=lin.id, message_id=99, text="b")
    own = lin.say("mine")
    await bot.refused(
        "editMessageText", "message can't be edited", chat_id=lin.id, message_id=own["message_id"], text="b"
    )
    await bot.refused(
        "sendMessage", "message to be replied not found", chat_id=lin.id, text="b", reply_parameters={"message_id": 99}
    )
    await bot.refused("sendMessage", "chat not found", chat_id=1, text="b")
    forum = server.world.group("g", [lin], forum=True)
    await bot.good("sendMessage", chat_id=forum.id, text="b", message_thread_id=77)
    await bot.refused("sendMessage", "message thread not found", chat_id=forum.id, text="b", message_thread_id=1)
    query = lin.tap(sent, "x")
    await bot.good("answerCallbackQuery", callback_query_id=query)
    await bot.refused("answerCallbackQuery", "query is too old", callback_query_id=query)
    await bot.refused("sendPhoto", "wrong file identifier", chat_id=lin.id, photo="nonsense")
    lin.block()
    await bot.refused("sendMessage", "bot was blocked by the user", 403, chat_id=lin.id, text="b")
    assert not server.violations  # none of these breaks the specification


# ---- updates ----


async def test_updates_are_kept_until_they_are_confirmed(bot: Any, lin: Person) -> None:
    lin.say("one")
    lin.say("two")
    first = await bot.good("getUpdates", limit=1)
    assert [u["message"]["text"] for u in first] == ["one"]
    assert await bot.good("getUpdates", limit=1) == first
    rest = await bot.good("getUpdates", offset=first[0]["update_id"] + 1)
    assert [u["message"]["text"] for u in rest] == ["two"]
    assert await bot.good("getUpdates", offset=rest[0]["update_id"] + 1) == []


async def test_a_long_poll_waits_and_a_second_poller_ends_it(bot: Any, lin: Person) -> None:
    waiting = asyncio.create_task(bot("getUpdates", timeout=20))
    await asyncio.sleep(0)
    while not bot.server.world.updates._polling:  # noqa: ASYNC110  # until the request has arrived
        await asyncio.sleep(0)
    second = asyncio.create_task(bot("getUpdates", timeout=20))
    told = await waiting
    assert told["error_code"] == 409
    lin.say("hello")
    assert [u["message"]["text"] for u in (await second)["result"]] == ["hello"]


async def test_reactions_come_only_where_they_are_asked_for(bot: Any, lin: Person) -> None:
    sent = await bot.good("sendMessage", chat_id=lin.id, text="a")
    lin.react(sent["message_id"], "👍")
    assert await bot.good("getUpdates", allowed_updates=["message", "message_reaction"]) == []
    lin.react(sent["message_id"], None)
    (update,) = await bot.good("getUpdates")
    assert update["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]


async def test_a_webhook_gets_updates_in_order_and_again_until_it_takes_them(
    bot: Any, server: Server, lin: Person
) -> None:
    seen: list[tuple[str, str]] = []
    answers = iter([500, 200, 200])

    async def receive(request: aiohttp.web.Request) -> aiohttp.web.Response:
        update = await request.json()
        seen.append((update["message"]["text"], request.headers["X-Telegram-Bot-Api-Secret-Token"]))
        return aiohttp.web.Response(status=next(answers))

    application = aiohttp.web.Application()
    application.router.add_post("/hook", receive)
    runner = aiohttp.web.AppRunner(application)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        await bot.good("setWebhook", url=url, secret_token="s")
        await bot.refused("getUpdates", "webhook is active", 409)
        lin.say("one")
        lin.say("two")
        async with asyncio.timeout(10):
            while server.world.updates.waiting:  # noqa: ASYNC110  # until the last is taken
                await asyncio.sleep(0.01)
        assert seen == [("one", "s"), ("one", "s"), ("two", "s")]
    finally:
        await runner.cleanup()


async def test_privacy_mode_hides_a_groups_talk_from_the_bot(bot: Any, server: Server, lin: Person) -> None:
    group = server.world.group("g", [lin])
    sent = await bot.good("sendMessage", chat_id=group.id, text="a")
    name = server.world.bot["username"]
    lin.say("just talk", group.id)
    lin.say("/ask a film", group.id)
    lin.say("/ask@other_bot a film", group.id)
    lin.say(f"😀 @{name} a film", group.id)
    lin.say("the second", group.id, reply_to=sent["message_id"])
    updates = await bot.good("getUpdates")
    heard = [u["message"]["text"] for u in updates if "text" in u.get("message", {})]
    assert heard == ["/ask a film", f"😀 @{name} a film", "the second"]


# ---- faults ----


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


# ---- a witness from outside ----


async def test_aiograms_types_read_all_that_it_sends(bot: Any, server: Server, lin: Person) -> None:
    types = pytest.importorskip("aiogram.types")
    group = server.world.group("g", [lin], forum=True)
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    sent = await bot.good(
        "sendMessage", chat_id=lin.id, text="<b>a</b> /help", parse_mode="HTML", reply_markup=keyboard
    )
    known = {
        "message", "edited_message", "callback_query", "inline_query", "chosen_inline_result", "message_reaction",
        "my_chat_member",
    }  # fmt: skip
    asked = await bot.good("getUpdates", allowed_updates=sorted(known))
    said = lin.say("hello @somebody")
    lin.photo(b"picture", "a poster")
    lin.say("in a topic", group.id, topic=77)
    lin.edit(said["message_id"], "hello again")
    lin.tap(sent, "b")
    lin.react(sent["message_id"], "❤")
    query = lin.inline("sci-fi")
    article = {"type": "article", "id": "1", "title": "t", "input_message_content": {"message_text": "x"}}
    await bot.good("answerInlineQuery", inline_query_id=query, results=[article])
    lin.choose(query, "1")
    lin.block()
    lin.block(False)
    updates = [*asked, *await bot.good("getUpdates")]
    for update in updates:
        types.Update.model_validate(update, strict=False)
    kinds = {kind for update in updates for kind in update if kind != "update_id"}
    assert kinds == known
    types.Message.model_validate(sent)
    types.Message.model_validate(
        await bot.good("editMessageText", chat_id=lin.id, message_id=sent["message_id"], text="b")
    )
    types.User.model_validate(await bot.good("getMe"))
    types.WebhookInfo.model_validate(await bot.good("getWebhookInfo"))
    types.ChatFullInfo.model_validate(await bot.good("getChat", chat_id=group.id))
    document = next(iter(server.world.files))
    types.File.model_validate(await bot.good("getFile", file_id=document))
    assert not server.violations
