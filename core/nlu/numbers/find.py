"""All numbers of a message."""

import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain

from core.nlu.numbers.bounds import bare_bounds, measures, ranges, ratings
from core.nlu.numbers.counts import ages, counts
from core.nlu.numbers.number import Number
from core.nlu.numbers.places import bare_places, places
from core.nlu.numbers.years import decades, years

BEIJING = timezone(timedelta(hours=8))
_HAS = re.compile(
    r"(?:^|[^a-z])[a-e](?:[^a-z]|$)|[\d零〇一二两三四五六七八九十百千万廿俩仨几半]|第|头|最后|倒数|年|前者|后者|former|latter|前面"
    r"|后面|左边|右边|上面|下面|[部本首篇]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|teen"
    r"|ty\b|ties|couple|dozen|hundred|thousand|first|second|third|fourth|fifth|last|hour|another"
    r"|option|budget|noughties|aughts|this year|recent years"
)


def find(text: str, now: datetime | None, chinese: bool, shown: int = 0, price: bool = False) -> list[Number]:
    """Numbers of a folded text, by place, none over another. now: for 去年; price: a bare bound may be a price.

    shown: how many items are on the screen; a bare "2" is a place only then.
    """
    if not _HAS.search(text):
        return []
    found: list[Number] = []
    taken = [False] * len(text)
    today = (now or datetime.now(UTC)).astimezone(BEIJING if chinese else UTC)
    # what is said most exactly comes first; what a reader takes is out of the later ones' reach
    for numbers in chain(
        ages(text),
        places(text, shown),
        decades(text),
        ranges(text, price),
        measures(text),
        years(text, today.year),
        ratings(text),
        counts(text),
        bare_bounds(text),
        bare_places(text, shown),
    ):
        if numbers and not any(taken[numbers[0].start : numbers[0].end]):
            found.extend(numbers)
            for i in range(numbers[0].start, numbers[0].end):
                taken[i] = True
    return sorted(found, key=lambda n: (n.start, n.end))
