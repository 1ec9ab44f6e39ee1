"""Weighs what the rules found against what the model thinks, and says how sure the outcome is."""

from collections.abc import Sequence
from dataclasses import replace

from core.nlu.reading import ActReading, SpanReading
from core.turns import Act, Context, Reading, UnderstoodAct

ASK_BACK = 0.5
ADD = 0.6  # the model alone adds an act from here on; where the rules found nothing its best act stands
DOUBT = 0.08  # under it an act that only cue words speak for goes
# What a facet or number can be for; the model may choose among these where no cue spoke.
SPAN_ACTS = (
    Act.ASK_RECOMMEND, Act.REVEAL_LIKE, Act.REVEAL_DISLIKE, Act.MUST, Act.MUST_NOT, Act.ANSWER, Act.CRITIQUE_MORE,
    Act.CRITIQUE_LESS, Act.REPLACE_CONDITION,
)  # fmt: skip
NEGATIVE = frozenset((Act.REVEAL_DISLIKE, Act.MUST_NOT, Act.CRITIQUE_LESS))
ON_SCREEN = frozenset((Act.CRITIQUE_MORE, Act.CRITIQUE_LESS))
# Acts that mean nothing without a target that only rules find, so the model cannot add them alone.
NEEDS_TARGET = frozenset(
    (Act.ORDINAL, Act.MUST, Act.MUST_NOT, Act.REPLACE_CONDITION, Act.REVEAL_LIKE, Act.REVEAL_DISLIKE, Act.ANSWER, Act.SIMILAR_TO)
)
ABOUT_ITEM = frozenset(
    (
        Act.LIKE, Act.LOVE, Act.DISLIKE, Act.SEEN_LIKED, Act.SEEN_DISLIKED, Act.SEEN_NEUTRAL, Act.NOT_NOW, Act.SAVE,
        Act.UNSAVE, Act.ACCEPT, Act.ASK_WHY, Act.ASK_INFO,
    )
)  # fmt: skip
POLARITY = {
    Act.LIKE: 1.0, Act.LOVE: 1.0, Act.SEEN_LIKED: 1.0, Act.DISLIKE: -1.0, Act.SEEN_DISLIKED: -1.0, Act.SEEN_NEUTRAL: 0.0,
}  # fmt: skip
# The rules are exact about these; a model that says another does not overrule them.
CERTAIN = frozenset((Act.UNSAFE, Act.ORDINAL, Act.COMPARE, Act.ANOTHER_N, Act.SET_LANGUAGE, Act.UNDO, Act.PRIVACY_FORGET))


def weigh(
    acts: list[UnderstoodAct],
    sure: float,
    loose: frozenset[int],
    reading: ActReading | None,
    spans: Sequence[tuple[int, int]],
    context: Context,
) -> tuple[list[UnderstoodAct], float, tuple[Reading, ...]]:
    """Acts, the confidence in them, and other readings when it is low.

    loose: positions in `acts` that stand there by default, without a cue's word. spans: what `reading.spans` are of.
    """
    if reading is None:
        return acts, sure, ()
    by_span = dict(zip(spans, reading.spans, strict=True))
    settled = [
        _settled(act, by_span.get((act.start or 0, act.end or 0)) if act.start is not None else None, i in loose, reading, context)
        for i, act in enumerate(acts)
    ]
    out = [act for act in settled if act is not None]
    have = {a.act for a in out}
    ranked = sorted(reading.acts.items(), key=lambda pair: -pair[1])
    if have & {Act.UNSAFE} or reading.acts.get(Act.UNSAFE, 0.0) > 0.75:
        return [UnderstoodAct(Act.UNSAFE)], max(0.9, sure), ()
    for act, probability in ranked:
        if probability < ADD or act in have or act in NEEDS_TARGET or _contradicts(act, have, context):
            continue
        if out and sure >= 0.9 and probability < 0.8:
            continue
        out.append(_alone(act, context))
        have.add(act)
    if not out:
        best = next((a for a, _ in ranked if a not in NEEDS_TARGET and not _contradicts(a, have, context)), Act.CHIT_CHAT)
        out = [_alone(best, context)]
    mine = [reading.acts.get(a, 0.0) for a in {a.act for a in out}]
    model_sure = min(mine) if mine else 0.0
    confidence = 1 - (1 - sure) * (1 - model_sure) if acts else model_sure
    confidence = min(0.99, max(0.05, confidence))
    return out, confidence, _readings(out, confidence, ranked, context)


def _settled(
    act: UnderstoodAct, span: SpanReading | None, loose: bool, reading: ActReading, context: Context
) -> UnderstoodAct | None:
    """The act, the other one that the model reads its words for, or None where both the words and the model are weak."""
    whole = reading.acts.get(act.act, 0.0)
    if not loose or act.act in CERTAIN:
        return act
    if span is not None and act.act in SPAN_ACTS and act.target is not None and act.target.kind != "item":
        options = {
            other: span.acts.get(other, 0.0)
            for other in SPAN_ACTS
            if (other not in ON_SCREEN or context.shown) and (other is not Act.ANSWER or context.expecting)
        }
        best = max(options, key=lambda o: options[o])
        if best is not act.act and options[best] > 0.45 and options[best] > 2 * options.get(act.act, 0.0):
            return replace(act, act=best, polarity=-1.0 if best in NEGATIVE else 1.0)
        nothing = 1 - sum(span.acts.values())
        if whole < 0.2 and nothing > 0.5:
            return None
        return act
    return None if whole < DOUBT and act.act not in NEEDS_TARGET else act


def _contradicts(act: Act, have: set[Act], context: Context) -> bool:
    if act is Act.NOT_UNDERSTOOD or act in ON_SCREEN:
        return True
    if act in ABOUT_ITEM and not (context.focus or context.shown or context.expecting in ("like", "seen")):
        return True
    if act in (Act.LIKE, Act.LOVE, Act.SEEN_LIKED) and have & {Act.DISLIKE, Act.SEEN_DISLIKED, Act.LIKE, Act.LOVE, Act.SEEN_LIKED}:
        return True
    if act in (Act.DISLIKE, Act.SEEN_DISLIKED, Act.SEEN_NEUTRAL) and have & {Act.LIKE, Act.LOVE, Act.SEEN_LIKED, Act.DISLIKE, Act.SEEN_DISLIKED}:
        return True
    if act in (Act.CHIT_CHAT, Act.OUT_OF_SCOPE, Act.HELP, Act.GREET) and have:
        return True
    if act is Act.ASK_RECOMMEND and have & {Act.ASK_INFO, Act.COMPARE, Act.ASK_WHY, Act.ASK_WHY_NOT, Act.MORE, Act.ANOTHER_N, Act.SIMILAR_TO, Act.REPLACE_CONDITION, Act.ANSWER, Act.OUT_OF_SCOPE}:
        return True
    return act in (Act.YES, Act.NO) and bool(have & {Act.YES, Act.NO})


def _alone(act: Act, context: Context) -> UnderstoodAct:
    from core.turns import Target

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
