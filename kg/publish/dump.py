"""The whole graph as a folder to publish: all statements, their description in VoID and in DCAT, and checksums.

    kg.publish.dump.write(graph, Path("lodegraph-dump"))

The same graph gives the same bytes. Knows the graph and the two vocabularies.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

from ..errors import BadParameter
from ..graph.graph import Graph
from ..namespaces import BASE, DOC, RDF, Iri
from ..store.oxigraph import Text, Triple
from ..store.values import Typed
from .dataset_description import DCTERMS, LICENCE, VOID, partitions

DCAT = "http://www.w3.org/ns/dcat#"
SPDX = "http://spdx.org/rdf/terms#"
IANA = "https://www.iana.org/assignments/media-types/"
DATA, ABOUT = "lodegraph.nq.gz", "void.ttl"
CATALOGUE, SUMS = "dcat.ttl", "SHA256SUMS"
_TITLE = (Text("Lodegraph: a knowledge graph of critical-mineral policy", "en"), Text("Lodegraph：重要鉱物政策の知識グラフ", "ja"))
_ABOUT = (
    Text("Minerals, measures, disputes and responses, each statement with its source, its place there and its date.", "en"),
    Text("鉱種・措置・紛争・対策についての言明。各言明に出典・箇所・時を付す。", "ja"),
)


def write(graph: Graph, folder: Path, address: str | None = None) -> list[Path]:
    """Write DATA, ABOUT, CATALOGUE and SUMS into a folder, which is made; returns their paths.

    ``address`` is where the folder will be found, and ends in a slash; left out, names under our own namespace stand for it. Raises
    BadParameter where it is no such address or the folder is a file.
    """
    base = address or f"{BASE}dump/{graph.version[:12]}/"
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+/", base):
        raise BadParameter(f"address is “{base}”.", "It must be an address of the web that ends in a slash.", parameter="address")
    if folder.exists() and not folder.is_dir():
        raise BadParameter(f"{folder} is a file.", "Name a folder.", parameter="folder")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / DATA).open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        graph.store.dump("nquads", packed)
    (folder / ABOUT).write_bytes(graph.store.describe(_void(graph, base), "turtle"))
    (folder / CATALOGUE).write_bytes(graph.store.describe(_dcat(graph, folder, base), "turtle"))
    names = (DATA, ABOUT, CATALOGUE)
    (folder / SUMS).write_text("".join(f"{_sha256(folder / name)}  {name}\n" for name in names), encoding="utf-8")
    return [folder / name for name in (*names, SUMS)]


def _void(graph: Graph, base: str) -> list[Triple]:
    """The dataset with its graphs, classes and properties, each with its size, and the file that holds it."""
    here, data = Iri(base + ABOUT), Iri(f"{base}{ABOUT}#dataset")
    found: list[Triple] = [
        (here, RDF + "type", Iri(VOID + "DatasetDescription")),
        (here, "http://xmlns.com/foaf/0.1/primaryTopic", data),
        (data, RDF + "type", Iri(VOID + "Dataset")),
        *((data, DCTERMS + "title", title) for title in _TITLE),
        *((data, DCTERMS + "description", about) for about in _ABOUT),
        (data, DCTERMS + "license", Iri(LICENCE)),
        (data, DCTERMS + "identifier", graph.version),
        (data, VOID + "uriSpace", BASE),
        (data, VOID + "vocabulary", Iri(BASE + "ontology")),
        (data, VOID + "exampleResource", Iri(BASE + "id/mineral/tungsten")),
        (data, VOID + "feature", Iri("http://www.w3.org/ns/formats/N-Quads")),
        (data, VOID + "dataDump", Iri(base + DATA)),
    ]
    for row in graph.part("graph-sizes"):
        name = Iri(str(row["graph"]))
        found += [(data, VOID + "subset", name), (name, RDF + "type", Iri(VOID + "Dataset")), (name, VOID + "triples", row["triples"])]
    return found + partitions(graph, data)


def _dcat(graph: Graph, folder: Path, base: str) -> list[Triple]:
    """The dataset with its sources, and each file with its type, size and checksum."""
    data = Iri(f"{base}{CATALOGUE}#dataset")
    found: list[Triple] = [
        (data, RDF + "type", Iri(DCAT + "Dataset")),
        *((data, DCTERMS + "title", title) for title in _TITLE),
        *((data, DCTERMS + "description", about) for about in _ABOUT),
        (data, DCTERMS + "license", Iri(LICENCE)),
        (data, DCTERMS + "identifier", graph.version),
        (data, DCAT + "version", graph.version[:12]),
        *((data, DCTERMS + "language", Iri(f"http://id.loc.gov/vocabulary/iso639-1/{lang}")) for lang in ("en", "ja")),
        *((data, DCTERMS + "source", Iri(name)) for name in graph.store.graphs() if name.startswith(DOC)),
    ]
    for name, media, packed in ((DATA, "application/n-quads", True), (ABOUT, "text/turtle", False)):
        file, sum_ = Iri(f"{base}{CATALOGUE}#{name}"), Iri(f"{base}{CATALOGUE}#sha256-{name}")
        found += [
            (data, DCAT + "distribution", file),
            (file, RDF + "type", Iri(DCAT + "Distribution")),
            (file, DCAT + "downloadURL", Iri(base + name)),
            (file, DCTERMS + "license", Iri(LICENCE)),
            (file, DCAT + "mediaType", Iri(IANA + media)),
            *([(file, DCAT + "compressFormat", Iri(IANA + "application/gzip"))] if packed else []),
            (file, DCAT + "byteSize", Typed(str((folder / name).stat().st_size), "nonNegativeInteger")),
            (file, SPDX + "checksum", sum_),
            (sum_, RDF + "type", Iri(SPDX + "Checksum")),
            (sum_, SPDX + "algorithm", Iri(SPDX + "checksumAlgorithm_sha256")),
            (sum_, SPDX + "checksumValue", Typed(_sha256(folder / name), "hexBinary")),
        ]
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
