"""People, chats and messages of the sandbox, and what a person can do. Bot API objects are plain dicts."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.sandbox.entities import found_in
from bot.sandbox.schema import Refusal
from bot.sandbox.updates import Updates

Json = dict[str, Any]  # a Bot API object
Event = Mapping[str, Any]  # what the page is told

KEPT = 500  # messages of a chat
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


@dataclass(slots=True)
class Chat:
    """A private chat (its id is the person's), a group, or a supergroup. messages: by id, the last KEPT."""

    id: int
    type: str
    title: str = ""
    members: set[int] = field(default_factory=set)
    topics: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))  # Any: an iterator

    @property
    def forum(self) -> bool:
        return bool(self.topics)


class World:
    """The state of one server. clock: seconds since 1970; tell: takes events for whoever watches."""

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
        self.moved: dict[int, int] = {}
        self.taps: dict[str, str] = {}  # callback query -> "open" or "answered"
        self.searches: dict[str, Json] = {}  # inline query -> its person, chat, and the answer once it is there
        self.reactions: dict[tuple[int, int, int], str] = {}  # (chat, message, person) -> emoji
        self.settings: dict[str, Any] = {}  # commands, names, descriptions, menu buttons: as set
        self.updates = Updates()
        self.listeners: list[Callable[[Event], None]] = []
        self._ids = count(5000000001)
        self._groups = count(1)
        self._queries = count(900000001)
        self._files = count(1)

    def tell(self, kind: str, **what: object) -> None:
        for listener in self.listeners:
            listener({"kind": kind, **what})

    # ---- who and where ----

    def person(self, first_name: str = "Lin", language_code: str | None = "zh-hans", id: int | None = None) -> "Person":
        """A new person, with a private chat that they have not opened yet."""
        number = id if id is not None else next(self._ids)
        user: Json = {"id": number, "is_bot": False, "first_name": first_name}
        if language_code is not None:
            user["language_code"] = language_code
        self.people[number] = user
        self.chats[number] = Chat(number, "private", first_name, {number})
        self.tell("world")
        return Person(self, number)

    def group(self, title: str, members: list["Person"], forum: bool = False) -> Chat:
        """A supergroup with these people and the bot; a forum has General and two topics."""
        chat = Chat(-1002000000000 - next(self._groups), "supergroup", title, {p.id for p in members})
        if forum:
            chat.topics = {77: "Books", 88: "Films"}
        self.chats[chat.id] = chat
        who = self.people[min(chat.members)]
        self.updates.put("my_chat_member", self._membership(chat, who, "left", "member"))
        self.tell("world")
        return chat

    def chat(self, chat_id: int) -> Chat:
        """The chat as the bot may reach it. Refusal where it may not."""
        if chat_id in self.moved:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(description, migrate_to_chat_id=self.moved[chat_id])
        chat = self.chats.get(chat_id)
        if chat is None:
            raise Refusal("Bad Request: chat not found")
        if chat.type == "private" and chat_id in self.blocked:
            raise Refusal("Forbidden: bot was blocked by the user", 403)
        return chat

    def of_chat(self, chat: Chat) -> Json:
        if chat.type == "private":
            return {"id": chat.id, "type": "private", "first_name": self.people[chat.id]["first_name"]}
        return {"id": chat.id, "type": chat.type, "title": chat.title, **({"is_forum": True} if chat.forum else {})}

    def sent(self, chat_id: int) -> list[Json]:
        """The bot's messages in a chat, oldest first."""
        return [m for m in self.chats[chat_id].messages.values() if m["from"]["id"] == self.bot["id"]]

    def keep_file(self, content: bytes, name: str) -> str:
        """Its file id."""
        file_id = f"AgACAgUAAxkB{next(self._files):06d}"
        self.files[file_id] = (content, name)
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
        while len(chat.messages) > KEPT:
            del chat.messages[next(iter(chat.messages))]
        self.tell("message", chat=chat.id, message=message)
        return message

    def _membership(self, chat: Chat, who: Json, before: str, after: str) -> Json:
        bot = {key: self.bot[key] for key in ("id", "is_bot", "first_name", "username")}
        return {
            "chat": self.of_chat(chat),
            "from": who,
            "date": int(self.clock()),
            "old_chat_member": _member(bot, before),
            "new_chat_member": _member(bot, after),
        }

    def hears(self, chat: Chat, message: Json) -> bool:
        """Whether privacy mode lets the bot see a person's message."""
        if chat.type == "private" or self.bot["can_read_all_group_messages"]:
            return True
        if "text" not in message and "caption" not in message:
            return any(key in message for key in ("new_chat_members", "left_chat_member", "migrate_to_chat_id"))
        if message.get("reply_to_message", {}).get("from", {}).get("id") == self.bot["id"]:
            return True
        text = str(message.get("text", message.get("caption", "")))
        name = f"@{self.bot['username']}".lower()
        for entity in message.get("entities", message.get("caption_entities")) or ():
            raw = text.encode("utf-16-le")
            word = raw[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le").lower()
            if entity["type"] == "mention" and word == name:
                return True
            if entity["type"] == "bot_command" and ("@" not in word or word.endswith(name)):
                return True
        return False

    def open_query(self, person: int, chat: Chat, query: str, offset: str = "") -> str:
        """An inline query; its id."""
        number = str(next(self._queries))
        self.searches[number] = {"person": person, "chat": chat.id, "query": query, "answer": None, "contents": {}}
        value = {"id": number, "from": self.people[person], "query": query, "offset": offset}
        value["chat_type"] = "sender" if chat.id == person else chat.type
        self.updates.put("inline_query", value)
        return number

    def open_tap(self, person: int, message: Json, data: str) -> str:
        """A tap on a button; the query's id."""
        number = str(next(self._queries))
        self.taps[number] = "open"
        while len(self.taps) > 10_000:
            del self.taps[next(iter(self.taps))]
        value = {"id": number, "from": self.people[person], "message": message, "chat_instance": "1", "data": data}
        self.updates.put("callback_query", value)
        return number


def _member(bot: Json, status: str) -> Json:
    more = {"until_date": 0} if status == "kicked" else {}
    return {"user": bot, "status": status, **more}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who uses the bot: the doors through which tests and the page act."""

    world: World
    id: int

    @property
    def user(self) -> Json:
        return self.world.people[self.id]

    def say(
        self, text: str, chat: int | None = None, reply_to: int | None = None, topic: int | None = None, **more: Any
    ) -> Json:
        """Writes into the private chat, or another."""
        place = self.world.chats[self.id if chat is None else chat]
        content: Json = {**more}
        if text:
            content["caption" if "photo" in more else "text"] = text
            if entities := found_in(text):
                content["caption_entities" if "photo" in more else "entities"] = entities
        if reply_to is not None and reply_to in place.messages:
            answered = place.messages[reply_to]
            content["reply_to_message"] = {k: v for k, v in answered.items() if k != "reply_to_message"}
            topic = answered.get("message_thread_id", topic) if place.forum else topic
        message = self.world.post(place, self.user, content, topic)
        if self.world.hears(place, message):
            self.world.updates.put("message", message)
        return message

    def photo(self, content: bytes, caption: str = "", chat: int | None = None) -> Json:
        """Sends a picture."""
        file_id = self.world.keep_file(content, "photo.jpg")
        size = {"file_id": file_id, "file_unique_id": file_id[-8:], "width": 320, "height": 480}
        return self.say(caption, chat, photo=[size])

    def edit(self, message_id: int, text: str, chat: int | None = None) -> Json:
        """Changes one's own message."""
        place = self.world.chats[self.id if chat is None else chat]
        message = {**place.messages[message_id], "text": text, "edit_date": int(self.world.clock())}
        message.pop("entities", None)  # an update that still waits has the old text
        if entities := found_in(text):
            message["entities"] = entities
        place.messages[message_id] = message
        self.world.tell("edit", chat=place.id, message=message)
        if self.world.hears(place, message):
            self.world.updates.put("edited_message", message)
        return message

    def tap(self, message: Json, data: str) -> str:
        """Presses a button; the callback query's id."""
        return self.world.open_tap(self.id, message, data)

    def press(self, message: Json, row: int = 0, column: int = 0) -> str:
        """Presses the button at that place of a message's keyboard."""
        return self.tap(message, message["reply_markup"]["inline_keyboard"][row][column]["callback_data"])

    def react(self, message_id: int, emoji: str | None, chat: int | None = None) -> None:
        """Reacts to a message, or takes the reaction back."""
        place = self.world.chats[self.id if chat is None else chat]
        before = self.world.reactions.pop((place.id, message_id, self.id), None)
        if emoji:
            self.world.reactions[place.id, message_id, self.id] = emoji
        self.world.tell("reaction", chat=place.id, message_id=message_id, user=self.id, emoji=emoji)

        def told(one: str | None) -> list[Json]:
            return [{"type": "emoji", "emoji": one}] if one else []

        value = {
            "chat": self.world.of_chat(place),
            "message_id": message_id,
            "user": self.user,
            "date": int(self.world.clock()),
            "old_reaction": told(before),
            "new_reaction": told(emoji),
        }
        self.world.updates.put("message_reaction", value)

    def inline(self, query: str, chat: int | None = None, offset: str = "") -> str:
        """Types @bot and a query; the inline query's id."""
        return self.world.open_query(self.id, self.world.chats[self.id if chat is None else chat], query, offset)

    def choose(self, query_id: str, result_id: str) -> Json:
        """Posts an inline result into the chat in which it was asked for."""
        search = self.world.searches[query_id]
        result = next(r for r in search["answer"]["results"] if r["id"] == result_id)
        content = {**search["contents"][result_id], "via_bot": self.world.bot}
        if "reply_markup" in result:
            content["reply_markup"] = result["reply_markup"]
        message = self.world.post(self.world.chats[search["chat"]], self.user, content)
        value = {"result_id": result_id, "from": self.user, "query": search["query"]}
        self.world.updates.put("chosen_inline_result", value)
        return message

    def block(self, blocked: bool = True) -> None:
        """Blocks the bot, or lets it in again."""
        if blocked:
            self.world.blocked.add(self.id)
        else:
            self.world.blocked.discard(self.id)
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        place = self.world.chats[self.id]
        self.world.updates.put("my_chat_member", self.world._membership(place, self.user, before, after))
