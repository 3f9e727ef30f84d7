"""Named queries: /queries lists them, /queries/{name} runs one with its typed parameters."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from kg.headers import Query
from kg.store import Cell, Rows

from .lookups import Lang, Limit, Offset, TheGraph, page
from .models import Page, QueryInfo, QueryParam, QueryResult
from .negotiation import check_names, choose, known_parameters

router = APIRouter()
_OWN = {"lang", "format"}


def info(query: Query, lang: str) -> dict[str, Any]:
    """A query's header in a language."""
    ja = lang == "ja"
    params = [
        QueryParam(name=p.name, type=p.type, kinds=list(p.kinds), about=(p.about_ja if ja else "") or p.about, default=p.default)
        for p in query.params
    ]
    title, answers = (query.title_ja or query.title, query.answers_ja or query.answers) if ja else (query.title, query.answers)
    return {"name": query.name, "title": title, "answers": answers, "params": params, "sparql": query.text}


@router.get("/queries", summary="All named queries", dependencies=[Depends(known_parameters)])
def queries(request: Request, graph: TheGraph, lang: Lang, limit: Limit = 100, offset: Offset = 0) -> Page[QueryInfo]:
    """What can be asked by name: the question each query answers, its parameters with their defaults, its SPARQL."""
    return Page[QueryInfo](**page(request, [info(query, lang) for query in graph.queries.values()], limit, offset))


@router.get(
    "/queries/{name}",
    summary="Run a named query",
    response_model=QueryResult,
    responses={200: {"content": {"text/csv": {}}}},
)
def run(request: Request, graph: TheGraph, name: str, lang: Lang, format: str | None = None) -> Any:
    """Rows of a named query; its own parameters go into the address, as `/queries/export-quotas?mineral=rare-earths&since=2010`.

    With `format=csv`, or an Accept header for text/csv, the rows come as CSV. Each parameter is listed at `/queries`.
    """
    query = graph.query(name)
    check_names(request.query_params.keys(), {param.name for param in query.params} | _OWN)
    values: dict[str, object] = {key: value for key, value in request.query_params.items() if key not in _OWN}
    if any(param.name == "lang" for param in query.params):
        values["lang"] = lang
    text = graph.text_of(query, values)
    rows = graph.store.query(text)
    check_format = {"csv": "text/csv", "json": "application/json"}
    if format is not None:
        check_names([format], check_format)
    wanted = check_format[format] if format else choose(request.headers.get("accept"), ["application/json", "text/csv"])
    if wanted == "text/csv":
        return Response(as_csv(rows), media_type="text/csv; charset=utf-8", headers={"Vary": "Accept, Accept-Language"})
    described = info(query, lang)
    return QueryResult(
        name=name,
        title=described["title"],
        columns=rows.columns,
        rows=[{key: plain(value) for key, value in row.items()} for row in rows],
        sparql=text,
    )


def plain(cell: Cell) -> str | int | float | bool | None:
    """A cell as JSON has it: a decimal becomes a number."""
    if isinstance(cell, Decimal):
        return int(cell) if cell == int(cell) else float(cell)
    return cell


def as_csv(rows: Rows) -> str:
    """Rows as CSV; what is missing is an empty cell."""
    held = io.StringIO()
    writer = csv.DictWriter(held, rows.columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: "" if value is None else plain(value) for key, value in row.items()} for row in rows)
    return held.getvalue()
