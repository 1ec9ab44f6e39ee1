"""`jianyan train`: the model of what people like, the encoder, and the acts. Each reports what it brought."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from bot.settings import Settings
from core.built import Built
from core.errors import SettingError

SENTENCES = Path("training/utterances")


def train_ratings(args: argparse.Namespace, settings: Settings) -> int:
    """Trains on all ratings that were built or imported, stopping by people held out of them, and puts it to use."""
    from bot.measuring import deliver
    from bot.progress import Steps
    from core.building import write_training
    from core.evaluation import data
    from core.evaluation.stopping import stopping

    built = Built(settings.data)
    if args.back:
        built.training.unlink(missing_ok=True)
        return _build(settings)
    told = data.built(settings.data)
    with Steps() as steps:
        config, report = stopping(told, args.seed, args.epochs, progress=steps)
    deliver(report, args.out)
    write_training(built.training, config.epochs, args.seed)
    return _build(settings)


def train_encoder(args: argparse.Namespace, settings: Settings) -> int:
    """Teaches the encoder pairs of what a person says and what fits; kept only if held-out wishes gain by it.

    Labelled sentences, and those that come with the project where no PATH is given, teach it what messages do.
    """
    from bot.progress import Steps
    from core.training import PairsConfig, fine_tune_pairs, read_pairs, switch_back

    built = Built(settings.data)
    if args.back:
        taught = switch_back(built.wishes)
        print("what was taught is in use" if taught else "the encoder as it was built is in use", file=sys.stderr)
        return _build(settings)
    files = _jsonl(args.paths or [SENTENCES])
    if _are_sentences(files[0]):
        plain = argparse.Namespace(
            paths=files, out=None, no_measure=False, hold_out=False, keep_encoder=False, measured=None
        )
        return train_acts(plain, settings)
    pairs = read_pairs(files)
    config = PairsConfig(epochs=args.epochs, validation=args.validation, test=args.test, seed=args.seed)
    with Steps() as steps:
        report = fine_tune_pairs(pairs, built.need_encoder(), built.wishes, config, steps)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    if not report["kept"]:
        print("not kept: no gain on the validation wishes", file=sys.stderr)
        return 0
    print("kept; `jianyan train encoder --back` takes it back", file=sys.stderr)
    return _build(settings)


def train_acts(args: argparse.Namespace, settings: Settings) -> int:
    """Fits the act models on labelled sentences; prints how they do on voices that were held out."""
    from bot.progress import Steps
    from core.nlu.bundle import ADAPTERS
    from core.training import ActsConfig, read_utterances
    from core.training import train_acts as fit

    if args.hold_out and (args.out is None or args.no_measure or args.keep_encoder or args.measured):
        raise SettingError("--hold-out", "needs --out, since nobody is to use these weights, and learns all anew")
    out = args.out or ADAPTERS
    sentences, encoder = read_utterances(_jsonl(args.paths)), Built(settings.data).need_encoder()
    with Steps() as steps:
        config = replace(
            ActsConfig(), measure=not args.no_measure, hold_out=args.hold_out, keep_encoder=args.keep_encoder,
            measured=args.measured,
        )  # fmt: skip
        report = fit(sentences, encoder, out, config, steps)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 0


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`train`, alone or with what to teach."""

    def data(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, metavar="DIR", help="directory of database and models (JIANYAN_DATA)")

    def back(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--back", action="store_true", help="train nothing: back to what was before")

    train = commands.add_parser("train", help="teach the models", description=train_ratings.__doc__)
    train.add_argument("--seed", type=int, default=0, metavar="N")
    train.add_argument("--epochs", type=int, default=32, metavar="N", help="at most (32)")
    train.add_argument("--out", type=Path, default=Path("data/report"), metavar="DIR", help="for the report")
    train.set_defaults(command=train_ratings)
    back(train)
    data(train)
    kinds = train.add_subparsers(metavar="WHAT")
    encoder = kinds.add_parser("encoder", help="what fits a wish, from pairs", description=train_encoder.__doc__)
    encoder.add_argument(
        "paths", type=Path, nargs="*", metavar="PATH", help='JSONL of {"said": …, "fits": …}; or of sentences, as acts'
    )
    encoder.add_argument("--epochs", type=int, default=12, metavar="N", help="at most (12)")
    encoder.add_argument(
        "--validation", type=float, default=0.15, metavar="S", help="share of wishes to stop by (0.15)"
    )
    encoder.add_argument("--test", type=float, default=0.2, metavar="S", help="share of wishes only measured (0.2)")
    encoder.add_argument("--seed", type=int, default=0, metavar="N")
    encoder.set_defaults(command=train_encoder)
    back(encoder)
    data(encoder)
    acts = kinds.add_parser("acts", help="what messages do, from labelled sentences", description=train_acts.__doc__)
    acts.add_argument("paths", type=Path, nargs="*", default=[SENTENCES], metavar="PATH")
    acts.add_argument("--out", type=Path, metavar="DIR", help="where the weights go; left out: where they are used")
    acts.add_argument("--no-measure", action="store_true", help="keep thresholds, and hold nobody out")
    acts.add_argument("--hold-out", action="store_true", help="keep the weights that have not heard those measured on")
    acts.add_argument(
        "--keep-encoder", action="store_true", help="keep its adapters and heads; what votes beside them learns anew"
    )
    acts.add_argument("--measured", type=Path, metavar="DIR", help="of --hold-out: take over its mixtures and figures")
    acts.set_defaults(command=train_acts)
    data(acts)


def _build(settings: Settings) -> int:
    """Makes anew what rests on what was taught; an interrupted one goes on with `jianyan build`."""
    from bot.progress import BuildProgress
    from core.building import BuildConfig, build

    progress = BuildProgress()
    try:
        build(BuildConfig(settings.data, settings.model, settings.ratings), progress)
    finally:
        progress.stop()
    return 0


def _are_sentences(file: Path) -> bool:
    """Whether the file's first line labels a sentence; one that is broken is for its reader to tell of."""
    try:
        with file.open(encoding="utf-8") as lines:
            first = json.loads(next(lines, "{}"))
    except (OSError, ValueError):
        return False
    return isinstance(first, dict) and "acts" in first


def _jsonl(paths: list[Path]) -> list[Path]:
    """The files, and those in the directories."""
    found = [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    if not found:
        raise SettingError("PATH", f"no *.jsonl in {', '.join(map(str, paths))}")
    return found
