"""Simulated people who own real ratings, and talks with them: the engine's, and those of simpler recommenders.

Half of the films that a held-out person liked are *told* (they may speak of them), the other half are *wanted*: a list
that shows one of these hits. Other films they rated are disliked or so-so, and of the rest they know nothing: an unseen
film is never accepted, which understates every recommender alike. Compare within one run only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

import numpy as np
import scipy.sparse as sp

from core import evidence
from core.engine import Engine
from core.evaluation.asking import Asking, other
from core.policy.view import View
from core.recsys.arrays import Vector
from core.recsys.interactions import Interactions
from core.state import Feedback
from core.turns import Act, Lang, Target, Turn, Understanding, UnderstoodAct, item

LEAST_LIKES = 8
DAMPING = 10  # likes; what fewer people liked is near nothing
LEAST_MEMBERS = 8  # of a genre that is asked about
YES, NO = 0.5, 0.1  # share of the told likes that carry a genre: above it is liked, below it is not
START, PAUSE = datetime(2026, 1, 1, 20, tzinfo=UTC), timedelta(seconds=30)


class Word(StrEnum):
    """What a person says of a film that is shown."""

    ACCEPT = "accept"
    LIKED = "liked already"
    SOSO = "so-so"
    DISLIKE = "dislike"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Person:
    """What one held-out person knows, as rows of the catalogue. opening: told likes to begin with."""

    user: int
    told: frozenset[int]
    wanted: frozenset[int]
    disliked: frozenset[int]
    soso: frozenset[int]
    opening: tuple[int, ...]

    def of(self, row: int) -> Word:
        if row in self.wanted:
            return Word.ACCEPT
        if row in self.told:
            return Word.LIKED
        if row in self.disliked:
            return Word.DISLIKE
        return Word.SOSO if row in self.soso else Word.UNSEEN


def people(
    interactions: Interactions, users: Iterable[int], hidden: frozenset[int], opening: int, seed: int
) -> Iterator[Person]:
    """The users (positions) with at least LEAST_LIKES likes outside the hidden rows; halves by user and seed alone."""
    for user in users:
        mine = interactions.users == user
        rows, values = interactions.item_ids[interactions.items[mine]], interactions.values[mine]
        likes = np.sort([row for row in rows[values > 0].tolist() if row not in hidden])
        if len(likes) < LEAST_LIKES:
            continue
        number = int(interactions.user_ids[user])
        shuffled = np.random.default_rng([seed, number]).permutation(likes).tolist()
        half = len(shuffled) // 2
        disliked, soso = rows[values < 0].tolist(), rows[values == 0].tolist()
        yield Person(
            number, frozenset(shuffled[:half]), frozenset(shuffled[half:]), frozenset(disliked), frozenset(soso),
            tuple(shuffled[:opening]),
        )  # fmt: skip


class Talker(Protocol):
    """A recommender in one conversation. Lists hold at most as many films as it was told to; none is shown twice."""

    def open(self, person: Person) -> Sequence[int]:
        """Hears the person's opening likes and shows the first list."""

    def hear(self, person: Person, said: Mapping[int, Word]) -> Sequence[int]:
        """Hears what they say of the last list and shows the next one."""


@dataclass(frozen=True, slots=True)
class Talked:
    """How a conversation went. first: turn of the first accept, or None. shown: rows in order."""

    first: int | None
    accepted: int
    disliked: int
    shown: tuple[int, ...]


def talk(person: Person, talker: Talker, turns: int) -> Talked:
    """A conversation of so many lists; it goes on after an accept."""
    first: int | None = None
    counts = dict.fromkeys(Word, 0)
    shown: list[int] = []
    slate = talker.open(person)
    for turn in range(1, turns + 1):
        said = {row: person.of(row) for row in slate}
        shown += slate
        for word in said.values():
            counts[word] += 1
        if first is None and Word.ACCEPT in said.values():
            first = turn
        if turn < turns:
            slate = talker.hear(person, said)
    return Talked(first, counts[Word.ACCEPT], counts[Word.DISLIKE], tuple(shown))


VERDICTS = {
    Word.ACCEPT: Act.SEEN_LIKED,
    Word.LIKED: Act.SEEN_LIKED,
    Word.SOSO: Act.SEEN_NEUTRAL,
    Word.DISLIKE: Act.SEEN_DISLIKED,
}


class EngineTalk:
    """The real engine, driven turn by turn through what messages mean. Rows are those of its catalogue.

    Verdicts, the answer and "more" are one message. A question is answered by the told likes: with one more of them
    ("name one you liked"), or yes or no to a genre. hidden: rows that count as shown already. similar: opens with
    "something like it". asking: whose questions are answered; rng: for random ones.
    """

    def __init__(
        self, engine: Engine, chat_id: int, count: int, hidden: Iterable[int] = (), similar: bool = False,
        asking: Asking = Asking.OURS, rng: np.random.Generator | None = None,
    ) -> None:  # fmt: skip
        self.engine, self.count, self.similar, self.asking = engine, count, similar, asking
        self.rng = np.random.default_rng(0) if rng is None else rng
        ids = tuple(engine.catalog.items[row].id for row in sorted(hidden))
        self.state = replace(engine.new_chat(chat_id), shown=ids)
        self.log: tuple[Feedback, ...] = ()
        self.asked: str | None = None
        self.said: set[int] = set()
        self.genres: set[Target] = set()
        self.answered = 0

    def open(self, person: Person) -> Sequence[int]:
        self.said.update(person.opening)
        act = Act.SIMILAR_TO if self.similar else Act.REVEAL_LIKE
        told = [UnderstoodAct(act, target=self._item(row)) for row in person.opening]
        return self._turn([*told, UnderstoodAct(Act.ASK_RECOMMEND, Target("domain", "film"), count=self.count)])

    def hear(self, person: Person, said: Mapping[int, Word]) -> Sequence[int]:
        self.said.update(said)
        acts = [UnderstoodAct(VERDICTS[word], self._item(row)) for row, word in said.items() if word in VERDICTS]
        answer = self._answer(person)
        self.answered += len(answer)
        return self._turn([*acts, *answer, UnderstoodAct(Act.MORE, count=self.count)])

    def _answer(self, person: Person) -> list[UnderstoodAct]:
        """What they say to the question, or nothing for something in between."""
        if self.asked is None or self.asking is Asking.NEVER:
            return []
        if self.asking is not Asking.OURS:
            view = View(self.engine.shelf, self.state, evidence.live(self.log, self.state.session))
            target = other(self.asking, view, self._unasked(), self.rng)
        elif self.asked == "liked":
            left = sorted(person.told - self.said)
            self.said.update(left[:1])
            return [UnderstoodAct(Act.REVEAL_LIKE, self._item(row)) for row in left[:1]]
        else:
            target = Target.parse(self.asked.removeprefix("taste:")) if self.asked.startswith("taste:") else None
        if target is None:
            return []
        self.genres.add(target)
        rows = self.engine.catalog.rows_of.get((target.kind, target.value), ())
        share = len(person.told.intersection(rows)) / len(person.told)
        if NO <= share <= YES:
            return []
        return [UnderstoodAct(Act.REVEAL_LIKE if share > YES else Act.REVEAL_DISLIKE, target)]

    def _unasked(self) -> list[Target]:
        """Genres with some members that were not asked about."""
        found = [Target(kind, value) for (kind, value), rows in self.engine.catalog.rows_of.items()
                 if kind == "genre" and len(rows) >= LEAST_MEMBERS]  # fmt: skip
        return sorted(target for target in found if target not in self.genres)

    def _turn(self, acts: Sequence[UnderstoodAct]) -> Sequence[int]:
        number = self.state.turn + 1
        turn = Turn(f"{self.state.chat_id}:{number}", self.state.chat_id, 1, START + number * PAUSE, "…")
        outcome = self.engine.respond(self.state, self.log, turn, Understanding(tuple(acts), Lang.EN))
        self.state, self.log = outcome.state, (*self.log, *outcome.events)
        self.asked = None if outcome.reply.question is None else outcome.reply.question.slot
        return [self.engine.catalog.row[card.item_id] for card in outcome.reply.cards]

    def _item(self, row: int) -> Target:
        return item(self.engine.catalog.items[row].id)


class ScoredTalk:
    """A list of the best scores, the same whatever is said: by popularity or by chance. scores: (n,)."""

    def __init__(self, scores: Vector, count: int, hidden: Iterable[int] = ()) -> None:
        self.count, self.out = count, set(hidden)
        self.order: list[int] = np.argsort(-scores, kind="stable").tolist()

    def open(self, person: Person) -> Sequence[int]:
        self.out.update(person.opening)
        return self.next()

    def hear(self, person: Person, said: Mapping[int, Word]) -> Sequence[int]:
        return self.next()

    def next(self) -> Sequence[int]:
        found = [row for row in self.order[: len(self.out) + self.count] if row not in self.out][: self.count]
        self.out.update(found)
        return found


class NeighbourTalk(ScoredTalk):
    """What people liked who liked the same, less half of what is near the disliked.

    unit: (m, n) likes of the training people, columns of length 1. likes: (n,).
    """

    def __init__(
        self, unit: "sp.csc_matrix[np.float64]", likes: Vector, count: int, hidden: Iterable[int] = ()
    ) -> None:
        super().__init__(likes, count, hidden)
        self.unit, self.damping = unit, likes / (likes + DAMPING)
        self.base = 1e-3 * likes / max(likes.max(), 1)
        self.liked: list[int] = []
        self.disliked: list[int] = []

    def open(self, person: Person) -> Sequence[int]:
        self.liked += person.opening
        self.out.update(person.opening)
        return self._best()

    def hear(self, person: Person, said: Mapping[int, Word]) -> Sequence[int]:
        self.liked += [row for row, word in said.items() if word in (Word.ACCEPT, Word.LIKED)]
        self.disliked += [row for row, word in said.items() if word is Word.DISLIKE]
        return self._best()

    def _best(self) -> Sequence[int]:
        scores = self.base.copy()
        for weight, rows in ((1.0, self.liked), (-0.5, self.disliked)):
            if rows:
                scores += weight * self.damping * (self.unit.T @ np.asarray(self.unit[:, rows].mean(1)).ravel())
        self.order = np.argsort(-scores, kind="stable").tolist()
        return self.next()
