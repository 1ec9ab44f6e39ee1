"""What narrows a list, and what no longer does."""

import pytest
from talks import Talk, about

from core.catalog import Catalog
from core.turns import Act, Card, Condition, Lang, Target, UnderstoodAct


def numbers(cards: tuple[Card, ...], kind: str) -> list[float]:
    return [float(str(card.attributes[kind])) for card in cards]


def test_shorter_is_shorter_than_all_that_is_shown(talk: Talk) -> None:
    shown = talk.acts(about(Act.ASK_RECOMMEND, "genre:drama"), about(Act.ASK_RECOMMEND, "domain:film", count=3)).reply
    after = talk.acts(about(Act.CRITIQUE_LESS, kind="minutes")).reply
    assert after.cards
    assert max(numbers(after.cards, "minutes")) < min(numbers(shown.cards, "minutes"))


def test_giving_up_one_condition_keeps_the_others(talk: Talk) -> None:
    talk.acts(about(Act.MUST_NOT, "genre:horror"), about(Act.MUST, kind="minutes", op="<=", value=120.0))
    talk.acts(about(Act.DROP_CONDITION, kind="year"))
    reply = talk.acts(about(Act.DROP_CONDITION, kind="minutes")).reply
    assert Condition(Target("genre", "horror"), must=False) in reply.constraints
    assert len(reply.constraints) == 1


@pytest.mark.parametrize("text", ["老一点也ok", "newer is fine too"])
def test_what_is_fine_too_is_no_condition(talk: Talk, text: str) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:film", count=3))
    reply = talk.say(text).reply
    assert not [c for c in reply.constraints if c.kind == "year"]


def test_poems_are_looked_for_among_books_while_albums_are_on_the_screen(talk: Talk, starter: Catalog) -> None:
    talk.acts(about(Act.MUST_NOT, "genre:opera"), about(Act.SIMILAR_TO, "item:music:abbey-road-1969"))
    assert talk.state.domain == "music"
    reply = talk.acts(about(Act.ASK_RECOMMEND, "genre:poetry")).reply
    assert reply.cards
    assert all(card.domain == "book" and "poetry" in card.genres for card in reply.cards)


def test_a_genre_that_a_domain_lacks_is_said_to_be_lacking_and_blocks_nothing(talk: Talk) -> None:
    reply = talk.acts(about(Act.ASK_RECOMMEND, "domain:topic"), about(Act.ASK_RECOMMEND, "genre:sci-fi")).reply
    assert {card.domain for card in reply.cards} == {"topic"}
    assert "科幻" in reply.text


def test_nothing_is_promised_of_what_no_item_is_marked_with(talk: Talk) -> None:
    marked = talk.acts(about(Act.MUST_NOT, "keyword:chess"), lang=Lang.EN).reply.text
    unmarked = talk.acts(about(Act.MUST_NOT, "keyword:thinking"), lang=Lang.EN).reply.text
    assert "no chess" in marked.lower()
    assert "mark" in unmarked or "notes" in unmarked


def test_a_quality_that_nothing_measures_is_named_as_such(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:article"))
    assert "academic" in talk.acts(about(Act.CRITIQUE_LESS, text="academic"), lang=Lang.EN).reply.text


def test_for_good_needs_something_that_was_told(talk: Talk) -> None:
    reply = talk.acts(about(Act.SET_SCOPE), lang=Lang.EN).reply
    told = talk.acts(about(Act.REVEAL_LIKE, "genre:jazz"), lang=Lang.EN)
    assert told.events
    assert "lasting taste" not in reply.text


def test_the_newer_of_two_opposite_moods_is_meant(talk: Talk, starter: Catalog) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:music"), about(Act.ASK_RECOMMEND, "mood:tense"))
    reply = talk.acts(about(Act.CRITIQUE_MORE, "mood:calm"), lang=Lang.EN).reply
    items = [starter.items[starter.row[card.item_id]] for card in reply.cards]
    assert items
    assert all("calm" in i.moods for i in items)
    assert "tense" not in reply.text


def test_who_refuses_a_theme_refuses_the_genre_of_that_name(talk: Talk) -> None:
    asked = about(Act.MUST_NOT, "keyword:classic"), about(Act.ASK_RECOMMEND, "domain:book", count=10)
    reply = talk.acts(*asked).reply
    assert reply.cards
    assert not [card for card in reply.cards if "classic" in card.genres]


def test_less_of_what_was_asked_for_is_no_longer_asked_for(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:film"), about(Act.ASK_RECOMMEND, "mood:romantic"), lang=Lang.EN)
    reply = talk.acts(about(Act.CRITIQUE_LESS, "mood:romantic"), lang=Lang.EN).reply
    assert reply.cards
    assert not [card for card in reply.cards if "romantic" in card.reason and "on the romantic side" not in card.reason]


@pytest.mark.parametrize(
    ("series", "film"), [("推荐一部悬疑剧", "换成电影吧"), ("recommend a mystery series", "make it a film")]
)
def test_who_asked_for_a_series_and_now_says_film_means_films(talk: Talk, series: str, film: str) -> None:
    first = talk.say(series).reply
    assert first.cards
    assert all(card.attributes.get("form") == "series" for card in first.cards)
    assert "题材" not in first.text
    after = talk.say(film).reply
    assert after.cards
    assert all(card.attributes.get("form") != "series" for card in after.cards)


def test_a_genre_of_another_domain_asks_for_that_domain(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:book"))
    reply = talk.acts(about(Act.ASK_RECOMMEND, "genre:documentary")).reply
    assert reply.cards
    assert all(card.domain == "film" and "documentary" in card.genres for card in reply.cards)


def test_a_word_beside_a_number_is_not_called_unmeasured(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "genre:comedy"))
    pair = about(Act.CRITIQUE_LESS, text="long"), about(Act.MUST, kind="minutes", op="<", value=100.0)
    assert "“long”" not in talk.acts(*pair, lang=Lang.EN).reply.text
    assert "“odd”" in talk.acts(about(Act.CRITIQUE_LESS, text="odd"), lang=Lang.EN).reply.text


@pytest.mark.parametrize(
    "when", [about(Act.MUST, "decade:1990"), about(Act.MUST, kind="year", op="<", value=1995.0)], ids=str
)
def test_who_asks_a_shop_for_a_year_means_films(talk: Talk, when: UnderstoodAct) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:product"))
    cards = talk.acts(when).reply.cards
    assert {c.domain for c in cards} == {"film"}


def test_a_mood_that_must_be_bends_the_order_as_a_wish_does(talk: Talk, starter: Catalog) -> None:
    cards = talk.acts(about(Act.MUST, "mood:funny"), about(Act.ASK_RECOMMEND, "domain:film", count=6)).reply.cards
    moods = [starter.items[starter.row[c.item_id]].moods for c in cards]
    assert all("funny" in found for found in moods)
    assert not any({"dark", "sad"} & set(found) for found in moods)


def test_more_of_what_nothing_here_has_is_not_promised(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:film"))
    outcome = talk.acts(about(Act.CRITIQUE_MORE, "genre:mandopop", text="poppy"), lang=Lang.EN)
    assert not outcome.events
    assert "“poppy”" in outcome.reply.text


def test_too_dear_where_nothing_has_a_price_is_said(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:book"))
    outcome = talk.acts(about(Act.CRITIQUE_LESS, kind="price"), lang=Lang.EN)
    assert "“price”" in outcome.reply.text
    assert outcome.reply.cards


def test_and_books_after_films_about_something_are_about_it(talk: Talk, starter: Catalog) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "keyword:cooking"), about(Act.ASK_RECOMMEND, "domain:film"))
    for domain in ("book", "article"):
        cards = talk.acts(about(Act.ASK_RECOMMEND, f"domain:{domain}")).reply.cards
        assert cards
        assert all(c.domain == domain and "cooking" in starter.items[starter.row[c.item_id]].keywords for c in cards)


def test_a_theme_that_the_other_domain_lacks_stays_behind_with_a_word_on_nothing(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "keyword:heist"), about(Act.ASK_RECOMMEND, "domain:film"))
    outcome = talk.acts(about(Act.ASK_RECOMMEND, "domain:product"))
    assert [e.target for e in outcome.events] == ["domain:product"]
    assert outcome.reply.cards


def test_whom_a_present_is_for_keeps_nothing_from_being_given(talk: Talk) -> None:
    gift = about(Act.ASK_RECOMMEND, "domain:product"), about(Act.ASK_RECOMMEND, "keyword:gift")
    assert talk.acts(*gift, about(Act.ASK_RECOMMEND, "keyword:heist")).reply.cards
    assert talk.acts(about(Act.MUST, kind="price", op="<=", value=120.0)).reply.cards


def test_what_the_shop_lacks_is_said_once_and_then_let_be(talk: Talk) -> None:
    outcome = talk.acts(about(Act.ASK_RECOMMEND, "domain:product"), about(Act.ASK_RECOMMEND, "keyword:heist"))
    assert not outcome.reply.cards
    assert talk.acts(about(Act.MUST, kind="price", op="<=", value=120.0)).reply.cards


def test_who_names_a_price_for_songs_means_goods(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:music"))
    cards = talk.acts(about(Act.MUST, kind="price", op="<=", value=300.0)).reply.cards
    assert {c.domain for c in cards} == {"product"}


def test_the_words_that_lift_a_limit_are_no_wish(talk: Talk) -> None:
    talk.acts(about(Act.MUST, kind="year", op=">=", value=2012.0), about(Act.ASK_RECOMMEND, "genre:animation"))
    lifted = about(Act.DROP_CONDITION, kind="year", text="年份"), about(Act.ANOTHER_N, count=2)
    assert len(talk.acts(*lifted, wish="年份不限了").reply.cards) == 2


def test_a_year_asked_of_films_binds_no_groups(talk: Talk) -> None:
    talk.acts(about(Act.MUST, kind="year", op="<", value=2013.0), about(Act.ASK_RECOMMEND, "domain:film"))
    reply = talk.acts(about(Act.ASK_RECOMMEND, "domain:topic")).reply
    assert {c.domain for c in reply.cards} == {"topic"}
    assert reply.constraints == (Condition(Target("domain", "topic")),)


def test_whoever_wants_no_films_is_shown_something_else(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:film"))
    cards = talk.acts(about(Act.MUST_NOT, "domain:film")).reply.cards
    assert cards
    assert "film" not in {c.domain for c in cards}
