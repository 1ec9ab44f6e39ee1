"""The catalogue that comes with the program."""

from pathlib import Path

from core.catalog import Item, read
from core.errors import BuildError

_ROOT = Path(__file__).parents[1]


def directory() -> Path:
    """Where the starter lies: `core/_catalog/` in an installed wheel, `catalog/` in the working tree."""
    for place in (_ROOT / "_catalog", _ROOT.parent / "catalog"):
        if any(place.glob("*.jsonl")):
            return place
    raise BuildError(f"no catalogue in {_ROOT / '_catalog'} nor in {_ROOT.parent / 'catalog'}: install jianyan again")


def files(place: Path | None = None) -> tuple[Path, ...]:
    """The JSONL files of a catalogue's directory, in the order of their names."""
    return tuple(sorted((place or directory()).glob("*.jsonl")))


def items(paths: tuple[Path, ...]) -> list[Item]:
    """Items of these files; BuildError names the first broken line and how many there are.

    A file begins with what is known best. Where nobody's ratings say so, the order is all there is, so files are merged
    in proportion: no country's albums stand behind all of another's because of their file's name.
    """
    found, errors = read(paths)
    if errors:
        more = f" (and {len(errors) - 1} more; `jianyan check` lists them)" if len(errors) > 1 else ""
        raise BuildError(f"{errors[0]}{more}")
    if not found:
        raise BuildError(f"no item in {', '.join(map(str, paths)) or 'the catalogue'}")
    places: list[float] = []
    for path in paths:
        lines = sum(bool(line.strip()) for line in path.read_bytes().splitlines())
        places += [(n + 0.5) / lines for n in range(lines)]
    return [item for _, item in sorted(zip(places, found, strict=True), key=lambda placed: placed[0])]
