"""goodbooks-10k: books.csv and ratings.csv, tags and book_tags beside them. CC BY-SA 4.0."""

from collections.abc import Iterator

from core.catalog import Item, Person
from core.errors import FormatError
from core.sources.files import Files
from core.sources.names import facets, in_languages, isbn, item_id, number, plain_id, share, without_edition, year_of
from core.sources.rows import Entry, Options, Rating, Refused, Row, Work
from core.sources.tables import Record, table

TOP = 5.0
LANGUAGES = {"eng": "en", "spa": "es", "fre": "fr", "ger": "de", "ita": "it", "jpn": "ja", "chi": "zh", "rus": "ru"}
MOST_TAGS = 40  # of a book, the most given first, that are looked at


def read(files: Files, options: Options) -> Iterator[Row]:
    """Books, then ratings. Ratings name book_id, tags name goodreads_book_id: two namespaces of numbers."""
    books, ratings = files.named("books.csv"), files.named("ratings.csv")
    if not books and not ratings:
        raise FormatError(files.members[0].name, "neither books.csv nor ratings.csv of goodbooks-10k")
    tags = _tags(files)
    for member in books:
        for row in table(member, ("book_id", "authors", "title")):
            yield row if isinstance(row, Refused) else _entry(row, tags.get(plain_id(row.get("goodreads_book_id")), []))
    for member in ratings:
        for row in table(member, ("user_id", "book_id", "rating")):
            if isinstance(row, Refused):
                yield row
                continue
            user, book = plain_id(row.get("user_id")), plain_id(row.get("book_id"))
            if not user.isdecimal() or not book.isdecimal():
                yield Refused(row.spot, f"{user[:20]!r} and {book[:20]!r} are no ids of a person and a book")
                continue
            try:
                given = share(row.get("rating"), TOP)
            except ValueError as error:
                yield Refused(row.at("rating"), str(error))
                continue
            if given is not None:
                yield Rating(row.spot, f"goodbooks:{user}", Work(domain="book", ids={"goodbooks": book}), given)


def _entry(row: Record, tags: list[str]) -> Entry | Refused:
    title, original, book = row.get("title"), row.get("original_title"), plain_id(row.get("book_id"))
    if not book.isdecimal() or not title:
        return Refused(row.spot, "lacks book_id or title")
    name = in_languages(without_edition(title), original)
    year = year_of(row.get("original_publication_year"))
    attributes: dict[str, object] = {}
    code = row.get("language_code")[:3].rstrip("-")
    if language := LANGUAGES.get(code, code if len(code) == 2 else "en" if code.startswith("en") else ""):
        attributes["language"] = [language]
    mean = number(row.get("average_rating"))
    if mean is not None and 0 < mean <= TOP:
        attributes["rating"] = round(2 * mean, 1)
    links = {"goodbooks": book}
    for field, value in (
        ("goodreads", plain_id(row.get("goodreads_book_id"))),
        ("isbn", isbn(row.get("isbn13")) or isbn(row.get("isbn")) or ""),
    ):
        if value:
            links[field] = value
    genres, moods, keywords = facets(tags, "book")
    people = tuple(Person(in_languages(a.strip()), "author") for a in row.get("authors").split(",")[:3] if a.strip())
    aliases = tuple(dict.fromkeys(n for n in (title, original) if n and n not in (name.zh, name.en)))
    return Entry(
        row.spot,
        Item(
            item_id("book", name, year), "book", name, year, aliases, people, genres, moods, keywords[:5], attributes,
            links=links,
        ),
    )  # fmt: skip


def _tags(files: Files) -> dict[str, list[str]]:
    """Tags of a goodreads_book_id that mean a genre or mood of ours, or a common keyword; the most given first."""
    words = {
        row.get("tag_id"): row.get("tag_name")
        for member in files.named("tags.csv")
        for row in table(member, ("tag_id", "tag_name"))
        if isinstance(row, Record)
    }
    counts: dict[str, list[tuple[int, str]]] = {}
    for member in files.named("book_tags.csv"):
        for row in table(member, ("goodreads_book_id", "tag_id", "count")):
            if isinstance(row, Record) and row.get("count").isdecimal() and row.get("tag_id") in words:
                counts.setdefault(plain_id(row.get("goodreads_book_id")), []).append(
                    (-int(row.get("count")), words[row.get("tag_id")])
                )
    found = {}
    for book, pairs in counts.items():
        tags = [word for _, word in sorted(pairs)[:MOST_TAGS]]
        genres, moods, _ = facets(tags, "book")
        found[book] = [*genres, *moods]  # readers' other tags are shelves ("to-read"), not what a book is about
    return found
