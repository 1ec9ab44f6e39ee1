"""Names that are not spelt as the catalogue spells them: in pinyin, misspelt, or of works that it lacks."""

import re
from collections.abc import Iterator

from core.nlu.lexicon import common_words, ordinary_words
from core.nlu.normalise import Normalised
from core.nlu.phrases import Unit, key, units
from core.nlu.titles import PRONOUNS, Names, TitleName, spoken

# Between these a title may stand that is spelt wrong, or that the catalogue lacks.
_SLOT_BEFORE = re.compile(
    r"(?:看过|看完了?|读过|读完了?|类似于?|好像|就像|有点像|像|跟|讲讲|说说|介绍一下|介绍下|叫做|名叫|给我讲讲|为啥没有|怎么没有|为什么没有)\s*"
    r"|(?<![a-z])(?:something like|sth like|smth like|anything like|movies? like|films? like"
    r"|books? like|stuff like|songs? like|more like|just like|similar to|best ever|tell me about"
    r"|what about|heard of|called|who directed|who wrote|who made|i loved|i love|i hated|seen"
    r"|watched|rewatched|finished reading|finished|why isn't|why isnt|why not|where is|wheres"
    r"|where's|(?<!-)like)\s(?:the (?:movie|film|book|novel|song|album) )?"
)
_SLOT_AFTER = re.compile(
    r"(?:这部|那部|这本)?(?:讲的?(?:是)?(?:什么|啥)|多长|片长|哪年|哪一年|讲啥|是讲|谁演的?|谁导|导演是谁|好看吗|怎么样|咋样|评分|那样|那种|一样|之类|差不多|同款|风格|这部|这本|为什么没)"
)
_SLOT_END = re.compile(
    r"[,，。!！?？;；、\n]|\.(?=\s|$)|\s(?:but|plz|pls|please|and|or|though|with|without|was|is|it|so|thx|for|that"
    r"|which|what|any|in there|in here|suit|for me|so much)(?![a-z])|但|不过|可是|(?<=[一-鿿])\s"
    r"|\s(?=[一-鿿])|那种|那样|一样|之类|差不多|的|讲|吗|呢|了"
)
_LACKING = re.compile(
    r"(?:给我讲讲|讲讲|介绍一下|了解一下)(?P<zh>[一-鿿·]{3,12}?)(?=呗|吧|这部|这本|的|[,，。!！?？ ]|$)"
    r"|(?<![a-z])(?:tell me about|who directed|who wrote"
    r"|have you heard of) (?P<en>[a-z0-9][a-z0-9' :&-]{2,40}?)(?=[,.!?]|$)"
)
# "Dark 我已经追完了": words in capitals amid Chinese, and then that they were seen
_SEEN_LATIN = re.compile(
    r"(?:^|(?<=[,，。!！?？;；] )|(?<=[,，。!！?？;；]))"
    r"(?P<title>[A-Z][\w':&-]*(?: (?:[A-Z0-9][\w':&-]*|of|the|and|in|to|a)){0,5}?)\s*"
    r"(?:我|我们|都|也|已经|早就?|刚刚?|全|昨晚|上周)+(?:看|追|刷|读|听)(?:过|完|了)"
)
_NO_TITLE = frozenset(
    "i i've ive we he she they you my already just ok okay yes no yep nope both all this that these those haha lol emm "
    "sorry btw first second".split()
)
# What may be Chinese in Latin letters: syllables, one after the other.
_SYLLABLES = re.compile(
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|[aeio]ng|ian|iao|uai|uan|[aeiuv]n|[ae]i|ao|ou|i[aeu]|u[aeio]"
    r"|ve|er|[aoeiuv]))+"
)
_ARTICLE = re.compile(r"^(?:the|an?) ")
_NEAR, _NEAR_SENTENCE = 80, 92  # likeness in hundredths from which a title is meant; of nothing but common words
_NEAR_WORD = 84
_LONGEST_MISWRITTEN, _CLEAR_MISWRITTEN = 12, 6  # Chinese characters
_SMALL = frozenset(
    "that this those these one ones it more of the a an to me my i you we they them some any what all "
    "please him her".split()
)


def in_pinyin(names: Names, parts: tuple[Unit, ...]) -> Iterator[tuple[int, int, tuple[TitleName, ...]]]:
    """[start, end) of Latin words that sound like a Chinese title, and whose."""
    for i, unit in enumerate(parts):
        if unit.wide or not unit.text.isascii() or not unit.text.isalpha():
            continue
        best: tuple[int, tuple[TitleName, ...]] | None = None
        for j in range(i, min(i + 8, len(parts))):
            if parts[j].wide or not parts[j].text.isalpha():
                break
            said = spoken(parts[i : j + 1])
            if not (len(said) >= 8 or j > i + 1) or not _SYLLABLES.fullmatch(said):
                continue
            if all(_plain(unit.text) for unit in parts[i : j + 1]):
                continue  # "some more" is no Chinese
            if found := names.pinyin.get(said):
                best = (j, found)
        if best:
            yield unit.start, parts[best[0]].end, best[1]


def slots(folded: str) -> Iterator[tuple[int, int]]:
    """[start, end) where the words around say that a title stands."""
    found = []
    for match in _SLOT_BEFORE.finditer(folded):
        stop = _SLOT_END.search(folded, match.end() + 1)
        found.append((match.end(), stop.start() if stop else len(folded)))
    for match in _SLOT_AFTER.finditer(folded):
        begin = max((m.end() for m in re.finditer(r"[,，。!！?？;；、\n\s]", folded[: match.start()])), default=0)
        if re.search(r"[一-鿿]$", folded[: match.start()]):
            found.append((begin, match.start()))
        elif latin := re.search(r"[a-z0-9][a-z0-9' :&-]*$", folded[: match.start()].rstrip()):
            found.append(latin.span())  # intersteller 多长
    for start, end in found:
        while end > start and folded[end - 1].isspace():
            end -= 1
        if 3 <= end - start <= 40:
            yield start, end


def misspelt(names: Names, words: str) -> tuple[TitleName, ...] | None:
    """The title that the words of a slot are nearest to, if they are near one."""
    phrase = _ARTICLE.sub("", key(units(words)))
    if not phrase.isascii():
        return closest(names, phrase, _NEAR)
    said = phrase.split()
    if all(w in _SMALL for w in said) or said and said[0] in PRONOUNS:
        return None
    # "the look of it" is a sentence, however near to a title it comes
    return closest(names, phrase, _NEAR_SENTENCE if all(w in ordinary_words() or _plain(w) for w in said) else _NEAR)


def lacking(message: Normalised) -> Iterator[tuple[int, int]]:
    """[start, end) of titles that the catalogue lacks: what a clear question about a title names, or who saw it."""
    for match in _SEEN_LATIN.finditer(message.text):
        if match["title"].casefold() not in _NO_TITLE:
            yield match.span("title")
    for match in _LACKING.finditer(message.folded):
        start, end = match.span("zh" if match["zh"] else "en")
        said = message.text[start:end].strip()
        if all(w in _SMALL or _plain(w) for w in said.lower().split()):
            continue
        if not said.isascii() and (
            len(said) < 3
            or re.search(r"这|那|第|你|我|它|哪|什么|啥|怎么|^(?:剧情|内容|情节|故事|结局|导演|主演)", said)
        ):
            continue
        yield start, start + len(said)


def closest(names: Names, phrase: str, cutoff: float) -> tuple[TitleName, ...] | None:
    """The title nearest in spelling (or in sound, for Chinese), when it is clearly nearest."""
    from rapidfuzz import fuzz, process

    latin = phrase.isascii()
    if len(phrase) < (5 if latin else 3):
        return None
    if latin and len(phrase.split()) == 1 and (_plain(phrase) or phrase in ordinary_words() or len(phrase) < 6):
        return None
    if not latin:
        return names.near_wide(phrase) or _sounding(names, phrase)
    found = process.extract(phrase, names.latin_keys, scorer=fuzz.ratio, score_cutoff=cutoff, limit=3)
    if not found:
        return None
    best = names.titles.get(found[0][0])
    if found[0][0][0] != phrase[0] and found[0][1] < 90:
        return None
    if " " not in phrase and (" " in found[0][0] or found[0][1] < _NEAR_WORD):
        return None  # "battery" is no "Battle Cry"
    if len(found) > 1 and found[0][1] - found[1][1] < 3:
        second = names.titles.get(found[1][0])
        if {n.row for n in best}.isdisjoint(n.row for n in second):
            return None
    return best


def miswritten(names: Names, folded: str) -> Iterator[tuple[int, int, tuple[TitleName, ...]]]:
    """[start, end) of Chinese characters that are a title of four or more but for one, and whose; longest first.

    Short ones must sound like the title: 霸王别鸡 does, and 好好学生 is no 好好先生.
    """
    for run in re.finditer(r"[一-鿿]{4,}", folded):
        for length in range(min(_LONGEST_MISWRITTEN, len(run[0])), 3, -1):
            for at in range(run.start(), run.end() - length + 1):
                words = folded[at : at + length]
                near = names.near_wide(words)
                if near and (length >= _CLEAR_MISWRITTEN or _alike(words, near, names)):
                    yield at, at + length, near


def _alike(words: str, near: tuple[TitleName, ...], names: Names) -> bool:
    from pypinyin import lazy_pinyin

    def sound(text: str) -> str:
        return "".join(lazy_pinyin(text)).replace("ng", "n")

    return any(sound(words) == sound(title) for title in names.called(near))


def _sounding(names: Names, phrase: str) -> tuple[TitleName, ...] | None:
    from pypinyin import lazy_pinyin

    return names.pinyin.get("".join(lazy_pinyin(phrase)))


def _plain(word: str) -> bool:
    return word in common_words() or word.rstrip("s") in common_words()
