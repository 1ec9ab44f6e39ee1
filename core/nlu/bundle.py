"""What training leaves in `core/nlu/adapters`, read back: arrays by file, known sentences, mixtures."""

import json
import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from core.errors import ModelError
from core.nlu.logistic import Array
from core.nlu.mixture import Mixture
from core.turns import Act

ADAPTERS = Path(__file__).with_name("adapters")
VERSION = 1
Arrays = dict[str, npt.NDArray[Any]]  # Any: float16, float32 and int8 side by side


@dataclass(frozen=True, slots=True)
class Sentence:
    """A known sentence, as `nearest` shows it."""

    text: str
    acts: frozenset[Act]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything learnt but the arrays, which are read when they are needed.

    acts: in the order of every (n, acts) array. source: the encoder that the adapters fit. mixtures: by model
    (`e5`, `light`, `ngrams`). sentences: in the order of the nearest models' rows. report: how it was measured.
    """

    directory: Path
    source: str
    acts: tuple[Act, ...]
    mixtures: Mapping[str, Mixture]
    sentences: tuple[Sentence, ...]
    report: Mapping[str, Any]

    @classmethod
    def read(cls, directory: Path = ADAPTERS) -> Self:
        """ModelError if it is missing, broken or of another version."""
        try:
            meta = json.loads((directory / "meta.json").read_text(encoding="utf-8"))
            if meta["version"] != VERSION:
                raise ModelError(directory, f"version {meta['version']}, not {VERSION}; `jianyan train acts` makes it")
            lines = (directory / "sentences.jsonl").read_text(encoding="utf-8").splitlines()
            rows = [json.loads(line) for line in lines]
            return cls(
                directory,
                str(meta["source"]),
                tuple(Act(name) for name in meta["acts"]),
                {name: Mixture.of(row) for name, row in meta["mixtures"].items()},
                tuple(Sentence(row["text"], frozenset(Act(name) for name in row["acts"])) for row in rows),
                meta["report"],
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(directory, f"no adapters: {error}; `jianyan train acts` makes them") from error

    def labels(self) -> Array:
        """(sentences, acts) 0/1."""
        return np.array([[act in each.acts for act in self.acts] for each in self.sentences], dtype=np.float32)

    def arrays(self, name: str) -> Arrays:
        """Arrays of one file: `e5`, `ngrams` or `light`. ModelError if it is missing or broken."""
        path = self.directory / f"{name}.npz"
        try:
            with np.load(path, allow_pickle=False) as file:
                return {key: file[key] for key in file.files}
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise ModelError(path, f"cannot be read: {error}; `jianyan train acts` makes it") from error


def write_bundle(
    directory: Path,
    source: str,
    acts: Sequence[Act],
    sentences: Sequence[Sentence],
    mixtures: Mapping[str, Mixture],
    files: Mapping[str, Mapping[str, npt.NDArray[Any]]],
    report: Mapping[str, Any],
) -> None:
    """Written beside and renamed; the same content gives the same bytes."""
    part = directory.with_name(f"{directory.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, arrays in files.items():
        named: dict[str, Any] = dict(sorted(arrays.items()))  # Any: numpy types its options among the names
        np.savez_compressed(part / f"{name}.npz", **named)
    with (part / "sentences.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for each in sentences:
            row = {"text": each.text, "acts": sorted(each.acts)}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    meta = {
        "version": VERSION,
        "source": source,
        "acts": list(acts),
        "mixtures": {name: mixture.to_json() for name, mixture in mixtures.items()},
        "report": dict(report),
    }
    (part / "meta.json").write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(directory, ignore_errors=True)
    os.replace(part, directory)
