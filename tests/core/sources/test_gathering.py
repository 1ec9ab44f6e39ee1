"""Imported catalogues: taken in once, joined to what is there, and nothing half-written."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.catalog import Catalog, Item, Name, line
from core.errors import BuildError, DatabaseInUse, FormatError, SettingError
from core.holding import exclusive
from core.sources import gathering
from core.sources.gathering import Counts, directory, items, join, join_all, merged, ratings, take_in
from core.sources.rows import Entry, Rating, Refused, Row, Spot, Told, Work

SPOT = Spot("a.csv", 2)


def film(number: int, **fields: object) -> Item:
    return dataclasses.replace(
        Item(f"film:number-{number}", "film", Name(None, f"Number {number}"), 1990, links={"movielens": str(number)}),
        **fields,  # type: ignore[arg-type]
    )


def rating(user: str, number: int, share: float) -> Rating:
    return Rating(SPOT, user, Work(ids={"movielens": str(number)}), share)


def rows() -> list[Row]:
    return [
        *(Entry(SPOT, film(n)) for n in range(3)),
        Refused(SPOT, "broken"),
        rating("movielens:1", 0, 1.0), rating("movielens:1", 1, 0.2), rating("movielens:2", 0, 0.7),
        rating("movielens:2", 9, 1.0),
    ]  # fmt: skip


def numbers(counts: Counts) -> tuple[int, int, int]:
    assert counts.read == counts.imported + counts.merged + len(counts.refused)
    return counts.imported, counts.merged, len(counts.refused)


def test_a_second_import_imports_nothing(tmp_path: Path) -> None:
    place = directory(tmp_path, "mine")
    assert numbers(take_in(rows(), place)) == (6, 0, 2)
    before = {p.name: p.read_bytes() for p in place.iterdir()}
    assert numbers(take_in(rows(), place)) == (0, 6, 2)
    assert place.joinpath("items.jsonl").read_bytes() == before["items.jsonl"]
    told = ratings(place)
    by_pair = {(told.people[u], told.ids[i]): v for u, i, v in zip(told.users, told.items, told.values, strict=True)}
    assert by_pair == {
        ("movielens:1", "film:number-0"): 1.0, ("movielens:1", "film:number-1"): -1.0,
        ("movielens:2", "film:number-0"): 0.0,
    }  # fmt: skip


def test_the_newest_rating_counts(tmp_path: Path) -> None:
    place = directory(tmp_path, "mine")
    take_in(rows(), place)
    assert numbers(take_in([rating("movielens:1", 0, 0.2), rating("movielens:1", 0, 0.7)], place)) == (0, 2, 0)
    told = ratings(place)
    assert len(told.users) == 3
    assert told.values[(told.users == 0) & (told.items == 0)].tolist() == [0.0]


def test_what_another_file_knows_is_added_and_nothing_is_overwritten(tmp_path: Path) -> None:
    place = directory(tmp_path, "mine")
    take_in([Entry(SPOT, film(1, genres=("drama",)))], place)
    more = film(
        7,
        title=Name("一号", "Number 1"),
        genres=("comedy",),
        moods=("calm",),
        links={"movielens": "1", "imdb": "tt0000001"},
    )
    assert numbers(take_in([Entry(SPOT, more)], place)) == (0, 1, 0)
    (item,) = items(place)
    assert (item.id, item.title, item.genres, item.moods) == (
        "film:number-1",
        Name("一号", "Number 1"),
        ("drama",),
        ("calm",),
    )
    assert item.links == {"movielens": "1", "imdb": "tt0000001"}


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    assert numbers(take_in(rows(), directory(tmp_path, "mine"), dry_run=True)) == (6, 0, 2)
    assert list(tmp_path.iterdir()) == []


def test_an_import_that_breaks_off_leaves_all_as_it_was(tmp_path: Path) -> None:
    place = directory(tmp_path, "mine")
    take_in(rows(), place)
    before = {p.name: p.read_bytes() for p in place.iterdir()}

    def breaking() -> Iterator[Row]:
        yield Entry(SPOT, film(50))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(breaking(), place)
    assert {p.name: p.read_bytes() for p in place.iterdir()} == before


def test_an_item_that_no_catalogue_could_hold_is_refused(tmp_path: Path) -> None:
    counts = take_in([Entry(SPOT, film(1, attributes={"country": ["Germany"]}))], directory(tmp_path, "mine"))
    assert [(r.spot.column, r.reason) for r in counts.refused] == [
        ("attributes.country", "must be a list of two-letter codes")
    ]


def test_ratings_without_their_items_are_told(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="give the items' file too"):
        take_in([rating("movielens:1", 0, 1.0)], directory(tmp_path, "mine"))


def test_a_history_is_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="--chat"):
        take_in([Told(SPOT, Work(("Her",)))], directory(tmp_path, "mine"))


def test_one_import_at_a_time(tmp_path: Path) -> None:
    place = directory(tmp_path, "mine")
    place.parent.mkdir()
    with exclusive(place), pytest.raises(DatabaseInUse):
        take_in(rows(), place)


@pytest.mark.parametrize("name", ["starter", "movielens", "../up", "", "Ähm", "a b"])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingError):
        directory(tmp_path, name)


def test_a_file_put_there_by_hand_is_left_alone(tmp_path: Path) -> None:
    place = directory(tmp_path, "mine")
    place.mkdir(parents=True)
    (place / "hand.jsonl").write_text(line(film(1)) + "\n", encoding="utf-8")
    assert numbers(take_in([Entry(SPOT, film(1, genres=("war",))), Entry(SPOT, film(2))], place)) == (1, 1, 0)
    assert [item.id for item in items(place)] == ["film:number-1", "film:number-2"]
    assert items(place)[0].genres == ()


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    place = directory(tmp_path, "mine")
    place.mkdir(parents=True)
    (place / "hand.jsonl").write_text("no\n", encoding="utf-8")
    with pytest.raises(BuildError, match=r"hand\.jsonl:1"):
        items(place)


def test_joining_again_changes_nothing() -> None:
    base = [film(n) for n in range(3)]
    joined, rows_first = join(base, [film(1, genres=("war",)), film(5)])
    again, rows_second = join(joined, [film(1, genres=("war",)), film(5)])
    assert again == joined
    assert rows_first.tolist() == rows_second.tolist() == [1, 3]
    assert joined[1] == merged(base[1], film(1, genres=("war",)))


def test_another_work_of_one_id_gets_another_id() -> None:
    joined, rows_of = join([film(1)], [film(1, title=Name(None, "Else"), links={"movielens": "8"})])
    assert [item.id for item in joined] == ["film:number-1", "film:number-1-2"]
    assert rows_of.tolist() == [1]


def test_users_of_two_sources_are_different_people(tmp_path: Path) -> None:
    take_in(rows(), directory(tmp_path, "a"))
    take_in([Entry(SPOT, film(0)), rating("own:1", 0, 0.1), rating("movielens:2", 0, 0.1)], directory(tmp_path, "b"))
    joined = join_all(tmp_path, [film(0)], first_user=100)
    assert [item.id for item in joined.items] == ["film:number-0", "film:number-1", "film:number-2"]
    assert len(np.unique(joined.users)) == 3
    assert joined.users.min() == 100
    pairs = joined.users * 3 + joined.rows
    assert len(np.unique(pairs)) == len(pairs) == 4


def test_two_editions_of_one_work_are_one_rating(tmp_path: Path) -> None:
    def book(slug: str, title: str, **links: str) -> Item:
        return Item(f"book:{slug}", "book", Name(None, title), 1963, ("Katzenwiege",), links=links)

    editions = [book("a", "Cat's Cradle", goodbooks="1"), book("b", "Katzenwiege", goodbooks="2")]
    told = [Rating(SPOT, "m:1", Work(ids={"goodbooks": number}), 1.0) for number in "12"]
    take_in([*(Entry(SPOT, edition) for edition in editions), *told], directory(tmp_path, "a"))
    joined = join_all(tmp_path, [book("cats-cradle-1963", "Cat's Cradle")])
    assert (len(joined.items), joined.rows.tolist()) == (1, [0])


def test_one_catalogue_of_a_built_one(tmp_path: Path) -> None:
    take_in([Entry(SPOT, film(2)), Entry(SPOT, film(9))], directory(tmp_path, "a"))
    catalog = Catalog(tuple(join_all(tmp_path, [film(n) for n in range(4)]).items))
    assert gathering.rows_of(tmp_path, "a", catalog).tolist() == [2, 4]
    with pytest.raises(SettingError, match="there is: starter, a"):
        gathering.rows_of(tmp_path, "b", catalog)
    take_in([Entry(SPOT, film(11))], directory(tmp_path, "new"))
    with pytest.raises(SettingError, match="jianyan build"):
        gathering.rows_of(tmp_path, "new", catalog)
    assert [item.id for item in gathering.pending(tmp_path, catalog)] == ["film:number-11"]
