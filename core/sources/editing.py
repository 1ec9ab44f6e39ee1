"""What an operator changed of the catalogue: DATA/catalogs/edits.json. Fields of items set anew, and items hidden.

An edit is laid over whatever the sources say, at each build and each time a built catalogue is opened; a hidden item
stays in the model and is known by its name, and is never picked.
"""

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.catalog import Catalog, Item, line, parse
from core.errors import BuildError, CatalogError
from core.sources.gathering import write_whole

MERGED = ("title", "about", "attributes", "links")  # objects whose entries are set one by one
FIXED = ("id", "domain")  # what everything else hangs on


@dataclass(frozen=True, slots=True)
class Edits:
    """changed: fields of an item, by its id, as in a line of the catalogue; null takes a field's entry away."""

    changed: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    def edit(self, item: Item, fields: Mapping[str, object]) -> tuple["Edits", Item]:
        """With these fields of the item (as it is now) set, and the item as it then is. CatalogError if unsound."""
        for name in FIXED:
            if name in fields and fields[name] != getattr(item, name):
                raise CatalogError(Path("edit"), 0, name, "cannot be changed; add another item")
        after = _with(item, fields)
        before = self.changed.get(item.id, {})
        return replace(self, changed={**self.changed, item.id: _merged(before, fields)}), after

    def hide(self, item_id: str, hidden: bool = True) -> "Edits":
        """With the item hidden, or shown again."""
        return replace(self, hidden=self.hidden | {item_id} if hidden else self.hidden - {item_id})

    def applied(self, items: Iterable[Item]) -> list[Item]:
        """The items with their edits. An edit that the source has since made unsound is left out."""
        found = []
        for item in items:
            if item.id in self.changed:
                with contextlib.suppress(CatalogError):  # it was sound when it was made: the source has changed
                    item = _with(item, self.changed[item.id])
            found.append(item)
        return found

    def overlay(self, catalog: Catalog) -> Catalog:
        """The catalogue with its edits; hidden items stay in it."""
        return Catalog(tuple(self.applied(catalog.items))) if self.changed else catalog


def path(data: Path) -> Path:
    """Where the edits lie."""
    return data / "catalogs" / "edits.json"


def read(data: Path) -> Edits:
    """The operator's edits; none where there is no file. BuildError for a damaged one."""
    try:
        raw = json.loads(path(data).read_text(encoding="utf-8"))
        changed = {str(item_id): dict(fields) for item_id, fields in raw["changed"].items()}
        return Edits(changed, frozenset(map(str, raw["hidden"])))
    except FileNotFoundError:
        return Edits()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BuildError(f"{path(data)}: damaged ({error}); mend it or take it away") from error


def write(data: Path, edits: Edits) -> None:
    """Beside and renamed."""
    path(data).parent.mkdir(parents=True, exist_ok=True)
    raw = {"changed": edits.changed, "hidden": sorted(edits.hidden)}
    write_whole(path(data), json.dumps(raw, ensure_ascii=False, indent=1).encode() + b"\n")


def _with(item: Item, fields: Mapping[str, object]) -> Item:
    raw = _merged(json.loads(line(item)), fields)
    for name in MERGED:
        if isinstance(entries := raw.get(name), dict):
            raw[name] = {key: value for key, value in entries.items() if value is not None}
    return parse(json.dumps(raw), Path("edit"), strict=False)


def _merged(base: Mapping[str, object], fields: Mapping[str, object]) -> dict[str, object]:
    merged = dict(base)
    for name, value in fields.items():
        old = merged.get(name)
        both = name in MERGED and isinstance(value, dict)
        merged[name] = {**old, **value} if both and isinstance(old, dict) and isinstance(value, dict) else value
    return merged
