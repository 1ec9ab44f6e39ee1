"""What a person can do: the doors through which tests and the page act."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.entities import found_in

if TYPE_CHECKING:
    from bot.sandbox.world import Chat, World

Json = dict[str, Any]  # a Bot API object

KEPT_MORE = 10_000  # queries, reactions, inline messages
CAPTIONED = ("photo", "document", "voice", "audio", "video", "animation")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who uses the bot. chat: of each door, the id of a chat; None is the private one."""

    world: "World"
    id: int

    @property
    def user(self) -> Json:
        return self.world.people[self.id]

    def say(
        self, text: str, chat: int | None = None, reply_to: int | None = None, topic: int | None = None, **more: Any
    ) -> Json:
        """Writes. reply_to: a message's id. topic: of a forum. more: other fields of the message, such as `photo`."""
        place = self._place(chat)
        captioned = any(kind in more for kind in CAPTIONED)
        content: Json = {**more}
        if text:
            content["caption" if captioned else "text"] = text
            if entities := found_in(text):
                content["caption_entities" if captioned else "entities"] = entities
        if reply_to is not None and reply_to in place.messages:
            answered = place.messages[reply_to]
            content["reply_to_message"] = {k: v for k, v in answered.items() if k != "reply_to_message"}
            if place.forum:
                topic = answered.get("message_thread_id", topic)
            elif place.type == "supergroup":  # Telegram numbers threads of replies too; they are no topics
                content["message_thread_id"] = answered.get("message_thread_id", reply_to)
        elif topic is not None and place.forum:  # and shows what is said in a topic as an answer to its beginning
            content["reply_to_message"] = self._beginning(place, topic)
        if place.type == "private":
            place.opened = True
        message = self.world.post(place, content.pop("from", self.user), content, topic)
        if hears(self.world.bot, place, message):
            self.world.updates.put("message", message)
        return message

    def photo(self, content: bytes, caption: str = "", chat: int | None = None, **more: Any) -> Json:
        """Sends a picture."""
        return self.say(caption, chat, photo=[picture(self.world.keep_file(content, "photo.jpg"))], **more)

    def album(self, contents: list[bytes], caption: str = "", chat: int | None = None) -> list[Json]:
        """Sends pictures as one; the first carries the words."""
        group = self.world.number()
        return [
            self.photo(content, "" if number else caption, chat, media_group_id=group)
            for number, content in enumerate(contents)
        ]

    def document(self, content: bytes, name: str, caption: str = "", chat: int | None = None, **more: Any) -> Json:
        """Sends a file."""
        file_id = self.world.keep_file(content, name)
        told = {**_file(file_id), "file_name": name, "file_size": len(content)}
        return self.say(caption, chat, document=told, **more)

    def voice(self, chat: int | None = None) -> Json:
        """Sends a voice message."""
        return self.say("", chat, voice={**_file(self.world.keep_file(b"OggS", "voice.ogg")), "duration": 3})

    def edit(self, message_id: int, text: str, chat: int | None = None) -> Json:
        """Changes one's own message."""
        place = self._place(chat)
        message = {**place.messages[message_id], "edit_date": int(self.world.clock())}
        name = "text" if "text" in message else "caption"
        marks = "entities" if name == "text" else "caption_entities"
        message.pop(marks, None)
        message[name] = text
        if entities := found_in(text):
            message[marks] = entities
        place.messages[message_id] = message
        self.world.tell("edit", chat=place.id, message=message)
        if hears(self.world.bot, place, message):
            self.world.updates.put("edited_message", message)
        return message

    def delete(self, message_id: int, chat: int | None = None) -> None:
        """Takes a message away, for the bot too; the bot is not told."""
        place = self._place(chat)
        del place.messages[message_id]
        self.world.tell("delete", chat=place.id, message_id=message_id)

    def tap(self, message: Json, data: str) -> str:
        """Presses a button; the callback query's id."""
        return self.world.open_tap(self.id, message, data)

    def press(self, message: Json, row: int = 0, column: int = 0) -> str:
        """Presses the button at that place of a message's keyboard."""
        return self.tap(message, message["reply_markup"]["inline_keyboard"][row][column]["callback_data"])

    def react(self, message_id: int, emoji: str | None, chat: int | None = None) -> None:
        """Reacts to a message, or takes the reaction back."""
        place = self._place(chat)
        before = self.world.react(place, message_id, self.id, emoji)
        value = {
            "chat": self.world.of_chat(place),
            "message_id": message_id,
            "user": self.user,
            "date": int(self.world.clock()),
            "old_reaction": _reactions(before),
            "new_reaction": _reactions(emoji),
        }
        self.world.updates.put("message_reaction", value)

    def inline(self, query: str, chat: int | None = None, offset: str = "") -> str:
        """Types @bot and a query; the inline query's id."""
        return self.world.open_query(self.id, self._place(chat), query, offset)

    def choose(self, query_id: str, result_id: str) -> Json:
        """Posts an inline result into the chat in which it was asked for."""
        search = self.world.searches[query_id]
        place = self.world.chats[search["chat"]]
        content = {**search["contents"][result_id], "via_bot": self.world.me}
        message = self.world.post(place, self.user, content)
        value: Json = {"result_id": result_id, "from": self.user, "query": search["query"]}
        if "reply_markup" in content:  # only then can the bot come back to it
            value["inline_message_id"] = f"inline-{self.world.number()}"
            self.world.inline[place.id, message["message_id"]] = value["inline_message_id"]
            bounded(self.world.inline, KEPT_MORE)
        self.world.updates.put("chosen_inline_result", value)
        if place.here:
            self.world.updates.put("message", message)
        return message

    def join(self, chat: int) -> None:
        """Comes into a group."""
        place = self._place(chat)
        place.members.add(self.id)
        self.world.serve(place, self.user, {"new_chat_members": [self.user]})
        self.world.tell("world")

    def leave(self, chat: int) -> None:
        """Leaves a group."""
        place = self._place(chat)
        place.members.discard(self.id)
        self.world.serve(place, self.user, {"left_chat_member": self.user})
        self.world.tell("world")

    def block(self, blocked: bool = True) -> None:
        """Blocks the bot, or lets it in again."""
        if blocked:
            self.world.blocked.add(self.id)
        else:
            self.world.blocked.discard(self.id)
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        value = self.world.membership(self._place(None), self.user, before, after)
        self.world.updates.put("my_chat_member", value)
        self.world.tell("world")

    def unblock(self) -> None:
        """Lets the bot in again."""
        self.block(False)

    def _place(self, chat: int | None) -> "Chat":
        return self.world.chats[self.id if chat is None else chat]

    def _beginning(self, place: "Chat", topic: int) -> Json:
        return {
            "message_id": topic,
            "date": int(self.world.clock()),
            "chat": self.world.of_chat(place),
            "from": self.world.people[place.owner],
            "message_thread_id": topic,
            "is_topic_message": True,
            "forum_topic_created": {"name": place.topics[topic], "icon_color": 7322096},
        }


def hears(bot: Json, chat: "Chat", message: Json) -> bool:
    """Whether the bot is let to see a person's message: in groups, privacy mode hides most."""
    if not chat.here:
        return False
    if chat.type == "private" or bot["can_read_all_group_messages"]:
        return True
    if message.get("reply_to_message", {}).get("from", {}).get("id") == bot["id"]:
        return True
    text = str(message.get("text", message.get("caption", "")))
    units, name = text.encode("utf-16-le"), f"@{bot['username']}".lower()
    for entity in message.get("entities", message.get("caption_entities")) or ():
        start = entity["offset"] * 2
        word = units[start : start + entity["length"] * 2].decode("utf-16-le").lower()
        if entity["type"] == "mention" and word == name:
            return True
        if entity["type"] == "bot_command" and ("@" not in word or word.endswith(name)):
            return True
    return False


def bounded(kept: dict[Any, Any], most: int) -> None:
    """Forgets the oldest."""
    while len(kept) > most:
        del kept[next(iter(kept))]


def picture(file_id: str) -> Json:
    """A PhotoSize."""
    return {**_file(file_id), "width": 320, "height": 480}


def _file(file_id: str) -> Json:
    return {"file_id": file_id, "file_unique_id": file_id[-8:]}


def _reactions(emoji: str | None) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []
