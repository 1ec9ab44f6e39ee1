"""The words of items, as a voice beside the encoder: it hears the names of things, which sentence vectors blur."""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
import numpy.typing as npt

from core.catalog import Item
from core.nlu.lexicon import entries, keyword_names
from core.nlu.normalise import fold, simplify
from core.nlu.segment import Segmenter

# How often a term counts as said where it stands: a facet is what somebody thought worth naming.
IN_ABOUT, IN_TITLE, IN_FACET = 0.5, 1.0, 2.0
SATURATION, LENGTH = 1.2, 0.3  # k1 and b of BM25
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")
_HAN = re.compile(r"[㐀-鿿]+")
# What wishes are made with. Rare in descriptions, so that their rarity would speak for them.
_EMPTY = frozenset(
    "a about after again all also am an and any anything are as at be because been but by can can't could couldn't do"
    " does doesn't don't down for from get gets getting give go got had has have he help her here him his how i i'm if"
    " in into is it it's its just keep keeps know let let's like lot make makes many maybe me more most much my need"
    " needs nice no not nothing of off on one ones only or other our out over people please pls put really she should"
    " shouldn't so some somebody someone something sort stuff than that the their them then there these they thing"
    " things this those to too up us very want wants was we were what when where which who why will with without would"
    " you your film films movie movies book books song songs music article articles story stories good great"
    .split()
)  # fmt: skip
_EMPTY_HAN = frozenset(
    "这种 那种 什么 怎么 怎样 一点 一些 有点 有没有 没有 可以 不要 最后 时候 推荐 适合 东西 觉得 一本 一部 一首 一篇"
    " 一个 电影 片子 故事 音乐 文章 想要 想看 想听 想读 想买 自己 就是 还是 但是 特别 比较 真的 那些 这些 起来 出来"
    .split()
)  # fmt: skip
_MEASURES = frozenset("个双副件把台套条顶块瓶盒张支盏辆口款部本首篇只")


def stem(word: str) -> str:
    """An English word without its endings, roughly: what remains need be no word, only the same for its forms."""
    word = word.removesuffix("'s").replace("'", "")
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not (ending == "s" and word.endswith("ss")):
            word = word.removesuffix(ending) + instead
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def terms_of(folded: str) -> set[str]:
    """Terms of a text that is simplified and folded: stems of English words, Chinese characters and their pairs."""
    found = {stem(word) for word in _LATIN.findall(folded) if len(word) > 1}
    for run in _HAN.findall(folded):
        found.update(run)
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return found


def _code(term: str) -> int:
    return zlib.crc32(term.encode())


@cache
def _facet_codes(kind: str, value: str, goods: bool) -> tuple[int, ...]:
    """Terms of all that a facet is called, so that a word in one language finds what is told in the other.

    goods: of a shelf in a shop only its name; the other words are things on it (keyboard, mouse), of which this is one.
    """
    words = [value.replace("-", " ")]
    kinds = ("keyword", "genre") if kind == "keyword" else (kind,)  # a keyword is called as the genre of its name
    chinese, english = next((entries()[k, value] for k in kinds if (k, value) in entries()), ((), ()))
    if goods and kind != "mood":
        chinese, english = (chinese[:1], english[:1]) if kind == "genre" else ((), ())
    words += [*chinese, *english]
    if kind == "keyword":
        words += [names[value] for names in keyword_names().values() if value in names]
    return tuple({_code(term) for word in words for term in terms_of(fold(word))})


@dataclass(frozen=True, eq=False)
class Terms:
    """Which items hold a term, and how much it says of them (BM25: Robertson and Zaragoza 2009, eq. 3.15).

    keys: (v,) uint32, sorted, the terms by their crc32. starts: (v + 1,), where a term's places begin. rows, weights:
    the places: items that hold it, each once, and what it adds. rarity: (v,) inverse document frequencies.
    """

    n: int
    keys: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    rarity: npt.NDArray[np.float32]
    segmenter: Segmenter

    @classmethod
    def build(cls, items: Sequence[Item], langs: Sequence[str] = ("zh", "en")) -> Self:
        """Of titles, descriptions and facets. langs: the languages of the texts that are read."""
        texts = _read(t or "" for i in items for name in (i.title, i.about) for t in (getattr(name, k) for k in langs))
        each = len(langs)
        codes: list[npt.NDArray[np.uint32]] = []
        counts: list[npt.NDArray[np.float32]] = []
        for row, item in enumerate(items):
            at = 2 * each * row
            said: dict[int, float] = {}
            for term in set().union(*map(terms_of, texts[at + each : at + 2 * each])):
                said[_code(term)] = IN_ABOUT
            for title in texts[at : at + each]:
                for code in map(_code, terms_of(title)):
                    said[code] = said.get(code, 0.0) + IN_TITLE
            for kind in ("genre", "mood", "keyword"):
                for value in item.words(kind):
                    for code in _facet_codes(kind, value, item.domain == "product"):
                        said[code] = said.get(code, 0.0) + IN_FACET
            codes.append(np.fromiter(said, np.uint32, len(said)))
            counts.append(np.fromiter(said.values(), np.float32, len(said)))
        return cls._of(codes, counts)

    @classmethod
    def _of(cls, codes: list[npt.NDArray[np.uint32]], counts: list[npt.NDArray[np.float32]]) -> Self:
        n = len(codes)
        lengths = np.array([one.sum() for one in counts], np.float32)
        dampers = SATURATION * (1 - LENGTH + LENGTH * lengths / max(float(lengths.mean()) if n else 0.0, 1e-9))
        rows = np.repeat(np.arange(n, dtype=np.int32), [len(one) for one in codes])
        every = np.concatenate([np.zeros(0, np.uint32), *codes])
        order = np.argsort(every, kind="stable")
        rows, said = rows[order], np.concatenate([np.zeros(0, np.float32), *counts])[order]
        keys, starts = np.unique(every[order], return_index=True)
        starts = np.append(starts, len(rows)).astype(np.int64)
        holders = np.diff(starts)
        rarity = np.log1p((n - holders + 0.5) / (holders + 0.5)).astype(np.float32)
        weights = np.repeat(rarity, holders) * said * (SATURATION + 1) / (said + dampers[rows])
        return cls(n, keys, starts, rows, weights.astype(np.float32), rarity, Segmenter())

    def __call__(self, wish: str) -> npt.NDArray[np.float32]:
        """(n,) how much of the wish's words each item holds; 0 where none."""
        scores = np.zeros(self.n, np.float32)
        for term in self.terms(wish):
            place = self._place(term)
            if place is not None:
                some = slice(self.starts[place], self.starts[place + 1])
                scores[self.rows[some]] += self.weights[some]
        return scores

    def terms(self, wish: str) -> tuple[str, ...]:
        """The terms of a wish that may tell items apart. Pairs of characters only inside words: others are chance."""
        (folded,) = _read([wish])
        found = [stem(word) for word in _LATIN.findall(folded) if len(word) > 1 and word not in _EMPTY]
        for run in _HAN.findall(folded):
            for word, tag in self.segmenter.split(run):
                if word not in _EMPTY_HAN:
                    said = word[1:] if word[0] in _MEASURES else word  # 双鞋 is jieba's guess of a word
                    pairs = [said[i : i + 2] for i in range(len(said) - 1)]
                    found += pairs or ([said] if said and (tag[0] == "n" or said != word) else [])
        return tuple(dict.fromkeys(found))

    def _place(self, term: str) -> int | None:
        code = _code(term)
        place = int(np.searchsorted(self.keys, np.uint32(code)))
        return place if place < len(self.keys) and int(self.keys[place]) == code else None


def _read(texts: Iterable[str]) -> list[str]:
    """Simplified and folded, all at once: opencc takes as long for one text as for a hundred."""
    lines = "\n".join(text.replace("\n", " ") for text in texts)
    return fold(simplify(lines)).split("\n")
