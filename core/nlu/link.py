"""From words to items and people of the catalogue: exact, quoted, without spaces, misspelt, or in pinyin."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from core.catalog import Catalog
from core.nlu.lexicon import ordinary_words
from core.nlu.near_names import closest, in_pinyin, lacking, misspelt, miswritten, slots
from core.nlu.normalise import Normalised
from core.nlu.phrases import Match, Unit, key, units
from core.nlu.segment import Segmenter
from core.nlu.title_evidence import YEAR_AFTER, TitleEvidence, is_clear
from core.nlu.titles import Names, PersonName, TitleName
from core.turns import Target

# What follows in quotes is a title, known or not: what is "Test of Time" about?
_NAMES_ONE = re.compile(
    r"(?:what(?:'?s| is| was)|who (?:made|wrote|directed|sang|is in)|tell me about|seen|watched|heard of"
    r"|(?:film|movie|book|novel|album|song)s?(?: called| named)?|看过|听过|读过|介绍一下|讲讲|叫)\s*$"
)
_QUOTED = re.compile(
    r"《([^《》]{1,80})》?|“([^“”]{1,80})”|\"([^\"]{1,80})\"|(?<![a-z0-9])'([^']{2,60})'(?![a-z0-9])|\[([^\[\]]{1,40})\]"
)
_CAPITAL = re.compile(r"(?:'s)? [A-Z][a-z]+(?![a-z])")
_SMALL_WORDS = frozenset("a an the of and or in on at to for from with by de la le du vs".split())
_LISTS = re.compile(
    r"\s*[、，,]\s*|\s*[、，,]?\s*(?:和|跟|与|以及|and|&)\s+(?:the )?|\s*(?:和|跟|与|以及)\s*|》\s*[、，,]?\s*"
)
_AGAINST = re.compile(r"\s+(?:vs\.?|versus|or|compares? (?:to|with)|compared (?:to|with))\s+(?:the )?")
_WITH = re.compile(r"(?<![a-z])compar.*\s(?:with|to)\s")
_HONOURS = frozenset(("mr", "mrs", "ms", "miss", "dr", "lord", "lady", "aunt", "uncle"))
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


def _reads_as_title(words: str) -> bool:
    """Two words or more in capitals, but for the small ones: "The Marmalade Detectives of Ulm"."""
    said = [word for word in words.split() if word.lower() not in _SMALL_WORDS]
    return len(said) > 1 and all(word[:1].isupper() or word[:1].isdigit() for word in said) and not words.isupper()


def _other_name(text: str, start: int, end: int) -> bool:
    """Another first or last name stands beside it: somebody else."""
    before, after = text[:start].split(), _CAPITAL.match(text, end)
    name = bool(before) and before[-1].isalpha() and before[-1].istitle()
    known = before[-1].lower() in ordinary_words() - _HONOURS if before else True
    return name and not known or bool(after) and text[start].isupper()


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
        self._evidence = TitleEvidence(segmenter)

    def find(self, message: Normalised, parts: tuple[Unit, ...], domain: str | None, whole: bool) -> list[Link]:
        """Links by place, none over another. domain: of the talk; whole: a bare title may be the whole message."""
        folded = message.folded
        links = self._quoted(message, domain)

        def free(start: int, end: int) -> bool:
            return not any(start < k.end and k.start < end for k in links)

        people, titles = self.names.people.find(folded, parts), self.names.titles.find(folded, parts)
        read: list[tuple[int, int, bool, Callable[[], Link | None]]] = []
        read += [(p.start, p.end, False, partial(self._person, p, message)) for p in people]
        read += [(t.start, t.end, True, partial(self._title, t, message, domain, whole)) for t in titles]
        # the longest first, a person before a title of the same words
        for start, end, _, link in sorted(read, key=lambda r: (r[0] - r[1], r[2], r[0])):
            if free(start, end) and (found := link()):
                links.append(found)
        links += self._listed(message, titles, links, domain)
        for start, end, names in in_pinyin(self.names, parts):
            if free(start, end):
                links.append(self._item(message, start, end, names, domain))
        for start, end in slots(folded):
            if free(start, end) and (near := misspelt(self.names, folded[start:end])):
                links.append(self._item(message, start, end, near, domain, sure=False))
        for start, end, names in miswritten(self.names, folded):
            if free(start, end):
                links.append(self._item(message, start, end, names, domain, sure=False))
        for start, end in lacking(message):
            if free(start, end):
                links.append(Link(start, end, None, text=message.text[start:end], sure=False))
        return sorted(links, key=lambda k: k.start)

    def _listed(
        self, message: Normalised, titles: list[Match[TitleName]], links: list[Link], domain: str | None
    ) -> list[Link]:
        """Everyday words in one list with titles, or held against one: 归来、活着、漂亮妈妈, "stalker or solaris"."""
        found: list[Link] = []
        works = [(k.start, k.end) for k in links if k.target is None or k.target.kind == "item"]
        for match in sorted(titles, key=lambda t: t.start - t.end):
            between = [
                message.folded[end : match.start] if end <= match.start else message.folded[match.end : start]
                for start, end in works
                if end <= match.start or match.end <= start
            ]
            with_one = [text for text in between if text.strip() in ("with", "to") and _WITH.search(message.folded)]
            against = bool(with_one) or any(map(_AGAINST.fullmatch, between))
            beside = against or any(map(_LISTS.fullmatch, between))
            free = not any(match.start < e and s < match.end for s, e in ((k.start, k.end) for k in (*links, *found)))
            if beside and free and self.names.strength(match.key) == 1:
                found.append(self._item(message, match.start, match.end, match.values, domain, sure=against))
        return found

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
        year = YEAR_AFTER.match(message.folded, end) or _BARE_YEAR_AFTER.match(message.folded, end)
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
            close = closest(self.names, phrase, 84 if title_marks else 88)
            if close:
                links.append(self._item(message, match.start(), match.end(), close, domain, quoted=True, sure=False))
            elif (
                title_marks
                or _NAMES_ONE.search(message.folded[: match.start()])
                or _reads_as_title(message.text[match.start(group) : match.end(group)])
            ):
                start, end = match.span(group)
                links.append(Link(match.start(), match.end(), None, text=message.text[start:end].strip(), quoted=True))
        return links

    def _person(self, match: Match[PersonName], message: Normalised) -> Link | None:
        value = match.values[0]
        if value.partial and len(match.values) > 1:
            return None
        if value.partial and match.start and message.folded[match.start - 1] == "·":
            return None  # 诺兰 alone, but not the end of another dotted name (某某·诺兰)
        if " " not in match.key and match.key.isascii() and _other_name(message.text, match.start, match.end):
            return None
        if (
            value.partial
            and not match.key.isascii()
            and not self._evidence.stands_free(message, match.start, match.end)
        ):
            return None  # 拉克 in 伊拉克
        return Link(match.start, match.end, Target("person", value.facet), text=message.text[match.start : match.end])

    def _title(self, match: Match[TitleName], message: Normalised, domain: str | None, whole: bool) -> Link | None:
        strength = self.names.strength(match.key)
        if not self._evidence.meant(message, match.start, match.end, match.key, strength, whole):
            return None
        sure = strength >= 2 or is_clear(message.folded[: match.start])
        return self._item(message, match.start, match.end, match.values, domain, sure=sure)
