"""MovieLens as GroupLens publishes it: movies, ratings, links and tags, as CSV, `::` tables or the old u.* files."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from core.catalog import Item, Name
from core.errors import FormatError
from core.sources.files import Files, Member
from core.sources.movielens import film
from core.sources.names import imdb_id, item_id, moment, plain_id, share, slug
from core.sources.rows import Entry, Options, Rating, Refused, Row, Spot, Told, Work
from core.sources.tables import Record, lines, table

TOP = 5.0
TAGGED_BY = 3  # people; what fewer said is hardly a keyword
MOST_TAGS = 6
_OLD_GENRES = (
    "unknown Action Adventure Animation Children Comedy Crime Documentary Drama Fantasy Film-Noir Horror Musical "
    "Mystery Romance Sci-Fi Thriller War Western"
).split()  # the columns of u.item, in order
Cells = tuple[Spot, list[str]]


def read(files: Files, options: Options) -> Iterator[Row]:
    """Films, then ratings. A history needs the ratings of one person alone."""
    films, ratings = files.named("movies.csv", "movies.dat", "u.item"), files.named("ratings.*", "u.data")
    ratings = ratings or [m for m in files.members if m not in films and _is_ratings(m)]
    if not films and not ratings:
        raise FormatError(files.members[0].name, "neither movies.csv nor ratings.csv of MovieLens")
    links = dict(_links(files))
    works: dict[str, Work] = {}
    tags = _tags(files)
    for member in films:
        for row in _films(member, links, tags):
            if isinstance(row, Entry):
                works[row.item.links["movielens"]] = Work(
                    (row.item.title.en or "", *row.item.aliases), row.item.year, "film", "film", None, row.item.links
                )
            if not options.history:
                yield row
    people: set[str] = set()
    for member in ratings:
        for rated in _ratings(member):
            if isinstance(rated, Refused):
                yield rated
                continue
            spot, (user, number, stars, *when) = rated
            if not user.isdecimal() or not number.isdecimal():
                yield Refused(spot, f"{user[:20]!r} and {number[:20]!r} are no ids of a person and a film")
                continue
            people.add(user)
            if options.history and len(people) > 1:
                raise FormatError(member.name, f"holds the ratings of several people ({', '.join(sorted(people))} …)")
            try:
                given = share(stars, TOP)
            except ValueError as error:
                yield Refused(Spot(spot.file, spot.line, "rating"), str(error))
                continue
            number = plain_id(number)
            unnamed = Work(domain="film", ids={"movielens": number, **links.get(number, {})})
            work = works.setdefault(number, unnamed)
            if options.history:
                yield Told(spot, work, given, on=moment(when[0]) if when else None)
            elif given is not None:
                yield Rating(spot, f"movielens:{user}", work, given)


def _is_ratings(member: Member) -> bool:
    return member.head(200).replace('"', "").lstrip("\ufeff").startswith("userId,movieId,rating")


def _films(member: Member, links: dict[str, dict[str, str]], tags: dict[str, tuple[str, ...]]) -> Iterator[Row]:
    for row in _cells(member, ("movieId", "title", "genres")):
        if isinstance(row, Refused):
            yield row
            continue
        spot, (number, title, genres) = row
        name, bracket, year = title.rstrip().removesuffix(")").rpartition("(")
        year = year[:4]
        if not number.isdecimal() or not bracket or not (year.isdecimal() and len(year) == 4):
            yield Refused(spot, "no number, or no title with a year in brackets")
            continue
        found = film(int(number), name.strip(), int(year), genres)
        title_en = Name(None, found.names[0])
        yield Entry(
            spot,
            Item(
                item_id("film", title_en, found.year), "film", title_en, found.year, found.names[1:], (), found.genres,
                keywords=tuple(dict.fromkeys((*found.keywords, *tags.get(number, ())))),
                links={"movielens": plain_id(number), **links.get(number, {})},
            ),
        )  # fmt: skip


def _ratings(member: Member) -> Iterator[Cells | Refused]:
    return _cells(member, ("userId", "movieId", "rating", "timestamp"))


def _cells(member: Member, columns: tuple[str, ...]) -> Iterator[Cells | Refused]:
    """These columns, whatever the release."""
    head = member.head(300)
    first = head.splitlines()[0] if head else ""
    if "::" in first:
        yield from lines(member, "::", len(columns))
    elif "|" in first and "," not in first.split("|")[0]:
        for row in lines(member, "|", 24):
            if isinstance(row, Refused):
                yield row
            else:
                spot, cells = row
                genres = (name for name, flag in zip(_OLD_GENRES[1:], cells[6:], strict=False) if flag == "1")
                yield spot, [cells[0], cells[1], "|".join(genres)]
    elif "\t" in first and first.split("\t")[0].isdecimal():
        yield from lines(member, "\t", len(columns))
    else:
        for record in table(member, columns[:3]):
            yield record if isinstance(record, Refused) else (record.spot, [record.get(c) for c in columns])


def _links(files: Files) -> Iterator[tuple[str, dict[str, str]]]:
    for member in files.named("links.csv"):
        for record in table(member, ("movieId", "imdbId")):
            if isinstance(record, Record):
                ids: dict[str, Any] = {"imdb": imdb_id(record.get("imdbId"))}
                if tmdb := plain_id(record.get("tmdbId")):
                    ids["tmdb"] = f"movie/{tmdb}"
                yield record.get("movieId"), {name: value for name, value in ids.items() if value}


def _tags(files: Files) -> dict[str, tuple[str, ...]]:
    """Keywords of a film: tags that several people gave it."""
    given: dict[str, dict[str, set[str]]] = {}
    for member in files.named("tags.csv"):
        for record in table(member, ("userId", "movieId", "tag")):
            if isinstance(record, Record) and record.get("tag").isascii():
                word = slug(record.get("tag"))
                given.setdefault(record.get("movieId"), {}).setdefault(word, set()).add(record.get("userId"))
    return {
        number: tuple(
            word
            for word, _ in Counter({w: len(people) for w, people in tags.items()}).most_common(MOST_TAGS)
            if len(tags[word]) >= TAGGED_BY
        )
        for number, tags in given.items()
    }
