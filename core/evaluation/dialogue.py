"""Conversations with people held out of real ratings: how soon a film they want is shown, and what asking brings."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from core.engine import Engine
from core.errors import InteractionsError
from core.evaluation.asking import Asking
from core.evaluation.conversation import EngineTalk, NeighbourTalk, Person, ScoredTalk, Talked, Talker, people, talk
from core.evaluation.results import Cell, Chart, Report, Series, Spread, Table
from core.evaluation.splits import Fold, Split
from core.nlu.lexicon import Lexicon
from core.recsys.interactions import Interactions

OURS = "jianyan"
SILENT = "jianyan, questions unanswered"


@dataclass(frozen=True, slots=True)
class Form:
    """opening: likes told at the start. hits: so many of the most liked films are neither offered nor wanted."""

    name: str
    opening: int
    hits: int


FORMS = (Form("two likes, without hits", 2, 200), Form("nothing, without hits", 0, 200), Form("two likes", 2, 0))


@dataclass(frozen=True, slots=True)
class Scenes:
    """What is simulated: so many turns, films in each, and forms of beginning."""

    turns: int = 10
    count: int = 3
    forms: tuple[Form, ...] = FORMS


Ends = dict[str, dict[int, Talked]]  # recommender -> person's number -> how it went


def dialogue(split: Split, scenes: Scenes = Scenes()) -> Report:
    """Everybody talks with every recommender. A film they did not rate is never accepted: compare in one table only.

    Catalogue: the data's films, bare. InteractionsError where there are none.
    """
    if split.data.catalog is None:
        raise InteractionsError(f"{split.data.name}: films (movies.csv) are needed to talk about")
    ends: dict[str, Ends] = {form.name: defaultdict(dict) for form in scenes.forms}
    asked: dict[str, list[int]] = defaultdict(list)
    for fold in split:
        engine = Engine(split.data.catalog, fold.model, Lexicon(split.data.catalog).names, seed=split.seed)
        for form in scenes.forms:
            _measure(split, fold, engine, form, scenes, ends[form.name], asked[form.name])
    tables = [_table(form, scenes, ends[form.name]) for form in scenes.forms]
    questions = [form for form in scenes.forms if SILENT in ends[form.name]]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (form.name, *_questions(ends[form.name]), _mean(asked[form.name])) for form in questions
    )
    tables.append(
        Table(
            "asking",
            "What answers bring: accepted in the whole talk, more than with the questions left unanswered (paired)",
            ("told at the start", "its questions", "random ones", "by entropy", "over random", "over entropy", "asked"),
            rows,
            "Others are asked in the same moments and beside the same lists. asked: questions answered in a talk.",
            digits=3,
        )
    )
    series = tuple(
        Series(
            name,
            tuple(form.name for form in scenes.forms),
            tuple(Spread.of([_soon(t) for t in ends[form.name][name].values()]).mean for form in scenes.forms),
            tuple(Spread.of([_soon(t) for t in ends[form.name][name].values()]).error for form in scenes.forms),
        )
        for name in ("random", "popular", "neighbours", OURS)
    )
    chart = Chart(
        "success", "A wanted film within five turns", "told at the start", "share of people", series, bars=True
    )
    about = split.about(
        f"half of the likes may be told, half are wanted; {scenes.count} films a turn, {scenes.turns} turns"
    )
    return Report("dialogue", "Dialogue: simulated conversations", about, tuple(tables), (chart,))


def _measure(
    split: Split, fold: Fold, engine: Engine, form: Form, scenes: Scenes, ends: Ends, asked: list[int]
) -> None:
    """Talks with the held-out people of one fold."""
    likes, unit = fold.likes, _unit_columns(fold.training, len(fold.likes))
    hidden = frozenset(fold.head(form.hits).tolist())
    crowd = list(people(split.data.interactions, np.flatnonzero(fold.held).tolist(), hidden, form.opening, split.seed))
    for done, person in enumerate(crowd, 1):
        talkers: dict[str, Talker] = {
            "random": ScoredTalk(_rng(split, person).random(len(likes)), scenes.count, hidden),
            "popular": ScoredTalk(likes, scenes.count, hidden),
            "neighbours": NeighbourTalk(unit, likes, scenes.count, hidden),
        }
        for asking in Asking:
            name = {Asking.OURS: OURS, Asking.NEVER: SILENT}.get(asking, f"jianyan, {asking} questions")
            talkers[name] = EngineTalk(
                engine, person.user, scenes.count, hidden, asking=asking, rng=_rng(split, person)
            )
        if form.opening:
            talkers["jianyan, similar to"] = EngineTalk(engine, person.user, scenes.count, hidden, similar=True)
        for name, talker in talkers.items():
            ends[name][person.user] = talk(person, talker, scenes.turns)
        ours = talkers[OURS]
        assert isinstance(ours, EngineTalk)
        asked.append(ours.answered)
        split.step(f"fold {fold.number + 1}: {form.name}", done, len(crowd))


def _rng(split: Split, person: Person) -> np.random.Generator:
    return np.random.default_rng([split.seed, abs(person.user)])


def _unit_columns(training: Interactions, n: int) -> "sp.csc_matrix[np.float64]":
    """(m, n) likes, each column of length 1 or 0."""
    liked = training.values > 0
    users, rows = training.users[liked], training.item_ids[training.items[liked]]
    lengths = np.sqrt(np.bincount(rows, minlength=n))
    return sp.csc_matrix((1 / lengths[rows], (users, rows)), shape=(len(training.user_ids), n))


def _soon(ended: Talked) -> bool:
    return ended.first is not None and ended.first <= 5


def _table(form: Form, scenes: Scenes, ends: Ends) -> Table:
    """Means over people with their standard errors, by recommender."""

    def row(name: str) -> tuple[Cell, ...]:
        talked = list(ends[name].values())
        return (
            name,
            Spread.of([_soon(t) for t in talked]),
            Spread.of([t.first is not None for t in talked]),
            Spread.of([t.first or scenes.turns + 1 for t in talked]),
            Spread.of([t.accepted for t in talked]),
            Spread.of([t.disliked for t in talked]),
        )

    hits = f", the {form.hits} most liked films removed" if form.hits else ""
    return Table(
        f"opening{form.opening}-hits{form.hits}",
        f"{len(ends[OURS])} people; {form.opening} likes told at the start{hits}",
        ("recommender", "within 5 turns", f"within {scenes.turns}", "first turn", "accepted", "disliked shown"),
        tuple(row(name) for name in ends),
        digits=2,
    )


def _questions(ends: Ends) -> Iterator[Spread]:
    """What each way of asking brings over none, then ours over the two others."""
    found = {name: np.array([t.accepted for t in talked.values()], np.float64) for name, talked in ends.items()}
    others = [f"jianyan, {asking} questions" for asking in (Asking.RANDOM, Asking.ENTROPY)]
    for name in (OURS, *others):
        yield Spread.of(found[name] - found[SILENT])
    for name in others:
        yield Spread.of(found[OURS] - found[name])


def _mean(values: list[int]) -> float:
    return float(np.mean(values)) if values else 0.0
