"""Linked data: every thing and source at its own IRI's path, as HTML, Turtle, JSON-LD, N-Triples or RDF/XML."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from kg import Graph
from kg.graph import unknown
from kg.terms import BASE, KINDS, kind_of, slug_of

from .lookups import Lang, TheGraph
from .negotiation import check_choice, check_given, choose, media_types, one_of
from .pages import things
from .pages.frame import PATHS, page_at

router = APIRouter(tags=["linked data"])
FORMATS = {
    "html": "text/html",
    "turtle": "text/turtle",
    "jsonld": "application/ld+json",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
}
_MEDIA = {media: name for name, media in FORMATS.items()}
Kind = Annotated[str, one_of(KINDS)]
Format = Annotated[str | None, one_of(FORMATS), Query(description="Instead of Accept.", examples=["turtle"])]
_ANSWERS = media_types(*_MEDIA)
_OF_THINGS = {**_ANSWERS, 303: {"description": "The page of the thing, for who wants HTML."}}


@router.get("/id/{kind}/{slug}", summary="A thing as linked data", response_class=Response, responses=_OF_THINGS)
def thing(request: Request, graph: TheGraph, kind: Kind, slug: str, lang: Lang, format: Format = None) -> Response:
    """What the graph says of a thing, with every statement about it, in the format that Accept (or `format=`) asks for."""
    if kind not in KINDS:
        raise unknown("kind", kind, KINDS)
    return _answer(request, graph, graph.resolve(slug, [kind]), lang, format)


@router.get("/doc/{slug:path}", summary="A source document as linked data", response_class=Response, responses=_OF_THINGS)
def source(request: Request, graph: TheGraph, slug: str, lang: Lang, format: Format = None) -> Response:
    """A source document: in RDF its whole named graph, in HTML all that it says, in its order."""
    return _answer(request, graph, graph.resolve(slug, ["doc"]), lang, format)


@router.get("/ontology", summary="The ontology", response_class=Response, responses=_ANSWERS)
def ontology(request: Request, graph: TheGraph, lang: Lang, format: Format = None) -> Response:
    """Classes, properties and codes with their definitions: in RDF the ontology's graph, in HTML its documentation."""
    chosen = _choose(request, format)
    if chosen != "html":
        return _graph(graph, BASE + "ontology", chosen)
    terms: dict[str, list[dict[str, object]]] = {"class": [], "property": [], "code": []}
    for row in graph.part("terms", lang=lang):
        terms[str(row["kind"])].append({**row, "name": slug_of(str(row["term"]))})
    titles = (
        {"class": "種類", "property": "性質", "code": "コード"}
        if lang == "ja"
        else {"class": "Classes", "property": "Properties", "code": "Codes"}
    )
    page = page_at(request, graph, lang)
    shown: dict[str, Any] = {"terms": terms, "titles": titles, "formats": [name for name in FORMATS if name != "html"]}
    return page.answer("ontology.html", page.say("The ontology", "オントロジー"), **shown)


@router.get("/code/{path:path}", include_in_schema=False)
def code(request: Request, graph: TheGraph, path: str, format: Format = None) -> Response:
    """A code of a scheme."""
    iri = BASE + "code/" + path
    if iri not in graph.names:
        raise unknown("code", path, (name[len(BASE) + 5 :] for name in graph.names if name.startswith(BASE + "code/")))
    return _described(graph, iri, _choose(request, format, without_html=True))


def _choose(request: Request, format: str | None, without_html: bool = False) -> str:
    check_given(request, ("lang", "format"))
    offered = {media: name for media, name in _MEDIA.items() if not (without_html and name == "html")}
    if format is not None:
        check_choice("format", format, offered.values())
        return format
    # A client that names no type it prefers gets Turtle; a browser names HTML.
    found = choose(request.headers.get("accept") or "text/turtle", offered)
    return offered[found] if found else "turtle"


def _answer(request: Request, graph: Graph, iri: str, lang: str, format: str | None) -> Response:
    chosen = _choose(request, format)
    if chosen == "html":
        page = page_at(request, graph, lang)
        return (
            RedirectResponse(page.of(iri), 303, {"Vary": "Accept, Accept-Language"}) if kind_of(iri) in PATHS else things.shown(page, iri)
        )
    return _graph(graph, iri, chosen) if iri.startswith(BASE + "doc/") else _described(graph, iri, chosen)


def _described(graph: Graph, iri: str, format: str) -> Response:
    body = graph.store.construct(graph.text_of(graph.parts["description"], {"thing": iri}), format)
    return _response(body, format)


def _graph(graph: Graph, iri: str, format: str) -> Response:
    import io

    held = io.BytesIO()
    graph.store.dump(format, held, iri)
    return _response(held.getvalue(), format)


def _response(body: bytes, format: str) -> Response:
    media = FORMATS[format]
    return Response(
        body,
        media_type=media if "json" in media or "xml" in media else f"{media}; charset=utf-8",
        headers={"Vary": "Accept, Accept-Language"},
    )
