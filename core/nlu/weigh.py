"""Weighs what the rules found against what the model thinks, and says how sure the outcome is."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from core.nlu.reading import ActReading, SpanReading
from core.turns import Act, Context, Reading, Target, UnderstoodAct

ASK_BACK = 0.5
# What tells a description of a work from talk, where no request is said.
_DESCRIBES = re.compile(
    r"叫什么|叫啥|来着|的(?:那个|那部|电影|片|书|小说|歌|故事|剧)|讲(?:的|一个)|关于|有个|(?<![a-z])(?:film|movie|book|story"
    r"|novel|song|where|about|guy|girl|set in|plot)(?![a-z])"
)
ADD = 0.5  # the model alone adds an act from here on
WEAK = 0.35  # a best act under it is worth less than what the words say by default
ADD_BESIDE = 0.7  # the same beside acts of which the rules are sure
ADD_STRANGER = 0.9  # the same for an act that seldom comes beside another
COMPANIONS = frozenset(
    (
        Act.CONTEXT, Act.GREET, Act.THANKS, Act.LIKE, Act.LOVE, Act.DISLIKE, Act.SEEN_LIKED, Act.SEEN_DISLIKED,
        Act.SEEN_NEUTRAL, Act.YES, Act.NO, Act.MORE, Act.NEXT, Act.EXPLORE, Act.SURPRISE, Act.SET_SCOPE, Act.NOT_NOW,
        Act.ASK_RECOMMEND, Act.ASK_INFO, Act.SET_STYLE, Act.GROUP_SETTLE,
    )
)  # fmt: skip
NAMED_SURE = 0.6  # confidence at least, where words of the message spoke for every act
LOOSE_SURE = 0.45  # the same where something was named, but not what for
NAMED_LEAST = -2.0  # log-odds from which a named facet stays; what a cue spoke for stays
# What a facet or number can be for; the model may choose among these where no cue spoke.
SPAN_ACTS = (
    Act.ASK_RECOMMEND, Act.REVEAL_LIKE, Act.REVEAL_DISLIKE, Act.MUST, Act.MUST_NOT, Act.ANSWER, Act.CRITIQUE_MORE,
    Act.CRITIQUE_LESS, Act.REPLACE_CONDITION,
)  # fmt: skip
NEGATIVE = frozenset((Act.REVEAL_DISLIKE, Act.MUST_NOT, Act.CRITIQUE_LESS))
REFUSALS = frozenset((Act.REVEAL_DISLIKE, Act.MUST_NOT))
SPAN_SURE = 0.4  # of a span's act, to take the place of one that no cue spoke for
# Their words can stand for a target that no list holds.
WORDS_WILL_DO = frozenset((Act.REVEAL_LIKE, Act.REVEAL_DISLIKE, Act.MUST_NOT, Act.MUST, Act.ANSWER, Act.SIMILAR_TO))
ON_SCREEN = frozenset((Act.CRITIQUE_MORE, Act.CRITIQUE_LESS))
# Acts that mean nothing without a target that only rules find, so the model cannot add them alone.
NEEDS_TARGET = frozenset(
    (
        Act.ORDINAL,
        Act.MUST,
        Act.MUST_NOT,
        Act.REPLACE_CONDITION,
        Act.REVEAL_LIKE,
        Act.REVEAL_DISLIKE,
        Act.ANSWER,
        Act.SIMILAR_TO,
    )
)
ABOUT_ITEM = frozenset(
    (
        Act.LIKE, Act.LOVE, Act.DISLIKE, Act.SEEN_LIKED, Act.SEEN_DISLIKED, Act.SEEN_NEUTRAL, Act.NOT_NOW, Act.SAVE,
        Act.UNSAVE, Act.ACCEPT, Act.ASK_WHY, Act.ASK_INFO,
    )
)  # fmt: skip
POLARITY = {
    Act.LIKE: 1.0, Act.LOVE: 1.0, Act.SEEN_LIKED: 1.0, Act.DISLIKE: -1.0, Act.SEEN_DISLIKED: -1.0,
    Act.SEEN_NEUTRAL: 0.0,
}  # fmt: skip
VERDICTS = frozenset((Act.LIKE, Act.LOVE, Act.SEEN_LIKED, Act.DISLIKE, Act.SEEN_DISLIKED, Act.SEEN_NEUTRAL))
# Beside these a liking that only the model hears is none.
NO_VERDICT = frozenset(
    (Act.REVEAL_LIKE, Act.SIMILAR_TO, Act.ACCEPT, Act.SAVE, Act.ASK_WHY, Act.ASK_INFO, Act.COMPARE, Act.MORE)
)
# "Nothing too long, I work tomorrow" wishes; that it also puts the film off is only the model's guess.
WISHES = frozenset((Act.ASK_RECOMMEND, Act.MUST, Act.MUST_NOT, Act.CRITIQUE_LESS, Act.CRITIQUE_MORE, Act.SIMILAR_TO))
ABOUT_SHOWN = frozenset((Act.NOT_NOW, Act.SEEN_NEUTRAL, Act.ASK_INFO))
# What a named item can be for: it is never for nothing.
ITEM_ACTS = (
    Act.ASK_INFO, Act.LIKE, Act.LOVE, Act.DISLIKE, Act.SEEN_LIKED, Act.SEEN_DISLIKED, Act.SEEN_NEUTRAL, Act.SIMILAR_TO,
    Act.SAVE, Act.UNSAVE, Act.ACCEPT, Act.NOT_NOW, Act.ASK_WHY, Act.ANSWER,
)  # fmt: skip
# The rules are exact about these; a model that says another does not overrule them.
CERTAIN = frozenset(
    (Act.UNSAFE, Act.ORDINAL, Act.COMPARE, Act.ANOTHER_N, Act.SET_LANGUAGE, Act.UNDO, Act.PRIVACY_FORGET)
)


def weigh(
    acts: list[UnderstoodAct],
    sure: float,
    evidence: Sequence[float],
    reading: ActReading | None,
    spans: Sequence[tuple[int, int]],
    context: Context,
    plain: frozenset[UnderstoodAct] = frozenset(),
) -> tuple[list[UnderstoodAct], float, tuple[Reading, ...]]:
    """Acts, the confidence in them, and other readings when it is low.

    evidence: log-odds that a message's words add for each of `acts`; the model's log-odds and these decide. spans: what
    `reading.spans` are of. plain: acts that the model may not turn round. Without a reading the rules stand.
    """
    if reading is None:
        return acts, sure, ()
    if any(a.act is Act.UNSAFE for a in acts) or reading.acts.get(Act.UNSAFE, 0.0) > 0.75:
        return [UnderstoodAct(Act.UNSAFE)], 0.95, ()
    by_span = dict(zip(spans, reading.spans, strict=True))
    out: list[UnderstoodAct] = []
    for act, weight in zip(acts, evidence, strict=True):
        span = by_span.get((act.start or 0, act.end or 0)) if act.start is not None else None
        settled = _settled(act, weight, span, reading, context, act in plain)
        if settled is not None and settled not in out:
            out.append(settled)
    have = {a.act for a in out}
    ranked = sorted(reading.acts.items(), key=lambda pair: -pair[1])
    firm = bool(out) and max(evidence) >= 4
    for other, probability in ranked:
        if probability < _bar(other, firm, bool(out)) or other in have or _contradicts(other, have, context):
            continue
        if other in NEEDS_TARGET and (other not in WORDS_WILL_DO or out):
            continue
        out.append(_alone(other, context))
        have.add(other)
    if not out and acts and ranked[0][1] < WEAK:
        out, have = list(acts), {a.act for a in acts}
    if not out:
        best = next(
            (a for a, _ in ranked if a not in NEEDS_TARGET and not _contradicts(a, have, context)), Act.CHIT_CHAT
        )
        out = [_alone(best, context)]
        have = {best}
    if have & (VERDICTS - {Act.SEEN_NEUTRAL}):
        judged = {(a.target, a.place) for a in out if a.act in VERDICTS and a.act is not Act.SEEN_NEUTRAL}
        out = [a for a in out if a.act is not Act.SEEN_NEUTRAL or (a.target, a.place) not in judged]
    confidence = max(_confidence(out, acts, evidence, reading), _floor(out, acts, evidence))
    return out, confidence, _readings(out, confidence, ranked, context)


def _bar(act: Act, firm: bool, beside: bool) -> float:
    """Probability from which the model adds an act."""
    if beside and act not in COMPANIONS:
        return ADD_STRANGER
    return ADD_BESIDE if firm or act is Act.CONTEXT else ADD


def guess(wish: str | None, folded: str) -> tuple[list[UnderstoodAct], float, tuple[Reading, ...]]:
    """For a message that nothing reads: a description of something to find, or talk; the other one beside it."""
    find, talk = UnderstoodAct(Act.ASK_RECOMMEND), UnderstoodAct(Act.CHIT_CHAT)
    described = bool(wish) and bool(_DESCRIBES.search(folded))
    best, other = (find, talk) if described else (talk, find)
    readings = (Reading((best,), 0.4), Reading((other,), 0.3)) if wish else (Reading((best,), 0.4),)
    return [best], 0.4, readings


def _log_odds(probability: float) -> float:
    bounded = min(0.98, max(0.02, probability))  # nothing a model says is beyond doubt
    return math.log(bounded / (1 - bounded))


def _confidence(
    out: Sequence[UnderstoodAct], acts: Sequence[UnderstoodAct], evidence: Sequence[float], reading: ActReading
) -> float:
    """Of the weakest act, by both voices; and less where the model leans to an act that was left out."""
    said = {a.act: weight for a, weight in zip(acts, evidence, strict=True)}
    odds = [_log_odds(reading.acts.get(a.act, 0.0)) + min(3.0, said.get(a.act, 0.0)) for a in out]
    missed = max((p for a, p in reading.acts.items() if a not in {o.act for o in out}), default=0.0)
    weakest = 1 / (1 + math.exp(-min(odds)))
    return min(0.99, max(0.05, weakest * (1 - 0.7 * missed)))


def _floor(out: Sequence[UnderstoodAct], acts: Sequence[UnderstoodAct], evidence: Sequence[float]) -> float:
    """Confidence that the words alone give, whatever the model thinks of them."""
    said: dict[Act, float] = {}
    for act, weight in zip(acts, evidence, strict=True):
        said[act.act] = max(weight, said.get(act.act, 0.0))
    weights = [said[a.act] for a in out if a.act in said]  # what the model added is the model's to answer for
    if min(weights, default=-1.0) >= 1:
        return NAMED_SURE
    named = any(a.target is not None or a.kind is not None for a in out)
    return LOOSE_SURE if named and weights else 0.0


def _settled(
    act: UnderstoodAct, weight: float, span: SpanReading | None, reading: ActReading, context: Context, plain: bool
) -> UnderstoodAct | None:
    """The act, the other one that the model reads its words for, or None where words and model together are weak."""
    if act.act in CERTAIN:
        return act
    odds = _log_odds(reading.acts.get(act.act, 0.0)) + weight
    if act.start is not None and (act.target is None or act.target.kind == "item") and act.act in ITEM_ACTS:
        if span is None or weight > 1:
            return act
        best = max(ITEM_ACTS, key=lambda a: span.acts.get(a, 0.0) + (0.15 if a is act.act else 0.0))
        return act if best is act.act else replace(act, act=best, polarity=POLARITY.get(best), kind=None)
    if (
        span is not None
        and act.act in SPAN_ACTS
        and act.target is not None
        and act.target.kind != "item"
        and weight < 2
    ):
        refused = act.act in NEGATIVE and weight > 0  # a "not" was read, and models are deaf to it
        options = {
            other: span.acts.get(other, 0.0)
            for other in SPAN_ACTS
            if (other not in ON_SCREEN or context.shown)
            and (other is not Act.ANSWER or context.expecting)
            and (other in NEGATIVE or not refused)
            and (other not in REFUSALS or act.act in REFUSALS or not plain)
        }
        best = max(options, key=lambda o: options[o])
        if best is not act.act and options[best] > SPAN_SURE and options[best] > 2 * options.get(act.act, 0.0):
            return replace(act, act=best, polarity=-1.0 if best in NEGATIVE else 1.0)
    names = act.target is not None or act.kind is not None or act.place is not None
    # what was named was meant for something, unless neither a cue nor the model has an idea what for
    return act if odds > 0 or weight > 1 or names and odds > NAMED_LEAST else None


def _contradicts(act: Act, have: set[Act], context: Context) -> bool:
    if act is Act.NOT_UNDERSTOOD or act in ON_SCREEN:
        return True
    if {act} | have >= {Act.LIST_SAVED, Act.PRIVACY_SHOW} or act is Act.SAVE and Act.LIST_SAVED in have:
        return True
    if act in (Act.COMPARE, Act.DISLIKE, Act.SEEN_DISLIKED) and Act.ASK_INFO in have:
        return True
    if act is Act.MORE and Act.NEXT in have or act is Act.ASK_INFO and Act.ASK_WHY in have:
        return True
    if act is Act.YES and have & VERDICTS and context.expecting in ("yesno", "confirm"):
        return True  # 嗯这个她会喜欢 is of the one shown
    if act is Act.ASK_WHY and Act.ASK_WHY_NOT in have:
        return True
    if act in ABOUT_SHOWN and have & WISHES or act is Act.SET_LANGUAGE and have:
        return True
    if act in ABOUT_ITEM and not (context.focus or context.shown or context.expecting in ("like", "seen")):
        return True
    if act is Act.ASK_INFO and have & {Act.MORE, Act.NEXT, Act.ANOTHER_N}:
        return True
    if act in VERDICTS and have & VERDICTS:
        return True
    if act in VERDICTS and Act.DONT_CARE in have or act is Act.SEEN_NEUTRAL and Act.ACCEPT in have:
        return True
    if act in (Act.LIKE, Act.LOVE) and have & NO_VERDICT:
        return True
    if act in (Act.CHIT_CHAT, Act.OUT_OF_SCOPE, Act.HELP, Act.GREET) and have:
        return True
    if act is Act.ASK_RECOMMEND and have & {
        Act.ASK_INFO,
        Act.COMPARE,
        Act.ASK_WHY,
        Act.ASK_WHY_NOT,
        Act.MORE,
        Act.ANOTHER_N,
        Act.SIMILAR_TO,
        Act.REPLACE_CONDITION,
        Act.ANSWER,
        Act.OUT_OF_SCOPE,
    }:
        return True
    plain = {Act.YES, Act.NO, Act.ASK_INFO, Act.ASK_WHY, Act.ORDINAL, Act.COMPARE}
    return act in (Act.YES, Act.NO) and bool(have & plain)


def _alone(act: Act, context: Context) -> UnderstoodAct:
    target = Target("item", context.focus) if act in ABOUT_ITEM and context.focus else None
    kind = "short" if act is Act.SET_STYLE else None
    text = ("zh" if context.language == "en" else "en") if act is Act.SET_LANGUAGE else None
    return UnderstoodAct(act, target=target, polarity=POLARITY.get(act), kind=kind, text=text)


def _readings(
    acts: list[UnderstoodAct], confidence: float, ranked: Sequence[tuple[Act, float]], context: Context
) -> tuple[Reading, ...]:
    """The best reading and up to two others, when the best is unsure."""
    if confidence >= ASK_BACK:
        return ()
    first = Reading(tuple(acts), confidence)
    have = {a.act for a in acts}
    others = [
        Reading((_alone(act, context),), probability)
        for act, probability in ranked
        if act not in have and act not in NEEDS_TARGET and probability > 0.05 and not _contradicts(act, set(), context)
    ]
    return (first, *others[:2])
