"""Numbers, and only numbers: what people reacted to becomes a model, what one person said a belief, a belief scores."""

from core.recsys.factors import ItemFactors
from core.recsys.gaussian import Belief, Observation
from core.recsys.interactions import Interactions

ItemModel = ItemFactors  # over a whole catalogue, made by content.extend
__all__ = ["Belief", "Interactions", "ItemFactors", "ItemModel", "Observation"]
