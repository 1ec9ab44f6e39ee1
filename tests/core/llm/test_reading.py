"""From a model's choice to acts that the engine hears."""

from core.catalog import Catalog, Item, Name
from core.llm.choice import Chosen
from core.llm.reading import SURE, ask, choice_of, settle
from core.turns import Act, Context, Lang, Reading, Target, Understanding, UnderstoodAct, item

WAR = Target("genre", "war")
CATALOG = Catalog(
    tuple(
        Item(
            f"film:n-{n}", "film", Name(f"第{n}号", f"Number {n}"), 1990, genres=("war",), about=Name("故事", "A story")
        )
        for n in range(5)
    )
)


def unsure(*acts: UnderstoodAct, readings: tuple[Reading, ...] = (), wish: str | None = None) -> Understanding:
    return Understanding(acts, Lang.EN, wish, 0.2, readings)


def test_what_can_be_had_can_be_chosen() -> None:
    choice = choice_of(CATALOG)
    assert choice.facets == ("domain:film", "genre:war")
    assert {"ask_recommend", "dislike", "unsafe"} <= set(choice.acts)


def test_the_model_is_told_the_message_and_no_title() -> None:
    shown = ("film:n-1", "film:n-2")
    messages = ask("the second is dull", Context("genre", shown, "film:n-2"), choice_of(CATALOG))
    text = "\n".join(text for _, text in messages)
    assert "the second is dull" in text
    assert "2 suggestions" in text
    assert "Number" not in text
    assert "film:n" not in text


def test_a_reading_of_ours_is_kept_whole() -> None:
    named = UnderstoodAct(Act.REVEAL_DISLIKE, target=WAR, polarity=-1.0, start=3, end=6)
    other = Reading((named,), 0.3)
    settled = settle(unsure(UnderstoodAct(Act.CHIT_CHAT), readings=(other,)), Chosen("reveal_dislike"), "war, ugh")
    assert settled.acts == (named,)
    assert settled.confidence == SURE
    assert settled.readings == ()


def test_facets_that_the_model_heard_come_to_the_wish() -> None:
    wish = UnderstoodAct(Act.ASK_RECOMMEND, text="trenches and mud")
    settled = settle(unsure(wish, wish="trenches and mud"), Chosen("ask_recommend", ("genre:war",)), "trenches and mud")
    assert settled.acts == (wish, UnderstoodAct(Act.ASK_RECOMMEND, target=WAR, polarity=1.0))
    assert settled.wish == "trenches and mud"


def test_a_refusal_of_a_kind_is_one() -> None:
    settled = settle(unsure(UnderstoodAct(Act.CHIT_CHAT)), Chosen("must_not", ("genre:war",)), "spare me the trenches")
    assert settled.acts == (UnderstoodAct(Act.MUST_NOT, target=WAR, polarity=-1.0),)


def test_a_verdict_is_on_the_title_that_was_named() -> None:
    named = UnderstoodAct(Act.ASK_INFO, target=item("film:n-1"), title="Number 1", start=0, end=8)
    (act,) = settle(unsure(named), Chosen("dislike", ("genre:war",)), "Number 1 … oh dear").acts
    assert (act.act, act.target, act.polarity, act.start) == (Act.DISLIKE, item("film:n-1"), -1.0, 0)


def test_a_verdict_on_nothing_named_is_on_what_is_in_focus() -> None:
    (act,) = settle(unsure(UnderstoodAct(Act.CHIT_CHAT)), Chosen("like"), "chef's kiss").acts
    assert act == UnderstoodAct(Act.LIKE, polarity=1.0)


def test_distress_is_heard_alone() -> None:
    settled = settle(
        unsure(UnderstoodAct(Act.ASK_RECOMMEND), wish="an end"), Chosen("unsafe", ("genre:war",)), "an end"
    )
    assert settled.acts == (UnderstoodAct(Act.UNSAFE),)
    assert settled.wish is None
