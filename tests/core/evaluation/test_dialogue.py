"""Simulated conversations: the person's rules, the talkers', and that a world with a truth is found out."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
import scipy.sparse as sp
from rated_world import small
from worlds import TasteWorld

from core.engine import Engine
from core.errors import InteractionsError
from core.evaluation.conversation import EngineTalk, NeighbourTalk, Person, ScoredTalk, Word, people, talk
from core.evaluation.data import Data
from core.evaluation.dialogue import Form, Scenes, dialogue
from core.evaluation.results import Spread, text
from core.evaluation.splits import Split

PERSON = Person(1, frozenset({0, 1, 2}), frozenset({3, 4, 5}), frozenset({6}), frozenset({7}), opening=(0, 1))


# ---- the person ----


def test_a_person_knows_what_they_rated_and_nothing_else() -> None:
    said = [PERSON.of(row) for row in (0, 3, 6, 7, 8)]
    assert said == [Word.LIKED, Word.ACCEPT, Word.DISLIKE, Word.SOSO, Word.UNSEEN]


def test_halves_are_fixed_by_person_and_seed_and_hold_no_hidden_film(world: TasteWorld) -> None:
    found = world.interactions
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


# ---- all of it ----


def test_the_engine_learns_what_a_world_of_tastes_likes(data: Data) -> None:
    split = Split(data, 0, people=6, folds=3, train=small)
    scenes = Scenes(turns=4, forms=(Form("two", 2, 5), Form("none", 0, 0)))
    report = dialogue(split, scenes)
    assert text(report) == text(dialogue(split, scenes))
    table = report.table("opening2-hits5")
    found = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    assert table.title.startswith("6 people; 2 likes told")
    ours, chance = found["jianyan"]["accepted"], found["random"]["accepted"]
    assert isinstance(ours, Spread)
    assert isinstance(chance, Spread)
    assert ours.mean > chance.mean
    assert [row[0] for row in report.table("asking").rows] == ["two", "none"]
    assert {row[0] for row in report.table("opening0-hits0").rows} == set(found) - {"jianyan, similar to"}


def test_ratings_without_films_are_nothing_to_talk_about(data: Data) -> None:
    bare = Data(data.name, data.digest, data.interactions, None)
    with pytest.raises(InteractionsError, match=r"movies\.csv"):
        dialogue(Split(bare, 0, folds=3, train=small))
