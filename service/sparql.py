"""SPARQL 1.1 at /sparql: read-only, in processes that can be killed, within limits that say so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from kg import BadParameter, BadQuery
from kg.pool import Answer, QueryPool
from kg.results import MEDIA_TYPES

from .negotiation import check_names, choose
from .problems import problem

router = APIRouter()
BODY_MOST = 1_000_000
GRAPH_TYPES = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
    "trig": "application/trig",
    "nquads": "application/n-quads",
}
_NAMES = ("query", "default-graph-uri", "named-graph-uri", "format")
_ROW_ACCEPTS = {
    **{media: name for name, media in MEDIA_TYPES.items()},
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
_GRAPH_ACCEPTS = {media: name for name, media in GRAPH_TYPES.items()}


@dataclass(frozen=True)
class Asked:
    """A query as the protocol carries it."""

    query: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    format: str | None


@router.get(
    "/sparql", summary="SPARQL query", responses={200: {"content": {media: {} for media in (*MEDIA_TYPES.values(), *GRAPH_TYPES.values())}}}
)
async def sparql_get(request: Request) -> Response:
    """Run a query given as `?query=`. The default graph is the union of all documents; each document is a named graph.

    For example `/sparql?query=SELECT * WHERE { ?s ?p ?o } LIMIT 3`. Updates and SERVICE are refused. Where the answer was cut at the
    row limit, the header `Lode-Truncated` says so.
    """
    return await _run(request, _from_pairs(request.query_params.multi_items()))


@router.post(
    "/sparql", summary="SPARQL query", responses={200: {"content": {media: {} for media in (*MEDIA_TYPES.values(), *GRAPH_TYPES.values())}}}
)
async def sparql_post(request: Request) -> Response:
    """Run a query sent as a form (`query=`) or as the body with type `application/sparql-query`."""
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media not in ("application/x-www-form-urlencoded", "application/sparql-query"):
        return problem(
            415,
            "Unsupported media type",
            f"The body is “{media or 'of no type'}”.",
            advice="Send application/sparql-query, or a form with query=.",
        )
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MOST:
            return problem(413, "Body too large", f"The body has more than {BODY_MOST:,} bytes.", advice="Send a shorter query.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadQuery("The body is not UTF-8.", "Send UTF-8.") from None
    if media == "application/sparql-query":
        return await _run(request, _from_pairs([*request.query_params.multi_items(), ("query", text)]))
    from urllib.parse import parse_qsl

    return await _run(request, _from_pairs(parse_qsl(text, keep_blank_values=True)))


def _from_pairs(pairs: list[tuple[str, str]]) -> Asked:
    if any(name == "update" for name, _ in pairs):
        raise BadQuery("Updates are refused: this endpoint only reads.", "Send query= with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    check_names((name for name, _ in pairs), _NAMES)
    queries = [value for name, value in pairs if name == "query"]
    if len(queries) != 1:
        raise BadParameter(f"query is given {len(queries)} times.", "Give it once.", parameter="query")
    formats = [value for name, value in pairs if name == "format"]
    chosen = {name: tuple(value for key, value in pairs if key == name) for name in _NAMES[1:3]}
    return Asked(queries[0], chosen["default-graph-uri"], chosen["named-graph-uri"], formats[0] if formats else None)


async def _run(request: Request, asked: Asked) -> Response:
    pool: QueryPool = request.app.state.pool
    rows, graph = _formats(request, asked.format)
    try:
        future = pool.submit(asked.query, rows=rows, graph=graph, default=asked.default, named=asked.named)
    except RuntimeError:
        return problem(503, "Busy", "The service is stopping.", {"Retry-After": "5"})
    waiting = asyncio.ensure_future(asyncio.wrap_future(future))
    while not waiting.done():
        await asyncio.wait([waiting], timeout=0.25)
        if not waiting.done() and await request.is_disconnected():
            future.cancel()
            return Response(status_code=499)
    waiting.cancelled() or waiting.exception()  # seen here, told by answer_of
    answer: Answer = await run_in_threadpool(pool.answer_of, future)
    return _respond(answer, pool)


def _respond(answer: Answer, pool: QueryPool) -> Response:
    media = GRAPH_TYPES[answer.format] if answer.is_graph else MEDIA_TYPES[answer.format]
    headers: dict[str, Any] = {"Vary": "Accept"}
    if answer.cut:
        headers["Lode-Truncated"] = f"rows; limit={pool.limits.rows}"
    return Response(answer.body, headers=headers, media_type=media if "json" in media or "xml" in media else f"{media}; charset=utf-8")


def _formats(request: Request, format: str | None) -> tuple[str, str]:
    """Format for rows and for graphs: from ``format``, else from Accept; where nothing fits, the default."""
    if format is not None:
        check_names([format], [*MEDIA_TYPES, *GRAPH_TYPES])
        return (format, "turtle") if format in MEDIA_TYPES else ("json", format)
    accept = request.headers.get("accept")
    rows, graph = choose(accept, _ROW_ACCEPTS), choose(accept, _GRAPH_ACCEPTS)
    return _ROW_ACCEPTS[rows or "application/sparql-results+json"], _GRAPH_ACCEPTS[graph or "text/turtle"]
