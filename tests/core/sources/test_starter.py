"""The starter catalogue as it lies here."""

from collections import Counter
from pathlib import Path

import pytest

from core.catalog import Catalog
from core.errors import BuildError
from core.sources import starter


def test_the_starter_is_sound_and_every_button_can_name_its_items() -> None:
    items = starter.items(starter.files())
    assert len(Catalog(tuple(items)).by_short) == len(items)
    assert Counter(item.domain for item in items)["film"] >= 100


def test_a_directory_without_items_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="no item"):
        starter.items(starter.files(tmp_path))


def test_the_first_broken_line_is_named_and_the_others_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}\n[]\n", encoding="utf-8")
    with pytest.raises(BuildError, match=r"a\.jsonl:1: id.*1 more.*jianyan check"):
        starter.items(starter.files(tmp_path))
