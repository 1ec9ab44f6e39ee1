"""Ways to choose the genre that a person is asked about, to compare the engine's own with."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from scipy.special import ndtr

from core.policy.view import View
from core.turns import Target


class Asking(StrEnum):
    """Whose questions are answered: the engine's, none, one by chance, or the one whose answer is least certain."""

    OURS = "its own"
    NEVER = "no"
    RANDOM = "random"
    ENTROPY = "entropy"


def other(asking: Asking, view: View, options: Sequence[Target], rng: np.random.Generator) -> Target | None:
    """What is asked instead, of the genres not asked about yet; None where there are none."""
    if not options:
        return None
    if asking is Asking.RANDOM:
        return options[int(rng.integers(len(options)))]
    return max(options, key=lambda target: (_entropy(view, target), target))


def _entropy(view: View, target: Target) -> float:
    """Of the answer, in nats, as the belief sees it: yes where x @ z + noise > 0."""
    question, (_, belief) = view.shelf.question(target), view.told
    precision, x = question.noise_precision[0], question.x[0]
    if not precision > 0:
        return 0.0
    variance = float(x @ belief.solve(x[:, None])[:, 0]) + 1 / precision
    yes = float(np.clip(ndtr(float(x @ belief.mean) / np.sqrt(variance)), 1e-12, 1 - 1e-12))
    return float(-(yes * np.log(yes) + (1 - yes) * np.log1p(-yes)))
