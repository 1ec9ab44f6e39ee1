"""What a question is worth: how much better the pick is expected to be after its answer."""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from core.recsys.arrays import Integers, Matrix, Vector, rows_below
from core.recsys.factors import ItemFactors
from core.recsys.gaussian import Belief, Observation


def question_gains(
    model: ItemFactors,
    belief: Belief,
    questions: Sequence[Observation],
    candidates: Integers,
    places: int = 5,
    answered: float = 1.0,
    scores: Vector | None = None,
) -> Vector:
    """(q,) expected gain, in logits, of the mean of the best `places` candidates by asking about each facet.

    questions: the observation that a plain yes would be (`facet_observation(members, 1.0)`). candidates: rows that may
    be shown. answered: probability that there is an answer at all. scores: (n,) of the belief, where they are known
    already: else they cost more than all the rest. Never negative.

    The answer is the sign of r = x @ z + noise, with the noise of the observation. It moves the scores by what the
    model makes of a yes, times the truncated normal's mean of r: so the expected scores stay where they are, and what
    is gained is the freedom to choose after hearing: E max >= max E (Raiffa & Schlaifer 1961).
    """
    rows = rows_below(candidates, len(model.items))
    places = min(places, len(rows))
    asked = [k for k, o in enumerate(questions) if o.noise_precision[0] > 0]
    gains = np.zeros(len(questions))
    if not places or not asked:
        return gains
    design = np.concatenate([questions[k].x for k in asked])  # (q, d)
    weights = np.concatenate([questions[k].noise_precision for k in asked])
    pushes = model.response.gain(belief.told) * weights * np.concatenate([questions[k].y for k in asked])
    spread = belief.solve(design.T)  # (d, q)
    variances = np.einsum("qd,dq->q", design, spread)
    # Sherman-Morrison: (L + w x x')^-1 x = L^-1 x / (1 + w x' L^-1 x)
    reach = model.vectors[rows] @ (spread * (pushes / (1 + weights * variances)))  # (r, q)
    for column, k in enumerate(asked):
        lifts = np.zeros(len(model.items))
        lifts[questions[k].members] = questions[k].memberships
        reach[:, column] += lifts[rows]
    lean = design @ belief.mean / np.sqrt(variances + 1 / weights)
    density = np.exp(-(lean**2) / 2) / np.sqrt(2 * np.pi)
    yes, no = ndtr(lean), ndtr(-lean)
    now = (model.scores(belief) if scores is None else scores)[rows][:, None]  # (r, 1)
    if_yes = _best(now + reach * (density / np.maximum(yes, 1e-300)), places)
    if_no = _best(now - reach * (density / np.maximum(no, 1e-300)), places)
    gains[asked] = np.maximum(yes * if_yes + no * if_no - _best(now, places), 0)
    in_logits: Vector = answered * model.calibration.slope(belief.told) * gains
    return in_logits


def _best(scores: Matrix, places: int) -> Vector:
    """(q,) mean of the best in each column of (r, q)."""
    best: Vector = np.partition(scores, len(scores) - places, axis=0)[len(scores) - places :].mean(0)
    return best
