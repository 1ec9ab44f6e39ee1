"""A conversation with the engine, for tests: by meaning, in words, or by taps; and whole conversations at random."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from core.engine import Engine
from core.nlu.understand import Understander
from core.state import ChatState, Feedback, Outcome, decode, encode
from core.turns import (
    Act,
    Action,
    Lang,
    More,
    NotNow,
    Rate,
    Save,
    Seen,
    Take,
    Target,
    Turn,
    Understanding,
    UnderstoodAct,
    Undo,
    Verdict,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(slots=True)
class Talk:
    """One chat with the engine. `acts` says a sentence by what it means, `say` in words, `tap` presses.

    speaker: who does. marks: fields of the next turns beside these (`quiet`, `replaces`, `count`). private: the
    speaker's own log, for a join.
    """

    engine: Engine
    understander: Understander
    state: ChatState
    log: tuple[Feedback, ...] = ()
    now: datetime = NOON
    outcomes: list[Outcome] = field(default_factory=list)
    speaker: int = 1
    marks: dict[str, Any] = field(default_factory=dict)  # Any: fields of several types
    private: tuple[Feedback, ...] | None = None

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
        return Turn(f"t{len(self.outcomes)}", self.state.chat_id, self.speaker, self.now, text, action, **self.marks)

    def _commit(self, turn: Turn, understanding: Understanding | None) -> Outcome:
        outcome = self.engine.respond(self.state, self.log, turn, understanding, self.private)
        assert decode(encode(outcome.state)) == outcome.state
        self.state = outcome.state
        self.log = () if outcome.forget else (*self.log, *outcome.events)
        self.outcomes.append(outcome)
        return outcome


FILMS = ("film:inception-2010", "film:titanic-1997", "film:the-matrix-1999", "film:forrest-gump-1994")


def about(act: Act, target: str | None = None, **facts: object) -> UnderstoodAct:
    return UnderstoodAct(act, Target.parse(target) if target else None, polarity=1.0, **facts)  # type: ignore[arg-type]


WISHES = (
    (about(Act.ASK_RECOMMEND, "domain:film"),),
    (about(Act.ASK_RECOMMEND, "genre:comedy"),),
    (about(Act.ASK_RECOMMEND, "domain:book", count=2),),
    (about(Act.MUST_NOT, "genre:horror"), about(Act.ASK_RECOMMEND, "domain:film")),
    (about(Act.MUST, kind="minutes", op="<=", value=110.0),),
    (about(Act.MUST, kind="year", op=">=", value=2000.0),),
    (about(Act.REVEAL_LIKE, "genre:sci-fi"),),
    (about(Act.REVEAL_DISLIKE, "genre:romance"),),
    (about(Act.LOVE, f"item:{FILMS[0]}"),),
    (about(Act.SEEN_DISLIKED, f"item:{FILMS[1]}"),),
    (about(Act.SIMILAR_TO, f"item:{FILMS[2]}"),),
    (about(Act.CRITIQUE_MORE, "mood:funny"),),
    (about(Act.MORE),),
    (about(Act.DROP_CONDITION),),
    (about(Act.UNDO),),
    (about(Act.ASK_WHY),),
    (about(Act.ASK_PROFILE),),
    (about(Act.BACK),),
)
steps = st.lists(st.one_of(st.sampled_from(WISHES), st.integers(0, 7)), min_size=1, max_size=7)


def press(talk: Talk, kind: int) -> None:
    """A tap on the first item of the screen, where there is one."""
    screen = talk.state.screen
    first = screen[0] if screen else FILMS[3]
    talk.tap(
        (
            Rate(first, Verdict.LIKE),
            Rate(first, Verdict.DISLIKE),
            Seen(first),
            Save(first),
            NotNow(first),
            Take(first),
            More(),
            Undo(),
        )[kind]
    )


def walk(engine: Engine, understander: Understander, said: list[object]) -> Talk:
    talk = Talk(engine, understander, engine.new_chat(7))
    for step in said:
        if isinstance(step, int):
            press(talk, step)
        else:
            talk.acts(*step)  # type: ignore[misc]
    return talk


def numbers(talk: Talk) -> list[tuple[float, float, float, tuple[float, ...]]]:
    cards = talk.engine.scores(talk.state, talk.log, FILMS, talk.now)
    return [(c.logit, c.std, c.prior, tuple(p.value for p in c.parts)) for c in cards]


walks = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
