"""What may stand in a message: its text, keyboard and files. Pure checks, refused in Telegram's words."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.entities import marked, parse_html, trimmed, units, within
from bot.sandbox.schema import Refusal

Json = dict[str, Any]  # a Bot API object
Files = Mapping[str, tuple[bytes, str]]  # uploaded: content and name, by the field of the form
People = Mapping[int, Json]

TEXT, CAPTION = 4096, 1024  # units, entities taken out
DATA_BYTES, BUTTONS = 64, 100
PHOTO_BYTES, FILE_BYTES, DOWNLOAD_BYTES = 10 << 20, 50 << 20, 20 << 20
START = re.compile(r"[A-Za-z0-9_-]{1,64}")  # a deep link's payload
EMOJI = frozenset(
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 "
    "🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 "
    "🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡".split()
)
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"RIFF")
_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay", "disabled",
)  # fmt: skip


def text_of(
    values: Mapping[str, Any], name: str, longest: int, people: People, empty: str = ""
) -> tuple[str, list[Json]]:
    """Text and entities as they will be shown, within the limit. empty: the refusal of an empty one."""
    text, mode = values.get(name, ""), values.get("parse_mode", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refusal("Bad Request: strings must be encoded in UTF-8", breach=True) from None
    if mode and mode.lower() != "html":
        raise Refusal("Bad Request: unsupported parse_mode", breach=True)
    entities = values.get("caption_entities" if name == "caption" else "entities") or []
    if mode:
        text, entities = parse_html(text, people)
    else:
        within(text, entities)
    text, entities = trimmed(text, entities)
    if units(text) > longest:
        what = "message caption is too long" if longest == CAPTION else "message is too long"
        raise Refusal(f"Bad Request: {what}", breach=True)
    if empty and not text:
        raise Refusal(f"Bad Request: {empty}", breach=True)
    return text, marked(text, entities)


def written(text: str, entities: list[Json], name: str = "text") -> Json:
    """The fields of a message that has this text or caption."""
    marks = "caption_entities" if name == "caption" else "entities"
    return {**({name: text} if text else {}), **({marks: entities} if entities else {})}


def keyboard_of(values: Mapping[str, Any], username: str) -> Json:
    """The inline keyboard, {} where there is none. Refusal for a button that Telegram does not take."""
    markup: Json = values.get("reply_markup") or {}
    rows = [row for row in markup.get("inline_keyboard", []) if row]
    for row in markup.get("keyboard", []):
        if any(isinstance(button, dict) and not button["text"] for button in row):
            raise Refusal("Bad Request: keyboard button text must be non-empty", breach=True)
    if sum(len(row) for row in rows) > BUTTONS:
        raise Refusal("Bad Request: reply markup is too long", breach=True)
    for row in rows:
        for button in row:
            _check_button(button, username)
    return {"inline_keyboard": rows} if rows else {}


def _check_button(button: Json, username: str) -> None:
    if not button["text"]:
        raise _bad_button("text must be non-empty")
    actions = [name for name in _ACTIONS if button.get(name) is not None]
    if not actions:
        raise _bad_button("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _bad_button(f"only one of {' and '.join(actions)} may be there")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode("utf-8", "surrogatepass")) <= DATA_BYTES:
        raise Refusal("Bad Request: BUTTON_DATA_INVALID", breach=True)
    if "url" in actions:
        check_link(button["url"], username)


def check_link(url: str, username: str) -> None:
    """Refusal for an address that no button may have, or a deep link of ours that no client would open."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https", "tg") or not parts.netloc:
        raise Refusal("Bad Request: BUTTON_URL_INVALID", breach=True)
    if parts.netloc == "t.me" and parts.path.strip("/").lower() == username.lower():
        for name in ("start", "startgroup"):
            for payload in parse_qs(parts.query, keep_blank_values=True).get(name, []):
                if payload and not START.fullmatch(payload):
                    raise Refusal("Bad Request: START_PARAM_INVALID", breach=True)


def check_picture(content: bytes) -> None:
    """Refusal for an upload that is no photo."""
    if len(content) > PHOTO_BYTES:
        size = f"file of size {len(content)} bytes is too big for a photo"
        raise Refusal(f"Bad Request: {size}; the maximum size is {PHOTO_BYTES} bytes", breach=True)
    if not content.startswith(_PICTURES):
        raise Refusal("Bad Request: IMAGE_PROCESS_FAILED", breach=True)


def _bad_button(reason: str) -> Refusal:
    return Refusal(f"Bad Request: can't parse inline keyboard button: {reason}", breach=True)
