"""What the readers of outside forms give: works, ratings of many, one person's history, and what is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.catalog import Item

LIKED, SOSO, LOVED = 0.8, 0.6, 0.95  # shares of the scale: 4 and more of 5 is liked, 3 and 3.5 so-so, 5 loved
Progress = Callable[[int, int], None]  # bytes read so far, bytes in all


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a row stands. line: from 1. column: a column's name, or the place in the line."""

    file: str
    line: int
    column: str | int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be used, and why."""

    spot: Spot
    reason: str


@dataclass(frozen=True, slots=True)
class Work:
    """What a row says it speaks of.

    names: the first is the one to show. ids: namespace -> id, as in `Item.links`; namespace "" is one that is not
    known. domain, kind (`film` or `series`), year, creator: None where the row does not say.
    edition_year: `year` is of an edition and says little.
    """

    names: tuple[str, ...] = ()
    year: int | None = None
    domain: str | None = None
    kind: str | None = None
    creator: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    edition_year: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An item for a catalogue. Its id is a proposal; `links` say whether it is known already."""

    spot: Spot
    item: Item


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating by one of many. user: with the source before it, so that users of two sources stay apart.

    share: of the scale's top.
    """

    spot: Spot
    user: str
    work: Work
    share: float


@dataclass(frozen=True, slots=True)
class Told:
    """One row of a person's history. share: the rating over the scale's top; None: no opinion. on: ISO day or time."""

    spot: Spot
    work: Work
    share: float | None = None
    seen: bool = True
    saved: bool = False
    on: str | None = None


Row = Entry | Rating | Told | Refused


@dataclass(frozen=True, slots=True)
class Options:
    """history: one person's is wanted, not a catalogue. columns: our field -> their column (`--map`)."""

    history: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)


def reaction(share: float) -> float:
    """A rating as a reaction: 1 liked, 0 so-so, -1 disliked."""
    return 1.0 if share >= LIKED else 0.0 if share >= SOSO else -1.0
