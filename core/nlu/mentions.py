"""What a message names, of all kinds, none over another: items, people, facets, numbers, places on the screen."""

import re
from dataclasses import dataclass

from core.nlu.link import Link
from core.nlu.normalise import Normalised
from core.nlu.numbers.number import Number, Use
from core.nlu.phrases import Match
from core.nlu.title_evidence import is_clear
from core.turns import Target

_SINGLE_VERBS = "个点首看读听追刷煲补找推买送好老新旧有怕养喝本这那部用讲吃聊写学小大甜爽"
_LAND = re.compile(r"(?<![a-z])(?:an?|the|my|our|this|that|new|another|other|foreign|home|whole|different) $")
_SINGLE_AFTER = (
    "换成",
    "改成",
    "的是",
    "要",
    "来本",
    "来首",
    "推荐本",
    "推荐首",
    "回到",
    "找本",
    "想看",
    "想听",
    "听",
    "本",
)
_PAPERS = ("说明书", "通知书", "保证书", "申请书")  # 课外书 is a book, these are none
# What begins with the word for a thing, and is a place or somebody.
_PLACES_AND_PEOPLE = (
    "图书馆",
    "电影院",
    "电影节",
    "音乐会",
    "音乐节",
    "音乐家",
    "音乐人",
    "小说家",
    "漫画家",
    "漫画展",
    "游戏机",
    "唱片店",
    "动画师",
)
# English words that are verbs or fillers amid Chinese ("watch 过了"), whatever they are as keywords.
_VERBS = frozenset("watch like love work time read play night show save check like care mind list".split())
# After these words a name of both is a language; so is one before song, audio, subtitles.
_LANGUAGE_BEFORE = ("in ", "speak ", "speaking ", "only ")
_LANGUAGE_AFTER = (" song", " audio", " sub", " lang", " speak", " dub", " only", "语", " version", " music", " lyrics")


_WORDS = frozenset(("genre", "mood", "domain", "audience", "country", "language"))


@dataclass(frozen=True, slots=True)
class Mention:
    """Something named at [start, end) of the text. Exactly one of link, target and number is set.

    extra: further facets of the same words.
    """

    start: int
    end: int
    link: Link | None = None
    target: Target | None = None
    number: Number | None = None
    extra: tuple[Target, ...] = ()

    @property
    def item(self) -> bool:
        """An item, or a title that the catalogue lacks."""
        return self.link is not None and (self.link.target is None or self.link.target.kind == "item")

    @property
    def facet(self) -> Target | None:
        """The facet named, a person included."""
        if self.link is not None and not self.item:
            return self.link.target
        return self.target

    @property
    def use(self) -> Use | None:
        return self.number.use if self.number else None


def arrange(
    message: Normalised,
    links: list[Link],
    numbers: list[Number],
    facets: list[Match[Target]],
    everyday: set[str],
    words: list[tuple[int, int]],
) -> list[Mention]:
    """Mentions by place. Links that are sure come first, then what is longest; words: [start, end) of jieba's words."""
    found: list[Mention] = []

    def free(start: int, end: int) -> bool:
        return not any(start < m.end and m.start < end for m in found)

    unsure: list[Link] = []
    facet_spans = [(f.start, f.end) for f in facets]
    places = [(n.start, n.end) for n in numbers if n.use is Use.ORDINAL]
    for link in links:
        if not link.quoted and any(s < link.end and link.start < e for s, e in places):
            continue  # "the first one" is a place, not "The First Time"
        covered = any(start <= link.start and link.end <= end for start, end in facet_spans)
        kinds = {v.kind for f in facets if (f.start, f.end) == (link.start, link.end) for v in f.values}
        if (
            link.target is not None
            and not link.quoted
            and kinds & _WORDS
            and not is_clear(message.folded[: link.start])
        ):
            unsure.append(link)  # "bossa nova" is music before it is a film
        elif (
            link.target is None
            or link.quoted
            or (link.sure and not any(s <= link.start and link.end < e for s, e in facet_spans))
            or not covered
        ):
            found.append(Mention(link.start, link.end, link=link))
        else:
            unsure.append(link)
    spans: dict[tuple[int, int], list[Number]] = {}
    for number in numbers:
        spans.setdefault((number.start, number.end), []).append(number)
    for (start, end), same in spans.items():
        if free(start, end):
            found.extend(Mention(start, end, number=n) for n in same)
    folded = message.folded
    for match in sorted(facets, key=lambda f: -(f.end - f.start)):
        if not free(match.start, match.end) or not _whole(folded, match, words):
            continue
        targets = _sorted_out(folded, match)
        if match.key == "country" and _LAND.search(folded[: match.start]):
            continue
        if (
            targets[0].kind == "keyword"
            and match.key in everyday
            and (match.key in _VERBS or not _about(folded, match.start, match.end))
        ):
            continue
        found.append(Mention(match.start, match.end, target=targets[0], extra=targets[1:]))
    for link in unsure:
        if free(link.start, link.end):
            found.append(Mention(link.start, link.end, link=link))
    return sorted(found, key=lambda m: (m.start, m.end))


def _whole(folded: str, match: Match[Target], words: list[tuple[int, int]]) -> bool:
    """A single Chinese character is a facet only where it stands as a word; "be" only among Chinese."""
    if len(match.key) > 1:
        if any(folded.startswith(word, match.start) and len(word) > len(match.key) for word in _PLACES_AND_PEOPLE):
            return False
        if match.key == "be":
            around = folded[max(0, match.start - 1) : match.start] + folded[match.end : match.end + 1]
            return any("一" <= c <= "鿿" for c in around)
        if match.end - match.start == 2 and "一" <= match.key[0] <= "鿿":
            # 小说 in 小说话, 大片 in 大片段: jieba's words must not reach over the end with a longer word of three
            return not any(
                s < match.start < e < match.end
                and folded[s] not in "老新旧好大小"
                or match.start <= s < match.end < e
                and s > match.start
                for s, e in words
            )
        return True
    after = folded[match.end : match.end + 1]
    if folded[: match.start].endswith("的") and not "一" <= after <= "鿿":
        return True  # 适合跑步听的歌
    if folded[: match.start].endswith(("双", "件", "条", "台", "款", "把", "副")):
        return True  # 买双鞋跑步
    if after and folded.startswith(("一点", "一些", "点的", "点儿"), match.end):
        return True  # 再慢一点的
    if folded[: match.start].endswith(("个", "部", "本", "首")) and not "一" <= after <= "鿿":
        return True  # 推荐个剧
    if folded[: match.start].endswith("有") and after in ("没", "吗", "么", "呢"):
        return True  # 有书没
    for start, end in words:
        if start <= match.start < end:
            if end - start == 1 or folded[: match.start].endswith(_SINGLE_AFTER):
                return True
            return end == match.end and (
                end - start == 2
                and folded[start] in _SINGLE_VERBS
                or end - start == 3
                and match.key in "书片剧歌"
                and folded[start:end] not in _PAPERS
            )
    return False


def _sorted_out(folded: str, match: Match[Target]) -> tuple[Target, ...]:
    """Targets of a word with the one meant first: a tongue or a land, a genre or a mood."""
    targets = list(match.values)
    kinds = {t.kind for t in targets}
    if {"country", "language"} <= kinds:
        before, after = folded[: match.start], folded[match.end :]
        tongue = before.endswith(_LANGUAGE_BEFORE) or after.startswith(_LANGUAGE_AFTER)
        targets.sort(key=lambda t: (t.kind != "language") if tongue else (t.kind == "language"))
        targets = [targets[0], *(t for t in targets[1:] if t.kind in ("domain", "keyword"))]
    # 美剧 is a country, a domain and a form, and 欧洲 many countries; of a genre and a mood of one name only the first
    # is meant
    several = targets[0].kind in ("domain", "genre", "country")  # anime is a genre of a country
    more = (t for t in targets[1:] if several and (t.kind == "country" or t.kind == "keyword" and "domain" in kinds))
    return (targets[0], *more)


def _about(folded: str, start: int, end: int) -> bool:
    """The words around say that the thing is about this."""
    before, after = folded[:start].rstrip(), folded[end:].lstrip()
    if "一" <= before[-1:] <= "鿿" or "一" <= after[:1] <= "鿿":
        return True  # an English noun amid Chinese is there for what it says
    return before.endswith(
        ("about", "on", "with", " w", " w/", "involving", "featuring", "no", "without", "of", "关于", "讲", "有关")
    ) or after.startswith(
        (
            "movie",
            "film",
            "book",
            "novel",
            "stor",
            "song",
            "theme",
            "stuff",
            "doc",
            "类",
            "题材",
            "电影",
            "小说",
            "的书",
            "article",
            "essay",
        )
    )
