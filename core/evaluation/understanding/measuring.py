"""`jianyan evaluate understanding`: every data set that the folder holds, by language, with where it comes from."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.catalog import Catalog
from core.errors import SettingError
from core.evaluation.provenance import commit, machine
from core.evaluation.results import Cell, Report, Table
from core.evaluation.understanding.bounds import score_bounds
from core.evaluation.understanding.dialogues import Dialogue, Listener, read_dialogues
from core.evaluation.understanding.intents import score_intents
from core.evaluation.understanding.sentences import Judged, judge, score_sentences
from core.evaluation.understanding.spelling import TitleBook
from core.evaluation.understanding.titles import score_titles
from core.nlu.understand import Understander
from core.turns import Lang

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _Set:
    """One file of dialogues. domains: whose titles count as known. lower: read in lower case."""

    name: str
    file: str
    domains: tuple[str, ...]
    lang: Lang
    lower: bool = False


_TITLES = (
    _Set("ReDial", "redial/dev.jsonl", ("film",), Lang.EN),
    _Set("ReDial, lower case", "redial/dev.jsonl", ("film",), Lang.EN, lower=True),
    _Set("CCPE, hard", "ccpe-hard/dev.jsonl", ("film",), Lang.EN),
    _Set("books (OpenDialKG)", "opendialkg-books/dev.jsonl", ("book",), Lang.EN),
    _Set("KdConv films", "kdconv/film-dev.jsonl", ("film",), Lang.ZH),
    _Set("KdConv music", "kdconv/music-dev.jsonl", ("music",), Lang.ZH),
)
_INTENTS = _Set("IARD", "iard/dev.jsonl", ("film",), Lang.EN)
_BOUNDS = _Set("CrossWOZ", "crosswoz/dev.jsonl", (), Lang.ZH)
_SENTENCES = "utterances"


@dataclass(frozen=True, slots=True)
class Plan:
    """directory: a folder of data sets, each in one of its own. most: dialogues of each, drawn by seed; 0 for all.

    voices: whose labelled sentences are read; all where there are none.
    """

    directory: Path
    most: int = 200
    seed: int = 0
    voices: tuple[str, ...] = ()


def measure(plan: Plan, catalog: Catalog, reader: Understander, progress: Progress | None = None) -> Report:
    """SettingError where the directory holds none of the data sets."""
    told = progress or (lambda label, done, total: None)
    present = [each for each in (*_TITLES, _INTENTS, _BOUNDS) if (plan.directory / each.file).is_file()]
    sentences = plan.directory / _SENTENCES
    names = dict.fromkeys(each.name for each in present)
    if sentences.is_dir():
        names["sentences"] = None
    if not names:
        raise SettingError(
            "DIR",
            f"{plan.directory} holds none of the sets: {', '.join(e.file for e in (*_TITLES, _INTENTS, _BOUNDS))}",
        )
    tables: list[Table] = []
    rows: list[tuple[Cell, ...]] = []
    for done, each in enumerate(present):
        told(each.name, done, len(names))
        book = TitleBook(catalog, each.domains)
        dialogues = _drawn(read_dialogues(plan.directory / each.file), plan)
        domain = each.domains[0] if each.domains else None
        heard = Listener(catalog, book, domain, each.lang).heard(dialogues)
        if each is _INTENTS:
            i = score_intents(reader, heard)
            tables.append(Table(
                "intents", "Intents (IARD), F1",
                ("set", "lang", "turns", "micro", "accept", "reject", "seen", "critique"),
                ((each.name, each.lang, i.turns, i.micro, i.accept, i.reject, i.seen, i.critique),),
                "intents are told from our acts; critique: any of the three kinds",
            ))  # fmt: skip
        elif each is _BOUNDS:
            b = score_bounds(reader, heard)
            tables.append(Table(
                "bounds", "Bounds on numbers (CrossWOZ)", ("set", "lang", "turns", "bounds", "recall", "precision"),
                ((each.name, each.lang, b.turns, b.said, b.recall, b.precision),), "kind, operator and value all right",
            ))  # fmt: skip
        else:
            t = score_titles(reader, book, heard, each.lower)
            verdicts: tuple[Cell, ...] = (t.judged, t.right, t.flipped, t.dislikes) if t.judged else (None,) * 4
            rows.append((
                each.name, each.lang, t.turns, t.named, t.known, t.precision, t.recall, t.f1, t.known_recall, *verdicts
            ))  # fmt: skip
    if rows:
        columns = (
            "set", "lang", "turns", "titles", "known", "precision", "recall", "F1", "recall of known",
            "judged", "right", "flipped", "dislikes",
        )  # fmt: skip
        note = "years are cut from the text; known: the catalogue has the title; dislikes: recall of the disliked"
        tables.insert(
            0, Table("titles", "Titles that people name, and whether they are liked", columns, tuple(rows), note)
        )
    if sentences.is_dir():
        told("sentences", len(names) - 1, len(names))
        read = list(judge(reader, catalog, sentences, plan.voices))
        tables.append(_sentence_table(read, plan))
    drawn = f"{plan.most} dialogues of each set, drawn by seed" if plan.most else "all dialogues"
    about = {
        "data": ", ".join(names), "split": f"developers' parts; {drawn}", "seed": str(plan.seed),
        "machine": machine(), "commit": commit(),
    }  # fmt: skip
    return Report("understanding", "Understanding of messages by real people", about, tuple(tables))


def _drawn(dialogues: Sequence[Dialogue], plan: Plan) -> Sequence[Dialogue]:
    if not plan.most or len(dialogues) <= plan.most:
        return dialogues
    return random.Random(plan.seed).sample(dialogues, plan.most)


def _sentence_table(judged: Sequence[Judged], plan: Plan) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for lang in (None, *Lang):
        some = [each for each in judged if lang is None or each.lang is lang]
        s = score_sentences(some)
        rows.append((lang or "all", s.n, s.exact, s.micro, s.signed, s.flipped, s.ece))
    note = f"voices: {', '.join(plan.voices)}" if plan.voices else "the shipped weights have learnt from most of these"
    columns = ("lang", "sentences", "all acts right", "micro F1", "named with a sign", "flipped", "ECE")
    return Table("sentences", "Labelled sentences", columns, tuple(rows), note)
