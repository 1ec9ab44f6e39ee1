"""The catalogue: items of every domain, their fields, and the facets that tell them apart."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from core.errors import CatalogError

DOMAINS = ("film", "book", "music", "article", "product", "topic")
MOODS = (
    "light",
    "funny",
    "warm",
    "romantic",
    "hopeful",
    "sad",
    "dark",
    "tense",
    "scary",
    "calm",
    "slow",
    "epic",
    "strange",
    "thoughtful",
    "nostalgic",
)
AUDIENCES = ("child", "family", "teen", "adult")
NUMBERS = ("minutes", "pages", "price", "rating")
_ID = re.compile(r"[a-z]+:[^\s:][^\s]*")
_FACET = re.compile(r"[a-z0-9&+]+(-[a-z0-9&+]+)*")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in one or both languages."""

    zh: str | None
    en: str | None

    def in_(self, lang: str) -> str:
        """The name in `zh` or `en`, else the other one."""
        first, second = (self.zh, self.en) if lang == "zh" else (self.en, self.zh)
        return first or second or ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody behind an item; role: director, actor, author, artist, composer, performer ..."""

    name: Name
    role: str

    @property
    def facet(self) -> str:
        """Facet value: the English name in lower case, or the Chinese one where there is no other."""
        return (self.name.en or self.name.zh or "").casefold()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to recommend. Rated films that came along have no `about`."""

    id: str
    domain: str
    title: Name
    year: int | None = None
    aliases: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    genres: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict)
    about: Name = Name(None, None)
    links: Mapping[str, str] = field(default_factory=dict)

    def number(self, kind: str) -> float | None:
        """Value of a number field (year, minutes, pages, price in CNY, rating of 10), or None where unknown."""
        value = self.year if kind == "year" else self.attributes.get(kind)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def words(self, kind: str) -> tuple[str, ...]:
        """Values of a facet kind, lower case; empty where unknown or none."""
        match kind:
            case "genre":
                return self.genres
            case "mood":
                return self.moods
            case "keyword":
                return (*self.keywords, "series") if self.attributes.get("form") == "series" else self.keywords
            case "person":
                return tuple(person.facet for person in self.people)
            case "domain":
                return (self.domain,)
            case "decade":
                return () if self.year is None else (str(self.year // 10 * 10),)
            case "audience":
                value = self.attributes.get("audience")
                return (value,) if isinstance(value, str) else ()
            case "country" | "language":
                values = self.attributes.get(kind)
                return tuple(str(v) for v in values) if isinstance(values, list | tuple) else ()
        return ()

    def facets(self) -> Iterator[tuple[str, str]]:
        """(kind, value) of every facet of the item, each once."""
        for kind in ("genre", "mood", "keyword", "person", "decade", "country", "language", "audience", "domain"):
            yield from dict.fromkeys((kind, value) for value in self.words(kind))


@dataclass(frozen=True, eq=False)
class Catalog:
    """Items in order; a row is a position in `items`."""

    items: tuple[Item, ...]

    @cached_property
    def currencies(self) -> frozenset[str]:
        """In which prices stand."""
        return frozenset(str(i.attributes.get("currency", "CNY")) for i in self.items if i.number("price") is not None)

    @cached_property
    def row(self) -> dict[str, int]:
        """Row of an item id."""
        return {item.id: row for row, item in enumerate(self.items)}

    @cached_property
    def by_short(self) -> dict[str, str]:
        """Item id of its short name (see `short`); two of one short name are refused."""
        names: dict[str, str] = {}
        for item in self.items:
            other = names.setdefault(short(item.id), item.id)
            if other != item.id:
                raise CatalogError(Path("catalog"), 0, "id", f"{item.id} and {other} share a short name; rename one")
        return names

    @cached_property
    def rows_of(self) -> dict[tuple[str, str], tuple[int, ...]]:
        """Rows of every facet, ascending."""
        rows: dict[tuple[str, str], list[int]] = {}
        for row, item in enumerate(self.items):
            for facet in item.facets():
                rows.setdefault(facet, []).append(row)
        return {facet: tuple(found) for facet, found in rows.items()}

    def get(self, item_id: str) -> Item | None:
        row = self.row.get(item_id)
        return None if row is None else self.items[row]

    def __len__(self) -> int:
        return len(self.items)


def short(item_id: str) -> str:
    """Ten letters that stand for an item id where space is short (callback data)."""
    return hashlib.blake2b(item_id.encode(), digest_size=5).hexdigest()


def read(paths: Iterable[Path], strict: bool = True) -> tuple[list[Item], list[CatalogError]]:
    """Items of JSONL files, and what is wrong with the other lines. strict: the rules of the starter (README there)."""
    items: list[Item] = []
    errors: list[CatalogError] = []
    seen: dict[str, str] = {}
    for path in paths:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    item = parse(line, path, number, strict)
                    if item.id in seen:
                        raise CatalogError(path, number, "id", f"{item.id} stands at {seen[item.id]} already")
                except CatalogError as error:
                    errors.append(error)
                    continue
                seen[item.id] = f"{path.name}:{number}"
                items.append(item)
    return items, errors


def parse(line: str, path: Path = Path("-"), number: int = 0, strict: bool = True) -> Item:
    """Item of one JSONL line; CatalogError names the field."""

    def refuse(field: str, reason: str) -> CatalogError:
        return CatalogError(path, number, field, reason)

    try:
        raw = json.loads(line)
    except ValueError as error:
        raise refuse("line", f"no JSON: {error}") from None
    if not isinstance(raw, dict):
        raise refuse("line", "no JSON object")

    def texts(field: str) -> tuple[str, ...]:
        value = raw.get(field, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise refuse(field, "must be a list of texts")
        return tuple(value)

    def name(value: object, field: str, both: bool) -> Name:
        if not isinstance(value, dict) or not all(v is None or isinstance(v, str) for v in value.values()):
            raise refuse(field, 'must be {"zh": text, "en": text}')
        found = Name(value.get("zh") or None, value.get("en") or None)
        if (both and not (found.zh and found.en)) or not (found.zh or found.en):
            raise refuse(field, "is missing in one language" if both else "is empty")
        return found

    item_id, domain = raw.get("id"), raw.get("domain")
    if not isinstance(item_id, str) or not _ID.fullmatch(item_id):
        raise refuse("id", "must be domain:name without spaces")
    if domain not in DOMAINS:
        what = "is missing; it is one of" if domain is None else f"{domain!r} is none of"
        raise refuse("domain", f"{what} {', '.join(DOMAINS)}")
    if not item_id.startswith(f"{domain}:"):
        raise refuse("id", f"must start with {domain}:")
    year = raw.get("year")
    if year is not None and (not isinstance(year, int) or isinstance(year, bool) or not -3000 <= year <= 2100):
        raise refuse("year", f"{year!r} is no year")
    genres, moods, keywords = texts("genres"), texts("moods"), texts("keywords")
    for field_name, values in (("genres", genres), ("moods", moods), ("keywords", keywords)):
        for value in values:
            if not _FACET.fullmatch(value):
                raise refuse(field_name, f"{value!r} must be lower-case words joined by -")
    attributes = _attributes(raw.get("attributes", {}), refuse)
    people, told = [], raw.get("people", [])
    if not isinstance(told, list):
        raise refuse("people", "must be a list")
    for person in told:
        if not isinstance(person, dict) or not isinstance(person.get("role"), str):
            raise refuse("people", "each needs a name and a role")
        people.append(Person(name(person.get("name"), "people", strict), person["role"]))
    about = name(raw["about"], "about", strict) if raw.get("about") else Name(None, None)
    if strict:
        for field_name, values, least, most in (
            ("genres", genres, 1, 4),
            ("moods", moods, 1, 4),
            ("keywords", keywords, 3, 9),
        ):
            if not least <= len(set(values)) <= most:
                raise refuse(field_name, f"{len(values)} given, wanted {least} to {most}")
        for mood in moods:
            if mood not in MOODS:
                raise refuse("moods", f"{mood!r} is none of {', '.join(MOODS)}")
        if domain in ("film", "book", "music", "article") and (year is None or not people):
            raise refuse("year" if year is None else "people", "is missing")
        if domain == "product" and "price" not in attributes:
            raise refuse("attributes", "a product needs a price")
        if not about.zh or not about.en:
            raise refuse("about", "is missing")
    links = raw.get("links", {})
    if not isinstance(links, dict) or not all(isinstance(v, str) for v in links.values()):
        raise refuse("links", "must be texts by name")
    return Item(
        item_id,
        domain,
        name(raw.get("title"), "title", strict),
        year,
        texts("aliases"),
        tuple(people),
        genres,
        moods,
        keywords,
        attributes,
        about,
        links,
    )


def _attributes(raw: object, refuse: Callable[[str, str], CatalogError]) -> dict[str, object]:
    if not isinstance(raw, dict):
        raise refuse("attributes", "must be an object")
    for kind in NUMBERS:
        value = raw.get(kind)
        if value is not None and (not isinstance(value, int | float) or isinstance(value, bool) or not value >= 0):
            raise refuse(f"attributes.{kind}", f"{value!r} is no number")
    for kind in ("country", "language"):
        value = raw.get(kind, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and re.fullmatch("[a-z]{2,3}", v) for v in value):
            raise refuse(f"attributes.{kind}", "must be a list of two-letter codes")
    if raw.get("audience") not in (None, *AUDIENCES):
        raise refuse("attributes.audience", f"{raw['audience']!r} is none of {', '.join(AUDIENCES)}")
    return raw


def line(item: Item) -> str:
    """The JSONL line of an item; `parse` undoes it."""

    def name(n: Name) -> dict[str, str | None]:
        return {"zh": n.zh, "en": n.en}

    raw = {
        "id": item.id,
        "domain": item.domain,
        "title": name(item.title),
        "aliases": item.aliases,
        "year": item.year,
        "people": [{"name": name(p.name), "role": p.role} for p in item.people],
        "genres": item.genres,
        "moods": item.moods,
        "keywords": item.keywords,
        "attributes": dict(item.attributes),
        "about": name(item.about) if item.about.zh or item.about.en else None,
        "links": dict(item.links),
    }
    return json.dumps(raw, ensure_ascii=False)
