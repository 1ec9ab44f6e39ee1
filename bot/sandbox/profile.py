"""What a bot says of itself: commands, names, descriptions and menu button, by scope and language."""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from bot.sandbox.schema import Refusal, Values
from bot.sandbox.world import Json, World

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"[a-z]{2}")
COMMANDS = 100
LONGEST = {"name": 64, "description": 512, "short_description": 120}
_FIELDS = {"MyName": "name", "MyDescription": "description", "MyShortDescription": "short_description"}
_DEFAULT: Json = {"type": "default"}


class Profile:
    """set…, get… and delete… of these; kept in `world.settings`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.methods: dict[str, Callable[[Values], Any]] = {
            "setMyCommands": self._set_commands,
            "getMyCommands": self._commands,
            "deleteMyCommands": self._delete_commands,
            "setChatMenuButton": self._set_button,
            "getChatMenuButton": self._button,
        }
        for what, name in _FIELDS.items():
            self.methods[f"set{what}"] = partial(self._set, what, name)
            self.methods[f"get{what}"] = partial(self._get, what, name)

    def _set_commands(self, values: Values) -> bool:
        if len(values["commands"]) > COMMANDS:
            raise Refusal("Bad Request: BOT_COMMANDS_TOO_MUCH", breach=True)
        for one in values["commands"]:
            if not COMMAND.fullmatch(one["command"]):
                raise Refusal("Bad Request: BOT_COMMAND_INVALID", breach=True)
            if not 1 <= len(one["description"]) <= 256:
                raise Refusal("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID", breach=True)
        return self._keep(self._key("MyCommands", self._scope(values), values), values["commands"])

    def _commands(self, values: Values) -> list[Json]:
        found: list[Json] = self._world.settings.get(self._key("MyCommands", self._scope(values), values), [])
        return found

    def _delete_commands(self, values: Values) -> bool:
        return self._keep(self._key("MyCommands", self._scope(values), values), [])

    def _set_button(self, values: Values) -> bool:
        return self._keep(key("ChatMenuButton", self._private(values)), values.get("menu_button", _DEFAULT))

    def _button(self, values: Values) -> Json:
        place = self._private(values)
        return button(self._world, place.get("chat_id"))

    def _set(self, what: str, name: str, values: Values) -> bool:
        text = values.get(name, "")
        if len(text) > LONGEST[name]:
            raise Refusal(f"Bad Request: {name.replace('_', ' ')} is too long", breach=True)
        return self._keep(self._key(what, _DEFAULT, values), text)

    def _get(self, what: str, name: str, values: Values) -> Json:
        found = self._world.settings.get(self._key(what, _DEFAULT, values), "")
        return {name: found or (self._world.bot["first_name"] if name == "name" else "")}

    def _scope(self, values: Values) -> Json:
        scope: Json = values.get("scope", _DEFAULT)
        if "chat_id" not in scope:
            return scope
        chat = self._world.chat(chat_id(scope["chat_id"]))
        if scope["type"] != "chat" and chat.type == "private":
            raise Refusal("Bad Request: can't use the scope in private chats", breach=True)
        if "user_id" in scope and scope["user_id"] not in chat.members:
            raise Refusal("Bad Request: PARTICIPANT_ID_INVALID")
        return {**scope, "chat_id": chat.id}

    def _private(self, values: Values) -> Json:
        if "chat_id" not in values:
            return _DEFAULT
        if self._world.chat(values["chat_id"]).type != "private":
            raise Refusal("Bad Request: chat_id must be of a private chat", breach=True)
        return {"type": "chat", "chat_id": values["chat_id"]}

    def _key(self, what: str, scope: Mapping[str, Any], values: Values) -> str:
        language = values.get("language_code", "")
        if language and not LANGUAGE.fullmatch(language):
            raise Refusal("Bad Request: invalid language code specified", breach=True)
        return key(what, scope, language)

    def _keep(self, name: str, value: Any) -> bool:  # Any: JSON
        self._world.settings[name] = value
        self._world.tell("commands")
        return True


def key(what: str, scope: Mapping[str, Any], language: str = "") -> str:
    """The name under which `world.settings` keeps it."""
    return f"{what}:{json.dumps(scope, sort_keys=True)}:{language}"


def menu(world: World, person: int, chat: int) -> list[Json]:
    """The commands as Telegram resolves them: the narrowest scope, and there the person's language before none."""
    place = world.chats[chat]
    language = str(world.people[person].get("language_code", ""))[:2]
    scopes: list[Json] = [{"type": "chat", "chat_id": chat}]
    if place.type == "private":
        scopes.append({"type": "all_private_chats"})
    else:
        scopes = [{"type": "chat_member", "chat_id": chat, "user_id": person}, *scopes, {"type": "all_group_chats"}]
    for scope in (*scopes, _DEFAULT):
        for code in (language, ""):
            if found := world.settings.get(key("MyCommands", scope, code)):
                return list(found)
    return []


def button(world: World, chat: int | None) -> Json:
    """A private chat's menu button, or that of all."""
    everywhere: Json = world.settings.get(key("ChatMenuButton", _DEFAULT), _DEFAULT)
    if chat is None:
        return everywhere
    own: Json = world.settings.get(key("ChatMenuButton", {"type": "chat", "chat_id": chat}), everywhere)
    return own


def told(world: World, language: str) -> Json:
    """Description and short description, as a person with this language sees them."""
    return {
        name: world.settings.get(key(what, _DEFAULT, language)) or world.settings.get(key(what, _DEFAULT), "")
        for what, name in _FIELDS.items()
        if name != "name"
    }


def chat_id(value: object) -> int:
    """A chat's number; names of public chats are not played."""
    try:
        return int(str(value))
    except ValueError:
        raise Refusal("Bad Request: chat not found") from None
