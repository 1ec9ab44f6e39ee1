"""Which items a message is about: named, pointed at, in focus, or alone on the screen."""

from core import evidence
from core.policy.hear import VERDICT_ACTS, Hearing
from core.turns import Act, Understanding, UnderstoodAct


def spoken_of(h: Hearing, act: UnderstoodAct, u: Understanding) -> tuple[str, ...]:
    """Item ids that an act is about: named, pointed at, in focus, or alone on the screen."""
    if act.target is not None and act.target.kind == "item":
        return (act.target.value,)
    if act.text is not None and act.target is None and act.act not in (Act.SET_LANGUAGE, Act.CONTEXT) and act.title:
        return ()
    pointed = pointed_at(h, act, u)
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


def pointed_at(h: Hearing, act: UnderstoodAct, u: Understanding) -> tuple[str, ...]:
    """What stands at the places that are named: on the screen, else on the last list that was long enough."""
    places = [act.place] if act.place is not None else [a.place for a in u.of(Act.ORDINAL) if a.place is not None]
    lists = (h.state.screen, *h.state.slates[::-1])
    found = (next((s for s in lists if -len(s) <= p <= len(s)), ()) for p in places if p)
    return tuple(s[p if p < 0 else p - 1] for s, p in zip(found, (p for p in places if p), strict=True) if s)


def was_seen(h: Hearing) -> bool:
    """What is spoken of was called seen just now, so that "this one" hardly means it."""
    return h.state.focus is not None and h.state.focus in evidence.known(h.live()).seen


def taken(h: Hearing, items: tuple[str, ...]) -> tuple[str, ...]:
    """What "that one, then" means: not what was seen and is gone from the screen, but what came in its place."""
    gone = items == (h.state.focus,) and h.state.focus not in h.state.screen and was_seen(h)
    newest = h.state.shown[-1:]
    return newest if gone and newest and newest[0] in h.state.screen else items
