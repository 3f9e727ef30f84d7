"""The whole graph into a remote store: graph by graph, in chunks, so that a run that was cut short is taken up where it ended.

What is in is written down in the store itself, in the graph ``terms.PUSHED``: each graph with the digest and number of its triples, while
it is being loaded with the number of those that are in. The data version of all comes last, so that a store which is not whole is never
taken for whole. Knows the store, HTTP to an address, and how to write by Graph Store Protocol or by SPARQL Update.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Protocol

from ..errors import BadFacts, BadParameter, StoreFailed
from ..graph.graph import Graph
from ..namespaces import BASE, PUSHED, XSD
from ..source import files, query_files
from ..store.http import Endpoint
from ..store.oxigraph import Store, read_rows
from ..store.remote import ROWS, Held, held

CHUNK, UPDATE_CHUNK = 20_000, 1_000  # triples of a request; Virtuoso refuses larger updates
SECONDS = 300.0  # that a store may take over one chunk
PARTLY = "partly "  # before the digest of a graph that is not whole yet
NTRIPLES = "application/n-triples"
_ABOUT = "http://purl.org/dc/terms/identifier", "http://www.w3.org/2002/07/owl#versionInfo", "http://rdfs.org/ns/void#triples"


class Writer(Protocol):
    """A way to write whole graphs; ``chunk`` is how many triples fit into one request."""

    chunk: int

    def clear(self, graph: str) -> None:
        """Remove a graph, which may not be there."""

    def add(self, graph: str, lines: list[str]) -> None:
        """Add triples (lines of N-Triples)."""

    def replace(self, graph: str, lines: list[str]) -> None:
        """Make a graph hold just these triples."""


class GraphStore:
    """Writes by the Graph Store Protocol to the address of a graph store."""

    def __init__(self, address: str, chunk: int = CHUNK) -> None:
        self.chunk = chunk
        self._endpoint = Endpoint(address, SECONDS)

    def clear(self, graph: str) -> None:
        """DELETE; a graph that is not there answers 404."""
        self._endpoint.do("DELETE", params={"graph": graph}, allowed=(404,))

    def add(self, graph: str, lines: list[str]) -> None:
        """POST, which adds."""
        self._endpoint.do("POST", params={"graph": graph}, body="".join(lines).encode(), media_type=NTRIPLES)

    def replace(self, graph: str, lines: list[str]) -> None:
        """PUT."""
        self._endpoint.do("PUT", params={"graph": graph}, body="".join(lines).encode(), media_type=NTRIPLES)


class Update:
    """Writes by SPARQL 1.1 Update to the address of an update endpoint."""

    def __init__(self, address: str, chunk: int = UPDATE_CHUNK) -> None:
        self.chunk = chunk
        self._endpoint = Endpoint(address, SECONDS)

    def clear(self, graph: str) -> None:
        """DROP."""
        self._do(f"DROP SILENT GRAPH <{graph}>")

    def add(self, graph: str, lines: list[str]) -> None:
        """INSERT DATA."""
        self._do(f"INSERT DATA {{ GRAPH <{graph}> {{\n{''.join(lines)}}} }}")

    def replace(self, graph: str, lines: list[str]) -> None:
        """DROP, then INSERT DATA; lines that fit into one request go with it."""
        self.clear(graph)
        for start in range(0, len(lines), self.chunk):
            self.add(graph, lines[start : start + self.chunk])

    def _do(self, text: str) -> None:
        self._endpoint.do("POST", form={"update": text})


def writer_for(address: str, by: str, chunk: int | None = None) -> Writer:
    """The way to write to an address: ``gsp`` or ``update``. Raises BadParameter."""
    kinds: dict[str, type[GraphStore] | type[Update]] = {"gsp": GraphStore, "update": Update}
    if by not in kinds:
        raise BadParameter(f"by is “{by}”.", f"It must be one of {', '.join(kinds)}.", parameter="by")
    return kinds[by](address, chunk) if chunk else kinds[by](address)


def push(graph: Graph, query: str, writer: Writer, say: Callable[[str], None] = lambda text: None) -> int:
    """Make the store whose query endpoint is at ``query`` hold all that the graph holds; how many triples were sent.

    Graphs that are in already, by their digest, are passed over; graphs of ours that are no longer are removed. Raises StoreGone,
    StoreFailed, and BadFacts for a blank node, which could not be sent twice without becoming two.
    """
    record = _Record(writer, held(Endpoint(query, SECONDS)))
    names, sent = graph.store.graphs(), 0
    for name in sorted(record.held.graphs.keys() - set(names)):
        say(f"{name}: removed")
        record.drop(name)
    for number, name in enumerate(names, 1):
        digest, size = digest_of(graph.store, name)
        if record.held.graphs.get(name) == (digest, size):
            continue
        done = record.begin(name, digest)
        say(f"{number} of {len(names)}: {name}, {size:,} triples" + (f", {done:,} of them are in" if done else ""))
        sent += _send(graph.store, name, record, done, size, say)
        record.end(name, digest, size)
    _verify(query, record)
    record.finish(graph.version)
    say(f"The store holds {len(graph.store):,} triples, data version {graph.version[:12]}; {sent:,} were sent.")
    return sent


def _verify(query: str, record: _Record) -> None:
    """See that each graph has as many triples as were sent. Raises StoreFailed."""
    text = query_files.read(files.root() / "queries" / "parts" / "graph-sizes.rq").text
    counted = {
        str(row["graph"]): row["triples"] for row in read_rows(Endpoint(query, SECONDS).read("POST", accept=ROWS, form={"query": text}))
    }
    for name, (_, size) in list(record.held.graphs.items()):
        if counted.get(name) != size:
            record.drop(name)
            raise StoreFailed(f"Of {size:,} triples of {name} the store holds {counted.get(name, 0):,}.", "Push again.")


def digest_of(store: Store, graph: str) -> tuple[str, int]:
    """SHA-256 over the triples of a graph in the order in which the store gives them, and their number. Raises BadFacts."""
    total, count = hashlib.sha256(), 0
    for line in _lines(store, graph):
        total.update(line.encode())
        count += 1
    return total.hexdigest(), count


def _lines(store: Store, graph: str, after: int = 0) -> Iterator[str]:
    for triple in islice(store.triples(graph), after, None):
        line = f"{triple} .\n"
        if line.startswith("_:") or str(triple.object).startswith("_:"):
            raise BadFacts(f"{graph} holds a blank node.", "Give the thing an IRI.", findings=[graph])
        yield line


def _send(store: Store, name: str, record: _Record, done: int, size: int, say: Callable[[str], None]) -> int:
    lines, sent = _lines(store, name, done), 0
    while chunk := list(islice(lines, record.writer.chunk)):
        record.writer.add(name, chunk)
        sent += len(chunk)
        if done + sent < size:
            record.note(name, done + sent)
            say(f"  {done + sent:,} of {size:,}")
    return sent


class _Record:
    """What the store is known to hold, kept beside it at each step."""

    def __init__(self, writer: Writer, found: Held) -> None:
        self.writer, self.held = writer, found

    def drop(self, name: str) -> None:
        """Remove a graph."""
        self._forget(name)
        self.writer.clear(name)

    def begin(self, name: str, digest: str) -> int:
        """Make ready for a graph; how many of its triples are in from a run that was cut short."""
        kept, done = self.held.graphs.get(name, ("", 0))
        if kept == f"{PARTLY}{digest}":
            return done
        self._forget(name)
        self.writer.clear(name)
        self.held.graphs[name] = (f"{PARTLY}{digest}", 0)
        return 0

    def note(self, name: str, done: int) -> None:
        """Write down how many triples of a graph are in."""
        self.held.graphs[name] = (self.held.graphs[name][0], done)
        self._write()

    def end(self, name: str, digest: str, size: int) -> None:
        """Write down that a graph is whole."""
        self.held.graphs[name] = (digest, size)
        self._write()

    def finish(self, version: str) -> None:
        """Write down that all is in."""
        self.held.version = version
        self._write()

    def _forget(self, name: str) -> None:
        self.held.version = ""
        self.held.graphs.pop(name, None)
        self._write()

    def _write(self) -> None:
        version, digest_name, triples = _ABOUT
        lines = [f'<{BASE}> <{version}> "{self.held.version}" .\n'] if self.held.version else []
        for name, (digest, size) in self.held.graphs.items():
            lines += [f'<{name}> <{digest_name}> "{digest}" .\n', f'<{name}> <{triples}> "{size}"^^<{XSD}integer> .\n']
        if lines:
            self.writer.replace(PUSHED, lines)
        else:
            self.writer.clear(PUSHED)
