"""From words to items and people of the catalogue: exact, quoted, without spaces, misspelt, or in pinyin."""

import re
from dataclasses import dataclass

from core.catalog import Catalog
from core.nlu.normalise import Normalised
from core.nlu.phrases import Match, Unit, key, units
from core.nlu.segment import Segmenter
from core.nlu.titles import Names, PersonName, TitleName, spoken
from core.turns import Target

_QUOTED = re.compile(
    r"《([^《》]{1,80})》?|“([^“”]{1,80})”|\"([^\"]{1,80})\"|(?<![a-z0-9])'([^']{2,60})'(?![a-z0-9])|\[([^\[\]]{1,40})\]"
)
# What stands right before a title. Groups of the strong ones make even everyday words titles.
_BEFORE = re.compile(
    r"(?:看过|看了|看完|刚看|在看|读过|读了|读完|刚读|听过|听了|玩过|追完|刷完|重温|类似|好像|就像|像|跟|和|与|同|似|比如|叫|名叫|叫做|喜欢|喜歡|超爱|最爱"
    r"|爱看|很爱|讲讲|说说|介绍一下|介绍下|聊聊|了解一下|知道|没有|冇|为啥没|推荐过|搜|搜索|查|找一下|想看|再看|看看|看|读|听|关于电影|代餐|对|把|那"
    r"|vs)\s*(?:电影|小说|这部|那部|一下|下)?\s*$"
    r"|(?<![a-z])(?:seen|watched|watching|watch|rewatched|rewatch|saw|read|reading|finished|finish"
    r"|finished reading|heard|listened to|played|like|liked|love|loved|loving|adore|adored|enjoyed"
    r"|enjoy|hate|hated|disliked|similar to|about|vibes? of|called|named|titled|than|between|vs\.?"
    r"|versus|or|and|compared? (?:to|with)|(?:movie|film|book|novel|album|song)|directed|wrote"
    r"|stars in|starred in|is in|was in|who's in|whos in|why not|where's|wheres|isn't|isnt|not"
    r"|into|of|recommended?|suggest|is|does|save|remove|add|have|wasn't|wasnt)\s(?:the (?:movie"
    r"|film|book|novel|song|album) |the )?$"
)
_BEFORE_CLEAR = re.compile(
    r"(?:看过|看了|看完|刚看完|读过|读完|听过|类似|叫|像)\s*$|(?<![a-z])(?:seen|watched|rewatched|saw|similar to"
    r"|called|titled|(?:movie|film|book|novel|album|song)|after|like|loved|love|reading|read|directed"
    r"|watching|read)\s(?:the )?$"
)
_COMPARES = re.compile(r"哪(?:个|部|本|张|首|篇|款)|更(?:好|适合|值得|推荐)|which|better")
_JOINS = re.compile(r"(?:和|跟|与|还是|或者?|vs)\s*$")
_LIKENESS = re.compile(r"(?:类似于?|有点像|好像|像)\s*$")  # even 活着 names the book in "类似活着的"
_AFTER = re.compile(
    r"\s*(?:$|[,，。.!！?？;；、)）~～…])|\s*(?:这部|那部|这本|那本|这片|这电影|这个电影|讲|说的是|谁演|谁导|是谁|怎么样|咋样|好看|好不好|如何|不错"
    r"|一般|还行|yyds|封神|绝|太|超|真|很|挺|好|是我|我|里|那种|那样|这种|这样|之类|差不多|一样|风格|同款|类似|这类|哪个|和|跟|与|还是|或|吗|呢|啊|吧"
    r"|呀|嘛|啦|也|都|就|适合|多长|片长|哪年|什么时候|评分|有多|值得|看|读|的(?:电影|动画|片|歌|续集|导演|小说|书|主演|剧情|结局|作者|感觉|氛围|风格|原声"
    r"|续集|片长)|有点|可以|vibe|feel|style)"
    r"|\s*(?:is|was|were|suits?|would|for me|by|but|and|or|again|last|yesterday|tonight|already|vs"
    r"|with|movie|film|book|novel|plz|pls|please|thx|lol|too|maybe|tbh|tho|btw|ngl|"
    r"though|one more|yet|in there|in here"
    r"|in the list|on the list|so much|about|'s|directed|worth|twice|a lot|because|except|without"
    r"|next|first|instead|from|the (?:movie|film|book|novel|album|song))(?![a-z])"
)
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
    r"(?:这部|那部|这本)?(?:讲的?(?:是)?(?:什么|啥)|讲啥|是讲|谁演的?|谁导|导演是谁|好看吗|怎么样|咋样|评分|那样|那种|一样|之类|差不多|同款|风格|这部|这本|为什么没)"
)
_SLOT_END = re.compile(
    r"[,，。!！?？;；、\n]|\s(?:but|plz|pls|please|and|or|though|with|without|was|is|it|so|thx|for|that"
    r"|which|what|any|in there|in here|suit|for me|so much)(?![a-z])|但|不过|可是|(?<=[一-鿿])\s"
    r"|\s(?=[一-鿿])|那种|那样|一样|之类|差不多|的|讲|吗|呢|了"
)
_LACKING = re.compile(
    r"(?:给我讲讲|讲讲|介绍一下|了解一下)(?P<zh>[一-鿿·]{3,12}?)(?=呗|吧|这部|这本|的|[,，。!！?？ ]|$)"
    r"|(?<![a-z])(?:tell me about|who directed|who wrote"
    r"|have you heard of) (?P<en>[a-z0-9][a-z0-9' :&-]{2,40}?)(?=[,.!?]|$)"
)
_YEAR_AFTER = re.compile(r"\s*[(（](\d{4})[)）]")
_BARE_YEAR_AFTER = re.compile(r"\s((?:19|20)\d\d)(?![\ds])")
_DOMAIN_HINT = (
    ("book", re.compile(r"读过|读完|读了|刚读|重读|本书|小说|原著|作者"
                        r"|(?<![a-z])(?:read|reading|book|novel|author|pages)(?![a-z])|书")),
    ("music", re.compile(r"听过|听了|这首|那首|这首歌|专辑|(?<![a-z])(?:song|album|listen(?:ed|ing)?|track)(?![a-z])")),
    ("film", re.compile(
        r"电影|影片|片子|导演|主演|谁演|这部|版的电影|(?<![a-z])(?:watch(?:ed|ing)?|movie|film|director|directed"
        r"|actor|cast)(?![a-z])"
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """Words at [start, end) of the text that name something. target None: a title that the catalogue lacks.

    quoted: it stood in quotation marks, which belong to the span. sure: no other reading is likely.
    """

    start: int
    end: int
    target: Target | None
    title: str | None = None
    year: int | None = None
    text: str = ""
    quoted: bool = False
    sure: bool = True


class Linker:
    """Finds what a message names. Pure and thread-safe after it is built."""

    def __init__(self, catalog: Catalog, segmenter: Segmenter) -> None:
        self.catalog = catalog
        self.names = Names(catalog, segmenter)
        self._segmenter = segmenter

    def find(self, message: Normalised, parts: tuple[Unit, ...], domain: str | None, whole: bool) -> list[Link]:
        """Links by place, none over another. domain: of the talk; whole: a bare title may be the whole message."""
        folded = message.folded
        links = self._quoted(message, domain)
        taken = [(q.start, q.end) for q in links]
        matches: list[tuple[Match[TitleName] | None, Match[PersonName] | None]] = []
        matches += [(m, None) for m in self.names.titles.find(folded, parts)]
        matches += [(None, p) for p in self.names.people.find(folded, parts)]

        def length(pair: tuple[Match[TitleName] | None, Match[PersonName] | None]) -> tuple[int, bool, int]:
            match = pair[0] or pair[1]
            assert match is not None
            return (-(match.end - match.start), pair[1] is None, match.start)

        for title, person in sorted(matches, key=length):
            match = title or person
            assert match is not None
            if any(match.start < end and start < match.end for start, end in taken):
                continue
            link = (
                self._person(person, message)
                if person
                else self._title(title, message, domain, whole)
                if title
                else None
            )
            if link:
                links.append(link)
                taken.append((link.start, link.end))
        links += self._pinyin(message, parts, taken, domain)
        links += self._misspelt(message, taken, domain)
        links += self._lacking(message, taken)
        return sorted(links, key=lambda found: found.start)

    def hint(self, folded: str, start: int, end: int) -> str | None:
        """Domain that the words around a name speak of, or None."""
        around = folded[max(0, start - 12) : start] + " | " + folded[end : end + 10]
        for text in (around, folded[:start] + " | " + folded[end:]):
            for domain, pattern in _DOMAIN_HINT:
                if pattern.search(text):
                    return domain
        return None

    def _item(self, message: Normalised, start: int, end: int, names: tuple[TitleName, ...], domain: str | None,
              quoted: bool = False, sure: bool = True) -> Link:  # fmt: skip
        year = _YEAR_AFTER.match(message.folded, end) or _BARE_YEAR_AFTER.match(message.folded, end)
        if year:
            named = tuple(n for n in names if self.catalog.items[n.row].year == int(year[1]))
            names = named or names
        best = self.names.best(names, self.hint(message.folded, start, end) or domain)
        item = self.catalog.items[best.row]
        title = item.title.in_("zh" if best.chinese else "en")
        return Link(start, end, Target("item", item.id), title, item.year, message.text[start:end], quoted, sure)

    def _quoted(self, message: Normalised, domain: str | None) -> list[Link]:
        links: list[Link] = []
        for match in _QUOTED.finditer(message.folded):
            group = match.lastindex or 1
            inner = match[group]
            phrase = key(units(inner))
            if not phrase:
                continue
            names = self.names.titles.get(phrase)
            title_marks = group == 1
            if names:
                links.append(self._item(message, match.start(), match.end(), names, domain, quoted=True))
                continue
            people = self.names.people.get(phrase)
            if people and not title_marks:
                links.append(
                    Link(match.start(), match.end(), Target("person", people[0].facet), text=inner, quoted=True)
                )
                continue
            close = self._closest(phrase, 84 if title_marks else 88)
            if close:
                links.append(self._item(message, match.start(), match.end(), close, domain, quoted=True, sure=False))
            elif title_marks:
                start, end = match.span(group)
                links.append(Link(match.start(), match.end(), None, text=message.text[start:end].strip(), quoted=True))
        return links

    def _person(self, match: Match[PersonName], message: Normalised) -> Link | None:
        value = match.values[0]
        if value.partial and len(match.values) > 1:
            return None
        if value.partial and match.start and message.folded[match.start - 1] == "·":
            return None  # 诺兰 alone, but not the end of another dotted name (某某·诺兰)
        if value.partial and match.key.isascii():
            before = message.text[: match.start].split()
            if before and before[-1][:1].isupper() and before[-1].isalpha() and len(before) > 1:
                return None  # another first name stands before it: somebody else
        return Link(match.start, match.end, Target("person", value.facet), text=message.text[match.start : match.end])

    def _title(self, match: Match[TitleName], message: Normalised, domain: str | None, whole: bool) -> Link | None:
        folded, start, end = message.folded, match.start, match.end
        before, after = folded[:start], folded[end:]
        strength = self.names.strength(match.key)
        alone = not before.strip(" 嗯啊呃那就") and not re.sub(r"[\s.!?。！？吧啊呀的]|please|pls|plz", "", after)
        dated = bool(_YEAR_AFTER.match(folded, end))
        wide = not match.key.isascii()
        cue_before, cue_after = bool(_BEFORE.search(before)) or not before.strip(), bool(_AFTER.match(after))
        clear = bool(_BEFORE_CLEAR.search(before))
        words = message.text[start:end]
        capital = words[:1].isupper() and start > 0 and not re.search(r"[.!?。！？]\s*$", before)
        shouting = sum(c.isupper() for c in message.text) > 0.6 * sum(c.isalpha() and c.isascii() for c in message.text)
        if dated or strength == 3:
            ok = True
        elif strength == 2:
            ok = wide and self._stands_free(message, start, end) or not wide
        elif strength == 1:
            if wide:
                ok = (
                    (alone and whole)
                    or bool(_COMPARES.search(folded) and _JOINS.search(before) and cue_after)
                    or bool(_LIKENESS.search(before) and (cue_after or after.startswith("的")))
                    or bool(_AFTER_CLEAR.match(after))
                    or ((before.endswith("的") or _starts(before, match.key)) and bool(_SEEN_AFTER.match(after)))
                    or (
                        cue_after
                        and (bool(_BEFORE.search(before)) or (not before.strip() and not self._ordinary(match.key)))
                    )
                    or (
                        not self._ordinary(match.key)
                        and (cue_before or cue_after)
                        and self._stands_free(message, start, end)
                    )
                )
            else:
                ok = (
                    (alone and whole)
                    or (clear and cue_after and not _generic(before, match.key))
                    or (not before.strip() and " " in match.key and bool(_JUDGED.match(after)))
                    or (capital and not shouting and (cue_before or cue_after))
                )
        else:
            numeric = match.key.replace(" ", "").isdigit()
            noun = re.search(
                r"(?:movie|film|book|novel|album|song|电影|小说|watched|看过|读过|read|reading|finished|loved)\s$",
                before.rstrip() + " ",
            )
            ok = bool(noun and numeric and cue_after) or bool(
                capital and not shouting and clear and cue_after and len(words) > 1
            )
        if not ok:
            return None
        return self._item(message, start, end, match.values, domain, sure=strength >= 2 or clear)

    def _ordinary(self, phrase: str) -> bool:
        return self._segmenter.frequency(phrase) >= 90

    def _stands_free(self, message: Normalised, start: int, end: int) -> bool:
        """No word of the language reaches over the edges of the span."""
        for word in self._segmenter.cut(message.text):
            if word.start < start < word.end or word.start < end < word.end:
                return False
        return True

    def _pinyin(
        self, message: Normalised, parts: tuple[Unit, ...], taken: list[tuple[int, int]], domain: str | None
    ) -> list[Link]:
        links: list[Link] = []
        for i, unit in enumerate(parts):
            if unit.wide or not unit.text.isascii() or not unit.text.isalpha():
                continue
            said = ""
            best: tuple[int, tuple[TitleName, ...]] | None = None
            for j in range(i, min(i + 8, len(parts))):
                if parts[j].wide or not parts[j].text.isalpha():
                    break
                said = spoken(parts[i : j + 1])
                names = self.names.pinyin.get(said)
                if names and (len(said) >= 8 or j > i + 1):
                    best = (j, names)
            if best:
                start, end = unit.start, parts[best[0]].end
                if not any(start < e and s < end for s, e in taken):
                    links.append(self._item(message, start, end, best[1], domain))
                    taken.append((start, end))
        return links

    def _misspelt(self, message: Normalised, taken: list[tuple[int, int]], domain: str | None) -> list[Link]:
        folded = message.folded
        slots: list[tuple[int, int]] = []
        for match in _SLOT_BEFORE.finditer(folded):
            stop = _SLOT_END.search(folded, match.end() + 1)
            slots.append((match.end(), stop.start() if stop else len(folded)))
        for match in _SLOT_AFTER.finditer(folded):
            begin = max((m.end() for m in re.finditer(r"[,，。!！?？;；、\n\s]", folded[: match.start()])), default=0)
            if re.search(r"[一-鿿]$", folded[: match.start()]):
                slots.append((begin, match.start()))
        links: list[Link] = []
        for start, end in slots:
            while end > start and folded[end - 1].isspace():
                end -= 1
            if not 3 <= end - start <= 40 or any(start < e and s < end for s, e in taken):
                continue
            phrase = key(units(folded[start:end]))
            if phrase.isascii() and all(w in _SMALL for w in phrase.split()):
                continue
            names = self._closest(phrase, 80)
            if names:
                links.append(self._item(message, start, end, names, domain, sure=False))
                taken.append((start, end))
        return links

    def _lacking(self, message: Normalised, taken: list[tuple[int, int]]) -> list[Link]:
        """Titles that the catalogue lacks: what a clear question about a title names, or a Latin name with capitals."""
        links: list[Link] = []
        for match in _LACKING.finditer(message.folded):
            start, end = match.span("zh" if match["zh"] else "en")
            said = message.text[start:end].strip()
            words = said.lower().split()
            if any(start < e and s < end for s, e in taken) or all(w in _SMALL or self._plain(w) for w in words):
                continue
            if not said.isascii() and (len(said) < 3 or re.search(r"这|那|第|你|我|它|哪|什么|啥|怎么", said)):
                continue
            links.append(Link(start, start + len(said), None, text=said, sure=False))
            taken.append((start, end))
        return links

    def _closest(self, phrase: str, cutoff: float) -> tuple[TitleName, ...] | None:
        """The title nearest in spelling (or in sound, for Chinese), when it is clearly nearest."""
        from rapidfuzz import fuzz, process

        latin = phrase.isascii()
        if len(phrase) < (5 if latin else 3):
            return None
        if latin and len(phrase.split()) == 1 and (self._plain(phrase) or len(phrase) < 6):
            return None
        pool = self.names.latin_keys if latin else self.names.wide_keys
        if not latin:
            cutoff = min(cutoff, 74)
        found = process.extract(phrase, pool, scorer=fuzz.ratio, score_cutoff=cutoff, limit=3)
        if not latin and not found:
            from pypinyin import lazy_pinyin

            return self.names.pinyin.get("".join(lazy_pinyin(phrase)))
        if not found:
            return None
        best = self.names.titles.get(found[0][0])
        if latin and found[0][0][0] != phrase[0] and found[0][1] < 90:
            return None
        if len(found) > 1 and found[0][1] - found[1][1] < 3:
            second = self.names.titles.get(found[1][0])
            if {n.row for n in best}.isdisjoint(n.row for n in second):
                return None
        return best

    def _plain(self, word: str) -> bool:
        from core.nlu.lexicon import common_words

        return word in common_words() or word.rstrip("s") in common_words()


# After an everyday word these leave no doubt that it is a title.
_AFTER_CLEAR = re.compile(
    r"\s*(?:这部|那部|这本|那本|这片|这电影|这个电影|讲的?(?:是)?(?:什么|啥)|谁[演导]|导演是|主演是|(?:和|跟|与|还是|vs)\s?.{1,40}(?:哪|更)|yyds|片长多|是哪年)"
)
_SEEN_AFTER = re.compile(r"(?:也|都|早就?|已经)?(?:看|读|听|追)(?:过|完|了)")  # 维伦纽瓦的沙丘看过
_SMALL = frozenset(
    "that this those these one ones it more of the a an to me my i you we they them some any what all "
    "please him her".split()
)


# "blade runner was kinda boring": what begins a message and is judged at once has a name
_JUDGED = re.compile(
    r"\s(?:was(?:n'?t)?|is (?:so|kinda|really|my|the best)|sucks?|sucked|rocks?|bored|scared)(?![a-z])"
)


def _starts(before: str, phrase: str) -> bool:
    """活着看过了 begins with what was read; 后来看过了 with when."""
    return not before.strip() and phrase not in ("后来", "以前", "从前", "昨天", "最近", "刚才", "其实", "曾经", "终于")


def _generic(before: str, phrase: str) -> bool:
    """ "something like friends", "i like drama": the verb's object is a word, not a title."""
    return (
        bool(re.search(r"(?:like|love|loved|about|after|read|reading|saw|watch|watching)\s$", before))
        and " " not in phrase
    )
