"""Answers about one item, or two: what it is, why it, why not, which of them, and what was just told of it."""

from core import evidence
from core.catalog import Item
from core.moves import ButtonPlan, CardPlan, Decision, Line, Move, button, line
from core.policy import picks, reasons
from core.policy.buttons import how_it_was, item_buttons, name_of
from core.policy.talk import talk, unknown_title
from core.policy.view import View
from core.policy.want import Want
from core.state import Feedback
from core.turns import (
    NUMBER_KINDS,
    Condition,
    Drop,
    More,
    Open,
    Take,
    Target,
    Undo,
)

FORMS = ("book", "film")  # what a work may be made into
MAKERS = {"film": "director", "book": "author", "article": "author", "music": "artist"}


def one_card(view: View, item_id: str) -> tuple[CardPlan, ...]:
    return reasons.plans(view, Want("picks"), (view.shelf.catalog.row[item_id],))


def about_item(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    item_id = want.items[0]
    if item_id not in view.shelf.catalog.row:
        return talk(view, Want("which"), lines)
    if want.field in FORMS:
        return _other_form(view, want, lines)
    if len(want.items) > 1:
        return _about_each(view, want, lines)
    if want.what == "why":
        said = why(view, item_id)
        buttons = (
            *(
                (tuple(button("label.undo_part", Undo(e.event), feedback=e) for e, _ in _largest(view, item_id)[:2]),)
                if view.told[0]
                else ()
            ),
            *item_buttons(view, item_id)[:1],
        )
        return Decision(Move((*lines, *said), one_card(view, item_id), tuple(b for b in buttons if b)), focus=item_id)
    found = view.item(item_id)
    return Decision(
        Move((*lines, *_facts(found, want.field)), one_card(view, item_id), item_buttons(view, item_id)), focus=item_id
    )


def _about_each(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    """What was asked of all on the screen, told of each. Their cards are there already."""
    found = [view.item(i) for i in want.items if i in view.shelf.catalog.row]
    told = [fact for one in found for fact in _facts(one, want.field)]
    unknown = tuple(fact.facts["item"] for fact in told if fact.key == "info.unknown")
    known = (fact for fact in told if fact.key != "info.unknown")
    said = tuple(line("info.each", **fact.facts) if fact.key == "info.plot" else fact for fact in known)
    if unknown:
        said = (*said, line("info.unknown", item=unknown, field=want.field or "plot"))
    buttons = tuple(button("label.item", Open(one.id), item=one) for one in found)
    return Decision(Move((*lines, *said), buttons=(buttons,)))


def _other_form(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    """The book that a film was made from, the film that was made of a book: of each that is asked about, if known."""
    asked = [view.item(i) for i in want.items if i in view.shelf.catalog.row]
    form = str(want.field)
    found = {one.id: other for one in asked if (other := _in_form(view, one, form)) is not None}
    if not found:
        none = line("info.no_form", items=tuple(asked), form=Target("domain", form))
        return Decision(Move((*lines, none), buttons=item_buttons(view, asked[0].id)[1:]), focus=view.state.focus)
    said = tuple(line(f"info.{form}", item=one, other=found[one.id]) for one in asked if one.id in found)
    ids = tuple(dict.fromkeys(other.id for other in found.values()))
    cards = tuple(plan for i in ids for plan in one_card(view, i))
    focus = ids[0] if len(ids) == 1 else None
    return Decision(Move((*lines, *said), cards, item_buttons(view, ids[0]) if focus else ()), focus=focus)


def _in_form(view: View, one: Item, form: str) -> Item | None:
    """What goes by the same name in that domain; of several what is about the same, then what is nearest in time."""
    if one.domain == form:
        return one
    same = [i for i in view.shelf.catalog.items if i.domain == form and _names(i) & _names(one)]
    years = {i.id: abs((i.year or 0) - (one.year or 0)) for i in same}
    return min(same, key=lambda i: (-len(set(i.keywords) & set(one.keywords)), years[i.id]), default=None)


def _names(one: Item) -> frozenset[str]:
    return frozenset(name.casefold() for name in (one.title.zh, one.title.en, *one.aliases) if name)


def _facts(found: Item, field: str | None) -> tuple[Line, ...]:
    """The field that was asked for, read from the item; or that it is not known."""
    if field in MAKERS.values():
        field = MAKERS.get(found.domain, field)
    roles = {
        "cast": ("actor", "performer"),
        "director": ("director",),
        "author": ("author",),
        "artist": ("artist", "composer", "performer"),
    }
    if field in NUMBER_KINDS:
        number = found.number(field)
        return (
            line(f"info.{field}", item=found, number=number)
            if number is not None
            else line("info.unknown", item=found, field=field),
        )
    if field in roles:
        people = tuple(p for p in found.people if p.role in roles[field])
        if not people and field != "cast":  # who made it, whatever the role is called
            people = tuple(p for p in found.people if p.role not in ("actor", "performer") or found.domain == "music")
        return (
            line(f"info.{field}", item=found, people=people)
            if people
            else line("info.unknown", item=found, field=field),
        )
    if field in ("country", "language", "genre", "mood"):
        values = tuple(Target(field, v) for v in found.words(field))
        return (
            line(f"info.{field}", item=found, what=values) if values else line("info.unknown", item=found, field=field),
        )
    if field is not None and field not in ("plot", "all", "detail"):
        return (line("info.unknown", item=found, field=field),)
    if found.about.zh or found.about.en:
        return (line("info.plot", item=found, about=found.about),)
    genres = tuple(Target("genre", g) for g in found.genres)
    return (line("info.bare", item=found, what=genres) if genres else line("info.unknown", item=found, field="plot"),)


def _largest(view: View, item_id: str) -> list[tuple[Feedback, float]]:
    """What was told, by the size of its share. What several people of a group said alike is one, under the first."""
    together: dict[object, tuple[Feedback, float]] = {}
    for e, share in view.numbers(item_id).parts:
        alike = (e.kind, e.target) if e.target else e.event
        first, sum_so_far = together.get(alike, (e, 0.0))
        together[alike] = first, sum_so_far + share
    return sorted(together.values(), key=lambda part: (-abs(part[1]), part[0].event))


def why(view: View, item_id: str) -> tuple[Line, ...]:
    """The score taken apart in words: the prior's part, then the largest shares with their signs."""
    numbers = view.numbers(item_id)
    found = view.item(item_id)
    head = line("why.score", item=found, percent=100 * numbers.score, prior=numbers.prior)
    if not numbers.parts:
        return (head, line("why.only_prior"))
    largest = [part for part in _largest(view, item_id) if abs(part[1]) >= 0.005][:3]
    up = tuple(p for p in largest if p[1] > 0)
    down = tuple(p for p in largest if p[1] < 0)
    said = [head]
    if up:
        said.append(line("why.up", parts=up))
    if down:
        said.append(line("why.down", parts=down))
    if not largest:
        said.append(line("why.little"))
    return tuple(said)


def why_not(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    if not want.items:
        if want.title:
            return unknown_title(want, lines)
        return talk(view, Want("which"), lines)
    item_id = want.items[0]
    found = view.item(item_id)
    buttons: tuple[tuple[ButtonPlan, ...], ...] = ()
    broken = tuple(c for c in view.conditions if not evidence.satisfies(found, c))
    known = view.known
    if item_id in view.shelf.hidden:
        said = line("why_not.hidden", item=found)
    elif broken:
        unknown = broken[0].kind is not None and found.number(str(broken[0].kind)) is None
        said = line(
            "why_not.unknown" if unknown else "why_not.condition",
            item=found,
            what=broken[:2],
            number=_value(found, broken[0]),
        )
        buttons = (tuple(button("label.drop", Drop(name_of(c)), what=(c,)) for c in broken[:2]),)
    else:
        disliked = tuple(t for t in view.unwanted if (t.kind, t.value) in set(found.facets()))
        if item_id in known.verdicts or item_id in known.seen:
            said = line("why_not.told", item=found)
        elif item_id in known.refused:
            said = line("why_not.refused", item=found)
        elif item_id in view.state.shown:
            said = line("why_not.shown", item=found)
        elif disliked:
            said = line("why_not.taste", item=found, what=disliked[:2])
        else:
            fits = view.fitting([c for c in view.conditions if not picks.is_domain(c)], (found.domain,))
            row = view.shelf.catalog.row[item_id]
            place = 1 + int((view.scores[fits] > view.scores[row]).sum())
            said = line("why_not.rank", item=found, place=place, count=int(fits.sum()))
    return Decision(
        Move((*lines, said), one_card(view, item_id), (*buttons, *item_buttons(view, item_id)[:1])), focus=item_id
    )


def _value(found: Item, condition: Condition) -> object:
    """What the item has where the condition asks."""
    if condition.kind is not None:
        return found.number(condition.kind)
    assert condition.target is not None
    if condition.target.kind == "decade":
        return found.year
    return tuple(Target(condition.target.kind, v) for v in found.words(condition.target.kind)) or None


def compare(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    """The better two of those spoken of, and which of them."""
    first, second = sorted(want.items, key=lambda i: (-view.numbers(i).logit, view.shelf.catalog.row[i]))[:2]
    both = tuple(i for i in want.items if i in (first, second))
    a, b = view.item(first), view.item(second)
    gap = view.numbers(first).score - view.numbers(second).score
    key = "compare.close" if gap < 0.03 else "compare.newcomer" if view.newcomer else "compare.clear"
    only_a = tuple(Target(k, v) for k, v in a.facets() if k in ("genre", "mood") and (k, v) not in set(b.facets()))[:2]
    only_b = tuple(Target(k, v) for k, v in b.facets() if k in ("genre", "mood") and (k, v) not in set(a.facets()))[:2]
    said = [
        line(
            key,
            item=a,
            other=b,
            percent=100 * view.numbers(first).score,
            other_percent=100 * view.numbers(second).score,
        )
    ]
    prices = a.number("price"), b.number("price")
    if None not in prices:
        said.append(line("compare.price", item=a, other=b, number=prices[0], other_number=prices[1]))
    elif only_a and only_b:
        said.append(line("compare.differ", item=a, other=b, what=only_a, other_what=only_b))
    cards = tuple(plan for i in both for plan in one_card(view, i))
    buttons = (tuple(button("label.take_named", Take(i), item=view.item(i)) for i in both),)
    return Decision(Move((*lines, *said), cards, buttons), slate=both, focus=first)


def told_of_item(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    item_id = want.items[-1]
    said = (
        (line("accepted.enjoy", domain=Target("domain", view.item(item_id).domain)),) if want.what == "accepted" else ()
    )
    cards = tuple(plan for i in dict.fromkeys(want.items) for plan in one_card(view, i))
    return Decision(Move((*lines, *said), cards, item_buttons(view, item_id)[1:]), focus=item_id)


def judged(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    """A word on something that is no longer on the screen, or was seen: nothing to look at again."""
    item_id = want.items[-1]
    how = how_it_was(view, want)
    onward = (button("label.similar", Open(item_id, "similar")), button("label.more", More()))
    said = (*lines, *(asked for asked, _ in how)) or (line("ok"),)
    return Decision(Move(said, buttons=(*(row for _, row in how), onward)), focus=item_id)
