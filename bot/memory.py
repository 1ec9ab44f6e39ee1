"""Memory that is free but not given back: after large things went, the C library keeps their pages."""

import ctypes
import gc


def give_back() -> None:
    """Collects what is left of cycles, then trims."""
    gc.collect()
    trim()


def trim() -> None:
    """Returns free pages to the system where the C library can (glibc)."""
    trimmed = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trimmed is not None:
        trimmed(0)
