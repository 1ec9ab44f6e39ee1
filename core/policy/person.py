"""Answers about the person: their taste as it is seen, what they saved, what is kept of them."""

import numpy as np

from core import evidence
from core.moves import Decision, Line, Move, button, line
from core.policy import picks
from core.policy.buttons import item_buttons, starters
from core.policy.one_item import one_card
from core.policy.view import View
from core.state import Kind
from core.turns import (
    Menu,
    Target,
    Undo,
)

MOST_SAVED = 10  # cards of saved things in one answer
TAKE_AWAY_LIMIT = 6  # entries of /privacy that get a delete button each


def profile(view: View) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
    """(liked, disliked) facets: said ones first, then the genres and moods that the belief leans to or away from."""
    said_up = [Target(*e.target.split(":", 1)) for e in view.live if e.kind is Kind.TASTE and e.value > 0]
    said_down = [Target(*e.target.split(":", 1)) for e in view.live if e.kind is Kind.TASTE and e.value < 0]
    told, belief = view.said_here
    leaning = []
    domains = {e.target.split(":")[1] for e in told if e.target.startswith("item:")}
    if domains:
        for (kind, value), rows in view.shelf.catalog.rows_of.items():
            inside = sum(view.shelf.catalog.items[row].domain in domains for row in rows)
            if kind in ("genre", "mood") and inside >= 8:
                x = view.shelf.question(Target(kind, value)).x[0]
                leaning.append((float(x @ belief.mean) / max(float(np.linalg.norm(x)), 1e-9), Target(kind, value)))
    leaning.sort(key=lambda pair: (-pair[0], pair[1]))
    up = dict.fromkeys((*said_up, *(t for lean, t in leaning[:3] if lean > 0.1)))
    down = dict.fromkeys((*said_down, *(t for lean, t in leaning[::-1][:2] if lean < -0.1 and belief.told >= 3)))
    return tuple(t for t in up if t not in said_down)[:6], tuple(t for t in down if t not in said_up)[:4]


def about_person(view: View, lines: tuple[Line, ...]) -> Decision:
    told, belief = view.said_here
    if not any(e.kind is Kind.TASTE or e.kind in evidence.VERDICTS for e in told):
        return Decision(Move((*lines, _so_far(view)), buttons=(starters(),)))
    liked, disliked = profile(view)
    said = [line("profile.group_liked" if view.group else "profile.liked", what=liked)] if liked else []
    if disliked:
        said.append(line("profile.disliked", what=disliked))
    loved = tuple(
        found
        for i, k in view.known.verdicts.items()
        if k in (Kind.LIKE, Kind.LOVE) and (found := view.shelf.catalog.get(i))
    )
    if loved:
        said.append(line("profile.group_items" if view.group else "profile.items", items=loved[-4:], count=len(loved)))
    tonight = tuple(Target(*e.target.split(":", 1)) for e in view.live if e.kind is Kind.CRITIQUE and e.value > 0)
    if tonight:
        said.append(line("profile.tonight", what=tonight[:3]))
    said.append(line("profile.sure" if belief.told >= 5 else "profile.unsure", count=len(told)))
    buttons = tuple(button("label.undo_part", Undo(e.event), feedback=e) for e in view.live if e.kind is Kind.TASTE)[
        -3:
    ]
    return Decision(
        Move((*lines, *said), buttons=((buttons,) if buttons else ()) + ((button("label.privacy", Menu("privacy")),),))
    )


def _so_far(view: View) -> Line:
    """Where no taste was told: what was asked for this evening, and taken."""
    asked = tuple(h.condition for h in view.holding if not picks.is_domain(h.condition))
    taken = dict.fromkeys(e.target.removeprefix("item:") for e in view.live if e.kind is Kind.ACCEPTED)
    items = tuple(found for i in taken if (found := view.shelf.catalog.get(i)))
    if not asked and not items:
        return line("profile.empty")
    return line("profile.so_far", what=asked[-3:], items=items[-2:])


def saved(view: View, lines: tuple[Line, ...]) -> Decision:
    ids = tuple(i for i in view.known.saved if i in view.shelf.catalog.row)
    if not ids:
        return Decision(Move((*lines, line("saved.empty")), buttons=(starters(),)))
    cards = tuple(plan for i in ids[-MOST_SAVED:] for plan in one_card(view, i))
    return Decision(
        Move(
            (*lines, line("saved.list", count=len(ids))),
            cards,
            item_buttons(view, ids[-1])[:1] if len(ids) == 1 else (),
        ),
        slate=tuple(c.item_id for c in cards),
        focus=ids[0] if len(ids) == 1 else None,
    )


def privacy(view: View, lines: tuple[Line, ...]) -> Decision:
    kept = [e for e in view.live if e.kind not in (Kind.DROP, Kind.UNDO)]
    if not kept and view.state.turn <= 1:
        return Decision(Move((*lines, line("privacy.nothing")), buttons=((button("label.help", Menu("help")),),)))
    told = tuple(e for e in kept if e.kind not in (Kind.REQUEST, Kind.CONDITION))
    said = [line("privacy.kept", count=len(kept)) if kept else line("privacy.only_state")]
    if told:
        said.append(line("privacy.told", feedback=told[-12:]))
    asked = tuple(h.condition for h in view.holding)
    if asked:
        said.append(line("privacy.conditions", what=asked))
    said.append(line("privacy.how"))
    rows = tuple((button("label.undo_part", Undo(e.event), feedback=e),) for e in told[-TAKE_AWAY_LIMIT:])
    last = (button("label.export", Menu("export")), button("label.forget", Menu("forget")))
    return Decision(Move((*lines, *said), buttons=(*rows, last)))
