"""What raw updates mean."""

from typing import Any

import pytest
from chat_world import FORUM, GROUP, LIN, ME, NOW, chat_of, entities, person
from hypothesis import given
from hypothesis import strategies as st

from bot.inbound import (
    THINGS,
    Chosen,
    Membership,
    Moved,
    Reacted,
    Said,
    Searched,
    Tapped,
    Thing,
    lane,
    place,
    read,
    read_album,
    topic,
)
from bot.inbound.reading import DISLIKED, KINDS, LIKED, LOVED

Json = dict[str, Any]  # Any: the Bot API's values
OURS = {"message_id": 900, "from": {"id": ME.id, "is_bot": True}}


def message(text: str | None = None, chat: int = LIN, user: int = LIN, **more: Any) -> Json:
    found: Json = {"message_id": 101, "date": NOW, "chat": chat_of(chat), "from": person(user)}
    if text is not None:
        found |= {"text": text, "entities": entities(text)}
    return found | more


def said(content: Json, kind: str = "message") -> Said | None:
    found = read({"update_id": 1, kind: content}, ME)
    assert found is None or isinstance(found, Said)
    return found


def test_a_private_text_is_said_by_its_writer() -> None:
    found = said(message("推荐一部喜剧"))
    assert found is not None
    assert (found.text, found.command, found.place.speaker, found.place.private) == ("推荐一部喜剧", None, LIN, True)
    assert found.at.timestamp() == NOW


def test_plain_talk_of_a_group_is_not_ours() -> None:
    assert said(message("今晚看什么", GROUP)) is None


@pytest.mark.parametrize("text", ["/ask 科幻", "@jianyan_demo_bot 科幻", "/ask@jianyan_demo_bot 科幻"])
def test_a_command_or_a_mention_is_ours(text: str) -> None:
    found = said(message(text, GROUP))
    assert found is not None
    assert found.text == "科幻"


def test_an_answer_to_our_message_is_ours() -> None:
    found = said(message("第一部讲什么", GROUP, reply_to_message=OURS))
    assert found is not None
    assert found.reply_to == 900


def test_a_topic_that_we_opened_makes_nothing_in_it_an_answer_to_us() -> None:
    opened = {**OURS, "forum_topic_created": {"name": "Films"}}
    assert said(message("大家好", FORUM, reply_to_message=opened, message_thread_id=77, is_topic_message=True)) is None


@pytest.mark.parametrize("text", ["/ask@another_demo_bot 科幻", "😂 @another_demo_bot 推荐一部"])
def test_what_is_for_another_bot_is_ignored_even_as_an_answer_to_us(text: str) -> None:
    assert said(message(text, GROUP)) is None
    assert said(message(text, GROUP, reply_to_message=OURS)) is None


def test_in_private_a_mention_of_another_bot_is_just_a_word() -> None:
    assert said(message("@another_demo_bot 也推荐过《她》")) is not None
    assert said(message("/ask@another_demo_bot 科幻")) is None


def test_a_caption_is_read_with_its_entities() -> None:
    caption = "🎬📽️ @jianyan_demo_bot 这部讲什么"
    photo = message(None, GROUP, photo=[{"file_id": "x"}], caption=caption, caption_entities=entities(caption))
    found = said(photo)
    assert found is not None
    assert (found.text, found.beside) == ("🎬📽️ 这部讲什么", "photo")


def test_lone_surrogates_do_not_reach_a_turn() -> None:
    found = said(message("科幻\ud83d"))
    assert found is not None
    assert found.text == "科幻"


def test_a_document_travels_with_the_command_that_speaks_of_it() -> None:
    file = {"file_id": "f", "file_name": "x.csv"}
    beside = said(message(None, caption="/import csv", document=file))
    answering = said(message("/import csv", reply_to_message={"message_id": 5, "document": file}))
    for found in (beside, answering):
        assert found is not None
        assert (found.command, found.text, found.file) == ("import", "csv", file)


@pytest.mark.parametrize("kind", THINGS)
def test_a_thing_has_its_kind_in_private_and_is_nothing_in_a_group(kind: str) -> None:
    content = message(None, **{kind: {}})
    assert read({"update_id": 1, "message": content}, ME) == Thing(place({"message": content}), 101, kind)  # type: ignore[arg-type]
    assert read({"update_id": 1, "message": message(None, GROUP, **{kind: {}})}, ME) is None


def test_a_gif_is_no_document_and_a_venue_no_location() -> None:
    found = read({"message": message(None, document={}, animation={})}, ME)
    assert isinstance(found, Thing)
    assert found.kind == "animation"
    found = read({"message": message(None, location={}, venue={})}, ME)
    assert isinstance(found, Thing)
    assert found.kind == "venue"


def test_nothing_of_a_contact_or_a_place_is_in_what_it_means() -> None:
    secret = {"phone_number": "+10000000000", "latitude": 50.25, "address": "1 Demo Street"}
    for kind in ("contact", "venue", "location"):
        assert not any(
            str(value) in repr(read({"message": message(None, **{kind: secret})}, ME)) for value in secret.values()
        )


def test_a_moving_live_location_means_nothing() -> None:
    moved = message(None, location={"latitude": 50.0, "live_period": 900}, edit_date=NOW + 10)
    assert read({"edited_message": moved}, ME) is None


def test_an_edit_says_when_and_that_it_is_one() -> None:
    found = said(message("推荐一部科幻", edit_date=NOW + 11), "edited_message")
    assert found is not None
    assert found.edited
    assert found.at.timestamp() == NOW + 11


def test_an_edited_caption_of_an_album_is_left_alone() -> None:
    edited = message(None, caption="好看", photo=[], media_group_id="1", edit_date=NOW + 5)
    assert said(edited, "edited_message") is None


def test_posts_and_their_automatic_forwards_are_no_turns() -> None:
    channel = {"id": -1002000000303, "type": "channel"}
    post = {"message_id": 5, "date": NOW, "chat": channel, "sender_chat": channel, "text": "/ask three films"}
    forward = message("/ask three films", GROUP, sender_chat=channel, is_automatic_forward=True)
    for kind, content in (
        ("channel_post", post),
        ("edited_channel_post", post),
        ("message", post),
        ("message", forward),
    ):
        assert read({"update_id": 1, kind: content}, ME) is None


def test_an_answer_below_a_forward_belongs_to_the_group() -> None:
    forward = {"message_id": 102, "date": NOW, "chat": chat_of(GROUP), "is_automatic_forward": True}
    found = said(message("/ask 就按频道说的来", GROUP, message_thread_id=102, reply_to_message=forward))
    assert found is not None
    assert (found.place.thread, found.place.conversation) == (None, GROUP)


def test_hidden_admins_and_people_who_speak_as_a_channel_are_heard_but_bots_are_not() -> None:
    bot = {"id": 1087968824, "is_bot": True, "username": "GroupAnonymousBot"}
    hidden = said(message("/ask 科幻", GROUP, sender_chat=chat_of(GROUP)) | {"from": bot})
    masked = said(message("/ask 科幻", GROUP, sender_chat={"id": -100300, "type": "channel"}) | {"from": bot})
    assert hidden is not None
    assert masked is not None
    assert (hidden.place.speaker, masked.place.speaker) == (GROUP, -100300)
    assert said(message("/ask 科幻", GROUP) | {"from": {"id": 77, "is_bot": True}}) is None


def test_our_own_inline_results_are_no_words_to_us() -> None:
    assert said(message("《她》", via_bot={"id": ME.id, "is_bot": True})) is None


def test_a_group_that_moves_tells_it_twice_and_means_the_same() -> None:
    away = read({"message": message(None, -55, migrate_to_chat_id=GROUP)}, ME)
    arrived = read({"message": message(None, GROUP, migrate_from_chat_id=-55)}, ME)
    assert away == arrived == Moved(-55, GROUP)


# ---- albums ----


def part(number: int, caption: str | None = None, chat: int = LIN) -> Json:
    more: Json = {"photo": [{"file_id": "x"}], "media_group_id": "135", "message_id": number}
    if caption is not None:
        more |= {"caption": caption, "caption_entities": entities(caption)}
    return {"update_id": number, "message": message(None, chat, **more)}


def test_an_album_is_one_text_with_a_line_for_each_caption() -> None:
    found = read_album([part(1, "《霸王别姬》很喜欢"), part(2), part(3, "《泰坦尼克号》一般般")], ME)
    assert isinstance(found, Said)
    assert found.text == "《霸王别姬》很喜欢\n《泰坦尼克号》一般般"
    assert (found.wordless, found.beside, found.message_id) == (1, "photo", 1)


def test_an_album_without_words_is_a_picture() -> None:
    found = read_album([part(1), part(2)], ME)
    assert isinstance(found, Thing)
    assert found.kind == "photo"


def test_in_a_group_one_caption_to_us_brings_the_others_along() -> None:
    found = read_album([part(1, "《她》很喜欢", GROUP), part(2, "@jianyan_demo_bot 《沙丘》一般", GROUP)], ME)
    assert isinstance(found, Said)
    assert set(found.text.split("\n")) == {"《她》很喜欢", "《沙丘》一般"}
    assert read_album([part(1, "《她》很喜欢", GROUP), part(2, None, GROUP)], ME) is None


# ---- taps, reactions, the rest ----


def test_a_tap_counts_for_who_tapped_and_where_the_message_stands() -> None:
    under = {**OURS, "date": NOW, "chat": chat_of(FORUM), "message_thread_id": 77, "is_topic_message": True}
    found = read({"callback_query": {"id": "9", "from": person(LIN), "data": "m", "message": under}}, ME)
    assert isinstance(found, Tapped)
    assert (found.place.speaker, found.place.conversation, found.message_id) == (LIN, topic(FORUM, 77), 900)
    assert found.message == under


def test_a_tap_on_a_message_out_of_reach_has_no_message() -> None:
    gone = {"message_id": 900, "date": 0, "chat": chat_of(LIN)}
    found = read({"callback_query": {"id": "9", "from": person(LIN), "data": "m", "message": gone}}, ME)
    assert isinstance(found, Tapped)
    assert (found.message_id, found.message) == (900, None)


def test_a_tap_on_an_inline_message_is_made_at_home() -> None:
    found = read({"callback_query": {"id": "9", "from": person(LIN), "data": "m", "inline_message_id": "AA"}}, ME)
    assert isinstance(found, Tapped)
    assert (found.place.chat_id, found.place.private, found.message_id) == (LIN, True, None)


def test_a_games_tap_means_nothing() -> None:
    assert read({"callback_query": {"id": "9", "from": person(LIN), "game_short_name": "g"}}, ME) is None


def reaction(before: str | None, after: str | None) -> Json:
    old, new = ([{"type": "emoji", "emoji": one}] if one else [] for one in (before, after))
    return {"message_reaction": {
        "chat": chat_of(LIN), "message_id": 900, "user": person(LIN), "old_reaction": old, "new_reaction": new
    }}  # fmt: skip


@pytest.mark.parametrize(
    ("emoji", "feeling"), [("👍", "like"), ("🔥", "like"), ("❤️", "love"), ("❤", "love"), ("👎", "dislike")]
)
def test_reactions_are_verdicts_and_their_removal_is_told(emoji: str, feeling: str) -> None:
    found = read(reaction(None, emoji), ME)
    assert isinstance(found, Reacted)
    assert (found.before, found.after) == (None, feeling)
    gone = read(reaction(emoji, None), ME)
    assert isinstance(gone, Reacted)
    assert (gone.before, gone.after) == (feeling, None)


def test_no_reaction_means_two_things_and_an_odd_one_none() -> None:
    assert not LOVED & LIKED
    assert not LIKED & DISLIKED
    assert read(reaction(None, "🗿"), ME) is None


def test_a_reaction_of_nobody_is_nobodys() -> None:
    anonymous = reaction(None, "👍")
    del anonymous["message_reaction"]["user"]
    assert read(anonymous | {"actor_chat": chat_of(GROUP)}, ME) is None


def test_an_inline_query_has_its_page() -> None:
    query = {"id": "8", "from": person(LIN), "query": " 科幻 轻松 ", "offset": "10"}
    found = read({"inline_query": query}, ME)
    assert isinstance(found, Searched)
    assert (found.text, found.offset, found.speaker) == ("科幻 轻松", 10, LIN)
    for odd in ("", "x", "٣", "-4", None):
        searched = read({"inline_query": {**query, "offset": odd}}, ME)
        assert isinstance(searched, Searched)
        assert searched.offset == 0


def test_a_chosen_result_is_told() -> None:
    assert isinstance(read({"chosen_inline_result": {"result_id": "1", "from": person(LIN), "query": ""}}, ME), Chosen)


@pytest.mark.parametrize(
    ("old", "new", "here", "before"),
    [
        ("member", "kicked", False, True),
        ("kicked", "member", True, False),
        ("left", "administrator", True, False),
        ("member", "administrator", True, True),
        ("member", "left", False, True),
    ],
)
def test_membership_tells_now_and_before(old: str, new: str, here: bool, before: bool) -> None:
    change = {"chat": chat_of(GROUP), "from": person(LIN), "date": NOW}
    found = read(
        {"my_chat_member": change | {"old_chat_member": {"status": old}, "new_chat_member": {"status": new}}}, ME
    )
    assert isinstance(found, Membership)
    assert (found.here, found.before) == (here, before)


def test_service_messages_mean_nothing() -> None:
    left = message(None, GROUP, left_chat_member={"id": 195958188, "is_bot": False, "first_name": ""})
    assert read({"message": left}, ME) is None
    assert read({"message": message(None, pinned_message={})}, ME) is None


# ---- lanes, and anything at all ----


def test_a_lane_is_the_conversation() -> None:
    inside = message("x", FORUM, message_thread_id=77, is_topic_message=True)
    assert lane({"message": inside}) == topic(FORUM, 77)
    assert lane({"edited_message": message("x")}) == LIN
    assert lane({"callback_query": {"from": person(LIN), "message": inside}}) == topic(FORUM, 77)
    assert lane({"callback_query": {"from": person(LIN), "inline_message_id": "A"}}) == LIN
    assert lane(reaction(None, "👍")) == LIN
    assert lane({"inline_query": {"id": "8", "from": person(LIN)}}) is None
    assert lane({"poll": {"id": "5"}}) is None


names = st.sampled_from(
    [
        *KINDS, *THINGS, "chat", "from", "id", "date", "text", "caption", "entities", "type", "message_id", "data",
        "query", "new_reaction", "old_reaction", "user", "is_bot", "sender_chat", "reply_to_message", "emoji",
        "message_thread_id", "is_topic_message", "via_bot", "new_chat_member", "status", "migrate_to_chat_id",
    ]
)  # fmt: skip
values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
json = st.recursive(
    values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6), max_leaves=25
)


@given(st.dictionaries(names, json, max_size=4), st.lists(st.dictionaries(names, json, max_size=3), max_size=3))
def test_an_update_of_any_form_breaks_nothing(update: Json, album: list[Json]) -> None:
    read(update, ME)
    read_album(album, ME)
    place(update)
    assert lane(update) is None or isinstance(lane(update), int)


@given(st.sampled_from(KINDS), st.sampled_from(["chat", "from", "text", "date", "message_id", "entities"]), json)
def test_a_message_with_a_field_of_any_form_breaks_nothing(kind: str, field: str, value: object) -> None:
    content = message("/ask@jianyan_demo_bot x", GROUP) | {field: value}
    read({"update_id": 1, kind: content}, ME)
    lane({"update_id": 1, kind: content})
