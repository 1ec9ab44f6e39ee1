"""The sparse part: which items speak for which, item to item, with weights >= 0."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from core.recsys.arrays import Rows
from core.recsys.response import Triple

Singles = npt.NDArray[np.float32]
DENSE_INPUTS = 6000  # up to here the inputs' Gram is held dense: 144 MB
STEPS = 20
BATCH = 128  # columns solved together: 12 MB of Gram matrices
NONE: Rows = np.zeros(0, np.int64)
LEAST_WEIGHT = 1e-3  # what cannot reach it is left out: at most 0.02 of a score after a hundred reactions


@dataclass(frozen=True, slots=True)
class SlimConfig:
    """Chosen on validation people of ML-100K and ml-latest-small."""

    inputs: Triple = (0.0, 0.5, 1.0)  # a reaction as an input; likes alone are the targets
    neighbours: int = 150
    ridge: float = 0.1  # per user
    noise: float = 0.3  # times the item's own sum of squares, as dropout of a quarter
    sparsity: float = 0.04  # times sqrt(users)
    sweeps: int = 12


def local_slim(
    x: "sp.csr_matrix[np.float32]",
    y: "sp.csr_matrix[np.float32]",
    config: SlimConfig = SlimConfig(),
    progress: Callable[[], None] = lambda: None,
) -> "sp.csr_matrix[np.float64]":
    """B (n, n) with y ~ x B, B >= 0, a zero diagonal and at most `neighbours` weights a column.

    x, y: (m, n) >= 0. Coordinate descent on Gram matrices of the items most alike by cosine (Ning & Karypis 2011, with
    feature selection). `progress` is called STEPS times.
    """
    m, n = x.shape
    sparsity, ridge = config.sparsity * np.sqrt(m), config.ridge * m
    size = np.asarray(x.multiply(x).sum(0)).ravel()
    near, cross = _neighbourhoods(x, y, size, sparsity, ridge, config)
    inputs = np.unique(np.concatenate([NONE, *near]))
    gram = (x[:, inputs].T @ x[:, inputs]).tocsr()
    dense: Singles | None = gram.toarray() if len(inputs) <= DENSE_INPUTS else None
    order = np.argsort([len(some) for some in near], kind="stable")
    values, rows, columns = [np.zeros(0, np.float32)], [NONE], [NONE]
    for part in np.array_split(order, STEPS):
        for low in range(0, len(part), BATCH):
            batch = part[low : low + BATCH]
            width = len(near[batch[-1]])
            grams = np.zeros((width, len(batch), width), np.float32)
            residual = np.full((len(batch), width), -1, np.float32)  # padding never gets a weight
            own = np.zeros((width, len(batch)), np.float32)
            for r, column in enumerate(batch):
                some, count = np.searchsorted(inputs, near[column]), len(near[column])
                grams[:count, r, :count] = (
                    dense[some[:, None], some] if dense is not None else gram[some][:, some].toarray()
                )
                residual[r, :count] = cross[column]
                own[:count, r] = size[near[column]]
            weights = _descend(grams, residual, own, np.float32(sparsity), np.float32(ridge), config)
            place, which = np.nonzero(weights > LEAST_WEIGHT)
            values.append(weights[place, which])
            rows.append(np.array([near[batch[r]][j] for j, r in zip(place, which, strict=True)], dtype=np.int64))
            columns.append(batch[which])
        progress()
    places = np.concatenate(rows), np.concatenate(columns)
    return sp.csr_matrix((np.concatenate(values).astype(np.float64), places), shape=(n, n))


def _neighbourhoods(
    x: "sp.csr_matrix[np.float32]",
    y: "sp.csr_matrix[np.float32]",
    size: Singles,
    sparsity: float,
    ridge: float,
    config: SlimConfig,
) -> tuple[list[Rows], list[Singles]]:
    """For each column the items most alike, sorted, that can get a weight at all; and their y'x."""
    cross = (y.T @ x).tocsr()  # cross[i, j] = y_i' x_j
    near: list[Rows] = []
    found: list[Singles] = []
    for column, (low, high) in enumerate(zip(cross.indptr[:-1], cross.indptr[1:], strict=True)):
        items, together = cross.indices[low:high].astype(np.int64), cross.data[low:high]
        # alone against the target, a weight is (y'x - sparsity) / scale; company with weights >= 0 only lowers it
        able = together - sparsity > LEAST_WEIGHT * (size[items] * (1 + config.noise) + ridge)
        able &= items != column
        items, together = items[able], together[able]
        if len(items) > config.neighbours:
            alike = together / np.sqrt(size[items])
            kept = np.argpartition(-alike, config.neighbours - 1)[: config.neighbours]
            items, together = items[kept], together[kept]
        order = np.argsort(items)
        near.append(items[order])
        found.append(together[order])
    return near, found


def _descend(
    grams: Singles, residual: Singles, own: Singles, sparsity: np.float32, ridge: np.float32, config: SlimConfig
) -> Singles:
    """(c, b) weights of c neighbours for b columns; grams (c, b, c), residual (b, c) is used up, own (c, b)."""
    weights = np.zeros_like(own)
    scale = own * np.float32(1 + config.noise) + ridge
    for _ in range(config.sweeps):
        moved = 0.0
        for j in range(len(own)):
            new = np.maximum(residual[:, j] + own[j] * weights[j] - sparsity, 0) / scale[j]
            residual -= grams[j] * (new - weights[j])[:, None]
            moved = max(moved, float(np.abs(new - weights[j]).max()))
            weights[j] = new
        if moved < LEAST_WEIGHT / 10:
            break
    return weights
