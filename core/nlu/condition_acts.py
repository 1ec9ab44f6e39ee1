"""Conditions given up, situations, and how long what was said holds."""

from core.nlu.draft import TONIGHT, Draft
from core.nlu.mentions import Mention
from core.turns import Act, Scope, Target


def slots_acts(d: Draft) -> None:
    """Conditions given up: "年代无所谓了", "length doesn't matter"."""
    if d.kinds & {Act.COUNTERFACTUAL, Act.SET_LANGUAGE, Act.SET_STYLE, Act.PRIVACY_FORGET, Act.UNSAVE, Act.UNDO}:
        return
    for clause in d.clauses:
        words = d.folded[clause.start : clause.end]
        slot = d.patterns.first("slot", words)
        drop = d.patterns.spans("drop", words)
        asked = d.context.expecting == "drop"
        if not slot or not (drop or asked):
            continue
        if any(a.kind == slot and a.op for a in d.out):
            continue
        if not asked and d.context.expecting == slot:
            continue
        d.out = [
            a
            for a in d.out
            if not (
                a.start is not None
                and clause.start <= a.start < clause.end
                and a.act in (Act.ASK_RECOMMEND, Act.MUST_NOT, Act.DISLIKE)
            )
            and a.act is not Act.DONT_CARE
        ]
        spans = [s for s in d.patterns.spans("slot", words) if s[0] == slot]
        at = Mention(clause.start + spans[0][1], clause.start + spans[0][2], target=Target("keyword", "x"))
        d.emit(Act.DROP_CONDITION, at, kind=slot)


def situations_acts(d: Draft) -> None:
    if d.kinds & {
        Act.NOT_NOW,
        Act.ACCEPT,
        Act.ASK_WHY,
        Act.ASK_INFO,
        Act.UNDO,
        Act.PRIVACY_SHOW,
        Act.REPAIR,
        Act.BYE,
        Act.HELP,
    } or any(a.act is Act.CONTEXT for a in d.out):
        return
    if not d.situations:
        return
    _, start, end = d.situations[0]
    at = Mention(start, end, target=Target("keyword", "x"))
    act = (
        Act.ANSWER
        if d.context.expecting in ("company", "mood") and not any(a.act is Act.ANSWER for a in d.out)
        else Act.CONTEXT
    )
    d.emit(act, at, 0.7, kind="situation", scope=Scope.TONIGHT)


def scope_acts(d: Draft) -> None:
    if Act.SET_SCOPE not in d.kinds or d.kinds & {Act.SET_LANGUAGE, Act.NOT_NOW, Act.BYE, Act.ACCEPT}:
        return
    said = next(s for s in d.said if s.act is Act.SET_SCOPE)
    scope = Scope.TONIGHT if TONIGHT.search(d.folded[said.start : said.end + 2]) else Scope.ALWAYS
    at = Mention(said.start, said.end, target=Target("keyword", "x"))
    d.emit(Act.SET_SCOPE, at, scope=scope)
