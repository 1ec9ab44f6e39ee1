"""Admins are answered, nobody else learns that there is anything to answer."""

import sys
from pathlib import Path

import pytest
from admin_world import ADMIN, NOW, TOKEN, World, meet

from bot.admin import checks, figures
from bot.admin.door import COMMANDS
from bot.admin.orders import Order
from bot.admin.speech import phrases
from bot.health import Finding
from bot.logs import HIDDEN
from bot.markup import units
from core.turns import Lang


@pytest.mark.parametrize("name", COMMANDS)
async def test_nobody_else_is_answered(world: World, name: str) -> None:
    assert world.admin.handles(name)
    assert not world.admin.admits(8, 8)
    assert await world.run(f"/{name}", speaker=8) == []
    assert not world.admin.admits(ADMIN, -100), "in a group all would read along"
    assert await world.admin.run(Order(name, "", ADMIN, -100, Lang.EN)) == []
    assert await world.audit() == []


async def test_an_unknown_command_is_none_of_its_business(world: World) -> None:
    assert not world.admin.handles("start")
    assert not world.admin.handles("__init__")
    assert await world.run("/start") == []


async def test_every_action_is_audited_without_secrets(world: World) -> None:
    await world.run("/block 99")
    await world.run(f"/block {TOKEN}")
    await world.run("/health")
    assert await world.audit() == [(ADMIN, "block", "99"), (ADMIN, "block", HIDDEN), (ADMIN, "health", "")]


async def test_block_and_unblock(world: World) -> None:
    assert "<code>99</code>" in await world.say("/block 99")
    assert "99" in await world.say("/block 99")
    assert await world.store.read("SELECT chat_id FROM blocked") == [(99,)]
    assert "heard again" in await world.say("/unblock 99")
    assert "was not blocked" in await world.say("/unblock 99")
    assert "is an admin" in await world.say(f"/block {ADMIN}")
    for wrong in ("", "x", "１２", "9" * 30, "1 2"):
        assert "/block ID" in await world.say(f"/block {wrong}")
    assert await world.store.read("SELECT chat_id FROM blocked") == []


async def test_users_are_ids_newest_first_and_no_names(world: World) -> None:
    assert "Nobody" in await world.say("/users")
    await meet(world.store, 11, -12)
    await world.store.write(
        [
            ("UPDATE people SET last_at = last_at + 60, news = 0 WHERE chat_id = 11", ()),
            ("UPDATE people SET kind = 'group', language = NULL WHERE chat_id = -12", ()),
            ("INSERT INTO blocked VALUES (-12, 0)", ()),
        ]
    )
    lines = (await world.say("/users 5")).splitlines()
    assert lines[0].startswith("2 in all")
    assert lines[1] == "<code>11</code>  private, en, 2026-02-02 02:41, 0 entries, no broadcasts"
    assert lines[2] == "<code>-12</code>  group, 2026-02-02 02:40, 0 entries, blocked by you"
    assert (await world.say("/users 0")).splitlines() == lines, "as if no number were given"


async def test_titles_that_people_missed_are_listed_and_emptied(world: World) -> None:
    assert "Nobody" in await world.say("/titles")
    for title, times in (("Dune <3>", 1), ("山河故人", 3)):
        await world.store.write([("INSERT INTO passed_on (title, times) VALUES (?, ?)", (title, times))])
    told = await world.say("/titles")
    assert told.index("山河故人") < told.index("Dune &lt;3&gt;")
    assert "2" in await world.say("/titles clear")
    assert "Nobody" in await world.say("/titles")


async def test_health_says_what_is_wrong(world: World) -> None:
    assert await world.say("/health") == "<b>All is well.</b>\n✓ Polling: last 1.5 s ago"


@pytest.mark.parametrize(
    ("name", "finding", "zh", "en"),
    [
        (
            "inbox",
            Finding(True, {"oldest_s": None, "bound_s": 300.0}),
            "✓ 收件：没有在等的，上限 300.0 秒",
            "nothing waits",
        ),
        ("wal", Finding(False, {"wal_bytes": 3 << 20}), "✗ 写前日志：3.15 MB", "✗ Write-ahead log: 3.15 MB"),
        ("conflict", Finding(True, {"conflict": 0.0}), "✓ 独占：没有别人在收", "nobody else takes the updates"),
        ("delivery", Finding(True, {"ours": True, "pending": 0, "error": None}), "地址是我们的，没有积压", "is ours"),
        ("database", Finding(False, {"error": "StoreError"}), "✗ 数据库：出错：StoreError", "error: StoreError"),
        ("moon", Finding(True, {"phase": "<full>"}), "✓ moon：phase &lt;full&gt;", "✓ moon: phase &lt;full&gt;"),
    ],
)
def test_every_check_is_told_in_words(name: str, finding: Finding, zh: str, en: str) -> None:
    assert zh in checks.told({name: finding}, Lang.ZH)
    assert en in checks.told({name: finding}, Lang.EN)


async def test_stats_count_and_draw(world: World) -> None:
    await meet(world.store, 11, 12)
    world.admin._desk.turns.observe(0.2)
    pytest.importorskip("matplotlib")
    (answer,) = await world.run("/stats", lang=Lang.ZH)
    assert answer.method == "sendPhoto"
    photo = answer.payload["photo"]
    assert isinstance(photo, dict)
    assert Path(photo["attach"]["path"]).read_bytes().startswith(b"\x89PNG")
    caption = str(answer.payload["caption"])
    assert "私聊 2 个" in caption
    assert "95% 在 200 毫秒内" in caption
    assert "启动了 0 分钟" in caption
    assert units(caption) <= 1024


async def test_the_command_that_asks_does_not_count_as_waiting(world: World) -> None:
    query = "INSERT INTO inbox (update_id, conversation, body, at, state) VALUES (?, 7, '{}', ?, 0)"
    for waiting in range(2):
        await world.store.write([(query, (waiting, NOW - 5))])
        assert (await figures.gather(world.store, NOW)).inbox == waiting


async def test_stats_without_matplotlib_are_text(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    (answer,) = await world.run("/stats")
    assert answer.method == "sendMessage"
    assert "0 in private" in str(answer.payload["text"])


async def test_feedback_by_day_has_every_day(world: World) -> None:
    query = "INSERT INTO feedback VALUES (1, ?, 1, 1, 1, ?, 'like', 'item:x', 1.0, 'always', '{}')"
    await world.store.write([(query, (n, f"2026-02-0{1 + n % 2}T10:00:00+00:00")) for n in range(3)])
    found = await figures.gather(world.store, NOW)
    assert len(found.days) == figures.DAYS
    assert found.days[-2:] == (("2026-02-01", 2), ("2026-02-02", 1))
    assert found.feedback == 3


async def test_the_log_is_escaped_and_long_ones_are_a_file(world: World) -> None:
    assert "Nothing" in await world.say("/log")
    world.journal.lines.extend(f"line {n} <b>" for n in range(400))
    text = await world.say("/log 2")
    assert text == "<pre>line 398 &lt;b&gt;\nline 399 &lt;b&gt;</pre>"
    (answer,) = await world.run("/log 400")
    assert answer.method == "sendDocument"
    document = answer.payload["document"]
    assert isinstance(document, dict)
    assert document["attach"]["text"].count("\n") == 399


async def test_what_breaks_is_one_kind_line_with_an_id(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(figures, "gather", breaks)
    text = await world.say("/stats", lang=Lang.ZH)
    incident = text.partition("<code>")[2].partition("</code>")[0]
    assert "boom" not in text
    assert f"incident {incident}" in caplog.text


async def test_opting_out_is_for_everybody(world: World) -> None:
    await meet(world.store, 11)
    assert world.admin.handles_tap("!news")
    (answer,) = await world.admin.tap("!news", 11, 11, 3, Lang.ZH)
    assert "不再发给你" in str(answer.payload["text"])
    assert await world.store.read("SELECT news FROM people") == [(0,)]
    assert await world.admin.tap("!b:1:go", 11, 11, 3, Lang.EN) == []
    assert await world.admin.tap("!what", ADMIN, ADMIN, 3, Lang.EN) == []
    assert not world.admin.handles_tap("m")


def test_phrases_are_said_in_both_languages_with_the_same_facts() -> None:
    import string

    def facts(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    for key, texts in phrases().items():
        assert set(texts) == {"zh", "en"}, key
        assert facts(texts["zh"]) == facts(texts["en"]), key
