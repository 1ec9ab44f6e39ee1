"""A message that may mean several things: the best readings are offered, and the one that is tapped is heard."""

from collections.abc import Sequence

from core.catalog import Catalog
from core.moves import Ask, Decision, Line, Move, line
from core.state import decode_acts, encode_acts
from core.turns import Act, Answer, Understanding, UnderstoodAct

_LOOKS = (Act.ASK_RECOMMEND, Act.CONTEXT)
UNCLEAR = 0.35  # below this confidence the best readings are offered instead of the best guess
OFFERED = 3
_VALUE = "reading:"


def is_unclear(understanding: Understanding) -> bool:
    """Whether there is something to choose from, and nothing that is likely enough."""
    if understanding.wish and all(a.act in _LOOKS and a.target is None for a in understanding.acts):
        return False  # what is told in words is looked for; what comes nearest says by itself how it was read
    return understanding.confidence < UNCLEAR and len(understanding.readings) > 1 and not understanding.invalid


def kept(understanding: Understanding) -> tuple[str, ...]:
    """The readings that are offered, for the chat's state; `chosen` takes one of them."""
    return tuple(encode_acts(reading.acts) for reading in understanding.readings[:OFFERED])


def offer(understanding: Understanding, lines: Sequence[Line], catalog: Catalog) -> Decision:
    """Asks which of the readings is meant."""
    readings = enumerate(understanding.readings[:OFFERED])
    choices = tuple((f"{_VALUE}{place}", _label(reading.acts, catalog)) for place, reading in readings)
    return Decision(Move((*lines,), ask=Ask("choose", line("ask.reading"), choices)))


def is_choice(answer: Answer) -> bool:
    """Whether the answer is a reading."""
    return answer.value.startswith(_VALUE)


def chosen(answer: Answer, guesses: Sequence[str]) -> tuple[UnderstoodAct, ...] | None:
    """The acts of the reading that was tapped; None where it is offered no more."""
    place = answer.value.removeprefix(_VALUE)
    return decode_acts(guesses[int(place)]) if place.isdecimal() and int(place) < len(guesses) else None


def _label(acts: Sequence[UnderstoodAct], catalog: Catalog) -> Line:
    """What a reading would mean, in a word or two."""
    act = acts[0]
    what: tuple[object, ...] = ()
    if act.target is not None:
        thing = catalog.get(act.target.value) if act.target.kind == "item" else act.target
        what = (thing,) if thing is not None else ()
    return line(f"reading.{act.act}", what=what)
