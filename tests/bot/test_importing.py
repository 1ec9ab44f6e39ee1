"""`jianyan import` from the command line: catalogue, ratings, build, history, export; reports and errors."""

# ruff: noqa: E501  # rows stand in one line, as they do in the files

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from bot import app
from bot.__main__ import FAILED, main
from core.building import BuildConfig, build
from core.built import Built, part
from core.catalog import Item, Name, Person, line
from core.holding import exclusive
from core.recsys.storage import read_arrays

Jianyan = Callable[..., tuple[int, str, str]]


class Letters:
    """An encoder that counts letters."""

    dimension = 26

    def encode(self, texts: Sequence[str], kind: str) -> np.ndarray:
        counts = np.array([[1.0 + text.casefold().count(chr(97 + n)) for n in range(26)] for text in texts], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


class Quiet:
    """A build's Progress that says nothing."""

    def begin(self, stage: str) -> None: ...
    def step(self, done: int, total: int) -> None: ...
    def end(self, seconds: float) -> None: ...
    def note(self, text: str) -> None: ...


def item(domain: str, en: str, zh: str, year: int, author: str = "Ann Other", **links: str) -> Item:
    return Item(
        f"{domain}:{en.casefold().replace(' ', '-')}-{year}", domain, Name(zh, en), year,
        people=(Person(Name("安", author), "author" if domain == "book" else "director"),),
        genres=("drama", "comedy"), moods=("calm",), keywords=("a", "b", "c"),
        attributes={"minutes": 100}, about=Name(f"{zh}的故事。", f"The story of {en}."), links=links,
    )  # fmt: skip


STARTER = [
    item("film", "Inception", "盗梦空间", 2010, imdb="tt1375666"),
    item("film", "The Matrix", "黑客帝国", 1999, imdb="tt0133093"),
    item("film", "Amélie", "天使爱美丽", 2001, imdb="tt0211915"),
    item("book", "Cat's Cradle", "猫的摇篮", 1963, "Kurt Vonnegut"),
    item("book", "1984", "一九八四", 1949, "George Orwell"),
    *(item("film", f"Number {n}", f"第{n}号", 1950 + n) for n in range(20)),
]


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """Builds what is there, without ratings of the registry and with a light encoder."""
    from core.catalog import read

    monkeypatch.setattr("core.nlu.models.load_models", lambda name, built, wishes=None: (Letters(), None))
    monkeypatch.setattr("core.sources.starter.read", lambda paths: read(paths, strict=False))
    place = tmp_path / "catalog"
    place.mkdir()
    (place / "all.jsonl").write_text("".join(line(i) + "\n" for i in STARTER), encoding="utf-8")
    monkeypatch.setattr("core.sources.starter.directory", lambda: place)
    return lambda: void(build(BuildConfig(tmp_path / "data", "light", False, place), Quiet()))


def void(_: object) -> None:
    """Nothing of it is wanted."""


@pytest.fixture
def jianyan(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Jianyan:
    """Runs a command on a data directory of its own: status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def jianyan(*args: object) -> tuple[int, str, str]:
        status = main([*map(str, args), "--data", str(tmp_path / "data")])
        said = capsys.readouterr()
        return status, said.out, said.err

    return jianyan


def file(tmp_path: Path, name: str, text: str) -> Path:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def report(done: tuple[int, str, str]) -> dict[str, object]:
    status, out, err = done
    assert status == 0, err
    found: dict[str, object] = json.loads(out)
    refused = found["refused"]
    assert isinstance(refused, list)
    assert set(found) == {"format", "read", "imported", "merged", "refused", "seconds"}
    assert found["read"] == int(str(found["imported"])) + int(str(found["merged"])) + len(refused)
    return found


def numbers(done: tuple[int, str, str]) -> tuple[object, object, int]:
    found = report(done)
    return found["imported"], found["merged"], len(found["refused"])  # type: ignore[arg-type]  # a list


CASES = {
    "trakt.json": json.dumps(
        [
            {"watched_at": "2024-01-01T10:00:00.000Z", "rating": 10, "movie": {"title": "Inception", "year": 2010, "ids": {"imdb": "tt1375666"}}},
            {"watched_at": "2024-01-02T10:00:00.000Z", "rating": 0, "movie": {"title": "The Matrix", "year": 1999, "ids": {"imdb": "tt0133093"}}},
            {"watched_at": "2024-01-03T10:00:00.000Z", "movie": {"title": "Amélie", "year": 2001, "ids": {"imdb": "tt0211915"}}},
        ]
    ),
    "letterboxd.csv": "Date,Name,Year,Letterboxd URI,Rating\n2024-01-01,Inception,2010,https://boxd.it/1,5\n"
    "2024-01-02,The Matrix,1999,https://boxd.it/2,0.5\n2024-01-03,Amélie,2001,https://boxd.it/3,\n",
    "goodreads.csv": "Book Id,Title,Author,My Rating,Exclusive Shelf,Date Read\n1,Cat's Cradle,Kurt Vonnegut,5,read,2024/01/01\n"
    "2,Cat's Cradle (Anniversary Edition),Kurt Vonnegut,4,read,2024/05/01\n3,1984,George Orwell,0,to-read,\n",
}  # fmt: skip


def test_histories_of_three_services(jianyan: Jianyan, builds: Callable[[], None], tmp_path: Path) -> None:
    builds()
    wanted = {"trakt.json": (3, 0, 0), "letterboxd.csv": (3, 0, 0), "goodreads.csv": (2, 1, 0)}
    for chat, (name, text) in enumerate(CASES.items(), 1):
        path = file(tmp_path, name, text)
        assert numbers(jianyan("import", "auto", path, "--chat", chat, "--dry-run")) == wanted[name]
        assert numbers(jianyan("import", "auto", path, "--chat", chat)) == wanted[name]
        assert numbers(jianyan("import", name.partition(".")[0], path, "--chat", chat)) == (0, 3, 0)
    assert told(tmp_path, 1) == [
        ("love", "film:inception-2010"), ("seen", "film:inception-2010"), ("seen", "film:the-matrix-1999"),
        ("seen", "film:amélie-2001"),
    ]  # fmt: skip
    assert ("dislike", "film:the-matrix-1999") in told(tmp_path, 2)
    assert told(tmp_path, 3) == [
        ("like", "book:cat's-cradle-1963"), ("seen", "book:cat's-cradle-1963"), ("saved", "book:1984-1949"),
    ]  # fmt: skip


def told(tmp_path: Path, chat: int) -> list[tuple[str, str]]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "data" / "jianyan.db")) as db:
        rows = db.execute("SELECT kind, target FROM feedback WHERE chat_id = ? ORDER BY event", (chat,)).fetchall()
    return [(kind, target.removeprefix("item:")) for kind, target in rows]


def test_a_catalogue_and_its_ratings_are_built_in(jianyan: Jianyan, builds: Callable[[], None], tmp_path: Path) -> None:
    movies = "movieId,title,genres\n1,Inception (2010),Sci-Fi\n2,Something New (2020),Drama\n"
    movies += "".join(f"{n + 10},Number {n} ({1950 + n}),Drama\n" for n in range(20))
    ratings = "".join(
        f"{u},{n},{4.5 if (u + n) % 3 else 1.0},1\n"
        for u in range(1, 30)
        for n in (1, 2, *range(10, 30))
        if (u * n) % 4
    )
    folder = tmp_path / "ml"
    folder.mkdir()
    file(folder, "movies.csv", movies)
    file(folder, "ratings.csv", f"userId,movieId,rating,timestamp\n{ratings}")
    count = ratings.count("\n")
    status, out, err = jianyan("import", "auto", folder, "--report", tmp_path / "report.json")
    assert status == 0
    assert "GroupLens" in err
    assert "jianyan build" in err
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["imported"] == 22 + count
    assert f"{22 + count} imported" in out
    assert numbers(jianyan("import", "movielens", folder)) == (0, 22 + count, 0)
    builds()
    built = Built(tmp_path / "data")
    catalog = built.read_catalog()
    assert len(catalog) == len(STARTER) + 1
    assert catalog.items[-1].id == "film:something-new-2020"
    assert catalog.items[0].links == {"imdb": "tt1375666", "movielens": "1"}
    model = built.read_factors(catalog)
    assert len(read_arrays(built.ratings)["users"]) == count
    one = file(tmp_path, "mine.csv", "userId,movieId,rating,timestamp\n9,2,5.0,1\n9,77,5.0,1\n")
    assert numbers(jianyan("import", "movielens", one, "--chat", 4)) == (1, 0, 1)
    assert told(tmp_path, 4)[0] == ("love", "film:something-new-2020")
    rows = np.array([0, len(catalog) - 1])
    small = part(model, rows)
    np.testing.assert_allclose(small.popularity.sum(), 1)
    np.testing.assert_allclose(small.logits(small.fold_in([0], [1.0])), model.logits(model.fold_in([0], [1.0]))[rows])


def test_what_is_imported_can_be_rated_before_it_is_built_in(
    jianyan: Jianyan, builds: Callable[[], None], tmp_path: Path
) -> None:
    builds()
    catalogue = file(tmp_path, "new.jsonl", line(item("film", "Brand New", "崭新", 2025)) + "\n")
    history = file(tmp_path, "me.csv", "title,year,rating\nBrand New,2025,5\n")
    assert numbers(jianyan("import", "csv", history, "--chat", 1)) == (0, 0, 1)
    assert numbers(jianyan("import", "jsonl", catalogue)) == (1, 0, 0)
    assert numbers(jianyan("import", "csv", history, "--chat", 1)) == (1, 0, 0)
    assert told(tmp_path, 1)[0] == ("love", "film:brand-new-2025")


async def test_chat_talks_about_one_catalogue_alone(
    jianyan: Jianyan, builds: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.settings import Settings

    catalogue = file(
        tmp_path, "new.jsonl", "".join(line(i) + "\n" for i in (STARTER[1], item("film", "Brand New", "崭新", 2025)))
    )
    assert numbers(jianyan("import", "jsonl", catalogue, "--catalog", "two")) == (2, 0, 0)
    builds()
    monkeypatch.setattr(app, "load_models", lambda name, built, wishes=None: (Letters(), None))
    settings = Settings(data=tmp_path / "data")
    for only, count in (("two", 2), ("starter", len(STARTER)), (None, len(STARTER) + 1)):
        opened = await app.open_app(settings, only)
        try:
            assert len(opened.responder.engine.catalog) == count  # type: ignore[attr-defined]  # the engine's own
        finally:
            await opened.close()


def test_an_export_is_found_by_itself(jianyan: Jianyan, builds: Callable[[], None], tmp_path: Path) -> None:
    builds()
    event = {
        "event": 3, "chat_id": 9, "speaker": 9, "turn": 2, "session": 1, "at": "2026-01-01T10:00:00+00:00",
        "kind": "like", "target": "item:film:inception-2010", "value": 1.0, "scope": "always", "detail": {},
    }  # fmt: skip
    export = {"format": "jianyan-chat", "version": 1, "language": "zh", "feedback": [event, {**event, "kind": "?"}]}
    path = file(tmp_path, "jianyan.json", json.dumps(export, indent=1))
    done = report(jianyan("import", "auto", path, "--chat", 5))
    assert (done["format"], done["imported"]) == ("jsonl", 1)
    assert numbers(jianyan("import", "jsonl", path, "--chat", 5)) == (0, 1, 1)
    assert told(tmp_path, 5) == [("like", "film:inception-2010")]


def test_a_dry_run_writes_nothing(jianyan: Jianyan, tmp_path: Path) -> None:
    path = file(tmp_path, "a.jsonl", line(STARTER[0]) + "\n")
    assert numbers(jianyan("import", "jsonl", path, "--dry-run")) == (1, 0, 0)
    assert not (tmp_path / "data").exists()


def test_a_map_names_the_columns(jianyan: Jianyan, builds: Callable[[], None], tmp_path: Path) -> None:
    builds()
    table = file(tmp_path, "a.csv", "Filme;Note\nInception;9\nMatrix, The;2\n")
    file(tmp_path, "map.toml", 'title = "Filme"\nrating = "Note"\nscale = 10\n')
    assert numbers(jianyan("import", "csv", table, "--chat", 1, "--map", "map.toml")) == (2, 0, 0)
    assert [kind for kind, _ in told(tmp_path, 1)] == ["like", "seen", "dislike", "seen"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("import", "imdb2", "a.csv"), ("imdb2", "imdb-ratings", "auto")),
        (("import", "auto", "none.csv"), ("none.csv", "no such file")),
        (("import", "letterboxd", "a.csv"), ("--chat N",)),
        (("import", "shopify", "a.csv", "--chat", "1"), ("shopify", "--chat")),
        (("import", "auto", "a.csv", "--chat", "1"), ("a.csv", "begins", "letterboxd")),
        (("import", "csv", "a.csv"), ("--map", "x, y")),
        (("import", "csv", "a.csv", "--chat", "1", "--catalog", "b"), ("only one",)),
        (("import", "csv", "a.csv", "--catalog", "starter"), ("starter", "taken")),
        (("import", "csv", "a.csv", "--map", "a.csv"), ("a.csv", "no TOML")),
        (("import", "trakt", "a.csv", "--chat", "1", "--map", "b.toml"), ("--map", "csv")),
        (("import", "goodreads", "a.csv", "--chat", "1"), ("jianyan build",)),
    ],
)
def test_errors_are_one_line_that_says_what_to_do(
    jianyan: Jianyan, tmp_path: Path, args: tuple[str, ...], words: tuple[str, ...]
) -> None:
    file(tmp_path, "a.csv", "x,y\n1,2\n")
    file(tmp_path, "b.toml", 'title = "x"\n')
    status, out, err = jianyan(*args)
    assert (status, out) == (FAILED, "")
    assert len([text for text in err.splitlines() if text.startswith("jianyan: ")]) == 1
    assert all(word in err for word in words), err


def test_a_history_waits_for_the_bot_to_stop(jianyan: Jianyan, builds: Callable[[], None], tmp_path: Path) -> None:
    builds()
    path = file(tmp_path, "letterboxd.csv", CASES["letterboxd.csv"])
    with exclusive(tmp_path / "data" / "jianyan.db"):
        status, _, err = jianyan("import", "auto", path, "--chat", 1)
    assert status == FAILED
    assert "another jianyan" in err


def test_a_history_that_breaks_off_leaves_nothing(jianyan: Jianyan, builds: Callable[[], None], tmp_path: Path) -> None:
    builds()
    with zipfile.ZipFile(tmp_path / "letterboxd.zip", "w") as archive:
        archive.writestr("ratings.csv", CASES["letterboxd.csv"])
        archive.writestr("watched.csv", "Date,Name\n2024-01-01,Inception\n")
    status, _, err = jianyan("import", "letterboxd", tmp_path / "letterboxd.zip", "--chat", 1)
    assert status == FAILED
    assert "watched.csv: lacks the column Year" in err
    assert told(tmp_path, 1) == []
