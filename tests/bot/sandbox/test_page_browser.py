"""The chat page in a real browser, with the real bot behind it: chat, tap, undo, kill, and go on."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.slow]
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


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
    place = shutil.which("chromium") or shutil.which("chromium-browser")
    if place is None:
        pytest.skip("no chromium")
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=list(FLAGS))
        yield browser
        browser.close()


@contextlib.contextmanager
def page_of(browser: Any, url: str, **options: Any) -> Iterator[Any]:
    context = browser.new_context(**options)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.wait_for_selector("#status.up", state="attached", timeout=90_000)
    yield page
    assert not errors
    context.close()


def test_it_chats_taps_takes_back_and_lives_through_a_kill(browser: Any, url: str) -> None:
    with page_of(browser, url, viewport={"width": 1280, "height": 800}, locale="zh-CN") as page:
        page.click(".first button")
        page.wait_for_selector(".msg:not(.mine)")
        page.fill("#text", "想看部轻松的科幻片")
        page.keyboard.press("Enter")
        card = page.locator(".msg:not(.mine)", has=page.locator(".keys button", has_text="👀")).first
        card.wait_for()
        number = card.get_attribute("id")
        before = card.locator(".body").inner_text()
        card.locator(".keys button", has_text="👍").click()
        page.locator(f"#{number} .keys button", has_text="撤回").wait_for()
        assert page.locator(f"#{number} .body").inner_text() != before
        page.locator(f"#{number} .keys button", has_text="撤回").click()
        page.locator(f"#{number} .keys button", has_text="👍").wait_for()
        page.click("#open-inspector")
        page.wait_for_selector(".trace .track")
        page.keyboard.press("Escape")
        page.click("#open-tools")
        page.click("#kill")
        page.keyboard.press("Escape")
        page.wait_for_selector("#status.down, #status.starting", state="attached")
        page.fill("#text", "我存了哪些")
        page.keyboard.press("Enter")
        count = page.locator(".msg:not(.mine)").count()
        page.wait_for_selector("#status.up", state="attached", timeout=90_000)
        page.locator(".msg:not(.mine)").nth(count).wait_for(timeout=60_000)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark")])
def test_nothing_overflows_on_a_phone_and_every_control_has_a_name(
    browser: Any, url: str, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 700}
    with page_of(browser, url, viewport=size, color_scheme=scheme, has_touch=True, locale="en-GB") as page:
        page.locator("#chats li").first.click()
        page.fill("#text", "a light comedy, please")
        page.click(".send")
        page.wait_for_selector(".keys button")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        unnamed = page.evaluate(
            """[...document.querySelectorAll('button, input, select, textarea')].filter(e => e.offsetParent
               && !e.getAttribute('aria-label') && !e.innerText.trim() && !e.labels?.length).map(e => e.outerHTML)"""
        )
        assert unnamed == []
        page.click("#back")
        assert page.locator("#side").is_visible()
        assert not page.locator("#talk").is_visible()
