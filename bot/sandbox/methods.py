"""The Bot API's methods on a world: what each checks, changes and answers."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.entities import found_in, parse_html, units
from bot.sandbox.faults import Faults
from bot.sandbox.schema import Refusal, Values
from bot.sandbox.world import Chat, Json, World

TEXT, CAPTION, DATA_BYTES, RESULTS = 4096, 1024, 64, 50
PHOTO_BYTES, FILE_BYTES = 10 << 20, 50 << 20
_EMOJI = set(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
)


class Methods:
    """One method of the Bot API a method here; each takes checked values and gives the result."""

    def __init__(self, world: World, faults: Faults, url: Callable[[], str]) -> None:
        self._world, self._faults, self._url = world, faults, url

    async def call(self, method: str, values: Values, files: Mapping[str, tuple[bytes, str]]) -> Any:
        """The result. Refusal for what Telegram refuses."""
        for name, value in values.items():
            if isinstance(value, str):
                values[name] = value.replace("\r\n", "\n")
        if method == "getUpdates":
            poll = self._world.updates.poll
            limit, timeout = values.get("limit", 100), values.get("timeout", 0)
            return await poll(values.get("offset", 0), limit, timeout, values.get("allowed_updates"))
        own = getattr(self, f"_{method}", None)
        if own is not None:
            return own(values, files) if method.startswith(("send", "setWebhook")) else own(values)
        return self._setting(method, values)

    # ---- about the bot ----

    def _getMe(self, values: Values) -> Json:
        return self._world.bot

    def _logOut(self, values: Values) -> bool:
        return True

    _close = _logOut

    def _setWebhook(self, values: Values, files: object) -> bool:
        url = values["url"]
        if url and not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise Refusal("Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        drop = values.get("drop_pending_updates", False)
        connections = values.get("max_connections", 40)
        secret = values.get("secret_token", "")
        self._world.updates.set_webhook(url, secret, connections, values.get("allowed_updates"), drop)
        return True

    def _deleteWebhook(self, values: Values) -> bool:
        self._world.updates.set_webhook("", "", 0, None, values.get("drop_pending_updates", False))
        return True

    def _getWebhookInfo(self, values: Values) -> Json:
        updates = self._world.updates
        found: Json = {
            "url": updates.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(updates.waiting),
            **updates.last_error,
        }
        if updates.webhook:
            found["max_connections"] = updates.webhook["connections"]
        if updates.allowed:
            found["allowed_updates"] = updates.allowed
        return found

    def _setting(self, method: str, values: Values) -> Any:
        """Commands, name, descriptions and menu button, as they were set, by scope and language."""
        kept = self._world.settings
        what = method[3:] if method.startswith(("get", "set")) else method[6:]  # deleteMyCommands
        language = values.get("language_code", "")
        scope = values.get("scope") or ({"type": "chat", "chat_id": values["chat_id"]} if "chat_id" in values else {})
        key = f"{what}:{json.dumps(scope or {'type': 'default'}, sort_keys=True)}:{language}"
        if what == "MyCommands":
            if method.startswith("get"):
                return kept.get(key, [])
            for one in values.get("commands", ()):
                if not re.fullmatch("[a-z0-9_]{1,32}", one["command"]):
                    raise Refusal("Bad Request: BOT_COMMAND_INVALID", breach=True)
                if not 1 <= len(one["description"]) <= 256:
                    raise Refusal("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID", breach=True)
            kept[key] = values.get("commands", [])
        elif what == "ChatMenuButton":
            if method.startswith("get"):
                return kept.get(key, {"type": "default"})
            kept[key] = values.get("menu_button", {"type": "default"})
        else:
            name = {"MyName": "name", "MyDescription": "description", "MyShortDescription": "short_description"}[what]
            if method.startswith("get"):
                return {name: kept.get(key, "")}
            longest = {"name": 64, "description": 512, "short_description": 120}[name]
            if len(values.get(name, "")) > longest:
                raise Refusal(f"Bad Request: {name} is too long", breach=True)
            kept[key] = values.get(name, "")
        self._world.tell("commands")
        return True

    # ---- about chats and files ----

    def _getChat(self, values: Values) -> Json:
        chat = self._chat(values)
        return {**self._world.of_chat(chat), "accent_color_id": 0, "max_reaction_count": 11,
                "accepted_gift_types": _GIFTS}  # fmt: skip

    def _getChatMember(self, values: Values) -> Json:
        chat = self._chat(values)
        known = {**self._world.people, self._world.bot["id"]: self._sender()}
        if values["user_id"] not in known:
            raise Refusal("Bad Request: user not found")
        inside = values["user_id"] in chat.members or values["user_id"] == self._world.bot["id"]
        return {"user": known[values["user_id"]], "status": "member" if inside else "left"}

    def _getChatMemberCount(self, values: Values) -> int:
        return len(self._chat(values).members) + 1

    def _getChatAdministrators(self, values: Values) -> list[Json]:
        return []

    def _leaveChat(self, values: Values) -> bool:
        del self._world.chats[self._chat(values).id]
        self._world.tell("world")
        return True

    def _getFile(self, values: Values) -> Json:
        if values["file_id"] not in self._world.files:
            raise Refusal("Bad Request: wrong file_id or the file is temporarily unavailable")
        content, name = self._world.files[values["file_id"]]
        path = f"documents/{values['file_id']}_{name}"
        return {
            "file_id": values["file_id"],
            "file_unique_id": values["file_id"][-8:],
            "file_size": len(content),
            "file_path": path,
        }

    # ---- new messages ----

    def _sendMessage(self, values: Values, files: object) -> Json:
        text, entities = _text(values, "text", TEXT)
        if not text.strip():
            raise Refusal("Bad Request: message text is empty", breach=True)
        return self._post(values, {"text": text, **_marked(entities, "entities")})

    def _sendPhoto(self, values: Values, files: Mapping[str, tuple[bytes, str]]) -> Json:
        file_id = self._file(values, "photo", files, PHOTO_BYTES)
        size = {"file_id": file_id, "file_unique_id": file_id[-8:], "width": 320, "height": 480}
        return self._post(values, {"photo": [size], **self._captioned(values)})

    def _sendDocument(self, values: Values, files: Mapping[str, tuple[bytes, str]]) -> Json:
        file_id = self._file(values, "document", files, FILE_BYTES)
        content, name = self._world.files[file_id]
        told = {"file_id": file_id, "file_unique_id": file_id[-8:], "file_name": name, "file_size": len(content)}
        return self._post(values, {"document": told, **self._captioned(values)})

    def _sendMediaGroup(self, values: Values, files: Mapping[str, tuple[bytes, str]]) -> list[Json]:
        found = []
        for media in values["media"]:
            size = {"file_id": media["media"], "file_unique_id": "x", "width": 320, "height": 480}
            text, entities = _text(media, "caption", CAPTION)
            content = {"photo": [size], **({"caption": text, **_marked(entities, "caption_entities")} if text else {})}
            found.append(self._post(values, content))
        return found

    def _sendChatAction(self, values: Values, files: object) -> bool:
        chat = self._chat(values)
        self._thread(chat, values)
        self._world.tell("typing", chat=chat.id, action=values["action"], topic=values.get("message_thread_id"))
        return True

    def _copyMessage(self, values: Values) -> Json:
        source = self._message(self._world.chat(_id(values["from_chat_id"])), values["message_id"], "copy")
        kept = ("text", "entities", "photo", "document", "caption", "caption_entities")
        return {"message_id": self._post(values, {k: source[k] for k in kept if k in source})["message_id"]}

    def _forwardMessage(self, values: Values) -> Json:
        source = self._message(self._world.chat(_id(values["from_chat_id"])), values["message_id"], "forward")
        kept = ("text", "entities", "photo", "document", "caption", "caption_entities")
        return self._post(values, {k: source[k] for k in kept if k in source})

    # ---- changes ----

    def _editMessageText(self, values: Values) -> Json:
        text, entities = _text(values, "text", TEXT)
        if not text.strip():
            raise Refusal("Bad Request: message text is empty", breach=True)
        return self._edit(values, {"text": text, "entities": entities})

    def _editMessageCaption(self, values: Values) -> Json:
        text, entities = _text(values, "caption", CAPTION)
        return self._edit(values, {"caption": text, "caption_entities": entities})

    def _editMessageReplyMarkup(self, values: Values) -> Json:
        return self._edit(values, {})

    def _deleteMessage(self, values: Values) -> bool:
        chat = self._chat(values)
        self._message(chat, values["message_id"], "delete")
        del chat.messages[values["message_id"]]
        self._world.tell("delete", chat=chat.id, message_id=values["message_id"])
        return True

    def _deleteMessages(self, values: Values) -> bool:
        chat = self._chat(values)
        for number in values["message_ids"]:
            if chat.messages.pop(number, None) is not None:
                self._world.tell("delete", chat=chat.id, message_id=number)
        return True

    def _setMessageReaction(self, values: Values) -> bool:
        chat = self._chat(values)
        self._message(chat, values["message_id"], "react")
        for one in values.get("reaction", ()):
            if one["type"] == "emoji" and one["emoji"] not in _EMOJI:
                raise Refusal("Bad Request: REACTION_INVALID", breach=True)
        emoji = next((one["emoji"] for one in values.get("reaction", ()) if one["type"] == "emoji"), None)
        what = {"message_id": values["message_id"], "user": self._world.bot["id"], "emoji": emoji}
        self._world.tell("reaction", chat=chat.id, **what)
        return True

    # ---- queries ----

    def _answerCallbackQuery(self, values: Values) -> bool:
        number = values["callback_query_id"]
        if self._world.taps.get(number) != "open":
            raise Refusal("Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(values.get("text", "")) > 200:
            raise Refusal("Bad Request: MESSAGE_TOO_LONG", breach=True)
        self._world.taps[number] = "answered"
        alert = values.get("show_alert", False)
        self._world.tell("callback_answer", query=number, text=values.get("text", ""), alert=alert)
        return True

    def _answerInlineQuery(self, values: Values) -> bool:
        search = self._world.searches.get(values["inline_query_id"])
        if search is None or search["answer"] is not None:
            raise Refusal("Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(values["results"]) > RESULTS:
            raise Refusal("Bad Request: RESULTS_TOO_MUCH", breach=True)
        ids = [result["id"] for result in values["results"]]
        if len(set(ids)) < len(ids):
            raise Refusal("Bad Request: RESULT_ID_DUPLICATE", breach=True)
        for result in values["results"]:
            if not 1 <= len(result["id"].encode()) <= 64:
                raise Refusal("Bad Request: RESULT_ID_INVALID", breach=True)
            _keyboard(result)
            written = result.get("input_message_content")
            if written is not None:
                text, entities = _text(written, "message_text", TEXT)
                if not text.strip():
                    raise Refusal("Bad Request: MESSAGE_EMPTY", breach=True)
                search["contents"][result["id"]] = {"text": text, **_marked(entities, "entities")}
            else:
                text, entities = _text(result, "caption", CAPTION)
                size = {"file_id": result.get("photo_url", ""), "file_unique_id": "x", "width": 1, "height": 1}
                search["contents"][result["id"]] = {"photo": [size], "caption": text}
        search["answer"] = values
        self._world.tell("inline_answer", query=values["inline_query_id"], answer=values)
        return True

    # ---- what they share ----

    def _chat(self, values: Values) -> Chat:
        return self._world.chat(_id(values["chat_id"]))

    def _thread(self, chat: Chat, values: Values) -> int | None:
        thread = values.get("message_thread_id")
        if thread is not None and thread not in chat.topics:
            raise Refusal("Bad Request: message thread not found")
        return int(thread) if thread is not None else None

    def _post(self, values: Values, content: Json) -> Json:
        chat = self._chat(values)
        thread = self._thread(chat, values)
        answered = values.get("reply_parameters")
        if answered is not None:
            found = chat.messages.get(answered["message_id"])
            if found is None and not answered.get("allow_sending_without_reply"):
                raise Refusal("Bad Request: message to be replied not found")
            if found is not None:
                content["reply_to_message"] = {k: v for k, v in found.items() if k != "reply_to_message"}
        if markup := _keyboard(values):
            content["reply_markup"] = markup
        return self._world.post(chat, self._sender(), content, thread)

    def _sender(self) -> Json:
        return {key: self._world.bot[key] for key in ("id", "is_bot", "first_name", "username")}

    def _edit(self, values: Values, content: Json) -> Json:
        if "chat_id" not in values or "message_id" not in values:
            raise Refusal("Bad Request: message identifier is not specified", breach="inline_message_id" not in values)
        chat = self._chat(values)
        message = self._message(chat, values["message_id"], "edit")
        if message["from"]["id"] != self._world.bot["id"]:
            raise Refusal("Bad Request: message can't be edited")
        if "text" in content and "text" not in message:
            raise Refusal("Bad Request: there is no text in the message to edit")
        markup = _keyboard(values)
        after = {**message, **{k: v for k, v in content.items() if v}}
        for name in ("entities", "caption_entities"):
            if name in content and not content[name]:
                after.pop(name, None)
        after.pop("reply_markup", None)
        if markup:
            after["reply_markup"] = markup
        same = ("text", "entities", "caption", "caption_entities", "reply_markup")
        if all(after.get(name) == message.get(name) for name in same):
            raise Refusal(
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message"
            )
        if content:
            after["edit_date"] = int(self._world.clock())
        chat.messages[message["message_id"]] = after
        self._world.tell("edit", chat=chat.id, message=after)
        return after

    def _message(self, chat: Chat, number: int, purpose: str) -> Json:
        if number not in chat.messages:
            raise Refusal(f"Bad Request: message to {purpose} not found")
        return chat.messages[number]

    def _captioned(self, values: Values) -> Json:
        text, entities = _text(values, "caption", CAPTION)
        return {"caption": text, **_marked(entities, "caption_entities")} if text else {}

    def _file(self, values: Values, name: str, files: Mapping[str, tuple[bytes, str]], most: int) -> str:
        """The id of an uploaded file, of one sent before, or of an address."""
        given = values.get(name, "")
        uploaded = files.get(str(given).removeprefix("attach://") if str(given).startswith("attach://") else name)
        if uploaded is not None:
            content, filename = uploaded
            if not content:
                raise Refusal("Bad Request: file must be non-empty", breach=True)
            if len(content) > most:
                raise Refusal("Request Entity Too Large", 413, breach=True)
            return self._world.keep_file(content, filename)
        if given in self._world.files:
            return str(given)
        if str(given).startswith(("http://", "https://")):
            return self._world.keep_file(str(given).encode(), "address")
        raise Refusal("Bad Request: wrong file identifier/HTTP URL specified")


_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


def _id(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise Refusal("Bad Request: chat not found") from None


def _text(values: Mapping[str, Any], name: str, longest: int) -> tuple[str, list[Json]]:
    """Text and entities after parsing, within the limit."""
    text = values.get(name, "")
    mode = values.get("parse_mode", "")
    if mode and mode.lower() != "html":
        raise Refusal("Bad Request: unsupported parse_mode", breach=True)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refusal("Bad Request: strings must be encoded in UTF-8", breach=True) from None
    entities = values.get("entities", values.get(f"{name}_entities", [])) or []
    if mode:
        text, entities = parse_html(text)
    if units(text) > longest:
        description = "message is too long" if longest == TEXT else "message caption is too long"
        raise Refusal(f"Bad Request: {description}", breach=True)
    return text, sorted([*entities, *found_in(text)], key=lambda e: (e["offset"], -e["length"]))


def _marked(entities: list[Json], name: str) -> Json:
    return {name: entities} if entities else {}


def _keyboard(values: Mapping[str, Any]) -> Json:
    """The inline keyboard, if there is one. Refusal for a button that Telegram does not take."""
    markup: Json = values.get("reply_markup") or {}
    rows = markup.get("inline_keyboard", [])
    for row in rows:
        for button in row:
            if not button["text"]:
                raise Refusal("Bad Request: can't parse inline keyboard button: text must be non-empty", breach=True)
            actions = set(button) - {"text", "icon_custom_emoji_id", "style"}
            if len(actions) != 1:
                raise Refusal("Bad Request: can't parse inline keyboard button: exactly one action", breach=True)
            data = button.get("callback_data")
            if data is not None and not 1 <= len(data.encode()) <= DATA_BYTES:
                raise Refusal("Bad Request: BUTTON_DATA_INVALID", breach=True)
    kept = [row for row in rows if row]
    return {"inline_keyboard": kept} if kept else {}
