"""Real remote stores for the tests: an Oxigraph server and a Virtuoso 7, each on its own ports and in its own folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from live import START_SECONDS, WAIT, free_port

from kg import Graph
from kg.build.fill import infer
from kg.publish.push import push, writer_for
from kg.source import files
from kg.store.oxigraph import Store

VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 0
DirsAllowed = .
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
MaxQueryMem = 512M
StopCompilerWhenXOverRunTime = 1
MaxOptimizeLayouts = 200
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 20
MaxKeepAlives = 20
KeepAliveTimeout = 10
[SPARQL]
ResultSetMaxRows = 20000
MaxQueryExecutionTime = 600
"""


@dataclass
class Running:
    """A remote store that runs: its query endpoint, where to write and how, and its process."""

    query: str
    write: str
    by: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()


@contextmanager
def oxigraph(folder: Path, union: bool = True) -> Iterator[Running]:
    """An Oxigraph server with its data in a folder; its default graph is the union of all, or without ``union`` empty."""
    port = free_port()
    program = Path(sys.executable).with_name("oxigraph")
    words = [str(program), "serve", "--location", str(folder / "data"), "--bind", f"127.0.0.1:{port}"]
    words += ["--union-default-graph"] if union else []
    with _started(words, folder, f"http://127.0.0.1:{port}/query") as process:
        yield Running(f"http://127.0.0.1:{port}/query", f"http://127.0.0.1:{port}/store", "gsp", process)


@contextmanager
def virtuoso(folder: Path) -> Iterator[Running]:
    """A Virtuoso 7 with an ini and its data in a folder; user and password are dba."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.fail("Virtuoso is not installed: run `apt-get install virtuoso-opensource-7`, or `python3 run.py test` as root.")
    port = free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(http=port, sql=free_port()), encoding="ascii")
    with _started([program, "+foreground", "+configfile", "virtuoso.ini"], folder, f"http://127.0.0.1:{port}/sparql") as process:
        yield Running(f"http://127.0.0.1:{port}/sparql", f"http://127.0.0.1:{port}/sparql-graph-crud-auth", "gsp", process)


@contextmanager
def _started(words: list[str], folder: Path, address: str) -> Iterator[subprocess.Popen[bytes]]:
    log = folder / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(words, cwd=folder, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
        try:
            end = time.monotonic() + START_SECONDS
            while not _answers(address):
                if process.poll() is not None or time.monotonic() > end:
                    pytest.fail(f"{words[0]} did not start: {log.read_text(encoding='utf-8', errors='replace')}")
                time.sleep(0.1)
            yield process
        finally:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=WAIT).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def documents() -> Graph:
    """Our graph without the long tables, which take minutes to load, under its own data version."""
    store, base = Store(), files.root()
    for source in files.sources(base / "ontology"):
        store.load(source.path, source.graph)
    infer(store, base)
    return Graph(store, base, files.fingerprint(base / "ontology", base / "queries"))


def fill(running: Running, graph: Graph) -> int:
    """Push a graph into a store that runs; the triples sent."""
    os.environ.update(LODE_STORE_USER="dba", LODE_STORE_PASSWORD="dba")
    try:
        return push(graph, running.query, writer_for(running.write, running.by))
    finally:
        del os.environ["LODE_STORE_USER"], os.environ["LODE_STORE_PASSWORD"]
