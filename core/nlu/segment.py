"""Words and their parts of speech, by a jieba of one's own: no other engine of the process sees its words."""

import logging
import os
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

RARE = 5  # of 60 million words that jieba's list was counted on
_EVERYDAY = 1500  # of the same, from which a part of a name is everybody's word
_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text at [start, end) with jieba's part of speech."""

    text: str
    tag: str
    start: int
    end: int


@cache
def _dictionary() -> tuple[dict[str, int], int, dict[str, str]]:
    """jieba's frequencies, their total, and its tags, read once a process and never changed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42 asks for pkg_resources and has old escapes
        import jieba

        jieba.setLogLevel(logging.WARNING)
        jieba.dt.dictionary = os.devnull  # posseg makes an engine on import that is never used here: of no words
        import jieba.posseg

        jieba.dt.dictionary = None
    frequencies: dict[str, int] = {}
    tags: dict[str, str] = {}
    total = 0
    with jieba.get_module_res("dict.txt") as file:
        for raw in file:
            spelt, count, tag = raw.split()
            frequency = int(count)
            if frequency < RARE and (len(spelt) > 4 or len(spelt.decode("utf-8")) > 1):
                continue  # two words in three of the list, which nobody types in a chat
            word = spelt.decode("utf-8")
            frequencies[word] = frequency
            tags[word] = sys.intern(tag.decode("ascii"))
            total += frequency
            for i in range(1, len(word)):
                frequencies.setdefault(word[:i], 0)
    return frequencies, total, tags


class _Over(dict[str, Any]):  # Any: frequencies or tags, as jieba keeps them
    """Words of one's own over a dictionary that all share: half a million words are not copied for each engine."""

    def __init__(self, shared: dict[str, Any]) -> None:
        super().__init__()
        self.shared = shared

    def __missing__(self, word: str) -> Any:
        return self.shared[word]

    def __contains__(self, word: object) -> bool:
        return super().__contains__(word) or word in self.shared

    def get(self, word: str, default: Any = None) -> Any:
        found = super().get(word)
        return self.shared.get(word, default) if found is None else found


class Segmenter:
    """Cuts a simplified text. The words given at the start are words; afterwards it is only read, by any thread."""

    def __init__(self, words: Iterable[tuple[str, str]] = ()) -> None:
        """words: (word, tag), such as the people of a catalogue (`nr`)."""
        with _LOCK:
            frequencies, total, tags = _dictionary()
            from jieba import Tokenizer
            from jieba.posseg import POSTokenizer

        # jieba is untyped. Its state is set here so that it neither reads its files again nor writes a cache.
        tokenizer: Any = Tokenizer()
        tokenizer.FREQ, tokenizer.total, tokenizer.initialized = _Over(frequencies), total, True
        for word, tag in words:
            if word not in frequencies or not frequencies[word]:
                tokenizer.add_word(word, None, tag)
        tagger: Any = POSTokenizer.__new__(POSTokenizer)
        tagger.tokenizer = tokenizer
        tagger.word_tag_tab = _Over(tags)
        tagger.word_tag_tab.update(tokenizer.user_word_tag_tab)
        self._tagger = tagger

    def cut(self, text: str) -> list[Word]:
        """Words of the text in order, blanks left out."""
        found, at = [], 0
        for pair in self._tagger.cut(text):
            start = text.find(pair.word, at)
            if start < 0:  # jieba drops nothing, but a blank that it folds would shift all that follows
                continue
            at = start + len(pair.word)
            if not pair.word.isspace():
                found.append(Word(pair.word, pair.flag, start, at))
        return found

    def everyday(self, phrase: str) -> bool:
        """Several words, each of which everybody uses."""
        parts = [word.text for word in self.cut(phrase)]
        return len(parts) > 1 and all(self.frequency(part) > _EVERYDAY for part in parts)

    def split(self, text: str) -> list[tuple[str, str]]:
        """(word, the tag it mostly has) in order, in a tenth of the time of `cut`, which weighs tags by neighbours."""
        tags = self._tagger.word_tag_tab
        return [(word, tags.get(word, "x")) for word in self._tagger.tokenizer.cut(text) if not word.isspace()]

    def frequency(self, word: str) -> int:
        """How often jieba's corpus has the word; 0 where it is none."""
        return int(self._tagger.tokenizer.FREQ.get(word, 0))
