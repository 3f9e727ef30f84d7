"""Pages of things that have no view of their own: names, properties, and everything said of them."""

from __future__ import annotations

from fastapi.responses import Response

from kg import lookup
from kg.terms import BASE, kind_of

from ..lookups import PLURALS
from .frame import Page, ThePage, router
from .tables import Cell, Table

pages = router()


def shown(page: Page, iri: str) -> Response:
    """The page of any thing."""
    page.check()
    thing = lookup.thing(page.graph, iri, page.lang)
    formats = [("JSON", page.here(format="json"))] if kind_of(iri) != "doc" else []
    path = "/" + iri.removeprefix(BASE)
    formats += [(name, f"{path}?format={format}") for name, format in (("Turtle", "turtle"), ("JSON-LD", "jsonld"))]
    tables = [_properties(page, thing["properties"]), statements(page, iri, thing["statements"])]
    return page.answer("thing.html", thing["label"], tables, thing=thing, formats=formats)


def _properties(page: Page, properties: list[dict[str, object]]) -> Table:
    columns = [("label", page.say("Property", "性質")), ("value", page.say("Value", "値"))]
    rows = [
        {
            "label": Cell(str(entry["label"])),
            "value": Cell(
                str(entry["value_label"] or entry["value"]),
                href=page.of(entry["value"]) if str(entry["value"]).startswith(BASE) else "",
                sources=page.sources.mark(entry["document"] if "/doc/" in str(entry["document"]) else ""),
            ),
        }
        for entry in properties
    ]
    return Table("properties", page.say("Properties", "性質"), columns, rows)


def statements(page: Page, iri: str, entries: list[dict[str, object]]) -> Table:
    """Everything said of a thing, or by a document, in the order of the documents."""
    columns = [
        ("says", page.say("Statement", "言明")),
        ("place", page.say("Place", "箇所")),
        ("when", page.say("When", "時期")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    rows = [
        {
            "says": Cell(str(entry["says"]), sources=page.sources.mark(entry["document"], entry["place"])),
            "place": Cell(str(entry["place"])),
            "when": Cell(str(entry["when"] or "")),
            "certainty": Cell(page.code("certainty", entry["certainty"])),
        }
        for entry in entries
    ]
    query = page.query("statements-about", thing=iri) if kind_of(iri) != "doc" else ""
    return Table("statements", page.say("Everything said of it", "すべての言明"), columns, rows, query)


def _add(plural: str, kinds: tuple[str, ...]) -> None:
    def one(page: ThePage, slug: str) -> Response:
        return shown(page, page.graph.resolve(slug, kinds))

    slug = "{slug:path}" if plural == "documents" else "{slug}"
    pages.add_api_route(f"/{plural}/{slug}", one)


for _plural, _kinds in {**PLURALS, "measures": ("measure",)}.items():
    _add(_plural, _kinds)
