"""What is said: texts, commands, captions, edits, and what is no text."""

import json
from collections.abc import Sequence
from dataclasses import replace

from bot.admin.door import Admin
from bot.admin.orders import Order, SentFile
from bot.commands import Settings, Shared, Unknown, meant
from bot.exchange import Exchange, Scope, number_of, present, spoken
from bot.inbound import Place, Said, Thing
from bot.outgoing import Outgoing, heard, insert
from bot.phrases import say
from bot.render import Scene, Sent, answer, explains, in_place
from bot.settings_menu import settings_menu, settings_of
from core.state import Statement
from core.turns import Act, Action, Card, Lang, Menu, Open, Reply, Turn

HEARD = ("voice", "audio")  # kinds of things; the others are looked at


class Saying:
    """Answers what people say. admin: is asked first; what an admin may do is their affair."""

    def __init__(self, exchange: Exchange, admin: Admin | None = None) -> None:
        self._exchange, self._admin, self._app = exchange, admin, exchange.app

    async def said(self, said: Said, scope: Scope) -> None:
        place = said.place
        replaces: int | None = None
        if said.edited and (replaces := await self._turn_of(said)) is None:
            await self._app.store.write(scope.done)
            return
        asked = meant(said, self._app.recommender.catalog)
        if isinstance(asked, Settings | Shared | Unknown):
            await self._answer_itself(asked, said, scope)
            return
        text, action = (asked, None) if isinstance(asked, str) else (None, asked)
        turn = Turn(
            scope.key,
            place.conversation,
            place.speaker,
            said.at,
            text,
            action,
            place.lang,
            quiet=scope.received.quiet,
            replaces=replaces,
            about=await self._about(said),
            traditional=place.traditional,
        )
        earlier = [] if replaces is None else await self._sent_in(place, replaces)

        def rendered(reply: Reply, scene: Scene) -> Sequence[Statement]:
            messages = _answer(reply, replace(scene, reply_to=said.message_id), said, action)
            if earlier and messages:
                messages = in_place(messages, earlier, scene)
            found = insert(without_memory(reply, messages))
            if not reply.notes.get("forgotten"):
                found.append(present(place, scope.received.at))
                if number_of(reply) and (replaces is None or messages):
                    found.append(heard(place.conversation, said.message_id, number_of(reply), scope.received.update_id))
            return [*found, *scope.done]

        await self._exchange.respond(turn, scope, place, rendered, said.text)

    async def thing(self, thing: Thing, scope: Scope) -> None:
        """One line, of its kind, in the person's language."""
        place = await self._exchange.as_spoken(thing.place)
        message = spoken(place, f"thing.{thing.kind}", scope.seed)
        found = [] if scope.received.quiet else insert([message])
        await self._app.store.write([*found, present(thing.place, scope.received.at), *scope.done])

    async def catch_up(self, place: Place, scope: Scope, unasked: bool) -> None:
        """The one answer to all that went unanswered. unasked: nothing may be said if nothing did."""
        state = await self._app.store.load(place.conversation)
        if unasked and (state is None or not state.unanswered):
            await self._app.store.write(scope.done)
            return
        at = scope.at if state is None or state.last_at is None else max(scope.at, state.last_at)
        turn = Turn(f"{scope.key}:c", place.conversation, place.speaker, at, action=Menu("catch_up"), lang=place.lang)

        def rendered(reply: Reply, scene: Scene) -> Sequence[Statement]:
            return [*insert(answer(reply, scene)), *scope.done]

        await self._exchange.respond(turn, scope, place, rendered)

    async def order(self, said: Said, scope: Scope) -> bool:
        """Whether it was an admin's command; then it is answered."""
        admin, place = self._admin, said.place
        if admin is None or said.command is None or said.edited:
            return False
        if not (admin.handles(said.command) and admin.admits(place.speaker, place.chat_id)):
            return False
        if scope.received.stale:  # what was ordered hours ago may be wrong now
            await self._app.store.write(scope.done)
            return True
        file = None
        if said.file is not None and isinstance(said.file.get("file_id"), str):
            name, size = said.file.get("file_name"), said.file.get("file_size")
            file = SentFile(said.file["file_id"], str(name or "file"), size if isinstance(size, int) else 0)
        lang = (await self._exchange.as_spoken(place)).lang
        answers = await admin.run(Order(said.command, said.text, place.speaker, place.chat_id, lang, file))
        await self._app.store.write([*insert(answers), present(place, scope.received.at), *scope.done])
        return True

    async def _answer_itself(self, asked: Settings | Shared | Unknown, said: Said, scope: Scope) -> None:
        place = await self._exchange.as_spoken(said.place)
        messages: list[Outgoing] = []
        if scope.received.quiet:
            pass
        elif isinstance(asked, Settings):
            messages = [settings_menu(await settings_of(self._app.store, place), place)]
        elif isinstance(asked, Shared):
            messages = await self._shared(asked, said, scope, place)
        elif place.private:  # in a group it is another bot's
            messages = [spoken(place, "unknown.command", scope.seed, name=asked.name)]
        await self._app.store.write([*insert(messages), present(said.place, scope.received.at), *scope.done])

    async def _shared(self, asked: Shared, said: Said, scope: Scope, place: Place) -> list[Outgoing]:
        """Cards of what a link stands for. No turn: nothing is told by following a link."""
        found = await self._app.responder.scores(place.conversation, asked.items, said.at)
        await self._exchange.look_up([card.item_id for card in found])
        cards = tuple(self._in_language(card, place.lang) for card in found)
        lead = say("link.list", place.lang, traditional=place.traditional)
        reply = Reply(lead, place.lang, cards, traditional=place.traditional)
        return answer(reply, replace(self._exchange.scene(place, scope, reply), reply_to=said.message_id))

    def _in_language(self, card: Card, lang: Lang) -> Card:
        """The card in a language: core knows none of somebody who has never said a word."""
        item, code = self._app.recommender.catalog.get(card.item_id), "en" if lang is Lang.EN else "zh"
        if item is None:
            return card
        people = tuple(dict.fromkeys(person.name.in_(code) for person in item.people))
        return replace(card, title=item.title.in_(code), about=item.about.in_(code), people=people)

    async def _about(self, said: Said) -> tuple[str, ...] | None:
        """Items of the message of ours that this answers; of the whole list, where that message only leads one in."""
        if said.reply_to is None:
            return None if said.beside is None else ()  # what is said beside a picture is about the picture
        _, items = await self._exchange.shown_on(said.place, said.reply_to)
        query = (
            "SELECT one.items FROM messages AS one JOIN messages AS led USING (conversation, turn) "
            "WHERE led.chat_id = ? AND led.message_id = ? AND led.turn > 0 ORDER BY one.message_id"
        )
        rows = () if items else await self._app.store.read(query, said.place.chat_id, said.reply_to)
        return items or tuple(item for (listed,) in rows for item in json.loads(str(listed))) or None

    async def _turn_of(self, said: Said) -> int | None:
        """The turn of an edited message, if it was the last that was heard of its conversation."""
        query = "SELECT turn FROM heard WHERE conversation = ? AND message_id = ?"
        rows = await self._app.store.read(query, said.place.conversation, said.message_id)
        return int(str(rows[0][0])) if rows else None

    async def _sent_in(self, place: Place, turn: int) -> list[Sent]:
        """Our messages of that turn, in order."""
        query = (
            "SELECT message_id, CASE kind WHEN 'card' THEN json_extract(items, '$[0]') END FROM messages "
            "WHERE conversation = ? AND turn = ? ORDER BY message_id"
        )
        rows = await self._app.store.read(query, place.conversation, turn)
        await self._exchange.look_up([str(item) for _, item in rows if item is not None])
        return [Sent(int(str(row)), item is not None and self._exchange.has_picture(str(item))) for row, item in rows]


def _answer(reply: Reply, scene: Scene, said: Said, action: Action | None) -> list[Outgoing]:
    """The reply with what the adapter adds: what it could not see, what it keeps itself, who sent a link."""
    if not (reply.text or reply.cards or reply.export):  # a quiet turn's, or an edit of something older
        return []
    first = ""
    if said.command == "start" and isinstance(action, Open):
        first = scene.say("link.one")
    elif said.beside is not None and said.command is None:
        first = scene.say(f"beside.{_beside(said)}")
    last = scene.say("privacy.adapter") if "stored" in reply.notes and scene.place.private else ""
    listed = reply.understood is not None and reply.understood.has(Act.LIST_SAVED)
    saved = action == Menu("saved") or listed
    return answer(reply, scene, first, last, explains(action), saved)


def _beside(said: Said) -> str:
    if said.beside == "document":
        return "file"
    if said.beside in HEARD:
        return "heard"
    return "album" if said.wordless else "seen"


def without_memory(reply: Reply, messages: Sequence[Outgoing]) -> list[Outgoing]:
    """The messages; when a chat was forgotten, nothing is remembered of them either."""
    forgotten = bool(reply.notes.get("forgotten"))
    return [replace(message, about=None) for message in messages] if forgotten else list(messages)
