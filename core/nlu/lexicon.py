"""Words for facets: which facet a word names, and what a facet is called, in both languages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from core.catalog import Catalog, Name
from core.nlu.normalise import fold, simplify
from core.nlu.phrases import Match, PhraseIndex, Unit
from core.turns import Target

_HERE = Path(__file__).parent
# The kind that a word means when it names facets of two: "运动" a genre, "孩子" an audience.
_ORDER = ("domain", "genre", "mood", "audience", "country", "language", "keyword")
_DOING = ("reading", "watching", "listening", "social")  # what a request is made with
_PLAIN = ("world", "language", "phone")  # genres that are named by more than this word: "world music"
# English keywords that everyday sentences are full of; they are read only where a sentence says what a thing is about.
_EVERYDAY = frozenset(
    "love work time night home reading music books class child power secret taste reason land care "
    "letters actor ideas master hope dream dreams wish wishes fate mask rain nature future city car "
    "boredom beauty computer business history family mother father parents brothers sisters women men "
    "teenagers youth loss winter summer new-year school university office road bus bank island society "
    "freedom classic tradition destiny memory identity power duty escape chase training twist science "
    "adventure crime war politics religion poetry opera theatre writer student teacher doctor soldier "
    "party friends friendship phone tea coffee food cooking sleep health running money photography photos "
    "style design life change learning focus comfort gift gifts world people time-management travel sound "
    "light study space".split()
)


@dataclass(frozen=True, slots=True)
class FacetNames:
    """What facets are called. Facets without an entry are called by their id, words for hyphens."""

    names: Mapping[tuple[str, str], Name] = field(default_factory=dict)

    def name(self, target: Target, lang: str) -> str:
        """Display name of a facet in `zh` or `en`."""
        kind, value = target.kind, target.value
        if kind == "decade" and value.isdigit():
            if lang == "en":
                return f"{value}s"
            return f"{int(value) % 100}年代" if 1910 <= int(value) < 2000 else f"{value}年代"
        known = self.names.get((kind, value))
        if known is None and kind == "keyword":  # a genre elsewhere: a film is about wuxia
            known = self.names.get(("genre", value))
        return known.in_(lang) if known else value.replace("-", " ") if kind == "keyword" else value


@cache
def entries() -> Mapping[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]]:
    """(kind, value) -> its words in Chinese and in English, as facets.toml has them."""
    with (_HERE / "facets.toml").open("rb") as file:
        raw = tomllib.load(file)
    return {
        (kind, value): (tuple(words["zh"]), tuple(words["en"]))
        for kind, values in raw.items()
        for value, words in values.items()
    }


@cache
def keyword_names() -> Mapping[str, Mapping[str, str]]:
    """`zh` and `en` -> keyword -> how it is called; only for saying, since these are words of too many other uses."""
    return tomllib.loads((_HERE / "keyword_names.toml").read_text(encoding="utf-8"))


@cache
def common_words() -> frozenset[str]:
    """English words that an everyday sentence may hold, so a title of nothing else needs a cue."""
    words = (_HERE / "common_words.txt").read_text(encoding="utf-8").replace("'", "").split()
    return frozenset(words)


@cache
def ordinary_words() -> frozenset[str]:
    """Common words, and all that our own English descriptions write small: alone, such a word is seldom a name."""
    more = (_HERE / "ordinary_words.txt").read_text(encoding="utf-8").split()
    return common_words() | frozenset(more)


class Lexicon:
    """Facets by their words. Words of facets.toml, and the catalogue's genres and keywords by their English words."""

    def __init__(self, catalog: Catalog) -> None:
        self._index: PhraseIndex[Target] = PhraseIndex()
        self.everyday: set[str] = set()
        self.known = frozenset(catalog.rows_of)
        names: dict[tuple[str, str], Name] = {}
        for kind in _ORDER:
            for (of, value), (zh, en) in entries().items():
                if of != kind:
                    continue
                for word in (*zh, *en):
                    self._add(word, Target(kind, value))
                shown = value.replace("-", " ")
                if kind == "keyword" and shown in common_words():
                    self.everyday.add(shown)
                names[kind, value] = Name(zh[0] if zh else None, en[0] if en and kind != "keyword" else shown)
                if kind == "keyword":
                    self._add(shown, Target(kind, value))
        domains = {word for (kind, _), (zh, en) in entries().items() if kind == "domain" for word in (*zh, *en)}
        for kind, value in sorted(catalog.rows_of):
            if kind in ("genre", "mood", "keyword"):
                word = value.replace("-", " ")
                if word in domains or word in _DOING or kind == "genre" and word in _PLAIN:
                    continue  # "film" names the domain, not the film clubs
                self._add(word, Target(kind, value))
                if kind == "keyword" and value.isascii():
                    plural = word if value.endswith("s") else word + "s"
                    self._add(plural, Target(kind, value))
                    if word in common_words() or word.rstrip("s") in common_words():
                        self.everyday.update((word, plural))
        own = keyword_names()
        for value in {**own["zh"], **own["en"]}:
            known = names.get(("keyword", value), Name(None, value.replace("-", " ")))
            names["keyword", value] = Name(own["zh"].get(value, known.zh), own["en"].get(value, known.en))
        for item in catalog.items:
            for person in item.people:
                names.setdefault(("person", person.facet), person.name)
        for word in _EVERYDAY:
            self.everyday.update((word.replace("-", " "), word.replace("-", " ") + "s"))
        self.names = FacetNames(names)

    def _add(self, word: str, target: Target) -> None:
        folded = fold(simplify(word))
        # a lone letter or digit names nothing, whatever a catalogue's keywords hold
        if len(folded) > 1 or not folded.isascii():
            self._index.add(folded, target)

    def find(self, folded: str, parts: tuple[Unit, ...]) -> list[Match[Target]]:
        """Every facet word at every place, longest first at each; a keyword of an everyday word is among them."""
        return self._index.find(folded, parts)
