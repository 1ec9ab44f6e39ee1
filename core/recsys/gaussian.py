"""One person as a Gaussian over the item space, with the observations that made it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.linalg as sl

from core.recsys.arrays import Matrix, Rows, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """Evidence of any kind about a user vector z: y = x @ z + noise, noise ~ N(0, 1 / noise_precision).

    x: (l, d), y, noise_precision: (l,) independent lines: an item's choice and how it was judged, or one of a facet.
    y: the target less what the prior expects of it.
    row: the item that was told, None for a facet or a wish. It alone counts in n.
    direct: q, what it says to the items beside that row in the sparse part.
    own: what it adds to the told item's own score.
    members, memberships: (r,) sorted rows and weights that a facet or wish lifts directly; empty for an item.
    """

    x: Matrix
    y: Vector
    noise_precision: Vector
    row: int | None
    direct: float
    own: float
    members: Rows
    memberships: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """Posterior N(mean, precision^-1) over z given the observations, in the order they were told.

    precision, factor: (d, d) inverse covariance and its lower Cholesky factor. mean: (d,).
    told: n, the number of items among the observations.
    pushes: (k, d) kappa X'wy of each observation, so that mean = precision^-1 pushes.sum(0).
    """

    observations: tuple[Observation, ...]
    told: int
    precision: Matrix
    factor: Matrix
    mean: Vector
    pushes: Matrix

    def solve(self, right: Matrix) -> Matrix:
        """precision^-1 @ right: (d, r) -> (d, r)."""
        solved: Matrix = sl.cho_solve((self.factor, True), right, check_finite=False)
        return solved


def posterior(prior_precision: Vector, gain: float, observations: Sequence[Observation]) -> Belief:
    """The belief for a prior N(0, diag(1 / prior_precision)), rebuilt from nothing, in float64.

    Bishop (2006), eq. 3.50 and 3.51, with the shift multiplied by gain.
    """
    d = len(prior_precision)
    design = np.concatenate([np.zeros((0, d)), *(o.x for o in observations)])  # (all lines, d)
    weights = np.concatenate([np.zeros(0), *(o.noise_precision for o in observations)])
    targets = np.concatenate([np.zeros(0), *(o.y for o in observations)])
    first = np.cumsum([0, *(len(o.y) for o in observations)])[:-1]
    pushes = design * (gain * weights * targets)[:, None]
    pushes = np.add.reduceat(pushes, first) if len(first) else pushes  # lines -> (k, d)
    precision = (design.T * weights) @ design
    precision[np.diag_indices(d)] += prior_precision
    factor = np.tril(sl.cho_factor(precision, lower=True, check_finite=False)[0])
    mean: Vector = sl.cho_solve((factor, True), pushes.sum(0), check_finite=False)
    told = sum(o.row is not None for o in observations)
    return Belief(tuple(observations), told, precision, factor, mean, pushes)
