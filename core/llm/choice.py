"""What a model may answer about a message: a closed language, so that every answer it gives is one of ours."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import LanguageModelError

MOST = 3  # facets of one answer
NONE = "-"


@dataclass(frozen=True, slots=True)
class Chosen:
    """An answer: an act of the choice, and up to `MOST` facets of it."""

    act: str
    facets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """All answers there are: one of `acts`, with up to `MOST` of `facets`."""

    acts: tuple[str, ...]
    facets: tuple[str, ...]

    @property
    def parts(self) -> tuple[tuple[str, ...], ...]:
        """Every answer as text, part by part: one of each. A place that stays empty holds `NONE`."""
        facets = tuple(f'"{facet}"' for facet in (NONE, *self.facets))
        between = ((", ",), facets) * (MOST - 1)
        return (('{"act": ',), tuple(f'"{act}"' for act in self.acts), (', "facets": [',), facets, *between, ("]}",))

    def schema(self) -> dict[str, object]:
        """The same as JSON schema."""
        facets = {"type": "array", "items": {"enum": [NONE, *self.facets]}, "maxItems": MOST}
        properties = {"act": {"enum": list(self.acts)}, "facets": facets}
        return {
            "type": "object",
            "properties": properties,
            "required": ["act", "facets"],
            "additionalProperties": False,
        }

    def read(self, answer: str) -> Chosen:
        """The first JSON object of the answer; LanguageModelError where it is none of ours."""
        start, end = answer.find("{"), answer.rfind("}")
        try:
            found: Any = json.loads(answer[start : end + 1])  # whatever it made up
            act, facets = found["act"], tuple(f for f in found["facets"] if f != NONE)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise LanguageModelError("its answer was not of the form that was asked for") from None
        if act not in self.acts or len(facets) > MOST or not set(map(str, facets)) <= set(self.facets):
            raise LanguageModelError("its answer was none of those that were offered")
        return Chosen(act, tuple(dict.fromkeys(facets)))


class Walk:
    """Which tokens may come next on the way to an answer.

    Each alternative is tokenised by itself, so that no token reaches from one part into the next.
    """

    def __init__(self, choice: Choice, encode: Callable[[str], Sequence[int]], end: int) -> None:
        """encode: token ids of a text, without any that begin or end a message. end: the token that ends an answer.

        LanguageModelError where the tokens of two alternatives are the same, or begin like the whole of another.
        """
        self._parts = choice.parts
        self._end = end
        self._tries = [_trie([tuple(encode(text)) for text in alternatives]) for alternatives in self._parts]

    @property
    def longest(self) -> int:
        """Tokens of the longest answer, its end included."""
        return sum(map(_depth, self._tries)) + 1

    def allowed(self, written: Sequence[int]) -> list[int]:
        """Token ids that may follow these."""
        part, node, _ = self._follow(written)
        return [self._end] if part == len(self._tries) else sorted(node)

    def text(self, written: Sequence[int]) -> str:
        """The answer that the tokens stand for; LanguageModelError where they do not reach its end."""
        part, _, places = self._follow(written)
        if part < len(self._tries):
            raise LanguageModelError("it did not come to the end of its answer in time")
        return "".join(alternatives[place] for alternatives, place in zip(self._parts, places, strict=True))

    def _follow(self, written: Sequence[int]) -> tuple[int, "_Node", list[int]]:
        """The part reached, the place in it, and which alternative each part before it was."""
        part, node, places = 0, self._tries[0], list[int]()
        for token in written:
            if part == len(self._tries):
                break
            step = node[token]
            if isinstance(step, int):
                places.append(step)
                part += 1
                node = self._tries[part] if part < len(self._tries) else {}
            else:
                node = step
        return part, node, places


_Node = dict[int, Any]  # token -> the rest of it, or the number of the alternative that ends with it


def _trie(alternatives: Sequence[tuple[int, ...]]) -> _Node:
    root: _Node = {}
    for place, tokens in enumerate(alternatives):
        node = root
        for token in tokens[:-1]:
            node = node.setdefault(token, {})
            if isinstance(node, int):
                raise LanguageModelError("its tokenizer cannot tell two of our words apart")
        if not tokens or tokens[-1] in node:
            raise LanguageModelError("its tokenizer cannot tell two of our words apart")
        node[tokens[-1]] = place
    return root


def _depth(node: _Node) -> int:
    return max(1 if isinstance(step, int) else 1 + _depth(step) for step in node.values())
