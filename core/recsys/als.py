"""Training: weighted ALS on graded reactions, the prior of a person, popularity, appraisal, and the sparse part."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import scipy.sparse as sp
from scipy.special import expit

from core.recsys.appraisal import AppraisalConfig, appraise
from core.recsys.arrays import Matrix, Rows
from core.recsys.calibration import USUAL, Calibration
from core.recsys.factors import ItemFactors
from core.recsys.interactions import Interactions
from core.recsys.response import GRADES, Response, Triple
from core.recsys.slim import STEPS, SlimConfig, local_slim
from core.recsys.weighted import alternate

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class AlsConfig:
    """Chosen on validation people of ML-100K and ml-latest-small; triples are for disliked, so-so, liked."""

    d: int = 64
    epochs: int = 8
    learnt: Triple = (0.4, 0.7, 1.0)  # target of a reaction; its weight is 1
    silence: float = 0.3  # weight of an item that was not chosen, as a 0
    ridge: float = 0.16  # times 1/sqrt users + 1/sqrt items (noise against signal), times (told + silence * others)
    popular_power: float = 0.15  # a like counts (likes of its giver)^this for the offset p
    prior_power: float = -0.4  # and users for the prior's mean and covariance
    shrink: float = 0.2  # weakness of a dimension is shrink / its Gram
    appraisal: AppraisalConfig = field(default_factory=AppraisalConfig)
    response: Response = field(default_factory=Response)
    slim: SlimConfig = field(default_factory=SlimConfig)
    calibration: Calibration = USUAL  # kept where there are too few people to ask
    calibration_people: int = 400  # at most, and at most a tenth of the users
    calibration_told: tuple[int, ...] = (0, 1, 3, 10, 30)  # and all


def fit(
    interactions: Interactions,
    config: AlsConfig = AlsConfig(),
    rng: np.random.Generator | None = None,
    progress: Progress | None = None,
) -> ItemFactors:
    """The model of these interactions. Calibrated on training people whom a second, smaller fit has not seen.

    rng: starting vectors and who is held out; None is default_rng(0). progress(done, total, label) counts steps.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    held, rest = _held_out(interactions, config, rng)
    report = _Steps(progress, (1 if rest is None else 2) * (config.epochs + config.appraisal.epochs + STEPS))
    calibration = config.calibration
    if rest is not None:
        calibration = _calibrated(_trained(rest, config, rng, report), interactions, held, config, rng)
    model = replace(_trained(interactions, config, rng, report), calibration=calibration)
    return model if rest is None else replace(model, calibration=_levelled(model, interactions))


class _Steps:
    """Counts the steps of all fits against their total."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def step(self, label: str) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.total, label)


def _trained(interactions: Interactions, config: AlsConfig, rng: np.random.Generator, report: _Steps) -> ItemFactors:
    """The uncalibrated model: where the users' covariance is I and the factors' Gram is diagonal."""
    values = interactions.values
    m, n = len(interactions.user_ids), len(interactions.item_ids)
    targets = interactions.matrix(np.interp(values, GRADES, config.learnt))
    users, vectors = weighted_als(targets, config, rng, lambda: report.step("factors"))

    likes = np.maximum(values, 0)
    activity = np.maximum(1, np.bincount(interactions.users, likes, m))
    say = activity**config.popular_power
    offsets = np.bincount(interactions.items, likes * (say / say.sum())[interactions.users], n).astype(np.float64)

    say = activity**config.prior_power / (activity**config.prior_power).sum()
    mean = say @ users
    covariance = ((users - mean).T * say) @ (users - mean)
    covariance[np.diag_indices_from(covariance)] += 1e-6 * np.trace(covariance) / len(covariance) + 1e-12
    white = vectors @ np.linalg.cholesky(covariance)  # prior covariance I
    gram, axes = np.linalg.eigh(white.T @ white)  # Gram matrix diagonal
    gram = np.maximum(gram, 0)
    weakness = config.shrink / np.maximum(gram, 1e-6 * gram.max() + 1e-12)

    appraisal = appraise(interactions, config.appraisal, rng, lambda: report.step("appraisal"))
    weight, nothing = config.response.appraisal, np.zeros(appraisal.vectors.shape[1])
    white = np.hstack([white @ axes, weight * appraisal.vectors])

    inputs = interactions.matrix(np.interp(values, GRADES, config.slim.inputs))
    neighbours = local_slim(inputs, interactions.matrix(likes), config.slim, lambda: report.step("neighbours"))
    popularity = offsets + 0.01 * offsets.mean() + 1e-12
    popularity /= popularity.sum()
    return ItemFactors(
        items=interactions.item_ids,
        counts=np.bincount(interactions.items, minlength=n),
        vectors=white,
        offsets=offsets,
        expected=vectors @ mean,
        weakness=np.concatenate([weakness, nothing]),
        silence=np.concatenate([gram, nothing]),
        appraised=np.arange(white.shape[1]) >= config.d,
        usual=appraisal.usual,
        neighbours=neighbours,
        domains=np.zeros(n, np.int64),
        popularity=popularity,
        centres=(popularity @ white)[None],
        scatter=np.zeros(n),
        residual=np.zeros(white.shape[1]),
        offset_variance=np.zeros(n),
        appraisal_precision=appraisal.noise_precision / weight**2,
        response=config.response,
        calibration=config.calibration,
    )


def weighted_als(
    targets: "sp.csr_matrix[np.float32]",
    config: AlsConfig,
    rng: np.random.Generator,
    progress: Callable[[], None] = lambda: None,
) -> tuple[Matrix, Matrix]:
    """Users (m, d) and items (n, d) as `config` says; see `weighted`."""
    ridge = config.ridge * sum(1 / np.sqrt(targets.shape))
    return alternate(targets, config.d, config.epochs, rng, config.silence, ridge, progress=progress)


def _held_out(
    interactions: Interactions, config: AlsConfig, rng: np.random.Generator
) -> tuple[Rows, Interactions | None]:
    """Users (h,) to calibrate on and the interactions of the others; none and None where there are too few people."""
    counts = np.bincount(interactions.users)
    able = rng.permutation(np.flatnonzero(counts >= 5))
    held = able[: min(config.calibration_people, len(counts) // 10)]
    mask = np.ones(len(counts), bool)
    mask[held] = False
    if len(held) < 5 or not mask[interactions.users].any():
        return held[:0], None
    return held, interactions.of(mask)


def _calibrated(
    model: ItemFactors, interactions: Interactions, held: Rows, config: AlsConfig, rng: np.random.Generator
) -> Calibration:
    """From the ratings of held-out people: a fixed third of each, after n others were told."""
    scores, reactions, told, liked = [], [], [], []
    for user in held:
        mine = interactions.users == user
        ids, values = interactions.item_ids[interactions.items[mine]], interactions.values[mine]
        rows = np.minimum(np.searchsorted(model.items, ids), len(model.items) - 1)
        known = rng.permutation(np.flatnonzero(model.items[rows] == ids))
        asked, rest = known[: len(known) // 3], known[len(known) // 3 :]
        for n in (*(n for n in config.calibration_told if n < len(rest)), len(rest)):
            belief = model.fold_in(rows[rest[:n]], values[rest[:n]])
            scores.append(model.scores(belief)[rows[asked]])
            reactions.append(np.column_stack([model.usual[rows[asked]], model.judgements(belief, rows[asked])]))
            told.append(np.full(len(asked), float(n)))
            liked.append(values[asked] > 0)
    outcomes = np.concatenate(liked).astype(np.float64)
    said = np.concatenate(scores), np.concatenate(told), outcomes
    return Calibration.fitted(*said, config.calibration, np.concatenate(reactions))


def _levelled(model: ItemFactors, interactions: Interactions) -> Calibration:
    """With the shift that gives all ratings their share of likes where nothing was told: few people were held out."""
    logits = model.logits(model.belief())[interactions.items]
    share, shift = float((interactions.values > 0).mean()), 0.0
    for _ in range(20):  # Newton's method
        likely = expit(logits + shift)
        shift += float((share - likely.mean()) / max((likely * (1 - likely)).mean(), 1e-3))
    return replace(model.calibration, shift_start=model.calibration.shift_start + float(np.clip(shift, -2, 2)))
