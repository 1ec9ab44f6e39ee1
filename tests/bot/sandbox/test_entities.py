"""Telegram's HTML, and what it finds in plain texts."""

import contextlib
import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import KINDS, found_in, marked, parse_html, trimmed, units
from bot.sandbox.schema import Refusal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("想 < b", 'Unsupported start tag "" at byte offset 4'),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x"', "Unclosed start tag at byte offset 0"),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(text: str, words: str) -> None:
    with pytest.raises(Refusal) as error:
        parse_html(text)
    assert error.value.description == f"Bad Request: can't parse entities: {words}"
    assert error.value.breach


def test_html_becomes_text_and_entities_in_utf16_units() -> None:
    text, entities = parse_html("👨‍👩‍👧 <b>《a &amp; b》</b>\n<blockquote expandable><i>c</i></blockquote>")
    assert text == "👨‍👩‍👧 《a & b》\nc"
    start = units("👨‍👩‍👧 ")
    assert entities == [
        {"type": "bold", "offset": start, "length": 7},
        {"type": "expandable_blockquote", "offset": start + 8, "length": 1},
        {"type": "italic", "offset": start + 8, "length": 1},
    ]


def test_links_mentions_code_and_references_are_read() -> None:
    ann = {"id": 5, "is_bot": False, "first_name": "Ann"}
    text, entities = parse_html(
        '<a href="https://a.example/?x=1&amp;y=2">l</a><a href="tg://user?id=5">m</a><a href="tg://user?id=6">n</a>'
        '<a>b.example</a><a>nothing</a><pre><code class="language-py">p</code></pre><code class="language-c">c</code>'
        '<span class="tg-spoiler">s</span>&#x1F600;&nbsp;&#0;',
        {5: ann},
    )
    assert text == "lmnb.examplenothingpcs😀&nbsp;&#0;"
    assert [(e["type"], e["offset"], e["length"]) for e in entities] == [
        ("text_link", 0, 1), ("text_mention", 1, 1), ("text_link", 3, 9), ("pre", 19, 1), ("code", 20, 1),
        ("spoiler", 21, 1),
    ]  # fmt: skip
    assert [e["url"] for e in entities if "url" in e] == ["https://a.example/?x=1&y=2", "http://b.example"]
    assert entities[1]["user"] == ann
    assert entities[3]["language"] == "py"
    assert "language" not in entities[4]


@given(st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda text: html.escape(text, quote=False)),
    lambda inner: st.tuples(st.sampled_from(["b", "i", "u", "s", "blockquote", "tg-spoiler"]), st.lists(inner)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
))  # fmt: skip
def test_escaped_html_always_parses_and_entities_lie_within_its_text(text: str) -> None:
    found, entities = parse_html(text)
    for entity in entities:
        assert entity["length"] > 0
        assert 0 <= entity["offset"] <= entity["offset"] + entity["length"] <= units(found)
    after, kept = trimmed(found, entities)
    assert after == after.rstrip()
    assert all(entity["offset"] + entity["length"] <= units(after) for entity in kept)


@given(st.text())
def test_text_without_markup_comes_out_as_it_is(text: str) -> None:
    assert parse_html(html.escape(text, quote=False)) == (text, [])


@given(st.lists(st.sampled_from(["<", ">", "</", "b", "a", " ", "=", '"', "'", "&", "&lt;", ";", "href", *KINDS])))
def test_any_soup_of_tags_is_parsed_or_refused(pieces: list[str]) -> None:
    with contextlib.suppress(Refusal):
        text, entities = parse_html("".join(pieces))
        assert all(entity["offset"] + entity["length"] <= units(text) for entity in entities)


def test_white_space_at_the_ends_goes_but_not_before_a_bold_start() -> None:
    assert trimmed(" \n a \x07b\r\n ", []) == ("a  b", [])
    bold = {"type": "bold", "offset": 1, "length": 5}
    assert trimmed("  ab  ", [bold]) == (" ab", [{"type": "bold", "offset": 0, "length": 3}])


def test_commands_mentions_links_and_hashtags_are_found_outside_of_links() -> None:
    text = "😀 /ask@jianyan_demo_bot @ann https://a.example #film a/b"
    assert [(e["type"], e["offset"], e["length"]) for e in found_in(text)] == [
        ("bot_command", 3, 21), ("mention", 25, 4), ("url", 30, 17), ("hashtag", 48, 5),
    ]  # fmt: skip
    link = {"type": "text_link", "offset": 25, "length": 4, "url": "https://b.example"}
    assert "mention" not in [e["type"] for e in marked(text, [link])]
