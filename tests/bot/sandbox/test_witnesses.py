"""Everything that the server sends is read by a library that it was not written for; and nothing breaks it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.methods import Methods
from bot.sandbox.person import Person
from bot.sandbox.schema import Refusal, checked, facts, methods
from bot.sandbox.server import Server
from bot.sandbox.world import World

PNG = b"\x89PNG\r\n\x1a\n a picture"
KEYBOARD = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}


async def test_aiograms_types_read_every_update(bot: Any, server: Server, lin: Person) -> None:
    types = pytest.importorskip("aiogram.types")
    world = server.world
    known = [
        "message", "edited_message", "callback_query", "inline_query", "chosen_inline_result", "message_reaction",
        "my_chat_member",
    ]  # fmt: skip
    await bot.good("getUpdates", allowed_updates=known)
    sent = await bot.good("sendMessage", chat_id=lin.id, text="a", reply_markup=KEYBOARD)
    ann, forum = world.person("Ann", None, username="ann"), world.group("f", [lin], forum=True)
    basic = world.group("b", [lin, ann], basic=True)
    said = lin.say("/ask@jianyan_demo_bot #film https://a.example")
    lin.edit(said["message_id"], "again")
    lin.say("/ask", forum.id, topic=77)
    lin.say("yes", reply_to=sent["message_id"])
    lin.photo(PNG, "a caption /ask")
    lin.album([PNG, PNG], "two")
    lin.document(b"{}", "a.json", "c")
    lin.voice()
    lin.press(sent)
    lin.react(sent["message_id"], "❤")
    lin.react(sent["message_id"], None)
    query = lin.inline("sci-fi", forum.id)
    content = {"message_text": "x"}
    article = {"type": "article", "id": "1", "title": "t", "input_message_content": content, "reply_markup": KEYBOARD}
    await bot.good("answerInlineQuery", inline_query_id=query, results=[article])
    lin.press(lin.choose(query, "1"))
    ann.join(forum.id)
    ann.leave(forum.id)
    world.migrate(basic, lin)
    world.remove(forum, lin)
    lin.block()
    lin.unblock()
    updates = await bot.good("getUpdates")
    for update in updates:
        read = types.Update.model_validate(update)
        assert read.event_type in known
        assert not _unread(read)
    assert {kind for update in updates for kind in update} == {"update_id", *known}
    assert not server.violations


def _unread(model: Any) -> list[str]:
    """Fields that the library has no name for, at any depth."""
    found = list(getattr(model, "model_extra", None) or ())
    for name in type(model).model_fields if hasattr(type(model), "model_fields") else ():
        value = getattr(model, name)
        for one in value if isinstance(value, list) else [value]:
            if hasattr(type(one), "model_fields"):
                found += _unread(one)
    return found


async def test_aiograms_types_read_every_answer(bot: Any, server: Server, lin: Person) -> None:
    types = pytest.importorskip("aiogram.types")
    group = server.world.group("g", [lin], forum=True)
    photo = (await bot.upload("sendPhoto", {"photo": ("a.png", PNG)}, chat_id=lin.id, caption="c"))["result"]
    file_id = photo["photo"][0]["file_id"]
    sent = await bot.good("sendMessage", chat_id=lin.id, text="<b>a</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    same = {"chat_id": lin.id, "message_id": sent["message_id"]}
    await bot.good("setMyCommands", commands=[{"command": "a", "description": "b"}])
    source = {"chat_id": group.id, "from_chat_id": lin.id, "message_id": sent["message_id"]}
    media = [{"type": "photo", "media": file_id}] * 2
    answers = [
        ("User", await bot.good("getMe")),
        ("Message", photo),
        ("Message", sent),
        ("Message", await bot.good("editMessageText", **same, text="b", reply_markup=KEYBOARD)),
        ("Message", await bot.good("editMessageReplyMarkup", **same)),
        ("Message", await bot.good("sendMessage", chat_id=group.id, text="b", message_thread_id=77)),
        ("Message", await bot.good("forwardMessage", **source)),
        ("MessageId", await bot.good("copyMessage", **source)),
        *[("Message", one) for one in await bot.good("sendMediaGroup", chat_id=lin.id, media=media)],
        ("File", await bot.good("getFile", file_id=file_id)),
        ("ChatFullInfo", await bot.good("getChat", chat_id=group.id)),
        ("ChatFullInfo", await bot.good("getChat", chat_id=lin.id)),
        ("ChatMemberOwner", (await bot.good("getChatAdministrators", chat_id=group.id))[0]),
        ("ChatMemberMember", await bot.good("getChatMember", chat_id=group.id, user_id=server.world.bot["id"])),
        ("UserProfilePhotos", await bot.good("getUserProfilePhotos", user_id=lin.id)),
        ("BotCommand", (await bot.good("getMyCommands"))[0]),
        ("BotName", await bot.good("getMyName")),
        ("BotDescription", await bot.good("getMyDescription")),
        ("BotShortDescription", await bot.good("getMyShortDescription")),
        ("MenuButtonDefault", await bot.good("getChatMenuButton")),
        ("WebhookInfo", await bot.good("getWebhookInfo")),
    ]
    for name, answer in answers:
        assert not _unread(getattr(types, name).model_validate(answer))


VALUES = {
    "Integer": st.sampled_from([0, -1, 1, 2, 77, 5000000001, -1002000000001]),
    "String": st.sampled_from(["", " ", "a", "<b>a</b>", "<b", "HTML", "zh", "1", "900000001", "𠮷" * 3000, "\ud800"]),
    "InputFile": st.sampled_from(["", "attach://a", "AgACAgUAAxkB000001", "https://a.example/b.jpg"]),
    "Boolean": st.booleans(),
    "Object": st.just({}),
}


def values_of(kind: str) -> st.SearchStrategy[Any]:
    """Values of a type of the table."""
    if kind.endswith("[]"):
        return st.lists(values_of(kind[:-2]), max_size=2)
    if kind.startswith("="):
        return st.just(kind[1:])
    if kind in VALUES:
        return VALUES[kind]
    if kind in facts()["unions"]:
        return st.one_of([values_of(one) for one in facts()["unions"][kind]])
    return fields_of(facts()["types"][kind])


def fields_of(fields: dict[str, str]) -> st.SearchStrategy[dict[str, Any]]:
    """Values of all the fields that must be there, and of some others."""
    of = {name: st.one_of([values_of(one) for one in types.rstrip("!").split("|")]) for name, types in fields.items()}
    needed = {name: one for name, one in of.items() if fields[name].endswith("!")}
    return st.fixed_dictionaries(needed, optional={name: one for name, one in of.items() if name not in needed})


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(set(methods().values()) - {"getUpdates", "setWebhook"})), st.data())
async def test_a_call_of_the_right_form_is_done_or_refused(method: str, data: st.DataObject) -> None:
    world = World()
    lin = world.person()
    world.group("g", [lin], forum=True)
    world.post(world.chats[lin.id], world.me, {"text": "a"})
    lin.inline("a")
    lin.photo(PNG)
    values = data.draw(fields_of(facts()["methods"][method]))
    try:
        await Methods(world).call(method, checked(method, values), {"a": (PNG, "a.png")})
    except Refusal as refusal:
        assert refusal.description.split(":")[0] in ("Bad Request", "Forbidden")  # noqa: PT017  # the claim itself
