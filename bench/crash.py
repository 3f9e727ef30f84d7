"""Killed at any moment, nothing is lost and nothing is half there: `python bench/crash.py [TIMES] [SEED]` (default 100, 1).

Kills with SIGKILL, at moments drawn by chance, in turn: a build, the loading of a publisher's file, a push to an Oxigraph server, and a
service that is being asked. After each it looks: what was there before is there, what was being made is whole or not there, no process
is left over, and the same command, run again, comes to the end that it comes to undisturbed. The first that is otherwise ends the run.
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from engines import free_port, oxigraph
from served import table

from kg.source import files
from kg.store.oxigraph import Store

ROOT = Path(__file__).resolve().parent.parent
OPEN = "import sys; from pathlib import Path; from kg import open_graph; print(len(open_graph(Path(sys.argv[1]), validate=False).store))"
PUSH = """import sys; from pathlib import Path; from kg import open_graph; from kg.publish.push import push, writer_for
push(open_graph(Path(sys.argv[1]), validate=False), sys.argv[3], writer_for(sys.argv[2], "gsp", 300))"""
FIXTURE = ROOT / "tests" / "fixtures" / "mcs2024-raree_world.csv"
ASK = "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20%3Fp%20%3Fo%7D"
SECONDS = 60.0


class Trial:
    """A folder with a small base, and what each command takes undisturbed. ``chance`` says when it is killed."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance, self.base = folder, chance, folder / "base"
        (self.base / "ontology").mkdir(parents=True)
        for path in (files.root() / "ontology").glob("*.ttl"):
            (self.base / "ontology" / path.name).symlink_to(path)
        (self.base / "queries").symlink_to(files.root() / "queries")
        self.size = self.run("-c", OPEN, self.base)
        self.took: dict[str, float] = {}

    def start(self, *words: object, cache: str = "cache") -> subprocess.Popen[str]:
        """A command of this Python, with a cache of its own."""
        environment = {**os.environ, "LODE_CACHE": str(self.folder / cache)}
        return subprocess.Popen([sys.executable, *map(str, words)], env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def run(self, *words: object, cache: str = "cache") -> str:
        """What a command says."""
        with self.start(*words, cache=cache) as process:
            said = process.communicate(timeout=SECONDS)[0]
        assert process.returncode == 0, words
        return said.strip()

    def kill(self, kind: str, *words: object, cache: str = "cache") -> bool:
        """Start a command and kill it; whether it was still at work. The first of its kind runs to its end, to see how long that takes."""
        begun = time.monotonic()
        with self.start(*words, cache=cache) as process:
            seconds = self.chance.uniform(0, self.took[kind]) if kind in self.took else SECONDS
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        self.took.setdefault(kind, time.monotonic() - begun)
        return process.returncode == -signal.SIGKILL


def build(trial: Trial) -> bool:
    """A build into an empty cache."""
    cache = trial.folder / "build"
    killed = trial.kill("build", "-c", OPEN, trial.base, cache=cache.name)
    whole = [path for path in cache.iterdir() if "." not in path.name] if cache.exists() else []
    assert all(str(len(Store(path))) == trial.size for path in whole), "a store with its final name is not whole"
    assert trial.run("-c", OPEN, trial.base, cache=cache.name) == trial.size
    assert whole or len(list(cache.iterdir())) == 1, "a draft of the dead is left"
    shutil.rmtree(cache)
    return killed


def load(trial: Trial) -> bool:
    """A publisher's file into a folder that has its table already."""
    own, words = trial.folder / "own", ("-m", "service", "load", FIXTURE, "--to", trial.folder / "own")
    if not own.exists():
        trial.run(*words)
    before = {path.relative_to(own): path.read_bytes() for path in own.rglob("*") if path.is_file()}
    killed = trial.kill("load", *words)
    trial.run(*words)
    after = {path.relative_to(own): path.read_bytes() for path in own.rglob("*") if path.is_file()}
    assert after == before, "a table is not what it was, or a draft of the dead is left"
    return killed


def push(trial: Trial) -> bool:
    """A push into an empty store elsewhere, and again."""
    place = trial.folder / "remote"
    place.mkdir()
    with oxigraph(place) as running:
        words = ("-c", PUSH, trial.base, running.write, running.query)
        killed = trial.kill("push", *words)
        trial.run(*words)
        address = running.query.replace("/query", ASK.replace("/sparql", "/query"))
        request = urllib.request.Request(address, headers={"Accept": "text/csv"})
        in_all = int(urllib.request.urlopen(request).read().split()[1])
    shutil.rmtree(place)
    sizes.add(in_all)
    assert len(sizes) == 1, "the store elsewhere holds more or less than after a push that nobody disturbed"
    return killed


def serve(trial: Trial) -> bool:
    """A service that answers, and its query processes."""
    data, port = trial.folder / "data.nt", free_port()
    if not data.exists():
        data.write_text("".join(f'<http://x.example/{n}> <http://x.example/p> "{n}" .\n' for n in range(5_000)), encoding="ascii")
    process, told = trial.start("-m", "service", "serve", "--port", port, "--dataset", data), [0]
    asking = threading.Thread(target=keep_asking, args=(port, told, process))
    try:
        asking.start()
        time.sleep(trial.chance.uniform(0, 3))
        children = descendants(process.pid)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        asking.join()
    assert set(told) <= {0, 5_000}, "a service gave half of an answer"
    end = time.monotonic() + SECONDS
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < end, "a query process outlives its service"
        time.sleep(0.05)
    again = trial.start("-m", "service", "serve", "--port", port, "--dataset", data)
    try:
        assert counted(port) == 5_000
    finally:
        again.terminate()
        again.communicate()
    return len(told) > 1


def keep_asking(port: int, told: list[int], process: subprocess.Popen[str]) -> None:
    """Ask a service as long as it lives, each time something new, and keep what it answers."""
    while process.poll() is None:
        with suppress(OSError, http.client.HTTPException):  # it does not answer yet, or is killed at it
            asked = urllib.request.Request(f"http://127.0.0.1:{port}{ASK}%23{len(told)}", headers={"Accept": "text/csv"})
            told.append(int(urllib.request.urlopen(asked).read().split()[1]))


def counted(port: int) -> int:
    """What a service answers, as soon as it does."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            asked = urllib.request.Request(f"http://127.0.0.1:{port}{ASK}", headers={"Accept": "text/csv"})
            return int(urllib.request.urlopen(asked).read().split()[1])
        except OSError:
            assert time.monotonic() < end, "the service does not start again"
            time.sleep(0.05)


def descendants(parent: int) -> list[int]:
    """Processes that a process started."""
    return [int(word) for path in Path(f"/proc/{parent}/task").glob("*/children") for word in path.read_text().split()]


sizes: set[int] = set()
KINDS: tuple[Callable[[Trial], bool], ...] = (build, load, push, serve)


def main() -> None:
    """Kill, look, and tell how often each was killed at work."""
    times, seed = (*map(int, sys.argv[1:3]), *(100, 1)[len(sys.argv[1:3]) :])
    killed = dict.fromkeys(KINDS, 0)
    with tempfile.TemporaryDirectory() as held:
        trial = Trial(Path(held), random.Random(seed))
        while sum(killed.values()) < times:
            for kind in KINDS:
                killed[kind] += kind(trial)
    table(("killed at work, nothing lost or half there", "times"), [(kind.__name__, count) for kind, count in killed.items()])


if __name__ == "__main__":
    main()
