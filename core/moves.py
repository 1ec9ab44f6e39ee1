"""What the policy decides on, without a sentence in it: lines by key, cards by item, buttons by key, one question."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.turns import Action


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence to say: its key in phrases.toml, and the facts that fill it.

    Facts are Items, Targets, Conditions, Feedback, numbers, texts, or tuples of these; `wording` names them.
    """

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CardPlan:
    """An item to show, and why."""

    item_id: str
    reasons: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class ButtonPlan:
    """A button: the key of its label, the facts in it, and what it does."""

    label: Line
    action: Action


@dataclass(frozen=True, slots=True)
class Ask:
    """A question: what is expected, and the answers offered as (value, label)."""

    slot: str
    line: Line
    choices: tuple[tuple[str, Line], ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """One turn's decision. A confirmation (`forget`) is no question: its lines and buttons ask."""

    lines: tuple[Line, ...]
    cards: tuple[CardPlan, ...] = ()
    buttons: tuple[tuple[ButtonPlan, ...], ...] = ()
    ask: Ask | None = None
    export: bool = False
    forget: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The move, and what it changes on the screen: the new slate (None: as it was), the item in focus.

    near: items nearest to the words that the slate was asked for in, which the next slate goes on with.
    """

    move: Move
    slate: tuple[str, ...] | None = None
    focus: str | None = None
    shown: tuple[str, ...] = ()
    domain: str | None = None
    count: int | None = None
    near: tuple[str, ...] = ()


def line(key: str, **facts: object) -> Line:
    return Line(key, facts)


def button(key: str, action: Action, **facts: object) -> ButtonPlan:
    return ButtonPlan(Line(key, facts), action)
