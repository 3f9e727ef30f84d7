"""``run.py``: what it installs and when, which parts a test run has; the pins; and that every process collects the same tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from live import WAIT
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
import run  # noqa: E402  # beside the packages, not in one

PARTS = (run.SERVE, *run.EXTRAS, run.TEST)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EDITABLE = "import sys; from hatchling.build import build_editable; print(build_editable(sys.argv[1]))"
Install = Callable[..., list[str]]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """``run.install`` with the pins in a folder of the test; it gives what was done instead of doing it."""
    done: list[str] = []
    (tmp_path / "pins").mkdir()
    (tmp_path / "pyproject.toml").touch()
    for part in PARTS:
        (tmp_path / "pins" / f"{part}.txt").write_text(part, encoding="ascii")

    def make() -> None:
        (tmp_path / ".venv").mkdir(exist_ok=True)
        done.append("new")

    def note(words: list[str], check: bool) -> None:
        done.extend(Path(word).stem for word in words if word.endswith(".txt"))
        done.extend(word for word in words if word in ("-e", "compileall"))

    monkeypatch.setattr(run, "HERE", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(run, "PINS", tmp_path / "pins")
    monkeypatch.setattr(run, "_make_venv", make)
    monkeypatch.setattr("subprocess.run", note)

    def installed(*parts: str) -> list[str]:
        done.clear()
        run.install(*parts)
        return list(done)

    return installed


def test_serving_installs_its_own_pins_and_the_tests_add_theirs(install: Install) -> None:
    assert install("serve") == ["new", "serve", "-e", "compileall"]
    assert install("serve") == []
    assert install("serve", "parquet", "png") == ["parquet", "png"]
    assert install("serve", "mcp") == ["mcp"]
    assert install("test") == ["test"]
    for parts in (("serve",), ("serve", "mcp"), ("test",)):  # going back and forth does nothing
        assert install(*parts) == []


def test_changed_pins_are_installed_into_a_new_environment_with_all_that_was_there(install: Install, tmp_path: Path) -> None:
    install("serve", "png")
    (tmp_path / "pins" / "serve.txt").write_text("changed", encoding="ascii")
    assert install("serve") == ["new", "serve", "png", "-e", "compileall"]
    (tmp_path / "pins" / "test.txt").write_text("changed", encoding="ascii")  # was not installed
    assert install("serve") == []
    (tmp_path / "pyproject.toml").write_text("changed", encoding="ascii")
    assert install("serve") == ["-e", "compileall"]


def test_another_python_or_a_stamp_of_another_form_makes_a_new_environment(install: Install, tmp_path: Path) -> None:
    install("serve")
    (tmp_path / ".venv" / "installed").write_text("0" * 64, encoding="ascii")
    assert install("serve")[:2] == ["new", "serve"]
    told = (tmp_path / ".venv" / "installed").read_text(encoding="utf-8")
    (tmp_path / ".venv" / "installed").write_text(re.sub("^python .*", "python 3.0", told), encoding="utf-8")
    assert install("serve")[:2] == ["new", "serve"]


def test_a_part_that_there_is_not_is_refused_with_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["run.py", "install", "parket"])
    assert run.main() == 2
    assert "There is no part parket. There are: serve, mcp, parquet, png, test." in capsys.readouterr().err


def test_every_part_of_a_test_run_is_run_and_one_that_fails_makes_it_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = iter([0, 1, 0, 0, 5])
    ran: list[str] = []

    def done(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(words[2])
        return subprocess.CompletedProcess(words, next(codes))

    monkeypatch.setattr(run, "install_programs", lambda: True)
    monkeypatch.setattr("subprocess.run", done)
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: SimpleNamespace(wait=lambda: 0))
    assert run.test([]) == 1
    assert ran == ["ruff", "ruff", "mypy", "pytest", "pytest"]
    told = [line.split(" in ")[0] for line in capsys.readouterr().out.split("\n") if line]
    assert told == [
        "style    passed",
        "format   FAILED (exit code 1)",
        "types    passed",
        "tests    passed",
        "limits   FAILED (exit code 5)",
    ]


def test_the_parts_of_a_test_run() -> None:
    whole, fast, chosen = run.steps([]), run.steps(["--fast", "-x"]), run.steps(["tests/test_run.py", "-x"])
    assert list(whole) == ["style", "format", "types", "tests", "limits"]
    assert f"--ignore={whole['limits'][-1]}" in whole["tests"]
    assert "not (browser or engines or slow)" in fast["tests"] and fast["tests"][-1] == "-x"
    assert chosen["tests"] == ["pytest", "tests/test_run.py", "-x"]


def _pinned(part: str) -> dict[tuple[str, str], set[str]]:
    """Name and version of each package of a part, with its hashes."""
    text = (ROOT / "requirements" / f"{part}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    found = re.findall(r"^([\w.-]+)==(\S+)(.*(?:\n    .*)*)", text, re.MULTILINE)
    assert len(found) == len(re.findall(r"^\S", text, re.MULTILINE)) > 30
    return {(name, version): set(re.findall(r"--hash=(sha256:[0-9a-f]{64})\b", rest)) for name, version, rest in found}


def test_pins_hold_hashes_and_no_address_and_each_part_is_within_the_next() -> None:
    pins = {part: _pinned(part) for part in PARTS}
    assert all(hashes for found in pins.values() for hashes in found.values())
    for extra in run.EXTRAS:
        assert pins["serve"].items() < pins[extra].items() < pins["test"].items()
    names = {part: {name for name, _ in found} for part, found in pins.items()}
    assert not {"pytest", "sphinx", "pandas", "pyarrow", "mcp", "resvg-py"} & names["serve"]
    assert {"pyarrow"} == names["parquet"] - names["serve"]
    assert {"resvg-py", "noto-cjk-sans-jp-regular"} == names["png"] - names["serve"]


@pytest.mark.parametrize("part", PARTS)
def test_pins_are_what_the_project_asks_for(part: str) -> None:
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *extras["build"], *extras.get(part, [])]
    found: dict[str, list[str]] = {}
    for name, version in _pinned(part):
        found.setdefault(name, []).append(version)
    for line in (Requirement(line) for line in wanted if not line.startswith("lodegraph")):
        assert all(line.specifier.contains(version) for version in found[line.name]), line


def test_an_editable_installation_holds_a_way_to_this_folder_and_no_copy(tmp_path: Path) -> None:
    words = [sys.executable, "-c", EDITABLE, str(tmp_path)]
    built = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True, timeout=WAIT).stdout.split()[-1]
    with zipfile.ZipFile(tmp_path / built) as wheel:
        names = [name for name in wheel.namelist() if ".dist-info/" not in name]
        assert [Path(name).suffix for name in names] == [".pth"]
        assert wheel.read(names[0]).decode().split() == [str(ROOT)]


COLLECT = ["-m", "pytest", "--collect-only", "-q", "-o", "addopts=", "-p", "no:cacheprovider"]


def _file(name: str) -> str:
    return name.split("::", 1)[0]


@pytest.mark.slow
def test_every_process_collects_the_same_tests(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Another process with another hash seed, hour, temporary folder and terminal collects what
    this one did, in the same order."""
    (tmp_path / "other").mkdir()
    changed = {
        "PYTHONHASHSEED": "1",
        "SOURCE_DATE_EPOCH": "1577836800",
        "TMPDIR": str(tmp_path / "other"),
        "COLUMNS": "3",
    }
    given = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    words = [sys.executable, *COLLECT]
    done = subprocess.run(words, cwd=ROOT, env={**given, **changed}, check=True, capture_output=True, text=True, timeout=WAIT)
    there = [line for line in done.stdout.splitlines() if "::" in line]
    here = [item.nodeid for item in request.session.items]
    asked = set(here)  # this process may have been asked for some files alone, in any order
    assert sorted(filter(asked.__contains__, there), key=_file) == sorted(here, key=_file)
    assert len(there) == len(set(there)) > 2000
