"""Actions as the data behind a button, and back. At most 64 bytes: that is Telegram's limit.

Fields are joined by `:`, the free one last. Items stand as their short name (`core.catalog.short`), and so does a facet
or answer that would be too long.
"""

from core.catalog import Catalog, short
from core.errors import RequestError, UnknownAction
from core.turns import (
    Action,
    Answer,
    Drop,
    Menu,
    More,
    NotNow,
    Open,
    PassOn,
    Pick,
    Rate,
    Save,
    Seen,
    Take,
    Target,
    Undo,
    Verdict,
)

LIMIT = 64  # bytes
_ITEM, _FACET = "~", "^"  # a short name of an item, of a facet; neither begins a value of its own
_VERDICTS = {"l": Verdict.LIKE, "v": Verdict.LOVE, "s": Verdict.SOSO, "d": Verdict.DISLIKE}
_MARKS = {verdict: mark for mark, verdict in _VERDICTS.items()}


class Callbacks:
    """Encodes and decodes for one catalogue: short names are looked up in it."""

    def __init__(self, catalog: Catalog) -> None:
        self._items = catalog.by_short
        self._facets = {short(f"{kind}:{value}"): f"{kind}:{value}" for kind, value in catalog.rows_of}

    def encode(self, action: Action) -> str:
        """Data of a button; `decode` undoes it. ValueError for a value that nothing of the catalogue can stand for."""
        match action:
            case Rate(item_id, verdict, seen):
                data = f"r:{short(item_id)}:{_MARKS[verdict]}{'+' if seen else ''}"
            case Seen(item_id):
                data = f"e:{short(item_id)}"
            case Save(item_id, on):
                data = f"s:{short(item_id)}:{int(on)}"
            case Open(item_id, what):
                data = f"o:{short(item_id)}:{what}"
            case NotNow(item_id):
                data = f"n:{short(item_id)}"
            case Take(item_id):
                data = f"t:{short(item_id)}"
            case More():
                data = "m"
            case Pick(target, domain):
                data = f"p:{domain or ''}:{self._value(str(target), len(domain or '') + 3)}"
            case Answer(turn, value):
                data = f"a:{turn}:{self._value(value, len(str(turn)) + 3)}"
            case Drop(what):
                data = f"d:{self._value(what, 2)}"
            case Undo(event):
                data = "u" if event is None else f"u:{event}"
            case Menu(what):
                data = f"x:{what}"
            case PassOn(title):
                data = f"w:{title}"
        if not 1 <= len(data.encode()) <= LIMIT:
            raise ValueError(f"{action} does not fit into {LIMIT} bytes")
        return data

    def decode(self, data: str) -> Action:
        """Action behind a button; UnknownAction for data that this version never wrote, or of an item that is gone."""
        try:
            return self._decode(data)
        except (KeyError, ValueError, RequestError):
            raise UnknownAction(data) from None

    def _decode(self, data: str) -> Action:
        match data.split(":", 2):
            case ["r", name, mark] if mark.removesuffix("+") in _VERDICTS:
                return Rate(self._items[name], _VERDICTS[mark.removesuffix("+")], mark.endswith("+"))
            case ["e", name]:
                return Seen(self._items[name])
            case ["s", name, ("0" | "1") as on]:
                return Save(self._items[name], on == "1")
            case ["o", name, what] if what:
                return Open(self._items[name], what)
            case ["n", name]:
                return NotNow(self._items[name])
            case ["t", name]:
                return Take(self._items[name])
            case ["m"]:
                return More()
            case ["p", domain, value]:
                return Pick(Target.parse(self._read(value)), domain or None)
            case ["a", turn, value] if value:
                return Answer(_number(turn), self._read(value))
            case ["d", *rest] if any(rest) or len(rest) > 1:
                return Drop(self._read(":".join(rest)))
            case ["u"]:
                return Undo()
            case ["u", event]:
                return Undo(_number(event))
            case ["x", *what] if what and what[0]:
                return Menu(":".join(what))
            case ["w", *title] if title and title[0].strip():
                return PassOn(":".join(title))
        raise ValueError(data)

    def _value(self, value: str, before: int) -> str:
        """The value as it is, or a short name where it is an item, too long, or begins like one."""
        if value.startswith("item:") and (name := short(value.removeprefix("item:"))) in self._items:
            return _ITEM + name
        if value[:1] not in (_ITEM, _FACET) and len(value.encode()) + before <= LIMIT:
            return value
        if (name := short(value)) in self._facets:
            return _FACET + name
        raise ValueError(f"{value!r} does not fit into {LIMIT - before} bytes and is no facet of the catalogue")

    def _read(self, value: str) -> str:
        if value.startswith(_ITEM):
            return f"item:{self._items[value.removeprefix(_ITEM)]}"
        return self._facets[value.removeprefix(_FACET)] if value.startswith(_FACET) else value


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise ValueError(text)
    return int(text)
