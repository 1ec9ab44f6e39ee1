"""One spelling for names, ids, ratings and dates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sources.names import (
    facets,
    imdb_id,
    in_languages,
    isbn,
    key,
    moment,
    number,
    plain_id,
    share,
    slug,
    variants,
    year_of,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Matrix", "matrix"),
        ("Amélie", "AMELIE"),
        ("Fast & Furious", "Fast and Furious"),
        ("大話西遊", "大话西游"),
        ("Ｈｅｒ", "her"),
    ],
)
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("title", "domain", "name"),
    [
        ("Matrix, The", "film", "The Matrix"),
        ("Seven (a.k.a. Se7en)", "film", "Se7en"),
        ("Dark: Season 1: Secrets", "film", "Dark"),
        ("权力的游戏 第一季", "film", "权力的游戏"),
        ("肖申克的救赎 / The Shawshank Redemption", "film", "The Shawshank Redemption"),
        ("Dune (Dune, #1)", "book", "Dune"),
        ("Cat's Cradle (Anniversary Edition)", "book", "Cat's Cradle"),
        ("Sapiens: A Brief History of Humankind", "book", "Sapiens"),
    ],
)
def test_a_title_stands_for_the_work(title: str, domain: str, name: str) -> None:
    assert key(name) in map(key, variants(title, domain))


@pytest.mark.parametrize(
    ("title", "domain", "name"),
    [
        ("Star Wars: Episode V - The Empire Strikes Back", "film", "Star Wars"),
        ("Twilight: The Graphic Novel", "book", "Twilight"),
        ("Animal Farm / 1984", "book", "1984"),
        ("The Fellowship of the Ring (Dune)", "book", "Dune"),
    ],
)
def test_a_title_does_not_stand_for_another_work(title: str, domain: str, name: str) -> None:
    assert key(name) not in map(key, variants(title, domain))


@pytest.mark.parametrize("spelling", ["278", 278, " 278", "278.0", 278.0, "'278"])
def test_four_spellings_of_one_id_meet(spelling: object) -> None:
    assert plain_id(spelling) == "278"


def test_imdb_ids_with_and_without_their_letters() -> None:
    assert {imdb_id(i) for i in ("tt0114709", "0114709", 114709, "https://www.imdb.com/title/tt0114709/")} == {
        "tt0114709"
    }
    assert imdb_id("tt10872600") == "tt10872600"
    assert imdb_id("") is imdb_id("0") is imdb_id("nm0000001") is None


@pytest.mark.parametrize(
    "text", ['="0441013597"', "0-441-01359-7", "9780441013593", '="9780441013593"', "978-0-441-01359-3"]
)
def test_isbns_of_one_edition(text: str) -> None:
    assert isbn(text) == "9780441013593"


@pytest.mark.parametrize("text", ["", '=""', "9.78043902348e+12", "9780441013594", "0441013598", "123"])
def test_what_is_no_isbn(text: str) -> None:
    assert isbn(text) is None


@pytest.mark.parametrize(
    ("text", "top", "wanted"),
    [
        ("5", 5, 1.0), ("10", 10, 1.0), ("0.5", 5, 0.1), ("4,5", 5, 0.9), ("0", 5, None), ("", 5, None),
        (None, 10, None), (0, 10, None), (8, 10, 0.8), ("85%", 5, 0.85), ("7/10", 5, 0.7),
        ("★★★½", 5, 0.7), ("NaN", 5, None),
    ],
)  # fmt: skip
def test_shares_of_every_scale(text: object, top: float, wanted: float | None) -> None:
    assert share(text, top) == pytest.approx(wanted)


@pytest.mark.parametrize("text", ["6", "-1", "good", "inf", "5 stars of 6", "1e3"])
def test_what_is_no_rating_of_five(text: str) -> None:
    with pytest.raises(ValueError):
        share(text, 5)


@given(st.text())
def test_any_text_is_a_share_or_refused(text: str) -> None:
    try:
        found = share(text, 5)
    except ValueError:
        return
    assert found is None or 0 < found <= 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2024-01-31", "2024-01-31"), ("2024/1/3", "2024-01-03"), ("2024年1月3日", "2024-01-03"),
        ("2024-01-01T10:00:00.000Z", "2024-01-01T10:00:00"), ("31/01/24", "2024-01-31"), ("1/31/24", "2024-01-31"),
        ("1/2/24", None), ("2024-02-31", None), ("", None), ("964982703", "2000-07-30"), ("soon", None),
    ],
)  # fmt: skip
def test_dates(text: str, wanted: str | None) -> None:
    assert moment(text) == wanted


def test_years() -> None:
    assert [year_of(t) for t in ("1967.0", "-750.0", "1999-10-15", "12/03/1999", "", "soon", "2011-6")] == [
        1967, -750, 1999, 1999, None, None, 2011,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12.50 USD", 12.5),
        ("1.299,00 €", 1299.0),
        ("1,299.00", 1299.0),
        ("1,299", 1299.0),
        ("9,5", 9.5),
        ("free", None),
    ],
)
def test_numbers(text: str, wanted: float | None) -> None:
    assert number(text) == wanted


def test_languages_by_script() -> None:
    assert in_languages("千と千尋の神隠し", "千与千寻").zh == "千与千寻"
    assert in_languages("千与千寻", "Spirited Away").en == "Spirited Away"


def test_words_become_facets_of_ours() -> None:
    genres, moods, keywords = facets(["Science Fiction", "科幻", "喜剧", "dark", "Time Travel", "??"], "film")
    assert genres == ("sci-fi", "comedy")
    assert moods == ("dark",)
    assert keywords == ("time-travel",)


@given(st.text(min_size=1))
def test_a_slug_is_never_empty_and_fits_an_id(text: str) -> None:
    assert slug(text)
    assert not set(slug(text)) - set("abcdefghijklmnopqrstuvwxyz0123456789-")
