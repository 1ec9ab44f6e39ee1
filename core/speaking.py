"""From a move to what is said and shown: text, cards with their reasons, buttons, the question. It decides nothing."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from core.moves import Ask, ButtonPlan, CardPlan, Line, Move
from core.policy.hear import Hearing
from core.policy.standing import standing
from core.policy.view import View, alternatives
from core.state import Asked, ChatState, Feedback
from core.turns import Answer, Button, Card, Condition, Lang, Part
from core.wording import Voice, Wording
from core.wording.naming import of_abroad

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Speaker:
    """Speaks in every chat. seed: of which of several wordings is taken."""

    wording: Wording
    seed: int = 0

    def voice(self, state: ChatState, lang: Lang, now: datetime | None = None) -> Voice:
        """How this turn of the chat is worded."""
        seed = (self.seed * 1_000_003 + (state.chat_id % 2**64) * 8191 + state.turn * 31) % 2**63
        return Voice(self.wording, lang, state.traditional and lang is not Lang.EN, seed, now)

    def cards(self, view: View, move: Move, voice: Voice) -> tuple[Card, ...]:
        """The move's cards in order; no two of them need give their reasons in the same words."""
        return tuple(self.card(view, plan, voice, voice.seed + n) for n, plan in enumerate(move.cards))

    def card(self, view: View, plan: CardPlan, voice: Voice, seed: int = 0) -> Card:
        """An item as the chat sees it: its logit is the sum of what is told to be in it."""
        found = view.item(plan.item_id)
        numbers = view.numbers(plan.item_id)
        parts = tuple(Part(e.event, voice.label(e), value) for e, value in numbers.parts)
        logit = math.fsum([numbers.prior, *(p.value for p in parts)])
        written_lang = "en" if voice.lang is Lang.EN else "zh"
        title = found.title.in_("en" if voice.lang is Lang.MIXED and of_abroad(found) else written_lang)
        reason = self.wording.join([voice.one(r, seed + n) for n, r in enumerate(plan.reasons)], voice.lang)
        people = tuple(dict.fromkeys(p.name.in_(written_lang) for p in found.people))
        return Card(
            found.id,
            title,
            found.title.zh,
            found.title.en,
            found.year,
            found.domain,
            found.genres,
            people,
            dict(found.attributes),
            1 / (1 + math.exp(-logit)),
            logit,
            numbers.std,
            numbers.prior,
            parts,
            reason,
            found.about.in_(written_lang),
            view.votes.get(found.id, (0, 0)),
            standing(view, view.shelf.catalog.row[found.id]),
        )


def asked(ask: Ask, turn: int, voice: Voice) -> Asked:
    """The question with its answers as they are worded."""
    return Asked(ask.slot, tuple((value, voice.one(label)) for value, label in ask.choices), turn)


def answers(question: Asked) -> Rows:
    """A button for each answer, three in a row."""
    found = tuple(Button(label, Answer(question.turn, value)) for value, label in question.choices)
    return tuple(found[n : n + 3] for n in range(0, len(found), 3))


def buttons(move: Move, voice: Voice) -> Rows:
    """The move's buttons, labelled."""
    return tuple(tuple(_button(plan, voice) for plan in row) for row in move.buttons if row)


def _button(plan: ButtonPlan, voice: Voice) -> Button:
    facts = dict(plan.label.facts)
    if isinstance(feedback := facts.get("feedback"), Feedback):
        facts["what"] = voice.label(feedback)
    return Button(voice.one(Line(plan.label.key, facts)), plan.action)


def constraints(view: View) -> tuple[Condition, ...]:
    """What filters; of alternatives nothing is said, since none of them must hold."""
    return tuple(dict.fromkeys(g[0] for g in alternatives(view.conditions) if len(g) == 1))


def notes(hearing: Hearing) -> dict[str, object]:
    """What the turn wrote, for machines. Without detail: what a member brought along is nobody's to see."""
    events = [
        {"event": e.event, "kind": str(e.kind), "target": e.target, "value": e.value, "scope": str(e.scope)}
        for e in hearing.events
    ]
    return {"turn": hearing.state.turn, "events": events}


def stored(view: View) -> dict[str, int]:
    """Entries that count, by kind."""
    return dict(Counter(str(e.kind) for e in view.live))
