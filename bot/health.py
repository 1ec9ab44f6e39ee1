"""Is it well? /healthz for a watchdog, /metrics for Prometheus. Facts and numbers only: no id, no text, no secret."""

import asyncio
import logging
import resource
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

_log = logging.getLogger(__name__)

WATCH_S = 60.0
CHECK_S = 5.0  # a check that takes longer has failed
BOUNDS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # of the histogram of turns
REMEMBERED = 2000  # turns that percentiles are taken of
WAL_BOUND = 256 << 20  # bytes of write-ahead log: a reader that keeps its snapshot lets it grow

Figures = Callable[[], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw. facts: plain values, none of them secret or about a person."""

    well: bool
    facts: Mapping[str, object] = field(default_factory=dict)


Check = Callable[[], Finding | Awaitable[Finding]]


class Durations:
    """How long turns take: percentiles of the last ones, and sums of all."""

    def __init__(self) -> None:
        self.count, self.total_s = 0, 0.0
        self._cpu_s = time.process_time()
        self._below = [0] * (len(BOUNDS_S) + 1)
        self._last: deque[float] = deque(maxlen=REMEMBERED)

    def observe(self, seconds: float) -> None:
        self.count += 1
        self.total_s += seconds
        self._below[sum(seconds > bound for bound in BOUNDS_S)] += 1
        self._last.append(seconds)

    def cpu_s(self) -> float:
        """CPU seconds of the process since the first turn could come: what a start costs is no turn's."""
        return time.process_time() - self._cpu_s

    def percentile(self, share: float) -> float:
        """Seconds that this share of the last turns took at most; 0 where there was none."""
        ordered = sorted(self._last)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    @property
    def last(self) -> tuple[float, ...]:
        return tuple(self._last)

    def buckets(self) -> list[tuple[str, float]]:
        """(upper bound, turns that took no longer), as Prometheus counts."""
        found, sum_ = [], 0
        for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), self._below, strict=True):
            sum_ += count
            found.append((bound, float(sum_)))
        return found


class Health:
    """Checks and figures of the rooms, behind one small HTTP server.

    checks: by name; each is asked on every /healthz. figures: by room; names that end in `_total` only ever rise.
    told: which checks fail, by name, at every look at which some do.
    """

    def __init__(
        self,
        checks: Mapping[str, Check],
        figures: Mapping[str, Figures],
        turns: Durations,
        told: Callable[[Sequence[str]], object] = lambda _: None,
    ) -> None:
        self._told = told
        self._checks, self._figures, self.turns = dict(checks), dict(figures), turns
        self._registry = CollectorRegistry()
        self._registry.register(self)
        self._ill: frozenset[str] = frozenset()

    async def findings(self) -> dict[str, Finding]:
        """All checks, at once. One that breaks or hangs has found something."""
        names = tuple(self._checks)
        found = dict(zip(names, await asyncio.gather(*(self._ask(name) for name in names)), strict=True))
        ill = frozenset(name for name, finding in found.items() if not finding.well)
        for name in sorted(ill - self._ill):  # once when it begins, not at every look
            _log.warning("health: %s is not well: %s", name, dict(found[name].facts))
        for name in sorted(self._ill - ill):
            _log.warning("health: %s is well again", name)
        if ill:
            self._told(sorted(ill))
        self._ill = ill
        return found

    async def watch(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Looks by itself, so that the log tells of trouble where nobody asks."""
        while True:
            await sleep(WATCH_S)
            await self.findings()

    async def _ask(self, name: str) -> Finding:
        try:
            async with asyncio.timeout(CHECK_S):
                found = self._checks[name]()
                return found if isinstance(found, Finding) else await found
        except Exception as error:  # whatever it is: it is what the check has found
            _log.debug("health: %s broke", name, exc_info=True)
            return Finding(False, {"error": type(error).__name__})

    def application(self) -> web.Application:
        """The server's routes; the webhook adds its own before it is started."""
        made = web.Application(client_max_size=1 << 20)
        made.router.add_get("/healthz", self._healthz)
        made.router.add_get("/metrics", self._metrics)
        return made

    async def _healthz(self, _: web.Request) -> web.Response:
        found = await self.findings()
        well = all(finding.well for finding in found.values())
        body = {"ok": well, "checks": {name: {"ok": f.well, **f.facts} for name, f in found.items()}}
        return web.json_response(body, status=200 if well else 503, headers={"Cache-Control": "no-store"})

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def collect(self) -> Iterable[Metric]:
        """Prometheus' collector: every room's figures as they are now."""
        for room, figures in {**self._figures, "process": process_figures}.items():
            for name, value in figures().items():
                family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
                yield family(f"jianyan_{room}_{name}", f"{room}: {name.replace('_', ' ')}", value=float(value))
        yield HistogramMetricFamily(
            "jianyan_turn_seconds", "time from a turn's begin to its commit", self.turns.buckets(), self.turns.total_s
        )


def process_figures() -> dict[str, float]:
    """CPU seconds used, bytes of memory held, and tasks of the loop. To be asked in the loop."""
    return {
        "cpu_seconds_total": time.process_time(),
        "memory_bytes": float(memory_bytes()),
        "tasks": float(len(asyncio.all_tasks())),
    }


def memory_bytes() -> int:
    """Resident memory now, or where the system does not tell, the most there ever was."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()


# ---- checks that a composition root puts together ----


def within(name: str, seconds: Callable[[], float | None], bound_s: float) -> Check:
    """Well while the age is within the bound. None (nothing waits, nothing was due yet) is well."""

    def check() -> Finding:
        age = seconds()
        facts = {name: None if age is None else round(age, 1), "bound_s": bound_s}
        return Finding(age is None or age <= bound_s, facts)

    return check


def quiet(name: str, count: Callable[[], float]) -> Check:
    """Well while what is counted (another poller's 409s in a row, say) stands at zero."""

    def check() -> Finding:
        return Finding(not count(), {name: count()})

    return check


def writable(write: Callable[[], Awaitable[object]]) -> Check:
    """Well if a real write reaches the disk. `write` commits something small."""

    async def check() -> Finding:
        started = time.monotonic()
        await write()
        return Finding(True, {"write_ms": round((time.monotonic() - started) * 1000, 1)})

    return check


def wal(database: Path, bound: int = WAL_BOUND) -> Check:
    """Well while the write-ahead log beside the database is within `bound` bytes."""

    def check() -> Finding:
        size = wal_bytes(database)
        return Finding(size <= bound, {"wal_bytes": size, "bound_bytes": bound})

    return check


def wal_bytes(database: Path) -> int:
    """Size of the write-ahead log; 0 where there is none."""
    try:
        return database.with_name(f"{database.name}-wal").stat().st_size
    except OSError:
        return 0
