"""What is said where nothing new fits: which wish is to blame, and what fits of what was shown."""

from talks import Talk, about

from core.catalog import Catalog
from core.turns import Act, Drop, Lang, More, Open


def headphones(talk: Talk) -> list[str]:
    """All there are, shown one list after the other."""
    asked = about(Act.ASK_RECOMMEND, "keyword:headphones"), about(Act.ASK_RECOMMEND, "domain:product", count=10)
    return [card.item_id for card in talk.acts(*asked, lang=Lang.EN).reply.cards]


def test_the_thing_itself_is_to_blame_when_there_are_no_more_of_it(talk: Talk) -> None:
    assert headphones(talk)
    reply = talk.tap(More()).reply
    assert not reply.cards
    assert "headphones" in reply.text
    assert Drop("keyword:headphones") in [b.action for row in reply.buttons for b in row]


def test_cheaper_than_all_but_one_is_the_one_that_was_shown(talk: Talk, starter: Catalog) -> None:
    shown = headphones(talk)
    price = {i: starter.items[starter.row[i]].number("price") or 0.0 for i in shown}
    reply = talk.acts(about(Act.MUST, kind="price", op="<=", value=min(price.values())), lang=Lang.EN).reply
    cheapest = min(shown, key=lambda i: price[i])
    assert not reply.cards, "it was shown, and nobody asked to see it again"
    assert starter.items[starter.row[cheapest]].title.in_("en") in reply.text
    actions = [b.action for row in reply.buttons for b in row]
    assert Open(cheapest) in actions
    assert any(isinstance(action, Drop) for action in actions)


def test_what_was_turned_down_does_not_come_back_for_fitting(talk: Talk, starter: Catalog) -> None:
    shown = headphones(talk)
    price = {i: starter.items[starter.row[i]].number("price") or 0.0 for i in shown}
    cheapest = min(shown, key=lambda i: price[i])
    talk.acts(about(Act.DISLIKE, f"item:{cheapest}"))
    reply = talk.acts(about(Act.MUST, kind="price", op="<=", value=min(price.values()))).reply
    assert Open(cheapest) not in [b.action for row in reply.buttons for b in row]


def test_one_wish_that_is_used_up_is_said_to_have_been_shown(talk: Talk) -> None:
    talk.acts(about(Act.LIKE, "item:film:ghost-in-the-shell-1995"), lang=Lang.EN)
    asked = about(Act.ASK_RECOMMEND, "person:mamoru oshii"), about(Act.ASK_RECOMMEND, "domain:film")
    text = talk.acts(*asked, lang=Lang.EN).reply.text
    assert "Mamoru Oshii" in text
    assert "fit all of it" not in text


def test_a_surprise_breaks_no_wish_and_offers_to_give_it_up(talk: Talk) -> None:
    talk.acts(about(Act.LIKE, "item:film:ghost-in-the-shell-1995"))
    talk.acts(about(Act.ASK_RECOMMEND, "person:mamoru oshii"), about(Act.ASK_RECOMMEND, "domain:film"))
    reply = talk.acts(about(Act.SURPRISE)).reply
    assert not reply.cards
    assert Drop("person:mamoru oshii") in [b.action for row in reply.buttons for b in row]
