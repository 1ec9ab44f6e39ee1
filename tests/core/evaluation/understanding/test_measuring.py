"""Data sets of real people in small: what is scored is what was said, and where it stands."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.catalog import Catalog, Item, Name
from core.errors import FormatError, SettingError
from core.evaluation.results import text, to_json
from core.evaluation.understanding import Plan, measure
from core.evaluation.understanding.bounds import bounds
from core.evaluation.understanding.dialogues import Listener, read_dialogues
from core.evaluation.understanding.sentences import calibration_error
from core.evaluation.understanding.spelling import TitleBook, spelling
from core.evaluation.understanding.titles import score_titles
from core.nlu.understand import Understander
from core.turns import Lang

ABOUT = Name("说的是一件事。", "It is about something.")


def film(item_id: str, zh: str, en: str, year: int) -> Item:
    return Item(item_id, "film", Name(zh, en), year, genres=("drama",), about=ABOUT)


CATALOG = Catalog(
    (
        film("film:inception-2010", "盗梦空间", "Inception", 2010),
        film("film:titanic-1997", "泰坦尼克号", "Titanic", 1997),
        film("film:the-matrix-1999", "黑客帝国", "The Matrix", 1999),
    )
)
BOOK = TitleBook(CATALOG, ("film",))


@pytest.fixture(scope="module")
def reader() -> Understander:
    return Understander(CATALOG)


def write(path: Path, *rows: dict[str, object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def turn(role: str, said: str, *items: tuple[str, int, bool | None], **more: object) -> dict[str, object]:
    named = [{"title": title, "year": year, "liked": liked} for title, year, liked in items]
    return {"role": role, "text": said, "items": named, **more}


def test_titles_have_one_spelling() -> None:
    assert spelling("Matrix, The (1999)") == spelling("the MATRIX") == "matrix"
    assert spelling("Amélie & Co.") == "amelie and co"
    assert spelling("盜夢空間") == "盗梦空间"


def test_what_the_other_side_names_is_on_the_screen(tmp_path: Path) -> None:
    path = write(tmp_path / "d.jsonl", {"id": "a", "turns": [
        turn("recommender", "Have you seen Titanic (1997) ?", ("Titanic", 1997, None)),
        turn("seeker", "yes, and Inception (2010) too", ("Inception", 2010, True)),
    ]})  # fmt: skip
    (heard,) = Listener(CATALOG, BOOK, "film", Lang.EN).heard(read_dialogues(path))
    assert heard.context.focus == "film:titanic-1997"
    assert heard.context.expecting == "seen"
    assert heard.said.text == "yes, and Inception too"


def test_a_title_counts_once_and_a_liking_turned_round_is_a_flip(tmp_path: Path, reader: Understander) -> None:
    path = write(tmp_path / "d.jsonl", {"id": "a", "turns": [
        turn("seeker", "I hated Titanic", ("Titanic", 1997, True)),
        turn("seeker", "I loved Inception", ("Inception", 2010, True)),
        turn("seeker", "have you seen Zyzzogeton Rising", ("Zyzzogeton Rising", 2020, None)),
        turn("seeker", "hello there"),
    ]})  # fmt: skip
    scores = score_titles(reader, BOOK, Listener(CATALOG, BOOK, "film", Lang.EN).heard(read_dialogues(path)))
    assert (scores.turns, scores.named, scores.judged) == (4, 3, 2)
    assert scores.known == pytest.approx(2 / 3)
    assert scores.known_recall == 1.0
    assert (scores.right, scores.flipped) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("slot", "value", "said", "wanted"),
    [
        ("人均消费", "100-150元", "人均100到150元", {("price", ">=", 100.0), ("price", "<=", 150.0)}),
        ("评分", "4.5分以上", "评分4.5分以上的", {("rating", ">=", 4.5)}),
        ("价格", "1000元以上", "1000元以上", {("price", ">=", 1000.0)}),
        ("游玩时间", "0.5小时 - 1小时", "0.5小时到1小时", {("minutes", ">=", 30.0), ("minutes", "<=", 60.0)}),
        ("游玩时间", "3天", "玩3天", set()),
        ("评分", "4.5分以上", "评分四分半", set()),
    ],
)
def test_a_slot_is_its_bounds(slot: str, value: str, said: str, wanted: set[tuple[str, str, float]]) -> None:
    assert bounds(slot, value, said) == wanted


def test_confidence_that_keeps_its_word_has_no_error(rng: np.random.Generator) -> None:
    confidence = rng.uniform(size=20_000)
    right = (rng.uniform(size=20_000) < confidence).astype(float)
    assert calibration_error(confidence, right) < 0.02
    assert calibration_error(np.full(100, 0.95), np.zeros(100)) == pytest.approx(0.95)
    assert calibration_error(np.array([]), np.array([])) == 0.0


def test_the_report_holds_every_set_that_is_there_by_language(tmp_path: Path, reader: Understander) -> None:
    write(
        tmp_path / "redial" / "dev.jsonl",
        {"id": "a", "turns": [turn("seeker", "I loved Inception", ("Inception", 2010, True))]},
    )
    write(tmp_path / "iard" / "dev.jsonl", {"id": "b", "turns": [turn("seeker", "a thriller please", intents=["IQU"])]})
    write(tmp_path / "crosswoz" / "dev.jsonl", {"id": "c", "turns": [
        turn("seeker", "评分4.5分以上的", acts=[["Inform", "餐馆", "评分", "4.5分以上"]])
    ]})  # fmt: skip
    write(
        tmp_path / "utterances" / "v.jsonl",
        {"id": "v-1", "voice": "v", "lang": "zh", "text": "不要恐怖片", "acts": [
            {"act": "must_not", "start": 2, "end": 5, "kind": "genre", "polarity": -1}]},
    )  # fmt: skip
    report = measure(Plan(tmp_path), CATALOG, reader)
    rows = to_json(report)["tables"]
    assert isinstance(rows, dict)
    assert set(rows) == {"titles", "intents", "bounds", "sentences"}
    assert [row["lang"] for row in rows["sentences"]] == ["all", "zh", "en", "mixed"]
    assert rows["sentences"][0]["all acts right"] == 1.0
    assert rows["intents"][0]["micro"] == 1.0
    assert rows["bounds"][0]["recall"] == 1.0
    assert {"data", "split", "seed", "machine", "commit"} <= set(report.about)
    assert "ReDial" in text(report)


def test_a_broken_line_and_an_empty_folder_say_so(tmp_path: Path, reader: Understander) -> None:
    with pytest.raises(SettingError):
        measure(Plan(tmp_path), CATALOG, reader)
    broken = tmp_path / "d.jsonl"
    broken.write_text('{"id": "a", "turns": [{"role": "seeker"}]}\n', encoding="utf-8")
    with pytest.raises(FormatError, match=r"d\.jsonl:1"):
        read_dialogues(broken)
