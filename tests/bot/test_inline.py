"""Inline mode: one's own picks, as results in which others read nothing of one's taste."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chat_world import LIN, ME, MEI, World, open_world, person, recommender
from fakes import card
from hypothesis import given
from hypothesis import strategies as st

from bot.inbound import Place, Searched
from bot.inline import CACHED_S, PAGE, results
from bot.markup import units, visible
from bot.render import Scene
from bot.sandbox.entities import parse_html
from core.turns import Card, Lang, Reply

Json = dict[str, Any]  # Any: the Bot API's values
texts = st.text(st.sampled_from('片a<&>"😂𠮷\n\u202e\ud83d\0'), max_size=400) | st.text(max_size=60)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await open_world(tmp_path)
    yield world
    await world.outbox.stop(1.0)
    await world.app.close()


def scene(**more: Any) -> Scene:
    found, place = recommender(), Place(LIN, LIN, None, True, LIN, Lang.ZH)
    return Scene(place, found.callbacks, ME.username, found.names.name, Lang.ZH, **more)


def cards(count: int) -> tuple[Card, ...]:
    return tuple(replace(card(), item_id=item.id) for item in recommender().catalog.items[:count])


def told(count: int, offset: int = 0, newcomer: bool = False, **more: Any) -> Json:
    reply = Reply("", Lang.ZH, cards(count))
    return results(reply, Searched("8", LIN, "", offset, Lang.ZH), scene(**more), newcomer)


async def ask(world: World, text: str = "", user: int = LIN, offset: str = "") -> Json:
    """The answer to an inline query."""
    await world.update({"inline_query": {"id": "8", "from": person(user), "query": text, "offset": offset}})
    method, payload = world.telegram.calls[-1]
    assert method == "answerInlineQuery"
    return payload


# ---- results ----


def test_the_answer_is_the_askers_own_and_soon_old() -> None:
    found = told(3)
    assert (found["is_personal"], found["cache_time"], found["inline_query_id"]) == (True, CACHED_S, "8")
    assert CACHED_S <= 60


def test_pages_follow_each_other_until_there_are_no_more() -> None:
    first, second = told(PAGE + 3), told(PAGE + 3, offset=PAGE)
    assert (len(first["results"]), first["next_offset"]) == (PAGE, str(PAGE))
    assert (len(second["results"]), second["next_offset"]) == (3, "")
    ids = [result["id"] for result in first["results"] + second["results"]]
    assert len(set(ids)) == len(ids)


def test_only_a_newcomer_is_invited_to_talk_and_only_at_the_top() -> None:
    assert told(2, newcomer=True)["button"]["start_parameter"] == "inline"
    assert "button" not in told(2)
    assert "button" not in told(PAGE + 2, offset=PAGE, newcomer=True)


def test_a_picture_sent_before_is_sent_again_and_an_address_is_a_preview() -> None:
    (item,) = (one.item_id for one in cards(1))
    photo = told(1, media={item: "file-1"})["results"][0]
    assert (photo["type"], photo["photo_file_id"]) == ("photo", "file-1")
    pictured = replace(cards(1)[0], attributes={"picture": "https://example.org/a.jpg"})
    reply = Reply("", Lang.ZH, (pictured,))
    article = results(reply, Searched("8", LIN, "", 0, Lang.ZH), scene(), False)["results"][0]  # type: ignore[index]
    assert article["thumbnail_url"] == "https://example.org/a.jpg"
    assert article["input_message_content"]["link_preview_options"]["url"] == "https://example.org/a.jpg"


@given(texts, texts, texts, st.booleans())
def test_a_work_of_any_text_is_a_result_within_limits(title: str, about: str, reason: str, pictured: bool) -> None:
    one = replace(card(), title=title, title_zh=title, title_en=None, about=about, reason=reason, people=(title,))
    media = {one.item_id: "file-1"} if pictured else {}
    reply = Reply("", Lang.ZH, (one,))
    found = results(reply, Searched("8", LIN, "", 0, Lang.ZH), scene(media=media), False)["results"][0]  # type: ignore[index]
    assert 1 <= len(found["id"].encode()) <= 64
    assert found["title"].strip()
    assert units(found["title"]) <= 64
    assert units(found.get("description", "")) <= 120
    html = found["caption"] if pictured else found["input_message_content"]["message_text"]
    assert parse_html(html)[0].strip()
    assert visible(html) <= (1024 if pictured else 4096)


# ---- with people ----


async def test_a_stranger_who_searches_leaves_no_row(world: World) -> None:
    found = await ask(world, user=MEI)
    assert found["results"]
    assert found["button"]
    for table, column in (("people", "chat_id"), ("chats", "chat_id"), ("feedback", "chat_id")):
        assert not await world.store.read(f"SELECT 1 FROM {table} WHERE {column} = ?", MEI)


async def test_pages_of_a_search_hold_each_work_once_and_end(world: World) -> None:
    seen: list[str] = []
    offset = ""
    for _ in range(12):
        found = await ask(world, "科幻", offset=offset)
        assert len(found["results"]) <= 50
        seen += [result["id"] for result in found["results"]]
        offset = found["next_offset"]
        if not offset:
            break
    assert not offset
    assert len(set(seen)) == len(seen)
