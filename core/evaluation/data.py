"""What is measured on: people's ratings, the films they are of, and what is known of the people."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.built import Built
from core.catalog import Catalog, Item
from core.errors import FormatError, InteractionsError
from core.recsys import Interactions
from core.recsys.storage import read_arrays
from core.sources import movielens_files
from core.sources.files import Files
from core.sources.rows import Entry, Options, Rating, Refused, Work, reaction

RATED = ("ratings.csv", "ratings.dat", "u.data")
FILMS = ("movies.csv", "movies.dat", "u.item")
PEOPLE = ("users.csv", "users.dat", "u.user")
AGES = (25, 35, 50)  # where an age group begins, beside the youngest


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Ratings as reactions. name: what they are. digest: of the files they came from, 12 letters.

    interactions: items are rows of the catalogue, or the files' own numbers where there is no catalogue (None).
    groups: of a trait ("sex", "age"): a person's number -> which group; empty where nobody said.
    texts: (n, t) unit vectors of the descriptions, zeros where there is none; None where no item has one.
    """

    name: str
    digest: str
    interactions: Interactions
    catalog: Catalog | None
    groups: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    texts: "npt.NDArray[np.float32] | None" = None

    @property
    def size(self) -> int:
        """Items in all, rated or not; the model's rows."""
        return len(self.interactions.item_ids) if self.catalog is None else len(self.catalog)

    def about(self) -> str:
        told = self.interactions
        return (
            f"{self.name}: {len(told.values):,} ratings, {len(told.user_ids):,} people, {self.size:,} items "
            f"(sha256 {self.digest})"
        )


def load(directory: Path) -> Data:
    """MovieLens as GroupLens publishes it (CSV, `::` tables or the u.* files): 4 of 5 and more is liked, 3 so-so.

    Films are bare: title, year and genres, for tags were given by the people who are held out. A film without a year
    is left out with its ratings. InteractionsError names file, line and field of a rating that cannot be used.
    """
    files = Files.of([directory])
    films, rated = files.named(*FILMS), files.named(*RATED)
    if not rated:
        raise FormatError(str(directory), f"holds none of {', '.join(RATED)}, as MovieLens has them")
    files.members = (*films[:1], *rated[:1])
    items: dict[str, Item] = {}
    triples: list[tuple[int, str, float]] = []
    seen: dict[tuple[int, str], int] = {}
    for row in movielens_files.read(files, Options()):
        match row:
            case Entry(_, item):
                items[item.links["movielens"]] = item
            case Rating(spot, user, work, share):
                person, number = int(user.partition(":")[2]), _number(work)
                before = seen.setdefault((person, number), spot.line)
                if before != spot.line:
                    reason = f"user {person} and movie {number} stand in line {before} already"
                    raise InteractionsError(f"{directory / spot.file}:{spot.line}: movieId: {reason}")
                triples.append((person, number, reaction(share)))
            case Refused(spot, reason) if not films or spot.file != films[0].name:
                raise InteractionsError(f"{directory / spot.file}:{spot.line}: {spot.column or 'line'}: {reason}")
    if not triples:
        raise InteractionsError(f"{directory / rated[0].name}: no interactions")
    catalog = Catalog(tuple(_apart(items[number] for number in sorted(items, key=int)))) if items else None
    if catalog is None:
        place = {number: int(number) for _, number, _ in triples}
    else:
        place = {item.links["movielens"]: row for row, item in enumerate(catalog.items)}
    known = [(person, place[number], value) for person, number, value in triples if number in place]
    told = Interactions.from_arrays(
        [person for person, _, _ in known], [row for _, row, _ in known], [value for _, _, value in known]
    )
    digest = _digest(member.path for member in files.members)
    return Data(directory.resolve().name, digest, told, catalog, _groups(directory))


def built(directory: Path) -> Data:
    """What `jianyan build` put together, imported ratings too; ModelError where nothing is built or rated."""
    made = Built(directory)
    arrays: dict[str, Any] = dict(read_arrays(made.ratings))  # Any: fields of several types
    told = Interactions.from_arrays(arrays["users"], arrays["items"], arrays["values"])
    catalog = made.read_catalog()
    texts = made.read_vectors(catalog)
    return Data("as built", _digest([made.ratings, made.catalog]), told, catalog, texts=texts)


def _number(work: Work) -> str:
    return work.ids["movielens"]


def _apart(items: Iterator[Item]) -> Iterator[Item]:
    """The items, no two of one id."""
    taken: dict[str, int] = {}
    for item in items:
        count = taken[item.id] = taken.get(item.id, 0) + 1
        yield item if count == 1 else replace(item, id=f"{item.id}-{count}")


def _digest(paths: Iterator[Path] | Sequence[Path]) -> str:
    together = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            together.update(hashlib.file_digest(file, "sha256").digest())
    return together.hexdigest()[:12]


def _groups(directory: Path) -> dict[str, dict[int, str]]:
    """Sex and age group by person, where a file of people lies beside; InteractionsError for a broken line."""
    path = next((directory / name for name in PEOPLE if (directory / name).is_file()), None)
    if path is None:
        return {}
    mark = {"users.csv": ",", "users.dat": "::", "u.user": "|"}[path.name]
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    # a header names the columns; u.user says id, age, sex, and users.dat id, sex, age
    names: tuple[str, ...] = ("user", "age", "sex") if path.name == "u.user" else ("user", "sex", "age")
    if path.name == "users.csv" and lines:
        head = [cell.strip().casefold() for cell in lines[0].split(mark)]
        names = tuple({"userid": "user", "gender": "sex"}.get(cell, cell) for cell in head)
    first = 2 if path.name == "users.csv" else 1
    found: dict[str, dict[int, str]] = {"sex": {}, "age": {}}
    for line, text in enumerate(lines[first - 1 :], first):
        cells = dict(zip(names, (cell.strip() for cell in text.split(mark)), strict=False))
        try:
            person = int(cells["user"])
        except (KeyError, ValueError) as error:
            raise InteractionsError(f"{path}:{line}: userId: no number of a person") from error
        if cells.get("sex"):
            found["sex"][person] = cells["sex"].upper()
        if cells.get("age"):
            try:
                found["age"][person] = _age(int(cells["age"]))
            except ValueError as error:
                raise InteractionsError(f"{path}:{line}: age: {cells['age']!r} is no number") from error
    return {trait: group for trait, group in found.items() if group}


def _age(years: int) -> str:
    starts = [start for start in AGES if years >= start]
    if not starts:
        return f"under {AGES[0]}"
    after = [start for start in AGES if start > years]
    return f"{starts[-1]} to {after[0] - 1}" if after else f"{AGES[-1]} and over"
