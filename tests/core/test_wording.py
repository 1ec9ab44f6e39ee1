"""The wording through its door: every key of the policy is there, both languages keep their share, nothing twice."""

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core
from core.catalog import DOMAINS, Item, Name, Person
from core.moves import Line, line
from core.state import Feedback, Kind
from core.turns import NUMBER_KINDS, OPERATORS, Act, Condition, Lang, Scope, Target
from core.wording import Wording
from core.wording.phrases import phrases, read

SOURCE = Path(core.__file__).parent
NOW = datetime(2024, 5, 1, tzinfo=UTC)
NAMES = {
    "genre:sci-fi": ("科幻", "sci-fi"), "genre:horror": ("恐怖", "horror"), "genre:comedy": ("喜剧", "comedy"),
    "genre:drama": ("剧情片", "drama"), "genre:documentary": ("纪录片", "documentary"),
    "genre:memoir": ("回忆录", "memoir"), "genre:jazz": ("爵士", "jazz"),
    "genre:family": ("家庭片", "family film"), "mood:light": ("轻松", "light"), "mood:dark": ("黑暗", "dark"),
    "mood:funny": ("搞笑", "funny"), "country:fr": ("法国", "france"), "language:fr": ("法语", "french"),
    "person:tom hanks": ("汤姆·汉克斯", "tom hanks"), "keyword:space": ("太空", "space"),
}  # fmt: skip


class FakeNames:
    def name(self, target: Target, lang: str) -> str:
        zh, en = NAMES.get(str(target), (target.value, target.value))
        return zh if lang == "zh" else en


INTERSTELLAR = Item(
    "film:interstellar-2014", "film", Name("星际穿越", "Interstellar"), 2014,
    people=(
        Person(Name("克里斯托弗·诺兰", "Christopher Nolan"), "director"),
        Person(Name("安妮·海瑟薇", "Anne Hathaway"), "actor"),
    ),
    about=Name("地球种不出粮食了，一个父亲去找下一个家。", "Crops fail, and a father flies off to find a home."),
)  # fmt: skip
CONCUBINE = Item("film:concubine-1993", "film", Name("霸王别姬", "Farewell My Concubine"), 1993)
ONLY_CHINESE = Item("film:nameless", "film", Name("无名之辈", None))
ITEMS = {found.id: found for found in (INTERSTELLAR, CONCUBINE, ONLY_CHINESE)}
SHORT = Condition(kind="minutes", op="<=", value=120)
RECENT = Condition(kind="year", op=">=", value=2010)
NO_HORROR = Condition(target=Target("genre", "horror"), must=False)
TASTES = (Target("genre", "sci-fi"), Target("mood", "light"))


def told(kind: Kind, target: str, value: float = 1.0, scope: Scope = Scope.ALWAYS, /, **detail: object) -> Feedback:
    return Feedback(1, 1, 1, 1, 1, NOW, kind, target, value, scope, detail)


LIKED = told(Kind.LIKE, "item:film:interstellar-2014")
SAMPLES: dict[str, object] = {
    "item": INTERSTELLAR, "other": CONCUBINE, "seed": CONCUBINE, "count": 3, "domain": Target("domain", "film"),
    "what": TASTES, "other_what": (Target("genre", "drama"),), "target": Target("mood", "dark"), "drop": (SHORT,),
    "number": 144.0, "other_number": 99.0, "people": INTERSTELLAR.people, "about": INTERSTELLAR.about,
    "field": "director", "percent": 81.3,
    "other_percent": 43.0, "prior": -0.4, "parts": ((LIKED, 0.31),), "rating": 8.6, "minutes": 169.0, "place": 12,
    "year": 2023, "title": "流浪地球 9", "items": (INTERSTELLAR, CONCUBINE), "feedback": (LIKED,), "id": "3fa2",
}  # fmt: skip
SPECIAL: dict[str, Mapping[str, object]] = {
    "why_not.condition": {"what": (RECENT,), "number": 2001.0},
    "why_not.unknown": {"what": (SHORT,), "number": None},
    "ack.musts": {"what": (SHORT, RECENT)},
    "ack.must_nots": {"what": (NO_HORROR,)},
    "ack.dropped": {"what": (NO_HORROR,)},
    "ack.undone": {"what": (LIKED,)},
    "ack.not_held": {"what": ("year",)},
    "ack.liked": {"what": (INTERSTELLAR,)},
    "picks.ignoring": {"what": (SHORT,)},
    "none.fits": {"what": (SHORT, NO_HORROR)},
    "none.exists": {"what": (SHORT, NO_HORROR)},
    "label.undo_part": {"what": "喜欢《星际穿越》"},
    "label.domain": {"target": Target("domain", "book")},
    "label.start": {"target": Target("domain", "music")},
}


def sample(key: str) -> Line:
    return Line(key, {**SAMPLES, **SPECIAL.get(key, {})})


@pytest.fixture(scope="module")
def wording() -> Wording:
    return Wording(FakeNames(), ITEMS.get)


def chinese_share(text: str) -> float | None:
    """Han letters / (Han letters + 2 * Latin words), titles and people left out; None without letters."""
    for name in (n for i in ITEMS.values() for n in (i.title, *(p.name for p in i.people))):
        text = text.replace(name.zh or "", " ").replace(name.en or " ", " ")
    text = re.sub(r"《[^》]*》", " ", text)
    han, latin = len(re.findall(r"[\u3400-\u9fff]", text)), len(re.findall(r"[A-Za-z]+(?:['’-][A-Za-z]+)*", text))
    return han / (han + 2 * latin) if han + latin else None


# ---- the policy's keys ----

BUILT = {  # keys that the policy builds, by what stands before the slot
    "ack.": [
        "liked", "loved", "disliked", "soso", "changed", "tastes", "distastes", "changed_taste", "musts", "must_nots",
        "dropped", "undone", "saved", "unsaved", "accepted", "not_now", "refused", "more_of", "less_of", "not_held",
        "seen", "unmarked", "unmeasured",
    ],
    "chat.": ["joke", "who", "low", "how", "fond", "cross", "laugh", "weather"],
    "ack.style_": ["short", "long", "auto"],
    "info.": [*NUMBER_KINDS, "cast", "director", "author", "artist", "country", "language", "genre", "mood"],
    "invalid.": ["empty", "noise", "language", "long"],
    "again.": ["back", "repeat"],
    "reading.": [str(act) for act in Act],
    "sample.": ["product", "topic"],
}  # fmt: skip
BY_NAME = {
    "help",
    "out_of_scope",
    "bye",
    "unsafe",
    "thanks",
    "chit_chat",
    "context",
    "nothing_shown",
    "no_such_place",
}  # fmt: skip; line(want.what)


def sources() -> Iterator[ast.AST]:
    for path in (*sorted((SOURCE / "policy").glob("*.py")), SOURCE / "engine.py"):
        yield ast.parse(path.read_text(encoding="utf-8"))


def calls(name: str) -> Iterator[ast.Call]:
    for tree in sources():
        for node in ast.walk(tree):
            called = getattr(node, "func", None)
            if isinstance(node, ast.Call) and getattr(called, "id", getattr(called, "attr", "")) == name and node.args:
                yield node


def keys_of(expression: ast.expr) -> Iterator[str]:
    """Every key that a call's first argument may stand for."""
    match expression:
        case ast.Constant(value=str() as key):
            yield key
        case ast.IfExp():
            yield from keys_of(expression.body)
            yield from keys_of(expression.orelse)
        case ast.JoinedStr(values=[ast.Constant(value=str() as start), *_]):
            assert start in BUILT, f"which keys start with {start}?"
            yield from (start + end for end in BUILT[start])


def policy_keys() -> set[str]:
    found = {key for name in ("line", "button") for call in calls(name) for key in keys_of(call.args[0])}
    named = {
        node.value
        for tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z_]+\.[a-z_]*[a-z]", node.value)
    }  # fmt: skip; keys that are chosen before they are used
    return found | BY_NAME | {key for key in named if key.split(".")[0] in {k.split(".")[0] for k in found}}


def test_every_key_that_the_policy_uses_is_in_the_book():
    assert policy_keys() - phrases().keys() == set()


def test_every_note_of_a_hearing_has_its_acknowledgement():
    noted = {
        inner.value for call in calls("note") for inner in ast.walk(call.args[0])
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    }  # fmt: skip
    assert {f"ack.{name}" for name in noted - {"requests"}} <= phrases().keys()


def test_a_phrase_uses_no_fact_that_its_call_does_not_give():
    for name in ("line", "button"):
        for call in calls(name):
            given = {word.arg for word in call.keywords}
            if None in given or not isinstance(call.args[0], ast.Constant | ast.IfExp):
                continue  # facts come as a mapping, or the key is built: other keys, other facts
            for key in keys_of(call.args[0]):
                added = {"what"} if key == "label.undo_part" else set()  # put in by the engine
                assert phrases()[key].facts <= given | added, key


def test_a_book_whose_languages_differ_is_refused():
    with pytest.raises(ValueError, match=r"a\.b: must be said"):
        read('[a]\nb = { zh = "好" }')
    with pytest.raises(ValueError, match="item"):
        read('[a]\nb = { zh = "{item}好", en = "fine" }')
    with pytest.raises(ValueError, match="unknown"):
        read('[a]\nb = { zh = "好", en = "fine", de = "gut" }')


# ---- sentences ----


@pytest.mark.parametrize("key", sorted(phrases()))
def test_every_way_to_say_it_is_in_its_language(wording: Wording, key: str):
    if key.startswith(("word.", "field.", "told.", "label.undo_part", "again_and_again")):
        return
    facts = dict(sample(key).facts)
    for lang in Lang:
        texts = {wording.one(Line(key, facts), lang, seed) for seed in range(40)}
        assert len(texts) == 1 or len(texts) >= len(phrases()[key].ways("en" if lang is Lang.EN else "zh"))
        for text in texts:
            share = chinese_share(text)
            assert text.strip() == text
            assert text
            assert not re.search(r"[{}\[\]]|\bNone\b(?! of)|  ", text)
            assert lang is Lang.MIXED or share is None or (share <= 0.4) == (lang is Lang.EN), text


@pytest.mark.parametrize("lang", [Lang.ZH, Lang.EN])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_feedback_has_a_label_in_its_language(wording: Wording, kind: Kind, lang: Lang):
    facet = kind in (Kind.TASTE, Kind.CRITIQUE, Kind.REQUEST, Kind.DROP)
    target = "genre:comedy" if facet else "minutes" if kind is Kind.CONDITION else "item:film:interstellar-2014"
    detail: dict[str, object] = (
        {"kind": "minutes", "op": "<=", "value": 120, "must": True} if kind is Kind.CONDITION else {}
    )
    for value in (-2.0, -1.0, 1.0, 2.0):
        text = wording.label(told(kind, target, value, **detail), lang, ITEMS.get)
        share = chinese_share(text)
        assert text
        assert share is None or (share <= 0.4) == (lang is Lang.EN)


def test_labels_are_what_the_person_would_call_them(wording: Wording):
    comedy = told(Kind.REQUEST, "genre:comedy", target="genre:comedy", must=True)
    assert wording.label(LIKED, Lang.ZH, ITEMS.get) == "喜欢《星际穿越》"
    assert wording.label(LIKED, Lang.EN, ITEMS.get) == "liked “Interstellar”"
    assert wording.label(LIKED, Lang.MIXED, ITEMS.get) == "喜欢《Interstellar》"
    assert wording.label(comedy, Lang.EN, ITEMS.get) == "asked for comedy"
    assert (
        wording.label(told(Kind.TASTE, "mood:dark", -2.0, Scope.TONIGHT), Lang.EN)
        == "can't stand dark things (tonight)"
    )
    assert wording.label(told(Kind.CRITIQUE, "mood:funny"), Lang.ZH) == "想要更搞笑"
    assert wording.label(told(Kind.SEEN, "item:book:x"), Lang.ZH, lambda _: None) == "读过那个"


def test_buttons_carry_their_picture_and_their_place(wording: Wording):
    assert wording.one(line("label.like", place=1), Lang.ZH, 0) == "1 👍"
    assert wording.one(line("label.like", place=None), Lang.EN, 0) == "👍"
    seen = line("label.seen", place=None, domain=Target("domain", "film"))
    assert wording.one(seen, Lang.ZH, 0) == "👀 看过"
    assert wording.one(line("label.start", target=Target("domain", "music")), Lang.ZH, 0) == "听张专辑"
    assert wording.one(line("label.drop", what=(NO_HORROR,)), Lang.ZH, 0) == "去掉「不要恐怖」"


def test_buttons_are_short(wording: Wording):
    long = Item(
        "film:long",
        "film",
        Name("奇爱博士：我如何学会停止恐惧并爱上炸弹", "Dr. Strangelove or: How I Learned to Stop Worrying"),
    )
    for key in phrases():
        if key.startswith(("label.", "reading.")):
            facts = {**sample(key).facts, "item": long, "what": "短" if key == "label.undo_part" else (long,)}
            for lang in Lang:
                text = wording.one(Line(key, facts), lang, 0)
                assert sum(2 if ord(letter) > 0x2E80 else 1 for letter in text) <= 48, text


# ---- whole replies ----

REPLY = (sample("ack.must_nots"), sample("picks.plain"), sample("ask.liked"))


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("lines", [REPLY, (line("thanks"),), (line("unsafe"),), (line("help"),), ()])
def test_no_two_replies_of_a_chat_are_equal(wording: Wording, lang: Lang, lines: tuple[Line, ...]):
    said: set[int] = set()
    for turn in range(300):
        text = wording.say(lines, lang, turn * 31, said)
        assert wording.hash(text) not in said
        assert text
        share = chinese_share(text)
        assert share is None or lang is Lang.MIXED or (share <= 0.4) == (lang is Lang.EN)
        said.add(wording.hash(text))


@given(seed=st.integers(0, 2**63 - 1), said=st.sets(st.integers(0, 2**63 - 1), max_size=5))
def test_the_same_seed_says_the_same(seed: int, said: set[int]):
    first, second = (Wording(FakeNames(), ITEMS.get).say(REPLY, Lang.ZH, seed, said) for _ in range(2))
    assert first == second
    assert 0 <= Wording.hash(first) < 2**63


def test_a_question_stands_on_a_line_of_its_own(wording: Wording):
    for seed in range(5):
        said, question = wording.say(REPLY, Lang.EN, seed, ()).split("\n")
        assert "horror" in said
        assert ". " in said or ": " in said
        assert "films" in question


def test_short_answers_leave_out_what_is_optional(wording: Wording):
    lines = (line("ack.accepted", what=(INTERSTELLAR,)), sample("accepted.enjoy"))
    assert wording.say(lines, Lang.EN, 1, (), "short") == wording.say(lines[:1], Lang.EN, 1, ())
    assert wording.say(lines[1:], Lang.EN, 1, (), "short") == wording.say(lines[1:], Lang.EN, 1, ())


def test_everything_told_is_listed_line_by_line(wording: Wording):
    feedback = (
        LIKED,
        told(Kind.TASTE, "genre:horror", -1.0),
        told(Kind.CONDITION, "minutes", kind="minutes", op="<=", value=90.0),
    )
    text = wording.say([line("privacy.told", feedback=feedback), line("privacy.how")], Lang.ZH, 0, ())
    assert "\n· 喜欢《星际穿越》\n· 不爱恐怖\n· 一个半小时以内\n" in text


def test_a_share_is_told_with_its_sign(wording: Wording):
    assert "喜欢《星际穿越》（+0.31）" in wording.one(sample("why.up"), Lang.ZH, 0)
    assert "liked “Interstellar” (+0.31)" in wording.one(sample("why.up"), Lang.EN, 0)


def test_an_item_that_is_gone_leaves_a_whole_sentence(wording: Wording):
    for seed in range(20):
        text = wording.one(line("ack.liked", what=(None,)), Lang.EN, seed)
        assert text in {"Noted.", "Got it.", "Good to know.", "I'll remember."}


# ---- facts ----


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        (SHORT, "两小时以内", "at most 2 hours"),
        (Condition(kind="minutes", op="<", value=90), "不到一个半小时", "under 90 minutes"),
        (Condition(kind="minutes", op=">=", value=144), "144分钟以上", "at least 2 h 24 min"),
        (Condition(kind="minutes", op="<", value=120, must=False), "两小时以上", "at least 2 hours"),
        (RECENT, "2010年以后", "from 2010 on"),
        (Condition(kind="year", op="<", value=2000), "2000年以前", "before 2000"),
        (Condition(kind="year", op="=", value=2023), "2023年", "from 2023"),
        (Condition(kind="price", op="<=", value=100), "100元以内", "at most ¥100"),
        (Condition(kind="pages", op="<", value=300), "不到300页", "under 300 pages"),
        (Condition(kind="rating", op=">=", value=8.5), "8.5分以上", "rated 8.5 or higher"),
        (NO_HORROR, "不要恐怖", "no horror"),
        (Condition(target=Target("genre", "comedy")), "喜剧", "comedy"),
        (Condition(target=Target("decade", "1990")), "90年代", "from the 1990s"),
        (Condition(target=Target("decade", "2010"), must=False), "不要2010年代", "not from the 2010s"),
        (Condition(target=Target("country", "fr")), "法国", "from France"),
        (Condition(target=Target("audience", "child")), "适合孩子", "for kids"),
        (Condition(target=Target("person", "tom hanks")), "汤姆·汉克斯", "Tom Hanks"),
    ],
)
def test_conditions_are_said_in_words(wording: Wording, condition: Condition, zh: str, en: str):
    assert wording.one(line("label.drop", what=(condition,)), Lang.ZH, 0) == f"去掉「{zh}」"
    assert wording.one(line("label.drop", what=(condition,)), Lang.EN, 0) == f"drop “{en}”"


@given(
    kind=st.sampled_from(NUMBER_KINDS), op=st.sampled_from(OPERATORS), must=st.booleans(),
    value=st.integers(0, 3000) | st.floats(0, 10),
)  # fmt: skip
def test_no_condition_is_beyond_words(kind: str, op: str, must: bool, value: float):
    text = Wording(FakeNames()).one(line("label.drop", what=(Condition(None, kind, op, value, must),)), Lang.EN, 0)
    assert re.search(r"\d", text)


@pytest.mark.parametrize(
    ("targets", "domain", "zh", "en"),
    [
        (TASTES, "film", "轻松的科幻片", "light sci-fi films"),
        ((Target("genre", "documentary"),), "film", "纪录片", "documentary films"),
        ((Target("genre", "family"),), "film", "家庭片", "family films"),
        ((Target("genre", "memoir"),), "book", "回忆录类的书", "memoir books"),
        ((Target("genre", "jazz"),), "music", "爵士音乐", "jazz music"),
        (
            (Target("decade", "1990"), Target("country", "fr")),
            "film",
            "90年代法国电影",
            "films from France from the 1990s",
        ),
        ((Target("keyword", "space"),), "book", "太空题材的书", "books about space"),
        ((Target("keyword", "series"),), "film", "电视剧", "series"),
        ((Target("keyword", "series"), Target("country", "fr")), "film", "法国电视剧", "series from France"),
        ((Target("keyword", "series"), Target("genre", "comedy")), "film", "喜剧", "comedy series"),
        ((Target("keyword", "series"), Target("genre", "family")), "film", "家庭剧", "family series"),
        ((Target("audience", "family"),), "film", "适合全家的电影", "films for the whole family"),
    ],
)
def test_what_was_asked_for_becomes_one_noun(
    wording: Wording, targets: tuple[Target, ...], domain: str, zh: str, en: str
):
    asked = line("picks.asked", item=INTERSTELLAR, count=3, what=targets, domain=Target("domain", domain))
    for seed in range(8):
        assert zh in wording.one(asked, Lang.ZH, seed)
        assert en in wording.one(asked, Lang.EN, seed).replace(en[0].upper() + en[1:], en)


def test_why_not_names_the_fact_beside_the_condition(wording: Wording):
    for lang in Lang:
        said = wording.one(sample("why_not.condition"), lang, 3)
        assert "2001" in said
        assert "2010" in said
    horror = line(
        "why_not.condition",
        item=INTERSTELLAR,
        what=(NO_HORROR,),
        number=(Target("genre", "horror"), Target("genre", "drama")),
    )
    assert "它属于恐怖" in wording.one(horror, Lang.ZH, 0)
    assert "it is horror" in wording.one(horror, Lang.EN, 0)


def test_numbers_carry_their_units(wording: Wording):
    film = line("info.minutes", item=INTERSTELLAR, number=144.0)
    assert "144 分钟" in wording.one(film, Lang.ZH, 0)
    assert "2 h 24 min" in wording.one(film, Lang.EN, 0)
    assert "39.5 元" in wording.one(line("info.price", item=INTERSTELLAR, number=39.5), Lang.ZH, 0)
    assert "八成把握（81%）" in wording.one(sample("why.score"), Lang.ZH, 0)
    assert "about 8 in 10 (81%)" in wording.one(sample("why.score"), Lang.EN, 0)
    assert "去年（2023年）" in wording.say([line("ack.year", year=2023)], Lang.ZH, 0, (), now=NOW)
    assert "last year (2023)" in wording.say([line("ack.year", year=2023)], Lang.EN, 0, (), now=NOW)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_every_domain_is_counted_with_its_own_word(wording: Wording, domain: str, count: int):
    facts = {"what": (SHORT,), "drop": (SHORT,), "count": count, "domain": Target("domain", domain)}
    assert wording.one(line("none.fits", **facts), Lang.ZH, 0)
    assert re.search(r"\b(one|two|three|12) [a-z]+", wording.one(line("none.fits", **facts), Lang.EN, 0))
    measure = {"film": "部", "book": "本", "music": "张", "article": "篇", "product": "件", "topic": "个"}[domain]
    number = {1: "一", 2: "两", 3: "三", 12: " 12 "}[count]
    assert f"{number}{measure}" in wording.one(line("none.fits", **facts), Lang.ZH, 0)


def test_titles_wear_the_marks_of_their_language(wording: Wording):
    def named(item: Item, lang: Lang) -> str:
        return wording.one(line("label.item", item=item), lang, 0)

    assert named(INTERSTELLAR, Lang.ZH) == "《星际穿越》"
    assert named(INTERSTELLAR, Lang.EN) == "“Interstellar”"
    assert named(CONCUBINE, Lang.EN) == "Farewell My Concubine"
    assert named(ONLY_CHINESE, Lang.EN) == "《无名之辈》"
    assert named(ONLY_CHINESE, Lang.MIXED) == "《无名之辈》"


def test_what_a_person_wrote_is_repeated_on_one_line(wording: Wording):
    said = wording.one(line("unknown.title", title="《流浪\n地球》" + "九" * 90), Lang.EN, 0)
    assert "《流浪 地球九" in said
    assert "\n" not in said
    assert len(said) < 200


def test_mixed_chinese_has_english_names_and_chinese_words(wording: Wording):
    said = wording.one(line("ack.tastes", what=(*TASTES, Target("person", "tom hanks"))), Lang.MIXED, 0)
    assert "Tom Hanks" in said
    assert "科幻" in said
    assert "sci-fi" not in said
    assert not re.search(r"[\u3400-\u9fff][A-Za-z]|[A-Za-z][\u3400-\u9fff]", said)


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("饼干", "餅乾"),
        ("皇后", "皇后"),
        ("后羿", "后羿"),
        ("乾隆", "乾隆"),
        ("余华", "余華"),
        ("后来", "後來"),
        ("干净", "乾淨"),
    ],
)
def test_traditional_characters_are_chosen_by_words(wording: Wording, simplified: str, traditional: str):
    said = wording.one(line("label.undo_part", what=simplified), Lang.ZH, 0, traditional=True)
    assert said == f"↩ {traditional}"


def test_titles_stay_as_the_catalogue_has_them(wording: Wording):
    text = wording.say(
        [line("info.year", item=CONCUBINE, number=1993.0), line("thanks")], Lang.ZH, 4, (), None, NOW, True
    )
    assert "《霸王别姬》" in text
    assert wording.say([line("forget.kept")], Lang.EN, 0, (), None, NOW, True).isascii()


def test_the_unsafe_reply_names_help_and_nothing_cheerful(wording: Wording):
    for seed in range(12):
        zh, en = (wording.one(line("unsafe"), lang, seed) for lang in (Lang.ZH, Lang.EN))
        assert "12356" in zh or "findahelpline" in zh
        assert "findahelpline.com" in en
        assert "!" not in zh + en
        assert "！" not in zh + en


@pytest.mark.parametrize("lang", [Lang.ZH, Lang.EN])
def test_no_two_sentences_of_a_reply_open_alike_while_there_is_another_way(wording: Wording, lang: Lang) -> None:
    lines = [sample("ack.disliked"), sample("ack.more_of"), sample("ack.musts")]
    for seed in range(60):
        text = wording.say(lines, lang, seed, said=())
        openings = re.findall(r"(?:^|[。.] ?)([^，：；、,:;。.]{1,12})[，：；、,:;。.]", text)
        assert len(openings) == len(set(openings)), text
