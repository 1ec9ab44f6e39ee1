"""An operator's edits: laid over the sources, kept whole, taken back whole."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import Catalog, Item, Name
from core.errors import BuildError, CatalogError
from core.sources import editing
from core.sources.editing import Edits


def film(number: int) -> Item:
    return Item(
        f"film:number-{number}", "film", Name(f"第{number}号", f"Number {number}"), 1990, attributes={"minutes": 90}
    )


FILMS = tuple(film(n) for n in range(5))


def test_a_field_is_set_and_the_rest_stays() -> None:
    edits, after = Edits().edit(FILMS[2], {"title": {"zh": "新名"}, "genres": ["drama"]})
    assert after.title == Name("新名", "Number 2")
    assert after.genres == ("drama",)
    assert after.year == 1990
    assert edits.applied(FILMS) == [*FILMS[:2], after, *FILMS[3:]]


def test_edits_of_one_item_add_up_and_null_takes_an_entry_away() -> None:
    edits, after = Edits().edit(FILMS[2], {"attributes": {"rating": 7.5}})
    edits, after = edits.edit(after, {"attributes": {"minutes": None}, "year": 1991})
    assert after.attributes == {"rating": 7.5}
    assert edits.applied(FILMS)[2] == after


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id": "film:other"}, "id"),
        ({"domain": "book"}, "domain"),
        ({"year": "soon"}, "year"),
        ({"title": {"zh": None, "en": None}}, "title"),
        ({"genres": "drama"}, "genres"),
    ],
)
def test_what_no_item_can_be_is_refused(fields: dict[str, object], field: str) -> None:
    with pytest.raises(CatalogError) as refused:
        Edits().edit(FILMS[0], fields)
    assert refused.value.field == field


@given(st.sets(st.integers(0, 4)), st.sets(st.integers(0, 4)))
def test_hiding_is_undone_by_showing(hidden: set[int], shown: set[int]) -> None:
    edits = Edits()
    for n in hidden:
        edits = edits.hide(FILMS[n].id)
    for n in shown:
        edits = edits.hide(FILMS[n].id, hidden=False)
    assert edits.overlay(Catalog(FILMS)).items == FILMS
    assert edits.hidden == {FILMS[n].id for n in hidden - shown}


def test_they_are_read_as_they_were_written(tmp_path: Path) -> None:
    assert editing.read(tmp_path) == Edits()
    edits = Edits().edit(FILMS[1], {"about": {"zh": "一句话"}})[0].hide(FILMS[3].id)
    editing.write(tmp_path, edits)
    assert editing.read(tmp_path) == edits


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"changed": 3, "hidden": []}', '{"changed": {}, "hidden": 3}'])
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    editing.path(tmp_path).parent.mkdir()
    editing.path(tmp_path).write_text(text)
    with pytest.raises(BuildError, match=r"edits\.json: damaged"):
        editing.read(tmp_path)


def test_an_edit_that_its_source_has_outgrown_is_left_out() -> None:
    edits = Edits({FILMS[0].id: {"title": {"zh": None}}})
    only_chinese = Item("film:number-0", "film", Name("第0号", None))
    assert edits.applied([only_chinese, FILMS[1]]) == [only_chinese, FILMS[1]]
