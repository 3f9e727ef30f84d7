"""The SPARQL page of a browser: a text to write in, examples, what went wrong with the line shown, and the answer with its formats.

Works without scripts. Knows how an answer is shown; runs nothing.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from kg import LodeError
from kg.namespaces import BASE, PREFIXES
from kg.store.result_writer import MEDIA_TYPES

from ..http import problems
from ..http.negotiation import prefers_page, read_language
from .page import Page
from .tables import NO_DATA, Cell, Table

OWN = ("lang", "as_of", "edit")  # what the page's address carries beside the protocol's parameters
EDIT, RUN = "text", "run"  # values of ``edit``: show the text only; run it and show graphs on the page too
EXAMPLES = (
    "minerals", "measures-in-force", "over-dependent-minerals", "export-quotas", "restriction-levels", "production", "imports",
    "coverage", "dispute-chain", "timeline", "cause-chain", "conflicts", "documents",
)  # fmt: skip
FIRST = 'SELECT ?mineral ?label WHERE {\n  ?mineral a lode:Mineral ; rdfs:label ?label .\n  FILTER(LANG(?label) = "%s")\n} LIMIT 20\n'
_MARKS = {"turtle": "Turtle", "ntriples": "N-Triples", "jsonld": "JSON-LD", "rdfxml": "RDF/XML"}


def wants_editor(request: Request) -> bool:
    """Whether a request by address without a query, or one that asks to edit, comes from a browser."""
    given = request.query_params
    if given.get("query", "").strip() and given.get("edit") != EDIT:
        return False
    return given.get("format") == "html" if given.get("format") else prefers_page(request.scope)


def keeps_graph_here(request: Request) -> bool:
    """Whether the answer of CONSTRUCT is to be shown on the page."""
    return request.query_params.get("edit") == RUN


def editor(request: Request, **values: Any) -> Response:
    """The page with what is asked; ``values`` are an answer or a problem to show."""
    page = _page(request)
    graph = request.app.state.graph
    prefixes = "\n".join(f"PREFIX {name}: <{space}>" for name, space in PREFIXES.items() if name in ("lode", "rdfs", "skos", "xsd", "id"))
    query = request.query_params.get("query") or values.get("query") or f"{prefixes}\n\n{FIRST % page.lang}"
    told: dict[str, Any] = {"problem": None, "table": None, "boolean": None, "text": None, "cut": False, **values, "query": query}
    examples = [
        (
            graph.queries[name].title_ja if page.ja else graph.queries[name].title,
            page.to("/sparql", query=graph.queries[name].text, edit=EDIT),
        )
        for name in (EXAMPLES if request.app.state.ours else ())
    ]
    limits = request.app.state.pool.limits
    status = int(told["problem"]["status"]) if told["problem"] else 200
    return page.answer(
        "sparql.html", "SPARQL", status=status, examples=examples, prefixes=PREFIXES, limits=limits, ways=_ways(page, query, told), **told
    )


def _page(request: Request) -> Page:
    given = request.query_params.get("as_of")
    try:
        day = datetime.date.fromisoformat(given) if given else None
    except ValueError:
        day = None
    today = datetime.datetime.now(datetime.UTC).date()
    return Page(request, request.app.state.graph, read_language(request, request.query_params.get("lang")), day or today, day is not None)


def _ways(page: Page, query: str, told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same query in other formats."""
    names = {} if told["problem"] else _MARKS if told["text"] is not None else {name: name.upper() for name in MEDIA_TYPES}
    if told["table"] is None and told["boolean"] is None and told["text"] is None:
        return []
    pairs = [(name, value) for name, value in page.request.query_params.multi_items() if name in ("default-graph-uri", "named-graph-uri")]
    return [(label, f"/sparql?{urlencode([('query', query), *pairs, ('format', name)])}") for name, label in names.items()]


def refused(request: Request, query: str, error: LodeError) -> Response:
    """The editor with what was wrong, the line of the text where that is, and the text kept."""
    answer = problems.of(error)
    problem = json.loads(bytes(answer.body))
    lines = query.splitlines()
    at = int(problem.get("line") or 0)
    shown = [(number, lines[number - 1]) for number in range(max(1, at - 1), min(len(lines), at + 1) + 1)] if at else []
    page = editor(request, query=query, problem=problem, lines=shown)
    page.headers.update({name: value for name, value in answer.headers.items() if name == "retry-after"})
    return page


def table_page(request: Request, query: str, body: bytes, cut: bool, headers: Mapping[str, str]) -> Response:
    """The rows or the truth of a SPARQL answer (JSON) as a page."""
    told = json.loads(body)
    page = _page(request)
    columns = told["head"].get("vars", [])
    rows = [
        {name: _cell(page, row[name]) if name in row else Cell("–", absence=NO_DATA) for name in columns}
        for row in told.get("results", {}).get("bindings", [])
    ]
    boolean = told.get("boolean")
    table = None if boolean is not None else Table("rows", page.say("Answer", "回答"), [(name, name) for name in columns], rows)
    answer = editor(request, query=query, table=table, boolean=boolean, cut=cut)
    answer.headers.update(headers)
    return answer


def graph_page(request: Request, query: str, body: bytes, cut: bool, headers: Mapping[str, str]) -> Response:
    """The triples of a SPARQL answer (Turtle) as text on the page."""
    answer = editor(request, query=query, text=body.decode("utf-8"), cut=cut)
    answer.headers.update(headers)
    return answer


def _cell(page: Page, term: dict[str, Any]) -> Cell:
    value = str(term["value"])
    if term["type"] == "uri" and value.startswith(BASE):
        return Cell(value.removeprefix(BASE), value, page.of(value))
    return Cell(value, value)
