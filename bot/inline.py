"""Answers to inline queries: one's own picks, as articles in which others read nothing of one's taste."""

import json

from bot.deeplinks import link
from bot.inbound import Searched
from bot.markup import cut
from bot.phrases import say
from bot.render import Scene, card_html
from core.catalog import short
from core.turns import Card, Lang, Reply

CACHED_S = 5  # for the asker alone: the next word changes the picks


def results(reply: Reply, search: Searched, scene: Scene, page: int, newcomer: bool) -> dict[str, object]:
    """Parameters of answerInlineQuery: the page of picks that was asked for."""
    shown = reply.cards[search.offset : search.offset + page]
    more = len(reply.cards) >= search.offset + page < 50
    found: dict[str, object] = {
        "inline_query_id": search.query_id,
        "results": [_result(card, search.lang, scene) for card in shown],
        "cache_time": CACHED_S,
        "is_personal": True,
        "next_offset": str(search.offset + page) if more else "",
    }
    if newcomer and not search.offset:
        found["button"] = {"text": say("inline.begin", search.lang), "start_parameter": "inline"}
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]  # plain values, as they go out


def _result(card: Card, lang: Lang, scene: Scene) -> dict[str, object]:
    """An article: who reads it in a chat sees a work, and none of the reasons for which it was picked."""
    text = card_html(card, lang, scene, personal=False)
    result: dict[str, object] = {
        "type": "article",
        "id": short(card.item_id),
        "title": cut(f"{card.title} ({card.year})" if card.year else card.title, 64),
        "description": cut(card.about, 120) if card.about else "",
        "input_message_content": {
            "message_text": text,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        },
        "reply_markup": {
            "inline_keyboard": [[{"text": say("button.open", lang), "url": link(scene.username, (card.item_id,))}]]
        },
    }
    if isinstance(picture := card.attributes.get("picture"), str):
        result["thumbnail_url"] = picture
    if not result["description"]:
        del result["description"]
    return result
