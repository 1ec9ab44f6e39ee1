"""Requests, critiques and their end: what narrows the next list, and what no longer does."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from core import evidence
from core.catalog import DOMAINS
from core.policy.hear import Hearing, condition_of, strength
from core.state import Kind
from core.turns import NUMBER_KINDS, SERIES, Act, Condition, Scope, Target, Understanding, UnderstoodAct

FILM = Target("domain", "film")
DOMAIN_TARGETS = frozenset(f"domain:{domain}" for domain in DOMAINS)
MOVING = ("year", "price")  # numbers that tell what is looked for: songs have no price, goods no year
FEW = 3  # items of which it may be said that there are some
LONGEST_WORD = 16  # letters of a quality that is repeated as one that nothing measures
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


def films_again(h: Hearing, u: Understanding) -> None:
    """Who asked for series and now says films means films: words for a series would name it beside the domain."""
    asked = {a.target for a in u.acts if a.target and (a.polarity or 0) >= 0}
    if FILM in asked and SERIES not in asked:
        h.drop(str(SERIES), quietly=True)


def request(h: Hearing, act: UnderstoodAct) -> None:
    """A facet or number asked for now. A refusal in a request is a condition."""
    refused = (act.polarity or 0) < 0
    condition = condition_of(act, must=not refused)
    if condition is None:
        return
    go_home(h, condition)
    condition = _in_domain(h, condition)
    if act.act is Act.REPAIR and refused:
        h.drop(str(act.target or act.kind), quietly=True)
        return
    narrows = act.act in (Act.ANSWER, Act.CONTEXT, Act.MORE, Act.ANOTHER_N)
    h.condition(condition, request=condition.target is not None and not refused, narrows=narrows)


def go_home(h: Hearing, condition: Condition) -> None:
    """ "A documentary", while books are asked for, asks for films: what the domain lacks is looked for in its own."""
    target, domain = condition.target, _asked_domain(h)
    if not condition.must or domain is None or _said_now(h, domain):
        return
    number = "year" if target is not None and target.kind == "decade" else condition.kind
    if number in MOVING and (home := _home_of(h, number, domain)) is not None:
        h.condition(Condition(Target("domain", home)), request=True)
    if target is None or target.kind != "genre":
        return
    homes = [(_count(h, target, home), home) for home in DOMAINS]
    if max(homes)[0] and not in_question(h, target):
        h.condition(Condition(Target("domain", max(homes)[1])), request=True)


def _home_of(h: Hearing, number: str | None, domain: str) -> str | None:
    """Where most things have the number, if none of the domain's has it."""
    has = Counter(i.domain for i in h.catalog.items if i.number(str(number)) is not None)
    return None if has[domain] or not has else max(has, key=lambda other: has[other])


def only_domain(u: Understanding) -> bool:
    """Nothing is asked for but another kind of thing: what it should be about stays."""
    asks = [a for a in u.acts if a.target is not None or a.kind in NUMBER_KINDS]
    return bool(asks) and not u.wish and all(a.target is not None and a.target.kind == "domain" for a in asks)


def stay_with_theme(h: Hearing, u: Understanding) -> None:
    """ "And books?" after films about cooking asks for books about it, where there are some."""
    now = [e.target.removeprefix("domain:") for e in h.events if e.kind is Kind.REQUEST and e.target in DOMAIN_TARGETS]
    if len(now) != 1 or not only_domain(u):
        return
    before = evidence.live(h.log, h.state.session)
    asked = [x.condition.target for x in evidence.holding(before) if x.request and x.condition.must]
    tastes = [Target(*e.target.split(":", 1)) for e in before if e.kind is Kind.TASTE and e.value > 0]
    since = {e.target for e in before if e.turn >= h.state.since}
    for target in dict.fromkeys((*asked, *(t for t in tastes if str(t) in since))):
        if target is not None and target.kind == "keyword" and target != SERIES and _count(h, target, now[0]):
            h.condition(Condition(target), request=True, narrows=True)


def _said_now(h: Hearing, domain: str) -> bool:
    return any(e.kind is Kind.REQUEST and e.target == f"domain:{domain}" for e in h.events)


def _in_domain(h: Hearing, condition: Condition) -> Condition:
    """A genre of books is a keyword of films ("wuxia"): what the domain in question has is meant.

    A domain that was asked for holds: its things may be about what is a genre elsewhere. One that is merely talked of
    gives way where the genre has more of a home in another ("poems" while albums are on the screen).
    """
    target = condition.target
    if target is None or target.kind != "genre":
        return condition
    asked = _asked_domain(h)
    domain = asked or h.state.domain
    genre, keyword = (_count(h, Target(kind, target.value), domain) for kind in ("genre", "keyword"))
    at_home = genre if domain is None else 0 if asked else _count(h, target, None)
    as_keyword = not (domain and genre) and (keyword > at_home or asked is not None)
    meant = as_keyword and (condition.must or keyword)
    return replace(condition, target=Target("keyword", target.value)) if meant else condition


def in_question(h: Hearing, target: Target) -> bool:
    """Something of the domain asked for has the genre or keyword, as either of them; other targets always."""
    if target.kind not in ("genre", "keyword"):
        return True
    return any(_count(h, Target(kind, target.value), _asked_domain(h)) for kind in ("genre", "keyword"))


def _asked_domain(h: Hearing) -> str | None:
    held = [x.condition.target for x in evidence.holding(h.live())]
    return next((t.value for t in reversed(held) if t is not None and t.kind == "domain"), None)


def _count(h: Hearing, target: Target, domain: str | None) -> int:
    """Items of a domain (None: of any) with a facet."""
    rows = h.catalog.rows_of.get((target.kind, target.value), ())
    return sum(domain in (None, h.catalog.items[row].domain) for row in rows)


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
        target = _in_domain(h, Condition(act.target)).target or act.target
        domain = _asked_domain(h) or h.state.domain
        if target.kind in ("genre", "keyword") and domain and act.text and not _count(h, target, domain):
            h.note("unmeasured", act.text)
            return
        h.write(Kind.CRITIQUE, str(target), strength(act), Scope.TONIGHT)
        h.note("more_of" if strength(act) > 0 else "less_of", target)
        return
    if act.kind is None:
        if act.text and len(act.text) <= LONGEST_WORD:
            h.note("unmeasured", act.text)
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
        more = act.act is Act.CRITIQUE_MORE
        h.condition(_beyond(h, act.kind, numbers, found[0].domain, more))
        return
    if found:  # "too dear", of books that have no price here
        h.note("unmeasured", act.kind)
        return
    bound = USUAL.get((act.kind, act.act is Act.CRITIQUE_MORE))
    if bound is not None and not h.state.screen:
        h.condition(Condition(kind=act.kind, op=">=" if act.act is Act.CRITIQUE_MORE else "<=", value=bound))


def _beyond(h: Hearing, kind: str, numbers: Sequence[float], domain: str, more: bool) -> Condition:
    """Shorter than all that stands there; where hardly anything is, than the next of them. numbers: rising."""
    sign = -1 if more else 1
    has = [sign * n for i in h.catalog.items if i.domain == domain and (n := i.number(kind)) is not None]
    bounds = [sign * n for n in (numbers[::-1] if more else numbers)]
    bound = next((b for b in bounds if sum(n < b for n in has) >= FEW), bounds[-1])
    return Condition(kind=kind, op=">" if more else "<", value=sign * bound)


def length_meant(h: Hearing, kind: str | None) -> str | None:
    """ "Short" is said of minutes and of pages; the one that is in force is meant."""
    kinds = {x.condition.kind for x in evidence.holding(h.live())}
    other = {"minutes": "pages", "pages": "minutes"}.get(kind or "")
    return other if other is not None and other in kinds and kind not in kinds else kind


def drop(h: Hearing, act: UnderstoodAct) -> None:
    what = str(act.target) if act.target else length_meant(h, act.kind)
    held = [x for x in evidence.holding(h.live()) if what is None or evidence.dropped(x, what)]
    if not held and what and what.partition(":")[0] == "decade":
        what = "year"
    if what is None:
        h.drop("all")
    elif not h.drop(what) and not h.drop("year" if what == "decade" else what.partition(":")[0]):
        h.note("not_held", act.target or act.kind)
