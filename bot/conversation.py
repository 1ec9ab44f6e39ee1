"""One update, from what it means to the rows that answer it: the handler behind the inbox."""

import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot import inbound
from bot.admin.door import Admin
from bot.app import App
from bot.exchange import Exchange, Scope, spoken
from bot.health import Durations
from bot.inbound import Chosen, Incoming, Me, Membership, Moved, Place, Reacted, Said, Searched, Tapped, Thing
from bot.inline import PAGE, results
from bot.lanes import Received, Update
from bot.migration import migrate
from bot.outbox import Outbox
from bot.outgoing import done, insert, turn_key
from bot.ports import Call
from bot.saying import Saying
from bot.tapping import Tapping
from core.errors import StoreError, incident_of
from core.turns import Menu, Reply, Turn

_log = logging.getLogger(__name__)

MOST_RESULTS = 50  # of an inline query, in all


class Conversation:
    """Handles updates: every effect and every answer of one in one transaction.

    inspect: is given what a turn did, as plain values, where somebody wants to look inside. broke: is told the incident
    of a turn that ended in an apology.
    """

    def __init__(
        self,
        app: App,
        call: Call,
        outbox: Outbox,
        me: Me,
        turns: Durations,
        admin: Admin | None = None,
        inspect: Callable[[dict[str, object]], object] | None = None,
        broke: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._app, self._call, self._outbox, self._me = app, call, outbox, me
        self._exchange = Exchange(app, call, me, turns, inspect, broke)
        self._saying, self._tapping = Saying(self._exchange, admin), Tapping(self._exchange, admin)
        self._blocked: frozenset[int] = frozenset()

    async def start(self) -> None:
        """Reads whom admins have blocked."""
        rows = await self._app.store.read("SELECT chat_id FROM blocked")
        self._blocked = frozenset(int(str(row[0])) for row in rows)

    async def urgent(self, update: Update) -> None:
        """A tap's spinner ends at once; what the tap does is seen in the message."""
        query = update.get("callback_query")
        if isinstance(query, Mapping) and "id" in query:
            await self._call("answerCallbackQuery", {"callback_query_id": query["id"]})

    async def handle(self, received: Received) -> None:
        """The whole effect of an update. What it raises is the inbox's; the person was told that something broke."""
        incoming = self._read(received)
        try:
            await self._handle(incoming, received)
        except StoreError:
            raise
        except Exception:
            await self._apologise(incoming, received)
            raise
        finally:
            self._outbox.wake()

    def _read(self, received: Received) -> Incoming | None:
        if received.album:
            return inbound.read_album(received.album, self._me)
        return inbound.read(received.body, self._me)

    async def _handle(self, incoming: Incoming | None, received: Received) -> None:
        place, ended = _place(incoming), list(done(received.update_ids))
        if self._blocked & _people(incoming):
            await self._app.store.write(ended)
            return
        if place is not None and received.slow_down:
            ended += insert([spoken(await self._exchange.as_spoken(place), "flood.slow", received.update_id)])
        if not received.catch_up:
            await self._act(incoming, Scope(received, tuple(ended)))
            return
        await self._act(incoming, Scope(received, ()))  # the one answer for all ends it
        place = place or inbound.place(received.body)
        scope = Scope(received, tuple(ended))
        if place is None:
            await self._app.store.write(ended)
        else:
            await self._saying.catch_up(place, scope, unasked=not isinstance(incoming, Said | Thing | Tapped))

    async def _act(self, incoming: Incoming | None, scope: Scope) -> None:
        match incoming:
            case Said():
                if await self._saying.order(incoming, scope):
                    await self.start()  # somebody may have been blocked
                else:
                    await self._saying.said(incoming, scope)
            case Thing():
                await self._saying.thing(incoming, scope)
            case Tapped():
                await self._tapping.tapped(incoming, scope)
            case Reacted():
                await self._tapping.reacted(incoming, scope)
            case Membership():
                await self._tapping.membership(incoming, scope)
            case Searched():
                await self._searched(incoming, scope)
            case Moved(old, new):
                await migrate(self._app.store, old, new, scope.done)
            case Chosen() | None:  # posting something for others is no word on one's own taste
                await self._app.store.write(scope.done)

    async def _searched(self, search: Searched, scope: Scope) -> None:
        """An inline query: the person's own taste, nothing of it in what others will see."""
        place = Place(search.speaker, search.speaker, None, True, search.speaker, search.lang, search.traditional)
        try:
            reply = await self._picks(search, scope)
            await self._exchange.look_up([card.item_id for card in reply.cards])
            scene = self._exchange.scene(place, scope, replace(reply, lang=search.lang, traditional=search.traditional))
            known = await self._app.store.load(search.speaker) is not None
            await self._call("answerInlineQuery", results(reply, search, scene, newcomer=not known))
        except Exception as error:  # too late, say: the person has typed on
            _log.info("an inline query was not answered: %s", type(error).__name__)
        await self._app.store.write(scope.done)

    async def _picks(self, search: Searched, scope: Scope) -> Reply:
        """Picks by the words; by taste alone where there are none, or none that ask for anything."""
        count = min(MOST_RESULTS, search.offset + PAGE)
        turn = Turn(
            scope.key, search.speaker, search.speaker, scope.at, action=Menu("picks"), lang=search.lang, count=count
        )
        if search.text:
            reply = await self._app.responder.preview(replace(turn, text=search.text, action=None))
            if reply.cards:
                return reply
        return await self._app.responder.preview(turn)

    async def _apologise(self, incoming: Incoming | None, received: Received) -> None:
        """A kind word with the number under which the inbox logs what broke; no more, and not at any price."""
        place = _place(incoming)
        if place is None or received.quiet or not isinstance(incoming, Said | Thing | Tapped):
            return
        incident = incident_of(turn_key(received.update_ids[0]))
        with contextlib.suppress(StoreError):
            await self._app.store.write(insert([spoken(place, "unknown.error", received.update_id, id=incident)]))


def _place(incoming: Incoming | None) -> Place | None:
    match incoming:
        case Said(place) | Thing(place) | Tapped(place) | Reacted(place) | Membership(place):
            return place
    return None


def _people(incoming: Incoming | None) -> set[int]:
    """Chat and person of an update."""
    if isinstance(incoming, Searched | Chosen):
        return {incoming.speaker}
    place = _place(incoming)
    return set() if place is None else {place.chat_id, place.speaker}
