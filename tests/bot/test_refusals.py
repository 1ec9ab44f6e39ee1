"""Every answer of Telegram's that we know of, and what it means for the message."""

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)  # fmt: skip

from bot.outbox_rows import TRIES, Row
from bot.outgoing import About
from bot.refusals import (
    PAUSES_S,
    Again,
    Fine,
    Mended,
    Moved,
    NoNetwork,
    Refused,
    Unreachable,
    Unsure,
    Wait,
    verdict,
)  # fmt: skip
from bot.transport import NotSent, Unanswered

KEYBOARD = {"inline_keyboard": [[{"text": "👍", "callback_data": "x"}]]}
NEW = Row(1, 7, 7, 0, "sendMessage", {"chat_id": 7, "text": "<b>a &lt; b</b>", "parse_mode": "HTML"})
PHOTO = Row(
    2, 7, 7, 0, "sendPhoto",
    {"chat_id": 7, "photo": "id", "caption": "<b>她</b>", "parse_mode": "HTML", "reply_markup": KEYBOARD},
    About(1, "card", ("film:her-2013",), "film:her-2013"),
)  # fmt: skip
EDIT = Row(3, 7, 7, 0, "editMessageText", {"chat_id": 7, "message_id": 5, "text": "新", "reply_markup": KEYBOARD})
BUTTONS = Row(4, 7, 7, 0, "editMessageReplyMarkup", {"chat_id": 7, "message_id": 5, "reply_markup": KEYBOARD})
CAPTION = Row(5, 7, 7, 0, "editMessageCaption", {"chat_id": 7, "message_id": 5, "caption": "新"})
MEDIA = Row(
    6, -7, -7, 0, "editMessageMedia",
    {"chat_id": -7, "message_id": 5,
     "media": {"type": "photo", "media": "id", "caption": "<i>新</i>", "parse_mode": "HTML"}},
)  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (EDIT, "Message is not modified: specified new message content and reply markup are exactly the same"),
        (NEW, "Query is too old and response timeout expired or query id is invalid"),
        (Row(8, 7, 7, 0, "deleteMessage", {"chat_id": 7, "message_id": 5}), "Message to delete not found"),
        (BUTTONS, "Message to edit not found"),  # its buttons went with it
    ],
)
def test_nothing_is_left_to_do(row: Row, reason: str) -> None:
    assert verdict(row, BadRequest(reason)) == Fine()


@pytest.mark.parametrize(
    "reason", ["Message to edit not found", "Message can't be edited", "MESSAGE_ID_INVALID",
               "There is no text in the message to edit"]
)  # fmt: skip
def test_an_edit_that_cannot_be_made_becomes_a_message(reason: str) -> None:
    found = verdict(EDIT, BadRequest(reason))
    assert isinstance(found, Mended)
    assert found.row.method == "sendMessage"
    assert found.row.payload == {"chat_id": 7, "text": "新", "reply_markup": KEYBOARD}
    found = verdict(CAPTION, BadRequest(reason))
    assert isinstance(found, Mended)
    assert found.row.payload == {"chat_id": 7, "text": "新"}
    found = verdict(MEDIA, BadRequest(reason))
    assert isinstance(found, Mended)
    assert found.row.method == "sendPhoto"
    assert found.row.payload["photo"] == "id"
    assert found.row.payload["reply_parameters"] == {"message_id": 5, "allow_sending_without_reply": True}


def test_what_cannot_be_parsed_is_sent_plain_once() -> None:
    reason = BadRequest('Can\'t parse entities: unsupported start tag "x" at byte offset 5')
    found = verdict(NEW, reason)
    assert isinstance(found, Mended)
    assert found.row.payload == {"chat_id": 7, "text": "a < b"}
    assert verdict(found.row, reason) == Refused()
    found = verdict(MEDIA, reason)
    assert isinstance(found, Mended)
    assert found.row.payload["media"] == {"type": "photo", "media": "id", "caption": "新"}


@pytest.mark.parametrize(
    "reason",
    [
        "Wrong file identifier/http url specified", "Wrong type of the web page content", "PHOTO_INVALID_DIMENSIONS",
        "Failed to get http url content", "IMAGE_PROCESS_FAILED", "WEBPAGE_CURL_FAILED", "WEBPAGE_MEDIA_EMPTY",
        "Wrong remote file identifier specified: wrong padding in the string",
        "Not enough rights to send photos to the chat",
    ],
)  # fmt: skip
def test_a_picture_that_is_refused_leaves_a_text_card(reason: str) -> None:
    found = verdict(PHOTO, BadRequest(reason))
    assert isinstance(found, Mended)
    assert found.picture
    assert found.row.method == "sendMessage"
    assert found.row.payload == {"chat_id": 7, "text": "<b>她</b>", "parse_mode": "HTML", "reply_markup": KEYBOARD}
    found = verdict(MEDIA, BadRequest(reason))
    assert isinstance(found, Mended)
    assert found.row.method == "sendMessage"
    assert found.row.payload["text"] == "<i>新</i>"


def test_a_thread_and_an_answered_message_may_be_gone() -> None:
    for name, reason in (
        ("message_thread_id", "Message thread not found"),
        ("reply_parameters", "Message to be replied not found"),
    ):
        row = Row(1, -7, -9, 0, "sendMessage", {"chat_id": -7, "text": "a", name: 5})
        found = verdict(row, BadRequest(reason))
        assert isinstance(found, Mended)
        assert found.row.payload == {"chat_id": -7, "text": "a"}
        assert verdict(found.row, BadRequest(reason)) == Refused()


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: bot was blocked by the user"), Forbidden("Forbidden: user is deactivated"),
        Forbidden("Forbidden: bot was kicked from the supergroup chat"), BadRequest("Chat not found"),
        BadRequest("Have no rights to send a message"), BadRequest("PEER_ID_INVALID"),
        BadRequest("CHAT_WRITE_FORBIDDEN"),
        BadRequest("Not enough rights to send text messages to the chat"),
    ],
)  # fmt: skip
def test_nobody_is_there_any_more(error: TelegramError) -> None:
    assert verdict(NEW, error) == Unreachable()


@pytest.mark.parametrize("reason", ["Message is too long", "BUTTON_DATA_INVALID", "TOPIC_CLOSED", "Strange new reason"])
def test_what_we_did_wrong_is_not_tried_again(reason: str) -> None:
    assert verdict(NEW, BadRequest(reason)) == Refused()


def test_a_429_says_how_long_and_a_migration_where_to() -> None:
    assert verdict(NEW, RetryAfter(7)) == Wait(7.0)
    assert verdict(NEW, RetryAfter(3600)) == Wait(3600.0)
    assert verdict(NEW, ChatMigrated(-100)) == Moved(-100)


@pytest.mark.parametrize("error", [NetworkError("Bad Gateway (502)"), InvalidToken("Unauthorized")])
def test_a_server_that_refuses_for_now_is_asked_a_few_times_with_growing_pauses(error: TelegramError) -> None:
    row, pauses = NEW, []
    while isinstance(found := verdict(row, error), Again):
        pauses.append(found.pause)
        row = found.row
    assert found == Refused()
    assert tuple(pauses) == PAUSES_S
    assert row.tries == TRIES - 1
    assert pauses == sorted(pauses)


def test_what_nobody_foresaw_has_three_tries() -> None:
    row, tries = NEW, 1
    while isinstance(found := verdict(row, Conflict("?")), Again):
        row, tries = found.row, tries + 1
    assert tries == 3


@pytest.mark.parametrize("error", [TimedOut(), Unanswered("the connection broke: ServerDisconnectedError")])
def test_a_lost_answer_is_no_reason_to_send_a_message_twice_but_to_edit_twice(error: TelegramError) -> None:
    assert verdict(NEW, error) == Unsure()
    assert verdict(PHOTO, error) == Unsure()
    assert isinstance(verdict(EDIT, error), Again)
    assert isinstance(verdict(BUTTONS, error), Again)


def test_where_nothing_was_sent_everything_waits_for_the_network() -> None:
    for row in (NEW, EDIT):
        assert verdict(row, NotSent("no connection: ClientConnectorError")) == NoNetwork()
