"""The attacks of `bench/attack.py` hold, each in its short form."""

from __future__ import annotations

import importlib
import subprocess
import sys
from types import ModuleType

import pytest
from live import WAIT

from kg import Graph
from kg.source import files

pytestmark = pytest.mark.slow
BENCH = files.root() / "bench"
SECONDS = 900  # within which a process must have ended
TIMES = (
    "LODE_QUERY_SECONDS",
    "LODE_QUERY_PATIENCE",
    "LODE_LOOKUP_SECONDS",
    "LODE_LOOKUP_PATIENCE",
    "LODE_WHOLE_SECONDS",
)


def _load() -> ModuleType:
    """The bench, whose folder is on the path no longer than it takes: a module in it is named as
    a package here is."""
    sys.path.append(str(BENCH))
    try:
        return importlib.import_module("attack")
    finally:
        sys.path.remove(str(BENCH))


attack = _load()


@pytest.mark.parametrize("name", attack.ATTACKS)
def test_an_attack_is_held(graph: Graph, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """``graph``: the store is built by then. What is asked beside an attack has all the time that a
    busy machine may need; an attack on a limit of time sets its own."""
    for setting in TIMES:
        monkeypatch.setenv(setting, str(WAIT))
    found = attack.run(name, True)
    assert found.held, f"sent {found.sent}; seen {found.seen}; right: {found.right}"


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bench/attack.py", *words],
        cwd=files.root(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=SECONDS,
    )


def test_attacks_are_run_by_name() -> None:
    done = _run("--short", "taken port")
    assert done.returncode == 0, done.stderr
    line, *_, row = done.stdout.splitlines()
    assert line.startswith("taken port held: sent serve on a taken port; seen exit 1")
    assert row.endswith(" held |")


def test_a_name_that_is_none_is_refused_with_those_there_are() -> None:
    done = _run("A99")
    assert done.returncode == 2
    assert all(name in done.stderr for name in ("A99", "A1", "runaways"))


def test_what_does_not_hold_or_breaks_off_fails(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(short: bool) -> object:
        raise OSError("no port")

    monkeypatch.setitem(attack.ATTACKS, "broken", attack.Attack("broken", broken))
    monkeypatch.setattr(sys, "argv", ["attack.py", "broken"])
    with pytest.raises(SystemExit) as ended:
        attack.main()
    assert ended.value.code == 1
    assert "broken FAILED: sent broken; seen OSError: no port" in capsys.readouterr().out
