"""What both languages need to name facts: the ports, numbers, and conditions turned the right way round."""

import re
from collections.abc import Callable, Iterable
from typing import Protocol

from core.catalog import Item, Person
from core.turns import Condition, Target

Title = Callable[[str], Item | None]
MANY = 60  # beyond it a number says no more than "many"
OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class Names(Protocol):
    """Display names of facets in `zh` or `en`; the other language's where there is none."""

    def name(self, target: Target, lang: str) -> str: ...


class Tongue(Protocol):
    """How one language names things. A blank text means that there is nothing to say."""

    def title(self, item: Item, width: int | None = None) -> str:
        """The title as it stands in a sentence; width: letters it may take (a Chinese one counts two)."""

    def quoted(self, words: str) -> str:
        """A title as the person wrote it."""

    def person(self, person: Person) -> str: ...

    def facet(self, target: Target) -> str:
        """The bare name."""

    def nouns(self, target: Target) -> str:
        """What has this facet, after "I like": 轻松的, light things."""

    def more(self, target: Target) -> str:
        """More of it, as an attribute: 更轻松, lighter."""

    def things(self, targets: Iterable[Target], domain: str) -> str:
        """What has all of these, as one noun: 90年代的轻松科幻片, light sci-fi films from the 1990s."""

    def condition(self, condition: Condition) -> str: ...

    def has(self, condition: Condition, value: object) -> str:
        """What an item has where the condition asks, as a clause about it."""

    def listed(self, words: Iterable[str], plain: bool, most: int = 4) -> str:
        """plain: words that an "and" may join; clauses are only lined up."""

    def count(self, number: float) -> str: ...

    def entries(self, number: int) -> str:
        """Entries of a log."""

    def counted(self, number: int, domain: str) -> str:
        """三部电影, three films."""

    def these(self, number: int, domain: str) -> str:
        """这三部, these three; 这部, this one."""

    def measure(self, domain: str) -> str:
        """Measure word of a domain's things: 部, 本; one."""

    def ones(self, number: int, domain: str) -> str:
        """三部, three; 一部, one."""

    def amount(self, kind: str, value: float) -> str:
        """A number with its unit."""

    def chance(self, percent: float) -> str: ...

    def relative(self, year: int, this_year: int | None) -> str:
        """A year, and what it is called seen from this one."""


def number(value: float) -> str:
    """Without a needless point."""
    return str(int(value)) if value == int(value) else f"{value:.1f}"


def of_abroad(item: Item) -> bool:
    """A work that goes by its English name where English is mixed into Chinese; goods and circles are no works."""
    return item.domain not in ("product", "topic") and "zh" not in item.words("language")


def capitalised(name: str) -> str:
    """A proper name that the catalogue keeps in lower case, as it is written: Tom Hanks."""
    return re.sub(r"(?<![\w'’])[a-zà-ÿ]", lambda found: found[0].upper(), name) if name == name.lower() else name


def signed(value: float) -> str:
    """A share of a logit."""
    return f"{'+' if value >= 0 else '−'}{abs(value):.2f}"


def outright(condition: Condition) -> tuple[str, float]:
    """Operator and bound of a number condition, with `must` taken in."""
    op, value = condition.op or "=", condition.value or 0.0
    return (op if condition.must else OPPOSITE[op]), value


def split_minutes(value: float) -> tuple[int, int]:
    """Whole hours, and the minutes left."""
    return divmod(round(value), 60)


def width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def cut(text: str, most: int) -> str:
    """The text, shortened to a width with … at its end."""
    if width(text) <= most:
        return text
    kept = ""
    for letter in text:
        if width(kept + letter) > most - 1:
            break
        kept += letter
    return kept.rstrip() + "…"
