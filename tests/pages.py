"""For tests of the sandbox's page: a browser, and a sandbox whose bot says what the test tells it to."""

import asyncio
import contextlib
import json
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

from bot.sandbox.control import Sandbox

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
KINDS = ["message", "edited_message", "callback_query", "inline_query", "message_reaction"]
LINE = "net::ERR_"  # in what the browser tells of a line that the test has cut
DESK, PHONE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}, {"width": 320, "height": 640}
Result = TypeVar("Result")


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Debian's Chromium under Playwright; skips where either is missing."""
    place = shutil.which("chromium") or shutil.which("chromium-browser")
    if place is None:
        pytest.skip("no chromium")
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def page_of(browser: Any, url: str, lang: str = "en-GB", **options: Any) -> Iterator[Any]:
    """The page in a window of its own. Fails on an error of a script or in the console, and on a request elsewhere."""
    context = browser.new_context(locale=lang, **{"viewport": DESK, **options})
    page = context.new_page()
    page.set_default_timeout(15_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda told: wrong.append(told.text) if told.type in ("error", "warning") and LINE not in told.text else None,
    )
    page.on(
        "request", lambda asked: wrong.append(asked.url) if not asked.url.startswith((url, "data:", "blob:")) else None
    )
    try:
        page.goto(url)
        page.locator("#chats .chat").first.wait_for(state="attached")
        yield page
        assert not wrong
    finally:
        context.close()


class Stage:
    """A sandbox in a thread of its own, with 林 (zh-hans) and Ann (en). acted: what was done to the bot's process.

    port: 0 for any that is free.
    """

    def __init__(self, port: int = 0) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._offset = 0
        self.acted: list[str] = []
        self.sandbox = Sandbox(port, self._process)

    async def _process(self, name: str) -> None:
        self.acted.append(name)
        self.sandbox.set_status("down")

    def __enter__(self) -> "Stage":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.sandbox.__aenter__(), self._loop).result()
        self.url = self.sandbox.url + "/"
        self.lin = self.call(lambda: self.sandbox.world.person("林", "zh-hans").id)
        self.ann = self.call(lambda: self.sandbox.world.person("Ann", "en").id)
        self.call(lambda: self.sandbox.set_status("up"))
        return self

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self.sandbox.__aexit__(None, None, None), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(self, function: Callable[[], Result]) -> Result:
        """What it gives, called in the sandbox's thread."""

        async def called() -> Result:
            return function()

        return asyncio.run_coroutine_threadsafe(called(), self._loop).result(10)

    def bot(self, method: str, **values: Any) -> Any:
        """The result of a method of the Bot API, called as the bot."""
        return self._post(f"bot{self.sandbox.token}/{method}", values)["result"]

    def say(self, chat: int, text: str, *rows: list[dict[str, Any]]) -> int:
        """A message of the bot's in HTML, with these rows of buttons; its id."""
        more = {"reply_markup": {"inline_keyboard": list(rows)}} if rows else {}
        return int(self.bot("sendMessage", chat_id=chat, text=text, parse_mode="HTML", **more)["message_id"])

    def act(self, name: str, **values: Any) -> Any:
        """What a person does elsewhere, on another page."""
        return self._post("act", {"act": name, **values})

    def trace(self, trace: dict[str, Any]) -> None:
        """What the bot tells the inspector."""
        self._post("trace", trace)

    def update(self, kind: str, until: Callable[[Any], bool] = lambda content: True) -> Any:
        """The next update of this kind that is so, as the bot polls for it; those before it are gone."""
        while True:
            found = self.bot("getUpdates", offset=self._offset, limit=1, timeout=8, allowed_updates=KINDS)
            assert found, f"no {kind} came"
            self._offset = found[0]["update_id"] + 1
            if kind in found[0] and until(found[0][kind]):
                return found[0][kind]

    def cut(self) -> None:
        """Breaks every connection, as a restart or a sleeping laptop does."""
        assert self.sandbox._runner is not None
        server = self.sandbox._runner.server
        assert server is not None

        def abort() -> None:
            for one in server.connections:
                if one.transport is not None:
                    one.transport.abort()

        self.call(abort)

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"Content-Type": "application/json", "X-Sandbox": "1"}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(error.read().decode()) from None


# JavaScript: texts whose contrast with what lies under them is below WCAG's AA, as "ratio text"
POOR_CONTRAST = """() => {
  const paper = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const rgba = (color) => { paper.clearRect(0, 0, 1, 1); paper.fillStyle = color; paper.fillRect(0, 0, 1, 1);
    return [...paper.getImageData(0, 0, 1, 1).data].map((n) => n / 255); };
  const over = (top, under) => [0, 1, 2].map((n) => top[n] * top[3] + under[n] * (1 - top[3]));
  const light = (c) => { const [r, g, b] = c.map((n) => n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const under = (e) => e ? over(rgba(getComputedStyle(e).backgroundColor), under(e.parentElement)) : [1, 1, 1];
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, style = getComputedStyle(e), words = walk.currentNode.textContent.trim();
    if (!words || !e.checkVisibility({opacityProperty: true})) continue;
    if (e.closest(".sr, .avatar, .skip, :disabled, .spoiler, option")) continue;
    const big = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    const ground = under(e), [a, b] = [light(over(rgba(style.color), ground)), light(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (big ? 3 : 4.5)) poor.push(ratio.toFixed(2) + " " + words.slice(0, 30));
  }
  return poor;
}"""

# JavaScript: controls that nobody who listens can tell apart
NAMELESS = """() => [...document.querySelectorAll("button, a, input, select, textarea, [role=tab], [role=option]")]
  .filter((e) => e.checkVisibility() && !e.ariaLabel && !e.textContent.trim() && !e.labels?.length)
  .map((e) => e.outerHTML)"""

# JavaScript: what can be pressed and is smaller than 44 by 44, as "width x height name"
SMALL = """() => [...document.querySelectorAll("button, select, input, textarea, .option, summary")]
  .filter((e) => e.checkVisibility() && !e.closest(".segments, .tick") && !e.matches(".skip, .word"))
  .map((e) => [e.getBoundingClientRect(), e.ariaLabel || e.textContent])
  .filter(([r]) => Math.round(r.width) < 44 || Math.round(r.height) < 44)
  .map(([r, name]) => `${r.width} x ${r.height} ${name}`)"""
