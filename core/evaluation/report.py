"""One report on real ratings: is the list good after few words, and is the probability true?"""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit

from core.evaluation.peers import ease, popularity
from core.evaluation.ratings import Case, cases, folds, load_movielens
from core.recsys import Interactions, ItemFactors
from core.recsys.als import AlsConfig, Progress, fit
from core.recsys.arrays import Rows, Vector
from core.recsys.metrics import Reliability, coverage, ndcg, popularity_percentile, reliability, top

LIKES = (1, 3, 10)  # told, liked all; then the whole profile
TOLD = (0, 1, 3, 10)  # told of any kind, for the probability; then the whole profile
ALL = 10**6
MODELS = ("jianyan", "ease", "popularity")


@dataclass(frozen=True, slots=True)
class Protocol:
    """Strong generalisation: a person is trained on or measured, never both.

    Candidates are the items with min_likes training likes (EASE is dense), less what the person might have told.
    ease: (ridge, weight of popularity beside it) for each of LIKES and all; the best of twelve on other splits.
    """

    folds: int = 5
    run_folds: int = 5
    min_likes: int = 3
    ease: tuple[tuple[float, float], ...] = ((400.0, 0.1), (400.0, 0.1), (400.0, 0.03), (100.0, 0.03))


class Tally:
    """What was measured so far, person by person."""

    def __init__(self) -> None:
        self.ndcg: dict[tuple[str, int], list[float]] = defaultdict(list)
        self.slates: dict[tuple[str, int], list[Rows]] = defaultdict(list)
        self.percentiles: dict[tuple[str, int], list[float]] = defaultdict(list)
        self.probabilities: dict[int, list[Vector]] = defaultdict(list)
        self.outcomes: dict[int, list[Vector]] = defaultdict(list)
        self.coverages: dict[tuple[str, int], list[float]] = defaultdict(list)


def report(
    directory: Path,
    out: Path,
    seed: int = 0,
    config: AlsConfig = AlsConfig(),
    protocol: Protocol = Protocol(),
    progress: Progress | None = None,
) -> dict[str, object]:
    """Trains on the training people of ratings.csv, measures on the others, writes report.json and a picture to out.

    In the result: `ndcg10` model -> told -> (mean, se), `against` peer -> told -> (ratio, se of it, paired),
    `ece` told -> error of "liked, given that they rated it", and what was measured on whom.
    """
    out.mkdir(parents=True, exist_ok=True)
    interactions = load_movielens(directory)
    rng = np.random.default_rng(seed)
    tally = Tally()
    people = 0
    for done, (training, held) in enumerate(folds(interactions, protocol.folds, rng)):
        if done == protocol.run_folds:
            break
        model = fit(training, config, rng, progress)
        measured = list(cases(interactions, held, model, rng))
        _measure(model, training, measured, protocol, tally)
        people += len(measured)
    curves = {
        n: reliability(np.concatenate(tally.probabilities[n]), np.concatenate(tally.outcomes[n]))
        for n in tally.outcomes
    }
    result = _summary(tally, curves) | {
        "people": people,
        "items": len(interactions.item_ids),
        "protocol": f"{protocol.folds} folds, candidates: items with at least {protocol.min_likes} training likes",
        "seed": seed,
    }
    (out / "report.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    (out / "report.txt").write_text(table(result), encoding="utf-8")
    draw_reliability(curves, out / "reliability.png")
    return result


def _measure(model: ItemFactors, training: Interactions, people: list[Case], protocol: Protocol, tally: Tally) -> None:
    """Adds one fold to the tally."""
    likes = popularity(training) * len(training.user_ids)
    shown = np.flatnonzero(likes >= protocol.min_likes - 0.5)
    place = np.full(len(likes), -1)
    place[shown] = np.arange(len(shown))
    weights = {ridge: ease(training, shown, ridge) for ridge, _ in protocol.ease}
    slates: dict[tuple[str, int], list[Rows]] = defaultdict(list)
    for case in people:
        liked = case.values > 0
        outside = np.ones(len(likes), bool)
        outside[shown] = False
        outside[case.pool] = True
        for k, (ridge, say) in zip((*LIKES, ALL), protocol.ease, strict=True):
            told = np.flatnonzero(liked)[:k] if k < ALL else np.arange(len(case.pool))
            rows, values = case.pool[told], case.values[told]
            known = place[rows[(values > 0) & (place[rows] >= 0)]]
            peer = np.zeros(len(likes))
            peer[shown] = weights[ridge][known].sum(0)
            found = {
                "jianyan": model.scores(model.fold_in(rows, values)),
                "ease": peer + say * likes / len(training.user_ids),
                "popularity": likes.copy(),
            }
            for name, scores in found.items():
                scores[outside] = -np.inf
                ranked = top(scores, 10)
                tally.ndcg[name, k].append(ndcg(ranked, case.targets))
                slates[name, k].append(ranked)
        for n in (*TOLD, ALL):
            belief = model.fold_in(case.pool[:n], case.values[:n])
            tally.probabilities[n].append(expit(model.logits(belief)[case.rated]))
            tally.outcomes[n].append((case.ratings > 0).astype(np.float64))
    for key, some in slates.items():
        tally.coverages[key].append(coverage(np.concatenate(some), len(shown)))
        tally.percentiles[key].append(popularity_percentile(place[np.concatenate(some)], likes[shown]))


def _summary(tally: Tally, curves: dict[int, Reliability]) -> dict[str, object]:
    """Means, standard errors over people, and ratios to the peers with the paired standard error."""
    scores = {key: np.array(found) for key, found in tally.ndcg.items()}
    levels = (*LIKES, ALL)

    def against(peer: str, k: int) -> tuple[float, float]:
        ours, theirs = scores["jianyan", k], scores[peer, k]
        gain = ours - theirs
        return float(ours.mean() / theirs.mean()), float(gain.std() / np.sqrt(len(gain)) / theirs.mean())

    def spread(found: Vector) -> tuple[float, float]:
        return float(found.mean()), float(found.std() / np.sqrt(len(found)))

    return {
        "ndcg10": {m: {level(k): spread(scores[m, k]) for k in levels} for m in MODELS},
        "against": {m: {level(k): against(m, k) for k in levels} for m in MODELS[1:]},
        "coverage10": {m: {level(k): float(np.mean(tally.coverages[m, k])) for k in levels} for m in MODELS},
        "popularity10": {m: {level(k): float(np.mean(tally.percentiles[m, k])) for k in levels} for m in MODELS},
        "ece": {level(n): curve.ece() for n, curve in curves.items()},
    }


def level(k: int) -> str:
    """A number told as the report names it."""
    return "all" if k == ALL else str(k)


def table(result: dict[str, object]) -> str:
    """The report as text."""
    lines = []
    for name in ("ndcg10", "against", "coverage10", "popularity10"):
        block = result[name]
        assert isinstance(block, dict)
        for model, found in block.items():
            cells = "  ".join(f"{k}: {_cell(v)}" for k, v in found.items())
            lines.append(f"{name:13} {model:11} {cells}")
    errors = result["ece"]
    assert isinstance(errors, dict)
    lines.append("ece           " + "  ".join(f"{k}: {v:.4f}" for k, v in errors.items()))
    return "\n".join([*lines, f"{result['people']} people; {result['protocol']}", ""])


def _cell(value: float | tuple[float, float]) -> str:
    """A number, or a mean with its standard error."""
    return f"{value[0]:.4f} ({value[1]:.4f})" if isinstance(value, tuple) else f"{value:.3f}"


def draw_reliability(curves: dict[int, Reliability], path: Path) -> bool:
    """A picture of observed against predicted rates, one line for each n; without matplotlib a table beside: False."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # type: ignore[import-not-found, unused-ignore]
        from matplotlib.figure import Figure  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        lines = [
            f"{level(n)}\t{predicted:.3f}\t{observed:.3f}\t{count}"
            for n, curve in curves.items()
            for count, predicted, observed in zip(curve.counts, curve.predicted, curve.observed, strict=True)
            if count
        ]
        path.with_suffix(".txt").write_text(
            "\n".join(["told\tpredicted\tobserved\tratings", *lines, ""]), encoding="utf-8"
        )
        return False
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    for n, curve in curves.items():
        axes.plot(curve.predicted, curve.observed, marker="o", label=f"{level(n)} told, ECE {curve.ece():.3f}")
    axes.set(xlabel="predicted", ylabel="observed", title="liked, given that they rated it", xlim=(0, 1), ylim=(0, 1))
    axes.legend()
    FigureCanvasAgg(figure).print_png(str(path))  # type: ignore[no-untyped-call,unused-ignore]  # where matplotlib is installed
    return True
