"""Buckets: what they let through in any span of time, and that they let it through as soon as they may."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from bot.budgets import Bucket, Budget, Budgets, Limits


@given(
    st.floats(0.1, 50), st.integers(1, 40), st.lists(st.floats(0, 5), min_size=1, max_size=60)
)  # rate, burst, pauses before each wish
def test_in_any_span_no_more_than_burst_and_rate_go(rate: float, burst: int, pauses: list[float]) -> None:
    bucket, now, taken = Bucket(Budget(rate, burst), 0.0), 0.0, []
    for pause in pauses:
        now += pause
        now += bucket.wait(now)
        bucket.take(now)
        taken.append(now)
    for first, start in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + rate * (taken[last] - start) + 1e-3


def test_nobody_waits_longer_than_the_rate_asks() -> None:
    bucket = Bucket(Budget(2.0, 3), 10.0)
    waits = []
    now = 10.0
    for _ in range(5):
        waits.append(bucket.wait(now))
        now += waits[-1]
        bucket.take(now)
    assert [round(wait, 6) for wait in waits] == [0, 0, 0, 0.5, 0.5]


def test_telegrams_limits_of_a_private_chat_a_group_and_all() -> None:
    allowed: dict[int, int] = defaultdict(int)
    for chat in (7, -7):
        budgets = Budgets(Limits(), 0.0)
        for second in range(600):
            for _ in range(10):
                if budgets.wait_for(chat, second / 10) == 0:
                    budgets.take(chat, second / 10)
                    allowed[chat] += 1
    assert allowed == {7: 5 + 59, -7: 5 + 14}  # a minute of wishes without end; Telegram lets a group have 20
    budgets = Budgets(Limits(), 0.0)
    for chat in range(30):
        assert budgets.wait_for_all(0.0) == 0
        budgets.take(chat, 0.0)
    assert round(budgets.wait_for_all(0.0), 3) == 0.033


def test_chats_that_may_send_freely_take_no_memory() -> None:
    budgets = Budgets(Limits(Budget(1e9, 1e9)), 0.0)
    for chat in range(10_000):
        budgets.take(chat, chat * 0.1)
    assert len(budgets._chats) < 100
