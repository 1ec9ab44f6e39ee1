"""Years as they are said: alone, with before and after, by decade, or counted back from now."""

import re

from core.nlu.numbers.number import Number, Readings, Use
from core.nlu.numbers.numerals import ENGLISH, value

_YEAR_NUMBER = r"(?:1[89]|20)\d\d(?!\d)|[一二][零〇一二三四五六七八九]{3}"
_YEAR = re.compile(
    rf"(?<!\d)(?P<pre>before |pre-?\s?|prior to |earlier than |after |post-?\s?|later than "
    rf"|newer than |since |from |older than |in |made before |made in "
    rf"|of )?(?P<year>{_YEAR_NUMBER})\s?(?P<nian>年)?\s?"
    r"(?P<post>以后|之后|后|以来|至今|起|以前|之前|前|onwards?\b|and later\b"
    r"|and after\b|or later\b|or newer\b|or earlier\b|\+)?"
)
_DECADE_WORDS = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80,
    "nineties": 90, "noughties": 0, "aughts": 0,
}  # fmt: skip
_DECADE = re.compile(
    r"(?P<edge>(?<![a-z])(?:late|early|mid)[ -]|上世纪|二十世纪|20世纪)?(?:(?P<digits>(?:19"
    r"|20)?\d0)\s?(?:年代|'?s(?![a-z])|后(?=的?(?:老?片|电影|歌)))"
    r"|(?P<zh>[二三四五六七八九一零]十|零零|九|八|七)(?:年代|几年)|(?<![a-z])(?P<en>twenties|thirties|forties|fifties"
    r"|sixties|seventies|eighties|nineties|noughties|aughts)(?![a-z]))"
    r"(?P<zhedge>初|末|中期|后期)?\s?(?P<post>以后|之后|以前|之前|前|后|or earlier|or later)?"
)
_BEFORE_DECADE = re.compile(r"(?P<op>before|after|since|older than|newer than|pre-?|post-?)\s(?:the )?$")
_RELATIVE = re.compile(
    r"(?P<last>前年|大前年|去年|今年|明年)|(?<![a-z])(?P<en>(?:the )?year before last|last year|this year)(?![a-z])"
    rf"|(?:近|最近|过去)(?P<zh_n>[一二两三四五六七八九十几\d]+)年(?:内|里|来|的)?|(?<![a-z])(?:the )?(?:last"
    rf"|past) (?P<en_n>{ENGLISH}|\d+|few|couple of) years|(?P<recent>近年|近年来|recent years)"
)


def decades(text: str) -> Readings:
    """Decades, and bounds that a decade's edge or end says."""
    for match in _DECADE.finditer(text):
        yield _decade(match, text)


def years(text: str, this_year: int) -> Readings:
    """Bounds on the year, also those counted back from this year: 前年, the last five years."""
    for match in _RELATIVE.finditer(text):
        yield _relative(match, this_year)
    for match in _YEAR.finditer(text):
        yield _year(match, this_year)


def _year(match: re.Match[str], this_year: int) -> list[Number]:
    number = value(match["year"])
    pre, post = (match["pre"] or "").strip(), match["post"] or ""
    if number is None or number > this_year + 5 and not match["nian"]:
        return []
    start = match.start("year") if pre in ("of", "in") else match.start()
    if post in ("以后", "之后", "后", "以来", "至今", "起", "+") or post.startswith(
        ("onward", "and", "or later", "or newer")
    ):
        op = ">="
    elif post in ("以前", "之前", "前"):
        op = "<"
    elif post == "or earlier":
        op = "<="
    elif pre in ("after", "later than", "newer than"):
        op = ">"
    elif pre in ("since", "from") or pre.startswith("post"):
        op = "=" if pre == "from" else ">="
    elif pre in ("before", "prior to", "earlier than", "older than", "made before") or pre.startswith("pre"):
        op = "<"
    else:
        op = "="
    said = bool(match["nian"] or pre or post)
    return [Number(Use.BOUND, start, match.end(), "year", op, number, exact=said)]


def _relative(match: re.Match[str], year: int) -> list[Number]:
    at = match.start(), match.end()
    if match["last"]:
        number = year - {"今年": 0, "去年": 1, "前年": 2, "大前年": 3, "明年": -1}[match["last"]]
        return [Number(Use.BOUND, *at, "year", "=", number, exact=True)]
    if match["en"]:
        number = year - (0 if "this" in match["en"] else 2 if "before" in match["en"] else 1)
        return [Number(Use.BOUND, *at, "year", "=", number, exact=True)]
    if match["recent"]:
        return [Number(Use.BOUND, *at, "year", ">=", year - 5, exact=True)]
    said = match["zh_n"] or match["en_n"]
    span = {"几": 5.0, "few": 5.0, "couple of": 2.0}.get(said) or value(said)
    return [] if not span else [Number(Use.BOUND, *at, "year", ">=", year - int(span), exact=True)]


def _decade(match: re.Match[str], text: str) -> list[Number]:
    if match["digits"]:
        digits = int(match["digits"])
        if digits >= 1000:
            first = digits
        elif digits in (0, 10):
            first = 2000 + digits
        else:
            first = 1900 + digits
        if text[match.end("digits") : match.end("digits") + 1] == "后":  # 90后 is a person, not a time
            return []
    elif match["zh"]:
        word = match["zh"]
        tens = 0 if word in ("零零",) else (value(word) or 0) * (10 if len(word) == 1 else 1)
        first = 2000 + int(tens) if tens in (0, 10) else 1900 + int(tens)
    else:
        tens = _DECADE_WORDS[match["en"]]
        first = (2000 if tens == 0 else 1900) + tens
    at = match.start(), match.end()
    post = match["post"] or ""
    before = _BEFORE_DECADE.search(text[: match.start()])
    if before:
        at = before.start(), match.end()
        post = {"before": "以前", "pre": "以前", "older than": "以前"}.get(before["op"].rstrip("-"), "以后")
    if post in ("以前", "之前", "前", "or earlier"):
        return [Number(Use.BOUND, *at, "year", "<", first, exact=True)]
    if post in ("以后", "之后", "后", "or later"):
        return [Number(Use.BOUND, *at, "year", ">=", first, exact=True)]
    edge = (match["edge"] or "").strip(" -") or (match["zhedge"] or "")
    part = {
        "late": (5, 9),
        "末": (5, 9),
        "后期": (5, 9),
        "early": (0, 4),
        "初": (0, 4),
        "mid": (3, 6),
        "中期": (3, 6),
    }.get(edge)
    if part:
        return [
            Number(Use.BOUND, *at, "year", ">=", first + part[0], exact=True),
            Number(Use.BOUND, *at, "year", "<=", first + part[1], exact=True),
        ]
    return [Number(Use.DECADE, *at, "decade", "=", first, exact=True)]
