"""RSS 2.0, RSS 1.0 and Atom: each entry is an article."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from core.catalog import Item, Person
from core.sources.documents import elements
from core.sources.files import Files
from core.sources.names import about, facets, in_languages, is_chinese, item_id, plain_text
from core.sources.rows import Entry, Options, Refused, Row, Spot

ATOM = "{http://www.w3.org/2005/Atom}"
TAGS = ("item", "{http://purl.org/rss/1.0/}item", f"{ATOM}entry")
WORDS_A_MINUTE, LETTERS_A_MINUTE = 230, 400  # read in English, in Chinese
LEAST_WORDS = 150  # a shorter text is a teaser, and says nothing of the article's length


def read(files: Files, options: Options) -> Iterator[Row]:
    """Articles of every feed given."""
    for member in files.members:
        for row in elements(member, *TAGS):
            if isinstance(row, Refused):
                yield row
            else:
                yield _entry(*row)


def _entry(spot: Spot, element: ET.Element) -> Entry | Refused:
    cells: dict[str, list[ET.Element]] = {}
    for child in element:
        cells.setdefault(child.tag.rpartition("}")[2].casefold(), []).append(child)

    def text(*tags: str) -> str:
        for tag in tags:
            for child in cells.get(tag, ()):
                if value := "".join(child.itertext()).strip():
                    return value
        return ""

    title = plain_text(text("title"), 200)
    link = _link(cells.get("link", []), text("guid", "id"))
    if not title or not link:
        return Refused(spot, "lacks " + ("a title" if not title else "a link"))
    full = plain_text(text("encoded", "content"), 1 << 20)
    short = plain_text(text("description", "summary"), 1 << 20)
    body = max(full, short, key=len)
    attributes: dict[str, object] = {"language": ["zh" if is_chinese(title + body[:200]) else "en"]}
    length = len(body) / LETTERS_A_MINUTE if is_chinese(body) else len(body.split()) / WORDS_A_MINUTE
    if length >= LEAST_WORDS / WORDS_A_MINUTE:
        attributes["minutes"] = max(1, round(length))
    words = [c.get("term") or (c.text or "") for c in cells.get("category", ())]
    genres, moods, keywords = facets(words, "article")
    author = _author(cells)
    name, year = in_languages(title), _year(text("pubdate", "published", "updated", "date"))
    people = (Person(in_languages(author), "author"),) if author else ()
    return Entry(
        spot,
        Item(
            item_id("article", name, year), "article", name, year, (), people, genres, moods, keywords, attributes,
            about(short or full), {"url": link},
        ),
    )  # fmt: skip


def _link(links: list[ET.Element], own: str) -> str:
    """The page, not the feed or a picture."""
    found = [c.get("href", "") for c in links if c.get("href") and c.get("rel", "alternate") == "alternate"]
    found += [(c.text or "").strip() for c in links] + [own]
    return next((url for url in found if urlsplit(url).scheme in ("http", "https")), "")


def _author(cells: dict[str, list[ET.Element]]) -> str:
    for child in (*cells.get("creator", ()), *cells.get("author", ())):
        name = next((g.text for g in child if g.tag.endswith("name")), child.text) or ""
        name = re.sub(r"\S+@\S+\s*\(([^)]*)\)|\S+@\S+", r"\1", name).strip()  # RSS: "a@b.org (Name)"
        if name:
            return name
    return ""


def _year(date: str) -> int | None:
    try:
        return parsedate_to_datetime(date).year
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(date).year
    except ValueError:
        return None
