"""Memory that is free but not given back: after large things went, the C library keeps their pages."""

import ctypes
import gc


def give_back() -> None:
    """Collects what is left of cycles, and returns free pages to the system where the C library can (glibc)."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
