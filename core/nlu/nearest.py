"""Acts from the nearest known sentences: nothing is fitted, and the answer can be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from core.nlu.logistic import Array

NEIGHBOURS = 5
SHARPNESS = 0.06  # of the softmax over similarities
SCREEN_WEIGHT = 0.3
_DOUBT = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Known sentences. rows: (n, d + s) of unit length, vector beside weighted screen. labels: (n, acts) 0/1."""

    rows: Array
    labels: Array

    @classmethod
    def build(cls, vectors: Array, screens: Array, labels: Array) -> Self:
        """vectors: (n, d) of any length, screens: (n, s)."""
        return cls(_beside(vectors, screens), labels)

    def find(self, vectors: Array, screens: Array) -> tuple[npt.NDArray[np.int64], Array]:
        """Rows of the nearest sentences, best first, and their similarity: (m, NEIGHBOURS) each."""
        similar = _beside(vectors, screens) @ self.rows.T  # (m, n)
        near = min(NEIGHBOURS, similar.shape[1])
        some = np.argpartition(-similar, near - 1, axis=1)[:, :near]
        order = np.argsort(-np.take_along_axis(similar, some, axis=1), axis=1, kind="stable")
        best = np.take_along_axis(some, order, axis=1)
        return best, np.take_along_axis(similar, best, axis=1)

    def logits(self, rows: npt.NDArray[np.int64], similar: Array) -> Array:
        """(m, acts) from what `find` gave."""
        weights = np.exp((similar - similar[:, :1]) / SHARPNESS)
        weights /= weights.sum(axis=1, keepdims=True)
        votes = np.einsum("mk,mka->ma", weights, self.labels[rows])
        return np.asarray(np.log((votes + _DOUBT) / (1 - votes + _DOUBT)), dtype=np.float32)

    def arrays(self, name: str) -> dict[str, npt.NDArray[np.generic]]:
        """For a file: a byte a number, which moves a similarity by less than 0.005."""
        scale = np.abs(self.rows).max(axis=1, keepdims=True) / 127
        return {
            f"{name}.rows": np.rint(self.rows / scale).astype(np.int8),
            f"{name}.scale": scale.astype(np.float32),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]], name: str, labels: Array) -> Self:
        """Back from `arrays`; KeyError if a part is missing, ValueError if there are not as many labels."""
        rows = arrays[f"{name}.rows"].astype(np.float32) * arrays[f"{name}.scale"]
        if len(rows) != len(labels):
            raise ValueError(f"{len(rows)} vectors for {len(labels)} sentences")
        return cls(rows, labels)


def _beside(vectors: Array, screens: Array) -> Array:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = np.concatenate([vectors / np.maximum(length, 1e-9), SCREEN_WEIGHT * screens], axis=1)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)
