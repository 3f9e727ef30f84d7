"""The rows of a SPARQL answer as a table for a browser."""

from __future__ import annotations

import datetime
import json
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from kg.terms import BASE

from ..negotiation import language
from .frame import Page
from .tables import NO_DATA, Cell, Table


def table_page(request: Request, query: str, body: bytes, cut: bool, headers: dict[str, str]) -> Response:
    """The rows of a SPARQL answer (JSON) as a table for a browser."""
    told = json.loads(body)
    page = Page(request, request.app.state.graph, language(request, None), datetime.datetime.now(datetime.UTC).date(), False)
    columns = told["head"].get("vars", [])
    rows = [
        {name: _cell(page, row[name]) if name in row else Cell("–", absence=NO_DATA) for name in columns}
        for row in told.get("results", {}).get("bindings", [])
    ]
    table = Table("rows", page.say("Rows", "結果"), [(name, name) for name in columns], rows)
    answer = page.answer("sparql-answer.html", "SPARQL", query=query, table=table, boolean=told.get("boolean"), cut=cut)
    answer.headers.update(headers)
    return answer


def _cell(page: Page, term: dict[str, Any]) -> Cell:
    value = str(term["value"])
    if term["type"] == "uri" and value.startswith(BASE):
        return Cell(value.removeprefix(BASE), value, page.of(value))
    return Cell(value, value)
