"""Taps: what a button tells, and what it wants to see. No understanding needed."""

from dataclasses import replace

from core import evidence
from core.catalog import DOMAINS
from core.moves import Line, line
from core.policy import groups
from core.policy.hear import Hearing, answered
from core.policy.want import Want
from core.state import Kind
from core.turns import (
    Action,
    Answer,
    Condition,
    Drop,
    Lang,
    Menu,
    More,
    NotNow,
    Open,
    PassOn,
    Pick,
    Rate,
    Save,
    Scope,
    Seen,
    Take,
    Target,
    Undo,
    Verdict,
    item,
)

LANGUAGES = {"zh": Lang.ZH, "en": Lang.EN, "auto": None}
STYLES = {"short": "short", "long": "long", "auto": None}
BY_NAME = ("start", "help", "profile", "saved", "back", "repeat", "privacy", "export")  # shown as they are called


def hear_action(hearing: Hearing, action: Action) -> Want:
    """Writes down what a tap tells; gives what it wants to see."""
    state, catalog = hearing.state, hearing.catalog
    match action:
        case Rate(item_id, verdict, seen):
            hearing.verdict(item_id, Kind(str(verdict)), seen)
            if hearing.group:
                return Want("voted", items=(item_id,))
            if item_id not in state.screen:  # replaced when it was called seen, or of an older list
                gone = seen or verdict is Verdict.DISLIKE
                return Want("judged" if gone else "rated", items=(item_id,))
            return Want(
                "picks", replace=(item_id,), count=1, seed=state.seed, near=state.near, goes_on=True, unasked=True
            )
        case Seen(item_id):
            hearing.seen(item_id)
            known = item_id in evidence.known(hearing.live()).verdicts
            how = None if known else item_id
            if hearing.group or item_id not in state.screen:  # others of a group may not have seen it
                return Want("judged", items=(item_id,), how=how)
            return Want(
                "picks",
                replace=(item_id,),
                count=1,
                seed=state.seed,
                near=state.near,
                goes_on=True,
                unasked=True,
                how=how,
            )
        case Save(item_id, on):
            hearing.write(Kind.SAVED if on else Kind.UNSAVED, str(item(item_id)))
            hearing.note("saved" if on else "unsaved", catalog.get(item_id))
            return Want("rated", items=(item_id,))
        case NotNow(item_id):
            hearing.write(Kind.NOT_NOW, str(item(item_id)), scope=Scope.TONIGHT)
            hearing.note("not_now", catalog.get(item_id))
            return Want(
                "picks", replace=(item_id,), count=1, seed=state.seed, near=state.near, goes_on=True, unasked=True
            )
        case Take(item_id):
            hearing.write(Kind.ACCEPTED, str(item(item_id)))
            hearing.note("accepted", catalog.get(item_id))
            return Want("accepted", items=(item_id,))
        case Open(item_id, "similar"):
            hearing.write(Kind.SIMILAR, str(item(item_id)), 1.0, Scope.TONIGHT)
            return Want("picks", seed=item_id)
        case Open(item_id, what):
            return Want("why" if what == "why" else "info", items=(item_id,))
        case More():
            return Want(
                "picks", count=state.count, explore=state.explore, seed=state.seed, near=state.near, goes_on=True
            )
        case Pick(target, domain):
            if domain and domain != state.domain:
                hearing.condition(Condition(target=Target("domain", domain)), request=True)
            hearing.condition(Condition(target=target), request=True, narrows=True)
            return Want("picks")
        case Answer(turn, value):
            return _hear_answer(hearing, turn, value)
        case Drop(what):
            hearing.drop(what)
            return Want("picks", count=state.count, seed=state.seed, near=state.near, goes_on=True)
        case Undo(event):
            return Want("undone") if hearing.undo((), event) else Want("nothing_to_undo")
        case Menu(what):
            return _hear_menu(hearing, what)
        case PassOn(title):
            hearing.passed_on = title
            hearing.lines.append(line("ack.passed_on", title=title))
            return Want("settled")


def _hear_menu(hearing: Hearing, what: str) -> Want:
    state = hearing.state
    name, _, value = what.partition(":")
    match name:
        case "export" | "forget" | "forget_yes" if hearing.anonymous:
            return Want("anonymous")
        case "forget":
            hearing.state = replace(state, pending="forget")
            return Want("confirm_forget")
        case "forget_yes":
            return Want("forgotten") if state.pending == "forget" else Want("confirm_forget")
        case "forget_no":
            hearing.state = replace(state, pending=None)
            return Want("kept")
        case "picks":
            return Want("picks", count=state.count)
        case "surprise":
            return Want("picks", surprise=True, count=1)
        case "why":
            first = (state.focus,) if state.focus else state.screen[:1]
            return Want("why", items=first) if first else Want("nothing_shown")
        case "join":
            groups.join(hearing)
            return Want("settled")
        case "leave":
            groups.leave(hearing)
            return Want("settled")
        case "settle":
            return groups.settle(hearing)
        case "catch_up":
            return _catch_up(hearing)
        case "language" if value in LANGUAGES:
            hearing.state = replace(state, language=LANGUAGES[value])
            hearing.lines.append(line("ack.language_auto" if value == "auto" else "ack.language"))
            return Want("settled")
        case "style" if value in STYLES:
            hearing.state = replace(state, style=STYLES[value])
            hearing.lines.append(line(f"ack.style_{value}"))
            return Want("settled")
    if what in DOMAINS:
        hearing.condition(Condition(target=Target("domain", what)), request=True)
        return Want("picks")
    return Want(what if what in BY_NAME else "help")


def _hear_answer(hearing: Hearing, turn: int, value: str) -> Want:
    """A tapped answer; an old question's answer still counts for what it says."""
    asked = hearing.state.asked
    hearing.state = replace(hearing.state, asked=None, open_slot=None)
    if value in ("any", "no_idea"):
        return Want("picks", surprise=False)
    if value in ("yes", "no"):
        slot = asked.slot if asked and asked.turn == turn else hearing.state.open_slot
        return answered(hearing, slot, value == "yes")
    kind, _, rest = value.partition(":")
    if kind == "item" and rest in hearing.catalog.row:
        return Want("info", items=(rest,))
    if rest:
        target = Target.parse(value)
        hearing.condition(Condition(target=target), request=True, narrows=True)
    return Want("picks")


def _catch_up(hearing: Hearing) -> Want:
    """One answer for the turns that went unanswered: what was noted, and a list if one was asked for."""
    state = hearing.state
    since = state.turn - state.unanswered  # this turn counted, the unanswered ones are those from `since` on
    recent = tuple(e for e in hearing.live() if since <= e.turn < state.turn)
    hearing.lines.append(_noted(tuple(e for e in recent if e.kind in TOLD)))
    if state.missed is None:
        return Want("settled")
    seeds = [e.target.removeprefix("item:") for e in recent if e.kind is Kind.SIMILAR and e.turn == state.missed]
    return Want("picks", count=state.count, seed=seeds[-1] if seeds else None)


TOLD = (Kind.LOVE, Kind.LIKE, Kind.SOSO, Kind.DISLIKE, Kind.SEEN, Kind.SAVED, Kind.TASTE, Kind.CONDITION)


def _noted(told: tuple[object, ...]) -> Line:
    return line("catch_up.noted", feedback=told[-4:]) if told else line("catch_up.away")
