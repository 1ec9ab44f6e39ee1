"""The phrase book: `core/phrases.toml` read, checked, and taken apart into texts and slots."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_PART = re.compile(r"\[([^\[\]]*)\]|\{([a-z_]+)(?::([a-z_]+))?\}")
_SETTINGS = {"zh", "en", "optional", "own_line", "tail"}

Fill = Callable[[str, str], str]  # slot name and form -> words, "" where there is nothing to say


@dataclass(frozen=True, slots=True)
class Slot:
    """`{name}` or `{name:form}`: where a fact goes, and how it is put."""

    name: str
    form: str


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence in parts. A tuple (written in [ ]) goes where a fact in it is empty."""

    parts: tuple["str | Slot | tuple[str | Slot, ...]", ...]

    @classmethod
    def parse(cls, text: str) -> "Template":
        parts: list[str | Slot | tuple[str | Slot, ...]] = []
        end = 0
        for found in _PART.finditer(text):
            parts.append(text[end : found.start()])
            inner, name, form = found.groups()
            if inner is None:
                parts.append(Slot(name, form or ""))
            else:
                parts.append(tuple(p for p in cls.parse(inner).parts if not isinstance(p, tuple)))
            end = found.end()
        parts.append(text[end:])
        return cls(tuple(part for part in parts if part))

    def slots(self) -> Iterator[Slot]:
        for part in self.parts:
            if isinstance(part, Slot):
                yield part
            elif isinstance(part, tuple):
                yield from (inner for inner in part if isinstance(inner, Slot))

    def render(self, fill: Fill, nothing: str) -> str:
        """The sentence. nothing: what stands for an empty fact outside [ ]."""
        said: list[str] = []
        for part in self.parts:
            match part:
                case str():
                    said.append(part)
                case Slot(name, form):
                    said.append(fill(name, form) or nothing)
                case tuple():
                    inner = [p if isinstance(p, str) else fill(p.name, p.form) for p in part]
                    said += inner if all(inner) else []
        return "".join(said)


@dataclass(frozen=True, slots=True)
class Phrase:
    """The ways to say one key. Both languages use the same facts.

    optional: left out where short answers are wished for. own_line: starts a new line. tail: key of what may be added
    when every way was used up.
    """

    zh: tuple[Template, ...]
    en: tuple[Template, ...]
    optional: bool = False
    own_line: bool = False
    tail: str = "tail"

    def ways(self, book: str) -> tuple[Template, ...]:
        """book: `zh` or `en`."""
        return self.zh if book == "zh" else self.en

    @property
    def facts(self) -> frozenset[str]:
        return frozenset(slot.name for template in self.zh for slot in template.slots())


def read(text: str) -> dict[str, Phrase]:
    """Phrases by dotted key; ValueError names the key that lacks a language or whose languages use other facts."""
    found: dict[str, Phrase] = {}

    def visit(table: Mapping[str, object], path: tuple[str, ...]) -> None:
        if not table.keys() & {"zh", "en"}:
            for name, inner in table.items():
                if not isinstance(inner, dict):
                    raise ValueError(f"{'.'.join((*path, name))}: neither a phrase nor a group of them")
                visit(inner, (*path, name))
            return
        key = ".".join(path)
        if unknown := table.keys() - _SETTINGS:
            raise ValueError(f"{key}: unknown {', '.join(sorted(unknown))}")
        zh, en = _templates(key, table.get("zh")), _templates(key, table.get("en"))
        used = [{slot.name for template in templates for slot in template.slots()} for templates in (zh, en)]
        if used[0] != used[1]:
            raise ValueError(f"{key}: {sorted(used[0] ^ used[1])} stands in one language only")
        optional, own_line = bool(table.get("optional")), bool(table.get("own_line"))
        found[key] = Phrase(zh, en, optional, own_line, str(table.get("tail", "tail")))

    visit(tomllib.loads(text), ())
    return found


def _templates(key: str, raw: object) -> tuple[Template, ...]:
    texts = [raw] if isinstance(raw, str) else raw if isinstance(raw, list) else []
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError(f"{key}: must be said in both languages")
    return tuple(Template.parse(text.strip()) for text in texts)


@cache
def phrases() -> Mapping[str, Phrase]:
    """The phrase book that comes with the package."""
    return read(resources.files("core").joinpath("phrases.toml").read_text(encoding="utf-8"))
