"""What is said above a list, and nothing of it that its cards do not bear out."""

from dataclasses import dataclass

import numpy as np

from core import evidence
from core.catalog import Item
from core.moves import CardPlan, Line, line
from core.policy import picks
from core.policy.reasons import GIFT
from core.policy.view import EITHER, View
from core.policy.want import Want
from core.state import Kind
from core.turns import Condition, Target

CROWD = 20  # people who judged an item before many are said to like it
BY_A_WOMAN = Target("keyword", "by-a-woman")  # no catalogue says it of its people, and a name does not tell


@dataclass(frozen=True, slots=True)
class Claims:
    """What was asked for, by the cards that have it.

    every: all of them do; of two people or decades one each is enough. some: not all do. lacking: none does, and it
    was asked for just now. used_up: none does any more, and nothing is left that would. earlier: what was shown this
    evening and has the first that is lacking.
    """

    every: tuple[Target, ...]
    some: tuple[Target, ...]
    lacking: tuple[Target, ...]
    used_up: tuple[Target, ...]
    earlier: tuple[Item, ...]


def borne_out(view: View, items: tuple[Item, ...]) -> Claims:
    """Takes what was asked for apart by what the items have."""
    targets = (*(h.condition.target for h in view.holding if h.request and h.condition.must), *view.wishes)
    asked = tuple(t for t in dict.fromkeys(targets) if t is not None and t.kind != "domain")
    on = {t: sum(_has(one, t) for one in items) for t in asked}
    every = tuple(t for t in asked if on[t] == len(items) or (on[t] and _either(items, asked, t)))
    none = tuple(t for t in asked if not on[t] and t.kind not in EITHER and not _of_receiver(view, items, t))
    new = {h.condition.target for h in view.holding if h.turn == view.state.turn}  # what is lacking is said once
    before = [view.item(i) for i in view.state.screen if i in view.shelf.catalog.row]
    used_up = tuple(t for t in none if t not in new and any(_has(one, t) for one in before) and not _left(view, t))
    some, lacking = tuple(t for t in asked if on[t] and t not in every), tuple(t for t in none if t in new)
    shown = (view.item(i) for i in view.state.shown if i in view.shelf.catalog.row)
    earlier = tuple(i for i in shown if i.domain == items[0].domain and _has(i, lacking[0])) if lacking else ()
    return Claims(every, some, lacking, used_up, earlier)


def _of_receiver(view: View, items: tuple[Item, ...], target: Target) -> bool:
    """Whom a present is for, or what they do, rather than what it should be."""
    return GIFT in view.things and target.kind == "keyword" and all(one.domain == "product" for one in items)


def _has(one: Item, target: Target) -> bool:
    if target == GIFT and one.domain == "product":
        return True
    return evidence.satisfies(one, Condition(target))


def _either(items: tuple[Item, ...], asked: tuple[Target, ...], target: Target) -> bool:
    """Every item has one of the targets of this kind, where one is enough."""
    alike = [t for t in asked if t.kind == target.kind]
    return target.kind in EITHER and all(any(_has(one, t) for t in alike) for one in items)


def _left(view: View, target: Target) -> bool:
    """Something that was not shown yet has it, and meets the conditions."""
    domains = picks.domains_of(view, Want("picks"))
    conditions = [c for c in view.conditions if not picks.is_domain(c)]
    return bool(view.fitting([*conditions, Condition(target)], domains).any())


def opening(view: View, want: Want, choice: picks.Choice, cards: tuple[CardPlan, ...]) -> tuple[Line, ...]:
    """The lines above the cards: what could not be met, what the list is, and how many there are."""
    items = tuple(view.item(c.item_id) for c in cards)
    claims = borne_out(view, items)
    said: tuple[Line, ...] = ()
    if BY_A_WOMAN in claims.lacking:
        said = (line("picks.unknown_maker"),)
    elif claims.earlier and want.seed is None:
        said = (line("picks.had", what=claims.lacking[:1], items=claims.earlier[-2:]),)
    elif claims.lacking and want.seed is None:
        said = (line("picks.lacking", what=claims.lacking[:2]),)
    elif claims.used_up and want.seed is None:
        said = (line("picks.no_more", what=claims.used_up[:2]),)
    short = (line("picks.all_there_is", count=len(cards)),) if want.count and len(cards) < want.count else ()
    return (*_years(view), *said, _intro(view, want, choice, items, claims), *short, *_made_up(view, items))


def _intro(view: View, want: Want, choice: picks.Choice, items: tuple[Item, ...], claims: Claims) -> Line:
    first, domains = items[0], dict.fromkeys(i.domain for i in items)
    kinds = tuple(Target("domain", d) for d in domains)
    facts = {"item": first, "count": len(items), "domain": kinds[0] if len(kinds) == 1 else None}
    if want.ignoring:
        what = tuple(c for c in view.conditions if picks.ignored(c, want))
        return line("picks.ignoring", what=what, **facts)
    if want.replace:
        return line("picks.instead", **facts)
    if want.seed is not None:
        return line("picks.similar", seed=view.item(want.seed), **facts)
    if want.explore:
        return line("picks.explore", **facts)
    if want.surprise:
        return line("picks.surprise", **facts)
    if choice.likeness is not None:
        return line("picks.wish", **facts)
    if len(choice.domains) > 1:
        if choice.domains == picks.MIXED and len(kinds) == len(picks.MIXED):
            return line("picks.mixed", **facts)
        if len(kinds) > 1:
            return line("picks.each", what=kinds, **facts)
    if claims.every:
        return line("picks.asked", what=claims.every[:4], **facts)
    if claims.some:
        having = tuple(i for i in items if _has(i, claims.some[0]))
        return line("picks.partly", what=claims.some[:1], items=having, **facts)
    return line(_unasked(view, items), **facts)


def _unasked(view: View, items: tuple[Item, ...]) -> str:
    """Key of an intro that names nothing asked for. What many people like is only said of what many judged."""
    if view.group:
        return "picks.group_newcomer" if view.newcomer else "picks.group_plain"
    if not view.newcomer:
        return "picks.plain"
    if view.state.shown:
        return "picks.further"
    judged = view.shelf.model.counts[[view.shelf.catalog.row[i.id] for i in items]]
    return "picks.newcomer_crowd" if np.all(judged >= CROWD) else "picks.newcomer"


def _years(view: View) -> tuple[Line, ...]:
    """A year taken from "last year" is said, so that nobody wonders which."""
    if not any(e.kind is Kind.CONDITION and e.turn == view.state.turn for e in view.live):
        return ()
    years = [h.condition for h in view.holding if h.turn == view.state.turn and h.condition.kind == "year"]
    return (line("ack.year", year=int(years[0].value or 0)),) if len(years) == 1 and years[0].op == "=" else ()


def _made_up(view: View, items: tuple[Item, ...]) -> tuple[Line, ...]:
    """The sample shop and the sample groups say so the first time they are shown."""
    for domain in ("product", "topic"):
        new = any(i.domain == domain for i in items) and not any(i.startswith(f"{domain}:") for i in view.state.shown)
        if new and not any(i.links for i in items):  # an operator's goods have a page to buy them on
            return (line(f"sample.{domain}"),)
    return ()
