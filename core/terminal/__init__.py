"""The second adapter beside Telegram: `lines` for programs (JSON), `screen` for people."""

import itertools
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Protocol

from core.turns import Action, Lang


class Buttons(Protocol):
    """Writes an action as the data of a button, and reads it back."""

    def encode(self, action: Action) -> str: ...

    def decode(self, data: str) -> Action:
        """UnknownAction for data that is no button's."""


KEY_PREFIX = "terminal"


def turn_keys(last: int) -> Iterator[str]:
    """Keys that no turn had yet; last: the largest number used (`SqliteStore.last_number`)."""
    return (f"{KEY_PREFIX}:{n}" for n in itertools.count(last + 1))


@cache
def _phrases() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__name__).joinpath("phrases.toml").read_text(encoding="utf-8"))


def say(key: str, lang: Lang | None, **values: object) -> str:
    """The phrase in Chinese or English; in both where the language is not known yet."""
    phrase = _phrases()[key]
    match lang:
        case None:
            text = f"{phrase['zh']}\n{phrase['en']}"
        case Lang.EN:
            text = phrase["en"]
        case _:
            text = phrase["zh"]
    return text.format(**values)
