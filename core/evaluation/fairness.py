"""Who is shown, and who is served: lists by popularity, and how good they are for groups of people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.exposure import PARTS, Exposure, exposure, mainstream, tenths
from core.evaluation.results import Cell, Chart, Report, Series, Spread, Table
from core.evaluation.splits import Case, Fold, Split
from core.recsys.arrays import Rows, Vector
from core.recsys.metrics import ndcg, top
from core.recsys.slate import GEMS, SlateConfig, choose

OURS, POPULAR, CHANCE, LIKED = "jianyan", "popularity", "chance", "what they like"
LEAST_LIKES = 3  # of the training people, to be a candidate
OPENNESS = (0.0, 0.25, 0.5, 0.75, 0.875, 1.0)
ALL = 10**6
FEW = 10  # people below whom a group says nothing


@dataclass(frozen=True, slots=True, eq=False)
class _Served:
    """One person: number, how many reactions they gave, the rows they like, and by recommender list and NDCG@10."""

    user: int
    fold: int
    rated: int
    liked: Rows
    lists: Mapping[str, Rows]
    ndcg: Mapping[str, float]


def fairness(split: Split, told: int = 10) -> Report:
    """Ten items for everybody after `told` reactions; candidates as in `quality`."""
    served: list[_Served] = []
    tenths_of: dict[int, Rows] = {}
    for fold in split:
        shown = np.flatnonzero(fold.likes >= LEAST_LIKES - 0.5)
        tenths_of[fold.number] = tenths(fold.likes[shown])
        served += [_serve(split, fold, case, shown, told) for case in split.cases(fold)]
    exposed = {name: _exposed(served, tenths_of, name) for name in (LIKED, OURS, POPULAR, CHANCE)}
    knob = _knob(split, told)
    tables = (
        Table(
            "exposure",
            "What is shown, by tenths of popularity; each part holds a tenth of all likes, so the head is few items",
            ("shown by", *(str(part) for part in range(1, PARTS + 1)), "coverage", "gini", "NDCG@10"),
            tuple((name, *cells, _quality(served, name)) for name, cells in exposed.items()),
            "1 is the head. coverage: share of the candidates that anybody was shown; mean of the folds.",
        ),
        knob,
        _groups(split, served, tenths_of),
    )
    series = tuple(
        Series(name, tuple(str(part) for part in range(1, PARTS + 1)), tuple(float(c) for c in cells[:PARTS]))
        for name, cells in exposed.items()
    )
    chart = Chart(
        "exposure", "What is shown, by popularity", "tenth of the likes, the head first", "share of the places", series
    )
    about = split.about(f"ten items after {told} reactions; candidates have {LEAST_LIKES} likes")
    return Report("fairness", "Fairness: who is shown, and who is served?", about, tables, (chart, frontier(knob)))


def _serve(split: Split, fold: Fold, case: Case, shown: Rows, told: int) -> _Served:
    """Rows of the lists are places among the candidates."""
    known = case.pool[:told]
    rng = np.random.default_rng([split.seed, abs(case.user)])
    scored: dict[str, Vector] = {
        OURS: fold.model.scores(fold.model.fold_in(known, case.values[:told]))[shown],
        POPULAR: fold.likes[shown].copy(),
        CHANCE: rng.random(len(shown)),
    }
    out = np.isin(shown, case.pool)
    lists = {name: top(np.where(out, -np.inf, scores), 10) for name, scores in scored.items()}
    liked = np.flatnonzero(np.isin(shown, np.concatenate([case.pool[case.values > 0], case.targets])))
    quality = {name: ndcg(shown[found], case.targets) for name, found in lists.items()}
    return _Served(case.user, fold.number, len(case.pool) + len(case.rated), liked, {**lists, LIKED: liked}, quality)


def _exposed(served: Sequence[_Served], tenths_of: Mapping[int, Rows], name: str) -> tuple[float, ...]:
    """Shares of the tenths, coverage and Gini, by fold and then the mean."""
    found = []
    for fold, parts in tenths_of.items():
        seen = exposure([one.lists[name].tolist() for one in served if one.fold == fold], parts)
        found.append((*seen.by_popularity.tolist(), seen.coverage, seen.gini))
    return tuple(float(np.mean(values)) for values in zip(*found, strict=True))


def _knob(split: Split, told: int) -> Table:
    """The frontier between what is known and hidden gems, after `told` reactions and after all of a profile."""
    rows: list[tuple[Cell, ...]] = []
    for count in (told, ALL):
        found: dict[float, list[float]] = defaultdict(list)
        seen: dict[float, list[Exposure]] = defaultdict(list)
        for fold in split:
            shown = np.flatnonzero(fold.likes >= LEAST_LIKES - 0.5)
            lists: dict[float, list[list[int]]] = defaultdict(list)
            parts, vectors, counts = tenths(fold.likes[shown]), fold.model.vectors[shown], fold.model.counts[shown]
            for case in split.cases(fold):
                scores = fold.model.scores(fold.model.fold_in(case.pool[:count], case.values[:count]))[shown]
                out = np.isin(shown, case.pool)
                for openness in OPENNESS:
                    config = SlateConfig(diversity=0.0, openness=GEMS * openness)
                    rows_of = choose(scores, vectors, 10, out, config=config, counts=counts)
                    found[openness].append(ndcg(shown[rows_of], case.targets))
                    lists[openness].append(rows_of.tolist())
            for openness, some in lists.items():
                seen[openness].append(exposure(some, parts))
        plain = float(np.mean([one.coverage for one in seen[0.0]]))
        for openness in OPENNESS:
            covered = float(np.mean([one.coverage for one in seen[openness]]))
            rows.append(
                (
                    f"{'all' if count == ALL else count} told, {openness:g}",
                    Spread.of(found[openness]),
                    Spread.ratio(np.array(found[openness]), np.array(found[0.0])),
                    covered,
                    covered / plain,
                    float(np.mean([one.gini for one in seen[openness]])),
                    float(np.mean([one.by_popularity[PARTS // 2 :].sum() for one in seen[openness]])),
                )
            )
    return Table(
        "openness",
        "From what is known (0) to hidden gems (1): JIANYAN_OPENNESS",
        ("setting", "NDCG@10", "over 0", "coverage", "times that of 0", "gini", "of the lesser known"),
        tuple(rows),
        "of the lesser known: share of the places that goes to items that hold the less liked half of all likes.",
    )


def frontier(knob: Table) -> Chart:
    """What coverage costs, from the table of the knob: a line by how much was told, a point for each setting."""
    lines: dict[str, list[tuple[float, Spread]]] = defaultdict(list)
    for row in knob.rows:
        over, times = row[2], row[4]
        assert isinstance(over, Spread)
        assert isinstance(times, float)
        lines[str(row[0]).partition(",")[0]].append((times, over))
    series = tuple(
        Series(name, tuple(x for x, _ in points), tuple(y.mean for _, y in points), tuple(y.error for _, y in points))
        for name, points in lines.items()
    )
    names = tuple(f"{openness:g}" for openness in OPENNESS)
    title = "From what is known (0) to hidden gems (1)"
    return Chart("openness", title, "coverage, times that of 0", "NDCG@10 over that of 0", series, names=names)


def _quality(served: Sequence[_Served], name: str) -> Spread | None:
    return None if name == LIKED else Spread.of([one.ndcg[name] for one in served])


def _groups(split: Split, served: Sequence[_Served], tenths_of: Mapping[int, Rows]) -> Table:
    """Quality by group of people, and the gap between a trait's best and worst served."""
    able = [one for one in served if len(one.liked)]
    ours, plain = (np.array([one.ndcg[name] for one in able]) for name in (OURS, POPULAR))
    rows: list[tuple[Cell, ...]] = []
    gaps: list[tuple[float, tuple[Cell, ...]]] = []
    for trait, groups in _traits(split, able, tenths_of).items():
        means = {}
        for group, members in sorted(groups.items()):
            if len(members) < FEW:
                continue
            found = Spread.of(ours[members])
            means[group] = found
            ratio = Spread.ratio(ours[members], plain[members])
            rows.append((f"{trait}: {group}", len(members), found, Spread.of(plain[members]), ratio))
        if len(means) > 1:
            low, high = min(means, key=lambda g: means[g].mean), max(means, key=lambda g: means[g].mean)
            gap = Spread(means[high].mean - means[low].mean, float(np.hypot(means[high].error, means[low].error)))
            gaps.append((gap.mean, (f"gap in {trait}: {low} below {high}", None, gap, None, None)))
    rows += [row for _, row in sorted(gaps, key=lambda pair: -pair[0])]
    return Table(
        "groups",
        "NDCG@10 by group of people, and the gaps, the largest first",
        ("group", "people", OURS, POPULAR, f"over {POPULAR}"),
        tuple(rows),
        "Who likes what few like is harder to serve for every recommender: compare with popularity. "
        "The mainstream is the half whose likes stand nearer to the head.",
    )


def _traits(split: Split, served: Sequence[_Served], tenths_of: Mapping[int, Rows]) -> dict[str, dict[str, list[int]]]:
    """trait -> group -> places in served. Activity in quarters, taste in halves, and what the data says of people."""
    found: dict[str, dict[str, list[int]]] = {"activity": defaultdict(list), "taste": defaultdict(list)}
    order = np.argsort([one.rated for one in served], kind="stable")
    for number, part in enumerate(np.array_split(order, 4), 1):
        if len(part):
            most = [served[k].rated for k in part.tolist()]
            found["activity"][f"{number}. quarter, {min(most)} to {max(most)} ratings"] = part.tolist()
    near = np.zeros(len(served), bool)
    for fold, parts in tenths_of.items():
        inside = [k for k, one in enumerate(served) if one.fold == fold]
        near[inside] = mainstream([served[k].liked.tolist() for k in inside], parts)
    for k, mark in enumerate(near.tolist()):
        found["taste"]["mainstream" if mark else "niche"].append(k)
    for trait, groups in split.data.groups.items():
        found[trait] = defaultdict(list)
        for k, one in enumerate(served):
            if one.user in groups:
                found[trait][groups[one.user]].append(k)
    return found
