"""The pages that say which test holds what name tests that are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_a_decision_names_exists() -> None:
    named = {
        (place, name) for page in ROOT.glob("docs/decisions/*.md") for place, name in _NAMED.findall(page.read_text())
    }
    assert len(named) > 150
    for place in sorted({place for place, _ in named}):
        tree = ast.parse((ROOT / place).read_text())
        there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert {name for of, name in named if of == place} <= there, place
