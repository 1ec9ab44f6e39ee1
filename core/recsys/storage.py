"""One model, one file: arrays in .npz, without pickle, written beside and renamed."""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import ModelError

FORMAT_VERSION = 1
Arrays = dict[str, npt.NDArray[np.generic]]


def write_arrays(path: Path, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
    """Writes the arrays so that a reader sees the old file or the new one, never a half."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with beside.open("wb") as file:
            np.savez(file, allow_pickle=False, format_version=np.array(FORMAT_VERSION), **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def read_arrays(path: Path) -> Arrays:
    """The arrays of write_arrays; ModelError for a file that is missing, broken or of another version."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except FileNotFoundError as error:
        raise ModelError(path, "no such file: run `jianyan build`") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(path, f"no model: {error}") from error
    version = arrays.pop("format_version", np.array(0))
    if version.shape or int(version) != FORMAT_VERSION:
        raise ModelError(path, f"format {version}, this program reads {FORMAT_VERSION}: run `jianyan build`")
    return arrays
