"""Messages of the bot: sent, changed, deleted, copied."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.content import (
    CAPTION,
    EMOJI,
    FILE_BYTES,
    TEXT,
    Files,
    check_picture,
    keyboard_of,
    text_of,
    written,
)
from bot.sandbox.person import picture
from bot.sandbox.profile import chat_id
from bot.sandbox.schema import Refusal, Values
from bot.sandbox.world import Chat, Json, World

ALBUM, DELETED = 10, 100
ACTIONS = frozenset(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note".split()
)
COPIED = ("text", "entities", "photo", "document", "voice", "caption", "caption_entities")
SAME = ("text", "entities", "photo", "document", "caption", "caption_entities", "reply_markup")
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


class Messages:
    """The methods that make and change messages."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sending: dict[str, Callable[[Values, Files], Any]] = {
            "sendMessage": self._message,
            "sendPhoto": lambda values, files: self._post(values, self._media("photo", values, values, files)),
            "sendDocument": lambda values, files: self._post(values, self._media("document", values, values, files)),
            "sendMediaGroup": self._album,
            "editMessageMedia": self._edit_media,
        }
        self.methods: dict[str, Callable[[Values], Any]] = {
            "sendChatAction": self._action,
            "sendMessageDraft": self._draft,
            "copyMessage": self._copy,
            "forwardMessage": self._forward,
            "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption,
            "editMessageReplyMarkup": lambda values: self._edit(values, {}),
            "deleteMessage": self._delete,
            "deleteMessages": self._delete_several,
            "setMessageReaction": self._react,
        }

    # ---- new ones ----

    def _message(self, values: Values, files: Files) -> Json:
        found = text_of(values, "text", TEXT, self._world.people, "message text is empty")
        return self._post(values, written(*found))

    def _album(self, values: Values, files: Files) -> list[Json]:
        media = values["media"]
        if not media:
            raise Refusal("Bad Request: there are no messages to send", breach=True)
        if len(media) > ALBUM:
            raise Refusal("Bad Request: too many messages to send as an album", breach=True)
        if len({one["type"] for one in media}) > 1:
            raise Refusal("Bad Request: document can't be mixed with other media types", breach=True)
        self._place(values)  # refused before a file is kept
        group = {"media_group_id": self._world.number()} if len(media) > 1 else {}
        contents = [self._media(one["type"], {one["type"]: one["media"]}, one, files) for one in media]
        return [self._post(values, {**content, **group}) for content in contents]

    def _media(self, kind: str, sources: Values, values: Values, files: Files) -> Json:
        """The content of a photo or document with its caption. sources: where the file is, by kind."""
        caption = written(*text_of(values, "caption", CAPTION, self._world.people), "caption")
        file_id = self._file(kind, sources[kind], files)
        if kind == "photo":
            return {"photo": [picture(file_id)], **caption}
        content, name = self._world.files[file_id]
        told = {"file_id": file_id, "file_unique_id": file_id[-8:], "file_name": name, "file_size": len(content)}
        return {"document": told, **caption}

    def _file(self, kind: str, source: str, files: Files) -> str:
        """The id of an uploaded file, of one sent before, or of an address."""
        field = source.removeprefix("attach://")
        if field != source and field in files:
            content, name = files[field]
            if not content:
                raise Refusal("Bad Request: file must be non-empty", breach=True)
            if len(content) > FILE_BYTES:
                raise Refusal("Request Entity Too Large", 413, breach=True)
            if kind == "photo":
                check_picture(content)
            return self._world.keep_file(content, name)
        if source in self._world.files:
            return source
        if source.startswith(("http://", "https://")) and len(source) > len("https://"):
            return self._world.keep_file(source.encode("utf-8", "replace"), "address")
        raise Refusal("Bad Request: wrong file identifier/HTTP URL specified")

    def _copy(self, values: Values) -> Json:
        source = self._source(values, "copy")
        content = {name: source[name] for name in COPIED if name in source}
        if "caption" in values and "text" not in content:
            content = {name: value for name, value in content.items() if not name.startswith("caption")}
            content |= written(*text_of(values, "caption", CAPTION, self._world.people), "caption")
        return {"message_id": self._post(values, content)["message_id"]}

    def _forward(self, values: Values) -> Json:
        source = self._source(values, "forward")
        content = {name: source[name] for name in COPIED if name in source}
        origin = {"type": "user", "sender_user": source["from"], "date": source["date"]}
        return self._post(values, {**content, "forward_origin": origin})

    def _source(self, values: Values, purpose: str) -> Json:
        return self._found(self._world.chat(chat_id(values["from_chat_id"])), values["message_id"], purpose)

    def _action(self, values: Values) -> bool:
        chat, topic = self._place(values)
        if values["action"] not in ACTIONS:
            raise Refusal("Bad Request: wrong parameter action in request", breach=True)
        self._world.tell("typing", chat=chat.id, action=values["action"], topic=topic)
        return True

    def _draft(self, values: Values) -> bool:
        chat, topic = self._place(values)
        if chat.type != "private":
            raise Refusal("Bad Request: drafts are for private chats", breach=True)
        if values["draft_id"] == 0:
            raise Refusal("Bad Request: DRAFT_ID_INVALID", breach=True)
        text, entities = text_of(values, "text", TEXT, self._world.people)
        self._world.tell("typing", chat=chat.id, action="draft", topic=topic, text=text, entities=entities)
        return True

    # ---- changes ----

    def _edit_text(self, values: Values) -> Json | bool:
        return self._edit(
            values, written(*text_of(values, "text", TEXT, self._world.people, "message text is empty")), "text"
        )

    def _edit_caption(self, values: Values) -> Json | bool:
        return self._edit(
            values, written(*text_of(values, "caption", CAPTION, self._world.people), "caption"), "caption"
        )

    def _edit_media(self, values: Values, files: Files) -> Json | bool:
        media = values["media"]
        content = self._media(media["type"], {media["type"]: media["media"]}, media, files)
        return self._edit(values, content, "media")

    def _edit(self, values: Values, content: Json, part: str = "") -> Json | bool:
        """Puts another text, caption or medium into a message; its keyboard is the given one in each case."""
        chat, number = self._edited(values)
        message = self._found(chat, number, "edit")
        inline = "inline_message_id" in values
        if not inline and message["from"]["id"] != self._world.bot["id"]:
            raise Refusal("Bad Request: message can't be edited")
        media = "photo" in message or "document" in message
        if part == "text" and media:
            raise Refusal("Bad Request: there is no text in the message to edit")
        if part == "caption" and not media:
            raise Refusal("Bad Request: there is no caption in the message to edit")
        replaced = {"text": SAME[:2], "caption": SAME[4:6], "media": SAME[:6], "": ()}[part]
        kept = {name: value for name, value in message.items() if name not in (*replaced, "reply_markup")}
        markup = keyboard_of(values, self._world.bot["username"])
        after = {**kept, **content, **({"reply_markup": markup} if markup else {})}
        if all(after.get(name) == message.get(name) for name in SAME):
            raise Refusal(NOT_MODIFIED)
        if part:
            after["edit_date"] = int(self._world.clock())
        chat.messages[number] = after
        self._world.tell("edit", chat=chat.id, message=after)
        return True if inline else after

    def _edited(self, values: Values) -> tuple[Chat, int]:
        """Where the message is that is to change."""
        if "inline_message_id" in values:
            number = values["inline_message_id"]
            found = next((place for place, one in self._world.inline.items() if one == number), None)
            if found is None or found[0] not in self._world.chats:
                raise Refusal("Bad Request: MESSAGE_ID_INVALID")
            return self._world.chats[found[0]], found[1]
        if "chat_id" not in values or "message_id" not in values:
            raise Refusal("Bad Request: message identifier is not specified", breach=True)
        return self._world.chat(chat_id(values["chat_id"])), values["message_id"]

    def _delete(self, values: Values) -> bool:
        chat, _ = self._place(values)
        message = self._found(chat, values["message_id"], "delete")
        if message["from"]["id"] != self._world.bot["id"] and chat.type != "private":
            raise Refusal("Bad Request: message can't be deleted")
        del chat.messages[values["message_id"]]
        self._world.tell("delete", chat=chat.id, message_id=values["message_id"])
        return True

    def _delete_several(self, values: Values) -> bool:
        if not 1 <= len(values["message_ids"]) <= DELETED:
            raise Refusal("Bad Request: message identifiers are not specified", breach=True)
        chat, _ = self._place(values)
        for number in values["message_ids"]:
            if chat.messages.pop(number, None) is not None:
                self._world.tell("delete", chat=chat.id, message_id=number)
        return True

    def _react(self, values: Values) -> bool:
        chat, _ = self._place(values)
        reactions = values.get("reaction", [])
        self._found(chat, values["message_id"], "react")
        if len(reactions) > 1:
            raise Refusal("Bad Request: REACTIONS_TOO_MANY", breach=True)
        if any(one["type"] != "emoji" or one["emoji"].replace("\ufe0f", "") not in EMOJI for one in reactions):
            raise Refusal("Bad Request: REACTION_INVALID", breach=True)
        emoji = reactions[0]["emoji"] if reactions else None
        self._world.react(chat, values["message_id"], self._world.bot["id"], emoji)
        return True

    # ---- what they share ----

    def _place(self, values: Values) -> tuple[Chat, int | None]:
        """Chat and topic."""
        chat = self._world.chat(chat_id(values["chat_id"]))
        topic = values.get("message_thread_id")
        if topic is not None and topic not in chat.topics:
            raise Refusal("Bad Request: message thread not found")
        return chat, topic

    def _found(self, chat: Chat, number: int, purpose: str) -> Json:
        if number not in chat.messages:
            raise Refusal(f"Bad Request: message to {purpose} not found")
        return chat.messages[number]

    def _post(self, values: Values, content: Json) -> Json:
        chat, topic = self._place(values)
        answered = values.get("reply_parameters") or {}
        if "message_id" in answered:
            found = chat.messages.get(answered["message_id"])
            if found is not None:
                content["reply_to_message"] = {k: v for k, v in found.items() if k != "reply_to_message"}
                topic = found.get("message_thread_id", topic) if chat.forum else topic
            elif not answered.get("allow_sending_without_reply"):
                raise Refusal("Bad Request: message to be replied not found")
        if markup := keyboard_of(values, self._world.bot["username"]):
            content["reply_markup"] = markup
        return self._world.post(chat, self._world.me, content, topic)
