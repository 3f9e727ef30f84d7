"""Named queries: /queries lists them, /queries/{name} runs one with its typed parameters."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from kg import Graph
from kg.export.csv_injection import neutralise
from kg.namespaces import DOC, ID, LANGUAGES
from kg.source import files
from kg.source.query_files import Param, Query, read_all
from kg.store.oxigraph import Cell, Rows, read_rows
from kg.workers.answers import Answer, Spool, spooled

from ..deps import Lang, Limit, Offset, TheGraph, page
from ..http import query_response
from ..http.concurrency import LOOKUP, bulkheads_of
from ..http.negotiation import check_choice, check_given, choose, known_parameters, parameter, read_language
from .models import Page, QueryInfo, QueryParam, QueryResult

router = APIRouter(tags=["named queries"])
_OWN = {"lang", "format"}
_MEDIA = {"json": "application/json", "csv": "text/csv"}
# Parameters of every query, described here: FastAPI takes long over a hundred routes that it has to read them from.
_COMMON = [
    parameter("lang", "Language of names and places: en or ja; else Accept-Language decides.", enum=list(LANGUAGES)),
    parameter("format", "Instead of Accept.", enum=list(_MEDIA)),
]


def info(query: Query, lang: str) -> dict[str, Any]:
    """A query's header in a language."""
    ja = lang == "ja"
    params = [
        QueryParam(name=p.name, type=p.type, kinds=list(p.kinds), about=(p.about_ja if ja else "") or p.about, default=p.default)
        for p in query.params
    ]
    title, answers = (query.title_ja or query.title, query.answers_ja or query.answers) if ja else (query.title, query.answers)
    return {"name": query.name, "title": title, "answers": answers, "params": params, "sparql": query.text}


@router.get("/queries", summary="All named queries", dependencies=[Depends(known_parameters), LOOKUP])
def queries(request: Request, graph: TheGraph, lang: Lang, limit: Limit = 100, offset: Offset = 0) -> Page[QueryInfo]:
    """What can be asked by name: the question each query answers, its parameters with their defaults, its SPARQL."""
    return Page[QueryInfo](**page(request, [info(query, lang) for query in graph.queries.values()], limit, offset))


async def _run(request: Request, graph: Graph, query: Query) -> Response:
    lang, format = read_language(request, request.query_params.get("lang")), request.query_params.get("format")
    check_given(request, {param.name for param in query.params} | _OWN)
    values: dict[str, object] = {key: value for key, value in request.query_params.items() if key not in _OWN}
    if any(param.name == "lang" for param in query.params):
        values["lang"] = lang
    lookups = bulkheads_of(request).lookups
    text = await lookups.run(graph.text_of, query, values)
    if format is not None:
        check_choice("format", format, _MEDIA)
    answer = await answer_of(request, text)
    if answer is None:
        return Response(status_code=499)
    wanted = _MEDIA[format] if format else choose(request.headers.get("accept"), _MEDIA.values())
    return await lookups.run(_written, request, answer, wanted or "", query.name, info(query, lang)["title"], text)


def _written(request: Request, answer: Answer, wanted: str, name: str, title: str, text: str) -> Response:
    rows = rows_in(answer)

    def write(spool: Spool) -> None:
        if wanted == "text/csv":
            spool.write(as_csv(rows).encode())
            return
        plain_rows = [{key: plain(value) for key, value in row.items()} for row in rows]
        found = QueryResult(name=name, title=title, columns=rows.columns, rows=plain_rows, sparql=text)
        spool.write(found.model_dump_json().encode())

    media = wanted if wanted == "text/csv" else "application/json"
    return query_response.sent(spooled(query_response.spools_of(request), write, media), media, {"Vary": "Accept, Accept-Language"})


async def answer_of(request: Request, text: str) -> Answer | None:
    """The answer of a named query, within the limits of a free one; None where the client hung up. Raises Busy, LimitReached."""
    pool = request.app.state.pool
    return await query_response.answer(request, pool, await query_response.prepare(request, pool, text, ours=True))


def rows_in(answer: Answer) -> Rows:
    """The rows of an answer, which takes a while where it is large."""
    return read_rows(b"".join(answer.chunks()))


def _described(param: Param) -> dict[str, Any]:
    """A query's parameter as OpenAPI has it."""
    schema: dict[str, dict[str, Any]] = {
        "integer": {"type": "integer", "minimum": -999_999_999, "maximum": 999_999_999},
        "date": {"type": "string", "format": "date"},
        "lang": {"type": "string", "enum": list(LANGUAGES)},
    }
    about = param.about + (
        f" A slug or IRI of: {', '.join(param.kinds)}." if param.kinds else " A slug, kind/slug or IRI." if param.type == "iri" else ""
    )
    default = {} if param.default == "UNDEF" else {"default": _written_as(param)}
    return {
        "name": param.name,
        "in": "query",
        "required": False,
        "description": about,
        "schema": {**schema.get(param.type, {"type": "string"}), **default},
    }


def _written_as(param: Param) -> str | int:
    """A parameter's default as a client would write it: a number, a day, a word, kind/slug of a thing, or the path of a document."""
    text = param.default.split("^^")[0].strip('<>"')
    if param.type == "integer":
        return int(text)
    return text.removeprefix(ID).removeprefix(DOC)


def _add(query: Query) -> None:
    """A route of its own for a named query, so that its parameters stand typed in the OpenAPI document."""

    async def run(request: Request) -> Any:
        graph = request.app.state.graph
        return await _run(request, graph, graph.query(query.name))

    router.add_api_route(
        f"/queries/{query.name}",
        run,
        summary=query.title,
        description=f"{query.answers}\n\n{query.answers_ja}\n\nRows as JSON, or as CSV with `format=csv` or an Accept header for text/csv.",
        operation_id=f"query-{query.name}",
        response_model=QueryResult,
        responses={200: {"content": {"text/csv": {}}}},
        openapi_extra={"parameters": [*(_described(param) for param in query.params if param.name != "lang"), *_COMMON]},
    )


for _query in read_all(files.root() / "queries").values():
    _add(_query)


@router.get("/queries/{name}", include_in_schema=False, dependencies=[LOOKUP])
def unknown_query(graph: TheGraph, name: str) -> None:
    """Any other name: the error names the nearest queries."""
    graph.query(name)


def plain(cell: Cell) -> str | int | float | bool | None:
    """A cell as JSON has it: a decimal becomes a number."""
    if isinstance(cell, Decimal):
        return int(cell) if cell == int(cell) else float(cell)
    return cell


def as_csv(rows: Rows) -> str:
    """Rows as CSV for people, see ``kg.export.csv_injection``; what is missing is an empty cell."""
    held = io.StringIO()
    writer = csv.DictWriter(held, rows.columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: neutralise(plain(value)) for key, value in row.items()} for row in rows)
    return held.getvalue()
