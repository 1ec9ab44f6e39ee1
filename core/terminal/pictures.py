"""Cards and shares drawn with letters, for any width, with or without colour."""

import math
from collections.abc import Callable

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from core.terminal import say
from core.turns import Card, Lang

GenreName = Callable[[str, str], str]  # a genre's id, and zh or en
BAR = 10  # cells of a card's score bar
SHOWN_PARTS = 8  # shares on their own line; the smaller ones are added up


def _as_it_is(genre: str, _: str) -> str:
    return genre


def card_text(
    number: int, card: Card, lang: Lang | None, width: int, encoding: str = "utf-8", genre: GenreName = _as_it_is
) -> Text:
    """A card: number, titles, year and score bar; genres, length and people; the reason."""
    other = card.title_en if card.title == card.title_zh else card.title_zh
    title = Text.assemble(key(number), " ", (card.title, "bold"))
    if other and other != card.title:
        title.append(f" · {other}", style="dim")
    if card.year is not None:
        title.append(f" ({card.year})")
    score = Text.assemble((bar(card.score, BAR, encoding), _colour(card.score)), f" {card.score:4.0%}")
    room = width - title.cell_len - score.cell_len
    head = Text.assemble(title, " " * room if room > 0 else "\n    ", score)
    facts = [genre(name, "en" if lang is Lang.EN else "zh") for name in card.genres]
    minutes, people = card.attributes.get("minutes"), list(card.people[:2])
    if isinstance(minutes, int | float):
        facts.append(f"{minutes:g} min" if lang is Lang.EN else f"{minutes:g} 分钟")
    standing = say(card.standing.name.lower(), lang or Lang.ZH)
    for line, style in ((" · ".join([*facts, *people, standing]), "dim"), (card.about, ""), (card.reason, "italic")):
        if line:
            head.append("\n")
            head.append_text(_indented(line, style, width))
    return head


def shares_text(card: Card, lang: Lang | None, width: int, encoding: str = "utf-8") -> Text:
    """What made the logit: the prior and a bar for each share, the largest first; the sum below."""
    parts = sorted(card.parts, key=lambda part: -abs(part.value))
    rows = [(say("prior", lang or Lang.ZH), card.prior)]
    rows += [(part.label, part.value) for part in parts[:SHOWN_PARTS]]
    if rest := parts[SHOWN_PARTS:]:
        rows.append((say("others", lang or Lang.ZH, count=len(rest)), math.fsum(part.value for part in rest)))
    label_width = max(8, min(24, width // 3, max(cell_len(label) for label, _ in rows)))
    both = any(value < 0 for _, value in rows)
    half = max(4, (width - label_width - 12) // (2 if both else 1))
    largest = max(1e-9, *(abs(value) for _, value in rows))
    full, _ = _cells(encoding)
    text = Text()
    for label, value in rows:
        length = round(abs(value) / largest * half)
        left = (full * length if value < 0 else "").rjust(half if both else 0)
        right = (full * length if value >= 0 else "").ljust(half)
        text.append(f"  {set_cell_size(label, label_width)} ")
        text.append(left, style="red").append("|", style="dim").append(right, style="green")
        text.append(f" {value:+.2f}\n")
    text.append(
        "  " + say("sum", lang or Lang.ZH, logit=f"{card.logit:+.2f}", percent=f"{card.score:.0%}"), style="bold"
    )
    if not card.parts:
        text.append("\n  " + say("nothing_told", lang or Lang.ZH), style="dim")
    return text


def key(number: int) -> Text:
    """The number to press."""
    return Text(f"[{number}]", style="bold cyan")


def bar(share: float, cells: int, encoding: str = "utf-8") -> str:
    """`cells` cells of which `share` in [0, 1] are full; told apart without colour."""
    full, empty = _cells(encoding)
    filled = min(cells, max(0, round(share * cells)))
    return full * filled + empty * (cells - filled)


def _cells(encoding: str) -> tuple[str, str]:
    return ("█", "░") if encoding.lower().replace("-", "").startswith("utf") else ("#", ".")


def _colour(score: float) -> str:
    return "green" if score >= 0.6 else "yellow" if score >= 0.4 else "red"


def _indented(line: str, style: str, width: int) -> Text:
    """The line broken to the width, four cells in: by words, or by letters where Chinese runs on."""
    room = max(16, width - 4)
    lines, current = [], ""
    for piece in _pieces(line):
        if current and cell_len(current + piece.rstrip()) > room:
            lines.append(current.rstrip())
            current = piece.lstrip()
        else:
            current += piece
    lines.append(current.rstrip())
    return Text("\n".join("    " + one for one in lines), style=style)


def _pieces(line: str) -> list[str]:
    """Where a line may break: after a space, and before any wide letter that does not end a clause."""
    pieces: list[str] = []
    for letter in line:
        wide = cell_len(letter) == 2 and letter not in "，。！？；：、》」』）”’…"
        if not pieces or wide or pieces[-1][-1:] == " ":
            pieces.append(letter)
        else:
            pieces[-1] += letter
    return pieces
