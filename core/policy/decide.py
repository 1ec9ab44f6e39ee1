"""From what is wanted to one move: lines, cards, buttons, at most one question."""

from dataclasses import dataclass, replace

import numpy as np

from core import evidence
from core.catalog import Item
from core.moves import Ask, ButtonPlan, CardPlan, Line, Move, button, line
from core.policy import picks
from core.policy.hear import Want
from core.policy.view import View
from core.recsys.elicit import question_gains
from core.state import Feedback, Kind
from core.turns import (
    NUMBER_KINDS,
    Condition,
    Drop,
    Menu,
    More,
    Open,
    Rate,
    Save,
    Take,
    Target,
    Undo,
    Verdict,
)

WORTH_ASKING = 0.12  # logits that the mean of the best picks must be expected to gain
BARE_WISH = 24  # letters of a wish that names a thing rather than tells of one
MAKERS = {"film": "director", "book": "author", "article": "author", "music": "artist"}
NAMEABLE = ("film", "book", "music")  # domains in which people name things that they like
TAKE_AWAY_LIMIT = 6  # entries of /privacy that get a delete button each


@dataclass(frozen=True, slots=True)
class Decision:
    """The move, and what it changes on the screen: the new slate (None: as it was), the item in focus."""

    move: Move
    slate: tuple[str, ...] | None = None
    focus: str | None = None
    shown: tuple[str, ...] = ()
    domain: str | None = None
    count: int | None = None


def decide(view: View, want: Want, lines: tuple[Line, ...], may_ask: bool, rng: np.random.Generator) -> Decision:
    """The answer to a want. lines: what was understood, said first. may_ask: no question stood open before."""
    match want.what:
        case "picks":
            return _picks(view, want, lines, may_ask, rng)
        case "info" | "why":
            return _about_item(view, want, lines)
        case "why_not":
            return _why_not(view, want, lines)
        case "compare":
            return _compare(view, want, lines)
        case "profile":
            return _profile(view, lines)
        case "saved":
            return _saved(view, lines)
        case "back" | "repeat":
            return _again(view, want, lines)
        case "accepted" | "rated":
            return _told_of_item(view, want, lines)
        case "privacy":
            return _privacy(view, lines)
        case "unknown_title":
            return _unknown_title(want, lines)
    return _talk(view, want, lines)


# ---- lists ----


def _picks(view: View, want: Want, lines: tuple[Line, ...], may_ask: bool, rng: np.random.Generator) -> Decision:
    state = view.state
    domains = picks.domains_of(view, want)
    asks_kind = (
        may_ask
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
    if (view.lacking or want.wish) and picks.is_strange(view, want):
        named = view.lacking or (want.wish or "",)
        if not (view.asks_now or view.wishes) and (view.lacking or len(want.wish or "") <= BARE_WISH):
            return Decision(Move((*lines, line("none.wish", what=named[:1])), buttons=(_starters(),)))
        want = replace(want, wish=None)
    choice = picks.choose(view, want, rng)
    if not choice.rows:
        if want.unasked:  # a verdict was given, and nothing asked for
            return _talk(view, Want("settled"), lines)
        return _dead_end(view, want, lines)
    cards = picks.plans(view, want, choice.rows)
    ids = tuple(c.item_id for c in cards)
    slate = _replaced(state.screen, want.replace, ids) if want.replace else ids
    intro = _intro(view, want, choice, cards)
    short = (line("picks.all_there_is", count=len(cards)),) if want.count and len(cards) < want.count else ()
    ask = _question(view, want, domains, asks_kind) if may_ask else None
    years = _years(view) if any(e.kind is Kind.CONDITION and e.turn == state.turn for e in view.live) else ()
    move = Move((*lines, *years, intro, *short, *_made_up(view, ids)), cards, _list_buttons(cards), ask)
    domain = domains[0] if len(domains) == 1 else view.item(ids[0]).domain if want.wish else None
    return Decision(move, slate, ids[0] if len(ids) == 1 and not want.replace else None, ids, domain, want.count)


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


def _intro(view: View, want: Want, choice: picks.Choice, cards: tuple[CardPlan, ...]) -> Line:
    first, facts = (
        view.item(cards[0].item_id),
        {"count": len(cards), "domain": Target("domain", view.item(cards[0].item_id).domain)},
    )
    asked = tuple(
        dict.fromkeys(
            t
            for t in (*(h.condition.target for h in view.holding if h.request and h.condition.must), *view.wishes)
            if t is not None and t.kind != "domain"
        )
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
        return line("picks.mixed", item=first, **facts)
    if asked:
        return line("picks.asked", item=first, what=asked[:4], **facts)
    return line("picks.newcomer" if view.newcomer else "picks.plain", item=first, **facts)


def _question(view: View, want: Want, domains: tuple[str, ...], asks_kind: bool) -> Ask | None:
    """A question, if its answer is expected to improve the pick; one of a kind in a session."""
    asked = view.state.asked_slots
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


def _list_buttons(cards: tuple[CardPlan, ...]) -> tuple[tuple[ButtonPlan, ...], ...]:
    """A row a card, then what comes next."""
    rows: list[tuple[ButtonPlan, ...]] = []
    for place, card in enumerate(cards, 1):
        number = place if len(cards) > 1 else None
        rows.append(
            (
                button("label.like", Rate(card.item_id, Verdict.LIKE), place=number),
                button("label.dislike", Rate(card.item_id, Verdict.DISLIKE), place=number),
                button(
                    "label.seen",
                    Rate(card.item_id, Verdict.SOSO, seen=True),
                    place=number,
                    domain=_domain(card.item_id),
                ),
                button("label.save", Save(card.item_id), place=number),
            )
        )
    first = cards[0].item_id
    rows.append(
        (button("label.more", More()), button("label.why", Open(first, "why")), button("label.take", Take(first)))
    )
    return tuple(rows)


def _domain(item_id: str) -> Target:
    return Target("domain", item_id.partition(":")[0])


def _dead_end(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    """Nothing fits: says which condition is to blame and offers to drop it."""
    blame = picks.blockers(view, want)
    domains = picks.domains_of(view, want)
    if not blame:
        other = [d for d in ("film", "book", "music") if d not in domains]
        buttons = tuple(button("label.domain", Menu(d), target=Target("domain", d)) for d in other)
        return Decision(Move((*lines, line("none.left", domain=Target("domain", domains[0]))), buttons=(buttons,)))
    helpful = tuple((c, n) for c, n in blame[:3])
    buttons = tuple(button("label.drop", Drop(_name(c)), what=(c,)) for c, _ in helpful)
    all_of = tuple(c for c, _ in blame)
    told = line(
        "none.fits", what=all_of, drop=(helpful[0][0],), count=helpful[0][1], domain=Target("domain", domains[0])
    )
    if not helpful[0][1]:
        told = line("none.exists", what=all_of, domain=Target("domain", domains[0]))
    return Decision(Move((*lines, told), buttons=(buttons,)), domain=domains[0] if len(domains) == 1 else None)


def _name(condition: Condition) -> str:
    return str(condition.target) if condition.target is not None else str(condition.kind)


# ---- one item ----


def _one(view: View, item_id: str, *reasons: Line) -> tuple[CardPlan, ...]:
    return (CardPlan(item_id, reasons or picks.reasons(view, Want("picks"), view.shelf.catalog.row[item_id])),)


def _item_buttons(view: View, item_id: str) -> tuple[tuple[ButtonPlan, ...], ...]:
    saved = item_id in view.known.saved
    return (
        (
            button("label.like", Rate(item_id, Verdict.LIKE), place=None),
            button("label.dislike", Rate(item_id, Verdict.DISLIKE), place=None),
            button("label.seen", Rate(item_id, Verdict.SOSO, seen=True), place=None, domain=_domain(item_id)),
            button("label.unsave" if saved else "label.save", Save(item_id, not saved), place=None),
        ),
        (button("label.similar", Open(item_id, "similar")), button("label.why", Open(item_id, "why"))),
    )


def _about_item(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    item_id = want.items[0]
    if item_id not in view.shelf.catalog.row:
        return _talk(view, Want("which"), lines)
    if want.what == "why":
        said = why(view, item_id)
        buttons = (
            *(
                (tuple(button("label.undo_part", Undo(e.event), feedback=e) for e, _ in _largest(view, item_id)[:2]),)
                if view.told[0]
                else ()
            ),
            *_item_buttons(view, item_id)[:1],
        )
        return Decision(Move((*lines, *said), _one(view, item_id), tuple(b for b in buttons if b)), focus=item_id)
    found = view.item(item_id)
    return Decision(
        Move((*lines, *_facts(found, want.field)), _one(view, item_id), _item_buttons(view, item_id)), focus=item_id
    )


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
    return sorted(view.numbers(item_id).parts, key=lambda part: (-abs(part[1]), part[0].event))


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


def _why_not(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    if not want.items:
        if want.title:
            return _unknown_title(want, lines)
        return _talk(view, Want("which"), lines)
    item_id = want.items[0]
    found = view.item(item_id)
    buttons: tuple[tuple[ButtonPlan, ...], ...] = ()
    broken = tuple(c for c in view.conditions if not evidence.satisfies(found, c))
    known = view.known
    if broken:
        unknown = broken[0].kind is not None and found.number(str(broken[0].kind)) is None
        said = line(
            "why_not.unknown" if unknown else "why_not.condition",
            item=found,
            what=broken[:2],
            number=_value(found, broken[0]),
        )
        buttons = (tuple(button("label.drop", Drop(_name(c)), what=(c,)) for c in broken[:2]),)
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
        Move((*lines, said), _one(view, item_id), (*buttons, *_item_buttons(view, item_id)[:1])), focus=item_id
    )


def _value(found: Item, condition: Condition) -> object:
    """What the item has where the condition asks."""
    if condition.kind is not None:
        return found.number(condition.kind)
    assert condition.target is not None
    if condition.target.kind == "decade":
        return found.year
    return tuple(Target(condition.target.kind, v) for v in found.words(condition.target.kind)) or None


def _compare(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    first, second = sorted(want.items, key=lambda i: (-view.numbers(i).logit, view.shelf.catalog.row[i]))
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
    if only_a and only_b:
        said.append(line("compare.differ", item=a, other=b, what=only_a, other_what=only_b))
    cards = (*_one(view, want.items[0]), *_one(view, want.items[1]))
    buttons = (tuple(button("label.take_named", Take(i), item=view.item(i)) for i in want.items),)
    return Decision(Move((*lines, *said), cards, buttons), slate=want.items, focus=first)


def _told_of_item(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    item_id = want.items[-1]
    said = (
        (line("accepted.enjoy", domain=Target("domain", view.item(item_id).domain)),) if want.what == "accepted" else ()
    )
    cards = tuple(plan for i in dict.fromkeys(want.items) for plan in _one(view, i))
    return Decision(Move((*lines, *said), cards, _item_buttons(view, item_id)[1:]), focus=item_id)


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
        return _talk(view, Want("nothing_shown"), lines)
    if want.order is not None:
        kind, descending = want.order
        known = [i for i in ids if view.item(i).number(kind) is not None]
        known.sort(key=lambda i: view.item(i).number(kind) or 0, reverse=descending)
        ids = (*known, *(i for i in ids if i not in known))
    cards = tuple(plan for i in ids for plan in _one(view, i))
    key = "again.sorted" if want.order else f"again.{want.what}"
    return Decision(
        Move((*lines, line(key, item=view.item(ids[0]), count=len(ids))), cards, _list_buttons(cards)),
        slate=ids,
        count=len(ids),
    )


def _unknown_title(want: Want, lines: tuple[Line, ...]) -> Decision:
    """Words that name nothing here: says so, and offers a way on."""
    buttons = (button("label.more", More()), button("label.help", Menu("help")))
    return Decision(Move((*lines, line("unknown.title", title=want.title or "")), buttons=(buttons,)))


# ---- the person ----


def profile(view: View) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
    """(liked, disliked) facets: said ones first, then the genres and moods that the belief leans to or away from."""
    said_up = [Target(*e.target.split(":", 1)) for e in view.live if e.kind is Kind.TASTE and e.value > 0]
    said_down = [Target(*e.target.split(":", 1)) for e in view.live if e.kind is Kind.TASTE and e.value < 0]
    _, belief = view.told
    leaning = []
    domains = {e.target.split(":")[1] for e in view.told[0] if e.target.startswith("item:")}
    if domains:
        for (kind, value), rows in view.shelf.catalog.rows_of.items():
            inside = sum(view.shelf.catalog.items[row].domain in domains for row in rows)
            if kind in ("genre", "mood") and inside >= 8:
                x = view.shelf.question(Target(kind, value)).x
                leaning.append((float(x @ belief.mean) / max(float(np.linalg.norm(x)), 1e-9), Target(kind, value)))
    leaning.sort(key=lambda pair: (-pair[0], pair[1]))
    up = dict.fromkeys((*said_up, *(t for lean, t in leaning[:3] if lean > 0.1)))
    down = dict.fromkeys((*said_down, *(t for lean, t in leaning[::-1][:2] if lean < -0.1 and belief.told >= 3)))
    return tuple(t for t in up if t not in said_down)[:6], tuple(t for t in down if t not in said_up)[:4]


def _profile(view: View, lines: tuple[Line, ...]) -> Decision:
    if view.newcomer and not any(e.kind is Kind.TASTE for e in view.live):
        return Decision(Move((*lines, line("profile.empty")), buttons=(_starters(),)))
    liked, disliked = profile(view)
    said = [line("profile.liked", what=liked)] if liked else []
    if disliked:
        said.append(line("profile.disliked", what=disliked))
    loved = tuple(
        found
        for i, k in view.known.verdicts.items()
        if k in (Kind.LIKE, Kind.LOVE) and (found := view.shelf.catalog.get(i))
    )
    if loved:
        said.append(line("profile.items", items=loved[-4:], count=len(loved)))
    tonight = tuple(Target(*e.target.split(":", 1)) for e in view.live if e.kind is Kind.CRITIQUE)
    if tonight:
        said.append(line("profile.tonight", what=tonight[:3]))
    said.append(line("profile.sure" if view.told[1].told >= 5 else "profile.unsure", count=len(view.told[0])))
    buttons = tuple(button("label.undo_part", Undo(e.event), feedback=e) for e in view.live if e.kind is Kind.TASTE)[
        -3:
    ]
    return Decision(
        Move((*lines, *said), buttons=((buttons,) if buttons else ()) + ((button("label.privacy", Menu("privacy")),),))
    )


def _saved(view: View, lines: tuple[Line, ...]) -> Decision:
    ids = tuple(i for i in view.known.saved if i in view.shelf.catalog.row)
    if not ids:
        return Decision(Move((*lines, line("saved.empty")), buttons=(_starters(),)))
    cards = tuple(plan for i in ids[-picks.MOST :] for plan in _one(view, i))
    return Decision(
        Move(
            (*lines, line("saved.list", count=len(ids))),
            cards,
            _item_buttons(view, ids[-1])[:1] if len(ids) == 1 else (),
        ),
        slate=tuple(c.item_id for c in cards),
        focus=ids[0] if len(ids) == 1 else None,
    )


def _privacy(view: View, lines: tuple[Line, ...]) -> Decision:
    kept = [e for e in view.live if e.kind not in (Kind.DROP, Kind.UNDO)]
    if not kept and view.state.turn <= 1:
        return Decision(Move((*lines, line("privacy.nothing")), buttons=((button("label.help", Menu("help")),),)))
    told = tuple(e for e in kept if e.kind not in (Kind.REQUEST, Kind.CONDITION))
    said = [line("privacy.kept", count=len(kept)) if kept else line("privacy.only_state")]
    if told:
        said.append(line("privacy.told", feedback=told[-12:]))
    asked = tuple(h.condition for h in view.holding)
    if asked:
        said.append(line("privacy.conditions", what=asked))
    said.append(line("privacy.how"))
    rows = tuple((button("label.undo_part", Undo(e.event), feedback=e),) for e in told[-TAKE_AWAY_LIMIT:])
    last = (button("label.export", Menu("export")), button("label.forget", Menu("forget")))
    return Decision(Move((*lines, *said), buttons=(*rows, last)))


# ---- talk ----


def _starters() -> tuple[ButtonPlan, ...]:
    return tuple(button("label.start", Menu(d), target=Target("domain", d)) for d in ("film", "book", "music"))


def _talk(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    """Short answers that show no card."""
    starters, more = (_starters(),), ((button("label.more", More()), button("label.help", Menu("help"))),)
    focus = view.shelf.catalog.get(view.state.focus) if view.state.focus else None
    match want.what:
        case "confirm_forget":
            choices = (button("label.forget_yes", Menu("forget_yes")), button("label.forget_no", Menu("forget_no")))
            return Decision(Move((*lines, line("forget.confirm", count=len(view.live))), buttons=(choices,)))
        case "forgotten":
            return Decision(Move((line("forget.done"),), buttons=starters, forget=True))
        case "kept":
            return Decision(Move((*lines, line("forget.kept")), buttons=more))
        case "export":
            return Decision(Move((*lines, line("export.done", count=len(view.live))), export=True))
        case "undone":
            return Decision(Move(lines or (line("undo.done"),), buttons=more))
        case "nothing_to_undo":
            return Decision(Move((*lines, line("undo.nothing")), buttons=more))
        case "not_understood":
            key = want.field if want.field in ("empty", "noise", "language", "long") else "noise"
            return Decision(Move((*lines, line(f"invalid.{key}")), buttons=starters))
        case "greet":
            return Decision(Move((*lines, line("greet.newcomer" if view.newcomer else "greet.back")), buttons=starters))
        case "declined":
            return Decision(
                Move((*lines, line("declined.item", item=focus) if focus else line("declined.list")), buttons=more)
            )
        case "which":
            shown = [view.item(i) for i in view.state.screen if i in view.shelf.catalog.row]
            buttons = tuple(button("label.item", Open(i.id), item=i) for i in shown[:3])
            return Decision(
                Move((*lines, line("which.item", title=want.title or "")), buttons=(buttons or _starters(),))
            )
        case "settled":
            return Decision(Move(lines or (line("ok"),), buttons=more))
        case "help" | "out_of_scope" | "bye" | "unsafe":
            return Decision(
                Move((*lines, line(want.what)), buttons=starters if want.what in ("help", "out_of_scope") else ())
            )
        case "thanks" | "chit_chat" | "context" | "nothing_shown" | "no_such_place":
            return Decision(Move((*lines, line(want.what)), buttons=more if want.what != "nothing_shown" else starters))
    return Decision(Move(lines or (line("ok"),), buttons=more))
