"""Which few to show: good ones that differ, with a place for what a person holds dear."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InteractionsError
from core.recsys.arrays import Mask, Matrix, Rows, Vector
from core.recsys.metrics import top

GEMS = 0.4  # openness that shows people together twice as many different items
FEW = 10  # reactions below which all items are about as little known


@dataclass(frozen=True, slots=True)
class SlateConfig:
    """diversity: score that full likeness to a shown item costs, in spreads (best less median of the pool).

    pool: best items that are looked at. jitter: spreads of noise on the scores, for variety between sessions.
    openness: spreads that each nat of how known an item is (log of its reactions) costs in the last place, in
    proportion less in those before: what is surely good comes first, hidden gems last. 0 knows no such price.
    """

    diversity: float = 0.3
    pool: int = 200
    jitter: float = 0.0
    openness: float = 0.0


FOCUSED = SlateConfig()
VARIED = SlateConfig(diversity=1.0)  # for a new person: popular and of many kinds


def choose(
    scores: Vector,
    vectors: Matrix,
    k: int,
    excluded: Mask | None = None,
    reserved: Sequence[Mask] = (),
    config: SlateConfig = FOCUSED,
    rng: np.random.Generator | None = None,
    counts: Rows | None = None,
) -> Rows:
    """(min(k, left),) rows, the best first; ties by row.

    Maximal marginal relevance (Carbonell & Goldstein 1998) on scores (n,) and the cosine of vectors (n, d).
    excluded: (n,) never shown. reserved: (n,) masks of facets; the last places go to their best members, one for each
    that has a member left and none in the slate. rng: for jitter alone, which needs it.
    counts: (n,) reactions to the items, for openness alone, which needs them.
    """
    if len(scores) != len(vectors) or k < 0:
        raise InteractionsError(f"{len(scores)} scores, {len(vectors)} vectors, {k} places")
    open_scores = scores.astype(np.float64)
    if excluded is not None:
        open_scores[excluded] = -np.inf
    if config.jitter and rng is not None and np.isfinite(open_scores).any():
        spread = _spread(open_scores[top(open_scores, config.pool)])
        open_scores += config.jitter * spread * rng.gumbel(size=len(scores))
    pool = top(open_scores, max(config.pool, k))
    known = np.zeros(len(pool)) if counts is None else np.log(counts[pool] + FEW)
    slate = _marginal(open_scores[pool], _directions(vectors[pool]), known, min(k, len(pool)), config)
    chosen = pool[slate].tolist()
    kept: set[int] = set()
    for mask in reserved:
        inside = [row for row in chosen if mask[row]]
        if not inside:
            inside = top(np.where(mask, open_scores, -np.inf), 1).tolist()
            places = [place for place, row in enumerate(chosen) if row not in kept]
            if not inside or not places:
                continue
            chosen[places[-1]] = inside[0]
        kept.add(inside[0])
    return np.array(chosen, dtype=np.int64)


def _marginal(scores: Vector, directions: Matrix, known: Vector, k: int, config: SlateConfig) -> list[int]:
    """Places in the pool, chosen one after the other."""
    spread = _spread(scores)
    price, fame = config.diversity * spread, config.openness * spread * known
    alike = np.zeros(len(scores))
    left = scores.copy()
    chosen: list[int] = []
    for place in range(k):
        # the pool is sorted: ties by score, then row
        best = int(np.argmax(left - price * alike - (place / max(k - 1, 1)) * fame))
        chosen.append(best)
        left[best] = -np.inf
        alike = np.maximum(alike, directions @ directions[best])
    return chosen


def _spread(scores: Vector) -> float:
    """Best less median of finite scores; 0 for none."""
    return float(scores.max() - np.median(scores)) if len(scores) else 0.0


def _directions(vectors: Matrix) -> Matrix:
    """Vectors of length 1; zeros stay zeros."""
    directions: Matrix = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return directions
