"""The chat page in a real browser, with the real bot behind it: chat, tap, undo, kill, and go on."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import DESK, chromium, page_of

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.slow]
UP, DOWN = ".lamp.up", ".lamp.down, .lamp.starting"


@pytest.fixture(scope="module")
def url(built_data: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A sandbox of its own, with the built models and an empty database."""
    data = tmp_path_factory.mktemp("data")
    for name in ("encoder", "model", "manifest.json"):
        (data / name).symlink_to(built_data / name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bot", "sandbox", "--data", str(data), "--port", str(port)]
    known = {name: value for name, value in os.environ.items() if not name.startswith(("JIANYAN_", "TELEGRAM_"))}
    process = subprocess.Popen(command, cwd=root, env=known, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert f":{port}" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        assert process.wait(30) == 0
        process.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


def test_it_chats_taps_takes_back_and_lives_through_a_kill(browser: Any, url: str) -> None:
    with page_of(browser, url, "zh-CN", viewport=DESK) as page:
        page.locator(UP).wait_for(timeout=90_000)
        page.locator(".welcome p", has_text="/privacy").wait_for()
        page.click("#start")
        page.locator(".row.in").first.wait_for()
        page.fill("#text", "想看部轻松的科幻片")
        page.keyboard.press("Enter")
        card = page.locator(".row.in", has=page.locator(".key", has_text="👀")).first
        card.wait_for()
        card = page.locator(f'.row[data-id="{card.get_attribute("data-id")}"]')
        before = card.locator(".words").inner_text()
        card.locator(".key", has_text="👍").click()
        card.locator(".key", has_text="撤回").wait_for()
        assert card.locator(".words").inner_text() != before
        assert card.locator(".edited").count() == 1
        card.locator(".key", has_text="撤回").click()
        card.locator(".key", has_text="👍").wait_for()

        page.click("#open-inspector")
        page.locator(".turn .score .track").first.wait_for()
        page.locator(".turn summary", has_text="轻松").click()
        assert page.locator(".turn mark", has_text="轻松").is_visible()
        page.click("#tab-faults")
        page.click('[data-fault="kill"]')
        page.locator(DOWN).wait_for()
        answers = page.locator(".row.in").count()
        page.fill("#text", "再来几个")
        page.keyboard.press("Enter")
        page.locator(UP).wait_for(timeout=90_000)
        page.locator(".row.in").nth(answers).wait_for(timeout=60_000)
        assert page.locator("#breaches").is_hidden()


def test_one_shares_a_pick_from_any_chat_and_opens_it_by_its_link(browser: Any, url: str) -> None:
    with page_of(browser, url) as page:
        page.locator(UP).wait_for(timeout=90_000)
        page.locator(".chat", has_text="Movie night").click()
        page.keyboard.type("@jianyan_demo_bot sci-fi")
        page.locator(".option.result").first.click()
        shared = page.locator(".row.out", has=page.locator(".via")).last
        shared.wait_for()
        shared.locator(".key").click()
        page.locator(".row.out", has_text="/start i").wait_for()
        page.locator(".row.in .key", has_text="👍").first.wait_for()
