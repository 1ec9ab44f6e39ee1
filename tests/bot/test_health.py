"""/healthz tells whether updates really flow; /metrics is what Prometheus reads."""

import asyncio
import logging
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot import health
from bot.health import Check, Durations, Figures, Finding, Health
from core.store import SqliteStore


def client(checks: dict[str, Check], figures: dict[str, Figures] | None = None, turns: Durations | None = None):  # type: ignore[no-untyped-def]
    made = Health(checks, figures or {}, turns or Durations())
    return TestClient(TestServer(made.application()))


async def test_all_well_is_200_with_the_facts(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "jianyan.db")
    touch = ("INSERT OR REPLACE INTO settings (name, value) VALUES ('health', '1')", ())
    checks: dict[str, Check] = {
        "polling": health.within("age_s", lambda: 3.04, 60.0),
        "queue": health.within("oldest_s", lambda: None, 120.0),
        "conflict": health.quiet("conflicts", lambda: 0),
        "database": health.writable(lambda: store.write([touch])),
        "wal": health.wal(tmp_path / "jianyan.db"),
    }
    async with client(checks) as asked:
        answer = await asked.get("/healthz")
        body = await answer.json()
    await store.close()
    assert answer.status == 200
    assert body["ok"] is True
    assert body["checks"]["polling"] == {"ok": True, "age_s": 3.0, "bound_s": 60.0}
    assert body["checks"]["queue"]["oldest_s"] is None
    assert body["checks"]["database"]["write_ms"] >= 0
    assert 0 < body["checks"]["wal"]["wal_bytes"] < body["checks"]["wal"]["bound_bytes"]


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("deaf", health.within("age_s", lambda: 61.0, 60.0)),
        ("second instance", health.quiet("conflicts", lambda: 2)),
        ("long log", lambda: Finding(False, {"wal_bytes": 1 << 30})),
    ],
)
async def test_one_thing_that_is_not_well_makes_it_503(name: str, check: Check) -> None:
    async with client({"fine": lambda: Finding(True), name: check}) as asked:
        answer = await asked.get("/healthz")
        body = await answer.json()
    assert answer.status == 503
    assert body["ok"] is False
    assert body["checks"]["fine"]["ok"] is True
    assert body["checks"][name]["ok"] is False


async def test_a_database_that_refuses_writes_is_found(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "jianyan.db")
    async with client(
        {"database": health.writable(lambda: store.write([("INSERT INTO nowhere VALUES (1)", ())]))}
    ) as asked:
        answer = await asked.get("/healthz")
        body = await answer.json()
    await store.close()
    assert answer.status == 503
    assert body["checks"]["database"] == {"ok": False, "error": "StoreError"}, "the kind of error, never its text"


async def test_a_check_that_hangs_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_S", 0.01)

    async def hangs() -> Finding:
        await asyncio.Event().wait()
        return Finding(True)

    found = await Health({"hangs": hangs}, {}, Durations()).findings()
    assert found["hangs"] == Finding(False, {"error": "TimeoutError"})


async def test_illness_and_recovery_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    well = iter([True, False, False, True])
    checked = Health({"polling": lambda: Finding(next(well))}, {}, Durations())
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            await checked.findings()
    assert [record.getMessage() for record in caplog.records] == [
        "health: polling is not well: {}",
        "health: polling is well again",
    ]


async def test_it_looks_by_itself() -> None:
    looked, rounds = [], iter([None, None])

    def check() -> Finding:
        looked.append(True)
        return Finding(True)

    async def sleep(seconds: float) -> None:
        assert seconds == health.WATCH_S
        if next(rounds, "over"):
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Health({"polling": check}, {}, Durations()).watch(sleep)
    assert len(looked) == 2


async def test_metrics_are_prometheus_text_and_name_nobody() -> None:
    turns = Durations()
    for seconds in (0.004, 0.2, 30.0):
        turns.observe(seconds)
    figures: dict[str, Figures] = {
        "outbox": lambda: {"waiting": 2, "sent_total": 7},
        "inbox": lambda: {"oldest_s": 0.5},
    }
    async with client({}, figures, turns) as asked:
        answer = await asked.get("/metrics")
        text = await answer.text()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert families["jianyan_outbox_waiting"].type == "gauge"
    assert families["jianyan_outbox_sent"].type == "counter"
    assert families["jianyan_process_memory_bytes"].samples[0].value > 1e6
    assert families["jianyan_process_tasks"].samples[0].value >= 1
    samples = {(s.name, s.labels.get("le")): s.value for s in families["jianyan_turn_seconds"].samples}
    assert samples["jianyan_turn_seconds_bucket", "0.01"] == 1
    assert samples["jianyan_turn_seconds_bucket", "10.0"] == 2
    assert samples["jianyan_turn_seconds_bucket", "+Inf"] == samples["jianyan_turn_seconds_count", None] == 3
    labels = {name for family in families.values() for sample in family.samples for name in sample.labels}
    assert labels == {"le"}


def test_percentiles_are_of_the_last_turns() -> None:
    turns = Durations()
    assert turns.percentile(0.95) == 0.0
    for n in range(1, 101):
        turns.observe(n / 100)
    assert turns.percentile(0.5) == 0.51
    assert turns.percentile(0.95) == 0.96
    assert turns.percentile(1.0) == 1.0


def test_no_write_ahead_log_is_an_empty_one(tmp_path: Path) -> None:
    assert health.wal_bytes(tmp_path / "jianyan.db") == 0
    (tmp_path / "jianyan.db-wal").write_bytes(b"x" * 300)
    assert health.wal(tmp_path / "jianyan.db", bound=299)() == Finding(False, {"wal_bytes": 300, "bound_bytes": 299})


async def test_what_fails_is_told_at_every_look() -> None:
    ill = [False]
    told: list[list[str]] = []
    watched = Health({"disk": lambda: Finding(not ill[0])}, {}, Durations(), lambda names: told.append(list(names)))
    await watched.findings()
    ill[0] = True
    await watched.findings()
    await watched.findings()
    ill[0] = False
    await watched.findings()
    ill[0] = True
    await watched.findings()
    assert told == [["disk"]] * 3
