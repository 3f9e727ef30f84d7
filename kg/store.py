"""The triple store: the one file that knows pyoxigraph. Rows come out as plain Python values.

IRIs become ``Iri``; numbers ``int`` or ``Decimal``; booleans ``bool``; every other literal ``str``; unbound ``None``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol

import pyoxigraph as ox

from .errors import BadFacts, BadQuery
from .scan import Scan
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
MESSAGE_MOST = 200
RESULT_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_WHERE = re.compile(r"(?:at|line) (\d+)(?:[:,] ?(?:column )?(\d+))?")


class Store:
    """A dataset in memory, or a built one on disk opened read-only."""

    def __init__(self, path: Path | None = None) -> None:
        self._store = ox.Store.read_only(str(path)) if path else ox.Store()

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
        """Rows of a SELECT over all graphs taken together. Raises BadQuery."""
        solutions = self._solve(text)
        names = [v.value for v in solutions.variables]
        return Rows(names, ({name: _cell(term) for name, term in zip(names, solution, strict=True)} for solution in solutions))

    def ask(self, text: str, **dataset: Any) -> bool:
        """Answer of an ASK. Raises BadQuery."""
        return bool(self._solve(text, **dataset))

    def write_rows(self, text: str, format: str, output: Output, **dataset: Any) -> None:
        """Serialise a SELECT in a format of RESULT_FORMATS, in the engine. For ``dataset`` see ``_solve``. Raises BadQuery."""
        self._solve(text, **dataset).serialize(output, format=RESULT_FORMATS[format])

    def has_more(self, text: str, most: int, **dataset: Any) -> bool:
        """Whether a SELECT has more rows than ``most``."""
        return next(islice(self._solve(text, **dataset), most, None), None) is not None

    def write_graph(self, seen: Scan, text: str, format: str, output: Output, most: int, **dataset: Any) -> int:
        """Serialise a CONSTRUCT or DESCRIBE in a format of RDF_FORMATS, at most ``most`` triples; returns how many. Raises BadQuery."""
        found = self._described(seen, text, **dataset) if seen.form == "DESCRIBE" else self._solve(text, **dataset)
        triples = list(dict.fromkeys(islice(found, most)))
        output.write(self.serialize(triples, format))
        return len(triples)

    def _described(self, seen: Scan, text: str, **dataset: Any) -> Iterator[Any]:
        """A symmetric concise bounded description: every triple in which a resource stands on either side, blank nodes followed."""
        list(islice(self._solve(text, **dataset), 1))  # the engine checks what is asked
        queue = [term for term in self._resources(seen, text, **dataset) if not isinstance(term, ox.Literal)]
        known = set(queue)
        while queue:
            resource = queue.pop()
            for subject, object in ((resource, None), (None, resource)):
                for quad in self._store.quads_for_pattern(subject, None, object, None):
                    yield quad.triple
                    other = quad.object if subject is not None else quad.subject
                    if isinstance(other, ox.BlankNode) and other not in known:
                        known.add(other)
                        queue.append(other)

    def _resources(self, seen: Scan, text: str, **dataset: Any) -> list[Any]:
        """What a DESCRIBE names: its IRIs as columns of a SELECT, its variables as they are."""
        before, words, after = text[: seen.form_end - len("DESCRIBE")], text[seen.form_end : seen.body_start], text[seen.body_start :]
        if words.strip() == "*":
            columns = "*"
        else:
            names = words.split()
            columns = " ".join(name if name[0] in "?$" else f"({name} AS ?described{place})" for place, name in enumerate(names))
        solutions = self._solve(f"{before}SELECT DISTINCT {columns} {after if '{' in after else '{}' + after}", **dataset)
        return list(dict.fromkeys(term for solution in solutions for term in solution if term is not None))

    def construct(self, text: str, format: str) -> bytes:
        """What a CONSTRUCT yields, serialised in a format of RDF_FORMATS. Raises BadQuery."""
        return self.serialize(sorted(self._solve(text), key=str), format)

    def describe(self, triples: Iterable[Triple], format: str) -> bytes:
        """Triples given as plain values (subjects and properties are IRIs) in a format of RDF_FORMATS."""
        return self.serialize([ox.Triple(ox.NamedNode(s), ox.NamedNode(p), _term(o)) for s, p, o in triples], format)

    def serialize(self, triples: Iterable[Any], format: str) -> bytes:
        """Triples of this engine in a format of RDF_FORMATS."""
        return bytes(ox.serialize(triples, format=RDF_FORMATS[format], prefixes=_prefixes(format)) or b"")

    def dump(self, format: str, output: IO[bytes], graph: str | None = None) -> None:
        """Write all graphs (quads), or one graph (triples), in a format of RDF_FORMATS."""
        kept = RDF_FORMATS[format]
        if graph is not None or not kept.supports_datasets:
            triples = (q.triple for q in self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph) if graph else None))
            ox.serialize(triples, output, kept, prefixes=_prefixes(format))
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
            raise bad_query(str(error)) from error


def bad_query(message: str) -> BadQuery:
    """The engine's complaint as an error with line and column where it names them."""
    found = _WHERE.search(message)
    extra = {"line": int(found[1]), "column": int(found[2] or 1)} if found else {}
    told = message if len(message) < MESSAGE_MOST else message[:MESSAGE_MOST] + " ..."  # the engine lists all that it would take
    return BadQuery(f"The query cannot be read: {told}.", "See the SPARQL 1.1 query language.", **extra)


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
