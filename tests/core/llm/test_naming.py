"""What JIANYAN_LLM may name."""

from pathlib import Path

import pytest

from core.errors import SettingError
from core.llm.naming import Local, Remote, parse

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_nothing_is_named_by_nothing() -> None:
    assert parse("") is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("https://llm.example/v1#qwen3:4b", Remote("https://llm.example/v1", "qwen3:4b", "k")),
        ("https://llm.example/v1/#m", Remote("https://llm.example/v1", "m", "k")),
        ("http://127.0.0.1:8080/v1#m", Remote("http://127.0.0.1:8080/v1", "m", "k")),
        ("http://192.168.1.7/v1#m", Remote("http://192.168.1.7/v1", "m", "k")),
        ("http://ollama:11434/v1#m", Remote("http://ollama:11434/v1", "m", "k")),
        (f"Qwen/Qwen3-0.6B@{COMMIT}", Local("Qwen/Qwen3-0.6B", COMMIT)),
    ],
)
def test_a_server_a_hub_id_with_its_commit(value: str, found: Remote | Local) -> None:
    assert parse(value, "k") == found


def test_a_directory(tmp_path: Path) -> None:
    assert parse(str(tmp_path)) == Local(str(tmp_path))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("https://llm.example/v1", "#name"),
        ("http://llm.example/v1#m", "https"),
        ("http://8.8.8.8/v1#m", "https"),
        ("https:///v1#m", "host"),
        ("https://[::1/v1#m", "URL"),
        ("https://who:s3cret@llm.example/v1#m", "JIANYAN_LLM_KEY"),
        ("https://llm.example/v1?key=s3cret#m", "JIANYAN_LLM_KEY"),
        ("Qwen/Qwen3-0.6B", "commit"),
        ("Qwen/Qwen3-0.6B@main", "commit"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(value: str, says: str) -> None:
    with pytest.raises(SettingError, match=says) as caught:
        parse(value)
    assert "s3cret" not in str(caught.value)


def test_the_key_is_in_no_repr() -> None:
    assert "s3cret" not in repr(parse("https://llm.example/v1#m", "s3cret"))
