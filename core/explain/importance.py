"""Which facets carry a person's taste, read from the belief, and which feedback each of them rests on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.catalog import Catalog
from core.explain.drawing import BAD, GOOD, PLAIN, Letters, Picture, figure, written
from core.explain.lettering import cells, fitted, say
from core.recsys.arrays import Matrix, Vector
from core.recsys.factors import NO_DIRECTION, ItemFactors
from core.recsys.gaussian import Belief
from core.turns import Lang, Target

KINDS = ("genre", "mood", "decade", "person")
LEAST_MEMBERS = 3  # items; the contrast of fewer is a film or two, not a facet
SHOWN = 8  # facets of a kind in a picture
Name = Callable[[Target, str], str]  # of a facet, in `zh` or `en`


@dataclass(frozen=True, slots=True, eq=False)
class FacetImportance:
    """How far a belief leans to a facet: x_f . mean, in deviations that the prior gives to x_f . z.

    lean = sum of shares. deviation: of x_f . z given the feedback, in the same unit: 1 where nothing was learned.
    shares: (k,) of the lean, one an observation. effects: (k,) what leaving one out would add to the lean, by doing it.
    """

    target: Target
    members: int
    lean: float
    deviation: float
    shares: Vector
    effects: Vector


def facet_importance(
    model: ItemFactors, catalog: Catalog, belief: Belief, domain: str | None = None,
    kinds: Sequence[str] = KINDS, least: int = LEAST_MEMBERS,
) -> tuple[FacetImportance, ...]:  # fmt: skip
    """All facets of these kinds with enough members, the one that is leaned to or from most first.

    catalog: its rows are the model's. domain: only its items are members; None: those of all domains.
    """
    members = _members(catalog, domain, kinds, least)
    targets, design = _contrasts(model, members)
    if not targets:
        return ()
    solved = belief.solve(design.T)  # (d, f)
    shares = solved.T @ belief.pushes.T  # (f, d) @ (d, k) -> (f, k)
    deviations = np.sqrt(np.einsum("fd,df->f", design, solved))
    leans = design @ belief.mean
    effects = np.zeros_like(shares)
    for k in range(len(belief.observations)):
        rest = model.belief((*belief.observations[:k], *belief.observations[k + 1 :]))
        effects[:, k] = design @ rest.mean - leans
    found = [
        FacetImportance(target, len(members[target]), float(lean), float(sd), own, effect)
        for target, lean, sd, own, effect in zip(targets, leans, deviations, shares, effects, strict=True)
    ]
    return tuple(sorted(found, key=lambda each: (-abs(each.lean), each.target)))


def _members(catalog: Catalog, domain: str | None, kinds: Sequence[str], least: int) -> dict[Target, list[int]]:
    """Rows of every facet of these kinds that has enough of them in the domain."""
    found = {
        Target(kind, value): [row for row in rows if domain is None or catalog.items[row].domain == domain]
        for (kind, value), rows in catalog.rows_of.items()
        if kind in kinds
    }
    return {target: rows for target, rows in found.items() if len(rows) >= least}


def _contrasts(model: ItemFactors, members: Mapping[Target, Sequence[int]]) -> tuple[list[Target], Matrix]:
    """Facets, and their contrasts (f, d) scaled to a prior deviation of 1; a contrast without direction is left out."""
    variances = 1 / model.prior_precision(0)
    targets, design = [], []
    for target, rows in members.items():
        weights = np.zeros(len(model.items))
        weights[list(rows)] = 1.0
        contrast = model.facet_contrast(weights)
        deviation = float(np.sqrt(contrast**2 @ variances))
        if deviation >= NO_DIRECTION:
            targets.append(target)
            design.append(contrast / deviation)
    return targets, np.array(design).reshape(len(targets), len(variances))


def by_kind(found: Sequence[FacetImportance], most: int = SHOWN) -> dict[str, tuple[FacetImportance, ...]]:
    """The first of each kind, in the order of KINDS and then of others."""
    kinds = dict.fromkeys((*KINDS, *(each.target.kind for each in found)))
    grouped = {kind: tuple(each for each in found if each.target.kind == kind)[:most] for kind in kinds}
    return {kind: group for kind, group in grouped.items() if group}


def text(found: Sequence[FacetImportance], labels: Sequence[str], name: Name, lang: Lang, most: int = 5) -> str:
    """A line a facet: how far it is leaned to, how sure that is, and the feedback that carries it most.

    labels: (k,) of the observations.
    """
    lines = [say("importance", lang)]
    for kind, group in by_kind(found, most).items():
        lines.append(f" {say(kind, lang)}")
        names = [name(each.target, _shown_in(lang)) for each in group]
        room = max(map(cells, names))
        for each, named in zip(group, names, strict=True):
            line = f"  {fitted(named, room)}  {each.lean:+.2f} ± {each.deviation:.2f}"
            if labels:
                k = int(np.argmax(np.sign(each.lean) * each.shares))
                line += "  " + say("carried", lang, label=labels[k], effect=f"{each.effects[k]:+.2f}")
            lines.append(line)
    return "\n".join(lines)


def picture(found: Sequence[FacetImportance], name: Name, path: Path, lang: Lang) -> Picture:
    """Leans by kind with their deviations as whiskers: blue is liked, orange is not."""
    letters = Letters(lang)
    shown_in = _shown_in(lang if letters.font else Lang.EN)
    groups = by_kind(found)
    made, axes = figure(7.0, 1.6 + 0.28 * sum(len(group) + 1 for group in groups.values()), letters)
    y, ticks, names = 0, [], []
    for kind, group in groups.items():
        axes.text(0.005, y, letters.said(kind), transform=axes.get_yaxis_transform(), va="center", color=PLAIN)
        for place, each in enumerate(group, y + 1):
            colour = GOOD if each.lean >= 0 else BAD
            axes.barh(place, each.lean, height=0.65, color=colour, xerr=each.deviation, ecolor="#999999", capsize=2)
            ticks.append(place)
            names.append(letters.shown(name(each.target, shown_in)))
        y += len(group) + 1
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(ticks, names)
    axes.set_ylim(y - 0.4, -0.6)
    axes.set_title(letters.said("importance"), fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    return written(made, path, letters)


def _shown_in(lang: Lang) -> str:
    return "en" if lang is Lang.EN else "zh"
