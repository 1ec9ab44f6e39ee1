"""Conditions given up, situations, and how long what was said holds."""

import re

from core.nlu.draft import TONIGHT, Draft
from core.nlu.mentions import Mention
from core.turns import Act, Scope, Target

# What company and occasion mostly ask for; it bends the order and filters nothing.
_MEANT = tuple(
    (Target(kind, value), pattern)
    for kind, value, pattern in (
        ("mood", "romantic", r"[男女]朋?友|对象|情侣|老公|老婆|约会|情人节|纪念日|date"
         r"|girlfriend|boyfriend|wife|husband"),
        ("mood", "warm", r"爸|妈|父母|长辈|奶奶|爷爷|外婆|外公|全家|parents|grand|mum|mom|dad|family"),
        ("mood", "funny", r"朋友|室友|聚会|同事|friends|mates|roommates|party"),
        ("mood", "calm", r"睡前|失眠|睡不着|bedtime|can'?t sleep|before bed|insomnia"),
        ("mood", "light", r"累|压力|下班|加班|[夜晚早]班|shift|burn ?out|tired|exhausted|stress|long day"),
        ("keyword", "running", r"跑步|夜跑|健身|gym|run(?:ning)?|workout"),
        ("keyword", "study", r"学习|作业|复习|备考|自习|study|homework|revis|工作|代码|focus|deep work|working|coding"),
        ("keyword", "driving", r"开车|自驾|driv|road trip"),
        ("keyword", "rain", r"下雨|雨天|rainy"),
    )
)  # fmt: skip

# What one has just been through is not what one wants to see.
_HURTS = frozenset(
    Target("keyword", value) for value in ("breakup", "divorce", "grief", "death", "illness", "loneliness")
)

# Whom a present is for.
_PRESENTS = tuple(
    (Target("keyword", value), re.compile(pattern))
    for value, pattern in (
        ("gift-for-dad", r"爸|父亲|岳父|公公|爷爷|外公|姥爷|(?<![a-z])(?:dad|father|grandpa|grandfather)"),
        ("gift-for-mum", r"妈|母亲|岳母|婆婆|奶奶|外婆|姥姥"
         r"|(?<![a-z])(?:mum|mom|mother|grandma|grandmother|nan(?![a-z]))"),
        ("gift-for-child", r"孩子|小孩|娃|儿子|女儿|闺女|侄|外甥|小朋友"
         r"|(?<![a-z])(?:kids?|child|children|son|daughter|nephew|niece|toddler)(?![a-z])"),
    )
)  # fmt: skip


# What says less or more of a mood without naming it: (words, act on the screen, act before, mood).
_IMPLIED = (
    (
        re.compile(
            r"胆子?小|不敢看|(?<![a-z])(?:scare eas(?:y|ily)|easily scared|a (?:wimp|chicken|scaredy))(?![a-z])"
        ),
        Act.MUST_NOT, Act.MUST_NOT, Target("mood", "scary"),
    ),
    (
        re.compile(r"太(?:吵|闹)|吵死|(?<![a-z])too (?:loud|noisy)(?![a-z])"),
        Act.CRITIQUE_MORE, Act.ASK_RECOMMEND, Target("mood", "calm"),
    ),
    (
        re.compile(r"(?:别|不要|不用)太(?:沉|重)(?!要)"),
        Act.CRITIQUE_LESS, Act.MUST_NOT, Target("mood", "dark"),
    ),
    (
        re.compile(
            r"(?:别|不要|不能|不想要?|不用)(?:太|那么|这么|给我)*(?:沉?闷|无聊|催眠)"
            r"|(?<![a-z])(?:not|nothing|isn'?t|not being) (?:too |so |that's |that is )?(?:boring|dull)(?![a-z])"
        ),
        Act.CRITIQUE_LESS, Act.MUST_NOT, Target("mood", "slow"),
    ),
)  # fmt: skip


def implied_acts(d: Draft) -> None:
    """Moods behind the words: who is easily scared wants nothing scary, and what is too loud shall be calmer."""
    for words, shown, before, mood in _IMPLIED:
        match = words.search(d.folded)
        if match and not any(a.target == mood for a in d.out):
            act = shown if d.shown else before
            at = Mention(match.start(), match.end(), target=mood)
            d.emit(act, at, target=mood, polarity=-1.0 if act in (Act.MUST_NOT, Act.CRITIQUE_LESS) else 1.0)


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
        if any(a.kind == slot and a.op or a.act is Act.MUST and a.target and a.target.kind == slot for a in d.out):
            continue
        if not asked and d.context.expecting == slot:
            continue
        d.out = [
            a
            for a in d.out
            if not (
                a.start is not None
                and clause.start <= a.start < clause.end
                and a.act in (Act.ASK_RECOMMEND, Act.MUST_NOT, Act.DISLIKE, Act.REVEAL_LIKE)
            )
            and a.act is not Act.DONT_CARE
        ]
        spans = [s for s in d.patterns.spans("slot", words) if s[0] == slot]
        at = Mention(clause.start + spans[0][1], clause.start + spans[0][2], target=Target("keyword", "x"))
        d.out = [a for a in d.out if not (a.act is Act.ASK_INFO and a.kind == slot)]  # no question about a card
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
    words = d.folded[start:end]
    named = (m.facet for m in d.mentions if m.facet and m.facet.kind == "keyword" and start <= m.start and m.end <= end)
    domains = {m.facet.value for m in d.mentions if m.facet is not None and m.facet.kind == "domain"}
    if "product" in domains or d.context.domain == "product" and not domains:
        meant = next((t for t, pattern in _PRESENTS if pattern.search(words)), None)
    else:
        felt = Target("mood", "warm") if any(m.facet in _HURTS for m in d.mentions) else None
        meant = felt or next(named, None) or next((t for t, pattern in _MEANT if re.search(pattern, words)), None)
    at = Mention(start, end, target=Target("keyword", "x"))
    act = (
        Act.ANSWER
        if d.context.expecting in ("company", "mood") and not any(a.act is Act.ANSWER for a in d.out)
        else Act.CONTEXT
    )
    if act is Act.CONTEXT and any(a.target == meant for a in d.out):
        meant = None
    polarity = None if meant is None else 1.0
    d.emit(act, at, 0.7, target=meant, kind="situation", polarity=polarity, scope=Scope.TONIGHT)


def scope_acts(d: Draft) -> None:
    if Act.SET_SCOPE not in d.kinds or d.kinds & {Act.SET_LANGUAGE, Act.NOT_NOW, Act.BYE, Act.ACCEPT}:
        return
    said = next(s for s in d.said if s.act is Act.SET_SCOPE)
    scope = Scope.TONIGHT if TONIGHT.search(d.folded[said.start : said.end + 2]) else Scope.ALWAYS
    at = Mention(said.start, said.end, target=Target("keyword", "x"))
    d.emit(Act.SET_SCOPE, at, scope=scope)
