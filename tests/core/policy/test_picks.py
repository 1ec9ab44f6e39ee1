"""Which items a wish brings, on the starter: where they are looked for, what leads, and what stays of a wish."""

import pytest
from talks import Talk, about

from core.catalog import Catalog, Item
from core.state import Outcome
from core.turns import Act, Lang, More, Rate, Verdict


def shown(starter: Catalog, outcome: Outcome) -> list[Item]:
    return [item for card in outcome.reply.cards if (item := starter.get(card.item_id)) is not None]


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("act", [Act.ASK_RECOMMEND, Act.ANSWER])
def test_a_genre_of_music_is_music_wherever_it_stands(talk: Talk, starter: Catalog, act: Act, first: int) -> None:
    acts = [about(act, "genre:jazz"), about(act, "domain:music")]
    items = shown(starter, talk.acts(acts[first], acts[1 - first]))
    assert len(items) == 3
    assert all(i.domain == "music" and "jazz" in i.genres for i in items)


def test_a_genre_alone_is_looked_for_where_most_of_it_is(talk: Talk, starter: Catalog) -> None:
    assert {i.domain for i in shown(starter, talk.acts(about(Act.ASK_RECOMMEND, "genre:jazz")))} == {"music"}


def test_a_genre_of_books_is_a_theme_of_films_where_films_are_spoken_of(talk: Talk, starter: Catalog) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:film"))
    items = shown(starter, talk.acts(about(Act.ASK_RECOMMEND, "genre:wuxia", count=3)))
    assert all(i.domain == "film" and "wuxia" in (*i.keywords, *i.genres) for i in items)


def test_what_something_is_about_does_not_say_what_it_is(talk: Talk, starter: Catalog) -> None:
    outcome = talk.acts(about(Act.ASK_RECOMMEND, "genre:essay"), about(Act.ASK_RECOMMEND, "keyword:walking"))
    assert {i.domain for i in shown(starter, outcome)} <= {"article", "book"}
    assert outcome.reply.cards


def test_few_of_a_theme_are_better_than_three_of_anything(talk: Talk, starter: Catalog) -> None:
    items = shown(
        starter, talk.acts(about(Act.ASK_RECOMMEND, "keyword:chess"), about(Act.ASK_RECOMMEND, "domain:film"))
    )
    assert 0 < len(items) < 3
    assert all("chess" in i.keywords for i in items)


def test_a_theme_that_is_used_up_is_said_to_be(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "keyword:chess"), about(Act.ASK_RECOMMEND, "domain:film"))
    assert "国际象棋" in talk.tap(More()).reply.text
    assert "国际象棋" not in talk.tap(More()).reply.text


@pytest.mark.parametrize("lang", [Lang.EN, Lang.ZH])
def test_songs_in_the_language_of_the_talk_come_first(talk: Talk, starter: Catalog, lang: Lang) -> None:
    items = shown(starter, talk.acts(about(Act.ASK_RECOMMEND, "domain:music", count=5), lang=lang))
    sung = [i.words("language") for i in items]
    assert sum(not languages or str(lang) in languages for languages in sung) >= 3


def test_the_list_stays_like_the_work_it_was_like(talk: Talk, starter: Catalog) -> None:
    seed = "item:film:breaking-bad-2008"
    talk.acts(about(Act.SIMILAR_TO, seed), lang=Lang.EN)
    less = talk.acts(about(Act.CRITIQUE_LESS, "mood:dark"), lang=Lang.EN)
    assert talk.state.seed == "film:breaking-bad-2008"
    assert all("dark" not in i.moods for i in shown(starter, less))
    assert any("Breaking Bad" in card.reason for card in less.reply.cards)
    (instead,) = talk.tap(Rate(less.reply.cards[0].item_id, Verdict.DISLIKE)).reply.cards
    assert "Breaking Bad" in instead.reason
    talk.acts(about(Act.ASK_RECOMMEND, "domain:film"), lang=Lang.EN)
    assert talk.state.seed is None


def test_taking_back_what_the_list_was_like_begins_anew(talk: Talk) -> None:
    talk.acts(about(Act.SIMILAR_TO, "item:film:breaking-bad-2008"))
    talk.acts(about(Act.UNDO))
    assert talk.state.seed is None


def test_a_present_is_no_theme(talk: Talk) -> None:
    asked = about(Act.ASK_RECOMMEND, "domain:product"), about(Act.ASK_RECOMMEND, "keyword:gift")
    reply = talk.acts(*asked, about(Act.CONTEXT, "keyword:gift-for-dad"), lang=Lang.EN).reply
    assert "gifts for dad" in reply.text
    assert "about" not in reply.text


def test_what_was_said_just_now_is_not_the_first_to_be_given_up(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:book"), about(Act.MUST, kind="pages", op="<", value=96.0))
    reply = talk.acts(about(Act.ASK_RECOMMEND, "person:yu hua")).reply
    assert not reply.cards
    assert "96" in reply.buttons[0][0].label
