"""SPARQL over HTTP beside other servers, the same data, one run: `python bench/endpoints.py [SECONDS]` (default 4 a cell).

Needs `wrk` and `virtuoso-t` (Debian: wrk, virtuoso-opensource-7) and rdflib-endpoint (`pip install rdflib-endpoint[cli]`); a server that is
not there is left out, and said so. Data: what the documents say, without the long tables, as plain triples in one default graph. Each query
is asked again and again (“repeated”), and with a comment that no other request has (“each new”), by 1 and by 32 clients. Ours runs
a process for each processor. Prints requests in a second and the ratio of each server to ours.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from engines import documents, free_port, virtuoso

ONTOLOGY = "PREFIX lode: <https://w3id.org/lodegraph/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
SHAPES = {
    "look-up": "SELECT ?p ?o WHERE { <https://w3id.org/lodegraph/id/mineral/tungsten> ?p ?o }",
    "join": "SELECT ?m ?c ?l WHERE { ?m lode:imposedBy ?c ; lode:appliesTo ?x . ?c rdfs:label ?l . FILTER(LANG(?l) = 'en') }",
    "aggregation": "SELECT ?c (COUNT(*) AS ?n) WHERE { ?s lode:certainty ?c ; lode:place ?p } GROUP BY ?c ORDER BY DESC(?n)",
    "path": "SELECT ?a ?b WHERE { ?a lode:inGroup+ ?b }",
    "text": "SELECT ?s ?l WHERE { ?s rdfs:label ?l . FILTER(CONTAINS(LCASE(STR(?l)), 'quota')) }",
}
CLIENTS = (1, 32)
START_SECONDS = 120.0
SETTLE_MOST, QUIET = 120, 0.9  # seconds, and the part of the processors' time that must be idle
ACCEPT = "application/sparql-results+json"
SCRIPT = """
local n, start = 0, os.time()
request = function()
  n = n + 1
  return wrk.format("GET", "{path}"{tail}, {{ ["Accept"] = "{accept}" }})
end
"""


@contextlib.contextmanager
def started(words: list[str], address: str, folder: Path) -> Iterator[str]:
    """A server that runs while needed. Raises RuntimeError where it does not answer."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, stdout=log, stderr=log)
        try:
            end = time.monotonic() + START_SECONDS
            while not answers(f"{address}?query={quote('ASK {}')}"):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError((folder / "log").read_text(errors="replace")[-500:])
                time.sleep(0.2)
            yield address
        finally:
            process.terminate()
            process.wait()


def answers(address: str) -> bool:
    """Whether anything listens there."""
    try:
        urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": ACCEPT}), timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def settle() -> None:
    """Wait until the processors have little to do: some servers go on with what their clients no longer wait for."""
    for _ in range(SETTLE_MOST):
        before = _times()
        time.sleep(1)
        spent = [after - then for after, then in zip(_times(), before, strict=True)]
        if spent[3] > QUIET * sum(spent):
            return
    print("The machine did not come to rest; the next figure is of a busy one.", file=sys.stderr)


def _times() -> list[int]:
    return [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]


def rate(address: str, query: str, clients: int, seconds: int, each: str, folder: Path) -> float | None:
    """Requests in a second, or None where some were not answered with 200."""
    settle()
    host, path = re.match(r"(http://[^/]+)(/.*)", f"{address}?query={quote(ONTOLOGY + query)}").groups()  # type: ignore[union-attr]
    script = folder / "requests.lua"
    tail = ' .. "%20%23" .. start .. "x" .. n' if each == "new" else ""
    script.write_text(SCRIPT.format(tail=tail, path=path, accept=ACCEPT), encoding="ascii")
    words = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script), host]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    return float(found[1]) if found and "Non-2xx" not in said else None


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[dict[str, str]]:
    """The servers that can be had, each with the same triples."""
    graph = documents()
    data = folder / "documents.nt"
    data.write_bytes(b"\n".join(sorted({line.rsplit(b" <", 1)[0] + b" ." for line in graph.rdf("nquads").splitlines() if line})))
    found: dict[str, str] = {}
    with contextlib.ExitStack() as stack:

        def start(name: str, words: list[str], path: str, port: int) -> None:
            place = folder / name
            place.mkdir(exist_ok=True)
            found[name] = stack.enter_context(started(words, f"http://127.0.0.1:{port}{path}", place))

        port = free_port()
        start(
            "lodegraph",
            [sys.executable, "-m", "service", "serve", "--port", str(port), "--workers", str(os.cpu_count()), "--dataset", str(data)],
            "/sparql",
            port,
        )
        oxigraph, store, port = Path(sys.executable).with_name("oxigraph"), folder / "store", free_port()
        subprocess.run([oxigraph, "load", "--location", store, "--file", data], check=True, capture_output=True)
        start("oxigraph", [str(oxigraph), "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"], "/query", port)
        if importlib.util.find_spec("rdflib_endpoint"):
            port = free_port()
            program = str(Path(sys.executable).with_name("rdflib-endpoint"))
            start("rdflib-endpoint", [program, "serve", "--port", str(port), str(data)], "/", port)
        if shutil.which("virtuoso-t"):
            place = folder / "virtuoso"
            place.mkdir()
            running = stack.enter_context(virtuoso(place))
            words = ["curl", "-sf", "--digest", "--user", "dba:dba", "-T", str(data), "-H", "Content-Type: application/n-triples"]
            subprocess.run([*words, f"{running.write}?graph-uri=http://example.org/documents"], check=True, stdout=subprocess.DEVNULL)
            found["virtuoso"] = running.query
        yield found


def main() -> None:
    """Print one table."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    with tempfile.TemporaryDirectory() as held, servers(Path(held)) as running:
        for name in {"rdflib-endpoint", "virtuoso"} - running.keys():
            print(f"{name} is not here, and is left out.", file=sys.stderr)
        heads = [*(f"{name}, 1/s" for name in running), *(f"ours / {name}" for name in [*running][1:])]
        print(f"| query | clients | each | {' | '.join(heads)} |")
        print("|---|" + "---|" * (2 * len(running) + 1))
        for shape, query in SHAPES.items():
            for clients in CLIENTS:
                for each in ("repeated", "new"):
                    rates = [rate(address, query, clients, seconds, each, Path(held)) for address in running.values()]
                    told = [f"{r:,.0f}" if r else "failed" for r in rates]
                    ratios = [f"{rates[0] / r:.2f}" if r and rates[0] else "–" for r in rates[1:]]
                    print(f"| {shape} | {clients} | {each} | {' | '.join(told + ratios)} |", flush=True)


if __name__ == "__main__":
    main()
