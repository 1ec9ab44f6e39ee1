"""Stand-ins for the ports: a store in memory, an engine that counts, an understander that parrots."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from core.errors import DuplicateTurn
from core.state import ChatState, Feedback, Kind, Outcome, Statement
from core.turns import (
    Act,
    Button,
    Card,
    Context,
    Lang,
    Menu,
    Part,
    Reply,
    Scope,
    Turn,
    Understanding,
    UnderstoodAct,
)

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class MemoryStore:
    """The ChatStore in memory."""

    def __init__(self) -> None:
        self.chats: dict[int, ChatState] = {}
        self.log: dict[int, list[Feedback]] = {}
        self.keys: set[str] = set()
        self.statements: list[Statement] = []
        self.read_elsewhere = False

    async def load(self, chat_id: int) -> ChatState | None:
        return self.chats.get(chat_id)

    async def feedback(self, chat_id: int) -> tuple[Feedback, ...]:
        return tuple(self.log.get(chat_id, ()))

    async def commit(self, turn_key: str, outcome: Outcome, also: Sequence[Statement] = ()) -> None:
        if turn_key in self.keys:
            raise DuplicateTurn(turn_key)
        self.keys.add(turn_key)
        self.statements.extend(also)
        chat_id = outcome.state.chat_id
        if outcome.forget:
            await self.forget(chat_id)
        else:
            self.chats[chat_id] = outcome.state
            self.log.setdefault(chat_id, []).extend(outcome.events)

    async def write(self, statements: Sequence[Statement]) -> int:
        self.statements.extend(statements)
        return len(statements)

    async def forget(self, chat_id: int) -> None:
        self.chats.pop(chat_id, None)
        self.log.pop(chat_id, None)

    async def is_read_elsewhere(self) -> bool:
        return self.read_elsewhere

    async def export(self, chat_id: int) -> dict[str, list[dict[str, object]]]:
        state = self.chats.get(chat_id)
        return {
            "chats": [] if state is None else [{"chat_id": chat_id}],
            "feedback": [event.encode() for event in self.log.get(chat_id, ())],
        }

    async def close(self) -> None:
        """Nothing to close."""


def feedback(event: int, chat_id: int = 1, target: str = "item:film:her-2013", turn: int = 1) -> Feedback:
    return Feedback(event, chat_id, chat_id, turn, 1, NOON, Kind.LIKE, target, 1.0, Scope.ALWAYS, {"words": "爱"})


def card(item_id: str = "film:her-2013", parts: Sequence[float] = (0.5, -0.25), prior: float = 0.1) -> Card:
    logit = prior + sum(parts)
    return Card(
        item_id, "她", "她", "Her", 2013, "film", ("drama", "romance"), ("Spike Jonze",), {"minutes": 126},
        1 / (1 + 2.718281828459045**-logit), logit, 0.3, prior,
        tuple(Part(n, f"《片 {n}》", value) for n, value in enumerate(parts, 1)), "因为你喜欢安静的片子。",
    )  # fmt: skip


class CountingEngine:
    """Writes one event a text, none a tap; its reply says how many events there are. `forget me` forgets."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    def new_chat(self, chat_id: int) -> ChatState:
        return ChatState(chat_id)

    def context(self, state: ChatState, log: tuple[Feedback, ...], turn: Turn) -> Context:
        return Context()

    def respond(
        self,
        state: ChatState,
        log: tuple[Feedback, ...],
        turn: Turn,
        understanding: Understanding | None,
        private: tuple[Feedback, ...] | None = None,
    ) -> Outcome:
        self.turns.append(turn)
        told = turn.text is not None and turn.text != "forget me"
        events = (feedback(state.next_event, state.chat_id, turn=state.turn + 1),) if told else ()
        after = replace(state, turn=state.turn + 1, next_event=state.next_event + len(events), last_at=turn.at)
        ids = tuple(event.event for event in events)
        reply = Reply(
            f"第 {after.turn} 轮，{len(log) + len(events)} 条", Lang.ZH, (card(parts=(0.5,) * bool(ids)),),
            ((Button("帮助", Menu("help")),),), understanding, events=ids,
        )  # fmt: skip
        return Outcome(after, events, reply, (0.25, -1.5), forget=turn.text == "forget me")

    def scores(
        self, state: ChatState, log: tuple[Feedback, ...], item_ids: tuple[str, ...], now: datetime
    ) -> list[Card]:
        return [card(item_id) for item_id in item_ids if item_id.startswith("film:")]

    def apology(self, state: ChatState, lang: Lang, error_id: str) -> Reply:
        return Reply(f"sorry, {error_id}" if lang is Lang.EN else f"对不起，{error_id}", lang)

    def not_erased_yet(self, state: ChatState, reply: Reply) -> Reply:
        return replace(reply, text=f"{reply.text}, with traces")


class Parrot:
    """Understands every text as small talk; breaks on `boom`."""

    def understand(self, text: str, context: Context) -> Understanding:
        if text == "boom":
            raise ZeroDivisionError("boom")
        return Understanding((UnderstoodAct(Act.CHIT_CHAT, text=text),), Lang.ZH)
