"""What is built outlives what may happen to it: damage, no room, two at once. Each failure is told, and the next start is whole again."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from live import LIMITS, WAIT, WORK

from kg import Graph, StoreFailed, open_graph
from kg.source import files
from kg.store import stored_results
from kg.workers.pool import QueryPool
from service.app import create_app

pytestmark = pytest.mark.slow

OPEN = """import sys; from pathlib import Path; from kg import open_graph
print(len(open_graph(Path(sys.argv[1]), validate=False).store))"""
LIMITED = """import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
import sys; from service.cli.main import main; main()"""
EVERYTHING = "SELECT * { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The vocabulary alone, with a cache of its own: built in a moment."""
    monkeypatch.setenv("LODE_CACHE", str(tmp_path / "cache"))
    root, found = files.root(), tmp_path / "base"
    (found / "ontology").mkdir(parents=True)
    for path in (root / "ontology").glob("*.ttl"):
        (found / "ontology" / path.name).symlink_to(path)
    (found / "queries").symlink_to(root / "queries")
    return found


def _open(base: Path, said: list[str] | None = None) -> Graph:
    return open_graph(base, validate=False, say=(said if said is not None else []).append)


def _largest(store: Path) -> Path:
    return max(store.glob("*.sst"), key=lambda path: path.stat().st_size)


def _cut(store: Path) -> None:
    os.truncate(_largest(store), _largest(store).stat().st_size // 2)


def _flip(store: Path) -> None:
    """Other bits in the data of the large files, the index at their end left as it is, so that the store opens."""
    for path in store.glob("*.sst"):
        if path.stat().st_size < 50_000:
            continue
        content = bytearray(path.read_bytes())
        for place in range(100, len(content) // 2, 50):
            content[place] ^= 0xFF
        path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [_cut, lambda store: _largest(store).unlink(), lambda store: (store / "CURRENT").write_bytes(b""), shutil.rmtree],
    ids=["half a file", "a file gone", "an empty file", "all gone"],
)
def test_a_damaged_store_is_built_anew(base: Path, damage: Callable[[Path], None]) -> None:
    first = _open(base)
    before = first.rdf("nquads")
    assert isinstance(first.path, Path)
    damage(first.path)
    said: list[str] = []
    assert sorted(_open(base, said).rdf("nquads").splitlines()) == sorted(before.splitlines())
    assert any("Building" in text for text in said)


def test_damage_that_shows_as_it_is_read_is_told_and_mended_at_the_next_start(base: Path) -> None:
    path = _open(base).path
    assert isinstance(path, Path)
    _flip(path)
    (path / stored_results.NAME).unlink()  # from which it would be read
    damaged = _open(base)
    with pytest.raises(StoreFailed, match="damaged"):
        damaged.part("catalogue")
    assert damaged.path == path
    assert len(_open(base).part("catalogue")) > 100


def test_a_query_that_meets_damage_says_so_and_its_service_lives_on(base: Path) -> None:
    path = _open(base).path
    assert isinstance(path, Path)
    _flip(path)
    app = create_app(_open(base), LIMITS, work=WORK)
    with TestClient(app, headers={"Accept": "application/json"}) as client:
        answer = client.get("/sparql", params={"query": EVERYTHING})
        assert (answer.status_code, answer.headers["content-type"]) == (502, "application/problem+json")
        assert "damaged" in answer.json()["detail"]
        assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True
        assert client.get("/healthz").status_code == 200


def test_a_store_that_is_gone_while_it_is_served_is_seen_by_readyz(base: Path) -> None:
    graph = _open(base)
    with TestClient(create_app(graph, LIMITS, work=WORK)) as client:
        assert client.get("/readyz").status_code == 200
        shutil.rmtree(str(graph.path))
        answer = client.get("/readyz", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["title"]) == (503, "Store out of reach")
        assert client.get("/healthz").status_code == 200


def test_a_disk_without_room_is_told_and_leaves_what_was_there(base: Path, tmp_path: Path) -> None:
    data = tmp_path / "data.nt"
    data.write_text("".join(f'<http://x.example/{n}> <http://x.example/p> "{"x" * 200}{n}" .\n' for n in range(20_000)), encoding="ascii")
    kept = _open(base)
    words = [sys.executable, "-c", LIMITED, "serve", "--dataset", str(data), "--port", "0"]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=WAIT, env={**os.environ, "LODE_PORT": "8999"})
    assert done.returncode == 1
    assert "cannot be written to" in done.stderr
    assert "LODE_CACHE" in done.stderr
    assert "Traceback" not in done.stderr
    assert kept.path
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.is_dir()] == [Path(kept.path).name]
    assert len(_open(base).store) == len(kept.store)


def test_a_cache_that_cannot_be_written_to_is_told(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    monkeypatch.setenv("LODE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(StoreFailed, match="LODE_CACHE"):
        _open(base)


def test_two_builds_at_once_give_one_store_that_both_open(base: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-c", OPEN, str(base)]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=WAIT)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert told[0] == told[1] == f"{len(_open(base).store)}\n"
    assert len([path for path in (tmp_path / "cache").iterdir() if path.is_dir()]) == 1


def test_a_clock_that_jumps_back_loses_nothing(base: Path, tmp_path: Path) -> None:
    graph = _open(base)
    assert isinstance(graph.path, Path)
    os.utime(graph.path, (10**9, 10**9))
    pool = QueryPool(graph.path)
    try:
        assert b'"true"' in pool.ask("SELECT (STR(true) AS ?x) {}").body
    finally:
        pool.close()
    assert _open(base).path == graph.path
