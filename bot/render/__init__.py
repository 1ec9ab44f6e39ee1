"""Replies as Bot API calls: texts, cards, keyboards. Pure."""

from bot.render.answers import Sent, answer, in_place
from bot.render.cards import PICTURE, card_html, picture_of
from bot.render.scene import Scene
from bot.render.taps import explains, reacted, tapped, voted

__all__ = [
    "PICTURE",
    "Scene",
    "Sent",
    "answer",
    "card_html",
    "explains",
    "in_place",
    "picture_of",
    "reacted",
    "tapped",
    "voted",
]
