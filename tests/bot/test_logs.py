"""No secret in any line, whoever logs it and however deep it sits (case c58)."""

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import HIDDEN, Journal, Redactor, set_up

TOKEN = "123456789:AAEhBP0av28oFtXf1-made-up_0123456789"
PART = TOKEN.partition(":")[2]
SECRET = "s3cret-of-the-webhook"
URL = f"https://api.telegram.org/file/bot{TOKEN}/documents/file_1.json"


@contextmanager
def logging_to(out: io.StringIO, level: str = "debug") -> Iterator[Journal]:
    root = logging.getLogger()
    before = (root.level, root.handlers[:], sys.excepthook, threading.excepthook)
    try:
        yield set_up(level, (TOKEN, SECRET), stream=out)
    finally:
        root.setLevel(before[0])
        root.handlers[:] = before[1]
        sys.excepthook, threading.excepthook = before[2], before[3]
        logging.captureWarnings(False)
        for name in ("bot", "core", "jieba", "aiohttp.access"):
            logging.getLogger(name).setLevel(logging.NOTSET)


def failed_download() -> None:
    try:
        try:
            raise TimeoutError(f"GET {URL}")
        except TimeoutError as error:
            raise ConnectionError("https://example.org/bot123456789%3A" + PART) from error
    except ConnectionError:
        raise RuntimeError(f"cannot fetch {PART}")  # noqa: B904  # the context is what is tested


@pytest.mark.parametrize("logger", ["bot.inbox", "telegram.Bot", "aiohttp.client", "somebody.else"])
def test_c58_the_token_is_in_no_message_argument_traceback_stack_or_field(logger: str) -> None:
    out = io.StringIO()
    with logging_to(out) as journal:
        log = logging.getLogger(logger)
        log.warning("asking %s with %r", URL, {"secret_token": SECRET})
        log.warning("a stack", stack_info=True, extra={"url": URL, "payload": {"token": TOKEN}})
        try:
            failed_download()
        except RuntimeError:
            log.exception("the file of %s", TOKEN)
    for text in (out.getvalue(), "\n".join(journal.tail(100))):
        assert text.count(HIDDEN) >= 5
        assert "TimeoutError" in text, "the chain of causes is told"
        assert "failed_download" in text
        for secret in (TOKEN, PART, SECRET):
            assert secret not in text


def test_c58_what_nobody_caught_is_redacted_too() -> None:
    script = (
        "import asyncio, os, sys, threading, warnings, faulthandler, signal\n"
        "from bot import logs\n"
        f"token = {TOKEN!r}\n"
        "logs.set_up('debug', (token,)); logs.watch_faults()\n"
        "warnings.warn('see ' + token)\n"
        "def f(): raise ValueError('thread ' + token)\n"
        "t = threading.Thread(target=f); t.start(); t.join()\n"
        "async def task(): raise ValueError('task ' + token)\n"
        "async def main():\n"
        "    lost = asyncio.create_task(task()); await asyncio.sleep(0); await asyncio.sleep(0); del lost\n"
        "    import gc; gc.collect()\n"
        "asyncio.run(main())\n"
        "os.kill(os.getpid(), signal.SIGQUIT)\n"
        "raise KeyError('end ' + token)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert PART not in done.stderr + done.stdout
    for word in ("see ", "thread ", "task ", "end ", "most recent call first"):
        assert word in done.stderr


def test_each_record_is_one_line_of_json() -> None:
    out = io.StringIO()
    with logging_to(out):
        logging.getLogger("bot.inbox").info("two\nlines", extra={"waiting": 3})
        logging.getLogger("bot.inbox").error("broken", exc_info=ValueError("why"))
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(row["level"], row["room"], row["text"]) for row in rows] == [
        ("info", "bot.inbox", "two\nlines"),
        ("error", "bot.inbox", "broken"),
    ]
    assert rows[0]["waiting"] == 3
    assert "ValueError: why" in rows[1]["trace"]


def test_other_libraries_log_no_parameters_at_debug() -> None:
    out = io.StringIO()
    with logging_to(out, "debug"):
        logging.getLogger("telegram.Bot").debug("Calling sendMessage with parameters {'text': 'a secret wish'}")
        logging.getLogger("aiosqlite").debug("executing INSERT ... 'a secret wish'")
        logging.getLogger("bot.outbox").debug("ours")
    assert "wish" not in out.getvalue()
    assert "ours" in out.getvalue()


def test_a_file_gets_plain_lines_and_nothing_can_fake_one(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = root.handlers[:]
    with logging_to(io.StringIO()):
        journal = set_up("info", (TOKEN,), tmp_path / "deep" / "jianyan.log")
        logging.getLogger("bot").warning("hello\n2026-01-01T00:00:00Z ERROR bot: fake %s", TOKEN)
        root.handlers[0].close()
    root.handlers[:] = before
    lines = (tmp_path / "deep" / "jianyan.log").read_text().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("    2026")
    assert PART not in "".join(lines)
    assert len(journal.tail(1)) == 1
    assert journal.tail(0) == ()


@given(st.text(), st.text(), st.sampled_from([TOKEN, PART, SECRET, URL, TOKEN.replace(":", "%3A")]))
def test_redaction_hides_every_secret_and_is_idempotent(before: str, after: str, secret: str) -> None:
    redactor = Redactor((TOKEN, SECRET))
    once = redactor.clean(f"{before}{secret}{after}")
    assert redactor.clean(once) == once
    for part in (TOKEN, PART, SECRET):
        assert part not in once


def test_a_token_that_nobody_named_is_hidden() -> None:
    assert (
        Redactor().clean(f"GET {URL} failed")
        == f"GET https://api.telegram.org/file/bot{HIDDEN}/documents/file_1.json failed"
    )
    assert Redactor().clean("chat 123456789: 17 turns at 12:30") == "chat 123456789: 17 turns at 12:30"
