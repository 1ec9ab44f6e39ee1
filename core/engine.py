"""One turn as a pure function: (state, log, turn, understanding) -> outcome. No I/O, no clock, no global randomness."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import numpy as np
import numpy.typing as npt

from core import evidence
from core.catalog import Catalog
from core.exporting import export
from core.moves import Ask, ButtonPlan, CardPlan, Decision, Line, Move, line
from core.policy import acts, decide, groups, picks, taps
from core.policy.hear import Hearing, Want
from core.policy.view import Shelf, View, alternatives
from core.recsys.factors import ItemFactors
from core.state import (
    REMEMBERED_SLATES,
    REMEMBERED_TEXTS,
    Asked,
    ChatState,
    Feedback,
    Outcome,
    decode_acts,
    encode_acts,
    recall,
    remember,
)
from core.turns import (
    Act,
    Answer,
    Button,
    Card,
    Condition,
    Context,
    Lang,
    Part,
    Question,
    Reply,
    Turn,
    Understanding,
    UnderstoodAct,
)
from core.wording import Names, Voice, Wording, script, written

EXPECTING = {"kind": "genre", "liked": "item", "choose": "choose"}
UNCLEAR = 0.35  # below this the best readings are offered instead of the best guess


class Engine:
    """Everything that a turn needs beside the chat itself. Holds no state of a chat; safe to share between threads.

    model_id: changes when scores may. seed: of all choices by chance. texts, match, floor: see `Shelf`.
    """

    def __init__(
        self,
        catalog: Catalog,
        model: ItemFactors,
        names: Names,
        model_id: str = "",
        seed: int = 0,
        texts: npt.NDArray[np.float32] | None = None,
        match: Callable[[str], npt.NDArray[np.float64]] | None = None,
        floor: float = 0.0,
    ) -> None:
        self.catalog, self.model_id, self.seed = catalog, model_id, seed
        self.shelf = Shelf(catalog, model, texts, match, floor)
        self.wording = Wording(names, catalog.get)

    # ---- the door ----

    def new_chat(self, chat_id: int) -> ChatState:
        return ChatState(chat_id)

    def context(self, state: ChatState, log: Sequence[Feedback], turn: Turn) -> Context:
        """What the meaning of a message hangs on."""
        state = self._pointed(_start(state, turn)[0].at(turn.at), turn)
        asked = state.asked
        expecting = None
        if state.pending:
            expecting = "confirm"
        elif asked is not None:
            slot = asked.slot
            expecting = EXPECTING.get(slot) or ("yesno" if slot.startswith(("taste:", "item:")) else slot)
        choices = tuple(label for _, label in asked.choices) if asked else ()
        language = state.language or turn.lang or state.spoken
        return Context(
            expecting,
            state.screen,
            state.focus,
            choices,
            state.domain,
            language,
            turn.at,
            state.chat_id < 0,
        )

    def respond(
        self,
        state: ChatState,
        log: Sequence[Feedback],
        turn: Turn,
        understanding: Understanding | None,
        private: Sequence[Feedback] | None = None,
    ) -> Outcome:
        """The reply and all that the turn leaves behind. A text needs its understanding, a tap has none.

        private: the log of the speaker's private chat, where this is a group; read only if they join.
        """
        if turn.replaces is not None and (state.turn != turn.replaces or state.before is None):
            return Outcome(state, (), Reply("", state.language or state.spoken, notes={"turn": state.turn}))
        start, first = _start(state, turn)
        state = replace((now := self._pointed(start.at(turn.at), turn)), turn=now.turn + 1)
        if state.turn == 1 and turn.lang is not None:  # taps may come before the first word
            state = replace(state, spoken=turn.lang, traditional=turn.traditional)
        asked, brings = state.asked, partial(groups.taste_of, self.shelf, private or ())
        hearing = Hearing(replace(state, asked=None), tuple(log), self.catalog, turn.speaker, turn.at, brings)
        if turn.replaces is not None:
            hearing.replace_turn(turn.replaces, first)
        lang = self._language(state, turn, understanding)
        want = self._hear(hearing, turn, understanding, asked)
        if turn.quiet:
            return self._learnt(start, state, hearing, want)
        if turn.count is not None and want.what == "picks":
            want = replace(want, count=min(turn.count, picks.MOST), counts=(), replace=())
        hearing.state = replace(hearing.state, unanswered=0, missed=None)
        lines = hearing.acknowledgements()
        view = View(self.shelf, hearing.state, hearing.live())
        rng = np.random.default_rng([self.seed, state.chat_id % 2**64, state.turn])
        passed = understanding and understanding.has(Act.DONT_CARE, Act.DONT_KNOW, Act.SURPRISE)
        may_ask = asked is None and turn.count is None and not passed
        if want.what == "unclear":
            decision = self._ask_back(understanding, lines)
        else:
            decision = decide.decide(view, want, lines, may_ask, rng)
        lang = hearing.state.language or lang
        outcome = self._outcome(view, hearing, decision, lang, turn, understanding, asked, want)
        if turn.about == () and decision.slate is None:  # what was spoken of before can be spoken of again
            outcome = replace(outcome, state=replace(outcome.state, screen=start.screen, focus=start.focus))
        return outcome if outcome.forget else replace(outcome, state=remember(start, outcome.state))

    def scores(self, state: ChatState, log: Sequence[Feedback], item_ids: Sequence[str], now: datetime) -> list[Card]:
        """Cards of items as the chat stands now; unknown ids are left out. No turn: nothing is written."""
        view = self._view(state.at(now), log)
        lang = state.language or state.spoken
        voice = self._voice(state, lang, now)
        return [self._card(view, CardPlan(i), voice, 0) for i in item_ids if i in self.catalog.row]

    def apology(self, state: ChatState, lang: Lang, error_id: str) -> Reply:
        """What is said when something broke."""
        text = self._voice(state, lang).say([line("apology", id=error_id)], state)
        notes = {"incident": error_id}
        return Reply(text, written(text, lang), notes=notes, traditional=state.traditional)

    def not_erased_yet(self, state: ChatState, reply: Reply) -> Reply:
        """The reply to a forgetting that another reader of the database holds up, saying so."""
        text = self._voice(state, reply.lang).say([line("forget.traces")], state)
        return replace(reply, text=f"{reply.text}\n{text}")

    # ---- hearing ----

    def _pointed(self, state: ChatState, turn: Turn) -> ChatState:
        """The state with what the message answers in focus, or as the list that "the second" counts in."""
        about = tuple(i for i in turn.about or () if i in self.catalog.row)
        if len(about) == 1:
            return replace(state, focus=about[0])
        if about or turn.about == ():
            return replace(state, screen=about, focus=None)
        return state

    def _view(self, state: ChatState, log: Sequence[Feedback]) -> View:
        return View(self.shelf, state, evidence.live(log, state.session))

    def _hear(self, hearing: Hearing, turn: Turn, u: Understanding | None, asked: Asked | None) -> Want:
        if turn.action is not None:
            if isinstance(turn.action, Answer) and turn.action.value.startswith("reading:"):
                return self._hear_reading(hearing, turn.action)
            return taps.hear_action(hearing, turn.action)
        assert u is not None, "a text comes with its understanding"
        state = hearing.state
        traditional = u.traditional or state.traditional and script.traditional(turn.text or "") == turn.text
        hearing.state = replace(state, spoken=u.lang, traditional=traditional, unsure=False, guesses=())
        unclear = u.confidence < UNCLEAR and len(u.readings) > 1 and not state.unsure and asked is None
        if unclear and turn.count is None and not u.invalid and not state.pending:
            guesses = tuple(encode_acts(r.acts) for r in u.readings[:3])
            hearing.state = replace(hearing.state, unsure=True, guesses=guesses)
            return Want("unclear")
        return acts.hear_acts(hearing, u, asked)

    def _hear_reading(self, hearing: Hearing, action: Answer) -> Want:
        """The reading that was tapped is heard as if it had been clear."""
        place = action.value.removeprefix("reading:")
        guesses = hearing.state.guesses
        hearing.state = replace(hearing.state, guesses=())
        if not place.isdecimal() or int(place) >= len(guesses):
            return Want("which")
        found = decode_acts(guesses[int(place)])
        return acts.hear_acts(hearing, Understanding(found, hearing.state.spoken), None)

    def _ask_back(self, u: Understanding | None, lines: tuple[Line, ...]) -> Decision:
        assert u is not None
        choices = tuple((f"reading:{n}", self._reading_label(r.acts)) for n, r in enumerate(u.readings[:3]))
        return Decision(Move((*lines,), ask=Ask("choose", line("ask.reading"), choices)))

    def _reading_label(self, found: Sequence[UnderstoodAct]) -> Line:
        """What a reading would mean, in a word or two."""
        act = found[0]
        what: tuple[object, ...] = ()
        if act.target is not None:
            thing = self.catalog.get(act.target.value) if act.target.kind == "item" else act.target
            what = (thing,) if thing is not None else ()
        return line(f"reading.{act.act}", what=what)

    def _language(self, state: ChatState, turn: Turn, u: Understanding | None) -> Lang:
        if state.language is not None:
            return state.language
        if u is not None:
            if not u.invalid:
                return u.lang
            unknown = Lang.EN if u.invalid == "language" and state.turn == 1 else state.spoken
            return turn.lang or unknown
        return state.spoken if state.turn > 1 or turn.lang is None else turn.lang

    # ---- speaking ----

    def _learnt(self, start: ChatState, state: ChatState, hearing: Hearing, want: Want) -> Outcome:
        """A quiet turn: what was told stays, and how the person speaks; the talk stands where it stood."""
        heard = hearing.state
        asks = want.what == "picks" and not want.unasked
        after = replace(
            state,
            next_event=heard.next_event,
            language=heard.language,
            spoken=heard.spoken,
            traditional=heard.traditional,
            style=heard.style,
            unanswered=state.unanswered + 1,
            missed=state.turn if asks else state.missed,
        )
        view = View(self.shelf, after, hearing.live())
        reply = Reply("", heard.language or heard.spoken, events=_numbers(hearing), notes=_notes(hearing))
        return Outcome(remember(start, after), tuple(hearing.events), reply, _mean(view))

    def _outcome(
        self,
        view: View,
        hearing: Hearing,
        decision: Decision,
        lang: Lang,
        turn: Turn,
        u: Understanding | None,
        asked: Asked | None,
        want: Want,
    ) -> Outcome:
        move, state = decision.move, hearing.state
        if move.forget:
            return self._forgotten(state, move, lang, u)
        lines = list(move.lines)
        if move.ask is not None:
            lines.append(move.ask.line)
        voice = self._voice(state, lang, turn.at)
        text = voice.say(lines, state)
        cards = tuple(self._card(view, plan, voice, voice.seed + n) for n, plan in enumerate(move.cards))
        buttons = self._buttons(move, voice)
        question = None
        if move.ask is not None:
            labels = tuple((value, voice.one(label)) for value, label in move.ask.choices)
            answers = tuple(Button(label, Answer(state.turn, value)) for value, label in labels)
            rows = tuple(answers[n : n + 3] for n in range(0, len(answers), 3))
            buttons = (*rows, *buttons)
            question = Question(move.ask.slot, tuple(label for _, label in labels))
            state = replace(
                state,
                asked=Asked(move.ask.slot, labels, state.turn),
                open_slot=move.ask.slot,
                asked_slots=(*state.asked_slots, move.ask.slot),
            )
        else:  # what was asked may still be answered after an aside, but not after something was told
            aside = asked is not None and turn.text is not None and not hearing.events
            state = replace(state, open_slot=asked.slot if aside and asked else None)
        state = self._screen(state, decision, want)
        state = replace(state, said=(*state.said, Wording.hash(text))[-REMEMBERED_TEXTS:])
        taken_along = export(state, hearing.everything) if move.export else None
        written_in = written(text, lang)
        reply = Reply(
            text,
            written_in,
            cards,
            buttons,
            u,
            self._constraints(view),
            _numbers(hearing),
            question,
            taken_along,
            _notes(hearing) | ({"stored": _stored(view)} if want.what == "privacy" else {}),
            state.traditional,
        )
        return Outcome(state, tuple(hearing.events), reply, _mean(view))

    def _forgotten(self, state: ChatState, move: Move, lang: Lang, u: Understanding | None) -> Outcome:
        """Everything of the chat goes, but that it was said so, and in which language."""
        voice = self._voice(state, lang)
        text = voice.say(move.lines, state)
        fresh = replace(
            self.new_chat(state.chat_id), spoken=state.spoken, traditional=state.traditional, last_at=state.last_at
        )
        buttons, notes = self._buttons(move, voice), {"forgotten": True}
        reply = Reply(text, written(text, lang), (), buttons, u, notes=notes, traditional=state.traditional)
        return Outcome(fresh, (), reply, None, forget=True)

    def _screen(self, state: ChatState, decision: Decision, want: Want) -> ChatState:
        shown = tuple(dict.fromkeys((*state.shown, *decision.shown, *(c.item_id for c in decision.move.cards))))
        slates = state.slates
        screen = state.screen
        if decision.slate is not None and decision.slate != screen:
            if screen and not want.replace:
                slates = (*slates, screen)[-REMEMBERED_SLATES:]
            screen = decision.slate
        focus = decision.focus
        if focus is None and decision.slate is None:
            focus = state.focus
        return replace(
            state,
            screen=screen,
            slates=slates,
            shown=shown,
            focus=focus,
            domain=decision.domain or state.domain,
            count=decision.count if decision.slate else state.count,
            explore=want.explore if decision.slate else state.explore,
            seed=want.seed if decision.slate and want.what == "picks" else state.seed,
            near=decision.near if decision.slate and want.what == "picks" else state.near,
        )

    def _constraints(self, view: View) -> tuple[Condition, ...]:
        """What filters; of alternatives nothing is said, since none of them must hold."""
        return tuple(dict.fromkeys(g[0] for g in alternatives(view.conditions) if len(g) == 1))

    def _voice(self, state: ChatState, lang: Lang, now: datetime | None = None) -> Voice:
        seed = (self.seed * 1_000_003 + (state.chat_id % 2**64) * 8191 + state.turn * 31) % 2**63
        return Voice(self.wording, lang, state.traditional and lang is not Lang.EN, seed, now)

    def _buttons(self, move: Move, voice: Voice) -> tuple[tuple[Button, ...], ...]:
        return tuple(tuple(self._button(b, voice) for b in row) for row in move.buttons if row)

    def _button(self, plan: ButtonPlan, voice: Voice) -> Button:
        facts = dict(plan.label.facts)
        if isinstance(feedback := facts.get("feedback"), Feedback):
            facts["what"] = voice.label(feedback)
        return Button(voice.one(Line(plan.label.key, facts)), plan.action)

    def _card(self, view: View, plan: CardPlan, voice: Voice, seed: int) -> Card:
        found = view.item(plan.item_id)
        numbers = view.numbers(plan.item_id)
        parts = tuple(Part(e.event, voice.label(e), value) for e, value in numbers.parts)
        logit = math.fsum([numbers.prior, *(p.value for p in parts)])
        written_lang = "en" if voice.lang is Lang.EN else "zh"
        reason = self.wording.join([voice.one(r, seed + n) for n, r in enumerate(plan.reasons)], voice.lang)
        people = tuple(dict.fromkeys(p.name.in_(written_lang) for p in found.people))
        return Card(
            found.id,
            found.title.in_(written_lang),
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
        )


def _start(state: ChatState, turn: Turn) -> tuple[ChatState, int]:
    """Where a turn starts from, and the first event of what it replaces (else the next one).

    For an edited message that is the state before it was said; but numbers go on, and what was said was said.
    """
    earlier = recall(state) if turn.replaces is not None and turn.replaces == state.turn else None
    if earlier is None:
        return state, state.next_event
    return replace(earlier, turn=state.turn, next_event=state.next_event, said=state.said), earlier.next_event


def _numbers(hearing: Hearing) -> tuple[int, ...]:
    return tuple(e.event for e in hearing.events)


def _mean(view: View) -> tuple[float, ...] | None:
    return tuple(float(v) for v in view.told[1].mean) if view.told[0] else None


def _notes(hearing: Hearing) -> dict[str, object]:
    """What the turn wrote, for machines. Without detail: what a member brought along is nobody's to see."""
    events = [
        {"event": e.event, "kind": str(e.kind), "target": e.target, "value": e.value, "scope": str(e.scope)}
        for e in hearing.events
    ]
    return {"turn": hearing.state.turn, "events": events}


def _stored(view: View) -> dict[str, int]:
    """Entries that count, by kind."""
    return dict(Counter(str(e.kind) for e in view.live))
