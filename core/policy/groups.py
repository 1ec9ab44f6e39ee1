"""What only a group has: private taste that its owner lets in or takes out again, and one pick for all by votes."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from core import evidence
from core.moves import line
from core.policy.hear import Hearing, Taste
from core.policy.shelf import Shelf
from core.policy.want import Want
from core.state import Feedback, Kind

LEANINGS = 60  # items on each side that stand for a taste
STRONGEST = 2.0


def taste_of(shelf: Shelf, private: Iterable[Feedback]) -> Taste | None:
    """The lasting taste behind a private log; None where nothing is known. Tonight's wishes stay at home."""
    lasting = evidence.live(private, session=-1)  # no evening's number
    told, observations = shelf.observer.observe([e for e in lasting if e.kind in (*evidence.VERDICTS, Kind.TASTE)])
    if not told:
        return None
    belief = shelf.model.belief(observations)
    own = shelf.model.scores(belief) - shelf.model.offsets  # what is theirs, without the crowd's
    spoken_of = [o.row for o in observations if o.row is not None]
    able = np.setdiff1d(np.flatnonzero(shelf.described), spoken_of)
    to = able[np.argsort(-own[able], kind="stable")][:LEANINGS]
    away = able[np.argsort(own[able], kind="stable")][:LEANINGS]

    def weights(rows: npt.NDArray[np.int64], sign: float) -> dict[str, float]:
        leaning = {shelf.catalog.items[r].id: sign * float(own[r]) for r in rows if sign * own[r] > 0}
        return {i: round(w / max(leaning.values()), 3) for i, w in leaning.items()}

    return Taste(weights(to, 1.0), weights(away, -1.0), min(STRONGEST, 1 + 0.25 * (len(told) - 1)))


def join(hearing: Hearing) -> None:
    """The speaker's private taste enters this group, as one event."""
    if not hearing.group:
        hearing.lines.append(line("group.only"))
    elif hearing.anonymous:
        hearing.lines.append(line("group.anonymous"))
    elif (taste := hearing.brings()) is not None:
        detail = {"for": dict(taste.leans_to), "against": dict(taste.leans_from)}
        hearing.write(Kind.JOINED, "", taste.strength, detail=detail)
        hearing.lines.append(line("group.joined"))
    else:
        hearing.lines.append(line("group.unknown"))


def leave(hearing: Hearing) -> None:
    """What the speaker brought along goes, all of it, as if they had never joined."""
    undone = evidence.taken_back(hearing.everything)
    mine = [
        e.event
        for e in hearing.everything
        if e.kind is Kind.JOINED and e.speaker == hearing.speaker and e.event not in undone
    ]
    if not hearing.group:
        hearing.lines.append(line("group.only"))
    elif mine:
        hearing.write(Kind.UNDO, "", detail={"undoes": mine})
        hearing.lines.append(line("group.left"))
    else:
        hearing.lines.append(line("group.not_joined"))


def settle(hearing: Hearing) -> Want:
    """One for all: out of what is shown or was voted on, by votes and taste; with none of these, the best there is."""
    state = hearing.state
    voted = (i for i in evidence.votes(hearing.live()) if i in state.shown)
    shown = tuple(i for i in dict.fromkeys((*state.screen, *voted)) if i in hearing.catalog.row)
    return Want("settle", items=shown) if shown else Want("picks", count=1)
