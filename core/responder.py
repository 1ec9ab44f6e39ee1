"""One message or tap, one answer: the only place where understanding, engine and store meet."""

import asyncio
import logging
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from core.errors import DuplicateTurn, incident_of
from core.state import ChatState, Feedback, Outcome, Statement
from core.turns import Act, Answer, Card, Context, Lang, Menu, Reply, Turn, Understanding

_log = logging.getLogger(__name__)

Also = Callable[[Reply], Sequence[Statement]]


class ChatStore(Protocol):
    """Keeps chats between turns. Every datetime is aware UTC; a commit is all or nothing."""

    async def load(self, chat_id: int) -> ChatState | None:
        """The chat as the last commit left it; None for one that never was, or was forgotten."""

    async def feedback(self, chat_id: int) -> tuple[Feedback, ...]:
        """The chat's log, by event."""

    async def commit(self, turn_key: str, outcome: Outcome, also: Sequence[Statement] = ()) -> None:
        """State, events, belief and the list shown, at once. DuplicateTurn, and no change, for a key seen before.

        Where the outcome forgets, every row of the chat goes and only the key stays, which names nobody.
        also: an adapter's own statements, executed last in the same transaction.
        """

    async def write(self, statements: Sequence[Statement]) -> int:
        """An adapter's statements alone, all or nothing. The number of rows changed."""

    async def forget(self, chat_id: int) -> None:
        """Leaves no row of the chat, nor its bytes."""

    async def is_read_elsewhere(self) -> bool:
        """True while somebody holds an old state open: what is deleted now can be read until they end."""

    async def export(self, chat_id: int) -> dict[str, list[dict[str, object]]]:
        """Every row of the chat as it is kept, by table; nobody is shown these."""


class Decides(Protocol):
    """The engine: pure and synchronous."""

    def new_chat(self, chat_id: int) -> ChatState: ...

    def context(self, state: ChatState, log: tuple[Feedback, ...], turn: Turn) -> Context: ...

    def respond(
        self,
        state: ChatState,
        log: tuple[Feedback, ...],
        turn: Turn,
        understanding: Understanding | None,
        private: tuple[Feedback, ...] | None = None,
    ) -> Outcome: ...

    def scores(
        self, state: ChatState, log: tuple[Feedback, ...], item_ids: tuple[str, ...], now: datetime
    ) -> Iterable[Card]: ...

    def apology(self, state: ChatState, lang: Lang, error_id: str) -> Reply: ...

    def not_erased_yet(self, state: ChatState, reply: Reply) -> Reply: ...


class Understands(Protocol):
    """From a text to what it says; called in a worker thread."""

    def understand(self, text: str, context: Context) -> Understanding: ...


class Helps(Protocol):
    """A language model that may help with a message that is hard to read. Where it fails, the turn goes on without."""

    def is_wanted(self, understanding: Understanding) -> bool: ...

    def deadline(self) -> float: ...

    async def read(
        self, text: str, context: Context, understanding: Understanding, deadline: float
    ) -> Understanding: ...

    async def rephrase(self, reply: Reply, deadline: float) -> Reply: ...


class Responder:
    """Answers turns: those of one chat one after another, those of different chats side by side."""

    def __init__(
        self, engine: Decides, understander: Understands, store: ChatStore, helper: Helps | None = None
    ) -> None:
        self.engine, self.understander, self.store, self.helper = engine, understander, store, helper
        self._locks: weakref.WeakValueDictionary[int, asyncio.Lock] = weakref.WeakValueDictionary()

    async def respond(self, turn: Turn, also: Also | None = None) -> Reply | None:
        """The answer, when all that it rests on is on disk; None for a turn that was answered before.

        also: what an adapter writes of the reply in the same transaction, such as the messages to be sent.
        Whatever breaks on the way is logged once and becomes an apology; the chat then stands as before the turn.
        StoreError where not even the apology's statements could be written.
        """
        async with self._lock(turn.chat_id):
            state = self.engine.new_chat(turn.chat_id)
            try:
                state, log = await self._current(turn.chat_id)
                outcome = await self._outcome(state, log, turn, self.helper)
                if outcome.forget and await self.store.is_read_elsewhere():
                    outcome = replace(outcome, reply=self.engine.not_erased_yet(outcome.state, outcome.reply))
                await self.store.commit(turn.key, outcome, also(outcome.reply) if also else ())
            except DuplicateTurn:
                return None
            except Exception:
                incident = incident_of(turn.key)
                _log.exception("incident %s: a turn of chat %d was not answered", incident, turn.chat_id)
                apology = self.engine.apology(state, _language(turn, state), incident)
                if also:
                    await self.store.write(also(apology))
                return apology
        return outcome.reply

    async def preview(self, turn: Turn) -> Reply:
        """What the answer would be; nothing is written, and no helper asked. Errors are the caller's."""
        async with self._lock(turn.chat_id):
            state, log = await self._current(turn.chat_id)
        return (await self._outcome(state, log, turn)).reply

    async def scores(self, chat_id: int, item_ids: Iterable[str], now: datetime) -> tuple[Card, ...]:
        """The items as the chat's belief sees them now, in the order asked for; unknown ids are left out."""
        async with self._lock(chat_id):
            state, log = await self._current(chat_id)
            return tuple(await asyncio.to_thread(self.engine.scores, state, log, tuple(item_ids), now))

    def _lock(self, chat_id: int) -> asyncio.Lock:
        lock = self._locks.get(chat_id)
        if lock is None:  # gone as soon as nobody holds or waits for it
            lock = self._locks[chat_id] = asyncio.Lock()
        return lock

    async def _current(self, chat_id: int) -> tuple[ChatState, tuple[Feedback, ...]]:
        state = await self.store.load(chat_id)
        return state or self.engine.new_chat(chat_id), await self.store.feedback(chat_id)

    async def _outcome(
        self, state: ChatState, log: tuple[Feedback, ...], turn: Turn, helper: Helps | None = None
    ) -> Outcome:
        # both at once: a reload between two reads would mix an old engine with a new understander
        engine, understander = self.engine, self.understander
        understanding, deadline = None, None
        if turn.text is not None:
            context, understanding = await asyncio.to_thread(_understand, engine, understander, state, log, turn)
            if helper is not None and not turn.quiet and helper.is_wanted(understanding):
                deadline = helper.deadline()
                understanding = await helper.read(turn.text, context, understanding, deadline)
        # the private log is read where it may be needed, and only there
        private = await self.store.feedback(turn.speaker) if _may_join(turn, understanding) else None
        outcome = await asyncio.to_thread(engine.respond, state, log, turn, understanding, private)
        if helper is not None and deadline is not None:
            outcome = replace(outcome, reply=await helper.rephrase(outcome.reply, deadline))
        return outcome


def _understand(
    engine: Decides, understander: Understands, state: ChatState, log: tuple[Feedback, ...], turn: Turn
) -> tuple[Context, Understanding]:
    context = engine.context(state, log, turn)
    return context, understander.understand(turn.text or "", context)


def _may_join(turn: Turn, understanding: Understanding | None) -> bool:
    """Whether the turn may let private taste into a group: then, and only then, the speaker's private log is read."""
    if not turn.chat_id < 0 < turn.speaker:
        return False
    if understanding is not None:
        return understanding.has(Act.GROUP_JOIN)
    return turn.action == Menu("join") or isinstance(turn.action, Answer)  # an answer may be a reading that joins


def _language(turn: Turn, state: ChatState) -> Lang:
    """The best guess where nothing could be understood."""
    if state.language is not None:
        return state.language
    if turn.text is not None and any("一" <= letter <= "鿿" for letter in turn.text):
        return Lang.ZH
    if turn.text is not None and any(letter.isascii() and letter.isalpha() for letter in turn.text):
        return Lang.EN
    return turn.lang or state.spoken
