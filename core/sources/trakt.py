"""Trakt's JSON: histories, ratings and watchlists, as its exports and API give them; films and whole series."""

from collections.abc import Iterator

from core.sources.documents import Json, values
from core.sources.files import Files
from core.sources.names import imdb_id, moment, plain_id, share, year_of
from core.sources.rows import Options, Refused, Row, Spot, Told, Work

TOP = 10.0


def read(files: Files, options: Options) -> Iterator[Row]:
    """Every entry that names a film or a series; an episode says that the series was seen."""
    for member in files.named("*.json"):
        watchlist = "watchlist" in member.base
        for row in values(member):
            yield row if isinstance(row, Refused) else _told(row[0], row[1], watchlist)


def _told(spot: Spot, raw: Json, watchlist: bool) -> Told | Refused:
    if not isinstance(raw, dict):
        return Refused(spot, "no entry of Trakt's")
    movie, show = raw.get("movie"), raw.get("show")
    thing = movie if isinstance(movie, dict) else show if isinstance(show, dict) else None
    if thing is None or not thing.get("title"):
        return Refused(spot, "names neither a film nor a series")
    kind = "film" if thing is movie else "series"
    part = kind == "series" and any(raw.get(name) for name in ("episode", "season"))
    try:
        given = None if part else share(raw.get("rating"), TOP)  # one episode's grade is not the series'
    except ValueError as error:
        return Refused(Spot(spot.file, spot.line, "rating"), str(error))
    given_ids = thing.get("ids")
    theirs = given_ids if isinstance(given_ids, dict) else {}
    ids = {}
    if number := imdb_id(theirs.get("imdb") or ""):
        ids["imdb"] = number
    if theirs.get("tmdb"):
        ids["tmdb"] = f"{'movie' if kind == 'film' else 'tv'}/{plain_id(theirs['tmdb'])}"
    when = next(
        (raw[name] for name in ("watched_at", "last_watched_at", "rated_at", "listed_at") if raw.get(name)), None
    )
    saved = given is None and (watchlist or "listed_at" in raw and "watched_at" not in raw)
    work = Work((str(thing["title"]),), year_of(thing.get("year")), "film", kind, ids=ids)
    return Told(spot, work, given, not saved, saved, moment(when))
