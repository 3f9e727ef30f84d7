"""The W3C query-evaluation tests of SPARQL 1.1 over HTTP, each answer held against the engine's own: nothing may be lost on the way.

    git clone https://github.com/w3c/rdf-tests
    python bench/conformance.py rdf-tests

All test data go into one dataset, a named graph a file; each test names its graphs by the protocol's parameters.
"""

from __future__ import annotations

import collections
import http.client
import io
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import rdflib
from rdflib import RDF, Namespace

from kg import BadQuery
from kg.build.dataset import open_dataset
from kg.sparql.guard import scan
from kg.store.oxigraph import Store
from kg.store.result_writer import MEDIA_TYPES

MF, QT = (
    Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"),
    Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#"),
)
NOTHING = "http://example.org/no-such-graph"
GRAPH_FORMAT = "application/n-triples"


@dataclass(frozen=True)
class Case:
    """One test: its name, its query, and the graphs that it asks of."""

    name: str
    query: str
    default: tuple[str, ...]
    named: tuple[str, ...]


def cases(suite: Path) -> list[Case]:
    """Every query-evaluation test of a checkout whose query is there; tests of SERVICE and of entailment regimes are left out."""
    found = []
    for manifest in sorted((suite / "sparql" / "sparql11").glob("*/manifest.ttl")):
        if manifest.parent.name in ("service", "entailment", "service-description", "protocol", "graph-store-protocol", "http-rdf-update"):
            continue
        graph = rdflib.Graph().parse(manifest, publicID=manifest.as_uri())
        for test in sorted(graph.subjects(RDF.type, MF.QueryEvaluationTest)):
            action = graph.value(test, MF.action)
            query = graph.value(action, QT.query)
            default = tuple(sorted(map(str, graph.objects(action, QT.data))))
            named = tuple(sorted(map(str, graph.objects(action, QT.graphData))))
            path = Path(str(query).removeprefix("file://"))
            if path.exists() and all(Path(name.removeprefix("file://")).exists() for name in (*default, *named)):
                found.append(
                    Case(f"{manifest.parent.name}/{str(test).rsplit('#', 1)[-1]}", path.read_text(encoding="utf-8"), default, named)
                )
    return found


def write_dataset(wanted: list[Case], path: Path) -> None:
    """Every data file as a named graph, its literals as they are written."""
    rdflib.NORMALIZE_LITERALS = False
    dataset = rdflib.Dataset()
    for name in sorted({name for case in wanted for name in (*case.default, *case.named)}):
        dataset.graph(rdflib.URIRef(name)).parse(name.removeprefix("file://"), publicID=name)
    dataset.serialize(path, format="nquads", encoding="utf-8")


def own(store: Store, case: Case, format: str, base: str) -> bytes:
    """The engine's answer in process. Raises BadQuery."""
    held, seen = io.BytesIO(), scan(case.query)
    dataset = {"default": case.default or (NOTHING,), "named": case.named or (NOTHING,), "base": base}
    if seen.form in ("CONSTRUCT", "DESCRIBE"):
        store.write_graph(seen, case.query, "ntriples", held, 1_000_000, **dataset)
    elif seen.form == "ASK":
        held.write(json.dumps(store.ask(case.query, **dataset)).encode())
    else:
        store.write_rows(case.query, format, held, **dataset)
    return held.getvalue()


def over_http(port: int, case: Case, media: str) -> tuple[int, bytes]:
    """Status and body of the service's answer."""
    graphs = {"default-graph-uri": case.default or (NOTHING,), "named-graph-uri": case.named or (NOTHING,)}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/sparql-query", "Accept": media}
    connection.request("POST", f"/sparql?{urlencode(graphs, doseq=True)}", case.query.encode(), headers)
    reply = connection.getresponse()
    return reply.status, reply.read()


def same(mine: bytes, theirs: bytes, case: Case) -> bool:
    """Whether two answers say the same: rows in any order, whatever blank nodes are called."""
    if scan(case.query).form == "ASK":
        return json.loads(mine) is (b"true" in theirs)

    def rows(body: bytes) -> collections.Counter[bytes]:
        plain = re.sub(rb'_:[0-9a-f]+|<bnode>[0-9a-f]+|(?<="bnode","value":")[0-9a-f]+|(?<="type":"bnode","value":")[^"]+', b"_", body)
        return collections.Counter(re.split(rb"\r?\n|\},\{|</result>", plain))

    return rows(mine) == rows(theirs)


def main() -> None:
    """Print how many answers agree, and name those that do not."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wanted = cases(Path(sys.argv[1]).resolve())
    folder = Path(tempfile.mkdtemp())
    write_dataset(wanted, folder / "data.nq")
    store = open_dataset([folder / "data.nq"]).store
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "service", "serve", "--port", str(port), "--dataset", str(folder / "data.nq")])
    try:
        agreed, lost = compare(store, wanted, port)
    finally:
        server.terminate()
        server.wait()
    print(f"{len(wanted)} tests, {agreed} answers the same as the engine's own, {len(lost)} not.")
    for line in lost:
        print(line)
    sys.exit(bool(lost))


def compare(store: Store, wanted: list[Case], port: int) -> tuple[int, list[str]]:
    """Answers that agree, and a line for each that does not."""
    for _ in range(300):
        try:
            over_http(port, Case("", "ASK {}", (), ()), MEDIA_TYPES["json"])
            break
        except OSError:
            time.sleep(0.1)
    agreed, lost = 0, []
    for case in wanted:
        form = scan(case.query).form
        formats = (
            {"": GRAPH_FORMAT} if form in ("CONSTRUCT", "DESCRIBE") else {"json": MEDIA_TYPES["json"]} if form == "ASK" else MEDIA_TYPES
        )
        for format, media in formats.items():
            status, body = over_http(port, case, media)
            try:
                mine = own(store, case, format, f"http://127.0.0.1:{port}/sparql")
            except BadQuery as error:
                agreed += status == 400
                lost += [] if status == 400 else [f"{case.name} ({format}): {status} where the engine says {error}"]
                continue
            if status == 200 and same(mine, body, case):
                agreed += 1
            else:
                lost.append(f"{case.name} ({format}): {status} {body[:120]!r} where the engine says {mine[:120]!r}")
    return agreed, lost


if __name__ == "__main__":
    main()
