"""Everything that can go wrong, as one tree. An error carries facts; `wording` and the edges speak to people.

CoreError
├── CatalogError           a line of a catalogue that cannot be used
├── InteractionsError      reactions that cannot be counted (also a ValueError)
├── ModelError             a model directory that is missing, half-written or of another version
├── BuildError
│   ├── DownloadError      a file that could not be fetched, or is not the one that was pinned
│   └── UtteranceError     a labelled sentence that cannot be used
├── FormatError            a file of another program that is not of the form it should be
├── RequestError           a line or a tap that is no request
│   ├── UnknownAction      a button this version never made
│   └── UnknownItem        no item of that id
├── StoreError
│   ├── CorruptDatabase    the file is no database, or a broken one
│   ├── NewerDatabase      written by a newer version
│   ├── DatabaseInUse      another process holds it
│   └── DuplicateTurn      this turn key was answered before
├── LanguageModelError     a language model that did not help
└── SettingError           a setting that cannot be used
"""

import hashlib
from pathlib import Path


class CoreError(Exception):
    """Root of all errors of this project."""


class CatalogError(CoreError):
    """A catalogue line that cannot be used; path, line and field say where, reason says why."""

    def __init__(self, path: Path, line: int, field: str, reason: str) -> None:
        super().__init__(f"{path}:{line}: {field}: {reason}")
        self.path, self.line, self.field, self.reason = path, line, field, reason


class InteractionsError(CoreError, ValueError):
    """Reactions of the wrong shape, range or number."""


class ModelError(CoreError):
    """A model directory that cannot be used; `reason` says what to do."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class BuildError(CoreError):
    """A stage of `jianyan build` that cannot go on."""


class DownloadError(BuildError):
    """A pinned file that could not be had."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason = name, reason


class UtteranceError(BuildError):
    """A labelled sentence that cannot be used; path, line and field say where, reason says why."""

    def __init__(self, path: Path, line: int, field: str, reason: str) -> None:
        super().__init__(f"{path}:{line}: {field}: {reason}")
        self.path, self.line, self.field, self.reason = path, line, field, reason


class FormatError(CoreError):
    """A file that is not of the form it should be; `what` names the file, `reason` what was seen and what to do."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what, self.reason = what, reason


class RequestError(CoreError):
    """A request line that is none; `field` names the culprit."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


class UnknownAction(RequestError):
    """Button data that this version never wrote."""

    def __init__(self, data: str) -> None:
        super().__init__("tap", f"no button of ours: {data[:64]!r}")
        self.data = data


class UnknownItem(RequestError):
    """No item of that id; near: ids that look like it."""

    def __init__(self, item_id: str, near: tuple[str, ...]) -> None:
        super().__init__("id", item_id)
        self.item_id, self.near = item_id, near


class StoreError(CoreError):
    """The database cannot be used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class CorruptDatabase(StoreError):
    """The file is no SQLite database, or a damaged one. It is left as it is."""


class NewerDatabase(StoreError):
    """A newer version of the program wrote it. It is left as it is."""


class DatabaseInUse(StoreError):
    """Another process works on it."""


class DuplicateTurn(CoreError):
    """A turn key that was committed before; nothing was changed."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class LanguageModelError(CoreError):
    """A language model did not answer, or not with what it was asked for. The turn goes on without it."""


class SettingError(CoreError):
    """A setting that cannot be used; `name` is its environment variable."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason = name, reason


def incident_of(turn_key: str) -> str:
    """The number under which a failure of a turn is logged, and which the person is told. Always the same for one."""
    return hashlib.blake2b(turn_key.encode(), digest_size=3).hexdigest()
