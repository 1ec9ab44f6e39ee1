"""Numbers that mean something here: bounds on year, length, pages, price, rating; decades, ages, counts, ordinals."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

from core.nlu.numerals import CHINESE, DIGITS, ENGLISH, NUMBER, value

BEIJING = timezone(timedelta(hours=8))


class Use(StrEnum):
    """What a number in a message is for."""

    BOUND = "bound"
    DECADE = "decade"
    AGE = "age"
    COUNT = "count"
    ORDINAL = "ordinal"


@dataclass(frozen=True, slots=True)
class Number:
    """A number at [start, end) of the text. BOUND: kind, op, value. DECADE: its first year.

    AGE: years in value. COUNT: how many, in value. ORDINAL: places from 1, or -1 for the last. domain: of the
    measure word, or None. exact: op was said ("at most"), not only meant ("two hours").
    """

    use: Use
    start: int
    end: int
    kind: str | None = None
    op: str | None = None
    value: float | None = None
    places: tuple[int, ...] = ()
    domain: str | None = None
    exact: bool = False


_PRE = {
    "<=": (
        r"不超过|不能超过|别超过|不要超过|不得超过|唔好超过|不多于|不高于|最多|至多|顶多|控制在|限制在|预算|at most"
        r"|no more than|not more than"
        r"|no longer than|not longer than"
        r"|no over|max(?:imum)?(?: of)?|within|up to|<=|≤|tops|budget(?: is| of)?:?|not over"
        r"|nothing over|don't go over|dont go over|上限|价格|价位|价格在"
    ),
    "<": r"少于|低于|小于|不到|短于|under|below|less than|shorter than|fewer than|sub|<|cheaper than|beneath",
    ">=": (
        r"至少|最少|不少于|不低于|起码|at least|minimum(?: of)?|min(?:imum)?\.?(?= ?\d)|>=|≥"
        r"|no less than|from(?= ?[¥$€£])"
    ),
    ">": r"超过|多于|大于|高于|长于|over|above|more than|longer than|>|beyond",
    "=": r"左右|大概|大约|差不多|around|about|approximately|roughly|approx\.?|circa|~",
}  # fmt: skip
_POST = {
    "<=": (
        r"以内|之内|内(?!容|心|地)|以下|之下|封顶|打住|顶天|搞定|为限|max(?:imum)?\b|tops\b|or less\b"
        r"|or under\b|at most\b"
        r"|or so max\b|cap\b|limit\b|往下|不到"
    ),
    ">=": r"以上|之上|往上|起步|起(?!来|码)|or more\b|or above\b|and up\b|plus\b|or longer\b|\+|upwards?\b",
    "=": r"左右|上下|来钟|的样子|or so\b|ish\b|-ish\b|give or take\b|出头",
}


def _any(table: dict[str, str], name: str) -> str:
    return "(?:" + "|".join(f"(?P<{name}{i}>{words})" for i, words in enumerate(table.values())) + ")"


_PRE_RE = rf"(?:(?<![a-z]){_any(_PRE, 'a')}(?:的|为|是|在| is| of)?\s*)?"
_POST_RE = rf"(?:\s*{_any(_POST, 'z')})?"
_HOURS = (
    r"(?:个)?(?P<half>半)?(?:多)?(?:小时|钟头|钟)(?P<after>半|多)?|\s?(?:hours?|hrs?"
    r"|h)(?![a-z])(?P<en_half> and a half)?(?P<little> and (?:a )?(?:little )?bit)?(?:\s?(?P<rest>\d{1,2})\s?(?:m"
    r"|mins?|minutes?)?(?!\d|[a-z]))?"
)
_MINUTES = re.compile(
    rf"{_PRE_RE}(?:(?P<hours>{NUMBER})(?:{_HOURS})|(?P<halfhour>半个?(?:多)?(?:小时|钟头|钟)|half an hour"
    rf"|half hour)|(?P<bare>个半钟|个半小时|一个钟)|(?P<quarter>(?P<quarters>[一二两三1-3])刻钟)"
    rf"|(?P<minutes>{NUMBER})(?:来|多)?\s?-?(?:分钟|分(?!以上|以下|之|数)|mins?(?![a-z])|minutes?"
    rf"|m(?![a-z])))(?P<more>多| plus\b)?{_POST_RE}"
)
_PAGES = re.compile(rf"{_PRE_RE}(?P<n>{NUMBER})\s?-?(?:页|pages?(?![a-z])|pgs?(?![a-z]))(?:的书)?{_POST_RE}")
_CURRENCY = (
    r"元|块钱|块|圆|人民币|rmb|cny|yuan|kuai|蚊|刀|美元|美金|欧元?|英镑|dollars?|bucks?|usd|quid"
    r"|pounds?|euros?|eur|gbp|ringgit"
)
_PRICE = re.compile(
    rf"{_PRE_RE}(?:(?P<sign>(?:[¥$€£]|rm|hk\$|us\$|nt\$))\s?(?P<n1>{DIGITS})"
    rf"|(?P<n2>{NUMBER})\s?(?:来|多)?(?:{_CURRENCY})(?![a-z])(?:钱)?){_POST_RE}"
)
_RATING = re.compile(
    rf"(?:(?P<cue>评分|豆瓣|分数|imdb|rating|rated|score|rotten)(?:评分|分)?\s*(?:在|要|得|of"
    rf"|at)?\s*)?{_PRE_RE}(?P<n>{DIGITS}|[一二三四五六七八九十](?:点[一二三四五六七八九五])?)\s?(?P<unit>分|points?"
    rf"|stars?|/10)?"
    rf"{_POST_RE}(?P<after>\s?(?:on )?imdb|\s?豆瓣|\s?的?评分| rating)?"
)
_BARE = re.compile(
    rf"(?:(?<![a-z]){_any(_PRE, 'a')}\s*(?P<n1>{DIGITS}|{CHINESE}"
    rf"|{ENGLISH})(?![a-z0-9年月日集季岁个部本首篇字遍次]){_POST_RE}|(?<![第a-z0-9])(?P<n2>{DIGITS}"
    rf"|{CHINESE})\s*{_any(_POST, 'z2_')})"
)
_RANGE = re.compile(
    rf"(?:between |from |从|在)?(?P<lo>{DIGITS}|{CHINESE}|{ENGLISH})\s*(?P<u1>年|分钟|块|元|页|小时"
    rf"|岁)?\s*(?:到|至|-|~| to | and )\s*(?P<hi>{DIGITS}|{CHINESE}|{ENGLISH})\s*"
    rf"(?P<unit>年|分钟|分|块钱?|元|页|mins?\b|minutes?\b|pages?\b|个?小时|hours?\b|dollars?\b|bucks?\b|岁)?(?:之间|间)?"
)
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
_AGE = re.compile(
    rf"(?P<n>{DIGITS}|{CHINESE}|{ENGLISH})\s?(?:个)?(?:多)?(?:岁(?:半)?(?P<under>以下|以上)?|[- ]?(?:years?"
    rf"|yrs?)[- ]?olds?|yo(?![a-z])|y/o)|(?<![a-z])age[ds]? (?P<n2>\d+)"
    r"|(?<![a-z])(?:kid|son|daughter|niece|nephew|toddler|child|grandson|granddaughter|boy|girl)"
    r"(?:'?s| is| just turned) (?P<n3>\d{1,2})(?![\d:/%]|\s?(?:min|h))"
    r"|(?<![a-z])s?he(?:'?s| is) (?P<n4>\d{1,2})(?= *(?:$|[,.!]))"
)
_MEASURE = {
    "部": "film", "本": "book", "首": "music", "篇": "article", "册": "book", "支": None, "个": None, "款": "product",
    "张": None, "样": None, "条": None, "只": None, "种": None, "件": "product", "套": None, "集": None, "把": None,
}  # fmt: skip
_COUNT = re.compile(
    rf"(?P<verb>再来|再推荐?|再给我?|再找|再要|再看|再列|再挑|再|来|推荐|推|给我|给|列|要|想要|看|找|整|上|换"
    rf"|介绍|挑|选)?\s?(?P<n>\d+"
    rf"|{CHINESE}|几)\s?(?P<m>[部本首篇册个款张样条只种件套集把])(?!月|人|小时|多|半|钟|岁|朋友|孩子|娃)"
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
_ZH_PLACE = re.compile(
    r"第\s?(?P<n>[一二两三四五六七八九十\d]+)\s?(?:个|部|本|首|篇|条|款|张|套|只|位|件|种)?(?!季|集|次|遍|章|页|一次|二次|天|年|人称|世界|名)"
    r"|(?P<first>头一|头)(?:个|部|本|首|篇|套)|(?P<last>最后(?:的)?(?:那|这)?(?:一)?(?:个|部|本|首|篇|条|款|套)|倒数第一个?"
    r"|末尾那?个|尾(?:嗰)?套|最底下那个?|最下面那个?)"
    r"|前(?P<span>[两二三四五2-5])(?:个|部|本|首|篇|套)|(?P<former>前者|前面那个|(?<![a-z])the former(?![a-z]))"
    r"|(?P<latter>后者|后面那个|(?<![a-z])the latter(?![a-z]))|(?P<p1>[一二三四五六])(?=\s?(?:和|跟|同"
    r"|与)\s?[一二三四五六](?:哪|比|选|谁|，|,|$| ))|(?<=[和跟同与])\s?(?P<p2>[一二三四五六])(?=哪|比|选|谁|，|,|$| )"
    r"|(?P<left>左边|上面)(?:那|这)?(?:个|部|本)?|(?P<right>右边|下面)(?:那|这)?(?:个|部|本)?"
)
_EN_PLACES = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4,
    "fifth": 5, "5th": 5, "sixth": 6, "6th": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
_EN_PLACE = re.compile(
    r"(?<![a-z#0-9])(?:the )?(?P<o>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
    r"|tenth|[1-9](?:st|nd|rd|th))(?P<two> two| three)?(?P<noun> (?:one|film|movie|book|song|album"
    r"|article|pick|option|title|suggestion|item|thing)s?)?(?![a-z])(?! (?:time|of all|thing|date"
    r"|world war|hand|watch|class|person|love|half|season))"
    r"|(?<![a-z])(?P<last>(?:the )?(?:very )?last(?: one| film| movie| book| pick"
    r"| option)(?![a-z]))|(?P<last2>the last(?=\s*[.?!,]|\s*$))|(?:#|no\.? ?|number |option "
    r"|num )(?P<h>\d{1,2}|one|two|three|four|five)(?![a-z0-9])|(?:option "
    r"|choice )(?P<letter>[a-e])(?![a-z])"
)
_BARE_PLACE = re.compile(
    r"(?<![a-z0-9.:/¥$€£#+<>=-])(?P<d>[1-9]|[a-e])(?:号)?(?![a-z0-9.:/%+]|\s?(?:个|部|本|首|篇|分|小时|点|块"
    r"|元|年|岁|h\b|hours?\b|min|more\b|stars?\b|times\b|days?\b|people\b|of us|kids))"
)
_BARE_ONLY = re.compile(
    r"[\s]*(?:(?:要|选|就|那|ok|i pick|pick|take)?\s*)(?P<d>[1-9])\s*(?:吧|号|的|please|pls|plz)?[.!。！?？]?\s*"
)
_HAS = re.compile(
    r"(?:^|[^a-z])[a-e](?:[^a-z]|$)|[\d零〇一二两三四五六七八九十百千万廿俩仨几半]|第|头|最后|倒数|年|前者|后者|former|latter|前面"
    r"|后面|左边|右边|上面|下面|[部本首篇]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|teen"
    r"|ty\b|ties|couple|dozen|hundred|thousand|first|second|third|fourth|fifth|last|hour|another"
    r"|option|budget|noughties|aughts"
)


_MOST_PLACES = 12
# A word that is long and none of these may be a name; the number after it belongs to it.
_NAME_BEFORE = re.compile(
    r"(?<![a-z])(?!(?:number|option|choice|movie|film|book|album|song|really|about|maybe|either|think|would|watch|between|choose"
    r"|loved|liked|hated|which|saved|finished|explain|without|because|prefer|compare|actually|listen|remove|please)\s)[a-z]{5,}\s$"
)


def find(text: str, now: datetime | None, chinese: bool, shown: int = 0, price: bool = False) -> list[Number]:
    """Numbers of a folded text, by place, none over another. now: for 去年; price: a bare bound may be a price.

    shown: how many items are on the screen; a bare "2" is a place only then.
    """
    if not _HAS.search(text):
        return []
    found: list[Number] = []
    taken = [False] * len(text)

    def put(numbers: list[Number], protect: bool = True) -> None:
        if numbers and not any(taken[numbers[0].start : numbers[0].end]):
            found.extend(numbers)
            for i in range(numbers[0].start, numbers[0].end) if protect else ():
                taken[i] = True

    today = (now or datetime.now(UTC)).astimezone(BEIJING if chinese else UTC)
    for match in _AGE.finditer(text):
        age = value(match["n"] or match["n2"] or match["n3"] or match["n4"])
        if age is not None and age < 100:
            put([Number(Use.AGE, match.start(), match.end(), value=age)])
    for match in _ZH_PLACE.finditer(text):
        put(_zh_place(match, shown))
    for match in _EN_PLACE.finditer(text):
        put(_en_place(match, shown))
    for match in _DECADE.finditer(text):
        put(_decade(match, text))
    for match in _RANGE.finditer(text):
        put(_range(match, price))
    for match in _MINUTES.finditer(text):
        put(_bound("minutes", match, _minutes(match)))
    for match in _PAGES.finditer(text):
        put(_bound("pages", match, value(match["n"])))
    for match in _PRICE.finditer(text):
        put(_bound("price", match, value(match["n1"] or match["n2"])))
    for match in _RELATIVE.finditer(text):
        put(_relative(match, today.year))
    for match in _YEAR.finditer(text):
        put(_year(match, today.year))
    for match in _RATING.finditer(text):
        put(_rating(match))
    for match in _COUNT.finditer(text):
        put(_count(match))
    for match in _EN_COUNT.finditer(text):
        put(_en_count(match))
    for match in _BARE.finditer(text):
        put(_bare(match))
    if shown:
        only = _BARE_ONLY.fullmatch(text)
        places = [only] if only else list(_BARE_PLACE.finditer(text))
        places = places if len(places) <= _MOST_PLACES else []  # a row of digits points at nothing
        for place in places:
            mark = place["d"]
            lettered = mark.isalpha()
            if lettered and len(places) < 2 and text.strip() != mark:  # "a film" is no place, "A 和 C" are two
                continue
            if lettered and mark == "a" and len([p for p in places if p["d"].isalpha()]) < 2 and text.strip() != "a":
                continue
            if _NAME_BEFORE.search(text[: place.start("d")]) and only is None:
                continue  # "paddington 2" is a sequel, and no place
            at = ord(mark) - 96 if lettered else int(mark)
            if at <= max(shown, 5):
                put([Number(Use.ORDINAL, place.start("d"), place.end("d"), places=(at,))])
    return sorted(found, key=lambda n: (n.start, n.end))


def _op(match: re.Match[str]) -> tuple[str | None, bool]:
    """Comparison that a match names before or after its number, and whether it names one."""
    groups = match.groupdict()
    for i, op in enumerate(_POST):
        if groups.get(f"z{i}") or groups.get(f"z2_{i}"):
            return op, True
    for i, op in enumerate(_PRE):
        if groups.get(f"a{i}"):
            return op, True
    return None, False


def _bound(kind: str, match: re.Match[str], number: float | None) -> list[Number]:
    if number is None:
        return []
    op, said = _op(match)
    more = match.groupdict().get("more")
    if op == "=" and kind == "minutes":
        slack = max(10.0, 0.15 * number)
        low, high = 5 * math.floor((number - slack) / 5), 5 * math.ceil((number + slack) / 5)  # as one would say it
        return [
            Number(Use.BOUND, match.start(), match.end(), kind, ">=", float(low), exact=True),
            Number(Use.BOUND, match.start(), match.end(), kind, "<=", float(high), exact=True),
        ]
    if kind == "price" and not said and "多" in match.group():
        number += 10 ** (len(str(int(number))) - 1)  # 一百多 ends before 两百
    if op == "=" and kind == "pages":
        low, high = 10 * math.floor(0.08 * number), 10 * math.ceil(0.12 * number)
        return [
            Number(Use.BOUND, match.start(), match.end(), kind, ">=", float(low), exact=True),
            Number(Use.BOUND, match.start(), match.end(), kind, "<=", float(high), exact=True),
        ]
    if op == "=" and kind == "price":
        return [Number(Use.BOUND, match.start(), match.end(), kind, "<=", round(number * 1.2), exact=True)]
    if more and kind == "minutes":
        number += 30 if number >= 60 else 10
    return [Number(Use.BOUND, match.start(), match.end(), kind, op or "<=", number, exact=said)]


def _minutes(match: re.Match[str]) -> float | None:
    if match["halfhour"]:
        return 30.0
    if match["bare"]:
        return 60.0 if match["bare"] == "一个钟" else 90.0
    if match["quarter"]:
        return 15 * (value(match["quarters"]) or 1)
    if match["minutes"]:
        return value(match["minutes"])
    hours = value(match["hours"])
    if hours is None or hours > 24:
        return None
    total = 60 * hours + (30 if match["half"] or match["after"] == "半" or match["en_half"] else 0)
    total += 15 if match["little"] else 30 if match["after"] == "多" or "多" in match.group()[:6] else 0
    return total + (float(match["rest"]) if match["rest"] else 0)


def _range(match: re.Match[str], price: bool) -> list[Number]:
    low, high, unit = value(match["lo"]), value(match["hi"]), match["unit"] or match["u1"]
    if low is None or high is None or low >= high:
        return []
    year = re.compile(r"(?:1[89]|20)\d\d")
    if year.fullmatch(match["lo"].strip()) and year.fullmatch(match["hi"].strip()):
        kind = "year"
    elif unit in ("分钟", "分") or (unit or "").startswith("min"):
        kind = "minutes"
    elif unit in ("小时", "个小时") or (unit or "").startswith("hour"):
        kind, low, high = "minutes", low * 60, high * 60
    elif unit in ("块", "块钱", "元") or (unit or "").startswith(("dollar", "buck")):
        kind = "price"
    elif unit == "页" or (unit or "").startswith("page"):
        kind = "pages"
    elif unit is None and (price or low >= 50) and high <= 100000 and not year.fullmatch(match["hi"].strip()):
        kind = "price"
    else:
        return []
    at = match.start("lo"), match.end()
    return [
        Number(Use.BOUND, *at, kind, ">=", low, exact=True),
        Number(Use.BOUND, *at, kind, "<=", high, exact=True),
    ]


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


def _rating(match: re.Match[str]) -> list[Number]:
    op, _ = _op(match)
    said = match["n"]
    if "点" in said:
        whole, _, tenth = said.partition("点")
        number: float | None = (value(whole) or 0) + (value(tenth) or 0) / 10
    else:
        number = value(said)
    cue = match["cue"] or match["after"]
    if number is None or number > 10 or not (cue or (match["unit"] and op in (">=", ">"))) or (cue and not op):
        return []
    return [Number(Use.BOUND, match.start(), match.end(), "rating", op or ">=", number, exact=True)]


def _bare(match: re.Match[str]) -> list[Number]:
    """A bound without a unit is a price, unless it can only be a year."""
    number = value(match["n1"] or match["n2"])
    op, _ = _op(match)
    if number is None or op is None or number < 5:
        return []
    if op == "=":
        if not re.search(r"上下|左右|来", match.group()):
            return []
        op, number = "<=", round(number * 1.2)
    if match.end() < len(match.string) and re.match(
        r"\s?(?:集|季|字|个字|words|episodes|seasons|次|遍|人|people|days|天|个)", match.string[match.end() :]
    ):
        return []
    return [Number(Use.BOUND, match.start(), match.end(), "price", op, number, exact=True)]


def _count(match: re.Match[str]) -> list[Number]:
    if match["m2"]:
        return [Number(Use.COUNT, match.start("m2"), match.end("m2"), domain=_MEASURE[match["m2"]])]
    if match["pair"]:
        start = match.end() - 1
        return [Number(Use.COUNT, start, match.end(), value=3.0 if "仨" in match["pair"] else 2.0)]
    before = match.string[max(0, match.start() - 1) : match.start()]
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


def _zh_place(match: re.Match[str], shown: int) -> list[Number]:
    at = match.start(), match.end()
    if match["n"]:
        number = value(match["n"])
        return [Number(Use.ORDINAL, *at, places=(int(number),))] if number and number <= 60 else []
    if match["last"]:
        return [Number(Use.ORDINAL, *at, places=(-1,))]
    if match["span"]:
        return [Number(Use.ORDINAL, *at, places=tuple(range(1, int(value(match["span"]) or 2) + 1)))] if shown else []
    if not shown:
        return []
    if match["p1"] or match["p2"]:
        group = "p1" if match["p1"] else "p2"
        return [Number(Use.ORDINAL, *match.span(group), places=(int(value(match[group]) or 1),))]
    if match["former"] or match["latter"]:
        return [Number(Use.ORDINAL, *at, places=(1,) if match["former"] else (2,))]
    return [Number(Use.ORDINAL, *at, places=(2,) if match["right"] else (1,))]


def _en_place(match: re.Match[str], shown: int) -> list[Number]:
    at = match.start(), match.end()
    if match["o"]:
        place = _EN_PLACES[match["o"]]
        if not shown and not match["noun"] and not match.group().startswith("the"):
            return []
        if match["two"]:
            return [Number(Use.ORDINAL, *at, places=tuple(range(1, 3 if "two" in match["two"] else 4)))]
        if match["noun"] is None and match["o"] in ("first", "second") and not shown:
            return []
        return [Number(Use.ORDINAL, *at, places=(place,))]
    if match["last"] or match["last2"]:
        return [Number(Use.ORDINAL, *at, places=(-1,))] if shown else []
    if match["letter"]:
        return [Number(Use.ORDINAL, *at, places=(ord(match["letter"]) - 96,))]
    number = value(match["h"])
    return [Number(Use.ORDINAL, *at, places=(int(number),))] if number else []
