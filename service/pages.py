"""Plain server-rendered pages: the start page with search and the minerals, and the page of one thing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from kg import lookup
from kg.network import LOOKED_UP
from kg.terms import BASE, KINDS

from .lookups import PLURALS, Lang, TheGraph
from .negotiation import check_given, language

router = APIRouter()
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
)
CSP = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


def render(request: Request, template: str, lang: str, **values: Any) -> HTMLResponse:
    """A page in a language."""
    other = "en" if lang == "ja" else "ja"
    switch = request.url.include_query_params(lang=other)
    body = _templates.get_template(template).render(
        lang=lang,
        ja=lang == "ja",
        other=other,
        switch=f"{switch.path}?{switch.query}",
        path_of=lambda iri: "/" + str(iri).removeprefix(BASE),
        label_of=lambda iri: request.app.state.graph.label(iri, lang),
        **values,
    )
    return HTMLResponse(body, headers={"Content-Security-Policy": CSP, "Vary": "Accept, Accept-Language", "Content-Language": lang})


@router.get("/", include_in_schema=False)
def start(request: Request, graph: TheGraph, lang: Lang, q: str = "") -> HTMLResponse:
    """Search, the minerals, and links to everything else."""
    check_given(request, ("q", "lang"))
    found = lookup.search(graph, q[:200], lang) if q.strip() else []
    minerals = lookup.things(graph, "mineral", lang=lang)
    kinds = {kind: lookup.things(graph, kind, lang=lang) for kind in KINDS if kind not in ("mineral", *LOOKED_UP)}
    names = {kind: graph.label(f"{BASE}ontology#{name}", lang) for kind, name in KINDS.items()}
    return render(request, "start.html", lang, q=q, found=found, minerals=minerals, kinds=kinds, names=names, plurals=PLURALS)


def table_page(request: Request, query: str, body: bytes, cut: bool, headers: dict[str, str]) -> HTMLResponse:
    """The rows of a SPARQL answer (JSON) as a table for a browser."""
    told = json.loads(body)
    lang = language(request, None)
    columns = told["head"].get("vars", [])
    rows = [[row.get(column) for column in columns] for row in told.get("results", {}).get("bindings", [])]
    page = render(request, "table.html", lang, query=query, columns=columns, rows=rows, boolean=told.get("boolean"), cut=cut)
    page.headers.update(headers)
    return page
