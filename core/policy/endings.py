"""Nothing new fits: says which condition is to blame, names what was shown and does fit, and offers to drop one."""

from core import evidence
from core.catalog import Item
from core.moves import Decision, Line, Move, button, line
from core.policy import picks
from core.policy.buttons import name_of
from core.policy.view import View, alternatives
from core.policy.want import Want
from core.turns import Condition, Drop, Menu, Open, Target


def dead_end(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    domains = picks.domains_of(view, want)
    conditions = picks.filters(view, want, domains)
    again = _shown_and_fitting(view, conditions, domains)
    blame = picks.blockers(view, want)
    domain = Target("domain", domains[0])
    if not blame:
        other = [d for d in picks.MIXED if d not in domains]
        onward = tuple(button("label.domain", Menu(d), target=Target("domain", d)) for d in other)
        return Decision(Move((*lines, line("none.left", domain=domain)), buttons=(onward,)))
    onward = tuple(button("label.drop", Drop(name_of(c)), what=(c,)) for c, _ in blame[:3])
    (first, count), all_of = blame[0], tuple(c for c, _ in blame)
    groups = alternatives(conditions)
    if again:  # named, not shown: nobody asked to see them twice
        told = line("none.but_shown", items=again, domain=domain)
        opens = tuple(button("label.item", Open(one.id), item=one) for one in again)
        return Decision(Move((*lines, told), buttons=(opens, onward)), focus=again[0].id if len(again) == 1 else None)
    if not count:
        told = line("none.exists", what=all_of, domain=domain)
    elif any(_meets(view, i, groups, domains) for i in view.state.shown if i in view.shelf.catalog.row):
        told = line("none.no_other", what=all_of, drop=(first,), count=count, domain=domain)
    elif len(conditions) > 1:
        told = line("none.fits", what=all_of, drop=(first,), count=count, domain=domain)
    else:
        told = line("none.such", what=(first,), count=count, domain=domain)
    return Decision(Move((*lines, told), buttons=(onward,)), domain=domains[0] if len(domains) == 1 else None)


def _shown_and_fitting(view: View, conditions: list[Condition], domains: tuple[str, ...]) -> tuple[Item, ...]:
    """Where something was narrowed just now: what of the lists of this evening meets it and was not turned down."""
    if not any(h.turn == view.state.turn and h.condition.must and not h.request for h in view.holding):
        return ()
    earlier = (i for slate in (view.state.screen, *view.state.slates[::-1]) for i in slate)
    able = [i for i in dict.fromkeys(earlier) if i in view.shelf.catalog.row and i not in view.known.out]
    groups = alternatives(conditions)
    return tuple(view.item(i) for i in able if _meets(view, i, groups, domains))[: picks.DEFAULT_COUNT]


def _meets(view: View, item_id: str, groups: list[tuple[Condition, ...]], domains: tuple[str, ...]) -> bool:
    one = view.item(item_id)
    return one.domain in domains and all(any(evidence.satisfies(one, c) for c in group) for group in groups)
