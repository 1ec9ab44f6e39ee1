"""What words name: titles and people, and what is no name at all."""

import pytest

from core.catalog import Catalog, Item, Name, Person
from core.nlu.link import Link, Linker
from core.nlu.normalise import normalise
from core.nlu.phrases import units
from core.nlu.segment import Segmenter
from core.nlu.understand import Understander
from core.turns import Context

NOLAN = Person(Name("克里斯托弗·诺兰", "Christopher Nolan"), "director")
SCOTT = Person(Name("雷德利·斯科特", "Ridley Scott"), "director")
TONY = Person(Name("托尼·斯科特", "Tony Scott"), "director")
ABOUT = Name("说的是一件事。", "It is about something.")


def work(
    item_id: str, zh: str, en: str, year: int, *people: Person, aliases: tuple[str, ...] = (), about: Name = ABOUT
) -> Item:
    return Item(item_id, item_id.partition(":")[0], Name(zh, en), year, aliases, people, ("drama",), about=about)


ITEMS = (
    work("film:interstellar-2014", "星际穿越", "Interstellar", 2014, NOLAN),
    work("film:the-martian-2015", "火星救援", "The Martian", 2015, SCOTT),
    work("film:top-gun-1986", "壮志凌云", "Top Gun", 1986, TONY),
    work("film:spirited-away-2001", "千与千寻", "Spirited Away", 2001),
    work("film:the-shawshank-redemption-1994", "肖申克的救赎", "The Shawshank Redemption", 1994),
    work("film:to-live-1994", "活着", "To Live", 1994),
    work("book:to-live-1993", "活着", "To Live", 1993),
    work("film:up-2009", "飞屋环游记", "Up", 2009),
    work("film:her-2013", "她", "Her", 2013),
    work("film:it-2017", "小丑回魂", "It", 2017),
    work("film:yes-2004", "是的", "Yes", 2004),
    work("film:your-name-2016", "你的名字", "Your Name", 2016),
    work("film:call-me-by-your-name-2017", "请以你的名字呼唤我", "Call Me by Your Name", 2017),
    work("film:m-1931", "M就是凶手", "M", 1931),
    work("film:rec-2007", "死亡录像", "[REC]", 2007),
    work("film:eight-and-a-half-1963", "八部半", "8½", 1963),
    work("film:amelie-2001", "天使爱美丽", "Amélie", 2001),
    work("book:nineteen-eighty-four-1949", "1984", "Nineteen Eighty-Four", 1949, aliases=("1984",)),
    work("film:potter-stone-2001", "哈利·波特与魔法石", "Harry Potter and the Philosopher's Stone", 2001),
    work(
        "music:songs-in-the-key-of-life-1976",
        "生命之调",
        "Songs in the Key of Life",
        1976,
        aliases=("Isn't She Lovely",),
    ),
    work("film:the-reader-2008", "朗读者", "The Reader", 2008),
    work("film:friday-1995", "黑色星期五", "Friday", 1995),
    work("film:the-lookout-2007", "守望", "The Lookout", 2007),
    work("film:battle-cry-1955", "战地怒火", "Battle Cry", 1955),
    work("film:farewell-1993", "霸王别姬", "Farewell My Concubine", 1993),
    work("film:her-story-2024", "好东西", "Her Story", 2024),
    work("film:mr-fool-2008", "好好先生", "Yes Man", 2008),
    work("film:bossa-nova-2000", "波萨诺瓦", "Bossa Nova", 2000),
    work("film:ruck-1990", "某片", "Some Film", 1990, Person(Name("艾伦·拉克", "Alan Ruck"), "actor")),
    work("film:potter-goblet-2005", "哈利·波特与火焰杯", "Harry Potter and the Goblet of Fire", 2005),
)


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker(Catalog(ITEMS), Segmenter())


def links(linker: Linker, text: str, domain: str | None = None) -> list[Link]:
    message = normalise(text)
    return linker.find(message, units(message.folded), domain, whole=True)


def named(linker: Linker, text: str, domain: str | None = None) -> list[str | None]:
    return [link.target.value if link.target else None for link in links(linker, text, domain)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("有没有类似火星救援那种", "film:the-martian-2015"),
        ("tell me about interstellar", "film:interstellar-2014"),
        ("recomend sth like intersteller plz", "film:interstellar-2014"),
        ("星际传越讲什么的", "film:interstellar-2014"),
        ("肖生克的救赎怎么样", "film:the-shawshank-redemption-1994"),
        ("qian yu qian xun 讲的什么 story", "film:spirited-away-2001"),
        ("xingjichuanyue 好看吗", "film:interstellar-2014"),
        ("請以你的名字呼喚我我很喜歡", "film:call-me-by-your-name-2017"),
        ("《你的名字》好看吗", "film:your-name-2016"),
        ("推荐部like Up的动画", "film:up-2009"),
        ("i watched Her last night", "film:her-2013"),
        ("《M》这部老片讲什么", "film:m-1931"),
        ("I watched [REC] last night", "film:rec-2007"),
        ("how long is 8 1/2?", "film:eight-and-a-half-1963"),
        ("amelie", "film:amelie-2001"),
        ("just finished reading 1984, loved it", "book:nineteen-eighty-four-1949"),
        ("有没有像肖生克的救赎那样的励志电影", "film:the-shawshank-redemption-1994"),
        ("霸王别鸡谁演的", "film:farewell-1993"),
        ("我想看霸王别鸡", "film:farewell-1993"),
        ("Intersteller 多长 min", "film:interstellar-2014"),
        ("have you seen The Reader", "film:the-reader-2008"),
        ("看过《好东西》", "film:her-story-2024"),
        ("something like harry potter but for grown ups", "film:potter-stone-2001"),
        ("哈利波特", "film:potter-stone-2001"),
        ("诺兰的片子", "christopher nolan"),
        ("雷德利・斯科特的片子", "ridley scott"),
    ],
)
def test_a_name_is_found(linker: Linker, text: str, wanted: str) -> None:
    assert named(linker, text) == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "有点不想活了",
        "i let her pick last time and it was awful",
        "yes please, more of those",
        "her sister said it is up to us",
        "我在 upstairs 看",
        "films from 1984",
        "斯科特的片子",  # two bear the name
        "her",
        "seen it. she loved it, me not so much",
        "Seen it. He loved it",
        "i like the look of it",
        "what sort of reader am i",
        "see you Friday",
        "like battery or whatever",
        "一个 farewell gift",
        "它是好东西",
        "国家是伊朗不是伊拉克",
        "要做好好学生",
    ],
)
def test_ordinary_words_are_no_names(linker: Linker, text: str) -> None:
    assert named(linker, text) == []


def test_one_name_of_two_works_means_the_one_spoken_of(linker: Linker) -> None:
    assert named(linker, "读过《活着》") == ["book:to-live-1993"]
    assert named(linker, "看过《活着》这部电影") == ["film:to-live-1994"]
    assert named(linker, "《活着》", domain="book") == ["book:to-live-1993"]


def test_a_title_that_the_catalogue_lacks_is_kept_as_words(linker: Linker) -> None:
    (link,) = links(linker, "类似《不存在的书》的小说")
    assert link.target is None
    assert link.text == "不存在的书"


def test_a_longer_title_hides_the_shorter_in_it(linker: Linker) -> None:
    assert named(linker, "请以你的名字呼唤我和《你的名字》哪个好") == [
        "film:call-me-by-your-name-2017",
        "film:your-name-2016",
    ]


@pytest.mark.parametrize(
    "text", ["how does stalker compare with solaris for me?", "compare stalker to solaris", "stalker or solaris?"]
)
def test_an_everyday_word_held_against_a_title_is_one(understander: Understander, text: str) -> None:
    acts = understander.understand(text, Context()).acts
    assert "item:film:stalker-1979" in {str(a.target) for a in acts}


def test_company_is_not_held_against_what_is_watched(understander: Understander) -> None:
    acts = understander.understand("watch inception with friends", Context()).acts
    assert "item:film:friends-1994" not in {str(a.target) for a in acts}
