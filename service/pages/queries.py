"""Pages of named queries: all by topic, and each with a form for its parameters, its rows with their sources, and its SPARQL."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import QueryParams
from starlette.routing import Match
from starlette.types import Scope

from kg.namespaces import BASE, CODE, DOC, kind_of, slug_of
from kg.source.query_files import TOPICS, Param, Query
from kg.store.oxigraph import Row, Rows
from kg.workers.answers import Answer

from ..api import queries as named
from ..http.concurrency import LOOKUP, bulkheads_of
from . import forms
from .column_labels import head
from .page import Page, PageRoute, ThePage
from .sparql_editor import EDIT
from .tables import Cell, Table, number

ROWS = 500  # shown; CSV and JSON have all
NAMES = {
    "supply": ("Supply, trade, prices", "供給・貿易・価格"),
    "measures": ("Measures", "措置"),
    "disputes": ("Disputes", "紛争"),
    "policy": ("Dependence and policy", "依存と政策"),
    "minerals": ("Minerals, uses, lists", "鉱種・用途・リスト"),
    "events": ("Events, causes, promises, what was said", "出来事・因果・約束・言明"),
    "sources": ("Sources, methods, and where they disagree", "出典・方法・食い違い"),
    "": ("Others", "その他"),
}


class _Route(PageRoute):
    """As any page, but ``format=csv`` is the call's: the rows as CSV, all of them."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        asked = QueryParams(scope.get("query_string", b"")).get("format")
        return (Match.NONE, {}) if asked == "csv" else super().matches(scope)


pages = APIRouter(route_class=_Route, include_in_schema=False)


@pages.get("/queries", dependencies=[LOOKUP])
def queries(page: ThePage) -> Response:
    """All named queries by topic."""
    page.check("limit", "offset")
    held = page.graph.queries.values()
    groups = [
        (page.say(*NAMES[topic]), [named.info(query, page.lang) for query in held if query.topic == topic]) for topic in (*TOPICS, "")
    ]
    return page.answer("queries.html", page.say("Questions", "質問"), groups=[group for group in groups if group[1]])


@pages.get("/queries/{name}")
async def query(page: ThePage, name: str) -> Response:
    """One named query, asked with what its form says. Raises UnknownName, BadParameter, Busy, LimitReached."""
    asked = page.graph.query(name)
    page.check(*(param.name for param in asked.params))
    values = _values(page, asked)
    lookups = bulkheads_of(page.request).lookups
    text = await lookups.run(page.graph.text_of, asked, {**values, "lang": page.lang} if _has(asked, "lang") else values)
    answer = await named.answer_of(page.request, text)
    if answer is None:
        return Response(status_code=499)
    return await lookups.run(_shown, page, asked, values, text, answer)


def _has(asked: Query, name: str) -> bool:
    return any(param.name == name for param in asked.params)


def _values(page: Page, asked: Query) -> dict[str, str]:
    """What the address gives; an empty field is not given. A day ``as_of`` is the page's."""
    given = page.request.query_params
    values = {param.name: given[param.name] for param in asked.params if given.get(param.name) and param.name != "lang"}
    return values | ({"as_of": page.day.isoformat()} if _has(asked, "as_of") else {})


def _shown(page: Page, asked: Query, values: dict[str, str], text: str, answer: Answer) -> Response:
    rows = named.rows_in(answer)
    info = named.info(asked, page.lang)
    defaults = {param.name: _default(param) for param in asked.params}
    form = forms.of_params(page.graph, asked.params, defaults | values, page.lang)
    return page.answer(
        "query.html",
        info["title"],
        query=asked,
        info=info,
        form=form,
        lists=forms.lists(form),
        keep_day=not _has(asked, "as_of"),
        table=_table(page, info["title"], rows),
        count=len(rows),
        most=ROWS,
        text=text,
        ways=[(way.upper(), f"/queries/{asked.name}?{urlencode({'lang': page.lang, **values, 'format': way})}") for way in ("csv", "json")],
        editor=page.to("/sparql", query=text, edit=EDIT),
    )


def _default(param: Param) -> str:
    """What a parameter is without being given, as its field shows it."""
    if param.default == "UNDEF":
        return ""
    if param.type == "iri":
        return slug_of(param.default.strip("<>"))
    return param.default.partition("^^")[0].strip('"')


def _table(page: Page, title: str, rows: Rows) -> Table:
    """The rows: a thing and its label as one link, a document and its place as a source mark."""
    columns = [name for name in rows.columns if not (name.endswith("Label") and name[:-5] in rows.columns)]
    heads = [(name, head(page.graph, name, page.lang)) for name in columns]
    return Table("rows", title, heads, [{name: _cell(page, name, row) for name in columns} for row in rows[:ROWS]])


def _cell(page: Page, name: str, row: Row) -> Cell:
    value = row[name]
    if value is None:
        return Cell()
    text = str(value)
    if text.startswith(DOC) and kind_of(text) == "doc":
        return Cell(slug_of(text), text, page.of(text), page.sources.mark(text, row.get("place")))
    if text.startswith(BASE):
        label = row.get(f"{name}Label")
        return Cell(str(label) if label else _name(page, text), text, page.of(text))
    if isinstance(value, bool):
        return Cell(page.say("yes", "はい") if value else page.say("no", "いいえ"), text)
    code = f"{CODE}{name}/{text}"  # columns such as certainty and unit hold codes of the scheme of their name
    if code in page.graph.names:
        return Cell(page.graph.label(code, page.lang), text)
    return Cell(number(value, 6) if isinstance(value, Decimal) else text, named.plain(value))


def _name(page: Page, iri: str) -> str:
    """Its label, or of a statement what stands after the document's name."""
    return page.graph.label(iri, page.lang) if iri in page.graph.names else "#" + iri.rsplit("#", 1)[-1]
