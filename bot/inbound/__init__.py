"""From the Bot API's raw updates to what they mean to us."""

from bot.inbound.places import language, topic
from bot.inbound.reading import THINGS, lane, place, read, read_album
from bot.inbound.values import (
    Chosen,
    Incoming,
    Me,
    Membership,
    Moved,
    Place,
    Reacted,
    Said,
    Searched,
    Tapped,
    Thing,
    Update,
)

__all__ = [
    "THINGS",
    "Chosen",
    "Incoming",
    "Me",
    "Membership",
    "Moved",
    "Place",
    "Reacted",
    "Said",
    "Searched",
    "Tapped",
    "Thing",
    "Update",
    "lane",
    "language",
    "place",
    "read",
    "read_album",
    "topic",
]
