"""What stands in deploy/ is what the program and the documents promise."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.__main__ import FAILED
from bot.admin.door import COMMANDS
from bot.settings import NAMES


def unit(root: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(root / "deploy" / "jianyan.service", encoding="utf-8")
    return parser["Service"]


def test_the_unit_restarts_after_crashes_and_not_after_what_only_a_person_can_mend(root: Path) -> None:
    service = unit(root)
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"] == str(FAILED)
    assert int(service["TimeoutStopSec"]) == 15
    assert service["DynamicUser"] == "yes"
    assert service["LimitCORE"] == "0"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_the_unit(root: Path, tmp_path: Path) -> None:
    text = (root / "deploy" / "jianyan.service").read_text(encoding="utf-8")
    copy = tmp_path / "jianyan.service"
    copy.write_text(text.replace("/opt/jianyan/.venv/bin/jianyan", "/bin/true"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True, timeout=60)
    assert "jianyan.service" not in done.stderr


def test_the_image_runs_as_nobody_in_particular_and_asks_healthz(root: Path) -> None:
    text = (root / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "/healthz" in last
    assert last.index("install --directory") < last.index("USER ") < last.index("CMD")
    copied = {name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for name in line.split()}
    assert all((root / name).exists() for name in copied)
    kept = {
        line[1:] for line in (root / "deploy" / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    assert kept == copied, "nothing else gets near the image: no .env, no data"


def test_compose_mounts_a_directory_and_writes_nowhere_else(root: Path) -> None:
    text = (root / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    for line in ("read_only: true", "- data:/data", "no-new-privileges:true", "stop_grace_period: 15s"):
        assert line in text


@pytest.mark.parametrize("name", ["operating.md", "operating.zh.md"])
def test_the_handbook_names_every_command_and_no_setting_that_is_none(root: Path, name: str) -> None:
    text = (root / "docs" / name).read_text(encoding="utf-8")
    assert [command for command in COMMANDS if f"`/{command}" not in text] == []
    assert set(re.findall(r"\b(?:JIANYAN|TELEGRAM)_[A-Z_]+", text)) <= set(NAMES)
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (root / "docs" / link).exists(), link
