"""Which items to show, why each, and what to say when nothing is left."""

from dataclasses import dataclass

import numpy as np

from core.catalog import DOMAINS
from core.moves import CardPlan, Line, line
from core.policy.hear import Want
from core.policy.view import Mask, Vector, View
from core.recsys import slate
from core.state import Kind
from core.turns import Condition, Target

DEFAULT_COUNT = 3
MOST = 10  # cards in one answer
ENOUGH = 3  # described items that make the bare ones unnecessary
WISH_WEIGHT, SOFT_WEIGHT, UNWANTED_WEIGHT = 2.5, 2.0, 3.0  # standard deviations of the score among what fits
POOL = 60  # items close to a wish or seed among which taste decides
MIXED = ("film", "book", "music")  # a request that names no domain
NOTABLE = 0.05  # logits; a smaller share is no reason
LONG_MINUTES = 165


@dataclass(frozen=True, slots=True)
class Choice:
    """Rows to show, in order, and how many fitted in all. domains: where they were looked for."""

    rows: tuple[int, ...]
    fitting: int
    domains: tuple[str, ...]
    likeness: Vector | None = None


def domains_of(view: View, want: Want) -> tuple[str, ...]:
    """Where to look: the domain asked for, that of the seed, that which the asked-for genres live in, or several."""
    asked = [h.condition.target.value for h in view.holding if is_domain(h.condition) and h.condition.target]
    if asked:
        return (asked[-1],)
    if want.seed is not None:
        return (view.item(want.seed).domain,)
    genres = [h.condition.target for h in view.holding if h.condition.target and h.condition.must]
    hard = [t for t in genres if t.kind in ("genre", "person", "country", "decade", "audience")]
    kinds = {h.condition.kind for h in view.holding}
    for kind, domain in (("price", "product"), ("pages", "book"), ("minutes", "film")):
        if kind in kinds:
            return (domain,)
    if hard:
        rows = [view.shelf.catalog.rows_of.get((t.kind, t.value), ()) for t in hard]
        counts = {d: sum(view.shelf.catalog.items[r].domain == d for found in rows for r in found) for d in DOMAINS}
        home = view.state.domain if view.state.domain and counts.get(view.state.domain) else None
        best = home or ("film" if counts["film"] >= ENOUGH else max(DOMAINS, key=lambda d: counts[d]))
        return (best,) if counts[best] else ("film",)
    if view.state.domain:
        return (view.state.domain,)
    if want.wish:
        return DOMAINS
    return ("film",) if view.wishes or "year" in kinds else MIXED


def is_domain(condition: Condition) -> bool:
    return condition.must and condition.target is not None and condition.target.kind == "domain"


def choose(view: View, want: Want, rng: np.random.Generator) -> Choice:
    """The slate for a want; fewer where fewer fit, empty where none does."""
    domains = domains_of(view, want)
    conditions = [c for c in view.conditions if not is_domain(c) and not ignored(c, want)]
    count = max(1, min(want.count or DEFAULT_COUNT, MOST))
    fits = view.fitting(conditions, domains)
    if want.seed is not None:
        fits &= ~view.shelf.kin(view.shelf.catalog.row[want.seed])
    fits = _prefer(fits, ~_having(view, view.unwanted), count)
    fits = _prefer(fits, view.shelf.described, max(count, ENOUGH))
    likeness = _likeness(view, want)
    if len(domains) > 1 and likeness is None:
        found: list[int] = []
        for domain in domains[:count]:
            inside = fits & (view.shelf.domain == DOMAINS.index(domain))
            found += _slate(view, want, inside, None, 1, rng)
        return Choice(tuple(found), int(fits.sum()), domains)
    rows = _slate(view, want, fits, likeness, count, rng)
    return Choice(tuple(rows), int(fits.sum()), domains, likeness)


def ignored(condition: Condition, want: Want) -> bool:
    names = {condition.kind, str(condition.target), condition.target.kind if condition.target else None}
    if condition.target is not None and condition.target.kind == "decade":
        names.add("year")
    return bool(names & set(want.ignoring))


def _prefer(fits: Mask, better: Mask, least: int) -> Mask:
    """Only the better ones, where there are enough of them."""
    return fits & better if int((fits & better).sum()) >= least else fits


def _having(view: View, targets: tuple[Target, ...]) -> Mask:
    """(n,) items that have one of the facets."""
    found = np.zeros(len(view.shelf.catalog), dtype=bool)
    for t in targets:
        found[list(view.shelf.catalog.rows_of.get((t.kind, t.value), ()))] = True
    return found


def _likeness(view: View, want: Want) -> Vector | None:
    if want.seed is not None:
        return view.shelf.alike(view.shelf.catalog.row[want.seed])
    if want.wish and view.shelf.match is not None:
        return view.shelf.match(want.wish)
    return None


def _slate(
    view: View, want: Want, fits: Mask, likeness: Vector | None, count: int, rng: np.random.Generator
) -> list[int]:
    rows = np.flatnonzero(fits)
    if not len(rows):
        return []
    order = _standard(view.scores[rows])
    if want.explore:  # what fits this person, less what everybody knows
        popular = _standard(view.shelf.model.popularity[rows])
        order = order - 1.5 * np.maximum(popular, 0)
    for target in view.wishes:
        order = order + SOFT_WEIGHT * _having(view, (target,))[rows]
    for target in view.unwanted:
        order = order - UNWANTED_WEIGHT * _having(view, (target,))[rows]
    if likeness is not None:
        near = likeness[rows]
        pool = np.argsort(-near, kind="stable")[: max(POOL, count)]
        rows, order, near = rows[pool], order[pool], near[pool]
        order = 0.5 * order + WISH_WEIGHT * _standard(near)
    if want.surprise:
        order = order + rng.gumbel(size=len(order))
    diversity = 0.15 if likeness is not None else 1.0 if view.newcomer else 0.4
    traits = np.asarray(view.shelf.facets[0][rows].todense())  # (r, f): two items are alike where their facets are
    held_dear = [_having(view, (t,))[rows] for t in view.dear] if count >= DEFAULT_COUNT and likeness is None else []
    places = slate.choose(order, traits, count, reserved=held_dear[:1], config=slate.SlateConfig(diversity=diversity))
    return [int(r) for r in rows[places]]


def _standard(values: Vector) -> Vector:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-12 else np.zeros_like(values)


# ---- why ----


def plans(view: View, want: Want, rows: tuple[int, ...]) -> tuple[CardPlan, ...]:
    return tuple(CardPlan(view.shelf.catalog.items[r].id, reasons(view, want, r)) for r in rows)


def reasons(view: View, want: Want, row: int) -> tuple[Line, ...]:
    """One or two reasons that stand in the numbers or in the request, and a caution where there is one."""
    found: list[Line] = []
    shelf, one = view.shelf, view.shelf.catalog.items[row]
    if want.seed is not None:
        seed_row = shelf.catalog.row[want.seed]
        shared = shelf.shared(row, seed_row)[:3]
        found.append(
            line("why.similar", item=shelf.catalog.items[seed_row], what=shared)
            if shared
            else line("why.near", item=shelf.catalog.items[seed_row])
        )
    wanted = [h.condition.target for h in view.holding if h.request and h.condition.must and h.condition.target]
    facets = set(one.facets())
    met = tuple(t for t in dict.fromkeys((*wanted, *view.wishes)) if t.kind != "domain" and (t.kind, t.value) in facets)
    if met and want.seed is None:
        found.append(line("why.asked", what=met[:3]))
    elif want.wish and want.seed is None:
        found.append(line("why.wish"))
    numbers = view.numbers(one.id)
    by_size = sorted(numbers.parts, key=lambda part: (-part[1], part[0].event))
    for e, value in by_size[:2]:
        if value < NOTABLE or len(found) > 1:
            break
        if e.kind in (Kind.LIKE, Kind.LOVE) and (liked := shelf.catalog.get(e.target.removeprefix("item:"))):
            shared = shelf.shared(row, shelf.catalog.row[liked.id])[:2]
            found.append(line("why.liked", item=liked, what=shared) if shared else line("why.liked_too", item=liked))
        elif e.kind is Kind.TASTE and e.value > 0:
            found.append(line("why.taste", what=(Target(*e.target.split(":", 1)),)))
    if not found:
        rating = one.number("rating")
        if want.explore:
            found.append(line("why.explore"))
        elif rating is not None and rating >= 7.5:
            found.append(line("why.rated", rating=rating))
        elif one.moods:
            found.append(line("why.mood", what=tuple(Target("mood", m) for m in one.moods[:2])))
        elif one.genres:
            found.append(line("why.genre", what=tuple(Target("genre", g) for g in one.genres[:2])))
    return (*found[:2], *_caution(view, row))


def _caution(view: View, row: int) -> tuple[Line, ...]:
    one = view.shelf.catalog.items[row]
    facets = set(one.facets())
    for target in view.unwanted:
        if (target.kind, target.value) in facets:
            return (line("but.taste", what=(target,)),)
    minutes = one.number("minutes")
    if one.domain == "film" and minutes is not None and minutes >= LONG_MINUTES:
        return (line("but.long", minutes=minutes),)
    return ()


# ---- nothing left ----


def blockers(view: View, want: Want) -> tuple[tuple[Condition, int], ...]:
    """Conditions that stand in the way: each with the number of items that would fit without it, most first."""
    domains = domains_of(view, want)
    conditions = [c for c in view.conditions if not is_domain(c)]
    found = [(c, int(view.fitting([o for o in conditions if o != c], domains).sum())) for c in conditions]
    helpful = [(c, n) for c, n in found if n]
    return tuple(sorted(helpful, key=lambda pair: -pair[1])) or tuple((c, 0) for c in conditions)


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
