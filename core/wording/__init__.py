"""From what the policy decided to what is said: lines and facts in, sentences in Chinese, English or both out."""

from core.wording.naming import Names
from core.wording.voice import Voice, written
from core.wording.wording import Wording

__all__ = ["Names", "Voice", "Wording", "written"]
