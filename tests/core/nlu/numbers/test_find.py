"""All numbers of a message together."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.nlu.numbers.find import find

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@given(st.text(alphabet="第一二十百千万0123456789,. 年个部小时分钟块前后以内abc", max_size=60))
def test_numbers_lie_apart_and_inside(text: str) -> None:
    spans = sorted({(n.start, n.end) for n in find(text, NOW, True, shown=3)})
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))
