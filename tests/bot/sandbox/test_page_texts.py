"""The chat page's words: each that it says is there in both languages, and none is left over."""

import re
from pathlib import Path

import pytest


@pytest.fixture
def page(root: Path) -> dict[str, str]:
    """The page's files by name."""
    return {path.name: path.read_text("utf-8") for path in (root / "bot/sandbox/page").iterdir()}


def test_every_word_that_is_said_is_in_the_texts_and_none_is_left_over(page: dict[str, str]) -> None:
    texts = page.pop("texts.js")
    known = set(re.findall(r'^  "?([\w. -]+?)"?: \[', texts, re.MULTILINE))
    code = "\n".join(page.values())
    said = set(re.findall(r'(?:\bt\(|data-(?:t|label|placeholder)=)"([^"]+)"', code))
    assert said - known == set()
    made = tuple(re.findall(r"(?:t|named)\(`([\w.]+)\$", code))  # the rest of these is a value
    assert [one for one in known if f'"{one}"' not in code and not one.startswith(made)] == []


def test_every_text_has_two_languages_with_the_same_values(page: dict[str, str]) -> None:
    rows = re.findall(r'^  "?[\w. -]+?"?: \[(.*?)\],?$', page["texts.js"], re.MULTILINE)
    assert len(rows) > 100
    for row in rows:
        chinese, english = re.match(r'"((?:[^"\\]|\\.)*)", (.*)', row).groups()  # type: ignore[union-attr]
        assert english.startswith(('"', "{ one: ")), row
        assert set(re.findall(r"\{(\w+)\}", chinese)) == set(re.findall(r"\{(\w+)\}", english)), row


def test_every_icon_is_drawn_once_and_used(page: dict[str, str]) -> None:
    drawn = re.findall(r'symbol id="i-(\w+)"', page["index.html"])
    assert len(drawn) == len(set(drawn))
    code = "\n".join(page.values())
    assert [name for name in drawn if f'"#i-{name}"' not in code and f'"{name}"' not in code] == []
    named = re.findall(r'href="#i-(\w+)"|icon\("(\w+)"\)|icon: "(\w+)"', code)
    assert {name for names in named for name in names if name} <= set(drawn)
