"""Files as the services give them: plain, in a directory, in a zip, gzipped; in whatever encoding."""

import codecs
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, cast

from core.errors import FormatError
from core.sources.rows import Progress

SAMPLE = 4 << 20  # bytes that decide on the encoding
STEP = 1 << 20  # bytes between two steps of the progress bar
ARCHIVES = (".zip",)


@dataclass(eq=False)
class Files:
    """The files of one import. members: those inside directories and zips, each by itself."""

    members: tuple["Member", ...]
    progress: Progress | None = None
    total: int = 0
    done: int = field(default=0, init=False)
    told: int = field(default=0, init=False)

    @classmethod
    def of(cls, paths: Sequence[Path], progress: Progress | None = None) -> "Files":
        """The files below the paths; FormatError where there is none, or a zip is broken."""
        found: list[tuple[Path, str | None]] = []
        for path in paths:
            if not path.exists():
                raise FormatError(str(path), "no such file")
            below = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
            for file in below:
                hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
                if not hidden:
                    found += [(file, inner) for inner in _inside(file)]
        if not found:
            raise FormatError(", ".join(map(str, paths)), "no file in there")
        size = sum(path.stat().st_size for path in {path for path, _ in found})
        files = cls((), progress, size)
        files.members = tuple(Member(files, path, inner) for path, inner in found)
        return files

    def named(self, *patterns: str) -> list["Member"]:
        """Members whose base name fits one of the patterns (small letters, without .gz)."""
        return [m for m in self.members if any(fnmatch(m.base, pattern) for pattern in patterns)]

    def count(self, size: int) -> None:
        """So many bytes more were read."""
        self.done += size
        if self.progress is not None and self.done - self.told >= STEP:
            self.told = self.done
            self.progress(min(self.done, self.total), self.total)


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One file. inner: its name inside the zip at `path`."""

    files: Files
    path: Path
    inner: str | None = None

    @property
    def name(self) -> str:
        """As it stands in the report."""
        return self.path.name if self.inner is None else f"{self.path.name}/{self.inner}"

    @property
    def base(self) -> str:
        return Path(self.inner or self.path.name).name.casefold().removesuffix(".gz")

    @property
    def folders(self) -> tuple[str, ...]:
        """Names of the folders inside the zip, or of the one that holds the file; small letters."""
        place = Path(self.inner) if self.inner else Path(self.path.parent.name, self.path.name)
        return tuple(part.casefold() for part in place.parts[:-1])

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Its bytes, unpacked. FormatError where they cannot be read to the end."""
        try:
            with self.path.open("rb") as raw:
                counted = cast(IO[bytes], io.BufferedReader(_Counting(raw, self.files)))
                if self.inner is not None:
                    with zipfile.ZipFile(counted) as archive, archive.open(self.inner) as inside:
                        packed = self.inner.casefold().endswith(".gz")
                        yield cast(IO[bytes], gzip.GzipFile(fileobj=inside)) if packed else inside
                elif counted.read(2) == b"\x1f\x8b":
                    counted.seek(0)
                    with gzip.open(counted) as unpacked:
                        yield cast(IO[bytes], unpacked)
                else:
                    counted.seek(0)
                    yield counted
        except (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile) as error:
            raise FormatError(self.name, f"cannot be unpacked to its end: {error}") from error
        except RuntimeError as error:  # zipfile's word for a password
            if "password" not in str(error):
                raise
            raise FormatError(self.name, "is locked with a password; unpack it first") from error

    @contextmanager
    def text(self) -> Iterator[IO[str]]:
        """Its text, line ends as they are. What the encoding does not hold comes as lone surrogates."""
        encoding = self.encoding()
        with self.open() as raw:
            errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
            yield io.TextIOWrapper(raw, encoding, errors=errors, newline="")

    def encoding(self) -> str:
        with self.open() as raw:
            sample = raw.read(SAMPLE)
        return encoding_of(sample, len(sample) < SAMPLE)

    def head(self, size: int = 8192) -> str:
        """The beginning of its text."""
        with self.text() as text:
            return text.read(size)


class _Counting(io.RawIOBase):
    """Reads on, and tells how much was read."""

    def __init__(self, raw: IO[bytes], files: Files) -> None:
        self._raw, self._files = raw, files

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # typeshed's Buffer is not in 3.11
        data = self._raw.read(len(view))
        view[: len(data)] = data
        self._files.count(len(data))
        return len(data)


def encoding_of(sample: bytes, whole: bool = True) -> str:
    """Encoding of a text by its beginning: a byte order mark, UTF-8 if it is, GB18030 for Chinese, else Windows-1252.

    whole: the sample is all of it; else its last character may be cut off.
    """
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if sample.startswith(mark):
            return name
    zeros = sample[:2000].count(0)
    if zeros > len(sample[:2000]) // 4:
        return "utf-16-le" if sample[1:2000:2].count(0) >= sample[:2000:2].count(0) else "utf-16-be"
    declared = re.match(rb"""\s*<\?xml[^>]*encoding=["']([A-Za-z0-9_.-]+)["']""", sample[:200])
    if declared and declared[1].decode().casefold() in ("gb2312", "gbk", "gb18030"):
        return "gb18030"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=whole)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    # Chinese stands in pairs of two high bytes; an accented letter of Latin-1 stands alone.
    high = len(re.findall(rb"[\x80-\xff]", sample))
    pairs = sum(len(run) // 2 * 2 for run in re.findall(rb"(?:[\xa1-\xf7][\xa1-\xfe])+", sample))
    if pairs >= 0.6 * high:
        return "gb18030"
    broken = len(re.findall(rb"[\x80-\xff]", sample.decode("utf-8", errors="ignore").encode("utf-8")))
    return "utf-8" if broken > 0.6 * high else "cp1252"  # a few damaged bytes in a text that is UTF-8


def is_damaged(text: str) -> bool:
    """True where the text holds what its encoding does not."""
    return any("\ud800" <= letter <= "\udfff" or letter == "\ufffd" for letter in text)


def _inside(path: Path) -> list[str | None]:
    if path.suffix.casefold() not in ARCHIVES:
        return [None]
    try:
        with zipfile.ZipFile(path) as archive:
            return [i.filename for i in archive.infolist() if not i.is_dir() and not _is_junk(i.filename)]
    except zipfile.BadZipFile as error:
        raise FormatError(path.name, f"no whole zip: {error}") from error


def _is_junk(name: str) -> bool:
    return name.startswith("__MACOSX/") or Path(name).name.startswith(".")
