"""Who and what there is: the bot, people, chats, messages, files. Bot API objects are plain dicts, never changed in
place: an update that waits shows what was so when it came."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import PurePath
from typing import Any

from bot.sandbox.person import KEPT_MORE, bounded
from bot.sandbox.person import Person as Person
from bot.sandbox.schema import Refusal
from bot.sandbox.updates import Updates

Json = dict[str, Any]  # a Bot API object
Event = Mapping[str, Any]  # what the page is told

KEPT = 500  # messages of a chat
KEPT_FILES = 1000
TAP_S, SEARCH_S = 30.0, 10.0  # until it is too late to answer
TOPICS = {77: "Books", 88: "Films"}  # of a forum, beside General


@dataclass(slots=True)
class Chat:
    """A private chat (its id is the person's), a group, or a supergroup. messages: by id, the last KEPT.

    opened: whether the bot may write there: a person must have written first. here: whether the bot is in the group.
    owner: who made the group.
    """

    id: int
    type: str
    title: str = ""
    members: set[int] = field(default_factory=set)
    topics: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)
    opened: bool = True
    here: bool = True
    owner: int = 0
    numbers: Any = field(default_factory=lambda: count(1))  # Any: an iterator

    @property
    def forum(self) -> bool:
        return bool(self.topics)


class World:
    """The state of one server. clock: seconds since 1970; tell: takes events for whoever watches.

    taps and searches: what waits for answerCallbackQuery and answerInlineQuery, by id: person, chat, at (seconds),
    answer (None until it is there); of a search also its query and, by result id, the messages that it offers.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.bot: Json = {
            "id": 7000000001, "is_bot": True, "first_name": "荐言 Jianyan", "username": "jianyan_demo_bot",
            "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True,
        }  # fmt: skip
        self.people: dict[int, Json] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.blocked: set[int] = set()
        self.moved: dict[int, int] = {}  # group -> supergroup
        self.taps: dict[str, Json] = {}
        self.searches: dict[str, Json] = {}
        self.inline: dict[tuple[int, int], str] = {}  # (chat, message) -> the id of an inline one
        self.reactions: dict[tuple[int, int, int], str] = {}  # (chat, message, who) -> emoji
        self.settings: dict[str, Any] = {}  # commands, names, descriptions, menu buttons: as set
        self.updates = Updates()
        self.listeners: list[Callable[[Event], None]] = []
        self._people_ids, self._group_ids, self._file_ids = count(5000000001), count(1), count(1)
        self._other_ids = count(900000001)

    def tell(self, kind: str, **what: object) -> None:
        for listener in self.listeners:
            listener({"kind": kind, **what})

    # ---- who and where ----

    @property
    def me(self) -> Json:
        """The bot as a sender."""
        return {key: self.bot[key] for key in ("id", "is_bot", "first_name", "username")}

    def person(
        self,
        first_name: str = "Lin",
        language_code: str | None = "zh-hans",
        id: int | None = None,
        username: str = "",
        opened: bool = True,
    ) -> Person:
        """A new person. opened: False for one who never wrote to the bot, so that it may not write."""
        number = id if id is not None else next(self._people_ids)
        user: Json = {"id": number, "is_bot": False, "first_name": first_name}
        if username:
            user["username"] = username
        if language_code is not None:
            user["language_code"] = language_code
        self.people[number] = user
        self.chats[number] = Chat(number, "private", first_name, {number}, opened=opened)
        self.tell("world")
        return Person(self, number)

    def group(self, title: str, members: Sequence[Person], forum: bool = False, basic: bool = False) -> Chat:
        """A group that the first member makes with the others and the bot: a supergroup, a forum, or a basic group."""
        number = next(self._group_ids)
        chat = Chat(-4000000 - number if basic else -1002000000000 - number, "group" if basic else "supergroup", title)
        chat.members, chat.owner = {person.id for person in members}, members[0].id
        chat.topics = dict(TOPICS) if forum else {}
        self.chats[chat.id] = chat
        who = self.people[members[0].id]
        self.updates.put("my_chat_member", self.membership(chat, who, "left", "member"))
        self.serve(chat, who, {"new_chat_members": [self.me]})
        self.tell("world")
        return chat

    def migrate(self, chat: Chat, person: Person) -> Chat:
        """Makes a supergroup of a basic group; what is sent to the old id is refused and told the new one."""
        new = Chat(
            -1002000000000 - next(self._group_ids), "supergroup", chat.title, set(chat.members), owner=chat.owner
        )
        self.chats[new.id] = new
        self.serve(chat, person.user, {"migrate_to_chat_id": new.id})
        del self.chats[chat.id]
        self.moved[chat.id] = new.id
        self.serve(new, person.user, {"migrate_from_chat_id": chat.id})
        self.tell("world")
        return new

    def remove(self, chat: Chat, person: Person) -> None:
        """A person throws the bot out of a group."""
        chat.here = False
        self.updates.put("my_chat_member", self.membership(chat, person.user, "member", "kicked"))
        self.tell("world")

    def chat(self, chat_id: int) -> Chat:
        """The chat as the bot may reach it. Refusal where it may not."""
        if chat_id in self.moved:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(description, migrate_to_chat_id=self.moved[chat_id])
        chat = self.chats.get(chat_id)
        if chat is None:
            raise Refusal("Bad Request: chat not found")
        if not chat.here:
            raise Refusal(f"Forbidden: bot was kicked from the {chat.type} chat", 403)
        if chat_id in self.blocked:
            raise Refusal("Forbidden: bot was blocked by the user", 403)
        if not chat.opened:
            raise Refusal("Forbidden: bot can't initiate conversation with a user", 403)
        return chat

    def of_chat(self, chat: Chat) -> Json:
        """The Bot API's object of a chat."""
        if chat.type == "private":
            user = self.people[chat.id]
            return {"id": chat.id, "type": "private", **{k: user[k] for k in ("first_name", "username") if k in user}}
        return {"id": chat.id, "type": chat.type, "title": chat.title, **({"is_forum": True} if chat.forum else {})}

    def sent(self, chat_id: int) -> list[Json]:
        """The bot's messages in a chat, oldest first."""
        return [m for m in self.chats[chat_id].messages.values() if m["from"]["id"] == self.bot["id"]]

    def keep_file(self, content: bytes, name: str) -> str:
        """Its file id."""
        file_id = f"AgACAgUAAxkB{next(self._file_ids):06d}"
        self.files[file_id] = (content, PurePath(name.replace("\\", "/")).name or "file")
        bounded(self.files, KEPT_FILES)
        return file_id

    # ---- messages ----

    def post(self, chat: Chat, sender: Json, content: Json, thread: int | None = None) -> Json:
        """Puts a message into a chat."""
        message: Json = {
            "message_id": next(chat.numbers),
            "date": int(self.clock()),
            "chat": self.of_chat(chat),
            "from": sender,
            **content,
        }
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        chat.messages[message["message_id"]] = message
        bounded(chat.messages, KEPT)
        self.tell("message", chat=chat.id, message=message)
        return message

    def serve(self, chat: Chat, sender: Json, content: Json) -> None:
        """Posts a service message, which the bot always sees."""
        self.updates.put("message", self.post(chat, sender, content))

    def membership(self, chat: Chat, who: Json, before: str, after: str) -> Json:
        """The content of a my_chat_member update."""
        return {
            "chat": self.of_chat(chat),
            "from": who,
            "date": int(self.clock()),
            "old_chat_member": _member(self.me, before),
            "new_chat_member": _member(self.me, after),
        }

    def react(self, chat: Chat, message_id: int, user: int, emoji: str | None) -> str | None:
        """Sets or takes back a reaction; the one before."""
        before = self.reactions.pop((chat.id, message_id, user), None)
        if emoji:
            self.reactions[chat.id, message_id, user] = emoji
            bounded(self.reactions, KEPT_MORE)
        self.tell("reaction", chat=chat.id, message_id=message_id, user=user, emoji=emoji)
        return before

    def open_tap(self, person: int, message: Json, data: str) -> str:
        """A person presses a button of a message; the callback query's id."""
        place = (message["chat"]["id"], message["message_id"])
        number = self._ask(self.taps, person, place[0])
        value: Json = {"id": number, "from": self.people[person], "chat_instance": str(place[0]), "data": data}
        inline = self.inline.get(place)
        value |= {"message": message} if inline is None else {"inline_message_id": inline}
        self.updates.put("callback_query", value)
        return number

    def open_query(self, person: int, chat: Chat, query: str, offset: str = "") -> str:
        """A person types @bot and a query; the inline query's id."""
        number = self._ask(self.searches, person, chat.id, query=query, contents={})
        value = {"id": number, "from": self.people[person], "query": query, "offset": offset}
        self.updates.put("inline_query", {**value, "chat_type": "sender" if chat.id == person else chat.type})
        return number

    def _ask(self, kept: dict[str, Json], person: int, chat: int, **more: object) -> str:
        """Keeps a tap or a search; its id."""
        number = self.number()
        kept[number] = {"person": person, "chat": chat, "at": self.clock(), "answer": None, **more}
        bounded(kept, KEPT_MORE)
        return number

    def waiting(self, kept: Mapping[str, Json], number: str, longest_s: float) -> Json:
        """The tap or search of that id. Refusal where it is too late, or has been answered."""
        found = kept.get(number)
        if found is None or found["answer"] is not None or self.clock() - found["at"] > longest_s:
            raise Refusal("Bad Request: query is too old and response timeout expired or query ID is invalid")
        return found

    def number(self) -> str:
        """A number that nothing else has."""
        return str(next(self._other_ids))


def _member(bot: Json, status: str) -> Json:
    return {"user": bot, "status": status, **({"until_date": 0} if status == "kicked" else {})}
