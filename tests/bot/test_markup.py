"""Telegram's HTML: escaped, balanced, and counted in UTF-16 units."""

import html
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markup import blanked, cut, cut_html, entity_text, escape, html_of, sendable, split_html, units, visible
from bot.sandbox.entities import parse_html
from bot.sandbox.entities import units as counted

TAGS = ("b", "i", "code", "blockquote")
OPENS = {"blockquote": "<blockquote expandable>"}

texts = st.text(st.sampled_from("a <&>\"'𠮷😂字\n\u202e\ud83d\0"), max_size=30) | st.text(max_size=30)
pieces = st.recursive(
    texts.map(escape),
    lambda inner: (
        st.builds(
            lambda tag, parts: OPENS.get(tag, f"<{tag}>") + "".join(parts) + f"</{tag}>",
            st.sampled_from(TAGS),
            st.lists(inner, max_size=3),
        )
        | st.lists(inner, max_size=3).map("".join)
    ),
    max_leaves=8,
)


class Tags(HTMLParser):
    """Text of HTML, by the standard library; AssertionError where tags are crossed or left open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


# ---- lengths ----


@given(texts)
def test_units_are_those_of_utf_16(text: str) -> None:
    text = sendable(text)
    assert units(text) == len(text.encode("utf-16-le")) // 2 == counted(text)


@given(texts)
def test_escaped_text_is_as_long_as_the_text_itself(text: str) -> None:
    assert visible(escape(text)) == units(sendable(text))


@given(texts)
def test_nothing_unsendable_passes(text: str) -> None:
    told = escape(text)
    told.encode()
    assert not set(told) & set("\ud83d\0\u202e\x07\x7f")
    assert "<" not in told
    assert html.unescape(told) == sendable(text)


def test_what_a_title_may_hold_stays() -> None:
    assert sendable("《她》 👨‍👩‍👧 é\tשלום\n") == "《她》 👨‍👩‍👧 é\tשלום\n"


# ---- cutting ----


@given(texts, st.integers(1, 40))
def test_cut_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    text = sendable(text)
    short = cut(text, limit)
    assert units(short) <= limit
    assert short == text or short.endswith("…") and text.startswith(short[:-1])


@given(pieces, st.integers(1, 60))
def test_cut_html_fits_is_balanced_and_a_beginning(text: str, limit: int) -> None:
    short = cut_html(text, limit)
    whole, told = Tags(text).text, Tags(short).text
    assert visible(short) == units(told) <= limit
    assert short == text if units(whole) <= limit else told.endswith("…") and whole.startswith(told[:-1])


@given(pieces, st.integers(2, 60))
def test_split_html_loses_no_letter_and_each_part_is_whole(text: str, limit: int) -> None:
    parts = split_html(text, limit)
    assert parts
    told = [Tags(part).text for part in parts]
    assert all(units(part) <= limit for part in told)
    assert "".join(told).replace("\n", "") == Tags(text).text.replace("\n", "")


def test_a_part_begins_with_the_tags_that_were_open_and_a_split_falls_on_a_line_end() -> None:
    assert split_html("<b>one\ntwo three</b>", 10) == ["<b>one</b>", "<b>two three</b>"]
    assert split_html("<blockquote expandable>abcd</blockquote>", 2) == [
        "<blockquote expandable>ab</blockquote>",
        "<blockquote expandable>cd</blockquote>",
    ]


@pytest.mark.parametrize("text", ["", "<b></b>"])
def test_what_has_no_letters_is_one_part(text: str) -> None:
    assert split_html(text, 5) == [text]


# ---- entities ----


@given(texts, texts, texts)
def test_an_entity_means_its_part_and_blanking_keeps_every_other_offset(before: str, inside: str, after: str) -> None:
    before, inside, after = sendable(before), sendable(inside), sendable(after)
    text, offset, length = before + inside + after, units(before), units(inside)
    assert entity_text(text, offset, length) == inside
    assert blanked(text, offset, length, "_") == before + "_" * length + after


@given(pieces)
def test_html_of_a_message_that_came_back_is_what_was_sent(text: str) -> None:
    plain, entities = parse_html(text)
    back = html_of(plain, entities)
    assert Tags(back).text == plain
    assert parse_html(back)[0] == plain
    assert [e["type"] for e in parse_html(back)[1]] == [e["type"] for e in entities]


wild = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "offset", "length"]), inner, max_size=3)
    ),
    max_leaves=8,
)
spans = st.fixed_dictionaries({
    "type": st.sampled_from(["bold", "italic", "code", "blockquote", "expandable_blockquote", "url", "bot_command"]),
    "offset": st.integers(0, 30),
    "length": st.integers(0, 30),
})  # fmt: skip


@given(texts, st.lists(spans, max_size=4))
def test_html_of_overlapping_entities_is_balanced(text: str, entities: list[dict[str, object]]) -> None:
    text = sendable(text)
    told = Tags(html_of(text, entities)).text
    assert "\ufffd" in told or told == text  # an entity may end within a letter


def test_an_entity_that_reaches_out_of_another_ends_with_it() -> None:
    entities = [{"type": "bold", "offset": 1, "length": 2}, {"type": "italic", "offset": 0, "length": 2}]
    assert html_of("abc", entities) == "<i>a<b>b</b></i>c"


@given(texts, wild)
def test_html_of_entities_of_no_form_breaks_nothing(text: str, entities: object) -> None:
    Tags(html_of(text, entities))
