"""Bounds that are not on years: length, pages, price, rating, by the words of comparison around a number."""

import math
import re
from dataclasses import replace

from core.nlu.numbers.number import Number, Readings, Use
from core.nlu.numbers.numerals import CHINESE, DIGITS, ENGLISH, NUMBER, value

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
        r"within(?=\s?的|\s*$|\s*[,，])|under(?=\s?的|\s*$)"
        r"|以内|之内|内(?!容|心|地)|以下|之下|封顶|打住|顶天|搞定|为限|max(?:imum)?\b|tops\b|or less\b"
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
    r"\s?(?:个)?(?P<half>半)?(?:多)?(?:小时|钟头|钟)(?P<after>半|多)?|\s?(?:hours?|hrs?"
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
# Names and signs of currencies; what stands for several ("$", 块) means the one that is meant most.
_CURRENCIES = {
    "CNY": r"元|块钱?|圆|人民币|rmb|cny|yuan|kuai|¥",
    "HKD": r"蚊|港[币元纸]|hkd|hk\$",
    "USD": r"刀|美[元金刀]|dollars?|bucks?|usd|us\$|\$",
    "EUR": r"欧元?|euros?|eur|€",
    "GBP": r"英?镑|quid|pounds?(?! of)|gbp|£",
    "TWD": r"[台臺]币|新台币|twd|ntd|nt\$",
    "JPY": r"日[元圆币]|円|yen|jpy",
    "SGD": r"新币|坡币|sgd|s\$",
    "MYR": r"马币|令吉|ringgit|myr|rm",
    "AUD": r"澳[元币刀]|aud|au\$",
    "CAD": r"加[元币刀]|cad|ca\$",
    "KRW": r"韩[元币]|krw",
}
_CURRENCY = "|".join(_CURRENCIES.values())
_SIGN = r"(?<![a-z])(?:us\$|hk\$|nt\$|au\$|ca\$|s\$|[¥$€£]|rm|rmb|cny|usd|eur|gbp|hkd|sgd|myr|aud|cad)\s?"
_PRICE = re.compile(
    rf"{_PRE_RE}(?:(?P<sign>{_SIGN})(?P<n1>{DIGITS})"
    rf"|(?P<n2>{NUMBER})\s?(?:来|多)?(?P<money>{_CURRENCY})(?![a-z])(?:钱)?){_POST_RE}"
)
_RATING = re.compile(
    rf"(?:(?P<cue>评分|豆瓣|分数|打分|imdb|rating|rated|score|rotten)(?:评分|分)?\s*(?:(?:最好|必须|得|要|能)?(?:是|为|在|有|到|达到)"
    rf"|要|得|of|at|is)?\s*)?{_PRE_RE}(?P<n>{DIGITS}|[一二三四五六七八九十](?:点[一二三四五六七八九五])?)\s?(?P<unit>分|points?"
    rf"|stars?|/10)?"
    rf"{_POST_RE}(?P<after>\s?(?:on )?imdb|\s?豆瓣|\s?的?评分| rating)?"
)
_ALL_DAY = 24 * 60.0
_ALWAYS_OPEN = re.compile(r"\s?(?:的)?(?:热水|供|服务|前台|营业|开|便利|不|客服|a day|open|service)")
_MARK = re.compile(
    r"(?:评分|豆瓣|分数|打分)(?:评分|分)?\s*(?:(?:最好|必须|得|要|能)?(?:是|为|在|有|到|达到)|要|得)?\s*$"
)
_BARE = re.compile(
    rf"(?:(?<![a-z]){_any(_PRE, 'a')}\s*(?P<n1>{DIGITS}|{CHINESE}"
    rf"|{ENGLISH})(?![a-z0-9年月日集季岁个部本首篇字遍次]){_POST_RE}|(?<![第a-z0-9])(?P<n2>{DIGITS}"
    rf"|{CHINESE})\s*{_any(_POST, 'z2_')})"
)
_RANGE = re.compile(
    rf"(?:between |from |从|在)?(?P<sign>{_SIGN})?(?P<lo>{DIGITS}|{CHINESE}|{ENGLISH})\s*(?P<u1>年|分钟|页|小时|岁"
    rf"|{_CURRENCY})?\s*(?:到|至|-|~| to | and )\s*(?:{_SIGN})?(?P<hi>{DIGITS}|{CHINESE}|{ENGLISH})\s*"
    rf"(?P<unit>年|分钟|分|页|mins?\b|minutes?\b|pages?\b|个?小时|hours?\b|(?:{_CURRENCY})(?![a-z])|岁)?(?:之间|间)?"
)


def ranges(text: str, price: bool) -> Readings:
    """Two numbers and what lies between. price: numbers without a unit may be prices."""
    for match in _RANGE.finditer(text):
        yield _range(match, price)


def measures(text: str) -> Readings:
    """Numbers with a unit of time, pages or money."""
    for match in _MINUTES.finditer(text):
        yield _bound("minutes", match, _minutes(match))
    for match in _PAGES.finditer(text):
        yield _bound("pages", match, value(match["n"]))
    for match in _PRICE.finditer(text):
        priced = _bound("price", match, value(match["n1"] or match["n2"]))
        yield [replace(number, currency=_currency(match["sign"] or match["money"])) for number in priced]


def ratings(text: str) -> Readings:
    """Marks out of ten."""
    for match in _RATING.finditer(text):
        yield _rating(match)


def bare_bounds(text: str) -> Readings:
    """Bounds without a unit: prices, unless another reader took them."""
    for match in _BARE.finditer(text):
        yield _bare(match)


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
    words = match.group().strip()
    if kind == "minutes" and (
        words == "十分" or words.endswith("分") and (number % 1 or _MARK.search(match.string[: match.start()]))
    ):
        return []  # 十分感谢 is no time, and 评分是5分 no length
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
    currency = _currency(match["sign"] or unit)
    year = re.compile(r"(?:1[89]|20)\d\d")
    if year.fullmatch(match["lo"].strip()) and year.fullmatch(match["hi"].strip()):
        kind = "year"
    elif unit in ("分钟", "分") or (unit or "").startswith("min"):
        kind = "minutes"
    elif unit in ("小时", "个小时") or (unit or "").startswith("hour"):
        kind, low, high = "minutes", low * 60, high * 60
    elif currency is not None:
        kind = "price"
    elif unit == "页" or (unit or "").startswith("page"):
        kind = "pages"
    elif unit is None and (price or low >= 50) and high <= 100000 and not year.fullmatch(match["hi"].strip()):
        kind = "price"
    else:
        return []
    at = match.start("lo"), match.end()
    return [
        Number(Use.BOUND, *at, kind, ">=", low, exact=True, currency=currency),
        Number(Use.BOUND, *at, kind, "<=", high, exact=True, currency=currency),
    ]


def _currency(said: str | None) -> str | None:
    """ISO code of a currency's name or sign, or None for another word."""
    word = (said or "").strip()
    return next((code for code, words in _CURRENCIES.items() if re.fullmatch(words, word)), None)


def _rating(match: re.Match[str]) -> list[Number]:
    op, _ = _op(match)
    said = match["n"]
    if "点" in said:
        whole, _, tenth = said.partition("点")
        number: float | None = (value(whole) or 0) + (value(tenth) or 0) / 10
    else:
        number = value(said)
    cue = match["cue"] or match["after"]
    marked = match["unit"] and (op in (">=", ">") or number is not None and number % 1 > 0)
    if number is None or number > 10 or not (cue or marked) or (cue and not op and not match["unit"]):
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
