"""The adapter's sentences: `bot/phrases.toml` in Chinese or English, values escaped for Telegram's HTML."""

import tomllib
from functools import cache
from importlib import resources

from bot.markup import escape
from core.turns import Lang
from core.wording.script import traditional as in_traditional

Texts = str | list[str]


def say(key: str, lang: Lang, seed: int = 0, traditional: bool = False, **values: object) -> str:
    """The phrase of `section.name`; seed chooses among several. Chinese where both languages are mixed."""
    found = _texts(key, lang)
    text = found[seed % len(found)] if isinstance(found, list) else found
    if traditional and lang is not Lang.EN:
        text = _traditional(text)
    return text.format(**{name: escape(value) for name, value in values.items()})


def has(key: str) -> bool:
    section, _, name = key.partition(".")
    return name in phrases().get(section, {})


@cache
def phrases() -> dict[str, dict[str, dict[str, Texts]]]:
    """section -> name -> language -> text, or texts to choose among."""
    return tomllib.loads(resources.files("bot").joinpath("phrases.toml").read_text(encoding="utf-8"))


def _texts(key: str, lang: Lang) -> Texts:
    section, _, name = key.partition(".")
    return phrases()[section][name]["en" if lang is Lang.EN else "zh"]


@cache
def _traditional(text: str) -> str:
    return in_traditional(text)
