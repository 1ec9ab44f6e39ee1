"""Updates of almost the right form, through everything: none breaks the bot, and Telegram takes what it says."""

import copy
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from chat_world import FORUM, GROUP, LIN, NOW, Json, World, chat_of, open_world, person

ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2**70, 1e300, "", "\ud83d", "a\0b", "<b>&", "=language:xx", "x:", "u:99999999999999999999",
    "a:3:😂", [], [None], {}, {"id": None}, {"emoji": 3}, {"type": "private"}, {"inline_keyboard": [[{"text": 5}]]},
)  # fmt: skip


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await open_world(tmp_path)
    yield world
    await world.outbox.stop(1.0)
    await world.app.close()


def good(card: Json) -> list[Json]:
    """Updates of every kind, as they should be."""
    mention = {"type": "mention", "offset": 0, "length": 17}
    said = {"message_id": 301, "date": NOW, "chat": chat_of(LIN), "from": person(LIN), "text": "喜欢科幻片"}
    inside = said | {
        "chat": chat_of(FORUM), "text": "@jianyan_demo_bot 你好", "entities": [mention], "message_thread_id": 7,
        "is_topic_message": True, "reply_to_message": {"message_id": 7, "from": {"id": 5}, "forum_topic_created": {}},
    }  # fmt: skip
    captioned = {name: value for name, value in said.items() if name != "text"}
    query = {"id": "9", "from": person(LIN), "message": card}
    change = {"chat": chat_of(GROUP), "from": person(LIN), "date": NOW, "new_chat_member": {"status": "member"}}
    reaction = {"chat": chat_of(LIN), "message_id": card["message_id"], "user": person(LIN), "old_reaction": []}
    return [
        {"message": said},
        {"message": inside},
        {"message": captioned | {"photo": [], "caption": "《她》", "caption_entities": []}},
        {"message": captioned | {"voice": {"duration": 3}}},
        {"message": said | {"text": "/settings", "entities": [{"type": "bot_command", "offset": 0, "length": 9}]}},
        {"edited_message": said | {"text": "喜欢爱情片", "edit_date": NOW + 9}},
        *({"callback_query": query | {"data": data}} for data in ("m", "=style:short", "=news:0", "x:help", "old")),
        *({"callback_query": query | {"data": b["callback_data"]}}
          for row in card["reply_markup"]["inline_keyboard"] for b in row if "callback_data" in b),
        {"message_reaction": reaction | {"new_reaction": [{"type": "emoji", "emoji": "👍"}]}},
        {"my_chat_member": change | {"old_chat_member": {"status": "left"}}},
        {"message": {"message_id": 1, "date": NOW, "chat": chat_of(-55), "migrate_to_chat_id": GROUP}},
        {"inline_query": {"id": "8", "from": person(LIN), "query": "科幻", "offset": ""}},
        {"chosen_inline_result": {"result_id": "1", "from": person(LIN), "query": ""}},
    ]  # fmt: skip


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path within the JSON."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(spot for name, one in inner for spot in spots(one, (*path, name)))]


def bent(update: Json, dice: random.Random) -> Json:
    """The update with one spot of another form, or gone."""
    update = copy.deepcopy(update)
    *way, name = dice.choice(spots(update)[1:])
    at: Any = update
    for step in way:
        at = at[step]
    if dice.random() < 0.2 and isinstance(at, dict):
        del at[name]
    else:
        at[name] = copy.deepcopy(dice.choice(ODD))
    return update


@pytest.mark.parametrize("seed", range(8))
async def test_an_update_with_one_odd_field_is_handled_and_done(
    world: World, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    dice = random.Random(seed)
    await world.say("推荐一部科幻电影")
    card = copy.deepcopy(world.seen()[-1])
    updates = good(card)
    for _ in range(40):
        await world.update(bent(dice.choice(updates), dice))
        assert not await world.undone()
    assert "core.responder" not in {record.name for record in caplog.records}  # no turn broke
    assert not await world.store.read("SELECT 1 FROM outbox")
    before = len(world.telegram.calls)
    await world.say("推荐一部喜剧")
    assert len(world.telegram.calls) > before
