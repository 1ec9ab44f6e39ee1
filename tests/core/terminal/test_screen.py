"""The chat for people: what numbers and commands mean, how it looks in a narrow plain terminal, how one leaves."""

import asyncio
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import NOON, CountingEngine, MemoryStore, Parrot, card
from rich.cells import cell_len
from rich.console import Console

from core.responder import Responder
from core.state import ChatState, Feedback, Outcome
from core.terminal import _phrases, say, turn_keys
from core.terminal.pictures import bar, card_text, shares_text
from core.terminal.screen import Screen, chat
from core.turns import Card, Lang, Menu, More, Open, Part, Turn, Understanding, Undo


class ExportingEngine(CountingEngine):
    """Hands over a file on /export."""

    def respond(
        self,
        state: ChatState,
        log: tuple[Feedback, ...],
        turn: Turn,
        understanding: Understanding | None,
        private: tuple[Feedback, ...] | None = None,
    ) -> Outcome:
        outcome = super().respond(state, log, turn, understanding, private)
        if turn.action == Menu("export"):
            return replace(outcome, reply=replace(outcome.reply, export='{"all": "of it"}'))
        return outcome


@pytest.fixture
def engine() -> CountingEngine:
    return ExportingEngine()


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=60, force_terminal=False, no_color=True, highlight=False)


@pytest.fixture
def screen(engine: CountingEngine, console: Console, tmp_path: Path) -> Screen:
    responder = Responder(engine, Parrot(), MemoryStore())
    return Screen(console, responder, turn_keys(0), exports=tmp_path, clock=lambda: NOON)


def seen(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_every_phrase_is_there_in_both_languages() -> None:
    assert all(set(phrase) == {"zh", "en"} for phrase in _phrases().values())
    assert say("bye", Lang.MIXED) == say("bye", Lang.ZH)
    assert say("bye", None).splitlines() == [say("bye", Lang.ZH), say("bye", Lang.EN)]


@pytest.mark.parametrize("lang", [None, Lang.ZH, Lang.EN])
def test_the_first_screen_has_three_starters(engine: CountingEngine, console: Console, lang: Lang | None) -> None:
    screen = Screen(console, Responder(engine, Parrot(), MemoryStore()), turn_keys(0), lang=lang)
    screen.welcome()
    assert all(f"[{number}] " in seen(console) for number in (1, 2, 3))
    assert len(screen.starters) == 3


async def test_a_number_on_the_first_screen_says_a_starter(screen: Screen, engine: CountingEngine) -> None:
    await screen.line("1")
    assert engine.turns[0].text == screen.starters[0]


async def test_numbers_are_cards_then_buttons_and_else_words(screen: Screen, engine: CountingEngine) -> None:
    await screen.line("hi")
    for number in ("1", "2", "3"):
        await screen.line(number)
    assert [turn.action or turn.text for turn in engine.turns[1:]] == [Open("film:her-2013"), Menu("help"), "3"]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/help", Menu("help")),
        ("/ME", Menu("profile")),
        ("/undo", Undo()),
        ("/list", Menu("saved")),
        ("/more", More()),
        ("/privacy", Menu("privacy")),
        ("/export", Menu("export")),
        ("/forget", Menu("forget")),
        ("/why", Open("film:her-2013", "why")),
        ("/why 1", Open("film:her-2013", "why")),
        ("/why 9", Menu("why")),
        ("/start", Menu("start")),
        ("/language en", Menu("language:en")),
        ("/language zh", Menu("language:zh")),
        ("/language auto", Menu("language:auto")),
        ("  words  ", "words"),
    ],
)
async def test_commands_mean_turns(screen: Screen, engine: CountingEngine, line: str, meant: object) -> None:
    await screen.line("hi")
    assert await screen.line(line)
    assert (engine.turns[1].action or engine.turns[1].text) == meant


@pytest.mark.parametrize("line", ["/nonsense", "/language", "/language fr", "", "   "])
async def test_what_is_no_command_is_no_turn(screen: Screen, engine: CountingEngine, line: str) -> None:
    assert await screen.line(line)
    assert engine.turns == []


@pytest.mark.parametrize("line", ["/quit", "/exit", "/q"])
async def test_quitting_leaves(screen: Screen, line: str) -> None:
    assert not await screen.line(line)


async def test_an_export_is_written_beside_earlier_ones_for_nobody_else(screen: Screen, tmp_path: Path) -> None:
    await screen.line("/export")
    await screen.line("/export")
    names = ["jianyan-export-2.json", "jianyan-export.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert (tmp_path / names[1]).read_text(encoding="utf-8") == '{"all": "of it"}'
    assert (tmp_path / names[1]).stat().st_mode & 0o077 == 0


async def test_an_export_that_cannot_be_written_is_told(screen: Screen, console: Console) -> None:
    screen.exports = Path("/proc/nowhere")
    await screen.line("/export")
    assert "/proc/nowhere" in seen(console)


async def test_why_shows_a_bar_for_every_share(screen: Screen, console: Console) -> None:
    await screen.line("hi")
    await screen.line("/why")
    assert "█" in seen(console)
    assert "+0.50" not in seen(console).split("第 2 轮")[0]


def played(
    lines: list[str], screen: Screen, end: type[BaseException] = EOFError, interactive: bool = False
) -> list[bool]:
    """Runs a whole chat; what the loop ran."""
    waiting, ran = iter(lines), []

    def read() -> str:
        try:
            return next(waiting)
        except StopIteration:
            raise end from None

    with asyncio.Runner() as runner:
        chat(lambda answer: ran.append(runner.run(answer)) or ran[-1], screen, read, interactive)
    return ran


def test_piped_lines_are_answered_to_the_end(screen: Screen, console: Console) -> None:
    assert played(["hi\n", "\n", "there\n"], screen) == [True, True, True]
    assert "第 2 轮" in seen(console)
    assert say("hint", Lang.ZH) not in seen(console)


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_ctrl_d_and_ctrl_c_leave_politely(screen: Screen, console: Console, end: type[BaseException]) -> None:
    played(["hi"], screen, end, interactive=True)
    assert say("bye", Lang.ZH) in seen(console)


def test_nothing_is_answered_after_quitting(screen: Screen, engine: CountingEngine) -> None:
    assert played(["/quit", "hi"], screen) == [False]
    assert engine.turns == []


LONG = replace(
    card(parts=[0.8, -1.2, *[0.1] * 12]),
    title="奇爱博士或：我如何学会停止恐惧并爱上炸弹",
    title_zh="奇爱博士或：我如何学会停止恐惧并爱上炸弹",
    title_en="Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
    reason="你说过喜欢黑色幽默，也说过 two hours at most，它九十五分钟；" * 3,
)


@pytest.mark.parametrize("draw", [lambda c: card_text(1, c, Lang.ZH, 60), lambda c: shares_text(c, Lang.ZH, 60)])
def test_nothing_is_wider_than_sixty_columns(draw: Callable[[Card], object], console: Console) -> None:
    console.print(draw(LONG))
    assert max(cell_len(line.rstrip()) for line in seen(console).splitlines()) <= 60


def test_shares_show_the_sum_and_gather_the_small_ones() -> None:
    text = shares_text(LONG, Lang.EN, 80).plain
    assert "6 more" in text
    assert f"{LONG.logit:+.2f}" in text
    assert text.index("-1.20") < text.index("+0.80")


def test_a_card_without_shares_says_so() -> None:
    assert say("nothing_told", Lang.EN) in shares_text(card(parts=()), Lang.EN, 60).plain


def test_a_share_of_one_sign_only_is_drawn_on_its_side() -> None:
    up = shares_text(replace(card(parts=[2.0]), parts=(Part(1, "x", 2.0),)), Lang.EN, 60).plain.splitlines()[1]
    assert up.index("|") < up.index("█")


@pytest.mark.parametrize(
    ("share", "drawn"),
    [
        (
            0.0,
            "..........",
        ),
        (0.5, "#####....."),
        (1.0, "##########"),
        (7.0, "##########"),
    ],
)
def test_bars_can_do_without_blocks(share: float, drawn: str) -> None:
    assert bar(share, 10, "ascii") == drawn
