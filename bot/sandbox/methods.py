"""The Bot API's methods on a world: who does what, and what is left for none."""

import re
from collections.abc import Callable
from typing import Any

from bot.sandbox.content import DOWNLOAD_BYTES, Files
from bot.sandbox.messages import Messages
from bot.sandbox.profile import Profile, chat_id
from bot.sandbox.queries import Queries
from bot.sandbox.schema import Refusal, Values
from bot.sandbox.world import Chat, Json, World

SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


class Methods:
    """Takes checked values and gives the result."""

    def __init__(self, world: World) -> None:
        self._world = world
        messages = Messages(world)
        self._sending = messages.sending
        self._methods: dict[str, Callable[[Values], Any]] = {
            **messages.methods,
            **Queries(world).methods,
            **Profile(world).methods,
            "getMe": lambda values: world.bot,
            "logOut": lambda values: True,
            "close": lambda values: True,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "getChat": self._chat_info,
            "getChatMember": self._member,
            "getChatMemberCount": lambda values: len(self._chat(values).members) + 1,
            "getChatAdministrators": self._administrators,
            "leaveChat": self._leave,
            "getFile": self._file,
            "getUserProfilePhotos": self._profile_photos,
        }

    @property
    def names(self) -> frozenset[str]:
        return frozenset((*self._methods, *self._sending, "getUpdates"))

    async def call(self, method: str, values: Values, files: Files) -> Any:
        """The result. Refusal for what Telegram refuses."""
        if method == "getUpdates":
            limit, seconds = values.get("limit", 100), values.get("timeout", 0)
            return await self._world.updates.poll(
                values.get("offset", 0), limit, seconds, values.get("allowed_updates")
            )
        if method in self._sending:
            return self._sending[method](values, files)
        return self._methods[method](values)

    # ---- webhook ----

    def _set_webhook(self, values: Values) -> bool:
        url, secret = values["url"], values.get("secret_token", "")
        if url and not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):  # Telegram: https alone
            raise Refusal("Bad Request: bad webhook: An HTTPS URL must be provided for webhook", breach=True)
        if not SECRET.fullmatch(secret):
            raise Refusal("Bad Request: secret token contains unallowed characters", breach=True)
        connections = values.get("max_connections", 40)
        if not 1 <= connections <= 100:
            raise Refusal("Bad Request: bad webhook: max_connections must be between 1 and 100", breach=True)
        drop = values.get("drop_pending_updates", False)
        self._world.updates.set_webhook(url, secret, connections, values.get("allowed_updates"), drop)
        return True

    def _delete_webhook(self, values: Values) -> bool:
        self._world.updates.set_webhook("", "", 1, None, values.get("drop_pending_updates", False))
        return True

    def _webhook_info(self, values: Values) -> Json:
        updates = self._world.updates
        found: Json = {
            "url": updates.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(updates.waiting),
            **updates.last_error,
        }
        if updates.webhook:
            found |= {"max_connections": updates.webhook["connections"], "ip_address": "127.0.0.1"}
        if updates.allowed:
            found["allowed_updates"] = updates.allowed
        return found

    # ---- chats and files ----

    def _chat(self, values: Values) -> Chat:
        return self._world.chat(chat_id(values["chat_id"]))

    def _chat_info(self, values: Values) -> Json:
        chat = self._world.of_chat(self._chat(values))
        return {**chat, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}

    def _member(self, values: Values) -> Json:
        chat, number = self._chat(values), values["user_id"]
        if number == self._world.bot["id"]:
            return {"user": self._world.bot, "status": "member"}
        if number not in self._world.people:
            raise Refusal("Bad Request: PARTICIPANT_ID_INVALID")
        user = self._world.people[number]
        if number not in chat.members:
            return {"user": user, "status": "left"}
        if chat.type != "private" and number == chat.owner:
            return {"user": user, "status": "creator", "is_anonymous": False}
        return {"user": user, "status": "member"}

    def _administrators(self, values: Values) -> list[Json]:
        chat = self._chat(values)
        if chat.type == "private":
            raise Refusal("Bad Request: there are no administrators in the private chat")
        return [self._member({"chat_id": chat.id, "user_id": chat.owner})] if chat.owner in chat.members else []

    def _leave(self, values: Values) -> bool:
        chat = self._chat(values)
        if chat.type == "private":
            raise Refusal("Bad Request: chat member status can't be changed in private chats", breach=True)
        chat.here = False
        self._world.updates.put("my_chat_member", self._world.membership(chat, self._world.me, "member", "left"))
        self._world.tell("world")
        return True

    def _file(self, values: Values) -> Json:
        file_id = values["file_id"]
        if file_id not in self._world.files:
            raise Refusal("Bad Request: wrong file_id or the file is temporarily unavailable")
        content, name = self._world.files[file_id]
        if len(content) > DOWNLOAD_BYTES:
            raise Refusal("Bad Request: file is too big")
        suffix = "." + name.rpartition(".")[2] if "." in name else ""
        found = {"file_id": file_id, "file_unique_id": file_id[-8:], "file_size": len(content)}
        return {**found, "file_path": f"documents/{file_id}{suffix if suffix.isascii() else ''}"}

    def _profile_photos(self, values: Values) -> Json:
        if values["user_id"] not in self._world.people:
            raise Refusal("Bad Request: user not found")
        return {"total_count": 0, "photos": []}
