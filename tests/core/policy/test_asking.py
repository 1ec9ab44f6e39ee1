"""Questions about items: of all that stand on the screen, of two, of the same work in another form."""

import pytest
from talks import Talk, about

from core.catalog import Catalog
from core.engine import Engine
from core.nlu.understand import Understander
from core.state import Kind
from core.turns import Act, Lang, Open


def shown(talk: Talk, target: str = "genre:thriller", count: int = 3) -> list[str]:
    return [c.item_id for c in talk.acts(about(Act.ASK_RECOMMEND, target, count=count)).reply.cards]


def titles(starter: Catalog, ids: list[str], lang: str = "en") -> list[str]:
    return [starter.items[starter.row[i]].title.in_(lang) for i in ids]


def test_how_long_are_they_is_told_of_each_and_lists_nothing_again(talk: Talk, starter: Catalog) -> None:
    ids = shown(talk)
    reply = talk.acts(about(Act.ASK_INFO, kind="year"), lang=Lang.EN).reply
    assert all(title in reply.text for title in titles(starter, ids))
    assert all(str(starter.items[starter.row[i]].year) in reply.text for i in ids)
    assert not reply.cards
    assert [b.action for row in reply.buttons for b in row] == [Open(i) for i in ids]


def test_what_none_of_them_has_is_said_once(talk: Talk, starter: Catalog) -> None:
    ids = shown(talk, "domain:product")
    text = talk.acts(about(Act.ASK_INFO, kind="rating"), lang=Lang.EN).reply.text
    assert all(text.count(title) == 1 for title in titles(starter, ids))
    assert text.count(".") == 1


def test_a_question_after_one_was_looked_at_is_about_that_one(talk: Talk) -> None:
    ids = shown(talk)
    talk.tap(Open(ids[1]))
    assert [c.item_id for c in talk.acts(about(Act.ASK_INFO, kind="year")).reply.cards] == ids[1:2]


def test_which_is_rated_best_puts_what_is_shown_in_order(talk: Talk, starter: Catalog) -> None:
    ids = shown(talk, "domain:film", 5)
    ranked = sorted(ids, key=lambda i: -(starter.items[starter.row[i]].number("rating") or 0))
    cards = talk.acts(about(Act.COMPARE), about(Act.ASK_INFO, kind="rating")).reply.cards
    assert [starter.items[starter.row[c.item_id]].number("rating") for c in cards] == [
        starter.items[starter.row[i]].number("rating") for i in ranked
    ]


def test_which_is_best_of_many_compares_the_best_two_of_all(talk: Talk) -> None:
    ids = shown(talk, "domain:film", 5)
    logits = {c.item_id: c.logit for c in talk.engine.scores(talk.state, talk.log, ids, talk.now)}
    cards = talk.acts(about(Act.COMPARE)).reply.cards
    assert {c.item_id for c in cards} == set(sorted(ids, key=lambda i: -logits[i])[:2])


def test_one_that_is_named_is_compared_with_the_first_on_the_screen(talk: Talk) -> None:
    ids = shown(talk)
    cards = talk.acts(about(Act.COMPARE, "item:film:inception-2010")).reply.cards
    assert {c.item_id for c in cards} == {"film:inception-2010", ids[0]}


def test_buying_the_first_takes_it_and_asks_nothing(talk: Talk) -> None:
    first = shown(talk, "domain:product")[0]
    outcome = talk.acts(about(Act.ORDINAL, place=1), about(Act.ASK_INFO, place=1), about(Act.ACCEPT, place=1))
    assert [(e.kind, e.target) for e in outcome.events] == [(Kind.ACCEPTED, f"item:{first}")]
    assert [c.item_id for c in outcome.reply.cards] == [first]
    assert "：" not in outcome.reply.text, "nothing is told of it"


@pytest.mark.parametrize(("limit", "cards"), [(Act.DROP_CONDITION, 2), (Act.COUNTERFACTUAL, 3)])
def test_a_limit_that_is_lifted_asks_nothing_about_what_is_shown(talk: Talk, limit: Act, cards: int) -> None:
    talk.acts(about(Act.MUST, kind="year", op=">=", value=2012.0), about(Act.ASK_RECOMMEND, "genre:animation"))
    reply = talk.acts(
        about(limit, kind="year"), about(Act.ANOTHER_N, count=cards), about(Act.ASK_INFO, kind="year")
    ).reply
    assert len(reply.cards) == cards


@pytest.mark.parametrize(
    ("asked", "form", "found"),
    [
        ("film:the-godfather-1972", "book", "book:the-godfather-1969"),
        ("film:arrival-2016", "book", "book:stories-of-your-life-and-others-2002"),
        ("book:the-three-body-problem-2006", "film", "film:three-body-2023"),
        ("book:little-women-1868", "film", "film:little-women-1994"),
        ("film:inception-2010", "book", None),
    ],
)
def test_the_same_work_in_another_form_is_found_or_said_to_be_none(
    talk: Talk, starter: Catalog, asked: str, form: str, found: str | None
) -> None:
    reply = talk.acts(about(Act.ASK_INFO, f"item:{asked}", kind=form), lang=Lang.EN).reply
    assert [c.item_id for c in reply.cards] == ([found] if found else [])
    assert titles(starter, [asked])[0] in reply.text
    if found:
        assert talk.state.focus == found


def test_of_several_on_the_screen_each_with_a_book_is_named(talk: Talk) -> None:
    talk.acts(about(Act.COMPARE, "item:film:the-godfather-1972"), about(Act.COMPARE, "item:film:dune-2021"))
    talk.acts(about(Act.MORE))
    talk.acts(about(Act.BACK))
    cards = talk.acts(about(Act.ASK_INFO, kind="book")).reply.cards
    assert {c.item_id for c in cards} == {"book:the-godfather-1969", "book:dune-1965"}


def test_what_is_hidden_is_known_by_name_and_never_picked(engine: Engine, understander: Understander) -> None:
    matrix = "film:the-matrix-1999"
    hiding = Engine(
        engine.catalog, engine.shelf.model, understander.facet_names(), hidden=frozenset([matrix, "film:gone-0"])
    )
    talk = Talk(hiding, understander, hiding.new_chat(7))
    outcome = talk.say("I loved The Matrix")
    assert [(e.kind, e.target) for e in outcome.events][:1] == [(Kind.LOVE, f"item:{matrix}")]
    talk = Talk(hiding, understander, hiding.new_chat(8))
    everything = [
        c.item_id for _ in range(12) for c in talk.acts(about(Act.ASK_RECOMMEND, "genre:sci-fi", count=10)).reply.cards
    ]
    assert matrix not in everything
    assert len(everything) > 30
    why = talk.acts(about(Act.ASK_WHY_NOT, f"item:{matrix}"), lang=Lang.EN).reply
    assert "number" not in why.text, "it has no place in line"


def test_one_that_is_compared_with_nothing_known_is_told_of(talk: Talk) -> None:
    cards = talk.acts(about(Act.COMPARE, "item:film:inception-2010")).reply.cards
    assert [c.item_id for c in cards] == ["film:inception-2010"]


@pytest.mark.parametrize(
    ("focus", "text", "found"),
    [
        ("film:the-godfather-1972", "这部有没有原著", "book:the-godfather-1969"),
        ("film:the-godfather-1972", "有没有原著", "book:the-godfather-1969"),
        ("film:the-godfather-1972", "what book is it based on?", "book:the-godfather-1969"),
        ("book:the-three-body-problem-2006", "有没有拍成电影", "film:three-body-2023"),
        ("book:the-three-body-problem-2006", "any film version of it?", "film:three-body-2023"),
    ],
)
def test_the_other_form_is_asked_for_in_words(talk: Talk, focus: str, text: str, found: str) -> None:
    talk.acts(about(Act.ASK_INFO, f"item:{focus}"))
    assert [c.item_id for c in talk.say(text).reply.cards] == [found]


@pytest.mark.parametrize("text", ["推荐一本原著比电影好看的书", "recommend a book"])
def test_a_book_that_is_asked_for_is_no_other_form(talk: Talk, text: str) -> None:
    talk.acts(about(Act.ASK_INFO, "item:film:the-godfather-1972"))
    assert "book:the-godfather-1969" not in [c.item_id for c in talk.say(text).reply.cards][:1]
