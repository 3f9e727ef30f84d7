"""The dataset described in RDF: SPARQL service description, VoID with partitions, the named queries as SHACL executables.

Knows the graph; the addresses come from outside.
"""

from __future__ import annotations

from urllib.parse import quote

from ..graph.graph import Graph
from ..namespaces import BASE, FIGURES, INFERRED, RDF, RDFS, STATES, Iri
from ..store.oxigraph import RDF_FORMATS, Text, Triple
from ..store.result_writer import MEDIA_TYPES

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
SH = "http://www.w3.org/ns/shacl#"
FORMATS = "http://www.w3.org/ns/formats/"
DCTERMS = "http://purl.org/dc/terms/"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
QUERY = BASE + "query/"
HERE = BASE + "sparql"  # where no service runs

_ROW_NAMES = {"json": "SPARQL_Results_JSON", "xml": "SPARQL_Results_XML", "csv": "SPARQL_Results_CSV", "tsv": "SPARQL_Results_TSV"}
_GRAPH_NAMES = {"turtle": "Turtle", "ntriples": "N-Triples", "nquads": "N-Quads", "trig": "TriG", "rdfxml": "RDF_XML", "jsonld": "JSON-LD"}

# What stands in the named graphs that are no document.
COMMENTS = {
    INFERRED: "What the rules infer; no document states it in this form.",
    STATES: "States of measures and coverage by pillars, derived from what documents tell.",
    FIGURES: "Figures of risk computed when the graph was built, and the headlines chosen among them; each names its series.",
}


def service(graph: Graph, endpoint: str, union_default: bool = True) -> list[Triple]:
    """SPARQL 1.1 service description of an endpoint, with the dataset as VoID: its graphs, classes and properties with their counts.

    Where the default graph is the union of all graphs (``union_default``), this says so, and it is our own graph; else some other dataset.
    """
    here, data, union = Iri(endpoint), Iri(f"{endpoint}#dataset"), Iri(f"{endpoint}#default-graph")
    found: list[Triple] = [
        (here, RDF + "type", Iri(SD + "Service")),
        (here, SD + "endpoint", here),
        (here, SD + "supportedLanguage", Iri(SD + "SPARQL11Query")),
        *([(here, SD + "feature", Iri(SD + "UnionDefaultGraph"))] if union_default else []),
        (here, SD + "defaultDataset", data),
        (data, RDF + "type", Iri(SD + "Dataset")),
        (data, RDF + "type", Iri(VOID + "Dataset")),
        (data, SD + "defaultGraph", union),
        (union, RDF + "type", Iri(SD + "Graph")),
        (data, DCTERMS + "identifier", graph.version),
        (data, VOID + "sparqlEndpoint", here),
        *(_about_ours(data) if union_default else []),
    ]
    names = [_ROW_NAMES[name] for name in MEDIA_TYPES] + [_GRAPH_NAMES[name] for name in RDF_FORMATS]
    found += [(here, SD + "resultFormat", Iri(FORMATS + name)) for name in names]
    for row in graph.part("graph-sizes"):
        name = Iri(str(row["graph"]))
        tail = quote(name, safe="")
        entry, held = Iri(f"{endpoint}#named-{tail}"), Iri(f"{endpoint}#graph-{tail}")
        found += [
            (data, SD + "namedGraph", entry),
            (entry, RDF + "type", Iri(SD + "NamedGraph")),
            (entry, SD + "name", name),
            (entry, SD + "graph", held),
            (held, RDF + "type", Iri(SD + "Graph")),
            (held, VOID + "triples", row["triples"]),
        ]
        if name in COMMENTS:
            found.append((held, RDFS + "comment", Text(COMMENTS[name], "en")))
    return found + partitions(graph, data, union, union_default)


def _about_ours(data: Iri) -> list[Triple]:
    return [
        (data, DCTERMS + "title", Text("Lodegraph", "en")),
        (data, DCTERMS + "license", Iri(LICENCE)),
        (data, VOID + "uriSpace", BASE),
        (data, VOID + "exampleResource", Iri(BASE + "id/mineral/tungsten")),
        (data, VOID + "vocabulary", Iri(BASE + "ontology")),
    ]


def partitions(graph: Graph, data: Iri, default: Iri | None = None, union: bool = True) -> list[Triple]:
    """The classes and properties of a dataset with their counts, and its size; that of its default graph too where it has an IRI."""
    found: list[Triple] = []
    for kind, part in (("class", "classPartition"), ("property", "propertyPartition")):
        for row in graph.part(f"{kind}-sizes"):
            name = Iri(str(row[kind]))
            entry = Iri(f"{data}-{kind}-{quote(name, safe='')}")
            count = "entities" if kind == "class" else "triples"
            found += [(data, VOID + part, entry), (entry, VOID + kind, name), (entry, VOID + count, row["count"])]
    named = sum(int(str(row["triples"])) for row in graph.part("graph-sizes"))
    total = named if union else len(graph.store)
    found.append((data, VOID + "triples", total))
    return [*found, (default, VOID + "triples", total if union else total - named)] if default else found


def examples(graph: Graph, endpoint: str) -> list[Triple]:
    """The named queries as ``sh:SPARQLExecutable``, each with the question it answers in both languages and its text."""
    found: list[Triple] = []
    for query in graph.queries.values():
        here = Iri(QUERY + query.name)
        found += [
            (here, RDF + "type", Iri(SH + "SPARQLExecutable")),
            (here, RDF + "type", Iri(SH + "SPARQLSelectExecutable")),
            (here, RDFS + "label", Text(query.title, "en")),
            (here, RDFS + "label", Text(query.title_ja, "ja")),
            (here, RDFS + "comment", Text(query.answers, "en")),
            (here, RDFS + "comment", Text(query.answers_ja, "ja")),
            (here, SH + "select", query.text),
            (here, "https://schema.org/target", Iri(endpoint)),
        ]
    return found
