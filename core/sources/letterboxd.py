"""Letterboxd's export: ratings, diary, reviews, watched, watchlist and likes, as a zip or one by one."""

from collections.abc import Iterator

from core.errors import FormatError
from core.sources.files import Files, Member
from core.sources.names import moment, share, year_of
from core.sources.rows import LIKED, Options, Refused, Row, Told, Work
from core.sources.tables import table

TOP = 5.0
NEEDED = ("Date", "Name", "Year", "Letterboxd URI")
LEFT_OUT = ("deleted", "orphaned", "lists")  # folders: what the member took away, and lists of anything
HISTORIES = ("ratings.csv", "diary.csv", "reviews.csv", "watched.csv", "watchlist.csv")


def read(files: Files, options: Options) -> Iterator[Row]:
    """Every row; a film stands in several files, and is one piece of feedback."""
    members = [m for m in files.members if _is_history(m, len(files.members) == 1)]
    if not members:
        raise FormatError(files.members[0].name, "no ratings.csv, watched.csv or watchlist.csv of Letterboxd")
    for member in members:
        if member.head(100).lstrip("\ufeff").startswith("Letterboxd list export"):
            raise FormatError(member.name, "is a list, not a history; ratings.csv and watched.csv hold what was seen")
        heart = "likes" in member.folders
        saved = member.base == "watchlist.csv"
        for row in table(member, NEEDED):
            if isinstance(row, Refused):
                yield row
                continue
            try:
                given = share(row.get("Rating"), TOP)
            except ValueError as error:
                yield Refused(row.at("Rating"), str(error))
                continue
            if heart and given is None:
                given = LIKED
            if not row.get("Name"):
                yield Refused(row.at("Name"), "is empty")
                continue
            work = Work((row.get("Name"),), year_of(row.get("Year")), "film")
            yield Told(row.spot, work, given, not saved, saved, moment(row.get("Watched Date", "Date")))


def _is_history(member: Member, alone: bool) -> bool:
    if any(folder in LEFT_OUT for folder in member.folders) and not alone:
        return False
    likes = "likes" in member.folders and member.base == "films.csv"
    named = member.base in HISTORIES and (member.inner is None or "likes" not in member.folders)
    return likes or named or member.inner is None and member.base.endswith(".csv") and member.base not in (
        "profile.csv", "comments.csv", "films.csv",
    )  # fmt: skip
