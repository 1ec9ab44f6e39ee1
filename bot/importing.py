"""`jianyan import`: a catalogue or ratings into DATA/catalogs, or one person's history into their chat."""

import argparse
import asyncio
import json
import sys
import time
import tomllib
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import Settings
from core.built import Built
from core.errors import FormatError, ModelError, SettingError
from core.sources import gathering, telling
from core.sources.files import Files
from core.sources.formats import AUTO, FORMATS, Format, detect, named
from core.sources.gathering import Counts
from core.sources.linking import Index
from core.sources.own import chat_export
from core.sources.rows import Options, Refused
from core.state import ChatState, Outcome
from core.turns import Lang, Reply

DEFAULT_NAME = "mine"


def import_files(args: argparse.Namespace, settings: Settings) -> int:
    """Takes files of other services in, tells how many rows came of it, and which were refused and why."""
    from bot.progress import BuildProgress

    started = time.monotonic()
    if args.chat is not None and args.catalog is not None:
        raise SettingError("--chat", "a history goes into a chat, a catalogue into --catalog: only one of them")
    place = gathering.directory(settings.data, args.catalog or DEFAULT_NAME)
    options = Options(args.chat is not None, _columns(args.map))
    progress = BuildProgress()
    progress.begin(f"读入 {args.format}" if args.format != AUTO else "读入")
    try:
        files = Files.of(args.paths, progress.step)
        if args.chat is None:
            form, counts = into_catalogue(args.format, files, place, options, args.dry_run)
        else:
            form = _form(args.format, options, files)
            counts = _history(form, files, options, settings, args.chat, args.dry_run)
    finally:
        progress.stop()
    _tell(args, form, counts, time.monotonic() - started)
    return 0


def into_catalogue(
    form_name: str, files: Files, place: Path, options: Options, dry_run: bool = False
) -> tuple[Format, Counts]:
    """Takes the files into the catalogue at `place`: the form they were read by, and what came of them.

    form_name: one of `FORMATS`, or `auto`. FormatError, SettingError where they are no catalogue.
    """
    form = _form(form_name, options, files)
    return form, gathering.take_in(form.read(files, options), place, dry_run)


def _form(form_name: str, options: Options, files: Files) -> Format:
    form = named(form_name) if form_name != AUTO else detect(files)
    _check_use(form, options, files)
    return form


def _check_use(form: Format, options: Options, files: Files) -> None:
    if options.history and not form.history:
        raise FormatError(form.name, "is a catalogue, not a person's history: leave --chat out")
    if not options.history and not form.catalogue:
        raise FormatError(form.name, "is one person's history: say whose with --chat N")
    if options.columns and form.name not in ("csv", "jsonl"):
        raise SettingError("--map", f"goes with csv and jsonl; the columns of {form.name} are known")
    if not options.history and chat_export(files) is not None:
        raise FormatError(files.members[0].name, "is the export of a chat: say into which with --chat N")


def _history(form: Format, files: Files, options: Options, settings: Settings, chat_id: int, dry_run: bool) -> Counts:
    """Into the chat, as one turn in one transaction. The database is this process's alone until it is done."""
    from core.store import SqliteStore

    now = datetime.now(UTC)
    built = Built(settings.data)
    if not built.manifest.exists() and Built(settings.models).manifest.exists():
        built = Built(settings.models)

    async def run() -> Counts:
        store = await SqliteStore.open(settings.database, built.model_id())
        try:
            state, log = await store.load(chat_id) or ChatState(chat_id), await store.feedback(chat_id)
            if form.name == "jsonl" and (raw := chat_export(files)) is not None:
                taken = telling.restore(raw, files.members[0].name, state, log, now)
            else:
                catalog = built.read_catalog()
                index = Index((*catalog.items, *gathering.pending(settings.data, catalog)))
                taken = telling.tell(form.read(files, options), index, state, log, form.name, now)
            if taken.events and not dry_run:
                # a random key: after /forget the same file may be imported again
                key = f"import:{uuid.uuid4().hex}"
                await store.commit(key, Outcome(taken.state, taken.events, Reply("", Lang.ZH)))
            return taken.counts
        finally:
            await store.close()

    if not built.manifest.exists():
        raise ModelError(settings.data, "nothing is built here yet: run `jianyan build`, then import the history")
    return asyncio.run(run())


def _columns(path: Path | None) -> Mapping[str, str]:
    """The map: TOML, our field = their column."""
    if path is None:
        return {}
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError("--map", f"{path} is no TOML: {error}") from None
    for field, column in raw.items():
        if not isinstance(column, str | int | float) or isinstance(column, bool):
            raise SettingError("--map", f"{path}: {field} must be the name of a column")
    return {field: str(column) for field, column in raw.items()}


def _tell(args: argparse.Namespace, form: Format, counts: Counts, seconds: float) -> None:
    report = {
        "format": form.name,
        "read": counts.read,
        "imported": counts.imported,
        "merged": counts.merged,
        "refused": [_refused(one) for one in counts.refused],
        "seconds": round(seconds, 3),
    }
    text = json.dumps(report, ensure_ascii=False, indent=1)
    if args.report is not None:
        gathering.write_whole(args.report, text.encode() + b"\n")
        print(f"{args.report}: {counts.imported} imported, {counts.merged} merged, {len(counts.refused)} refused")
    else:
        print(text)
    if args.dry_run:
        print("nothing was written", file=sys.stderr)
    elif args.chat is None and counts.imported + counts.merged:
        if form.terms:
            print(f"{form.terms}. That these terms allow your use is for you to see to", file=sys.stderr)
        print("`jianyan build` takes it in", file=sys.stderr)


def _refused(one: Refused) -> dict[str, object]:
    spot = one.spot
    column = {} if spot.column is None else {"column": spot.column}
    return {"file": spot.file, "line": spot.line, **column, "reason": one.reason}


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", chat_id: Callable[[str], int]) -> None:
    """`import` beside the others. chat_id: reads the number of a chat."""
    about = "take in a catalogue, ratings, or (--chat) one person's history"
    forms = ", ".join((*FORMATS, AUTO))
    sub = commands.add_parser("import", help=about, description=f"{about}. Formats: {forms}.")
    sub.add_argument("format", metavar="FORMAT", help="one of those, or auto")
    sub.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="files, zips or directories")
    sub.add_argument("--catalog", metavar="NAME", help=f"catalogue to add to; left out: {DEFAULT_NAME}")
    sub.add_argument("--chat", type=chat_id, metavar="N", help="the history is this chat's")
    sub.add_argument("--map", type=Path, metavar="FILE", help="of csv and jsonl: TOML, our field = their column")
    sub.add_argument("--dry-run", action="store_true", help="read and report, write nothing")
    sub.add_argument("--report", type=Path, metavar="FILE", help="where the JSON report goes; left out: to stdout")
    sub.add_argument("--data", type=Path, metavar="DIR", help="directory of database and models (JIANYAN_DATA)")
    sub.set_defaults(command=import_files)
