"""One turn with core and what comes with it: where it is rendered, typing, times, a trace for the sandbox."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.app import App
from bot.health import Durations
from bot.inbound import Me, Place
from bot.lanes import Received
from bot.markup import sendable
from bot.outgoing import Outgoing, met, turn_key
from bot.phrases import say
from bot.ports import Call
from bot.render import PICTURE, Scene, picture_of
from bot.trace import Trace
from core.state import Statement
from core.turns import Card, Reply, Turn

TYPING_AFTER_S, TYPING_EVERY_S = 0.7, 4.0
REMEMBERED_PICTURES = 5000

Rendered = Callable[[Reply, Scene], Sequence[Statement]]


@dataclass(frozen=True, slots=True)
class Scope:
    """One update on its way. done: the statements that end it, part of whatever transaction has its last effect."""

    received: Received
    done: tuple[Statement, ...]

    @property
    def key(self) -> str:
        return turn_key(self.received.update_id)

    @property
    def seed(self) -> int:
        return self.received.update_id

    @property
    def at(self) -> datetime:
        """Receipt: the time of whatever has none of its own."""
        return datetime.fromtimestamp(self.received.at, UTC)


class Exchange:
    """Takes turns to core and brings back what is to be written.

    inspect: is given what a turn did, as plain values, where somebody wants to look inside. broke: is told the incident
    of a turn that ended in an apology.
    """

    def __init__(
        self,
        app: App,
        call: Call,
        me: Me,
        turns: Durations,
        inspect: Callable[[dict[str, object]], object] | None = None,
        broke: Callable[[str], object] = lambda _: None,
    ) -> None:
        self.app, self.call, self.me = app, call, me
        self._turns, self._inspect, self._broke = turns, inspect, broke
        self._media: dict[str, str] = {}  # file ids of pictures, by item
        self._pictured: set[str] = set()  # items whose picture was sent since these were looked up

    async def respond(self, turn: Turn, scope: Scope, place: Place, rendered: Rendered, text: str = "") -> None:
        """The turn and what it writes beside, in one transaction. text: what was said, for the trace."""
        if self._pictured:
            await self.look_up(tuple(self._pictured))
        trace = None
        if self._inspect is not None:
            trace = Trace(scope.received.update_id, turn, text)
            trace.before(await self._scores(turn, await self._screen(turn.chat_id)))
        began = time.perf_counter()

        def also(reply: Reply) -> Sequence[Statement]:
            if trace is not None:
                trace.mark("understand and decide")
            statements = rendered(reply, self.scene(place, scope, reply))
            if trace is not None:
                trace.mark("render")
            return statements

        stop_typing = self._type_soon(place, turn.quiet)
        try:
            reply = await self.app.responder.respond(turn, also)
        finally:
            stop_typing()
        self._turns.observe(time.perf_counter() - began)
        if reply is not None and "incident" in reply.notes:
            self._broke(str(reply.notes["incident"]))
        if reply is None:  # it was answered before; only the inbox does not know yet
            await self.app.store.write(scope.done)
        elif trace is not None and self._inspect is not None:
            trace.mark("commit")
            cards = await self._scores(turn, (*trace.items, *(card.item_id for card in reply.cards)))
            self._inspect(trace.told(reply, cards))

    def scene(self, place: Place, scope: Scope, reply: Reply) -> Scene:
        recommender = self.app.recommender
        scene = Scene(
            place,
            recommender.callbacks,
            self.me.username,
            recommender.names.name,
            reply.lang,
            reply.traditional,
            number_of(reply),
            scope.seed,
            media=self._media,
        )
        self._pictured.update(card.item_id for card in reply.cards if picture_of(card, scene))
        return scene

    async def look_up(self, items: Sequence[str]) -> None:
        """File ids of these items' pictures, as far as they were sent before and Telegram still takes them."""
        for item in items:
            rows = await self.app.store.read("SELECT file_id FROM media WHERE item_id = ?", item)
            self._media.pop(item, None)
            if rows:
                self._media[item] = str(rows[0][0])
        self._pictured.difference_update(items)
        while len(self._media) > REMEMBERED_PICTURES:
            del self._media[next(iter(self._media))]

    def has_picture(self, item_id: str) -> bool:
        """Whether a card of it is sent as a photo."""
        found = self.app.recommender.catalog.get(item_id)
        return item_id in self._media or found is not None and bool(found.attributes.get(PICTURE))

    async def as_spoken(self, place: Place) -> Place:
        """The place with the language that was set or is spoken there, not the client's."""
        state = await self.app.store.load(place.conversation)
        if state is None or not state.turn:
            return place
        return replace(place, lang=state.language or state.spoken, traditional=state.traditional)

    async def shown_on(self, place: Place, message_id: int | None) -> tuple[int, tuple[str, ...]]:
        """Conversation and items of a message of ours; those of the place, and none, where it is not known."""
        if message_id is None:
            return place.conversation, ()
        query = "SELECT conversation, items FROM messages WHERE chat_id = ? AND message_id = ?"
        rows = await self.app.store.read(query, place.chat_id, message_id)
        return (int(str(rows[0][0])), tuple(json.loads(str(rows[0][1])))) if rows else (place.conversation, ())

    async def _screen(self, conversation: int) -> tuple[str, ...]:
        state = await self.app.store.load(conversation)
        return state.screen if state is not None else ()

    async def _scores(self, turn: Turn, items: Sequence[str]) -> tuple[Card, ...]:
        return await self.app.responder.scores(turn.chat_id, dict.fromkeys(items), turn.at)

    def _type_soon(self, place: Place, quiet: bool) -> Callable[[], None]:
        """Begins the typing sign, but not for what is answered before anybody sees it. What ends it."""
        if quiet:
            return lambda: None
        tasks: list[asyncio.Task[None]] = []
        loop = asyncio.get_running_loop()
        timer = loop.call_later(TYPING_AFTER_S, lambda: tasks.append(loop.create_task(self._type(place))))

        def stop() -> None:
            timer.cancel()
            for task in tasks:
                task.cancel()

        return stop

    async def _type(self, place: Place) -> None:
        parameters: dict[str, object] = {"chat_id": place.chat_id, "action": "typing"}
        if place.thread is not None:
            parameters["message_thread_id"] = place.thread
        with contextlib.suppress(Exception):  # a sign, no more
            while True:
                await self.call("sendChatAction", parameters)
                await asyncio.sleep(TYPING_EVERY_S)


def plain(place: Place, html: str) -> Outgoing:
    """A sentence of the adapter's, as a message."""
    payload: dict[str, object] = {"chat_id": place.chat_id, "text": html, "parse_mode": "HTML"}
    if place.thread is not None:
        payload["message_thread_id"] = place.thread
    return Outgoing("sendMessage", payload, place.conversation)


def spoken(place: Place, key: str, seed: int, **values: object) -> Outgoing:
    """The sentence of that key, in the place's language."""
    values = {name: sendable(value) for name, value in values.items()}
    return plain(place, say(key, place.lang, seed, place.traditional, **values))


def present(place: Place, at: float) -> Statement:
    """The person, or the group, is there."""
    kind = "private" if place.private else "group"
    return met(place.chat_id, kind, str(place.lang) if place.private else None, at)


def number_of(reply: Reply) -> int:
    """The turn's number; 0 for an apology, which is none."""
    found = reply.notes.get("turn", 0)
    return found if isinstance(found, int) else 0
