"""The admin's sentences: `bot/admin/phrases.toml`, in Chinese or English, values escaped for Telegram's HTML."""

import tomllib
from functools import cache
from importlib import resources

from bot.markup import escape
from core.turns import Lang


@cache
def phrases() -> dict[str, dict[str, str]]:
    """The two texts of every key."""
    return tomllib.loads(resources.files("bot.admin").joinpath("phrases.toml").read_text(encoding="utf-8"))


def say(key: str, lang: Lang, **values: object) -> str:
    """The phrase with its values, escaped; Chinese where both languages are mixed."""
    escaped = {name: escape(value) for name, value in values.items()}
    return phrases()[key]["en" if lang is Lang.EN else "zh"].strip().format(**escaped)


def span(seconds: float, lang: Lang) -> str:
    """A time for people: 12 minutes, 3 hours, 4 days."""
    unit, of = next(((u, s) for u, s in (("days", 86400), ("hours", 3600)) if seconds >= 2 * s), ("minutes", 60))
    return say(f"span.{unit}", lang, count=round(seconds / of))


def size(count: float) -> str:
    """Bytes for people: 3.2 MB."""
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"
