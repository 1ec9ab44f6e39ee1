"""What a turn did, as plain values for whoever looks inside: the sandbox's inspector."""

import time
from collections.abc import Sequence

from core.terminal.lines import encode
from core.turns import Card, Reply, Turn


class Trace:
    """Begun before a turn, told after it. items: what was on the screen before."""

    def __init__(self, update_id: int, turn: Turn, text: str) -> None:
        self._update_id, self._turn, self._text = update_id, turn, text
        self._before: dict[str, float] = {}
        self._began = time.perf_counter()
        self._marks: list[tuple[str, float]] = []

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(self._before)

    def before(self, cards: Sequence[Card]) -> None:
        """The logits that the turn may change."""
        self._before = {card.item_id: card.logit for card in cards}
        self._began = time.perf_counter()

    def mark(self, stage: str) -> None:
        """A stage has ended."""
        self._marks.append((stage, time.perf_counter()))

    def told(self, reply: Reply, cards: Sequence[Card]) -> dict[str, object]:
        """cards: as they stand now."""
        stages: list[dict[str, object]] = []
        last = self._began
        for name, at in self._marks:
            stages.append({"name": name, "ms": round((at - last) * 1000, 2)})
            last = at
        return {
            "update_id": self._update_id,
            "chat": self._turn.chat_id,
            "text": self._text or self._pressed(),
            "understood": None if reply.understood is None else encode(reply, lambda _: "")["understood"],
            "events": reply.notes.get("events", []),
            "cards": [self._numbers(card) for card in cards],
            "stages": stages,
        }

    def _pressed(self) -> str:
        """What a tap was: its kind, and what it is about."""
        action = self._turn.action
        about = (getattr(action, name, None) for name in ("item_id", "what", "value", "verdict", "target", "event"))
        return f"[{' '.join([type(action).__name__, *(str(one) for one in about if one is not None)])}]"

    def _numbers(self, card: Card) -> dict[str, object]:
        return {
            "id": card.item_id,
            "title": card.title,
            "logit": card.logit,
            "before": self._before.get(card.item_id),
            "prior": card.prior,
            "parts": [{"label": part.label, "value": part.value} for part in card.parts],
        }
