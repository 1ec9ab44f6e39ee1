"""Taps and inline queries are answered once, in time, and within the limits."""

from typing import Any

import pytest

from bot.sandbox.person import Person
from bot.sandbox.server import Server
from bot.sandbox.world import SEARCH_S, TAP_S

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
KEYBOARD = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}


def article(number: object = 1, **more: Any) -> dict[str, Any]:
    content = {"message_text": f"<b>{number}</b>", "parse_mode": "HTML"}
    return {"type": "article", "id": str(number), "title": "t", "input_message_content": content, **more}


async def test_a_tap_is_answered_once_and_in_time(bot: Any, server: Server, clock: Any, lin: Person) -> None:
    sent = await bot.good("sendMessage", chat_id=lin.id, text="a", reply_markup=KEYBOARD)
    query = lin.press(sent)
    (update,) = await bot.good("getUpdates")
    assert update["callback_query"]["data"] == "b"
    assert update["callback_query"]["message"] == sent
    await bot.good("answerCallbackQuery", callback_query_id=query, text="好")
    await bot.refused("answerCallbackQuery", TOO_OLD, callback_query_id=query)
    late = lin.press(sent)
    clock.now += TAP_S + 1
    await bot.refused("answerCallbackQuery", TOO_OLD, callback_query_id=late)
    await bot.refused("answerCallbackQuery", TOO_OLD, callback_query_id="nonsense")
    last = lin.press(sent)
    await bot.refused("answerCallbackQuery", "MESSAGE_TOO_LONG", breach=True, callback_query_id=last, text="a" * 201)
    await bot.refused(
        "answerCallbackQuery", "URL_INVALID", breach=True, callback_query_id=last, url="https://a.example"
    )
    link = "https://t.me/jianyan_demo_bot?start=x"
    await bot.good("answerCallbackQuery", callback_query_id=last, url=link)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"results": [article(n) for n in range(51)]}, "RESULTS_TOO_MUCH"),
        ({"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
        ({"results": [article("想" * 22)]}, "RESULT_ID_INVALID"),
        ({"results": [article(title="")]}, "ARTICLE_TITLE_EMPTY"),
        ({"results": [article(input_message_content={"message_text": " "})]}, "MESSAGE_EMPTY"),
        ({"results": [article(input_message_content={"message_text": "a" * 4097})]}, "message is too long"),
        (
            {"results": [article(reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "b" * 65}]]})]},
            "BUTTON_DATA_INVALID",
        ),
        ({"results": [], "button": {"text": "begin", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
        ({"results": [], "button": {"text": "begin"}}, "exactly one use"),
        ({"results": [], "next_offset": "o" * 65}, "NEXT_OFFSET_INVALID"),
    ],
)
async def test_inline_answers_that_telegram_does_not_take(
    bot: Any, lin: Person, values: dict[str, Any], words: str
) -> None:
    query = lin.inline("sci-fi")
    await bot.refused("answerInlineQuery", words, breach=True, inline_query_id=query, **values)
    await bot.good("answerInlineQuery", inline_query_id=query, results=[article()], is_personal=True, cache_time=0)
    await bot.refused("answerInlineQuery", TOO_OLD, inline_query_id=query, results=[])


async def test_a_late_search_is_refused(bot: Any, clock: Any, lin: Person) -> None:
    query = lin.inline("sci-fi")
    clock.now += SEARCH_S + 1
    await bot.refused("answerInlineQuery", TOO_OLD, inline_query_id=query, results=[])


async def test_a_chosen_result_is_posted_and_can_be_edited_by_its_inline_id(
    bot: Any, server: Server, lin: Person
) -> None:
    group = server.world.group("g", [lin])
    await bot.good("getUpdates", offset=-1)
    query = lin.inline("sci-fi", group.id, "20")
    photo = {"type": "photo", "id": "2", "photo_url": "https://a.example/a.jpg", "thumbnail_url": "https://a.example"}
    await bot.good("answerInlineQuery", inline_query_id=query, results=[article(reply_markup=KEYBOARD), photo])
    posted = lin.choose(query, "1")
    assert (posted["text"], posted["via_bot"]["id"]) == ("1", server.world.bot["id"])
    lin.press(posted)
    assert "photo" in lin.choose(query, "2")
    asked, chosen, message, tap, bare, _ = (await bot.good("getUpdates"))[-6:]
    assert asked["inline_query"]["offset"] == "20"
    assert asked["inline_query"]["chat_type"] == "supergroup"
    inline_id = chosen["chosen_inline_result"]["inline_message_id"]
    assert message["message"]["via_bot"]["id"] == server.world.bot["id"]
    assert tap["callback_query"]["inline_message_id"] == inline_id
    assert "message" not in tap["callback_query"]
    assert "inline_message_id" not in bare["chosen_inline_result"]  # it has no keyboard
    assert await bot.good("editMessageText", inline_message_id=inline_id, text="edited") is True
    assert server.world.chats[group.id].messages[posted["message_id"]]["text"] == "edited"
    await bot.refused("editMessageText", "MESSAGE_ID_INVALID", inline_message_id="other", text="a")
