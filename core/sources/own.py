"""Our own forms: a catalogue's JSONL, a chat's export, and any table with a map from our fields to its columns."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.catalog import Item, Person, parse
from core.errors import CatalogError, FormatError
from core.exporting import FORMAT, VERSION
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
    slug,
    year_of,
)
from core.sources.rows import Entry, Options, Rating, Refused, Row, Spot, Told, Work
from core.sources.tables import Record, table

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
SCALES = (5.0, 10.0, 100.0)
_NO = ("", "0", "no", "false", "n", "否", "none", "null")
Cells = Mapping[str, str]


class _Fields:
    """Where our fields stand in a table of somebody's: as the map says, else by the usual names."""

    def __init__(self, columns: Iterable[str], mapped: Mapping[str, str], file: str) -> None:
        have = [c for c in dict.fromkeys(columns) if c]
        shown = ", ".join(have)[:300]
        for field, column in mapped.items():
            if field not in FIELDS and field != SCALE:
                raise FormatError("--map", f"{field} is no field of ours; there are: {', '.join((*FIELDS, SCALE))}")
            if field != SCALE and column not in have:
                raise FormatError(file, f"lacks the column {column!r} of the map; it has: {shown}")
        self.scale = mapped.get(SCALE)
        free = {c.casefold(): c for c in reversed(have) if c not in mapped.values()}
        self.columns = {
            field: [mapped[field]] if field in mapped else [free[name] for name in names if name in free]
            for field, names in FIELDS.items()
        }
        if not any(self.columns[f] for f in ("title", "title_zh", "original_title", "id", "imdb", "isbn", "douban")):
            raise FormatError(file, f"no column for a title or an id: say which with --map; it has: {shown}")

    def get(self, cells: Cells, field: str) -> str:
        return next((v for c in self.columns[field] if (v := cells.get(c, "").strip())), "")

    def column(self, field: str) -> str:
        return next(iter(self.columns[field]), field)

    def top(self, rows: Iterable[Cells]) -> float:
        """Top of the scale: what the map says, or the smallest usual one that holds all ratings."""
        if self.scale is not None:
            try:
                return float(self.scale)
            except ValueError:
                raise FormatError("--map", f"scale = {self.scale!r} is no number") from None
        most = 0.0
        for cells in rows:
            text = self.get(cells, "rating")
            value = number(text) if text and "/" not in text and "%" not in text else None
            most = max(most, value or 0.0)
        return next((top for top in SCALES if most <= top), SCALES[-1])


def read_jsonl(files: Files, options: Options) -> Iterator[Row]:
    """A catalogue's lines; or a person's rows, with our fields as keys."""
    for member in files.members:
        yield from _told_lines(member, options.columns) if options.history else _items(member)


def _items(member: Member) -> Iterator[Row]:
    with member.text() as text:
        for line_number, line in enumerate(text, 1):
            line = line.strip("\ufeff \t\r\n")
            if not line:
                continue
            try:
                item = _normal(parse(line, Path(member.name), line_number, False))
                yield Entry(Spot(member.name, line_number), item)
            except CatalogError as error:
                yield Refused(Spot(member.name, line_number, error.field), error.reason)


def _told_lines(member: Member, mapped: Mapping[str, str]) -> Iterator[Row]:
    rows = list(values(member))
    known = [
        (row[0], {k: _flat(v) for k, v in row[1].items()})
        for row in rows
        if not isinstance(row, Refused) and isinstance(row[1], dict)
    ]
    yield from (row for row in rows if isinstance(row, Refused))
    yield from (
        Refused(r[0], "no JSON object") for r in rows if not isinstance(r, Refused) and not isinstance(r[1], dict)
    )
    fields = _Fields((name for _, cells in known for name in cells), mapped, member.name)
    top = fields.top(cells for _, cells in known)
    for spot, cells in known:
        yield _told(spot, cells, fields, top)


def chat_export(files: Files) -> Mapping[str, Any] | None:
    """The chat's export that the one file is, or None."""
    if len(files.members) != 1 or FORMAT not in files.members[0].head(300):
        return None
    first = next(values(files.members[0]), None)
    if not isinstance(first, tuple) or not isinstance(first[1], dict) or first[1].get("format") != FORMAT:
        return None
    if first[1].get("version") != VERSION:
        raise FormatError(files.members[0].name, f"version {first[1].get('version')}, this program reads {VERSION}")
    raw: Mapping[str, Any] = first[1]
    return raw


def read_csv(files: Files, options: Options) -> Iterator[Row]:
    """A table: one person's history, ratings where there is a user, or else items."""
    for member in files.members:
        fields, top = None, 0.0
        for row in table(member):
            if isinstance(row, Refused):
                yield row
                continue
            if fields is None:
                fields = _Fields(row.cells, options.columns, member.name)
                top = fields.top(r.cells for r in table(member) if isinstance(r, Record))
            if options.history:
                yield _told(row.spot, row.cells, fields, top)
            elif fields.columns["user"]:
                yield _rating(row, fields, top, member)
            else:
                yield _entry(row, fields, member)


def _work(cells: Cells, fields: _Fields) -> Work:
    def get(field: str) -> str:
        return fields.get(cells, field)

    domain, kind = form(get("domain"))
    ids: dict[str, str] = {}
    own = plain_id(get("id"))
    if own.startswith("tt") and (number_of := imdb_id(own)):
        ids["imdb"] = number_of
    elif own:
        ids[""] = own
    named = (("imdb", imdb_id(get("imdb"))), ("isbn", isbn(get("isbn"))), ("douban", plain_id(get("douban"))))
    ids.update((field, value) for field, value in named if value)
    if tmdb := plain_id(get("tmdb")):
        ids["tmdb"] = tmdb if "/" in tmdb else f"{'tv' if kind == 'series' else 'movie'}/{tmdb}"
    names = tuple(dict.fromkeys(n for n in map(get, ("title", "title_zh", "original_title")) if n))
    return Work(names, year_of(get("year")), domain, kind, get("creator") or None, ids)


def _told(spot: Spot, cells: Cells, fields: _Fields, top: float) -> Told | Refused:
    work = _work(cells, fields)
    if not work.names and not work.ids:
        return Refused(spot, "names nothing: neither title nor id")
    try:
        given = share(fields.get(cells, "rating"), top)
    except ValueError as error:
        return Refused(Spot(spot.file, spot.line, fields.column("rating")), str(error))
    saved = fields.get(cells, "saved").casefold() not in _NO and given is None
    seen = fields.get(cells, "seen").casefold() not in _NO or not saved
    return Told(spot, work, given, seen, saved, moment(fields.get(cells, "date")))


def _rating(row: Record, fields: _Fields, top: float, member: Member) -> Rating | Refused:
    user = fields.get(row.cells, "user")
    try:
        given = share(fields.get(row.cells, "rating"), top)
    except ValueError as error:
        return Refused(row.at(fields.column("rating")), str(error))
    if given is None or not user:
        return Refused(row.at(fields.column("rating" if user else "user")), "is empty")
    return Rating(row.spot, f"{Path(member.base).stem}:{user}", _work(row.cells, fields), given)


def _entry(row: Record, fields: _Fields, member: Member) -> Entry | Refused:
    def get(field: str) -> str:
        return fields.get(row.cells, field)

    def words(field: str) -> list[str]:
        text = get(field)
        separator = next((s for s in "|;,，、/" if s in text), ",")
        return [w.strip() for w in text.split(separator) if w.strip()]

    work = _work(row.cells, fields)
    if not work.names:
        return Refused(row.spot, "no title")
    domain = work.domain or ("product" if get("price") else "book" if get("isbn") or get("pages") else "film")
    name = in_languages(*work.names)
    attributes: dict[str, object] = {}
    for field in ("minutes", "pages", "price"):
        if text := get(field):
            value = number(text)
            if value is None or value < 0:
                return Refused(row.at(fields.column(field)), f"{text[:40]!r} is no number")
            attributes[field] = int(value) if value.is_integer() else value
    if "price" in attributes:
        attributes["currency"] = get("currency") or "CNY"
    if country := countries(words("country")):
        attributes["country"] = country
    if work.kind == "series":
        attributes["form"] = "series"
    genres, moods, keywords = facets([*words("genres"), *words("keywords")], domain)
    role = {"film": "director", "music": "artist"}.get(domain, "author")
    makers = words("creator")[:4] if domain not in ("product", "topic") else []
    year = None if domain in ("product", "topic") else work.year
    if year is None and domain not in ("product", "topic") and (text := get("year")):
        return Refused(row.at(fields.column("year")), f"{text[:40]!r} is no year")
    links = dict(work.ids)
    if own := links.pop("", None):  # the file's own numbers; those of films and of series are counted apart
        kinded = {"film": f"movie/{own}", "series": f"tv/{own}"}.get(work.kind or "", own)
        links[slug(Path(member.base).stem)] = kinded
    if get("url"):
        links["url"] = get("url")
    aliases = tuple(n for n in work.names if n not in (name.zh, name.en))
    return Entry(
        row.spot,
        Item(
            item_id(domain, name, year), domain, name, year, aliases,
            tuple(Person(in_languages(n), role) for n in makers), genres, moods, keywords, attributes,
            about(get("about_zh"), get("about")), links,
        ),
    )  # fmt: skip


def _normal(item: Item) -> Item:
    """Ids in the spelling that others are compared by."""
    links = {name: plain_id(value) for name, value in item.links.items()}
    if number_of := imdb_id(links.get("imdb", "")):
        links["imdb"] = number_of
    if code := isbn(links.get("isbn", "")):
        links["isbn"] = code
    return replace(item, links=links)


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("en") or value.get("zh") or "")
    return "" if value is None else str(value)
