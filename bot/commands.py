"""What a text or command asks for: something of core, or something that the adapter answers itself. Pure."""

from dataclasses import dataclass

from bot.deeplinks import items_of
from bot.inbound import Said
from core.catalog import Catalog
from core.turns import Action, Menu, More, Open, Undo

# commands that are a tap on a menu
MENUS = {
    "start": "start", "help": "help", "privacy": "privacy", "export": "export", "forget": "forget", "why": "why",
    "me": "profile", "list": "saved", "join": "join", "leave": "leave", "settle": "settle", "new": "picks",
}  # fmt: skip
LANGUAGES = {
    "zh": ("zh", "cn", "chinese", "中文", "汉语", "漢語"),
    "en": ("en", "english", "英文", "英语", "英語"),
    "auto": ("auto", "自动", "自動"),
}


@dataclass(frozen=True, slots=True)
class Shared:
    """A link to several items was followed."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings menu is asked for."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A command that there is not."""

    name: str


Meant = str | Action | Shared | Settings | Unknown


def meant(said: Said, catalog: Catalog) -> Meant:
    """Text or action for core, or what the adapter answers itself."""
    name, text = said.command, said.text
    if name is None:
        return text or Menu("help")
    if name == "start" and (items := items_of(text, catalog)):
        return Open(items[0], "info") if len(items) == 1 else Shared(items)
    if name in MENUS:
        return Menu(MENUS[name])
    if name == "more":
        return More()
    if name == "undo":
        return Undo()
    if name == "ask":
        return text or Menu("picks")
    if name == "language" and (code := next((c for c, words in LANGUAGES.items() if text.lower() in words), None)):
        return Menu(f"language:{code}")
    return Settings() if name in ("settings", "language") else Unknown(name)
