"""What `jianyan build` leaves in the data directory, and how it is read back."""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.catalog import Catalog, Item, read
from core.errors import ModelError
from core.recsys.factors import ItemFactors
from core.recsys.storage import read_arrays

_SCORED = ("catalogue", "vectors", "factors")  # stages of the manifest


@dataclass(frozen=True, slots=True)
class Built:
    """Files that a build makes, below `data`."""

    data: Path

    @property
    def catalog(self) -> Path:
        return self.data / "model" / "catalog.jsonl"

    @property
    def ratings(self) -> Path:
        return self.data / "model" / "ratings.npz"

    @property
    def encoder(self) -> Path:
        return self.data / "encoder"

    @property
    def vectors(self) -> Path:
        return self.data / "model" / "vectors.npz"

    @property
    def factors(self) -> Path:
        return self.data / "model" / "factors.npz"

    @property
    def wishes(self) -> Path:
        """What `jianyan train encoder` taught; it need not be there."""
        return self.data / "model" / "wishes.npz"

    @property
    def training(self) -> Path:
        """Epochs and seed that `jianyan train` chose; it need not be there."""
        return self.data / "model" / "training.json"

    def taught(self) -> Path | None:
        return self.wishes if self.wishes.is_file() else None

    @property
    def manifest(self) -> Path:
        return self.data / "manifest.json"

    @property
    def downloads(self) -> Path:
        return self.data / "downloads"

    def model_id(self) -> str:
        """Name of all that scores rest on: it changes where they may. ModelError where nothing is built."""
        try:
            stages = json.loads(self.manifest.read_text(encoding="utf-8"))["stages"]
            made = [
                stages[name]["outputs"][key]["sha256"] for name in _SCORED for key in sorted(stages[name]["outputs"])
            ]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(self.data, "nothing is built here yet: run `jianyan build`") from error
        return hashlib.sha256("".join(made).encode()).hexdigest()[:16]

    def read_catalog(self) -> Catalog:
        """The built catalogue; ModelError where there is none."""
        try:
            items, errors = read([self.catalog], strict=False)
        except OSError as error:
            raise ModelError(self.data, "nothing is built here yet: run `jianyan build`") from error
        if errors:
            raise ModelError(self.catalog, f"damaged ({errors[0]}): run `jianyan build`")
        return Catalog(tuple(items))

    def need_encoder(self) -> Path:
        """The encoder's directory; ModelError where there is none. transformers would look for it on a hub instead."""
        if not self.encoder.is_dir():
            raise ModelError(self.encoder, "no such directory: run `jianyan build`")
        return self.encoder

    def read_factors(self, catalog: Catalog) -> ItemFactors:
        """The item model; ModelError where there is none, or it is of another catalogue."""
        model = ItemFactors.load(self.factors)
        if len(model.items) != len(catalog):
            raise ModelError(self.factors, f"of {len(model.items)} items, not {len(catalog)}: run `jianyan build`")
        return model

    def read_vectors(self, catalog: Catalog) -> npt.NDArray[np.float32]:
        """(n, t) unit vectors of the descriptions, zeros where an item has none."""
        arrays = read_arrays(self.vectors)
        place = {str(key): at for at, key in enumerate(arrays["keys"])}
        known = arrays["vectors"].astype(np.float32)
        vectors = np.zeros((len(catalog), known.shape[1]), np.float32)
        for row, item in enumerate(catalog.items):
            if texts_of(item):
                try:
                    vectors[row] = known[place[key_of(item)]]
                except KeyError:
                    raise ModelError(self.vectors, f"no vector of {item.id}: run `jianyan build`") from None
        return vectors


def texts_of(item: Item) -> tuple[str, ...]:
    """What the encoder reads of an item: title and description in each language that has one."""
    pairs = ((item.title.zh, item.about.zh), (item.title.en, item.about.en))
    return tuple(f"{title or ''} {about}".strip() for title, about in pairs if about)


def key_of(item: Item) -> str:
    """Name of an item's texts: another text, another key."""
    return hashlib.blake2b("\0".join(texts_of(item)).encode(), digest_size=16).hexdigest()


def part(model: ItemFactors, rows: npt.NDArray[np.int64]) -> ItemFactors:
    """The model of a part of the catalogue: rows (r,) ascending. What is popular and usual is so among these alone."""
    domains, popularity = model.domains[rows], model.popularity[rows]
    sums = np.bincount(domains, popularity, len(model.centres))
    popularity = popularity / sums[domains]
    centres = np.zeros_like(model.centres)
    np.add.at(centres, domains, popularity[:, None] * model.vectors[rows])
    return replace(
        model,
        items=np.arange(len(rows)),
        counts=model.counts[rows],
        vectors=model.vectors[rows],
        offsets=model.offsets[rows],
        expected=model.expected[rows],
        usual=model.usual[rows],
        neighbours=model.neighbours[rows][:, rows],
        domains=domains,
        popularity=popularity,
        centres=centres,
        scatter=model.scatter[rows],
        offset_variance=model.offset_variance[rows],
    )
