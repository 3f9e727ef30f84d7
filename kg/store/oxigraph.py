"""The triple store: the one file that knows pyoxigraph. Rows come out as plain Python values.

IRIs become ``Iri``; numbers ``int`` or ``Decimal``; booleans ``bool``; every other literal ``str``; unbound ``None``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ..deadline import check, checked
from ..errors import BadFacts, StoreGone
from ..namespaces import ONTOLOGY, PREFIXES, RDFS, SKOS, XSD, Iri
from ..source import rdf_guard
from ..sparql.guard import Scan, described, explain
from .result_writer import CARRIAGE_RETURN, Escaped, Sink, in_thread
from .values import Cell, Output, Row, Rows, Text, Triple, Typed, read_literal

RDF_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
ENGINE = f"pyoxigraph {ox.__version__}"
DEFAULT_GRAPH = ""  # in the place of a graph's name: the triples that stand in no named graph
RESULT_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}


class Store:
    """A dataset in memory, or a built one on disk opened read-only."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._store = ox.Store.read_only(str(path)) if path else ox.Store()

    @classmethod
    def create(cls, path: Path) -> Store:
        """A new empty store on disk, open for writing; call ``finish`` when all is loaded."""
        store = cls()
        store._store = ox.Store(str(path))
        return store

    def finish(self) -> None:
        """Compact a store on disk for reading and have it written."""
        self._store.optimize()
        self._store.flush()

    def load(self, path: Path, graph: str) -> int:
        """Add one Turtle file to a named graph; the graph's IRI is the base. Returns its triples. Raises BadFacts with file and line."""
        rdf_guard.check(path, "turtle")
        try:
            name, read = ox.NamedNode(graph), ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=graph)
            quads = [ox.Quad(q.subject, q.predicate, q.object, name) for q in read]
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None)
            place, said = f"{path.name}, line {line}" if line else path.name, getattr(error, "msg", None) or error
            raise BadFacts(f"{place}: {said}", "The file must be valid Turtle.", findings=[place]) from error
        self._store.bulk_extend(quads)
        return len(quads)

    def load_lines(self, lines: Iterable[str], graph: str, *, is_checked: bool = False) -> None:
        """Add N-Triples, given line by line, to a named graph. The engine works outside of Python's global lock.

        ``is_checked``: IRIs and languages are known to be well-formed, and are not looked at again.
        """
        triples = "".join(lines).encode()
        form, name = ox.RdfFormat.N_TRIPLES, ox.NamedNode(graph)
        self._store.bulk_load(triples, form, to_graph=name, lenient=is_checked)

    def load_quads(self, quads: bytes, *, is_checked: bool = False) -> None:
        """Add N-Quads; as ``load_lines``."""
        self._store.bulk_load(quads, ox.RdfFormat.N_QUADS, lenient=is_checked)

    def subjects(self) -> set[str]:
        """IRIs of which something is said."""
        return {q.subject.value for q in self._store if isinstance(q.subject, ox.NamedNode)}

    def construct_into(self, text: str, graph: str) -> int:
        """Add what a CONSTRUCT query yields, and no graph holds yet, to a named graph; returns how many triples that is."""
        name = ox.NamedNode(graph)
        new = {t for t in self._solve(text) if next(self._store.quads_for_pattern(t.subject, t.predicate, t.object, None), None) is None}
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object, name) for t in new)
        return len(new)

    def copy_to(self, path: Path) -> None:
        """Write everything to a new store on disk."""
        quads = BytesIO()
        self._dump_all("nquads", quads)
        target = Store.create(path)
        target.load_quads(quads.getvalue(), is_checked=True)
        target.finish()

    def query(self, text: str) -> Rows:
        """Rows of a SELECT over all graphs taken together. Raises BadQuery, Busy."""
        check()
        return _rows(self._solve(text))

    def ask(self, text: str, **dataset: Any) -> bool:
        """Answer of an ASK. Raises BadQuery."""
        return bool(self._solve(text, **dataset))

    def write_rows(self, text: str, format: str, output: Output, **dataset: Any) -> None:
        """Serialise a SELECT in a format of RESULT_FORMATS, in the engine. For ``dataset`` see ``_solve``. Raises BadQuery."""
        self._solve(text, **dataset).serialize(output, format=RESULT_FORMATS[format])

    def has_more(self, text: str, most: int, **dataset: Any) -> bool:
        """Whether a SELECT has more rows than ``most``."""
        return next(islice(self._solve(text, **dataset), most, None), None) is not None

    def write_graph(self, seen: Scan, text: str, format: str, output: Output, most: int, **dataset: Any) -> tuple[int, bool]:
        """Serialise a CONSTRUCT or DESCRIBE in a format of RDF_FORMATS, at most ``most`` triples; how many, and whether there are more.

        Raises BadQuery.
        """
        found = self._described(text, **dataset) if seen.form == "DESCRIBE" else self._solve(text, **dataset)
        triples: dict[Any, None] = {}
        for triple in found:
            triples[triple] = None
            if len(triples) > most:
                triples.popitem()
                output.write(self.serialize(triples, format))
                return most, True
        output.write(self.serialize(triples, format))
        return len(triples), False

    def _described(self, text: str, **dataset: Any) -> Iterator[Any]:
        """A symmetric concise bounded description: every triple of the dataset in which a resource stands on either side, blank nodes
        followed."""
        list(islice(self._solve(text, **dataset), 1))  # the engine checks what is asked
        wanted, named = described(text)
        graphs = [*map(ox.NamedNode, (*dataset.get("default", ()), *dataset.get("named", ())))]
        if named and not graphs:
            graphs = list(next(iter(self._solve(named, base=dataset.get("base", "")))))
        known: set[Any] = set()
        for solution in self._solve(wanted, **dataset):
            queue = [term for term in solution if isinstance(term, ox.NamedNode | ox.BlankNode) and term not in known]
            known.update(queue)
            while queue:
                resource = queue.pop()
                for triple in self._around(resource, graphs or [None]):
                    yield triple
                    for other in (triple.subject, triple.object):
                        if isinstance(other, ox.BlankNode) and other not in known:
                            known.add(other)
                            queue.append(other)

    def _around(self, resource: Any, graphs: Sequence[Any]) -> Iterator[Any]:
        """Triples in which a resource is subject or object, in these graphs; None stands for all graphs."""
        for graph in graphs:
            for ends in ((resource, None), (None, resource)):
                yield from (quad.triple for quad in self._store.quads_for_pattern(ends[0], None, ends[1], graph))

    @in_thread
    def construct(self, text: str, format: str) -> bytes:
        """What a CONSTRUCT yields, serialised in a format of RDF_FORMATS. Raises BadQuery."""
        return self.serialize(sorted(checked(self._solve(text)), key=str), format)

    def describe(self, triples: Iterable[Triple], format: str) -> bytes:
        """Triples given as plain values (subjects and properties are IRIs) in a format of RDF_FORMATS."""
        return self.serialize([ox.Triple(ox.NamedNode(s), ox.NamedNode(p), _term(o)) for s, p, o in triples], format)

    def serialize(self, triples: Iterable[Any], format: str) -> bytes:
        """Triples of this engine in a format of RDF_FORMATS."""
        body = bytes(ox.serialize(triples, format=RDF_FORMATS[format], prefixes=_prefixes(format)) or b"")
        return body.replace(b"\r", CARRIAGE_RETURN) if format == "rdfxml" else body

    @in_thread
    def dump(self, format: str, output: Output, graph: str | None = None) -> None:
        """Write all graphs (quads), or one graph (triples; DEFAULT_GRAPH for what stands in none), in a format of RDF_FORMATS."""
        sink: Any = Sink(Escaped(output) if format == "rdfxml" else output)
        if graph is None and RDF_FORMATS[format].supports_datasets:
            self._dump_all(format, sink)
        else:
            ox.serialize(sink.reading(self.triples(graph)), sink, RDF_FORMATS[format], prefixes=_prefixes(format))

    def triples(self, graph: str | None = None) -> Iterator[Any]:
        """Triples of this engine of one graph, or of all, as they are read; the text of each is its N-Triples without the full stop."""
        name = None if graph is None else ox.DefaultGraph() if graph == DEFAULT_GRAPH else ox.NamedNode(graph)
        return (quad.triple for quad in checked(self._store.quads_for_pattern(None, None, None, name)))

    def quads_of(self, subjects: Collection[str]) -> Iterator[tuple[str, Any]]:
        """Every triple of this engine whose subject is one of these IRIs, with the name of its graph."""
        for subject in checked(sorted(subjects)):
            for quad in self._store.quads_for_pattern(ox.NamedNode(subject), None, None, None):
                yield getattr(quad.graph_name, "value", DEFAULT_GRAPH), quad.triple

    def _dump_all(self, format: str, output: Any) -> None:
        self._store.dump(output, RDF_FORMATS[format], prefixes=_prefixes(format))

    def look(self) -> None:
        """See that the store is there for processes that will open it. Raises StoreGone."""
        if self.path and not self.path.exists():
            raise StoreGone(f"{self.path} is gone.", "Start the service again: it is built anew.")

    def graphs(self) -> list[str]:
        """IRIs of the named graphs."""
        return sorted(g.value for g in self._store.named_graphs() if isinstance(g, ox.NamedNode))

    def __len__(self) -> int:
        return len(self._store)

    def _solve(self, text: str, default: Sequence[str] = (), named: Sequence[str] = (), union: bool = True, base: str = "") -> Any:
        """The engine's result. ``default`` and ``named`` are the dataset where given; else ``union`` makes all graphs the default graph."""
        options: dict[str, Any] = {"use_default_graph_as_union": union}
        if default or named:
            options = {"default_graph": [ox.NamedNode(g) for g in default], "named_graphs": [ox.NamedNode(g) for g in named]}
        try:
            return self._store.query(text, base_iri=base or None, **options)
        except (SyntaxError, ValueError) as error:
            raise explain(text, str(error)) from error


def bulk_load(files: Mapping[Path, str], folder: Path) -> None:
    """Make a store of files by their formats, triples in the default graph. Raises BadFacts for a file that is not of its format."""
    store = ox.Store(str(folder))
    for path, format in files.items():
        rdf_guard.check(path, format)
        try:
            store.bulk_load(path=str(path), format=RDF_FORMATS[format], base_iri=path.resolve().as_uri())
        except (SyntaxError, ValueError) as error:
            raise BadFacts(f"{path.name}: {error}", f"The file must be valid {format}.", findings=[str(path)]) from error
    store.optimize()
    store.flush()


def term(value: str | int, datatype: str = "iri") -> str:
    """A value as a serialised RDF term: ``iri``, ``string``, or the local name of an XSD datatype. Raises ValueError for a bad IRI."""
    if datatype == "iri":
        return str(ox.NamedNode(str(value)))
    if datatype == "string":
        return str(ox.Literal(str(value)))
    return str(ox.Literal(str(value), datatype=ox.NamedNode(XSD + datatype)))


def read_solutions(source: Any) -> Any:
    """Rows, or the truth of an ASK, from SPARQL JSON (bytes, or a file that is read as it arrives). Raises SyntaxError, ValueError."""
    return ox.parse_query_results(source, format=ox.QueryResultsFormat.JSON)


def read_rows(source: Any) -> Rows:
    """Rows from SPARQL JSON; for ``source`` see ``read_solutions``. Raises SyntaxError, ValueError."""
    return _rows(read_solutions(source))


@in_thread
def _rows(solutions: Any) -> Rows:
    names = [v.value for v in solutions.variables]
    found = checked(solutions)
    return Rows(names, ({name: _cell(term) for name, term in zip(names, solution, strict=True)} for solution in found))


def read_triples(source: Any, media_type: str) -> Iterator[Any]:
    """Triples from a file that is read as they arrive. Raises SyntaxError, and ValueError for a media type that is not RDF."""
    format = ox.RdfFormat.from_media_type(media_type)
    if format is None:
        raise ValueError(f"“{media_type}” is not RDF")
    return (quad.triple for quad in ox.parse(source, format=format))


def write_quads(graphs: Iterable[tuple[str, Iterable[Any]]], format: str, output: Output) -> None:
    """Write graphs, each a name with its triples, in a format of RDF_FORMATS that has quads."""
    quads = (ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(name)) for name, triples in graphs for t in triples)
    sink: Any = Sink(output)
    ox.serialize(sink.reading(quads), sink, RDF_FORMATS[format], prefixes=_prefixes(format))


def iterate_quads(path: Path, graph: str) -> Iterator[tuple[str, str, str]]:
    """Subject, predicate and object of each triple of a file as text, for messages that must name the file."""
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=graph):
        yield tuple(x.value if isinstance(x, ox.NamedNode) else str(x) for x in (quad.subject, quad.predicate, quad.object))  # type: ignore[misc]  # three parts


def iterate_names(path: Path, graph: str) -> Iterator[tuple[str, str, str, bool]]:
    """Subject, text and language of each label, other name, ISO code and symbol in a Turtle file, and whether it is the label."""
    naming = {f"{RDFS}label", f"{SKOS}altLabel", f"{ONTOLOGY}iso3", f"{ONTOLOGY}symbol"}
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=graph):
        if quad.predicate.value in naming and isinstance(quad.object, ox.Literal) and isinstance(quad.subject, ox.NamedNode):
            is_label = quad.predicate.value.endswith("#label")
            yield quad.subject.value, quad.object.value, quad.object.language or "", is_label


def _prefixes(format: str) -> dict[str, str] | None:
    return PREFIXES if format in ("turtle", "trig", "rdfxml") else None


def _term(value: Cell | Text | Typed) -> Any:
    if isinstance(value, Iri):
        return ox.NamedNode(value)
    if isinstance(value, Text):
        return ox.Literal(value.text, language=value.language)
    if isinstance(value, Typed):
        return ox.Literal(value.text, datatype=ox.NamedNode(XSD + value.datatype))
    return ox.Literal(value if isinstance(value, bool | int | float) else str(value))


def _cell(value: Any) -> Cell:
    if value is None:
        return None
    if isinstance(value, ox.NamedNode):
        return Iri(value.value)
    if isinstance(value, ox.Literal):
        return read_literal(value.value, value.datatype.value.removeprefix(XSD))
    return str(value)


# fmt: off
__all__ = [
    "DEFAULT_GRAPH", "ENGINE", "RDF_FORMATS", "RESULT_FORMATS", "Cell", "Output", "Row", "Rows", "Store", "Text",
    "Triple", "iterate_names", "iterate_quads", "read_rows", "read_solutions", "read_triples", "term", "write_quads",
]
# fmt: on
