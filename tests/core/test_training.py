"""Training from end to end on a tiny BERT: reproducible, measured on other voices, readable afterwards."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import BuildError, UtteranceError
from core.nlu.acts import AdaptedActs
from core.nlu.bundle import Bundle
from core.nlu.encoder import E5Encoder
from core.nlu.finetune import FinetuneConfig
from core.nlu.pairs import Pair, fit_pairs, split
from core.training import (
    ActsConfig,
    PairsConfig,
    fine_tune_pairs,
    read_pairs,
    read_utterances,
    switch_back,
    train_acts,
)
from core.turns import Act, Context
from tests.core.nlu.tiny import write_tiny

SAID = {
    "must_not": ["不要恐怖片", "不想看恐怖片", "no horror please", "我不要恐怖片", "别的, 不要恐怖片"],
    "like": ["这部好", "这部很好", "i like this one", "好的这部好看", "这部片好"],
    "seen_neutral": ["看过了", "这部看过了", "seen it", "我看过了", "一般, 看过了"],
    "ask_recommend": ["来点喜剧", "想看喜剧", "a comedy please", "我想看喜剧", "来点好的喜剧"],
}
CONFIG = ActsConfig(FinetuneConfig(rank=2, alpha=2.0, epochs=2, batch=8), ("c",), ("b",), rounds=10)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("said") / "said.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for act, texts in SAID.items():
            for n, text in enumerate(texts * 2):
                voice = "aaabc"[n % 5]
                span = {"start": 0, "end": 2, "polarity": -1} if act == "must_not" else {}
                row = {"id": f"{act}-{n}", "voice": voice, "lang": "zh", "text": text, "acts": [{"act": act, **span}]}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def test_training_is_measured_written_and_repeated(directory, sentences, tmp_path):
    utterances, steps = read_utterances([sentences]), []
    report = train_acts(utterances, directory, tmp_path / "one", CONFIG, lambda *step: steps.append(step))
    assert report["sentences"] == 40
    assert set(report["models"]) == {"e5", "light", "ngrams"}
    assert report["models"]["e5"]["all"]["n"] == 8
    assert set(report["models"]["light"]["by_voice"]) == {"c"}
    assert {stage for stage, _, _ in steps} >= {"encoder (split)", "encoder (all)"}
    again = train_acts(utterances, directory, tmp_path / "two", CONFIG)
    assert again == report
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    encoder = E5Encoder.load(directory, tmp_path / "one")
    reading = AdaptedActs.load(encoder, tmp_path / "one").read("不要恐怖片", Context(), [(2, 5)])
    assert set(reading.acts) == set(Act)
    assert reading.nearest[0][0] in {each.text for each in utterances}
    fewer = train_acts(utterances[:30], directory, tmp_path / "one", replace(CONFIG, measure=False))
    assert fewer == {**report, "sentences": 30}
    assert len(Bundle.read(tmp_path / "one").sentences) == 30


def test_weights_that_have_not_heard_the_measured_voices_can_be_kept(directory, sentences, tmp_path):
    utterances = read_utterances([sentences])
    report = train_acts(utterances, directory, tmp_path / "held", replace(CONFIG, hold_out=True))
    heard = sum(each.voice == "a" for each in utterances)
    assert report["sentences"] == len(Bundle.read(tmp_path / "held").sentences) == heard


def test_what_votes_beside_the_encoder_can_learn_anew_alone(directory, sentences, tmp_path):
    utterances = read_utterances([sentences])
    train_acts(utterances[:30], directory, tmp_path / "one", replace(CONFIG, measure=False))
    before = Bundle.read(tmp_path / "one").arrays("e5")
    held = train_acts(utterances, directory, tmp_path / "held", replace(CONFIG, hold_out=True))
    anew = replace(CONFIG, keep_encoder=True, measured=tmp_path / "held")
    report = train_acts(utterances, directory, tmp_path / "one", anew)
    after = Bundle.read(tmp_path / "one")
    assert report == {**held, "sentences": 40}
    assert after.mixtures == Bundle.read(tmp_path / "held").mixtures
    assert len(after.sentences) == 40
    kept = [name for name in before if name[0].isdigit() or name.startswith(("head.", "span."))]
    assert all((after.arrays("e5")[name] == before[name]).all() for name in kept)


def test_voices_to_measure_on_must_be_there(directory, sentences):
    with pytest.raises(BuildError, match="nobody"):
        train_acts(read_utterances([sentences]), directory, config=replace(CONFIG, test_voices=("nobody",)))


def test_only_the_built_encoder_is_taught_acts(sentences, tmp_path):
    other = write_tiny(tmp_path / "other", stamped=False)
    with pytest.raises(BuildError, match="jianyan build"):
        train_acts(read_utterances([sentences]), other, tmp_path / "out", CONFIG)


def test_a_wish_stays_on_one_side():
    pairs = [Pair(f"wish {n % 10}", f"thing {n}") for n in range(30)]
    parts = split(pairs, PairsConfig())
    assert [len(part) for part in parts] == [18, 6, 6]
    said = [{pair.said for pair in part} for part in parts]
    assert sum(len(each) for each in said) == len(set.union(*said)) == 10
    with pytest.raises(BuildError, match="too few"):
        split(pairs[:1], PairsConfig())


def test_pairs_are_learnt_and_kept_if_held_out_wishes_gain(directory, tmp_path, monkeypatch):
    # A wish names its film by another letter, among others: to be learnt, and the same for wishes not seen.
    rng = np.random.default_rng(5)
    films, noise = zip("abcdefgh", "12345678", strict=True), list("xyzuvw")
    pairs = [Pair("".join([*rng.choice(noise, 3), letter]), film * 3) for letter, film in films for _ in range(16)]
    load = E5Encoder.load
    monkeypatch.setattr("core.training.E5Encoder.load", lambda place: load(place, adapters=None))
    out, steps = tmp_path / "deep" / "wishes.npz", []
    config = PairsConfig(rank=8, alpha=16.0, epochs=20, patience=20, rate=5e-3)
    report = fine_tune_pairs(pairs, directory, out, config, lambda *step: steps.append(step))
    assert report["kept"]
    assert report["after"]["mrr"] > report["before"]["mrr"] + 0.1
    assert report["train_pairs"] + report["validation_pairs"] + report["test_pairs"] == len(pairs)
    assert steps[-1][1] == steps[-1][2] == len(steps)
    told = report["validation"]
    assert len(told) == 21
    assert told[report["epoch"]] == max(told[1:]) > told[0]
    taught = load(directory, adapters=None, wishes=out)
    near = taught.encode(["xyza", "xyzb"], "query") @ taught.encode(["111", "222"], "passage").T
    assert near.trace() > near[0, 1] + near[1, 0]


def test_learning_stops_where_the_validation_wishes_gain_no_more(directory):
    encoder = E5Encoder.load(directory, adapters=None)
    pairs = [Pair(f"wish {n}", f"thing {n}") for n in range(8)]
    heard, worth = [], iter([0.3, 0.5, 0.4, 0.5, 0.1, 0.9])

    def judge(adapters):
        heard.append(adapters)
        return next(worth)

    best, said = fit_pairs(encoder, pairs, PairsConfig(epochs=9, patience=2), judge)
    assert said == [0.3, 0.5, 0.4, 0.5]
    assert best is heard[1]


def test_what_was_taught_can_be_switched_off_and_on(tmp_path):
    wishes = tmp_path / "wishes.npz"
    with pytest.raises(BuildError, match="nothing was taught"):
        switch_back(wishes)
    wishes.write_text("first")
    assert not switch_back(wishes)
    assert not wishes.exists()
    assert switch_back(wishes)
    assert wishes.read_text() == "first"
    wishes.replace(tmp_path / "wishes.before.npz")
    wishes.write_text("second")
    assert switch_back(wishes)
    assert wishes.read_text() == "first"
    assert switch_back(wishes)
    assert wishes.read_text() == "second"


def test_pairs_that_teach_nothing_are_not_kept(directory, tmp_path, monkeypatch):
    load = E5Encoder.load
    monkeypatch.setattr("core.training.E5Encoder.load", lambda place: load(place, adapters=None))
    pairs = [Pair(f"wish {n}", "the same") for n in range(20)]
    report = fine_tune_pairs(pairs, directory, tmp_path / "wishes.npz", PairsConfig(epochs=1))
    assert not report["kept"]
    assert not (tmp_path / "wishes.npz").exists()


@pytest.mark.parametrize(
    ("line", "field"), [("{", "line"), ('{"said": "a"}', "fits"), ('{"said": "", "fits": "b"}', "said"), ("[]", "said")]
)
def test_a_bad_pair_is_named(tmp_path, line, field):
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"said": "a", "fits": "b"}\n' + line, encoding="utf-8")
    with pytest.raises(UtteranceError) as caught:
        read_pairs([path])
    assert (caught.value.line, caught.value.field) == (2, field)
