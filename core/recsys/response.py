"""How much a reaction says, and how that changes with the number of items told."""

from dataclasses import dataclass

import numpy as np

from core.recsys.arrays import Vector

GRADES = (-1.0, 0.0, 1.0)  # disliked, so-so, liked: where the triples below hold; linear between

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Response:
    """Smooth functions of a reaction's value and of n, the number of items told. Triples are for GRADES.

    Chosen on validation people of ML-100K and ml-latest-small (`benchmarks/`, front model).
    """

    target: Triple = (0.0, 1.3, 1.0)
    precision: Triple = (5.0, 24.0, 60.0)  # a so-so film still says what one watches
    direct: Triple = (-0.4, 0.3, 1.0)
    direct_scale: float = 0.8
    direct_power: float = 0.6
    silence_scale: float = 0.11
    silence_power: float = 1.3
    gain_scale: float = 0.17
    gain_power: float = 0.75
    appraisal: float = 0.25  # weight in a score of how the person judges, in reactions: see `appraisal`
    own_weight: float = 0.5  # of the told item on B's diagonal, in scores, times the value: see `factors`
    facet_gain: float = 2.5  # prior deviations that a plain "I like comedies" says: comedies in the top 50, .15 -> .45
    facet_direct: float = 0.03  # score of a member for each nat that being one says: what few have is found

    def targets(self, values: Vector) -> Vector:
        """(k,) what the reactions say of the score of their items."""
        return np.interp(values, GRADES, self.target)

    def noise_precisions(self, values: Vector) -> Vector:
        """(k,) 1 / variance of that."""
        return np.interp(values, GRADES, self.precision)

    def directs(self, values: Vector) -> Vector:
        """(k,) q: what the reactions say, item to item."""
        return np.interp(values, GRADES, self.direct)

    def omega(self, n: int) -> float:
        """Weight of the item-to-item part."""
        return float(self.direct_scale * n**self.direct_power)

    def silence(self, n: int) -> float:
        """Noise precision of one item that was not told, taken as a zero."""
        return float(self.silence_scale * n**self.silence_power)

    def gain(self, n: int) -> float:
        """kappa: factor on what the evidence says; the popularity offset weighs less as n grows."""
        return float(1 + self.gain_scale * n**self.gain_power)
