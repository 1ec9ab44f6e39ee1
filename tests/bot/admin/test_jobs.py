"""Long work: one of a kind, told by edits, its last word durable."""

import asyncio
import json
import sqlite3
from contextlib import closing

import pytest
from admin_world import ADMIN, TOKEN, World, meet, until

from bot.admin import jobs
from bot.admin.orders import SentFile
from core.errors import BuildError
from core.sources import editing, gathering
from core.turns import Lang

LINES = (
    '{"id": "film:new-2024", "domain": "film", "title": {"zh": "新片", "en": "New One"}, "genres": ["drama"]}\n'
    '{"id": "film:broken"}\n'
)


async def test_retrain_tells_how_it_goes_and_swaps_when_done(world: World) -> None:
    assert await world.run("/retrain") == []
    assert "running already" in await world.say("/retrain"), "asked twice, done once"
    await asyncio.sleep(0.01)
    assert world.reloads == 0
    world.building.set()
    await world.settle()
    assert world.reloads == 1
    edits = [p["text"] for method, p in world.called if method == "editMessageText"]
    assert any("25%" in str(text) for text in edits)
    assert "Swapped" in world.last_word
    first, *later = (parameters.get("message_id") for _, parameters in world.called)
    assert first is None
    assert set(later) == {41}, "one message, edited"


async def test_a_build_with_nothing_to_do_swaps_nothing(world: World) -> None:
    world.ran = ()
    world.building.set()
    await world.run("/retrain")
    await world.settle()
    assert world.reloads == 0
    assert "nothing to train" in world.last_word


@pytest.mark.parametrize(
    ("error", "told"),
    [(BuildError("no space <left>"), "no space &lt;left&gt;"), (RuntimeError("boom"), "/log shows it")],
)
async def test_a_build_that_fails_is_told_and_can_be_tried_again(world: World, error: Exception, told: str) -> None:
    world.breaks = error
    world.building.set()
    await world.run("/retrain")
    await world.settle()
    assert told in world.last_word
    assert "boom" not in world.last_word
    assert world.reloads == 0
    assert await world.run("/retrain") == []


async def test_a_stop_of_the_bot_is_the_last_word(world: World) -> None:
    await world.run("/retrain", lang=Lang.ZH)
    await asyncio.sleep(0.01)
    await world.admin.jobs.works.stop()
    assert "要重启" in world.last_word
    assert world.posted[-1].method == "editMessageText"
    assert world.posted[-1].priority == 1


async def test_what_a_kill_has_ended_is_said_to_be_over_at_the_next_start(world: World) -> None:
    await world.run("/retrain", lang=Lang.ZH)
    await until(lambda: len(world.called) > 0)
    await until(lambda: "训练" in world.said[-1])
    name = f"work:{ADMIN}:41"
    assert await world.store.read("SELECT value FROM settings WHERE name = ?", name) == [("zh",)]
    await jobs.Jobs(world.admin.jobs.desk).resume()  # another process
    assert "中途停了" in world.last_word
    assert world.posted[-1].payload["message_id"] == 41
    said = len(world.said)
    await jobs.Jobs(world.admin.jobs.desk).resume()
    assert len(world.said) == said, "once"


async def test_work_that_ends_leaves_nothing_to_say_at_the_next_start(world: World) -> None:
    world.building.set()
    await world.run("/retrain")
    await world.settle()
    assert await world.store.read("SELECT COUNT(*) FROM settings WHERE name LIKE 'work:%'") == [(0,)]


async def test_work_goes_on_where_its_news_cannot_be_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def down(*_: object) -> object:
        raise ConnectionError("no network")

    monkeypatch.setattr(world, "call", down)
    object.__setattr__(world.admin.jobs.desk, "call", down)
    await world.run("/reload")
    await world.settle()
    assert world.reloads == 1
    assert world.posted[-1].method == "sendMessage"
    assert "Read and swapped" in world.last_word


async def test_import_of_a_sent_file(world: World) -> None:
    world.file = LINES.encode()
    assert await world.run("/import", SentFile("F1", "../../my films.jsonl", len(world.file))) == []
    await world.settle()
    text = world.last_word
    assert "my films.jsonl" in text
    assert "2 rows read, 1 added, 0 merged, 1 refused" in text
    assert "/retrain takes it in" in text
    assert "line 2 of my films.jsonl: domain: " in text
    assert [i.id for i in gathering.items(world.data / "catalogs" / "mine")] == ["film:new-2024"]
    await world.run("/import jsonl shop", SentFile("F1", "a.jsonl"))
    await world.settle()
    assert gathering.names(world.data) == ("mine", "shop")


async def test_an_import_of_nothing_asks_for_no_training(world: World) -> None:
    world.file = b"no JSON\n"
    await world.run("/import jsonl", SentFile("F1", "a.jsonl"))
    await world.settle()
    assert "1 refused" in world.last_word
    assert "/retrain" not in world.last_word


async def test_import_says_how_it_is_used_and_what_is_too_large(world: World) -> None:
    assert "caption" in await world.say("/import")
    assert "caption" in await world.say("/import nonsense", file=SentFile("F", "a.csv"))
    assert "20 MB at most" in await world.say("/import", file=SentFile("F", "a.csv", 21 << 20))
    world.file = b"\x00\x01nothing of the kind"
    await world.run("/import", SentFile("F", "a.bin"))
    await world.settle()
    assert "Can't do that" in world.last_word


async def test_c58_a_download_that_fails_shows_no_address(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.breaks = TimeoutError(f"https://api.telegram.org/file/bot{TOKEN}/documents/1")
    await world.run("/import", SentFile("F", "a.csv"))
    await world.settle()
    rows = await world.store.read("SELECT detail FROM audit UNION ALL SELECT payload FROM outbox")
    assert TOKEN.partition(":")[2] not in str(rows) + str(world.called)
    assert "/log shows it" in world.last_word


async def test_backup_is_a_sound_copy_and_is_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await meet(world.store, 11)
    await world.run("/backup")
    await world.settle()
    (path,) = (world.data / "backups").glob("*.db")
    assert path.name == "jianyan-20260202-024000.db"
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT chat_id FROM people").fetchall() == [(11,)]
    assert world.posted[0].method == "sendDocument"
    assert str(path) in world.last_word
    monkeypatch.setattr(jobs, "SENT_BYTES", 10)
    world.posted.clear()
    await world.run("/backup")
    await world.settle()
    assert "sendDocument" not in [message.method for message in world.posted]
    assert "too large" in world.last_word


async def test_only_the_newest_backups_are_kept(world: World) -> None:
    folder = world.data / "backups"
    folder.mkdir()
    for n in range(20):
        (folder / f"jianyan-202601{n + 10}-000000.db").touch()
    (folder / "mine.db").touch()
    (folder / ".jianyan-20260101-000000.db.99.partial").touch()
    await world.run("/backup")
    await world.settle()
    names = sorted(path.name for path in folder.glob("jianyan-*.db"))
    assert len(names) == jobs.BACKUPS
    assert names[-1] == "jianyan-20260202-024000.db"
    assert (folder / "mine.db").exists()
    assert not any(folder.glob(".*"))


async def test_broadcast_is_shown_first_and_sent_by_a_tap(world: World) -> None:
    assert "Nobody takes" in await world.say("/broadcast hello")
    await meet(world.store, 11, 12)
    first, shown, asked = await world.run("/broadcast Tonight: <films> & more\nat ten")
    assert "2 people" in str(first.payload["text"])
    assert shown.payload["text"] == "Tonight: <films> & more\nat ten"
    assert await world.store.read("SELECT COUNT(*) FROM outbox WHERE priority = 2") == [(0,)]
    markup = asked.payload["reply_markup"]
    assert isinstance(markup, dict)
    go, cancel = (button["callback_data"] for button in markup["inline_keyboard"][0])
    assert world.admin.handles_tap(go)
    (answer,) = await world.admin.tap(go, ADMIN, ADMIN, 5, Lang.EN)
    assert answer.method == "editMessageText"
    (again,) = await world.admin.tap(go, ADMIN, ADMIN, 5, Lang.EN)
    assert "It is going out" in str(again.payload["text"]), "tapped twice"
    *_, second = await world.run("/broadcast another")
    markup = second.payload["reply_markup"]
    assert isinstance(markup, dict)
    (other,) = await world.admin.tap(markup["inline_keyboard"][0][0]["callback_data"], ADMIN, ADMIN, 6, Lang.EN)
    assert "Another broadcast" in str(other.payload["text"])
    await until(lambda: "Sending: 0 of 2, 0 failed, 0 skipped. /broadcast stop stops it." in world.said)
    left = {11, 12}
    while left:  # as the outbox would, as soon as they are there
        for number, chat in await world.store.read("SELECT id, chat_id FROM outbox WHERE priority = 2"):
            message = "INSERT INTO messages VALUES (?, 1, ?, 0, 'broadcast:1', '[]', 0)"
            await world.store.write([(message, (chat, chat)), ("DELETE FROM outbox WHERE id = ?", (number,))])
            left.discard(int(str(chat)))
    await world.settle()
    assert "All sent: 2 arrived, 0 failed" in world.last_word
    (gone,) = await world.admin.tap(cancel, ADMIN, ADMIN, 5, Lang.EN)
    assert "settled already" in str(gone.payload["text"])


async def test_a_broadcast_goes_on_after_a_restart_and_stops_when_told(world: World) -> None:
    await meet(world.store, ADMIN, 11)
    number = await world.admin.jobs.desk.broadcasts.draft(ADMIN, "hello")
    await world.admin.jobs.desk.broadcasts.begin(number)
    await world.admin.jobs.resume()
    assert "broadcast" in world.admin.jobs.works
    assert "Stopping" in await world.say("/broadcast stop")
    await world.store.write([("DELETE FROM outbox WHERE priority = 2", ())])
    await world.settle()
    assert "Stopped" in world.last_word
    assert "Nothing is being sent" in await world.say("/broadcast stop")


async def test_items_are_added_edited_hidden_and_shown(world: World) -> None:
    text = await world.say(
        "/item add\nid=film:my-film-2024\ntitle.en=My <Film>\ngenres=drama、comedy\nattributes.minutes=98"
    )
    assert "film:my-film-2024" in text
    assert "My &lt;Film&gt;" in text
    assert gathering.items(world.data / "catalogs" / "mine")[0].attributes == {"minutes": 98}
    await world.say("/item edit film:her-2013\ngenres=romance, sci-fi\nabout.en=New words")
    assert editing.read(world.data).changed["film:her-2013"] == {
        "genres": ["romance", "sci-fi"],
        "about": {"en": "New words"},
    }
    assert "never picked" in await world.say("/item hide book:dune")
    assert editing.read(world.data).hidden == {"book:dune"}
    shown = await world.say("/item show book:dune")
    assert json.loads(shown.partition("<pre>")[2].partition("</pre>")[0])["title"]["en"] == "Dune"
    assert editing.read(world.data).hidden == frozenset()
    await world.settle()
    assert 1 <= world.reloads <= 3, "edits are brought in, several at once"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("/item", "four ways"),
        ("/item add", "four ways"),
        ("/item edit film:her-2013", "four ways"),
        ("/item delete film:her-2013", "four ways"),
        ("/item hide the martian", "Near it: film:the-martian-2015"),
        ("/item hide film:the-martian-201", "Near it: film:the-martian-2015"),
        ("/item edit film:her-2013 year=soon", "year: &#x27;soon&#x27; is no number"),
        ("/item edit film:her-2013 id=film:other", "cannot be changed"),
        ("/item edit film:her-2013 genres=Not A Genre!", "must be lower-case words"),
        ("/item add {broken", "JSON"),
        ('/item add {"id": "film:x", "title": {}}', "title"),
        ('/item add {"title": {"en": "X"}}', "id"),
        ("/item add year 2013", "is no field=value"),
        ("/item edit film:her-2013 minutes=126", "no such field; did you mean attributes.minutes?"),
        ('/item add {"id": "film:x", "titel": {"en": "X"}}', "did you mean title?"),
        ("/item edit film:her-2013 colour=red", "colour: no such field"),
    ],
)
async def test_what_cannot_be_is_said(world: World, command: str, told: str) -> None:
    text = await world.say(command)
    assert told.replace("&#x27;", "'") in text
    assert not editing.path(world.data).exists()
    assert gathering.names(world.data) == ()
