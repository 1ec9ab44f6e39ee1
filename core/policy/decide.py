"""From what is wanted to one move: lines, cards, buttons, at most one question. Lists are put together here."""

from dataclasses import replace

import numpy as np

from core.moves import Decision, Line, Move, button, line
from core.policy import ballot, picks, reasons
from core.policy.buttons import how_it_was, list_buttons, starters
from core.policy.claims import BY_A_WOMAN, opening
from core.policy.endings import dead_end
from core.policy.one_item import about_item, compare, judged, one_card, told_of_item, why_not
from core.policy.person import about_person, privacy, saved
from core.policy.questions import question
from core.policy.talk import start, talk, unknown_title
from core.policy.view import View
from core.policy.want import Want
from core.turns import Open

BARE_WISH, BARE_WORDS = 24, 3  # letters and words, at most, of a wish that names a thing rather than tells of one
HAN_LETTERS = 2.5  # that a Chinese character stands for


def decide(view: View, want: Want, lines: tuple[Line, ...], may_ask: bool, rng: np.random.Generator) -> Decision:
    """The answer to a want. lines: what was understood, said first. may_ask: no question stood open before."""
    match want.what:
        case "picks":
            return _picks(view, want, lines, may_ask, rng)
        case "info" | "why":
            return about_item(view, want, lines)
        case "why_not":
            return why_not(view, want, lines)
        case "compare":
            return compare(view, want, lines)
        case "profile":
            return about_person(view, lines)
        case "saved":
            return saved(view, lines)
        case "back" | "repeat":
            return _again(view, want, lines)
        case "accepted" | "rated":
            return told_of_item(view, want, lines)
        case "judged":
            return judged(view, want, lines)
        case "voted":
            return ballot.voted(view, want, lines)
        case "settle":
            return ballot.settled(view, want, lines) or _picks(view, Want("picks", count=1), lines, may_ask, rng)
        case "privacy":
            return privacy(view, lines)
        case "start":
            return start(view, lines)
        case "unknown_title":
            return unknown_title(want, lines)
    return talk(view, want, lines)


# ---- lists ----


def _picks(view: View, want: Want, lines: tuple[Line, ...], may_ask: bool, rng: np.random.Generator) -> Decision:
    state = view.state
    domains = picks.domains_of(view, want)
    asks_kind = (
        may_ask
        and not view.group
        and view.newcomer
        and len(domains) == 1
        and not view.conditions_beside_domain
        and not view.wishes
        and want == Want("picks", count=want.count)
        and (want.count or 1) == 1
        and "kind" not in state.asked_slots
    )  # "我想看一部电影": first picks and five kinds to choose from
    lacking = tuple(t for t in view.lacking if t != BY_A_WOMAN)
    if lacking != view.lacking:
        want = replace(want, wish=None)
    if (lacking or want.wish) and picks.is_strange(view, want):
        named = lacking or (want.wish or "",)
        names_a_thing = bool(lacking) or _is_bare(want.wish or "")
        # of a shop's goods the words are all there is: what it lacks is not made up for by whatever else it has
        asks_more = view.asks_beside_domain if domains == ("product",) and not lacking else view.asks_now
        if names_a_thing and not (asks_more or view.wishes):
            return Decision(Move((*lines, line("none.wish", what=named[:1])), buttons=(starters(),)))
        want = replace(want, wish=None if names_a_thing else want.wish)
    if meant := picks.meant_on_screen(view, want, domains):
        opens = tuple(button("label.item", Open(one.id), item=one) for one in meant)
        focus = meant[0].id if len(meant) == 1 else None
        return Decision(Move((*lines, line("picks.on_screen", items=meant)), buttons=(opens,)), focus=focus)
    choice = picks.choose(view, want, rng)
    if not choice.rows:
        if want.how is not None:
            return judged(view, replace(want, items=(want.how,)), lines)
        if want.unasked:  # a verdict was given, and nothing asked for
            return talk(view, Want("settled"), lines)
        return dead_end(view, want, lines)
    cards = reasons.plans(view, want, choice.rows)
    ids = tuple(c.item_id for c in cards)
    slate = _replaced(state.screen, want.replace, ids) if want.replace else ids
    ask = question(view, want, domains, asks_kind) if may_ask and want.how is None else None
    how = how_it_was(view, want)
    said = (*lines, *opening(view, want, choice, cards), *(asked for asked, _ in how))
    buttons = (*(row for _, row in how), *list_buttons(cards, view.group))
    domain = domains[0] if len(domains) == 1 else view.item(ids[0]).domain if want.wish else None
    focus = want.how or want.about or (ids[0] if len(ids) == 1 else None)
    # one that fills a gap, surprises, or comes on top says nothing of the next list
    aside = want.replace or want.surprise or (want.goes_on and want.count == 1)
    count = state.count if aside else want.count
    return Decision(
        Move(said, cards, buttons, ask), slate, focus, ids, domain, count, picks.nearest(view, want, choice)
    )


def _is_bare(wish: str) -> bool:
    letters = sum(HAN_LETTERS if "一" <= c <= "鿿" else 1.0 for c in wish)
    return letters <= BARE_WISH and len(wish.split()) <= BARE_WORDS


def _replaced(screen: tuple[str, ...], gone: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    """The screen with the new items in the places of those that went, so that "the second" stays the second."""
    fresh = iter(new)
    kept = [next(fresh, None) if item_id in gone else item_id for item_id in screen]
    return (*(i for i in kept if i is not None), *fresh)


def _again(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    state = view.state
    slates = state.slates
    if want.what == "back":
        earlier = [s for s in slates if s != state.screen]
        ids = earlier[-1] if earlier else state.screen
    else:
        ids = state.screen or (slates[-1] if slates else ())
    ids = tuple(i for i in ids if i in view.shelf.catalog.row)
    if not ids:
        return talk(view, Want("nothing_shown"), lines)
    if want.order is not None:
        kind, descending = want.order
        known = [i for i in ids if view.item(i).number(kind) is not None]
        known.sort(key=lambda i: view.item(i).number(kind) or 0, reverse=descending)
        ids = (*known, *(i for i in ids if i not in known))
    cards = tuple(plan for i in ids for plan in one_card(view, i))
    key = "again.sorted" if want.order else f"again.{want.what}"
    return Decision(
        Move((*lines, line(key, item=view.item(ids[0]), count=len(ids))), cards, list_buttons(cards, view.group)),
        slate=ids,
        count=len(ids),
    )
