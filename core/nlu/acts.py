"""What a message does: the adapted encoder's head, its nearest sentences, and characters, as one opinion."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from core.errors import ModelError
from core.nlu.bundle import ADAPTERS, Bundle
from core.nlu.encoder import E5Encoder, Tokens
from core.nlu.examples import screens_of, worded
from core.nlu.logistic import Array, Linear
from core.nlu.nearest import Nearest
from core.nlu.ngrams import Grams, message_grams, span_grams
from core.nlu.reading import ActReading, SpanReading
from core.nlu.utterances import Screen
from core.turns import Act, Context

SHOWN_NEAREST = 3
SPAN_SHARE = 0.4  # of the encoder in a span's reading; the rest is the characters'
MESSAGE_SHARE = 0.5  # weight of the message's acts, in log-probability, for what its spans are for
NONE_SHIFT = -1.5  # spans come from a linker and a lexicon: fewer are for nothing than where words are drawn by chance
POLARITIES = np.array([-1.0, 0.0, 1.0], dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What the model looked at.

    tokens: (t) of the message. attention: (t, t), the adapted last layer's mean over heads. occlusion: (t,), by how
    much the log-odds of `act` fall when the token is left out.
    """

    tokens: tuple[str, ...]
    attention: Array
    occlusion: Array
    act: Act


@dataclass(frozen=True, slots=True, eq=False)
class NgramActs:
    """ActModel of characters and words alone: for encoders that the adapters do not fit. threshold: see Mixture."""

    bundle: Bundle
    message: Grams
    spans: Grams

    @classmethod
    def load(cls, directory: Path = ADAPTERS) -> Self:
        """ModelError if the directory cannot be used."""
        return cls.of(Bundle.read(directory))

    @classmethod
    def of(cls, bundle: Bundle) -> Self:
        """Of a directory that is read already. ModelError if it cannot be used."""
        arrays = bundle.arrays("ngrams")
        try:
            return cls(bundle, Grams.of(arrays, "message"), Grams.of(arrays, "span"))
        except (KeyError, ValueError) as error:
            raise incomplete(bundle, error) from error

    @property
    def threshold(self) -> float:
        return self.bundle.mixtures["ngrams"].threshold

    def read(self, text: str, context: Context, spans: Sequence[tuple[int, int]]) -> ActReading:
        read = worded(text)
        return self.read_worded(read.text, Screen.of(context), [read.span(start, end) for start, end in spans])

    def read_worded(self, text: str, screen: Screen, spans: Sequence[tuple[int, int]]) -> ActReading:
        """The same for a text with emoji as words."""
        logits = self.message.logits([message_grams(text, screen)])
        acts = self.bundle.mixtures["ngrams"].probabilities({"ngrams": logits})[0]
        return reading(self.bundle.acts, acts, self.span_odds(text, screen, spans))

    def span_odds(self, text: str, screen: Screen, spans: Sequence[tuple[int, int]]) -> Array:
        """(k, acts + 1 + 3): log-probability of every act and of none, then of -1, 0 and 1."""
        logits = self.spans.logits([span_grams(text, start, end, screen) for start, end in spans])
        return log_shares(-np.logaddexp(0, -logits), len(self.bundle.acts) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class AdaptedActs:
    """ActModel of the encoder and its adapters: one pass a message. Thread-safe."""

    bundle: Bundle
    encoder: E5Encoder
    head: Linear
    span: Linear
    nearest: Nearest
    ngrams: NgramActs

    @classmethod
    def load(cls, encoder: E5Encoder, directory: Path = ADAPTERS) -> Self:
        """encoder: of `build_encoder`, loaded with the adapters of this directory. ModelError if they do not fit."""
        bundle = Bundle.read(directory)
        if encoder.source != bundle.source or not encoder.is_adapted:
            raise ModelError(directory, f"adapters of {bundle.source!r} beside an encoder of {encoder.source!r}")
        arrays = bundle.arrays("e5")
        try:
            head, span = Linear.of(arrays, "head"), Linear.of(arrays, "span")
            nearest = Nearest.of(arrays, "near", bundle.labels())
        except (KeyError, ValueError) as error:
            raise incomplete(bundle, error) from error
        return cls(bundle, encoder, head, span, nearest, NgramActs.of(bundle))

    @property
    def threshold(self) -> float:
        """Probability from which an act counts as said, from a split by voice."""
        return self.bundle.mixtures["e5"].threshold

    def read(self, text: str, context: Context, spans: Sequence[tuple[int, int]]) -> ActReading:
        read = worded(text)
        return self.read_worded(read.text, Screen.of(context), [read.span(start, end) for start, end in spans])

    def read_worded(self, text: str, screen: Screen, spans: Sequence[tuple[int, int]]) -> ActReading:
        """The same for a text with emoji as words."""
        tokens = self.encoder.tokens(text, "query", screen.words())
        states = self.encoder.adapted([tokens])
        voters, near = self.votes([text], [screen], states)
        odds = self._span_odds(text, screen, tokens, states[0], spans)
        acts = self.bundle.mixtures["e5"].probabilities(voters)[0]
        return reading(self.bundle.acts, acts, odds, shown(self.bundle, *near))

    def votes(
        self, texts: Sequence[str], screens: Sequence[Screen], states: Sequence[Array]
    ) -> tuple[dict[str, Array], tuple[Array, Array]]:
        """Every voter's logits (n, acts), and the nearest rows with their similarities. states: adapted, by text."""
        marks = screens_of(screens)
        pooled = np.stack([each.mean(axis=0) for each in states])
        rows, similar = self.nearest.find(self.head.standardised(pooled), marks)
        voters = {
            "head": self.head.logits(pooled, marks),
            "near": self.nearest.logits(rows, similar),
            "ngrams": self.ngrams.message.logits([message_grams(t, s) for t, s in zip(texts, screens, strict=True)]),
        }
        return voters, (rows[0], similar[0])

    def explain(self, text: str, context: Context, act: Act | None = None) -> Explanation:
        """Attention, and what each token does for `act` (the likeliest one by default). About 20 ms a token."""
        read, screen = worded(text), Screen.of(context)
        tokens = self.encoder.tokens(read.text, "query", screen.words())
        texts = [read.text, *(read.text[:a] + read.text[b:] for a, b in tokens.offsets)]
        states = self.encoder.adapted([self.encoder.tokens(each, "query", screen.words()) for each in texts])
        mixture = self.bundle.mixtures["e5"]
        odds = mixture.scale * mixture.mean(self.votes(texts, [screen] * len(texts), states)[0])  # (1 + t, acts)
        column = int(odds[0].argmax()) if act is None else self.bundle.acts.index(act)
        return Explanation(
            tuple(read.text[a:b] for a, b in tokens.offsets),
            self.encoder.attention(tokens),
            odds[0, column] - odds[1:, column],
            self.bundle.acts[column],
        )

    def _span_odds(
        self, text: str, screen: Screen, tokens: Tokens, states: Array, spans: Sequence[tuple[int, int]]
    ) -> Array:
        odds = self.ngrams.span_odds(text, screen, spans)
        if not len(spans):
            return odds
        logits = self.span.logits(span_vectors(tokens, states, spans), screens_of([screen] * len(spans)))
        return SPAN_SHARE * log_shares(logits, len(self.bundle.acts) + 1) + (1 - SPAN_SHARE) * odds


def span_vectors(tokens: Tokens, states: Array, spans: Sequence[tuple[int, int]]) -> Array:
    """(k, 2 d): mean of the span's tokens, beside the message's."""
    whole = states.mean(axis=0)
    ranges = [tokens.of(start, end) for start, end in spans]
    return np.stack([np.concatenate([states[a:b].mean(axis=0), whole]) for a, b in ranges])


def log_shares(logits: Array, classes: int) -> Array:
    """(k, n): log-softmax over the first `classes` columns, and over the rest."""
    parts = [logits[:, :classes], logits[:, classes:]]
    return np.concatenate([part - np.logaddexp.reduce(part, axis=1, keepdims=True) for part in parts], axis=1)


def reading(
    acts: tuple[Act, ...], probabilities: Array, odds: Array, nearest: tuple[tuple[str, float], ...] = ()
) -> ActReading:
    """probabilities: (acts,), odds: (k, acts + 1 + 3) as of `log_shares`."""
    belief = np.zeros(odds.shape[1], dtype=np.float32)
    belief[: len(acts)] = MESSAGE_SHARE * np.log(np.maximum(probabilities, 1e-4))
    belief[len(acts)] = NONE_SHIFT
    shares = np.exp(log_shares(odds + belief, len(acts) + 1))
    spans = tuple(
        SpanReading(
            {act: float(p) for act, p in zip(acts, row, strict=False)},
            float(row[len(acts) + 1 :] @ POLARITIES),
        )
        for row in shares
    )
    return ActReading({act: float(p) for act, p in zip(acts, probabilities, strict=True)}, spans, nearest)


def shown(bundle: Bundle, rows: Array, similar: Array) -> tuple[tuple[str, float], ...]:
    """The nearest sentences and their similarities, best first."""
    return tuple(
        (bundle.sentences[int(row)].text, float(value))
        for row, value in zip(rows[:SHOWN_NEAREST], similar[:SHOWN_NEAREST], strict=True)
    )


def incomplete(bundle: Bundle, error: Exception) -> ModelError:
    """For a directory of which a part is missing or does not fit the others."""
    return ModelError(bundle.directory, f"a part is missing: {error}; `jianyan train acts` makes it")
