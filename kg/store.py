"""The triple store: the one file that knows pyoxigraph. Rows come out as plain Python values.

IRIs become ``Iri``; numbers ``int`` or ``Decimal``; booleans ``bool``; every other literal ``str``; unbound ``None``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol

import pyoxigraph as ox

from .answers import Kept
from .errors import BadFacts
from .results import CARRIAGE_RETURN, Escaped
from .scan import Scan, described, explain
from .terms import PREFIXES, XSD, Iri

Cell = Iri | str | int | Decimal | bool | None
Row = dict[str, Cell]


@dataclass(frozen=True)
class Text:
    """Text in a language."""

    text: str
    language: str


Triple = tuple[str, str, Cell | Text]


class Output(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take bytes."""


class Rows(list[Row]):
    """Rows of a SELECT; ``columns`` are its variables, also where there is no row."""

    def __init__(self, columns: list[str], rows: Iterable[Row]) -> None:
        super().__init__(rows)
        self.columns = columns


RDF_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
KEPT_CELLS = 400_000  # of rows that are kept for who asks the same again: about 40 MB
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
        self._store = ox.Store.read_only(str(path)) if path else ox.Store()
        self._kept: Kept[Rows] | None = Kept(KEPT_CELLS, KEPT_CELLS // 2) if path else None

    def load(self, path: Path, graph: str) -> int:
        """Add one Turtle file to a named graph; the graph's IRI is the base. Returns its triples. Raises BadFacts with file and line."""
        try:
            quads = [
                ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(graph))
                for q in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=graph)
            ]
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None)
            place = f"{path.name}, line {line}" if line else path.name
            raise BadFacts(
                f"{place}: {getattr(error, 'msg', None) or error}", "The file must be valid Turtle.", findings=[place]
            ) from error
        self._store.bulk_extend(quads)
        return len(quads)

    def load_file(self, path: Path, format: str) -> None:
        """Add a file of a format of RDF_FORMATS, quads to their graphs, triples to the default graph. Raises BadFacts."""
        try:
            self._store.bulk_load(path=str(path), format=RDF_FORMATS[format], base_iri=path.resolve().as_uri())
        except (SyntaxError, ValueError) as error:
            raise BadFacts(f"{path.name}: {error}", f"The file must be valid {format}.", findings=[str(path)]) from error

    def construct_into(self, text: str, graph: str) -> int:
        """Add what a CONSTRUCT query yields, and no graph holds yet, to a named graph; returns how many triples that is."""
        name = ox.NamedNode(graph)
        new = {t for t in self._solve(text) if next(self._store.quads_for_pattern(t.subject, t.predicate, t.object, None), None) is None}
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object, name) for t in new)
        return len(new)

    def copy_to(self, path: Path) -> None:
        """Write everything to a new store on disk."""
        target = ox.Store(str(path))
        target.bulk_extend(self._store)
        target.optimize()
        target.flush()

    def query(self, text: str) -> Rows:
        """Rows of a SELECT over all graphs taken together; over a built store, what was asked lately is known. Raises BadQuery."""
        if self._kept is None:
            return _rows(self._solve(text))
        rows = self._kept.get(text)
        if rows is None:
            rows = _rows(self._solve(text))
            self._kept.put(text, rows, (len(rows) + 1) * (len(rows.columns) + 1))
        return Rows(rows.columns, map(dict, rows))  # the caller may change them

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
                for quad in self._around(resource, graphs or [None]):
                    yield quad.triple
                    for other in (quad.subject, quad.object):
                        if isinstance(other, ox.BlankNode) and other not in known:
                            known.add(other)
                            queue.append(other)

    def _around(self, resource: Any, graphs: Sequence[Any]) -> Iterator[Any]:
        """Quads in which a resource is subject or object, in these graphs; None stands for all graphs."""
        for graph in graphs:
            yield from self._store.quads_for_pattern(resource, None, None, graph)
            yield from self._store.quads_for_pattern(None, None, resource, graph)

    def construct(self, text: str, format: str) -> bytes:
        """What a CONSTRUCT yields, serialised in a format of RDF_FORMATS. Raises BadQuery."""
        return self.serialize(sorted(self._solve(text), key=str), format)

    def describe(self, triples: Iterable[Triple], format: str) -> bytes:
        """Triples given as plain values (subjects and properties are IRIs) in a format of RDF_FORMATS."""
        return self.serialize([ox.Triple(ox.NamedNode(s), ox.NamedNode(p), _term(o)) for s, p, o in triples], format)

    def serialize(self, triples: Iterable[Any], format: str) -> bytes:
        """Triples of this engine in a format of RDF_FORMATS."""
        body = bytes(ox.serialize(triples, format=RDF_FORMATS[format], prefixes=_prefixes(format)) or b"")
        return body.replace(b"\r", CARRIAGE_RETURN) if format == "rdfxml" else body

    def dump(self, format: str, output: IO[bytes], graph: str | None = None) -> None:
        """Write all graphs (quads), or one graph (triples; DEFAULT_GRAPH for what stands in none), in a format of RDF_FORMATS."""
        kept = RDF_FORMATS[format]
        if graph is not None or not kept.supports_datasets:
            name = None if graph is None else ox.DefaultGraph() if graph == DEFAULT_GRAPH else ox.NamedNode(graph)
            triples = (q.triple for q in self._store.quads_for_pattern(None, None, None, name))
            target: Any = Escaped(output) if format == "rdfxml" else output
            ox.serialize(triples, target, kept, prefixes=_prefixes(format))
        else:
            self._store.dump(output, kept, prefixes=_prefixes(format))

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


def read_rows(body: bytes) -> Rows:
    """The rows of a SELECT's answer in JSON, as ``Store.query`` gives them."""
    return _rows(ox.parse_query_results(body, ox.QueryResultsFormat.JSON))


def _rows(solutions: Any) -> Rows:
    names = [v.value for v in solutions.variables]
    return Rows(names, ({name: _cell(term) for name, term in zip(names, solution, strict=True)} for solution in solutions))


def term(value: str | int, datatype: str = "iri") -> str:
    """A value as a serialised RDF term: ``iri``, ``string``, or the local name of an XSD datatype. Raises ValueError for a bad IRI."""
    if datatype == "iri":
        return str(ox.NamedNode(str(value)))
    if datatype == "string":
        return str(ox.Literal(str(value)))
    return str(ox.Literal(str(value), datatype=ox.NamedNode(XSD + datatype)))


def iterate_quads(path: Path, graph: str) -> Iterator[tuple[str, str, str]]:
    """Subject, predicate and object of each triple of a file as text, for messages that must name the file."""
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=graph):
        yield tuple(x.value if isinstance(x, ox.NamedNode) else str(x) for x in (quad.subject, quad.predicate, quad.object))  # type: ignore[misc]  # three parts


def _prefixes(format: str) -> dict[str, str] | None:
    return PREFIXES if format in ("turtle", "trig", "rdfxml") else None


def _term(value: Cell | Text) -> Any:
    if isinstance(value, Iri):
        return ox.NamedNode(value)
    if isinstance(value, Text):
        return ox.Literal(value.text, language=value.language)
    return ox.Literal(value if isinstance(value, bool | int | float) else str(value))


def _cell(value: Any) -> Cell:  # noqa: PLR0911  # one return a kind of term
    if value is None:
        return None
    if isinstance(value, ox.NamedNode):
        return Iri(value.value)
    if isinstance(value, ox.Literal):
        kind = value.datatype.value.removeprefix(XSD)
        if kind == "integer":
            return int(value.value)
        if kind == "decimal":
            return Decimal(value.value)
        if kind == "boolean":
            return value.value in ("true", "1")
        return value.value
    return str(value)
