"""The last touch on a Chinese text: blanks beside Latin words, and traditional characters for those who write them."""

import re
from collections.abc import Callable
from functools import cache
from typing import Protocol

# What opencc's phrase tables turn wrongly: a surname (余 is no 餘), and a word that only old books write as 衚衕.
KEPT = {"余华": "余華", "余秋雨": "余秋雨", "余光中": "余光中", "余男": "余男", "胡同": "胡同"}
_TITLE = re.compile(r"(《[^》]*》)")
_KEPT = re.compile(f"({'|'.join(KEPT)})")
_AFTER_MARK = re.compile(r"(?:^|(?<=[，。：；、？「（\n])) +")
_SEAM = re.compile(r"(?<=[\u3400-\u9fff])(?=[A-Za-z])|(?<=[A-Za-z])(?=[\u3400-\u9fff])")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


def spaced(text: str) -> str:
    """A blank between Chinese letters and Latin ones, none after a Chinese mark; titles stay as they are."""
    return _AFTER_MARK.sub("", _outside_titles(text, lambda plain: _SEAM.sub(" ", plain)))


def traditional(text: str) -> str:
    """Taiwan's characters, chosen by whole words (餅乾, 皇后, 后羿); titles stay as the catalogue has them."""
    convert = _converter().convert
    return _outside_titles(text, lambda plain: "".join(KEPT.get(part) or convert(part) for part in _KEPT.split(plain)))


def _outside_titles(text: str, change: Callable[[str], str]) -> str:
    return "".join(part if part.startswith("《") else change(part) for part in _TITLE.split(text))


@cache
def _converter() -> _Converter:
    import opencc  # heavy: loads its dictionaries

    found: _Converter = opencc.OpenCC("s2tw")
    return found
