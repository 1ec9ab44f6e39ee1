"""What a question about items wants to see: one of them, two to compare, or all that stand on the screen."""

from core.policy.hear import VERDICT_ACTS, Hearing
from core.policy.narrowing import length_meant
from core.policy.pointing import pointed_at, spoken_of
from core.policy.want import Want
from core.state import Kind
from core.turns import Act, Understanding, UnderstoodAct

QUESTIONS = (Act.ASK_INFO, Act.ASK_WHY, Act.ASK_WHY_NOT, Act.COMPARE)
FEW = 5  # items of which each is told of, where "how long are they?" means all


def asks_nothing(h: Hearing, act: UnderstoodAct, u: Understanding) -> bool:
    """What looks like a question and is none: "I'll buy the first" takes it, "the year doesn't matter" drops it."""
    if act.act is not Act.ASK_INFO:
        return False
    if act.kind is None:
        return any(e.kind is Kind.ACCEPTED for e in h.events)
    of_limits = u.of(Act.DROP_CONDITION, Act.COUNTERFACTUAL)
    return act.target is None and any(length_meant(h, limit.kind) == length_meant(h, act.kind) for limit in of_limits)


def answer(h: Hearing, act: UnderstoodAct, u: Understanding) -> Want:
    named = tuple(dict.fromkeys(a.target.value for a in u.acts if a.target is not None and a.target.kind == "item"))
    if act.act is Act.COMPARE:
        return _compared(h, act, u, named)
    items = named[:1] or pointed_at(h, act, u)[:1]
    if not items and any(a.place is not None for a in u.acts):
        return Want("no_such_place")
    if act.act is Act.ASK_WHY_NOT:
        return Want("why_not", items=items, title=act.text)
    if not items and (unknown := unknown_title(u)) is not None:
        return Want("unknown_title", title=unknown)
    if not items and act.act is Act.ASK_INFO and h.state.focus is None and 1 < len(h.state.screen) <= FEW:
        return Want("info", items=h.state.screen, field=act.kind)
    items = items or spoken_of(h, act, u)[:1] or h.state.screen[:1]
    if not items:
        return Want("picks", wish=u.wish) if u.wish else Want("which", title=act.text)
    return Want("why" if act.act is Act.ASK_WHY else "info", items=items, field=act.kind)


def _compared(h: Hearing, act: UnderstoodAct, u: Understanding, named: tuple[str, ...]) -> Want:
    """What is named or pointed at, else what is on the screen; "which is rated best" puts that in order."""
    shown = h.state.screen
    if len(shown) > 1 and set(named) <= set(shown) and any(a.kind == "rating" for a in u.of(Act.ASK_INFO)):
        return Want("repeat", order=("rating", True))
    told = named if len(named) >= 2 else tuple(dict.fromkeys((*named, *pointed_at(h, act, u))))
    if len(told) >= 2:
        return Want("compare", items=told)
    both = tuple(dict.fromkeys((*told, *shown)))
    if told or len({i.partition(":")[0] for i in shown}) > 1:  # logits of two domains are never compared
        both = both[:2]
    if len(both) >= 2:
        return Want("compare", items=both)
    return Want("info", items=both) if both else Want("which", title=act.text)  # the other one is not known here


def unknown_title(u: Understanding) -> str | None:
    """Words that name something the catalogue lacks, as one text."""
    for act in u.acts:
        named = act.act in (Act.ASK_INFO, Act.SIMILAR_TO, Act.COMPARE, *VERDICT_ACTS, Act.ASK_WHY, Act.SAVE)
        words = act.act is Act.ASK_INFO or act.kind in (None, "item")  # a field's name stands beside the words asked of
        if named and words and act.target is None and act.text and act.start is not None:
            return act.text
    return None
