"""Requests for things to buy."""

import pytest

from core.catalog import Catalog
from core.nlu.understand import Understander
from core.turns import Act, Context, Target, Understanding


def asked(read: Understanding) -> set[str]:
    return {str(a.target) for a in read.acts if a.act is Act.ASK_RECOMMEND and a.target}


@pytest.fixture(scope="session")
def of_shoes(starter: Catalog) -> Context:
    """Shoes are on the screen."""
    shoes = tuple(i.id for i in starter.items if "shoes" in i.genres)
    return Context(shown=shoes[:3], domain="product")


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("想买双防水的鞋", "genre:shoes", "防水的鞋"),
        ("想买双鞋", "genre:shoes", "鞋"),
        ("那我顺便买双鞋，500以内", "genre:shoes", "鞋"),
        ("I need a backpack for work", "genre:bags", "backpack for work"),
        ("a jacket for the rain", "genre:clothing", "jacket for the rain"),
        ("a keyboard that is quiet", "genre:computer", "keyboard that is quiet"),
    ],
)
def test_of_a_thing_to_buy_every_word_is_matched(understander: Understander, text: str, kind: str, words: str) -> None:
    read = understander.understand(text, Context())
    assert kind in asked(read)
    assert read.wish is not None
    assert read.wish.endswith(words)


def test_a_genre_of_works_is_no_wish_in_words(understander: Understander) -> None:
    assert understander.understand("想看悬疑片", Context()).wish is None


@pytest.mark.parametrize(
    "text", ["要防水的", "防水的", "waterproof ones", "with a strap", "能塞进包里", "轻一点的，能塞进包里"]
)
def test_a_quality_alone_is_a_wish_for_what_is_on_the_screen(
    understander: Understander, of_shoes: Context, text: str
) -> None:
    read = understander.understand(text, of_shoes)
    assert read.wish
    assert not any(a.act in (Act.DISLIKE, Act.CRITIQUE_MORE, Act.SET_STYLE) for a in read.acts)


@pytest.mark.parametrize("text", ["换一批", "便宜一点的", "第一个", "算了，看个电影"])
def test_what_asks_for_no_quality_stays_what_it_was(understander: Understander, of_shoes: Context, text: str) -> None:
    assert understander.understand(text, of_shoes).wish is None


def test_what_is_light_of_goods_is_no_mood(understander: Understander, of_shoes: Context) -> None:
    assert "mood:light" not in asked(understander.understand("有没有轻便的鞋", of_shoes))
    assert "mood:light" in {
        str(a.target)
        for a in understander.understand("想看轻松的电影", of_shoes).acts
        if a.target == Target("mood", "light")
    }


@pytest.mark.parametrize("text", ["looking for a kettle", "find me a chainsaw", "I need a kettle."])
def test_a_thing_alone_is_matched(understander: Understander, text: str) -> None:
    assert understander.understand(text, Context()).wish


@pytest.mark.parametrize(("text", "domain"), [("适合跑步听的", "music"), ("开车听的", "music"), ("睡前读的", "book")])
def test_what_is_to_be_heard_or_read_is_asked_for_by_its_verb(
    understander: Understander, text: str, domain: str
) -> None:
    assert f"domain:{domain}" in asked(understander.understand(text, Context()))


def test_what_music_is_for_is_heard_in_a_talk_of_goods_too(understander: Understander, of_shoes: Context) -> None:
    acts = understander.understand("对了，有没有适合跑步听的歌", of_shoes).acts
    assert {"domain:music", "keyword:running"} <= {str(a.target) for a in acts}
