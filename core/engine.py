"""One turn as a pure function: (state, log, turn, understanding) -> outcome. No I/O, no clock, no global randomness."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import numpy as np
import numpy.typing as npt

from core import evidence, readings, speaking
from core.catalog import Catalog
from core.exporting import export
from core.moves import CardPlan, Decision, Move, line
from core.policy import acts, decide, groups, picks, taps
from core.policy.hear import Hearing
from core.policy.pressed import acts_of
from core.policy.shelf import Shelf
from core.policy.view import View
from core.policy.want import Want
from core.recsys.factors import ItemFactors
from core.speaking import Speaker
from core.state import (
    REMEMBERED_SLATES,
    REMEMBERED_TEXTS,
    Asked,
    ChatState,
    Feedback,
    Outcome,
    recall,
    remember,
)
from core.turns import (
    Act,
    Answer,
    Card,
    Context,
    Lang,
    Question,
    Reply,
    Turn,
    Understanding,
)
from core.wording import Names, Wording, script, written

EXPECTING = {"kind": "genre", "liked": "item", "choose": "choose"}


class Engine:
    """Everything that a turn needs beside the chat itself. Holds no state of a chat; safe to share between threads.

    model_id: changes when scores may. seed: of all choices by chance. texts, match, floor, hidden, openness: see
    `Shelf`. confidant: the host that unclear messages are sent to, where there is one: who asks what is kept is told.
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
        confidant: str = "",
        hidden: frozenset[str] = frozenset(),
        openness: float = 0.0,
    ) -> None:
        self.catalog, self.model_id, self.seed, self.confidant = catalog, model_id, seed, confidant
        self.shelf = Shelf(catalog, model, texts, match, floor, hidden, openness)
        self.speaker = Speaker(Wording(names, catalog.get), seed)

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
        begun = state.turn if want.what == "picks" and not want.goes_on else hearing.state.since
        hearing.state = replace(hearing.state, unanswered=0, missed=None, since=begun)
        lines = hearing.acknowledgements()
        view = View(self.shelf, hearing.state, hearing.live())
        rng = np.random.default_rng([self.seed, state.chat_id % 2**64, state.turn])
        passed = understanding and understanding.has(Act.DONT_CARE, Act.DONT_KNOW, Act.SURPRISE)
        may_ask = asked is None and turn.count is None and not passed
        if want.what == "unclear":
            assert understanding is not None, "a tap is clear"
            decision = readings.offer(understanding, lines, self.catalog)
        else:
            decision = decide.decide(view, want, lines, may_ask, rng)
        if want.what == "privacy" and self.confidant:
            told = (*decision.move.lines, line("privacy.confidant", host=self.confidant))
            decision = replace(decision, move=replace(decision.move, lines=told))
        lang = hearing.state.language or lang
        understood = understanding or _pressed(state, turn, lang)
        outcome = self._outcome(view, hearing, decision, lang, turn, understood, asked, want)
        if turn.about == () and decision.slate is None:  # what was spoken of before can be spoken of again
            outcome = replace(outcome, state=replace(outcome.state, screen=start.screen, focus=start.focus))
        return outcome if outcome.forget else replace(outcome, state=remember(start, outcome.state))

    def scores(self, state: ChatState, log: Sequence[Feedback], item_ids: Sequence[str], now: datetime) -> list[Card]:
        """Cards of items as the chat stands now; unknown ids are left out. No turn: nothing is written."""
        view = self._view(state.at(now), log)
        lang = state.language or state.spoken
        voice = self.speaker.voice(state, lang, now)
        return [self.speaker.card(view, CardPlan(i), voice) for i in item_ids if i in self.catalog.row]

    def apology(self, state: ChatState, lang: Lang, error_id: str) -> Reply:
        """What is said when something broke."""
        text = self.speaker.voice(state, lang).say([line("apology", id=error_id)], state)
        notes = {"incident": error_id}
        return Reply(text, written(text, lang), notes=notes, traditional=state.traditional)

    def not_erased_yet(self, state: ChatState, reply: Reply) -> Reply:
        """The reply to a forgetting that another reader of the database holds up, saying so."""
        text = self.speaker.voice(state, reply.lang).say([line("forget.traces")], state)
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
            if isinstance(turn.action, Answer) and readings.is_choice(turn.action):
                return self._hear_reading(hearing, turn.action)
            return taps.hear_action(hearing, turn.action)
        assert u is not None, "a text comes with its understanding"
        state = hearing.state
        traditional = u.traditional or state.traditional and script.traditional(turn.text or "") == turn.text
        hearing.state = replace(state, spoken=u.lang, traditional=traditional, unsure=False, guesses=())
        may_ask = not state.unsure and not state.pending and asked is None and turn.count is None
        if may_ask and readings.is_unclear(u):
            hearing.state = replace(hearing.state, unsure=True, guesses=readings.kept(u))
            return Want("unclear")
        want = acts.hear_acts(hearing, u, asked)
        if want.what == "which":
            hearing.state = replace(hearing.state, unsure=True)
            if state.unsure and hearing.state.screen:  # asked once, and no wiser: others are the best guess
                return Want("picks", count=state.count, seed=state.seed, near=state.near, goes_on=True)
        return want

    def _hear_reading(self, hearing: Hearing, action: Answer) -> Want:
        """The reading that was tapped is heard as if it had been clear."""
        found = readings.chosen(action, hearing.state.guesses)
        hearing.state = replace(hearing.state, guesses=())
        if found is None:
            return Want("which")
        return acts.hear_acts(hearing, Understanding(found, hearing.state.spoken), None)

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
        reply = Reply("", heard.language or heard.spoken, events=_numbers(hearing), notes=speaking.notes(hearing))
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
        voice = self.speaker.voice(state, lang, turn.at)
        text = voice.say(lines, state)
        buttons = speaking.buttons(move, voice)
        question = None
        if move.ask is not None:
            asking = speaking.asked(move.ask, state.turn, voice)
            buttons = (*speaking.answers(asking), *buttons)
            question = Question(asking.slot, tuple(label for _, label in asking.choices))
            state = replace(state, asked=asking, open_slot=asking.slot, asked_slots=(*state.asked_slots, asking.slot))
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
            self.speaker.cards(view, move, voice),
            buttons,
            u,
            speaking.constraints(view),
            _numbers(hearing),
            question,
            taken_along,
            speaking.notes(hearing) | ({"stored": speaking.stored(view)} if want.what == "privacy" else {}),
            state.traditional,
        )
        return Outcome(state, tuple(hearing.events), reply, _mean(view), passed_on=hearing.passed_on)

    def _forgotten(self, state: ChatState, move: Move, lang: Lang, u: Understanding | None) -> Outcome:
        """Everything of the chat goes, but that it was said so, and in which language."""
        voice = self.speaker.voice(state, lang)
        text = voice.say(move.lines, state)
        fresh = replace(
            self.new_chat(state.chat_id), spoken=state.spoken, traditional=state.traditional, last_at=state.last_at
        )
        buttons, notes = speaking.buttons(move, voice), {"forgotten": True}
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


def _start(state: ChatState, turn: Turn) -> tuple[ChatState, int]:
    """Where a turn starts from, and the first event of what it replaces (else the next one).

    For an edited message that is the state before it was said; but numbers go on, and what was said was said.
    """
    earlier = recall(state) if turn.replaces is not None and turn.replaces == state.turn else None
    if earlier is None:
        return state, state.next_event
    return replace(earlier, turn=state.turn, next_event=state.next_event, said=state.said), earlier.next_event


def _pressed(state: ChatState, turn: Turn, lang: Lang) -> Understanding | None:
    """What a tap says, as its words would; None where it says nothing."""
    if turn.action is None:
        return None
    if isinstance(turn.action, Answer) and readings.is_choice(turn.action):
        found = readings.chosen(turn.action, state.guesses)
    else:
        found = acts_of(turn.action)
    return Understanding(found, lang) if found else None


def _numbers(hearing: Hearing) -> tuple[int, ...]:
    return tuple(e.event for e in hearing.events)


def _mean(view: View) -> tuple[float, ...] | None:
    return tuple(float(v) for v in view.told[1].mean) if view.told[0] else None
