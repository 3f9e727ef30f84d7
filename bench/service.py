"""The service beside the least that could do the same, in one run: `python bench/service.py`. Needs `wrk` (Debian: wrk).

A mineral's profile beside a bare Starlette route that gives the same bytes; the start from a built store to the first answer; the loading
of a dataset beside the engine's own bulk load of the same file. Each start and each loading is a process of its own.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from engines import documents, free_port
from served import Service, table

from kg import open_graph

PATHS = ("/minerals/tungsten", "/minerals/rare-earths", "/minerals/tungsten/measures")
SECONDS = 4
STARTS = 7
LOADS = 3
BARE = """
import sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

body = open(sys.argv[2], "rb").read()

async def answer(request):
    return Response(body, media_type="application/json")

uvicorn.run(Starlette(routes=[Route("/{path:path}", answer)]), port=int(sys.argv[1]), log_level="warning")
"""
ENGINE = """
import sys
import pyoxigraph
store = pyoxigraph.Store(sys.argv[1])
store.bulk_load(path=sys.argv[2], format=pyoxigraph.RdfFormat.N_TRIPLES)
store.optimize()
store.flush()
"""
OURS = """
import sys
from pathlib import Path
from kg.build.dataset import open_dataset
open_dataset([Path(sys.argv[2])])
"""


def rate(port: int, path: str, clients: int) -> float:
    """Requests in a second. Raises SystemExit where not all were answered."""
    words = ["wrk", "-t1", f"-c{clients}", f"-d{SECONDS}s", "-H", "Accept: application/json", f"http://127.0.0.1:{port}{path}"]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None or "Non-2xx" in said:
        raise SystemExit(said)
    return float(found[1])


def profiles(folder: Path) -> None:
    """Requests in a second of ours, warm, and of the bare route."""
    rows = []
    with Service() as service:
        for path in PATHS:
            body = folder / "body.json"
            asked = urllib.request.Request(f"http://127.0.0.1:{service.port}{path}", headers={"Accept": "application/json"})
            body.write_bytes(urllib.request.urlopen(asked).read())
            port = free_port()
            bare = subprocess.Popen([sys.executable, "-c", BARE, str(port), str(body)])
            try:
                wait(port)
                for clients in (1, 32):
                    ours, theirs = rate(service.port, path, clients), rate(port, path, clients)
                    rows.append((path, f"{body.stat().st_size:,}", clients, f"{ours:,.0f}", f"{theirs:,.0f}", f"{ours / theirs:.2f}"))
            finally:
                bare.terminate()
                bare.wait()
    table(("path", "bytes", "clients", "ours, 1/s", "bare, 1/s", "ours / bare"), rows)


def wait(port: int, path: str = "/") -> None:
    """Until something answers at a port."""
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").close()
            return
        except OSError:
            time.sleep(0.01)


def starts() -> None:
    """Seconds from the command to the first answer, with the store built before."""
    rows = []
    for path in ("/healthz", "/minerals/tungsten/measures", "/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D"):
        taken = []
        for _ in range(STARTS):
            port, begun = free_port(), time.perf_counter()
            process = subprocess.Popen([sys.executable, "-m", "service", "serve", "--port", str(port)], stderr=subprocess.DEVNULL)
            wait(port, path)
            taken.append(time.perf_counter() - begun)
            process.terminate()
            process.wait()
        rows.append((path.split("?")[0], f"{statistics.median(taken):.2f}", f"{min(taken):.2f}", f"{max(taken):.2f}"))
    table((f"first answer ({STARTS} starts)", "median s", "least s", "most s"), rows)


def loads(folder: Path) -> None:
    """Seconds to load the documents alone, and all there is, ours beside the engine alone; starting Python is a part of both."""
    rows = []
    for name, graph in (("documents", documents()), ("all", open_graph())):
        data = folder / f"{name}.nt"
        lines = sorted({line.rsplit(b" <", 1)[0] + b" ." for line in graph.rdf("nquads").splitlines() if line})
        data.write_bytes(b"\n".join(lines))
        rows.append((name, f"{len(lines):,}", *loading(data, folder / name)))
    table(("data", "triples", "engine s", "ours s", "engine / ours"), rows)


def loading(data: Path, folder: Path) -> tuple[str, str, str]:
    """Median seconds of the engine and of ours, and the ratio."""
    folder.mkdir()
    taken: dict[str, list[float]] = {ENGINE: [], OURS: []}
    for place in range(LOADS):
        for program, found in taken.items():
            environment = {**os.environ, "LODE_CACHE": str(folder / f"cache-{place}")}
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", program, folder / f"store-{place}", data], check=True, env=environment)
            found.append(time.perf_counter() - begun)
    engine, ours = statistics.median(taken[ENGINE]), statistics.median(taken[OURS])
    return f"{engine:.2f}", f"{ours:.2f}", f"{engine / ours:.2f}"


def main() -> None:
    """Print the three tables."""
    with tempfile.TemporaryDirectory() as held:
        profiles(Path(held))
        starts()
        loads(Path(held))


if __name__ == "__main__":
    main()
