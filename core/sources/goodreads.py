"""Goodreads' export of a library; StoryGraph and others write it too."""

from collections.abc import Iterator

from core.sources.files import Files
from core.sources.names import isbn, moment, plain_id, share, year_of
from core.sources.rows import Options, Refused, Row, Told, Work
from core.sources.tables import table

TOP = 5.0


def read(files: Files, options: Options) -> Iterator[Row]:
    """Books. A shelf of those to read is what was saved; a rating of 0 is none."""
    for member in files.named("*.csv"):
        for row in table(member, ("Title", "Author")):
            if isinstance(row, Refused):
                yield row
                continue
            try:
                given = share(row.get("My Rating"), TOP)
            except ValueError as error:
                yield Refused(row.at("My Rating"), str(error))
                continue
            title = row.get("Title")
            if not title:
                yield Refused(row.at("Title"), "is empty")
                continue
            ids = {"goodreads": plain_id(row.get("Book Id"))} if row.get("Book Id") else {}
            if code := isbn(row.get("ISBN13")) or isbn(row.get("ISBN")):
                ids["isbn"] = code
            first = row.get("Original Publication Year")
            work = Work(
                (title,), year_of(first or row.get("Year Published")), "book",
                creator=row.get("Author") or None, ids=ids, edition_year=not first,
            )  # fmt: skip
            saved = row.get("Exclusive Shelf", "Bookshelves") == "to-read" and given is None
            yield Told(row.spot, work, given, not saved, saved, moment(row.get("Date Read", "Date Added")))
