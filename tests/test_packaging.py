"""The wheel: the same bytes each time, all that the program reads, and a start away from the source."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOOK = """
from kg import files, headers
from service.pages import STATIC
from service.pages.frame import _templates
print(files.root())
print(len(headers.read_all(files.root() / "queries")))
print(sum(1 for _ in files.sources(files.root() / "ontology")))
print(_templates.get_template("start.html").name, (STATIC / "lodegraph.css").is_file())
"""


def _build(folder: Path) -> Path:
    words = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "-q",
        "wheel",
        ".",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
    ]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1577836800"})
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(tmp_path_factory.mktemp("wheel"))


def test_two_builds_give_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert _build(tmp_path).read_bytes() == wheel.read_bytes()


def test_the_wheel_holds_what_the_program_reads_and_no_test(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    inside = {
        "ontology": "kg/data/ontology",
        "queries": "kg/data/queries",
        "service/templates": "service/templates",
        "service/static": "service/static",
    }
    for source, target in inside.items():
        for path in (ROOT / source).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"{target}/{path.relative_to(ROOT / source).as_posix()}" in names, path
    assert not [name for name in names if name.startswith(("tests/", "bench/", "docs/"))]
    assert [name for name in names if name.endswith("licenses/LICENSE-DATA")]


def test_an_installed_wheel_finds_its_own_files(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    said = subprocess.run([sys.executable, "-c", LOOK], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True).stdout
    root, queries, sources, pages = said.splitlines()
    assert Path(root) == tmp_path / "site" / "kg" / "data"
    assert int(queries) == len(list((ROOT / "queries").glob("*.rq")))
    assert int(sources) > 100
    assert pages == "start.html True"
