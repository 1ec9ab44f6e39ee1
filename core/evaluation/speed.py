"""What one turn's numbers cost, beside the one look at every item vector that no exact ranking can do without."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import numpy as np
import scipy.sparse as sp

from core.evaluation.provenance import commit, machine
from core.evaluation.results import Cell, Chart, Report, Series, Table
from core.recsys.arrays import Vector
from core.recsys.calibration import Calibration
from core.recsys.elicit import question_gains
from core.recsys.factors import ItemFactors
from core.recsys.metrics import top
from core.recsys.response import Response

STAGES = ("one look", "fold in", "score", "ten best", "shares")
ASK = "questions"
DIMENSIONS = 129  # 64 factors, 17 of appraisal and 48 facet coordinates, as built
NEIGHBOURS = 40
QUESTIONS, ASKABLE = 30, 800  # genres and moods that may be asked about; described items that may be shown
WARM = 0.1  # share of the rounds that is thrown away
Found = TypeVar("Found")
Progress = Callable[[str, int, int], None]


def speed(
    sizes: Sequence[int] = (10_000, 100_000), told: int = 20, rounds: int = 200, seed: int = 0,
    progress: Progress | None = None,
) -> Report:  # fmt: skip
    """Milliseconds of a turn's stages on made-up models of these sizes, after `told` reactions.

    One look is `vectors @ vector` on the same matrix in the same round, so that what else the machine does weighs on
    both alike.
    """
    found = {size: _measured(size, told, rounds, seed, progress) for size in sizes}
    rows: list[tuple[Cell, ...]] = []
    ratios: list[tuple[Cell, ...]] = []
    for size, times in found.items():
        turn = np.sum([times[stage] for stage in STAGES[1:]], axis=0)
        rows.append((f"{size:,}", *(_both(times[stage]) for stage in STAGES), _both(turn), _both(times[ASK])))
        look, whole = np.percentile(times[STAGES[0]], [50, 95]), np.percentile(turn, [50, 95])
        ratios.append((f"{size:,}", *(float(x) for x in whole), *(float(x) for x in whole / look)))
    tables = (
        Table(
            "stages", "Milliseconds by stage, p50 / p95", ("items", *STAGES, "turn", ASK), tuple(rows),
            f"turn: all but the look. {ASK}: choosing among {QUESTIONS} for {ASKABLE} items, where one is asked.",
        ),
        Table(
            "limit", "The turn over one look at every item vector",
            ("items", "turn p50", "turn p95", "over p50", "over p95"), tuple(ratios), digits=2,
        ),
    )  # fmt: skip
    names = tuple(f"{size:,}" for size in sizes)
    series = tuple(
        Series(stage, names, tuple(float(np.percentile(times[stage], 50)) for times in found.values()))
        for stage in STAGES
    )
    chart = Chart("stages", "One turn's numbers", "items", "ms, p50", series, bars=True)
    about = {
        "data": f"made up: {DIMENSIONS} dimensions, {NEIGHBOURS} neighbours an item",
        "split": f"none; {told} reactions folded in, {rounds} rounds of which {WARM:.0%} warm up",
        "seed": str(seed), "machine": machine(), "commit": commit(),
    }  # fmt: skip
    return Report("speed", "Speed: one turn's numbers", about, tables, (chart,))


def _measured(items: int, told: int, rounds: int, seed: int, progress: Progress | None) -> dict[str, Vector]:
    """Milliseconds (rounds - warm,) of each stage."""
    rng = np.random.default_rng(seed)
    model = made_up(items, rng)
    one = rng.normal(size=DIMENSIONS)
    askable = rng.choice(items, min(ASKABLE, items), replace=False)
    members = [(rng.random(items) < 0.1).astype(np.float64) for _ in range(QUESTIONS)]
    questions = [model.facet_observation(each, 1.0) for each in members]
    times: dict[str, list[float]] = {stage: [] for stage in (*STAGES, ASK)}

    def timed(stage: str, call: Callable[[], Found]) -> Found:
        before = time.perf_counter()
        result = call()
        times[stage].append(1000 * (time.perf_counter() - before))
        return result

    for done in range(rounds):
        rows, values = rng.choice(items, told, replace=False), rng.choice([-1.0, 0.0, 1.0, 1.0], told)
        timed(STAGES[0], partial(model.vectors.__matmul__, one))
        belief = timed("fold in", partial(model.fold_in, rows, values))
        scores = timed("score", partial(model.scores, belief))
        best = timed("ten best", partial(top, scores, 10))
        timed("shares", partial(model.shares, belief, best))
        timed(ASK, partial(question_gains, model, belief, questions, askable, scores=scores))
        if progress is not None:
            progress(f"{items:,} items", done + 1, rounds)
    return {stage: np.array(spent[int(WARM * rounds) :]) for stage, spent in times.items()}


def made_up(items: int, rng: np.random.Generator) -> ItemFactors:
    """Random vectors of the built model's shape. Its numbers mean nothing, their cost does."""
    near = sp.csr_matrix(
        (rng.random(NEIGHBOURS * items), rng.integers(0, items, NEIGHBOURS * items),
         np.arange(0, NEIGHBOURS * items + 1, NEIGHBOURS)),
        shape=(items, items),
    )  # fmt: skip
    near.sum_duplicates()
    zeros = np.zeros(items)
    return ItemFactors(
        items=np.arange(items), counts=np.ones(items, np.int64), vectors=rng.normal(0, 0.3, (items, DIMENSIONS)),
        offsets=rng.normal(size=items), expected=zeros, weakness=np.ones(DIMENSIONS), silence=np.ones(DIMENSIONS),
        appraised=np.arange(DIMENSIONS) // 17 == 4, usual=zeros, appraisal_precision=1.0,
        neighbours=near, domains=np.zeros(items, np.int64), popularity=np.full(items, 1 / items),
        centres=np.zeros((1, DIMENSIONS)), scatter=zeros, residual=np.zeros(DIMENSIONS), offset_variance=zeros,
        response=Response(), calibration=Calibration(0.0, 0.0, 0.0, 0.0, 1.0, 1.0),
    )  # fmt: skip


def _both(times: Vector) -> str:
    middle, high = np.percentile(times, [50, 95])
    return f"{middle:.2f} / {high:.2f}"
