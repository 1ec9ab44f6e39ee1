"""What a text or a command asks for."""

import tomllib
from datetime import UTC, datetime
from importlib import resources

import pytest
from chat_world import LIN, recommender

from bot.commands import Meant, Settings, Shared, Unknown, meant
from bot.deeplinks import payload
from bot.inbound import Place, Said
from core.turns import Lang, Menu, More, Open, Undo

HER, MARTIAN = "film:her-2013", "film:the-martian-2015"


def asked(command: str | None, text: str = "") -> Meant:
    place = Place(LIN, LIN, None, True, LIN, Lang.ZH)
    return meant(Said(place, 1, datetime(2026, 1, 1, tzinfo=UTC), text, command), recommender().catalog)


@pytest.mark.parametrize(
    ("command", "text", "means"),
    [
        (None, "科幻", "科幻"),
        (None, "", Menu("help")),
        ("ask", "科幻", "科幻"),
        ("ask", "", Menu("picks")),
        ("start", "", Menu("start")),
        ("start", "inline", Menu("start")),
        ("start", payload((HER,)), Open(HER, "info")),
        ("start", payload((HER, MARTIAN)), Shared((HER, MARTIAN))),
        ("me", "", Menu("profile")),
        ("list", "", Menu("saved")),
        ("more", "", More()),
        ("undo", "", Undo()),
        ("new", "", Menu("picks")),
        ("language", "", Settings()),
        ("language", "English", Menu("language:en")),
        ("language", "中文", Menu("language:zh")),
        ("language", "auto", Menu("language:auto")),
        ("language", "klingon", Settings()),
        ("settings", "", Settings()),
        ("nonsense", "", Unknown("nonsense")),
    ],
)
def test_commands_mean_what_their_menu_says(command: str | None, text: str, means: Meant) -> None:
    assert asked(command, text) == means


def test_every_command_of_the_menu_is_known() -> None:
    menu = tomllib.loads(resources.files("bot").joinpath("menu.toml").read_text(encoding="utf-8"))
    names = [name for name, command in menu["commands"].items() if command["where"] != ["admin"]]
    assert "ask" in names
    assert not [name for name in names if isinstance(asked(name), Unknown)]
