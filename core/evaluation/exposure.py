"""What is shown, by popularity, and whose taste is near to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.recsys.arrays import Mask, Rows, Vector

PARTS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """Where shown items stand. by_popularity: (10,) shares from head to tail, which add up to 1 (all 0 if none was).

    coverage: share of the items that anybody was shown. gini: 0 where all are shown as often, 1 where one alone is.
    """

    by_popularity: Vector
    coverage: float
    gini: float


def tenths(likes: Vector) -> Rows:
    """(n,) 0 for the head to 9 for the tail. Each part holds a tenth of all likes, so that the head is few items.

    What people like in general falls into the parts evenly; a list of hits falls into the first. An item belongs where
    its middle like falls. ValueError if nobody liked anything.
    """
    total = likes.sum()
    if not total > 0:
        raise ValueError("popularity needs at least one like")
    order = np.argsort(-likes, kind="stable")
    middles = np.cumsum(likes[order]) - likes[order] / 2
    parts = np.empty(len(likes), np.int64)
    parts[order] = np.minimum((middles / total * PARTS).astype(np.int64), PARTS - 1)
    return parts


def exposure(shown: Sequence[Sequence[int]], parts: Rows) -> Exposure:
    """Of the items shown to people, by the parts (n,) of `tenths`."""
    rows = np.array([row for one in shown for row in one], np.int64)
    counts = np.bincount(parts[rows], minlength=PARTS)
    return Exposure(
        counts / max(len(rows), 1), len(np.unique(rows)) / len(parts), gini(np.bincount(rows, minlength=len(parts)))
    )


def gini(counts: Rows) -> float:
    """Of counts (n,) >= 0; 0 if there are none."""
    order = np.sort(counts)
    total = float(order.sum())
    ranks = 2 * np.arange(1, len(order) + 1) - len(order) - 1
    return float(ranks @ order) / (len(order) * total) if total else 0.0


def mainstream(liked: Sequence[Sequence[int]], parts: Rows) -> Mask:
    """(people,) True for the half whose likes stand nearer to the head; liked: rows of each person."""
    places = np.array([parts[np.array(list(rows), np.int64)].mean() for rows in liked])
    order = np.argsort(places, kind="stable")
    found = np.zeros(len(places), bool)
    found[order[: (len(order) + 1) // 2]] = True
    return found
