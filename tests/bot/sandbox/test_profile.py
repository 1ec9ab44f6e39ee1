"""Commands by scope and language, names, descriptions, menu button."""

from typing import Any

import pytest

from bot.sandbox.person import Person
from bot.sandbox.profile import button, menu, told
from bot.sandbox.server import Server


def commands(*names: str) -> list[dict[str, str]]:
    return [{"command": name, "description": name} for name in names]


async def test_the_menu_is_the_narrowest_scope_and_there_the_persons_language(
    bot: Any, server: Server, lin: Person
) -> None:
    ann, world = server.world.person("Ann", "en"), server.world
    group = world.group("g", [lin, ann])
    await bot.good("setMyCommands", commands=commands("all"))
    private: dict[str, Any] = {"scope": {"type": "all_private_chats"}}
    await bot.good("setMyCommands", commands=commands("private"), **private)
    await bot.good("setMyCommands", commands=commands("zh"), **private, language_code="zh")
    await bot.good("setMyCommands", commands=commands("admin"), scope={"type": "chat", "chat_id": ann.id})

    def shown(person: Person, chat: int) -> list[str]:
        return [one["command"] for one in menu(world, person.id, chat)]

    assert shown(lin, lin.id) == ["zh"]
    assert shown(ann, ann.id) == ["admin"]
    assert shown(lin, group.id) == ["all"]
    await bot.good("deleteMyCommands", **private, language_code="zh")
    assert shown(lin, lin.id) == ["private"]
    assert await bot.good("getMyCommands", **private, language_code="zh") == []
    assert await bot.good("getMyCommands", **private) == commands("private")


@pytest.mark.parametrize(
    ("method", "values", "words"),
    [
        ("setMyCommands", {"commands": commands("Ask")}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": commands("问")}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": commands("a" * 33)}, "BOT_COMMAND_INVALID"),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": "d" * 257}]},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        ("setMyCommands", {"commands": commands("a") * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ("setMyCommands", {"commands": commands("a"), "language_code": "zh-hans"}, "invalid language code"),
        ("setMyName", {"name": "n" * 65}, "name is too long"),
        ("setMyDescription", {"description": "d" * 513}, "description is too long"),
        ("setMyShortDescription", {"short_description": "d" * 121}, "short description is too long"),
    ],
)
async def test_what_telegram_does_not_take_is_refused(
    bot: Any, method: str, values: dict[str, Any], words: str
) -> None:
    await bot.refused(method, words, breach=True, **values)


async def test_a_scope_of_an_unknown_chat_is_refused(bot: Any) -> None:
    scope = {"type": "chat", "chat_id": 1}
    await bot.refused("setMyCommands", "chat not found", commands=commands("a"), scope=scope)


async def test_names_descriptions_and_button_are_kept_by_language_and_chat(
    bot: Any, server: Server, lin: Person
) -> None:
    assert await bot.good("getMyName") == {"name": server.world.bot["first_name"]}
    await bot.good("setMyName", name="荐言", language_code="zh")
    assert await bot.good("getMyName", language_code="zh") == {"name": "荐言"}
    await bot.good("setMyDescription", description="Hello")
    await bot.good("setMyShortDescription", short_description="短", language_code="zh")
    assert await bot.good("getMyDescription") == {"description": "Hello"}
    assert told(server.world, "zh") == {"description": "Hello", "short_description": "短"}
    assert await bot.good("getChatMenuButton", chat_id=lin.id) == {"type": "default"}
    await bot.good("setChatMenuButton", menu_button={"type": "commands"})
    assert button(server.world, lin.id) == {"type": "commands"}
    await bot.good("setChatMenuButton", chat_id=lin.id, menu_button={"type": "default"})
    assert await bot.good("getChatMenuButton", chat_id=lin.id) == {"type": "default"}
