"""Words of an explanation, and pictures of letters for a terminal."""

import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from core.turns import Lang

NARROWEST_BAR = 4  # cells


@cache
def _phrases() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("core.explain").joinpath("phrases.toml").read_text(encoding="utf-8"))


def say(key: str, lang: Lang, **values: object) -> str:
    """The phrase in Chinese (also where both are mixed) or English."""
    return _phrases()[key]["en" if lang is Lang.EN else "zh"].format(**values)


def cells(text: str) -> int:
    """Width on a terminal: a wide letter takes two cells, a combining one none."""
    return sum(_width(letter) for letter in text)


def fitted(text: str, width: int) -> str:
    """The text in exactly `width` cells: cut with … or filled with blanks."""
    if cells(text) > width:
        kept = ""
        for letter in text:
            if cells(kept + letter) > width - 1:
                break
            kept += letter
        text = kept + "…"
    return text + " " * (width - cells(text))


def bars(rows: Sequence[tuple[str, float]], width: int) -> list[str]:
    """A line a row: label, bar to the left of the axis for a negative value and to the right for others, value."""
    if not rows:
        return []
    room = min(width // 3, max(cells(label) for label, _ in rows))
    both = any(value < 0 for _, value in rows)
    half = max(NARROWEST_BAR, (width - room - 12) // (2 if both else 1))
    largest = max(1e-9, *(abs(value) for _, value in rows))
    drawn = []
    for label, value in rows:
        length = round(abs(value) / largest * half)
        left = ("█" * length if value < 0 else "").rjust(half) if both else ""
        right = ("█" * length if value >= 0 else "").ljust(half)
        drawn.append(f"  {fitted(label, room)} {left}|{right} {value:+.2f}")
    return drawn


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
