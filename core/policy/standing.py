"""What puts an item into a list: many like it, this person's taste, or neither."""

import numpy as np

from core.policy.claims import CROWD
from core.policy.view import View
from core.turns import Standing


def standing(view: View, row: int) -> Standing:
    """FOR_YOU where what was told lifts the item past more popular ones of its domain.

    Else POPULAR where many judged it and it is of the better known half of its domain's described items.
    Else EXPLORING.
    """
    shelf, model = view.shelf, view.shelf.model
    same = shelf.domain == shelf.domain[row]
    if view.told[0]:
        before = int((view.scores[same] > view.scores[row]).sum())
        more_popular = int((model.offsets[same] > model.offsets[row]).sum())
        if before < more_popular:
            return Standing.FOR_YOU
    known = model.popularity[same & shelf.described]
    if model.counts[row] >= CROWD and (not len(known) or model.popularity[row] > np.median(known)):
        return Standing.POPULAR
    return Standing.EXPLORING
