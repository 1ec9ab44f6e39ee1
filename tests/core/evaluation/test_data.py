"""Ratings and films as MovieLens publishes them, in each of its forms."""

from pathlib import Path

import numpy as np
import pytest
from worlds import TasteWorld

from core.errors import FormatError, InteractionsError
from core.evaluation.data import Data, load
from core.evaluation.ratings import load_movielens

OLD_FILM = "1|Toy Story (1995)|01-Jan-1995||http://x|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n"


def test_the_films_are_the_catalogue_and_one_without_a_year_is_left_out(data: Data, world: TasteWorld) -> None:
    assert data.catalog is not None
    assert len(data.catalog) == data.size == 90
    assert len(data.interactions.values) == len(world.interactions.values)
    row = int(data.interactions.item_ids[0])
    assert data.catalog.items[row].links["movielens"] == str(world.interactions.item_ids[0])


def test_what_is_known_of_people_makes_groups(data: Data) -> None:
    assert data.groups["sex"][1000] == "F"
    assert data.groups["age"][1000] == "under 25"
    assert set(data.groups["age"].values()) == {"under 25", "25 to 34", "35 to 49", "50 and over"}


def test_it_names_itself_by_its_content(directory: Path, data: Data, tmp_path: Path) -> None:
    other = tmp_path / directory.name
    other.mkdir()
    for name in ("ratings.csv", "movies.csv"):
        (other / name).write_bytes((directory / name).read_bytes())
    assert load(other).about() == data.about()
    (other / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1000,10,5,0\n")
    assert load(other).digest != data.digest


def test_ratings_alone_have_no_catalogue_and_say_the_same(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_bytes((directory / "ratings.csv").read_bytes())
    found, known = load(tmp_path), load_movielens(tmp_path)
    assert found.catalog is None
    assert found.groups == {}
    np.testing.assert_array_equal(found.interactions.values, known.values)
    np.testing.assert_array_equal(found.interactions.item_ids, known.item_ids)


def test_the_old_tables_are_read_with_their_people(tmp_path: Path) -> None:
    (tmp_path / "u.data").write_text("7\t1\t5\t881250949\n8\t1\t2\t881250949\n")
    (tmp_path / "u.item").write_text(OLD_FILM, encoding="latin-1")
    (tmp_path / "u.user").write_text("7|24|M|technician|85711\n8|53|F|other|94043\n")
    found = load(tmp_path)
    assert found.interactions.values.tolist() == [1.0, -1.0]
    assert found.groups == {"sex": {7: "M", 8: "F"}, "age": {7: "under 25", 8: "50 and over"}}


@pytest.mark.parametrize(
    ("rated", "words"),
    [
        ("1,2,good\n", ("ratings.csv:2", "rating")),
        ("1,2,4\n1,2,5\n", ("ratings.csv:3", "stand in line 2")),
        ("", ("no interactions",)),
    ],
)
def test_a_rating_that_cannot_be_used_is_named(tmp_path: Path, rated: str, words: tuple[str, ...]) -> None:
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating\n" + rated)
    with pytest.raises(InteractionsError) as raised:
        load(tmp_path)
    assert all(word in str(raised.value) for word in words)


def test_a_person_that_cannot_be_read_is_named(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_bytes((directory / "ratings.csv").read_bytes())
    (tmp_path / "users.csv").write_text("userId,gender,age\n1000,F,old\n")
    with pytest.raises(InteractionsError, match=r"users\.csv:2: age: 'old'"):
        load(tmp_path)
    (tmp_path / "users.csv").write_text("userId,gender,age\nme,F,30\n")
    with pytest.raises(InteractionsError, match=r"users\.csv:2: userId"):
        load(tmp_path)


def test_a_directory_without_ratings_is_refused(tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n")
    with pytest.raises(FormatError, match="holds none of"):
        load(tmp_path)
