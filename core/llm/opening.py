"""From the setting to a model that answers."""

from core.llm.helper import LanguageModel
from core.llm.naming import Local, Remote


def open_model(named: Remote | Local) -> LanguageModel:
    """The model that is named. ModelError where one that should run here cannot be read."""
    if isinstance(named, Remote):
        from core.llm.endpoint import Endpoint

        return Endpoint(named)
    from core.llm.local import LocalModel

    return LocalModel.load(named)
