"""A linear model for many labels at once: what it is at run time, and its fit by L-BFGS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """logits = standardised(vectors) @ weight[:d] + screen @ weight[d:] + bias.

    mean, deviation: (d,), of vectors it was fitted on: sentence vectors lie in a narrow cone. weight: (d + s, labels).
    """

    mean: Array
    deviation: Array
    weight: Array
    bias: Array

    def standardised(self, vectors: Array) -> Array:
        """(..., d) -> (..., d)."""
        return np.asarray((vectors - self.mean) / self.deviation, dtype=np.float32)

    def logits(self, vectors: Array, screens: Array) -> Array:
        """(n, d), (n, s) -> (n, labels)."""
        rows = np.concatenate([self.standardised(vectors), screens], axis=1)
        return np.asarray(rows @ self.weight + self.bias, dtype=np.float32)

    def arrays(self, name: str) -> dict[str, npt.NDArray[np.generic]]:
        """For a file, float16 where it is large."""
        return {
            f"{name}.mean": self.mean,
            f"{name}.deviation": self.deviation,
            f"{name}.weight": self.weight.astype(np.float16),
            f"{name}.bias": self.bias,
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[np.generic]], name: str) -> Self:
        """Back from `arrays`; KeyError if a part is missing."""
        mean, deviation, weight, bias = (
            arrays[f"{name}.{part}"].astype(np.float32) for part in ("mean", "deviation", "weight", "bias")
        )
        return cls(mean, deviation, weight, bias)


def positive_weights(labels: Array) -> Array:
    """(labels,) sqrt(negatives / positives), at most 8: rare labels count more, but do not rule."""
    positives = labels.sum(axis=0)
    weights = np.minimum(np.sqrt((len(labels) - positives) / np.maximum(positives, 1)), 8)
    return np.asarray(weights, dtype=np.float32)


def fit_linear(vectors: Array, screens: Array, labels: Array, l2: float, rounds: int) -> Linear:
    """Logistic fit of (n, labels) 0/1 on (n, d) vectors and (n, s) screens, positives weighted."""
    mean, deviation = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
    rows = np.concatenate([(vectors - mean) / deviation, screens], axis=1)
    weight, bias = fit_logistic(rows, labels, l2, rounds)
    return Linear(mean, deviation, weight, bias)


def fit_logistic(rows: Any, labels: Array, l2: float, rounds: int) -> tuple[Array, Array]:
    """weight (f, labels) and bias (labels,) for dense or scipy-sparse rows (n, f).

    Minimises the mean over sentences of the weighted cross-entropy summed over labels, plus l2 / 2 |weight|^2.
    """
    from scipy.optimize import minimize

    n, features = rows.shape
    count = labels.shape[1]
    heavier = 1 + labels * (positive_weights(labels) - 1)  # (n, labels)
    transposed = rows.T.tocsr() if hasattr(rows, "tocsr") else rows.T

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weight, bias = flat[:-count].reshape(features, count).astype(np.float32), flat[-count:].astype(np.float32)
        z = rows @ weight + bias  # (n, labels)
        cost = heavier * (np.maximum(z, 0) - z * labels + np.log1p(np.exp(-np.abs(z))))
        residual = heavier * (1 / (1 + np.exp(-z)) - labels) / n
        gradient = np.concatenate([(transposed @ residual + l2 * weight).ravel(), residual.sum(axis=0)])
        return float(cost.sum() / n + l2 / 2 * np.vdot(weight, weight)), gradient.astype(np.float64)

    start = np.concatenate([np.zeros(features * count), np.full(count, -3.0)])  # most labels are absent from a sentence
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 6}).x
    return flat[:-count].reshape(features, count).astype(np.float32), flat[-count:].astype(np.float32)
