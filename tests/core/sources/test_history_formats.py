"""Every history format, on a few lines written by hand: what was seen, rated and saved, and what is refused."""

# ruff: noqa: E501  # rows stand in one line, as they do in the files

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import FormatError
from core.sources.files import Files
from core.sources.formats import FORMATS, detect
from core.sources.rows import Options, Refused, Row, Told

Read = Callable[..., list[Row]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Rows of one file; the format is named, and must be what `auto` finds."""

    def read(form: str, name: str, content: str | bytes, columns: dict[str, str] | None = None) -> list[Row]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        files = Files.of([path])
        assert detect(files).name == form
        return list(FORMATS[form].read(files, Options(True, columns or {})))

    return read


def told(rows: list[Row]) -> list[tuple[str, float | None, str]]:
    """First name, share, and whether seen or saved."""
    return [
        (r.work.names[0], r.share, "seen" if r.seen else "saved" if r.saved else "")
        for r in rows
        if isinstance(r, Told)
    ]


def refused(rows: list[Row]) -> list[tuple[int, object]]:
    return [(r.spot.line, r.spot.column) for r in rows if isinstance(r, Refused)]


def zipped(**contents: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in contents.items():
            archive.writestr(name.replace("__", "/") + ".csv", text)
    return data.getvalue()


def test_letterboxd_zip(read: Read) -> None:
    head = "Date,Name,Year,Letterboxd URI"
    rows = read(
        "letterboxd",
        "letterboxd-me.zip",
        zipped(
            profile="Date Joined,Username\n2020-01-01,me\n",
            ratings=f"{head},Rating\n2024-01-01,Inception,2010,https://boxd.it/1,5\n2024-01-01,The Matrix,1999,https://boxd.it/2,0.5\n"
            "2024-01-01,Up,2009,https://boxd.it/3,7\n",
            watched=f"{head}\n2024-01-01,Amélie,2001,https://boxd.it/4\n",
            watchlist=f"{head}\n2024-01-01,Heat,1995,https://boxd.it/5\n",
            reviews=f'{head},Rating,Rewatch,Review,Tags,Watched Date\n2024-02-01,Her,2013,https://boxd.it/6,4.5,,"Oh,\n""this""",,2024-01-31\n',
            likes__films=f"{head}\n2024-01-01,Jaws,1975,https://boxd.it/7\n",
            deleted__diary=f"{head},Rating\n2024-01-01,Gone,1990,https://boxd.it/8,1\n",
            lists__best="Letterboxd list export v7\nDate,Name\n",
        ),
    )
    assert sorted(told(rows)) == [
        ("Amélie", None, "seen"), ("Heat", None, "saved"), ("Her", 0.9, "seen"), ("Inception", 1.0, "seen"),
        ("Jaws", 0.8, "seen"), ("The Matrix", 0.1, "seen"),
    ]  # fmt: skip
    assert refused(rows) == [(4, "Rating")]
    assert next(r.on for r in rows if isinstance(r, Told) and r.work.names[0] == "Her") == "2024-01-31"


def test_a_letterboxd_list_is_no_history(read: Read) -> None:
    with pytest.raises(FormatError, match="a list"):
        read("letterboxd", "best.csv", "Letterboxd list export v7\nDate,Name,Year,Letterboxd URI\n")


def test_goodreads(read: Read) -> None:
    rows = read(
        "goodreads",
        "goodreads_library_export.csv",
        "Book Id,Title,Author,Author l-f,ISBN,ISBN13,My Rating,Year Published,Original Publication Year,Date Read,Date Added,Bookshelves,Exclusive Shelf,My Review,BCID\n"
        '1,"Dune (Dune, #1)",Frank Herbert,"Herbert, Frank","=""0441013597""","=""9780441013593""",5,2005,1965,2024/01/31,2024/01/01,,read,"<b>so\nlong</b>",\n'
        '2,Ulysses,James Joyce,"Joyce, James","=""""","=""""",0,2000,,,2024/01/01,to-read,to-read,,\n'
        '3,1984,George Orwell,"Orwell, George",,,0,1990,1949,,2024/01/01,,read,,\n'
        "4,Emma,Jane Austen,x,,,six,1990,1815,,,,read,,\n",
    )
    assert told(rows) == [("Dune (Dune, #1)", 1.0, "seen"), ("Ulysses", None, "saved"), ("1984", None, "seen")]
    dune, ulysses = (r for r in rows[:2] if isinstance(r, Told))
    assert dune.work.ids == {"goodreads": "1", "isbn": "9780441013593"}
    assert (dune.work.year, dune.work.edition_year, dune.on) == (1965, False, "2024-01-31")
    assert (ulysses.work.ids, ulysses.work.edition_year) == ({"goodreads": "2"}, True)
    assert refused(rows) == [(6, "My Rating")]


def test_trakt(read: Read) -> None:
    film = {"title": "Inception", "year": 2010, "ids": {"trakt": 1, "imdb": "tt1375666", "tmdb": 27205}}
    show = {"title": "Dark", "year": 2017, "ids": {"tmdb": 70523}}
    entries = [
        {"watched_at": "2024-01-01T10:00:00.000Z", "rating": 10, "movie": film},
        {"watched_at": "2024-01-01T10:00:00.000Z", "rating": 0, "movie": film},
        {"watched_at": "2024-01-01T10:00:00.000Z", "movie": film},
        {
            "rated_at": "2024-01-02T10:00:00.000Z",
            "rating": 3,
            "type": "episode",
            "episode": {"season": 1},
            "show": show,
        },
        {"listed_at": "2024-01-02T10:00:00.000Z", "type": "show", "show": show},
        {"rating": 11, "movie": film},
        {"type": "person", "person": {}},
    ]
    rows = read("trakt", "trakt.json", json.dumps(entries, indent=1))
    assert told(rows) == [
        ("Inception", 1.0, "seen"), ("Inception", None, "seen"), ("Inception", None, "seen"), ("Dark", None, "seen"),
        ("Dark", None, "saved"),
    ]  # fmt: skip
    first = rows[0]
    assert isinstance(first, Told)
    assert first.work.ids == {"imdb": "tt1375666", "tmdb": "movie/27205"}
    assert len(refused(rows)) == 2


def test_netflix(read: Read) -> None:
    rows = read(
        "netflix",
        "NetflixViewingHistory.csv",
        '"Title","Date"\n"Dark: Season 1: Secrets","1/31/24"\n"The Irishman","31/01/24"\n"","1/1/24"\n',
    )
    assert told(rows) == [("Dark: Season 1: Secrets", None, "seen"), ("The Irishman", None, "seen")]
    assert [(r.work.kind, r.on) for r in rows if isinstance(r, Told)] == [
        ("series", "2024-01-31"),
        (None, "2024-01-31"),
    ]
    assert len(refused(rows)) == 1


def test_netflix_zip(read: Read) -> None:
    rows = read(
        "netflix",
        "netflix-report.zip",
        zipped(
            CONTENT_INTERACTION__ViewingActivity="Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Country\n"
            "me,2024-01-01 10:00:00,01:40:00,,Her,,US\nme,2024-01-01 10:00:00,00:02:00,,Up,,US\nme,2024-01-01 10:00:00,00:20:00,,Up_hook,HOOK,US\n",
            CONTENT_INTERACTION__Ratings="Profile Name,Title Name,Rating Type,Star Value,Thumbs Value,Event Utc Ts\n"
            "me,Jaws,thumb,,1,2024-01-01 10:00:00\nme,Heat,thumb,,3,2024-01-01 10:00:00\nme,Alien,star,4,0,2016-01-01 10:00:00\n",
            CONTENT_INTERACTION__MyList="Profile Name,Title Name,Country,Utc Title Add Date\nme,Roma,US,2024-01-01\n",
            PAYMENT__BillingHistory="Date,Amount\n2024-01-01,9\n",
        ),
    )
    assert told(rows) == [
        ("Her", None, "seen"), ("Jaws", 0.2, "seen"), ("Heat", 1.0, "seen"), ("Alien", 0.8, "seen"),
        ("Roma", None, "saved"),
    ]  # fmt: skip
    assert refused(rows) == [(3, "Duration"), (4, "Supplemental Video Type")]


def test_spotify_counts_plays_and_keeps_one_row_a_track(read: Read) -> None:
    short = [
        {"endTime": "2024-01-01 10:00", "artistName": "Jay Chou", "trackName": "Nocturne", "msPlayed": 200_000}
    ] * 9
    short += [{"endTime": "2024-01-01 10:00", "artistName": "X", "trackName": "Skipped", "msPlayed": 900}]
    rows = read(
        "spotify",
        "StreamingHistory0.json",
        json.dumps([*short, {"trackName": "Once", "artistName": "Y", "msPlayed": 40_000}]),
    )
    assert told(rows) == [("Nocturne", 0.8, "seen"), ("Once", None, "seen")]
    assert len(refused(rows)) == 1


def test_spotify_extended_and_library(read: Read) -> None:
    play = {
        "ts": "2024-01-01T10:00:00Z", "ms_played": 60_000, "master_metadata_track_name": "Come Together",
        "master_metadata_album_artist_name": "The Beatles", "master_metadata_album_album_name": "Abbey Road",
    }  # fmt: skip
    podcast = {
        "ts": "2024-01-01T10:00:00Z",
        "ms_played": 60_000,
        "master_metadata_track_name": None,
        "episode_name": "x",
    }
    (row,) = read("spotify", "Streaming_History_Audio_2024.json", json.dumps([play, podcast]))
    assert isinstance(row, Told)
    assert (row.work.names, row.work.creator) == (("Abbey Road", "Come Together"), "The Beatles")
    library = {
        "tracks": [{"artist": "A", "album": "B", "track": "C", "uri": "x"}],
        "albums": [{"artist": "D", "album": "E"}],
    }
    assert told(read("spotify", "YourLibrary.json", json.dumps(library))) == [("B", 0.8, "seen"), ("E", 0.8, "seen")]


def test_imdb_ratings_old_and_new(read: Read) -> None:
    rows = read(
        "imdb-ratings",
        "ratings.csv",
        "Const,Your Rating,Date Rated,Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,Num Votes,Release Date,Directors\n"
        "tt1375666,10,2024-01-01,Inception,x,movie,8.8,148,2010,Action,1,2010-07-08,Nolan\n"
        "tt0903747,1,2024-01-01,Breaking Bad,x,TV Series,9.5,45,2008,Crime,1,2008-01-20,\n"
        "tt0000009,8,2024-01-01,Pilot,x,TV Episode,9.5,45,2008,Crime,1,2008-01-20,\n"
        "tt0000010,12,2024-01-01,X,x,movie,9.5,45,2008,Crime,1,2008-01-20,\n",
    )
    assert told(rows) == [("Inception", 1.0, "seen"), ("Breaking Bad", 0.1, "seen")]
    assert [r.work.kind for r in rows if isinstance(r, Told)] == ["film", "series"]
    assert refused(rows) == [(4, "Title Type"), (5, "Your Rating")]


def xlsx(**lists: list[list[str]]) -> bytes:
    """As 豆伴 writes them, with the least of the form: shared and inline strings, a gap where a cell is empty."""
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    link = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    strings: list[str] = []
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        sheets, relations = [], []
        for n, (name, rows) in enumerate(lists.items(), 1):
            body = []
            for r, cells in enumerate(rows, 1):
                made = []
                for c, text in enumerate(cells):
                    place = f"{chr(65 + c)}{r}"
                    if not text:
                        continue
                    if c % 2:
                        made.append(f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>')
                    elif text.isdecimal():
                        made.append(f'<c r="{place}"><v>{text}</v></c>')
                    else:
                        strings.append(text)
                        made.append(f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>')
                body.append(f'<row r="{r}">{"".join(made)}</row>')
            archive.writestr(
                f"xl/worksheets/sheet{n}.xml", f"<worksheet {ns}><sheetData>{''.join(body)}</sheetData></worksheet>"
            )
            sheets.append(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>')
            relations.append(f'<Relationship Id="rId{n}" Target="worksheets/sheet{n}.xml"/>')
        shared = "".join(f"<si><t>{s}</t></si>" for s in strings)
        archive.writestr("xl/sharedStrings.xml", f"<sst {ns}>{shared}</sst>")
        archive.writestr("xl/workbook.xml", f"<workbook {ns} {link}><sheets>{''.join(sheets)}</sheets></workbook>")
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{''.join(relations)}</Relationships>")
    return data.getvalue()


HEAD = ["标题", "简介", "豆瓣评分", "链接", "创建时间", "我的评分", "标签", "评论", "可见性"]


def test_douban_lists_of_doufen(read: Read) -> None:
    content = xlsx(
        看过=[
            HEAD,
            ["肖申克的救赎 / The Shawshank Redemption", "1994 / 美国 / 犯罪 / 弗兰克·德拉邦特", "9.7", "https://movie.douban.com/subject/1292052/", "2024-01-01 10:00:00", "5", "", "好", "公开"],
            ["无评分", "1999 / 美国", "9", "https://movie.douban.com/subject/2/", "2024-01-01 10:00:00", "", "", "", "公开"],
            ["坏链接", "", "", "https://example.org/", "", "5", "", "", ""],
        ],
        想读=[HEAD, ["百年孤独", "[哥伦比亚] 加西亚·马尔克斯 / 范晔 / 南海出版公司 / 2011-6 / 39.50元", "9", "https://book.douban.com/subject/6082808/", "", "", "", "", ""]],
        日记=[["标题", "内容"], ["x", "y"]],
    )  # fmt: skip
    rows = read("douban", "豆伴.xlsx", content)
    assert [(w, s, how) for w, s, how in told(rows)] == [
        ("肖申克的救赎 / The Shawshank Redemption", 1.0, "seen"), ("无评分", None, "seen"), ("百年孤独", None, "saved"),
    ]  # fmt: skip
    film, _, book = (r for r in rows if isinstance(r, Told))
    assert (film.work.year, film.work.ids, film.work.creator) == (1994, {"douban": "1292052"}, None)
    assert (book.work.creator, book.work.domain, book.work.edition_year) == ("加西亚·马尔克斯", "book", True)
    assert refused(rows) == [(4, "链接")]


def test_movielens_of_one_person(read: Read) -> None:
    rows = read(
        "movielens", "ratings.csv", "userId,movieId,rating,timestamp\n3,296,5.0,1000000000\n3,296,0.5,1000000001\n"
    )
    assert [(r.work.ids, r.share, r.on) for r in rows if isinstance(r, Told)] == [
        ({"movielens": "296"}, 1.0, "2001-09-09"), ({"movielens": "296"}, 0.1, "2001-09-09"),
    ]  # fmt: skip


def test_movielens_of_several_people_is_nobodys_history(read: Read) -> None:
    with pytest.raises(FormatError, match="several people"):
        read("movielens", "ratings.csv", "userId,movieId,rating,timestamp\n3,296,5.0,1\n4,296,5.0,1\n")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_table_of_ones_own(read: Read, form: str) -> None:
    table = [
        {"title": "Her", "year": "2013", "rating": "9", "saved": "", "date": "2024-01-01"},
        {"title": "Up", "year": "2009", "rating": "", "saved": "yes", "date": ""},
        {"title": "Heat", "year": "1995", "rating": "", "saved": "no", "date": ""},
        {"title": "", "year": "1995", "rating": "3", "saved": "", "date": ""},
        {"title": "Jaws", "year": "1975", "rating": "bad", "saved": "", "date": ""},
    ]
    csv = "\n".join([",".join(table[0]), *(",".join(row.values()) for row in table)]) + "\n"
    rows = read(form, f"a.{form}", csv if form == "csv" else "\n".join(map(json.dumps, table)))
    assert told(rows) == [("Her", 0.9, "seen"), ("Up", None, "saved"), ("Heat", None, "seen")]
    assert len(refused(rows)) == 2
