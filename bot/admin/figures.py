"""/stats: what the database and the process say, as text and as a picture where matplotlib is installed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.admin.speech import phrases, say, size, span
from bot.health import Durations, memory_bytes, wal_bytes
from bot.ports import Store
from core.turns import Lang

DAYS = 30  # of the picture
DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of the database. inbox, oldest_s: of what waits beside the command that asks for this.

    days: (day, feedback of it), the last DAYS, oldest first.
    """

    private: int
    groups: int
    day: int
    week: int
    inactive: int
    turns: int
    feedback: int
    fresh: int
    inbox: int
    aside: int
    outbox: int
    oldest_s: float
    days: tuple[tuple[str, int], ...] = field(default=())


async def gather(store: Store, now: float) -> Figures:
    """Reads them; now: seconds since 1970."""

    async def number(query: str, *values: object) -> float:
        rows = await store.read(query, *values)
        return float(str(rows[0][0] or 0))

    async def count(table: str, where: str, *values: object) -> int:
        return int(await number(f"SELECT COUNT(*) FROM {table} WHERE {where}", *values))

    today = datetime.fromtimestamp(now, UTC)
    first = (today - timedelta(days=DAYS - 1)).date()
    by_day = "SELECT substr(at, 1, 10), COUNT(*) FROM feedback WHERE at >= ? GROUP BY 1"
    found = {str(day): int(str(n)) for day, n in await store.read(by_day, first.isoformat())}
    days = [(first + timedelta(days=n)).isoformat() for n in range(DAYS)]
    oldest = await number("SELECT MIN(at) FROM inbox WHERE state = 0")
    return Figures(
        private=await count("people", "kind = 'private'"),
        groups=await count("people", "kind = 'group'"),
        day=await count("people", "last_at > ?", now - DAY_S),
        week=await count("people", "last_at > ?", now - 7 * DAY_S),
        inactive=await count("people", "inactive = 1"),
        turns=await count("turn_keys", "1"),
        feedback=await count("feedback", "1"),
        fresh=await count("feedback", "at > ?", (today - timedelta(days=1)).isoformat()),
        inbox=max(0, await count("inbox", "state = 0") - 1),
        aside=await count("inbox", "state = 2"),
        outbox=await count("outbox", "1"),
        oldest_s=max(0.0, now - oldest) if oldest else 0.0,
        days=tuple((day, found.get(day, 0)) for day in days),
    )


def text(found: Figures, turns: Durations, database: Path, model: str, uptime_s: float, lang: Lang) -> str:
    """The figures in words. model: its id."""
    ms = {name: f"{turns.percentile(share) * 1000:.0f}" for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
    return say(
        "stats",
        lang,
        private=found.private,
        groups=found.groups,
        day=found.day,
        week=found.week,
        inactive=found.inactive,
        turns=f"{found.turns:,}",
        since=f"{turns.count:,}",
        feedback=f"{found.feedback:,}",
        fresh=f"{found.fresh:,}",
        **ms,
        cpu=f"{turns.cpu_s() / turns.count * 1000:.0f}" if turns.count else "–",
        inbox=found.inbox,
        aside=found.aside,
        outbox=found.outbox,
        oldest=f"{found.oldest_s:.0f}",
        memory=size(memory_bytes()),
        database=size(database.stat().st_size if database.exists() else 0),
        wal=size(wal_bytes(database)),
        model=model or "–",
        uptime=span(uptime_s, lang),
    )


def picture(found: Figures, seconds: Sequence[float], path: Path, lang: Lang) -> Path:
    """Feedback by day, and how long the last turns took. ImportError without matplotlib. Fit for any thread."""
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from core.explain.drawing import BASE, GOOD, PLAIN, chinese_font

    font = chinese_font()
    book = "en" if font is None or lang is Lang.EN else "zh"
    made = Figure(figsize=(7.2, 4.8), layout="constrained", dpi=150)
    above, below = made.subplots(2)
    above.bar(range(len(found.days)), [count for _, count in found.days], color=GOOD)
    above.set_title(phrases()["plot.days"][book], loc="left")
    weeks = range(0, len(found.days), 7)
    above.set_xticks(weeks, [found.days[n][0][5:] for n in weeks])
    below.hist([s * 1000 for s in seconds], bins=40, color=PLAIN)
    below.set_title(phrases()["plot.latency"][book], loc="left")
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_ylim(bottom=0)
    for one in made.findobj(Text):
        assert isinstance(one, Text)
        one.set_fontfamily([BASE] if font is None else [BASE, font])
    path.parent.mkdir(parents=True, exist_ok=True)
    made.savefig(path, format="png")
    return path
