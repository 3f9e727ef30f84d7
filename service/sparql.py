"""SPARQL 1.1 Protocol at /sparql: queries only, in processes that can be killed, within limits that say so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from kg import BadParameter, BadQuery, describe
from kg.pool import QueryPool
from kg.process import Answer, Job
from kg.results import MEDIA_TYPES
from kg.store import Triple

from .lookups import TheGraph
from .negotiation import check_names, choose
from .pages import table_page
from .problems import problem

router = APIRouter(tags=["SPARQL"])
BODY_MOST = 1_000_000
BODY_SECONDS = 10.0
GRAPH_TYPES = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
    "trig": "application/trig",
    "nquads": "application/n-quads",
}
# Names by which clients ask for a format in the address.
ALIASES = {
    **{name: name for name in (*MEDIA_TYPES, *GRAPH_TYPES, "html")},
    **{media: name for name, media in {**MEDIA_TYPES, **GRAPH_TYPES}.items()},
    **{"ttl": "turtle", "n3": "turtle", "nt": "ntriples", "nq": "nquads", "rdf": "rdfxml", "rdf+xml": "rdfxml", "xml+rdf": "rdfxml"},
    **{"json-ld": "jsonld", "sparql-results+json": "json", "sparql-results+xml": "xml", "application/json": "json"},
}
_ROW_ACCEPTS = {
    **{media: name for name, media in MEDIA_TYPES.items()},
    **{"application/json": "json", "text/javascript": "json", "application/xml": "xml", "text/xml": "xml", "text/html": "html"},
}
_GRAPH_ACCEPTS = {
    **{media: name for name, media in GRAPH_TYPES.items()},
    "application/turtle": "turtle",
    "text/n3": "turtle",
    "text/plain": "ntriples",
}
_LISTS = ("default-graph-uri", "named-graph-uri")
_FORMAT_NAMES = ("format", "output", "results")  # SPARQLWrapper sends all three
_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": {media: {} for media in (*MEDIA_TYPES.values(), *GRAPH_TYPES.values())}}}


@dataclass(frozen=True)
class Asked:
    """A query as the protocol carries it; ``query`` is None where none was given."""

    query: str | None
    default: tuple[str, ...]
    named: tuple[str, ...]
    format: str | None


@router.get("/sparql/", include_in_schema=False)
@router.get("/sparql", summary="SPARQL query", responses=_ANSWERS)
async def sparql_get(request: Request, graph: TheGraph) -> Response:
    """Run a query given as `?query=`. The default graph is the union of all documents; each document is a named graph.

    For example `/sparql?query=SELECT * { ?s ?p ?o } LIMIT 3`. Without a query: the service description. Updates and SERVICE are
    refused. Where the answer was cut at the row limit, the header `Lode-Truncated` says so. Formats: by Accept, or
    `format=json|xml|csv|tsv|turtle|...`.
    """
    asked = _from_pairs(request.query_params.multi_items())
    if asked.query is None:
        return described(request, graph.store.describe, describe.service(graph, endpoint(request), request.app.state.ours), asked.format)
    return await _run(request, asked)


@router.post("/sparql/", include_in_schema=False)
@router.post("/sparql", summary="SPARQL query", responses=_ANSWERS)
async def sparql_post(request: Request) -> Response:
    """Run a query sent as a form (`query=`) or as the body with type `application/sparql-query`."""
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media not in ("application/x-www-form-urlencoded", "application/sparql-query") and not (
        media == "" and "query" in request.query_params
    ):
        refused = (
            "Updates are refused: this endpoint only reads."
            if media == "application/sparql-update"
            else f"The body is “{media or 'of no type'}”."
        )
        return problem(415, "Unsupported media type", refused, advice="Send application/sparql-query, or a form with query=.")
    text = await _body(request)
    pairs = request.query_params.multi_items()
    if media == "application/sparql-query":
        pairs = [*pairs, ("query", text)]
    elif media:
        if text and "=" not in text.split("&", maxsplit=1)[0]:
            raise BadQuery("The form has no field query=.", "Send query=... percent-encoded, or the type application/sparql-query.")
        pairs = [*pairs, *parse_qsl(text, keep_blank_values=True)]
    asked = _from_pairs(pairs)
    if asked.query is None:
        raise BadParameter("query is not given.", "Give it once.", parameter="query")
    return await _run(request, asked)


@router.api_route("/sparql", methods=["QUERY"], include_in_schema=False)
async def sparql_query(request: Request) -> Response:
    """The HTTP QUERY method: safe like GET, with the query in the body."""
    return await sparql_post(request)


@router.get("/sparql.{extension}", include_in_schema=False)
async def sparql_as(request: Request, graph: TheGraph, extension: str) -> Response:
    """``/sparql.csv?query=...`` and the like, for clients that cannot set a header."""
    asked = _from_pairs([*request.query_params.multi_items(), ("format", extension)])
    if asked.query is None:
        raise BadParameter("query is not given.", "Give it once.", parameter="query")
    return await _run(request, asked)


def endpoint(request: Request) -> str:
    """Address of the endpoint as the client sees it."""
    return str(request.url_for("sparql_get"))


def described(request: Request, write: Any, triples: list[Triple], format: str | None = None) -> Response:
    """Triples in the RDF format asked for; where nothing fits, Turtle."""
    chosen = format if format in GRAPH_TYPES else _GRAPH_ACCEPTS[choose(request.headers.get("accept"), _GRAPH_ACCEPTS) or "text/turtle"]
    return Response(write(triples, chosen), media_type=_with_charset(GRAPH_TYPES[chosen]), headers={"Vary": "Accept"})


async def _body(request: Request) -> str:
    held = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                held += chunk
                if len(held) > BODY_MOST:
                    raise BadQuery(f"The body has more than {BODY_MOST:,} bytes.", "Send a shorter query.", limit="body")
    except TimeoutError:
        raise BadQuery(f"The body did not arrive within {BODY_SECONDS:g} seconds.", "Send it at once.", limit="body time") from None
    try:
        return held.decode("utf-8")
    except UnicodeDecodeError:
        raise BadQuery("The body is not UTF-8.", "Send UTF-8.") from None


def _from_pairs(pairs: Iterable[tuple[str, str]]) -> Asked:
    given = list(pairs)
    names = [name for name, _ in given]
    if "update" in names or any(name.startswith("using-") for name in names):
        raise BadQuery("Updates are refused: this endpoint only reads.", "Send query= with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    check_names(names, ("query", *_LISTS, *_FORMAT_NAMES))
    queries = [value for name, value in given if name == "query"]
    if len(queries) > 1:
        raise BadParameter(f"query is given {len(queries)} times.", "Give it once.", parameter="query")
    formats = [value for name, value in given if name in _FORMAT_NAMES]
    if formats:
        check_names([formats[-1].lower()], ALIASES)
    default, named = (tuple(value for key, value in given if key == name and value) for name in _LISTS)
    return Asked(queries[0] if queries else None, default, named, ALIASES[formats[-1].lower()] if formats else None)


async def _run(request: Request, asked: Asked) -> Response:
    pool: QueryPool = request.app.state.pool
    rows, graph = _formats(request, asked.format)
    assert asked.query is not None
    inside = "json" if rows == "html" else rows
    job = pool.job(asked.query, rows=inside, graph=graph, default=asked.default, named=asked.named, base=endpoint(request))
    answer = await _wait(request, pool, job)
    if answer is None:
        return Response(status_code=499)
    headers = (
        {"Vary": "Accept, Accept-Language", "Lode-Truncated": f"rows; limit={pool.limits.rows}"}
        if answer.cut
        else {"Vary": "Accept, Accept-Language"}
    )
    if rows == "html" and not answer.is_graph:
        return await run_in_threadpool(table_page, request, asked.query, b"".join(answer.chunks()), answer.cut, headers)
    media = _with_charset(GRAPH_TYPES[answer.format] if answer.is_graph else MEDIA_TYPES[answer.format])
    if answer.spool is None:
        return Response(answer.body, headers=headers, media_type=media)
    return StreamingResponse(answer.chunks(), headers=headers, media_type=media)


async def _wait(request: Request, pool: QueryPool, job: Job) -> Answer | None:
    """The answer of a job, or None where the client hung up, which stops the job."""
    running = asyncio.ensure_future(run_in_threadpool(pool.run, job))
    while True:
        done, _ = await asyncio.wait([running], timeout=0.25)
        if done:
            return running.result()
        if await request.is_disconnected():
            job.cancel()
            await asyncio.wait([running])
            running.cancelled() or running.exception()
            return None


def _with_charset(media: str) -> str:
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _formats(request: Request, format: str | None) -> tuple[str, str]:
    """Format for rows and for graphs: from the address, else from Accept; where nothing fits, the default, which no client chokes on."""
    if format is not None:
        return ("json", format) if format in GRAPH_TYPES else (format, "rdfxml" if format == "xml" else "turtle")
    accept = request.headers.get("accept")
    rows, graph = choose(accept, _ROW_ACCEPTS), choose(accept, _GRAPH_ACCEPTS)
    return _ROW_ACCEPTS[rows or MEDIA_TYPES["json"]], _GRAPH_ACCEPTS[graph or "text/turtle"]
