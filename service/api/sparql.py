"""SPARQL 1.1 Protocol at /sparql: queries only, in processes that can be killed, within limits that say so."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kg import Graph, LodeError
from kg.publish import dataset_description
from kg.store.oxigraph import Triple
from kg.store.result_writer import MEDIA_TYPES
from kg.workers.pool import QueryPool

from ..deps import TheGraph
from ..http import query_response
from ..http.concurrency import bulkheads_of
from ..http.negotiation import choose, media_types, one_of, parameter
from ..http.problems import problem
from ..http.sparql_request import DIRECT, FORM, GRAPH_ACCEPTS, GRAPH_TYPES, Asked, Unsupported, formats, from_address, from_body, require
from ..pages import sparql_editor

router = APIRouter(tags=["SPARQL"])
TABLE_ROWS, TABLE_BYTES = 1_000, 1_000_000  # of a page for a browser
_ANSWERS = media_types(*MEDIA_TYPES.values(), *GRAPH_TYPES.values(), "text/html")
_GRAPHS = {"type": "array", "items": {"type": "string", "format": "iri"}}
_DATASET = [
    {**parameter("default-graph-uri", "Graphs that make up the default graph; left out with the next: all."), "schema": _GRAPHS},
    {**parameter("named-graph-uri", "Graphs that GRAPH may name."), "schema": _GRAPHS},
    parameter("format", "Instead of Accept; media types and endings such as ttl do as well.", enum=[*MEDIA_TYPES, *GRAPH_TYPES, "html"]),
]
_BODY = {
    "content": {
        FORM: {"schema": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}},
        DIRECT: {"schema": {"type": "string"}},
    },
    "required": True,
}


@router.get("/sparql/", include_in_schema=False)
@router.get(
    "/sparql",
    summary="SPARQL query",
    response_class=Response,
    responses=_ANSWERS,
    openapi_extra={"parameters": [parameter("query", "Left out: the service description."), *_DATASET]},
)
async def sparql_get(request: Request, graph: TheGraph) -> Response:
    """Run a query given as `?query=`. The default graph is the union of all documents; each document is a named graph.

    For example `/sparql?query=SELECT * { ?s ?p ?o } LIMIT 3`. Without a query: the service description. Updates and SERVICE are
    refused. Where the answer was cut at the row limit, the header `Lode-Truncated` says so. Formats: by Accept, or
    `format=json|xml|csv|tsv|turtle|...`.
    """
    if sparql_editor.wants_editor(request):
        return await bulkheads_of(request).lookups.run(sparql_editor.editor, request)
    asked = from_address(request)
    if asked.query is None:
        return await bulkheads_of(request).lookups.run(service_description, request, graph, asked.format)
    return await _run(request, asked)


@router.post("/sparql/", include_in_schema=False)
@router.post(
    "/sparql",
    summary="SPARQL query in the body",
    response_class=Response,
    responses=_ANSWERS,
    openapi_extra={"parameters": _DATASET, "requestBody": _BODY},
)
async def sparql_post(request: Request) -> Response:
    """Run a query sent as a form (`query=`) or as the body with type `application/sparql-query`."""
    try:
        return await _run(request, await from_body(request))
    except Unsupported as error:
        return problem(415, "Unsupported media type", str(error), advice=f"Send {DIRECT}, or a form with query=, in UTF-8.")


@router.api_route("/sparql/", methods=["QUERY"], include_in_schema=False)
@router.api_route("/sparql", methods=["QUERY"], include_in_schema=False)
async def sparql_query(request: Request) -> Response:
    """The HTTP QUERY method: safe like GET, with the query in the body."""
    return await sparql_post(request)


@router.get(
    "/sparql.{extension}",
    summary="SPARQL query, format in the path",
    response_class=Response,
    responses=_ANSWERS,
    openapi_extra={"parameters": [{**parameter("query", "The query."), "required": True}, *_DATASET[:2]]},
)
async def sparql_as(request: Request, extension: Annotated[str, one_of([*MEDIA_TYPES, *GRAPH_TYPES, "html"])]) -> Response:
    """`/sparql.csv?query=...` and the like, for clients that cannot set a header."""
    return await _run(request, require(from_address(request, ("format", extension))))


def endpoint(request: Request) -> str:
    """Address of the endpoint as the client sees it."""
    return f"{request.base_url}sparql"


def service_description(request: Request, graph: Graph, format: str | None = None) -> Response:
    """What the endpoint says of itself, with its dataset as VoID."""
    return described(request, graph.store.describe, dataset_description.service(graph, endpoint(request), request.app.state.ours), format)


def described(request: Request, write: Any, triples: list[Triple], format: str | None = None) -> Response:
    """Triples in the RDF format asked for; where nothing fits, Turtle."""
    chosen = format if format in GRAPH_TYPES else GRAPH_ACCEPTS[choose(request.headers.get("accept"), GRAPH_ACCEPTS) or "text/turtle"]
    return Response(write(triples, chosen), media_type=_with_charset(GRAPH_TYPES[chosen]), headers={"Vary": "Accept"})


async def _run(request: Request, asked: Asked) -> Response:
    assert asked.query is not None
    rows, graph = formats(request, asked.format)
    if rows != "html":
        return await _answered(request, asked, rows, graph)
    try:
        return await _answered(request, asked, rows, graph)
    except LodeError as error:
        return await bulkheads_of(request).lookups.run(sparql_editor.refused, request, asked.query, error)


async def _answered(request: Request, asked: Asked, rows: str, graph: str) -> Response:
    assert asked.query is not None
    pool: QueryPool = request.app.state.pool
    inside = "json" if rows == "html" else rows
    most = TABLE_ROWS if rows == "html" else pool.limits.rows
    on_page = rows == "html" and sparql_editor.keeps_graph_here(request)
    most_bytes = TABLE_BYTES if rows == "html" else None
    dataset = {"default": asked.default, "named": asked.named}
    job = await query_response.prepare(
        request, pool, asked.query, rows=inside, graph=graph, base=endpoint(request), most=most, size=most_bytes, **dataset
    )
    answer = await query_response.answer(request, pool, job)
    if answer is None:
        return Response(status_code=499)
    headers = {"Vary": "Accept, Accept-Language"}
    if answer.cut:
        headers["Lode-Truncated"] = f"rows; limit={pool.limits.rows if answer.is_graph else min(most, pool.limits.rows)}"
    if answer.cut or job.volatile:
        headers["Cache-Control"] = "no-store"
    if rows == "html" and (on_page or not answer.is_graph):
        show = sparql_editor.graph_page if answer.is_graph else sparql_editor.table_page
        body = b"".join(answer.chunks())
        return await bulkheads_of(request).lookups.run(show, request, asked.query, body, answer.cut, headers)
    return query_response.sent(answer, GRAPH_TYPES[answer.format] if answer.is_graph else MEDIA_TYPES[answer.format], headers)


def _with_charset(media: str) -> str:
    return f"{media}; charset=utf-8" if media.startswith("text/") else media
