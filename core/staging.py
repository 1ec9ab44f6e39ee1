"""A build works in a directory of its own: what stands in `data` is whole at every moment, and as it was until the end.

data/next holds the build that is under way, or was interrupted: at first links to what is there. When it is done it is
renamed to data/ready, which is the one moment that counts, and its files take their places. Whoever finds a data/ready
goes on with that.
"""

import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from core.errors import DatabaseInUse
from core.holding import exclusive

MANIFEST = "manifest.json"
_MADE = ("model", "encoder")


def begin(data: Path) -> Path:
    """The directory to build in: as the last build left it, or with all that is built already. Nothing is copied."""
    _go_on(data)
    place, part = data / "next", data / "next.part"
    if not place.exists():
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        for path in (data / MANIFEST, *(path for top in _MADE for path in (data / top).rglob("*"))):
            if path.is_file() and not path.name.endswith(".partial"):
                _link(path, part / path.relative_to(data))
        os.replace(part, place)
    return place


def finish(data: Path) -> bool:
    """Puts what was built in its place; False where all of it stands there already."""
    place = data / "next"
    made = [*_outputs(place), MANIFEST]
    if all(_is_same(data / name, place / name) for name in made):
        shutil.rmtree(place)
        return False
    os.replace(place, data / "ready")
    _go_on(data)
    return True


def settle(data: Path) -> None:
    """Goes on with a change of files that was interrupted, unless a build is about to."""
    if (data / "ready").exists():
        with suppress(DatabaseInUse), exclusive(data / "build"):
            _go_on(data)


def _go_on(data: Path) -> None:
    ready = data / "ready"
    if not ready.exists():
        return
    if (ready / MANIFEST).exists():  # it goes last
        made = _outputs(ready)
        for name in made:
            if (ready / name).exists():
                (data / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(ready / name, data / name)
        for name in set(_outputs(data)) - set(made):
            (data / name).unlink(missing_ok=True)
        os.replace(ready / MANIFEST, data / MANIFEST)
    shutil.rmtree(ready)


def _outputs(place: Path) -> list[str]:
    """The files that a manifest names; none where it cannot be read."""
    try:
        stages = json.loads((place / MANIFEST).read_text(encoding="utf-8"))["stages"]
        named: Iterable[str] = (name for stage in stages.values() for name in stage["outputs"])
        return sorted(named)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _link(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, to)
    except OSError:  # a file system that knows no links
        shutil.copy2(path, to)


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and (one.samefile(other) or one.read_bytes() == other.read_bytes())
