"""One update, from what it means to the rows that answer it: the handler behind the inbox."""

import asyncio
import contextlib
import hashlib
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from bot import inbound, render
from bot.admin.door import Admin
from bot.admin.orders import Order, SentFile
from bot.app import App
from bot.deeplinks import items_of
from bot.health import Durations
from bot.inbound import Me, Place, Reacted, Said, Searched, Tapped, Thing
from bot.inline import results
from bot.lanes import Received, Update
from bot.migration import migrate
from bot.outbox import Outbox
from bot.outgoing import Outgoing, done, heard, insert, met
from bot.phrases import say
from bot.settings_menu import PREFIX as SETTINGS
from bot.settings_menu import settings_menu, settings_of
from core.errors import StoreError, UnknownAction
from core.responder import Also
from core.state import Statement
from core.terminal.lines import encode
from core.turns import Action, Card, Menu, More, Open, Rate, Reply, Save, Seen, Turn, Undo, Verdict, item

_log = logging.getLogger(__name__)

TYPING_AFTER_S, TYPING_EVERY_S = 0.7, 4.0
INLINE_PAGE = 10

# commands that are a tap on a menu
MENUS = {
    "help": "help", "privacy": "privacy", "export": "export", "forget": "forget", "why": "why", "me": "profile",
    "list": "saved", "join": "join", "leave": "leave", "settle": "settle", "new": "picks",
}  # fmt: skip


class Call(Protocol):
    """A Bot API method with its parameters -> its result."""

    async def __call__(self, method: str, parameters: Mapping[str, object]) -> Any: ...  # JSON


@dataclass(frozen=True, slots=True)
class _Scope:
    """One update on its way. done: the statements that end it, part of whatever transaction has its last effect."""

    received: Received
    done: tuple[Statement, ...]

    @property
    def key(self) -> str:
        return f"t:{self.received.update_id}"

    @property
    def seed(self) -> int:
        return self.received.update_id


class Conversation:
    """Handles updates: every effect and every answer of one in one transaction.

    inspect: is given what a turn did, as plain values, where somebody wants to look inside.
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
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app, self._call, self._outbox, self._me, self._turns = app, call, outbox, me, turns
        self._admin, self._inspect, self._clock = admin, inspect, clock
        self._blocked: frozenset[int] = frozenset()

    async def start(self) -> None:
        rows = await self._app.store.read("SELECT chat_id FROM blocked")
        self._blocked = frozenset(int(str(row[0])) for row in rows)

    def lane(self, update: Update) -> int | None:
        return inbound.lane(update)

    async def urgent(self, update: Update) -> None:
        """A tap's spinner ends at once; what the tap does is seen in the message."""
        query = update.get("callback_query")
        if isinstance(query, Mapping) and "id" in query:
            await self._call("answerCallbackQuery", {"callback_query_id": query["id"]})

    async def handle(self, received: Received) -> None:
        """The whole effect of an update. What it raises is the inbox's; but the person is told that something broke."""
        incoming = self._read(received)
        place = getattr(incoming, "place", None)
        ended = done(received.update_ids)
        if incoming is None or (isinstance(place, Place) and {place.chat_id, place.speaker} & self._blocked):
            await self._app.store.write(ended)
            return
        if isinstance(place, Place) and received.slow_down:
            ended += insert([_plain(place, say("flood.slow", place.lang))])
        later = isinstance(place, Place) and received.catch_up  # then the one answer for all ends it
        scope = _Scope(received, () if later else tuple(ended))
        try:
            await self._effect(incoming, scope)
            if later and isinstance(place, Place):
                await self._catch_up(place, replace(scope, done=tuple(ended)))
        except StoreError:
            raise
        except Exception:
            if isinstance(place, Place):
                incident = hashlib.blake2b(scope.key.encode(), digest_size=3).hexdigest()  # as the log has it
                sorry = _plain(place, say("unknown.error", place.lang, scope.seed, id=incident))
                await self._app.store.write(insert([sorry]))
                self._outbox.wake()
            raise
        self._outbox.wake()

    async def _effect(self, incoming: inbound.Incoming, scope: _Scope) -> None:
        match incoming:
            case Said():
                await self._said(incoming, scope)
            case Tapped():
                await self._tapped(incoming, scope)
            case Thing():
                await self._thing(incoming, scope)
            case Searched():
                await self._searched(incoming, scope)
            case Reacted():
                await self._reacted(incoming, scope)
            case inbound.Membership():
                await self._membership(incoming, scope)
            case inbound.Moved(old, new):
                await migrate(self._app.store, old, new, scope.done)
            case inbound.Chosen():  # posting something for others is no word on one's own taste
                await self._app.store.write(scope.done)

    def _read(self, received: Received) -> inbound.Incoming | None:
        """What the update means; the captions of an album are one text."""
        incoming = inbound.read(received.body, self._me, received.at)
        if not received.album:
            return incoming
        parts = [inbound.read(body, self._me, received.at) for body in received.album]
        texts = [part for part in parts if isinstance(part, Said) and part.text]
        if not texts:
            return incoming
        return replace(texts[0], text="\n".join(part.text for part in texts), picture=True)

    # ---- what is said ----

    async def _said(self, said: Said, scope: _Scope) -> None:
        place = said.place
        if await self._admins_order(said, scope):
            return
        replaces = None
        if said.edited:
            query = "SELECT turn FROM heard WHERE conversation = ? AND message_id = ?"
            rows = await self._app.store.read(query, place.conversation, said.message_id)
            if not rows:
                await self._app.store.write(scope.done)
                return
            replaces = int(str(rows[0][0]))
        text, action = await self._meant(said)
        if text is None and action is None:
            await self._answer_itself(said, scope)
            return
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
        )
        first = ""
        if said.picture:
            first = say("thing.album" if len(scope.received.album) > 1 else "thing.picture", place.lang, scope.seed)
        scene = self._scene(place, scope, said.message_id)

        def also(reply: Reply) -> list[Statement]:
            forgotten = bool(reply.notes.get("forgotten"))
            found: list[Statement] = []
            if reply.text or reply.cards or reply.export:
                extra = self._beside(action, reply, scene)
                found += insert(self._told(render.answer(reply, self._in(scene, reply), first), extra, forgotten))
            if not forgotten:
                found.append(self._met(place, scope))
                found.append(heard(place.conversation, said.message_id, _turn(reply), scope.received.update_id))
            return [*found, *scope.done]

        await self._respond(turn, also, scope, place, said.text)

    async def _meant(self, said: Said) -> tuple[str | None, Action | None]:
        """Text or action that core is asked; (None, None) for what the adapter answers itself."""
        name, text = said.command, said.text
        if name is None:
            return (text, None) if text else (None, Menu("help"))
        if name == "start":
            items = items_of(text, self._app.recommender.catalog)
            if len(items) == 1:
                return None, Open(items[0], "info")
            if items:
                titles = [self._app.recommender.catalog.get(one) for one in items]
                return "、".join(f"《{found.title.in_(said.place.lang)}》" for found in titles if found), None
            return None, Menu("start")
        if name in MENUS:
            return None, Menu(MENUS[name])
        if name == "more":
            return None, More()
        if name == "undo":
            return None, Undo()
        if name == "ask":
            return (text, None) if text else (None, Menu("picks"))
        if name == "language" and text:
            wanted = text.strip().lower()
            for code, words in (("zh", ("zh", "中文", "chinese", "cn")), ("en", ("en", "english", "英文"))):
                if wanted in words:
                    return None, Menu(f"language:{code}")
        return None, None

    async def _answer_itself(self, said: Said, scope: _Scope) -> None:
        """/settings, /language, and commands that there are not."""
        place = said.place
        statements = [self._met(place, scope), *scope.done]
        if said.command in ("settings", "language"):
            message = settings_menu(await settings_of(self._app.store, place), place)
            await self._app.store.write([*insert([message]), *statements])
        elif place.private:
            text = say("unknown.command", place.lang, scope.seed, name=said.command or "")
            message = _plain(place, text)
            await self._app.store.write([*insert([message]), *statements])
        else:  # another bot's
            await self._app.store.write(scope.done)

    async def _admins_order(self, said: Said, scope: _Scope) -> bool:
        admin, place = self._admin, said.place
        if admin is None or said.command is None or said.edited:
            return False
        if not (admin.handles(said.command) and admin.admits(place.speaker, place.chat_id)):
            return False
        file = None
        if said.file is not None and isinstance(said.file.get("file_id"), str):
            file = SentFile(
                said.file["file_id"], str(said.file.get("file_name") or "file"), int(said.file.get("file_size") or 0)
            )
        order = Order(said.command, said.text, place.speaker, place.chat_id, place.lang, file)
        answers = await admin.run(order)
        await self._app.store.write([*insert(answers), self._met(place, scope), *scope.done])
        await self.start()  # somebody may have been blocked
        return True

    async def _catch_up(self, place: Place, scope: _Scope) -> None:
        at = datetime.fromtimestamp(self._clock(), UTC)
        turn = Turn(f"{scope.key}:c", place.conversation, place.speaker, at, action=Menu("catch_up"), lang=place.lang)
        scene = self._scene(place, scope, None)

        def also(reply: Reply) -> list[Statement]:
            told = render.answer(reply, self._in(scene, reply)) if reply.text else []
            return [*insert(told), *scope.done]

        await self._respond(turn, also, scope, place)

    async def _thing(self, thing: Thing, scope: _Scope) -> None:
        place = thing.place
        message = _plain(place, say(f"thing.{thing.kind}", place.lang, scope.seed))
        found = [] if scope.received.quiet else insert([message])
        await self._app.store.write([*found, self._met(place, scope), *scope.done])

    # ---- taps, reactions ----

    async def _tapped(self, tap: Tapped, scope: _Scope) -> None:
        place = tap.place
        if self._admin is not None and self._admin.handles_tap(tap.data) and tap.message_id is not None:
            answers = await self._admin.tap(tap.data, place.speaker, place.chat_id, tap.message_id, place.lang)
            await self._app.store.write([*insert(answers), *scope.done])
            return
        if tap.data.startswith(SETTINGS):
            await self._set(tap, scope)
            return
        try:
            action = self._app.recommender.callbacks.decode(tap.data)
        except UnknownAction:
            message = _plain(place, say("tap.expired", place.lang, scope.seed))
            await self._app.store.write([*insert([message]), *scope.done])
            return
        items = await self._items(place, tap.message_id)
        at = datetime.fromtimestamp(scope.received.at, UTC)
        turn = Turn(scope.key, place.conversation, place.speaker, at, action=action, lang=place.lang)
        turn = replace(turn, quiet=scope.received.quiet)
        scene = self._scene(place, scope, tap.message_id)
        votes = not place.private and bool(items) and isinstance(action, Rate | Seen | Save | Undo)

        def also(reply: Reply) -> list[Statement]:
            forgotten = bool(reply.notes.get("forgotten"))
            found: list[Statement] = []
            if (reply.text or reply.cards or reply.export) and not votes:
                told = render.tapped(reply, self._in(scene, reply), tap, action, items)
                found += insert(self._told(told, self._beside(action, reply, scene), forgotten))
            if not forgotten:
                found.append(self._met(place, scope))
            return [*found, *scope.done]

        await self._respond(turn, also, scope, place)
        if votes and tap.message is not None:  # counted anew each time: a crash before this is mended by the next tap
            cards = await self._app.responder.scores(place.conversation, items, at)
            await self._app.store.write(insert([render.voted(scene, tap, cards, place.lang)]))

    async def _set(self, tap: Tapped, scope: _Scope) -> None:
        """A tap on the settings menu; the menu then shows what holds."""
        place, (name, _, value) = tap.place, tap.data.removeprefix(SETTINGS).partition(":")
        if name == "news":
            query = "UPDATE people SET news = ? WHERE chat_id = ?"
            await self._app.store.write([self._met(place, scope), (query, (int(value == "1"), place.chat_id))])
        elif name in ("language", "style") and value in ("zh", "en", "auto", "short", "long"):
            at = datetime.fromtimestamp(scope.received.at, UTC)
            action = Menu(f"{name}:{value}")
            await self._app.responder.respond(
                Turn(scope.key, place.conversation, place.speaker, at, action=action, lang=place.lang)
            )
        menu = settings_menu(await settings_of(self._app.store, place), place, tap.message_id)
        await self._app.store.write([*insert([menu]), *scope.done])

    async def _reacted(self, reaction: Reacted, scope: _Scope) -> None:
        """A reaction to a card is feedback; it is learnt without a word, and the card shows how to take it back."""
        place = reaction.place
        items = await self._items(place, reaction.message_id)
        action: Action | None = None
        if len(items) == 1 and reaction.after is not None:
            action = Rate(items[0], Verdict(reaction.after))
        elif len(items) == 1:
            query = (
                "SELECT event FROM feedback WHERE chat_id = ? AND speaker = ? AND target = ? AND kind IN "
                "('love', 'like', 'dislike') ORDER BY event DESC LIMIT 1"
            )
            rows = await self._app.store.read(query, place.conversation, place.speaker, str(item(items[0])))
            action = Undo(int(str(rows[0][0]))) if rows else None
        if action is None:
            await self._app.store.write(scope.done)
            return
        at = datetime.fromtimestamp(scope.received.at, UTC)
        turn = Turn(scope.key, place.conversation, place.speaker, at, action=action, lang=place.lang, quiet=True)
        scene, told = self._scene(place, scope, None), action

        def also(reply: Reply) -> list[Statement]:
            if not place.private:
                return list(scope.done)
            edit = render.reacted(scene, reaction.message_id, items[0], told, reply.lang)
            return [*insert([edit]), *scope.done]

        await self._respond(turn, also, scope, place)

    async def _membership(self, change: inbound.Membership, scope: _Scope) -> None:
        place = change.place
        if not change.here:
            query = "UPDATE people SET inactive = 1 WHERE chat_id = ?"
            await self._app.store.write([(query, (place.chat_id,)), *scope.done])
            return
        found = [self._met(place, scope)]
        if not place.private:
            found += insert([_plain(place, say("group.hello", place.lang))])
        await self._app.store.write([*found, *scope.done])

    # ---- inline ----

    async def _searched(self, search: Searched, scope: _Scope) -> None:
        """An inline query: the person's own taste, nothing of it in what others will see."""
        at = datetime.fromtimestamp(scope.received.at, UTC)
        text = search.text.strip()
        turn = Turn(
            scope.key,
            search.speaker,
            search.speaker,
            at,
            text or None,
            None if text else Menu("picks"),
            search.lang,
            count=min(50, search.offset + INLINE_PAGE),
        )
        try:
            reply = await self._app.responder.preview(turn)
            place = Place(search.speaker, search.speaker, None, True, search.speaker, search.lang)
            scene = replace(self._scene(place, scope, None), media=await self._media(reply.cards))
            known = await self._app.store.read("SELECT 1 FROM chats WHERE chat_id = ?", search.speaker)
            parameters = results(reply, search, scene, INLINE_PAGE, newcomer=not known)
            await self._call("answerInlineQuery", parameters)
        except Exception as error:  # too late, say: the person has typed on
            _log.info("an inline query was not answered: %s", type(error).__name__)
        await self._app.store.write(scope.done)

    # ---- what all of these need ----

    async def _respond(self, turn: Turn, also: Also, scope: _Scope, place: Place, text: str | None = None) -> None:
        began = time.perf_counter()
        before: dict[str, float] = {}
        marks: list[tuple[str, float]] = []
        if self._inspect is not None:
            before = {
                c.item_id: c.logit
                for c in await self._app.responder.scores(turn.chat_id, await self._screen(turn), turn.at)
            }
        began = time.perf_counter()

        def rendered(reply: Reply) -> Sequence[Statement]:
            marks.append(("understand and decide", time.perf_counter() - began))
            found = also(reply)
            marks.append(("render", time.perf_counter() - began))
            return found

        async with self._typing(place, quiet=turn.quiet):
            reply = await self._app.responder.respond(turn, rendered)
        self._turns.observe(time.perf_counter() - began)
        if reply is None:  # it was answered before; only the inbox does not know yet
            await self._app.store.write(scope.done)
            return
        marks.append(("commit", time.perf_counter() - began))
        if self._inspect is not None:
            self._inspect(await self._trace(turn, reply, before, marks, scope, text))

    async def _screen(self, turn: Turn) -> tuple[str, ...]:
        state = await self._app.store.load(turn.chat_id)
        return state.screen if state is not None else ()

    async def _trace(
        self,
        turn: Turn,
        reply: Reply,
        before: Mapping[str, float],
        marks: Sequence[tuple[str, float]],
        scope: _Scope,
        text: str | None,
    ) -> dict[str, object]:
        """What the turn did, for the sandbox's inspector."""
        told = encode(reply, self._app.recommender.callbacks.encode)
        ids = tuple(dict.fromkeys((*before, *(c.item_id for c in reply.cards))))
        stages, last = [], 0.0
        for name, at in marks:
            stages.append({"name": name, "ms": round((at - last) * 1000, 2)})
            last = at
        cards: list[dict[str, object]] = []
        for card in await self._app.responder.scores(turn.chat_id, ids, turn.at):
            parts = [{"label": part.label, "value": part.value} for part in card.parts]
            numbers = {"logit": card.logit, "before": before.get(card.item_id), "prior": card.prior, "parts": parts}
            cards.append({"id": card.item_id, "title": card.title, **numbers})
        return {
            "update_id": scope.received.update_id,
            "chat": turn.chat_id,
            "text": text if text is not None else self._tapped_words(turn),
            "understood": told["understood"] if reply.understood is not None else None,
            "events": reply.notes.get("events", []),
            "cards": cards,
            "stages": stages,
        }

    def _tapped_words(self, turn: Turn) -> str:
        """What a tap was: its kind, and the title that it is about."""
        action = turn.action
        found = self._app.recommender.catalog.get(getattr(action, "item_id", ""))
        what = getattr(action, "what", getattr(action, "value", getattr(action, "verdict", "")))
        title = f"《{found.title.in_('zh')}》" if found is not None else ""
        return f"[{type(action).__name__} {what}{title}]"

    @contextlib.asynccontextmanager
    async def _typing(self, place: Place, quiet: bool) -> AsyncIterator[None]:
        """The typing sign, for as long as it takes; not for what is answered before anybody sees it."""
        if quiet:
            yield
            return
        task: asyncio.Task[None] | None = None
        loop = asyncio.get_running_loop()

        def begin() -> None:
            nonlocal task
            task = loop.create_task(self._type(place))

        timer = loop.call_later(TYPING_AFTER_S, begin)
        try:
            yield
        finally:
            timer.cancel()
            if task is not None:
                task.cancel()

    async def _type(self, place: Place) -> None:
        parameters: dict[str, object] = {"chat_id": place.chat_id, "action": "typing"}
        if place.thread is not None:
            parameters["message_thread_id"] = place.thread
        with contextlib.suppress(Exception):  # a sign, no more
            while True:
                await self._call("sendChatAction", parameters)
                await asyncio.sleep(TYPING_EVERY_S)

    def _scene(self, place: Place, scope: _Scope, reply_to: int | None) -> render.Scene:
        recommender = self._app.recommender
        return render.Scene(
            place, recommender.callbacks, self._me.username, recommender.names.name, 0, scope.seed, reply_to
        )

    def _in(self, scene: render.Scene, reply: Reply) -> render.Scene:
        return replace(scene, turn=_turn(reply))

    def _told(self, messages: Sequence[Outgoing], extra: Sequence[Outgoing], forgotten: bool) -> list[Outgoing]:
        found = [*messages, *extra]
        return [replace(message, about=None) for message in found] if forgotten else found

    def _beside(self, action: Action | None, reply: Reply, scene: render.Scene) -> list[Outgoing]:
        """What the adapter adds of its own: which rows of its are kept."""
        if not isinstance(action, Menu) or action.what != "privacy":
            return []
        text = say("privacy.adapter", reply.lang)
        return [scene.send(text, [], None)]

    async def _items(self, place: Place, message_id: int | None) -> tuple[str, ...]:
        """Items of a message of ours."""
        if message_id is None:
            return ()
        query = "SELECT items FROM messages WHERE chat_id = ? AND message_id = ?"
        rows = await self._app.store.read(query, place.chat_id, message_id)
        return tuple(json.loads(str(rows[0][0]))) if rows else ()

    async def _media(self, cards: Sequence[Card]) -> dict[str, str]:
        found = {}
        for card in cards:
            rows = await self._app.store.read("SELECT file_id FROM media WHERE item_id = ?", card.item_id)
            if rows:
                found[card.item_id] = str(rows[0][0])
        return found

    def _met(self, place: Place, scope: _Scope) -> Statement:
        kind = "private" if place.private else "group"
        return met(place.chat_id, kind, str(place.lang) if place.private else None, scope.received.at)


def _plain(place: Place, html: str) -> Outgoing:
    """A sentence of the adapter's."""
    payload: dict[str, object] = {"chat_id": place.chat_id, "text": html, "parse_mode": "HTML"}
    if place.thread is not None:
        payload["message_thread_id"] = place.thread
    return Outgoing("sendMessage", payload, place.conversation)


def _turn(reply: Reply) -> int:
    found = reply.notes.get("turn", 0)
    return found if isinstance(found, int) else 0
