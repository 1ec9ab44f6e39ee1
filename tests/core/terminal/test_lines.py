"""The contract of `chat --json`, line by line."""

import io
import json
import math
from datetime import UTC, datetime

import pytest
from fakes import NOON, CountingEngine, MemoryStore, Parrot
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnknownAction
from core.responder import Responder
from core.terminal import turn_keys
from core.terminal.lines import LONGEST_LINE, Json, Lines, encode, write
from core.turns import (
    Act,
    Action,
    Condition,
    Lang,
    Menu,
    Question,
    Reply,
    Scope,
    Target,
    Understanding,
    UnderstoodAct,
)


class Buttons:
    def encode(self, action: Action) -> str:
        assert isinstance(action, Menu)
        return f"x:{action.what}"

    def decode(self, data: str) -> Action:
        if not data.startswith("x:"):
            raise UnknownAction(data)
        return Menu(data.removeprefix("x:"))


@pytest.fixture
def engine() -> CountingEngine:
    return CountingEngine()


@pytest.fixture
def lines(engine: CountingEngine) -> Lines:
    return Lines(Responder(engine, Parrot(), MemoryStore()), Buttons(), turn_keys(0), clock=lambda: NOON)


async def ask(lines: Lines, **request: object) -> Json:
    return await lines.answer(json.dumps(request).encode())


async def test_an_answer_has_every_field_of_the_contract(lines: Lines) -> None:
    answer = await ask(lines, text="你好")
    assert set(answer) == {"text", "lang", "ms", "cards", "buttons", "understood", "events", "question"}
    assert set(answer["understood"]) == {"acts", "constraints", "wish", "confidence"}
    card = answer["cards"][0]
    assert {
        "id",
        "title",
        "title_zh",
        "title_en",
        "year",
        "domain",
        "genres",
        "people",
        "attributes",
        "score",
        "logit",
    } < set(card)
    assert card["logit"] == pytest.approx(card["prior"] + math.fsum(p["value"] for p in card["parts"]), abs=1e-9)
    assert card["score"] == pytest.approx(1 / (1 + math.exp(-card["logit"])), abs=1e-9)
    assert answer["ms"] >= 0
    assert answer["buttons"] == [[{"label": "帮助", "tap": "x:help"}]]
    assert answer["events"] == [1]


async def test_a_tap_takes_the_same_road(lines: Lines, engine: CountingEngine) -> None:
    await ask(lines, text="hi")
    await ask(lines, tap="x:help")
    assert engine.turns[-1].action == Menu("help")


async def test_scores_are_as_on_a_card_and_no_turn(lines: Lines, engine: CountingEngine) -> None:
    answer = await ask(lines, scores=["film:her-2013", "unknown"], chat=77)
    assert [set(entry) for entry in answer["scores"]] == [{"id", "score", "logit", "std", "prior", "parts"}]
    assert engine.turns == []


async def test_chat_speaker_language_and_time_are_taken_from_the_line(lines: Lines, engine: CountingEngine) -> None:
    await ask(lines, text="hi", chat=-100, speaker=5, lang="en", at="2026-01-31T20:00:00+08:00")
    turn = engine.turns[0]
    assert (turn.chat_id, turn.speaker, turn.lang, turn.at) == (-100, 5, Lang.EN, datetime(2026, 1, 31, 12, tzinfo=UTC))


async def test_what_is_left_out_has_its_default(lines: Lines, engine: CountingEngine) -> None:
    await ask(lines, text="hi", chat=None, at="2026-01-31T20:00:00")
    await ask(lines, text="hi", chat=9)
    assert [(t.chat_id, t.speaker, t.lang) for t in engine.turns] == [(1, 1, None), (9, 9, None)]
    assert [t.at for t in engine.turns] == [datetime(2026, 1, 31, 20, tzinfo=UTC), NOON]


async def test_every_turn_has_a_key_of_its_own(lines: Lines, engine: CountingEngine) -> None:
    for _ in range(3):
        await ask(lines, text="hi")
    assert [t.key for t in engine.turns] == ["terminal:1", "terminal:2", "terminal:3"]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b"", "line"),
        (b"hello", "line"),
        (b"[1]", "line"),
        (b"null", "line"),
        (b"\xff\xfe", "line"),
        (b"[" * 100_000, "line"),
        (b'{"text": "' + b"x" * LONGEST_LINE + b'"}', "line"),
        (b'{"chat": ' + b"9" * 5000 + b"}", "line"),
        (b"{}", "text"),
        (b'{"text": 5}', "text"),
        (b'{"text": null}', "text"),
        (b'{"text": "a", "tap": "b"}', "tap"),
        (b'{"text": "a", "scores": []}', "scores"),
        (b'{"tap": []}', "tap"),
        (b'{"scores": "film:x"}', "scores"),
        (b'{"scores": [1]}', "scores"),
        (b'{"text": "a", "chat": "1"}', "chat"),
        (b'{"text": "a", "chat": 1.5}', "chat"),
        (b'{"text": "a", "chat": true}', "chat"),
        (b'{"text": "a", "chat": 9223372036854775808}', "chat"),
        (b'{"text": "a", "speaker": []}', "speaker"),
        (b'{"text": "a", "lang": "fr"}', "lang"),
        (b'{"text": "a", "lang": ["zh"]}', "lang"),
        (b'{"tap": "old", "lang": "fr"}', "lang"),
        (b'{"text": "a", "at": "yesterday"}', "at"),
        (b'{"text": "a", "at": 5}', "at"),
        (b'{"text": "a", "at": "0001-01-01T00:00:00+14:00"}', "at"),
    ],
)
async def test_a_bad_line_is_told_its_field_and_the_loop_lives_on(lines: Lines, line: bytes, field: str) -> None:
    answer = await lines.answer(line)
    assert set(answer) == {"error"}
    assert answer["error"].startswith(f"{field}: ")
    assert "text" in await ask(lines, text="hi")


@given(st.binary(max_size=60))
async def test_any_bytes_get_one_answer(line: bytes) -> None:
    lines = Lines(Responder(CountingEngine(), Parrot(), MemoryStore()), Buttons(), turn_keys(0), clock=lambda: NOON)
    out = io.BytesIO()
    write(await lines.answer(line), out)
    assert out.getvalue().count(b"\n") == 1
    json.loads(out.getvalue())


@pytest.mark.parametrize(("lang", "word"), [("zh", "按钮"), ("en", "button"), (None, "按钮")])
async def test_a_button_nobody_made_is_answered_kindly(
    lines: Lines, engine: CountingEngine, lang: str | None, word: str
) -> None:
    answer = await ask(lines, tap="old", lang=lang)
    assert word in answer["text"]
    assert "error" not in answer
    assert engine.turns == []


async def test_half_an_emoji_keeps_its_place_and_leaves_as_utf8(lines: Lines, engine: CountingEngine) -> None:
    answer = await lines.answer(b'{"text": "a\\ud83db"}')
    assert engine.turns[0].text == "a\ufffdb"
    out = io.BytesIO()
    write({"text": "\ud83d " + answer["text"]}, out)
    assert out.getvalue().decode().startswith('{"text": "\ufffd 第')


async def test_a_bug_is_an_apology_not_an_error(lines: Lines) -> None:
    answer = await ask(lines, text="boom")
    assert answer["text"].startswith("sorry")
    assert answer["cards"] == []


async def test_a_button_that_fits_nowhere_does_not_end_the_loop(lines: Lines, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Buttons):
        def encode(self, action: Action) -> str:
            raise ValueError("too long")

    lines.buttons = Broken()
    assert (await ask(lines, text="hi"))["error"].startswith("answer: ")
    assert "too long" in caplog.text


def test_a_number_that_json_cannot_hold_is_an_error_line(caplog: pytest.LogCaptureFixture) -> None:
    out = io.BytesIO()
    write({"ms": float("nan")}, out)
    assert set(json.loads(out.getvalue())) == {"error"}


async def test_a_byte_order_mark_is_no_part_of_the_line(lines: Lines) -> None:
    assert "text" in await lines.answer(b'\xef\xbb\xbf{"text": "hi"}')


def test_acts_and_conditions_are_written_as_the_contract_has_them() -> None:
    acts = (
        UnderstoodAct(
            Act.LIKE, Target("item", "film:her-2013"), title="Her", year=2013, polarity=1.0, start=0, end=3,
            scope=Scope.ALWAYS, text="Her",
        ),
        UnderstoodAct(Act.MUST, kind="minutes", op="<=", value=120.0),
        UnderstoodAct(Act.ASK_INFO, text="Nobody's Film"),
    )  # fmt: skip
    conditions = (Condition(Target("genre", "horror"), must=False), Condition(kind="minutes", op="<=", value=120.0))
    understanding = Understanding(acts, Lang.EN, wish="quiet", confidence=0.5)
    answer = encode(
        Reply(
            "ok",
            Lang.EN,
            understood=understanding,
            constraints=conditions,
            question=Question("genre", ("a", "b")),
            export="{}",
        ),
        Buttons().encode,
    )
    like, must, unknown = answer["understood"]["acts"]
    assert like == {
        "act": "like", "target": "item:film:her-2013", "title": "Her", "year": 2013, "polarity": 1.0, "text": "Her",
        "start": 0, "end": 3, "scope": "always",
    }  # fmt: skip
    assert must == {"act": "must", "kind": "minutes", "op": "<=", "value": 120.0}
    assert unknown == {"act": "ask_info", "target": None, "text": "Nobody's Film"}
    assert answer["understood"]["constraints"] == [
        {"target": "genre:horror", "must": False},
        {"kind": "minutes", "op": "<=", "value": 120.0, "must": True},
    ]
    assert answer["understood"]["wish"] == "quiet"
    assert answer["question"] == {"slot": "genre", "choices": ["a", "b"]}
    assert answer["export"] == "{}"
