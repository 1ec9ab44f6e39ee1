"""Why an item is shown: what of the request and of the taste it meets, what it is, and a caution."""

from core.catalog import Item
from core.moves import CardPlan, Line, line
from core.policy.view import View
from core.policy.want import Want
from core.state import Kind
from core.turns import SERIES, Target

NOTABLE = 0.05  # logits; a smaller share is no reason
TOLD_BY_THEME = ("film", "book", "article", "product")  # of an album, the mood says more
SHARED_KEYWORD = 3  # items that make a keyword one with a name in both languages
LONG_MINUTES = 165
WELL_RATED = 7.5  # of 10, by people
GIFT = Target("keyword", "gift")  # of a shop's goods nearly all may be given: no reason, and no condition


def plans(view: View, want: Want, rows: tuple[int, ...]) -> tuple[CardPlan, ...]:
    return tuple(CardPlan(view.shelf.catalog.items[r].id, reasons(view, want, r)) for r in rows)


def reasons(view: View, want: Want, row: int) -> tuple[Line, ...]:
    """One or two reasons that stand in the request or in the numbers, and a caution where there is one."""
    one = view.shelf.catalog.items[row]
    found = [*_of_request(view, want, row), *_of_taste(view, want, row)][:2]
    if len(found) < 2:
        found += _of_item(view, want, row, alone=not found)
    return (*found[:2], *_caution(view, one))


def _of_request(view: View, want: Want, row: int) -> list[Line]:
    """What of the request the item meets: the seed, the wish, what bent the order. A filter is no news."""
    shelf = view.shelf
    if want.seed is not None:
        seed = shelf.catalog.row[want.seed]
        shared = shelf.shared(row, seed)[:3]
        item = shelf.catalog.items[seed]
        return [line("why.similar", item=item, what=shared) if shared else line("why.near", item=item)]
    facets = set(shelf.catalog.items[row].facets())
    if unlike := _unlike(view, want, facets):
        return [unlike]
    tastes = {e.target for e in view.live if e.kind is Kind.TASTE}  # these have a reason of their own
    met = tuple(t for t in view.wishes if (t.kind, t.value) in facets and str(t) not in tastes and not _for_all(t))
    if met:
        return [line("why.asked", what=met[:3])]
    by_words = want.wish or view.shelf.catalog.items[row].id in want.near
    return [line("why.wish")] if by_words else []


def _for_all(target: Target) -> bool:
    """That it is a series, may be given, or to whom: the opening says it of the whole list."""
    return target in (GIFT, SERIES) or target.kind == "keyword" and target.value.startswith("gift-for-")


def _unlike(view: View, want: Want, facets: set[tuple[str, str]]) -> Line | None:
    """What it leaves out of the one whose place it takes, where that was disliked."""
    gone = view.shelf.catalog.get(want.replace[0]) if len(want.replace) == 1 else None
    if gone is None or view.known.verdicts.get(gone.id) is not Kind.DISLIKE:
        return None
    for kind in ("genre", "mood"):
        if lacks := tuple(Target(kind, value) for value in gone.words(kind) if (kind, value) not in facets):
            return line("why.unlike", item=gone, what=lacks[:2])
    return None


def _of_taste(view: View, want: Want, row: int) -> list[Line]:
    """The largest share of what the person told, if it speaks for the item."""
    shelf = view.shelf
    own = shelf.catalog.items[row].id
    parts = view.numbers(own).parts
    facets = {f"{kind}:{value}" for kind, value in shelf.catalog.items[row].facets()}
    told = [
        (e, share)
        for e, share in parts
        if e.value > 0
        and e.target not in (f"item:{want.seed}", f"item:{own}")  # said already, or no reason at all
        and (e.kind in (Kind.LIKE, Kind.LOVE) and share >= NOTABLE or e.kind is Kind.TASTE and e.target in facets)
    ]
    if not told:
        return []
    e, _ = max(told, key=lambda part: (part[1], -part[0].event))
    if e.kind is Kind.TASTE:
        return [line("why.group_taste" if view.group else "why.taste", what=(Target(*e.target.split(":", 1)),))]
    liked = shelf.catalog.row[e.target.removeprefix("item:")]
    shared = shelf.shared(row, liked)[:2]
    item = shelf.catalog.items[liked]
    if shared:
        return [line("why.group_liked" if view.group else "why.liked", item=item, what=shared)]
    return [line("why.group_liked_too" if view.group else "why.liked_too", item=item)]


def _of_item(view: View, want: Want, row: int, alone: bool) -> list[Line]:
    """What can be said of the item itself; alone: nothing else speaks for it."""
    one = view.shelf.catalog.items[row]
    rating = one.number("rating")
    if want.explore:
        return [line("why.explore")]
    rated = [line("why.rated", rating=rating)] if rating is not None and rating >= WELL_RATED else []
    themes = _themes(view, one)
    if themes and one.domain in TOLD_BY_THEME:
        return [line("why.uses" if one.domain == "product" else "why.about", what=themes), *rated]
    if rated or not alone:
        return rated
    if one.moods:
        return [line("why.mood", what=tuple(Target("mood", m) for m in one.moods[:2]))]
    return [line("why.genre", what=tuple(Target("genre", g) for g in one.genres[:2]))] if one.genres else []


def _themes(view: View, one: Item) -> tuple[Target, ...]:
    """The item's first two keywords that others share, so that they have a name, and that were not asked for."""
    found = [
        t
        for t in (Target("keyword", k) for k in one.keywords)
        if len(view.shelf.catalog.rows_of[t.kind, t.value]) >= SHARED_KEYWORD
        and t not in view.wishes
        and t not in (GIFT, SERIES)
        and not t.value.startswith("gift-for-")
    ]
    return tuple(found[:2])


def _caution(view: View, one: Item) -> tuple[Line, ...]:
    facets = set(one.facets())
    for target in view.unwanted:
        if (target.kind, target.value) in facets:
            return (line("but.taste", what=(target,)),)
    minutes = one.number("minutes")
    if one.domain == "film" and minutes is not None and minutes >= LONG_MINUTES:
        return (line("but.long", minutes=minutes),)
    return ()
