"""The settings' menu: what it shows is what holds, and a tap changes it where it stands."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from chat_world import FORUM, GROUP, LIN, World, chat_of, open_world

from bot.inbound import Place, topic
from bot.settings_menu import PREFIX, VALUES, Held, settings_menu, settings_of
from core.turns import Lang

INSIDE = {"message_thread_id": 7, "is_topic_message": True}
PRIVATE = Place(LIN, LIN, None, True, LIN, Lang.ZH)
IN_TOPIC = Place(FORUM, topic(FORUM, 7), 7, False, LIN, Lang.EN)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await open_world(tmp_path)
    yield world
    await world.outbox.stop(1.0)
    await world.app.close()


@pytest.mark.parametrize("language", VALUES["language"])
@pytest.mark.parametrize("style", VALUES["style"])
@pytest.mark.parametrize("news", VALUES["news"])
def test_every_setting_is_shown_with_one_mark_a_row(language: str, style: str, news: str) -> None:
    payload = settings_menu(Held(language, style, news), PRIVATE).payload
    rows = payload["reply_markup"]["inline_keyboard"]  # type: ignore[index]
    for row, held in zip(rows, (f"language:{language}", f"style:{style}"), strict=False):
        (marked,) = [button for button in row if button["text"].startswith("• ")]
        assert marked["callback_data"] == PREFIX + held
    assert all(len(button["callback_data"].encode()) <= 64 for row in rows for button in row)
    assert rows[2][0]["callback_data"] == f"{PREFIX}news:{1 - int(news)}"


def test_a_menu_goes_to_its_topic_and_an_edit_needs_no_thread() -> None:
    held = Held("auto", "auto", "1")
    assert settings_menu(held, IN_TOPIC).payload["message_thread_id"] == 7
    assert "message_thread_id" not in settings_menu(held, IN_TOPIC, 900).payload


async def test_nothing_is_set_for_somebody_new(world: World) -> None:
    assert await settings_of(world.store, PRIVATE) == Held("auto", "auto", "1")


async def test_a_topics_settings_are_its_own_even_from_a_menu_out_of_reach(world: World) -> None:
    await world.say("/settings@jianyan_demo_bot", chat=FORUM, **INSIDE)
    (menu,) = world.seen(FORUM)
    await world.tap("详细", chat=FORUM)
    assert (await settings_of(world.store, IN_TOPIC)).style == "long"
    gone = {"message_id": menu["message_id"], "date": 0, "chat": chat_of(FORUM)}
    await world.press("=style:short", gone)
    assert (await settings_of(world.store, IN_TOPIC)).style == "short"
    assert await world.store.load(FORUM) is None


@pytest.mark.parametrize("data", ["=", "=style", "=style:", "=style:loud", "=news:2", "=colour:red", "=language:mixed"])
async def test_what_no_menu_of_ours_has_changes_nothing(world: World, data: str) -> None:
    await world.say("/settings", chat=GROUP)
    await world.press(data, world.seen(GROUP)[-1])
    assert await settings_of(world.store, Place(GROUP, GROUP, None, False, LIN, Lang.ZH)) == Held("auto", "auto", "1")
