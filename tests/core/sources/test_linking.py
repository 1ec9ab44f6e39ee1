"""Which item a row speaks of: found where it is certain, refused where it is not."""

import pytest

from core.catalog import Item, Name, Person
from core.sources.linking import Index, Unlinked
from core.sources.rows import Work


def film(slug: str, en: str, year: int | None, zh: str | None = None, series: bool = False, **links: str) -> Item:
    attributes = {"form": "series"} if series else {}
    return Item(f"film:{slug}", "film", Name(zh, en), year, attributes=attributes, links=links)


def book(
    slug: str, en: str, year: int, author: str, zh: str | None = None, aliases: tuple[str, ...] = (), **links: str
) -> Item:
    return Item(
        f"book:{slug}", "book", Name(zh, en), year, aliases, (Person(Name(None, author), "author"),), links=links
    )


SHAWSHANK = film("shawshank", "The Shawshank Redemption", 1994, "肖申克的救赎", imdb="tt0111161", tmdb="movie/278")
NEWS = film("news", "An Old News Show", 1980, tmdb="tv/278")
MIAMI = film("miami", "Miami Rhapsody", 1995, movielens="278")
DUNES = film("dune-1984", "Dune", 1984), film("dune-2021", "Dune", 2021)
KONGS = film("kong-1933", "King Kong", 1933, imdb="tt0024216"), film("kong-2005", "King Kong", 2005, imdb="tt0360717")
SOLITUDE = book(
    "solitude", "One Hundred Years of Solitude", 1967, "Gabriel García Márquez", "百年孤独", ("Cien años de soledad",)
)
TWILIGHT = book("twilight", "Twilight", 2005, "Stephenie Meyer"), book("mediator", "Twilight", 2004, "Meg Cabot")
DARK = film("dark", "Dark", 2017, "暗黑", series=True), film("dark-film", "Dark", 2015)
INDEX = Index([SHAWSHANK, NEWS, MIAMI, *DUNES, *KONGS, SOLITUDE, *TWILIGHT, *DARK])


def found(work: Work) -> str:
    row = INDEX.find(work)
    return row.reason if isinstance(row, Unlinked) else INDEX.items[row].id.partition(":")[2]


@pytest.mark.parametrize(
    ("work", "wanted"),
    [
        (Work(("Shawshank Redemption, The",), 1994), "shawshank"),
        (Work(("the SHAWSHANK redemption",), 1995, "film", "film"), "shawshank"),
        (Work(("肖申克的救贖",), 1994), "shawshank"),
        (Work(("Dune",), 2021), "dune-2021"),
        (Work(("Dune",), 1983), "dune-1984"),
        (Work(("百年孤独",), None, "book"), "solitude"),
        (Work(("Cien años de soledad",), 2003, "book", None, "García Márquez, Gabriel", edition_year=True), "solitude"),
        (Work(("百年孤独",), 2011, "book", None, "马尔克斯", edition_year=True), "solitude"),
        (Work(("百年孤独（50周年纪念版）",), 1967, "book", None, "马尔克斯"), "solitude"),
        (Work(("One Hundred Years of Solitude (Vintage Classics)",), 1967, "book", None, "G. G. Márquez"), "solitude"),
        (Work(("One Hundred Years of Solitude",), 1964, "book", None, "G. G. Márquez"), "solitude"),
        (Work(("Twilight",), None, "book", creator="Meg Cabot"), "mediator"),
        (Work(("Twilight",), 2005, "book", creator="Meg Cabot"), "mediator"),
        (Work(("Dark: Season 1: Secrets",), None, "film", "series"), "dark"),
        (Work(("暗黑 第二季",), None, "film"), "dark"),
        (Work((), None, "film", "film", ids={"": "278", "imdb": "tt0111161"}), "shawshank"),
    ],
)  # fmt: skip
def test_what_is_certain_is_found(work: Work, wanted: str) -> None:
    assert found(work) == wanted


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        (Work(("Dune",)), "ambiguous: Dune, 1984 (film:dune-1984) or Dune, 2021 (film:dune-2021)"),
        (Work(("Twilight",), None, "book"), "ambiguous: Twilight, 2005 (book:twilight) or Twilight, 2004 (book:medi"),
        (Work(("Nobody Knows This",), 1990), "not in the catalogue"),
        (Work(("Dune",), 2000), "not in the catalogue; of that name there is Dune, 1984 (film:dune-1984)"),
        (Work(("Dune",), 1965, "book"), "not in the catalogue"),
        (Work(("King Kong",), 2005, ids={"imdb": "tt0024216"}), "the id is King Kong, 1933"),
        (Work(("Something Else",), 1950, ids={"imdb": "tt0111161"}), "the id is The Shawshank Redemption, 1994"),
        (Work(("The Shawshank Redemption",), 1994, ids={"imdb": "tt9999999"}), "not in the catalogue"),
        (Work((), None, ids={"imdb": "tt0111161", "movielens": "278"}), "its ids are of two works"),
        (Work((), None, ids={"": "278"}), "ambiguous: "),
        (Work((), None, ids={"": "5"}), "not in the catalogue"),
        (Work(("Twilight",), 2005, "book", creator="J. Other"), "not in the catalogue"),
        (Work(("One Hundred Years of Solitude",), 1964, "book"), "not in the catalogue"),
        (Work(("One Hundred Years of Solitude",), 1963, "book", None, "G. G. Márquez"), "not in the catalogue"),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_refused_with_its_reason(work: Work, reason: str) -> None:
    assert found(work).startswith(reason)


def test_kind_and_namespace_are_part_of_an_id() -> None:
    rows = [
        Work(("The Shawshank Redemption",), 1994, "film", "film", ids={"": "278"}),
        Work(("肖申克的救赎",), 1994, "film", "film", ids={"": "278"}),
        Work(("An Old News Show",), 1980, "film", "series", ids={"": "278"}),
        Work(("The Shawshank Redemption",), 1994, ids={"imdb": "tt0111161"}),
        Work(("An Old News Show",), 1980, "film", "film", ids={"": "278"}),
    ]
    assert [found(work) for work in rows[:4]] == ["shawshank", "shawshank", "news", "shawshank"]
    assert "the title is An Old News Show" in found(rows[4])


def test_a_translated_title_of_the_right_year_does_not_contradict_its_id() -> None:
    assert found(Work(("Die Verurteilten",), 1994, "film", ids={"imdb": "tt0111161"})) == "shawshank"


@pytest.mark.parametrize(
    ("item", "same"),
    [
        (film("x", "Shawshank Redemption", 1995), "shawshank"),
        (film("x", "Die Verurteilten", 1994, imdb="tt0111161"), "shawshank"),
        (film("x", "The Shawshank Redemption", 1994, imdb="tt7777777"), None),
        (film("x", "King Kong", 1976), None),
        (film("x", "Dark", 2016, series=True), "dark"),
        (book("x", "Twilight", 2005, "Somebody Else"), None),
        (book("twilight", "Twilight", 2005, "Somebody Else"), None),
        (book("x", "Cien años de soledad", 1967, "García Márquez"), "solitude"),
        (Item("article:x", "article", Name(None, "Dune"), 1984), None),
    ],
)
def test_an_item_of_another_catalogue(item: Item, same: str | None) -> None:
    row = INDEX.same(item)
    assert (None if row is None else INDEX.items[row].id.partition(":")[2]) == same


def test_a_made_up_number_of_goodreads_does_not_outweigh_the_title() -> None:
    emma = book("emma", "Emma", 1815, "Jane Austen", goodreads="1")
    index = Index([SOLITUDE, emma])
    named = Work(
        ("One Hundred Years of Solitude",), 1967, "book", creator="Gabriel García Márquez", ids={"goodreads": "1"}
    )
    assert index.find(named) == 0
    assert index.find(Work(("Эмма",), 1815, "book", creator="Джейн Остин", ids={"goodreads": "1"})) == 1
    assert index.find(Work(("Persuasion",), 1817, "book", creator="Jane Austen", ids={"goodreads": "1"})) == Unlinked(
        "not in the catalogue"
    )


def test_two_products_of_one_name_are_two() -> None:
    index = Index([Item("product:t-shirt", "product", Name(None, "T-shirt"), links={"shopify": "tee-red"})])
    assert index.same(Item("product:t-shirt", "product", Name(None, "T-shirt"), links={"shopify": "tee-blue"})) is None
    assert index.same(Item("product:t-shirt", "product", Name(None, "T-shirt!"), links={"shopify": "tee-red"})) == 0
