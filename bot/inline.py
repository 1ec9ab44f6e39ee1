"""Answers to inline queries: one's own picks, as results in which others read nothing of one's taste."""

from typing import Any

from bot.deeplinks import link
from bot.inbound import Searched
from bot.markup import LONGEST_CAPTION, cut, sendable
from bot.render import PICTURE, Scene, card_html
from core.catalog import short
from core.turns import Card, Reply

PAGE = 10  # results at a time
CACHED_S = 5  # for the asker alone: the next word changes the picks
_TITLE, _DESCRIPTION = 64, 120  # units; more is not shown


def results(reply: Reply, search: Searched, scene: Scene, newcomer: bool) -> dict[str, object]:
    """Parameters of answerInlineQuery: the page of picks that was asked for. newcomer: has never talked to us."""
    shown = reply.cards[search.offset : search.offset + PAGE]
    found: dict[str, object] = {
        "inline_query_id": search.query_id,
        "results": [_result(card, scene) for card in shown],
        "cache_time": CACHED_S,
        "is_personal": True,
        "next_offset": str(search.offset + PAGE) if len(shown) == PAGE else "",
    }
    if newcomer and not search.offset:
        found["button"] = {"text": scene.say("inline.begin"), "start_parameter": "inline"}
    return found


def _result(card: Card, scene: Scene) -> dict[str, Any]:
    """Who reads it in a chat sees a work, and none of the reasons for which it was picked."""
    title = sendable(f"{card.title} ({card.year})" if card.year else card.title)
    result: dict[str, Any] = {"id": short(card.item_id), "title": cut(title, _TITLE).strip() or "…"}
    if about := sendable(scene.written(card.about)).strip():
        result["description"] = cut(about, _DESCRIPTION)
    open_ = {"text": scene.say("button.open"), "url": link(scene.username, (card.item_id,))}
    result["reply_markup"] = {"inline_keyboard": [[open_]]}
    if (file_id := scene.media.get(card.item_id)) is not None:
        caption = card_html(card, scene, personal=False, limit=LONGEST_CAPTION)
        return {**result, "type": "photo", "photo_file_id": file_id, "caption": caption, "parse_mode": "HTML"}
    preview: dict[str, object] = {"is_disabled": True}
    picture = card.attributes.get(PICTURE)
    if isinstance(picture, str) and picture:
        result["thumbnail_url"] = picture
        preview = {"url": picture, "prefer_large_media": True, "show_above_text": True}
    content = {
        "message_text": card_html(card, scene, personal=False),
        "parse_mode": "HTML",
        "link_preview_options": preview,
    }
    return {**result, "type": "article", "input_message_content": content}
