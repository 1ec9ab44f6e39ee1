"""Which items to show, and what stands in the way when nothing is left."""

from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from core.catalog import DOMAINS, Item
from core.policy.order import foreign, having, lesser_known, liking, standard
from core.policy.reasons import GIFT
from core.policy.shelf import Mask, Vector
from core.policy.view import View
from core.policy.want import Want
from core.recsys import slate
from core.turns import SERIES, Condition, Target

DEFAULT_COUNT = 3
MOST = 20  # cards in one answer
ENOUGH = 3  # described items that make the bare ones unnecessary
WISH_WEIGHT = 2.5  # standard deviations of the score among what fits
NEAREST = 40  # of a wish, that are remembered
QUALITY_FLOOR = 0.75  # of the floor, for what things on the screen are to have: that says less than a thing's name
CLOSE = 0.6  # of the likeness of the best: goods that come less near are not what was asked for
POOL = 60  # items close to a wish or seed among which taste decides
MIXED = ("film", "book", "music")  # a request that names no domain


@dataclass(frozen=True, slots=True)
class Choice:
    """Rows to show, in order, and how many fitted in all. domains: where they were looked for."""

    rows: tuple[int, ...]
    fitting: int
    domains: tuple[str, ...]
    likeness: Vector | None = None


def domains_of(view: View, want: Want) -> tuple[str, ...]:
    """Where to look: the domain asked for, that of the seed, that which the asked-for genres live in, or several."""
    asked = [(h.turn, h.condition.target.value) for h in view.holding if is_domain(h.condition) and h.condition.target]
    now = bool(asked) and asked[-1][0] == view.state.turn
    if want.replace and not now:  # each in the place of one of its kind
        return tuple(dict.fromkeys(view.item(i).domain for i in want.replace if i in view.shelf.catalog.row))
    if asked:  # "a book or some music": both, if said in one breath
        return tuple(dict.fromkeys(domain for turn, domain in asked if turn == asked[-1][0]))
    if want.seed is not None:
        return (view.item(want.seed).domain,)
    held = [h.condition.target for h in view.holding if h.condition.target and h.condition.must]
    hard = [
        t for t in (*held, *view.wishes) if t.kind in ("genre", "person", "country", "decade", "audience", "keyword")
    ]
    kinds = {h.condition.kind for h in view.holding}
    for kind, domain in (("price", "product"), ("pages", "book"), ("minutes", "film")):
        if kind in kinds:
            return (domain,)
    named = [t for t in hard if t.kind in ("genre", "person")] or hard  # an essay about walking, not songs about it
    told = want.wish and not view.state.domain and all(t.kind in ("keyword", "audience") for t in hard)
    if hard and not told:  # what a wish is about may be told of by anything
        rows = [view.shelf.catalog.rows_of.get((t.kind, t.value), ()) for t in named]
        counts = {d: sum(view.shelf.catalog.items[r].domain == d for found in rows for r in found) for d in DOMAINS}
        home = view.state.domain if view.state.domain and counts.get(view.state.domain) else None
        best = home or ("film" if counts["film"] >= ENOUGH else max(DOMAINS, key=lambda d: counts[d]))
        return (best,) if counts[best] else ("film",)
    spoken_of = [i for e in view.live if e.turn == view.state.turn and (i := view.shelf.catalog.get(e.target[5:]))]
    if spoken_of:  # "just finished 1984, what next?"
        return (spoken_of[-1].domain,)
    refused = {c.target.value for c in view.conditions if c.target and c.target.kind == "domain" and not c.must}
    if view.state.domain and view.state.domain not in refused:
        return (view.state.domain,)
    if want.wish:
        return DOMAINS
    if (view.wishes or "year" in kinds) and "film" not in refused:
        return ("film",)
    return tuple(d for d in MIXED if d not in refused) or DOMAINS


def is_domain(condition: Condition) -> bool:
    return condition.must and condition.target is not None and condition.target.kind == "domain"


def choose(view: View, want: Want, rng: np.random.Generator) -> Choice:
    """The slate for a want; fewer where fewer fit, empty where none does."""
    domains = domains_of(view, want)
    count = max(1, min(want.count or DEFAULT_COUNT, MOST))
    fits = _fitting(view, want, domains)
    # two about football are better than three about anything, but what is like a work need not be about football
    if not want.wish or len(domains) == 1:
        fits = _prefer(fits, having(view, view.things), 1 if want.seed is None and not want.wish else count)
    series = having(view, (SERIES,))
    named = any(h.turn == view.state.turn and is_domain(h.condition) for h in view.holding)
    if want.seed is not None and series[view.shelf.catalog.row[want.seed]] and not named:
        fits = _prefer(fits, series, count)
    elif SERIES not in view.wishes:  # a film is over tonight; who wants a series says so
        fits = _prefer(fits, ~series, count)
    if want.seed is not None:
        fits &= ~view.shelf.kin(view.shelf.catalog.row[want.seed])
    for gone in (i for i in want.replace if i in view.shelf.catalog.row and view.turned_down(i)):
        fits = _prefer(fits, ~view.shelf.kin(view.shelf.catalog.row[gone]), count)  # nor does its sequel fill the gap
    fits = _prefer(fits, ~having(view, view.unwanted), count)
    fits = _prefer(fits, view.shelf.described, max(count, ENOUGH))
    likeness = _likeness(view, want)
    if want.wish and likeness is not None and domains == ("product",):
        fits = _prefer(fits, likeness >= CLOSE * likeness[fits].max(initial=0.0), 1)
    if want.near and likeness is not None:
        left = fits & (likeness > 0)
        fits, likeness = (left, likeness) if left.any() else (fits, None)
    if len(domains) > 1 and likeness is None:
        found = []
        for domain, places in zip(domains, _divided(want, domains, named), strict=True):
            inside = fits & (view.shelf.domain == DOMAINS.index(domain))
            found.append(_slate(view, want, inside, None, places, rng) if places else [])
        in_turn = (row for some in zip_longest(*found) for row in some if row is not None)
        return Choice(tuple(in_turn), int(fits.sum()), domains)
    rows = _slate(view, want, fits, likeness, count, rng)
    return Choice(tuple(rows), int(fits.sum()), domains, likeness)


def _fitting(view: View, want: Want, domains: tuple[str, ...]) -> Mask:
    """(n,) what meets the conditions. Goods of two kinds at once ("a backpack for my laptop") are of one of them."""
    conditions = filters(view, want, domains)
    fits = view.fitting(conditions, domains)
    kinds = [c for c in conditions if c.must and c.target is not None and c.target.kind == "genre"]
    if fits.any() or len(kinds) < 2 or domains != ("product",):
        return fits
    others = [c for c in conditions if c not in kinds]
    of_one: Mask = np.logical_or.reduce([view.shelf.mask(c) for c in kinds])
    return view.fitting(others, domains) & of_one


def _narrows(view: View, want: Want, domains: tuple[str, ...]) -> bool:
    """Only a quality of the goods on the screen is asked for: "waterproof ones"."""
    on_screen = any(i in view.shelf.catalog.row for i in view.state.screen)
    return on_screen and bool(want.wish) and domains == ("product",) and not view.asks_now


def meant_on_screen(view: View, want: Want, domains: tuple[str, ...]) -> tuple[Item, ...]:
    """What stands on the screen and has the quality asked for ("waterproof ones"), where nothing new has more of it."""
    near = view.near(want.wish) if want.wish and _narrows(view, want, domains) else None
    if near is None:
        return ()
    meets = view.meeting(filters(view, want, domains), domains)
    row, out = view.shelf.catalog.row, view.known.out
    shown = [row[i] for i in view.state.screen if i in row and i not in out and meets[row[i]]]
    best = max((float(near[r]) for r in shown), default=0.0)
    if not shown or best < near[meets & view.fresh].max(initial=QUALITY_FLOOR * view.shelf.floor):
        return ()
    return tuple(view.shelf.catalog.items[r] for r in sorted(shown, key=lambda r: -near[r]) if near[r] >= CLOSE * best)


def filters(view: View, want: Want, domains: tuple[str, ...]) -> list[Condition]:
    """What every item of the list has to meet, its domain apart."""
    held = [c for c in view.conditions if not is_domain(c)]
    if domains == ("product",):  # who asks for headphones is not helped by a knife
        told = [Condition(t) for t in view.things if t != GIFT and not t.value.startswith("gift-for-")]
        goods = view.shelf.domain == DOMAINS.index("product")
        had = [c for c in told if (view.shelf.mask(c) & goods).any()]  # "a lamp for my bedroom" is about no bedroom
        held += [c for c in had or told if _asks_for(view, c, held)]
    return [c for c in held if not ignored(c, want)]


def _asks_for(view: View, thing: Condition, held: list[Condition]) -> bool:
    """A shop may lack what is asked for, and says so once. A present's "for my girlfriend" names nobody's goods.

    Nor does "for my bedroom" beside a lamp.
    """
    goods = view.shelf.domain == DOMAINS.index("product")
    asked = any(h.condition == thing and h.turn == view.state.turn for h in view.holding)
    beside = any(t != thing.target and (having(view, (t,)) & goods).any() for t in view.things)
    if asked and not beside and GIFT not in view.things:
        return True
    return bool(np.logical_and.reduce([goods, *(view.shelf.mask(c) for c in (*held, thing))]).any())


def _divided(want: Want, domains: tuple[str, ...], named: bool) -> tuple[int, ...]:
    """Places of each domain: as told ("two books and a film"), else one each, else the count in equal parts.

    named: in this message; then each has one at least.
    """
    told = dict(want.counts)
    if told:
        return tuple(told.get(domain, 1) for domain in domains)
    count = min(want.count or len(domains), MOST)
    most, left = divmod(max(count, len(domains)) if named else count, len(domains))
    return tuple(most + (n < left) for n in range(len(domains)))


def ignored(condition: Condition, want: Want) -> bool:
    names = {condition.kind, str(condition.target), condition.target.kind if condition.target else None}
    if condition.target is not None and condition.target.kind == "decade":
        names.add("year")
    return bool(names & set(want.ignoring))


def _prefer(fits: Mask, better: Mask, least: int) -> Mask:
    """Only the better ones, where there are enough of them."""
    return fits & better if int((fits & better).sum()) >= least else fits


def is_strange(view: View, want: Want) -> bool:
    """True where no description of what is asked for comes near the wish, or there is none."""
    if want.seed is not None:
        return False
    near = _likeness(view, want)
    domains = domains_of(view, want)
    inside = np.isin(view.shelf.domain, [DOMAINS.index(d) for d in domains])
    floor = QUALITY_FLOOR * view.shelf.floor if _narrows(view, want, domains) else view.shelf.floor
    return near is None or float(near[inside].max(initial=-1.0)) < floor


def _likeness(view: View, want: Want) -> Vector | None:
    if want.seed is not None:
        return view.shelf.alike(view.shelf.catalog.row[want.seed])
    if want.wish:
        return view.near(want.wish)
    return _remembered(view, want.near) if want.near else None


def _remembered(view: View, near: tuple[str, ...]) -> Vector:
    """(n,) likeness to words that are not kept: falling from 1 over what came nearest to them, 0 elsewhere."""
    found, row = np.zeros(len(view.shelf.catalog)), view.shelf.catalog.row
    for place, item_id in enumerate(near):
        if item_id in row:
            found[row[item_id]] = 1 - place / len(near)
    return found


def nearest(view: View, want: Want, choice: Choice) -> tuple[str, ...]:
    """What comes nearest to the wish, best first, so that the list can go on without the words."""
    if not want.wish or choice.likeness is None:
        return want.near
    inside = np.isin(view.shelf.domain, [DOMAINS.index(d) for d in choice.domains]) & view.shelf.described
    if choice.domains == ("product",):
        inside &= choice.likeness >= CLOSE * choice.likeness[inside].max(initial=0.0)
    rows = np.flatnonzero(inside)
    best = rows[np.argsort(-choice.likeness[rows], kind="stable")[:NEAREST]]
    return tuple(view.shelf.catalog.items[r].id for r in best)


def _slate(
    view: View, want: Want, fits: Mask, likeness: Vector | None, count: int, rng: np.random.Generator
) -> list[int]:
    rows = np.flatnonzero(_nearest_to_wishes(view, fits, count))
    if want.explore:
        rows = rows[lesser_known(view, rows)]
    if not len(rows):
        return []
    order = liking(view, want, rows)
    if likeness is not None:
        near = likeness[rows]
        pool = np.argsort(-near, kind="stable")[: max(POOL, count)]
        rows, order = rows[pool], 0.5 * order[pool] + WISH_WEIGHT * standard(near[pool])
    order = order - foreign(view, want, rows)
    if want.surprise:
        order = order + rng.gumbel(size=len(order))
    dear = [having(view, (t,)) for t in view.dear[:1]] if count >= DEFAULT_COUNT and likeness is None else []
    best = np.argsort(-order, kind="stable")
    pool = np.concatenate([best[:POOL], *(best[mask[rows[best]]][:count] for mask in dear)])
    pool = pool[np.sort(np.unique(pool, return_index=True)[1])]
    rows, order = rows[pool], order[pool]
    diversity = 0.15 if likeness is not None else 1.0 if view.newcomer else 0.4
    traits = np.asarray(view.shelf.facets[0][rows].todense())  # (r, f): two items are alike where their facets are
    config = slate.SlateConfig(diversity=diversity, openness=slate.GEMS * view.shelf.openness)
    reserved, counts = [mask[rows] for mask in dear], view.shelf.model.counts[rows]
    return [int(r) for r in rows[slate.choose(order, traits, count, reserved=reserved, config=config, counts=counts)]]


def _nearest_to_wishes(view: View, fits: Mask, count: int) -> Mask:
    """Those that have every mood and keyword asked for, else one of them, where there are enough."""
    wishes = view.wishes
    if not wishes:
        return fits
    every = np.logical_and.reduce([having(view, (t,)) for t in wishes])
    return _prefer(_prefer(fits, having(view, wishes), count), every, count)


# ---- nothing left ----


def blockers(view: View, want: Want) -> tuple[tuple[Condition, int], ...]:
    """Conditions that stand in the way: each with the number of items that would fit without it.

    First those of earlier turns, for what was said just now is what is wanted; then by that number.
    """
    domains = domains_of(view, want)
    conditions = filters(view, want, domains)
    found = [(c, int(view.fitting([o for o in conditions if o != c], domains).sum())) for c in conditions]
    helpful = [(c, n) for c, n in found if n]
    new = {h.condition for h in view.holding if h.turn == view.state.turn}
    return tuple(sorted(helpful, key=lambda pair: (pair[0] in new, -pair[1]))) or tuple((c, 0) for c in conditions)


def kinds(view: View, domain: str, count: int = 5) -> tuple[Target, ...]:
    """Genres that suit this person in a domain: by their best items' scores, each bringing something new."""
    fits = view.fitting([c for c in view.conditions if not is_domain(c)], (domain,)) & view.shelf.described
    options = []
    for (kind, value), rows in view.shelf.catalog.rows_of.items():
        if kind == "genre":
            inside = [r for r in rows if fits[r]]
            if len(inside) >= ENOUGH:
                best = np.sort(view.scores[inside])[-8:]
                options.append((float(best.mean()) * min(1.0, len(inside) / 8), value, frozenset(inside)))
    chosen: list[Target] = []
    covered: frozenset[int] = frozenset()
    while options and len(chosen) < count:
        options.sort(key=lambda o: (-(len(o[2] - covered) / len(o[2])) * len(o[2] - covered) ** 0.5, o[1]))
        _, value, inside_rows = options.pop(0)
        chosen.append(Target("genre", value))
        covered |= inside_rows
    return tuple(chosen)
