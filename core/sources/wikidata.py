"""Wikidata's answers (CSV or JSON): the free way to names in two languages.

Columns by name: item, and labels as `label_zh`, `itemLabel_en`, `zh`, `en`, …; ids and facts as imdb (P345),
tmdb (P4947), douban (P4529), date (P577), director (P57), genre (P136), author (P50), isbn (P212). Several rows of one
item are one.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from core.catalog import Item, Person
from core.errors import FormatError
from core.sources.documents import values
from core.sources.files import Files, Member
from core.sources.names import facets, imdb_id, in_languages, isbn, item_id, plain_id, year_of
from core.sources.rows import Entry, Options, Refused, Row, Spot
from core.sources.tables import table

COLUMNS = {
    "imdb": ("imdb", "imdbid", "p345"), "tmdb": ("tmdb", "tmdbid", "p4947"), "douban": ("douban", "doubanid", "p4529"),
    "date": ("date", "publicationdate", "year", "p577"), "director": ("director", "directorlabel", "p57"),
    "author": ("author", "authorlabel", "p50"), "genre": ("genre", "genrelabel", "p136"), "isbn": ("isbn", "p212"),
}  # fmt: skip
_LABEL = re.compile(r"(?:item)?label.*|title.*|name.*|alias.*|zh.*|en", re.IGNORECASE)
_Q = re.compile(r"Q\d+")


def read(files: Files, options: Options) -> Iterator[Row]:
    """One entry an item, in order."""
    found: dict[str, list[dict[str, str]]] = {}
    spots: dict[str, Spot] = {}
    for member in files.members:
        for row in _rows(member):
            if isinstance(row, Refused):
                yield row
                continue
            spot, cells = row
            number = _Q.search(cells.get("item", ""))
            if number is None:
                yield Refused(spot, "no item of Wikidata's")
                continue
            if number[0] in found:
                found[number[0]].append(cells)
                continue
            found[number[0]], spots[number[0]] = [cells], spot
    for item_number, cells_of in found.items():
        yield _entry(spots[item_number], item_number, cells_of)


def _rows(member: Member) -> Iterator[tuple[Spot, dict[str, str]] | Refused]:
    if member.head(100).lstrip("\ufeff \r\n\t")[:1] in ("{", "["):
        for row in values(member):
            if isinstance(row, Refused):
                yield row
                continue
            spot, value = row
            bindings = value.get("results", {}).get("bindings") if isinstance(value, dict) else None
            for one in bindings if isinstance(bindings, list) else [value]:
                if isinstance(one, dict):
                    yield (
                        spot,
                        {k.casefold(): str(v.get("value") if isinstance(v, dict) else v) for k, v in one.items()},
                    )
                else:
                    yield Refused(spot, "no row of an answer")
        return
    for record in table(member):
        if isinstance(record, Refused):
            yield record
        else:
            if "item" not in (names := {k.casefold() for k in record.cells}):
                raise FormatError(member.name, f"lacks the column item; it has: {', '.join(sorted(names))[:300]}")
            yield record.spot, {k.casefold(): v.strip() for k, v in record.cells.items()}


def _entry(spot: Spot, number: str, rows: list[dict[str, str]]) -> Entry | Refused:
    def every(field: str) -> list[str]:
        found = (row.get(name, "") for row in rows for name in COLUMNS[field])
        return list(dict.fromkeys(v for v in found if v and not _Q.search(v.rpartition("/")[2])))

    labels = [v for row in rows for k, v in sorted(row.items(), key=_rank) if v and _LABEL.fullmatch(k)]
    names = list(dict.fromkeys(v for v in labels if not _Q.fullmatch(v)))
    if not names:
        return Refused(spot, "has no name in any language asked for")
    title = in_languages(*names)
    years = [y for y in map(year_of, every("date")) if y is not None]
    year = min(years) if years else None  # the first of several releases
    links = {"wikidata": number}
    for field in ("imdb", "douban"):
        if ids := every(field):
            links[field] = (imdb_id(ids[0]) or "") if field == "imdb" else plain_id(ids[0])
    if ids := every("tmdb"):
        links["tmdb"] = f"movie/{plain_id(ids[0])}"
    if codes := [c for c in map(isbn, every("isbn")) if c]:
        links["isbn"] = codes[0]
    authors = every("author")
    domain = "book" if (authors or "isbn" in links) and "imdb" not in links else "film"
    people = [
        *(Person(in_languages(n), "director") for n in every("director")[:2]),
        *(Person(in_languages(n), "author") for n in (authors[:2] if domain == "book" else ())),
    ]
    genres, _, keywords = facets([re.sub(r" (film|movie|novel)$", "", g) for g in every("genre")], domain)
    item = Item(item_id(domain, title, year), domain, title, year, (), tuple(people), genres, keywords=keywords)
    aliases = tuple(n for n in names if n not in (title.zh, title.en))[:8]
    return Entry(spot, replace(item, aliases=aliases, links={k: v for k, v in links.items() if v}))


def _rank(pair: tuple[str, str]) -> int:
    """The mainland's Chinese before Chinese as such, before Taiwan's and Hong Kong's."""
    column = pair[0].replace("-", "_")
    order = ("zh_cn", "zh_hans", "zh", "zh_hant", "zh_tw", "zh_hk")
    return next((n for n, name in enumerate(order) if column.endswith(name)), len(order))
