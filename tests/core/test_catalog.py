"""Lines of a catalogue: what is read, and what a broken line is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import line, parse, read
from core.errors import CatalogError

STARTER = sorted((Path(__file__).parents[2] / "catalog").glob("*.jsonl"))
FILM: dict[str, Any] = {
    "id": "film:rain-1999",
    "domain": "film",
    "title": {"zh": "雨", "en": "Rain"},
    "aliases": ["Drops"],
    "year": 1999,
    "people": [{"name": {"zh": "甲", "en": "Ann"}, "role": "director"}],
    "genres": ["drama"],
    "moods": ["warm"],
    "keywords": ["rain", "friendship", "tea"],
    "attributes": {"minutes": 90, "country": ["cn"], "language": ["zh"], "audience": "family"},
    "about": {"zh": "下了一整天雨。", "en": "It rains all day."},
    "links": {"imdb": "tt0000001"},
}


def test_every_line_of_the_starter_is_read_and_written_as_it_was() -> None:
    items, errors = read(STARTER)
    assert not errors
    assert [parse(line(item)) for item in items] == items


def test_a_line_says_what_it_holds() -> None:
    item = parse(json.dumps(FILM))
    assert (item.id, item.title.zh, item.year, item.people[0].role) == ("film:rain-1999", "雨", 1999, "director")
    assert item.number("minutes") == 90


@pytest.mark.parametrize(
    ("field", "value", "named", "says"),
    [
        ("id", "rain", "id", "domain:name"),
        ("id", "book:rain", "id", "must start with film:"),
        ("domain", None, "domain", "is missing; it is one of film"),
        ("domain", "game", "domain", "'game' is none of film"),
        ("title", "Rain", "title", '"zh": text'),
        ("title", {"zh": "", "en": "Rain"}, "title", "missing in one language"),
        ("year", "1999", "year", "is no year"),
        ("year", True, "year", "is no year"),
        ("year", None, "year", "is missing"),
        ("people", [], "people", "is missing"),
        ("people", [{"name": {"zh": "甲", "en": "Ann"}}], "people", "a name and a role"),
        ("genres", "drama", "genres", "list of texts"),
        ("genres", [], "genres", "0 given"),
        ("genres", ["Sci Fi"], "genres", "lower-case"),
        ("moods", ["damp"], "moods", "'damp' is none of"),
        ("keywords", ["rain"], "keywords", "1 given, wanted 3 to 9"),
        ("attributes", [], "attributes", "an object"),
        ("attributes", {"minutes": "90"}, "attributes.minutes", "is no number"),
        ("attributes", {"country": ["China"]}, "attributes.country", "two-letter"),
        ("attributes", {"audience": "dogs"}, "attributes.audience", "'dogs' is none of"),
        ("about", None, "about", "is missing"),
        ("links", {"imdb": 1}, "links", "texts by name"),
    ],
)
def test_a_broken_line_names_file_line_and_field(
    tmp_path: Path, field: str, value: object, named: str, says: str
) -> None:
    path = tmp_path / "own.jsonl"
    whole = {**FILM, "id": "film:tea-2001"}
    path.write_text(f"{json.dumps(whole)}\n{json.dumps({**FILM, field: value})}\n", encoding="utf-8")
    items, (error,) = read([path])
    assert [item.id for item in items] == ["film:tea-2001"]
    assert (error.path, error.line, error.field) == (path, 2, named)
    assert says in error.reason
    assert str(error).startswith(f"{path}:2: {named}: ")


def test_a_product_needs_a_price() -> None:
    with pytest.raises(CatalogError, match="needs a price"):
        parse(json.dumps({**FILM, "id": "product:tea", "domain": "product"}))


def test_an_id_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(f"{json.dumps(FILM)}\n" * 2, encoding="utf-8")
    items, (error,) = read([path])
    assert len(items) == 1
    assert (error.line, error.field, error.reason) == (2, "id", "film:rain-1999 stands at own.jsonl:1 already")


@given(st.text(max_size=80) | st.recursive(st.none() | st.booleans() | st.integers(), st.lists).map(json.dumps))
def test_no_line_breaks_the_reading(text: str) -> None:
    with pytest.raises(CatalogError):
        parse(text)


@pytest.mark.parametrize("field", sorted(FILM))
@pytest.mark.parametrize("value", [None, True, 5, 1.5, "x", {}, {"a": 1}, [None], [5], [[]]], ids=json.dumps)
def test_fields_of_any_shape_are_refused_or_read(field: str, value: object) -> None:
    try:
        item = parse(json.dumps({**FILM, field: value}), strict=False)
    except CatalogError as refused:
        named = refused.field
    else:
        named = field
        assert parse(line(item), strict=False) == item
    assert named.partition(".")[0] == field
