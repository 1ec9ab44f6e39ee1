"""The model: item vectors, what a reaction does to a belief, and what a belief says of the items.

    s_i = p_i + <z, v_i> + omega(n) sum_k q_k B[k, i] + own_k [i is k]          n: items told
    z ~ N(0, S)      S^-1 = 1 + weakness / sqrt n      z = L^-1 h
    L = S^-1 + g(n) silence + sum_k x_k' w_k x_k      h = kappa(n) sum_k x_k' w_k y_k
    logit_i = a_n s_i + c_n + usual u_i + j_n <z, v_i> over the coordinates of appraisal, in reactions

A reaction to an item says two things (two lines of x): that it was chosen, in the factors; and how it was judged, in
the coordinates of `appraisal`, which silence leaves alone. Who tells all dislikes finds 15 to 24 % fewer disliked items
among the ten best, at the same NDCG@10 within two standard errors (`benchmarks/dislikes.py`).
At a fixed n all is linear in the feedback, so every logit is the prior's part plus one share per observation.
own: the told item's place on B's diagonal, in proportion to the reaction. Without it 3 to 13 % of random logs made a
liked item's own logit fall or a disliked one's rise (the target may lie on the other side of what was expected, and n
moves all); 0.02 repaired all of 6,000, 0.5 leaves room. A told item is not recommended again, so no ranking changes.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import scipy.sparse as sp

from core.errors import InteractionsError, ModelError
from core.recsys.arrays import Integers, Mask, Matrix, Numbers, Rows, Vector, grades, rows_below
from core.recsys.calibration import Calibration
from core.recsys.gaussian import Belief, Observation, posterior
from core.recsys.response import Response
from core.recsys.storage import read_arrays, write_arrays

NOBODY: Rows = np.zeros(0, np.int64)
NOTHING: Vector = np.zeros(0)
COMPOUND = ("neighbours", "appraisal_precision", "response", "calibration")  # fields that are no array
PARTS = ("data", "indices", "indptr")
LEAST_SHARE = 1e-3  # a rarer facet says no more than one of this share
NO_DIRECTION = 1e-9  # prior deviation of a contrast below which it says nothing


@dataclass(frozen=True, slots=True, eq=False)
class ItemFactors:
    """n items in d dimensions where the prior of a person is N(0, I) but for weak dimensions, and silence is diagonal.

    items: (n,) sorted ids from training, or the rows of a whole catalogue (`content.extend`).
    counts: (n,) reactions seen. vectors: (n, d) v. offsets: (n,) p. expected: (n,) what the prior expects of a target.
    weakness, silence: (d,) see the module. appraised: (d,) coordinates of appraisal, not of the choice of items.
    usual: (n,) reaction to an item on the whole. neighbours: (n, n) B >= 0, diagonal zero.
    domains: (n,) small integers. popularity: (n,) > 0, adds up to 1 in each domain. centres: (domains, d) means by it.
    scatter: (n,) >= 0, residual: (d,): Var(v_i) = scatter_i diag(residual), 0 straight from training.
    offset_variance: (n,) Var(p_i). appraisal_precision: 1 / variance of the noise in how an item is judged.
    """

    items: Rows
    counts: Rows
    vectors: Matrix
    offsets: Vector
    expected: Vector
    weakness: Vector
    silence: Vector
    appraised: Mask
    usual: Vector
    neighbours: "sp.csr_matrix[np.float64]"
    domains: Rows
    popularity: Vector
    centres: Matrix
    scatter: Vector
    residual: Vector
    offset_variance: Vector
    appraisal_precision: float
    response: Response
    calibration: Calibration

    def item_observation(self, row: int, value: float, strength: float = 1.0) -> Observation:
        """A reaction, value in [-1, 1], to the item in a row; strength > 1 is worth more of them (loved it)."""
        found = self.item_observations(rows_below([row], len(self.items)), grades([value]), strength)
        return found[0]

    def item_observations(self, rows: Rows, values: Vector, strength: float = 1.0) -> tuple[Observation, ...]:
        """Reactions to the items in rows (k,), checked already."""
        response, vectors = self.response, self.vectors[rows]
        chosen, judged = response.noise_precisions(values), np.full(len(rows), self.appraisal_precision)
        precisions = strength * np.stack([chosen, judged], 1)  # (k, 2)
        # a vector guessed from content is a noisy regressor: its own variance adds to the noise
        spread = np.array([self.residual[~self.appraised].sum(), self.residual[self.appraised].sum()])
        variances = self.scatter[rows, None] * spread + self.offset_variance[rows, None] * [1, 0]
        precisions = precisions / (1 + precisions * variances)
        judgements = response.appraisal * (values - self.usual[rows])
        targets = np.stack([response.targets(values) - self.expected[rows], judgements], 1)
        lines = np.stack([np.where(self.appraised, 0, vectors), np.where(self.appraised, vectors, 0)], 1)  # (k, 2, d)
        directs, owns = strength * response.directs(values), response.own_weight * values
        told = zip(rows.tolist(), lines, targets, precisions, directs, owns, strict=True)
        return tuple(
            Observation(x, y, precision, row, float(direct), float(own), NOBODY, NOTHING)
            for row, x, y, precision, direct, own in told
        )

    def facet_contrast(self, members: Vector) -> Vector:
        """(d,) popularity-weighted mean of the members less that of all items of their domains.

        members: (n,) weights >= 0, 0 for an item outside. Zeros if there is no member.
        """
        rows = np.flatnonzero(members)
        weights = members[rows] * self.popularity[rows]
        if not weights.sum() > 0:
            return np.zeros(len(self.weakness))
        weights = weights / weights.sum()
        contrast: Vector = weights @ self.vectors[rows]
        return contrast - np.bincount(self.domains[rows], weights, len(self.centres)) @ self.centres

    def facet_observation(self, members: Vector, strength: float) -> Observation:
        """A taste for a facet, or for what a free wish matched: +-t prior deviations, seen with a noise of one.

        members: (n,) weights >= 0. strength: t > 0 for a like, < 0 for a dislike; 0.5 mild, 1 plain, 2 strong.
        """
        if len(members) != len(self.items) or not np.isfinite(members).all() or (members < 0).any():
            raise InteractionsError(f"members must be {len(self.items)} weights >= 0")
        x = self.facet_contrast(members)
        deviation = float(np.sqrt(x**2 @ (1 / self.prior_precision(0))))
        rows = np.flatnonzero(members)
        lifts = self.response.facet_direct * strength * self._surprise(members) * members[rows]
        if deviation < NO_DIRECTION:
            return Observation(np.zeros((1, len(x))), np.zeros(1), np.zeros(1), None, 0.0, 0.0, rows, lifts)
        y = np.array([self.response.facet_gain * strength * deviation])
        return Observation(x[None], y, np.array([1 / deviation**2]), None, 0.0, 0.0, rows, lifts)

    def _surprise(self, members: Vector) -> float:
        """What it says to be a member, in nats (-log of the popular share of members), over the greatest weight.

        A person's name says more of an item than "comedy" does. The share is a mean over the domains that have members.
        """
        most = float(members.max(initial=0.0))
        if most == 0:
            return 0.0
        shares = np.bincount(self.domains, self.popularity * members / most)
        return float(-np.log(np.clip(shares[shares > 0].mean(), LEAST_SHARE, 1))) / most

    def prior_precision(self, told: int) -> Vector:
        """(d,) S^-1 and silence for n items told: weak dimensions are mostly noise while little is known."""
        precision: Vector = 1 + self.weakness / np.sqrt(max(told, 1)) + self.response.silence(told) * self.silence
        return precision

    def belief(self, observations: Sequence[Observation] = ()) -> Belief:
        """The person behind the observations, in that order; none: a new person."""
        told = sum(o.row is not None for o in observations)
        return posterior(self.prior_precision(told), self.response.gain(told), observations)

    def fold_in(self, rows: Integers, values: Numbers) -> Belief:
        """The person who told these reactions: rows (k,) of items, values (k,) in [-1, 1]; empty: a new person.

        InteractionsError for different lengths, a row twice or out of range, a value that is NaN or out of range.
        """
        told, reactions = rows_below(rows, len(self.items)), grades(values)
        if len(told) != len(reactions):
            raise InteractionsError(f"rows and values differ in length: {len(told)}, {len(reactions)}")
        unique, counts = np.unique(told, return_counts=True)
        if len(unique) < len(told):
            raise InteractionsError(f"row {unique[np.argmax(counts)]} occurs twice")
        return self.belief(self.item_observations(told, reactions))

    def scores(self, belief: Belief) -> Vector:
        """(n,) s at the mean, for ranking."""
        scores: Vector = self.vectors @ belief.mean + self._direct(belief)  # (n, d) @ (d,) -> (n,)
        return scores

    def _direct(self, belief: Belief) -> Vector:
        """(n,) the score without the vectors: popularity, item to item, the told items' own, members of facets."""
        direct = self.offsets.copy()
        told = np.array([o.row for o in belief.observations if o.row is not None], dtype=np.int64)
        if len(told):
            omega = self.response.omega(belief.told)
            directs = np.array([o.direct for o in belief.observations if o.row is not None])
            direct += self.neighbours[told].T @ (omega * directs)
        for o in belief.observations:
            if o.row is not None:
                direct[o.row] += o.own
            direct[o.members] += o.memberships
        return direct

    def judgements(self, belief: Belief, rows: Rows) -> Vector:
        """(r,) what the person's own judgement adds to the usual reaction, in reactions."""
        appraised = self.appraised
        mean = belief.mean[appraised] / self._appraisal_scale(belief)
        found: Vector = self.vectors[np.ix_(rows, np.flatnonzero(appraised))] @ mean
        return found

    def _appraisal_scale(self, belief: Belief) -> float:
        return self.response.gain(belief.told) * self.response.appraisal

    def _reading(self, belief: Belief) -> Vector:
        """(d,) weight of each coordinate in a logit: a_n, and j_n / (kappa(n) weight) more where people judge."""
        judged = self.calibration.judgement(belief.told) / self._appraisal_scale(belief)
        reading: Vector = np.where(self.appraised, judged, 0.0) + self.calibration.slope(belief.told)
        return reading

    def _prior_logits(self, belief: Belief, rows: Rows | slice = slice(None)) -> Vector:
        """(r,) of people of whom as much is known, with nothing of what they said."""
        slope, shift = self.calibration.slope(belief.told), self.calibration.shift(belief.told)
        logits: Vector = slope * self.offsets[rows] + shift + self.calibration.usual * self.usual[rows]
        return logits

    def logits(self, belief: Belief) -> Vector:
        """(n,) as the module says; their sigmoid is the probability that a person likes what they took up."""
        said = self.calibration.slope(belief.told) * (self._direct(belief) - self.offsets)
        logits: Vector = self.vectors @ (self._reading(belief) * belief.mean) + said + self._prior_logits(belief)
        return logits

    def shares(self, belief: Belief, rows: Integers) -> tuple[Vector, Matrix]:
        """Prior's part (r,) and shares (r, k), one per observation in the order given; they add up to logits[rows]."""
        asked = rows_below(rows, len(self.items))
        direct = np.zeros((len(asked), len(belief.observations)))
        told = [k for k, o in enumerate(belief.observations) if o.row is not None]
        if told:
            sources = np.array([belief.observations[k].row for k in told], dtype=np.int64)
            directs = np.array([belief.observations[k].direct for k in told]) * self.response.omega(belief.told)
            direct[:, told] += self.neighbours[sources][:, asked].toarray().T * directs
        for k, o in enumerate(belief.observations):
            if o.row is not None:
                direct[asked == o.row, k] += o.own
            elif len(o.members):
                places = np.minimum(np.searchsorted(o.members, asked), len(o.members) - 1)
                direct[:, k] += np.where(o.members[places] == asked, o.memberships[places], 0.0)
        read = self.vectors[asked] * self._reading(belief)
        parts = belief.solve(read.T).T @ belief.pushes.T  # (r, d) @ (d, k) -> (r, k)
        return self._prior_logits(belief, asked), parts + self.calibration.slope(belief.told) * direct

    def std(self, belief: Belief, rows: Integers) -> Vector:
        """(r,) standard deviation of the logits: of the person, and of items known from content alone.

        How a person judges weighs as the usual reaction does: j_n is less where little was told, and nobody is surer
        for that.
        """
        slope = self.calibration.slope(belief.told)
        reading = slope + np.where(self.appraised, self.calibration.usual / self.response.appraisal, 0.0)
        return self._deviations(belief, rows_below(rows, len(self.items)), reading, slope)

    def score_std(self, belief: Belief, rows: Integers) -> Vector:
        """(r,) the same of the scores."""
        return self._deviations(belief, rows_below(rows, len(self.items)), np.ones(len(belief.mean)), 1.0)

    def _deviations(self, belief: Belief, rows: Rows, reading: Vector, slope: float) -> Vector:
        """Var s_i = v' L^-1 v + z'Rz + tr(R L^-1) + Var(p_i), R = Var(v_i), with v weighted by reading, p by slope."""
        read = self.vectors[rows] * reading
        person = np.einsum("rd,dr->r", read, belief.solve(read.T))
        uncertain = belief.mean**2 + np.diag(belief.solve(np.eye(len(belief.mean))))
        spread = float((self.residual * reading**2) @ uncertain)
        deviations: Vector = np.sqrt(person + self.scatter[rows] * spread + slope**2 * self.offset_variance[rows])
        return deviations

    def save(self, path: Path) -> None:
        """Writes one .npz, beside and then renamed."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in COMPOUND}
        arrays |= {f"neighbours_{part}": getattr(self.neighbours, part) for part in PARTS}
        settings = {
            "appraisal_precision": self.appraisal_precision,
            "response": asdict(self.response),
            "calibration": asdict(self.calibration),
        }
        arrays["settings"] = np.frombuffer(json.dumps(settings).encode(), np.uint8)
        write_arrays(path, arrays)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The model that `save` wrote; ModelError for anything else."""
        arrays: dict[str, Any] = dict(read_arrays(path))  # Any: fields of several types
        try:
            settings = json.loads(arrays.pop("settings").tobytes())
            response: dict[str, Any] = {
                name: tuple(v) if isinstance(v, list) else v for name, v in settings["response"].items()
            }
            n = len(arrays["items"])
            return cls(
                neighbours=sp.csr_matrix(tuple(arrays.pop(f"neighbours_{part}") for part in PARTS), shape=(n, n)),
                appraisal_precision=float(settings["appraisal_precision"]),
                response=Response(**response),
                calibration=Calibration(**settings["calibration"]),
                **arrays,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(path, f"its arrays are not those of a model: {error}") from error
