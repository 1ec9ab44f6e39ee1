"""Pictures, and what becomes of letters that no font has."""

import struct
from pathlib import Path

import numpy as np
import pytest
from fakes import card

from core.explain import attention, drawing, importance, shares
from core.explain.drawing import Letters, Picture
from core.explain.importance import FacetImportance
from core.turns import Lang, Target

pytest.importorskip("matplotlib")
TOKENS, LOOKS = ("不要", "horror", "$x_1$"), np.full((3, 3), 0.3)


def pixels(picture: Picture) -> tuple[int, int]:
    """Width and height, from the head of a PNG."""
    head = picture.path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", head[16:])
    return int(width), int(height)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a Chinese font."""
    monkeypatch.setattr(drawing, "chinese_font", lambda: None)


def facets() -> tuple[FacetImportance, ...]:
    return tuple(
        FacetImportance(Target("genre", name), 5, lean, 0.5, np.array([lean]), np.array([-lean]))
        for name, lean in (("war", 1.5), ("恐怖", -0.75))
    )


@pytest.mark.parametrize("lang", list(Lang))
def test_every_picture_can_be_drawn(tmp_path: Path, lang: Lang) -> None:
    found = shares.decompose(card(), lambda _: card())
    drawn = [
        shares.picture(found, tmp_path / "new" / "shares.png", lang),
        shares.picture(shares.decompose(card(parts=())), tmp_path / "prior.png", lang),
        attention.picture(TOKENS, LOOKS, tmp_path / "attention.png", lang),
        attention.occlusion_picture(TOKENS, np.array([1.0, -0.5, 0.0]), "must_not", tmp_path / "occlusion.png", lang),
        importance.picture(facets(), lambda target, _: target.value, tmp_path / "facets.png", lang),
    ]
    assert all(min(pixels(picture)) > 150 for picture in drawn)


def test_more_shares_make_a_taller_picture(tmp_path: Path) -> None:
    few = shares.picture(shares.decompose(card(parts=(0.1,))), tmp_path / "few.png", Lang.EN)
    many = shares.picture(shares.decompose(card(parts=(0.1,) * 8)), tmp_path / "many.png", Lang.EN)
    assert pixels(many)[1] > pixels(few)[1]


@pytest.mark.usefixtures("bare")
def test_without_a_font_numbers_stand_for_the_words_and_a_legend_lies_beside(tmp_path: Path) -> None:
    made = attention.picture(TOKENS, LOOKS, tmp_path / "a.png", Lang.ZH)
    assert made.font is None
    assert made.legend == tmp_path / "a.txt"
    assert made.legend.read_text(encoding="utf-8").splitlines()[1:] == ["[1] 不要"]


@pytest.mark.usefixtures("bare")
def test_an_old_legend_goes_where_none_is_needed(tmp_path: Path) -> None:
    attention.picture(TOKENS, LOOKS, tmp_path / "a.png", Lang.ZH)
    again = attention.picture(("no", "horror", "!"), LOOKS, tmp_path / "a.png", Lang.ZH)
    assert again.legend is None
    assert not (tmp_path / "a.txt").exists()


@pytest.mark.usefixtures("bare")
def test_the_same_words_have_the_same_number() -> None:
    letters = Letters(Lang.ZH)
    assert [letters.shown(word) for word in ("喜", "剧", "喜", "funny", "$5")] == ["[1]", "[2]", "[1]", "funny", r"\$5"]


def test_a_font_of_boxes_is_none_for_chinese() -> None:
    found = drawing.chinese_font()
    assert found is None or not found.casefold().startswith(drawing.STAND_INS)
