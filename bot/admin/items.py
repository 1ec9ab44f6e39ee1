"""/item: an operator's own items, edits and hidden ones, from JSON or field=value lines."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path

from bot.importing import DEFAULT_NAME
from core.built import Built
from core.catalog import NUMBERS, Catalog, Item, line, parse
from core.errors import CatalogError, RequestError, UnknownItem
from core.sources import editing, gathering
from core.sources.rows import Entry, Spot

LISTS = ("aliases", "genres", "moods", "keywords", "attributes.country", "attributes.language")
_FIELD = re.compile(r"([a-z_]+(?:\.[a-z_]+)?)\s*[=＝]\s*(.*)", re.DOTALL)
_SEPARATORS = re.compile(r"\s*[,，、;；]\s*")
FIELDS = tuple(field.name for field in fields(Item))
ATTRIBUTES = (*NUMBERS, "currency", "country", "language", "audience")
SPOT = Spot("/item", 1)


@dataclass(frozen=True, slots=True)
class Added:
    """An item taken in. fresh: it is new; else the catalogue had it, and `item` says under which id."""

    item: Item
    fresh: bool


def fields_of(text: str) -> dict[str, object]:
    """Fields of an item as a JSON object, or field=value lines (`title.zh=…`, lists with commas). RequestError."""
    text = text.strip()
    if text.startswith("{"):
        try:
            raw = json.loads(text)
        except ValueError as error:
            raise RequestError("JSON", str(error)) from None
        return _known(raw)
    given: dict[str, object] = {}
    for row in filter(None, map(str.strip, text.splitlines())):
        found = _FIELD.fullmatch(row)
        if found is None:
            raise RequestError("line", f"{row[:60]!r} is no field=value")
        name, value = found.groups()
        top, _, below = name.partition(".")
        if below:
            inner = given.setdefault(top, {})
            if not isinstance(inner, dict):
                raise RequestError(top, "is given as a whole and in parts")
            inner[below] = _value(name, value)
        else:
            given[top] = _value(name, value)
    if not given:
        raise RequestError("item", "no field is given")
    return _known(given)


def add(data: Path, fields: Mapping[str, object]) -> Added:
    """Into the operator's catalogue; the next build takes it in. CatalogError for an item that cannot be."""
    item_id = fields.get("id")
    domain = item_id.partition(":")[0] if isinstance(item_id, str) else None
    item = parse(json.dumps({"domain": domain, **fields}), Path("/item"), 1, strict=False)
    place = gathering.directory(data, DEFAULT_NAME)
    counts = gathering.take_in([Entry(SPOT, item)], place)
    if counts.refused:
        raise CatalogError(Path("/item"), 1, str(counts.refused[0].spot.column), counts.refused[0].reason)
    return Added(item, bool(counts.imported))


def edit(data: Path, item_id: str, fields: Mapping[str, object]) -> Item:
    """Sets the fields; the item as it is then. UnknownItem, CatalogError."""
    edits = editing.read(data)
    edits, after = edits.edit(_find(data, item_id, edits), fields)
    editing.write(data, edits)
    return after


def hide(data: Path, item_id: str, hidden: bool) -> tuple[Item, bool]:
    """Hides it, or shows it again; the item, and whether that changed anything. UnknownItem."""
    edits = editing.read(data)
    item = _find(data, item_id, edits)
    changes = (item_id in edits.hidden) != hidden
    if changes:
        editing.write(data, edits.hide(item_id, hidden))
    return item, changes


def pretty(item: Item) -> str:
    """The item's JSON, without what is empty."""
    raw = {name: value for name, value in json.loads(line(item)).items() if value not in (None, [], {})}
    return json.dumps(raw, ensure_ascii=False, indent=1)


def _find(data: Path, item_id: str, edits: editing.Edits) -> Item:
    """The item as it stands, built in or waiting for a build."""
    catalog = Built(data).read_catalog()
    item = catalog.get(item_id) or next((i for i in gathering.pending(data, catalog) if i.id == item_id), None)
    if item is None:
        raise UnknownItem(item_id, _near(item_id, catalog))
    return edits.applied([item])[0]


def _near(item_id: str, catalog: Catalog) -> tuple[str, ...]:
    wanted = item_id.casefold()
    called = [item.id for item in catalog.items if wanted in _titles(item)]
    return tuple(called[:3] or get_close_matches(wanted, catalog.row, 3, 0.7))


def _titles(item: Item) -> Iterable[str]:
    return (title.casefold() for title in (item.title.zh, item.title.en, *item.aliases) if title)


def _known(given: Mapping[str, object]) -> dict[str, object]:
    """The fields. RequestError for one that no item has: it would be lost without a word."""
    for name in given:
        if name not in FIELDS:
            near = f"attributes.{name}" if name in ATTRIBUTES else next(iter(get_close_matches(name, FIELDS, 1)), "")
            raise RequestError(name, f"no such field; did you mean {near}?" if near else "no such field")
    return dict(given)


def _value(name: str, text: str) -> object:
    """Typed by the field's name; an empty text takes the field away."""
    text = text.strip()
    if name in LISTS:
        return [part for part in _SEPARATORS.split(text) if part]
    if not text:
        return None
    if name == "year" or name.removeprefix("attributes.") in NUMBERS:
        try:
            return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
        except ValueError:
            raise RequestError(name, f"{text!r} is no number") from None
    if name == "people":
        return [_person(part) for part in _SEPARATORS.split(text) if part]
    return text


def _person(text: str) -> dict[str, object]:
    """`Ridley Scott (director)` or `director: Ridley Scott`; a name may be given as 中文/English."""
    role, colon, name = text.partition(":")
    if not colon:
        found = re.fullmatch(r"(.*?)\s*[(（](.+)[)）]", text)
        name, role = found.groups() if found else (text, "")
    if not name.strip() or not role.strip():
        raise RequestError("people", f"{text!r}: write director: Ridley Scott")
    names = [part.strip() for part in name.split("/")]
    chinese = [n for n in names if any("一" <= letter <= "鿿" for letter in n)]
    other = [n for n in names if n not in chinese]
    return {"name": {"zh": next(iter(chinese), None), "en": next(iter(other), None)}, "role": role.strip().casefold()}
