"""The adapter's sentences."""

import string

import pytest

from bot.inbound import THINGS
from bot.phrases import has, phrases, say
from core.turns import Lang

KEYS = [(f"{section}.{name}", texts) for section, names in phrases().items() for name, texts in names.items()]


def texts_of(texts: dict[str, str | list[str]], lang: str) -> list[str]:
    found = texts[lang]
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize(("key", "texts"), KEYS)
def test_every_phrase_is_said_in_both_languages_with_the_same_values(
    key: str, texts: dict[str, str | list[str]]
) -> None:
    assert set(texts) == {"zh", "en"}, key
    assert len(texts_of(texts, "zh")) == len(texts_of(texts, "en"))
    values = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for lang in ("zh", "en")
        for text in texts_of(texts, lang)
    ]
    assert all(one == values[0] for one in values)
    assert all(text.strip() == text and text for lang in ("zh", "en") for text in texts_of(texts, lang))


@pytest.mark.parametrize("lang", [Lang.ZH, Lang.EN])
def test_every_kind_of_thing_has_lines_of_its_own(lang: Lang) -> None:
    lines = [say(f"thing.{kind}", lang, seed) for kind in THINGS for seed in range(2)]
    assert len(set(lines)) == 2 * len(THINGS)


def test_values_are_escaped() -> None:
    assert "&lt;b&gt;" in say("unknown.command", Lang.EN, name="<b>")


def test_traditional_readers_get_their_characters() -> None:
    assert say("button.why", Lang.ZH, traditional=True) == "為什麼"
    assert say("button.why", Lang.EN, traditional=True) == "why"


def test_a_missing_phrase_is_known_to_be_missing() -> None:
    assert has("status.like")
    assert not has("status.nonsense")
    assert not has("nonsense.like")
