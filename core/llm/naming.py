"""What JIANYAN_LLM may name: a server that speaks OpenAI's protocol, a directory, or a model of the hub."""

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import SettingError

SETTING, KEY = "JIANYAN_LLM", "JIANYAN_LLM_KEY"
_HUB = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)@(?P<revision>[0-9a-f]{40})")


@dataclass(frozen=True, slots=True)
class Remote:
    """A server: url without the fragment, the model's name there, and its key, which nothing prints."""

    url: str
    model: str
    key: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        return str(urlsplit(self.url).hostname)


@dataclass(frozen=True, slots=True)
class Local:
    """A model that runs in this process: a directory, or a hub id with the commit that was looked at."""

    name: str
    revision: str | None = None


def parse(value: str, key: str = "") -> Remote | Local | None:
    """What the setting names; None where it is empty. SettingError says what it should look like."""
    if not value:
        return None
    if value.startswith(("http://", "https://")):
        return _remote(value, key)
    if Path(value).expanduser().is_dir():
        return Local(str(Path(value).expanduser()))
    found = _HUB.fullmatch(value)
    if found is None:
        forms = "a URL like https://host/v1#model, a directory, a hub id with its commit (owner/name@40 hex digits)"
        raise SettingError(SETTING, f"{value!r} is none of: {forms}")
    return Local(found["name"], found["revision"])


def _remote(value: str, key: str) -> Remote:
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError as error:
        raise SettingError(SETTING, f"is no URL: {error}") from None
    if not host or parts.username or parts.password or parts.query:
        raise SettingError(SETTING, f"the URL has a host, a path and #model, no more; a key goes into {KEY}")
    if not parts.fragment:
        raise SettingError(SETTING, "the URL ends with the model's name: https://host/v1#name")
    if parts.scheme == "http" and not _is_near(host):
        raise SettingError(SETTING, "must begin with https; http is for this machine or the network it stands in")
    return Remote(value.partition("#")[0].rstrip("/"), parts.fragment, key)


def _is_near(host: str) -> bool:
    """Whether the host is this machine or in a network of its owner's: no dot, or a private address."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host
