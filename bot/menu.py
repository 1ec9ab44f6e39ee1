"""The bot's menu at Telegram: commands by scope and language, descriptions, menu button. Set only where it differs."""

import asyncio
import json
import logging
import tomllib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bot.ports import Call, Store

_log = logging.getLogger(__name__)

DEFAULT, OTHERS = "en", ("zh",)  # whoever's client speaks none of OTHERS sees DEFAULT
PAUSES_S = (30.0, 120.0, 600.0, 3600.0)  # between tries; the last one again and again
REMEMBERED = "menu.admins"  # row of `settings`: chats that have an admin's menu


@dataclass(frozen=True, slots=True)
class Entry:
    """Something Telegram keeps for us: how it is asked for, what is wanted, and how it is set."""

    get: str
    set: str
    place: Mapping[str, object]  # parameters of both: scope, language_code
    wanted: Mapping[str, object]  # parameters of the setter
    part: str | None = None  # of the answer that is compared; None: all of it

    def stands(self, answer: object) -> bool:
        """True if what Telegram has is what is wanted."""
        found = answer.get(self.part) if self.part is not None and isinstance(answer, dict) else answer
        return _covers(found, next(iter(self.wanted.values())))


class Menu:
    """Brings Telegram's menu to what this version offers, again and again until all of it stands.

    Nothing here stops the bot: what fails is logged and tried later.
    """

    def __init__(self, call: Call, store: Store, admins: frozenset[int]) -> None:
        self._call, self._store, self._admins = call, store, admins

    async def keep(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Returns when everything stands; an admin who never wrote to the bot is asked for every hour."""
        tries = 0
        while await self.bring():
            await sleep(PAUSES_S[min(tries, len(PAUSES_S) - 1)])
            tries += 1

    async def bring(self) -> int:
        """One round; how many entries could not be set."""
        failed, reached = 0, set()
        for entry in entries():
            failed += not await self._bring(entry)
        for admin in sorted(self._admins):
            ours = [await self._bring(entry) for entry in admin_entries(admin)]
            failed += ours.count(False)
            if any(ours):
                reached.add(admin)
        failed += await self._take_away(reached)
        return failed

    async def _bring(self, entry: Entry) -> bool:
        try:
            if not entry.stands(await self._call(entry.get, entry.place)):
                await self._call(entry.set, {**entry.place, **entry.wanted})
                _log.info("menu: %s done", entry.set)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # no answer, a refusal, an unknown chat: the bot works without its menu
            _log.warning("menu: %s failed, tried again later: %s", entry.set, error)
            return False
        return True

    async def _take_away(self, reached: set[int]) -> int:
        """The admin's menu of those who are admins no longer."""
        try:
            rows = await self._store.read("SELECT value FROM settings WHERE name = ?", REMEMBERED)
            before = {int(chat) for chat in json.loads(str(rows[0][0]))} if rows else set()
            left, failed = set(before), 0
            for chat in sorted(before - self._admins):
                if await self._forget(chat):
                    left.discard(chat)
                else:
                    failed += 1
            if (now := left | reached) != before:
                statement = "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)"
                await self._store.write([(statement, (REMEMBERED, json.dumps(sorted(now))))])
        except Exception:  # the database's trouble is told elsewhere, too
            _log.warning("menu: which chats have an admin's menu is not known", exc_info=True)
            return 1
        return failed

    async def _forget(self, chat: int) -> bool:
        scope = {"type": "chat", "chat_id": chat}
        try:
            for language in ("", *OTHERS):
                await self._call("deleteMyCommands", {"scope": scope, "language_code": language})
        except Exception as error:
            _log.warning("menu: deleteMyCommands failed, tried again later: %s", error)
            return False
        return True


def entries() -> Iterator[Entry]:
    """Everything but the admins' own menus."""
    for code, lang in _languages():
        for scope, where in (("default", "private"), ("all_private_chats", "private"), ("all_group_chats", "group")):
            yield _commands({"type": scope}, code, lang, (where,))
        for name, method in (("description", "MyDescription"), ("short_description", "MyShortDescription")):
            wanted = {name: _book()[name][lang].strip()}
            yield Entry(f"get{method}", f"set{method}", {"language_code": code}, wanted, name)
    yield Entry("getChatMenuButton", "setChatMenuButton", {}, {"menu_button": {"type": "commands"}})


def admin_entries(chat_id: int) -> Iterator[Entry]:
    """The menu of one admin's private chat: what everybody has, and the admin's commands."""
    for code, lang in _languages():
        yield _commands({"type": "chat", "chat_id": chat_id}, code, lang, ("private", "admin"))


def commands(where: str) -> tuple[str, ...]:
    """Names of the commands of one place: `private`, `group` or `admin`."""
    return tuple(name for name, told in _book()["commands"].items() if where in told["where"])


def _commands(scope: Mapping[str, object], code: str, lang: str, where: tuple[str, ...]) -> Entry:
    wanted = [
        {"command": name, "description": told[lang]}
        for name, told in _book()["commands"].items()
        if set(where) & set(told["where"])
    ]
    return Entry("getMyCommands", "setMyCommands", {"scope": scope, "language_code": code}, {"commands": wanted})


def _languages() -> tuple[tuple[str, str], ...]:
    """(language_code, language): "" is Telegram's word for all others."""
    return (("", DEFAULT), *((lang, lang) for lang in OTHERS))


def _covers(found: object, wanted: object) -> bool:
    """True if nothing differs that is wanted; a newer Bot API tells more of a command than we set."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_covers(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(_covers, found, wanted))
    return found == wanted


@cache
def _book() -> dict[str, dict[str, Any]]:  # Any: texts, or a command's table
    return tomllib.loads(resources.files("bot").joinpath("menu.toml").read_text(encoding="utf-8"))
