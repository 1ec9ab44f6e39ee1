"""What the model is measured against."""

import numpy as np
import scipy.linalg as sl

from core.recsys.arrays import Matrix, Rows, Vector
from core.recsys.interactions import Interactions


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
