"""Settings from the environment and .env. Nothing else reads the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from core.errors import SettingError
from core.llm import naming
from core.llm.naming import Local, Remote

NAMES = (
    "TELEGRAM_BOT_TOKEN", "TELEGRAM_API_URL", "JIANYAN_DATA", "JIANYAN_ADMINS", "JIANYAN_MODE", "JIANYAN_WEBHOOK_URL",
    "JIANYAN_WEBHOOK_SECRET", "JIANYAN_LISTEN", "JIANYAN_MODEL", "JIANYAN_RATINGS", "JIANYAN_OPENNESS",
    "JIANYAN_LLM", "JIANYAN_LLM_KEY", "JIANYAN_LOG",
)  # fmt: skip
MODES = ("polling", "webhook")
LEVELS = ("debug", "info", "warning", "error")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. Empty texts mean: not set.

    data: directory of database, downloads and models. models: where they are read where `data` has none.
    model: "" (built here), "light", a hub id or a directory. openness: from 0, what is known, to 1, hidden gems.
    listen: (host, port). llm: the language model that may help. log: one of LEVELS.
    """

    token: str = field(default="", repr=False)
    api_url: str = ""
    data: Path = Path("data")
    models: Path = Path("data")
    admins: frozenset[int] = frozenset()
    mode: str = "polling"
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    listen: tuple[str, int] = ("127.0.0.1", 8080)
    model: str = ""
    ratings: bool = True
    openness: float = 0.0
    llm: Local | Remote | None = None
    log: str = "warning"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log, error or chat may hold."""
        return self.token, self.webhook_secret, self.llm.key if isinstance(self.llm, Remote) else ""

    @property
    def database(self) -> Path:
        return self.data / "jianyan.db"


def load(dotenv: Path = Path(".env")) -> Settings:
    """Settings of this process; SettingError names the one that cannot be used."""
    return parse({**read_dotenv(dotenv), **os.environ})


def prepare() -> None:
    """What libraries read from the environment when they are imported: to be called before.

    One thread for linear algebra, unless told otherwise: a turn's matrices are small, and with the other core busy two
    threads took ten times as long as one. PTB gives times as timedelta, or warns with every 429.
    """
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def proxy_towards(url: str) -> str:
    """The proxy that the environment names for a URL: HTTPS_PROXY, but for what NO_PROXY lists; "" for none.

    Asked once, at the start; it may hold a password. SettingError where it is of a kind that is not spoken here.
    """
    parts = urlsplit(url)
    proxy = "" if proxy_bypass(str(parts.hostname)) else getproxies().get(parts.scheme, "")
    if proxy and not proxy.startswith(("http://", "https://")):
        raise SettingError("HTTPS_PROXY", "must begin with http; what speaks SOCKS mostly speaks HTTP at another port")
    return proxy


def child_environment(settings: Settings, api_url: str, token: str) -> dict[str, str]:
    """This process's environment for a bot on another server: its own token, polling, and any free port for health."""
    ours = {
        "TELEGRAM_API_URL": api_url,
        "TELEGRAM_BOT_TOKEN": token,
        "JIANYAN_DATA": str(settings.data),
        "JIANYAN_MODE": "polling",
        "JIANYAN_LISTEN": "127.0.0.1:0",
    }
    return {**os.environ, **ours}


def parse(values: Mapping[str, str]) -> Settings:
    """Settings of these values; unknown names are none of ours, empty ones are not set."""

    def get(name: str, default: str = "") -> str:
        return values.get(name, "").strip() or default

    mode = _one_of("JIANYAN_MODE", get("JIANYAN_MODE", "polling"), MODES)
    webhook_url = _url("JIANYAN_WEBHOOK_URL", get("JIANYAN_WEBHOOK_URL"), ("https", "http"))
    if webhook_url.startswith("http:") and urlsplit(webhook_url).hostname not in ("127.0.0.1", "localhost"):
        raise SettingError("JIANYAN_WEBHOOK_URL", "must begin with https; http is for a server on this machine")
    if mode == "webhook" and not webhook_url:
        raise SettingError("JIANYAN_WEBHOOK_URL", "is needed with JIANYAN_MODE=webhook")
    ratings = _one_of("JIANYAN_RATINGS", get("JIANYAN_RATINGS", "on"), ("on", "off"))
    data = Path(get("JIANYAN_DATA", "data")).expanduser()
    return Settings(
        token=_matching(
            "TELEGRAM_BOT_TOKEN", get("TELEGRAM_BOT_TOKEN"), _TOKEN, "looks like 123456:AAbb…, from @BotFather"
        ),
        api_url=_url("TELEGRAM_API_URL", get("TELEGRAM_API_URL"), ("http", "https")).rstrip("/"),
        data=data,
        models=data,
        admins=_ids("JIANYAN_ADMINS", get("JIANYAN_ADMINS")),
        mode=mode,
        webhook_url=webhook_url,
        webhook_secret=_matching(
            "JIANYAN_WEBHOOK_SECRET", get("JIANYAN_WEBHOOK_SECRET"), _SECRET, "is 1 to 256 of A-Z a-z 0-9 _ -"
        ),
        listen=_address("JIANYAN_LISTEN", get("JIANYAN_LISTEN", "127.0.0.1:8080")),
        model=get("JIANYAN_MODEL"),
        ratings=ratings == "on",
        openness=_share("JIANYAN_OPENNESS", get("JIANYAN_OPENNESS", "0")),
        llm=naming.parse(get("JIANYAN_LLM"), get("JIANYAN_LLM_KEY")),
        log=_one_of("JIANYAN_LOG", get("JIANYAN_LOG", "warning"), LEVELS),
    )


def read_dotenv(path: Path) -> dict[str, str]:
    """NAME=value lines; `export`, quotes and comments as in a shell, nothing expanded. {} where there is no file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(str(path), f"cannot be read: {error}") from error
    values = {}
    for number, line in enumerate(lines, 1):
        line = line.strip().removeprefix("export ").strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not _NAME.fullmatch(name):
            raise SettingError(f"{path}:{number}", "is no NAME=value")
        if value[:1] in ("'", '"'):
            end = value.find(value[0], 1)
            if end < 0:
                raise SettingError(f"{path}:{number}", f"{name} has no closing quote")
            value = value[1:end]
        else:
            value = re.split(r"(?:^|\s)#", value, maxsplit=1)[0].strip()
        values[name] = value
    return values


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value.lower() not in choices:
        raise SettingError(name, f"{value!r} is none of {', '.join(choices)}")
    return value.lower()


def _matching(name: str, value: str, form: re.Pattern[str], reason: str) -> str:
    if value and not form.fullmatch(value):
        raise SettingError(name, reason)  # the value is a secret: it is not repeated
    return value


def _url(name: str, value: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(value)
    except ValueError as error:
        raise SettingError(name, f"{value!r} is no URL: {error}") from None
    if value and (parts.scheme not in schemes or not parts.hostname):
        raise SettingError(name, f"{value!r} is no URL with {' or '.join(schemes)}")
    return value


def _ids(name: str, value: str) -> frozenset[int]:
    ids = [part.strip() for part in value.split(",") if part.strip()]
    for part in ids:
        if not re.fullmatch(r"[0-9]{1,18}", part):
            raise SettingError(name, f"{part!r} is no Telegram id; ids are numbers, separated by commas")
    return frozenset(map(int, ids))


def _share(name: str, value: str) -> float:
    if not re.fullmatch(r"0|1|[01]?\.[0-9]{1,6}", value) or float(value) > 1:
        raise SettingError(name, f"{value!r} is no number from 0 to 1")
    return float(value)


def _address(name: str, value: str) -> tuple[str, int]:
    host, colon, port = value.rpartition(":")
    if not colon or not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise SettingError(name, f"{value!r} is no host:port")
    return host.strip("[]"), int(port)
