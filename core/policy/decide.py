"""From what is wanted to one move: lines, cards, buttons, at most one question. Lists are made here."""

from dataclasses import replace

import numpy as np

from core import evidence
from core.moves import Ask, CardPlan, Decision, Line, Move, button, line
from core.policy import ballot, picks, reasons
from core.policy.buttons import how_it_was, list_buttons, name_of, starters
from core.policy.hear import Want
from core.policy.one_item import about_item, compare, judged, one_card, told_of_item, why_not
from core.policy.person import about_person, privacy, saved
from core.policy.talk import start, talk, unknown_title
from core.policy.view import View
from core.recsys.elicit import question_gains
from core.state import Kind
from core.turns import (
    Condition,
    Drop,
    Menu,
    Target,
)

WORTH_ASKING = 0.12  # logits that the mean of the best picks must be expected to gain
BARE_WISH = 24  # letters of a wish that names a thing rather than tells of one
BY_A_WOMAN = Target("keyword", "by-a-woman")  # no catalogue says it of its people, and a name does not tell
NAMEABLE = ("film", "book", "music")  # domains in which people name things that they like


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
    )  # "我想看一部电影": a first pick and five kinds to choose from
    if asks_kind:
        want = replace(want, count=1)
    if BY_A_WOMAN in view.lacking:
        want = replace(want, wish=None)
    if (view.lacking or want.wish) and picks.is_strange(view, want):
        named = view.lacking or (want.wish or "",)
        if not (view.asks_now or view.wishes) and (view.lacking or len(want.wish or "") <= BARE_WISH):
            return Decision(Move((*lines, line("none.wish", what=named[:1])), buttons=(starters(),)))
        want = replace(want, wish=None)
    choice = picks.choose(view, want, rng)
    if not choice.rows:
        if want.how is not None:
            return judged(view, replace(want, items=(want.how,)), lines)
        if want.unasked:  # a verdict was given, and nothing asked for
            return talk(view, Want("settled"), lines)
        return _dead_end(view, want, lines)
    cards = reasons.plans(view, want, choice.rows)
    ids = tuple(c.item_id for c in cards)
    slate = _replaced(state.screen, want.replace, ids) if want.replace else ids
    asked, missing = _asked(view, ids)
    intro = _intro(view, want, choice, cards, asked)
    new = {h.condition.target for h in view.holding if h.turn == state.turn}  # what is lacking is said once
    unmet = tuple(t for t in missing if t in new)
    lacking = (line("picks.lacking", what=unmet[:2]),) if unmet and want.seed is None else ()
    if BY_A_WOMAN in unmet:
        lacking = (line("picks.unknown_maker"),)
    used_up = tuple(t for t in missing if t not in new and _on(view, state.screen, t))
    lacking = lacking or ((line("picks.no_more", what=used_up[:2]),) if used_up else ())
    short = (line("picks.all_there_is", count=len(cards)),) if want.count and len(cards) < want.count else ()
    ask = _question(view, want, domains, asks_kind) if may_ask and want.how is None else None
    years = _years(view) if any(e.kind is Kind.CONDITION and e.turn == state.turn for e in view.live) else ()
    how = how_it_was(view, want)
    said = (*lines, *years, *lacking, intro, *short, *_made_up(view, ids), *(asked for asked, _ in how))
    buttons = (*(row for _, row in how), *list_buttons(cards, view.group))
    domain = domains[0] if len(domains) == 1 else view.item(ids[0]).domain if want.wish else None
    focus = want.how or want.about or (ids[0] if len(ids) == 1 else None)
    return Decision(Move(said, cards, buttons, ask), slate, focus, ids, domain, want.count)


def _made_up(view: View, ids: tuple[str, ...]) -> tuple[Line, ...]:
    """The sample shop and the sample groups say so the first time they are shown."""
    for domain in ("product", "topic"):
        new = any(i.startswith(f"{domain}:") for i in ids) and not any(
            i.startswith(f"{domain}:") for i in view.state.shown
        )
        if new and not any(view.item(i).links for i in ids):  # an operator's goods have a page to buy them on
            return (line(f"sample.{domain}"),)
    return ()


def _years(view: View) -> tuple[Line, ...]:
    """A year taken from "last year" is said, so that nobody wonders which."""
    years = [h.condition for h in view.holding if h.turn == view.state.turn and h.condition.kind == "year"]
    return (line("ack.year", year=int(years[0].value or 0)),) if len(years) == 1 and years[0].op == "=" else ()


def _replaced(screen: tuple[str, ...], gone: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    """The screen with the new items in the places of those that went, so that "the second" stays the second."""
    fresh = iter(new)
    kept = [next(fresh, None) if item_id in gone else item_id for item_id in screen]
    return (*(i for i in kept if i is not None), *fresh)


def _asked(view: View, ids: tuple[str, ...]) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
    """What was asked for, and of it the keywords that nothing on the list has: those must not be claimed."""
    targets = (*(h.condition.target for h in view.holding if h.request and h.condition.must), *view.wishes)
    asked = tuple(t for t in dict.fromkeys(targets) if t is not None and t.kind != "domain")
    missing = tuple(t for t in asked if t.kind == "keyword" and not _on(view, ids, t))
    return tuple(t for t in asked if t not in missing), missing


def _on(view: View, ids: tuple[str, ...], target: Target) -> bool:
    return any(evidence.satisfies(view.item(i), Condition(target)) for i in ids)


def _intro(
    view: View, want: Want, choice: picks.Choice, cards: tuple[CardPlan, ...], asked: tuple[Target, ...]
) -> Line:
    first, facts = (
        view.item(cards[0].item_id),
        {"count": len(cards), "domain": Target("domain", view.item(cards[0].item_id).domain)},
    )
    if want.ignoring:
        return line(
            "picks.ignoring", item=first, what=tuple(c for c in view.conditions if picks.ignored(c, want)), **facts
        )
    if want.replace:
        return line("picks.instead", item=first, **facts)
    if want.seed is not None:
        return line("picks.similar", item=first, seed=view.item(want.seed), **facts)
    if want.explore:
        return line("picks.explore", item=first, **facts)
    if want.surprise:
        return line("picks.surprise", item=first, **facts)
    if want.wish:
        return line("picks.wish", item=first, **facts)
    if len(choice.domains) > 1:
        kinds = tuple(Target("domain", d) for d in dict.fromkeys(view.item(c.item_id).domain for c in cards))
        if choice.domains == picks.MIXED and len(kinds) == len(picks.MIXED):
            return line("picks.mixed", item=first, **facts)
        if len(kinds) > 1:
            return line("picks.each", item=first, what=kinds, **facts)
    if asked:
        return line("picks.asked", item=first, what=asked[:4], **facts)
    if view.group:
        return line("picks.group_newcomer" if view.newcomer else "picks.group_plain", item=first, **facts)
    return line("picks.newcomer" if view.newcomer else "picks.plain", item=first, **facts)


def _question(view: View, want: Want, domains: tuple[str, ...], asks_kind: bool) -> Ask | None:
    """A question, if its answer is expected to improve the pick; one of a kind in a session."""
    asked = view.state.asked_slots
    if view.group:  # who should answer? They vote
        return None
    if want.ignoring or want.replace or want.surprise:
        return None
    if asks_kind:
        found = picks.kinds(view, domains[0])
        if len(found) >= 3:
            return Ask(
                "kind",
                line("ask.kind", domain=Target("domain", domains[0])),
                tuple((str(t), line("label.facet", target=t)) for t in found),
            )
        return None
    if view.newcomer and "liked" not in asked and domains[0] in NAMEABLE:
        return Ask("liked", line("ask.liked", domain=Target("domain", domains[0])))
    if view.newcomer or len(domains) != 1 or domains[0] not in NAMEABLE:
        return None
    return _facet_question(view, domains[0])


def _facet_question(view: View, domain: str) -> Ask | None:
    """The genre or mood whose answer gains most, where that pays."""
    told = {e.target for e in view.live}
    fits = view.fitting([c for c in view.conditions if not picks.is_domain(c)], (domain,)) & view.shelf.described
    rows = np.flatnonzero(fits)
    options = []
    for (kind, value), members in view.shelf.catalog.rows_of.items():
        slot = f"taste:{kind}:{value}"
        if kind in ("genre", "mood") and f"{kind}:{value}" not in told and slot not in view.state.asked_slots:
            inside = fits[list(members)].sum()
            if inside >= 8 and inside < 0.7 * len(rows):
                options.append(Target(kind, value))
    if not options or len(rows) < 20:
        return None
    questions = [view.shelf.question(t) for t in options]
    gains = question_gains(view.shelf.model, view.told[1], questions, rows)
    best = int(np.argmax(gains))
    if gains[best] < WORTH_ASKING:
        return None
    target = options[best]
    choices = (("yes", line("label.yes")), ("no", line("label.no")), ("any", line("label.any")))
    return Ask(f"taste:{target}", line("ask.taste", target=target), choices)


def _dead_end(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    """Nothing fits: says which condition is to blame and offers to drop it."""
    blame = picks.blockers(view, want)
    domains = picks.domains_of(view, want)
    if not blame:
        other = [d for d in ("film", "book", "music") if d not in domains]
        buttons = tuple(button("label.domain", Menu(d), target=Target("domain", d)) for d in other)
        return Decision(Move((*lines, line("none.left", domain=Target("domain", domains[0]))), buttons=(buttons,)))
    helpful = tuple((c, n) for c, n in blame[:3])
    buttons = tuple(button("label.drop", Drop(name_of(c)), what=(c,)) for c, _ in helpful)
    all_of = tuple(c for c, _ in blame)
    told = line(
        "none.fits", what=all_of, drop=(helpful[0][0],), count=helpful[0][1], domain=Target("domain", domains[0])
    )
    if not helpful[0][1]:
        told = line("none.exists", what=all_of, domain=Target("domain", domains[0]))
    return Decision(Move((*lines, told), buttons=(buttons,)), domain=domains[0] if len(domains) == 1 else None)


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
