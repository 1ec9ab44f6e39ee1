"""IMDb: the non-commercial tables (title.basics …, gzip TSV), and the ratings that a member exports."""

from collections.abc import Iterator

from core.catalog import Item, Name, Person
from core.errors import FormatError
from core.sources.files import Files
from core.sources.names import facets, imdb_id, in_languages, item_id, moment, share, year_of
from core.sources.rows import Entry, Options, Refused, Row, Told, Work
from core.sources.tables import Record, table

NULL = r"\N"
FILMS = {"movie", "tvMovie"}
SERIES = {"tvSeries", "tvMiniSeries"}
LEAST_VOTES = 1000  # of a title, where title.ratings is there: 700,000 films are no catalogue to talk about
TOP = 10.0
EPISODES = ("tvepisode", "tv episode")
CHINESE_REGIONS = ("CN", "HK", "TW", "SG")
MOST_ALIASES = 8


def read(files: Files, options: Options) -> Iterator[Row]:
    """Films and series of title.basics, with names, people and the mean rating from the other tables if given.

    Only what has enough votes counts as read, where the votes are there.
    """
    basics = files.named("title.basics.tsv*")
    if not basics:
        raise FormatError(files.members[0].name, "title.basics.tsv.gz is needed; the other tables are added to it")
    means = {
        row.get("tconst"): float(row.get("averageRating"))
        for row in _rows(files, "title.ratings.tsv*")
        if row.get("numVotes").isdecimal() and int(row.get("numVotes")) >= LEAST_VOTES
    }
    entries: dict[str, Entry] = {}
    for member in basics:
        for row in table(member, ("tconst", "titleType", "primaryTitle", "startYear"), "\t", quoted=False):
            if isinstance(row, Refused):
                yield row
                continue
            if means and row.get("tconst") not in means:
                continue
            if row.get("titleType") in FILMS | SERIES and row.get("isAdult") != "1":
                found = _entry(row, means)
                if isinstance(found, Refused):
                    yield found
                else:
                    entries[row.get("tconst")] = found
    names = _names(files, entries)
    people = _people(files, entries)
    for tconst, entry in entries.items():
        yield Entry(entry.spot, _complete(entry.item, names.get(tconst, []), people.get(tconst, ())))


def _entry(row: Record, means: dict[str, float]) -> Entry | Refused:
    number, title, year = imdb_id(row.get("tconst")), row.get("primaryTitle"), year_of(row.get("startYear"))
    if number is None or title in ("", NULL):
        return Refused(row.spot, "no tconst or no title")
    attributes: dict[str, object] = {}
    if row.get("runtimeMinutes").isdecimal():
        attributes["minutes"] = int(row.get("runtimeMinutes"))
    if row.get("titleType") in SERIES:
        attributes["form"] = "series"
    if number in means:
        attributes["rating"] = means[number]
    genres, _, keywords = facets(_known(row.get("genres")).split(","), "film")
    original = _known(row.get("originalTitle"))
    name = in_languages(title, original)
    return Entry(
        row.spot,
        Item(
            item_id("film", name, year), "film", name, year, (original,) if original not in ("", title) else (),
            genres=genres, keywords=keywords, attributes=attributes, links={"imdb": number},
        ),
    )  # fmt: skip


def _names(files: Files, wanted: dict[str, Entry]) -> dict[str, list[str]]:
    """Chinese names first from the mainland's; then the rest."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row in _rows(files, "title.akas.tsv*"):
        region = row.get("region")
        language = _known(row.get("language"))
        if row.get("titleId") in wanted and region in CHINESE_REGIONS and language in ("", "zh", "cmn", "yue"):
            found.setdefault(row.get("titleId"), []).append((CHINESE_REGIONS.index(region), row.get("title")))
    return {number: [name for _, name in sorted(names)] for number, names in found.items()}


def _people(files: Files, wanted: dict[str, Entry]) -> dict[str, tuple[Person, ...]]:
    roles: dict[str, list[tuple[str, str]]] = {}
    for row in _rows(files, "title.crew.tsv*"):
        if row.get("tconst") in wanted:
            for one in _known(row.get("directors")).split(",")[:2]:
                roles.setdefault(row.get("tconst"), []).append((one, "director"))
    for row in _rows(files, "title.principals.tsv*"):
        known = roles.setdefault(row.get("tconst"), []) if row.get("tconst") in wanted else None
        if known is not None and row.get("category") in ("actor", "actress") and len(known) < 5:
            known.append((row.get("nconst"), "actor"))
    needed = {one for pairs in roles.values() for one, _ in pairs}
    names = {
        row.get("nconst"): row.get("primaryName")
        for row in _rows(files, "name.basics.tsv*")
        if row.get("nconst") in needed
    }
    return {
        number: tuple(Person(in_languages(names[one]), role) for one, role in dict.fromkeys(pairs) if names.get(one))
        for number, pairs in roles.items()
    }


def _complete(item: Item, names: list[str], people: tuple[Person, ...]) -> Item:
    title = Name(item.title.zh or in_languages(*names).zh, item.title.en)
    others = [name for name in names if name not in (title.zh, title.en)]
    aliases = tuple(dict.fromkeys((*item.aliases, *others)))[:MOST_ALIASES]
    return Item(
        item.id, item.domain, title, item.year, aliases, people, item.genres, item.moods, item.keywords,
        item.attributes, item.about, item.links,
    )  # fmt: skip


def _rows(files: Files, pattern: str) -> Iterator[Record]:
    """Sound rows of a table that may be missing."""
    for member in files.named(pattern):
        for row in table(member, (), "\t", quoted=False):
            if isinstance(row, Record):
                yield row


def _known(cell: str) -> str:
    return "" if cell == NULL else cell


def read_ratings(files: Files, options: Options) -> Iterator[Row]:
    """A member's ratings.csv or watchlist.csv."""
    for member in files.members:
        for row in table(member, ("Const", "Title")):
            if isinstance(row, Refused):
                yield row
                continue
            if row.get("Title Type").casefold().replace(" ", "") in ("tvepisode", "videogame", "podcastepisode"):
                yield Refused(row.at("Title Type"), f"a {row.get('Title Type')} is nothing of the catalogue's")
                continue
            try:
                given = share(row.get("Your Rating"), TOP)
            except ValueError as error:
                yield Refused(row.at("Your Rating"), str(error))
                continue
            series = "series" in row.get("Title Type").casefold()
            number = imdb_id(row.get("Const"))
            work = Work(
                tuple(dict.fromkeys(n for n in (row.get("Title"), row.get("Original Title")) if n)),
                year_of(row.get("Year")), "film", "series" if series else "film" if row.get("Title Type") else None,
                ids={"imdb": number} if number else {},
            )  # fmt: skip
            watchlist = given is None and "Position" in row.cells
            yield Told(row.spot, work, given, not watchlist, watchlist, moment(row.get("Date Rated", "Created")))
