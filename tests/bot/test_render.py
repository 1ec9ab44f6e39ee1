"""Replies as Bot API calls: whatever they hold, Telegram takes them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from chat_world import FORUM, GROUP, LIN, ME, NOW, chat_of, recommender
from fakes import card
from hypothesis import given
from hypothesis import strategies as st

from bot.inbound import Place, Tapped, topic
from bot.markup import LONGEST, LONGEST_CAPTION, units
from bot.outgoing import Outgoing
from bot.render import Scene, Sent, answer, card_html, in_place, reacted, tapped, voted
from bot.sandbox.entities import parse_html
from core.turns import (
    Action,
    Answer,
    Button,
    Card,
    Drop,
    Lang,
    Menu,
    More,
    NotNow,
    Open,
    Pick,
    Question,
    Rate,
    Reply,
    Save,
    Seen,
    Standing,
    Take,
    Target,
    Undo,
    Verdict,
)

Json = dict[str, Any]  # Any: the Bot API's values
PRIVATE = Place(LIN, LIN, None, True, LIN, Lang.ZH)
IN_GROUP = Place(GROUP, GROUP, None, False, LIN, Lang.ZH)
IN_TOPIC = Place(FORUM, topic(FORUM, 77), 77, False, LIN, Lang.ZH)
IDS = tuple(item.id for item in recommender().catalog.items[:6])

words = st.text(st.sampled_from("片a<&>\"'😂𠮷 \n\u202e\ud83d\0"), max_size=60) | st.text(max_size=60)
long_words = st.builds(lambda text, times: text * times, words, st.sampled_from([1, 1, 1, 30, 200]))
places = st.sampled_from([PRIVATE, IN_GROUP, IN_TOPIC])
ids = st.sampled_from(IDS)
actions: st.SearchStrategy[Action] = st.one_of(
    st.builds(Rate, ids, st.sampled_from(Verdict), st.booleans()),
    st.builds(Seen, ids),
    st.builds(Save, ids, st.booleans()),
    st.builds(Open, ids, st.sampled_from(["info", "why", "similar"])),
    st.builds(NotNow, ids),
    st.builds(Take, ids),
    st.just(More()),
    st.builds(Pick, st.just(Target("genre", "comedy")), st.sampled_from([None, "film"])),
    st.builds(Answer, st.integers(1, 10**9), words),
    st.builds(Drop, words),
    st.builds(Undo, st.none() | st.integers(1, 10**12)),
    st.builds(Menu, st.sampled_from(["help", "saved", "forget_yes", "why"])),
)
buttons = st.lists(st.lists(st.builds(Button, words, actions), max_size=3).map(tuple), max_size=3).map(tuple)
shown = st.builds(
    lambda item_id, title, other, people, about, reason, score, picture, votes: replace(
        card(),
        item_id=item_id,
        title=title,
        title_zh=title,
        title_en=other,
        people=tuple(people),
        about=about,
        reason=reason,
        score=score,
        attributes={"minutes": 126} | ({"picture": picture} if picture else {}),
        votes=votes,
    ),
    ids,
    long_words,
    st.none() | long_words,
    st.lists(long_words, max_size=3),
    long_words,
    long_words,
    st.floats(0, 1),
    st.none() | st.just("https://example.org/a.jpg"),
    st.tuples(st.integers(0, 99), st.integers(0, 99)),
)
replies = st.builds(
    Reply,
    long_words,
    st.sampled_from(Lang),
    st.lists(shown, max_size=6, unique_by=lambda one: one.item_id).map(tuple),
    buttons,
    events=st.lists(st.integers(1, 99), max_size=2).map(tuple),
    question=st.none() | st.just(Question("yesno", ("yes", "no"))),
)


def scene(place: Place = PRIVATE, lang: Lang = Lang.ZH, **more: Any) -> Scene:
    found = recommender()
    return Scene(place, found.callbacks, ME.username, found.names.name, lang, **more)


def cards(count: int, **more: Any) -> tuple[Card, ...]:
    return tuple(replace(card(), item_id=item_id, title=f"片 {n}", **more) for n, item_id in enumerate(IDS[:count], 1))


def seen(message: Outgoing) -> str:
    """What is read in a message; AssertionError or Refusal where Telegram would refuse it."""
    payload: Json = json.loads(json.dumps(message.payload, ensure_ascii=False).encode())  # no lone surrogates either
    assert payload["chat_id"] == message.chat_id
    for row in payload.get("reply_markup", {}).get("inline_keyboard", ()):
        assert row
        for button in row:
            assert button["text"].strip()
            assert ("callback_data" in button) != ("url" in button)
            assert 1 <= len(button.get("callback_data", "-").encode()) <= 64
    told = {**payload, **payload.get("media", {})}
    for name, limit in (("text", LONGEST), ("caption", LONGEST_CAPTION)):
        if name in told:
            html = told.get("parse_mode") == "HTML"
            text = parse_html(told[name])[0] if html else told[name]
            assert units(text) <= limit
            assert text.strip() or name == "caption"
            return str(text)
    return ""


def labels(message: Outgoing) -> list[list[str]]:
    return [[b["text"] for b in row] for row in _keyboard(message)]


def _keyboard(message: Outgoing) -> list[list[dict[str, str]]]:
    payload: Json = dict(message.payload)
    return list(payload.get("reply_markup", {}).get("inline_keyboard", ()))


def came_back(message: Outgoing, number: int = 900) -> Json:
    """The message as Telegram tells it with a tap."""
    payload: Json = dict(message.payload)
    name = "caption" if message.method == "sendPhoto" else "text"
    text, found = parse_html(payload[name])
    back: Json = {"message_id": number, "date": NOW, "chat": chat_of(message.chat_id), name: text}
    back["caption_entities" if name == "caption" else "entities"] = found
    if name == "caption":
        back["photo"] = [{"file_id": "f"}]
    return back | ({"reply_markup": payload["reply_markup"]} if "reply_markup" in payload else {})


def tap_on(message: Outgoing | None, place: Place = PRIVATE) -> Tapped:
    return Tapped(place, "9", "data", 900, None if message is None else came_back(message))


# ---- anything at all ----


@given(replies, places, st.booleans(), st.booleans())
def test_whatever_a_reply_holds_telegram_takes_it(reply: Reply, place: Place, folded: bool, saved: bool) -> None:
    here = scene(place, reply.lang, reply_to=5)
    messages = answer(reply, here, folded=folded, saved=saved)
    assert messages
    for message in messages:
        seen(message)
        assert message.conversation == place.conversation
        assert message.payload.get("message_thread_id") == place.thread


@given(replies, replies, places, actions)
def test_whatever_was_tapped_telegram_takes_what_follows(old: Reply, new: Reply, place: Place, action: Action) -> None:
    here = scene(place, new.lang, reply_to=900)
    for under in answer(old, here):
        items = under.about.items if under.about else ()
        for message in tapped(new, here, tap_on(under, place), action, items):
            if message.method.startswith("edit"):
                assert message.payload["message_id"] == 900
                assert "message_thread_id" not in message.payload
            seen(message)


@given(replies, replies, places)
def test_an_answer_in_place_of_another_is_taken_too(old: Reply, new: Reply, place: Place) -> None:
    here = scene(place, new.lang)
    sent = [Sent(900 + n, message.method == "sendPhoto") for n, message in enumerate(answer(old, here))]
    messages = in_place(answer(new, here), sent, here)
    for message in messages:
        seen(message)
    touched = {message.payload["message_id"] for message in messages if "message_id" in message.payload}
    assert touched == {one.message_id for one in sent}


@given(shown, st.sampled_from([200, LONGEST_CAPTION, LONGEST]))
def test_what_a_card_is_about_gives_way_first(one: Card, limit: int) -> None:
    bare = parse_html(card_html(one, scene(), about=False))[0]
    told = parse_html(card_html(one, scene(), limit=limit))[0]
    assert units(told) <= max(limit, units(bare))


@given(long_words, st.lists(shown, min_size=6, max_size=6, unique_by=lambda one: one.item_id))
def test_a_groups_list_is_one_message_that_fits(text: str, found: list[Card]) -> None:
    (message,) = answer(Reply(text, Lang.ZH, tuple(found)), scene(IN_GROUP))
    seen(message)


# ---- layout ----


def test_private_cards_are_messages_of_their_own_below_a_lead() -> None:
    more = ((Button("换一批", More()),),)
    messages = answer(Reply("看看这几部：", Lang.ZH, cards(3), more), scene())
    assert [message.about.kind for message in messages if message.about] == ["lead", "card", "card", "card"]
    assert seen(messages[0]) == "看看这几部："
    assert all(["换一批"] not in labels(message) for message in messages[:-1])
    assert "换一批" in labels(messages[-1])[-1]


def test_one_card_and_what_is_said_of_it_are_one_message() -> None:
    (message,) = answer(Reply("试试这部。", Lang.ZH, cards(1)), scene())
    assert seen(message).startswith("试试这部。")
    assert "片 1" in seen(message)


def test_a_card_tells_both_titles_why_and_how_likely_and_escapes_them() -> None:
    one = replace(card(), title="<她>", title_en="Her & Him", reason="因为 <安静>", score=0.72)
    html = card_html(one, scene())
    assert "<b>&lt;她&gt;</b> Her &amp; Him · 2013" in html
    told = parse_html(html)[0]
    assert "→ 因为 <安静>" in told
    assert "72%" in told
    assert "126" in told
    for standing, word in zip(Standing, ("热门", "照口味挑的", "探一探"), strict=True):
        assert card_html(replace(one, standing=standing), scene()).endswith(f"72% · {word}")


def test_a_picture_makes_a_photo_with_a_caption() -> None:
    pictured = cards(1, attributes={"picture": "https://example.org/a.jpg"})
    (message,) = answer(Reply("", Lang.ZH, pictured), scene())
    assert (message.method, message.payload["photo"]) == ("sendPhoto", "https://example.org/a.jpg")
    assert message.about is not None
    assert message.about.photo_of == IDS[0]
    (again,) = answer(Reply("", Lang.ZH, pictured), scene(media={IDS[0]: "file-1"}))
    assert again.payload["photo"] == "file-1"


@pytest.mark.parametrize("place", [IN_GROUP, IN_TOPIC])
def test_a_group_has_one_list_with_votes_and_quotes_the_asker(place: Place) -> None:
    found = [replace(one, votes=(2, n)) for n, one in enumerate(cards(3))]
    (message,) = answer(Reply("", Lang.ZH, tuple(found)), scene(place, reply_to=5))
    rows = labels(message)
    assert rows[0][:2] == ["1 👍 2", "1 👎"]
    assert rows[1][:2] == ["2 👍 2", "2 👎 1"]
    assert message.about is not None
    assert message.about.items == IDS[:3]
    assert message.payload["reply_parameters"] == {"message_id": 5, "allow_sending_without_reply": True}
    assert message.payload.get("message_thread_id") == place.thread


def test_a_topics_edits_carry_no_thread() -> None:
    (list_,) = answer(Reply("", Lang.ZH, cards(2)), scene(IN_TOPIC))
    edit = voted(Reply("", Lang.ZH), scene(IN_TOPIC), tap_on(list_, IN_TOPIC), Rate(IDS[0], Verdict.LIKE), cards(2))
    assert "message_thread_id" not in edit.payload


def test_a_long_text_comes_in_parts_with_the_buttons_under_the_last() -> None:
    text = "\n".join(f"第 {n} 行 <&>" for n in range(900))
    messages = answer(Reply(text, Lang.ZH, buttons=((Button("帮助", Menu("help")),),)), scene())
    assert len(messages) > 1
    assert "\n".join(seen(message) for message in messages) == text
    assert [bool(_keyboard(message)) for message in messages] == [False] * (len(messages) - 1) + [True]


def test_an_export_is_a_file() -> None:
    (message,) = answer(Reply("都在这里了。", Lang.ZH, export='{"chats": []}'), scene())
    assert message.method == "sendDocument"
    document: Any = message.payload["document"]
    assert document["attach"]["text"] == '{"chats": []}'
    assert seen(message) == "都在这里了。"


def test_a_reason_is_folded() -> None:
    (message,) = answer(Reply("因为 <你>。", Lang.ZH), scene(), folded=True)
    assert message.payload["text"] == "<blockquote expandable>因为 &lt;你&gt;。</blockquote>"


def test_lists_are_shared_by_a_link_that_opens_us() -> None:
    messages = answer(Reply("", Lang.ZH, cards(3)), scene())
    (url,) = [button["url"] for row in _keyboard(messages[-1]) for button in row if "url" in button]
    assert url.startswith("https://t.me/share/url?url=https")
    assert "start" in url


# ---- taps ----


def one_card(place: Place = PRIVATE) -> Outgoing:
    (message,) = answer(Reply("", Lang.ZH, cards(1), ((Button("换一批", More()),),)), scene(place))
    return message


def test_a_tap_edits_its_card_and_says_once_what_was_noted() -> None:
    under, here = one_card(), scene()
    (edit,) = tapped(Reply("记下了。", Lang.ZH, events=(7,)), here, tap_on(under), Rate(IDS[0], Verdict.LIKE), IDS[:1])
    assert edit.method == "editMessageText"
    assert seen(edit).endswith("\n\n记下了。")
    assert labels(edit)[0][0] == "↩ 撤回"
    assert labels(edit)[-1] == ["换一批"]
    again = replace(tap_on(under), message=came_back(replace(edit, method="sendMessage")))
    (back,) = tapped(Reply("撤回了。", Lang.ZH), here, again, Undo(7), IDS[:1])
    assert seen(back).count("记下了") == 0
    assert seen(back).endswith("撤回了。")
    assert labels(back)[0][0] == "👍"


def test_a_tap_on_a_message_out_of_reach_is_answered_by_a_new_one() -> None:
    gone = tap_on(None)
    messages = tapped(Reply("记下了。", Lang.ZH, events=(7,)), scene(), gone, Rate(IDS[0], Verdict.LIKE), IDS[:1])
    assert [message.method for message in messages] == ["sendMessage"]


def test_new_picks_after_a_tap_are_new_messages_and_the_card_stays() -> None:
    messages = tapped(
        Reply("", Lang.ZH, cards(3)[1:]), scene(), tap_on(one_card()), Rate(IDS[0], Verdict.LIKE), IDS[:1]
    )
    assert messages[0].method == "editMessageText"
    assert "片 1" in seen(messages[0])
    assert {message.method for message in messages[1:]} == {"sendMessage"}


def test_an_answered_question_loses_its_keyboard() -> None:
    rows = ((Button("是", Answer(3, "yes")), Button("不是", Answer(3, "no"))),)
    (asked,) = answer(Reply("看过吗？", Lang.ZH, buttons=rows, question=Question("yesno")), scene())
    first, *rest = tapped(Reply("好。", Lang.ZH), scene(), tap_on(asked), Answer(3, "yes"), ())
    assert first.method == "editMessageReplyMarkup"
    assert labels(first) == []
    assert [seen(message) for message in rest] == ["好。"]


def test_votes_are_counted_on_the_list_and_what_hangs_below_it_stays() -> None:
    (list_,) = answer(Reply("", Lang.ZH, cards(2), ((Button("换一批", More()),),)), scene(IN_GROUP))
    told: Sequence[Card] = [replace(one, votes=(3, 1)) for one in cards(2)]
    like = Rate(IDS[0], Verdict.LIKE)
    edit = voted(Reply("好。", Lang.ZH), scene(IN_GROUP), tap_on(list_, IN_GROUP), like, told)
    assert labels(edit)[0][:2] == ["1 👍 3", "1 👎 1"]
    assert labels(edit)[2:] == labels(list_)[2:]


@given(replies, replies, st.sampled_from([IN_GROUP, IN_TOPIC]), actions)
def test_whatever_was_voted_telegram_takes_the_list(old: Reply, new: Reply, place: Place, action: Action) -> None:
    here = scene(place, new.lang)
    for under in answer(old, here):
        edit = voted(new, here, tap_on(under, place), action, old.cards)
        assert edit.payload["message_id"] == 900
        seen(edit)


def test_a_reaction_offers_to_take_it_back() -> None:
    assert labels(reacted(scene(), 900, IDS[0], 7))[0][0] == "↩ 撤回"
    assert labels(reacted(scene(), 900, IDS[0], None))[0][0] == "👍"


@pytest.mark.parametrize(
    "message",
    [
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "\ud83d", "callback_data": "m"}]]}},
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"callback_data": "m"}], "x", [None]]}},
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": 7, "callback_data": "m" * 99}]]}},
        {"text": "x", "reply_markup": 5, "entities": [{"type": "bold"}, 7, {"type": "italic", "offset": "a"}]},
        {"text": None, "entities": {"type": "bold"}},
    ],
)
def test_a_tapped_message_of_odd_form_breaks_nothing(message: Json) -> None:
    told = {"message_id": 900, "date": NOW, "chat": chat_of(LIN)} | message
    odd = Tapped(PRIVATE, "9", "data", 900, told)
    for action in (Rate(IDS[0], Verdict.LIKE), Answer(3, "yes"), Open(IDS[0], "why"), Undo(7), More()):
        for found in tapped(Reply("好。", Lang.ZH), scene(), odd, action, IDS[:1]):
            seen(found)
