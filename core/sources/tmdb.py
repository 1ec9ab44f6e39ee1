"""TMDB's JSON: details of films and series, answers of lists and searches, and the daily file of ids."""

from collections.abc import Iterator

from core.catalog import Item, Name, Person
from core.sources.documents import Json, values
from core.sources.files import Files
from core.sources.names import about, facets, imdb_id, in_languages, item_id, plain_id, year_of
from core.sources.rows import Entry, Options, Refused, Row, Spot

LEAST_VOTES = 20  # a mean of fewer says little
LEAST_POPULARITY = 10.0  # in the daily file, which has a line for every film there is
# One number means two things: genres of films and of series are numbered apart.
FILM_GENRES = {
    28: "action", 12: "adventure", 16: "animation", 35: "comedy", 80: "crime", 99: "documentary", 18: "drama",
    10751: "family", 14: "fantasy", 36: "history", 27: "horror", 10402: "music", 9648: "mystery", 10749: "romance",
    878: "sci-fi", 53: "thriller", 10752: "war", 37: "western",
}  # fmt: skip
SERIES_GENRES = {
    10759: "action", 16: "animation", 35: "comedy", 80: "crime", 99: "documentary", 18: "drama", 10751: "family",
    10762: "family", 9648: "mystery", 10765: "sci-fi", 10768: "war", 37: "western",
}  # fmt: skip
LANGUAGES = {"cn": "zh", "": ""}  # TMDB's own code for Cantonese


def read(files: Files, options: Options) -> Iterator[Row]:
    """Films and series. In the daily file only what is well known counts as read."""
    for member in files.members:
        for row in values(member):
            if isinstance(row, Refused):
                yield row
                continue
            spot, value = row
            many = value.get("results") if isinstance(value, dict) else value
            for one in many if isinstance(many, list) else [value]:
                daily = isinstance(one, dict) and "title" not in one and "name" not in one and "popularity" in one
                if daily and (one.get("adult") or not float(one["popularity"] or 0) >= LEAST_POPULARITY):
                    continue
                yield _entry(spot, one)


def _entry(spot: Spot, raw: Json) -> Entry | Refused:
    if not isinstance(raw, dict):
        return Refused(spot, "no film of TMDB's")
    series = "name" in raw and "title" not in raw or raw.get("media_type") == "tv"
    number = plain_id(raw.get("id", ""))
    names = [str(raw[k]) for k in ("title", "name", "original_title", "original_name") if raw.get(k)]
    if not number.isdecimal() or not names:
        return Refused(spot, "lacks id or title")
    others, abouts = _translations(raw)
    title = in_languages(*names, *others)
    if raw.get("adult"):
        return Refused(spot, "for adults only")
    date = raw.get("release_date") or raw.get("first_air_date") or ""
    table = SERIES_GENRES if series else FILM_GENRES
    known = [g.get("id") for g in _dicts(raw.get("genres"))] or raw.get("genre_ids") or []
    genres = tuple(dict.fromkeys(table[g] for g in known if isinstance(g, int) and g in table))
    words = [str(k.get("name")) for k in _dicts((raw.get("keywords") or {}).get("keywords") or [])]
    attributes: dict[str, object] = {}
    minutes = raw.get("runtime") or next(iter(raw.get("episode_run_time") or ()), None)
    if isinstance(minutes, int) and minutes > 0:
        attributes["minutes"] = minutes
    if series:
        attributes["form"] = "series"
    language = str(raw.get("original_language") or "")
    if 2 <= len(language) <= 3 and language.isalpha():
        attributes["language"] = [LANGUAGES.get(language, language)]
    countries = [str(c.get("iso_3166_1", "")).lower() for c in _dicts(raw.get("production_countries"))]
    if countries := [c for c in countries if len(c) == 2]:
        attributes["country"] = countries
    mean, votes = raw.get("vote_average"), raw.get("vote_count")
    if isinstance(mean, int | float) and isinstance(votes, int) and votes >= LEAST_VOTES and 0 < mean <= 10:
        attributes["rating"] = round(float(mean), 1)
    links = {"tmdb": f"{'tv' if series else 'movie'}/{number}"}
    if imdb := imdb_id(raw.get("imdb_id") or (raw.get("external_ids") or {}).get("imdb_id") or ""):
        links["imdb"] = imdb
    year = year_of(date[:4])
    aliases = tuple(dict.fromkeys(n for n in (*names, *others) if n not in (title.zh, title.en)))
    return Entry(
        spot,
        Item(
            item_id("film", title, year), "film", title, year, aliases[:8], _people(raw), genres,
            keywords=facets(words, "film")[2], attributes=attributes, about=about(raw.get("overview") or "", *abouts),
            links=links,
        ),
    )  # fmt: skip


def _translations(raw: Json) -> tuple[list[str], list[str]]:
    """Other names and descriptions, in Chinese and English."""
    names, texts = [], []
    for one in _dicts((raw.get("translations") or {}).get("translations") or []):
        data = one.get("data") or {}
        if one.get("iso_639_1") in ("zh", "en"):
            names += [str(data[k]) for k in ("title", "name") if data.get(k)]
            texts += [str(data["overview"])] if data.get("overview") else []
    return names, texts


def _people(raw: Json) -> tuple[Person, ...]:
    credits = raw.get("credits") or {}
    directors = [p["name"] for p in _dicts(credits.get("crew")) if p.get("job") == "Director" and p.get("name")]
    actors = [p["name"] for p in _dicts(credits.get("cast"))[:3] if p.get("name")]
    pairs = [*((n, "director") for n in directors), *((n, "actor") for n in actors)]
    return tuple(Person(_name(n), role) for n, role in pairs)


def _name(text: str) -> Name:
    return in_languages(text)


def _dicts(value: Json) -> list[dict[str, Json]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
