"""What a message wants to see, once it is heard; a question about an item wins over a list."""

from dataclasses import replace

from core import evidence
from core.policy import groups
from core.policy.asking import QUESTIONS, answer, asks_nothing, unknown_title
from core.policy.hear import PICTURES, VERDICT_ACTS, Hearing, answered
from core.policy.narrowing import in_question, length_meant, only_domain
from core.policy.pointing import pointed_at, was_seen
from core.policy.want import Want
from core.state import Asked, ChatState, Kind
from core.turns import Act, Understanding, UnderstoodAct, item

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


def wanted(h: Hearing, u: Understanding, asked: Asked | None) -> Want:
    """The answer that the message asks for; a question about an item wins over a list."""
    first = next((a for a in u.acts if a.act in QUESTIONS and not asks_nothing(h, a, u)), None)
    if first is not None and not (u.has(Act.BACK) and u.has(Act.ORDINAL)):
        return answer(h, first, u)
    if any(a.kind == "joined" for a in u.of(Act.UNDO)):
        groups.leave(h)
        return Want("settled")
    if u.has(Act.UNDO):
        targets = [str(a.target) for a in u.of(Act.UNDO) if a.target]
        pointed = [str(item(i)) for a in u.of(Act.UNDO, Act.ORDINAL) for i in pointed_at(h, a, u)]
        return Want("undone") if h.undo(targets or pointed) else Want("nothing_to_undo")
    for act, what in (
        (Act.PRIVACY_SHOW, "privacy"),
        (Act.ASK_PROFILE, "profile"),
        (Act.PRIVACY_EXPORT, "export"),
        (Act.LIST_SAVED, "saved"),
    ):
        if u.has(act) and not (act is Act.ASK_PROFILE and u.has(Act.GROUP_JOIN)):  # "count my taste in" asks for none
            return Want(what)
    if u.has(Act.COUNTERFACTUAL):
        supposed = u.of(Act.COUNTERFACTUAL)[0]
        held = evidence.holding(h.live())
        named = str(supposed.target) if supposed.target else length_meant(h, supposed.kind)
        return Want(
            "picks", ignoring=(named,) if named else tuple({x.condition.kind or str(x.condition.target) for x in held})
        )
    if (unknown := unknown_title(u)) is not None:
        return Want("unknown_title", title=unknown, wish=u.wish)
    return _list(h, u, asked)


def _list(h: Hearing, u: Understanding, asked: Asked | None) -> Want:
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
        if again := tuple(i for a in u.of(Act.ORDINAL) for i in pointed_at(h, a, u)):
            return Want("info", items=again[:1])  # "the second one again, please"
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
    items = tuple(e.target.removeprefix("item:") for e in h.events if e.kind is Kind.ACCEPTED)
    if not items and settles(h, u):
        return groups.settle(h)
    wants_more = u.has(Act.MORE, Act.NEXT, Act.ANOTHER_N) and not items  # "yes, like that, go on"
    if u.has(Act.ACCEPT) and not (h.group and judged) and not wants_more:
        return Want("accepted", items=items) if items else Want("which", field="take")
    seeds = [a.target.value for a in u.of(Act.SIMILAR_TO) if a.target is not None and a.target.kind == "item"]
    if (
        not h.events
        and u.has(*VERDICT_ACTS, Act.GROUP_VETO)
        and all(_points_at_none(a) for a in u.acts)
        and len(state.screen) > 1
    ):
        return Want("which")
    if judged and any(a.act is Act.ANSWER and a.target is None and a.op is None for a in u.acts):
        # "喜欢这部" after "which did you like?": the verdict is the answer, and its words are no wish
        u = replace(u, acts=tuple(a for a in u.acts if a.act is not Act.ANSWER or a.target or a.op), wish=None)
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
        one_more = u.has(Act.ANOTHER_N) and not u.has(Act.MORE)  # "a few more" is both
        if count is None and (one_more or u.has(Act.NEXT, Act.GROUP_SETTLE, Act.SURPRISE)):
            count = 1
        only_more = u.has(Act.MORE, Act.CRITIQUE_MORE, Act.CRITIQUE_LESS, Act.DROP_CONDITION, Act.REPLACE_CONDITION)
        replaced = judged if judged and not u.has(Act.ASK_RECOMMEND, Act.MORE, Act.SIMILAR_TO) else ()
        refused = all(e.kind is Kind.REFUSED for e in h.events)
        bent = u.has(Act.CRITIQUE_MORE, Act.CRITIQUE_LESS) and set(replaced) <= set(state.screen)
        if count is None and replaced and (refused or bent):
            count = len(replaced)  # "I veto the first", "the second drags, something lighter": one for one
        elif count is None and only_more:
            count = state.count
        if (u.has(Act.REPAIR) or u.has(Act.CONTEXT)) and not _asks_more(u) and not h.events and not u.wish:
            return Want("which") if u.has(Act.REPAIR) else Want("context")
        seed = seeds[-1] if seeds else _loved_lately(h, u)
        wish = None if _of_limits(u) else u.wish or _beyond_catalogue(h, u)
        goes_on = not _begins(u)
        return Want(
            "picks",
            count=count,
            counts=counts,
            seed=seed or (state.seed if goes_on else None),
            wish=wish,
            near=_near(state, u) if not (seed or wish) else (),
            explore=explore,
            surprise=surprise,
            goes_on=goes_on and not (seeds or wish),
            replace=replaced,
        )
    if judged:
        on_screen = tuple(i for i in judged if i in state.screen)
        only_seen = judged[0] if [e.kind for e in h.events] == [Kind.SEEN] else None
        how = only_seen if only_seen not in evidence.known(h.live()).verdicts else None
        voted_on = tuple(i for i in judged if i in state.shown)  # on this list or on one before
        if h.group and voted_on:
            return Want("judged" if only_seen else "voted", items=voted_on, how=how)
        seed, near = (state.seed, state.near) if on_screen else (_loved_lately(h, u), ())
        few = len(on_screen) or min(state.count or 2, 2)
        about = on_screen[0] if len(on_screen) == 1 and all(e.kind is Kind.LIKE for e in h.events) else None
        return Want(
            "picks",
            count=few,
            seed=seed,
            near=near,
            goes_on=bool(on_screen),
            replace=on_screen,
            unasked=True,
            how=how,
            about=about,
        )
    if u.has(Act.REVEAL_LIKE, Act.REVEAL_DISLIKE, Act.CORRECT_PROFILE) and (h.events or u.wish):
        return Want("picks", count=min(count or 2, 3), wish=u.wish, unasked=True)
    if u.has(Act.SAVE, Act.UNSAVE):
        items = tuple(e.target.removeprefix("item:") for e in h.events if e.kind in (Kind.SAVED, Kind.UNSAVED))
        return Want("rated", items=items) if items else Want("which")
    if u.has(Act.ORDINAL):
        items = tuple(i for a in u.of(Act.ORDINAL) for i in pointed_at(h, a, u))
        return Want("info", items=items[:1]) if items else Want("no_such_place")
    if u.has(Act.SET_SCOPE, Act.SET_LANGUAGE, Act.SET_STYLE, Act.GROUP_JOIN):
        return Want("settled")
    for act, what in ABOUT_TALK.items():
        if u.has(act):
            return Want(what, field=u.of(act)[0].kind if act is Act.CHIT_CHAT else None)
    if u.wish:
        return Want("picks", wish=u.wish)
    return Want("which") if u.acts else Want("not_understood")


def _points_at_none(act: UnderstoodAct) -> bool:
    """A verdict, or an answer, on nothing that was named: of several on the screen, "this one" may be any."""
    judges = act.act in (Act.ANSWER, Act.GROUP_VETO, *VERDICT_ACTS)
    return judges and act.target is None and act.place is None and act.op is None


def _counts(u: Understanding) -> tuple[tuple[str, int], ...]:
    """How many of each kind of thing, where several kinds are asked for and numbers are said."""
    asked = {a.target.value: a.count for a in u.of(Act.ASK_RECOMMEND) if a.target and a.target.kind == "domain"}
    if len(asked) < 2 or not any((count or 0) > 1 for count in asked.values()):
        return ()
    return tuple((domain, min(count or 1, MOST_ASKED)) for domain, count in asked.items())


def settles(h: Hearing, u: Understanding) -> bool:
    """A group is to settle on one of its list, and nothing else is asked for or pointed at."""
    if not h.group or len(h.state.screen) < 2:
        return False
    if u.has(Act.ACCEPT):
        act, focus = u.acts[0], h.state.focus
        pointed = act.place is not None or (act.target is not None and act.target.value != focus)
        return len(u.acts) == 1 and not pointed and (focus is None or was_seen(h))
    return u.has(Act.GROUP_SETTLE) and all(a.act in (Act.GROUP_SETTLE, Act.DONT_CARE) for a in u.acts)


def _loved_lately(h: Hearing, u: Understanding) -> str | None:
    """A work praised in this very message, where no ratings tell what is like it: "loved Dune, what next?" """
    if any(a.target and a.target.kind not in ("item", "domain") for a in u.acts):
        return None
    praised = [e.target.removeprefix("item:") for e in h.events if e.kind in (Kind.LIKE, Kind.LOVE)]
    return praised[-1] if praised and not praised[-1].startswith("film:") else None


def _near(state: ChatState, u: Understanding) -> tuple[str, ...]:
    """What comes nearest to the words of the list that goes on, or of it in another kind of thing: "any books?" """
    if not _begins(u):
        return state.near
    asked = {a.target.value for a in u.acts if a.target is not None} if only_domain(u) else set()
    return tuple(i for i in state.near if i.partition(":")[0] in asked)


def _of_limits(u: Understanding) -> bool:
    """The wish is made of the words that give a condition up: "年份不限了"."""
    return u.wish is not None and any(a.text and a.text in u.wish for a in u.of(Act.DROP_CONDITION))


def _beyond_catalogue(h: Hearing, u: Understanding) -> str | None:
    """The words for a genre or keyword that nothing in question has, as a wish: a description may tell of it."""
    asked = [a for a in u.of(Act.ASK_RECOMMEND, Act.ANSWER, Act.MORE) if (a.polarity or 0) >= 0]
    return next((a.text for a in asked if a.target is not None and not in_question(h, a.target)), None)


def _begins(u: Understanding) -> bool:
    """The message begins a list of its own; any other bends the one on the screen, and keeps what that is like."""
    return u.has(
        Act.ASK_RECOMMEND,
        Act.SURPRISE,
        Act.EXPLORE,
        Act.REPAIR,
        Act.ANSWER,
        Act.CONTEXT,
        Act.DONT_CARE,
        Act.GROUP_SETTLE,
    )


def _asks_more(u: Understanding) -> bool:
    return u.has(
        Act.ASK_RECOMMEND, Act.MORE, Act.NEXT, Act.ANOTHER_N, Act.SIMILAR_TO, Act.SURPRISE, Act.EXPLORE, Act.MUST
    )
