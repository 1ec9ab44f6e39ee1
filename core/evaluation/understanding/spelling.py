"""One spelling for a title, and which item of a catalogue has it."""

import re
import unicodedata

from core.catalog import Catalog
from core.nlu.normalise import simplify

_ARTICLE_LAST = re.compile(r"^(.*), (the|an?)$")


def spelling(title: str) -> str:
    """Lower case, simplified, no accents, marks, year in brackets or leading article."""
    text = re.sub(r"\s*\((?:19|20)\d{2}\)", "", simplify(title).casefold())
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = _ARTICLE_LAST.sub(r"\2 \1", text.strip())
    text = re.sub(r"[^0-9a-z\u4e00-\u9fff]+", " ", text.replace("&", " and ")).strip()
    return re.sub(r"^(?:the|an?) ", "", text)


class TitleBook:
    """Items by the spellings of their titles and aliases."""

    def __init__(self, catalog: Catalog, domains: tuple[str, ...]) -> None:
        """domains: those whose titles count as known."""
        self._items: dict[str, list[tuple[int | None, str]]] = {}
        self._names: dict[str, frozenset[str]] = {}
        for item in catalog.items:
            names = frozenset(spelling(n) for n in (item.title.zh, item.title.en, *item.aliases) if n)
            self._names[item.id] = names
            if item.domain in domains:
                for name in names:
                    self._items.setdefault(name, []).append((item.year, item.id))

    def __contains__(self, title: str) -> bool:
        return spelling(title) in self._items

    def item(self, title: str, year: int | None) -> str | None:
        """Id of the item with that title, of that year where one is."""
        found = self._items.get(spelling(title), [])
        return next((item for of, item in found if of == year), found[0][1] if found else None)

    def names(self, item_id: str) -> frozenset[str]:
        """Every spelling of an item."""
        return self._names.get(item_id, frozenset())
