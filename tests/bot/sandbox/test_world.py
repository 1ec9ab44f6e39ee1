"""People, groups and what the bot is told of them."""

from typing import Any

from bot.sandbox.person import Person
from bot.sandbox.server import Server
from bot.sandbox.world import KEPT


async def heard(bot: Any, kind: str = "message") -> list[dict[str, Any]]:
    """What waits, of a kind; and it is confirmed."""
    updates = await bot.good("getUpdates", allowed_updates=["message", "edited_message", "my_chat_member"])
    if updates:
        await bot.good("getUpdates", offset=updates[-1]["update_id"] + 1)
    return [update[kind] for update in updates if kind in update]


async def test_privacy_mode_hides_what_is_not_meant_for_the_bot(bot: Any, server: Server, lin: Person) -> None:
    group = server.world.group("g", [lin])
    sent = await bot.good("sendMessage", chat_id=group.id, text="a")
    name = server.world.bot["username"]
    for text in ("talk", "/ask a", "/ask@other_bot b", f"/ask@{name.upper()} c", f"😀 @{name} d", f"mail@{name}"):
        lin.say(text, group.id)
    lin.say("e", group.id, reply_to=sent["message_id"])
    lin.say("", group.id, reply_to=sent["message_id"], sticker={"file_id": "s"})
    lin.say("", group.id, sticker={"file_id": "s"})
    told = [message for message in await heard(bot) if "new_chat_members" not in message]
    assert [m.get("text") for m in told] == ["/ask a", f"/ask@{name.upper()} c", f"😀 @{name} d", "e", None]
    server.world.bot["can_read_all_group_messages"] = True
    lin.say("talk", group.id)
    assert [m["text"] for m in await heard(bot)] == ["talk"]


async def test_the_bot_is_told_who_comes_and_goes(bot: Any, server: Server, lin: Person) -> None:
    group, ann = server.world.group("g", [lin]), server.world.person("Ann", "en")
    ann.join(group.id)
    ann.leave(group.id)
    messages = await heard(bot)
    assert [m["new_chat_members"][0]["id"] for m in messages[:2]] == [server.world.bot["id"], ann.id]
    assert messages[2]["left_chat_member"]["id"] == ann.id
    assert await bot.good("getChatMemberCount", chat_id=group.id) == 2
    server.world.remove(group, lin)
    (removed,) = await heard(bot, "my_chat_member")
    assert removed["new_chat_member"]["status"] == "kicked"
    await bot.refused("sendMessage", "bot was kicked from the supergroup chat", 403, chat_id=group.id, text="a")
    lin.say("/ask", group.id)
    assert await heard(bot) == []


async def test_a_bot_may_not_write_first_and_not_where_it_is_blocked(bot: Any, server: Server) -> None:
    ann = server.world.person("Ann", opened=False)
    await bot.refused("sendMessage", "can't initiate conversation", 403, chat_id=ann.id, text="a")
    ann.say("/start")
    await bot.good("sendMessage", chat_id=ann.id, text="a")
    ann.block()
    await bot.refused("sendMessage", "bot was blocked by the user", 403, chat_id=ann.id, text="a")
    ann.unblock()
    await bot.good("sendMessage", chat_id=ann.id, text="a")
    states = [update["new_chat_member"]["status"] for update in await heard(bot, "my_chat_member")]
    assert states == ["kicked", "member"]


async def test_a_group_that_moves_tells_its_new_id_twice(bot: Any, server: Server, lin: Person) -> None:
    old = server.world.group("g", [lin], basic=True)
    new = server.world.migrate(old, lin)
    messages = await heard(bot)
    assert [m["migrate_to_chat_id"] for m in messages if "migrate_to_chat_id" in m] == [new.id]
    told = await bot("sendMessage", chat_id=old.id, text="a")
    assert told["parameters"] == {"migrate_to_chat_id": new.id}
    await bot.good("sendMessage", chat_id=new.id, text="a")


async def test_threads_look_as_telegram_shows_them(bot: Any, server: Server, lin: Person) -> None:
    forum, plain = server.world.group("f", [lin], forum=True), server.world.group("p", [lin])
    in_topic = lin.say("/ask", forum.id, topic=77)
    assert (in_topic["message_thread_id"], in_topic["is_topic_message"]) == (77, True)
    assert in_topic["reply_to_message"]["forum_topic_created"]["name"] == "Books"  # no answer, though it looks like one
    answer = await bot.good(
        "sendMessage", chat_id=forum.id, text="a", reply_parameters={"message_id": in_topic["message_id"]}
    )
    assert answer["message_thread_id"] == 77
    general = lin.say("/ask", forum.id)
    assert "message_thread_id" not in general
    reply = lin.say("b", plain.id, reply_to=lin.say("a", plain.id)["message_id"])
    assert "message_thread_id" in reply  # a thread of answers
    assert "is_topic_message" not in reply


async def test_an_update_shows_what_was_so_when_it_came(bot: Any, lin: Person) -> None:
    said = lin.say("before")
    lin.edit(said["message_id"], "after /help")
    first, second = await bot.good("getUpdates")
    assert first["message"]["text"] == "before"
    assert second["edited_message"]["text"] == "after /help"
    assert second["edited_message"]["entities"] == [{"type": "bot_command", "offset": 6, "length": 5}]


async def test_pictures_albums_files_and_voices_come_as_such(bot: Any, server: Server, lin: Person) -> None:
    lin.photo(b"\xff\xd8\xff", "a caption")
    lin.album([b"1", b"2"], "two")
    lin.document(b"{}", "list.json")
    lin.voice()
    photo, *album, document, voice = await heard(bot)
    assert photo["caption"] == "a caption"
    assert album[0]["media_group_id"] == album[1]["media_group_id"]
    assert [m.get("caption") for m in album] == ["two", None]
    assert document["document"]["file_name"] == "list.json"
    assert "voice" in voice
    file = await bot.good("getFile", file_id=document["document"]["file_id"])
    url = f"{server.url}/file/bot{server.token}/{file['file_path']}"
    async with bot.session.get(url) as answer:
        assert await answer.read() == b"{}"
    async with bot.session.get(url.replace(server.token, "1:other")) as answer:
        assert answer.status == 404


async def test_a_raw_update_is_delivered_as_it_is(bot: Any, server: Server) -> None:
    number = server.deliver({"purchased_paid_media": {"payload": "x"}})
    assert await bot.good("getUpdates") == [{"update_id": number, "purchased_paid_media": {"payload": "x"}}]
    assert server.deliver({"update_id": number + 9, "message": None}) == number + 9


async def test_history_is_bounded(bot: Any, server: Server, lin: Person) -> None:
    for _ in range(KEPT + 10):
        lin.say("a")
    assert len(server.world.chats[lin.id].messages) == KEPT
    await bot.refused("deleteMessage", "message to delete not found", chat_id=lin.id, message_id=1)
