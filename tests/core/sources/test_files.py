"""Files as services give them: zips, gzip, directories, and every encoding they come in."""

import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FormatError
from core.sources.files import Files, encoding_of, is_damaged


def text_of(path: Path) -> str:
    with Files.of([path]).members[0].text() as text:
        return text.read()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_is_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    words = "片名,年份\r\n霸王别姬,1993\r\n肖申克的救赎,1994\r\n"
    (tmp_path / "a.csv").write_bytes(words.encode(encoding))
    assert text_of(tmp_path / "a.csv") == words


def test_latin_1_is_not_taken_for_chinese(tmp_path: Path) -> None:
    words = "1::Cité des enfants perdus, La (1995)::Drama\n2::Léon (1994)::Crime\n3::Antonia's Line (1995)::Drama\n"
    (tmp_path / "movies.dat").write_bytes(words.encode("latin-1"))
    assert text_of(tmp_path / "movies.dat") == words


def test_a_damaged_byte_is_kept_apart_from_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("片名\n霸王别姬\n".encode() + b"\xff\n" + "活着\n".encode() * 20)
    found = text_of(tmp_path / "a.csv").splitlines()
    assert [is_damaged(line) for line in found[:4]] == [False, False, True, False]


@given(st.text(st.characters(codec="utf-8")), st.booleans())
def test_utf_8_is_always_known(words: str, cut: bool) -> None:
    data = words.encode()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data.count(0) > len(data) // 4:
        return
    found = encoding_of(data, True)
    assert data.decode(found) == words.removeprefix("\ufeff")
    assert encoding_of("中文".encode()[: 5 if cut else 6], not cut) == "utf-8"


def test_a_zip_a_gzip_and_a_directory_are_looked_into(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("likes/films.csv", "a")
        archive.writestr("__MACOSX/._x", "junk")
    (tmp_path / "title.basics.tsv.gz").write_bytes(gzip.compress(b"tconst\n"))
    (tmp_path / ".hidden").write_text("x")
    files = Files.of([tmp_path])
    assert [(m.name, m.base, m.folders[-1:]) for m in files.members if m.inner] == [
        ("export.zip/likes/films.csv", "films.csv", ("likes",))
    ]
    assert [m.head() for m in files.named("title.basics.tsv")] == ["tconst\n"]
    assert len(files.members) == 2


def test_progress_tells_bytes_and_never_more_than_there_are(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x" * (3 << 20))
    steps: list[tuple[int, int]] = []
    files = Files.of([tmp_path / "a.csv"], lambda done, total: steps.append((done, total)))
    for _ in range(2):
        with files.members[0].text() as text:
            text.read()
    assert steps
    assert all(done <= total == 3 << 20 for done, total in steps)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


@pytest.mark.parametrize(("name", "data"), [("a.zip", b"PK no zip"), ("a.csv", gzip.compress(b"x" * 9999)[:-20])])
def test_what_cannot_be_unpacked_is_told(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FormatError, match=name):
        text_of(tmp_path / name)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no such file"):
        Files.of([tmp_path / "nowhere.csv"])
