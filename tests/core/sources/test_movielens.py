"""MovieLens: names unfolded, films joined to ours, nothing trusted before its hash."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.catalog import Item, Name, line, parse
from core.errors import BuildError
from core.sources import movielens
from core.sources.movielens import Film, Ratings, film, join, names, reactions


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Toy Story", ("Toy Story",)),
        ("Blind Side, The ", ("The Blind Side",)),
        ("Green Ray, The (Rayon vert, Le)", ("The Green Ray", "Le Rayon vert")),
        ("Avventura, L' (a.k.a. Adventure, The)", ("L'Avventura", "The Adventure")),
        (
            "Legend, The (Legend of Fong Sai-Yuk, The) (Fong Sai Yuk)",
            ("The Legend", "The Legend of Fong Sai-Yuk", "Fong Sai Yuk"),
        ),
        ("(500) Days of Summer", ("(500) Days of Summer",)),
        ("Good, the Bad and the Ugly, The", ("The Good, the Bad and the Ugly",)),
        ("Crouching Tiger, Hidden Dragon", ("Crouching Tiger, Hidden Dragon",)),
        ("Birdman: Or (The Unexpected Virtue of Ignorance)", ("Birdman: Or (The Unexpected Virtue of Ignorance)",)),
        ("Seven (a.k.a. Se7en)", ("Seven", "Se7en")),
    ],
)
def test_names_stand_as_people_say_them(title: str, expected: tuple[str, ...]) -> None:
    assert names(title) == expected


def test_genres_are_ours() -> None:
    made = film(1, "X", 1950, "Children|Sci-Fi|Film-Noir|IMAX|Drama")
    assert made.genres == ("family", "sci-fi", "drama")
    assert made.keywords == ("noir",)
    assert film(1, "X", 1950, "(no genres listed)").genres == ()


def ours(slug: str, en: str, year: int, *aliases: str) -> Item:
    return Item(f"film:{slug}", "film", Name("名", en), year, aliases=aliases)


def ratings(*films: Film, stars: int = 0) -> Ratings:
    """One rating a film, and `stars` more of 4 stars for the first."""
    rows = np.array([*range(len(films)), *[0] * stars])
    users = np.array([0] * len(films) + list(range(1, stars + 1)))
    return Ratings(films, users, rows, np.full(len(rows), 4.0))


def rated(title: str, year: int, number: int = 1) -> Film:
    return film(number, title, year, "Drama")


@pytest.mark.parametrize(
    ("item", "theirs"),
    [
        (ours("seven-1995", "Se7en", 1995), rated("Seven (a.k.a. Se7en)", 1995)),
        (ours("amelie-2001", "Amelie", 2001), rated("Amélie (Fabuleux destin d'Amélie Poulain, Le)", 2001)),
        (ours("godfather-1972", "The Godfather", 1972), rated("Godfather, The", 1973)),
        (ours("leon-1994", "Léon", 1994, "Leon: The Professional"), rated("Léon: The Professional", 1994)),
        (
            ours("empire-1980", "The Empire Strikes Back", 1980),
            rated("Star Wars: Episode V - The Empire Strikes Back", 1980),
        ),
        (ours("fast-2001", "The Fast & the Furious", 2001), rated("Fast and the Furious, The", 2001)),
    ],
)
def test_a_film_of_ours_is_found_by_any_of_its_names(item: Item, theirs: Film) -> None:
    items, rows = join([item], ratings(theirs))
    assert rows.tolist() == [0]
    assert len(items) == 1


@pytest.mark.parametrize(
    ("item", "theirs"),
    [
        (ours("dune-2021", "Dune", 2021), rated("Dune", 1984)),
        (ours("hunger-2012", "The Hunger Games", 2012), rated("Hunger Games: Catching Fire, The", 2013)),
        (ours("x-2000", "X", 2000), rated("!!!", 2000)),
        (Item("book:dune-1984", "book", Name("沙丘", "Dune"), 1984), rated("Dune", 1984)),
    ],
)
def test_another_film_becomes_an_item_of_its_own(item: Item, theirs: Film) -> None:
    items, rows = join([item], ratings(theirs))
    assert rows.tolist() == [1]
    assert items[1].title == Name(None, theirs.names[0])
    assert parse(line(items[1]), strict=False) == items[1]


def test_of_two_films_the_one_of_the_same_year_is_ours() -> None:
    item = ours("ring-2002", "The Ring", 2002)
    _, rows = join([item], ratings(rated("Ring, The", 2001, 1), rated("Ring, The", 2002, 2)))
    assert rows.tolist() == [1, 0]


def test_ids_are_unique_and_ascii() -> None:
    films = (rated("Hamlet", 2000, 1), rated("Hamlet", 2000, 2), rated("Amélie", 2001, 3), rated("千と千尋", 2001, 4))
    items, _ = join([], ratings(*films))
    assert [item.id for item in items] == [
        "film:hamlet-2000", "film:hamlet-2000-2", "film:amelie-2001", "film:movielens-4-2001",
    ]  # fmt: skip


def test_a_mean_of_enough_ratings_becomes_a_rating_of_ten() -> None:
    films = (rated("A", 2000, 1), rated("B", 2000, 2))
    items, _ = join([], ratings(*films, stars=movielens.LEAST_RATINGS - 1))
    assert [item.attributes.get("rating") for item in items] == [8.0, None]
    known = Item("film:a-2000", "film", Name("甲", "A"), 2000, attributes={"rating": 9.5})
    items, _ = join([known], ratings(*films, stars=50))
    assert items[0].attributes["rating"] == 9.5


def test_stars_become_reactions() -> None:
    assert reactions(np.array([0.5, 2.5, 3.0, 3.5, 4.0, 5.0])).tolist() == [-1, -1, 0, 0, 1, 1]


def test_a_frame_loses_films_without_title_and_double_ratings() -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {
            "movieId": [5, 3, 5, 9, 5], "title": ["B", "A", "B", None, "B"],
            "year": [2000.0, 1999.0, 2000.0, None, 2000.0],
            "genres": ["Drama"] * 5, "userId": [1, 1, 2, 2, 1], "rating": [4.0, 3.5, 1.0, 5.0, 2.0],
        }
    )  # fmt: skip
    read = movielens.from_frame(frame)
    assert [f.names[0] for f in read.films] == ["A", "B"]
    triples = zip(read.users.tolist(), read.rows.tolist(), read.stars.tolist(), strict=True)
    assert sorted(triples) == [(1, 0, 3.5), (1, 1, 4.0), (2, 1, 1.0)]


def test_another_pickle_is_never_opened(tmp_path: Path) -> None:
    wheel = tmp_path / "w.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(movielens.MEMBER, b"cos\nsystem\n(S'touch pwned'\ntR.")
    with pytest.raises(BuildError, match="not opened"):
        movielens.read(wheel)


@pytest.mark.parametrize("content", [None, b"no zip"])
def test_a_wheel_without_the_frame_is_refused(tmp_path: Path, content: bytes | None) -> None:
    wheel = tmp_path / "w.whl"
    if content is None:
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("other", b"")
    else:
        wheel.write_bytes(content)
    with pytest.raises(BuildError, match=r"w\.whl"):
        movielens.read(wheel)
