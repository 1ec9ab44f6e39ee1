"""Commands for those who train, measure and look inside: `jianyan train`, `evaluate` and `explain`."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from bot.settings import Settings
from core.built import Built
from core.errors import SettingError

WIDEST_TOKEN = 16  # cells


def train_encoder(args: argparse.Namespace, settings: Settings) -> int:
    """Fits the act models on labelled sentences; prints how they do on voices that were held out."""
    from core.nlu.bundle import ADAPTERS
    from core.training import ActsConfig, read_utterances, train_acts

    out = args.out or ADAPTERS
    sentences, encoder = read_utterances(_jsonl(args.paths)), Built(settings.data).need_encoder()
    with _Steps() as steps:
        report = train_acts(sentences, encoder, out, replace(ActsConfig(), measure=not args.no_measure), steps)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 0


def train_pairs(args: argparse.Namespace, settings: Settings) -> int:
    """Teaches retrieval pairs of a wish and what fits; keeps the result only if held-out wishes gain by it."""
    from core.training import PairsConfig, fine_tune_pairs, read_pairs

    built = Built(settings.data)
    pairs = read_pairs(_jsonl(args.paths))
    config = replace(PairsConfig(), test=args.test, seed=args.seed)
    with _Steps() as steps:
        report = fine_tune_pairs(pairs, built.need_encoder(), built.wishes, config, steps)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    print(
        "kept: `jianyan build` reads the descriptions anew" if report["kept"] else "not kept: no gain", file=sys.stderr
    )
    return 0


def evaluate(args: argparse.Namespace, settings: Settings) -> int:
    """Measures the numbers on people held out of DIR/ratings.csv; prints a table, writes report and picture."""
    from core.evaluation.report import report, table

    if not (args.directory / "ratings.csv").is_file():
        raise SettingError("DIR", f"{args.directory} holds no ratings.csv (userId,movieId,rating,…)")
    with _Steps() as steps:
        result = report(
            args.directory, args.out, args.seed, progress=lambda done, total, label: steps(label, done, total)
        )
    print(table(result), end="")
    print(f"{args.out}: report.json, report.txt and a picture", file=sys.stderr)
    return 0


def explain(args: argparse.Namespace, settings: Settings) -> int:
    """What a message is taken for, what each word does for that, and the known sentences that are like it."""
    from rich.console import Console
    from rich.text import Text

    from core.nlu.acts import AdaptedActs
    from core.nlu.models import load_models
    from core.nlu.understand import Understander
    from core.turns import Context

    built = Built(settings.data)
    catalog = built.read_catalog()  # first: it tells soonest whether anything is built
    _, acts = load_models(settings.model, built.encoder, wishes=built.taught())
    understanding = Understander(catalog, acts).understand(args.text, Context())
    console = Console(highlight=False)
    console.print(Text(f"{understanding.lang}, {understanding.confidence:.0%}", style="bold"))
    for act in understanding.acts:
        about = act.target or act.text or (f"{act.kind} {act.op or ''} {act.value or ''}" if act.kind else "")
        console.print(Text(f"  {act.act}  {about}"))
    reading = acts.read(args.text, Context(), ())
    for name, probability in sorted(reading.acts.items(), key=lambda pair: -pair[1])[:5]:
        console.print(Text(f"  {probability:5.1%}  {name}", style="dim"))
    if isinstance(acts, AdaptedActs):
        found = acts.explain(args.text, Context())
        console.print(Text(f"{found.act}:", style="bold"))
        largest = max(1e-9, *(abs(float(value)) for value in found.occlusion))
        for token, value in zip(found.tokens, found.occlusion, strict=True):
            drawn = "█" * round(abs(float(value)) / largest * 20)
            line = Text(f"  {token.strip()[:WIDEST_TOKEN]:<{WIDEST_TOKEN}} {float(value):+6.2f} ")
            console.print(line.append(drawn, style="green" if value >= 0 else "red"))
    for sentence, similarity in reading.nearest:
        console.print(Text(f"  {similarity:.2f}  {sentence}", style="dim"))
    return 0


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`train`, `evaluate` and `explain` beside the others."""

    def data(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, metavar="DIR", help="directory of database and models (JIANYAN_DATA)")

    train = commands.add_parser("train", help="teach the models").add_subparsers(required=True, metavar="WHAT")
    encoder = train.add_parser("encoder", help="acts, from labelled sentences", description=train_encoder.__doc__)
    encoder.add_argument("paths", type=Path, nargs="*", default=[Path("training/utterances")], metavar="PATH")
    encoder.add_argument("--out", type=Path, metavar="DIR", help="where the weights go; left out: where they are used")
    encoder.add_argument("--no-measure", action="store_true", help="keep thresholds, and hold nobody out")
    encoder.set_defaults(command=train_encoder)
    data(encoder)
    pairs = train.add_parser("pairs", help="retrieval, from wishes and what fits", description=train_pairs.__doc__)
    pairs.add_argument("paths", type=Path, nargs="+", metavar="PATH", help='JSONL of {"said": …, "fits": …}')
    pairs.add_argument("--test", type=float, default=0.2, help="share of the wishes that is only measured")
    pairs.add_argument("--seed", type=int, default=0)
    pairs.set_defaults(command=train_pairs)
    data(pairs)
    measure = commands.add_parser("evaluate", help="measure the numbers on real ratings", description=evaluate.__doc__)
    measure.add_argument("directory", type=Path, metavar="DIR", help="with ratings.csv, as MovieLens has it")
    measure.add_argument("--out", type=Path, default=Path("data/report"), metavar="DIR")
    measure.add_argument("--seed", type=int, default=0)
    measure.set_defaults(command=evaluate)
    look = commands.add_parser("explain", help="how a message is understood", description=explain.__doc__)
    look.add_argument("text", metavar="TEXT")
    look.set_defaults(command=explain)
    data(look)


class _Steps:
    """Shows stages that name themselves as they go."""

    def __init__(self) -> None:
        from bot.progress import BuildProgress

        self._progress, self._stage = BuildProgress(), ""

    def __enter__(self) -> "_Steps":
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._progress.stop()
            self._progress.begin(stage)
            self._stage = stage
        self._progress.step(done, total)


def _jsonl(paths: list[Path]) -> list[Path]:
    """The files, and those in the directories."""
    found = [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    if not found:
        raise SettingError("PATH", f"no *.jsonl in {', '.join(map(str, paths))}")
    return found
