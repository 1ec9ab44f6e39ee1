"""A number of a message, and what it is for."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Use(StrEnum):
    """What a number in a message is for."""

    BOUND = "bound"
    DECADE = "decade"
    AGE = "age"
    COUNT = "count"
    ORDINAL = "ordinal"


@dataclass(frozen=True, slots=True)
class Number:
    """A number at [start, end) of the text. BOUND: kind, op, value. DECADE: its first year.

    AGE: years in value. COUNT: how many, in value. ORDINAL: places from 1, or -1 for the last. domain: of the
    measure word, or None. exact: op was said ("at most"), not only meant ("two hours"). currency: of a price, ISO 4217,
    or None where none was said.
    """

    use: Use
    start: int
    end: int
    kind: str | None = None
    op: str | None = None
    value: float | None = None
    places: tuple[int, ...] = ()
    domain: str | None = None
    exact: bool = False
    currency: str | None = None


# The numbers that the same words say, in turn; a range is two bounds.
Readings = Iterator[list[Number]]
