"""What the bot sends and changes, and what is refused in Telegram's words."""

from typing import Any

import pytest

from bot.sandbox.person import Person
from bot.sandbox.server import Server

PNG = b"\x89PNG\r\n\x1a\n a picture"


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "b", **button}]]}


async def test_limits_count_utf16_units_after_parsing(bot: Any, lin: Person) -> None:
    await bot.good("sendMessage", chat_id=lin.id, text="𠮷" * 2048)
    await bot.good("sendMessage", chat_id=lin.id, text="<b>" + "&lt;" * 4096 + "</b>", parse_mode="HTML")
    refused = {"breach": True, "chat_id": lin.id}
    await bot.refused("sendMessage", "message is too long", text="𠮷" * 2049, **refused)
    await bot.refused("sendMessage", "message text is empty", text=" \n", **refused)
    await bot.refused("sendMessage", "message text is empty", text="<b></b>", parse_mode="HTML", **refused)
    await bot.refused("sendMessage", "unsupported parse_mode", text="a", parse_mode="Markdown", **refused)
    entity = {"type": "bold", "offset": 1, "length": 2}
    words = "ends after the end of the text at UTF-16 offset 3"
    await bot.refused("sendMessage", words, text="ab", entities=[entity], **refused)
    photo = await bot.upload("sendPhoto", {"photo": ("a.png", PNG)}, chat_id=lin.id, caption="想" * 1024)
    assert photo["ok"]
    file_id = photo["result"]["photo"][0]["file_id"]
    await bot.refused("sendPhoto", "message caption is too long", photo=file_id, caption="想" * 1025, **refused)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (keyboard(callback_data="想" * 22), "BUTTON_DATA_INVALID"),
        (keyboard(callback_data=""), "BUTTON_DATA_INVALID"),
        (keyboard(), "Text buttons are unallowed in the inline keyboard"),
        (keyboard(callback_data="a", url="https://a.example"), "only one of url and callback_data"),
        ({"inline_keyboard": [[{"text": "", "callback_data": "a"}]]}, "text must be non-empty"),
        (keyboard(url="javascript:1"), "BUTTON_URL_INVALID"),
        (keyboard(url="https://t.me/jianyan_demo_bot?start=" + "a" * 65), "START_PARAM_INVALID"),
        (keyboard(url="https://t.me/jianyan_demo_bot?start=a:b"), "START_PARAM_INVALID"),
        ({"inline_keyboard": [[{"text": "b", "callback_data": "a"}] * 11] * 10}, "reply markup is too long"),
    ],
)
async def test_buttons_that_telegram_does_not_take(bot: Any, lin: Person, markup: dict[str, Any], words: str) -> None:
    await bot.refused("sendMessage", words, breach=True, chat_id=lin.id, text="a", reply_markup=markup)


async def test_buttons_that_it_takes(bot: Any, lin: Person) -> None:
    for button in (
        {"callback_data": "a" * 64},
        {"url": "https://t.me/jianyan_demo_bot?start=film_her-2013"},
        {"switch_inline_query": ""},
        {"copy_text": {"text": "c"}},
    ):
        sent = await bot.good("sendMessage", chat_id=lin.id, text="a", reply_markup=keyboard(**button))
        assert sent["reply_markup"] == keyboard(**button)


async def test_an_edit_needs_a_message_of_ours_and_a_difference(bot: Any, server: Server, lin: Person) -> None:
    markup = keyboard(callback_data="a")
    sent = await bot.good("sendMessage", chat_id=lin.id, text="<b>a</b>", parse_mode="HTML", reply_markup=markup)
    own, same = lin.say("mine"), {"chat_id": lin.id, "message_id": sent["message_id"]}
    again = {"text": " <b>a</b> ", "parse_mode": "HTML", "reply_markup": markup}
    await bot.refused("editMessageText", "message is not modified", **same, **again)
    await bot.refused("editMessageReplyMarkup", "message is not modified", **same, reply_markup=markup)
    plain = await bot.good("editMessageText", **same, text="a", reply_markup=markup)
    assert "entities" not in plain
    bare = await bot.good("editMessageReplyMarkup", **same)
    assert "reply_markup" not in bare
    await bot.refused("editMessageCaption", "there is no caption", **same, caption="c")
    await bot.refused(
        "editMessageText", "message can't be edited", chat_id=lin.id, message_id=own["message_id"], text="b"
    )
    await bot.refused("editMessageText", "message to edit not found", chat_id=lin.id, message_id=99, text="b")
    await bot.refused("editMessageText", "message identifier is not specified", breach=True, text="b")
    await bot.good("deleteMessage", **same)
    await bot.refused("editMessageText", "message to edit not found", **same, text="b")
    await bot.refused("deleteMessage", "message to delete not found", **same)


async def test_photos_are_uploaded_sent_again_replaced_and_refused(bot: Any, server: Server, lin: Person) -> None:
    first = (await bot.upload("sendPhoto", {"photo": ("a.png", PNG)}, chat_id=lin.id))["result"]
    file_id = first["photo"][0]["file_id"]
    sent = await bot.good("sendPhoto", chat_id=lin.id, photo=file_id, caption="<i>c</i>", parse_mode="HTML")
    same = {"chat_id": lin.id, "message_id": sent["message_id"]}
    assert sent["caption_entities"] == [{"type": "italic", "offset": 0, "length": 1}]
    await bot.refused("editMessageText", "there is no text in the message to edit", **same, text="b")
    await bot.good("editMessageCaption", **same, caption="d")
    await bot.good("sendPhoto", chat_id=lin.id, photo="https://a.example/b.jpg")
    await bot.refused(
        "sendPhoto", "wrong file identifier/HTTP URL specified", chat_id=lin.id, photo="AgACAgUAAxkB999999"
    )
    media = '{"type": "photo", "media": "attach://new", "caption": "e"}'
    files = {"new": ("b.png", PNG)}
    edited = await bot.upload("editMessageMedia", files, media=media, **same)
    assert edited["result"]["photo"][0]["file_id"] != file_id
    assert edited["result"]["caption"] == "e"
    big = await bot.upload("sendPhoto", {"photo": ("a.png", PNG + bytes(10 << 20))}, chat_id=lin.id)
    assert "is too big for a photo; the maximum size is 10485760 bytes" in big["description"]
    odd = await bot.upload("sendPhoto", {"photo": ("a.png", b"no picture")}, chat_id=lin.id)
    assert odd["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    empty = await bot.upload("sendDocument", {"document": ("a.txt", b"")}, chat_id=lin.id)
    assert empty["description"] == "Bad Request: file must be non-empty"
    assert len(server.violations) == 3


async def test_an_album_is_of_one_kind_and_at_most_ten(bot: Any, lin: Person) -> None:
    files = {"a": ("a.png", PNG), "b": ("b.png", PNG)}
    media = '[{"type": "photo", "media": "attach://a", "caption": "c"}, {"type": "photo", "media": "attach://b"}]'
    album = (await bot.upload("sendMediaGroup", files, chat_id=lin.id, media=media))["result"]
    assert album[0]["media_group_id"] == album[1]["media_group_id"]
    one = {"type": "photo", "media": album[0]["photo"][0]["file_id"]}
    refused = {"chat_id": lin.id, "breach": True}
    await bot.refused("sendMediaGroup", "there are no messages to send", media=[], **refused)
    await bot.refused("sendMediaGroup", "too many messages to send as an album", media=[one] * 11, **refused)
    mixed = [one, {**one, "type": "document"}]
    await bot.refused("sendMediaGroup", "document can't be mixed", media=mixed, **refused)


async def test_replies_threads_copies_and_forwards_find_their_message(bot: Any, server: Server, lin: Person) -> None:
    forum = server.world.group("g", [lin], forum=True)
    said, to = lin.say("original"), {"chat_id": lin.id, "text": "a"}
    answered = await bot.good("sendMessage", **to, reply_parameters={"message_id": said["message_id"]})
    assert answered["reply_to_message"]["text"] == "original"
    missing = {"message_id": 99}
    await bot.refused("sendMessage", "message to be replied not found", **to, reply_parameters=missing)
    missing["allow_sending_without_reply"] = True
    assert "reply_to_message" not in await bot.good("sendMessage", **to, reply_parameters=missing)
    await bot.good("sendMessage", chat_id=forum.id, text="b", message_thread_id=77)
    await bot.refused("sendMessage", "message thread not found", chat_id=forum.id, text="b", message_thread_id=1)
    source = {"from_chat_id": lin.id, "message_id": said["message_id"]}
    await bot.good("copyMessage", chat_id=forum.id, **source)
    forwarded = await bot.good("forwardMessage", chat_id=forum.id, **source)
    assert forwarded["forward_origin"]["sender_user"]["id"] == lin.id
    await bot.refused("copyMessage", "message to copy not found", chat_id=forum.id, from_chat_id=lin.id, message_id=99)
    await bot.refused("sendMessage", "chat not found", chat_id=1, text="b")
    await bot.refused("sendMessage", "chat not found", chat_id="@public", text="b")


async def test_reactions_actions_and_drafts(bot: Any, server: Server, lin: Person) -> None:
    said, events = lin.say("a"), []
    server.world.listeners.append(events.append)
    place = {"chat_id": lin.id, "message_id": said["message_id"]}
    await bot.good("setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "❤"}])
    assert server.world.reactions == {(lin.id, said["message_id"], server.world.bot["id"]): "❤"}
    await bot.good("setMessageReaction", **place)
    assert not server.world.reactions
    odd = [{"type": "emoji", "emoji": "🎬"}]
    await bot.refused("setMessageReaction", "REACTION_INVALID", breach=True, **place, reaction=odd)
    await bot.refused("setMessageReaction", "message to react not found", chat_id=lin.id, message_id=99, reaction=[])
    await bot.good("sendChatAction", chat_id=lin.id, action="typing")
    await bot.refused("sendChatAction", "wrong parameter action", breach=True, chat_id=lin.id, action="thinking")
    await bot.good("sendMessageDraft", chat_id=lin.id, draft_id=1, text="so far")
    group = server.world.group("g", [lin])
    await bot.refused("sendMessageDraft", "private chats", breach=True, chat_id=group.id, draft_id=1, text="a")
    assert [e.get("action") for e in events if e["kind"] == "typing"] == ["typing", "draft"]
    await bot.good("deleteMessages", chat_id=lin.id, message_ids=[said["message_id"], 99])
    await bot.refused("deleteMessages", "not specified", breach=True, chat_id=lin.id, message_ids=[])
