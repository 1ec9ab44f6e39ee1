"""What the chat page shows and does, in a real browser, with a bot that says what the test tells it to."""

import base64
import contextlib
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from pages import NAMELESS, NARROW, PHONE, POOR_CONTRAST, SMALL, Stage, chromium, page_of

pytestmark = pytest.mark.browser


ACTS = [
    {"act": "must_not", "target": "genre:horror", "start": 3, "end": 9, "polarity": -1.0},
    {"act": "like", "target": "item:film:her-2013", "title": "Her", "year": 2013, "start": 12, "end": 15},
    {"act": "more", "scope": "tonight"},
]
TRACE = {
    "update_id": 1, "text": "no horror, 🎬Her",
    "understood": {"acts": ACTS, "constraints": [{"kind": "minutes", "op": "<=", "value": 120, "must": True}],
                   "wish": "something tender", "confidence": 0.8},
    "events": [{"event": 4, "kind": "like", "target": "item:film:her-2013", "value": 1.0, "scope": "always"}],
    "cards": [
        {"id": "film:her-2013", "title": "Her", "logit": 1.0, "before": 0.0, "prior": 0.4,
         "parts": [{"label": "no horror", "value": -0.2}, {"label": "liked Her", "value": 0.8}]},
        {"id": "film:up-2009", "title": "Up", "logit": -1.0, "before": 0.0, "prior": -1.0, "parts": []},
        {"id": "film:alien-1979", "title": "Alien", "logit": 0.5, "before": None, "prior": 0.5, "parts": []},
    ],
    "stages": [{"name": "understand and decide", "ms": 30.0}, {"name": "commit", "ms": 10.0}],
}  # fmt: skip


def picture(width: int = 40, height: int = 60) -> bytes:
    """A PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x0e\x6a\x5b" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        stage.act("send", user=stage.lin, chat=stage.lin, text="hello")
        yield stage


@pytest.fixture
def page(browser: Any, stage: Stage) -> Iterator[Any]:
    with page_of(browser, stage.url, reduced_motion="reduce") as page:
        yield page


def last(page: Any, side: str = "in") -> Any:
    return page.locator(f".row.{side}").last


def test_a_newcomer_reads_what_the_bot_is_and_starts_it(page: Any, stage: Stage) -> None:
    stage.bot("setMyDescription", description="Tells you what to watch.")
    stage.act("person", first_name="Wu", language_code="en")
    page.click("#me")
    page.click("dialog .person:has-text('Wu')")
    page.locator(".welcome p", has_text="what to watch").wait_for()
    assert not page.locator("#write").is_visible()
    page.click("#start")
    last(page, "out").locator(".words", has_text="/start").wait_for()
    assert page.locator("#text").is_visible()


def test_a_text_becomes_elements_and_never_markup(page: Any, stage: Stage) -> None:
    long = "It shares its fans with Blade Runner. " * 20
    stage.say(
        stage.lin,
        "<b>Her <i>2013</i></b> &lt;img src=x onerror=alert(1)&gt; 👩‍👩‍👧 <code>x</code> "
        '<a href="javascript:alert(1)">bad</a>\n'
        f"<blockquote expandable>{long}</blockquote>after",
    )
    words = last(page).locator(".words")
    assert words.locator("strong em").inner_text() == "2013"
    assert "<img src=x onerror=alert(1)> 👩‍👩‍👧" in words.inner_text()
    assert words.locator("img, script, a[href^=javascript]").count() == 0
    low = words.bounding_box()["height"]
    words.locator(".toggle").click()
    assert words.locator(".toggle").get_attribute("aria-expanded") == "true"
    assert words.bounding_box()["height"] > low + 100


def test_a_pressed_key_spins_until_it_is_answered(page: Any, stage: Stage) -> None:
    number = stage.say(
        stage.lin, "Her", [{"text": "👍", "callback_data": "like"}, {"text": "why", "callback_data": "why"}]
    )
    key = last(page).locator(".key").first
    key.click()
    page.locator(".key[aria-busy]").wait_for()
    tap = stage.update("callback_query")
    assert (tap["data"], tap["message"]["message_id"]) == ("like", number)
    stage.bot("answerCallbackQuery", callback_query_id=tap["id"], text="Noted")
    page.locator(".toast", has_text="Noted").wait_for()
    assert page.locator(".key[aria-busy]").count() == 0
    keys = {"inline_keyboard": [[{"text": "undo", "callback_data": "u"}]]}
    stage.bot("editMessageText", chat_id=stage.lin, message_id=number, text="Her, noted", reply_markup=keys)
    last(page).locator(".edited").wait_for()
    assert page.locator(".row.in").count() == 1
    assert page.evaluate("document.activeElement.textContent") == "undo"  # who tapped by keyboard stays there


def test_new_messages_wait_below_for_who_reads_above(page: Any, stage: Stage) -> None:
    for n in range(30):
        stage.say(stage.lin, f"line {n}\n" * 4)
    page.locator(".words", has_text="line 29").wait_for()
    end = "(s => Math.round(s.scrollHeight - s.clientHeight - s.scrollTop))(document.getElementById('scroll'))"
    assert page.evaluate(end) <= 1
    assert page.locator("#chip").is_hidden()
    page.evaluate("document.getElementById('scroll').scrollTop = 200")
    page.locator("#chip").wait_for()
    stage.say(stage.lin, "below")
    stage.say(stage.lin, "and another")
    page.locator("#chip", has_text="2 new messages").wait_for()
    assert page.evaluate("document.getElementById('scroll').scrollTop") == 200
    page.click("#chip")
    page.locator("#chip").wait_for(state="hidden")
    assert page.evaluate(end) <= 1


def test_a_link_into_the_bot_opens_within_the_page(page: Any, stage: Stage) -> None:
    stage.act("group", title="Films", members=[stage.lin, stage.ann])
    page.locator(".chat", has_text="Films").click()
    group = next(chat for chat in stage.sandbox.world.chats if chat < 0)
    name = stage.sandbox.world.bot["username"]
    stage.say(group, "look", [{"text": "open", "url": f"https://t.me/{name}?start=i0123456789"}])
    last(page).locator(".key").click()
    last(page, "out").locator(".words", has_text="/start i0123456789").wait_for()
    assert page.locator("#title h1").inner_text() == stage.sandbox.world.bot["first_name"]


def test_inline_results_come_while_one_types_and_one_is_posted(page: Any, stage: Stage) -> None:
    name = stage.sandbox.world.bot["username"]
    page.locator("#text").press_sequentially("@jia")
    page.keyboard.press("Tab")
    assert page.input_value("#text") == f"@{name} "
    page.locator("#text").press_sequentially("light")
    query = stage.update("inline_query", lambda query: query["query"] == "light")
    content = {"message_text": "<b>Her</b>", "parse_mode": "HTML"}
    article = {"type": "article", "id": "her", "title": "Her (2013)", "input_message_content": content}
    stage.bot("answerInlineQuery", inline_query_id=query["id"], results=[article], cache_time=0)
    page.locator(".option", has_text="Her (2013)").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert last(page, "out").locator(".via").inner_text() == f"via @{name}"
    assert last(page, "out").locator("strong", has_text="Her").count() == 1
    assert page.input_value("#text") == ""


def test_commands_are_offered_after_a_slash(page: Any, stage: Stage) -> None:
    told = [{"command": "more", "description": "Show me others"}, {"command": "me", "description": "My taste"}]
    stage.bot("setMyCommands", commands=told)
    page.locator("#text").press_sequentially("/m")
    page.locator(".option", has_text="My taste").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    last(page, "out").locator(".words", has_text="/me").wait_for()
    page.click("#commands")
    assert page.locator(".option").count() == 2
    page.keyboard.press("Escape")
    assert page.locator("#suggest").is_hidden()


def test_one_replies_edits_ones_last_message_and_reacts(page: Any, stage: Stage) -> None:
    number = stage.say(stage.lin, "Her is lovely")
    last(page).hover()
    last(page).locator(".dots").click()
    page.click("[role=menuitem]:has-text('Reply')")
    page.locator("#text").press_sequentially("so it is")
    page.keyboard.press("Shift+Enter")
    page.locator("#text").press_sequentially("indeed")
    page.keyboard.press("Enter")
    last(page, "out").locator(".quoted", has_text="Her is lovely").wait_for()
    said = stage.update("message", lambda said: said["text"] != "hello")
    assert (said["text"], said["reply_to_message"]["message_id"]) == ("so it is\nindeed", number)
    last(page, "out").locator(".dots").click()
    page.click("[role=menuitem]:has-text('Edit')")
    page.fill("#text", "so it was")
    page.keyboard.press("Enter")
    last(page, "out").locator(".edited").wait_for()
    assert stage.update("edited_message")["text"] == "so it was"
    last(page).locator(".dots").click()
    page.click("[role=menuitemradio]:has-text('👍')")
    assert last(page).locator(".reaction").get_attribute("aria-pressed") == "true"
    page.reload()
    last(page).locator(".reaction").click()
    last(page).locator(".reaction").wait_for(state="detached")


def test_photos_and_documents_come_and_go(page: Any, stage: Stage) -> None:
    page.set_input_files("#file", {"name": "a.png", "mimeType": "image/png", "buffer": picture()})
    page.locator("#about img").wait_for()
    page.fill("#text", "which film?")
    page.keyboard.press("Enter")
    mine = last(page, "out")
    mine.locator(".words", has_text="which film?").wait_for()
    assert mine.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 40
    page.evaluate("""() => {
      const [input, chosen] = [document.getElementById("file"), new DataTransfer()];
      chosen.items.add(new File([new Uint8Array(11 << 20)], "b.png"));
      input.files = chosen.files;
      input.dispatchEvent(new Event("change"));
    }""")
    page.locator(".toast", has_text="Too big").wait_for()
    content = b'{"kept": []}'
    page.set_input_files("#file", {"name": "kept.json", "mimeType": "application/json", "buffer": content})
    page.locator("#about", has_text="kept.json").wait_for()
    page.click("#send")
    sent = stage.update("message", lambda said: "document" in said)["document"]
    assert (sent["file_name"], sent["file_size"]) == ("kept.json", len(content))
    file_id = stage.call(lambda: stage.sandbox.world.keep_file(content, "jianyan-chat.json"))
    stage.bot("sendDocument", chat_id=stage.lin, document=file_id, caption="All of it")
    with page.expect_download() as download:
        last(page).locator(".file", has_text="jianyan-chat.json").click()
    assert download.value.suggested_filename == "jianyan-chat.json"
    assert download.value.path().read_bytes() == content


def test_one_is_several_people_in_groups_and_topics(page: Any, stage: Stage) -> None:
    page.click("#me")
    page.fill("dialog input[name=name]", "Zoë")
    page.select_option("dialog select", "zh-hant")
    page.click("dialog .primary")
    page.locator("#me", has_text="Zoë").wait_for()
    page.click("#new-group")
    page.fill("#group-title", "Club")
    page.check("dialog .tick:has-text('Ann') input")
    page.check("dialog .tick:has-text('topics') input")
    page.click("dialog .primary")
    page.locator(".chat", has_text="Books").click()
    page.locator("#text").press_sequentially("/ask a novel")
    page.keyboard.press("Enter")
    said = stage.update("message", lambda said: "novel" in said.get("text", ""))
    assert page.locator(".row.out .quoted").count() == 0  # what begins a topic is no message that one answers
    assert (said["from"]["first_name"], said["from"]["language_code"], said["message_thread_id"]) == (
        "Zoë",
        "zh-hant",
        77,
    )
    page.locator(".chat", has_text="General").click()
    assert page.locator(".row", has_text="a novel").count() == 0
    page.click("#leave")
    page.click("#start:has-text('Join')")
    page.locator("#text").wait_for()
    assert page.locator(".chat", has_text="Films").count() == 1


def test_the_bot_is_blocked_and_let_in_again(page: Any, stage: Stage) -> None:
    page.click("#leave")
    page.locator("#start", has_text="Unblock").wait_for()
    assert stage.call(lambda: set(stage.sandbox.world.blocked)) == {stage.lin}
    page.reload()
    page.click("#start:has-text('Unblock')")
    page.locator("#text").wait_for()
    assert stage.call(lambda: set(stage.sandbox.world.blocked)) == set()


def test_the_drawer_injects_and_clears_faults(page: Any, stage: Stage) -> None:
    page.click("#open-faults")
    page.fill(".fault input", "7")
    for kind in ("429", "5xx", "lost", "redeliver", "wedge"):
        page.click(f'[data-fault="{kind}"]')
    page.locator(".active li").nth(4).wait_for()
    on = stage.call(lambda: [(one.kind, one.times) for one in stage.sandbox.faults.on.values()])
    assert on == [("429", 3), ("5xx", 3), ("lost", 1), ("redeliver", 3), ("wedge", 1)]
    assert stage.call(lambda: next(iter(stage.sandbox.faults.on.values())).seconds) == 7
    page.locator(".active .icon").first.click()
    page.locator(".active li").nth(3).wait_for()
    page.click(".now .plain")
    page.locator(".calm").wait_for()
    assert stage.call(lambda: len(stage.sandbox.faults.on)) == 0
    page.click('[data-fault="restart"]')
    page.click('[data-fault="kill"]')
    page.locator(".lamp.down").wait_for()
    assert page.locator("#notice").is_visible()
    assert stage.acted == ["restart", "kill"]


def test_the_inspector_shows_what_a_turn_did(page: Any, stage: Stage) -> None:
    page.click("#open-inspector")
    stage.trace({**TRACE, "chat": stage.lin})
    turn = page.locator(".turn").first
    assert turn.locator("mark.against").inner_text() == "horror"
    assert turn.locator("mark.for").inner_text() == "Her"  # counted in code points: the emoji is one
    text = turn.inner_text()
    for told in (
        "must_not",
        "Her (2013)",
        "minutes ≤ 120",
        "something tender",
        "80%",
        "#4",
        "always",
        "73%",
        "+23",
        "40 ms",
    ):
        assert told in text
    boxes = [turn.locator(f".axis .{sign}").last.bounding_box() for sign in ("plus", "minus")]
    assert boxes[0]["x"] > boxes[1]["x"]
    lanes = [lane.bounding_box() for lane in turn.locator(".lane i").all()]
    assert lanes[1]["x"] >= lanes[0]["x"] + lanes[0]["width"] - 1
    page.reload()
    page.click("#open-inspector")
    page.locator(".turn mark", has_text="Her").wait_for()  # the last turns are told again


def test_the_keyboard_reaches_everything(page: Any, stage: Stage) -> None:
    stage.act("group", title="Films", members=[stage.lin])
    page.locator(".chat", has_text="Films").wait_for()
    page.locator(".chat").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#title h1", has_text="Films").wait_for()
    assert page.evaluate("document.activeElement.id") == "text"
    page.focus("#open-inspector")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    assert page.locator("#tab-faults").get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    assert page.locator("#side-pane").is_hidden()
    assert page.evaluate("document.activeElement.id") == "open-inspector"
    roles = "nav[aria-label], main[aria-label], [role=log][aria-live=polite], [role=status]"
    assert page.locator(roles).count() >= 4


def test_tab_goes_through_the_page_as_one_reads_it_and_each_place_is_seen(page: Any, stage: Stage) -> None:
    stage.say(stage.lin, "Her", [{"text": "👍", "callback_data": "like"}])
    last(page).wait_for()
    page.focus(".skip")
    names = []
    for _ in range(13):
        page.keyboard.press("Tab")
        names.append(page.evaluate("(e => e.ariaLabel || e.textContent)(document.activeElement)"))
        seen = "(s => s.outlineStyle !== 'none' || s.boxShadow !== 'none')(getComputedStyle(document.activeElement))"
        assert page.evaluate(seen), names
    spoken = " | ".join(names)
    order = [
        "You are 林", "New group", "荐言", "Inspector", "Faults", "Block the bot", "Messages",
        "This message", "👍", "This message", "Command menu", "Message", "Send a photo or a file",
    ]  # fmt: skip
    assert all(wanted in name for wanted, name in zip(order, names, strict=True)), spoken


def test_what_is_new_is_read_out_once_and_what_was_there_is_not(page: Any, stage: Stage) -> None:
    first = stage.say(stage.lin, "one")
    stage.say(stage.lin, "two")
    page.locator(".words", has_text="two").wait_for()
    page.evaluate("""() => {
      window.told = [];
      const log = document.getElementById("log");
      const take = (records) => { for (const one of records) for (const node of one.addedNodes)
        if (log.ariaBusy !== "true") window.told.push(node.querySelector(".words").textContent); };
      new MutationObserver(take).observe(log, {childList: true});
    }""")
    stage.say(stage.lin, "three")
    stage.bot("editMessageText", chat_id=stage.lin, message_id=first, text="one, mended")
    page.locator(".words", has_text="mended").wait_for()
    stage.act("group", title="Films", members=[stage.lin])
    page.locator(".chat", has_text="Films").wait_for()
    assert page.evaluate("window.told") == ["three", "one, mended"]


def test_the_bot_is_seen_typing_until_it_says_something(page: Any, stage: Stage) -> None:
    stage.bot("sendChatAction", chat_id=stage.lin, action="typing")
    page.locator("#typing", has_text="is typing").wait_for()
    assert page.evaluate("getComputedStyle(document.querySelector('.wave i')).animationIterationCount") == "1"
    stage.say(stage.lin, "Her")
    page.locator("#typing").wait_for(state="hidden")


def test_what_was_missed_while_the_line_was_down_is_there_afterwards(page: Any, stage: Stage) -> None:
    page.route("**/events", lambda route: route.abort())
    stage.cut()
    page.locator(".lamp.offline").wait_for()
    stage.say(stage.lin, "said meanwhile")
    assert page.locator(".words", has_text="said meanwhile").count() == 0
    page.unroute("**/events")
    last(page).locator(".words", has_text="said meanwhile").wait_for()
    page.locator(".lamp.up").wait_for()


def test_the_page_goes_on_when_the_server_starts_anew(browser: Any) -> None:
    with contextlib.ExitStack() as first:
        stage = first.enter_context(Stage())
        port = int(stage.url.rpartition(":")[2].strip("/"))
        stage.act("send", user=stage.lin, chat=stage.lin, text="before")
        with page_of(browser, stage.url) as page:
            last(page, "out").wait_for()
            first.close()
            page.locator(".lamp.offline").wait_for()
            page.fill("#text", "is anybody there?")
            page.keyboard.press("Enter")
            page.locator(".toast", has_text="can't be reached").wait_for()
            assert page.input_value("#text") == "is anybody there?"
            with Stage(port):
                page.locator(".lamp.up").wait_for()
                page.click("#start")
                last(page, "out").locator(".words", has_text="/start").wait_for()
                assert page.locator(".row").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("lang", "size"), [("zh-CN", NARROW), ("en-GB", NARROW), ("en-GB", PHONE)])
def test_on_a_phone_nothing_overflows_and_all_is_named_legible_and_big_enough(
    browser: Any, stage: Stage, lang: str, size: dict[str, int], scheme: str
) -> None:
    rows = [
        [{"text": one, "callback_data": one} for one in ("👍", "👎", "👀", "⭐")],
        [{"text": "x" * 60, "callback_data": "x"}],
    ]
    stage.say(
        stage.lin,
        f"<b>{'Donaudampfschifffahrt' * 4}</b>\nhttps://example.org/{'a' * 90}\n<code>{'c' * 80}</code>",
        *rows,
    )
    number = stage.say(stage.lin, f"Long.\n<blockquote expandable>{'so long ' * 90}</blockquote>")
    stage.act("send", user=stage.lin, chat=stage.lin, text="why?", reply_to=number)
    stage.act("react", user=stage.lin, chat=stage.lin, message_id=number, emoji="👍")
    stage.act("photo", user=stage.lin, chat=stage.lin, data=base64.b64encode(picture()).decode(), caption="a" * 60)
    stage.act("group", title="周五电影夜 Movie night with a long name", members=[stage.lin, stage.ann])
    group = next(chat for chat in stage.sandbox.world.chats if chat < 0)
    stage.act("send", user=stage.ann, chat=group, text="Anything light?")
    stage.say(group, "1. Her", [{"text": "1 👍 2", "callback_data": "a"}])

    def look(page: Any) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        over = (
            "[...document.querySelectorAll('.scroll, .panel, dialog')].filter(e => e.scrollWidth > e.clientWidth + 1)"
        )
        assert page.evaluate(f"{over}.map(e => e.className)") == []
        assert page.evaluate(NAMELESS) == []
        assert page.evaluate(SMALL) == []
        assert page.evaluate(POOR_CONTRAST) == []

    more = {"viewport": size, "color_scheme": scheme, "has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
    with page_of(browser, stage.url, lang, **more) as page:
        look(page)
        for number in range(2):
            page.locator(".chat").nth(number).click()
            last(page).wait_for()
            look(page)
            page.click("#back")
            page.locator("#list-pane").wait_for()
        page.locator(".chat").first.click()
        page.click("#open-inspector")
        stage.trace({**TRACE, "chat": stage.lin})
        page.locator(".turn .score").first.wait_for()
        look(page)
        page.click("#tab-faults")
        page.click('[data-fault="429"]')
        page.locator(".active li").wait_for()
        look(page)
        page.keyboard.press("Escape")
        last(page).locator(".dots").click()
        page.locator("[role=menuitem]").first.wait_for()
        look(page)
        page.keyboard.press("Escape")
        page.click("#back")
        page.click("#me")
        page.locator("dialog .person").first.wait_for()
        look(page)
        page.keyboard.press("Escape")
        page.click("#new-group")
        look(page)


def test_theme_and_language_are_switched_and_remembered(page: Any) -> None:
    page.click("#me")
    page.select_option("dialog [name=theme]", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.click("#me")
    page.select_option("dialog [name=language]", "zh")
    page.locator("#open-inspector[aria-label=看懂]").wait_for()
    page.reload()
    page.locator("#bot-state", has_text="机器人在线").wait_for()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
