"""The code keeps its shape: sizes, one module for the engine, every class and property used. Layers: import-linter."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg import Graph
from kg.source import files

ROOT = files.root()
LINT = """
import sys
from importlinter.cli import lint_imports
sys.exit(lint_imports(config_filename=sys.argv[1], no_cache=True))
"""
PYTHON = sorted([*(ROOT / "kg").rglob("*.py"), *(ROOT / "service").rglob("*.py")])


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{'.' * node.level}{node.module or ''}"} if node.module else {f".{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_layers_hold() -> None:
    """The contracts of import-linter in ``pyproject.toml``."""
    words = [sys.executable, "-c", LINT, str(ROOT / "pyproject.toml")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_one_file_knows_the_store_library() -> None:
    assert [path.name for path in PYTHON if "pyoxigraph" in _imports(path)] == ["oxigraph.py"]


def test_no_sparql_stands_in_python() -> None:
    for path in (path for path in PYTHON if path.name != "sparql_editor.py"):  # which shows a query to start from
        assert not re.search(r"\b(SELECT|CONSTRUCT)\b[^\"'\n]*\bWHERE\b", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_stays_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name


def test_every_class_and_property_is_used_by_a_query_or_a_shape(graph: Graph) -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in (*(ROOT / "queries").rglob("*.rq"), ROOT / "ontology" / "shapes.ttl"))
    declared = re.findall(r"^lode:(\w+) a owl:", (ROOT / "ontology" / "core.ttl").read_text(encoding="utf-8"), re.MULTILINE)
    assert declared
    assert [name for name in declared if not re.search(rf"lode:{name}\b", texts)] == []


def test_no_file_holds_a_secret() -> None:
    kinds = r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bsk-[A-Za-z0-9-]{20}|\bxox[abp]-\w|://[^/\s:@{]+:[^/\s@{]+@"
    named = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    texts = [(name, (ROOT / name).read_text(encoding="utf-8", errors="replace")) for name in named if (ROOT / name).is_file()]
    assert [(name, found[0]) for name, text in texts if (found := re.search(kinds, text))] == []
