"""How a build looks: a line a stage in a file, bars for a person."""

import io

import pytest
from rich.console import Console

from bot.progress import BuildProgress


def built(console: Console) -> str:
    progress = BuildProgress(console)
    progress.begin("encoder")
    progress.step(1, 2)
    progress.note("a licence")
    progress.step(2, 2)
    progress.end(1.25)
    progress.begin("factors")
    progress.stop()
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_file_gets_a_line_a_stage() -> None:
    text = built(Console(file=io.StringIO(), force_terminal=False))
    assert text.splitlines() == ["  a licence", "✓ 语言模型 encoder (1.2 s)"]


@pytest.mark.parametrize("dumb", [False, True])
def test_a_terminal_gets_the_same_lines_at_the_end(dumb: bool) -> None:
    environment = {"TERM": "dumb"} if dumb else {"TERM": "xterm"}
    text = built(Console(file=io.StringIO(), force_terminal=True, no_color=True, width=80, _environ=environment))
    assert "a licence" in text
    assert "encoder (1.2 s)" in text
