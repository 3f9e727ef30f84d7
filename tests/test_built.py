"""A built store is whole or not there; settings are read or refused."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from live import WAIT

from kg import BadParameter
from kg.settings import read_settings
from kg.store import disk_cache
from kg.store.oxigraph import Store

pytestmark = pytest.mark.slow

HOLD = """import sys; from pathlib import Path; from kg.store import disk_cache
disk_cache.hold(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"""
WRITE = """import sys; from pathlib import Path; from kg.store import disk_cache; from kg.store.oxigraph import Store
class Slow(Store):
    def copy_to(self, path):
        super().copy_to(path); print('written', flush=True); sys.stdin.read()
disk_cache.write(Slow().copy_to, Path(sys.argv[1]))"""


def _start(code: str, target: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", code, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline()
    return process


def _kill(process: subprocess.Popen[bytes]) -> None:
    with process:
        process.send_signal(signal.SIGKILL)


def test_a_build_that_is_killed_leaves_nothing_that_a_later_one_takes_for_whole(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    disk_cache.write(Store().copy_to, old)
    process = _start(WRITE, new)
    drafts = [path for path in tmp_path.iterdir() if "." in path.name]
    disk_cache.write(Store().copy_to, tmp_path / "other")
    assert all(path.exists() for path in drafts)  # it is still being written
    _kill(process)
    assert not new.exists()
    assert len(Store(old)) == 0
    disk_cache.write(Store().copy_to, new)
    assert {path.name for path in tmp_path.iterdir()} == {"old", "other", "new"}
    assert len(Store(new)) == 0


def test_old_stores_go_but_for_those_in_use(tmp_path: Path) -> None:
    for number in range(disk_cache.KEEP + 3):
        path = tmp_path / f"store{number}"
        path.mkdir()
        os.utime(path, (1000 + number, 1000 + number))
    process = _start(HOLD, tmp_path / "store0")
    os.utime(tmp_path / "store0", (1000, 1000))
    disk_cache.clear(tmp_path)
    _kill(process)
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {"store0", *(f"store{number}" for number in range(3, disk_cache.KEEP + 3))}


def test_settings_come_from_options_then_the_environment_then_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("LODE_QUERY_ROWS=7\nLODE_QUERIES=3\nLODE_PORT=81\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("LODE_QUERIES", "4")
    monkeypatch.setenv("LODE_PORT", "82")
    found = read_settings(port=83, host=None)
    assert (found.query_rows, found.queries, found.port, found.query_seconds) == (7, 4, 83, 10)
    assert found.environment()["LODE_QUERY_ROWS"] == "7"


def test_every_command_goes_by_the_file_of_settings_and_by_the_environment_before_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LODE_STORE=ftp://in.the.file/\n", encoding="utf-8")
    for environment, address in (({}, "ftp://in.the.file/"), ({"LODE_STORE": "ftp://in.the.environment/"}, "ftp://in.the.environment/")):
        done = subprocess.run(
            [sys.executable, "-m", "service", "list", "mineral"],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=WAIT,
        )
        assert done.returncode == 2, done.stderr
        assert address in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [("LODE_QUERY_SECONDS", "-1", "greater"), ("LODE_QUERIES", "two", "integer"), ("LODE_QUERY_SECOND", "3", "LODE_QUERY_SECONDS")],
)
def test_a_bad_setting_is_an_error_at_the_start(name: str, value: str, part: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "service", "serve"],
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT,
    )
    assert done.returncode == 2
    assert name in done.stderr
    assert part in done.stderr


def test_an_option_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(BadParameter, match="LODE_PORT"):
        read_settings(port=99_999)


def test_what_is_used_again_counts_as_new(tmp_path: Path) -> None:
    path = tmp_path / "store"
    disk_cache.write(Store().copy_to, path)
    os.utime(path, (1000, 1000))
    disk_cache.hold(path)
    assert path.stat().st_mtime > time.time() - 3600
