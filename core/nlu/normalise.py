"""From raw text to one spelling: NFKC, simplified characters, no marks that cannot be seen; with the way back."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Protocol

# A base with its combining marks is one cluster: NFKC may compose or decompose it, but never across clusters.
_CLUSTER = re.compile(r"[^\u0300-\u036f][\u0300-\u036f\u3099\u309a]*|[\u0300-\u036f]+")
_FRACTIONS = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4"}  # NFKC would glue 8½ to 81⁄2
_KEEP = "\n\t"
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‐": "-",
        "•": "·", "・": "·", "‧": "·", "∙": "·", "⋅": "·", "●": "·", "。": "。", "、": "、", "\u3000": " ", "\t": " ",
        "「": "“", "」": "”", "『": "“", "』": "”", "〈": "《", "〉": "》", "〔": "[", "〕": "]", "【": "[", "】": "]",
    }
)  # fmt: skip
# One character stands for two names here; opencc keeps them apart by phrase, except in names that no phrase holds.
_EMOJI = {
    "👍": "good 赞", "👎": "bad 不好", "❤": "love 爱", "♥": "love 爱", "💕": "love 爱", "💖": "love 爱",
    "😍": "love 爱",
    "🥰": "love 爱", "😂": "haha 哈哈", "🤣": "haha 哈哈", "😭": "crying 哭", "😢": "crying 哭", "😡": "angry 生气",
    "🤮": "disgusting 恶心", "🤢": "disgusting 恶心", "😴": "boring 困", "🥱": "boring 困", "🙏": "thanks 谢谢",
    "👌": "ok 好", "✅": "yes 对", "❌": "no 不", "🔥": "great 很棒", "💯": "great 满分", "👏": "great 鼓掌",
    "😱": "scary 吓人", "👻": "ghost 鬼", "💀": "dead 笑死", "😅": "haha 尴尬", "🙄": "boring 无语", "👋": "hello 你好",
    "😊": "happy 开心", "😀": "happy 开心", "🎬": "film 电影", "📚": "books 书", "🎵": "music 音乐", "🎁": "gift 礼物",
}  # fmt: skip


class Converter(Protocol):
    """opencc's converter, as far as it is used here."""

    def convert(self, text: str) -> str: ...


@cache
def _simplifier() -> Converter:
    from opencc import OpenCC

    converter: Converter = OpenCC("t2s")
    return converter


@dataclass(frozen=True, slots=True)
class Normalised:
    """A message in one spelling.

    text: what is read. folded: the same length, lower case, accents and marks folded; for looking up.
    starts, ends: for each code point of `text` the code points of `raw` that it came from. traditional: t2s changed it.
    """

    raw: str
    text: str
    folded: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    traditional: bool

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Code points of the raw text behind text[start:end]; an empty span has no width there either."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else len(self.raw)
            return at, at
        return self.starts[start], self.ends[end - 1]

    def for_model(self) -> str:
        """The text with emoji as words, for the encoder only (its vocabulary has none)."""
        return "".join(f" {_EMOJI[c]} " if c in _EMOJI else c for c in self.text)


def fold(text: str) -> str:
    """Lower case without accents, code point by code point, so the length stays."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold, text))


@cache
def _fold(char: str) -> str:
    low = char.casefold()
    low = _FOLDED.get(low, low)
    base = unicodedata.normalize("NFD", low)[0] if low else char
    return base if len(base) == 1 else char


# Letters whose stroke no decomposition takes away.
_FOLDED = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ß": "s", "ss": "s", "æ": "a", "œ": "o", "þ": "t"}


def simplify(text: str) -> str:
    """Simplified characters, as many as came in. Names keep what opencc's phrases keep (乾隆, 乾坤)."""
    if not _CJK.search(text):
        return text
    converter = _simplifier()
    simple = converter.convert(text)
    return (
        simple
        if len(simple) == len(text)
        else "".join(one if len(one := converter.convert(c)) == 1 else c for c in text)
    )


def normalise(raw: str) -> Normalised:
    """One spelling of a message. Any string is accepted, lone surrogates and control characters included."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    plain = raw.isascii() and raw.isprintable()
    if plain:
        text = raw
        starts, ends = list(range(len(raw))), list(range(1, len(raw) + 1))
    else:
        for cluster in _CLUSTER.finditer(raw):
            for char in _cluster(cluster.group()):
                chars.append(char)
                starts.append(cluster.start())
                ends.append(cluster.end())
        text = "".join(chars)
    simple = simplify(text)
    return Normalised(raw, simple, fold(simple), tuple(starts), tuple(ends), simple != text)


@cache
def _one(char: str) -> str:
    if char in _FRACTIONS:
        return _FRACTIONS[char]
    out = unicodedata.normalize("NFKC", char).translate(_PLAIN)
    return "".join(c for c in out if c in _KEEP or not _hidden(c))


def _cluster(cluster: str) -> str:
    if len(cluster) == 1:
        return _one(cluster)
    out = unicodedata.normalize("NFKC", cluster[:33]).translate(_PLAIN)  # a base under a heap of marks is noise
    return "".join(c for c in out if not _hidden(c))


def _hidden(char: str) -> bool:
    """Control, format, surrogate, private or a variation selector: nothing that is read."""
    unread = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn")
    return unread or "\ufe00" <= char <= "\ufe0f" or char == "\ufffd"
