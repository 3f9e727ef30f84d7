"""The house keeps its shape: floors, sizes, and that every class and property is used."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from kg import Graph, files

ROOT = files.root()
FLOORS = [
    {"errors", "terms", "deadline", "raster"},
    {
        "built",
        "files",
        "headers",
        "spreadsheet",
        "tokens",
        "cells",
        "results",
        "answers",
        "settings",
        "tables",
        "deposits",
        "rdf_guard",
        "lifeline",
        "observer",
        "stored_results",
    },
    {"scan"},
    {"figures", "ranks"},
    {"concentration", "dependence"},
    {"supply_risk", "geopolrisk"},
    {"store", "endpoint"},
    {"remote"},
    {"derive"},
    {"worker"},
    {"process", "building"},
    {"lanes"},
    {"graph", "pool"},
    {"shapes"},
    {"checks"},
    {"opening"},
    {"periods"},
    {"views"},
    {"states"},
    {"readings"},
    {"eu"},
    {"policy", "account", "beside"},
    {"comparison"},
    {"report"},
    {"network", "exposure", "subgraph"},
    {"chokepoints"},
    {"scenario"},
    {"push", "readers", "lookup", "paths", "describe", "dataset", "drawing", "choice"},
    {"layout"},
    {"spread"},
    {"export_json", "export_jsonld", "export_svg", "export_tables", "export_text", "export_xml"},
    {"export_geo", "export_html", "export_rdf"},
    {"export"},
    {"dump"},
    {"analysis", "chains", "coverage", "episodes", "warming"},
    {"builder"},
    {"__init__"},
    {"tell"},
    {"loading", "weighing", "analysis_commands", "asking", "export_commands", "writing"},
    {"__main__"},
]
HEIGHT = {name: height for height, floor in enumerate(FLOORS) for name in floor}
# Imports made inside a function to keep a slow library off the start, each with its reason.
DOORS = {("graph", "network"): "to_networkx is a door to the floor above"}
PACKAGES = ("derive", "readers", "views")
READERS = sorted((ROOT / "kg" / "readers").glob("*.py"))
DERIVE = sorted((ROOT / "kg" / "derive").glob("*.py"))
FORMULAS = {"concentration", "dependence", "figures", "geopolrisk", "supply_risk"}
PYTHON = sorted([*(ROOT / "kg").rglob("*.py"), *(ROOT / "service").rglob("*.py")])


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{'.' * node.level}{node.module or ''}"} if node.module else {f".{alias.name}" for alias in node.names}
            if node.module == "kg":
                found |= {f"kg.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_every_module_of_the_library_stands_on_a_floor() -> None:
    assert {path.stem for path in (ROOT / "kg").glob("*.py")} | set(PACKAGES) == set(HEIGHT)


def test_a_module_imports_only_its_own_floor_or_those_below() -> None:
    for path in (ROOT / "kg").glob("*.py"):
        for name in (name.lstrip(".").split(".")[0] for name in _imports(path) if name.startswith(".")):
            if name in HEIGHT and (path.stem, name) not in DOORS:
                assert HEIGHT[name] <= HEIGHT[path.stem], f"{path.stem} imports {name}"


def test_a_package_imports_only_its_own_floor_or_those_below() -> None:
    for package in PACKAGES:
        for path in (ROOT / "kg" / package).glob("*.py"):
            above = {name.removeprefix("..").split(".")[0] for name in _imports(path) if name.startswith("..")}
            assert [name for name in above if name in HEIGHT and HEIGHT[name] > HEIGHT[package]] == [], path


def test_a_reader_knows_errors_names_files_and_tables_alone() -> None:
    for path in READERS:
        below = {name.removeprefix("..").lstrip(".") for name in _imports(path) if name.startswith("..")}
        assert below <= {"deposits", "errors", "files", "store", "tables", "terms"}, path


def test_what_is_derived_at_build_knows_the_text_the_store_and_formulas_alone() -> None:
    for path in DERIVE:
        below = {name.removeprefix("..").lstrip(".") for name in _imports(path) if name.startswith("..")}
        assert below <= {"cells", "errors", "files", "headers", "store", "tables", "terms", *FORMULAS}, path


def test_the_library_knows_no_web() -> None:
    for path in (ROOT / "kg").glob("*.py"):
        known = {name.split(".")[0] for name in _imports(path)}
        assert not known & {"fastapi", "starlette"}, path
        assert path.stem == "__main__" or not known & {"service", "uvicorn"}, path


def test_one_file_knows_the_store_library() -> None:
    assert [path.name for path in PYTHON if "pyoxigraph" in _imports(path)] == ["store.py"]


def test_no_sparql_stands_in_python() -> None:
    for path in (path for path in PYTHON if path.name != "editor.py"):  # which shows a query to start from
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
