"""The wheel: the same bytes each time, all that the program reads, a start away from the source, in every Python that is here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from kg import Graph

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
LOOK = """
from kg.source import files, query_files
from service.pages import STATIC
from service.pages.page import _templates
print(files.root())
print(len(query_files.read_all(files.root() / "queries")))
print(sum(1 for _ in files.sources(files.root() / "ontology")))
print(_templates.get_template("start.html").name, (STATIC / "lodegraph.css").is_file())
"""


def _build(folder: Path, source: Path = ROOT) -> Path:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "wheel"]
    words = [*pip, ".", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run(words, cwd=source, check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1577836800"})
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(tmp_path_factory.mktemp("wheel"))


def test_two_builds_give_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert _build(tmp_path).read_bytes() == wheel.read_bytes()


def test_the_source_archive_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    [archive] = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    [source] = [path for path in tmp_path.iterdir() if path.is_dir()]
    held = [zipfile.ZipFile(path) for path in (wheel, _build(tmp_path / "wheel", source))]
    first, second = ({name: one.read(name) for name in one.namelist() if not name.endswith("RECORD")} for one in held)
    assert first == second


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


def _newer() -> list[str]:
    """Pythons newer than this one that are here: on the path, or kept by pyenv."""
    named = [found for minor in range(sys.version_info.minor + 1, 20) if (found := shutil.which(f"python3.{minor}"))]
    if shutil.which("pyenv"):
        kept = Path(subprocess.run(["pyenv", "root"], check=True, capture_output=True, text=True).stdout.strip(), "versions")
        named += [str(path) for minor in range(sys.version_info.minor + 1, 20) for path in kept.glob(f"3.{minor}.*/bin/python")]
    tried = {name: subprocess.run([name, "-c", "import sys; print(sys.version)"], check=False, capture_output=True) for name in named}
    found = {done.stdout.split()[0].rpartition(b".")[0]: name for name, done in tried.items() if done.returncode == 0}
    return [found[version] for version in sorted(found)]


# Starts from the wheel alone, with what the service needs and nothing else.
@pytest.mark.parametrize("python", _newer(), ids=lambda path: Path(path).name)
def test_a_newer_python_answers_from_the_wheel(wheel: Path, tmp_path: Path, python: str, graph: Graph) -> None:
    subprocess.run([python, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    program = [str(tmp_path / "venv" / "bin" / "python"), "-m"]
    pip = [sys.executable, "-m", "pip", "--python", program[0], "--disable-pip-version-check", "-q", "install", "--no-deps", "--no-compile"]
    subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / "requirements" / "serve.txt")], check=True)
    subprocess.run([*pip, str(wheel)], check=True)
    words = ["service", "ask", "pillars", "--format", "csv"]
    told = [
        subprocess.run([*start, *words], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
        for start in (program, [sys.executable, "-m"])
    ]
    assert told[0] == told[1]
    assert told[0].count("\n") > 4
