"""Requests, critiques and their end: what narrows the next list, and what no longer does."""

from dataclasses import replace

from core import evidence
from core.policy.hear import Hearing, condition_of, strength
from core.state import Kind
from core.turns import Act, Condition, Scope, Target, UnderstoodAct

# What "not too long" and "not too old" mean where nothing stands to compare with.
USUAL = {
    ("minutes", False): 110.0,
    ("minutes", True): 140.0,
    ("pages", False): 250.0,
    ("pages", True): 450.0,
    ("price", False): 100.0,
    ("year", True): 2000.0,
    ("year", False): 1980.0,
}


def request(h: Hearing, act: UnderstoodAct) -> None:
    """A facet or number asked for now. A refusal in a request is a condition."""
    refused = (act.polarity or 0) < 0
    condition = condition_of(act, must=not refused)
    if condition is None:
        return
    condition = _in_domain(h, condition)
    if act.act is Act.REPAIR and refused:
        h.drop(str(act.target or act.kind), quietly=True)
        return
    narrows = act.act in (Act.ANSWER, Act.CONTEXT, Act.MORE, Act.ANOTHER_N)
    h.condition(condition, request=condition.target is not None and not refused, narrows=narrows)


def _in_domain(h: Hearing, condition: Condition) -> Condition:
    """A genre of books is a keyword of films ("wuxia"): what the domain in question has is meant."""
    target, rows_of = condition.target, h.catalog.rows_of
    if target is None or target.kind != "genre":
        return condition
    held = [
        x.condition.target.value
        for x in evidence.holding(h.live())
        if x.condition.target and x.condition.target.kind == "domain"
    ]
    domain = held[-1] if held else h.state.domain

    def found(kind: str) -> int:
        rows = rows_of.get((kind, target.value), ())
        return sum(domain in (None, h.catalog.items[row].domain) for row in rows)

    as_keyword = found("keyword") > found("genre") if domain is None else not found("genre") and found("keyword")
    return replace(condition, target=Target("keyword", target.value)) if as_keyword else condition


def similar(h: Hearing, act: UnderstoodAct) -> None:
    if act.target is None:
        return
    if act.target.kind == "item":
        h.write(Kind.SIMILAR, str(act.target), 1.0, Scope.TONIGHT)
    else:
        h.write(Kind.CRITIQUE, str(act.target), 1.0, Scope.TONIGHT)


def critique(h: Hearing, act: UnderstoodAct) -> None:
    """More or less of something than what stands there; of a number, a bound set by what stands there."""
    if act.target is not None:
        h.write(Kind.CRITIQUE, str(act.target), strength(act), Scope.TONIGHT)
        h.note("more_of" if strength(act) > 0 else "less_of", act.target)
        return
    if act.kind is None:
        return
    if act.op and act.value is not None:
        h.condition(Condition(kind=act.kind, op=act.op, value=act.value))
        return
    standing = (h.state.focus,) if h.state.focus in h.state.screen else h.state.screen
    asked = [e for e in h.events if e.kind is Kind.REQUEST and e.target.startswith("domain:")]
    if asked and standing and not all(i.startswith(asked[-1].target.removeprefix("domain:")) for i in standing if i):
        return  # "a short article" after a list of songs: shorter than what?
    found = [found for i in standing if i and (found := h.catalog.get(i))]
    numbers = sorted(n for f in found if (n := f.number(act.kind)) is not None)
    if numbers:
        middle = numbers[(len(numbers) - 1) // 2]
        more = act.act is Act.CRITIQUE_MORE
        h.condition(Condition(kind=act.kind, op=">" if more else "<", value=middle))
        return
    bound = USUAL.get((act.kind, act.act is Act.CRITIQUE_MORE))
    if bound is not None and not h.state.screen:
        h.condition(Condition(kind=act.kind, op=">=" if act.act is Act.CRITIQUE_MORE else "<=", value=bound))


def length_meant(h: Hearing, kind: str | None) -> str | None:
    """ "Short" is said of minutes and of pages; the one that is in force is meant."""
    kinds = {x.condition.kind for x in evidence.holding(h.live())}
    other = {"minutes": "pages", "pages": "minutes"}.get(kind or "")
    return other if other in kinds and kind not in kinds else kind


def drop(h: Hearing, act: UnderstoodAct) -> None:
    what = str(act.target) if act.target else length_meant(h, act.kind)
    held = [x for x in evidence.holding(h.live()) if what is None or evidence.dropped(x, what)]
    if not held and what and what.partition(":")[0] == "decade":
        what = "year"
    if what is None:
        h.drop("all")
    elif not h.drop(what) and not h.drop("year" if what == "decade" else what.partition(":")[0]):
        h.note("not_held", act.target or act.kind)
