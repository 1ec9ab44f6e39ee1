"""Facets beside acts that take them along: undone, supposed, corrected, vetoed, repaired, given up or swapped."""

import re

from core.nlu.cues import Frame
from core.nlu.draft import Draft
from core.nlu.facet_reading import FacetReading
from core.nlu.mentions import Mention
from core.turns import Act

_LIFTS = re.compile(
    r"(?:限制|条件|要求|规矩).{0,4}(?:去掉|拿掉|取消|删|不要|放开)|(?:去掉|取消|放开|解除).{0,12}(?:限制|条件|要求)"
    r"|(?:drop|remove|lift|lose|forget) (?:the |that |my )?\S+(?: \S+)? (?:filter|limit|condition|restriction)"
)
_NOT_MINE = re.compile(
    r"我不(?!是|介意|讨厌|排斥)|never liked|don'?t like|i'?m not|i don'?t"
    r"|(?<!跟)(?<!像)一般(?!都)|无感|没兴趣|不感冒|so-so"
)

_NOT_MEANT_BEFORE = re.compile(r"(?<![a-z])(?:not|no|scrap|forget|drop|ditch|enough)(?: \w+)? $")

# "I never said I (don't) like X": what was said is denied.
_TOLD = re.compile(
    r"(?:没有?|可没|没跟你|哪里|什么时候|啥时候)说过?我?(?P<not>不)?(?:是|很|最|爱|喜欢|看|读|听)"
    r"|(?<![a-z])never (?:said|told you) (?:that )?i (?P<not_en>don'?t |do not |didn'?t |hate|dislike)?"
)


def beside_an_act(d: Draft, f: FacetReading) -> bool:
    """Whether another act of the message says what the facet is for; it is told."""
    m, target = f.mention, f.target
    if _LIFTS.search(f.words) and target.kind != "domain":
        d.emit(Act.DROP_CONDITION, m, 3.0, target=target, kind=target.kind)
        return True
    if Act.UNDO in d.kinds:
        f.put(d, Act.UNDO, 0.0)
        return True
    if Act.COUNTERFACTUAL in d.kinds:
        d.emit(
            Act.COUNTERFACTUAL,
            m,
            target=target,
            kind=target.kind,
            polarity=-1.0 if re.search(r"不|no|without", f.words) else 1.0,
        )
        return True
    if Act.ASK_WHY_NOT in d.kinds and target.kind != "domain":
        d.emit(Act.ASK_WHY_NOT, m, target=target)
        return True
    if Act.CORRECT_PROFILE in d.kinds and target.kind != "domain":
        wrong = f.frame is Frame.DISLIKE or bool(_NOT_MINE.search(d.folded)) and f.frame is not Frame.DOUBLE
        if told := _TOLD.search(d.folded):
            wrong = not (told["not"] or told["not_en"])
        f.put(
            d,
            Act.CORRECT_PROFILE,
            -1.0 if wrong and not re.search(r"谁说|谁跟你|没有不|唔系唔|以为", d.folded) else 1.0,
        )
        return True
    if Act.GROUP_VETO in d.kinds and target.kind != "domain":
        f.put(d, Act.GROUP_VETO, -1.0)
        return True
    if Act.REPAIR in d.kinds and target.kind in ("domain", "genre", "keyword", "mood", "country", "language"):
        wrong = _not_meant(d, m)
        d.emit(Act.REPAIR, m, target=target, polarity=-1.0 if wrong else 1.0)
        if not wrong:
            d.emit(Act.ASK_RECOMMEND, m, target=target, polarity=1.0)
        return True
    return False


def replacing(d: Draft) -> list[tuple[int, int]]:
    """[start, end) of the words by which one thing takes the place of another."""
    if Act.SET_LANGUAGE in d.kinds:
        return []
    spans = [(s, e) for _, s, e in d.patterns.spans("replace", d.folded)]
    if Act.MORE in d.kinds or Act.NEXT in d.kinds or Act.COUNTERFACTUAL in d.kinds:
        spans = [s for s in spans if any(m.start >= s[1] and m.start - s[1] <= 6 and m.facet for m in d.mentions)]
    return spans


def swapped(d: Draft, f: FacetReading, first: tuple[int, int]) -> bool:
    """Whether the facet comes in, or goes out, by the words at `first`."""
    m, target = f.mention, f.target
    after = [o for o in f.facets if o.start >= first[1]]
    last = d.folded[first[0] : first[1]] == "instead" and not after and m.end <= first[0]
    if last and not f.negative and not _NOT_MEANT_BEFORE.search(d.folded[: m.start]):
        f.put(d, Act.REPLACE_CONDITION, 1.0)  # "a film instead" asks for one
        return True
    if m.start >= first[1] and (
        len(after) == len(f.facets)
        or not f.negative
        or re.search(r"instead of|rather than", d.folded[first[0] : first[1]])
    ):
        turned = bool(re.search(r"(?:instead of|rather than)", d.folded[: m.start])) or (
            re.search(
                r"(?:scrap|forget|cancel|nvm|swap|drop|scratch|ditch|enough)[^,，.;]{0,12}$",
                d.folded[: m.start],
            )
            and any(o.start > m.end for o in f.facets)
        )
        f.put(d, Act.REPLACE_CONDITION, -1.0 if turned else 1.0)
        return True
    if m.start < first[0] and (
        f.negative or f.frame is None or re.search(r"算了|先不|不要|够|腻|停|放放", d.folded[m.end : first[0] + 1])
    ):
        passing = f.frame is None and target.kind == "domain" and any(o.start < m.start for o in f.facets)
        if not passing:
            f.put(d, Act.REPLACE_CONDITION, -1.0)
            return True
    return False


def given_up(d: Draft, f: FacetReading) -> bool:
    """Whether a country or language matters no more."""
    m, target = f.mention, f.target
    if (
        target.kind in ("country", "language")
        and not d.shown
        and re.search(r"(?:不限|无所谓|放开|any (?:country|language)|doesn'?t matter)", f.words)
    ):
        d.emit(Act.DROP_CONDITION, m, target=target, kind=target.kind)
        return True
    return False


def _not_meant(d: Draft, m: Mention) -> bool:
    before = d.folded[max(0, m.start - 8) : m.start]
    return bool(
        re.search(r"(?:不是|而不是|唔系|不要|给|you give(?: me)?|not|no|told (?:you )?no)\s*(?:a |an |the )?$", before)
    )
