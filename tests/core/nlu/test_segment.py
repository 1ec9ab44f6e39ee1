"""A jieba of one's own."""

from core.nlu.segment import Segmenter


def test_words_of_one_are_not_words_of_another() -> None:
    plain, taught = Segmenter(), Segmenter([("玄霄子", "nr")])
    assert [(w.text, w.tag) for w in taught.cut("玄霄子")] == [("玄霄子", "nr")]
    assert taught.frequency("玄霄子") > 0
    assert plain.frequency("玄霄子") == 0


def test_the_global_jieba_stays_as_it_was() -> None:
    import jieba

    before = jieba.dt.initialized, len(jieba.dt.FREQ)
    Segmenter([("玄霄子", "nr")]).cut("玄霄子去哪了")
    assert (jieba.dt.initialized, len(jieba.dt.FREQ)) == before


def test_spans_of_words_are_where_they_stand() -> None:
    text = "想看  诺兰 的 sci-fi"
    words = Segmenter().cut(text)
    assert all(text[w.start : w.end] == w.text for w in words)


def test_an_english_word_stays_whole() -> None:
    assert "upstairs" in [w.text for w in Segmenter([("Up", "nz")]).cut("我在 upstairs 看片")]


def test_words_without_their_places_are_the_same_words() -> None:
    text = "想看 诺兰 的科幻片"
    assert [word for word, _ in Segmenter().split(text)] == [w.text for w in Segmenter().cut(text)]
    assert dict(Segmenter().split("养一只猫"))["猫"] == "n"
