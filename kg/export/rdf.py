"""RDF of what is chosen of a graph. Of the whole, all statements; else those that make up the network chosen, and their documents.

Chosen are: what is said of the center; of each node what leads to no thing outside the choice; the statement behind each edge; where it
stands, and the document. Codes are named by their IRIs alone. Knows the store's triples and the formats.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import IO, Any

from ..errors import BadParameter
from ..graph.graph import Graph
from ..namespaces import BASE, DOC, ID, INFERRED, ONTOLOGY, STATES
from ..store.oxigraph import write_quads
from ..store.result_writer import in_thread
from . import jsonld
from .selection import Choice

MEDIA_TYPES = ("turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml")
QUADS = ("trig", "nquads")
PLACE = f"{ONTOLOGY}place"

Quad = tuple[str, Any]  # a graph's IRI, and a triple of the engine


@in_thread
def save(format: str, graph: Graph, choice: Choice, output: IO[bytes]) -> None:
    """Write what is chosen in a format of MEDIA_TYPES: with the graph of each statement where the format has graphs."""
    if choice.is_whole:
        return graph.store.dump(format, output)
    quads = sorted(_quads(graph, choice), key=lambda quad: (quad[0], str(quad[1])))
    if format in QUADS:
        named: dict[str, list[Any]] = {}
        for name, triple in quads:
            named.setdefault(name, []).append(triple)
        write_quads(named.items(), format, output)
        return None
    triples = sorted({triple for _, triple in quads}, key=str)
    if format == "jsonld":
        jsonld.save(triples, choice.center, output)
    else:
        output.write(graph.store.serialize(triples, format))
    return None


def ontology(graph: Graph, choice: Choice, output: IO[bytes]) -> None:
    """Write the ontology and its codes as RDF/XML. Raises BadParameter where something is to be chosen of it."""
    if not choice.is_whole:
        raise BadParameter("The ontology is given whole.", "Leave out center, as_of and kinds.", parameter="format")
    triples = {triple for name in (f"{BASE}ontology", f"{BASE}code") for triple in graph.store.triples(name)}
    output.write(graph.store.serialize(sorted(triples, key=str), "rdfxml"))


def _quads(graph: Graph, choice: Choice) -> Iterator[Quad]:
    nodes = set(choice.net)
    edges = list(choice.net.edges(data=True))
    held = {(source, str(data["relation"]), target) for source, target, data in edges}
    said = {str(data["statement"]) for *_, data in edges} - nodes
    said |= set(_said_of_center(graph, choice)) - nodes
    documents = {str(data["document"]) for *_, data in edges} - {INFERRED, STATES}
    for name, triple in graph.store.quads_of(nodes):
        if _stays(triple, nodes, held):
            documents.add(name)
            yield name, triple
    places = set()
    for name, triple in graph.store.quads_of(said):
        documents.add(name)
        if triple.predicate.value == PLACE:
            places.add(triple.object.value)
        yield name, triple
    yield from graph.store.quads_of((places | {name for name in documents if name.startswith(DOC)}) - nodes)


def _stays(triple: Any, nodes: Iterable[str], held: set[tuple[str, str, str]]) -> bool:
    """Whether a triple of a node is within the choice: it leads to no thing, or by an edge of the network, or else to a node."""
    target = getattr(triple.object, "value", "")
    if not str(triple.object).startswith(f"<{ID}"):
        return True
    name = triple.predicate.value.removeprefix(ONTOLOGY)
    return target in nodes and (name not in {relation for _, relation, _ in held} or (triple.subject.value, name, target) in held)


def _said_of_center(graph: Graph, choice: Choice) -> Iterator[str]:
    if choice.center is None:
        return
    for row in graph.part("said-of", thing=choice.center):
        first = row["firstDay"]
        if choice.as_of is None or first is None or datetime.date.fromisoformat(str(first)) <= choice.as_of:
            yield str(row["statement"])
