"""What is done without words: taps, also on the settings, and reactions."""

from collections.abc import Sequence
from dataclasses import replace

from bot.admin.door import Admin
from bot.exchange import Exchange, Scope, number_of, present, spoken
from bot.inbound import Membership, Place, Reacted, Tapped
from bot.outgoing import insert
from bot.render import Scene, reacted, tapped, voted
from bot.saying import without_memory
from bot.settings_menu import PREFIX, VALUES, settings_menu, settings_of
from core.errors import UnknownAction
from core.state import Statement
from core.turns import Action, Card, Menu, Rate, Reply, Seen, Turn, Undo, Verdict, item


class Tapping:
    """Does what buttons and reactions say. Who tapped is the speaker: in a group everybody has a vote."""

    def __init__(self, exchange: Exchange, admin: Admin | None = None) -> None:
        self._exchange, self._admin, self._app = exchange, admin, exchange.app

    async def tapped(self, tap: Tapped, scope: Scope) -> None:
        place = tap.place
        if self._admin is not None and self._admin.handles_tap(tap.data) and tap.message_id is not None:
            lang = (await self._exchange.as_spoken(place)).lang
            answers = await self._admin.tap(tap.data, place.speaker, place.chat_id, tap.message_id, lang)
            await self._app.store.write([*insert(answers), *scope.done])
            return
        if tap.data.startswith(PREFIX):
            await self._set(tap, scope)
            return
        try:
            action = self._app.recommender.callbacks.decode(tap.data)
        except UnknownAction:
            message = spoken(await self._exchange.as_spoken(place), "tap.expired", scope.seed)
            await self._app.store.write([*insert([message]), *scope.done])
            return
        conversation, items = await self._exchange.shown_on(place, tap.message_id)
        if tap.message is None:  # then only our own record tells of which topic it is
            place = replace(place, conversation=conversation)
        await self._act(tap, action, items, await self._exchange.as_spoken(place), scope)

    async def _act(self, tap: Tapped, action: Action, items: tuple[str, ...], place: Place, scope: Scope) -> None:
        turn = Turn(
            scope.key,
            place.conversation,
            place.speaker,
            scope.at,
            action=action,
            lang=tap.place.lang,
            quiet=scope.received.quiet,
        )
        votes = not place.private and tap.message is not None and bool(items) and isinstance(action, Rate | Seen)
        before = await self._app.responder.scores(place.conversation, items, scope.at) if votes else ()

        def rendered(reply: Reply, scene: Scene) -> Sequence[Statement]:
            found: list[Statement] = []
            if votes and reply.text:
                found += insert([voted(reply, scene, tap, action, _counted(before, reply.cards))])
            elif reply.text or reply.cards or reply.export:
                scene = replace(scene, reply_to=tap.message_id)
                found += insert(without_memory(reply, tapped(reply, scene, tap, action, items)))
            if not reply.notes.get("forgotten"):
                found.append(present(tap.place, scope.received.at))
            return [*found, *scope.done]

        await self._exchange.respond(turn, scope, place, rendered)

    async def _set(self, tap: Tapped, scope: Scope) -> None:
        """A tap on the settings; the menu then shows what holds."""
        place, (name, _, value) = tap.place, tap.data.removeprefix(PREFIX).partition(":")
        if tap.message is None:
            place = replace(place, conversation=(await self._exchange.shown_on(place, tap.message_id))[0])
        statements = [present(place, scope.received.at)]
        if name == "news" and value in VALUES["news"]:
            statements.append(("UPDATE people SET news = ? WHERE chat_id = ?", (int(value), place.chat_id)))
        elif value in VALUES.get(name, ()):
            action = Menu(f"{name}:{value}")
            turn = Turn(scope.key, place.conversation, place.speaker, scope.at, action=action, lang=place.lang)
            await self._app.responder.respond(turn)
        await self._app.store.write(statements)
        held = await settings_of(self._app.store, place)
        menu = settings_menu(held, await self._exchange.as_spoken(place), tap.message_id)
        await self._app.store.write([*insert([menu]), *scope.done])

    async def reacted(self, reaction: Reacted, scope: Scope) -> None:
        """A reaction to a card is feedback; it is learnt without a word, and the card shows how to take it back."""
        conversation, items = await self._exchange.shown_on(reaction.place, reaction.message_id)
        place = replace(reaction.place, conversation=conversation)  # of which topic, a reaction does not tell
        action = await self._felt(reaction, place, items[0]) if len(items) == 1 else None
        if action is None:
            await self._app.store.write(scope.done)
            return
        turn = Turn(scope.key, place.conversation, place.speaker, scope.at, action=action, lang=place.lang, quiet=True)

        def rendered(reply: Reply, scene: Scene) -> Sequence[Statement]:
            edits = []
            if place.private and number_of(reply):
                event = reply.events[0] if isinstance(action, Rate) and reply.events else None
                edits = [reacted(scene, reaction.message_id, items[0], event)]
            return [*insert(edits), present(reaction.place, scope.received.at), *scope.done]

        await self._exchange.respond(turn, scope, await self._exchange.as_spoken(place), rendered)

    async def _felt(self, reaction: Reacted, place: Place, item_id: str) -> Action | None:
        """What a reaction tells; one that is gone takes back what it told."""
        if reaction.after is not None:
            return Rate(item_id, Verdict(reaction.after))
        query = "SELECT max(event) FROM feedback WHERE chat_id = ? AND speaker = ? AND target = ? AND kind = ?"
        values = (place.conversation, place.speaker, str(item(item_id)), reaction.before)
        rows = await self._app.store.read(query, *values)
        return Undo(int(str(rows[0][0]))) if rows and rows[0][0] is not None else None

    async def membership(self, change: Membership, scope: Scope) -> None:
        """Whoever blocks us gets nothing more; a group that takes us in is told how we work."""
        place = change.place
        if not change.here or change.channel:
            query = "UPDATE people SET inactive = 1 WHERE chat_id = ?"
            await self._app.store.write([(query, (place.chat_id,)), *scope.done])
            return
        greets = not place.private and not change.before and not scope.received.quiet
        hello = insert([spoken(place, "group.hello", scope.seed)]) if greets else []
        await self._app.store.write([*hello, present(place, scope.received.at), *scope.done])


def _counted(before: Sequence[Card], told: Sequence[Card]) -> list[Card]:
    """The cards of a list with the votes that a reply tells."""
    votes = {card.item_id: card.votes for card in told}
    return [replace(card, votes=votes.get(card.item_id, card.votes)) for card in before]
