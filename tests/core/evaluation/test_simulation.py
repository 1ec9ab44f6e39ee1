"""Simulated conversations: the person's rules, the talkers', and that a world with a truth is found out."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from worlds import TasteWorld, taste_world

from core import modelling
from core.catalog import Catalog
from core.engine import Engine
from core.errors import InteractionsError
from core.evaluation.conversation import EngineTalk, NeighbourTalk, Person, ScoredTalk, Word, people, talk
from core.evaluation.fairness import exposure, mainstream, tenths
from core.evaluation.simulation import Scenes, simulate, table
from core.recsys import Interactions, ItemFactors
from core.recsys.als import AlsConfig, fit

PERSON = Person(1, frozenset({0, 1, 2}), frozenset({3, 4, 5}), frozenset({6}), frozenset({7}), opening=(0, 1))
GENRES = ("Comedy", "Horror", "War")


@pytest.fixture(scope="module")
def told() -> TasteWorld:
    return taste_world(np.random.default_rng(5), people=120, items=90, told=30)


@pytest.fixture(scope="module")
def directory(told: TasteWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world written as MovieLens writes; a film's genre is its group, and one film has no year."""
    path, found = tmp_path_factory.mktemp("ml"), told.interactions
    stars = {1.0: 4.5, 0.0: 3.0, -1.0: 1.5}
    rated = [
        f"{found.user_ids[u]},{found.item_ids[i]},{stars[v]},0"
        for u, i, v in zip(found.users, found.items, found.values.tolist(), strict=True)
    ]
    (path / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *rated, "1000,99999,5,0", ""]))
    films = [
        f'{n},"Film {n}, The ({1950 + n % 60})",{GENRES[told.groups[n // 10 - 1]]}' for n in found.item_ids.tolist()
    ]
    (path / "movies.csv").write_text("\n".join(["movieId,title,genres", *films, "99999,No Year,Drama", ""]))
    return path


def train(catalog: Catalog, interactions: Interactions) -> ItemFactors:
    """A small model over the whole catalogue."""
    factors = fit(interactions, AlsConfig(d=8), np.random.default_rng(0))
    domains = np.zeros(len(catalog), np.int64)
    facets = modelling.facet_matrix(catalog)
    return modelling.content.extend(factors, factors.items, facets, None, domains, modelling.editorial(catalog))


# ---- the person ----


def test_a_person_knows_what_they_rated_and_nothing_else() -> None:
    said = [PERSON.of(row) for row in (0, 3, 6, 7, 8)]
    assert said == [Word.LIKED, Word.ACCEPT, Word.DISLIKE, Word.SOSO, Word.UNSEEN]


def test_halves_are_fixed_by_person_and_seed_and_hold_no_hidden_film(told: TasteWorld) -> None:
    found = told.interactions
    users, hidden = range(len(found.user_ids)), frozenset(found.item_ids[:10].tolist())
    once, again = (list(people(found, users, hidden, 2, seed=1)) for _ in range(2))
    assert once == again != list(people(found, users, hidden, 2, seed=2))
    for person in once:
        assert not person.told & person.wanted
        assert not (person.told | person.wanted) & hidden
        assert len(person.told | person.wanted) >= 8
        assert set(person.opening) <= person.told


class Scripted:
    """Shows given lists and keeps what it heard."""

    def __init__(self, *slates: Sequence[int]) -> None:
        self.slates, self.heard = list(slates), list[Mapping[int, Word]]()

    def open(self, person: Person) -> Sequence[int]:
        return self.slates.pop(0)

    def hear(self, person: Person, said: Mapping[int, Word]) -> Sequence[int]:
        self.heard.append(said)
        return self.slates.pop(0)


def test_a_talk_is_counted_to_its_end() -> None:
    talker = Scripted([8, 6], [3, 2], [4, 7])
    ended = talk(PERSON, talker, turns=3)
    assert (ended.first, ended.accepted, ended.disliked, ended.shown) == (2, 2, 1, (8, 6, 3, 2, 4, 7))
    assert talker.heard[0] == {8: Word.UNSEEN, 6: Word.DISLIKE}
    assert talk(PERSON, Scripted([8], [9]), turns=2).first is None


# ---- the talkers ----


def test_the_anchors_show_nothing_twice_nothing_told_and_nothing_hidden() -> None:
    likes = np.arange(30.0)
    unit = sp.csc_matrix(np.eye(30))
    for talker in (ScoredTalk(likes, 3, {29}), NeighbourTalk(unit, likes, 3, {29})):
        shown = talk(PERSON, talker, turns=8).shown
        assert len(shown) == len(set(shown)) == 24
        assert not set(shown) & {29, *PERSON.opening}
    assert talk(PERSON, ScoredTalk(likes, 3), turns=1).shown == (29, 28, 27)


def test_a_neighbour_comes_first() -> None:
    likes = np.full(12, 5.0)
    liked = np.zeros((4, 12))
    liked[0, [0, 9]] = liked[1, [1, 9]] = liked[2, [6, 10]] = 1.0
    unit = sp.csc_matrix(liked / np.maximum(np.sqrt((liked**2).sum(0)), 1e-9))
    assert talk(PERSON, NeighbourTalk(unit, likes, 1), turns=1).shown == (9,)


def test_the_engine_is_heard_out_through_its_door(engine: Engine) -> None:
    films = [row for row, item in enumerate(engine.catalog.items) if item.domain == "film"]
    person = Person(
        5, frozenset(films[:8]), frozenset(films[8:16]), frozenset(films[16:24]), frozenset(films[24:30]),
        tuple(films[:2]),
    )  # fmt: skip
    hidden = films[30:40]
    for similar in (False, True):
        talker = EngineTalk(engine, 5, 3, hidden, similar)
        shown = talk(person, talker, turns=6).shown
        assert len(shown) == len(set(shown)) == 18
        assert not set(shown) & {*hidden, *person.opening}
        assert all(engine.catalog.items[row].domain == "film" for row in shown)
        known = {engine.catalog.items[row].id for row in shown[:-3] if person.of(row) is not Word.UNSEEN}
        assert known <= {event.target.removeprefix("item:") for event in talker.log}


# ---- fairness ----


def test_every_tenth_holds_a_tenth_of_the_likes() -> None:
    likes = np.random.default_rng(0).permutation(1000 / np.arange(10, 1010))
    parts = tenths(likes)
    held = np.bincount(parts, likes, 10) / likes.sum()
    np.testing.assert_allclose(held, 0.1, atol=0.01)
    assert parts[np.argmax(likes)] == 0
    assert (np.diff(parts[np.argsort(-likes)]) >= 0).all()
    with pytest.raises(ValueError, match="at least one like"):
        tenths(np.zeros(3))


def test_exposure_counts_what_was_shown() -> None:
    seen = exposure([(0, 1), (0, 3)], np.array([0, 4, 4, 9]))
    np.testing.assert_array_equal(seen.by_popularity, [0.5, 0, 0, 0, 0.25, 0, 0, 0, 0, 0.25])
    assert seen.coverage == 0.75
    assert exposure([], np.array([0])).by_popularity.sum() == 0


def test_the_mainstream_is_the_half_nearer_to_the_head() -> None:
    parts = np.array([0, 1, 8, 9])
    assert mainstream([(2, 3), (0, 1), (1,), (0, 3)], parts).tolist() == [False, True, True, False]


# ---- all of it ----


def test_the_engine_learns_what_a_world_of_tastes_likes(directory: Path, tmp_path: Path) -> None:
    scenes = Scenes(people=12, turns=4, hits=5, folds=3)
    found = simulate(directory, tmp_path, train, 0, scenes)
    assert found == simulate(directory, tmp_path, train, 0, scenes)
    written = json.loads((tmp_path / "simulation.json").read_text(encoding="utf-8"))
    assert written["films"] == 90  # the one without a year is left out
    form = written["forms"]["open"]
    assert form["people"] == 12
    assert form["jianyan"]["accepted"][0] > form["random"]["accepted"][0]
    for rows in written["fairness"]["without hits"].values():
        for cells in rows.values():
            assert sum(cells["by_popularity"]) == pytest.approx(1.0)
    assert (tmp_path / "simulation.txt").read_text(encoding="utf-8") == table(found)
    for word in ("jianyan", "popular", "random", "mainstream", "niche", "without hits: 12 people"):
        assert word in table(found)


def test_films_that_are_no_movielens_are_refused(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_bytes((directory / "ratings.csv").read_bytes())
    (tmp_path / "movies.csv").write_text("number,name\n1,Her\n")
    with pytest.raises(InteractionsError, match=r"movies\.csv"):
        simulate(tmp_path, tmp_path / "out", train)
