"""Attention and occlusion as letters."""

import numpy as np
import pytest

from core.explain import attention
from core.turns import Lang

TOKENS = ("不要", " horror")
LOOKS = np.array([[0.2, 0.7], [0.6, 0.3]])


def test_a_row_names_what_it_looks_at_most() -> None:
    lines = attention.text(TOKENS, LOOKS, Lang.ZH).splitlines()
    assert lines[1].split() == ["不要", "→", "horror", "0.70", "不要", "0.20"]
    assert lines[2].split() == ["horror", "→", "不要", "0.60", "horror", "0.30"]


def test_attention_of_other_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match="attention is"):
        attention.text((*TOKENS, "!"), LOOKS, Lang.EN)


def test_a_word_that_speaks_against_the_act_goes_to_the_left() -> None:
    lines = attention.occlusion_text(TOKENS, np.array([-1.0, 2.0]), "must_not", Lang.EN).splitlines()
    assert "must_not" in lines[0]
    left, right = (line.partition("|") for line in lines[1:])
    assert "█" in left[0]
    assert "█" not in left[2]
    assert "█" not in right[0]
    assert right[2].count("█") == 2 * left[0].count("█")


def test_nothing_to_look_at_is_no_error() -> None:
    assert attention.text((), np.zeros((0, 0)), Lang.EN)
    assert attention.occlusion_text((), np.zeros(0), "greet", Lang.EN)
