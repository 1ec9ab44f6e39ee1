"""A sentence taken in: every act of an understanding, one after the other, then what is wanted to be seen."""

from dataclasses import replace

from core.moves import line
from core.policy import groups
from core.policy.hear import SEEN_ACTS, VERDICT_ACTS, Hearing, condition_of, said_language, strength
from core.policy.narrowing import critique, drop, films_again, go_home, request, similar, stay_with_theme
from core.policy.pointing import spoken_of, taken
from core.policy.want import Want
from core.policy.wanting import settles, wanted
from core.state import Asked, Kind
from core.turns import Act, Condition, Scope, Target, Understanding, UnderstoodAct, item

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
    films_again(h, u)
    for act in sorted(u.acts, key=lambda a: not _asks_for_domain(a)):  # "jazz records": which jazz hangs on the records
        _hear(h, act, u)
    stay_with_theme(h, u)
    if any(e.kind in (Kind.CONDITION, Kind.REQUEST, Kind.CRITIQUE) for e in h.events):
        h.told.pop("unmeasured", None)  # "too long, under 100 minutes": the number tells what was meant
    return wanted(h, u, asked)


def _asks_for_domain(act: UnderstoodAct) -> bool:
    return act.act in (Act.ASK_RECOMMEND, Act.ANSWER) and act.target is not None and act.target.kind == "domain"


def _forget(h: Hearing, u: Understanding) -> Want:
    """One named thing is forgotten at once; everything only after a yes."""
    named = [str(a.target) for a in u.of(Act.PRIVACY_FORGET) if a.target]
    if named:
        return Want("undone") if h.undo(named) else Want("nothing_to_undo")
    h.state = replace(h.state, pending="forget")
    return Want("confirm_forget")


def _hear(h: Hearing, act: UnderstoodAct, u: Understanding) -> None:
    scope = act.scope or Scope.ALWAYS
    match act.act:
        case Act.LIKE | Act.LOVE | Act.DISLIKE | Act.SEEN_LIKED | Act.SEEN_DISLIKED | Act.SEEN_NEUTRAL:
            _verdict(h, act, u)
        case Act.REVEAL_LIKE | Act.REVEAL_DISLIKE | Act.CORRECT_PROFILE:
            _taste(h, act, scope)
        case Act.GROUP_VETO if act.target is None and act.kind is None:
            for item_id in spoken_of(h, act, u):
                h.refuse(item_id)
        case Act.MUST | Act.MUST_NOT | Act.GROUP_VETO:
            must = act.act is Act.MUST and (act.polarity is None or act.polarity >= 0)
            if act.target is not None and act.target.kind == "item":
                h.refuse(act.target.value)
            elif act.currency is not None and h.catalog.currencies - {act.currency}:
                h.lines.append(line("ack.currency"))  # there are no rates here: a wrong bound is worse than none
            elif (condition := condition_of(act, must)) is not None:
                if not must and (act.text or "").casefold() in FICTION:  # "no novels" still means books
                    condition = Condition(Target("genre", "literary"), must=False)
                go_home(h, condition)
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
            request(h, act)
        case Act.ANSWER:
            request(h, act)
            h.state = replace(h.state, open_slot=None)
        case Act.SIMILAR_TO:
            similar(h, act)
        case Act.CRITIQUE_MORE | Act.CRITIQUE_LESS:
            critique(h, act)
        case Act.REPLACE_CONDITION:
            if (act.polarity or 0) < 0:
                if act.target is not None:
                    h.drop(str(act.target), quietly=True)
                elif act.kind:
                    h.drop(act.kind, quietly=True)
            else:
                request(h, act)
        case Act.DROP_CONDITION:
            drop(h, act)
        case Act.SAVE | Act.UNSAVE:
            on = act.act is Act.SAVE
            for item_id in spoken_of(h, act, u):
                h.write(Kind.SAVED if on else Kind.UNSAVED, str(item(item_id)))
                h.note("saved" if on else "unsaved", h.catalog.get(item_id))
                h.state = replace(h.state, focus=item_id)
        case Act.ACCEPT if settles(h, u) or (h.group and u.has(Act.LIKE, Act.LOVE)):
            pass  # "this one, then", of several: their votes say which; and "the second is fine" is one
        case Act.ACCEPT if u.has(Act.YES) and h.state.focus is None and len(h.state.screen) > 1 and not _named(u):
            pass  # "fine", of several, takes none of them
        case Act.ACCEPT:
            for item_id in taken(h, spoken_of(h, act, u)[:1]):
                h.write(Kind.ACCEPTED, str(item(item_id)))
                h.note("accepted", h.catalog.get(item_id))
        case Act.NOT_NOW if _is_taken(act, u):
            pass
        case Act.NOT_NOW:
            for item_id in spoken_of(h, act, u):
                h.write(Kind.NOT_NOW, str(item(item_id)), scope=Scope.TONIGHT)
                h.note("not_now", h.catalog.get(item_id))
        case Act.SET_SCOPE if u.has(Act.SET_STYLE, Act.SET_LANGUAGE):
            pass  # "from now on" is said of how to speak
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
    if act.act is Act.SEEN_NEUTRAL and _is_taken(act, u):
        return
    for item_id in spoken_of(h, act, u):
        if act.act is Act.SEEN_NEUTRAL and not act.strength:
            h.seen(item_id)
            continue
        h.verdict(item_id, VERDICT_ACTS[act.act], act.act in SEEN_ACTS, act.scope or Scope.ALWAYS)


def _named(u: Understanding) -> bool:
    return any(a.place is not None or (a.target is not None and a.target.kind == "item") for a in u.acts)


def _is_taken(act: UnderstoodAct, u: Understanding) -> bool:
    """The same item is accepted in this message: "OK, that one, for the weekend" neither judges it nor puts it off."""
    return act.target is not None and any(accepted.target == act.target for accepted in u.of(Act.ACCEPT))


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
