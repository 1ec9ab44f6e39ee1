"""The language model as helper: asked seldom, waited for a little, and left alone for a while where it fails."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol, TypeVar

from core.catalog import Catalog
from core.errors import LanguageModelError
from core.llm import reading, writing
from core.llm.choice import Choice
from core.turns import Context, Reply, Understanding
from core.wording.script import traditional

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
UNSURE = 0.5  # below this confidence the model is asked
PATIENCE_S = 8.0  # for a whole turn
FAILURES, REST_S = 3, 60.0  # after so many in a row it is left alone for so long
REMEMBERED = 400  # of its wordings: none is said twice
LONGEST = 500  # letters of a message that is worth asking about


class LanguageModel(Protocol):
    """Answers messages ((role, text), …); one thread calls it. Whatever fails is a LanguageModelError."""

    def choose(self, messages: Sequence[tuple[str, str]], choice: Choice, deadline: float) -> str:
        """An answer that should be one of the choice. deadline: of `time.monotonic`."""

    def write(self, messages: Sequence[tuple[str, str]], tokens: int, deadline: float) -> str:
        """A text of at most about `tokens` tokens."""


class Names(Protocol):
    def named(self, text: str) -> frozenset[str]:
        """What a text names: items, people, and words that are names."""


class Helper:
    """Reads hard messages and rephrases the replies to them. Without its help a turn goes on as if there were none."""

    def __init__(
        self,
        model: LanguageModel,
        catalog: Catalog,
        names: Names,
        patience_s: float = PATIENCE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model, self._patience_s, self._clock = model, patience_s, clock
        self._worker = ThreadPoolExecutor(1, "language-model")  # a model of this machine has one set of cores
        self._failed, self._rests_until = 0, float("-inf")
        self._said: deque[str] = deque(maxlen=REMEMBERED)
        self.read_with(catalog, names)

    def read_with(self, catalog: Catalog, names: Names) -> None:
        """The catalogue that answers are about, from now on."""
        self._choice, self._names = reading.choice_of(catalog), names

    def is_wanted(self, understanding: Understanding) -> bool:
        """Whether the message was hard, and the model is not resting."""
        hard = understanding.confidence < UNSURE and not understanding.invalid
        return hard and self._clock() >= self._rests_until

    def deadline(self) -> float:
        """When a turn that begins now stops waiting."""
        return self._clock() + self._patience_s

    async def read(self, text: str, context: Context, understanding: Understanding, deadline: float) -> Understanding:
        """The understanding with the model's reading of the message, or as it was."""
        if len(text) > LONGEST:
            return understanding
        choice = self._choice
        messages = reading.ask(text, context, choice)

        def chosen() -> Understanding:
            answer = choice.read(self._model.choose(messages, choice, deadline))
            return reading.settle(understanding, answer, text)

        return await self._helped(chosen, deadline) or understanding

    async def rephrase(self, reply: Reply, deadline: float) -> Reply:
        """The reply in the model's words where they say the same; only a reply that shows something is rephrased."""
        if not reply.cards or not reply.text:
            return reply

        def said() -> Reply:
            theirs = self._model.write(writing.ask(reply.text), 40 + 2 * len(reply.text), deadline)
            if reply.traditional:
                theirs = traditional(theirs)
            reason = writing.why_not(reply.text, theirs, self._names.named)
            if reason is None and theirs in self._said:
                reason = "said before"
            if reason is not None:
                raise LanguageModelError(f"its wording cannot stand for ours ({reason})")
            self._said.append(theirs)
            return replace(reply, text=theirs)

        return await self._helped(said, deadline) or reply

    def close(self) -> None:
        """Waits for nobody; what is at work ends with its deadline."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def _helped(self, work: Callable[[], _T], deadline: float) -> _T | None:
        """What the work gives; None, and a line in the log, where it fails or takes too long."""
        try:
            async with asyncio.timeout(deadline - self._clock()):
                found = await asyncio.get_running_loop().run_in_executor(self._worker, work)
        except TimeoutError:
            reason = "it took too long"
        except LanguageModelError as error:
            reason = str(error)
        except Exception as error:  # a model of somebody else's may raise anything; its text might hold the message
            reason = f"it broke ({type(error).__name__})"
        else:
            self._failed = 0
            return found
        self._failed += 1
        if self._failed >= FAILURES:
            self._failed, self._rests_until = 0, self._clock() + REST_S
            reason += f"; it is not asked for {REST_S:.0f} s"
        _log.warning("language model: %s", reason)
        return None
