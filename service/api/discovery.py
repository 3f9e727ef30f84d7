"""What the endpoint says of itself: VoID, example queries, prefixes, the JSON-LD context; and each graph by the Graph Store Protocol."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from kg import BadParameter
from kg.graph.graph import unknown
from kg.namespaces import PREFIXES
from kg.publish import dataset_description
from kg.source import files
from kg.store.oxigraph import DEFAULT_GRAPH
from kg.workers.answers import spooled

from ..deps import TheGraph
from ..http.concurrency import LOOKUP, WHOLE
from ..http.negotiation import check_choice, choose, known_parameters, media_types, one_of, parameter
from ..http.query_response import sent, spools_of
from ..http.sparql_request import ALIASES, GRAPH_TYPES
from .sparql import described, endpoint, service_description

router = APIRouter(tags=["discovery"], dependencies=[Depends(known_parameters)])
_TRIPLE_FORMATS = ("turtle", "ntriples", "jsonld", "rdfxml")
Format = Annotated[str | None, one_of(GRAPH_TYPES), Query(description="Instead of Accept.", examples=["turtle"])]
_RDF = media_types(*GRAPH_TYPES.values())


@router.get("/.well-known/void", dependencies=[LOOKUP], summary="The dataset described (VoID)", response_class=Response, responses=_RDF)
def void(request: Request, graph: TheGraph, format: Format = None) -> Response:
    """The dataset as VoID, with its graphs, classes, properties and counts, and the SPARQL service description."""
    return service_description(request, graph, _read(format, GRAPH_TYPES))


@router.get(
    "/.well-known/sparql-examples",
    dependencies=[LOOKUP],
    summary="Example queries (SHACL executables)",
    response_class=Response,
    responses=_RDF,
)
def examples(request: Request, graph: TheGraph, format: Format = None) -> Response:
    """Every named query as `sh:SPARQLExecutable`, with the question it answers in both languages."""
    told = dataset_description.examples(graph, endpoint(request)) if request.app.state.ours else []
    return described(request, graph.store.describe, told, _read(format, GRAPH_TYPES))


def _read(format: str | None, kept: Iterable[str]) -> str | None:
    """Our name of the format asked for. Raises BadParameter where it is not one of those kept."""
    if format is not None:
        format = ALIASES.get(format.lower(), format)
        check_choice("format", format, kept)
    return format


@router.get("/sparql/prefixes", summary="Prefixes used here")
async def prefixes() -> dict[str, str]:
    """Prefixes and their namespaces."""
    return PREFIXES


@router.get("/context.jsonld", summary="JSON-LD context", response_class=Response, responses=media_types("application/ld+json"))
async def context() -> Response:
    """The JSON-LD context of the ontology."""
    return JSONResponse(_context(), media_type="application/ld+json")


@cache
def _context() -> dict[str, object]:
    found: dict[str, object] = json.loads((files.root() / "ontology" / "context.jsonld").read_text(encoding="utf-8"))
    return found


@router.get(
    "/graphs",
    dependencies=[WHOLE],
    summary="One graph whole (Graph Store Protocol)",
    response_class=Response,
    responses=media_types("application/json", *(GRAPH_TYPES[format] for format in _TRIPLE_FORMATS)),
    openapi_extra={
        "parameters": [
            parameter("graph", "IRI of a named graph.", format="iri"),
            {**parameter("default", "Its presence asks for the default graph; it has no value."), "allowEmptyValue": True},
            parameter("format", "Instead of Accept.", enum=list(_TRIPLE_FORMATS)),
        ]
    },
)
def graphs(request: Request, graph: TheGraph) -> Response:
    """`/graphs?graph=IRI` gives one named graph, `/graphs?default` the union of all; `/graphs` lists them. By Accept or `format=`."""
    given = request.query_params
    format = _read(given.get("format"), _TRIPLE_FORMATS)
    if "graph" in given and "default" in given:
        raise BadParameter("Both graph and default are given.", "Give one of them.", parameter="graph")
    if "graph" not in given and "default" not in given:
        return JSONResponse({"graphs": graph.store.graphs()})
    name = given.get("graph")
    if name is not None and name not in graph.store.graphs():
        raise unknown("graph", name, graph.store.graphs())
    kept = {GRAPH_TYPES[format]: format for format in _TRIPLE_FORMATS}
    chosen = format or kept[choose(request.headers.get("accept"), kept) or "text/turtle"]
    wanted = name if request.app.state.ours else name or DEFAULT_GRAPH
    answer = spooled(spools_of(request), lambda spool: graph.store.dump(chosen, spool, wanted), chosen)
    return sent(answer, GRAPH_TYPES[chosen], {"Vary": "Accept"})
