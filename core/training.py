"""Fits what is learnt from examples, and measures it on voices or wishes not seen: the doors of `jianyan train`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import BuildError
from core.nlu.acts import POLARITIES, AdaptedActs, NgramActs, incomplete
from core.nlu.bundle import ADAPTERS, Bundle, Sentence, write_bundle
from core.nlu.centring import Centres
from core.nlu.encoder import KINDS, E5Encoder
from core.nlu.examples import ACTS, Example, example_of, labels_of, screens_of, varied
from core.nlu.finetune import FinetuneConfig, Finetuned, finetune
from core.nlu.light import LightActs, LightEncoder
from core.nlu.logistic import Array, Linear, fit_linear
from core.nlu.mixture import Mixture, fit_mixture
from core.nlu.nearest import Nearest
from core.nlu.ngrams import Grams, fit_grams, message_grams, span_grams
from core.nlu.pairs import Adapters, Pair, PairsConfig, fit_pairs, measure, read_pairs, split
from core.nlu.scoring import SpanScores, by_act, by_group, score
from core.nlu.utterances import Utterance, read_utterances

Progress = Callable[[str, int, int], None]
CENTRING = 512  # sentences whose mean is taken off from vectors for retrieval
TEST_VOICES = (
    "zh-nurse", "en-night-nurse", "zh-retired-teacher", "en-uk-pensioner", "mix-malaysian-student",
    "zh-netslang", "tw-colleague",
    "en-book-clubber", "zh-reader-girl",
)  # fmt: skip
TUNING_VOICES = ("zh-teenager", "en-mum-carer", "mix-abc-returnee", "en-dad-driver", "zh-slang-genz")


__all__ = ["ActsConfig", "PairsConfig", "fine_tune_pairs", "read_pairs", "read_utterances", "switch_back", "train_acts"]


@dataclass(frozen=True, slots=True)
class ActsConfig:
    """test_voices are measured on and tuning_voices fit mixtures and thresholds; the shipped weights learn from all.

    Voices that share a theme (see training/utterances/README.md) belong on one side. measure False: the mixtures of
    the weights in place are kept, and nothing is measured. hold_out: what is written has not heard these voices, so
    that the whole understanding can be measured on them. keep_encoder: the adapters and heads in place stay, and what
    votes beside them learns anew, in a quarter of the time; it measures nothing, since they have heard all voices.
    measured: a directory of `hold_out`, whose mixtures and figures are taken over.
    """

    finetune: FinetuneConfig = field(default_factory=FinetuneConfig)
    test_voices: tuple[str, ...] = TEST_VOICES
    tuning_voices: tuple[str, ...] = TUNING_VOICES
    light_l2: float = 0.3
    ngram_l2: float = 1e-5
    span_l2: float = 1e-4
    rounds: int = 60  # of L-BFGS, for the linear models
    measure: bool = True
    hold_out: bool = False
    keep_encoder: bool = False
    measured: Path | None = None


def fine_tune_pairs(
    pairs: Sequence[Pair],
    encoder_dir: Path,
    out: Path,
    config: PairsConfig | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Teach retrieval pairs of a wish and a description that fits, and measure it on wishes that were held out.

    Stops by the validation wishes. Writes adapters to the file `out` (for `E5Encoder.load(wishes=out)`) only if these
    find what fits better than before, for few pairs often do harm; what was there stays beside it, for `switch_back`.
    Returns the report: `before` and `after` on the test wishes, `validation` before and after each epoch, `kept` and
    sizes. BuildError if there are too few pairs.
    """
    config = config or PairsConfig()
    train, validation, test = split(pairs, config)
    encoder = E5Encoder.load(encoder_dir)
    before, start = measure(encoder, test, pairs), measure(encoder, validation, pairs).mrr

    def told(done: int, steps: int) -> None:
        if progress is not None:
            progress("pairs", done, steps)

    def judge(adapters: Adapters) -> float:
        encoder.adapt_wishes(adapters)
        return measure(encoder, validation, pairs).mrr

    adapters, said = fit_pairs(encoder, train, config, judge, told)
    encoder.adapt_wishes(adapters)
    after = measure(encoder, test, pairs)
    kept = max(said) > start
    if kept:
        out.parent.mkdir(parents=True, exist_ok=True)
        part = out.with_name(f"{out.name}.part.npz")
        named: dict[str, Any] = {**adapters}
        np.savez(part, **named)
        if out.exists():
            out.replace(_before(out))
        part.replace(out)
    return {
        "train_pairs": len(train),
        "validation_pairs": len(validation),
        "test_pairs": len(test),
        "before": before.to_json(),
        "after": after.to_json(),
        "validation": [round(mrr, 4) for mrr in (start, *said)],
        "epoch": int(np.argmax(said)) + 1,
        "kept": kept,
    }


def switch_back(wishes: Path) -> bool:
    """Changes places between what was taught and what was in use before it; whether something taught is in use now.

    A second time it is as it was. BuildError if nothing was ever taught.
    """
    before, part = _before(wishes), wishes.with_name(f"{wishes.name}.part.npz")
    if not wishes.exists() and not before.exists():
        raise BuildError(f"{wishes}: nothing was taught yet: `jianyan train encoder` does")
    if wishes.exists():
        wishes.replace(part)
    if before.exists():
        before.replace(wishes)
    if part.exists():
        part.replace(before)
    return wishes.exists()


def _before(wishes: Path) -> Path:
    return wishes.with_name(f"{wishes.stem}.before{wishes.suffix}")


@dataclass(frozen=True, slots=True, eq=False)
class _Learnt:
    """Everything one set of sentences teaches."""

    finetuned: Finetuned
    nearest: Nearest
    light_head: Linear
    light_nearest: Nearest
    message: Grams
    spans: Grams
    centres: dict[str, Centres]
    light_centres: Centres
    examples: tuple[Example, ...]


def train_acts(
    utterances: Sequence[Utterance],
    encoder_dir: Path,
    out: Path = ADAPTERS,
    config: ActsConfig | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Fit all act models, write them to `out`, and return the report that is kept with them.

    Reproducible by seed on one machine. About 15 minutes of one core for 5,000 sentences: once to measure, once on
    all. progress: (stage, done, in all). BuildError if there are too few sentences or unknown voices.
    """
    config = config or ActsConfig()
    voices = {each.voice for each in utterances}
    if config.measure and not {*config.test_voices, *config.tuning_voices} < voices:
        missing = sorted({*config.test_voices, *config.tuning_voices} - voices)
        raise BuildError(f"voices to measure on are missing, or there are no others: {', '.join(missing) or 'others'}")
    encoder, light = E5Encoder.load(encoder_dir, adapters=None), LightEncoder()
    if encoder.source is None:
        raise BuildError(f"{encoder_dir}: adapters are trained for the encoder that `jianyan build` makes")
    place = out if (out / "meta.json").exists() else ADAPTERS
    kept = _finetuned(Bundle.read(place)) if config.keep_encoder else None
    if config.measure and kept is None and config.measured is None:
        mixtures, report, learnt = _measured(utterances, encoder, light, config, progress)
        if config.hold_out:
            report["sentences"] = len(learnt.examples)
            _write(out, encoder, learnt, mixtures, report)
            return report
    else:
        before = Bundle.read(config.measured or place)
        mixtures, report = dict(before.mixtures), dict(before.report)
    learnt = _learn(tuple(map(example_of, utterances)), encoder, light, config, progress, "all", kept)
    report["sentences"] = len(utterances)
    _write(out, encoder, learnt, mixtures, report)
    return report


def _measured(
    utterances: Sequence[Utterance],
    encoder: E5Encoder,
    light: LightEncoder,
    config: ActsConfig,
    progress: Progress | None,
) -> tuple[dict[str, Mixture], dict[str, Any], _Learnt]:
    """Mixtures from the tuning voices, how the models do on the test voices, and what was learnt from the others."""
    held = {*config.test_voices, *config.tuning_voices}
    heard = tuple(example_of(each) for each in utterances if each.voice not in held)
    learnt = _learn(heard, encoder, light, config, progress, "split")
    tuning = [each for each in utterances if each.voice in config.tuning_voices]
    test = [each for each in utterances if each.voice in config.test_voices]
    models = _models(learnt, encoder, light, {name: Mixture({}) for name in _CANDIDATES})
    examples = tuple(map(example_of, tuning))
    votes = _votes(models, examples)
    mixtures = {
        name: fit_mixture(votes[name], labels_of(examples), candidates) for name, candidates in _CANDIDATES.items()
    }
    return mixtures, _report(_models(learnt, encoder, light, mixtures), test, mixtures), learnt


def _learn(
    examples: tuple[Example, ...],
    encoder: E5Encoder,
    light: LightEncoder,
    config: ActsConfig,
    progress: Progress | None,
    stage: str,
    kept: Finetuned | None = None,
) -> _Learnt:
    def told(done: int, steps: int) -> None:
        if progress is not None:
            progress(f"encoder ({stage})", done, steps)

    finetuned = kept or finetune(encoder, examples, config.finetune, told)
    texts, labels = [each.text for each in examples], labels_of(examples)
    screens = [each.screen for each in examples]
    marks = screens_of(screens)
    some = texts[:: max(1, len(texts) // CENTRING)]
    centres: dict[str, Centres] = {kind: Centres.fit(encoder.means(some, kind), some) for kind in KINDS}
    encoder.adapt(finetuned.adapters, {})
    states = encoder.adapted([encoder.tokens(t, "query", s.words()) for t, s in zip(texts, screens, strict=True)])
    adapted = finetuned.head.standardised(np.stack([each.mean(axis=0) for each in states]))
    use = light.means(texts)
    # each sentence twice, once under another screen: the linear models learn it as the encoder did
    rng = np.random.default_rng(config.finetune.seed)
    others = [varied(each, rng) for each in examples]
    twice = np.concatenate([marks, screens_of([each.screen for each in others])])
    double = np.concatenate([labels, labels])
    features = [list(message_grams(each.text, each.screen)) for each in (*examples, *others)]
    if progress is not None:
        progress(f"linear models ({stage})", 0, 1)
    light_head = fit_linear(np.concatenate([use] * 2), twice, double, config.light_l2, config.rounds)
    message = fit_grams(features, double, config.ngram_l2, config.rounds)
    if progress is not None:
        progress(f"linear models ({stage})", 1, 1)
    return _Learnt(
        finetuned,
        Nearest.build(adapted, marks, labels),
        light_head,
        Nearest.build(use, marks, labels),
        message,
        _span_model(examples, config, rng),
        centres,
        Centres.fit(use, texts),
        examples,
    )


def _finetuned(bundle: Bundle) -> Finetuned:
    """What the encoder learnt before. ModelError if a part is missing."""
    arrays = bundle.arrays("e5")
    try:
        adapters = {name: array for name, array in arrays.items() if name[0].isdigit()}  # by layer
        return Finetuned(adapters, Linear.of(arrays, "head"), Linear.of(arrays, "span"))
    except KeyError as error:
        raise incomplete(bundle, error) from error


def _span_model(examples: Sequence[Example], config: ActsConfig, rng: np.random.Generator) -> Grams:
    """Acts, none and polarities of spans from characters; half as many chance spans without an act beside them."""
    features: list[list[str]] = []
    labels: list[list[float]] = []
    for example in examples:
        for (start, end), span in example.spans.items():
            features.append(list(span_grams(example.text, start, end, example.screen)))
            acts = [float(act in span.acts) for act in ACTS]
            labels.append([*acts, 0.0, *(float(span.polarity == value) for value in POLARITIES)])
        length = len(example.text)
        free = [i for i in range(length) if not any(a <= i < b for a, b in example.spans)]
        if free and rng.random() < 0.5:
            start = int(rng.choice(free))
            end = min([start + int(rng.integers(1, 5)), length, *(a for a, _ in example.spans if a > start)])
            features.append(list(span_grams(example.text, start, max(end, start + 1), example.screen)))
            labels.append([0.0] * len(ACTS) + [1.0, 0.0, 0.0, 0.0])
    return fit_grams(features, np.array(labels, dtype=np.float32), config.span_l2, config.rounds, least=5)


# ---- measuring ----

# The frozen encoder's linear model is no voter: a second pass, and no better on the test voices.
_CANDIDATES: dict[str, list[dict[str, float]]] = {
    "e5": [
        {"head": head, "near": near, "ngrams": round(1 - head - near, 2)}
        for head in (0.25, 0.3, 0.35, 0.4)
        for near in (0.35, 0.4, 0.45, 0.5)
    ],
    "light": [
        {"head": head, "near": near, "ngrams": round(1 - head - near, 2)}
        for head in (0.25, 0.35, 0.45)
        for near in (0.15, 0.25, 0.35)
    ],
    "ngrams": [{"ngrams": 1.0}],
}


@dataclass(frozen=True, slots=True, eq=False)
class _Models:
    e5: AdaptedActs
    light: LightActs


def _models(learnt: _Learnt, encoder: E5Encoder, light: LightEncoder, mixtures: dict[str, Mixture]) -> _Models:
    sentences = tuple(Sentence(each.said, each.acts) for each in learnt.examples)
    bundle = Bundle(Path(), encoder.source or "", ACTS, mixtures, sentences, {})
    ngrams = NgramActs(bundle, learnt.message, learnt.spans)
    parts = learnt.finetuned
    return _Models(
        AdaptedActs(bundle, encoder, parts.head, parts.span, learnt.nearest, ngrams),
        LightActs(bundle, light, learnt.light_head, learnt.light_nearest, ngrams),
    )


def _votes(models: _Models, examples: Sequence[Example]) -> dict[str, dict[str, Array]]:
    """Every voter's logits, by model."""
    texts, screens = [each.text for each in examples], [each.screen for each in examples]
    encoder = models.e5.encoder
    states = encoder.adapted([encoder.tokens(t, "query", s.words()) for t, s in zip(texts, screens, strict=True)])
    e5, _ = models.e5.votes(texts, screens, states)
    light, _ = models.light.votes(texts, screens)
    return {"e5": e5, "light": light, "ngrams": {"ngrams": e5["ngrams"]}}


def _report(models: _Models, test: Sequence[Utterance], mixtures: dict[str, Mixture]) -> dict[str, Any]:
    examples = tuple(map(example_of, test))
    labels, votes = labels_of(examples), _votes(models, examples)
    report: dict[str, Any] = {"test_sentences": len(test), "models": {}}
    for name, mixture in mixtures.items():
        probabilities = mixture.probabilities(votes[name])
        at = mixture.threshold
        report["models"][name] = {
            "all": score(probabilities, labels, at).to_json(),
            "by_language": by_group(probabilities, labels, at, [each.lang for each in test]),
            "by_voice": by_group(probabilities, labels, at, [each.voice for each in test]),
            "by_act": by_act(probabilities, labels, at, ACTS),
        }
    report["spans"] = {
        "e5": _span_scores(models.e5, examples).to_json(),
        "light": _span_scores(models.light, examples).to_json(),
    }
    return report


def _span_scores(model: AdaptedActs | LightActs, examples: Sequence[Example]) -> SpanScores:
    """Boundaries given: is the likeliest class of the span one of its acts, and has it the polarity?"""
    right, signs, flips = [], [], []
    for example in examples:
        if not example.spans:
            continue
        read = model.read_worded(example.text, example.screen, list(example.spans))
        for span, label in zip(read.spans, example.spans.values(), strict=True):
            likeliest = max(span.acts, key=lambda act: span.acts[act])
            none = 1 - sum(span.acts.values())
            right.append(likeliest in label.acts and span.acts[likeliest] > none)
            if label.polarity is not None:
                sign = 0 if abs(span.polarity) < 1 / 3 else int(np.sign(span.polarity))
                signs.append(sign == label.polarity)
                flips.append(sign * label.polarity == -1)
    return SpanScores(len(right), *(float(np.mean(each)) if each else 0.0 for each in (right, signs, flips)))


def _write(
    out: Path, encoder: E5Encoder, learnt: _Learnt, mixtures: dict[str, Mixture], report: dict[str, Any]
) -> None:
    e5: dict[str, npt.NDArray[Any]] = {
        **learnt.finetuned.adapters,
        **learnt.finetuned.head.arrays("head"),
        **learnt.finetuned.span.arrays("span"),
        **learnt.nearest.arrays("near"),
        **learnt.centres["query"].arrays("centre.query"),
        **learnt.centres["passage"].arrays("centre.passage"),
    }
    light: dict[str, npt.NDArray[Any]] = {
        **learnt.light_head.arrays("head"),
        **learnt.light_nearest.arrays("near"),
        **learnt.light_centres.arrays("centre"),
    }
    ngrams: dict[str, npt.NDArray[Any]] = {**learnt.message.arrays("message"), **learnt.spans.arrays("span")}
    sentences = [Sentence(each.said, each.acts) for each in learnt.examples]
    files = {"e5": e5, "light": light, "ngrams": ngrams}
    write_bundle(out, encoder.source or "", ACTS, sentences, mixtures, files, report)
