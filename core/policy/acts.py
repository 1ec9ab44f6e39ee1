"""A sentence taken in: every act of an understanding, one after the other, then what is wanted to be seen."""

from dataclasses import replace

from core import evidence
from core.moves import line
from core.policy import groups
from core.policy.hear import (
    HARD_FACETS,
    PICTURES,
    SEEN_ACTS,
    VERDICT_ACTS,
    Hearing,
    Want,
    answered,
    condition_of,
    said_language,
    strength,
)
from core.state import Asked, Kind
from core.turns import Act, Condition, Scope, Target, Understanding, UnderstoodAct, item

ABOUT_TALK = {
    Act.UNSAFE: "unsafe",
    Act.PRIVACY_SHOW: "privacy",
    Act.PRIVACY_EXPORT: "export",
    Act.HELP: "help",
    Act.OUT_OF_SCOPE: "out_of_scope",
    Act.THANKS: "thanks",
    Act.BYE: "bye",
    Act.CHIT_CHAT: "chit_chat",
    Act.GREET: "greet",
}
MOST_ASKED = 10  # of one kind, however many are asked for
ON_ITEMS = (*VERDICT_ACTS, Act.SAVE, Act.UNSAVE, Act.ACCEPT, Act.NOT_NOW)


FICTION = ("小说", "novel", "novels", "fiction")


def hear_acts(h: Hearing, u: Understanding, asked: Asked | None) -> Want:
    """Writes down what the acts tell; gives what they want to see."""
    if u.has(Act.UNSAFE):
        return Want("unsafe")
    if u.invalid or (u.has(Act.NOT_UNDERSTOOD) and len(u.acts) == 1):
        return Want("not_understood", field=u.invalid)
    if h.state.pending == "forget" and not h.anonymous:
        h.state = replace(h.state, pending=None)
        if u.has(Act.YES, Act.ACCEPT, Act.PRIVACY_FORGET):
            return Want("forgotten")
        if u.has(Act.NO):
            return Want("kept")
    if h.anonymous and u.has(Act.PRIVACY_FORGET, Act.PRIVACY_EXPORT):
        return Want("anonymous")
    if u.has(Act.PRIVACY_FORGET):
        return _forget(h, u)
    for act in sorted(u.acts, key=lambda a: not _asks_for_domain(a)):  # "jazz records": which jazz hangs on the records
        _hear(h, act, u)
    return _want(h, u, asked)


def _asks_for_domain(act: UnderstoodAct) -> bool:
    return act.act is Act.ASK_RECOMMEND and act.target is not None and act.target.kind == "domain"


def _forget(h: Hearing, u: Understanding) -> Want:
    """One named thing is forgotten at once; everything only after a yes."""
    named = [str(a.target) for a in u.of(Act.PRIVACY_FORGET) if a.target]
    if named:
        return Want("undone") if h.undo(named) else Want("nothing_to_undo")
    h.state = replace(h.state, pending="forget")
    return Want("confirm_forget")


def _items(h: Hearing, act: UnderstoodAct, u: Understanding) -> tuple[str, ...]:
    """Item ids that an act is about: named, pointed at, in focus, or alone on the screen."""
    if act.target is not None and act.target.kind == "item":
        return (act.target.value,)
    if act.text is not None and act.target is None and act.act not in (Act.SET_LANGUAGE, Act.CONTEXT) and act.title:
        return ()
    pointed = _pointed(h, act, u)
    if pointed or act.place is not None:  # "the third" of two is none of them
        return pointed
    named = tuple(a.target.value for a in u.acts if a.target is not None and a.target.kind == "item")
    if named and act.act not in VERDICT_ACTS:
        return named[:1]
    screen = h.state.screen
    if (
        act.act in (Act.SEEN_NEUTRAL, Act.SEEN_LIKED, Act.SEEN_DISLIKED, Act.DISLIKE)
        and u.has(Act.MORE)
        and len(screen) > 1
    ):
        return screen  # "都看过了，换一批"
    if h.state.focus is not None:
        return (h.state.focus,)
    return screen[:1] if len(screen) == 1 or act.act in (Act.SAVE, Act.ACCEPT, Act.ASK_WHY, Act.ASK_INFO) else ()


def _pointed(h: Hearing, act: UnderstoodAct, u: Understanding) -> tuple[str, ...]:
    screen = h.state.screen
    places = [act.place] if act.place is not None else [a.place for a in u.of(Act.ORDINAL) if a.place is not None]
    return tuple(screen[p if p < 0 else p - 1] for p in places if p and -len(screen) <= p <= len(screen))


def _hear(h: Hearing, act: UnderstoodAct, u: Understanding) -> None:
    scope = act.scope or Scope.ALWAYS
    match act.act:
        case Act.LIKE | Act.LOVE | Act.DISLIKE | Act.SEEN_LIKED | Act.SEEN_DISLIKED | Act.SEEN_NEUTRAL:
            _verdict(h, act, u)
        case Act.REVEAL_LIKE | Act.REVEAL_DISLIKE | Act.CORRECT_PROFILE:
            _taste(h, act, scope)
        case Act.MUST | Act.MUST_NOT | Act.GROUP_VETO:
            must = act.act is Act.MUST and (act.polarity is None or act.polarity >= 0)
            if act.target is not None and act.target.kind == "item":
                h.write(Kind.REFUSED, str(act.target), -1.0, Scope.TONIGHT)
                h.note("refused", h.catalog.get(act.target.value))
            elif (condition := condition_of(act, must)) is not None:
                if not must and (act.text or "").casefold() in FICTION:  # "no novels" still means books
                    condition = Condition(Target("genre", "literary"), must=False)
                h.condition(condition)
        case (
            Act.ASK_RECOMMEND
            | Act.SURPRISE
            | Act.EXPLORE
            | Act.CONTEXT
            | Act.GROUP_SETTLE
            | Act.REPAIR
            | Act.ANOTHER_N
            | Act.MORE
        ):
            _request(h, act)
        case Act.ANSWER:
            _request(h, act)
            h.state = replace(h.state, open_slot=None)
        case Act.SIMILAR_TO:
            _similar(h, act)
        case Act.CRITIQUE_MORE | Act.CRITIQUE_LESS:
            _critique(h, act)
        case Act.REPLACE_CONDITION:
            if (act.polarity or 0) < 0:
                if act.target is not None:
                    h.drop(str(act.target), quietly=True)
                elif act.kind:
                    h.drop(act.kind, quietly=True)
            else:
                _request(h, act)
        case Act.DROP_CONDITION:
            _drop(h, act)
        case Act.SAVE | Act.UNSAVE:
            on = act.act is Act.SAVE
            for item_id in _items(h, act, u):
                h.write(Kind.SAVED if on else Kind.UNSAVED, str(item(item_id)))
                h.note("saved" if on else "unsaved", h.catalog.get(item_id))
                h.state = replace(h.state, focus=item_id)
        case Act.ACCEPT if _settles(h, u):
            pass  # "this one, then", of several: their votes say which
        case Act.ACCEPT:
            for item_id in _taken(h, _items(h, act, u)[:1]):
                h.write(Kind.ACCEPTED, str(item(item_id)))
                h.note("accepted", h.catalog.get(item_id))
        case Act.NOT_NOW:
            for item_id in _items(h, act, u):
                h.write(Kind.NOT_NOW, str(item(item_id)), scope=Scope.TONIGHT)
                h.note("not_now", h.catalog.get(item_id))
        case Act.SET_SCOPE:
            if not any(a.scope and a.act is not Act.SET_SCOPE and (a.target or a.kind) for a in u.acts):
                h.rescope(act.scope or Scope.TONIGHT)
        case Act.SET_LANGUAGE:
            if (language := said_language(act)) is not None:
                h.state = replace(h.state, language=language)
                h.lines.append(line("ack.language"))
        case Act.SET_STYLE:
            h.state = replace(h.state, style=act.kind if act.kind in ("short", "long") else "short")
            h.lines.append(line(f"ack.style_{h.state.style}"))
        case Act.GROUP_JOIN:
            groups.join(h)
        case _:
            pass


def _verdict(h: Hearing, act: UnderstoodAct, u: Understanding) -> None:
    if act.target is not None and act.target.kind != "item":
        if act.act in (Act.LIKE, Act.LOVE, Act.DISLIKE):
            h.taste(act.target, act.strength * (-1.0 if act.act is Act.DISLIKE else 1.0), act.scope or Scope.ALWAYS)
        return
    for item_id in _items(h, act, u):
        if act.act is Act.SEEN_NEUTRAL and not act.strength:
            h.seen(item_id)
            continue
        h.verdict(item_id, VERDICT_ACTS[act.act], act.act in SEEN_ACTS, act.scope or Scope.ALWAYS)


def _taste(h: Hearing, act: UnderstoodAct, scope: Scope) -> None:
    if act.target is None:
        return
    value = strength(act)
    if act.target.kind == "item":
        h.verdict(act.target.value, Kind.LIKE if value > 0 else Kind.DISLIKE, seen=False)
    elif act.polarity is None or act.polarity != 0:
        h.taste(act.target, value, scope)
    elif act.act is Act.REVEAL_LIKE:  # "it's not that I dislike musicals": worth a try, no taste yet
        h.condition(Condition(target=act.target), request=True)
    if act.act is Act.CORRECT_PROFILE and value > 0:
        h.drop(str(act.target), quietly=True)


def _request(h: Hearing, act: UnderstoodAct) -> None:
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


def _similar(h: Hearing, act: UnderstoodAct) -> None:
    if act.target is None:
        return
    if act.target.kind == "item":
        h.write(Kind.SIMILAR, str(act.target), 1.0, Scope.TONIGHT)
    else:
        h.write(Kind.CRITIQUE, str(act.target), 1.0, Scope.TONIGHT)


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


def _critique(h: Hearing, act: UnderstoodAct) -> None:
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


def _length(h: Hearing, kind: str | None) -> str | None:
    """ "Short" is said of minutes and of pages; the one that is in force is meant."""
    kinds = {x.condition.kind for x in evidence.holding(h.live())}
    other = {"minutes": "pages", "pages": "minutes"}.get(kind or "")
    return other if other in kinds and kind not in kinds else kind


def _drop(h: Hearing, act: UnderstoodAct) -> None:
    what = str(act.target) if act.target else _length(h, act.kind)
    held = [x for x in evidence.holding(h.live()) if what is None or evidence.dropped(x, what)]
    if not held and what and what.partition(":")[0] == "decade":
        what = "year"
    if what is None:
        h.drop("all")
    elif not h.drop(what) and not h.drop("year" if what == "decade" else what.partition(":")[0]):
        h.note("not_held", act.target or act.kind)


# ---- what to show ----


def _want(h: Hearing, u: Understanding, asked: Asked | None) -> Want:
    """The answer that the message asks for; a question about an item wins over a list."""
    first = next((a for a in u.acts if a.act in (Act.ASK_INFO, Act.ASK_WHY, Act.ASK_WHY_NOT, Act.COMPARE)), None)
    if first is not None and not (u.has(Act.BACK) and u.has(Act.ORDINAL)):
        return _want_answer(h, first, u)
    if any(a.kind == "joined" for a in u.of(Act.UNDO)):
        groups.leave(h)
        return Want("settled")
    if u.has(Act.UNDO):
        targets = [str(a.target) for a in u.of(Act.UNDO) if a.target]
        pointed = [str(item(i)) for a in u.of(Act.UNDO, Act.ORDINAL) for i in _pointed(h, a, u)]
        return Want("undone") if h.undo(targets or pointed) else Want("nothing_to_undo")
    for act, what in (
        (Act.PRIVACY_SHOW, "privacy"),
        (Act.ASK_PROFILE, "profile"),
        (Act.PRIVACY_EXPORT, "export"),
        (Act.LIST_SAVED, "saved"),
    ):
        if u.has(act):
            return Want(what)
    if u.has(Act.COUNTERFACTUAL):
        supposed = u.of(Act.COUNTERFACTUAL)[0]
        held = evidence.holding(h.live())
        named = str(supposed.target) if supposed.target else _length(h, supposed.kind)
        return Want(
            "picks", ignoring=(named,) if named else tuple({x.condition.kind or str(x.condition.target) for x in held})
        )
    if (unknown := _unknown_title(u)) is not None:
        return Want("unknown_title", title=unknown, wish=u.wish)
    return _want_list(h, u, asked)


def _want_answer(h: Hearing, act: UnderstoodAct, u: Understanding) -> Want:
    named = tuple(dict.fromkeys(a.target.value for a in u.acts if a.target is not None and a.target.kind == "item"))
    if act.act is Act.COMPARE:
        both = named if len(named) >= 2 else _pointed(h, act, u)
        if len(both) < 2:
            both = tuple(dict.fromkeys((*named, *both, *h.state.screen)))
        return Want("compare", items=both[:2]) if len(both) >= 2 else Want("which", title=act.text)
    items = named[:1] or _pointed(h, act, u)[:1]
    if not items and any(a.place is not None for a in u.acts):
        return Want("no_such_place")
    if act.act is Act.ASK_WHY_NOT:
        return Want("why_not", items=items, title=act.text)
    if not items and (unknown := _unknown_title(u)) is not None:
        return Want("unknown_title", title=unknown)
    items = items or _items(h, act, u)[:1] or h.state.screen[:1]
    if not items:
        return Want("picks", wish=u.wish) if u.wish else Want("which", title=act.text)
    return Want("why" if act.act is Act.ASK_WHY else "info", items=items, field=act.kind)


def _unknown_title(u: Understanding) -> str | None:
    """Words that name something the catalogue lacks, as one text."""
    for act in u.acts:
        named = act.act in (Act.ASK_INFO, Act.SIMILAR_TO, Act.COMPARE, *VERDICT_ACTS, Act.ASK_WHY, Act.SAVE)
        words = act.act is Act.ASK_INFO or act.kind in (None, "item")  # a field's name stands beside the words asked of
        if named and words and act.target is None and act.text and act.start is not None:
            return act.text
    return None


def _want_list(h: Hearing, u: Understanding, asked: Asked | None) -> Want:
    state = h.state
    counts = _counts(u)
    count = sum(n for _, n in counts) or next((min(a.count, MOST_ASKED) for a in u.acts if a.count), None)
    if u.has(Act.BACK):
        earlier = [s for s in state.slates if s != state.screen]
        places = [a.place for a in u.of(Act.ORDINAL) if a.place]
        if earlier and places and -len(earlier[-1]) <= places[0] <= len(earlier[-1]):  # "the second of the last lot"
            return Want("info", items=(earlier[-1][places[0] if places[0] < 0 else places[0] - 1],))
        return Want("back")
    if u.has(Act.REPEAT) and not u.has(Act.ASK_RECOMMEND):
        ordered = next((a for a in u.of(Act.REPEAT) if a.kind and a.op), None)
        return Want("repeat", order=(str(ordered.kind), ordered.op in (">", ">=")) if ordered else None)
    judged = tuple(
        dict.fromkeys(
            e.target.removeprefix("item:")
            for e in h.events
            if e.kind in (Kind.LIKE, Kind.LOVE, Kind.SOSO, Kind.DISLIKE, Kind.SEEN, Kind.NOT_NOW, Kind.REFUSED)
        )
    )
    slot = asked.slot if asked else state.open_slot
    besides = judged and not (slot or "").startswith("taste:")  # "seen it, yes" answers no question about it
    elsewhere = (Act.ACCEPT, Act.SAVE, *(a for a in PICTURES if a not in (Act.YES, Act.NO)))
    if u.has(Act.YES, Act.NO) and not besides and not u.has(*elsewhere):
        if not (asked is None and u.has(Act.YES) and slot is None):
            return answered(h, slot, u.has(Act.YES))
        return Want("picks", count=count or state.count)
    if _settles(h, u):
        return groups.settle(h)
    if u.has(Act.ACCEPT):
        items = tuple(e.target.removeprefix("item:") for e in h.events if e.kind is Kind.ACCEPTED)
        return Want("accepted", items=items) if items else Want("which")
    seeds = [a.target.value for a in u.of(Act.SIMILAR_TO) if a.target is not None and a.target.kind == "item"]
    asks = u.has(
        Act.ASK_RECOMMEND,
        Act.SIMILAR_TO,
        Act.MORE,
        Act.NEXT,
        Act.ANOTHER_N,
        Act.SURPRISE,
        Act.EXPLORE,
        Act.CRITIQUE_MORE,
        Act.CRITIQUE_LESS,
        Act.MUST,
        Act.ANSWER,
        Act.REPLACE_CONDITION,
        Act.DROP_CONDITION,
        Act.REPAIR,
        Act.DONT_CARE,
        Act.DONT_KNOW,
        Act.GROUP_SETTLE,
        Act.MUST_NOT,
        Act.GROUP_VETO,
        Act.CONTEXT,
    )
    explore, surprise = u.has(Act.EXPLORE) or (u.has(Act.MORE, Act.NEXT) and state.explore), u.has(Act.SURPRISE)
    if asks:
        named = next((a.target.value for a in u.of(Act.ASK_RECOMMEND) if a.target and a.target.kind == "item"), None)
        if named is not None and not seeds:
            return Want("info", items=(named,))
        if u.has(Act.NEXT) and count is None:
            count = 1
        if u.has(Act.ANOTHER_N) and count is None:
            count = 1
        if u.has(Act.GROUP_SETTLE) and count is None:
            count = 1
        only_more = u.has(Act.MORE, Act.CRITIQUE_MORE, Act.CRITIQUE_LESS, Act.DROP_CONDITION, Act.REPLACE_CONDITION)
        if count is None and only_more:
            count = state.count
        if (u.has(Act.REPAIR) or u.has(Act.CONTEXT)) and not _asks_more(u) and not h.events and not u.wish:
            return Want("which") if u.has(Act.REPAIR) else Want("context")
        return Want(
            "picks",
            count=count,
            counts=counts,
            seed=seeds[-1] if seeds else _loved_lately(h, u) or _standing_seed(h, u),
            wish=u.wish or _beyond_catalogue(h, u),
            explore=explore,
            surprise=surprise,
            replace=judged if judged and not u.has(Act.ASK_RECOMMEND, Act.MORE, Act.SIMILAR_TO) else (),
        )
    if judged:
        on_screen = tuple(i for i in judged if i in state.screen)
        only_seen = judged[0] if [e.kind for e in h.events] == [Kind.SEEN] else None
        how = only_seen if only_seen not in evidence.known(h.live()).verdicts else None
        if h.group and on_screen:
            return Want("judged" if only_seen else "voted", items=on_screen, how=how)
        seed = state.seed if on_screen else _loved_lately(h, u)
        few = len(on_screen) or min(state.count or 2, 2)
        about = on_screen[0] if len(on_screen) == 1 and all(e.kind is Kind.LIKE for e in h.events) else None
        return Want("picks", count=few, seed=seed, replace=on_screen, unasked=True, how=how, about=about)
    if u.has(Act.REVEAL_LIKE, Act.REVEAL_DISLIKE, Act.CORRECT_PROFILE) and (h.events or u.wish):
        return Want("picks", count=min(count or 2, 3), wish=u.wish, unasked=True)
    if u.has(Act.SAVE, Act.UNSAVE):
        items = tuple(e.target.removeprefix("item:") for e in h.events if e.kind in (Kind.SAVED, Kind.UNSAVED))
        return Want("rated", items=items) if items else Want("which")
    if u.has(Act.ORDINAL):
        items = tuple(i for a in u.of(Act.ORDINAL) for i in _pointed(h, a, u))
        return Want("info", items=items[:1]) if items else Want("no_such_place")
    if u.has(Act.SET_SCOPE, Act.SET_LANGUAGE, Act.SET_STYLE, Act.GROUP_JOIN):
        return Want("settled")
    for act, what in ABOUT_TALK.items():
        if u.has(act):
            return Want(what)
    if u.wish:
        return Want("picks", wish=u.wish)
    return Want("which") if u.acts else Want("not_understood")


def _counts(u: Understanding) -> tuple[tuple[str, int], ...]:
    """How many of each kind of thing, where several kinds are asked for and numbers are said."""
    asked = {a.target.value: a.count for a in u.of(Act.ASK_RECOMMEND) if a.target and a.target.kind == "domain"}
    if len(asked) < 2 or not any((count or 0) > 1 for count in asked.values()):
        return ()
    return tuple((domain, min(count or 1, MOST_ASKED)) for domain, count in asked.items())


def _settles(h: Hearing, u: Understanding) -> bool:
    """A group is to settle on one of its list, and nothing else is asked for or pointed at."""
    if not h.group or len(h.state.screen) < 2:
        return False
    if u.has(Act.ACCEPT):
        act, focus = u.acts[0], h.state.focus
        pointed = act.place is not None or (act.target is not None and act.target.value != focus)
        return len(u.acts) == 1 and not pointed and (focus is None or _was_seen(h))
    return u.has(Act.GROUP_SETTLE) and all(a.act in (Act.GROUP_SETTLE, Act.DONT_CARE) for a in u.acts)


def _was_seen(h: Hearing) -> bool:
    """What is spoken of was called seen just now, so that "this one" hardly means it."""
    return h.state.focus is not None and h.state.focus in evidence.known(h.live()).seen


def _taken(h: Hearing, items: tuple[str, ...]) -> tuple[str, ...]:
    """What "that one, then" means: not what was seen and is gone from the screen, but what came in its place."""
    gone = items == (h.state.focus,) and h.state.focus not in h.state.screen and _was_seen(h)
    newest = h.state.shown[-1:]
    return newest if gone and newest and newest[0] in h.state.screen else items


def _loved_lately(h: Hearing, u: Understanding) -> str | None:
    """A work praised in this very message, where no ratings tell what is like it: "loved Dune, what next?" """
    if any(a.target and a.target.kind not in ("item", "domain") for a in u.acts):
        return None
    praised = [e.target.removeprefix("item:") for e in h.events if e.kind in (Kind.LIKE, Kind.LOVE)]
    return praised[-1] if praised and not praised[-1].startswith("film:") else None


def _beyond_catalogue(h: Hearing, u: Understanding) -> str | None:
    """The words for a keyword that nothing has, as a wish: a description may tell of it all the same."""
    asked = [a for a in u.of(Act.ASK_RECOMMEND, Act.ANSWER, Act.MORE) if a.target and a.target.kind == "keyword"]
    beyond = (a for a in asked if a.target and (a.target.kind, a.target.value) not in h.catalog.rows_of)
    return next((a.text for a in beyond), None)


def _standing_seed(h: Hearing, u: Understanding) -> str | None:
    """What the list on the screen is like, where the message bends that list and begins no other: "too dark"."""
    begins = u.has(
        Act.ASK_RECOMMEND,
        Act.SURPRISE,
        Act.EXPLORE,
        Act.REPAIR,
        Act.ANSWER,
        Act.CONTEXT,
        Act.DONT_CARE,
        Act.GROUP_SETTLE,
    )
    return None if begins else h.state.seed


def _asks_more(u: Understanding) -> bool:
    return u.has(
        Act.ASK_RECOMMEND, Act.MORE, Act.NEXT, Act.ANOTHER_N, Act.SIMILAR_TO, Act.SURPRISE, Act.EXPLORE, Act.MUST
    )


def soft(target: Target) -> bool:
    """A wish for a mood or keyword bends the order; the other facets filter."""
    return target.kind not in HARD_FACETS
