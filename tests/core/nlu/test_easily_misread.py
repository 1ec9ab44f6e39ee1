"""Sentences that read like another kind: no act that changes anything where none was said. By the rules alone."""

import json
from datetime import UTC, datetime

import pytest

from core.catalog import Catalog, parse
from core.nlu.understand import Understander
from core.turns import Act, Context

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
FILMS = ("film:the-matrix-1999", "film:inception-2010", "film:titanic-1997")
BARE = Context(now=NOON)
LIST = Context(shown=FILMS, domain="film", now=NOON)
ONE = Context(shown=FILMS[:1], focus=FILMS[0], domain="film", now=NOON)
GOODS = Context(shown=("product:umbrella", "product:wok"), domain="product", now=NOON)


def work(item_id: str, zh: str, en: str, **more: object) -> dict[str, object]:
    kind, _, _ = item_id.partition(":")
    year = int(item_id[-4:]) if item_id[-4:].isdigit() else None
    about = {"zh": f"《{zh}》。", "en": "A work."}
    return {"id": item_id, "domain": kind, "title": {"zh": zh, "en": en}, "year": year, "about": about, **more}


@pytest.fixture(scope="module")
def understander() -> Understander:
    author = [{"name": {"zh": "余华", "en": "Yu Hua"}, "role": "author"}]
    rows = (
        work(
            "film:the-matrix-1999",
            "黑客帝国",
            "The Matrix",
            genres=["sci-fi"],
            attributes={"minutes": 136, "rating": 8.7},
        ),
        work(
            "film:inception-2010",
            "盗梦空间",
            "Inception",
            genres=["sci-fi"],
            attributes={"minutes": 148, "rating": 8.8},
        ),
        work(
            "film:titanic-1997", "泰坦尼克号", "Titanic", genres=["romance"], attributes={"minutes": 195, "rating": 7.9}
        ),
        work("book:to-live-1992", "活着", "To Live", people=author, genres=["literary"]),
        work("product:umbrella", "雨伞", "Umbrella", genres=["home"], attributes={"price": 60, "currency": "CNY"}),
        work("product:wok", "铁锅", "Wok", genres=["kitchen"], attributes={"price": 200, "currency": "CNY"}),
    )
    return Understander(Catalog(tuple(parse(json.dumps(row), strict=False) for row in rows)))


def said(understander: Understander, text: str, context: Context) -> set[str]:
    """Acts as `act`, `act target`, `act kind op value` or `act kind`, with a leading - where refused."""
    found = set()
    for a in understander.understand(text, context).acts:
        words = [str(a.act)]
        if a.target is not None:
            words.append(str(a.target))
        elif a.kind is not None:
            words += [a.kind, *([a.op, f"{a.value:g}"] if a.op and a.value is not None else [])]
        found.add(("-" if (a.polarity or 0) < 0 else "") + " ".join(words))
    return found


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("哪种都行啊 别问了", LIST, {"dont_care"}),
        ("哪个都可以呀", LIST, {"dont_care"}),
        ("年份不限了，再来２部", LIST, {"drop_condition year", "another_n"}),
        ("what would you show without the runtime filter?", LIST, {"counterfactual minutes"}),
        ("那泰坦尼克号我看得下去吗", LIST, {"ask_why item:film:titanic-1997"}),
        ("那 Titanic 我 ok 吗", LIST, {"ask_why item:film:titanic-1997"}),
        ("is Inception worth my time", LIST, {"ask_why item:film:inception-2010"}),
        ("这次可以多讲两句", LIST, {"set_style long"}),
        ("you can go into more detail now", LIST, {"set_style long"}),
        ("make that 200", GOODS, {"must price <= 200"}),
        ("改成两百吧", GOODS, {"must price <= 200"}),
        ("make it 90", LIST, {"must minutes <= 90"}),
        ("ok keep the filter, two more", LIST, {"another_n"}),
        ("scratch that", ONE, {"undo"}),
        ("scratch that last one", LIST, {"undo"}),
        ("forget i said that", ONE, {"undo"}),
        ("当我没说", ONE, {"undo"}),
        ("The Matrix 是我心中 No.1", BARE, {"love item:film:the-matrix-1999"}),
        ("romance 我真的 get 不到", ONE, {"-reveal_dislike genre:romance"}),
        ("第二个 mark 一下 later 看", LIST, {"ordinal item:film:inception-2010", "save item:film:inception-2010"}),
        ("行就它，周末看", ONE, {"accept item:film:the-matrix-1999"}),
        ("码了，有空再看", ONE, {"save item:film:the-matrix-1999", "not_now item:film:the-matrix-1999"}),
        ("我 save 过的 list", LIST, {"list_saved"}),
        ("我 save 了啥", LIST, {"list_saved"}),
        ("save both", LIST, {"save item:film:the-matrix-1999", "save item:film:inception-2010"}),
        ("买第一个", GOODS, {"ordinal item:product:umbrella", "accept item:product:umbrella"}),
        ("which is rated best", LIST, {"ask_info item:film:inception-2010"}),
        ("哪个评分高", LIST, {"ask_info item:film:inception-2010"}),
        ("something less nerdy", LIST, {"-critique_less"}),
        ("she already owns one", GOODS, {"seen_neutral"}),
        ("more by the same author?", Context(shown=("book:to-live-1992",), focus="book:to-live-1992", domain="book",
                                             now=NOON), {"ask_recommend person:yu hua"}),
        ("seen it. she loved it, me not so much", ONE, {"-seen_disliked item:film:the-matrix-1999"}),
        ("my wife adored it, i fell asleep", ONE, {"-seen_disliked item:film:the-matrix-1999"}),
        ("lkjsdf oiwue", BARE, {"not_understood"}),
        ("哦还有，帮我记着我不爱看太长的", ONE, {"-critique_less minutes"}),
        ("算了不买了", GOODS, {"no"}),
        ("嗯就这张吧", ONE, {"accept item:film:the-matrix-1999"}),
        ("哪个短一点", LIST, {"ask_info item:film:the-matrix-1999"}),
        ("which is cheaper", GOODS, {"ask_info item:product:umbrella"}),
        ("nah go back to the first list", LIST, {"back"}),
        ("undo 上一个", ONE, {"undo"}),
        ("第二个是干嘛用的", LIST, {"ordinal item:film:inception-2010", "ask_info item:film:inception-2010"}),
        ("第三部是不是很吓人", LIST, {"ordinal item:film:titanic-1997", "ask_info item:film:titanic-1997"}),
        ("is it scary", ONE, {"ask_info item:film:the-matrix-1999"}),
        ("收藏", ONE, {"save item:film:the-matrix-1999"}),
        ("seen both", LIST, {"seen_neutral item:film:the-matrix-1999", "seen_neutral item:film:inception-2010"}),
        ("says who", ONE, {"ask_why item:film:the-matrix-1999"}),
        ("不想说话", BARE, {"chit_chat"}),
        ("怎么 join", BARE, {"help"}),
        ("ok 那 movie 呢 要 feel good 的", ONE, {"ask_recommend domain:film", "ask_recommend mood:warm"}),
    ],
)  # fmt: skip
def test_it_says_this_and_nothing_else(
    understander: Understander, text: str, context: Context, wanted: set[str]
) -> None:
    assert said(understander, text, context) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("whats good to watch", {"ask_recommend domain:film"}),
        ("a film instead, under two hours", {"replace_condition domain:film", "must minutes < 120"}),
        ("a poetry book instead", {"replace_condition genre:poetry", "replace_condition domain:book"}),
        ("what about series again", {"ask_recommend keyword:series"}),
        ("不想动脑子", {"ask_recommend mood:light"}),
        ("给我来首能睡着的歌", {"ask_recommend mood:calm", "ask_recommend domain:music"}),
        ("推荐个剧 no gore", {"ask_recommend keyword:series"}),
        ("来点老港片", {"must year <= 1990", "ask_recommend country:hk"}),
        ("play some oldies", {"must year <= 1990"}),
        ("别给我老片", {"-must_not year <= 1990"}),
        ("non-fiction about the wall", {"-must_not genre:literary"}),
        ("非虚构的书", {"-must_not genre:literary", "ask_recommend domain:book"}),
        ("my boyfriend falls asleep in slow movies", {"-must_not mood:slow"}),
        ("2 小时 within 的 thriller", {"must minutes <= 120", "ask_recommend genre:thriller"}),
        ("music to work to", {"ask_recommend keyword:study", "ask_recommend domain:music"}),
        ("i just moved to berlin and know nobody", {"ask_recommend domain:topic"}),
        ("city walk 有没有一起的", {"ask_recommend domain:topic"}),
        ("you already showed me that", {"repair"}),
        ("我想买双鞋跑步", {"ask_recommend genre:shoes"}),
        ("hi 想找点 something to read on flight", {"ask_recommend domain:book", "context situation"}),
        ("今天分手了", {"context mood:warm"}),
        ("找个搭子", {"ask_recommend domain:topic"}),
        ("romcom but not cheesy", {"ask_recommend genre:comedy", "-must_not keyword:cheesy"}),
        ("need something to take my mind off it", {"ask_recommend mood:light"}),
    ],
)
def test_before_anything_is_shown_it_says(understander: Understander, text: str, wanted: set[str]) -> None:
    assert wanted <= said(understander, text, BARE)


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("我不喜欢老电影", Act.REVEAL_DISLIKE),  # films are liked well enough
        ("the one where nobody comes home", Act.ASK_RECOMMEND),
        ("keep it light", Act.SAVE),
        ("i just got dumped, need something to take my mind off it", Act.UNSAVE),
        ("顺便 give me 一部他会 like 的老电影", Act.REVEAL_LIKE),
        ("便宜一点的，图书馆能借到的那种", Act.ASK_RECOMMEND),
        ("我们五个同事想看个片", Act.ANOTHER_N),
    ],
)
def test_such_words_do_not(understander: Understander, text: str, act: Act) -> None:
    assert act not in {
        a.act for a in understander.understand(text, BARE).acts if a.target or act is not Act.ASK_RECOMMEND
    }


def test_an_unknown_title_in_capitals_that_was_seen_keeps_its_words(understander: Understander) -> None:
    (act,) = understander.understand("Dark 我已经追完了 超爱", LIST).acts
    assert (act.act, act.target, act.text) == (Act.SEEN_LIKED, None, "Dark")


def test_a_quoted_name_is_a_title_and_none_of_its_words_a_wish(understander: Understander) -> None:
    (act,) = understander.understand('is "The Marmalade Detectives of Ulm" any good?', BARE).acts
    assert (act.act, act.target, act.text) == (Act.ASK_INFO, None, "The Marmalade Detectives of Ulm")


def test_in_a_group_a_place_that_is_fine_is_a_vote(understander: Understander) -> None:
    group = Context(shown=FILMS, domain="film", now=NOON, group=True)
    assert said(understander, "2 is fine", group) == {"ordinal", "like item:film:inception-2010"}
    assert said(understander, "替我们选一个", group) == {"group_settle"}


def test_who_comes_is_not_what_is_sought(understander: Understander) -> None:
    assert understander.understand("周末朋友来家里玩，五个人，看点啥", BARE).wish is None


def test_the_one_by_somebody_is_on_the_screen(understander: Understander) -> None:
    shown = Context(shown=("film:inception-2010", "book:to-live-1992"), domain="book", now=NOON)
    assert said(understander, "余华那本我读过，挺好的", shown) >= {"seen_liked item:book:to-live-1992"}


@pytest.mark.parametrize("text", ["the 9th", "9th", "the 7th one please"])
def test_any_place_can_be_named(understander: Understander, text: str) -> None:
    understander.understand(text, LIST)


@pytest.mark.parametrize("text", ["ok 这部大家都 ok", "这部我们都同意", "everyone is happy with that one"])
def test_what_all_agree_on_is_taken_and_not_judged(understander: Understander, text: str) -> None:
    assert [a.act for a in understander.understand(text, ONE).acts] == [Act.ACCEPT]
