"""The frame of every page: which requests want one, its language and day, its addresses, its headers, its tables as CSV.

A page stands at the address of the call whose answer it shows. A request that prefers HTML to JSON gets the page; ``format=json`` gets
the call; ``format=csv&table=NAME`` gets one table of the page.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, params
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.datastructures import QueryParams
from starlette.routing import Match
from starlette.types import Scope

from kg import Graph, __version__
from kg.graph.graph import read_day, unknown
from kg.namespaces import BASE, KINDS, kind_of, slug_of

from ..deps import PLURALS, graph_of
from ..http.concurrency import LOOKUP
from ..http.negotiation import check_choice, check_given, language, prefers_page, read_language
from .tables import NO_DATA, NONE, Cell, Sources, Table

HERE = Path(__file__).resolve().parent.parent
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
FRAME = ("lang", "as_of", "format", "table")
PATHS = {kind: plural for plural, kinds in PLURALS.items() for kind in kinds} | {
    "mineral": "minerals",
    "measure": "measures",
    "doc": "documents",
}
_FORMATS = ("html", "csv")


def wants_page(scope: Scope) -> bool:
    """Whether a request is better answered by a page than by JSON."""
    asked = QueryParams(scope.get("query_string", b"")).get("format")
    return prefers_page(scope) if asked is None else asked in _FORMATS


class PageRoute(APIRoute):
    """A route that is there only for requests that want a page."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As any route, where a page is wanted; that is looked at last, since it takes longest."""
        match, found = super().matches(scope)
        return (match, found) if match is not Match.NONE and wants_page(scope) else (Match.NONE, {})


def router(*, beside_calls: bool = True, place: params.Depends = LOOKUP) -> APIRouter:
    """A router of pages: those that stand beside a call at the same address, or those that stand alone; ``place`` is where they work."""
    return APIRouter(route_class=PageRoute if beside_calls else APIRoute, include_in_schema=False, dependencies=[place])


_templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True)


def static_version() -> str:
    """Changes with the files under ``static``."""
    held = sha256()
    for path in sorted((HERE / "static").iterdir()):
        held.update(path.read_bytes())
    return held.hexdigest()[:10]


_templates.globals |= {"static": static_version(), "version": __version__, "NO_DATA": NO_DATA, "NONE": NONE}


class Page:
    """What a page's maker needs: the graph, the language, the day, its sources, and addresses that keep language and day."""

    def __init__(self, request: Request, graph: Graph, lang: str, day: datetime.date, is_day_given: bool) -> None:
        self.request, self.graph, self.lang, self.day, self.is_day_given = request, graph, lang, day, is_day_given
        self.sources = Sources(graph, lang)

    @property
    def ja(self) -> bool:
        """Whether the page is in Japanese."""
        return self.lang == "ja"

    def say(self, en: str, ja: str) -> str:
        """The text in the page's language."""
        return ja if self.ja else en

    def check(self, *names: str, lists: Sequence[str] = ()) -> None:
        """Raises BadParameter for a parameter that is neither the frame's nor one of these."""
        check_given(self.request, (*FRAME, *names), lists)

    def to(self, path: str, **params: Any) -> str:
        """An address within the site that keeps the language, and the day where one was chosen."""
        kept: dict[str, Any] = {"lang": self.lang}
        if self.is_day_given:
            kept["as_of"] = self.day.isoformat()
        kept |= {name: value for name, value in params.items() if value is not None}
        return f"{path}?{urlencode(kept, doseq=True)}"

    def of(self, iri: Any) -> str:
        """The address of a thing's, document's or term's page."""
        text = str(iri)
        kind = kind_of(text)
        if kind in PATHS:
            return self.to(f"/{PATHS[kind]}/{slug_of(text)}")
        return self.to("/" + text.removeprefix(BASE)) if text.startswith(BASE) else text

    def thing(self, iri: Any, *, sources: tuple[int, ...] = (), label: str = "", notes: tuple[str, ...] = ()) -> Cell:
        """A cell that names a thing and leads to its page."""
        shown = label or self.graph.label(str(iri), self.lang)
        return Cell(shown, shown, self.of(iri), sources, notes=notes)

    def no_data(self) -> Cell:
        """Nobody gives a figure: neither zero nor none."""
        return Cell(self.say("no data", "データなし"), absence=NO_DATA)

    def none(self) -> Cell:
        """The documents name none."""
        return Cell(self.say("none recorded", "記録なし"), absence=NONE)

    def code(self, scheme: str, name: Any) -> str:
        """The label of a code."""
        return self.graph.label(f"{BASE}code/{scheme}/{name}", self.lang)

    def kind(self, iri: str) -> str:
        """What kind of thing it is, in words."""
        return self.kind_label(kind_of(iri))

    def kind_label(self, kind: str) -> str:
        """The name of a kind of thing; a source is a document."""
        return self.graph.label(f"{BASE}ontology#{KINDS['document' if kind == 'doc' else kind]}", self.lang)

    def query(self, name: str, **params: Any) -> str:
        """The address of a named query's page with its parameters."""
        return self.to(f"/queries/{name}", **params)

    @cached_property
    def switch(self) -> str:
        """This page in the other language."""
        url = self.request.url.include_query_params(lang="en" if self.ja else "ja")
        return f"{url.path}?{url.query}"

    @cached_property
    def canonical(self) -> str:
        """The one address of this page for search engines: with its language, without a format, without the day where that is today."""
        left_out = {"lang", "format", "table", *(("as_of",) if self.day == _today() else ())}
        kept = sorted((name, value) for name, value in self.request.query_params.multi_items() if name not in left_out)
        url = self.request.url
        return f"{url.scheme}://{url.netloc}{url.path}?{urlencode([('lang', self.lang), *kept])}"

    def here(self, **params: Any) -> str:
        """This page's address with other parameters; a list is given value by value."""
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name not in params]
        return f"{self.request.url.path}?{urlencode(kept + list(params.items()), doseq=True)}"

    def answer(self, template: str, title: str, tables: Sequence[Table] = (), status: int = 200, **values: Any) -> Response:
        """The page, or the table that ``table=`` names as CSV. Raises UnknownName, BadParameter."""
        if tables and self.request.query_params.get("format") == "csv":
            return self._csv(tables)
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name not in ("as_of", "format", "table")]
        values |= {table.name.replace("-", "_"): table for table in tables}
        body = _templates.get_template(template).render(page=self, title=title, kept=kept, lang=self.lang, ja=self.ja, **values)
        headers = {"Content-Security-Policy": CSP, "Vary": "Accept, Accept-Language", "Content-Language": self.lang}
        return HTMLResponse(body, status, headers)

    def _csv(self, tables: Sequence[Table]) -> Response:
        name = self.request.query_params.get("table") or (tables[0].name if tables else "")
        found = next((table for table in tables if table.name == name), None)
        if found is None:
            raise unknown("table", name, [table.name for table in tables])
        headers = {"Content-Disposition": f'inline; filename="{found.name}.csv"', "Vary": "Accept, Accept-Language"}
        return Response(found.as_csv(), media_type="text/csv; charset=utf-8", headers=headers)


async def page_of(request: Request, graph: Annotated[Graph, Depends(graph_of)], lang: Annotated[str, Depends(language)]) -> Page:
    """The page of a request, see ``page_at``."""
    return page_at(request, graph, lang)


def page_at(request: Request, graph: Graph, lang: str) -> Page:
    """The page of a request. Its day is ``as_of``, else today. Raises BadParameter."""
    given = request.query_params.get("as_of")
    day = read_day("as_of", given) if given else _today()
    wanted = request.query_params.get("format")
    if wanted is not None:
        check_choice("format", wanted, (*_FORMATS, "json"))
    return Page(request, graph, lang, day, bool(given))


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


ThePage = Annotated[Page, Depends(page_of)]


def error_page(request: Request, problem: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    """A problem as a page, in the language asked for, with the headers of its answer that say more than what it is made of."""
    try:
        lang = read_language(request, request.query_params.get("lang"))
    except Exception:  # the language itself may be what is wrong
        lang = "en"
    page = Page(request, request.app.state.graph, lang, _today(), False)
    answer = page.answer("problem.html", str(problem["title"]), status=int(problem["status"]), problem=problem)
    answer.headers.update({name: value for name, value in headers.items() if name in ("retry-after", "allow")})
    return answer
