"""Comparatives around a facet: funnier, 没那么吵, too dark, 再轻松一点."""

import re

from core.nlu.clauses import Clause
from core.nlu.draft import Draft
from core.nlu.mentions import Mention
from core.nlu.verdicts import SEEN

_NO_MORE = re.compile(r"(?:(?<![a-z])(?:no|not|any) more|不要再|别再) ?$")
# "太好哭了" after the film praises it; "太吓人了" of a list complains.
_PRAISED = re.compile(
    r"好[哭笑]|感人|催泪|治愈|温暖|暖|甜|震撼|燃|搞笑|有趣|好玩|幽默|浪漫|touching|funny|moving|sweet|warm"
)
_NOT = re.compile(r"(?<![要是得别])不(?:那么|怎么|太)?$")


def compared(d: Draft, m: Mention, clause: Clause) -> int:
    """+1 for more of it, -1 for less, 0 for no comparison."""
    if _NO_MORE.search(d.folded[: m.start]):
        return 0
    facet = m.facet
    before, after = d.folded[clause.start : m.start], d.folded[m.end : clause.end]
    if facet is not None and facet.kind == "country":
        return -1 if d.shown and re.search(r"(?:太|(?<![a-z])too ?)$", before) else 0
    if facet is None or facet.kind in ("domain", "person", "language", "audience"):
        return 0
    if facet.kind == "mood" and _NOT.search(before) and not before[:-1].endswith(d.folded[m.start]):
        return -1  # 不烧脑; but 好不好笑 asks
    said = d.folded[m.start : m.end]
    if re.search(r"(?:太|so )$", before) and _PRAISED.fullmatch(said) and SEEN.search(d.folded):
        return 0
    if re.search(
        r"(?:没那么|没这么|不(?:要|用)?(?:那么|这么|太)|别(?:那么|这么|太)|唔好咁|冇咁|没有(?:那么|这么)|太过?|过于|偏|都太|可以不要这么|能不能别(?:那么"
        r"|这么)?|别要太|不是那么|少(?:一?点|些|啲)?)\s*$",
        before,
    ):
        return -1
    if re.search(
        r"(?:(?<![a-z])less|not (?:so|too|as|that|quite so|very)|nothing (?:too|so|that)|too(?: much)?"
        r"|way too|a bit too|tone down(?: the)?|fewer|isn'?t (?:so|too|as)"
        r"|without being too)(?: \w+)?\s$",
        before,
    ):
        return -1
    if d.shown and re.search(
        r"(?:(?<![a-z])(?:all|are|is|it'?s|they'?re)(?: (?:all|kinda|so|a bit|very|pretty|rather|way"
        r"|far))+|都(?:是|有点|好|很|偏|太|挺)|全是|净是)\s*$",
        before,
    ):
        return -1
    if re.match(r"\s*(?:少(?:一?点|些)|太多|过头|减)", after):
        return -1
    if re.search(r"不够(?:那么)?\s*$", before) or re.search(r"(?<![a-z])not $", before) and after.startswith(" enough"):
        return 1  # 不够刀, "not scary enough"
    if re.search(
        r"(?:再|更|多(?:一?点|些)?|加点|越|还要|(?<![a-z])(?:more|even|a bit|a little|bit|much|a touch))\s*(?:a )?$",
        before,
    ):
        return 1
    if re.match(r"\s*(?:一?点(?!半|钟)|些|啲|多点|一些|多些)", after) and not re.search(
        r"(?:想|来|找|有没有|要|推荐)[^,，。]*$", before
    ):
        return 1
    if (
        re.search(r"(?:er|ier)$", said)
        and said.isascii()
        and facet.kind in ("mood", "genre")
        and said not in ("wonder", "thriller")
    ):
        return 1
    return 0
