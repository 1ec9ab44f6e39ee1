"""How people judge what they took up: the part of a reaction that having chosen the item does not explain.

The factors are trained on what people choose, and a disliked film was chosen too. Here silence says nothing: only the
values of reactions count, less what is usual for the item. One coordinate is how generous a person is on the whole.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.recsys.arrays import Matrix, Vector
from core.recsys.interactions import Interactions
from core.recsys.weighted import alternate


@dataclass(frozen=True, slots=True)
class AppraisalConfig:
    """Chosen on validation people of ML-100K and ml-latest-small."""

    d: int = 16  # and generosity
    epochs: int = 10
    ridge: float = 5.0  # reactions that a vector must outweigh
    shrink: float = 5.0  # and an item's usual reaction, and a person's generosity
    rounds: int = 10  # of those two in turn
    unseen: float = 1.3  # variance of a reaction that was not trained on, over one that was
    least_variance: float = 0.05  # no reaction is surer


@dataclass(frozen=True, slots=True, eq=False)
class Appraisal:
    """usual: (n,) reaction to each item on the whole. vectors: (n, d + 1), where a person is N(0, I).

    noise_precision: of a reaction about usual + <person, vector>.
    """

    usual: Vector
    vectors: Matrix
    noise_precision: float


def appraise(
    interactions: Interactions,
    config: AppraisalConfig,
    rng: np.random.Generator,
    progress: Callable[[], None] = lambda: None,
) -> Appraisal:
    """What the values of these reactions say; explicit matrix factorisation with biases (Koren et al. 2009)."""
    users, items, values = interactions.users, interactions.items, interactions.values
    m, n, mean = len(interactions.user_ids), len(interactions.item_ids), interactions.values.mean()
    of_user, of_item = (np.bincount(rows, minlength=size) + config.shrink for rows, size in ((users, m), (items, n)))
    usual, generous = np.zeros(n), np.zeros(m)
    for _ in range(config.rounds):
        usual = np.bincount(items, values - mean - generous[users], n) / of_item
        generous = np.bincount(users, values - mean - usual[items], m) / of_user
    rest = values - mean - generous[users] - usual[items]
    people, vectors = alternate(
        interactions.matrix(rest), config.d, config.epochs, rng, steady=config.ridge, progress=progress
    )
    variance = float(((rest - np.einsum("kd,kd->k", people[users], vectors[items])) ** 2).mean())
    people = np.column_stack([generous, people])
    covariance = np.atleast_2d(np.cov(people.T, bias=True))
    covariance[np.diag_indices_from(covariance)] += 1e-6
    white = np.column_stack([np.ones(n), vectors]) @ np.linalg.cholesky(covariance)
    return Appraisal(usual + mean, white, 1 / max(config.unseen * variance, config.least_variance))
