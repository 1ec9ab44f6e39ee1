"""From a score to a probability: "liked, given that they rated it"."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import expit

from core.recsys.arrays import Vector


@dataclass(frozen=True, slots=True)
class Calibration:
    """logit = slope(n) * score + shift(n), with slope > 0; n is the number of items told.

    slope(n) = exp(log_slope + log_slope_growth * log(1 + n)), shift(n) = shift_start + shift_growth * log(1 + n).
    """

    log_slope: float
    log_slope_growth: float
    shift_start: float
    shift_growth: float

    def slope(self, n: int) -> float:
        """a_n."""
        return float(np.exp(self.log_slope + self.log_slope_growth * np.log1p(n)))

    def shift(self, n: int) -> float:
        """c_n."""
        return float(self.shift_start + self.shift_growth * np.log1p(n))

    @classmethod
    def fitted(cls, scores: Vector, told: Vector, liked: Vector, start: "Calibration") -> Self:
        """Maximum likelihood on held-out ratings, with a weak pull to `start` (worth a few ratings).

        scores, told, liked: (k,) score of a held-out item, n when it was scored, 1 where it was liked and 0 where not.
        """
        from scipy.optimize import minimize  # slow to import, and a chat fits nothing

        level = np.log1p(told)
        origin = np.array([start.log_slope, start.log_slope_growth, start.shift_start, start.shift_growth])
        basis = np.stack([np.ones_like(level), level])  # (2, k)

        def loss(at: Vector) -> tuple[float, Vector]:
            stretched = np.exp(np.minimum(at[:2] @ basis, 20.0)) * scores
            logits = stretched + at[2:] @ basis
            error = expit(logits) - liked
            value = np.logaddexp(0, logits).sum() - liked @ logits + 0.5 * ((at - origin) ** 2).sum()
            slope = np.concatenate([basis @ (error * stretched), basis @ error]) + at - origin
            return float(value), slope

        found = minimize(loss, origin, jac=True, method="L-BFGS-B").x
        return cls(*(float(x) for x in found))


USUAL = Calibration(1.9, -0.5, -0.4, -0.1)  # about what ml-latest-small gives; where the fit starts
