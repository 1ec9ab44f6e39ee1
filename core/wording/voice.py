"""One reply's way of speaking: language, script, the seed of its choices; and the language a text came out in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.moves import Line
from core.state import ChatState, Feedback
from core.turns import Lang
from core.wording.wording import Wording


@dataclass(frozen=True, slots=True)
class Voice:
    """Wording for one reply: its language and script, and the seed of its choices."""

    wording: Wording
    lang: Lang
    traditional: bool
    seed: int
    now: datetime | None

    def say(self, lines: Sequence[Line], state: ChatState) -> str:
        return self.wording.say(lines, self.lang, self.seed, state.said, state.style, self.now, self.traditional)

    def one(self, one: Line, seed: int = 0) -> str:
        return self.wording.one(one, self.lang, seed, self.traditional, self.now)

    def label(self, feedback: Feedback) -> str:
        return self.wording.label(feedback, self.lang, traditional=self.traditional)


def written(text: str, wished: Lang) -> Lang:
    """The language that a text is really in: titles left out, by letters."""
    bare = re.sub(r"《[^》]*》", " ", text)
    han = len(re.findall(r"[\u3400-\u9fff]", bare))
    latin = len(re.findall(r"[A-Za-z]+", bare))
    if wished is Lang.MIXED and re.search(r"[\u3400-\u9fff]", text) and re.search(r"[A-Za-z]", text):
        return Lang.MIXED
    if not han + latin:
        return Lang.EN if wished is Lang.EN else Lang.ZH
    return Lang.ZH if han / (han + 2 * latin) >= 0.4 else Lang.EN
