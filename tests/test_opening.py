"""The first start: text on record as checked is not checked again, any other is; who opens keeps no memory of building."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg import BadFacts, StoreFailed, open_graph
from kg.build import opening
from kg.build.fill import load
from kg.build.opening import BUILDERS, data_version, is_on_record, write_record
from kg.source import files

pytestmark = pytest.mark.slow

ROOT = files.root()
MISSPELT = """@prefix lode: <https://w3id.org/lodegraph/ontology#> .
<https://w3id.org/lodegraph/id/mineral/unobtainium> a lode:Mineral ; lode:nosuchproperty "x" .
"""


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The vocabulary alone, with a cache and a record of its own."""
    monkeypatch.setenv("LODE_CACHE", str(tmp_path / "cache"))
    found = tmp_path / "base"
    (found / "ontology").mkdir(parents=True)
    for path in (ROOT / "ontology").glob("*.ttl"):
        (found / "ontology" / path.name).write_bytes(path.read_bytes())
    (found / "queries").symlink_to(ROOT / "queries")
    return found


def test_the_record_is_of_the_text_that_ships_and_without_a_finding() -> None:
    told = json.loads((ROOT / opening.RECORD).read_text(encoding="utf-8"))
    assert told["data_version"] == data_version(ROOT), "run: lode check --record"
    assert told["findings"] == 0
    assert is_on_record(ROOT)


def test_text_that_is_on_record_is_not_checked_again_and_any_other_is(base: Path) -> None:
    facts = base / "ontology" / "facts" / "xx"
    facts.mkdir(parents=True)
    (facts / "new.ttl").write_text(MISSPELT, encoding="utf-8")
    with pytest.raises(BadFacts, match="nosuchproperty"):
        open_graph(base, at="")
    write_record(base, 0)
    assert is_on_record(base)
    stages: list[str] = []
    open_graph(base, at="", say=stages.append)
    assert "Checking" not in stages
    (facts / "new.ttl").write_text(MISSPELT.replace("nosuch", "other"), encoding="utf-8")
    assert not is_on_record(base)
    with pytest.raises(BadFacts, match="otherproperty"):
        open_graph(base, at="")


def test_a_folder_of_ones_own_is_never_on_record(base: Path, tmp_path: Path) -> None:
    write_record(base, 0)
    assert is_on_record(base)
    assert not is_on_record(base, tmp_path)


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"data_version": "x"}', '{"data_version": 1, "findings": 0}'])
def test_a_record_that_cannot_be_read_is_none(base: Path, record: str) -> None:
    (base / opening.RECORD).write_text(record, encoding="utf-8")
    assert not is_on_record(base)


def test_a_record_of_findings_counts_for_nothing(base: Path) -> None:
    write_record(base, 3)
    assert not is_on_record(base)


def test_a_build_that_ends_by_a_signal_is_told(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
    start = subprocess.Popen
    monkeypatch.setattr(opening.subprocess, "Popen", lambda words, **options: start(killed, **options))
    with pytest.raises(StoreFailed, match="signal 9"):
        open_graph(base, at="")


def _imported(name: str) -> list[str]:
    """Modules of the library that one imports, by their paths below ``kg/``; of a package its own module too."""
    home = ROOT / "kg"
    found: list[Path] = []
    for node in ast.walk(ast.parse((home / f"{name}.py").read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        folder = (home / name).parents[node.level - 1]
        place = folder / (node.module or "").replace(".", "/")
        found += [place, place / "__init__", *(place / alias.name for alias in node.names)]
    names = [str(path.relative_to(home)) for path in found if path != home and path.with_name(f"{path.name}.py").is_file()]
    return [name for name in names if name != "__init__"]


def test_every_module_that_a_build_reads_is_in_the_name_of_its_store() -> None:
    """A change of any of them must not meet a store that the old one built."""
    known: set[str] = set()
    queue = ["build/fill"]
    while queue:
        name = queue.pop()
        known.add(name)
        queue += [module for module in _imported(name) if module not in known]
    assert known == set(BUILDERS)


def test_who_opens_the_graph_keeps_no_memory_of_building_it(base: Path) -> None:
    code = """import resource, sys
from pathlib import Path
from kg import open_graph
stages = []
graph = open_graph(Path(sys.argv[1]), at="", say=stages.append)
assert any("Built" in stage for stage in stages), stages
import pyoxigraph
print("kg.build.fill" in sys.modules, "kg.build.checks" in sys.modules, "rdflib" in sys.modules)"""
    words = [sys.executable, "-c", code, str(base)]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=300, cwd=ROOT, env=os.environ)
    assert done.stdout == "True False False\n", done.stderr


def test_a_store_in_memory_holds_what_the_one_on_disk_does(base: Path) -> None:
    opened = open_graph(base, at="", validate=False)
    assert sorted(opened.rdf("nquads").splitlines()) == sorted(_dump(base))


def _dump(base: Path) -> list[bytes]:
    from io import BytesIO

    held = BytesIO()
    load(base).dump("nquads", held)
    return held.getvalue().splitlines()
