"""Clauses of a message, and which words in a clause govern what it names."""

import re
from dataclasses import dataclass

from core.nlu.cues import Cue, Frame
from core.nlu.mentions import Mention

_BREAK = re.compile(
    r"[。！？；;!?\n~…]+|(?<!\d)[,，]+|[,，]+(?!\d)|(?<!\d)\.+(?!\w)|\.{2,}"
    r"|(?<=[一-鿿]) +(?=[一-鿿])|(?<=[的了片吧呢啊呗书歌]) +(?=\d)"
    r"|(?=但是|但(?!丁)|不过(?!瘾)|可是(?!那)|然而|而且|另外|只是(?!今))"
    r"|(?<![a-z])(?<!anything )(?<!nothing )(?<!everything )(?<!all )"
    r"(?=(?:but|though|however|also|although|plus)(?![a-z]))"
)
_JOIN = re.compile(r"\s*(?:、|和|跟|与|及|或者?|还有|以及|/|,|，|and|or|nor|&|\+|的|片|类|\s)*\s*")
_MARKS = "、/"


@dataclass(frozen=True, slots=True)
class Clause:
    """Code points [start, end) of the text; no mention lies over an edge."""

    start: int
    end: int


def split(folded: str, mentions: list[Mention]) -> list[Clause]:
    """Clauses in order, at marks, at conjunctions and at blanks between Chinese words; never inside a mention."""
    cuts = [0]
    for match in _BREAK.finditer(folded):
        at = match.end()
        if not any(m.start < at < m.end or m.start <= match.start() < m.end for m in mentions):
            cuts.append(at)
    cuts.append(len(folded))
    return [Clause(a, b) for a, b in zip(cuts, cuts[1:], strict=False) if folded[a:b].strip()]


def clause_of(clauses: list[Clause], at: int) -> int:
    """Position of the clause that holds a place of the text."""
    for i, clause in enumerate(clauses):
        if at < clause.end:
            return i
    return max(0, len(clauses) - 1)


def govern(mention: Mention, clause: Clause, cues: list[Cue], mentions: list[Mention], folded: str) -> Cue | None:
    """The cue that speaks of a mention: the nearest before it in its clause, or one right after it, or None."""
    here = [c for c in cues if clause.start <= c.start and c.end <= clause.end]
    others = [m for m in mentions if clause.start <= m.start and m.end <= clause.end and m != mention]
    before = [
        c
        for c in here
        if c.before and c.end <= mention.start + 1 and c.start < mention.start and not _closed(c, mention, folded)
    ]
    nearest = max(before, key=lambda c: (c.end, c.end - c.start), default=None)
    after: Cue | None = None
    for cue in here:
        if cue.before or cue.start < mention.end:
            continue
        between = [m for m in others if mention.end <= m.start < cue.start]
        joined = all(_joined(folded, mention, m) for m in between)
        gap = cue.start - (between[-1].end if between else mention.end)
        if (
            joined
            and gap <= 14
            and not any(
                c.before and mention.end <= c.start and c.end < cue.start and c.frame != Frame.REQUEST for c in here
            )
        ):
            after = cue
            break
    if after is None:
        return nearest
    if nearest is None:
        return after
    # "喜欢科幻不喜欢爱情": the second cue speaks of what follows it
    if any(after.end <= m.start <= after.end + 4 for m in others) and any(
        c.before and c.start == after.start for c in here
    ):
        return nearest
    weak = (Frame.REQUEST, Frame.SIMILAR)
    if nearest.frame not in weak and after.frame in weak:
        return nearest
    # "推荐几部 sci-fi 呗 horror 千万别来": the request looks forward, the refusal back to its neighbour
    if nearest.frame in (Frame.DOUBLE,) or (
        nearest.frame in (Frame.DISLIKE, Frame.MUST_NOT) and after.frame in (Frame.LIKE,)
    ):
        return nearest
    return after


def _closed(cue: Cue, mention: Mention, folded: str) -> bool:
    """除了推理以外的日本文学: what the exception closes is over before the mention."""
    return folded[cue.start] == "除" and bool(re.search(r"[以之]?外(?!国|星)", folded[cue.end : mention.start]))


def carried(
    mention: Mention, place: int, clauses: list[Clause], cues: list[Cue], mentions: list[Mention], folded: str
) -> Cue | None:
    """The refusal of the clause before, where this one only goes on with its list: "no horror, war or romance"."""
    clause = clauses[place]
    if not place or any(clause.start <= c.start < clause.end for c in cues):
        return None
    words = folded[clause.start : clause.end]
    first = next((m for m in mentions if m.start >= clause.start), None)
    if first is None or folded[clause.start : first.start].strip() not in ("", "or", "nor", "and", "或", "和"):
        return None
    if not re.search(r"(?<![a-z])(?:n?or|and)(?![a-z])|或|和", words) or not re.search(
        r"[,，]\s*$", folded[: clause.start].rstrip() + ","
    ):
        return None
    before = [m for m in mentions if clauses[place - 1].start <= m.start < clause.start]
    if not before or folded[before[-1].end : clause.start].strip(" ,，"):
        return None
    cue = govern(before[-1], clauses[place - 1], cues, mentions, folded)
    return cue if cue is not None and cue.frame in (Frame.MUST_NOT, Frame.DISLIKE, Frame.LIKE) else None


def _joined(folded: str, first: Mention, second: Mention) -> bool:
    """Two mentions are one list: something joins them, more than a blank."""
    gap = folded[first.end : second.start]
    return bool(_JOIN.fullmatch(gap)) and (not gap or bool(gap.strip()))
