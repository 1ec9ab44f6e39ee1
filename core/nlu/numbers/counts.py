"""How many things are asked for, and how old somebody is."""

import re

from core.nlu.numbers.number import Number, Readings, Use
from core.nlu.numbers.numerals import CHINESE, DIGITS, ENGLISH, value

_AGE = re.compile(
    rf"(?P<n>{DIGITS}|{CHINESE}|{ENGLISH})\s?(?:个)?(?:多)?(?:岁(?:半)?(?P<under>以下|以上)?|[- ]?(?:years?"
    rf"|yrs?)[- ]?olds?|yo(?![a-z])|y/o)|(?<![a-z])age[ds]? (?P<n2>\d+)"
    r"|(?<![a-z])(?:kid|son|daughter|niece|nephew|toddler|child|grandson|granddaughter|boy|girl)"
    r"(?:'?s| is| just turned|(?= \d{1,2} years?(?![a-z]))) (?P<n3>\d{1,2})(?![\d:/%]|\s?(?:min|h))"
    r"|(?<![a-z])s?he(?:'?s| is) (?P<n4>\d{1,2})(?= *(?:$|[,.!]))"
)
_MEASURE = {
    "部": "film", "本": "book", "首": "music", "篇": "article", "册": "book", "支": None, "个": None, "款": "product",
    "张": None, "样": None, "条": None, "只": None, "种": None, "件": "product", "套": None, "集": None, "把": None,
}  # fmt: skip
_COUNT = re.compile(
    rf"(?P<verb>再来|再推荐?|再给我?|再找|再要|再看|再列|再挑|再|来|推荐|推|给我|给|列|要|想要|看|找|整|上|换"
    rf"|介绍|挑|选)?\s?(?P<n>\d+"
    rf"|{CHINESE}|几)\s?(?P<m>[部本首篇册个款张样条只种件套集把])(?!月|人|小时|多|半|钟|岁|朋友|孩子|娃|都|同事|同学|室友|闺蜜|哥们|姐妹|家庭|大人|老人|女生|男生|女孩|男孩)"
    r"|(?P<pair>来俩|来仨|再来俩|俩|仨)(?!人|娃|孩|小时|口)|(?:推荐|推|来|找|看|换|求|荐|想看|那就)(?P<m2>[部本首篇])"
)
_EN_NOUN = (
    r"films?|movies?|books?|novels?|songs?|albums?|articles?|reads|titles?|things?|options?|picks?"
    r"|suggestions?|recommendations?|recs|ones?|comed(?:y|ies)|thrillers?|dramas?|documentar(?:y"
    r"|ies)|products?|gifts?|presents?|tracks?|series|shows?|items?|essays?|topics?|musicals?"
    r"|horrors?|westerns?|romances?|mysteries|poems?|indies"
)
_EN_COUNT = re.compile(
    rf"(?<![a-z#])(?P<n>(?:an? )?couple(?: of)?|half a dozen|a dozen|(?:just )?one|\d{{1,2}}"
    rf"|{ENGLISH})\s(?P<mid>(?:(?!more|of)[a-z'-]+\s){{0,3}}?)(?P<noun>more|{_EN_NOUN})(?![a-z])"
    rf"|(?P<more>(?:give|hit|show|get) (?:me|us)(?: with)?|再给 me|list|try|再来|only|just"
    rf"|再) (?P<n2>\d{{1,2}}|{ENGLISH}|half a dozen|a couple)(?![a-z])|\+(?P<plus>\d{{1,2}})(?!\d)"
    rf"|(?<![a-z])another (?P<n3>\d+|{ENGLISH}|couple)(?: of)?(?= |$)(?! (?:day|time|night))"
    rf"|(?<![a-z])(?P<n5>another)(?: one)?(?= *[.!,]*$| please| pls)"
    rf"|(?P<n4>{ENGLISH}|\d{{1,2}})\s?个? more\b"
)


def ages(text: str) -> Readings:
    """Years of people's age."""
    for match in _AGE.finditer(text):
        age = value(match["n"] or match["n2"] or match["n3"] or match["n4"])
        yield [Number(Use.AGE, match.start(), match.end(), value=age)] if age is not None and age < 100 else []


def counts(text: str) -> Readings:
    """How many, with the domain that a measure word tells."""
    for match in _COUNT.finditer(text):
        yield _count(match)
    for match in _EN_COUNT.finditer(text):
        yield _en_count(match)


def _count(match: re.Match[str]) -> list[Number]:
    if match["m2"]:
        return [Number(Use.COUNT, match.start("m2"), match.end("m2"), domain=_MEASURE[match["m2"]])]
    if match["pair"]:
        start = match.end() - 1
        return [Number(Use.COUNT, start, match.end(), value=3.0 if "仨" in match["pair"] else 2.0)]
    before = match.string[max(0, match.start() - 1) : match.start()]
    if match["verb"] == "上" and match["n"] in ("一", "1"):
        return []  # 上一个 is the one before
    if before in ("第", "这", "那", "哪", "每", "上", "下", "前", "后", "某", "头", "们", "俺") or match["n"] in (
        "十百",
        "百",
        "千",
        "万",
    ):
        return []
    number = None if match["n"] == "几" else value(match["n"])
    # "想看一部电影" wants a film, not exactly one; "来一部", "再来一本" and "推荐一部" do
    if number == 1 and match["verb"] in (None, "看", "找", "要", "想要", "换", "挑", "选"):
        number = None
    return [Number(Use.COUNT, match.start("n"), match.end("m"), value=number, domain=_MEASURE[match["m"]])]


def _en_count(match: re.Match[str]) -> list[Number]:
    if match["plus"]:
        return [Number(Use.COUNT, match.start(), match.end(), value=float(match["plus"]))]
    said = match["n"] or match["n2"] or match["n4"] or match["n3"] or "one"
    said = said.removeprefix("just ").removesuffix(" of").strip()
    number = {"couple": 2.0, "a couple": 2.0, "half a dozen": 6.0, "a dozen": 12.0}.get(said) or value(said)
    if (
        said in ("a", "an")
        or number is None
        or not 1 <= number <= 60
        or (number == 1 and match["noun"] not in (None, "more"))
    ):
        return []
    group = (
        "n5"
        if match["n5"]
        else "n"
        if match["n"]
        else "n2"
        if match["n2"]
        else "n4"
        if match["n4"]
        else "n3"
        if match["n3"]
        else 0
    )
    return [Number(Use.COUNT, match.start(group), match.end(group), value=number)]
