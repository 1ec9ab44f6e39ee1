"""Finding known phrases in a text: by units (a Chinese character, a Latin word, a number), never inside a word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
# An apostrophe inside a word belongs to it; "&" is a word.
_UNIT = re.compile(r"[0-9]+|[^\W\d_一-鿿㐀-䶿]+(?:'[^\W\d_一-鿿㐀-䶿]+)*|[一-鿿㐀-䶿]|&|[^\W_]")
_HARD = re.compile(r"[。！？；;!?\n，,:：/《》“”\"()（）]|\.\s")
LATIN = re.compile(r"[^\W_一-鿿㐀-䶿぀-ヿ]")


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, number or Chinese character of the folded text."""

    text: str
    start: int
    end: int
    wide: bool


def units(folded: str) -> tuple[Unit, ...]:
    """Units of a folded text, in order."""
    found = []
    for match in _UNIT.finditer(folded):
        word = match.group()
        wide = not LATIN.match(word) and word != "&"
        found.append(Unit("and" if word == "&" else word.replace("'", ""), match.start(), match.end(), wide))
    return tuple(found)


def key(parts: tuple[Unit, ...]) -> str:
    """One key for all spellings of a phrase: marks gone, a space only between two words that need it."""
    out: list[str] = []
    for i, unit in enumerate(parts):
        if i and not unit.wide and not parts[i - 1].wide:
            out.append(" ")
        out.append(unit.text)
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """Code points [start, end) of the text hold a known phrase."""

    start: int
    end: int
    first: int
    last: int
    key: str
    values: tuple[T, ...]


class PhraseIndex(Generic[T]):
    """Phrases with what they mean. Built once, then only read."""

    def __init__(self) -> None:
        self._values: dict[str, list[T]] = {}
        self._longest: dict[str, int] = {}
        self._marked: set[str] = set()

    def add(self, folded: str, value: T) -> str:
        """Key under which `value` now stands; "" where the phrase has no units."""
        parts = units(folded)
        if not parts:
            return ""
        phrase = key(parts)
        values = self._values.setdefault(phrase, [])
        if value not in values:
            values.append(value)
        first = parts[0].text
        self._longest[first] = max(self._longest.get(first, 0), len(parts))
        if _HARD.search(folded):
            self._marked.add(phrase)
        return phrase

    def __contains__(self, phrase: str) -> bool:
        return phrase in self._values

    def get(self, phrase: str) -> tuple[T, ...]:
        return tuple(self._values.get(phrase, ()))

    def phrases(self) -> Iterator[str]:
        """Every key, in the order they were added."""
        return iter(self._values)

    def find(self, folded: str, parts: tuple[Unit, ...]) -> list[Match[T]]:
        """Every phrase at every place, longest first at each; nothing inside a Latin word, and none across marks."""
        found: list[Match[T]] = []
        for i, unit in enumerate(parts):
            limit = self._longest.get(unit.text)
            if not limit:
                continue
            here: list[Match[T]] = []
            phrase, hard = "", False
            for j in range(i, min(len(parts), i + limit)):
                if j > i:
                    gap = folded[parts[j - 1].end : parts[j].start]
                    hard = hard or bool(gap and _HARD.search(gap))
                    if len(gap) > 3:
                        break
                    if not parts[j].wide and not parts[j - 1].wide:
                        phrase += " "
                phrase += parts[j].text
                values = self._values.get(phrase)
                if values and (not hard or phrase in self._marked):
                    here.append(Match(unit.start, parts[j].end, i, j + 1, phrase, tuple(values)))
            found.extend(reversed(here))
        return found
