"""Verdicts on the item in focus by the words alone, and verdicts of several reasons."""

import re

from core.nlu.draft import Draft
from core.nlu.mentions import Mention
from core.nlu.verdicts import Verdict, judge
from core.turns import Act, Target, UnderstoodAct

_GIVEN = frozenset((Act.LIKE, Act.LOVE, Act.DISLIKE, Act.SEEN_LIKED, Act.SEEN_DISLIKED, Act.SEEN_NEUTRAL))
# With one of these a word of praise or blame is no verdict on what is in focus.
_NO_VERDICT = frozenset(
    (
        Act.ASK_RECOMMEND, Act.ASK_WHY, Act.ASK_WHY_NOT, Act.ASK_PROFILE, Act.COMPARE, Act.CORRECT_PROFILE, Act.UNDO,
        Act.REPAIR, Act.PRIVACY_SHOW, Act.PRIVACY_FORGET, Act.PRIVACY_EXPORT, Act.SET_LANGUAGE, Act.SET_STYLE,
        Act.HELP, Act.CHIT_CHAT, Act.COUNTERFACTUAL, Act.SIMILAR_TO, Act.GROUP_VETO, Act.GROUP_SETTLE, Act.NOT_NOW,
        Act.THANKS, Act.BYE, Act.GREET, Act.YES, Act.NO, Act.ACCEPT, Act.SAVE, Act.UNSAVE, Act.DONT_CARE,
        Act.OUT_OF_SCOPE, Act.SURPRISE, Act.EXPLORE, Act.MORE, Act.NEXT, Act.BACK, Act.REPEAT,
    )
)  # fmt: skip
# On which a verdict changes nothing that was read otherwise.
_TALKED = frozenset(
    (Act.ASK_INFO, Act.ORDINAL, Act.REVEAL_LIKE, Act.REVEAL_DISLIKE, Act.MUST, Act.MUST_NOT, Act.ANSWER)
)
_SIGNS = {Act.DISLIKE: -1, Act.SEEN_DISLIKED: -1, Act.SEEN_NEUTRAL: 0}
_ASKS = re.compile(
    r"[?？]\s*$|是不是|会不会|算不算|[吗么嘛]\s*[?？]?$|好不好"
    r"|^(?:is|are|was|were|does|do|did|should|would|can|will|has) "
)
_STARTS = re.compile(r"^(?:ok|okay)(?=[ ,，]+(?:那|so|then|and|but|what|how|[一-鿿]))")  # and judges nothing
_SLOW = re.compile(r"拖|慢|节奏|drag|slow|forever|pac(?:e|ing)|overlong")


def verdict_acts(d: Draft) -> None:
    """What is said of the item in focus where no act says it yet, or says only that it was seen."""
    focus = d.context.focus or (d.context.shown[0] if len(d.context.shown) == 1 else None)
    if focus is None or d.referents() or d.context.expecting not in (None, "like", "seen") or _ASKS.search(d.folded):
        return
    told = judge(d.patterns, _without_facets(d))
    if (told.part or told.flaw) and Act.ASK_RECOMMEND not in d.kinds:
        # the part that is judged is not asked about, nor what is wrong with it asked for
        d.out = [a for a in d.out if a.act not in (Act.ASK_INFO, Act.ASK_RECOMMEND)]
    given = [a for a in d.out if a.act in _GIVEN]
    if given:
        _weigh_given(d, given, told)
        return
    done = {a.act for a in d.out}
    if d.kinds & _NO_VERDICT or done & _TALKED or not (told.said or told.flaw or told.seen):
        return
    if told.mixed:
        emit_mixed(d, told, None, None)
    elif told.said:
        d.emit_item(told.act, None)
    elif told.flaw is not None and Act.CRITIQUE_LESS not in done:
        d.emit_item(Act.DISLIKE, None)
        _blame(d, told.flaw)


def _without_facets(d: Draft) -> str:
    """The text with facets of several words blotted out: "feel good" praises nothing."""
    words = _STARTS.sub(lambda m: " " * len(m[0]), d.folded)
    for m in d.mentions:
        if m.target is not None and " " in words[m.start : m.end]:
            words = words[: m.start] + " " * (m.end - m.start) + words[m.end :]
    return words


def emit_mixed(d: Draft, told: Verdict, mention: Mention | None, place: int | None) -> None:
    """Several reasons in one verdict: what was praised and blamed, and what is less wanted."""
    if told.refused:
        act = Act.SEEN_DISLIKED if told.seen else Act.DISLIKE
    elif told.bad or told.meh:
        act = Act.SEEN_NEUTRAL
    else:
        act = Act.SEEN_LIKED if told.seen else Act.LIKE
    d.emit_item(act, mention, place)
    if told.flaw is not None:
        _blame(d, told.flaw)


def _blame(d: Draft, flaw: str) -> None:
    if any(a.act is Act.CRITIQUE_LESS for a in d.out):
        return
    target = Target("mood", "slow") if _SLOW.search(flaw) else None
    d.emit(Act.CRITIQUE_LESS, None, target=target, polarity=-1.0, text=flaw)


def _weigh_given(d: Draft, given: list[UnderstoodAct], told: Verdict) -> None:
    """The verdict of the cue words and that of the whole are one: "看过, kinda boring", "can't say I loved it"."""
    if len({a.target for a in given}) > 1 or not (told.said or told.unseen):
        return
    acts = {a.act for a in given}
    if told.mixed:
        d.out = [a for a in d.out if a not in given]
        emit_mixed(d, told, None, None)
        return
    if not told.said:
        act = None if Act.SEEN_NEUTRAL in acts else Act.DISLIKE if Act.SEEN_DISLIKED in acts else Act.LIKE
    else:
        act = told.act
    same = len(acts) == 1 and act is not None and _SIGNS.get(act, 1) == _SIGNS.get(given[0].act, 1)
    if acts == {act} or same and Act.LOVE in acts or same and not (told.seen or told.unseen or told.strong):
        return
    d.out = [a for a in d.out if a not in given]
    if act is not None:
        d.emit_item(act, None)
