"""Is it a message at all? And in which language?"""

import re
import unicodedata
from collections.abc import Sequence

from core.nlu.cues import Said
from core.nlu.lexicon import common_words, ordinary_words
from core.nlu.mentions import Mention
from core.nlu.normalise import Normalised
from core.turns import Context, Lang

LONGEST = 4000
_HAN = re.compile(r"[㐀-鿿豈-﫿]")
_LATIN_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
_OTHER = re.compile(r"[Ѐ-ԯ֐-׿؀-ۿऀ-෿฀-๿က-႟ぁ-ヿㄱ-ㆎ가-힣Ͱ-Ͽ]")
# Words that only these languages' everyday sentences have; two of them, and no English, make a foreign sentence.
_FOREIGN = frozenset(
    "le la les des une est je tu vous nous avec pour dans bonjour merci quel quelle qui recommande "
    "voudrais veux ce soir comique pas quoi el los las una es yo para con por que como hola gracias "
    "pelicula terror ver quiero recomienda buenas una muy esta donde der die das und ist ich nicht ein "
    "eine mit fur auf wie guten danke bitte mochte einen empfehlen gibt kannst du mir zeig guten gute il "
    "lo gli un sono che per ciao grazie vorrei consigliami voglio buongiorno o os as uma nao voce ola "
    "obrigado quero och att jag det som inte vill en van het een ik niet bir ve icin bu merhaba tesekkur "
    "nasil tolong saya mau terima kasih yang xin chao toi muon xem phim".split()
)
# Small words of Chinese, as they are typed without a Chinese keyboard.
_PINYIN = frozenset(
    "wo ni ta xiang yao bu bie kan ting meiyou youmeiyou tuijian dian dianying pian haokan zhao gei lai yige yibu de "
    "le ma ba ne you shenme sha kehuan xiju kongbu xihuan dongman gequ yinyue xiaoshuo jinwan suibian haiyou "
    "zenme".split()
)
_SHARED = frozenset(
    "la le film die die das es un en no me o as per que con bin van een du de la una il pas du sur mit 'est".split()
)
_VOWEL_LESS = re.compile(r"^[bcdfghjklmnpqrstvwxz]{5,}$")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def language_of(message: Normalised, context: Context) -> Lang:
    """zh, en or mixed, by script; names and titles in quotes aside; context's language where nothing tells."""
    text = re.sub(r"《[^》]*》?|\"[^\"]*\"|“[^”]*”", " ", message.folded)
    han = len(_HAN.findall(text))
    words = len(_LATIN_WORD.findall(text))
    if not han and not words:
        han, words = len(_HAN.findall(message.folded)), len(_LATIN_WORD.findall(message.folded))
    if not han and not words:
        return context.language
    if not words:
        return Lang.ZH
    if not han:
        return Lang.ZH if _in_pinyin(message.folded) else Lang.EN
    share = han / (han + 2 * words)
    return Lang.ZH if share >= 0.86 else Lang.EN if share <= 0.12 else Lang.MIXED


def settle_language(lang: Lang, message: Normalised, mentions: Sequence[Mention]) -> Lang:
    """The language with linked names left out: "so Inception 适合我吗" is mixed, "Inception 讲什么的" is Chinese."""
    text = list(message.folded)
    for mention in mentions:
        if mention.link is not None:
            text[mention.start : mention.end] = " " * (mention.end - mention.start)
    rest = "".join(text)
    rest = re.sub(r"\d+(?:\.\d+)?[a-z]{1,3}(?![a-z])", " ", rest)  # 1.5k, 2h: a unit is no language
    han, words = len(_HAN.findall(rest)), len(_LATIN_WORD.findall(rest))
    if not han and not words:
        return lang
    if not words:
        return Lang.ZH
    if not han and not _in_pinyin(message.folded):
        return Lang.EN
    return lang


def _in_pinyin(folded: str) -> bool:
    """Chinese typed in Latin letters: its small words, and hardly any English."""
    words = _LATIN_WORD.findall(folded)
    small = sum(word in _PINYIN for word in words)
    english = sum(word in common_words() and word not in _PINYIN for word in words)
    return small >= 2 and english <= 0.34 * len(words)


def judge(
    message: Normalised,
    mentions: Sequence[Mention],
    said: Sequence[Said],
    context: Context,
) -> str | None:
    """None, or `empty`, `long`, `language`, `noise`."""
    if len(message.raw) > LONGEST:
        return "long"
    text = message.folded
    if not text.strip():
        return "empty"
    letters = [c for c in text if c.isalnum()]
    if not letters:
        emoji = any(unicodedata.category(c) == "So" for c in text)
        if said or mentions or emoji:
            return None
        return "noise"
    other = len(_OTHER.findall(message.text))
    if other and other >= 0.3 * len(letters) and not any(m.link for m in mentions):
        return "language"
    if not _HAN.search(text) and _foreign(_LATIN_WORD.findall(text)) and not any(m.link for m in mentions):
        return "language"
    if said or mentions:
        return None
    if _HAN.search(text):
        if len(set(letters)) == 1 and len(letters) >= 5:
            return "noise"
        return None
    words = _LATIN_WORD.findall(text)
    if not words:
        # a bare number may answer a question or pick a place
        return None if context.expecting or context.shown else "noise"
    known = [w for w in words if w.replace("'", "") in common_words() or w in _SLANG]
    if known and len(known) >= 0.25 * len(words):
        return None
    strangers = not any(w in ordinary_words() or w.rstrip("s") in ordinary_words() for w in words)
    if all(_noise(w) for w in words) or strangers and len(words) > 1 and any(_noise(w) for w in words):
        return "noise"
    return None


_SLANG = frozenset("u r y n k idk nvm pls plz wat ur smth sth yr nxt gr8 suprise agian dunno gonna wanna".split())


def _foreign(words: list[str]) -> bool:
    """More words of another language than of English, two at least."""
    foreign = sum(w in _FOREIGN and w not in _SHARED for w in words)
    shared = sum(w in _SHARED for w in words)
    english = sum(w in common_words() and w not in _FOREIGN for w in words)
    return foreign >= 2 and foreign + shared > english or foreign >= 1 and shared >= 1 and not english


def _noise(word: str) -> bool:
    """Keyboard noise: no word has five consonants in a row and few runs of neighbouring keys."""
    if len(word) < 4:
        return False
    if _VOWEL_LESS.search(word) or re.search(r"[bcdfghjklmnpqrstvwxz]{5,}", word):
        return True
    if re.fullmatch(r"(.{1,3})\1{2,}.?", word):
        return True
    runs = sum(
        1
        for a, b in zip(word, word[1:], strict=False)
        if any(abs(row.find(a) - row.find(b)) <= 1 and a in row and b in row for row in _ROWS)
    )
    return runs >= 0.6 * (len(word) - 1) and len(word) >= 5 and not word.endswith(("ed", "er", "we", "ere", "as"))
