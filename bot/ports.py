"""What the rooms of the adapter ask of their surroundings: two doors of the database, and the Bot API."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from core.state import Statement


class Store(Protocol):
    """Two doors of `core.store.SqliteStore`. StoreError where the database does not let in."""

    async def write(self, statements: Sequence[Statement]) -> int:
        """All or nothing, on disk when it returns. The number of rows changed."""

    async def read(self, query: str, *values: object) -> Sequence[tuple[object, ...]]: ...


class Call(Protocol):
    """A Bot API method with its parameters -> its result. Raises the errors of `telegram.error`."""

    async def __call__(
        self, method: str, parameters: Mapping[str, object], *, read_timeout: float | None = None
    ) -> Any: ...  # JSON, whatever the method gives
