"""Conversations with people held out of real ratings: how soon a film they want is shown, and to whom what is shown."""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from core.catalog import Catalog
from core.engine import Engine
from core.errors import InteractionsError
from core.evaluation.conversation import EngineTalk, NeighbourTalk, Person, ScoredTalk, Talked, Talker, people, talk
from core.evaluation.fairness import PARTS, exposure, mainstream, tenths
from core.evaluation.ratings import folds, load_movielens
from core.nlu.lexicon import Lexicon
from core.recsys import Interactions, ItemFactors
from core.recsys.arrays import Mask, Rows, Vector
from core.sources import movielens

OURS = "jianyan"
Train = Callable[[Catalog, Interactions], ItemFactors]
Progress = Callable[[int, int, str], None]
_TITLE = re.compile(r"(?P<name>.*\S)\s*\((?P<year>\d{4})\)\s*")


@dataclass(frozen=True, slots=True)
class Scenes:
    """What is simulated. hits: so many of the most liked films are neither offered nor wanted in the second form."""

    people: int = 100
    turns: int = 10
    count: int = 3
    opening: int = 2
    hits: int = 200
    folds: int = 5
    least_likes: int = 10  # of a person who is held out

    @property
    def forms(self) -> dict[str, int]:
        """Hits that are left out, by form. In the open form a list of hits does as well as anything."""
        return {"open": 0, "without hits": self.hits}


class _Tally:
    """What was measured, by form and recommender."""

    def __init__(self) -> None:
        self.persons: dict[str, list[Person]] = defaultdict(list)
        self.talked: dict[tuple[str, str], list[Talked]] = defaultdict(list)


def simulate(
    directory: Path, out: Path, train: Train, seed: int = 0, scenes: Scenes = Scenes(), progress: Progress | None = None
) -> dict[str, object]:
    """Trains on the training people of DIR, talks with others, writes simulation.json and simulation.txt to out.

    directory: ratings.csv and movies.csv as MovieLens has them; its films are the catalogue, with title, year and
    genres alone. train: from interactions whose items are rows of the catalogue. InteractionsError.
    """
    out.mkdir(parents=True, exist_ok=True)
    told = load_movielens(directory)
    films = _films(directory)
    known = np.isin(told.item_ids[told.items], list(films))
    told = Interactions.from_arrays(
        told.user_ids[told.users[known]], told.item_ids[told.items[known]], told.values[known]
    )
    catalog, rows_of = _catalog(films, told.item_ids)
    told = Interactions.from_arrays(told.user_ids[told.users], rows_of[told.items], told.values)
    tally, parts = _Tally(), None
    for training, held in folds(told, scenes.folds, np.random.default_rng(seed), scenes.least_likes):
        liked = (training.values > 0).astype(np.float64)
        likes = np.bincount(training.item_ids[training.items], liked, len(catalog)).astype(np.float64)
        engine = Engine(catalog, train(catalog, training), Lexicon(catalog).names, seed=seed)
        _measure(engine, told, training, held, likes, scenes, seed, tally, progress)
        parts = tenths(likes) if parts is None else parts
        if all(len(tally.persons[form]) >= scenes.people for form in scenes.forms):
            break
    assert parts is not None, "there is at least one fold"
    result: dict[str, object] = {
        "forms": {form: _summary(form, scenes, tally) for form in scenes.forms},
        "fairness": {form: _fairness(form, scenes, tally, parts) for form in scenes.forms},
        "films": len(catalog),
        "scenes": {"turns": scenes.turns, "count": scenes.count, "opening": scenes.opening, "hits": scenes.hits},
        "seed": seed,
    }
    (out / "simulation.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    (out / "simulation.txt").write_text(table(result), encoding="utf-8")
    return result


def _measure(
    engine: Engine, told: Interactions, training: Interactions, held: Mask, likes: Vector, scenes: Scenes, seed: int,
    tally: _Tally, progress: Progress | None,
) -> None:  # fmt: skip
    """Talks with the held-out people of one fold, as many as are still wanted."""
    unit = _unit_columns(training, len(likes))
    best = np.argsort(-likes, kind="stable")
    for form, hits in scenes.forms.items():
        hidden, wanted = frozenset(best[:hits].tolist()), scenes.people - len(tally.persons[form])
        crowd = list(people(told, np.flatnonzero(held).tolist(), hidden, scenes.opening, seed))[:wanted]
        for done, person in enumerate(crowd, 1):
            rng = np.random.default_rng([seed, person.user])
            talkers: dict[str, Talker] = {
                "random": ScoredTalk(rng.random(len(likes)), scenes.count, hidden),
                "popular": ScoredTalk(likes, scenes.count, hidden),
                "neighbours": NeighbourTalk(unit, likes, scenes.count, hidden),
                OURS: EngineTalk(engine, person.user, scenes.count, hidden),
            }
            if scenes.opening:
                talkers[f"{OURS}, similar to"] = EngineTalk(engine, person.user, scenes.count, hidden, similar=True)
            tally.persons[form].append(person)
            for name, talker in talkers.items():
                tally.talked[form, name].append(talk(person, talker, scenes.turns))
            if progress is not None:
                progress(done, len(crowd), form)


def _unit_columns(training: Interactions, n: int) -> "sp.csc_matrix[np.float64]":
    """(m, n) likes, each column of length 1 or 0."""
    liked = training.values > 0
    users, rows = training.users[liked], training.item_ids[training.items[liked]]
    lengths = np.sqrt(np.bincount(rows, minlength=n))
    return sp.csc_matrix((1 / lengths[rows], (users, rows)), shape=(len(training.user_ids), n))


def _names(form: str, tally: _Tally) -> list[str]:
    return [name for of, name in tally.talked if of == form]


def _summary(form: str, scenes: Scenes, tally: _Tally) -> dict[str, object]:
    """Means over people with their standard errors, by recommender."""
    found: dict[str, object] = {"people": len(tally.persons[form])}
    for name in _names(form, tally):
        ends = tally.talked[form, name]
        found[name] = {
            "success5": _spread([t.first is not None and t.first <= 5 for t in ends]),
            f"success{scenes.turns}": _spread([t.first is not None for t in ends]),
            "first": _spread([t.first or scenes.turns + 1 for t in ends]),
            "accepted": _spread([t.accepted for t in ends]),
            "disliked": _spread([t.disliked for t in ends]),
        }
    return found


def _fairness(form: str, scenes: Scenes, tally: _Tally, parts: Rows) -> dict[str, object]:
    """By group of people: what they like, and what each recommender showed them, by tenths of popularity."""
    persons = tally.persons[form]
    if not persons:
        return {}
    liked = [sorted(person.told | person.wanted) for person in persons]
    nearer = mainstream(liked, parts)
    groups = {"all": np.ones(len(persons), bool), "mainstream": nearer, "niche": ~nearer}
    found: dict[str, object] = {}
    for group, mask in groups.items():
        inside = np.flatnonzero(mask).tolist()
        rows: dict[str, object] = {"what they like": _exposed([liked[k] for k in inside], parts)}
        for name in _names(form, tally):
            ends = [tally.talked[form, name][k] for k in inside]
            success = [t.first is not None and t.first <= 5 for t in ends]
            rows[name] = _exposed([t.shown for t in ends], parts) | {"success5": _spread(success)[0]}
        found[group] = rows
    return found


def _exposed(shown: Sequence[Sequence[int]], parts: Rows) -> dict[str, object]:
    seen = exposure(shown, parts)
    return {"by_popularity": seen.by_popularity.tolist(), "coverage": seen.coverage}


def _spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and its standard error; zeros for nobody."""
    if not values:
        return 0.0, 0.0
    array = np.array(values, np.float64)
    return float(array.mean()), float(array.std() / np.sqrt(len(array)))


def table(result: dict[str, object]) -> str:
    """The result as text."""
    forms, fair, scenes = result["forms"], result["fairness"], result["scenes"]
    assert isinstance(forms, dict)
    assert isinstance(fair, dict)
    assert isinstance(scenes, dict)
    lines = []
    for form, found in forms.items():
        lines.append(
            f"{form}: {found['people']} people, {scenes['opening']} likes told, {scenes['count']} films a turn"
        )
        for name, cells in found.items():
            if name != "people":
                numbers = "  ".join(f"{key} {mean:5.2f} ({error:.2f})" for key, (mean, error) in cells.items())
                lines.append(f"  {name:20} {numbers}")
        head = " ".join(f"{part + 1:>4}" for part in range(PARTS))
        lines.append(f"  {'shown, by tenths of':31} {head}  coverage  success5")
        lines.append("  all likes, the head first")
        for group, rows in fair[form].items():
            for name, cells in rows.items():
                shares = " ".join(f"{share:4.0%}" for share in cells["by_popularity"])
                success = f"{cells['success5']:9.2f}" if "success5" in cells else ""
                lines.append(f"  {group:10} {name:20} {shares}  {cells['coverage']:8.1%} {success}".rstrip())
    return "\n".join([*lines, f"{result['films']} films; seed {result['seed']}", ""])


def _films(directory: Path) -> dict[int, movielens.Film]:
    """The films of movies.csv by number; those without a year are left out."""
    films = {}
    try:
        with (directory / "movies.csv").open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                if named := _TITLE.fullmatch(line["title"]):
                    number = int(line["movieId"])
                    films[number] = movielens.film(number, named["name"], int(named["year"]), line["genres"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise InteractionsError(f"{directory / 'movies.csv'}: {error}") from error
    return films


def _catalog(films: dict[int, movielens.Film], numbers: Rows) -> tuple[Catalog, Rows]:
    """The films with these numbers as bare items, and the row of each. Nobody's ratings enter: they may be held out."""
    nobody = np.zeros(0, np.int64)
    chosen = tuple(films[number] for number in numbers.tolist())
    items, rows = movielens.join((), movielens.Ratings(chosen, nobody, nobody, np.zeros(0)))
    return Catalog(tuple(items)), rows
