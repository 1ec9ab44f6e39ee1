"""Logs: one record a line, on stderr or in a file, with every secret taken out on the way.

JSON lines where a program reads them (a journal, a container), plain text at a terminal. No message text is ever
logged by us; other libraries, which would at level debug, are kept at info.
"""

import faulthandler
import json
import logging
import logging.handlers
import re
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TextIO

FILE_BYTES = 1 << 20
REMEMBERED = 500  # lines that /log can show
SHORTEST_SECRET = 6  # a shorter one would blacken ordinary words
HIDDEN = "‹hidden›"
OURS = ("bot", "core")
QUIET = ("aiohttp.access", "jieba")  # a line for each look at /healthz; a line for each dictionary
_TOKEN = re.compile(r"(?<![A-Za-z0-9])\d{5,}(?::|%3[aA])[A-Za-z0-9_-]{20,}|(?<=/bot)\d+[^/\s\"'<>]*")
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Redactor:
    """Takes secrets out of texts: those it was given, the part of a bot's token behind its colon, and all tokens."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        parts = {part for secret in secrets for part in (secret, secret.partition(":")[2])}
        known = sorted((part for part in parts if len(part) >= SHORTEST_SECRET), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def clean(self, text: str) -> str:
        """The text without them; cleaning twice changes nothing more."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        return _TOKEN.sub(HIDDEN, text)


class Journal:
    """What was logged last, cleaned, newest last."""

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor
        self.lines: deque[str] = deque(maxlen=REMEMBERED)

    def tail(self, count: int) -> tuple[str, ...]:
        """The last so many records."""
        return tuple(islice(self.lines, max(0, len(self.lines) - count), None))


class PlainFormatter(logging.Formatter):
    """Time, level, logger, message, fields; what follows the first line is indented, so that no text can fake one."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        head = f"{_time(record)} {record.levelname} {record.name}: {record.getMessage()}{fields}"
        return self._redactor.clean("\n".join([head, *_trace(record)]).replace("\n", "\n    "))


class JsonFormatter(logging.Formatter):
    """The same as one JSON object."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        clean = self._redactor.clean
        row: dict[str, object] = {
            "at": _time(record),
            "level": record.levelname.lower(),
            "room": record.name,
            "text": clean(record.getMessage()),
        }
        row |= {name: clean(value) if isinstance(value, str) else value for name, value in _fields(record).items()}
        if trace := _trace(record):
            row["trace"] = clean("\n".join(trace))
        # once more: the repr of a field that is no text may hold a secret
        return clean(json.dumps(row, ensure_ascii=False, default=repr))


class _Remembering(logging.Handler):
    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal
        self.setFormatter(PlainFormatter(journal.redactor))

    def emit(self, record: logging.LogRecord) -> None:
        self._journal.lines.append(self.format(record))


def set_up(level: str, secrets: Iterable[str] = (), file: Path | None = None, stream: TextIO | None = None) -> Journal:
    """Log to stderr (or `stream`), or to a file where the screen belongs to somebody; what was logged last, too.

    level: one of `bot.settings.LEVELS`. secrets: never to be seen in any line.
    """
    redactor = Redactor(secrets)
    journal = Journal(redactor)
    handler: logging.Handler
    if file is None:
        out = stream or sys.stderr
        handler = logging.StreamHandler(out)
        handler.setFormatter(PlainFormatter(redactor) if out.isatty() else JsonFormatter(redactor))
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=FILE_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
        handler.setFormatter(PlainFormatter(redactor))
    wanted = logging.getLevelNamesMapping()[level.upper()]
    # at debug, other libraries log parameters: message texts and secrets
    logging.basicConfig(level=max(wanted, logging.INFO), handlers=[handler, _Remembering(journal)], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(wanted)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(wanted, logging.WARNING))
    logging.captureWarnings(True)
    _catch_strays()
    return journal


def watch_faults() -> None:
    """A crash of the interpreter, and SIGQUIT, write where each thread is. Names of functions only, no values."""
    if sys.__stderr__ is not None:
        faulthandler.enable(sys.__stderr__)
        faulthandler.register(signal.SIGQUIT, sys.__stderr__)


def where(error: BaseException) -> str:
    """Type and place of an error. Not its words: they may quote what somebody said."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__} at {places}" + (f" from {where(cause)}" if cause else "")


def _catch_strays() -> None:
    """What nobody caught goes through the log, too, and not past its redaction."""
    log = logging.getLogger("bot")

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("an error that nobody caught", exc_info=(kind, error, trace))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            log.error("a thread ended by an error", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

    sys.excepthook = uncaught
    threading.excepthook = in_thread


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    """What was given as `extra`."""
    return {name: value for name, value in vars(record).items() if name not in _PLAIN}


def _trace(record: logging.LogRecord) -> list[str]:
    """Traceback with its causes, and the stack, if they were asked for."""
    found = []
    if record.exc_info and record.exc_info[0] is not None:
        found.append("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
    elif record.exc_text:
        found.append(record.exc_text)
    if record.stack_info:
        found.append(record.stack_info)
    return found
