"""A group's votes on what it was shown: said after each, and counted to settle."""

from core import evidence
from core.moves import CardPlan, Decision, Line, Move, button, line
from core.policy import reasons
from core.policy.view import View, alternatives
from core.policy.want import Want
from core.turns import Menu, More, Open, Take


def voted(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    """How the vote stands on what was just voted on."""
    items = tuple(dict.fromkeys(want.items))
    said = tuple(_count(view, i) for i in items if view.votes.get(i, (0, 0)) != (0, 0))
    buttons = (button("label.settle", Menu("settle")), button("label.more", More()))
    return Decision(Move((*lines, *said) or (line("ok"),), _cards(view, items), (buttons,)))


def settled(view: View, want: Want, lines: tuple[Line, ...]) -> Decision | None:
    """The winner of those shown: most likes less dislikes, then most likes, then what suits everybody best.

    None where none of them may be taken: vetoed, or against a condition.
    """
    able = [i for i in want.items if i not in view.known.refused and _fits(view, i)]
    if not able:
        return None
    able.sort(key=lambda i: (*_rank(view, i), -view.scores[view.shelf.catalog.row[i]]))
    winner = able[0]
    likes, dislikes = view.votes.get(winner, (0, 0))
    rivals = tuple(view.item(i) for i in able[1:] if _rank(view, i) == _rank(view, winner))
    if not any(view.votes.get(i) for i in able):
        said = line("settle.unvoted", item=view.item(winner), count=len(able))
    elif rivals:
        said = line("settle.tie", item=view.item(winner), what=rivals[:2], likes=likes, dislikes=dislikes)
    else:
        said = line("settle.votes", item=view.item(winner), likes=likes, dislikes=dislikes)
    onward = (
        button("label.take", Take(winner)),
        button("label.why", Open(winner, "why")),
        button("label.more", More()),
    )
    return Decision(Move((*lines, said), _cards(view, (winner,)), (onward,)), focus=winner)


def _rank(view: View, item_id: str) -> tuple[int, int]:
    """The more a group likes it, the smaller."""
    likes, dislikes = view.votes.get(item_id, (0, 0))
    return dislikes - likes, -likes


def _fits(view: View, item_id: str) -> bool:
    found = view.item(item_id)
    return all(any(evidence.satisfies(found, c) for c in group) for group in alternatives(view.conditions))


def _count(view: View, item_id: str) -> Line:
    likes, dislikes = view.votes[item_id]
    return line("vote.count", item=view.item(item_id), likes=likes, dislikes=dislikes)


def _cards(view: View, items: tuple[str, ...]) -> tuple[CardPlan, ...]:
    rows = tuple(view.shelf.catalog.row[i] for i in items if i in view.shelf.catalog.row)
    return reasons.plans(view, Want("picks"), rows)
