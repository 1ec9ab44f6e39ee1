"""The adapter's sentences: `bot/phrases.toml` in Chinese or English, values escaped for Telegram's HTML."""

import tomllib
from functools import cache
from importlib import resources

from bot.markup import escape
from core.turns import Lang


def say(key: str, lang: Lang, seed: int = 0, **values: object) -> str:
    """The phrase of `section.name`; seed chooses among several. Chinese where both languages are mixed."""
    section, _, name = key.partition(".")
    found = _book()[section][name]["en" if lang is Lang.EN else "zh"]
    text = found[seed % len(found)] if isinstance(found, list) else found
    return text.format(**{name: escape(value) for name, value in values.items()})


def has(key: str) -> bool:
    section, _, name = key.partition(".")
    return name in _book().get(section, {})


@cache
def _book() -> dict[str, dict[str, dict[str, str | list[str]]]]:
    return tomllib.loads(resources.files("bot").joinpath("phrases.toml").read_text(encoding="utf-8"))
