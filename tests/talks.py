"""A conversation with the engine, for tests: by meaning, in words, or by taps."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.engine import Engine
from core.nlu.understand import Understander
from core.state import ChatState, Feedback, Outcome, decode, encode
from core.turns import Action, Lang, Turn, Understanding, UnderstoodAct

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(slots=True)
class Talk:
    """One chat with the engine. `acts` says a sentence by what it means, `say` in words, `tap` presses."""

    engine: Engine
    understander: Understander
    state: ChatState
    log: tuple[Feedback, ...] = ()
    now: datetime = NOON
    outcomes: list[Outcome] = field(default_factory=list)

    def acts(self, *acts: UnderstoodAct, lang: Lang = Lang.ZH, wish: str | None = None) -> Outcome:
        return self._turn(Understanding(acts, lang, wish), text="…")

    def say(self, text: str) -> Outcome:
        turn = self._next(text=text)
        context = self.engine.context(self.state, self.log, turn)
        return self._commit(turn, self.understander.understand(text, context))

    def tap(self, action: Action) -> Outcome:
        return self._commit(self._next(action=action), None)

    def later(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    def _turn(self, understanding: Understanding, text: str) -> Outcome:
        return self._commit(self._next(text=text), understanding)

    def _next(self, text: str | None = None, action: Action | None = None) -> Turn:
        self.now += timedelta(seconds=20)
        return Turn(f"t{len(self.outcomes)}", self.state.chat_id, 1, self.now, text, action)

    def _commit(self, turn: Turn, understanding: Understanding | None) -> Outcome:
        outcome = self.engine.respond(self.state, self.log, turn, understanding)
        assert decode(encode(outcome.state)) == outcome.state
        self.state = outcome.state
        self.log = () if outcome.forget else (*self.log, *outcome.events)
        self.outcomes.append(outcome)
        return outcome
