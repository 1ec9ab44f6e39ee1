"""Acts about things that no list holds: "no jumpscares"."""

import re

from core.nlu.clauses import clause_of
from core.nlu.cues import Cue, Frame
from core.nlu.draft import NO_REQUEST, Draft
from core.nlu.mentions import Mention
from core.turns import Act, Target

# Nouns that no list holds, after a cue ("no jumpscares") or before one ("直播带货的别来").
_NOUNS_AFTER = re.compile(
    r"\s*(?:看|听|读|推|推荐|有|来|那种|那些|这种|a |an |the |any |some |that "
    r"|of |with |in |to |seeing |watching |on )*"
    r"(?P<noun>[一-鿿]{2,8}?(?=的|那种|这种|类|题材|了|$|[,，。!！ ])|(?!(?:it|this|that|them|these|those|me|you"
    r"|what|how|when|idea|one|ones|more)\b)[a-z][a-z'-]*(?: (?!(?:for|so|because|please|pls|plz|i"
    r"|i'm|i'll|we|he|she|my|when|at|on|in|and|or|but|is|are|was|with|that|who|which|to|thanks"
    r"|though|if|the|a|btw|tbh|tho|lol|anyway|rn|ngl|either|anymore|bits?|stuff|things?)\b)[a-z0-9'-]+){0,2})"
)
_NOUNS_BEFORE = re.compile(
    r"(?P<noun>[一-鿿]{2,8}?|[a-z][a-z'-]*(?: [a-z'-]+){0,2}?)(?:的|那种|这种|类|题材)?\s*(?:我|就|is|are)?\s*$"
)
_FARTHEST = 60  # code points that a noun may begin before the cue that speaks of it
_NO_NOUN = re.compile(
    r"(?:[这那哪][个部本张首篇件款些一]|第.|一样|什么|剧透|意思|办法|我|你|它|他|她|看过|没有|都|你好|真的?|感觉|时候|问题|误会|东西"
    r"|spoil\w*"
    r"|(?:太|很|特别|那么|这么)?[老旧新贵长短厚薄深浅难]的?$"
    r"|(?:^|too )(?:long|thick|short|old|new|dated|recent|much|many|slow|loud|big|small|heavy|pricey|expensive)$"
    r"|太长|这么长|那么长"
    r"|thanks|idea|way|problem|worries|rush|of these|of those|of them)"
)


def nouns_acts(d: Draft) -> None:
    """What is liked, disliked or refused and stands in no list."""
    if (
        d.context.focus
        or d.kinds & NO_REQUEST - {Act.THANKS, Act.LOVE, Act.LIKE, Act.DISLIKE}
        | d.kinds & {Act.COUNTERFACTUAL, Act.REPAIR, Act.SET_STYLE, Act.NO}
        and not d.context.expecting
    ):
        return
    acts = {
        Frame.LIKE: Act.REVEAL_LIKE,
        Frame.DISLIKE: Act.REVEAL_DISLIKE,
        Frame.MUST_NOT: Act.MUST_NOT,
        Frame.DOUBLE: Act.REVEAL_LIKE,
    }
    for cue in d.cues:
        act = acts.get(cue.frame)
        if act is None or cue.frame is Frame.DOUBLE and not cue.before:
            continue  # "老一点也行" is no liking of a thing
        clause = d.clauses[clause_of(d.clauses, cue.start)]
        if any(clause.start <= m.start < clause.end and (m.facet or m.item or m.number) for m in d.mentions):
            continue
        if any(
            s.start <= cue.start < s.end
            for s in d.said
            if s.whole
            or s.act
            not in (
                Act.SET_SCOPE,
                Act.LIKE,
                Act.DISLIKE,
                Act.LOVE,
                Act.ASK_RECOMMEND,
                Act.DONT_CARE,
                Act.GROUP_VETO,
            )
        ):
            continue
        match = (
            _NOUNS_AFTER.match(d.folded, cue.end, clause.end)
            if cue.before
            else _NOUNS_BEFORE.search(d.folded, max(clause.start, cue.start - _FARTHEST), cue.start)
        )
        if not match or _NO_NOUN.search(match["noun"]) or wants(d, cue, ""):
            continue
        start, end = match.span("noun")
        noun = match["noun"].strip()
        if any(a.start is not None and a.start < end and start < (a.end or 0) for a in d.out):
            continue
        sign = -1.0 if act in (Act.MUST_NOT, Act.REVEAL_DISLIKE) else 0.5 if cue.frame is Frame.DOUBLE else 1.0
        target = Target("keyword", re.sub(r"\s+", "-", noun))
        if act is Act.MUST_NOT and d.shown and re.search(r"(?:这么|那么|太|so|too)\s*$", d.folded[:start]):
            act = Act.CRITIQUE_LESS
        d.emit(
            act,
            Mention(start, end, target=target),
            2.5 if cue.frame is Frame.DOUBLE else 0.5,
            target=target,
            polarity=sign,
            scope=d.scope_of(clause),
        )


def wants(d: Draft, cue: Cue | None, words: str) -> bool:
    """ "I'd like a comedy" and "would love some jazz" are requests, not tastes."""
    if cue is None:
        return False
    said = d.folded[max(0, cue.start - 7) : cue.end + 3]
    return bool(
        re.search(
            r"(?:i'?d|would|could)\s*(?:really )?(?:like|love|prefer)|id like|prefer (?:a|an|some)(?= )"
            r"|what .{0,6}like|whatever",
            said,
        )
    )
