"""A finished reply in a model's words, if they say the same: every title, name and number is held against ours."""

import re
from collections.abc import Callable

from core.nlu.lexicon import common_words
from core.turns import Lang
from core.wording import written

_TASK = (
    "Say the following in your own words, as a friend would in a chat, in the same language and about as short. "
    "Keep every name, title and number exactly as it stands; add no fact, no praise and no question. "
    "Answer with the sentence alone.\n"
)
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*|[二三四五六七八九十百千万两]+")
_QUOTED = re.compile(r"《[^》]*》|“[^”]*”|「[^」]*」|『[^』]*』|\"[^\"]*\"")
_NEGATIONS = re.compile(r"[不没无别]|\b(?:no|not|none|never|nothing|without|cannot)\b|n['’]t\b", re.IGNORECASE)
_QUESTION = re.compile(r"[?？]")
_CAPITALISED = re.compile(r"(?<![\w'’])[A-Z][\w'’-]*")
_BEGINS = re.compile(r"(?:^|[.!?…。！？:：\n]\s*[\"“‘']?)$")
_MARKUP = re.compile(r"[<>*_`#\[\]{}|]|https?:|@\w")
_WORD = re.compile(r"[A-Za-z][\w'’-]*")


def ask(text: str) -> tuple[tuple[str, str], ...]:
    """The messages (role, text) to a model."""
    return (("system", _TASK), ("user", text))


def why_not(ours: str, theirs: str, named: Callable[[str], frozenset[str]]) -> str | None:
    """Why the model's words cannot stand for ours; None where they can.

    named: what a text names, as the bot itself would read it: items, people, and words that are names.
    """
    if not theirs or len(theirs) > 1.5 * len(ours) + 20 or theirs.count("\n") > ours.count("\n"):
        return "length"
    if _MARKUP.search(theirs) or not theirs.isprintable() and "\n" not in theirs:
        return "markup"
    if written(ours, Lang.MIXED) is not written(theirs, Lang.MIXED):
        return "language"
    if sorted(_NUMBERS.findall(ours)) != sorted(_NUMBERS.findall(theirs)):
        return "number"
    if sorted(_QUOTED.findall(ours)) != sorted(_QUOTED.findall(theirs)):
        return "title"
    if any(bool(sign.search(ours)) is not bool(sign.search(theirs)) for sign in (_NEGATIONS, _QUESTION)):
        return "meaning"
    if _strangers(ours, theirs) or named(ours) != named(theirs):
        return "name"
    return None


def _strangers(ours: str, theirs: str) -> set[str]:
    """Words of theirs that look like names and are not ours. An everyday word may begin a sentence."""
    known = {word.casefold() for word in _WORD.findall(ours)}
    found = set()
    for match in _CAPITALISED.finditer(theirs):
        word = match.group().casefold()
        everyday = word.replace("'", "").replace("’", "") in common_words()
        begins = bool(_BEGINS.search(theirs[: match.start()].rstrip(" ")))
        if word not in known and not (everyday and (begins or word == "i")):
            found.add(word)
    return found
