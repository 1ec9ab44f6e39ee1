"""Inline queries, and what the inspector is told."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from chat_world import LIN, MEI, Json, World, open_world, person

from core.catalog import short
from core.wording import script


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await open_world(tmp_path)
    yield world
    await world.outbox.stop(1)
    await world.store.close()


async def searched(world: World, user: int, text: str = "", offset: str = "") -> Json:
    await world.update({"inline_query": {"id": "8", "from": person(user), "query": text, "offset": offset}})
    method, answer = world.telegram.calls[-1]
    assert method == "answerInlineQuery"
    return answer


@pytest.fixture
async def opposites(world: World) -> World:
    """Lin loves science fiction and has saved some; Mei hates it."""
    await world.say("我超爱科幻片，爱死《星际穿越》了，推荐一部科幻")
    await world.tap("⭐")
    await world.say("我讨厌科幻片，喜欢爱情片，爱死《泰坦尼克号》了", MEI)
    return world


async def test_the_same_words_give_each_their_own_picks(opposites: World) -> None:
    for text in ("", "科幻 轻松"):
        mine, theirs = await searched(opposites, LIN, text), await searched(opposites, MEI, text)
        assert mine["is_personal"]
        assert mine["cache_time"] <= 5
        assert [r["id"] for r in mine["results"]]
        assert len(mine["results"]) <= 50
        if not text:
            assert [r["id"] for r in mine["results"]] != [r["id"] for r in theirs["results"]]


async def test_a_result_says_nothing_of_whom_it_was_picked_for(opposites: World) -> None:
    """Whatever stands in a result of both is the same in both: it depends on the item and the language only."""
    mine, theirs = await searched(opposites, LIN, "电影"), await searched(opposites, MEI, "电影")
    simplified = {r["id"]: r for r in mine["results"]}
    for result in (*mine["results"], *theirs["results"]):
        told = json.dumps(result, ensure_ascii=False)
        for word in ("%", "→", "喜欢《", "你喜欢", "因为你", "存"):
            assert word not in told.replace("https://", "")
    for result in theirs["results"]:
        if result["id"] in simplified:
            assert result["title"] == simplified[result["id"]]["title"]


async def test_an_asker_in_traditional_characters_reads_all_of_a_result_in_them(world: World) -> None:
    simplified = {r["id"]: r["description"] for r in (await searched(world, LIN))["results"]}
    traditional = {r["id"]: r["description"] for r in (await searched(world, MEI))["results"]}
    assert traditional == {number: script.traditional(text) for number, text in simplified.items()}
    assert traditional != simplified


async def test_inline_queries_write_nothing(opposites: World) -> None:
    tables = ("chats", "feedback", "slates", "messages", "turn_keys")
    before = [await opposites.store.read(f"SELECT count(*) FROM {table}") for table in tables]
    await searched(opposites, LIN, "科幻")
    await opposites.update({"chosen_inline_result": {"result_id": "1", "from": person(LIN), "query": "科幻"}})
    assert [await opposites.store.read(f"SELECT count(*) FROM {table}") for table in tables] == before
    assert not await opposites.undone()


async def test_pages_follow_each_other(world: World) -> None:
    await world.say("我喜欢科幻片")
    first = await searched(world, LIN)
    second = await searched(world, LIN, offset=first["next_offset"])
    assert first["next_offset"] == "10"
    assert not {r["id"] for r in first["results"]} & {r["id"] for r in second["results"]}


async def test_newcomers_get_picks_and_a_way_in(world: World) -> None:
    answer = await searched(world, LIN)
    assert answer["button"]["start_parameter"] == "inline"
    assert answer["results"]
    await world.say("我喜欢科幻片")
    assert "button" not in await searched(world, LIN)


async def test_words_that_ask_for_nothing_give_ones_own_picks(world: World) -> None:
    assert (await searched(world, LIN, "你好"))["results"]


async def test_a_known_picture_comes_by_its_id(world: World) -> None:
    answer = await searched(world, LIN)
    assert all(r["type"] == "article" for r in answer["results"])
    known = answer["results"][0]["id"]
    (item,) = (one for one in world.app.recommender.catalog.items if short(one.id) == known)
    await world.store.write([("INSERT INTO media VALUES (?, 'AgAC')", (item.id,))])
    answer = await searched(world, LIN)
    assert answer["results"][0]["type"] == "photo"
    assert answer["results"][0]["photo_file_id"] == "AgAC"


async def test_an_answer_that_comes_too_late_is_let_go(world: World) -> None:
    world.telegram.refuses = {"answerInlineQuery": "Bad Request: query is too old"}
    await searched(world, LIN)
    assert not await world.undone()


async def test_a_card_with_a_known_picture_is_a_photo_and_is_edited_as_one(world: World) -> None:
    known = (await searched(world, LIN))["results"][0]["id"]
    (item,) = (one for one in world.app.recommender.catalog.items if short(one.id) == known)
    await world.store.write([("INSERT INTO media VALUES (?, 'AgAC')", (item.id,))])
    await searched(world, LIN)  # which looks its pictures up
    number = await world.say(f"《{item.title.zh}》讲什么")
    method, sent = world.telegram.calls[-1]
    assert (method, sent["photo"]) == ("sendPhoto", "AgAC")
    await world.edit(number, f"《{item.title.zh}》是谁拍的")
    assert world.telegram.methods()[-1] == "editMessageMedia"
    card = await world.tap("👍")
    edited = next(m for m in world.seen() if m["message_id"] == card["message_id"])
    assert edited["caption"].startswith(card["caption"])
    assert "editMessageCaption" in world.telegram.methods()


async def test_a_picture_that_telegram_no_longer_takes_is_forgotten_and_the_card_is_a_text(world: World) -> None:
    known = (await searched(world, LIN))["results"][0]["id"]
    (item,) = (one for one in world.app.recommender.catalog.items if short(one.id) == known)
    await world.store.write([("INSERT INTO media VALUES (?, 'AgAC')", (item.id,))])
    await searched(world, LIN)
    world.telegram.refuses = {"sendPhoto": "Bad Request: wrong file identifier/HTTP URL specified"}
    await world.say(f"《{item.title.zh}》讲什么")
    assert item.title.zh in world.texts()[-1]
    world.telegram.calls.clear()
    await world.say(f"《{item.title.zh}》是谁拍的")
    assert "sendPhoto" not in world.telegram.methods()


async def test_the_inspector_is_told_what_a_turn_did(tmp_path: Path) -> None:
    traces: list[Json] = []
    world = await open_world(tmp_path, inspect=traces.append)
    await world.say("推荐三部科幻电影")
    number = await world.say("我喜欢《她》")
    await world.tap("👍")
    first, second, third = traces[0], traces[1], traces[2]
    assert [stage["name"] for stage in first["stages"]] == ["understand and decide", "render", "commit"]
    assert (second["text"], second["chat"]) == ("我喜欢《她》", LIN)
    assert second["understood"]["acts"]
    assert second["events"][0]["kind"] == "like"
    moved = [card for card in second["cards"] if card["before"] is not None]
    assert moved
    for card in second["cards"]:
        assert card["logit"] == pytest.approx(card["prior"] + sum(part["value"] for part in card["parts"]))
    assert third["text"].startswith("[Rate ")
    assert number
    json.dumps(traces)
    await world.outbox.stop(1)
    await world.store.close()
