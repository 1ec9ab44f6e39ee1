"""The sandbox around the server: the chat page, what people do on it, and what it is told."""

import asyncio
import base64
import binascii
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from importlib import resources
from typing import Any

from aiohttp import web

from bot.sandbox import profile
from bot.sandbox.content import START
from bot.sandbox.faults import KINDS, Fault
from bot.sandbox.person import Person
from bot.sandbox.schema import Refusal
from bot.sandbox.server import Server
from bot.sandbox.world import Event, Json

TRACES = 200
TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

Act = Callable[[Json], Any]


class Sandbox(Server):
    """A server with a page. process: what `kill` and `restart` do to the bot."""

    def __init__(self, port: int, process: Callable[[str], Awaitable[None]], **options: Any) -> None:
        super().__init__(port, **options)
        self._process = process
        self.bot_status = "starting"
        self.traces: deque[Json] = deque(maxlen=TRACES)
        self._watching: set[asyncio.Queue[str]] = set()
        self.world.listeners.append(self._spread)
        self.acts: dict[str, Act] = {
            "send": self._send, "photo": self._photo, "document": self._document, "tap": self._tap, "edit": self._edit,
            "react": self._react, "inline": self._inline, "choose": self._choose, "start": self._start,
            "block": self._block, "unblock": self._unblock, "person": self._person, "group": self._group,
            "join": self._join, "leave": self._leave, "fault": self._fault, "unfault": self._unfault,
            "clear": self._clear, "redeliver": self._redeliver,
        }  # fmt: skip

    def add_routes(self, application: web.Application) -> None:
        super().add_routes(application)
        application.router.add_get("/", self._page)
        application.router.add_get("/static/{name}", self._page)
        application.router.add_get("/picture/{file_id}", self._picture)
        application.router.add_get("/world", self._world)
        application.router.add_get("/commands", self._commands)
        application.router.add_get("/events", self._events)
        application.router.add_post("/act", self._act)
        application.router.add_post("/trace", self._trace)

    def set_status(self, status: str) -> None:
        """`up`, `down` or `starting`: what the page shows of the bot's process."""
        self.bot_status = status
        self.world.tell("bot", status=status)

    def _spread(self, event: Event) -> None:
        if self._watching:
            text = self._told(event)
            for queue in self._watching:
                queue.put_nowait(text)

    def _told(self, event: Event) -> str:
        """An event for the page; a world or a fault carries all that there is of it, and nothing need be asked for."""
        more = self._whole() if event["kind"] == "world" else self._wrong() if event["kind"] == "fault" else {}
        return json.dumps({**event, **more}, ensure_ascii=False)

    # ---- what the page reads ----

    async def _page(self, request: web.Request) -> web.Response:
        _from_here(request)
        name = request.match_info.get("name", "index.html")
        found = resources.files("bot.sandbox").joinpath("page", name)
        kind = TYPES.get(name.rpartition(".")[2])
        if "/" in name or kind is None or not found.is_file():
            return web.Response(status=404)
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        return web.Response(body=found.read_bytes(), content_type=kind, charset="utf-8", headers=headers)

    async def _world(self, request: web.Request) -> web.Response:
        _from_here(request)
        return web.json_response(self._whole())

    def _whole(self) -> Json:
        """People, chats, messages, the last turns, and what goes wrong."""
        world = self.world
        chats = [
            {
                "id": chat.id,
                "type": chat.type,
                "title": chat.title,
                "members": sorted(chat.members),
                "forum": chat.forum,
                "topics": [{"id": number, "name": name} for number, name in chat.topics.items()],
                "messages": list(chat.messages.values()),
            }
            for chat in world.chats.values()
        ]
        return {
            "bot": world.bot,
            "people": list(world.people.values()),
            "chats": chats,
            "bot_status": self.bot_status,
            "blocked": sorted(world.blocked),
            "reactions": [
                {"chat": chat, "message_id": message, "user": user, "emoji": emoji}
                for (chat, message, user), emoji in world.reactions.items()
            ],
            "traces": list(self.traces)[-20:],
            **self._wrong(),
        }

    def _wrong(self) -> Json:
        faults = [{"id": number, **asdict(fault)} for number, fault in self.faults.on.items()]
        return {"faults": faults, "violations": self.violations[-20:]}

    async def _picture(self, request: web.Request) -> web.Response:
        """A file of a chat. The Bot API's own address for it holds the token."""
        _from_here(request)
        if request.match_info["file_id"] not in self.world.files:
            raise web.HTTPNotFound
        content, name = self.world.files[request.match_info["file_id"]]
        if name == "address":
            raise web.HTTPFound(content.decode())
        kind = "image/jpeg" if name.endswith((".jpg", ".jpeg")) else "image/png" if name.endswith(".png") else ""
        headers = {"X-Content-Type-Options": "nosniff"} | ({} if kind else {"Content-Disposition": "attachment"})
        return web.Response(body=content, content_type=kind or "application/octet-stream", headers=headers)

    async def _commands(self, request: web.Request) -> web.Response:
        """The menu of a person in a chat, the menu button, and what is said to who has not begun yet."""
        _from_here(request)
        person, chat = int(request.query["user"]), int(request.query["chat"])
        if person not in self.world.people or chat not in self.world.chats:
            raise web.HTTPNotFound
        found = {
            "commands": profile.menu(self.world, person, chat),
            "button": profile.button(self.world, chat if chat == person else None),
            **profile.told(self.world, str(self.world.people[person].get("language_code", ""))[:2]),
        }
        return web.json_response(found)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        _from_here(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        queue: asyncio.Queue[str] = asyncio.Queue()
        queue.put_nowait(self._told({"kind": "world"}))
        self._watching.add(queue)
        ended = asyncio.create_task(self._ended.wait())
        try:
            while not ended.done():
                coming = asyncio.create_task(queue.get())
                await asyncio.wait((coming, ended), timeout=15, return_when=asyncio.FIRST_COMPLETED)
                line = f"data: {coming.result()}\n\n" if coming.done() else ": still here\n\n"
                coming.cancel()
                await response.write(line.encode())
        except ConnectionError:
            pass
        finally:
            ended.cancel()
            self._watching.discard(queue)
        return response

    async def _trace(self, request: web.Request) -> web.Response:
        _from_here(request)
        if request.content_type != "application/json":  # what another page can send without being asked is none
            raise web.HTTPUnsupportedMediaType
        trace = await request.json()
        self.traces.append(trace)
        self.world.tell("trace", trace=trace)
        return web.Response(status=204)

    # ---- what people do ----

    async def _act(self, request: web.Request) -> web.Response:
        """One act; refused from other web pages, which cannot send our header."""
        _from_here(request)
        if request.headers.get("X-Sandbox") != "1":
            return web.json_response({"ok": False, "error": "the header X-Sandbox is missing"}, status=403)
        try:
            body = await request.json()
            name = str(body["act"])
            if name in ("kill", "restart"):
                await self._process(name)
                return web.json_response({"ok": True})
            found = self.acts[name](body)
            return web.json_response({"ok": True, **(found if isinstance(found, dict) else {})})
        except Refusal as refusal:
            return web.json_response({"ok": False, "error": refusal.description}, status=400)
        except (KeyError, ValueError, TypeError, StopIteration, AttributeError) as error:
            return web.json_response({"ok": False, "error": f"{type(error).__name__}: {error}"}, status=400)

    def _who(self, body: Json) -> Person:
        if int(body["user"]) not in self.world.people:
            raise ValueError("no such person")
        return Person(self.world, int(body["user"]))

    def _send(self, body: Json) -> Json:
        text = str(body["text"])[:4096]
        if not text.strip():
            raise ValueError("an empty message")
        return {"message": self._who(body).say(text, int(body["chat"]), **_where(body))}

    def _photo(self, body: Json) -> Json:
        return {"message": self._who(body).photo(_content(body), *_captioned(body), **_where(body))}

    def _document(self, body: Json) -> Json:
        name = str(body["name"])[:60] or "file"
        return {"message": self._who(body).document(_content(body), name, *_captioned(body), **_where(body))}

    def _tap(self, body: Json) -> Json:
        message = self.world.chats[int(body["chat"])].messages[int(body["message_id"])]
        return {"query": self._who(body).tap(message, str(body["data"]))}

    def _edit(self, body: Json) -> Json:
        message = self.world.chats[int(body["chat"])].messages[int(body["message_id"])]
        if message["from"]["id"] != int(body["user"]):
            raise ValueError("somebody else's message")
        return {"message": self._who(body).edit(int(body["message_id"]), str(body["text"]), int(body["chat"]))}

    def _react(self, body: Json) -> None:
        self._who(body).react(int(body["message_id"]), body.get("emoji"), int(body["chat"]))

    def _inline(self, body: Json) -> Json:
        query = self._who(body).inline(str(body["query"])[:256], int(body["chat"]), str(body.get("offset", "")))
        return {"query": query}

    def _choose(self, body: Json) -> Json:
        return {"message": self._who(body).choose(str(body["query_id"]), str(body["result_id"]))}

    def _start(self, body: Json) -> Json:
        payload = str(body.get("payload", ""))
        if payload and not START.fullmatch(payload):
            raise ValueError("no client opens such a link: up to 64 of A-Z a-z 0-9 _ -")
        return {"message": self._who(body).say(f"/start {payload}".strip())}

    def _block(self, body: Json) -> None:
        self._who(body).block()

    def _unblock(self, body: Json) -> None:
        self._who(body).block(False)

    def _person(self, body: Json) -> Json:
        made = self.world.person(str(body["first_name"])[:64] or "?", body.get("language_code") or None)
        return {"user": made.user}

    def _group(self, body: Json) -> Json:
        members = [Person(self.world, int(one)) for one in body["members"]]
        return {"chat": self.world.group(str(body["title"])[:128], members, bool(body.get("forum"))).id}

    def _join(self, body: Json) -> None:
        self._who(body).join(int(body["chat"]))

    def _leave(self, body: Json) -> None:
        self._who(body).leave(int(body["chat"]))

    def _fault(self, body: Json) -> Json:
        if body["kind"] not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}")
        times = body.get("times")
        fault = Fault(
            str(body["kind"]),
            str(body.get("method", "")),
            chat=None if body.get("chat") is None else int(body["chat"]),
            times=None if times is None else max(1, int(times)),
            share=float(body.get("share", 1.0)),
            seconds=int(body.get("seconds", 5)),
            description=str(body.get("description", "Bad Request: chat not found")),
            code=int(body.get("code", 400)),
        )
        return {"fault": self.faults.add(fault)}

    def _redeliver(self, body: Json) -> Json:
        return {"updates": self.world.updates.again(max(1, int(body.get("number", 1))))}

    def _unfault(self, body: Json) -> None:
        self.faults.remove(int(body["fault"]))

    def _clear(self, body: Json) -> None:
        self.faults.clear()


def _content(body: Json) -> bytes:
    """What a data URL, or plain base64, holds."""
    try:
        return base64.b64decode(str(body["data"]).rpartition(",")[2], validate=True)
    except binascii.Error:
        raise ValueError("the data is no base64") from None


def _captioned(body: Json) -> tuple[str, int]:
    return str(body.get("caption", ""))[:1024], int(body["chat"])


def _where(body: Json) -> Json:
    """Which message it answers, and in which topic."""
    return {name: None if body.get(name) is None else int(body[name]) for name in ("reply_to", "topic")}


def _from_here(request: web.Request) -> None:
    """Only by a loopback name: another site's name that leads here (DNS rebinding) is refused."""
    if request.host.rpartition(":")[0] not in LOOPBACK and request.host not in LOOPBACK:
        raise web.HTTPForbidden(text="by its loopback address only")
