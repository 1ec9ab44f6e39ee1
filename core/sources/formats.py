"""The forms that can be imported, and how a file's form is known by its name and its beginning."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.errors import FormatError
from core.exporting import FORMAT as CHAT_FORMAT
from core.sources import (
    douban,
    feeds,
    goodbooks,
    goodreads,
    imdb,
    letterboxd,
    movielens_files,
    netflix,
    own,
    shops,
    spotify,
    tmdb,
    trakt,
    wikidata,
)
from core.sources.files import Files, Member
from core.sources.rows import Options, Row
from core.sources.tables import header_of

Reader = Callable[[Files, Options], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Format:
    """A form. catalogue, history: whether it can be a catalogue, or one person's history.

    terms: the licence where the data is somebody else's.
    """

    name: str
    read: Reader
    catalogue: bool
    history: bool
    terms: str


FORMATS = {
    form.name: form
    for form in (
        Format("movielens", movielens_files.read, True, True, "GroupLens: for research, not for commercial use"),
        Format("imdb", imdb.read, True, False, "IMDb: personal and non-commercial use only"),
        Format("imdb-ratings", imdb.read_ratings, False, True, ""),
        Format("tmdb", tmdb.read, True, False, "TMDB: key, attribution line, own terms for commercial use"),
        Format("wikidata", wikidata.read, True, False, "CC0"),
        Format("goodbooks", goodbooks.read, True, False, "goodbooks-10k: CC BY-SA 4.0"),
        Format("shopify", shops.shopify, True, False, ""),
        Format("woocommerce", shops.woocommerce, True, False, ""),
        Format("google-products", shops.google, True, False, ""),
        Format("feed", feeds.read, True, False, "the feed's terms"),
        Format("jsonl", own.read_jsonl, True, True, ""),
        Format("csv", own.read_csv, True, True, ""),
        Format("letterboxd", letterboxd.read, False, True, ""),
        Format("goodreads", goodreads.read, False, True, ""),
        Format("douban", douban.read, True, True, "Douban: your own lists; tables of others' are not to be passed on"),
        Format("trakt", trakt.read, False, True, ""),
        Format("netflix", netflix.read, False, True, ""),
        Format("spotify", spotify.read, False, True, ""),
    )
}
AUTO = "auto"
# columns that only one form has, the more telling first
_HEADERS = (
    ("imdb-ratings", {"Const", "Title Type"}), ("letterboxd", {"Letterboxd URI"}),
    ("goodreads", {"Title", "Author", "My Rating"}), ("goodreads", {"Book Id", "Title", "Author"}),
    ("shopify", {"Handle", "Title", "Body (HTML)"}), ("shopify", {"Handle", "Title", "Variant Price"}),
    ("woocommerce", {"ID", "Type", "SKU", "Name"}), ("woocommerce", {"ID", "SKU", "名称"}),
    ("google-products", {"id", "title", "price", "link"}), ("google-products", {"id", "title", "item_group_id"}),
    ("goodbooks", {"book_id", "goodreads_book_id", "authors"}), ("goodbooks", {"goodreads_book_id", "tag_id", "count"}),
    ("movielens", {"movieId", "title", "genres"}), ("movielens", {"userId", "movieId", "rating"}),
    ("imdb", {"tconst", "titleType"}), ("imdb", {"tconst", "averageRating"}), ("imdb", {"titleId", "ordering"}),
    ("douban", {"MOVIE_ID", "NAME"}), ("douban", {"USER_MD5", "MOVIE_ID"}), ("douban", {"标题", "链接"}),
    ("netflix", {"Title Name"}), ("netflix", {"Title", "Start Time"}),
    ("goodbooks", {"user_id", "book_id", "rating"}),
)  # fmt: skip


def named(name: str) -> Format:
    """FormatError for a name that is none."""
    if name not in FORMATS:
        raise FormatError(name, f"no format of ours; there are: {', '.join((*FORMATS, AUTO))}")
    return FORMATS[name]


def detect(files: Files) -> Format:
    """The one form of all these files; FormatError says what was seen."""
    found = {form: member for member in files.members if (form := _form(member)) is not None}
    if "movielens" in found or "goodbooks" in found or "imdb" in found:
        found.pop("csv", None)  # tags and the like beside the tables
    specific = {name: member for name, member in found.items() if name not in ("csv", "jsonl")} or found
    if len(specific) == 1:
        return FORMATS[next(iter(specific))]
    if specific:
        raise FormatError(
            ", ".join(member.name for member in specific.values()),
            f"files of several formats: {', '.join(specific)}; import them one by one",
        )
    seen = "; ".join(f"{m.name} begins {m.head(60)[:60]!r}" for m in files.members[:3])
    raise FormatError(files.members[0].name, f"of no format that is known ({seen}); there are: {', '.join(FORMATS)}")


def _form(member: Member) -> str | None:
    if member.base.endswith(".xlsx"):
        return "douban"
    head = member.head(1 << 16).lstrip("\ufeff \r\n\t")
    if head.startswith("Letterboxd list export"):
        return "letterboxd"
    if head.startswith("<"):
        if re.search(r"xmlns:g\s*=|<g:id", head):
            return "google-products"
        return "feed" if re.search(r"<(rss|feed|rdf:RDF)\b", head) else None
    if head.startswith(("{", "[")):
        return _json_form(head)
    first = head.splitlines()[0] if head else ""
    if re.match(r"\d+::", first) or re.fullmatch(r"\d+\t\d+\t[\d.]+\t\d+", first) or member.base == "u.item":
        return "movielens"
    columns = set(header_of(member))
    for form, needed in _HEADERS:
        if needed <= columns:
            return form
    if columns == {"Title", "Date"}:
        return "netflix"
    folded = {c.casefold() for c in columns}
    if "item" in folded and any("label" in c or c in ("zh", "en", "imdb") for c in folded):
        return "wikidata"
    titled = folded & {"title", "name", "标题", "片名", "书名", "id", "imdb", "isbn"}
    return "csv" if len(columns) > 1 and titled and member.base.endswith((".csv", ".tsv", ".txt")) else None


def _json_form(head: str) -> str | None:
    """By the keys near the beginning."""
    keys = set(re.findall(r'"([A-Za-z_]+)"\s*:', head[: 1 << 14]))
    if CHAT_FORMAT in head[:300]:
        return "jsonl"
    if "bindings" in keys or {"item", "itemLabel"} <= keys:
        return "wikidata"
    if (
        keys & {"trackName", "master_metadata_track_name", "podcastName"}
        or {"tracks", "albums"} & keys
        and "artist" in keys
    ):
        return "spotify"
    if keys & {"movie", "show"} and keys & {"ids", "watched_at", "rating", "listed_at", "last_watched_at"}:
        return "trakt"
    if keys & {"original_title", "original_name"} and keys & {
        "popularity",
        "overview",
        "release_date",
        "first_air_date",
    }:
        return "tmdb"
    try:
        first = json.loads(head.splitlines()[0])
    except ValueError:
        return None
    return "jsonl" if isinstance(first, dict) else None
