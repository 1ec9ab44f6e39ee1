"""The menu is what this version offers, per scope and language, set only where it differs."""

import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bot import menu
from bot.admin.door import COMMANDS
from bot.menu import Menu
from core.store import SqliteStore


class Telegram:
    """Keeps what is set, by method and place; refuses what it is told to."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], object] = {}
        self.calls: list[str] = []
        self.refuses: set[int] = set()
        self.down = 0

    async def __call__(self, method: str, parameters: Mapping[str, object]) -> object:
        self.calls.append(method)
        if self.down:
            self.down -= 1
            raise ConnectionError("no network")
        scope = parameters.get("scope")
        if isinstance(scope, dict) and scope.get("chat_id") in self.refuses:
            raise RuntimeError("Bad Request: chat not found")
        place = f"{scope} {parameters.get('language_code')}"
        match method:
            case "getMyCommands":
                kept = self.kept.get(("commands", place), [])
                assert isinstance(kept, list)
                return [{**command, "is_ephemeral": False} for command in kept]  # Bot API 10.3 tells more than we set
            case "setMyCommands":
                self.kept["commands", place] = parameters["commands"]
            case "deleteMyCommands":
                self.kept.pop(("commands", place), None)
            case "getMyDescription" | "getMyShortDescription":
                name = "short_description" if "Short" in method else "description"
                return {name: self.kept.get((name, place), "")}
            case "setMyDescription" | "setMyShortDescription":
                name = "short_description" if "Short" in method else "description"
                self.kept[name, place] = parameters[name]
            case "getChatMenuButton":
                return self.kept.get(("button", ""), {"type": "default"})
            case "setChatMenuButton":
                self.kept["button", ""] = parameters["menu_button"]
            case _:
                raise AssertionError(method)
        return True

    @property
    def set_calls(self) -> list[str]:
        return [call for call in self.calls if not call.startswith("get")]

    def names(self, scope: Mapping[str, object], language: str) -> list[str]:
        found = self.kept["commands", f"{dict(scope)} {language}"]
        assert isinstance(found, list)
        return [command["command"] for command in found]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    made = await SqliteStore.open(tmp_path / "jianyan.db")
    yield made
    await made.close()


async def test_everything_is_set_once_and_then_left_alone(store: SqliteStore) -> None:
    telegram = Telegram()
    assert await Menu(telegram, store, frozenset({7})).bring() == 0
    assert telegram.set_calls.count("setMyCommands") == 8  # three scopes and one admin, two languages
    assert telegram.set_calls.count("setMyDescription") == telegram.set_calls.count("setMyShortDescription") == 2
    assert telegram.set_calls.count("setChatMenuButton") == 1
    telegram.calls.clear()
    assert await Menu(telegram, store, frozenset({7})).bring() == 0
    assert telegram.set_calls == []


async def test_only_what_differs_is_set_again(store: SqliteStore) -> None:
    telegram = Telegram()
    await Menu(telegram, store, frozenset()).bring()
    telegram.kept["description", "None zh"] = "somebody else's"
    telegram.calls.clear()
    await Menu(telegram, store, frozenset()).bring()
    assert telegram.set_calls == ["setMyDescription"]


async def test_nobody_but_an_admin_is_shown_an_admins_command(store: SqliteStore) -> None:
    telegram = Telegram()
    await Menu(telegram, store, frozenset({7})).bring()
    own = telegram.names({"type": "chat", "chat_id": 7}, "zh")
    assert set(COMMANDS) <= set(own)
    assert "start" in own
    for (what, place), kept in telegram.kept.items():
        if what == "commands" and "'chat'" not in place:
            assert isinstance(kept, list)
            assert not {command["command"] for command in kept} & set(COMMANDS)


async def test_groups_have_ask_and_private_chats_have_start(store: SqliteStore) -> None:
    telegram = Telegram()
    await Menu(telegram, store, frozenset()).bring()
    assert "ask" in telegram.names({"type": "all_group_chats"}, "")
    assert "start" not in telegram.names({"type": "all_group_chats"}, "")
    assert telegram.names({"type": "default"}, "") == telegram.names({"type": "all_private_chats"}, "zh")


async def test_what_fails_is_tried_again_later_and_stops_nothing(store: SqliteStore) -> None:
    telegram, pauses = Telegram(), []
    telegram.refuses, telegram.down = {8}, 3

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            telegram.refuses.clear()  # the admin has written to the bot at last

    await Menu(telegram, store, frozenset({7, 8})).keep(sleep)
    assert pauses == [30.0, 120.0, 600.0, 3600.0, 3600.0]
    assert telegram.names({"type": "chat", "chat_id": 7}, "") == telegram.names({"type": "chat", "chat_id": 8}, "")


async def test_who_is_no_admin_any_more_loses_the_menu(store: SqliteStore) -> None:
    telegram = Telegram()
    await Menu(telegram, store, frozenset({7, 8})).bring()
    telegram.refuses = {8}
    assert await Menu(telegram, store, frozenset({7})).bring() == 1
    telegram.refuses = set()
    assert await Menu(telegram, store, frozenset({7})).bring() == 0
    assert ("commands", "{'type': 'chat', 'chat_id': 8} zh") not in telegram.kept
    telegram.calls.clear()
    await Menu(telegram, store, frozenset({7})).bring()
    assert telegram.set_calls == []


def test_texts_are_within_telegrams_limits_in_both_languages() -> None:
    for entry in (*menu.entries(), *menu.admin_entries(7)):
        match entry.wanted:
            case {"commands": commands}:
                assert isinstance(commands, list)
                assert 1 <= len(commands) <= 100
                for command in commands:
                    assert re.fullmatch("[a-z0-9_]{1,32}", command["command"])
                    assert 1 <= len(command["description"]) <= 256
            case {"description": str(text)}:
                assert 0 < len(text) <= 512
            case {"short_description": str(text)}:
                assert 0 < len(text) <= 120
    assert set(menu.commands("admin")) == set(COMMANDS)
