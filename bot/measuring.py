"""`jianyan evaluate`: tables in the terminal, the same as JSON, pictures, and what they were made from."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings
from core.built import Built
from core.errors import SettingError

if TYPE_CHECKING:
    from rich.console import Console

    from core.evaluation.cold import Embeddings
    from core.evaluation.data import Data
    from core.evaluation.results import Report
    from core.evaluation.splits import Fold, Split

NO_PICTURES = "tables only: pictures need matplotlib, pip install 'jianyan[plots]'"


@dataclass(frozen=True, slots=True)
class Measure:
    """One report on people held out of ratings. people: how many are asked unless told otherwise, 0 for all of them."""

    name: str
    about: str
    run: "Callable[[Split, argparse.Namespace, Settings], Report]"
    people: int = 0


def _quality(split: "Split", args: argparse.Namespace, settings: Settings) -> "Report":
    from core.evaluation.quality import quality

    return quality(split)


def _cold(split: "Split", args: argparse.Namespace, settings: Settings) -> "Report":
    from core.evaluation.cold import cold
    from core.evaluation.crossing import crossing

    built, more = Built(settings.data), []
    if built.factors.is_file():
        catalog = built.read_catalog()
        more.append(crossing(catalog, built.read_factors(catalog)))
    return cold(split, _texts(split, settings), more=more)


def _dialogue(split: "Split", args: argparse.Namespace, settings: Settings) -> "Report":
    from core.evaluation.dialogue import dialogue

    return dialogue(split)


def _calibration(split: "Split", args: argparse.Namespace, settings: Settings) -> "Report":
    from core.evaluation.calibration import calibration

    return calibration(split)


def _fairness(split: "Split", args: argparse.Namespace, settings: Settings) -> "Report":
    from core.evaluation.fairness import fairness

    return fairness(split)


MEASURES = (
    Measure("quality", "the list, from the first answer to the whole profile", _quality),
    Measure("cold", "items that nobody rated, and genres held apart as domains", _cold),
    Measure("dialogue", "conversations with people who own real ratings", _dialogue, people=100),
    Measure("calibration", "whether the probability is true", _calibration),
    Measure("fairness", "what is shown by popularity, and who is served how well", _fairness),
)


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`evaluate` with everything that can be measured."""
    from bot.understanding import add_understanding

    about = "measure the numbers on people held out of real ratings, and how their messages are read"
    parser = commands.add_parser("evaluate", help=about, description=about)
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    for measure in MEASURES:
        _add_measure(kinds, measure)
    _add_speed(kinds)
    add_understanding(kinds)
    _add_all(kinds)


def _add_measure(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]", measure: Measure) -> None:
    def command(args: argparse.Namespace, settings: Settings) -> int:
        return _measured((measure,), args, settings)

    one = kinds.add_parser(measure.name, help=measure.about, description=measure.about)
    many = str(measure.people) if measure.people else "all"
    one.add_argument(
        "--people", type=at_least(0), default=measure.people, metavar="N", help=f"so many of the held-out ({many})"
    )
    _on_people(one, command)


def _add_all(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    def command(args: argparse.Namespace, settings: Settings) -> int:
        return _measured(MEASURES, args, settings)

    about = "all that is measured on people, by one training"
    one = kinds.add_parser("all", help=about, description=about)
    one.add_argument("--people", type=at_least(0), metavar="N", help="so many of the held-out; left out: as each says")
    _on_people(one, command)


def _on_people(parser: argparse.ArgumentParser, command: Callable[[argparse.Namespace, Settings], int]) -> None:
    parser.add_argument(
        "directory", type=Path, nargs="?", metavar="DIR",
        help="with ratings and films as MovieLens has them; left out: what `jianyan build` made",
    )  # fmt: skip
    parser.add_argument("--data", type=Path, metavar="DIR", help="directory of database and models (JIANYAN_DATA)")
    common(parser, command)


def _add_speed(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = "one turn's numbers, over reading every item vector once"
    one = kinds.add_parser("speed", help=about, description=about)
    one.add_argument("--items", type=at_least(100), nargs="+", default=[10_000, 100_000], metavar="N")
    one.add_argument("--told", type=at_least(1), default=20, metavar="N", help="reactions of the person (20)")
    one.add_argument("--rounds", type=at_least(10), default=200, metavar="N")
    common(one, _speed)


def common(parser: argparse.ArgumentParser, command: Callable[[argparse.Namespace, Settings], int]) -> None:
    """What every report has: a seed, where it goes, and the page that it is put into."""
    parser.add_argument("--seed", type=at_least(0), default=0, metavar="N")
    parser.add_argument(
        "--out", type=Path, default=Path("data/report"), metavar="DIR", help="for text, JSON and pictures"
    )
    parser.add_argument(
        "--page", type=Path, metavar="PATH", help="Markdown to put it into, between <!-- WHAT --> and <!-- /WHAT -->"
    )
    parser.set_defaults(command=command)


def at_least(low: int) -> Callable[[str], int]:
    """Reads a whole number that is no smaller."""

    def number(text: str) -> int:
        found = int(text)
        if found < low:
            raise ValueError(text)
        return found

    return number


def _measured(measures: Sequence[Measure], args: argparse.Namespace, settings: Settings) -> int:
    """Trains on some people, measures on others; prints the tables and writes them beside the pictures."""
    from bot.progress import Steps
    from core.evaluation.splits import Split

    data = _data(args.directory, settings)
    _check_page(args.page, [measure.name for measure in measures])
    made: list[Fold] = []
    for measure in measures:
        people = measure.people if args.people is None else args.people
        with Steps() as steps:
            report = measure.run(Split(data, args.seed, people, progress=steps, made=made), args, settings)
        deliver(report, args.out, args.page)
    return 0


def _speed(args: argparse.Namespace, settings: Settings) -> int:
    from bot.progress import Steps
    from core.evaluation.speed import speed

    _check_page(args.page, ["speed"])
    with Steps() as steps:
        report = speed(args.items, args.told, args.rounds, args.seed, steps)
    return deliver(report, args.out, args.page)


def _check_page(page: Path | None, names: Sequence[str]) -> None:
    """FormatError or OSError for a page that cannot take the reports: better before the work than after it."""
    from core.evaluation.results import around

    if page is not None:
        for name in names:
            around(page.read_text(encoding="utf-8"), name)


def deliver(report: "Report", out: Path, page: Path | None = None) -> int:
    """Shows a report, writes it as text, JSON, PNG and SVG, and puts it into a page."""
    from rich.console import Console

    from core.evaluation import plots, results

    show(report, Console(highlight=False))
    written = results.write(report, out)
    print(f"{', '.join(path.name for path in written)} in {out}", file=sys.stderr)
    if page is not None:
        pictures = Path(os.path.relpath(out, page.parent)).as_posix()
        page.write_text(results.into_page(page.read_text(encoding="utf-8"), report, pictures), encoding="utf-8")
    if not plots.able():
        print(NO_PICTURES, file=sys.stderr)
    return 0


def show(report: "Report", console: "Console") -> None:
    """Tables for a person; for a pipe or a file plain text, which no width cuts."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from core.evaluation import results

    if not console.is_terminal:
        console.file.write(results.text(report))
        return
    console.print(Text(report.title, style="bold"))
    for table in report.tables:
        drawn = Table(title=Text(table.title), title_justify="left", caption=Text(table.note), box=box.SIMPLE_HEAD)
        for place, column in enumerate(table.columns):
            drawn.add_column(Text(column), justify="right" if place else "left")
        for row in table.rows:
            drawn.add_row(*(Text(results.shown(cell, table.digits)) for cell in row))
        console.print(drawn)
    for name, value in report.about.items():
        console.print(Text(f"{name}: {value}", style="dim"))


def _data(directory: Path | None, settings: Settings) -> "Data":
    from core.evaluation.data import RATED, built, load

    if directory is None:
        return built(settings.data)
    if not any((directory / name).is_file() for name in RATED):
        raise SettingError("DIR", f"{directory} holds none of {', '.join(RATED)}, as MovieLens has them")
    return load(directory)


def _texts(split: "Split", settings: Settings) -> "Embeddings | None":
    """Unit vectors of what the films are called and of which genres, for the plain encoder, where one is built."""
    data, encoder = split.data, Built(settings.data).encoder
    if data.texts is not None or data.catalog is None or not encoder.is_dir():
        return data.texts
    import numpy as np

    from core.nlu.encoder import E5Encoder

    said = [f"{item.title.en or item.title.zh} ({item.year}) {', '.join(item.genres)}" for item in data.catalog.items]
    reader, part = E5Encoder.load(encoder), 256
    found = []
    for at in range(0, len(said), part):
        split.step("encoder", at, len(said))
        found.append(reader.encode(said[at : at + part], "passage"))
    return np.concatenate(found)
