"""Labelled sentences as the models read them: one spelling, emoji as words, spans carried over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from core.nlu.logistic import Array
from core.nlu.normalise import normalise
from core.nlu.utterances import Screen, Utterance
from core.turns import Act

ACTS = tuple(Act)
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Worded:
    """A text with emoji as words. places: where each code point of the text went, and the end; (n + 1,)."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """A span of the text, in this one."""
        return self.places[min(start, len(self.places) - 1)], self.places[min(end, len(self.places) - 1)]


@dataclass(frozen=True, slots=True)
class SpanLabel:
    """What a span is for; a span may carry two acts."""

    acts: tuple[Act, ...]
    polarity: int | None


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence to learn from. said: as written. spans: code points of `text`. bare: labelled without context."""

    said: str
    text: str
    screen: Screen
    acts: frozenset[Act]
    spans: Mapping[Span, SpanLabel]
    bare: bool


def worded(text: str) -> Worded:
    """Emoji as words; a text without any comes back as it is."""
    if text.isascii():
        return Worded(text, tuple(range(len(text) + 1)))
    pieces, places, at = [], [], 0
    for char in text:
        word = char if ord(char) < 0x2600 else _word(char)
        pieces.append(word)
        places.append(at)
        at += len(word)
    return Worded("".join(pieces), (*places, at))


def example_of(utterance: Utterance) -> Example:
    """The sentence as a model reads it at run time."""
    plain = normalise(utterance.text)
    read = worded(plain.text)
    found: dict[Span, SpanLabel] = {}
    for span in utterance.spans:
        sources = zip(plain.starts, plain.ends, strict=True)
        inside = [i for i, (start, end) in enumerate(sources) if start < span.end and span.start < end]
        if not inside:
            continue  # nothing of it is left in one spelling
        place = read.span(inside[0], inside[-1] + 1)
        before = found.get(place, SpanLabel((), span.polarity))
        found[place] = SpanLabel((*before.acts, span.act), before.polarity)
    return Example(utterance.text, read.text, utterance.screen, utterance.acts, found, utterance.screen == Screen())


def varied(example: Example, rng: np.random.Generator) -> Example:
    """The same with another screen, now and then: else "nothing is shown" becomes a mark of requests and greetings.

    A sentence labelled without context gets a random one in 60 % of cases, 30 % of the others lose or change theirs;
    what was asked for is never touched, for it decides what an answer is.
    """
    shown, focus = bool(rng.random() < 0.7), bool(rng.random() < 0.4)
    if example.bare:
        return replace(example, screen=Screen(None, shown, shown and focus)) if rng.random() < 0.6 else example
    if rng.random() < 0.3:
        return replace(example, screen=Screen(example.screen.expecting, shown, shown and focus))
    return example


def labels_of(examples: Sequence[Example]) -> Array:
    """(n, acts) 0/1."""
    return np.array([[act in example.acts for act in ACTS] for example in examples], dtype=np.float32)


def screens_of(screens: Sequence[Screen]) -> Array:
    """(n, SCREEN_FEATURES)."""
    return np.array([screen.features() for screen in screens], dtype=np.float32)


@cache
def _word(char: str) -> str:
    return normalise(char).for_model() or char
