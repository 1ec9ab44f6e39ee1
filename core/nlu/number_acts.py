"""Acts about numbers: bounds, ages, and comparatives such as "shorter" of what is on the screen."""

import re

from core.nlu.clauses import Clause, clause_of, govern
from core.nlu.cues import Frame
from core.nlu.draft import Draft
from core.nlu.mentions import Mention
from core.nlu.numbers.number import Number, Use
from core.nlu.verdicts import SEEN
from core.turns import Act, Scope, Target

# Comparatives that name a number's kind: words for less of it, and for more.
_LESS_WORDS = {
    "pages": (
        re.compile(
            r"太厚|(?<!太)薄|(?<!太)短|太长|(?<![a-z])(?:thinner|slimmer|short(?=$| *[,.!]| (?:before|for|on|to|and"
            r"|but|enough|book|read|one)(?![a-z]))"
            r"|shorter|shortest|too (?:thick|long)|not (?:so|too|that)"
            r" (?:thick|long))(?![a-z])"
        ),
        re.compile(r"厚一?点|更厚|更长|太[薄短]|(?<![a-z])(?:thicker|longer|too (?:thin|short))(?![a-z])"),
    ),
    "minutes": (
        re.compile(
            r"(?<!太)短|(?<![a-z])(?:short(?=$| *[,.!]| (?:before|for|on|to|and|but|enough|film|movie|one)(?![a-z]))"
            r"|shorter|briefer|too long|less long|not (?:so|as|that|too) long|quicker)(?![a-z])"
            r"|太长|太 ?long(?![a-z])|这么长|那么长|太久"
        ),
        re.compile(r"再长|长一点|更长|(?<![a-z])(?:longer|too short)(?![a-z])|太短"),
    ),
    "year": (
        re.compile(
            r"太新|(?<![a-z])(?:older|too (?:new|recent|modern))(?![a-z])|老一点|旧一点|再老|更老|早一点的"
            r"|(?:要|是|来|看)老(?:一?点)?的"
        ),
        re.compile(
            r"新(?:一?点|些|啲)|更新的|更(?:近|新)|[太那这]么?(?:老|旧|古老)(?!师|板|公|婆|爸|妈|人|友)|new 的"
            r"|(?<![a-z])(?:newer|more (?:recent|modern)|(?:too|that|so|very) (?:old|dated)|recent)(?![a-z])"
        ),
    ),
    "price": (
        re.compile(
            r"便宜|太贵|贵了|没那么贵|平(?:啲|价一点)"
            r"|(?<![a-z])(?:cheaper|less expensive|too (?:expensive|pricey|dear)|more affordable)(?![a-z])"
        ),
        re.compile(r"贵一点|高档|(?<![a-z])(?:pricier|more expensive|fancier)(?![a-z])"),
    ),
}


def numbers_acts(d: Draft) -> None:
    """Bounds and ages; decades are facets, counts belong to requests."""
    for m in d.mentions:
        number = m.number
        if number is None or m.use in (Use.ORDINAL, Use.DECADE):
            continue
        clause = d.clauses[clause_of(d.clauses, m.start)]
        if number.use is Use.AGE:
            years = int(number.value or 0)
            value = "child" if years <= 6 else "family" if years <= 12 else "teen" if years < 18 else "adult"
            d.emit(Act.CONTEXT, m, kind="situation", scope=Scope.TONIGHT)
            if years < 18:
                d.emit(Act.MUST, m, target=Target("audience", value), polarity=1.0, scope=Scope.TONIGHT)
            continue
        if number.use is Use.COUNT:
            continue
        _bound(d, m, number, clause)


def _bound(d: Draft, m: Mention, number: Number, clause: Clause) -> None:
    """A bound on a number: wanted, refused, an answer, or part of a question."""
    words = d.folded[clause.start : clause.end]
    if number.kind == "minutes" and (
        _of_books(d) or (number.value or 0) > _LONGEST_SITTING and _JOURNEY.match(d.folded, m.end)
    ):
        return  # a flight of twelve hours is how long one sits; and books are measured in pages
    if (
        number.kind == "year"
        and number.op == "="
        and any(i.link and i.link.year == number.value and 0 <= m.start - i.end <= 1 for i in d.mentions)
    ):
        return  # "dune 2021" is a name
    cue = govern(m, clause, d.cues, d.mentions, d.folded)
    refused = cue is not None and cue.frame in (Frame.MUST_NOT, Frame.DISLIKE)
    # "no more than two hours" is one bound, not a refusal of one
    doubled = cue is not None and re.search(
        r"(?:不|no|not|别).{0,2}(?:超过|more|over|longer)", d.folded[cue.start : m.end]
    )
    op, act, sign = number.op, Act.MUST, 1.0
    if op in (">", ">=") and _TOO_MUCH.search(words):
        op = "<="  # "over 100 is too much"
    if Act.COUNTERFACTUAL in d.kinds:
        act = Act.COUNTERFACTUAL
    elif number.kind == "year" and number.op == "=" and not number.exact and SEEN.search(words):
        return  # "just read 1984"
    elif refused and not doubled and not (number.op in ("<", "<=") and not number.exact):
        act, sign = Act.MUST_NOT, -1.0
        if op == ">=" and number.kind != "year":
            op = ">"  # "两小时以上的不看" leaves two hours themselves
    elif d.context.expecting in ("time", "price", "decade") and Act.REPAIR not in d.kinds:
        act = Act.ANSWER
    elif d.context.focus and number.kind == "minutes" and not number.exact and re.search(r"吗|\?|？", words):
        d.emit(Act.ASK_INFO, m, kind=number.kind)
        return
    scope = d.scope_of(clause) if act in (Act.MUST, Act.MUST_NOT) else None
    d.emit(act, m, kind=number.kind, op=op, value=number.value, polarity=sign, scope=scope, currency=number.currency)


_LONGEST_SITTING = 200.0  # minutes that a film for the way may still take
_JOURNEY = re.compile(
    r"[\s-]*(?:long )?(?:flight|train|drive|ride|trip|journey|layover|bus|的?(?:飞机|火车|高铁|航班|车程|大巴))"
)
_TOO_MUCH = re.compile(
    r"(?<![a-z])too (?:much|many|long|expensive|pricey|steep|dear)(?![a-z])|太(?:贵|长|多|厚)|就(?:贵|长)了|吃不消"
)


def _of_books(d: Draft) -> bool:
    """Books are spoken of: in the message, else on the screen."""
    named = {m.facet.value for m in d.mentions if m.facet and m.facet.kind == "domain"}
    return "book" in named if named else d.context.domain == "book"


_READS = re.compile(r"读|看书|(?<![a-z])(?:read|novel)(?![a-z])")  # with nothing on the screen, books


_THE_ONE = re.compile(
    r"(?:the |that )\w+ one(?: then| please)?$|(?:的|点)?(?:那|这)(?:个|部|本|张|款|一?件)(?:吧|好了)?$"
)


def _place_by_number(d: Draft) -> int | None:
    """Place of "the cheaper one" among those shown; None where no such one is meant."""
    shown = [item for i in d.context.shown if (item := d.catalog.get(i))]
    if len(shown) < 2 or not _THE_ONE.search(d.folded.rstrip(" .!。！")):
        return None
    for kind, (less, more) in _LESS_WORDS.items():
        for pattern, least in ((less, True), (more, False)):
            numbers = [(n, place) for place, item in enumerate(shown, 1) if (n := item.number(kind)) is not None]
            if pattern.search(d.folded) and numbers:
                return min(numbers)[1] if least else max(numbers)[1]
    return None


# The least or the most of what is shown: (kind, words, whether the least).
_EXTREMES = (
    (
        "minutes",
        re.compile(r"最短|更?短一?[点些]|[部个本张首]更?短|(?<![a-z])(?:shortest|shorter|quickest)(?![a-z])"),
        True,
    ),
    ("minutes", re.compile(r"最长|更?长一?[点些]|(?<![a-z])(?:longest|longer)(?![a-z])"), False),
    ("pages", re.compile(r"最薄|最短|更?[薄短]一?[点些]|(?<![a-z])(?:thinnest|shortest)(?![a-z])"), True),
    ("pages", re.compile(r"最厚|最长|(?<![a-z])(?:thickest|longest)(?![a-z])"), False),
    ("year", re.compile(r"最(?:早|老|旧)|更?[老早旧]一?[点些]|(?<![a-z])(?:oldest|earliest)(?![a-z])"), True),
    (
        "year",
        re.compile(r"最新|更?新一?[点些]|[部个本张首]更?新|(?<![a-z])(?:newest|latest|most recent)(?![a-z])"),
        False,
    ),
    (
        "rating",
        re.compile(
            r"(?:评分|评价|口碑|分数?)(?:是|最|更|比较)*[高好]|(?<![a-z])(?:best|highest|top)[ -]?rated"
            r"|(?<![a-z])rated (?:the )?(?:best|highest)"
        ),
        False,
    ),
    ("price", re.compile(r"便宜|(?<![a-z])(?:cheapest|cheaper)(?![a-z])"), True),
    ("price", re.compile(r"最贵|(?<![a-z])(?:dearest|most expensive)(?![a-z])"), False),
)
_WHICH = re.compile(r"哪(?:一)?[部本个首张篇款双件只条种台]|(?<![a-z])which(?![a-z])")


def _asked_extreme(d: Draft) -> tuple[str, int] | None:
    """Kind and place of "which is the shortest" among those shown; None where that is not asked or not known."""
    shown = [item for i in d.context.shown if (item := d.catalog.get(i))]
    if len(shown) < 2 or not _WHICH.search(d.folded):
        return None
    for kind, words, least in _EXTREMES:
        numbers = [(n, place) for place, item in enumerate(shown, 1) if (n := item.number(kind)) is not None]
        if words.search(d.folded) and len(numbers) == len(shown):
            return kind, (min if least else max)(numbers)[1]
    return None


def comparatives_acts(d: Draft) -> None:
    """Shorter, newer, cheaper: comparatives on numbers, of what is on the screen."""
    if (asked := _asked_extreme(d)) is not None:
        d.out = [a for a in d.out if a.act not in (Act.COMPARE, Act.ASK_INFO)]
        d.emit_item(Act.ASK_INFO, None, asked[1], kind=asked[0])
        return
    if d.kinds & {Act.SET_STYLE, Act.COMPARE, Act.ASK_WHY, Act.ASK_WHY_NOT}:
        return
    named = {a.kind for a in d.out if a.kind}
    if (place := _place_by_number(d)) is not None:
        d.emit(Act.ORDINAL, place=place)
        d.emit_item(Act.ACCEPT, None, place)
        return
    length = "pages" if _of_books(d) or not d.shown and _READS.search(d.folded) else "minutes"
    for kind, (less, more) in _LESS_WORDS.items():
        if kind in named or kind in ("minutes", "pages") and kind != length:
            continue
        if not d.shown and kind not in (length, "year"):
            continue
        for pattern, act in ((less, Act.CRITIQUE_LESS), (more, Act.CRITIQUE_MORE)):
            match = pattern.search(d.folded)
            if match and not any(m.start < match.end() and match.start() < m.end for m in d.mentions):
                mention = Mention(match.start(), match.end(), target=Target("keyword", "x"))
                clause = d.clauses[clause_of(d.clauses, match.start())]
                cue = govern(mention, clause, d.cues, d.mentions, d.folded)
                if cue is not None and cue.frame is Frame.DOUBLE and not cue.before:
                    d.emit(Act.DROP_CONDITION, mention, kind=kind)  # "newer is fine too" allows, it does not ask
                    break
                d.emit(act, mention, kind=kind, polarity=1.0 if act is Act.CRITIQUE_MORE else -1.0)
                break
    if not d.shown or any(a.act in (Act.CRITIQUE_LESS, Act.CRITIQUE_MORE) for a in d.out):
        return
    # "something funnier" is settled by the facets; here is what no list holds: "simpler", 简单一点的
    match = re.search(
        r"(?:再|更)([一-鿿a-z ]{1,8}?)(?:一?点|些)|(?:没|不要|别)(?:那么|这么)([一-鿿]{1,4})"
        r"|太\s?([一-鿿a-z]{1,10})\s?了"
        r"|([一-鿿]{2,4})(?:一点|点|些)的",
        d.folded,
    )
    if (
        match
        and not d.kinds & {Act.ASK_RECOMMEND, Act.MORE, Act.ASK_INFO, Act.EXPLORE}
        and not any(a.act in (Act.ANOTHER_N,) for a in d.out)
    ):
        group = match.lastindex or 1
        less_words = group in (2, 3)
        span = Mention(match.start(group), match.end(group), target=Target("keyword", "x"))
        if span.end > span.start and not any(m.start < span.end and span.start < m.end for m in d.mentions):
            d.emit(
                Act.CRITIQUE_LESS if less_words else Act.CRITIQUE_MORE,
                span,
                0.7,
                polarity=-1.0 if less_words else 1.0,
            )
