"""The encoder and the act model behind one setting."""

from pathlib import Path

from core.nlu.bundle import ADAPTERS
from core.nlu.reading import ActModel, Encoder


def load_models(
    name: str, built: Path, adapters: Path = ADAPTERS, wishes: Path | None = None
) -> tuple[Encoder, ActModel]:
    """What JIANYAN_MODEL names: "" the encoder that `jianyan build` left in `built`, "light" the one without torch,

    else a hub id or a local directory. Adapters fit the built encoder only; with another model, acts come from
    characters and words alone. wishes: an operator's adapters of `core.nlu.pairs`, for retrieval. ModelError if
    something cannot be read.
    """
    if name == "light":
        from core.nlu.light import LightActs, LightEncoder

        light = LightEncoder.load(adapters)
        return light, LightActs.load(light, adapters)
    from core.nlu.acts import AdaptedActs, NgramActs
    from core.nlu.encoder import E5Encoder

    directory: Path | str = built if not name else (Path(name) if Path(name).is_dir() else name)
    encoder = E5Encoder.load(directory, adapters, wishes)
    encoder.pack()
    if encoder.is_adapted:
        return encoder, AdaptedActs.load(encoder, adapters)
    return encoder, NgramActs.load(adapters)
