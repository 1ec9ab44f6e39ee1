"""Every catalogue format, on a few lines written by hand: good rows, broken rows, and the traps of each."""

# ruff: noqa: E501  # rows stand in one line, as they do in the files

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.catalog import Item, Name, line, parse
from core.errors import FormatError
from core.sources.files import Files
from core.sources.formats import AUTO, FORMATS, detect
from core.sources.rows import Entry, Options, Rating, Refused, Row, reaction

Read = Callable[..., list[Row]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Rows of files given by name; the format is named, and must be what `auto` finds."""

    def read(form: str, auto: bool = True, columns: dict[str, str] | None = None, **contents: str | bytes) -> list[Row]:
        paths = []
        for name, text in contents.items():
            path = tmp_path / name.replace("__", ".")
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            paths.append(path)
        files = Files.of(paths)
        assert not auto or detect(files).name == form
        return list(FORMATS[form].read(files, Options(columns=columns or {})))

    return read


def items(rows: list[Row]) -> list[Item]:
    found = [row.item for row in rows if isinstance(row, Entry)]
    for item in found:
        assert parse(line(item), strict=False) == item  # what a reader gives can be written down
    return found


def refused(rows: list[Row]) -> list[tuple[int, str]]:
    return [(row.spot.line, row.reason) for row in rows if isinstance(row, Refused)]


def test_movielens(read: Read) -> None:
    rows = read(
        "movielens",
        movies__csv="movieId,title,genres\n"
        '1,"Matrix, The (1999)",Action|Sci-Fi\n'
        '2,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",(no genres listed)\n'
        "3,No Year,Drama\n",
        links__csv="movieId,imdbId,tmdbId\n1,0133093,603\n2,0112682,\n",
        ratings__csv="userId,movieId,rating,timestamp\n1,1,4.0,964982703\n1,2,0.5,1\n2,1,9.0,1\nx,y,z,1\n1,7,3.5,1\n",
        tags__csv="userId,movieId,tag,timestamp\n1,1,Dystopia,1\n2,1,dystopia,1\n3,1,dystopia,1\n1,1,rare,1\n",
    )
    matrix, city = items(rows)
    assert (matrix.title.en, matrix.year, matrix.genres, matrix.keywords) == (
        "The Matrix",
        1999,
        ("action", "sci-fi"),
        ("dystopia",),
    )
    assert matrix.links == {"movielens": "1", "imdb": "tt0133093", "tmdb": "movie/603"}
    assert (city.title.en, city.aliases, city.genres) == (
        "The City of Lost Children",
        ("La Cité des enfants perdus",),
        (),
    )
    assert city.links == {"movielens": "2", "imdb": "tt0112682"}
    ratings = [row for row in rows if isinstance(row, Rating)]
    assert [(r.user, r.work.ids["movielens"], reaction(r.share)) for r in ratings] == [
        ("movielens:1", "1", 1.0), ("movielens:1", "2", -1.0), ("movielens:1", "7", 0.0),
    ]  # fmt: skip
    assert [n for n, _ in refused(rows)] == [4, 4, 5]


def test_movielens_of_the_older_releases(read: Read) -> None:
    rows = read(
        "movielens",
        movies__dat="1::Léon (1994)::Crime\n".encode("latin-1"),
        ratings__dat="7::1::5::978300760\n",
    )
    assert items(rows)[0].title.en == "Léon"
    assert [r.user for r in rows if isinstance(r, Rating)] == ["movielens:7"]


def test_imdb(read: Read) -> None:
    head = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n"
    rows = read(
        "imdb",
        title__basics__tsv__gz=gzip.compress(
            (
                head + 'tt0095765\tmovie\t"Cinema" Paradiso\tNuovo Cinema Paradiso\t0\t1988\t\\N\t155\tDrama,Romance\n'
                "tt0000002\ttvEpisode\tX\tX\t0\t1999\t\\N\t\\N\t\\N\n"
                "tt0000003\tmovie\tUnknown\tUnknown\t0\t1999\t\\N\t\\N\t\\N\n"
                "tt0903747\ttvSeries\tBreaking Bad\tBreaking Bad\t0\t2008\t2013\t45\tCrime\n"
                "tt0000004\tmovie\n"
            ).encode()
        ),
        title__ratings__tsv="tconst\taverageRating\tnumVotes\ntt0095765\t8.5\t280000\ntt0903747\t9.5\t2000000\ntt0000003\t5.0\t12\n",
        title__akas__tsv="titleId\tordering\ttitle\tregion\tlanguage\ttypes\tattributes\tisOriginalTitle\n"
        "tt0095765\t1\t星光伴我心\tHK\t\\N\t\\N\t\\N\t0\n"
        "tt0095765\t2\t天堂电影院\tCN\tzh\t\\N\t\\N\t0\n",
        title__crew__tsv="tconst\tdirectors\twriters\ntt0095765\tnm0868153\t\\N\n",
        name__basics__tsv="nconst\tprimaryName\nnm0868153\tGiuseppe Tornatore\n",
    )
    film, series = items(rows)
    assert film.title == Name("天堂电影院", '"Cinema" Paradiso')
    assert film.aliases == ("Nuovo Cinema Paradiso", "星光伴我心")
    assert (film.attributes["minutes"], film.attributes["rating"], film.genres) == (155, 8.5, ("drama", "romance"))
    assert [(p.name.en, p.role) for p in film.people] == [("Giuseppe Tornatore", "director")]
    assert series.attributes["form"] == "series"
    assert [n for n, _ in refused(rows)] == [6]


def test_tmdb_counts_films_and_series_apart(read: Read) -> None:
    film = {
        "id": 278, "title": "肖申克的救赎", "original_title": "The Shawshank Redemption", "original_language": "en",
        "overview": "", "release_date": "1994-09-23", "genres": [{"id": 18, "name": "剧情"}], "runtime": 142,
        "vote_average": 8.7, "vote_count": 25000, "popularity": 99.0, "imdb_id": "tt0111161",
    }  # fmt: skip
    series = {"id": 278, "name": "An Old News Show", "original_name": "An Old News Show", "overview": "News.",
              "first_air_date": "", "genre_ids": [10765], "vote_average": 9.0, "vote_count": 2, "popularity": 1.0}  # fmt: skip
    rows = read("tmdb", a__json=json.dumps({"page": 1, "results": [film, series, {"id": 5, "title": ""}]}))
    first, second = items(rows)
    assert first.title == Name("肖申克的救赎", "The Shawshank Redemption")
    assert first.links == {"tmdb": "movie/278", "imdb": "tt0111161"}
    assert first.about == Name(None, None)
    assert (second.links, second.genres, second.year) == ({"tmdb": "tv/278"}, ("sci-fi",), None)
    assert "rating" not in second.attributes
    assert len(refused(rows)) == 1


def test_the_daily_file_of_tmdb_gives_what_is_known(read: Read) -> None:
    lines = [
        {"adult": False, "id": 1, "original_title": "Big", "popularity": 50.0, "video": False},
        {"adult": False, "id": 2, "original_title": "Small", "popularity": 0.6, "video": False},
    ]
    rows = read("tmdb", ids__json__gz=gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    assert [(i.title.en, i.links["tmdb"]) for i in items(rows)] == [("Big", "movie/1")]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_wikidata_gives_both_names(read: Read, form: str) -> None:
    table = [
        ("item", "label_zh_hant", "label_zh_cn", "label_en", "imdb", "date", "director"),
        ("http://www.wikidata.org/entity/Q172241", "刺激1995", "肖申克的救赎", "The Shawshank Redemption", "tt0111161", "1995-02-01", "Frank Darabont"),
        ("http://www.wikidata.org/entity/Q172241", "刺激1995", "肖申克的救赎", "The Shawshank Redemption", "tt0111161", "1994-09-10", "Frank Darabont"),
        ("http://www.wikidata.org/entity/Q1", "", "", "Q1", "", "", ""),
    ]  # fmt: skip
    if form == "csv":
        text = "\n".join(map(",".join, table)) + "\n"
    else:
        bindings = [{k: {"value": v} for k, v in zip(table[0], row, strict=True) if v} for row in table[1:]]
        text = json.dumps({"results": {"bindings": bindings}})
    rows = read("wikidata", **{f"a__{form}": text})
    (film,) = items(rows)
    assert film.title == Name("肖申克的救赎", "The Shawshank Redemption")
    assert (film.year, film.aliases) == (1994, ("刺激1995",))
    assert film.links == {"wikidata": "Q172241", "imdb": "tt0111161"}
    assert [reason for _, reason in refused(rows)] == ["has no name in any language asked for"]


def test_goodbooks_keeps_its_two_kinds_of_numbers_apart(read: Read) -> None:
    rows = read(
        "goodbooks",
        books__csv="book_id,goodreads_book_id,isbn,isbn13,authors,original_publication_year,original_title,title,language_code,average_rating\n"
        '1,2,0441013597,9.78044E+12,"Frank Herbert, X Y",1965.0,Dune,"Dune (Dune, #1)",eng,4.2\n'
        "2,1,,,Homer,-750.0,Ὀδύσσεια,The Odyssey,eng,3.7\n,5,,,A,,,T,,\n",
        ratings__csv="user_id,book_id,rating\n1,1,5\n1,2,2\n2,1,7\n",
        tags__csv="tag_id,tag_name\n9,science-fiction\n8,to-read\n7,classics\n",
        book_tags__csv="goodreads_book_id,tag_id,count\n2,8,900\n2,9,100\n1,7,50\n",
    )
    dune, odyssey = items(rows)
    assert (dune.id, dune.title.en, dune.genres) == ("book:dune-1965", "Dune", ("sci-fi",))
    assert dune.links == {"goodbooks": "1", "goodreads": "2", "isbn": "9780441013593"}
    assert [p.name.en for p in dune.people] == ["Frank Herbert", "X Y"]
    assert (odyssey.year, odyssey.genres) == (-750, ("classic",))
    assert [(r.work.ids["goodbooks"], reaction(r.share)) for r in rows if isinstance(r, Rating)] == [
        ("1", 1.0),
        ("2", -1.0),
    ]
    assert [n for n, _ in refused(rows)] == [4, 4]


def test_shopify_joins_the_rows_of_a_product(read: Read) -> None:
    rows = read(
        "shopify",
        a__csv="Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Variant Price,Variant Barcode,Status\n"
        'mug,Blue mug,"<p>For <b>tea</b>\n&amp; coffee.</p>",V,Kitchen,"gift, tea",TRUE,12.00,,active\n'
        "mug,,,,,,,9.50,,\n"
        "old,Old mug,,V,Kitchen,,true,5,,archived\n"
        ",Lost,,,,,,,,\n",
    )
    (mug,) = items(rows)
    assert (mug.title.en, mug.attributes["price"], mug.about.en) == ("Blue mug", 9.5, "For tea & coffee.")
    assert mug.links == {"shopify": "mug"}
    assert "kitchen" in mug.genres
    assert refused(rows) == [(6, "is empty: this row belongs to no product"), (5, "is not on sale (Status archived)")]


def test_woocommerce_gives_variations_to_their_parent(read: Read) -> None:
    rows = read(
        "woocommerce",
        a__csv="\ufeffID,Type,SKU,Name,Published,Short description,Description,Sale price,Regular price,Categories,Tags,Parent\n"
        '44,variable,tee,T-shirt,1,Soft.,,,,"Clothing > Shirts, Gifts",cotton,\n'
        '45,variation,tee-s,T-shirt S,1,,,,"19,90",,,id:44\n'
        "46,variation,tee-m,T-shirt M,1,,,15,20,,,tee\n"
        "47,variation,x,Lost,1,,,,9,,,id:99\n"
        "48,simple,draft,Draft,0,,,,9,,,\n",
    )
    (shirt,) = items(rows)
    assert (shirt.attributes["price"], shirt.links["woocommerce"], shirt.about.en) == (15, "44", "Soft.")
    assert sorted(n for n, _ in refused(rows)) == [5, 6]


GOOGLE = """<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
<item><g:id>1a</g:id><g:title>Kettle</g:title><g:price>39.00 USD</g:price><g:item_group_id>1</g:item_group_id>
<g:product_type>Home &gt; Kitchen</g:product_type><link>https://shop.example/1</link></item>
<item><g:id>1b</g:id><g:title>Kettle, red</g:title><g:price>41.00 USD</g:price><g:sale_price>29.00 USD</g:sale_price>
<g:item_group_id>1</g:item_group_id></item><item><g:id>2</g:id></item></channel></rss>"""


@pytest.mark.parametrize("form", ["xml", "txt"])
def test_google_products(read: Read, form: str) -> None:
    table = "id\ttitle\tprice\tsale_price\tlink\titem_group_id\n1a\tKettle\t39.00 USD\t\thttps://shop.example/1\t1\n"
    rows = read(
        "google-products",
        **{f"a__{form}": GOOGLE if form == "xml" else table + "1b\tKettle, red\t41 USD\t29 USD\t\t1\n\tX\t\t\t\t\n"},
    )
    (kettle,) = items(rows)
    assert (kettle.title.en, kettle.attributes) == ("Kettle", {"price": 29, "currency": "USD"})
    assert kettle.links == {"google": "1", "url": "https://shop.example/1"}
    assert [reason for _, reason in refused(rows)] == ["lacks id or title"]


def test_rss(read: Read) -> None:
    rows = read(
        "feed",
        a__xml=(
            '<?xml version="1.0" encoding="GBK"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            "<channel><title>站</title><item><title>咖啡的历史 &amp; 未来</title><link>https://a.example/1</link>"
            "<pubDate>Mon, 06 Sep 2021 00:01:00 +0000</pubDate><dc:creator>老王</dc:creator><category>历史</category>"
            f"<description>&lt;p&gt;一杯咖啡&lt;/p&gt;</description><content:encoded><![CDATA[{'字' * 900}]]>"
            "</content:encoded></item>\n<item><title>无链接</title></item></channel></rss>"
        ).encode("gbk"),
    )
    (article,) = items(rows)
    assert (article.title.zh, article.year, article.genres) == ("咖啡的历史 & 未来", 2021, ("history",))
    assert (article.about.zh, article.links) == ("一杯咖啡", {"url": "https://a.example/1"})
    assert article.attributes == {"language": ["zh"], "minutes": 2}
    assert article.people[0].name.zh == "老王"
    assert refused(rows) == [(2, "lacks a link")]


def test_atom(read: Read) -> None:
    (article,) = items(
        read(
            "feed",
            a__xml='<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>urn:1</id><title>On rain</title>'
            '<link rel="self" href="https://a.example/feed"/><link href="https://a.example/rain"/>'
            '<updated>2020-05-01T00:00:00Z</updated><author><name>Ann</name></author><category term="nature"/>'
            "<summary>Wet&nbsp;days.</summary></entry></feed>",
        )
    )
    assert (article.links["url"], article.year, article.people[0].name.en) == ("https://a.example/rain", 2020, "Ann")
    assert (article.about.en, article.genres) == ("Wet days.", ("nature",))


def test_jsonl_names_the_broken_field(read: Read) -> None:
    good = line(Item("film:her-2013", "film", Name("她", "Her"), 2013, links={"imdb": "1798709"}))
    rows = read("jsonl", a__jsonl=f'{good}\n{{"id": "film:x", "domain": "film", "title": {{}}}}\nno\n')
    assert [i.links for i in items(rows)] == [{"imdb": "tt1798709"}]
    assert [(r.spot.line, r.spot.column) for r in rows if isinstance(r, Refused)] == [(2, "title"), (3, "line")]


def test_douban_table(read: Read) -> None:
    rows = read(
        "douban",
        movies__csv="MOVIE_ID,NAME,ALIAS,ACTORS,DIRECTORS,GENRES,REGIONS,MINS,IMDB_ID,DOUBAN_SCORE,YEAR,STORYLINE\n"
        "1292052,肖申克的救赎,刺激1995 / The Shawshank Redemption,蒂姆·罗宾斯,弗兰克·德拉邦特,剧情/犯罪,美国,142,tt0111161,9.7,1994,希望。\n"
        ",无名,,,,,,,,,,\n",
        ratings__csv="RATING_ID,USER_MD5,MOVIE_ID,RATING,RATING_TIME\n1,ab,1292052,5,2018-01-01\n2,ab,1292052,9,2018-01-01\n",
    )
    (film,) = items(rows)
    assert film.title == Name("肖申克的救赎", "The Shawshank Redemption")
    assert film.links == {"douban": "1292052", "imdb": "tt0111161"}
    assert (film.attributes["country"], film.attributes["rating"], film.genres) == (["us"], 9.7, ("drama", "crime"))
    assert [n for n, _ in refused(rows)] == [3, 3]


def test_csv_of_items_with_a_map(read: Read) -> None:
    rows = read(
        "csv",
        auto=False,
        columns={"title_zh": "译名", "title": "原名", "year": "上映", "domain": "类别", "minutes": "时长", "id": "号"},
        a__csv="号,译名,原名,上映,类别,时长\n278,肖申克的救赎,The Shawshank Redemption,1994,movie,142\n278,,Old News,1980,tv,30\n3,,X,1980,movie,long\n4,,Y,abc,movie,90\n",
    )
    film, series = items(rows)
    assert film.title == Name("肖申克的救赎", "The Shawshank Redemption")
    assert (film.links, series.links) == ({"a": "movie/278"}, {"a": "tv/278"})
    assert refused(rows) == [(4, "'long' is no number"), (5, "'abc' is no year")]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"title": "Film"}, "'Film' of the map"),
        ({"naem": "Name"}, "naem is no field"),
        ({"title": "Name", "scale": "x"}, "scale"),
    ],
)
def test_a_wrong_map_is_told(read: Read, columns: dict[str, str], words: str) -> None:
    with pytest.raises(FormatError, match=words):
        read("csv", auto=False, columns=columns, a__csv="Name,Year\nHer,2013\n")


@pytest.mark.parametrize(
    ("top", "given", "wanted"),
    [("5", "4,2.5", [1.0, -1.0]), ("10", "8,6,2", [1.0, 0.0, -1.0]), ("100", "85,60,20", [1.0, 0.0, -1.0])],
)
def test_the_scale_of_a_table_is_taken_from_its_ratings(read: Read, top: str, given: str, wanted: list[float]) -> None:
    lines = "".join(f"u{n},Her,{value}\n" for n, value in enumerate([top, *given.split(",")]))
    rows = read("csv", a__csv=f"user,title,rating\n{lines}")
    assert [reaction(r.share) for r in rows if isinstance(r, Rating)] == [1.0, *wanted]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "x,y\n1,2\n"),
        ("a.txt", "hello"),
        ("a.json", "[1, 2]"),
        ("a.xml", "<html></html>"),
        ("a.bin", "\x00\x01"),
    ],
)
def test_an_unknown_file_is_told_with_what_was_seen(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(FormatError) as error:
        detect(Files.of([tmp_path / name]))
    assert name in str(error.value)
    assert "movielens" in str(error.value)
    assert AUTO not in FORMATS


def test_a_wrong_format_is_told_with_the_columns_seen(read: Read) -> None:
    for form in ("goodbooks", "shopify", "woocommerce", "imdb", "movielens", "google-products"):
        with pytest.raises(FormatError):
            read(form, auto=False, a__csv="Name,Year\nHer,2013\n")
