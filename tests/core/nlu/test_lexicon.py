"""The facets that words name."""

import re
from pathlib import Path

import pytest

from core.catalog import AUDIENCES, DOMAINS, MOODS, Catalog
from core.nlu.lexicon import Lexicon, entries
from core.nlu.normalise import fold, simplify
from core.nlu.phrases import units
from core.turns import Target


def values(kind: str) -> set[str]:
    return {value for of, value in entries() if of == kind}


def test_every_value_of_the_catalogues_rules_has_words(root: Path) -> None:
    rules = (root / "catalog" / "README.md").read_text(encoding="utf-8")
    lists = re.findall(r"^(?:\w+ genres|Product categories|Topic kinds): (.+)$", rules, re.MULTILINE)
    assert len(lists) == 6
    assert {genre for each in lists for genre in each.split()} <= values("genre")
    assert set(MOODS) <= values("mood")
    assert set(AUDIENCES) <= values("audience")
    assert set(DOMAINS) <= values("domain")


def test_every_facet_is_called_something_in_both_languages() -> None:
    for (kind, value), (zh, en) in entries().items():
        if kind != "keyword":
            assert zh, (kind, value)
            assert en, (kind, value)
        assert all(simplify(word) == word for word in zh), f"{kind}:{value} holds traditional characters"


@pytest.mark.parametrize(
    ("word", "target"),
    [
        ("搞笑", "mood:funny"), ("烧脑", "mood:thoughtful"), ("治愈", "mood:warm"), ("鬼片", "genre:horror"),
        ("卡通", "genre:animation"), ("whodunit", "genre:mystery"), ("scifi", "genre:sci-fi"), ("chill", "mood:calm"),
        ("feel good", "mood:warm"), ("爱情片", "genre:romance"), ("片子", "domain:film"), ("tamil", "language:ta"),
        ("港片", "country:hk"), ("太空", "keyword:space"), ("搭子", "domain:topic"), ("礼物", "domain:product"),
    ],
)  # fmt: skip
def test_a_word_names_a_facet(word: str, target: str) -> None:
    folded = fold(word)
    found = Lexicon(Catalog(())).find(folded, units(folded))
    assert Target.parse(target) in found[0].values


def test_names_to_show() -> None:
    names = Lexicon(Catalog(())).names
    assert names.name(Target("genre", "sci-fi"), "zh") == "科幻"
    assert names.name(Target("decade", "1990"), "zh") == "90年代"
    assert names.name(Target("decade", "1990"), "en") == "1990s"
    assert names.name(Target("keyword", "no-such-thing"), "en") == "no such thing"
