"""The command line. An error is one line on stderr that says what to do; JIANYAN_LOG=debug adds the traceback."""

import argparse
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot import importing, logs, measuring, teaching, workshop
from bot.logs import Redactor
from bot.settings import Settings, load, prepare
from core.errors import CoreError, SettingError

FAILED, BUG, INTERRUPTED = 2, 70, 130  # a service is not started again after FAILED
Command = Callable[[argparse.Namespace, Settings], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; its exit status: 0 done, 1 something found, 2 could not, 70 a bug, 130 interrupted."""
    prepare()
    args = _parser().parse_args(argv)
    level, redactor = "warning", Redactor()
    try:
        settings = load()
        level, redactor = settings.log, Redactor(settings.secrets)
        if getattr(args, "data", None) is not None:
            settings = replace(settings, data=args.data)
        command: Command = args.command
        return command(args, settings)
    except CoreError as error:
        return _failed(str(error), level, redactor)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains once more when it ends
        return 0
    except KeyboardInterrupt:
        print("jianyan: stopped", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _failed(f"{where}{error.strerror or error}", level, redactor)
    except Exception as error:
        _failed(f"a bug of ours: {type(error).__name__}: {error}; JIANYAN_LOG=debug shows where", level, redactor)
        return BUG


def _failed(reason: str, level: str, redactor: Redactor) -> int:
    if level == "debug":
        print(redactor.clean(traceback.format_exc()), end="", file=sys.stderr)
    print(f"jianyan: {redactor.clean(' '.join(reason.split()))}", file=sys.stderr)
    return FAILED


def _chat(args: argparse.Namespace, settings: Settings) -> int:
    from bot import app
    from core.turns import Lang

    lang = Lang(args.lang) if args.lang else None
    chat_id, secrets = args.chat, settings.secrets
    if args.json:
        logs.set_up(settings.log, secrets)
        app.chat_lines(settings, chat_id, lang, sys.stdin.buffer, sys.stdout.buffer, args.catalog)
    else:
        logs.set_up(settings.log, secrets, settings.data / "jianyan.log")
        app.chat_screen(settings, chat_id, lang, args.catalog)
    return 0


def _run(args: argparse.Namespace, settings: Settings) -> int:
    """Serves Telegram, or the Bot API server that TELEGRAM_API_URL names, until it is stopped."""
    from bot import loop
    from bot.service import run

    return loop.run(run(settings, args.inspect))


def _sandbox(args: argparse.Namespace, settings: Settings) -> int:
    """The bot on a Bot API server of its own, with a chat page; no token is needed."""
    import asyncio

    from bot.sandbox.runner import sandbox

    return asyncio.run(sandbox(settings, args.port))


def _build(args: argparse.Namespace, settings: Settings) -> int:
    from bot.progress import BuildProgress
    from core.building import BuildConfig, build

    progress = BuildProgress()
    try:
        ran = build(BuildConfig(settings.data, settings.model, settings.ratings), progress)
    except KeyboardInterrupt:
        progress.stop()
        print("jianyan: stopped; `jianyan build` goes on from here", file=sys.stderr)
        return INTERRUPTED
    finally:
        progress.stop()
    if not ran:
        print(f"{settings.data}: everything is up to date", file=sys.stderr)
    return 0


def _check(args: argparse.Namespace, settings: Settings) -> int:
    """Whether the database can live where it is to, every broken line, then how many items there are of each domain."""
    from core import database
    from core.catalog import Catalog, read
    from core.sources import starter

    if args.catalog is None:
        form = database.check(settings.database)
        print(f"{settings.database}: {f'sound, form {form}' if form else 'will be made at the first start'}")
    place = starter.directory() if args.catalog in (None, "starter") else Path(args.catalog)
    paths = starter.files(place)
    if not paths:
        raise SettingError("--catalog", f"{place} is no directory with *.jsonl in it")
    items, errors = read(paths)
    for error in errors:
        print(error)
    Catalog(tuple(items)).by_short  # noqa: B018  # refuses two ids of one short name
    counts = Counter(item.domain for item in items)
    print(", ".join(f"{domain} {count}" for domain, count in sorted(counts.items())) or "no items")
    print(f"{len(items)} items in {len(paths)} files, {len(errors)} broken lines")
    return 1 if errors else 0


def _backup(args: argparse.Namespace, settings: Settings) -> int:
    from core.database import backup

    backup(settings.database, args.path)
    print(f"{settings.database} is copied to {args.path}")
    return 0


def _restore(args: argparse.Namespace, settings: Settings) -> int:
    from core.database import restore

    restore(args.path, settings.database)
    print(f"{args.path} is now {settings.database}")
    return 0


def _chat_id(text: str) -> int:
    number = int(text)
    if not -(1 << 63) <= number < 1 << 63:
        raise ValueError(text)
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jianyan", description="荐言: talks about what to watch, read, hear and buy, and says why."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, about: str, data: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(command=command)
        if data:
            sub.add_argument("--data", type=Path, metavar="DIR", help="directory of database and models (JIANYAN_DATA)")
        return sub

    chat = add("chat", _chat, "talk in the terminal")
    chat.add_argument("--json", action="store_true", help="one JSON request a line in, one answer a line out")
    chat.add_argument("--chat", type=_chat_id, default=1, metavar="N", help="number of the chat, 1 if left out")
    chat.add_argument("--lang", choices=("zh", "en"), help="language to begin in")
    chat.add_argument("--catalog", metavar="NAME", help="talk about this one alone: starter, or an imported one")

    run = add("run", _run, "serve Telegram: polling, or a webhook with JIANYAN_MODE=webhook")
    run.add_argument("--inspect", default="", metavar="URL", help="tell this sandbox what every turn did")
    sandbox = add("sandbox", _sandbox, "try the bot in a browser, without a token")
    sandbox.add_argument("--port", type=int, default=8081, metavar="P", help="of the page on 127.0.0.1 (8081)")
    add("build", _build, "make data and models; only what is missing or out of date")
    check = add("check", _check, "look over the database and the catalogue, line by line")
    check.add_argument("--catalog", metavar="NAME", help="this alone: starter, or a directory with *.jsonl")
    for name, command, about in (
        ("backup", _backup, "copy the database, also while the bot works"),
        ("restore", _restore, "put a backup in the database's place"),
    ):
        add(name, command, about).add_argument("path", type=Path, metavar="PATH")
    teaching.add_command(commands)
    workshop.add_commands(commands)
    measuring.add_command(commands)
    importing.add_command(commands, _chat_id)
    return parser


if __name__ == "__main__":
    sys.exit(main())
