"""Links that open the bot at an item or a list: https://t.me/<bot>?start=<payload>, at most 64 of A-Z a-z 0-9 _ -"""

import re

from core.catalog import Catalog, short

MOST = 6  # ten letters each
_PAYLOAD = re.compile(r"i((?:[0-9a-f]{10}){1,6})")


def payload(items: tuple[str, ...]) -> str:
    """Stands for these items, at most MOST of them."""
    return "i" + "".join(short(item_id) for item_id in items[:MOST])


def link(username: str, items: tuple[str, ...]) -> str:
    return f"https://t.me/{username}?start={payload(items)}"


def items_of(text: str, catalog: Catalog) -> tuple[str, ...]:
    """Items that a payload stands for; () for one that is none of ours, or of items that are gone."""
    found = _PAYLOAD.fullmatch(text)
    if found is None:
        return ()
    names = [found.group(1)[n : n + 10] for n in range(0, len(found.group(1)), 10)]
    return tuple(catalog.by_short[name] for name in names if name in catalog.by_short)
