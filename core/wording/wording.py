"""Lines into sentences. Which way a line is said depends on a seed; nothing here decides what is said."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count, islice

from core.moves import Line
from core.state import Feedback
from core.turns import Lang
from core.wording import script
from core.wording.chinese import Chinese
from core.wording.english import English
from core.wording.facts import Facts, join
from core.wording.naming import Names, Title, Tongue
from core.wording.phrases import Phrase, phrases

COMBINATIONS = 48  # ways of a whole text that are tried before a tail is added
WITH_A_TAIL = 12  # of those, with each tail
_OPENING = re.compile(r"[^，。：；、,.:;]{1,12}(?=[，。：；、,.:;])")
LOWER = ("label.", "reading.")  # keys that are no sentences: no capital at their start


class Wording:
    """Says what the policy decided, in Chinese, English, or Chinese with English in it.

    title: the item behind an id, where Feedback is to be named; without it such items are called by a pronoun.
    """

    def __init__(self, names: Names, title: Title | None = None) -> None:
        self._phrases: Mapping[str, Phrase] = phrases()
        tongues: dict[Lang, Tongue] = {
            Lang.ZH: Chinese(names),
            Lang.EN: English(names),
            Lang.MIXED: Chinese(names, latin=True),
        }
        self._facts = {
            lang: Facts(lang, tongue, self._phrases, title or (lambda _: None)) for lang, tongue in tongues.items()
        }

    # ---- the door ----

    def say(
        self, lines: Sequence[Line], lang: Lang, seed: int, said: Collection[int], style: str | None = None,
        now: datetime | None = None, traditional: bool = False,
    ) -> str:  # fmt: skip
        """The text of a reply; never one whose hash stands in `said`. style `short`: without optional lines."""
        if style == "short":
            lines = [line for line in lines if not self._phrases[line.key].optional] or lines
        facts = self._of(lang, now)
        texts = (self._finished(text, lang, traditional) for text in self._texts(lines or (Line("ok"),), facts, seed))
        return next(text for text in texts if self.hash(text) not in said)

    def one(self, line: Line, lang: Lang, seed: int, traditional: bool = False, now: datetime | None = None) -> str:
        """One sentence: a card's reason, a button's label."""
        facts = self._of(lang, now)
        return self._finished(self._way(line, facts, _start(line, seed, self._size(line, facts))), lang, traditional)

    def join(self, sentences: Sequence[str], lang: Lang) -> str:
        """Sentences in a row: a blank between them in English, none in Chinese."""
        return join(tuple(sentences), lang)

    def label(self, feedback: Feedback, lang: Lang, title: Title | None = None, traditional: bool = False) -> str:
        """What a share is called on a card: 喜欢《星际穿越》, asked for comedy. No sentence."""
        facts = self._facts[lang] if title is None else replace(self._facts[lang], title=title)
        return self._finished(facts.told(feedback), lang, traditional)

    @staticmethod
    def hash(text: str) -> int:
        """Stable, 63 bits, so that SQLite can hold it."""
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1

    # ---- texts ----

    def _of(self, lang: Lang, now: datetime | None) -> Facts:
        return self._facts[lang] if now is None else replace(self._facts[lang], this_year=now.year)

    def _texts(self, lines: Sequence[Line], facts: Facts, seed: int) -> Iterator[str]:
        """Every way to say the lines, without end: their own variants, then with a tail, then counted.

        Ways in which two sentences open with the same word come after the others.
        """
        echoing = []
        for ways in self._combinations(lines, facts, seed):
            if _echo(ways):
                echoing.append(ways)
            else:
                yield self._laid_out(lines, ways, "", facts)
        for ways in echoing:
            yield self._laid_out(lines, ways, "", facts)
        tail = Line(next((own for line in lines if (own := self._phrases[line.key].tail) != "tail"), "tail"))
        first = _start(tail, seed, self._size(tail, facts))
        for place in range(self._size(tail, facts)):
            added = self._way(tail, facts, first + place)
            for ways in islice(self._combinations(lines, facts, seed + place), WITH_A_TAIL):
                yield self._laid_out(lines, ways, added, facts)
        plain = next(self._combinations(lines, facts, seed))
        for times in count(2):
            yield self._laid_out(lines, plain, self._way(Line("again_and_again", {"count": times}), facts, 0), facts)

    def _combinations(self, lines: Sequence[Line], facts: Facts, seed: int) -> Iterator[tuple[str, ...]]:
        """The lines' variants, as an odometer whose start hangs on the seed; at least one."""
        sizes = [self._size(line, facts) for line in lines]
        digits = [_start(line, seed, size) for line, size in zip(lines, sizes, strict=True)]
        for step in range(COMBINATIONS):
            places, rest = [], step
            for digit, size in zip(digits, sizes, strict=True):
                rest, moved = divmod(rest, size)
                places.append((digit + moved) % size)
            if rest:
                return
            yield tuple(self._way(line, facts, place) for line, place in zip(lines, places, strict=True))

    def _laid_out(self, lines: Sequence[Line], ways: Sequence[str], tail: str, facts: Facts) -> str:
        """Sentences in a row; a question, a list or a next step on a line of its own, a tail before it."""
        paragraphs: list[list[str]] = [[]]
        for line, way in zip(lines, ways, strict=True):
            if self._phrases[line.key].own_line or any("\n" in earlier for earlier in paragraphs[-1]):
                paragraphs.append([])
            paragraphs[-1].append(way)
        if tail and paragraphs[0] and "\n" in paragraphs[0][-1]:
            paragraphs.insert(1, [tail])
        elif tail:
            paragraphs[0].append(tail)
        return "\n".join(self.join(paragraph, facts.lang) for paragraph in paragraphs if paragraph)

    def _size(self, line: Line, facts: Facts) -> int:
        return len(self._phrases[line.key].ways(facts.book))

    def _way(self, line: Line, facts: Facts, place: int) -> str:
        ways = self._phrases[line.key].ways(facts.book)
        text = ways[place % len(ways)].render(facts.fill(line.facts), facts.nothing)
        capital = facts.lang is Lang.EN and not line.key.startswith(LOWER)
        return text[:1].upper() + text[1:] if capital else text

    @staticmethod
    def _finished(text: str, lang: Lang, traditional: bool) -> str:
        if lang is Lang.EN:
            return text
        text = script.spaced(text)
        return script.traditional(text) if traditional else text


def _echo(ways: Sequence[str]) -> bool:
    """Two of the sentences open alike: "好，……。好，……。" """
    openings = [_OPENING.match(way) for way in ways]
    words = [found[0] for found in openings if found]
    return len(set(words)) < len(words)


def _start(line: Line, seed: int, size: int) -> int:
    """Which variant comes first. The key takes part, so that the lines of a reply do not move in step."""
    digest = hashlib.blake2b(f"{seed} {line.key}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % size
