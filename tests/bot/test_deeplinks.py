"""Links into the bot: within Telegram's 64 letters, and back to the items they stand for."""

import re

from chat_world import recommender
from hypothesis import given
from hypothesis import strategies as st

from bot.deeplinks import MOST, items_of, link, payload

IDS = st.deferred(lambda: st.sampled_from([item.id for item in recommender().catalog.items]))


@given(st.lists(IDS, min_size=1, max_size=9, unique=True))
def test_a_payload_fits_and_comes_back_as_its_first_items(items: list[str]) -> None:
    made = payload(tuple(items))
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", made)
    assert items_of(made, recommender().catalog) == tuple(items[:MOST])


@given(st.text(max_size=70) | st.from_regex(r"i[0-9a-f]{0,64}", fullmatch=True))
def test_a_payload_of_any_form_is_no_item(text: str) -> None:
    assert set(items_of(text, recommender().catalog)) <= {item.id for item in recommender().catalog.items}


def test_what_is_gone_from_the_catalogue_is_left_out() -> None:
    catalog = recommender().catalog
    first = catalog.items[0].id
    assert items_of(payload((first,)) + "f" * 10, catalog) == (first,)
    assert items_of("i" + "f" * 10, catalog) == ()


def test_a_link_opens_this_bot() -> None:
    first = recommender().catalog.items[0].id
    assert link("jianyan_demo_bot", (first,)) == f"https://t.me/jianyan_demo_bot?start={payload((first,))}"
