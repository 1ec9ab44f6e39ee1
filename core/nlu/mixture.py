"""Several opinions on a message made into one probability an act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from core.nlu.logistic import Array


@dataclass(frozen=True, slots=True)
class Mixture:
    """probability = sigmoid(scale * mean of the voters' logits + shift), fitted on voices no voter had heard.

    weights: of the voters, by name, adding up to 1. threshold: the probability from which an act counts as said.
    """

    weights: Mapping[str, float]
    scale: float = 1.0
    shift: float = 0.0
    threshold: float = 0.5

    def probabilities(self, logits: Mapping[str, Array]) -> Array:
        """(n, acts) from the voters' (n, acts)."""
        return sigmoid(self.scale * self.mean(logits) + self.shift)

    def mean(self, logits: Mapping[str, Array]) -> Array:
        """(n, acts), before calibration."""
        return np.asarray(sum(weight * logits[name] for name, weight in self.weights.items()), dtype=np.float32)

    def to_json(self) -> dict[str, Any]:
        """For a file."""
        return {
            "weights": dict(self.weights),
            "scale": self.scale,
            "shift": self.shift,
            "threshold": self.threshold,
        }

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Back from `to_json`."""
        return cls(dict(row["weights"]), float(row["scale"]), float(row["shift"]), float(row["threshold"]))


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(z / 2)), dtype=np.float32)


def fit_mixture(logits: Mapping[str, Array], labels: Array, candidates: Sequence[Mapping[str, float]]) -> Mixture:
    """The candidate with the least cross-entropy after Platt's scaling, with the threshold of the best micro F1.

    A rare act is not calibrated by itself: one scale and shift serve all. Platt (1999).
    """
    best: tuple[float, Mixture] | None = None
    for weights in candidates:
        mixture = Mixture(weights)
        scale, shift, cost = _platt(mixture.mean(logits), labels)
        if best is None or cost < best[0]:
            best = cost, Mixture(weights, scale, shift)
    if best is None:
        raise ValueError("no candidates")
    mixture = best[1]
    probabilities = mixture.probabilities(logits)
    grid = np.arange(0.2, 0.71, 0.02)
    threshold = max(grid, key=lambda at: _micro(probabilities >= at, labels))
    return Mixture(mixture.weights, mixture.scale, mixture.shift, round(float(threshold), 2))


def _platt(z: Array, labels: Array) -> tuple[float, float, float]:
    from scipy.optimize import minimize

    def cost(parameters: Any) -> float:  # Any: scipy hands over an array
        y = parameters[0] * z + parameters[1]
        return float(np.mean(np.logaddexp(0, y) - labels * y))

    found = minimize(cost, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-8})
    return float(found.x[0]), float(found.x[1]), float(found.fun)


def _micro(said: Any, labels: Array) -> float:  # Any: an array of truth values
    right = float((said * labels).sum())
    return 2 * right / max(float(said.sum() + labels.sum()), 1.0)
