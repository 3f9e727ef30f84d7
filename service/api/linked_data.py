"""Linked data: every thing and source at its own IRI's path, as HTML, Turtle, JSON-LD, N-Triples or RDF/XML."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from kg import Graph
from kg.graph.graph import unknown
from kg.namespaces import BASE, KINDS, kind_of, slug_of
from kg.workers.answers import Spool, spooled

from ..deps import Lang, TheGraph
from ..http.concurrency import LOOKUP, bulkheads_of
from ..http.negotiation import check_choice, check_given, choose, media_types, one_of
from ..http.query_response import sent, spools_of
from ..pages import things
from ..pages.page import PATHS, page_at

router = APIRouter(tags=["linked data"])
LARGE = 20_000  # triples: a document with more is read at a place for what reads the whole graph
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


@router.get("/id/{kind}/{slug}", dependencies=[LOOKUP], summary="A thing as linked data", response_class=Response, responses=_OF_THINGS)
def thing(request: Request, graph: TheGraph, kind: Kind, slug: str, lang: Lang, format: Format = None) -> Response:
    """What the graph says of a thing, with every statement about it, in the format that Accept (or `format=`) asks for."""
    if kind not in KINDS:
        raise unknown("kind", kind, KINDS)
    return _answer(request, graph, graph.resolve(slug, [kind]), lang, format)


@router.get("/doc/{slug:path}", summary="A source document as linked data", response_class=Response, responses=_OF_THINGS)
async def source(request: Request, graph: TheGraph, slug: str, lang: Lang, format: Format = None) -> Response:
    """A source document: in RDF its whole named graph, in HTML all that it says, in its order."""
    bulkheads = bulkheads_of(request)
    iri, is_large = await bulkheads.lookups.run(_looked_up, request, graph, slug, format)
    place = bulkheads.whole if is_large else bulkheads.lookups
    return await place.run(_answer, request, graph, iri, lang, format)


def _looked_up(request: Request, graph: Graph, slug: str, format: str | None) -> tuple[str, bool]:
    """A document's IRI, and whether its graph is wanted and large. Raises UnknownName, BadParameter."""
    chosen, iri = _choose(request, format), graph.resolve(slug, ["doc"])
    return iri, chosen != "html" and _is_large(graph, iri)


@router.get("/ontology", dependencies=[LOOKUP], summary="The ontology", response_class=Response, responses=_ANSWERS)
def ontology(request: Request, graph: TheGraph, lang: Lang, format: Format = None) -> Response:
    """Classes, properties and codes with their definitions: in RDF the ontology's graph, in HTML its documentation."""
    chosen = _choose(request, format)
    if chosen != "html":
        return _graph(request, graph, BASE + "ontology", chosen)
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


@router.get("/code/{path:path}", dependencies=[LOOKUP], include_in_schema=False)
def code(request: Request, graph: TheGraph, path: str, format: Format = None) -> Response:
    """A code of a scheme."""
    iri = BASE + "code/" + path
    if iri not in graph.names:
        raise unknown("code", path, (name[len(BASE) + 5 :] for name in graph.names if name.startswith(BASE + "code/")))
    return _described(request, graph, iri, _choose(request, format, without_html=True))


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
    tell = _graph if iri.startswith(BASE + "doc/") else _described
    return tell(request, graph, iri, chosen)


def _is_large(graph: Graph, iri: str) -> bool:
    return next(islice(graph.store.triples(iri), LARGE, None), None) is not None


def _described(request: Request, graph: Graph, iri: str, format: str) -> Response:
    text = graph.text_of(graph.parts["description"], {"thing": iri})
    return _sent(request, format, lambda spool: spool.write(graph.store.construct(text, format)))


def _graph(request: Request, graph: Graph, iri: str, format: str) -> Response:
    return _sent(request, format, lambda spool: graph.store.dump(format, spool, iri))


def _sent(request: Request, format: str, write: Callable[[Spool], object]) -> Response:
    answer, media = spooled(spools_of(request), write, format), FORMATS[format]
    media = media if "json" in media or "xml" in media else f"{media}; charset=utf-8"
    return sent(answer, media, {"Vary": "Accept, Accept-Language"})
