"""Places on the screen: 第二个, the last one, "2", A 和 C."""

import re

from core.nlu.numbers.number import Number, Readings, Use
from core.nlu.numbers.numerals import value

_ZH_PLACE = re.compile(
    r"第\s?(?P<n>[一二两三四五六七八九十\d]+)\s?(?:个|部|本|首|篇|条|款|张|套|只|位|件|种|双|台|把|瓶|盒)?(?!季|集|次|遍|章|页|一次|二次|天|年|人称|世界|名)"
    r"|(?P<first>头一|头)(?:个|部|本|首|篇|套)|(?P<last>最后(?:的)?(?:那|这)?(?:一)?(?:个|部|本|首|篇|条|款|套)|倒数第一个?"
    r"|末尾那?个|尾(?:嗰)?套|最底下那个?|最下面那个?)"
    r"|前(?P<span>[两二三四五2-5])(?:个|部|本|首|篇|套)|(?P<former>前者|前面那个|(?<![a-z])the former(?![a-z]))"
    r"|(?P<latter>后者|后面那个|(?<![a-z])the latter(?![a-z]))|(?P<p1>[一二三四五六])(?=\s?(?:和|跟|同"
    r"|与)\s?[一二三四五六](?:哪|比|选|谁|，|,|$| ))|(?<=[和跟同与])\s?(?P<p2>[一二三四五六])(?=哪|比|选|谁|，|,|$| )"
    r"|(?:(?<=[,，、;； ])|^)(?P<p3>[一二三四五六])(?=[看读听]过|不错|可以|好|不(?:要|行|喜欢|想)|喜欢|没|还行|一般"
    r"|pass|太)"
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
    r"|list|batch|lot|page|set|round"
    r"|world war|hand|watch|class|person|love|half|season))"
    r"|(?<![a-z])(?P<last>(?:the )?(?:very )?last(?: one| film| movie| book| pick"
    r"| option)(?![a-z]))|(?P<last2>the last(?=\s*[.?!,]|\s*$))|(?:#|(?<!中 )(?<!中)(?<!我的 )(?<!my )no\.? ?|number "
    r"|option "
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
_MOST_PLACES = 12
# A word that is long and none of these may be a name; the number after it belongs to it.
_NAME_BEFORE = re.compile(
    r"(?<![a-z])(?!(?:number|option|choice|movie|film|book|album|song|really|about|maybe|either|think|would|watch|between|choose"
    r"|loved|liked|hated|which|saved|finished|explain|without|because|prefer|compare|actually|listen|remove|please)\s)[a-z]{5,}\s$"
)


def places(text: str, shown: int) -> Readings:
    """Ordinals in words. shown: how many items are on the screen; some words point only there."""
    for match in _ZH_PLACE.finditer(text):
        yield _zh_place(match, shown)
    for match in _EN_PLACE.finditer(text):
        yield _en_place(match, shown)


def bare_places(text: str, shown: int) -> Readings:
    """Digits and letters alone, which are places where something is shown."""
    if not shown:
        return
    only = _BARE_ONLY.fullmatch(text)
    found = [only] if only else list(_BARE_PLACE.finditer(text))
    if len(found) > _MOST_PLACES:  # a row of digits points at nothing
        return
    letters = [place["d"] for place in found if place["d"].isalpha()]
    for place in found:
        mark = place["d"]
        if mark.isalpha() and text.strip() != mark and (len(found) < 2 or mark == "a" and len(letters) < 2):
            continue  # "a film" is no place, "A 和 C" are two
        if _NAME_BEFORE.search(text[: place.start("d")]) and only is None:
            continue  # "paddington 2" is a sequel, and no place
        at = ord(mark) - 96 if mark.isalpha() else int(mark)
        if at <= max(shown, 5):
            yield [Number(Use.ORDINAL, place.start("d"), place.end("d"), places=(at,))]


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
    if group := next((name for name in ("p1", "p2", "p3") if match[name]), None):
        return [Number(Use.ORDINAL, *match.span(group), places=(int(value(match[group]) or 1),))]
    if match["former"] or match["latter"]:
        return [Number(Use.ORDINAL, *at, places=(1,) if match["former"] else (2,))]
    return [Number(Use.ORDINAL, *at, places=(2,) if match["right"] else (1,))]


def _en_place(match: re.Match[str], shown: int) -> list[Number]:
    at = match.start(), match.end()
    if match["o"]:
        place = _EN_PLACES.get(match["o"]) or int(match["o"][0])
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
