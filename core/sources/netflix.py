"""Netflix's tables: viewing history, viewing activity, ratings and the list, as a zip or one by one."""

import re
from collections.abc import Iterator

from core.errors import FormatError
from core.sources.files import Files
from core.sources.names import moment, share, variants, without_season
from core.sources.rows import Options, Refused, Row, Told, Work
from core.sources.tables import Record, header_of, table

STARS = 5.0
THUMBS = {"1": 0.2, "2": 0.8, "3": 1.0}  # down, up, two up
LEAST_MINUTES = 10  # of a viewing; less is hardly seen
_EXTRA = ("TRAILER", "TEASER_TRAILER", "HOOK", "PROMOTIONAL", "RECAP", "CINEMAGRAPH", "BUMPER", "CLIP")


def read(files: Files, options: Options) -> Iterator[Row]:
    """Rows of the known tables. Titles carry neither year nor kind: what two works are called is refused."""
    found = False
    for member in files.named("*.csv"):
        columns = set(header_of(member))
        if "Title" in columns and columns & {"Date", "Start Time"} or "Title Name" in columns:
            found = True
            for row in table(member):
                yield row if isinstance(row, Refused) else _told(row)
    if not found:
        raise FormatError(files.members[0].name, "no table of Netflix's: Title, Date or Title Name was expected")


def _told(row: Record) -> Told | Refused:
    title = row.get("Title", "Title Name")
    if not title:
        return Refused(row.spot, "no title")
    if row.get("Supplemental Video Type") in _EXTRA:
        return Refused(row.at("Supplemental Video Type"), "a trailer or an extra")
    length = re.fullmatch(r"(\d+):(\d+):(\d+)", row.get("Duration"))
    if length and int(length[1]) * 60 + int(length[2]) < LEAST_MINUTES:
        return Refused(row.at("Duration"), f"seen for less than {LEAST_MINUTES} minutes")
    names = variants(title, "film")
    episode = without_season(title) != title
    work = Work(names, None, "film", "series" if episode else None)
    if "Rating Type" in row.cells:
        thumb, given = row.get("Thumbs Value"), None
        try:
            given = (
                THUMBS.get(thumb)
                if row.get("Rating Type").casefold().startswith("thumb")
                else share(row.get("Star Value"), STARS)
            )
        except ValueError as error:
            return Refused(row.at("Star Value"), str(error))
        return Told(row.spot, work, given, on=moment(row.get("Event Utc Ts")))
    saved = "Utc Title Add Date" in row.cells
    return Told(row.spot, work, None, not saved, saved, moment(row.get("Utc Title Add Date", "Start Time", "Date")))
