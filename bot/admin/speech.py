"""The admin's sentences: `bot/admin/phrases.toml`, in Chinese or English, values escaped for Telegram's HTML."""

import html
import tomllib
from functools import cache
from importlib import resources

from core.turns import Lang

LONGEST = 4096  # UTF-16 units of a message, after its entities are taken out


@cache
def phrases() -> dict[str, dict[str, str]]:
    """The two texts of every key."""
    return tomllib.loads(resources.files("bot.admin").joinpath("phrases.toml").read_text(encoding="utf-8"))


def say(key: str, lang: Lang, **values: object) -> str:
    """The phrase with its values, escaped; Chinese where both languages are mixed."""
    escaped = {name: html.escape(str(value), quote=False) for name, value in values.items()}
    return phrases()[key]["en" if lang is Lang.EN else "zh"].strip().format(**escaped)


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, limit: int = LONGEST) -> str:
    """Plain text of at most `limit` UTF-16 units, with … where something is missing."""
    if units(text) <= limit:
        return text
    return text.encode("utf-16-le")[: (limit - 1) * 2].decode("utf-16-le", errors="ignore") + "…"


def size(count: float) -> str:
    """Bytes for people: 3.2 MB."""
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"
