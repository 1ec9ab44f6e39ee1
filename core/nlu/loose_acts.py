"""Bounds that no number or no unit names, and qualities that no list holds: oldies, "make that 200", "less nerdy"."""

import re

from core.nlu.clauses import clause_of, govern
from core.nlu.cues import Frame
from core.nlu.draft import NO_REQUEST, Draft
from core.nlu.mentions import Mention
from core.nlu.numbers.number import Use
from core.nlu.numbers.numerals import CHINESE, DIGITS, value
from core.turns import Act, Target

_OLD = re.compile(
    r"(?<![太更再])老(?:歌|片子?|电影|港片|港剧|美剧|国产片|影片|唱片|剧)(?![一多])"
    r"|(?<![a-z])(?:golden )?oldies(?![a-z])"
    r"|(?<![a-z])(?:old|classic) hollywood(?![a-z])|(?<![a-z])(?:old|golden age) (?:films?|movies?|songs?)(?![a-z])"
)
_OLD_UNTIL = 1990.0
_SHORT = 12  # code points of a message that is all request
_INSTEAD = re.compile(
    rf"(?:(?<![a-z])(?:make|let'?s make) (?:it|that)|改成|换成|那就|提到|降到|加到)\s*(?P<n>{DIGITS}|{CHINESE})"
    r"(?:吧|好了|呗)?(?: then| please| pls| instead)?(?= *(?:$|[,.!，。！]))"
)
_LESS_OF = re.compile(
    r"(?<![a-z])(?:(?:some|any)thing|ones?|maybe|a (?:bit|little)|bit|^)\s?less "
    r"((?!of|than|like|please|is|and|or|well)[a-z]{3,})(?![a-z])"
)


def old_acts(d: Draft) -> None:
    """What is called old was made before: 老歌, 老港片, golden oldies."""
    old = _OLD.search(d.folded)
    if old is None or any(m.use is Use.DECADE or m.number and m.number.kind == "year" for m in d.mentions):
        return
    clause = d.clauses[clause_of(d.clauses, old.start())]
    at = Mention(old.start(), old.end(), target=Target("keyword", "x"))
    cue = govern(at, clause, d.cues, d.mentions, d.folded)
    refused = cue is not None and cue.frame in (Frame.MUST_NOT, Frame.DISLIKE)
    asked = cue is not None and cue.frame in (Frame.REQUEST, Frame.MUST) or len(d.folded) <= _SHORT
    if refused or asked and not d.kinds & NO_REQUEST:
        act = Act.MUST_NOT if refused else Act.MUST
        d.emit(act, at, kind="year", op="<=", value=_OLD_UNTIL, polarity=-1.0 if refused else 1.0)


def bare_acts(d: Draft) -> None:
    """ "make that 200": a bound on what one counts in such a talk."""
    bare = _INSTEAD.search(d.folded) if d.shown else None
    if bare is None or any(m.number and m.number.kind for m in d.mentions):
        return
    said = value(bare["n"]) or 0
    kind = _counted(d.context.domain, said)
    if kind is not None:
        d.settled([s for s in d.said if s.act is not Act.MORE])
        d.mentions = [m for m in d.mentions if m.use not in (Use.COUNT, Use.ORDINAL)]
        d.out = [a for a in d.out if a.act is not Act.ORDINAL]
        d.count = None
        at = Mention(bare.start("n"), bare.end("n"), target=Target("keyword", "x"))
        d.emit(Act.MUST, at, 3.0, kind=kind, op="<=", value=said, polarity=1.0)


def less_acts(d: Draft) -> None:
    """A quality that no list holds, wanted less of: "something less nerdy"."""
    less = _LESS_OF.search(d.folded) if d.shown else None
    if less is None or any(m.start < less.end(1) and less.start(1) < m.end for m in d.mentions):
        return
    d.settled([s for s in d.said if s.act not in (Act.ASK_RECOMMEND, Act.DISLIKE)])
    d.emit(Act.CRITIQUE_LESS, Mention(*less.span(1), target=Target("keyword", "x")), 3.0, polarity=-1.0)


def _counted(domain: str | None, number: float) -> str | None:
    """What a bare number of that size bounds in a talk of that domain."""
    if domain == "product":
        return "price" if number >= 5 else None
    if 1900 <= number <= 2100:
        return "year"
    return {"film": "minutes", "book": "pages"}.get(domain or "") if 20 <= number < 1900 else None
