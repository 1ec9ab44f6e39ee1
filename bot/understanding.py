"""`jianyan evaluate understanding`: how well messages of real people are read, data set by data set."""

import argparse
from pathlib import Path

from bot.measuring import at_least, common, deliver
from bot.settings import Settings
from core.built import Built


def add_understanding(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`understanding` beside what else is evaluated."""
    about = "how well messages of real people are read: titles, verdicts, intents, bounds and acts"
    one = kinds.add_parser("understanding", help=about, description=about)
    one.add_argument(
        "directory", type=Path, metavar="DIR",
        help="with redial, ccpe-hard, opendialkg-books, kdconv, iard, crosswoz or utterances in it",
    )  # fmt: skip
    one.add_argument(
        "--dialogues", type=at_least(0), default=200, metavar="N", help="of each set, by seed (200); 0: all"
    )
    one.add_argument("--voices", nargs="+", default=(), metavar="VOICE", help="whose labelled sentences are read (all)")
    one.add_argument(
        "--adapters", type=Path, metavar="DIR", help="of `train acts --hold-out`; left out: the shipped ones"
    )
    one.add_argument("--data", type=Path, metavar="DIR", help="directory of database and models (JIANYAN_DATA)")
    common(one, _understanding)


def _understanding(args: argparse.Namespace, settings: Settings) -> int:
    from bot.progress import Steps
    from core.evaluation.understanding import Plan, measure
    from core.nlu.bundle import ADAPTERS
    from core.nlu.models import load_models
    from core.nlu.understand import Understander

    built = Built(settings.data)
    catalog = built.read_catalog()
    _, acts = load_models(settings.model, built.encoder, args.adapters or ADAPTERS)
    plan = Plan(args.directory, args.dialogues, args.seed, tuple(args.voices))
    with Steps() as steps:
        report = measure(plan, catalog, Understander(catalog, acts), steps)
    return deliver(report, args.out, args.page)
