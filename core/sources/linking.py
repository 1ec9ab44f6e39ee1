"""Which item a row speaks of: by ids where both have them, else by name, year, kind and maker. Never a guess."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from core.catalog import Item
from core.sources.names import key, strict_variants, variants
from core.sources.rows import Work

YEARS_APART = 1  # releases differ by country, and catalogues with them
BOOK_YEARS_APART = 3  # one table dates a serial, another the book; the author tells a namesake
MAKERS = ("director", "author", "artist", "composer", "performer", "writer")
SEVERAL = ("isbn", "goodreads", "url", "")  # namespaces in which one work may have several ids: editions, mirrors
_KINDED = re.compile(r"(movie|tv)/.")  # one number may be a film's and a series'
_Key = TypeVar("_Key")
FREE = ("goodreads",)  # others write files of this form, and count their rows in its place
UNKNOWN = "not in the catalogue"


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Why a row is of no item."""

    reason: str


class Index:
    """Items by their ids and names. Rows are positions in `items`, which grows with add()."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self.items: list[Item] = []
        self._by_item: dict[str, int] = {}
        self._by_id: dict[tuple[str, str], list[int]] = {}
        self._bare: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        for item in items:
            self.add(item)

    def add(self, item: Item) -> int:
        """A new item; its row."""
        row = len(self.items)
        self.items.append(item)
        self._by_item[item.id] = row
        self._enter(row, item)
        return row

    def replace(self, row: int, item: Item) -> None:
        """More is known of an item: what it was found by still finds it."""
        self.items[row] = item
        self._enter(row, item)

    def has(self, item_id: str) -> bool:
        return item_id in self._by_item

    def namespaces(self) -> frozenset[str]:
        return frozenset(name for name, _ in self._by_id)

    def _enter(self, row: int, item: Item) -> None:
        for name, value in item.links.items():
            _into(self._by_id, (name, value), row)
            _into(self._bare, value.partition("/")[2] if _KINDED.match(value) else value, row)
        for title in (item.title.zh, item.title.en, *item.aliases):
            if title and (found := key(title)):
                _into(self._by_name, found, row)

    # ---- a row of a history ----

    def find(self, work: Work) -> int | Unlinked:
        """Row of the item that the work is, or why there is none.

        A number that other programs make up (FREE) only helps where the names do not suffice.
        """
        sure = {name: value for name, value in work.ids.items() if name not in FREE}
        found = self._find(replace(work, ids=sure))
        if isinstance(found, Unlinked) and len(sure) < len(work.ids):
            second = self._find(work)
            return found if isinstance(second, Unlinked) else second
        return found

    def _find(self, work: Work) -> int | Unlinked:
        by_id = self._of_ids(work)
        if isinstance(by_id, Unlinked):
            return by_id
        named = self._named(work)
        fitting = self._fitting(work.names, work, partial(variants, domain=work.domain))
        if by_id:
            return self._agreeing(by_id, work, named, fitting)
        fitting = [row for row in fitting if not self._contradicted(row, work.ids)]
        if not fitting:
            return Unlinked(self._no_fit(work, named))
        best = self._best(fitting, work)
        if len(best) > 1:
            return Unlinked(f"ambiguous: {' or '.join(self._called(row) for row in best[:4])}")
        return best[0]

    def _of_ids(self, work: Work) -> list[int] | Unlinked:
        """Items that bear one of the ids, of the kind that the row names; none where no id is known here."""
        found: list[int] = []
        for name, value in work.ids.items():
            if not name and value in self._by_item:
                rows = [self._by_item[value]]
            else:
                rows = self._bare.get(value, []) if not name else self._by_id.get((name, value), [])
            rows = [row for row in rows if self._is_kind(row, work)]
            if found and rows and name and not set(found) & set(rows):
                return Unlinked(f"its ids are of two works: {self._called(found[0])} and {self._called(rows[0])}")
            found = [row for row in found if row in rows] or found or rows
        return found

    def _agreeing(self, by_id: list[int], work: Work, named: list[int], fitting: list[int]) -> int | Unlinked:
        """The item of the id, unless name and year say that another is meant."""
        both = [row for row in by_id if row in fitting]
        if len(both) == 1:
            return both[0]
        others = fitting or [row for row in named if row not in by_id and self._year_fits(row, work)]
        if others and not both:
            return Unlinked(f"the id is {self._called(by_id[0])}, the title is {self._called(others[0])}")
        candidates = both or by_id
        if len(candidates) > 1:
            return Unlinked(f"ambiguous: {' or '.join(self._called(row) for row in candidates[:4])}")
        row = candidates[0]
        if not work.names or row in named:
            return row  # the right name, if with another country's year or another spelling of its maker
        item = self.items[row]
        if work.year is not None and item.year is not None and abs(work.year - item.year) > YEARS_APART:
            return Unlinked(f"the id is {self._called(row)}, the row says {work.names[0]!r} ({work.year})")
        return row  # a translated title of the right year

    def _no_fit(self, work: Work, named: list[int]) -> str:
        near = [row for row in named if self._is_kind(row, work)]
        if near:
            return f"{UNKNOWN}; of that name there is {self._called(near[0])}"
        return UNKNOWN

    def _best(self, rows: list[int], work: Work) -> list[int]:
        """Those of the nearest year and, then, with the very title."""

        def rank(row: int) -> tuple[int, bool]:
            item = self.items[row]
            apart = abs(item.year - work.year) if item.year is not None and work.year is not None else 0
            titles = {key(title) for title in (item.title.zh, item.title.en) if title}
            return 0 if work.edition_year else apart, not any(key(name) in titles for name in work.names[:1])

        ranks = {row: rank(row) for row in rows}
        if work.year is None:  # nothing but the name speaks: an alias is as good as a title then
            return list(dict.fromkeys(rows))
        least = min(ranks.values())
        return [row for row in rows if ranks[row] == least]

    # ---- an item of another catalogue ----

    def same(self, item: Item) -> int | None:
        """Row of the item that this one is too; None where it is new, or could be several."""
        kind = _kind(item)
        at = self._by_item.get(item.id)
        maker = next((p.name.en or p.name.zh for p in item.people if p.role in MAKERS), None)
        work = Work(tuple(n for n in (item.title.en, item.title.zh) if n), item.year, item.domain, kind, maker)
        if at is not None and not self._contradicted(at, item.links) and self._dated(at, item) and self._fits(at, work):
            return at
        by_id = [
            row
            for name, value in item.links.items()
            if name not in ("url",) or item.domain == "article"
            for row in self._by_id.get((name, value), ())
            if self.items[row].domain == item.domain
        ]
        titles = {key(title) for title in (item.title.zh, item.title.en) if title}
        if by_id:
            row = by_id[0]
            mine = self.items[row]
            theirs = {key(title) for title in (mine.title.zh, mine.title.en, *mine.aliases) if title}
            apart = abs((item.year or 0) - (mine.year or 0)) if item.year and mine.year else 0
            agrees = titles & theirs or {key(a) for a in item.aliases} & theirs or apart <= YEARS_APART
            return row if agrees else None
        if item.domain == "product" and item.links:
            return None  # two shops' "T-shirt"
        called = (*work.names, *(item.aliases if item.year is not None else ()))
        fitting = [
            row
            for row in self._fitting(called, work, partial(strict_variants, domain=item.domain))
            if not self._contradicted(row, item.links) and self._dated(row, item)
        ]
        best = self._best(fitting, work) if fitting else []
        return best[0] if len(best) == 1 else None

    def _dated(self, row: int, item: Item) -> bool:
        """A name alone makes two items one only where works have no year."""
        return (self.items[row].year is None) == (item.year is None)

    # ---- what speaks for and against ----

    def _named(self, work: Work) -> list[int]:
        """Items that bear one of these names."""
        found: list[int] = []
        for name in work.names:
            for one in dict.fromkeys(map(key, variants(name, work.domain))):
                found += self._by_name.get(one, []) if one else []
        return list(dict.fromkeys(found))

    def _fitting(self, names: Iterable[str], work: Work, forms: Callable[[str], Iterable[str]]) -> list[int]:
        """Items of the first name, in its fullest form, that is one of a work like this."""
        for name in names:
            for one in dict.fromkeys(map(key, forms(name))):
                if found := [row for row in self._by_name.get(one, ()) if one and self._fits(row, work)]:
                    return found
        return []

    def _fits(self, row: int, work: Work) -> bool:
        return self._is_kind(row, work) and self._year_fits(row, work) and self._maker_fits(row, work)

    def _is_kind(self, row: int, work: Work) -> bool:
        item = self.items[row]
        if work.domain is not None and item.domain != work.domain:
            return False
        return work.kind is None or item.domain != "film" or _kind(item) == work.kind

    def _year_fits(self, row: int, work: Work) -> bool:
        item = self.items[row]
        if work.year is None or item.year is None or work.edition_year:
            return True
        if item.domain == "book" and work.creator is not None:
            return abs(work.year - item.year) <= BOOK_YEARS_APART
        return abs(work.year - item.year) <= (YEARS_APART if _kind(item) == "film" or item.domain != "film" else 2)

    def _maker_fits(self, row: int, work: Work) -> bool:
        item = self.items[row]
        if work.creator is None or item.domain == "film":
            return True
        makers = [p.name for p in item.people if p.role in MAKERS] or [p.name for p in item.people]
        if not makers:
            return True
        names = [name for m in makers for name in (m.zh, m.en) if name]
        comparable = [name for name in names if _is_latin(name) == _is_latin(work.creator)]
        return not comparable or any(_is_same_person(name, work.creator) for name in comparable)

    def _contradicted(self, row: int, ids: Mapping[str, str]) -> bool:
        """True where both have an id of one namespace, and not the same."""
        item = self.items[row]
        if item.domain == "book":  # every edition has ids of its own
            return False
        several = SEVERAL if item.domain != "article" else ("",)
        return any(item.links.get(name, value) != value for name, value in ids.items() if name not in several)

    def _called(self, row: int) -> str:
        item = self.items[row]
        year = f", {item.year}" if item.year is not None else ""
        return f"{item.title.en or item.title.zh}{year} ({item.id})"


def _kind(item: Item) -> str | None:
    """film or series; None outside films."""
    if item.domain != "film":
        return None
    series = item.attributes.get("form") == "series" or any(v.startswith("tv/") for v in item.links.values())
    return "series" if series else "film"


def _is_same_person(one: str, other: str) -> bool:
    """Names of one script, however written: "García Márquez, Gabriel", "G. G. Márquez"; 加西亚·马尔克斯, 马尔克斯."""
    first, second = _name_words(one), _name_words(other)
    shared = set(first) & set(second)
    if len(shared) > 1 or shared and min(len(first), len(second)) == 1:
        return True
    return bool(_is_latin(one) and first and second and first[-1] == second[-1] and first[0][0] == second[0][0])


def _name_words(name: str) -> list[str]:
    """Its words, the family name last."""
    if "," in name and _is_latin(name):
        family, _, given = name.partition(",")
        name = f"{given} {family}"
    return [word for part in re.split(r"[·・.\s-]", name) if (word := key(part))]


def _is_latin(text: str) -> bool:
    return not re.search(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", text)


def _into(table: dict[_Key, list[int]], at: _Key, row: int) -> None:
    rows = table.setdefault(at, [])
    if row not in rows:
        rows.append(row)
