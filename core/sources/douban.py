"""Douban: one's own lists as 豆伴 writes them (.xlsx, a sheet a list, or CSV), and tables of the AntSpider form."""

import re
from collections.abc import Iterator

from core.catalog import Item, Person
from core.errors import FormatError
from core.sources.files import Files, Member
from core.sources.names import (
    about,
    countries,
    facets,
    imdb_id,
    in_languages,
    item_id,
    moment,
    number,
    plain_id,
    share,
    variants,
    year_of,
)
from core.sources.rows import Entry, Options, Rating, Refused, Row, Spot, Told, Work
from core.sources.sheets import sheets
from core.sources.tables import Record, table

TOP = 5.0
SAVED, DOING, DONE = "想", "在", "过"  # 想看, 在看, 看过
DOMAINS = {"movie": "film", "book": "book", "music": "music"}
_LETTERS = {"看": "film", "读": "book", "听": "music"}
_SUBJECT = re.compile(r"(movie|book|music)\.douban\.com/subject/(\d+)")
LIST_COLUMNS = ("标题", "链接")


def read(files: Files, options: Options) -> Iterator[Row]:
    """A person's lists, or a catalogue with the ratings of many."""
    if options.history:
        for member in files.members:
            yield from _book(member) if member.base.endswith(".xlsx") else _table(member)
        return
    films, ratings = files.named("movies.csv"), files.named("ratings.csv")
    if not films and not ratings:
        raise FormatError(files.members[0].name, "no movies.csv of the AntSpider form; a person's lists need --chat N")
    for member in films:
        for row in table(member, ("MOVIE_ID", "NAME")):
            yield row if isinstance(row, Refused) else _entry(row)
    for member in ratings:
        for row in table(member, ("USER_MD5", "MOVIE_ID", "RATING")):
            yield row if isinstance(row, Refused) else _rating(row)


def _book(member: Member) -> Iterator[Row]:
    known = False
    for name, rows in sheets(member):
        header: list[str] = []
        domain = next((d for letter, d in _LETTERS.items() if letter in name), None)
        for line, cells in rows:
            if not header:
                header = [cell.strip() for cell in cells]
                if not set(LIST_COLUMNS) <= set(header) or domain is None:
                    break
                known = True
                continue
            padded = cells + [""] * (len(header) - len(cells))
            record = Record(Spot(f"{member.name}/{name}", line), dict(zip(header, padded, strict=False)))
            if any(cell.strip() for cell in cells):
                yield _told(record, name)
    if not known:
        raise FormatError(member.name, "no sheet of films, books or music with the columns 标题 and 链接")


def _table(member: Member) -> Iterator[Row]:
    for row in table(member, LIST_COLUMNS):
        yield row if isinstance(row, Refused) else _told(row, member.base)


def _told(row: Record, shelf: str) -> Told | Refused:
    link, title = _SUBJECT.search(row.get("链接")), row.get("标题")
    if link is None or not title:
        return Refused(row.at("链接"), "leads to no film, book or music of Douban's")
    domain = DOMAINS[link[1]]
    parts = [part.strip() for part in row.get("简介").split(" / ")]
    try:
        given = share(row.get("我的评分"), TOP)
    except ValueError as error:
        return Refused(row.at("我的评分"), str(error))
    year = next((year_of(part) for part in parts if re.match(r"\d{4}\b", part)), None)
    creator = re.sub(r"^[\[［(（【].*?[\]］)）】]\s*", "", parts[0]) if domain in ("book", "music") else None
    work = Work(
        variants(title, domain), year, domain, creator=creator or None, ids={"douban": link[2]},
        edition_year=domain == "book",
    )  # fmt: skip
    saved = SAVED in shelf and given is None
    return Told(row.spot, work, given, not saved, saved, moment(row.get("创建时间")))


def _entry(row: Record) -> Entry | Refused:
    subject, name = plain_id(row.get("MOVIE_ID")), row.get("NAME")
    if not subject.isdecimal() or not name:
        return Refused(row.spot, "lacks MOVIE_ID or NAME")

    def words(column: str) -> list[str]:
        return [w.strip() for w in row.get(column).split("/") if w.strip()]

    names = [*variants(name, "film")[1:], *words("ALIAS")] or [name]
    title = in_languages(*dict.fromkeys((name.split(" ")[0] if in_languages(name).zh else name, *names)))
    attributes: dict[str, object] = {}
    if row.get("MINS").isdecimal() and int(row.get("MINS")):
        attributes["minutes"] = int(row.get("MINS"))
    if found := countries(words("REGIONS")):
        attributes["country"] = found
    score = number(row.get("DOUBAN_SCORE"))
    if score is not None and 0 < score <= 10:
        attributes["rating"] = score
    genres, moods, keywords = facets([*words("GENRES"), *words("TAGS")], "film")
    people = [*((n, "director") for n in words("DIRECTORS")[:2]), *((n, "actor") for n in words("ACTORS")[:3])]
    links = {"douban": subject}
    if imdb := imdb_id(row.get("IMDB_ID")):
        links["imdb"] = imdb
    year = year_of(row.get("YEAR", "RELEASE_DATE"))
    aliases = tuple(n for n in dict.fromkeys((name, *names)) if n not in (title.zh, title.en))[:8]
    return Entry(
        row.spot,
        Item(
            item_id("film", title, year), "film", title, year, aliases,
            tuple(Person(in_languages(n), role) for n, role in people), genres, moods, keywords, attributes,
            about(row.get("STORYLINE")), links,
        ),
    )  # fmt: skip


def _rating(row: Record) -> Rating | Refused:
    try:
        given = share(row.get("RATING"), TOP)
    except ValueError as error:
        return Refused(row.at("RATING"), str(error))
    user, subject = row.get("USER_MD5"), plain_id(row.get("MOVIE_ID"))
    if given is None or not user or not subject.isdecimal():
        return Refused(row.spot, "lacks a person, a film or a rating")
    return Rating(row.spot, f"douban:{user}", Work(domain="film", ids={"douban": subject}), given)
