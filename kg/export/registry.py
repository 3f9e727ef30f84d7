"""The graph, or what surrounds one thing, as a file for another tool.

    kg.export.registry.write(graph, "gexf", center="dysprosium", depth=2)

``start`` and ``end`` are days, YYYY-MM-DD. ``end`` is the first day after the last, except in GEXF, Mermaid and the words of pictures,
which show the last day. ``share`` is in percent; ``share_bound`` says whether it is exact or a lower bound. ``weight`` is for drawing
only: the share, but at least 1, and 1 where no share is stated. Knows the network of ``kg.network.graphs`` and the formats;
knows nothing of the web.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import IO, TYPE_CHECKING

from ..errors import BadParameter, shown
from ..graph.graph import Graph, unknown
from ..layout.elements import Drawing, draw
from ..namespaces import KINDS, ONTOLOGY, Iri, kind_of
from ..network.graphs import network
from . import dot_mermaid, json_formats, rdf
from . import tables as export_tables
from .geojson import geojson
from .graphml_gexf import gexf, graphml, graphml_yed
from .html_page import html
from .selection import Choice
from .svg import png, svg

if TYPE_CHECKING:
    import networkx as nx

MAX_DEPTH = 4
CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"  # of a part of a format


@dataclass(frozen=True)
class Format:
    """A file format: its media type, its file extension without dot, what it is for, and its writer, which is one of three.

    ``write`` makes a file of a drawing; ``tables`` makes two, which are given together as an archive; ``save`` writes what is chosen of a
    graph piece by piece.
    """

    media_type: str
    extension: str
    description: str
    write: Callable[[Drawing], bytes] | None = None
    tables: Callable[[Drawing], dict[str, bytes]] | None = None
    save: Callable[[Graph, Choice, IO[bytes]], None] | None = None


def write(graph: Graph, format: str, **options: object) -> bytes:
    """What ``save`` writes, as bytes."""
    held = BytesIO()
    save(graph, format, held, **options)  # type: ignore[arg-type]  # the options of save
    return held.getvalue()


def save(
    graph: Graph,
    format: str,
    output: IO[bytes],
    *,
    center: str | None = None,
    depth: int = 1,
    as_of: datetime.date | None = None,
    kinds: Iterable[str] = (),
    lang: str = "en",
    part: str | None = None,
) -> None:
    """Write the whole network in a format of FORMATS, or what lies within ``depth`` edges (0 to 4) of ``center``.

    ``center`` is a slug, ``kind/slug`` or IRI; ``as_of`` as in ``kg.network.graphs.network``; of ``kinds``, where given, only these are
    kept, and the center; ``lang`` is the language of ``label`` and of places; ``part`` (nodes or edges) picks one of a format's two files.
    The same graph gives the same bytes. Raises UnknownName (format, center, kind) and BadParameter (depth, lang, part, nothing linked,
    too big, a package that is not installed).
    """
    kept = _format(format)
    _check_part(format, part)
    chosen = _chosen(graph, center, depth, as_of, tuple(kinds), lang)
    if kept.save is not None:
        kept.save(graph, chosen, output)
    else:
        names = {kind: graph.label(ONTOLOGY + name, lang) for kind, name in KINDS.items()}
        output.write(_drawn(kept, draw(chosen.net, lang, chosen.about, names), part))


def serialise(net: nx.MultiDiGraph[str], format: str, *, lang: str = "en", about: str = "", part: str | None = None) -> bytes:
    """A network such as ``kg.network.graphs`` gives, as a file of a format that draws.

    Raises UnknownName, and BadParameter where it is too big for the format.
    """
    if format not in DRAWN:
        raise unknown("format", format, DRAWN)
    _check_part(format, part)
    return _drawn(FORMATS[format], draw(net, lang, about), part)


def file_of(format: str, part: str | None = None) -> tuple[str, str]:
    """Media type and extension of the file that a format, or a part of it, gives. Raises UnknownName, BadParameter."""
    kept = _format(format)
    _check_part(format, part)
    if part is None:
        return kept.media_type, kept.extension
    return (PARQUET, "parquet") if format == "parquet" else (CSV, "csv")


def neighbourhood(net: nx.MultiDiGraph[str], center_iri: str, depth: int) -> nx.MultiDiGraph[str]:
    """What lies within ``depth`` edges of a thing, in either direction, with all edges among it. Raises BadParameter."""
    import networkx as nx

    _check_depth(depth)
    if center_iri not in net:
        raise BadParameter(f"Nothing is linked to {center_iri}.", "Name another center, or leave out as_of.", parameter="center")
    near: nx.MultiDiGraph[str] = nx.ego_graph(net, center_iri, radius=depth, undirected=True)
    return near


def _chosen(graph: Graph, center: str | None, depth: int, as_of: datetime.date | None, kinds: tuple[str, ...], lang: str) -> Choice:
    _check_depth(depth)
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("kind", kind, KINDS)
    iri = graph.resolve(center) if center is not None else None
    net = network(graph, as_of, lang)
    if iri is not None:
        net = _lone(graph, iri) if kind_of(iri) == "deposit" else neighbourhood(net, iri, depth)
    if kinds:
        net = net.subgraph(node for node, data in net.nodes(data=True) if data["kind"] in kinds or node == iri)
    about = [f"Lodegraph, data version {graph.version}"]
    about += [f"within {depth} of {iri}"] if iri is not None else []
    about += [f"as of {as_of.isoformat()}"] if as_of else []
    about += [f"only {' '.join(sorted(set(kinds)))}"] if kinds else []
    return Choice(net, ", ".join(about), iri, depth, as_of, kinds, lang)


def _lone(graph: Graph, iri: Iri) -> nx.MultiDiGraph[str]:
    """A deposit, which is no part of the network, by itself."""
    import networkx as nx

    net: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    net.add_node(iri, kind="deposit", label_en=graph.label(iri, "en"), label_ja=graph.label(iri, "ja"))
    return net


def _drawn(kept: Format, drawing: Drawing, part: str | None) -> bytes:
    if kept.write is not None:
        return kept.write(drawing)
    files = kept.tables(drawing) if kept.tables is not None else {}
    if part is None:
        return export_tables.archive(files)
    return next(body for name, body in files.items() if name.startswith(f"{part}."))


def _format(format: str) -> Format:
    if format not in FORMATS:
        raise unknown("format", format, FORMATS)
    return FORMATS[format]


def _check_depth(depth: int) -> None:
    if not 0 <= depth <= MAX_DEPTH:
        raise BadParameter(f"depth is {depth}.", f"It must be from 0 to {MAX_DEPTH}.", parameter="depth")


def _check_part(format: str, part: str | None) -> None:
    if part is None:
        return
    if part not in export_tables.PARTS:
        raise BadParameter(f"part is “{shown(part)}”.", f"It must be one of {', '.join(export_tables.PARTS)}.", parameter="part")
    if FORMATS[format].tables is None:
        tables = ", ".join(name for name, kept in FORMATS.items() if kept.tables)
        raise BadParameter(f"The format {format} has no part.", f"Leave it out; parts have: {tables}.", parameter="part")


_JSON, _ZIP = "application/json", "application/zip"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_rdf = {name: partial(rdf.save, name) for name in rdf.MEDIA_TYPES}

FORMATS = {
    "graphml": Format("application/graphml+xml", "graphml", "GraphML, for Gephi, Cytoscape, igraph and NetworkX", graphml),
    "graphml-yed": Format("application/graphml+xml", "graphml", "GraphML with boxes, labels and places, for yEd", graphml_yed),
    "gexf": Format("application/gexf+xml", "gexf", "GEXF 1.3 with a time line, for Gephi; ends are last days", gexf),
    "dot": Format("text/vnd.graphviz", "dot", "DOT, for Graphviz", dot_mermaid.dot),
    "cyjs": Format(_JSON, "cyjs", "Cytoscape JSON, for Cytoscape and Cytoscape.js", json_formats.cyjs),
    "cx2": Format(_JSON, "cx2", "CX2, for Cytoscape and NDEx", json_formats.cx2),
    "json": Format(_JSON, "json", "Node-link JSON with links, for D3", json_formats.d3),
    "json-networkx": Format(_JSON, "json", "Node-link JSON with edges, for NetworkX", json_formats.networkx),
    "mermaid": Format("text/vnd.mermaid", "mmd", "Mermaid flowchart, for Obsidian and GitHub; up to 450 edges", dot_mermaid.mermaid),
    "csv-gephi": Format(_ZIP, "zip", "Two CSV files, for Gephi", tables=export_tables.gephi),
    "csv-neo4j": Format(_ZIP, "zip", "Two CSV files, for Neo4j's import", tables=export_tables.neo4j),
    "xlsx": Format(_SHEETS, "xlsx", "A workbook, for Excel and LibreOffice", export_tables.excel),
    "xlsx-kumu": Format(_SHEETS, "xlsx", "A workbook, for Kumu", export_tables.kumu),
    "parquet": Format(_ZIP, "zip", "Two Parquet files, for DuckDB, pandas and R", tables=export_tables.parquet),
    "svg": Format("image/svg+xml", "svg", "A picture in columns, for reports and browsers", svg),
    "png": Format("image/png", "png", "The same picture, for slides", png),
    "html": Format("text/html", "html", "One page with the picture, to search and to zoom", html),
    "turtle": Format("text/turtle", "ttl", "RDF, Turtle", save=_rdf["turtle"]),
    "trig": Format("application/trig", "trig", "RDF with a graph for each document, TriG", save=_rdf["trig"]),
    "nquads": Format("application/n-quads", "nq", "RDF with a graph for each document, N-Quads", save=_rdf["nquads"]),
    "ntriples": Format("application/n-triples", "nt", "RDF, N-Triples", save=_rdf["ntriples"]),
    "jsonld": Format("application/ld+json", "jsonld", "RDF, JSON-LD; around a center, one tree that hangs on it", save=_rdf["jsonld"]),
    "rdfxml": Format("application/rdf+xml", "rdf", "RDF/XML, for Protégé", save=_rdf["rdfxml"]),
    "owl": Format("application/rdf+xml", "owl", "The ontology with its codes alone, RDF/XML, for Protégé", save=rdf.ontology),
    "geojson": Format("application/geo+json", "geojson", "Deposits with their places, for QGIS and maps", save=geojson),
}
DRAWN = tuple(name for name, kept in FORMATS.items() if kept.save is None)
