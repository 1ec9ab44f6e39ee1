"""What small talk is about: a joke that is wanted, a bad day, who we are. Read only where it is small talk already."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from core.turns import Act, UnderstoodAct

_WORDS = Path(__file__).with_name("small_talk.toml")


@cache
def _kinds() -> Mapping[str, re.Pattern[str]]:
    """Each kind's words; English ones stand alone."""
    tables = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return {
        kind: re.compile("|".join((*words["zh"], rf"(?<![a-z])(?:{'|'.join(words['en'])})(?![a-z])")))
        for kind, words in tables.items()
    }


def named(act: UnderstoodAct, folded: str) -> UnderstoodAct:
    """The act, with the kind of small talk where its words tell one. folded: the whole message."""
    if act.act is not Act.CHIT_CHAT or act.kind is not None:
        return act
    return replace(act, kind=next((kind for kind, words in _kinds().items() if words.search(folded)), None))
