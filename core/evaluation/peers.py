"""What the model is measured against, made from the same training people."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import scipy.linalg as sl
from scipy.special import expit

from core.recsys.als import AlsConfig, weighted_als
from core.recsys.arrays import Matrix, Rows, Vector
from core.recsys.calibration import USUAL, Calibration
from core.recsys.interactions import Interactions

DAMPING = 5  # ratings at which an item's own rate of likes is believed half
FITTED_ON = 100  # people on whom the peer's scale is fitted, left out of its factors


def popularity(interactions: Interactions) -> Vector:
    """(n,) share of the users who liked each item."""
    liked = interactions.values > 0
    return np.bincount(interactions.items[liked], minlength=len(interactions.item_ids)) / len(interactions.user_ids)


def ease(interactions: Interactions, rows: Rows, ridge: float) -> Matrix:
    """(r, r) EASE weights between the items in rows, from likes (Steck 2019); scores = likes @ weights."""
    liked = interactions.matrix(np.maximum(interactions.values, 0))[:, rows]
    gram = (liked.T @ liked).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += ridge
    factor, _ = sl.lapack.dpotrf(gram, lower=1, overwrite_a=1)
    inverse, _ = sl.lapack.dpotri(factor, lower=1, overwrite_c=1)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    weights: Matrix = inverse / -np.diag(inverse)
    weights[np.diag_indices_from(weights)] = 0
    return weights


def like_rates(interactions: Interactions, items: Rows) -> Vector:
    """(n,) share of the ratings of each of items (sorted ids) that are likes; pulled to that of all where few rated."""
    places = np.searchsorted(items, interactions.item_ids[interactions.items])
    liked = (interactions.values > 0).astype(np.float64)
    counts = np.bincount(places, minlength=len(items))
    rate = liked.mean()
    rates: Vector = (np.bincount(places, liked, len(items)) + DAMPING * rate) / (counts + DAMPING)
    return rates


@dataclass(frozen=True, slots=True, eq=False)
class IalsPeer:
    """Textbook iALS (Hu, Koren & Volinsky 2008): zero-mean fold-in from likes, and a fitted scale.

    vectors: (n, d), zeros for an item that nobody rated. gram: (d, d) of all of them, times the weight of silence.
    ridge: what training used, for each item that a person told and for `base` more.
    """

    vectors: Matrix
    gram: Matrix
    ridge: float
    base: float
    scale: Calibration

    @classmethod
    def fit(cls, interactions: Interactions, items: Rows, seed: int, config: AlsConfig = AlsConfig()) -> Self:
        """From likes. items: sorted ids, its rows. The scale is fitted on people whom the factors have not seen."""
        rng = np.random.default_rng(seed)
        people = rng.permutation(len(interactions.user_ids))[: min(FITTED_ON, len(interactions.user_ids) // 5)]
        fitted_on = np.isin(np.arange(len(interactions.user_ids)), people)
        rest = interactions.of(~fitted_on)
        _, learnt = weighted_als(rest.matrix(np.maximum(rest.values, 0)), config, rng)
        vectors = np.zeros((len(items), learnt.shape[1]))
        vectors[np.searchsorted(items, rest.item_ids)] = learnt
        ridge = config.ridge * (len(rest.user_ids) ** -0.5 + len(learnt) ** -0.5)
        peer = cls(vectors, config.silence * learnt.T @ learnt, ridge, config.silence * len(learnt), USUAL)
        scores, told, liked = [], [], []
        for user in people:
            mine = interactions.users == user
            rows, values = (
                np.searchsorted(items, interactions.item_ids[interactions.items[mine]]),
                interactions.values[mine],
            )
            order = rng.permutation(len(rows))
            asked, others = order[: len(order) // 3], order[len(order) // 3 :]
            for n in (0, 1, 3, 10, len(others)):
                scores.append(peer.scores(rows[others[:n]], values[others[:n]], rows[asked]))
                told.append(np.full(len(asked), float(min(n, len(others)))))
                liked.append((values[asked] > 0).astype(np.float64))
        together = np.concatenate(scores), np.concatenate(told), np.concatenate(liked)
        return replace(peer, scale=Calibration.fitted(*together, USUAL, pull=1.0))

    def scores(self, rows: Rows, values: Vector, asked: Rows) -> Vector:
        """(a,) of the rows asked, after reactions to rows."""
        liked = self.vectors[rows[values > 0]]
        precision = self.gram + liked.T @ liked
        precision[np.diag_indices_from(precision)] += self.ridge * (len(liked) + self.base)
        scores: Vector = self.vectors[asked] @ np.linalg.solve(precision, liked.sum(0))
        return scores

    def probabilities(self, rows: Rows, values: Vector, asked: Rows) -> Vector:
        """(a,) that the items asked are liked by who rated them."""
        n = len(rows)
        logits = self.scale.slope(n) * self.scores(rows, values, asked) + self.scale.shift(n)
        found: Vector = expit(logits)
        return found
