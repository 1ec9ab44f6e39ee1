"""What a reply claims is so: of what it shows, of what was wanted, and of what "this" is."""

import re

import pytest
from talks import Talk, about

from core import evidence
from core.catalog import Catalog
from core.moves import Line, line
from core.nlu.lexicon import keyword_names
from core.state import encode
from core.turns import Act, Condition, Lang, Menu, More, PassOn, Rate, Target, UnderstoodAct, Verdict


def keyword_without_books(starter: Catalog) -> str:
    """One that films have, and no book."""
    of = {domain: {k for i in starter.items if i.domain == domain for k in i.keywords} for domain in ("film", "book")}
    return min(k for k in of["film"] - of["book"] if k in keyword_names()["zh"])


def test_a_keyword_that_no_card_has_is_said_to_be_lacking_once(talk: Talk, starter: Catalog) -> None:
    keyword = keyword_without_books(starter)
    asked = about(Act.ASK_RECOMMEND, f"keyword:{keyword}"), about(Act.ASK_RECOMMEND, "domain:book", count=3)
    reply = talk.acts(*asked).reply
    items = [starter.get(card.item_id) for card in reply.cards]
    condition = Condition(Target("keyword", keyword))
    assert items
    assert not any(i is not None and evidence.satisfies(i, condition) for i in items)
    name = keyword_names()["zh"][keyword]
    assert f"{name}题材" not in reply.text
    assert name in reply.text
    assert name not in talk.tap(Menu("picks")).reply.text


def test_keywords_have_chinese_names_and_stand_in_the_catalogue(starter: Catalog) -> None:
    names = keyword_names()
    for keyword, name in names["zh"].items():
        assert re.search(r"[\u4e00-\u9fff]", name) or name in ("FBI", "City Pop"), keyword
    used = {k for item in starter.items for k in item.keywords}
    assert not {*names["zh"], *names["en"]} - used


def test_less_of_something_is_not_told_as_a_wish_for_it(talk: Talk) -> None:
    talk.acts(about(Act.LIKE, "item:film:titanic-1997"))
    talk.acts(about(Act.CRITIQUE_LESS, "mood:slow"), lang=Lang.EN)
    reply = talk.acts(about(Act.ASK_PROFILE), lang=Lang.EN).reply
    assert "slow" not in reply.text


@pytest.mark.parametrize("place", [0, 2])
def test_this_is_the_one_that_came_in_instead(talk: Talk, place: int) -> None:
    shown = talk.acts(about(Act.ASK_RECOMMEND, "domain:film", count=3)).reply.cards
    (fresh,) = talk.tap(Rate(shown[place].item_id, Verdict.LIKE)).reply.cards
    outcome = talk.acts(about(Act.SEEN_LIKED))
    assert [e.target for e in outcome.events if e.kind == "seen"] == [f"item:{fresh.item_id}"]


@pytest.mark.parametrize("question", ["《时间试炼》讲什么的", "《时间试炼》谁导的", 'what is "Test of Time" about?'])
def test_what_is_asked_of_an_unknown_title_is_not_told_of_another(talk: Talk, question: str) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:film", count=3))
    reply = talk.say(question).reply
    assert not reply.cards
    assert "时间试炼" in reply.text or "Test of Time" in reply.text


def test_a_missing_title_is_passed_on_where_the_person_agrees_and_else_kept_nowhere(talk: Talk) -> None:
    outcome = talk.say("《时间试炼》讲什么的")
    assert outcome.passed_on is None
    assert "时间试炼" not in encode(outcome.state)
    (passed,) = [b.action for row in outcome.reply.buttons for b in row if isinstance(b.action, PassOn)]
    outcome = talk.tap(passed)
    assert outcome.passed_on is not None
    assert "时间试炼" in outcome.passed_on
    assert "时间试炼" in outcome.reply.text
    assert "时间试炼" not in encode(outcome.state)
    assert outcome.events == ()


def test_a_title_too_long_for_a_button_is_not_asked_about(talk: Talk) -> None:
    reply = talk.say(f"《{'漫长的告别之后' * 4}》讲什么的").reply
    assert not any(isinstance(b.action, PassOn) for row in reply.buttons for b in row)


@pytest.mark.parametrize("lang", [Lang.EN, Lang.ZH])
def test_the_opening_names_only_whom_a_card_has(talk: Talk, starter: Catalog, lang: Lang) -> None:
    people = "gabriel garcía márquez", "yu hua"
    liked = (about(Act.REVEAL_LIKE, f"person:{p}") for p in people if ("person", p) in starter.rows_of)
    reply = talk.acts(*liked, about(Act.ASK_RECOMMEND, "domain:book", count=2), lang=lang).reply
    opening = reply.text.splitlines()[0].replace(talk.engine.speaker.wording.one(_tastes(talk), lang, 0), "")
    for name in ("加西亚·马尔克斯", "余华") if lang is Lang.ZH else ("Gabriel García Márquez", "Yu Hua"):
        if f"{name}的书" in opening or f"by or with {name}" in opening:
            assert any(name in card.people for card in reply.cards)


def _tastes(talk: Talk) -> Line:
    return line("ack.tastes", what=tuple(Target.parse(e.target) for e in talk.log if e.kind == "taste"))


def test_what_only_some_cards_have_is_not_claimed_of_all(talk: Talk, starter: Catalog) -> None:
    asked = about(Act.ASK_RECOMMEND, "genre:comedy"), about(Act.ASK_RECOMMEND, "mood:strange", count=10)
    reply = talk.acts(*asked, about(Act.ASK_RECOMMEND, "keyword:chess"), lang=Lang.EN).reply
    items = [starter.items[starter.row[card.item_id]] for card in reply.cards]
    for word, held in (("strange", [i.moods for i in items]), ("chess", [i.keywords for i in items])):
        claimed = re.search(rf"(?:{word} .*comedy|comedies? about .*{word})", reply.text)
        assert not claimed or all(word in of for of in held)


@pytest.mark.parametrize("domain", ["product", "music"])
def test_what_nobody_judged_is_not_said_to_be_loved_by_many(talk: Talk, domain: str) -> None:
    for _ in range(3):
        text = talk.acts(about(Act.ASK_RECOMMEND, f"domain:{domain}", count=3), lang=Lang.EN).reply.text
        assert "many people" not in text
        assert "others enjoy" not in text


def test_a_stranger_is_called_one_once(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:product", count=3), lang=Lang.EN)
    for _ in range(3):
        text = talk.tap(More()).reply.text
        assert "know you" not in text
        assert "first try" not in text


def test_by_a_woman_is_said_to_be_unknown_and_the_list_goes_on(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:book"))
    reply = talk.acts(about(Act.ASK_RECOMMEND, "keyword:by-a-woman"), lang=Lang.EN, wish="by a woman").reply
    assert reply.cards
    assert "woman" in reply.text or "women" in reply.text


@pytest.mark.parametrize(("text", "word"), [("tell me a joke", "comed"), ("are you a robot?", "Jianyan")])
def test_small_talk_is_answered_in_kind_and_leads_back(talk: Talk, text: str, word: str) -> None:
    reply = talk.say(text).reply
    assert word in reply.text or "funn" in reply.text
    assert reply.buttons
    assert not reply.cards


@pytest.mark.parametrize(
    ("said", "limits"), [("a gift under 20 pounds", 0), ("a gift under 200 yuan", 1), ("a gift under 200", 1)]
)
def test_an_amount_in_another_currency_is_no_limit_and_that_is_said(talk: Talk, said: str, limits: int) -> None:
    outcome = talk.say(said)
    assert len([c for c in outcome.reply.constraints if c.kind == "price"]) == limits
    assert ("yuan" in outcome.reply.text) == (not limits)
    assert outcome.reply.cards


def test_a_verdict_after_which_did_you_like_is_the_answer(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "genre:sci-fi"), about(Act.ASK_RECOMMEND, "domain:film", count=1))
    reply = talk.acts(UnderstoodAct(Act.ANSWER), about(Act.LIKE), wish="喜欢这部").reply
    assert reply.cards
    assert "喜欢这部" not in reply.text


def test_a_verdict_on_one_of_several_that_is_not_named_asks_which(talk: Talk) -> None:
    shown = talk.acts(about(Act.ASK_RECOMMEND, "domain:film", count=3)).reply.cards
    reply = talk.acts(UnderstoodAct(Act.ANSWER), about(Act.LIKE), wish="喜欢这部").reply
    labels = [b.label for row in reply.buttons for b in row]
    assert len(labels) == len(shown)
    assert all(any(card.title in label for label in labels) for card in shown)


def test_what_was_shown_before_is_pointed_at_by_name(talk: Talk, starter: Catalog) -> None:
    asked = about(Act.ASK_RECOMMEND, "domain:film"), about(Act.ASK_RECOMMEND, "keyword:chess", count=10)
    shown = talk.acts(*asked, lang=Lang.EN).reply.cards
    talk.acts(about(Act.ASK_RECOMMEND, "genre:western"), lang=Lang.EN)
    text = talk.acts(about(Act.ASK_RECOMMEND, "keyword:chess"), lang=Lang.EN).reply.text
    assert any(card.title in text for card in shown)
