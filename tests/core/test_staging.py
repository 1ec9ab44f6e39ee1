"""What a build puts in place is all there, or nothing of it, wherever the process ends."""

import json
import os
from contextlib import suppress
from pathlib import Path

import pytest

from core import staging
from core.holding import exclusive

OLD = {"model/catalog.jsonl": "old items", "model/ratings.npz": "old ratings", "encoder/config.json": "old"}
NEW = {"model/catalog.jsonl": "new items", "model/factors.npz": "new factors", "encoder/config.json": "old"}


def manifest(names: dict[str, str]) -> str:
    return json.dumps({"stages": {"all": {"outputs": dict.fromkeys(names)}}, "of": sorted(names.values())})


def put(place: Path, files: dict[str, str]) -> None:
    """As a build does: beside, then renamed."""
    for name, text in (*files.items(), (staging.MANIFEST, manifest(files))):
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name("beside").write_text(text, encoding="utf-8")
        os.replace(path.with_name("beside"), path)


def held(data: Path) -> dict[str, str]:
    """Every file there but locks, and the manifest's own."""
    found = {
        str(path.relative_to(data)): path.read_text(encoding="utf-8") for path in data.rglob("*") if path.is_file()
    }
    return {name: text for name, text in found.items() if not name.endswith((".lock", staging.MANIFEST))}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    put(tmp_path, OLD)
    (tmp_path / "model" / "wishes.npz").write_text("taught", encoding="utf-8")
    return tmp_path


def test_a_build_begins_with_what_is_there_and_changes_nothing_of_it(data: Path) -> None:
    place = staging.begin(data)
    assert held(place) == {**OLD, "model/wishes.npz": "taught"}
    put(place, NEW)
    assert (data / "model" / "catalog.jsonl").read_text(encoding="utf-8") == "old items"
    assert staging.begin(data) == place, "an interrupted one goes on"
    assert (place / "model" / "catalog.jsonl").read_text(encoding="utf-8") == "new items"


def test_what_is_done_takes_its_place_and_what_it_has_no_more_goes(data: Path) -> None:
    put(staging.begin(data), NEW)
    assert staging.finish(data)
    assert held(data) == {**NEW, "model/wishes.npz": "taught"}
    staging.begin(data)
    assert not staging.finish(data), "nothing was built since"
    assert held(data) == {**NEW, "model/wishes.npz": "taught"}


@pytest.mark.parametrize("at", range(6))
def test_killed_at_any_rename_it_is_whole_after_the_next_start(
    data: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    put(staging.begin(data), NEW)
    left, whole = iter(range(at)), os.replace

    def replace(one: Path, other: Path) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        whole(one, other)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with suppress(KeyboardInterrupt):
            staging.finish(data)
    staging.settle(data)
    whole_one = {**(NEW if at else OLD), "model/wishes.npz": "taught"}
    assert {name: text for name, text in held(data).items() if not name.startswith("next/")} == whole_one


def test_a_change_that_a_build_is_about_is_left_to_it(data: Path) -> None:
    os.replace(staging.begin(data), data / "ready")
    with exclusive(data / "build"):
        staging.settle(data)
    assert (data / "ready").exists()
    staging.settle(data)
    assert not (data / "ready").exists()


def test_where_there_are_no_links_files_are_copied(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", none)
    put(staging.begin(data), NEW)
    assert staging.finish(data)
    assert held(data) == {**NEW, "model/wishes.npz": "taught"}
