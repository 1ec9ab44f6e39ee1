"""The helper: asked seldom, waited for a little, left alone where it fails."""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from fakes import NOON, CountingEngine, MemoryStore, Parrot, card

from core.catalog import Catalog, Item, Name
from core.errors import LanguageModelError
from core.llm.choice import Choice
from core.llm.helper import FAILURES, REST_S, Helper
from core.responder import Responder
from core.turns import Act, Context, Lang, Menu, Reply, Turn, Understanding, UnderstoodAct

CATALOG = Catalog((Item("film:her-2013", "film", Name("她", "Her"), 2013),))
HARD = Understanding((UnderstoodAct(Act.CHIT_CHAT),), Lang.EN, confidence=0.1)
SECRET = "a line nobody should see"


class Model:
    """Says what the script says; an exception is raised, an event is waited for."""

    def __init__(self, *script: object) -> None:
        self.script, self.asked = list(script), list[str]()

    def choose(self, messages: Sequence[tuple[str, str]], choice: Choice, deadline: float) -> str:
        return self._say(messages)

    def write(self, messages: Sequence[tuple[str, str]], tokens: int, deadline: float) -> str:
        return self._say(messages)

    def _say(self, messages: Sequence[tuple[str, str]]) -> str:
        self.asked.append(messages[-1][1])
        step = self.script.pop(0)
        if isinstance(step, threading.Event):
            step.wait(20)
            return "late"
        if isinstance(step, Exception):
            raise step
        return str(step)


class Names:
    def named(self, text: str) -> frozenset[str]:
        return frozenset()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def helper(model: Model, clock: Clock | None = None, patience_s: float = 20.0) -> Helper:
    return Helper(model, CATALOG, Names(), patience_s, clock or Clock())


def answer(act: str) -> str:
    return f'{{"act": "{act}", "facets": []}}'


async def read(asked: Helper, text: str = SECRET) -> Understanding:
    return await asked.read(text, Context(), HARD, asked.deadline())


def test_only_a_hard_message_is_worth_asking() -> None:
    asked = helper(Model())
    assert asked.is_wanted(HARD)
    assert not asked.is_wanted(replace(HARD, confidence=0.9))
    assert not asked.is_wanted(replace(HARD, invalid="noise"))


async def test_its_reading_takes_the_place_of_ours() -> None:
    found = await read(helper(Model(answer("thanks"))))
    assert found.acts == (UnderstoodAct(Act.THANKS),)


@pytest.mark.parametrize(
    "step", ["", "gibberish", answer("love_bomb"), LanguageModelError("dead"), MemoryError(SECRET)]
)
async def test_whatever_it_does_costs_a_line_in_the_log(step: object, caplog: pytest.LogCaptureFixture) -> None:
    assert await read(helper(Model(step))) == HARD
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert SECRET not in caplog.text


async def test_a_slow_one_is_not_waited_for() -> None:
    never = threading.Event()
    assert await read(helper(Model(never), patience_s=0.01)) == HARD
    never.set()


async def test_after_a_few_failures_it_is_left_alone_for_a_while() -> None:
    clock, model = Clock(), Model(*[LanguageModelError("dead")] * FAILURES, answer("thanks"))
    asked = helper(model, clock)
    for _ in range(FAILURES):
        assert asked.is_wanted(HARD)
        await read(asked)
    assert not asked.is_wanted(HARD)
    clock.now += REST_S
    assert asked.is_wanted(HARD)
    assert (await read(asked)).has(Act.THANKS)


async def test_an_endless_message_is_not_sent() -> None:
    model = Model()
    assert await read(helper(model), "x" * 501) == HARD
    assert model.asked == []


REPLY = Reply("Here is something calm.", Lang.EN, cards=(card(),))


async def test_a_reply_is_said_in_its_words_once() -> None:
    asked = helper(Model("Something calm, here.", "Something calm, here."))
    assert (await asked.rephrase(REPLY, asked.deadline())).text == "Something calm, here."
    assert (await asked.rephrase(REPLY, asked.deadline())).text == REPLY.text


@pytest.mark.parametrize("theirs", ["Try Solaris, it is calm.", "It is from 1972.", "", "不错。", "Calm? Never."])
async def test_a_lie_is_not_said(theirs: str) -> None:
    asked = helper(Model(theirs))
    assert await asked.rephrase(REPLY, asked.deadline()) == REPLY


async def test_what_shows_nothing_is_said_as_it_stands() -> None:
    model = Model()
    asked = helper(model)
    forgetting = Reply("Forget everything, with no way back?", Lang.EN)
    assert await asked.rephrase(forgetting, asked.deadline()) == forgetting
    assert model.asked == []


async def test_traditional_readers_get_traditional_letters() -> None:
    asked = helper(Model("这里有一部安静的。"))
    reply = Reply("安靜的，這裡有一部。", Lang.ZH, cards=(card(),), traditional=True)
    assert (await asked.rephrase(reply, asked.deadline())).text == "這裡有一部安靜的。"


class Unsure(Parrot):
    def understand(self, text: str, context: Context) -> Understanding:
        return replace(super().understand(text, context), confidence=0.1)


@pytest.fixture
def model() -> Iterator[Model]:
    return Model(answer("thanks"), "It says hello.")


async def test_a_turn_is_read_with_its_help_and_a_preview_and_a_tap_are_not(model: Model) -> None:
    responder = Responder(CountingEngine(), Unsure(), MemoryStore(), helper(model))
    await responder.preview(Turn("p", 1, 1, NOON, text="hm"))
    await responder.respond(Turn("t", 1, 1, NOON, action=Menu("help")))
    await responder.respond(Turn("q", 1, 1, NOON, text="hm", quiet=True))
    assert model.asked == []
    reply = await responder.respond(Turn("a", 1, 1, NOON, text="hm"))
    assert reply is not None
    assert reply.understood is not None
    assert reply.understood.acts == (UnderstoodAct(Act.THANKS),)


async def test_a_closed_helper_helps_no_more(model: Model) -> None:
    asked = helper(model)
    asked.close()
    assert await read(asked) == HARD
    assert model.asked == []
