"""What is free goes back to the system."""

import ctypes

import pytest

from bot.health import memory_bytes
from bot.memory import give_back


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="not glibc")
def test_pages_between_what_is_still_held_are_given_back() -> None:
    held = [bytes(1000) for _ in range(60_000)]  # too large for Python's own pools
    full = memory_bytes()
    held = held[::5000]
    give_back()
    assert len(held) == 12
    assert full - memory_bytes() > 40e6
