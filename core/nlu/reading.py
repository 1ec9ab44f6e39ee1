"""What a model makes of a message, and the ports through which `understand` asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from core.turns import Act, Context

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SpanReading:
    """What a span of the message is for: probability by act (the rest of 1 is "no act"), polarity in [-1, 1]."""

    acts: Mapping[Act, float]
    polarity: float


@dataclass(frozen=True, slots=True)
class ActReading:
    """Calibrated probability of every act, one SpanReading a given span, and the nearest known sentences."""

    acts: Mapping[Act, float]
    spans: tuple[SpanReading, ...] = ()
    nearest: tuple[tuple[str, float], ...] = ()


class Encoder(Protocol):
    """Sentences to vectors. Unit length, centred; one call a turn for all texts."""

    dimension: int

    def encode(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        """(n, dimension) float32."""
        ...


class ActModel(Protocol):
    """Reads a normalised message. spans are code points of that text. Thread-safe, no state between calls."""

    def read(self, text: str, context: Context, spans: Sequence[tuple[int, int]]) -> ActReading: ...
