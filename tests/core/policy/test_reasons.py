"""Why an item is shown, as far as its card may say so."""

import pytest
from talks import Talk, about

from core.catalog import Catalog, Item
from core.turns import Act, Lang, Rate, Verdict


def shown(talk: Talk, starter: Catalog) -> list[Item]:
    return [starter.items[starter.row[card.item_id]] for card in talk.outcomes[-1].reply.cards]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_after_a_no_the_next_one_says_what_it_leaves_out_and_does(talk: Talk, starter: Catalog, place: int) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:film", count=3), lang=Lang.EN)
    gone = shown(talk, starter)[place]
    (card,) = talk.tap(Rate(gone.id, Verdict.DISLIKE)).reply.cards
    (instead,) = shown(talk, starter)
    lacks = {*gone.moods, *gone.genres} - {*instead.moods, *instead.genres}
    assert lacks
    assert gone.title.in_("en") in card.reason
    assert any(word.replace("-", " ") in card.reason.replace("-", " ") for word in lacks)
    assert not any(f"not {word}" in card.reason for word in (*instead.moods, *instead.genres))


def test_after_a_no_the_next_one_is_of_another_kind_than_after_a_yes(talk: Talk, starter: Catalog) -> None:
    def next_after(verdict: Verdict) -> float:
        fresh = Talk(talk.engine, talk.understander, talk.engine.new_chat(7))
        fresh.acts(about(Act.ASK_RECOMMEND, "domain:film", count=3))
        first = starter.row[fresh.state.screen[0]]
        fresh.tap(Rate(fresh.state.screen[0], verdict))
        (instead,) = shown(fresh, starter)
        directions = talk.engine.shelf.directions
        return float(directions[first] @ directions[starter.row[instead.id]])

    assert next_after(Verdict.DISLIKE) < next_after(Verdict.LIKE)
