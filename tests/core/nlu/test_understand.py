"""What sentences mean, by the rules alone: acts, targets, conditions, places, spans and language."""

import itertools
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import Catalog, parse
from core.nlu.understand import Understander
from core.turns import Act, Context, Lang

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SHOWN = ("film:the-matrix-1999", "film:inception-2010", "film:titanic-1997")
BARE = Context(now=NOON)
LIST = Context(shown=SHOWN, domain="film", now=NOON)
ONE = Context(shown=SHOWN[:1], focus=SHOWN[0], domain="film", now=NOON)


def said(understander: Understander, text: str, context: Context = BARE) -> set[str]:
    """Acts as `act`, `act target`, `act kind op value` or `act kind`, each with a leading - where refused."""
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
    ("text", "wanted"),
    [
        ("给我来两部韩国悬疑片", {"ask_recommend country:kr", "ask_recommend genre:mystery"}),
        ("两本科幻小说", {"ask_recommend genre:sci-fi", "ask_recommend domain:book"}),
        ("我想看80年代的港片", {"must decade:1980", "ask_recommend country:hk"}),
        ("除了恐怖片都行 来几部电影", {"-must_not genre:horror", "ask_recommend domain:film"}),
        ("片长一个半小时左右的喜剧", {"must minutes >= 75", "must minutes <= 105", "ask_recommend genre:comedy"}),
        ("评分8分以上的纪录片", {"must rating >= 8", "ask_recommend genre:documentary"}),
        ("想读点东野圭吾", {"ask_recommend person:keigo higashino", "ask_recommend domain:book"}),
        ("1990到2000年之间的电影", {"must year >= 1990", "must year <= 2000"}),
        ("推荐点近五年的科幻", {"must year >= 2021", "ask_recommend genre:sci-fi"}),
        ("前年上映的科幻片有吗", {"must year = 2024", "ask_recommend genre:sci-fi"}),
        ("不想看国产的", {"-must_not country:cn"}),
        ("我讨厌恐怖片", {"-reveal_dislike genre:horror"}),
        ("我还挺喜欢王家卫的", {"reveal_like person:wong kar-wai"}),
        ("其实我不讨厌恐怖片", {"correct_profile genre:horror"}),
        ("刚才说的王家卫那条删了", {"undo person:wong kar-wai"}),
        ("把恐怖片那个限制去掉", {"drop_condition genre:horror"}),
        ("别管年份了", {"drop_condition year"}),
        ("推荐点美剧", {"ask_recommend country:us", "ask_recommend domain:film", "ask_recommend keyword:series"}),
        ("有没有降噪耳机 一千以内", {"ask_recommend keyword:headphones", "must price <= 1000"}),
        ("预算1,500以内的耳机", {"must price <= 1500"}),
        ("１５００块封顶的耳机", {"must price <= 1500"}),
        ("有没有适合跑步听的歌", {"context keyword:running", "ask_recommend domain:music"}),
        ("来点安静的纯音乐", {"ask_recommend mood:calm", "ask_recommend keyword:instrumental"}),
        ("平时我爱看科幻 今晚就想看点轻松的", {"reveal_like genre:sci-fi", "ask_recommend mood:light"}),
        ("有没有类似活着的书", {"similar_to item:book:to-live-1992"}),
        ("为什么没有推荐肖申克", {"ask_why_not item:film:the-shawshank-redemption-1994"}),
        ("Interstellar 我刷了五遍", {"love item:film:interstellar-2014"}),
        ("推薦幾部輕鬆的喜劇", {"ask_recommend mood:light", "ask_recommend genre:comedy"}),
        ("any good korean thrillers", {"ask_recommend country:kr", "ask_recommend genre:thriller"}),
        ("nothing scary please", {"-must_not mood:scary"}),
        ("anything but horror", {"-must_not genre:horror"}),
        ("i'm not in the mood for anything heavy", {"-must_not mood:dark"}),
        ("a film with tom hanks", {"ask_recommend person:tom hanks", "ask_recommend domain:film"}),
        ("between 1990 and 2000", {"must year >= 1990", "must year <= 2000"}),
        ("drop the horror filter", {"drop_condition genre:horror"}),
        ("never mind the year", {"drop_condition year"}),
        ("forget what i said about wes anderson", {"undo person:wes anderson"}),
        ("gift for a coworker under $30", {"ask_recommend domain:product", "must price < 30"}),
        ("like amelie but in english", {"similar_to item:film:amelie-2001", "must language:en"}),
        ("i need tamil movies", {"must language:ta", "ask_recommend domain:film"}),
        ("anything good to watch tonight", {"ask_recommend domain:film"}),
        ("90 min 以内的 comedy", {"must minutes <= 90", "ask_recommend genre:comedy"}),
        ("qian yu qian xun 讲的什么 story", {"ask_info item:film:spirited-away-2001"}),
        ("recomend sth like intersteller plz", {"similar_to item:film:interstellar-2014"}),
    ],
)
def test_a_message_says(understander: Understander, text: str, wanted: set[str]) -> None:
    assert wanted <= said(understander, text)


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("第三部不错", LIST, {"like item:film:titanic-1997"}),
        ("最后那个存起来", LIST, {"save item:film:titanic-1997"}),
        ("第二部什么时候上映的", LIST, {"ask_info item:film:inception-2010"}),
        ("前两个哪个好", LIST, {"compare item:film:the-matrix-1999", "compare item:film:inception-2010"}),
        ("按年份从新到旧排一下", LIST, {"repeat year"}),
        ("we've seen the first one, they loved it", LIST, {"seen_liked item:film:the-matrix-1999"}),
        ("nah scrap comedy, go mystery", LIST, {"-replace_condition genre:comedy", "replace_condition genre:mystery"}),
        ("没意思", ONE, {"-dislike item:film:the-matrix-1999"}),
        ("我会喜欢它吗", ONE, {"ask_why item:film:the-matrix-1999"}),
        ("今晚先不看这个 改天", ONE, {"not_now item:film:the-matrix-1999"}),
        ("导演是谁啊", ONE, {"ask_info item:film:the-matrix-1999"}),
        ("太长了吧", ONE, {"-critique_less minutes"}),
        ("that's the one", ONE, {"accept item:film:the-matrix-1999"}),
        ("read it, couldn't finish", ONE, {"-seen_disliked item:film:the-matrix-1999"}),
        ("👍", ONE, {"like item:film:the-matrix-1999"}),
    ],
)
def test_on_the_screen_it_says(understander: Understander, text: str, context: Context, wanted: set[str]) -> None:
    assert wanted <= said(understander, text, context)


@pytest.mark.parametrize(
    "text",
    [
        "i let her pick last time and it was awful so find me something good",
        "yes please, more of those",
        "her sister said it is up to us",
        "我在 upstairs 看 thriller，ran out of ideas",
        "有点不想活了",
        "are you a robot",
        "你是机器人吗",
    ],
)
def test_ordinary_words_name_no_title(understander: Understander, text: str) -> None:
    assert not any(a.target and a.target.kind == "item" for a in understander.understand(text, BARE).acts)


@pytest.mark.parametrize(
    "text", ["我也不是不喜欢喜剧片啦 你推几部试试", "its not that i dislike comedies, show me a few"]
)
def test_two_negations_are_none(understander: Understander, text: str) -> None:
    found = said(understander, text)
    assert "reveal_like genre:comedy" in found
    assert not any(act.startswith("-") for act in found)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("。。。", "noise"),
        ("asdkjhqwe", "noise"),
        ("привет, посоветуй фильм", "language"),
        ("好" * 9000, "long"),
    ],
)
def test_what_is_no_message_says_why(understander: Understander, text: str, reason: str) -> None:
    found = understander.understand(text, BARE)
    assert [a.act for a in found.acts] == [Act.NOT_UNDERSTOOD]
    assert found.invalid == reason


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("来部电影", Lang.ZH),
        ("a film please", Lang.EN),
        ("来部 movie 看看", Lang.MIXED),
        ("《Inception》讲什么的", Lang.ZH),
    ],
)
def test_the_language_is_that_of_the_words_around_titles(understander: Understander, text: str, lang: Lang) -> None:
    assert understander.understand(text, BARE).lang is lang


@pytest.mark.parametrize("dot", ["·", "•", "・", "‧", ".", " ", ""])
def test_a_name_has_any_dot(understander: Understander, dot: str) -> None:
    assert "ask_recommend person:ridley scott" in said(understander, f"推荐雷德利{dot}斯科特的片子")


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("有沒有講乾隆的片子", "有没有讲乾隆的片子"), ("推薦一部關於太空的電影", "推荐一部关于太空的电影")],
)
def test_both_scripts_say_the_same(understander: Understander, traditional: str, simplified: str) -> None:
    one, other = understander.understand(traditional, BARE), understander.understand(simplified, BARE)
    assert [(a.act, a.target, a.start, a.end) for a in one.acts] == [
        (a.act, a.target, a.start, a.end) for a in other.acts
    ]
    assert one.traditional
    assert not other.traditional


def test_the_year_of_the_speaker_counts(understander: Understander) -> None:
    new_year_in_beijing = Context(now=datetime(2026, 12, 31, 20, 30, tzinfo=UTC))
    assert "must year = 2026" in said(understander, "去年的新片有啥", new_year_in_beijing)
    assert "must year = 2024" in said(understander, "a film from the year before last", BARE)


@given(st.text(max_size=200))
def test_any_text_is_read_and_spans_stay_inside(understander: Understander, text: str) -> None:
    for act in understander.understand(text, LIST).acts:
        if act.start is not None and act.end is not None:
            assert 0 <= act.start < act.end <= len(text)


def test_spans_point_into_the_raw_text(understander: Understander) -> None:
    text = "我喜歡ｓｃｉ－ｆｉ，不要恐怖片"
    spans = {str(a.target): text[a.start : a.end] for a in understander.understand(text, BARE).acts if a.target}
    assert spans["genre:horror"] == "恐怖片"


def test_threads_read_as_one_does(understander: Understander) -> None:
    texts = ["推荐点美剧", "nothing scary please", "霸王别姬看过，很喜欢", "any good korean thrillers"] * 5
    alone = [said(understander, text) for text in texts]
    found: dict[int, set[str]] = {}
    threads = [
        threading.Thread(target=lambda n=n: found.update({n: said(understander, texts[n])})) for n in range(len(texts))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[n] for n in range(len(texts))] == alone


@pytest.mark.parametrize(
    ("text", "context", "wanted", "unwanted"),
    [
        # a negation of one word, and one that only looks like two
        ("来本书 不烧脑那种", BARE, {"-must_not mood:thoughtful"}, {"ask_recommend mood:thoughtful"}),
        ("有没有不那么吓人的", LIST, {"-critique_less mood:scary"}, {"reveal_like mood:scary"}),
        ("王家卫不太喜欢 太慢", LIST, {"-reveal_dislike person:wong kar-wai"}, {"reveal_like person:wong kar-wai"}),
        ("英文的看不懂", BARE, {"-must_not language:en"}, {"must language:en"}),
        ("没有 netflix 的话在哪看", ONE, {"ask_info item:film:the-matrix-1999"}, {"-must_not keyword:netflix"}),
        ("no lyrics", BARE, {"ask_recommend keyword:instrumental"}, {"-must_not keyword:instrumental"}),
        # why a thing is refused is no wish for it
        ("不要杯子 家里一堆杯子", BARE, {"-must_not keyword:cup"}, {"ask_recommend keyword:cup"}),
        ("no dogs dying pls, my kid cries", BARE, {"-must_not keyword:death"}, {"-must_not keyword:dog"}),
        # all of somebody's works are known: what is wanted is by others
        ("王家卫的都刷完了 接下来看啥", BARE, {"-must_not person:wong kar-wai"}, {"ask_recommend person:wong kar-wai"}),
        ("王家卫的都看过", BARE, {"reveal_like person:wong kar-wai"}, {"seen_neutral"}),
        # what is welcome is no condition
        ("韩国的也行", LIST, {"reveal_like country:kr"}, {"must country:kr", "ask_recommend country:kr"}),
        ("sad is ok", LIST, {"reveal_like mood:sad"}, {"-critique_less mood:sad"}),
        # of works, not of our answers
        ("不要中文的", LIST, {"-must_not language:zh"}, {"set_language"}),
        ("my gf wants a romcom i want action help", BARE, {"ask_recommend genre:action"}, {"help"}),
        # numbers that are no bounds
        ("need a book for a 12 hr flight", BARE, {"ask_recommend domain:book"}, {"must minutes <= 720"}),
        ("over 100 is too much, earbuds pls", BARE, {"must price <= 100"}, {"must price > 100"}),
        ("my daughter is 4, a film for her", BARE, {"must audience:child"}, set()),
        ("200页左右的书", BARE, {"must pages >= 160", "must pages <= 240"}, {"must pages = 200"}),
        ("给点近几年的", ONE, set(), {"ask_info year"}),
        # whose taste it is
        ("looking for ppl who like board games", BARE, {"ask_recommend genre:games"}, {"reveal_like genre:games"}),
        ("they r 70, conservative, polish", BARE, set(), {"must language:pl"}),
        # what one says beside a name
        ("Titanic 1 is my fav ever. Hated the new one.", BARE, {"love item:film:titanic-1997"}, set()),
        ("ok 第一个 还有备选吗", LIST, {"more"}, {"seen_neutral item:film:the-matrix-1999"}),
        ("第二个 nice 还有吗", LIST, {"like item:film:inception-2010", "more"}, set()),
        ("第二个不错 再来个类似的", LIST, {"similar_to item:film:inception-2010"}, set()),
        ("is inception good", BARE, {"ask_info item:film:inception-2010"}, {"like item:film:inception-2010"}),
        ("both of my kids watched it", LIST, set(), {"seen_neutral item:film:titanic-1997"}),
        # moods behind the words
        ("想看鬼片但是胆子小", BARE, {"ask_recommend genre:horror", "-must_not mood:scary"}, set()),
        ("太吵了这个", LIST, {"critique_more mood:calm"}, set()),
        ("给个能哭出来的电影", BARE, {"ask_recommend mood:sad"}, set()),
        ("有没有学做饭的书", BARE, {"ask_recommend keyword:cooking", "ask_recommend domain:book"}, set()),
        (
            "something to read w coffee, 10 min",
            BARE,
            {"ask_recommend domain:article"},
            {"ask_recommend genre:tea-coffee"},
        ),
        # measure words, and books that are named by what they are for
        ("求一部让人后背发凉的", BARE, {"ask_recommend domain:film", "ask_recommend mood:scary"}, set()),
        (
            "孩子初中了 推荐点课外书",
            BARE,
            {"must audience:teen", "ask_recommend domain:book"},
            {"context audience:child"},
        ),
        ("想学画画 有书没", BARE, {"ask_recommend domain:book", "ask_recommend keyword:painting"}, set()),
        ("最近迷上侦探小说", BARE, {"reveal_like genre:mystery", "ask_recommend domain:book"}, set()),
        ("emo了 来点歌", BARE, {"ask_recommend domain:music"}, set()),
        ("我爸退休了 送他点啥", BARE, {"ask_recommend domain:product"}, set()),
        ("what should i get my sister for xmas", BARE, {"ask_recommend domain:product"}, set()),
        ("想认识点爬山的朋友", BARE, {"ask_recommend domain:topic", "ask_recommend genre:outdoor"}, set()),
        ("一百多块的礼物", BARE, {"must price <= 200"}, set()),
        ("算了 推首老歌吧", LIST, {"ask_recommend domain:music"}, set()),
        # many countries in one word
        ("推荐点欧洲的爱情片", BARE, {"ask_recommend country:fr", "ask_recommend country:it"}, set()),
        ("not asian pls", LIST, {"-must_not country:jp", "-must_not country:kr"}, set()),
        ("推荐点日漫", BARE, {"ask_recommend genre:animation", "ask_recommend country:jp"}, set()),
        # who is meant, and who is not
        ("不是给小孩看的那种", LIST, {"-must_not audience:child"}, {"must audience:child"}),
        ("kids asleep, we got 90 mins", BARE, {"must minutes <= 90"}, {"context audience:child"}),
        ("键盘他有了", BARE, {"-must_not genre:computer"}, {"ask_recommend genre:computer"}),
        ("jazz but not elevator jazz", BARE, {"ask_recommend genre:jazz"}, {"-must_not genre:jazz"}),
        ("爱情片 但不要狗血", BARE, {"ask_recommend genre:romance"}, {"-must_not keyword:dog"}),
        # of what is shown
        ("哪部最短", LIST, {"ask_info item:film:the-matrix-1999"}, {"compare item:film:titanic-1997"}),
        ("which one is the oldest", LIST, {"ask_info item:film:titanic-1997"}, set()),
        ("第三个收藏", LIST, {"save item:film:titanic-1997"}, set()),
        ("昨晚看了盗梦空间 没看懂", BARE, {"seen_neutral item:film:inception-2010"}, set()),
        ("肖申克的救赎不算", LIST, {"seen_neutral item:film:the-shawshank-redemption-1994"}, set()),
        ("my mum loved interstellar, whats similar", BARE, {"similar_to item:film:interstellar-2014"}, set()),
        ("sth to watch after interstellar", BARE, {"similar_to item:film:interstellar-2014"}, set()),
        ("活着看过了，很喜欢", BARE, {"seen_liked item:film:to-live-1994"}, set()),
        ("no more westerns", LIST, {"-must_not genre:western"}, {"critique_more genre:western"}),
        ("not that old", LIST, {"critique_more year"}, {"-critique_less keyword:old"}),
        ("推荐部电影，不要太老", BARE, {"critique_more year"}, set()),
        ("ok the second then", LIST, {"accept item:film:inception-2010"}, {"ask_info item:film:inception-2010"}),
        ("看完了，太好哭了", ONE, {"seen_liked item:film:the-matrix-1999"}, {"-critique_less mood:sad"}),
        (
            "i'll watch it tonight",
            ONE,
            {"accept item:film:the-matrix-1999"},
            {"seen_neutral item:film:the-matrix-1999"},
        ),
        ("太冷门了", LIST, {"ask_recommend"}, {"explore"}),
        ("wanna read something", BARE, {"ask_recommend domain:book"}, set()),
        ("a novel by a woman", BARE, {"ask_recommend keyword:by-a-woman"}, set()),
        ("a film by a female director", BARE, {"ask_recommend keyword:by-a-woman"}, set()),
        ("i'm so bored, entertain me", BARE, {"ask_recommend"}, {"chit_chat"}),
        ("ok saved", ONE, {"save item:film:the-matrix-1999"}, set()),
        # whose taste it is, and whom a present is for
        ("my dad really likes westerns", BARE, {"ask_recommend genre:western"}, {"reveal_like genre:western"}),
        ("她最爱看科幻片", BARE, {"ask_recommend genre:sci-fi"}, {"reveal_like genre:sci-fi"}),
        ("I really like westerns", BARE, {"reveal_like genre:western"}, {"ask_recommend genre:western"}),
        ("a present for my nephew", BARE, {"context keyword:gift-for-child"}, {"context mood:warm"}),
        ("给外婆挑个礼物", BARE, {"context keyword:gift-for-mum"}, {"context mood:warm"}),
        ("武侠小说", BARE, {"ask_recommend genre:wuxia", "ask_recommend domain:book"}, set()),
        ("失忆的电影", BARE, {"ask_recommend keyword:amnesia"}, {"ask_recommend keyword:memory"}),
        # what is denied twice, or only up to its 以外
        ("it isn't that I dislike westerns", BARE, {"reveal_like genre:western"}, {"-reveal_dislike genre:western"}),
        ("我又不是不爱看西部片", BARE, {"reveal_like genre:western"}, {"-reveal_dislike genre:western"}),
        ("我可没说过我爱看西部片", BARE, {"-correct_profile genre:western"}, {"correct_profile genre:western"}),
        ("除了推理以外的日本小说", BARE, {"-must_not genre:mystery"}, {"-must_not country:jp"}),
        ("anything bar westerns", BARE, {"-must_not genre:western"}, {"ask_recommend genre:western"}),
        ("Tom Hanks never lets me down", BARE, {"reveal_like person:tom hanks"}, set()),
        ("不够吓人", LIST, {"critique_more mood:scary"}, {"-critique_less mood:scary"}),
        ("not scary enough", LIST, {"critique_more mood:scary"}, {"-critique_less mood:scary"}),
        (
            "not a fan of westerns, but i do enjoy comedies",
            BARE,
            {"-reveal_dislike genre:western", "reveal_like genre:comedy"},
            {"correct_profile genre:comedy"},
        ),
        ("under two hours and it must be in english", BARE, {"must language:en"}, {"set_language"}),
        ("reply in english from now on", BARE, {"set_language"}, {"must language:en"}),
        (
            "有没有让子弹飞那种黑色幽默",
            BARE,
            {"similar_to item:film:let-the-bullets-fly-2010"},
            {"-must_not keyword:satire"},
        ),
        ("什么都行，就是别太闷", BARE, {"-must_not mood:slow", "dont_care"}, set()),
        (
            "i loved titanic and hated avatar",
            BARE,
            {"love item:film:titanic-1997"},
            {"-dislike item:film:titanic-1997"},
        ),
        (
            "一看过，二不错，三不要",
            LIST,
            {
                "seen_neutral item:film:the-matrix-1999",
                "like item:film:inception-2010",
                "-dislike item:film:titanic-1997",
            },
            set(),
        ),
        ("两个都不要", LIST, {"-dislike item:film:the-matrix-1999"}, {"another_n"}),
        ("not tonight, maybe on sunday", ONE, {"not_now item:film:the-matrix-1999"}, {"ask_recommend keyword:sunday"}),
        ("西部片我读不下去", BARE, {"-reveal_dislike genre:western"}, set()),
        ("反转多的悬疑片", BARE, {"ask_recommend genre:mystery"}, {"replace_condition genre:mystery"}),
    ],
)
def test_strangers_are_read(
    understander: Understander, text: str, context: Context, wanted: set[str], unwanted: set[str]
) -> None:
    found = said(understander, text, context)
    assert wanted <= found
    assert not unwanted & found


@pytest.mark.parametrize("text", ["wo xiang kan kehuan pian", "youmeiyou haokan de dianying"])
def test_chinese_in_latin_letters_is_chinese(understander: Understander, text: str) -> None:
    assert understander.understand(text, BARE).lang is Lang.ZH


@pytest.mark.parametrize(
    ("text", "expecting", "wanted"),
    [
        ("不要太沉重", "mood", {"-answer mood:dark"}),
        ("the latter", "like", {"ordinal item:film:inception-2010", "like item:film:inception-2010"}),
        ("sure, why not", "yesno", {"yes"}),
        ("not fussed", "genre", {"dont_care"}),
        ("没什么讲究", "genre", {"dont_care"}),
    ],
)
def test_an_open_question_says_what_a_short_message_means(
    understander: Understander, text: str, expecting: str, wanted: set[str]
) -> None:
    context = Context(expecting=expecting, shown=SHOWN, domain="film", now=NOON)
    assert said(understander, text, context) == wanted


def test_a_bound_on_the_price_carries_its_currency(understander: Understander) -> None:
    acts = understander.understand("a gift under 20 pounds", BARE).acts
    assert [(a.op, a.value, a.currency) for a in acts if a.kind == "price"] == [("<", 20.0, "GBP")]


def test_two_catalogues_share_no_words() -> None:
    lines = itertools.repeat(
        '{"id": "film:%s-2020", "domain": "film", "title": {"zh": "%s", "en": "%s"}, "year": 2020, "genres": ["drama"]}'
    )
    names = (("zorblax", "左尔布拉克斯", "Zorblax"), ("quuxian", "夸克西安传", "Quuxian"))
    first, second = (
        Understander(Catalog((parse(line % name, strict=False),))) for line, name in zip(lines, names, strict=False)
    )
    assert "ask_info item:film:zorblax-2020" in said(first, "《左尔布拉克斯》讲什么的")
    assert not any("item" in act for act in said(second, "《左尔布拉克斯》讲什么的"))
