"""Measures of a ranking and of a probability."""

from dataclasses import dataclass

import numpy as np

from core.recsys.arrays import Rows, Vector


def top(scores: Vector, k: int) -> Rows:
    """(min(k, finite scores),) rows of the highest finite scores, best first, ties by row."""
    k = min(k, int(np.isfinite(scores).sum()))
    if k == 0:
        return np.zeros(0, np.int64)
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    rows = np.flatnonzero(scores >= least)
    return rows[np.lexsort((rows, -scores[rows]))][:k]


def ndcg(ranked: Rows, relevant: Rows, k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first k, binary relevance; 0 if nothing is relevant."""
    if not len(relevant):
        return 0.0
    discounts = 1 / np.log2(np.arange(k) + 2)
    hits = np.isin(ranked[:k], relevant)
    return float(discounts[: len(hits)][hits].sum() / discounts[: len(relevant)].sum())


def recall(ranked: Rows, relevant: Rows, k: int = 10) -> float:
    """Share of the relevant among the first k, of min(k, relevant) (Liang et al. 2018); 0 if nothing is relevant."""
    return float(np.isin(ranked[:k], relevant).sum() / min(k, len(relevant))) if len(relevant) else 0.0


def coverage(slates: Rows, n: int) -> float:
    """Share of n items that stand in any of the slates (any shape of rows)."""
    return len(np.unique(slates)) / n


def popularity_percentile(slates: Rows, counts: Vector) -> float:
    """Mean percentile in [0, 1] of the slates' items by counts (n,); 1 is the head, ties share their mean."""
    order = np.sort(counts)
    below, upto = np.searchsorted(order, counts, "left"), np.searchsorted(order, counts, "right")
    percentiles = (below + upto - 1) / 2 / max(len(counts) - 1, 1)
    return float(percentiles[slates].mean())


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Bins of predicted probability: counts (b,), mean prediction (b,) and observed rate (b,); NaN where empty."""

    counts: Rows
    predicted: Vector
    observed: Vector

    def ece(self) -> float:
        """Expected calibration error: mean |predicted - observed|, weighted by counts."""
        full = self.counts > 0
        gaps = np.abs(self.predicted[full] - self.observed[full])
        return float(self.counts[full] @ gaps / self.counts.sum())


def reliability(probabilities: Vector, outcomes: Vector, bins: int = 10) -> Reliability:
    """Bins of equal width over [0, 1]; outcomes (k,) are 0 or 1."""
    places = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    counts = np.bincount(places, minlength=bins)
    with np.errstate(invalid="ignore"):
        predicted = np.bincount(places, probabilities, bins) / counts
        observed = np.bincount(places, outcomes, bins) / counts
    return Reliability(counts, predicted, observed)


def ece(probabilities: Vector, outcomes: Vector, bins: int = 10) -> float:
    """Expected calibration error in bins of equal width."""
    return reliability(probabilities, outcomes, bins).ece()
