"""How high what fits a free wish stands: by the encoder, by the words, and by the mix that is shipped.

    python benchmarks/wishes.py [--data DIR] [--models built light] [--across] [--keep DIR] [--misses]

The wishes of training/wishes.jsonl over the starter catalogue as it was built. MRR is the mean of 1 / rank of the best
item that fits, R@5 how often one is among the first five; a wish that asks for a kind of thing is ranked among those.
Each cell is MRR/R@5; zh, en, mixed, all. --across: wishes in Chinese over English texts alone, and the reverse, so that
no word is shared but by the names of facets; each model then reads the descriptions again (minutes), unless --keep
names a directory that holds what it read before. --misses: development wishes that miss the first five, and what was
offered.
"""

import argparse
import json
import os
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parents[1]))

if TYPE_CHECKING:
    from core.catalog import Item
    from core.nlu.reading import Encoder

Scores = npt.NDArray[np.float64]
WISHES = Path(__file__).parents[1] / "training" / "wishes.jsonl"
MODELS = {"built": "", "light": "light"}
LANGS = ("zh", "en", "mixed")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is said, in which language, of which kind of thing (None: any), and what fits; nothing may."""

    lang: str
    domain: str | None
    text: str
    fits: tuple[str, ...]

    @property
    def is_test(self) -> bool:
        """Held out: nothing is chosen by it."""
        return zlib.crc32(self.text.encode()) % 2 == 1


def read_wishes(path: Path = WISHES) -> tuple[Wish, ...]:
    """The wishes of a file, in its order."""
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return tuple(Wish(w["lang"], w["domain"], w["text"], tuple(w["fits"])) for w in lines)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Wishes that something fits, and the scores (w, n) of all items for each."""

    items: "tuple[Item, ...]"
    wishes: tuple[Wish, ...]
    scores: Scores

    def ranks(self) -> npt.NDArray[np.int64]:
        """(w,) rank of the best item that fits; of equals, those that do not fit come first."""
        domains = np.array([i.domain for i in self.items])
        row = {i.id: at for at, i in enumerate(self.items)}
        found = []
        for wish, scores in zip(self.wishes, self.scores, strict=True):
            fits = np.zeros(len(self.items), bool)
            fits[[row[i] for i in wish.fits]] = True
            asked = np.full(len(self.items), True) if wish.domain is None else domains == wish.domain
            found.append(1 + int((scores[asked & ~fits] >= scores[fits].max()).sum()))
        return np.array(found)

    def row(self, name: str) -> str:
        """A line of the table: both halves by language."""
        ranks, cells = self.ranks(), []
        test, langs = np.array([w.is_test for w in self.wishes]), np.array([w.lang for w in self.wishes])
        for half in (~test, test):
            for some in (*(half & (langs == lang) for lang in LANGS), half):
                of = ranks[some]
                cells.append(f"{np.mean(1 / of):.2f}/{np.mean(of <= 5):.2f}" if len(of) else "-")
        return f"| {name} | {' | '.join(cells)} |"

    def misses(self) -> Iterator[str]:
        """Development wishes without anything that fits among the first five."""
        domains = np.array([i.domain for i in self.items])
        for wish, rank, scores in zip(self.wishes, self.ranks(), self.scores, strict=True):
            if rank > 5 and not wish.is_test:
                asked = domains == wish.domain if wish.domain else np.full(len(domains), True)
                best = np.argsort(-np.where(asked, scores, -np.inf), kind="stable")[:5]
                yield f"{rank:5} {wish.text}: {', '.join(self.items[at].id for at in best)}"


def single(encoder: "Encoder", items: "tuple[Item, ...]", kept: Path | None) -> dict[str, npt.NDArray[np.float32]]:
    """Vectors of titles and descriptions by language, (n, t) each; read from and kept in `kept` where it is given."""
    ids = np.array([i.id for i in items])
    if kept is not None and kept.exists():
        with np.load(kept) as file:
            if np.array_equal(file["ids"], ids):
                return {lang: file[lang] for lang in ("zh", "en")}
    found = {
        lang: encoder.encode([f"{i.title.in_(lang)} {i.about.in_(lang)}" for i in items], "passage")
        for lang in ("zh", "en")
    }
    if kept is not None:
        np.savez(kept, ids=ids, zh=found["zh"], en=found["en"])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("JIANYAN_DATA") or "data"))
    parser.add_argument("--models", nargs="+", choices=MODELS, default=["built"])
    parser.add_argument("--across", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()

    from bot.settings import prepare

    prepare()
    from core.built import Built
    from core.catalog import Catalog
    from core.nlu.matching import Matcher
    from core.nlu.models import load_models
    from core.nlu.terms import Terms

    built = Built(args.data)
    catalog = built.read_catalog()
    starter = {json.loads(line)["id"] for path in Path("catalog").glob("*.jsonl") for line in path.open("rb")}
    items = tuple(i for i in catalog.items if i.id in starter)
    wishes = tuple(w for w in read_wishes() if w.fits)
    print(f"| {len(wishes)} wishes, {len(items)} items | {' | '.join((*LANGS, 'all') * 2)} |\n|---|{'---|' * 8}")
    words = Terms.build(items)
    print(Ranking(items, wishes, np.array([words(w.text) for w in wishes], np.float64)).row("words alone"))
    for name in args.models:
        encoder, _ = load_models(MODELS[name], built.encoder)
        if name == "built":
            rows = [catalog.row[i.id] for i in items]
            texts = built.read_vectors(catalog)[rows]
        else:
            texts = sum(single(encoder, items, args.keep and args.keep / f"{name}.npz").values(), start=np.float32(0))
            texts = texts / np.linalg.norm(texts, axis=1, keepdims=True)
        said = encoder.encode([w.text for w in wishes], "query")
        print(Ranking(items, wishes, (said @ texts.T).astype(np.float64)).row(f"{name}, encoder alone"))
        matcher = Matcher.build(encoder, texts, Catalog(items))
        mix = Ranking(items, wishes, np.array([matcher(w.text) for w in wishes]))
        print(mix.row(f"{name}, mix"))
        if args.across:
            by_lang = single(encoder, items, args.keep and args.keep / f"{name}.npz")
            for lang, other in (("zh", "en"), ("en", "zh")):
                some = tuple(w for w in wishes if w.lang == lang)
                alone = encoder.encode([w.text for w in some], "query") @ by_lang[other].T
                print(Ranking(items, some, alone.astype(np.float64)).row(f"{name}, {lang} over {other}, encoder alone"))
                across = Matcher.build(encoder, by_lang[other], Catalog(items), langs=(other,))
                scores = np.array([across(w.text) for w in some])
                print(Ranking(items, some, scores).row(f"{name}, {lang} over {other}, mix"))
        if args.misses:
            print("\n".join(mix.misses()))


if __name__ == "__main__":
    main()
