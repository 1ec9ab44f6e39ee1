"""JSON and XML: where a value stands, and that a broken one does not stop the next."""

from pathlib import Path

import pytest

from core.errors import FormatError
from core.sources.documents import elements, values
from core.sources.files import Files
from core.sources.rows import Refused


def found(path: Path, text: str) -> list[object]:
    path.write_text(text, encoding="utf-8")
    rows = list(values(Files.of([path]).members[0]))
    return [(r.spot.line, None) if isinstance(r, Refused) else (r[0].line, r[1]) for r in rows]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('[\n {"a": 1},\n {"a": 2}\n]', [(2, {"a": 1}), (3, {"a": 2})]),
        ('{"a": 1}\n\n{"a": 2}\n', [(1, {"a": 1}), (3, {"a": 2})]),
        ('{\n "a": 1\n}', [(1, {"a": 1})]),
        ('\ufeff{"a": 1}', [(1, {"a": 1})]),
        ('{"a": 1}\nno\n{"a": 3}\n', [(1, {"a": 1}), (2, None), (3, {"a": 3})]),
        ('[\n {"a": 1},\n {"a": oops},\n {"a": 3}\n]', [(2, {"a": 1}), (3, None), (4, {"a": 3})]),
        ("[]", []),
        ('[{"a": 1}', [(1, {"a": 1})]),
    ],
)
def test_values_and_their_lines(tmp_path: Path, text: str, wanted: list[object]) -> None:
    assert found(tmp_path / "a.json", text) == wanted


def test_a_value_nested_too_deep_is_refused(tmp_path: Path) -> None:
    assert found(tmp_path / "a.jsonl", '{"a": 1}\n' + '{"a":' * 100_000 + "\n")[1] == (2, None)


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="empty"):
        found(tmp_path / "a.json", " \n")


def texts(path: Path, data: bytes) -> list[object]:
    path.write_bytes(data)
    rows = list(elements(Files.of([path]).members[0], "item"))
    return [r if isinstance(r, Refused) else (r[0].line, "".join(r[1].itertext())) for r in rows]


def test_elements_stream_with_their_lines_and_html_entities(tmp_path: Path) -> None:
    data = b"<rss><item>a &nbsp;&eacute;&amp;b</item>\n<item><![CDATA[<p>]]></item></rss>"
    assert texts(tmp_path / "a.xml", data) == [(1, "a \xa0é&b"), (2, "<p>")]


@pytest.mark.parametrize("encoding", ["gb2312", "GBK"])
def test_old_chinese_feeds_are_read(tmp_path: Path, encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?><rss><item>中文</item></rss>'.encode("gbk")
    assert texts(tmp_path / "a.xml", data) == [(1, "中文")]


def test_what_follows_broken_xml_is_not_read_but_what_came_before_is(tmp_path: Path) -> None:
    first, second = texts(tmp_path / "a.xml", b"<rss><item>a</item>\n<item></rss>")
    assert first == (1, "a")
    assert isinstance(second, Refused)
    assert (second.spot.line, second.reason.startswith("no XML")) == (2, True)


def test_entities_of_a_file_are_not_expanded(tmp_path: Path) -> None:
    data = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss><item>&b;</item></rss>'
    (refused,) = texts(tmp_path / "a.xml", data)
    assert isinstance(refused, Refused)
    assert "entities" in refused.reason


def test_nothing_outside_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    data = b'<!DOCTYPE r SYSTEM "secret"><rss><item>x&ext;</item></rss>'
    assert texts(tmp_path / "a.xml", data) == [(1, "x&ext;")]
