"""The same store elsewhere: any SPARQL 1.1 endpoint that `lode push` has filled, asked by the standard protocol alone.

Where the endpoint's default graph is not the union of its named graphs, each query names them all. What the endpoint holds is looked at
before the first query and every few seconds after that: other data than this program was made for are never passed off as its own.
Knows the store, HTTP to one address, and three query files.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ..errors import StoreFailed, StoreGone
from ..namespaces import BASE
from ..source import query_files
from ..source.files import root
from ..sparql.guard import scan
from .http import RETRY_AFTER, Body, Endpoint
from .oxigraph import Output, Rows, Store, read_rows, read_solutions, read_triples, term, write_quads

ROWS, TRIPLES = "application/sparql-results+json", "application/n-triples, text/plain;q=0.8, text/turtle;q=0.5"
LOOK_SECONDS = 5.0
AT_ONCE = 500  # things that one request names
NO_GRAPH = BASE + "graph/none"  # stands for an empty part of a dataset, which some engines else fill with all they have


@dataclass
class Held:
    """What a store holds: the version of all (empty where it is not whole), and of each graph its digest and number of triples."""

    version: str = ""
    graphs: dict[str, tuple[str, int]] = field(default_factory=dict)


def held(endpoint: Endpoint) -> Held:
    """What an endpoint says that it holds. Raises StoreGone, StoreFailed."""
    text = query_files.read(root() / "queries" / "parts" / "pushed.rq").text
    found = Held()
    for row in read_rows(endpoint.read("POST", accept=ROWS, form={"query": text})):
        if row["version"] is not None:
            found.version = str(row["version"])
        else:
            found.graphs[str(row["graph"])] = (str(row["digest"]), int(str(row["triples"])))
    return found


def open_store(place: str) -> Store:
    """The store at a place: a folder, or an address with the data version that it must hold behind a ``#``."""
    address, _, version = place.partition("#")
    return Remote(address, version) if address.startswith(("http://", "https://")) else Store(Path(place))


class Remote(Store):
    """A store behind an address. ``version`` is the data version that it must hold.

    Every question may raise StoreGone and StoreFailed beside what ``Store`` raises. The empty store within reads queries for faults.
    """

    def __init__(self, address: str, version: str) -> None:
        super().__init__()
        self.version = version
        self._endpoint = Endpoint(address)
        self._parts = query_files.read_all(root() / "queries" / "parts")
        self._sizes: dict[str, int] = {}
        self._is_union = True
        self._looked = float("-inf")
        self._lock = threading.Lock()

    def look(self) -> None:
        """See that the store can be reached and holds the data version that it must. Raises StoreGone, StoreFailed."""
        found = held(self._endpoint)
        if found.version != self.version:
            what = f"data version {found.version[:12]}" if found.version else "no data of ours, or data that are still being loaded"
            raise StoreGone(
                f"The store at {self._endpoint.address} holds {what}; this program is for {self.version[:12]}.",
                "Run `lode push`, or start the program that its data are of.",
                retry_after=RETRY_AFTER,
            )
        if not self._sizes:
            self._is_union = bool(read_solutions(self._ask(self._parts["union"].text, ROWS)))
        self._sizes = {name: size for name, (_, size) in found.graphs.items()}
        self._looked = time.monotonic()

    def query(self, text: str) -> Rows:
        """Rows of a SELECT over all graphs taken together. Raises BadQuery."""
        with self._reading():
            return super().query(text)

    def write_rows(self, text: str, format: str, output: Output, **dataset: Any) -> None:
        """Serialise a SELECT in a format of RESULT_FORMATS. Raises BadQuery."""
        with self._reading():
            super().write_rows(text, format, output, **dataset)

    def graphs(self) -> list[str]:
        """IRIs of the named graphs."""
        self._stay_sure()
        return sorted(self._sizes)

    def triples(self, graph: str | None = None) -> Iterator[Any]:
        """Triples of one graph, or of all. Raises StoreFailed where the store gives fewer than it holds."""
        for name in self.graphs() if graph is None else [graph]:
            text = self._parts["whole-graph"].bind({"graph": term(name)})
            count = 0
            for triple in self._read(read_triples, text, TRIPLES):
                count += 1
                yield triple
            if count < self._sizes.get(name, 0):
                raise StoreFailed(f"The store gave {count:,} of {self._sizes[name]:,} triples of {name}.", "Raise its limit of rows.")

    def quads_of(self, subjects: Collection[str]) -> Iterator[tuple[str, Any]]:
        """Every triple whose subject is one of these IRIs, with the name of its graph."""
        things = [term(subject) for subject in sorted(subjects)]
        for name in self.graphs():
            for start in range(0, len(things), AT_ONCE):
                some = {"graph": term(name), "thing": " ".join(things[start : start + AT_ONCE])}
                yield from ((name, triple) for triple in self._read(read_triples, self._parts["said-in-graph"].bind(some), TRIPLES))

    def __len__(self) -> int:
        self._stay_sure()
        return sum(self._sizes.values())

    def _dump_all(self, format: str, output: IO[bytes]) -> None:
        write_quads(((name, self.triples(name)) for name in self.graphs()), format, output)

    def _around(self, resource: Any, graphs: Sequence[Any]) -> Iterator[Any]:
        if str(resource).startswith("<"):  # a blank node has no name that could be sent
            text = self._parts["around"].bind({"thing": str(resource)})
            yield from self._solve(text, default=[graph.value for graph in graphs if graph is not None])

    def _solve(self, text: str, default: Sequence[str] = (), named: Sequence[str] = (), union: bool = True, base: str = "") -> Any:
        super()._solve(text, default, named, union, base)  # over nothing: finds what is wrong with the text, and where
        self._stay_sure()
        seen = scan(text)
        dataset: dict[str, Any] = {}
        if default or named:
            dataset = {"default-graph-uri": list(default) or [NO_GRAPH], "named-graph-uri": list(named) or [NO_GRAPH]}
        elif not self._is_union and not seen.has_dataset:
            dataset = {"default-graph-uri": list(self._sizes), "named-graph-uri": list(self._sizes)}
        is_graph = seen.form in ("CONSTRUCT", "DESCRIBE")
        whole = f"BASE <{base}> {text}" if base else text
        return self._read(read_triples if is_graph else read_solutions, whole, TRIPLES if is_graph else ROWS, dataset)

    def _read(self, parse: Any, text: str, accept: str, dataset: Mapping[str, Any] | None = None) -> Any:
        body = self._ask(text, accept, dataset)
        with self._reading():
            return self._told(read_triples(body, body.media_type)) if parse is read_triples else parse(body)

    def _told(self, found: Iterator[Any]) -> Iterator[Any]:
        with self._reading():
            yield from found

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (SyntaxError, ValueError) as error:
            raise StoreFailed(f"The store at {self._endpoint.address} gave no answer that can be read: {error}.", "See its log.") from error

    def _ask(self, text: str, accept: str, dataset: Mapping[str, Any] | None = None) -> Body:
        return self._endpoint.read("POST", accept=accept, form={"query": text, **(dataset or {})})

    def _stay_sure(self) -> None:
        if time.monotonic() - self._looked > LOOK_SECONDS:
            with self._lock:
                if time.monotonic() - self._looked > LOOK_SECONDS:
                    self.look()
