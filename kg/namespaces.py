"""Names: namespaces, kinds of thing, and the way between slugs and IRIs. Knows nothing of stores or files."""

from __future__ import annotations

BASE = "https://w3id.org/lodegraph/"
ONTOLOGY = BASE + "ontology#"
ID = BASE + "id/"
DOC = BASE + "doc/"
CODE = BASE + "code/"
INFERRED = BASE + "graph/inferred"
FIGURES = BASE + "graph/figures"  # figures that are computed at build, and the headlines chosen among them
STATES = BASE + "graph/states"  # what is derived at build from statements: states of measures, coverage
PUSHED = BASE + "graph/pushed"  # in a remote store: which data it holds, graph by graph

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"

LANGUAGES = ("en", "ja")

PREFIXES = {
    "lode": ONTOLOGY,
    "id": ID,
    "doc": DOC,
    "code": CODE,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "xsd": XSD,
    "dcterms": DCTERMS,
    "prov": PROV,
    "owl": "http://www.w3.org/2002/07/owl#",
    "sh": "http://www.w3.org/ns/shacl#",
    "schema": "https://schema.org/",
}

# The kinds of thing that have an IRI under /id/, each with its class.
KINDS = {
    "mineral": "Mineral",
    "material": "Material",
    "component": "Component",
    "product": "Product",
    "country": "Country",
    "bloc": "Bloc",
    "region": "Region",
    "organisation": "Organisation",
    "measure": "Measure",
    "dispute": "Dispute",
    "pillar": "Pillar",
    "line": "PolicyLine",
    "programme": "Programme",
    "stockpile": "Stockpile",
    "project": "Project",
    "deposit": "Deposit",
    "event": "Event",
    "condition": "Condition",
    "document": "Document",
    "list": "MineralList",
}


class Iri(str):
    """An IRI, told from text by its type."""

    __slots__ = ()


def iri_of(kind: str, slug: str) -> Iri:
    """IRI of a thing from its kind and slug; sources are of kind ``doc``."""
    return Iri(f"{DOC}{slug}" if kind == "doc" else f"{ID}{kind}/{slug}")


def kind_of(iri: str) -> str:
    """Kind in an IRI of this graph (``doc`` for a source), or an empty string."""
    if iri.startswith(ID):
        return iri[len(ID) :].split("/", 1)[0]
    return "doc" if iri.startswith(DOC) and "#" not in iri else ""


def slug_of(iri: str) -> str:
    """Slug in an IRI of this graph: what follows the kind, or the document's path."""
    if iri.startswith(ID):
        return iri[len(ID) :].partition("/")[2]
    if iri.startswith(DOC):
        return iri[len(DOC) :]
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def compact(iri: str) -> str:
    """Local name of a property or class of a known namespace, else the IRI itself."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            local = iri[len(namespace) :]
            return local if prefix == "lode" else f"{prefix}:{local}"
    return iri
