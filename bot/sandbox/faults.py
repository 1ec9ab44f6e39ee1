"""Faults by script: what goes wrong, where, how often."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count

KINDS = ("429", "5xx", "not_json", "lost", "refuse", "blocked", "wedge", "unauthorized", "redeliver")


@dataclass(frozen=True, slots=True)
class Fault:
    """kind: of KINDS. method: prefix of the methods it meets, "" for all but getUpdates. chat: None for all.

    times: how often yet, None for ever. share: of the calls it meets. seconds: of a 429. description: of a refusal.
    """

    kind: str
    method: str = ""
    chat: int | None = None
    times: int | None = None
    share: float = 1.0
    seconds: int = 1
    description: str = "Bad Request: chat not found"
    code: int = 400

    def meets(self, method: str, chat: object) -> bool:
        polls = method == "getUpdates"
        if self.kind in ("wedge", "unauthorized") and not self.method:
            return polls
        if self.kind == "redeliver" or (polls and not self.method):
            return False
        return method.startswith(self.method) and self.chat in (None, chat)


class Faults:
    """Those that are on. changed: is called when they are others, also because one is used up."""

    def __init__(self, seed: int = 0, changed: Callable[[], object] = lambda: None) -> None:
        self._rng, self.changed = random.Random(seed), changed
        self._numbers = count(1)
        self.on: dict[int, Fault] = {}

    def add(self, fault: Fault) -> int:
        """Its number."""
        number = next(self._numbers)
        self.on[number] = fault
        self.changed()
        return number

    def remove(self, number: int) -> None:
        if self.on.pop(number, None) is not None:
            self.changed()

    def clear(self) -> None:
        self.on.clear()
        self.changed()

    def meeting(self, method: str, values: Mapping[str, object]) -> Fault | None:
        """What goes wrong with this call, if anything."""
        for number, fault in list(self.on.items()):
            if fault.meets(method, values.get("chat_id")) and self._rng.random() < fault.share:
                self._used(number, fault)
                return fault
        return None

    def repeats(self) -> bool:
        """Whether the update that comes now is sent a second time."""
        for number, fault in list(self.on.items()):
            if fault.kind == "redeliver" and self._rng.random() < fault.share:
                self._used(number, fault)
                return True
        return False

    def _used(self, number: int, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times <= 1:
            self.remove(number)
        else:
            self.on[number] = replace(fault, times=fault.times - 1)
            self.changed()
