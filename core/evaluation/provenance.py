"""Where a figure comes from: data, split, seed, machine and commit."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from core.evaluation.data import Data


def about(data: Data, split: str, seed: int) -> dict[str, str]:
    """What has to stand beside every figure, in words."""
    return {"data": data.about(), "split": split, "seed": str(seed), "machine": machine(), "commit": commit()}


def machine() -> str:
    """Cores that this process may use, processor, memory, and what reckons."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    name = _processor() or platform.machine()
    return f"{cores} cores, {name}, {memory:.0f} GB; Python {platform.python_version()}, numpy {np.__version__}"


def commit() -> str:
    """Short id of the checkout, "+" where it was changed since; the version of the package outside of one."""
    root = Path(__file__).parents[2]
    try:
        if not (root / ".git").exists():
            raise OSError(f"{root} is no checkout")
        head = _git(root, "rev-parse", "--short", "HEAD")
        return head + ("+" if _git(root, "status", "--porcelain", "--untracked-files=no", "--", "core", "bot") else "")
    except (OSError, subprocess.CalledProcessError):
        try:
            return version("jianyan")
        except PackageNotFoundError:
            return "unknown"


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True, timeout=10)
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
