"""Imported catalogues on disk, DATA/catalogs/NAME: items.jsonl, and ratings.npz; taking in, and joining to a build."""

import os
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.catalog import Catalog, Item, line, parse, read
from core.errors import BuildError, CatalogError, FormatError, ModelError, SettingError
from core.holding import exclusive
from core.recsys.storage import read_arrays, write_arrays
from core.sources import starter
from core.sources.linking import Index, Unlinked
from core.sources.rows import Entry, Rating, Refused, Row, Told, reaction

STARTER = "starter"
ITEMS, RATINGS = "items.jsonl", "ratings.npz"
RESERVED = (STARTER, "movielens", "all")
MOST_ALIASES = 12
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(slots=True)
class Counts:
    """What came of the rows. read = imported + merged + len(refused)."""

    imported: int = 0
    merged: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.imported + self.merged + len(self.refused)


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """Ratings of one imported catalogue. users: (k,) places in `people`; items: (k,) places in `ids`; values (k,)."""

    people: tuple[str, ...]
    ids: tuple[str, ...]
    users: npt.NDArray[np.int64]
    items: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]


NOBODY = Rated((), (), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def directory(data: Path, name: str) -> Path:
    """Where the catalogue lies; SettingError for a name that is none."""
    if not _NAME.fullmatch(name) or name in RESERVED:
        reason = f"{name!r} is taken" if name in RESERVED else f"{name!r} is no name: small letters, digits, - and _"
        raise SettingError("--catalog", reason)
    return data / "catalogs" / name


def names(data: Path) -> tuple[str, ...]:
    """The catalogues that were imported, or put there by hand."""
    return tuple(sorted(p.name for p in (data / "catalogs").glob("*") if p.is_dir() and any(p.glob("*.jsonl"))))


def files(data: Path) -> tuple[Path, ...]:
    """Everything of theirs that a build rests on."""
    places = [data / "catalogs" / name for name in names(data)]
    return tuple(
        path for place in places for path in (*sorted(place.glob("*.jsonl")), place / RATINGS) if path.is_file()
    )


def items(place: Path) -> list[Item]:
    """Its items; BuildError names a broken line."""
    found, errors = read(sorted(place.glob("*.jsonl")), strict=False)
    if errors:
        raise BuildError(f"{errors[0]}{f' (and {len(errors) - 1} more)' if len(errors) > 1 else ''}")
    return found


def ratings(place: Path) -> Rated:
    """Its ratings; nobody's where there are none. BuildError for a damaged file."""
    if not (place / RATINGS).is_file():
        return NOBODY
    try:
        arrays = read_arrays(place / RATINGS)
        return Rated(
            tuple(map(str, arrays["people"])), tuple(map(str, arrays["ids"])), arrays["users"].astype(np.int64),
            arrays["items"].astype(np.int64), arrays["values"].astype(np.float64),
        )  # fmt: skip
    except (ModelError, KeyError, ValueError) as error:
        raise BuildError(f"{place / RATINGS}: damaged ({error}); import it again") from error


# ---- taking in ----


def take_in(rows: Iterable[Row], place: Path, dry_run: bool = False) -> Counts:
    """Adds entries and ratings to the catalogue in `place`: all or, where it breaks off, nothing.

    An entry that is there already fills what was empty, and counts as merged; so does a rating given before.
    FormatError where ratings come without the items they are of.
    """
    if dry_run:
        return _Taking(place).run(rows, dry_run=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(place):
        return _Taking(place).run(rows)


class _Taking:
    """One import into one catalogue."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.others = [p for p in sorted(place.glob("*.jsonl")) if p.name != ITEMS]  # put there by hand
        by_hand = {item.id for item in _items_of(self.others)}
        self.index = Index(items(place))
        self.fixed = by_hand
        self.known = ratings(place)
        self.counts = Counts()
        self.people = {name: n for n, name in enumerate(self.known.people)}
        self.rated = (array("q"), array("q"), array("d"))  # users, items, values: twenty million fit into memory
        self.linked: dict[object, int | Unlinked] = {}
        self.changed = False

    def run(self, rows: Iterable[Row], dry_run: bool = False) -> Counts:
        waiting: list[Rating] = []
        for row in rows:
            match row:
                case Refused():
                    self.counts.refused.append(row)
                case Entry():
                    self._entry(row)
                case Rating():
                    if not self.index.items:
                        waiting.append(row)  # items may stand in a later file
                    else:
                        self._rating(row)
                case Told():
                    raise FormatError(row.spot.file, "is one person's history: say whose with --chat N")
        if waiting and not self.index.items:
            raise FormatError(
                waiting[0].spot.file, "holds ratings of items that are not here: give the items' file too"
            )
        for rating in waiting:
            self._rating(rating)
        rated = self._rated()
        if not dry_run:
            self._write(rated)
        return self.counts

    def _entry(self, entry: Entry) -> None:
        item = entry.item
        try:
            sound(item)
        except CatalogError as error:
            self.counts.refused.append(Refused(replace(entry.spot, column=error.field), error.reason))
            return
        row = self.index.same(item)
        if row is None:
            self.index.add(replace(item, id=_free(item.id, self.index)))
            self.counts.imported += 1
            self.changed = True
            return
        self.counts.merged += 1
        before = self.index.items[row]
        if before.id not in self.fixed and (more := merged(before, item)) != before:
            self.index.replace(row, more)
            self.changed = True

    def _rating(self, rating: Rating) -> None:
        work = rating.work
        same = (work.names, work.year, work.domain, work.kind, work.creator, tuple(work.ids.items()))
        found = self.linked.get(same)
        if found is None:
            found = self.linked[same] = self.index.find(work)
        if isinstance(found, Unlinked):
            self.counts.refused.append(Refused(rating.spot, found.reason))
            return
        user = self.people.setdefault(rating.user, len(self.people))
        users, rows, values = self.rated
        users.append(user)
        rows.append(found)
        values.append(reaction(rating.share))

    def _rated(self) -> Rated | None:
        """Old and new ratings, each pair once, the newest; None where nothing is new."""
        if not self.rated[0]:
            return None
        ids = tuple(item.id for item in self.index.items)
        place = {item_id: n for n, item_id in enumerate(ids)}
        old = np.array([place.get(item_id, -1) for item_id in self.known.ids], np.int64)
        old_items = old[self.known.items] if len(self.known.items) else self.known.items
        kept = old_items >= 0  # an item that was taken out by hand takes its ratings along
        users = np.concatenate([self.known.users[kept], np.frombuffer(self.rated[0], np.int64)])
        rows = np.concatenate([old_items[kept], np.frombuffer(self.rated[1], np.int64)])
        values = np.concatenate([self.known.values[kept], np.frombuffer(self.rated[2], np.float64)])
        pairs = users * len(ids) + rows
        last = len(pairs) - 1 - np.unique(pairs[::-1], return_index=True)[1]
        fresh = len(last) - len(np.unique(pairs[: int(kept.sum())]))
        self.counts.imported += fresh
        self.counts.merged += len(self.rated[0]) - fresh
        return Rated(tuple(self.people), ids, users[last], rows[last], values[last])

    def _write(self, rated: Rated | None) -> None:
        self.place.mkdir(parents=True, exist_ok=True)
        if self.changed:
            text = "".join(line(item) + "\n" for item in self.index.items if item.id not in self.fixed)
            write_whole(self.place / ITEMS, text.encode())
        if rated is not None:
            arrays = {
                "people": np.array(rated.people), "ids": np.array(rated.ids), "users": rated.users,
                "items": rated.items, "values": rated.values,
            }  # fmt: skip
            write_arrays(self.place / RATINGS, arrays)


def write_whole(path: Path, data: bytes) -> None:
    """Beside and renamed: a reader sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def sound(item: Item) -> None:
    """CatalogError where a catalogue could not hold the item."""
    parse(line(item), strict=False)


def _items_of(paths: Sequence[Path]) -> list[Item]:
    return read(paths, strict=False)[0]


# ---- joining ----


def join(base: Sequence[Item], more: Sequence[Item]) -> tuple[list[Item], npt.NDArray[np.int64]]:
    """base with more's items: those it has fill what was empty there, the others follow. And the row of each of more's.

    Whose id is taken by another work gets a number behind it.
    """
    index, rows = Index(base), np.empty(len(more), np.int64)
    for n, item in enumerate(more):
        row = index.same(item)
        if row is None:
            row = index.add(replace(item, id=_free(item.id, index)))
        elif (richer := merged(index.items[row], item)) != index.items[row]:
            index.replace(row, richer)
        rows[n] = row
    return index.items, rows


def merged(base: Item, more: Item) -> Item:
    """The item with what the other knows and it does not; nothing of its own is changed."""
    title = replace(base.title, zh=base.title.zh or more.title.zh, en=base.title.en or more.title.en)
    others = (*base.aliases, *(n for n in (more.title.zh, more.title.en, *more.aliases) if n))
    aliases = tuple(dict.fromkeys(n for n in others if n not in (title.zh, title.en)))
    about = replace(base.about, zh=base.about.zh or more.about.zh, en=base.about.en or more.about.en)
    return replace(
        base,
        title=title,
        year=base.year if base.year is not None else more.year,
        aliases=aliases[: max(MOST_ALIASES, len(base.aliases))],
        people=base.people or more.people,
        genres=base.genres or more.genres,
        moods=base.moods or more.moods,
        keywords=base.keywords or more.keywords,
        attributes={**more.attributes, **base.attributes},
        about=about,
        links={**more.links, **base.links},
    )


def _free(item_id: str, index: Index) -> str:
    found, n = item_id, 1
    while index.has(found):
        n += 1
        found = f"{item_id}-{n}"
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Everything imported, joined. users: (k,) from `first_user` on; rows: (k,) of items; values: (k,)."""

    items: list[Item]
    users: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    notes: tuple[str, ...]


def join_all(data: Path, base: Sequence[Item], first_user: int = 0) -> Joined:
    """base with every imported catalogue; ratings of two sources are of different people."""
    all_items = list(base)
    people: dict[str, int] = {}
    parts, notes = [], []
    for name in names(data):
        place = data / "catalogs" / name
        own = items(place)
        before = len(all_items)
        all_items, rows = join(all_items, own)
        row_of = {item.id: int(row) for item, row in zip(own, rows, strict=True)}
        rated = ratings(place)
        places = np.array([row_of.get(i, -1) for i in rated.ids], np.int64)
        users = np.array([people.setdefault(p, first_user + len(people)) for p in rated.people], np.int64)
        if len(rated.users):
            at = places[rated.items]
            parts.append((users[rated.users][at >= 0], at[at >= 0], rated.values[at >= 0]))
        new = len(all_items) - before
        notes.append(f"{name}: {len(own):,} items, {new:,} of them new, {len(rated.users):,} ratings")
    users, at, values = (
        (np.concatenate(p) for p in zip(*parts, strict=True)) if parts else (NOBODY.users, NOBODY.items, NOBODY.values)
    )
    _, once = np.unique(users * max(len(all_items), 1) + at, return_index=True)  # two editions of one work
    return Joined(all_items, users[once], at[once], values[once], tuple(notes))


def require(data: Path, name: str) -> None:
    """SettingError for a name that no catalogue has."""
    if name != STARTER and name not in names(data):
        there = ", ".join((STARTER, *names(data)))
        raise SettingError("--catalog", f"there is no catalogue {name!r}; there is: {there}")


def rows_of(data: Path, name: str, catalog: Catalog) -> npt.NDArray[np.int64]:
    """Rows of the built catalogue that the starter or an imported one holds, ascending. SettingError where none."""
    require(data, name)
    own = starter.items(starter.files()) if name == STARTER else items(directory(data, name))
    _, rows = join(catalog.items, own)
    found = np.unique(rows[rows < len(catalog)])
    if not len(found):
        raise SettingError("--catalog", f"{name!r} is not built in yet: run `jianyan build`")
    return found


def pending(data: Path, catalog: Catalog) -> Iterator[Item]:
    """Imported items that the next build will add."""
    known = list(catalog.items)
    for name in names(data):
        joined, _ = join(known, items(data / "catalogs" / name))
        yield from joined[len(known) :]
        known = joined
