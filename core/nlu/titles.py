"""The names of a catalogue, made ready to be found in a text: titles, aliases, series, people, and their pinyin."""

import re
from dataclasses import dataclass
from functools import cached_property

from core.catalog import Catalog
from core.nlu.lexicon import common_words, ordinary_words
from core.nlu.normalise import fold, normalise
from core.nlu.phrases import PhraseIndex, Unit, key, units
from core.nlu.segment import Segmenter

_ARTICLE = re.compile(r"^(?:the|an?) (?=\S)")
_SERIES = (
    re.compile(r"^(?P<head>.{3,}?)(?:: | - |：|——)"),
    re.compile(r"^(?P<head>\S+ \S.*?) and the \S"),
    re.compile(r"^(?P<head>.{3,}?)与.{2,}"),
    re.compile(
        r"^(?P<head>.{2,}?) ?(?:[1-9]|i{1,3}|iv|vi{0,3}|第?[一二三四五六七八九1-9]部?|part .*|vol\.? ?\d)(?:[:： ].*)?$"
    ),
)
_NUMERIC = re.compile(r"[\d ]+")
# Words that stand for something said before; only quotes, a year or a capital after a clear cue make them titles.
PRONOUNS = frozenset(
    "it her him us me you them this that these those more yes no one two up go here now he she they we "
    "all any none other others ok okay what who why how when where please again so not off down in out on "
    "more-of next last first best good bad".split()
)
_THINGS = frozenset("book movie film song album show series game story music novel".split())
_FIRST_RANK = {"film": 0, "book": 1, "music": 2, "product": 4, "article": 3, "topic": 5}
_WEAK_ZH = 90  # jieba frequency from which a word is everyday


@dataclass(frozen=True, slots=True)
class TitleName:
    """A name of an item. row: in the catalogue. series: the name of a series that the item is the first of."""

    row: int
    chinese: bool
    series: bool = False


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name of a person; facet is the target's value."""

    facet: str
    partial: bool = False


class Names:
    """Indexes over one catalogue; read-only once built. Two threads that ask for one made late may both make it."""

    def __init__(self, catalog: Catalog, segmenter: Segmenter) -> None:
        self.catalog = catalog
        self.titles: PhraseIndex[TitleName] = PhraseIndex()
        self.people: PhraseIndex[PersonName] = PhraseIndex()
        self._segmenter = segmenter
        self._strength: dict[str, int] = {}
        # English titles carry no Chinese to simplify; one call for all the others.
        for row, item in enumerate(catalog.items):
            for name, chinese in ((item.title.zh, True), (item.title.en, False), *((a, None) for a in item.aliases)):
                if name:
                    self._add_title(normalise(name).folded, row, chinese)
        self._add_series()
        self._add_people()
        self.latin_keys, self.wide_keys = [], []
        for phrase in self.titles.phrases():
            if phrase.isascii() or not re.search(r"[一-鿿]", phrase):
                if len(phrase) >= 4:
                    self.latin_keys.append(phrase)
            elif len(phrase) >= 3:
                self.wide_keys.append(phrase)

    def _add_title(self, folded: str, row: int, chinese: bool | None) -> None:
        wide = bool(re.search(r"[一-鿿]", folded)) if chinese is None else chinese
        name = TitleName(row, wide)
        self.titles.add(folded, name)
        short = _ARTICLE.sub("", folded)
        if short != folded:
            self.titles.add(short, name)

    def _add_series(self) -> None:
        """A name that several titles begin with stands for the earliest of them, unless it is a title itself."""
        heads: dict[str, list[tuple[int, bool]]] = {}
        for row, item in enumerate(self.catalog.items):
            for name in (item.title.zh, item.title.en):
                folded = _ARTICLE.sub("", normalise(name).folded) if name else ""
                for pattern in _SERIES:
                    match = pattern.match(folded)
                    if match:
                        head = key(units(match["head"]))
                        if len(head) >= (3 if re.search(r"[一-鿿]", head) else 5) and not _NUMERIC.fullmatch(head):
                            heads.setdefault(match["head"], []).append((row, name == item.title.zh))
                        break
        self._add_short_names()
        for head, rows in heads.items():
            words = key(units(head)).split()
            plain = all(w in common_words() for w in words)
            known = [n for n in self.titles.get(key(units(head))) if self.catalog.items[n.row].about.en or n.series]
            if plain and len(words) < 3 or known:
                continue
            first: dict[str, tuple[int, bool]] = {}
            for row, chinese in sorted(rows, key=lambda r: (self.catalog.items[r[0]].year or 9999, r[0])):
                first.setdefault(self.catalog.items[row].domain, (row, chinese))
            if len(rows) > 1 or len(words) > 1 or not head.isascii():
                for row, chinese in first.values():
                    self.titles.add(head, TitleName(row, chinese, series=True))

    def _add_short_names(self) -> None:
        """肖申克 for 肖申克的救赎, shawshank for the film: the rare word that one described work begins with."""
        heads: dict[str, list[int]] = {}
        for row, item in enumerate(self.catalog.items):
            if not item.about.zh or item.domain not in ("film", "book"):
                continue
            match = re.match(r"([\u4e00-\u9fff]{3,5})的[\u4e00-\u9fff]{2,}$", item.title.zh or "")
            if match and not self._segmenter.everyday(match[1]):
                heads.setdefault(match[1], []).append(row)
            words = fold(_ARTICLE.sub("", fold(item.title.en or ""))).split()
            if (
                len(words) > 2
                and len(words[0] + words[1]) >= 10
                and "".join(words[:2]).isalpha()
                and not all(w in common_words() for w in words[:2])
                and words[1] not in _JOINING
            ):
                heads.setdefault(" ".join(words[:2]), []).append(row)  # grand budapest
            if len(words) > 1 and len(words[0]) >= 7 and words[0].isalpha() and not _is_word(words[0]):
                heads.setdefault(words[0], []).append(row)
        for head, rows in heads.items():
            domains = {self.catalog.items[row].domain for row in rows}
            if len(domains) == len(rows) and self._segmenter.frequency(head) < 50 and not self.titles.get(head):
                for row in rows:
                    self._add_title(normalise(head).folded, row, not head.isascii())

    def _add_people(self) -> None:
        count: dict[str, int] = {}
        spellings: dict[str, set[str]] = {}
        for item in self.catalog.items:
            for person in item.people:
                facet = person.facet
                if not facet:
                    continue
                count[facet] = count.get(facet, 0) + 1
                spellings.setdefault(facet, set()).update(n for n in (person.name.zh, person.name.en) if n)
        partial: dict[str, set[str]] = {}
        for facet, names in spellings.items():
            for name in names:
                folded = normalise(name).folded
                phrase = key(units(folded))
                # a name that is an everyday word ("You") cannot be told from it
                if len(phrase) >= 2 and not (" " not in phrase and _is_word(phrase)):
                    self.people.add(folded, PersonName(facet))
                last = re.split(r"[·\s.]", folded)[-1]
                wide = bool(re.search(r"[一-鿿]", last))
                if (
                    last != folded
                    and len(last) >= (2 if wide else 4)
                    and not _is_word(last)
                    and not _chinese_order(folded)
                ):
                    partial.setdefault(last, set()).add(facet)
                if not wide and len(folded.split()) == 3:  # Gabriel García Márquez is García Márquez too
                    partial.setdefault(" ".join(folded.split()[1:]), set()).add(facet)
        for last, facets in partial.items():
            ranked = sorted(facets, key=lambda f: (-count[f], f))
            clear = len(ranked) == 1 or (count[ranked[0]] >= 3 and count[ranked[0]] >= 3 * count[ranked[1]])
            common = self._segmenter.frequency(last) > 300 if not last.isascii() else False
            if clear and not common:
                self.people.add(last, PersonName(ranked[0], partial=True))

    @cached_property
    def pinyin(self) -> dict[str, tuple[TitleName, ...]]:
        """Titles by their sound. Made when somebody first types so: it takes a second and some 60 MB of readings."""
        from pypinyin import Style, lazy_pinyin

        found: dict[str, list[TitleName]] = {}
        for phrase in self.titles.phrases():
            if len(phrase) >= 2 and all("一" <= c <= "鿿" for c in phrase):
                spoken = "".join(lazy_pinyin(phrase, style=Style.NORMAL))
                if len(spoken) >= 6:
                    found.setdefault(spoken, []).extend(self.titles.get(phrase))
        return {spoken: tuple(dict.fromkeys(names)) for spoken, names in found.items()}

    @cached_property
    def _gaps(self) -> dict[str, list[str]]:
        """Chinese titles of four characters and more by what is left of them without one; made at the first need."""
        found: dict[str, list[str]] = {}
        for phrase in self.wide_keys:
            if len(phrase) >= 4 and all("一" <= c <= "鿿" for c in phrase):
                for left in {phrase[:at] + phrase[at + 1 :] for at in range(len(phrase))}:
                    found.setdefault(left, []).append(phrase)
        return found

    def near_wide(self, words: str) -> tuple[TitleName, ...]:
        """The title of four Chinese characters or more that differs from `words` in one; none if several do."""
        near = {
            phrase
            for left in {words[:at] + words[at + 1 :] for at in range(len(words))}
            for phrase in self._gaps.get(left, ())
            if len(phrase) == len(words) and sum(a != b for a, b in zip(phrase, words, strict=True)) == 1
        }
        near.update(self._gaps.get(words, ()))  # one character is missing
        if len(near) != 1:
            return ()
        return self.titles.get(near.pop())

    def called(self, names: tuple[TitleName, ...]) -> frozenset[str]:
        """Chinese titles and aliases of the items that the names are of."""
        items = (self.catalog.items[n.row] for n in names)
        return frozenset(t for item in items for t in (item.title.zh, *item.aliases) if t)

    def strength(self, phrase: str) -> int:
        """How much a title's key says by itself: 3 a title, 2 if it stands free, 1 with a cue, 0 only quoted or so."""
        known = self._strength.get(phrase)
        if known is None:
            known = self._strength[phrase] = self._judge(phrase)
        return known

    def _judge(self, phrase: str) -> int:
        if _NUMERIC.fullmatch(phrase):
            return 3 if phrase.count(" ") >= 2 else 0
        if not re.search(r"[一-鿿]", phrase):
            words = _ARTICLE.sub("", phrase).split()
            if len(phrase) <= 2 or all(w in PRONOUNS for w in words) or len(words) == 1 and words[0] in _THINGS:
                return 0
            known = any(self.catalog.items[n.row].about.en for n in self.titles.get(phrase))
            if len(words) == 1 and (not known or words[0] in ordinary_words()):
                return 1  # of a film that hardly anybody knows, and mostly a word that everybody does
            if len(words) <= 3 and not known and all(_is_word(w) for w in words):
                return 1
            plain = sum(w in common_words() or w.rstrip("s") in common_words() for w in words)
            if plain == len(words):
                return 1 if len(words) <= 3 else 3 if len(words) >= 5 else 2
            return 2 if len(words) == 1 and len(phrase) < 5 else 3
        letters = [c for c in phrase if "一" <= c <= "鿿"]
        if len(letters) == 1:
            return 0
        frequency = self._segmenter.frequency(phrase)
        if frequency >= _WEAK_ZH and len(letters) <= 4:
            return 1
        if len(letters) == 2:
            return 1
        if len(letters) == 3:
            if frequency:
                return 3 if any(self._is_title(phrase, n) for n in self.titles.get(phrase)) else 1
            return 1 if self._segmenter.everyday(phrase) else 2
        if not any(self._is_title(phrase, n) for n in self.titles.get(phrase)) and self._segmenter.everyday(phrase):
            return 1  # 别人的生活 is another name of a film, and a thing to speak of
        return 3

    def _is_title(self, phrase: str, name: TitleName) -> bool:
        title = self.catalog.items[name.row].title.zh
        return bool(title) and key(units(normalise(title or "").folded)) == phrase

    def best(self, names: tuple[TitleName, ...], domain: str | None) -> TitleName:
        """The one meant by a name: of the domain spoken of, then a title before a series, then the best known."""

        def rank(name: TitleName) -> tuple[bool, bool, bool, float, int, int]:
            item = self.catalog.items[name.row]
            known = bool(item.about.zh or item.about.en)
            return (
                item.domain != domain,
                not known,
                name.series,
                _FIRST_RANK.get(item.domain, 9) if item.attributes.get("form") != "series" else 1.5,
                0 if not name.series else item.year or 9999,
                name.row,
            )

        return min(names, key=rank)


def _is_word(word: str) -> bool:
    return word in ordinary_words() or word.rstrip("s") in ordinary_words()


def _chinese_order(folded: str) -> bool:
    """Zhang Yimou: what comes last is the given name, and a given name alone is nobody."""
    words = folded.split()
    return len(words) == 2 and words[0] in _PINYIN_SURNAMES


_JOINING = frozenset("of the and a an in on at to for from with is vs".split())
# Of the thirty most common family names and those of film and letters.
_PINYIN_SURNAMES = frozenset(
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie "
    "tang feng jiang jia mo yu hao dong cao deng xiao tian cai pan yuan wei fan fang shi yao tan liao zou "
    "xiong jin lu bai cui kang mao qiu qin gu hou shao meng long wan duan qian su lao shen ba ge gong "
    "hong ning ye tsui tsai hou lee".split()
)


def spoken(parts: tuple[Unit, ...]) -> str:
    """Latin units run together, to be looked up as pinyin."""
    return "".join(unit.text for unit in parts)
