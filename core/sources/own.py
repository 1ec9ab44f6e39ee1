"""Our own forms: a catalogue's JSONL, a chat's export, and any table with a map from our fields to its columns."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.catalog import Item, Person, parse
from core.errors import CatalogError
from core.sources.documents import values
from core.sources.files import Files, Member
from core.sources.names import (
    about,
    countries,
    facets,
    form,
    imdb_id,
    in_languages,
    isbn,
    item_id,
    moment,
    number,
    plain_id,
    share,
    year_of,
)
from core.sources.rows import Entry, FormatError, Options, Rating, Refused, Row, Spot, Told, Work
from core.sources.tables import Record, table

CHAT_FORMAT = "jianyan-chat"
# our field -> columns that mean it where no map says otherwise; small letters
FIELDS = {
    "id": ("id", "item_id", "item", "movieid", "movie_id", "book_id", "const"),
    "domain": ("domain", "kind", "type", "category_type", "media", "media_type", "title type"),
    "title": ("title", "name", "title_en", "primarytitle", "标题", "片名", "书名", "名称"),
    "title_zh": ("title_zh", "zh", "chinese_title", "中文名"),
    "original_title": ("original_title", "original title", "originaltitle", "原名"),
    "year": ("year", "release_year", "年份", "date_published", "release_date"),
    "creator": ("creator", "author", "authors", "director", "directors", "artist", "作者", "导演", "艺人"),
    "genres": ("genres", "genre", "类型"),
    "keywords": ("keywords", "tags", "标签"),
    "about": ("about", "description", "overview", "summary", "简介"),
    "about_zh": ("about_zh",),
    "minutes": ("minutes", "runtime", "片长"),
    "pages": ("pages", "页数"),
    "price": ("price", "价格"),
    "currency": ("currency",),
    "country": ("country", "国家"),
    "imdb": ("imdb", "imdb_id", "imdbid"),
    "tmdb": ("tmdb", "tmdb_id", "tmdbid"),
    "isbn": ("isbn", "isbn13"),
    "douban": ("douban", "douban_id"),
    "url": ("url", "link"),
    "user": ("user", "user_id", "userid"),
    "rating": ("rating", "my_rating", "score", "stars", "评分", "我的评分"),
    "date": ("date", "watched_at", "read_at", "timestamp", "at", "日期"),
    "seen": ("seen", "watched", "read"),
    "saved": ("saved", "watchlist", "wishlist", "to_read"),
}  # fmt: skip
SCALE = "scale"  # in a map: the top of the ratings' scale; left out, it is taken from the ratings
SCALES = (1.0, 5.0, 10.0, 100.0)
_NO = ("", "0", "no", "false", "n", "否", "none", "null")


def read_jsonl(files: Files, options: Options) -> Iterator[Row]:
    """A catalogue's lines; or a person's rows, with our fields as keys."""
    for member in files.members:
        rows = values(member)
        if options.history:
            found = list(rows)
            cells = [({k: _flat(v) for k, v in v.items()} if isinstance(v, dict) else {}) for _, v in _sound(found)]
            top = _top(cells, options.columns)
            for row in found:
                if isinstance(row, Refused):
                    yield row
                elif isinstance(row[1], dict):
                    yield _told(row[0], {k: _flat(v) for k, v in row[1].items()}, options.columns, top)
                else:
                    yield Refused(row[0], "no JSON object")
            continue
        with member.text() as text:
            for line_number, line in enumerate(text, 1):
                line = line.strip("\ufeff \t\r\n")
                if line:
                    try:
                        yield Entry(
                            Spot(member.name, line_number), _normal(parse(line, Path(member.name), line_number, False))
                        )
                    except CatalogError as error:
                        yield Refused(Spot(member.name, line_number, error.field), error.reason)


def chat_export(files: Files) -> Mapping[str, Any] | None:
    """The chat's export that the one file is, or None."""
    if len(files.members) != 1 or CHAT_FORMAT not in files.members[0].head(300):
        return None
    first = next(values(files.members[0]), None)
    if not isinstance(first, tuple) or not isinstance(first[1], dict) or first[1].get("format") != CHAT_FORMAT:
        return None
    if first[1].get("version") != 1:
        raise FormatError(files.members[0].name, f"version {first[1].get('version')}, this program reads 1")
    raw: Mapping[str, Any] = first[1]
    return raw


def read_csv(files: Files, options: Options) -> Iterator[Row]:
    """A table: one person's history, ratings where there is a user, or else items."""
    for member in files.members:
        top: float | None = None
        for row in table(member):
            if isinstance(row, Refused):
                yield row
                continue
            if top is None:
                _check(row, member, options.columns)
                sound = (r.cells for r in table(member) if isinstance(r, Record))
                top = _top(sound, options.columns)
            if options.history:
                yield _told(row.spot, row.cells, options.columns, top)
            elif _get(row.cells, "user", options.columns):
                yield _rating(row, options.columns, top, member)
            else:
                yield _entry(row, options.columns)


def _check(row: Record, member: Member, columns: Mapping[str, str]) -> None:
    have = ", ".join(row.cells)[:300]
    for field, column in columns.items():
        if field not in FIELDS and field != SCALE:
            raise FormatError("--map", f"{field} is no field of ours; there are: {', '.join((*FIELDS, SCALE))}")
        if field != SCALE and column not in row.cells:
            raise FormatError(member.name, f"lacks the column {column!r} of the map; it has: {have}")
    known = {name.casefold() for name in row.cells}
    if not columns.keys() & {"title", "title_zh", "id", "imdb", "isbn"} and not known & {
        *FIELDS["title"],
        *FIELDS["id"],
        "imdb",
        "isbn",
    }:
        raise FormatError(member.name, f"no column for a title or an id: say which with --map; it has: {have}")


def _get(cells: Mapping[str, str], field: str, columns: Mapping[str, str]) -> str:
    if field in columns:
        return cells.get(columns[field], "").strip()
    if columns and field not in ("title_zh",):
        return ""  # a map says all that is meant
    for name in FIELDS[field]:
        for column, value in cells.items():
            if column.casefold() == name and value.strip():
                return value.strip()
    return ""


def _column(cells: Mapping[str, str], field: str, columns: Mapping[str, str]) -> str:
    return columns.get(field) or next((c for c in cells if c.casefold() in FIELDS[field]), field)


def _top(rows: Any, columns: Mapping[str, str]) -> float:
    """Top of the scale: what the map says, or the smallest usual one that holds all ratings."""
    if SCALE in columns:
        try:
            return float(columns[SCALE])
        except ValueError:
            raise FormatError("--map", f"scale = {columns[SCALE]!r} is no number") from None
    most = 0.0
    for cells in rows:
        text = _get(cells, "rating", columns)
        value = number(text) if text and "/" not in text and "%" not in text else None
        most = max(most, value or 0.0)
    return next((top for top in SCALES[1:] if most <= top), SCALES[-1])


def _work(cells: Mapping[str, str], columns: Mapping[str, str]) -> Work:
    def get(field: str) -> str:
        return _get(cells, field, columns)

    domain, kind = form(get("domain"))
    ids: dict[str, str] = {}
    own = plain_id(get("id"))
    if own.startswith("tt") and imdb_id(own):
        ids["imdb"] = imdb_id(own) or ""
    elif own:
        ids[""] = own
    for field, value in (
        ("imdb", imdb_id(get("imdb"))),
        ("isbn", isbn(get("isbn"))),
        ("douban", plain_id(get("douban"))),
    ):
        if value:
            ids[field] = value
    if tmdb := plain_id(get("tmdb")):
        ids["tmdb"] = tmdb if "/" in tmdb else f"{'tv' if kind == 'series' else 'movie'}/{tmdb}"
    names = tuple(dict.fromkeys(n for n in map(get, ("title", "title_zh", "original_title")) if n))
    return Work(names, year_of(get("year")), domain, kind, get("creator") or None, ids)


def _told(spot: Spot, cells: Mapping[str, str], columns: Mapping[str, str], top: float) -> Told | Refused:
    work = _work(cells, columns)
    if not work.names and not work.ids:
        return Refused(spot, "names nothing: neither title nor id")
    column = _column(cells, "rating", columns)
    try:
        given = share(_get(cells, "rating", columns), top)
    except ValueError as error:
        return Refused(Spot(spot.file, spot.line, column), str(error))
    saved = _get(cells, "saved", columns).casefold() not in _NO
    seen = _get(cells, "seen", columns).casefold() not in _NO or given is not None or not saved
    return Told(spot, work, given, seen, saved and given is None, moment(_get(cells, "date", columns)))


def _rating(row: Record, columns: Mapping[str, str], top: float, member: Member) -> Rating | Refused:
    work, column = _work(row.cells, columns), _column(row.cells, "rating", columns)
    try:
        given = share(_get(row.cells, "rating", columns), top)
    except ValueError as error:
        return Refused(row.at(column), str(error))
    if given is None:
        return Refused(row.at(column), "no rating")
    return Rating(row.spot, f"{Path(member.base).stem}:{_get(row.cells, 'user', columns)}", work, given)


def _entry(row: Record, columns: Mapping[str, str]) -> Entry | Refused:
    def get(field: str) -> str:
        return _get(row.cells, field, columns)

    def words(field: str) -> list[str]:
        text = get(field)
        separator = next((s for s in "|;,，、/" if s in text), ",")
        return [w.strip() for w in text.split(separator) if w.strip()]

    work = _work(row.cells, columns)
    if not work.names:
        return Refused(row.spot, "no title")
    domain = work.domain or ("product" if get("price") else "book" if get("isbn") or get("pages") else "film")
    name = in_languages(*work.names)
    attributes: dict[str, object] = {}
    for field in ("minutes", "pages", "price"):
        if text := get(field):
            value = number(text)
            if value is None or value < 0:
                return Refused(row.at(_column(row.cells, field, columns)), f"{text[:40]!r} is no number")
            attributes[field] = int(value) if value.is_integer() else value
    if "price" in attributes:
        attributes["currency"] = get("currency") or "CNY"
    if country := countries(words("country")):
        attributes["country"] = country
    if work.kind == "series":
        attributes["form"] = "series"
    genres, moods, keywords = facets([*words("genres"), *words("keywords")], domain)
    role = {"film": "director", "music": "artist"}.get(domain, "author")
    people = (
        tuple(Person(in_languages(n), role) for n in words("creator")[:4]) if domain not in ("product", "topic") else ()
    )
    year = None if domain in ("product", "topic") else work.year
    links = {k or "id": v for k, v in work.ids.items()}
    if get("url"):
        links["url"] = get("url")
    aliases = tuple(n for n in work.names if n not in (name.zh, name.en))
    return Entry(
        row.spot,
        Item(
            item_id(domain, name, year), domain, name, year, aliases, people, genres, moods, keywords, attributes,
            about(get("about_zh"), get("about")), links,
        ),
    )  # fmt: skip


def _normal(item: Item) -> Item:
    """Ids in the spelling that others are compared by."""
    links = dict(item.links)
    if number := imdb_id(links.get("imdb", "")):
        links["imdb"] = number
    if code := isbn(links.get("isbn", "")):
        links["isbn"] = code
    return replace(item, links={name: plain_id(value) for name, value in links.items()})


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("en") or value.get("zh") or "")
    return "" if value is None else str(value)


def _sound(rows: list[Any]) -> Iterator[tuple[Spot, Any]]:
    return (row for row in rows if not isinstance(row, Refused))
