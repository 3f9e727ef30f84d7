"""What the pages of single things share: tables from the rows of named queries, relations, the sections of a page and their order.

Knows no kind of thing. Each kind's own module says which questions its page answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.responses import Response

from kg.namespaces import BASE, ID, kind_of
from kg.network.graphs import network
from kg.store.oxigraph import Row
from kg.views import lookup

from .charts import Timeline
from .page import PATHS, Page
from .tables import Cell, Table

LONG = 25  # rows from which on a table is folded
PLACED = ("certainty", "place", "placeLabel", "date", "start", "end", "fiscalYear")  # told beside what they belong to, not as properties
# Columns that hold for some rows alone: the end of a step that has one, the days since a step where there is one before.
PARTIAL = ("lastDay", "daysSincePrevious", "by", "national", "useLabel")
NAMES = {
    "countries": ("Countries", "国・地域"),
    "blocs": ("Blocs", "国家群"),
    "organisations": ("Organisations", "機関"),
    "measures": ("Measures", "措置"),
    "projects": ("Projects", "プロジェクト"),
    "programmes": ("Programmes and stockpiles", "事業・備蓄"),
    "pillars": ("Pillars", "柱"),
    "lines": ("Lines of policy", "政策方針"),
    "disputes": ("Disputes", "紛争"),
    "documents": ("Documents", "文書"),
    "lists": ("Lists of minerals", "鉱物リスト"),
    "events": ("Events", "出来事"),
    "conditions": ("Conditions", "状況"),
    "materials": ("Materials", "素材"),
    "components": ("Components", "部品"),
    "products": ("Products", "製品"),
}


@dataclass(frozen=True)
class Section:
    """A table on a page, with a time line above it where there is one; ``width`` is a class of the layout.

    ``is_aside``: it opens on demand where it is long; so does the table of a drawing.
    """

    table: Table
    drawing: Timeline | None = None
    width: str = ""
    is_aside: bool = False

    @property
    def is_folded(self) -> bool:
        """Whether the table opens on demand."""
        return self.drawing is not None or (self.is_aside and len(self.table.rows) > LONG)


def plural(page: Page, name: str) -> str:
    """What the things at ``/name`` are called."""
    return page.say(*NAMES[name])


def dossier(page: Page, iri: str, sections: Sequence[Section]) -> Response:
    """The page of a thing: its names, the sections of its kind, relations, properties, statements."""
    thing = lookup.thing(page.graph, iri, page.lang)
    path = PATHS.get(kind_of(iri), "")
    home = "/" + iri.removeprefix(BASE)
    formats = [] if kind_of(iri) == "doc" else [("JSON", page.here(format="json"))]
    formats += [(name, f"{home}?format={format}") for name, format in (("Turtle", "turtle"), ("JSON-LD", "jsonld"))]
    every = [*sections, *_rest(page, iri, thing), Section(statements(page, iri, thing["statements"]), is_aside=kind_of(iri) != "doc")]
    crumbs = [(plural(page, path), page.to(f"/{path}"))] if path in NAMES else []
    return page.answer(
        "dossier.html", thing["label"], [s.table for s in every], thing=thing, formats=formats, sections=every, crumbs=crumbs
    )


def _rest(page: Page, iri: str, thing: dict[str, Any]) -> list[Section]:
    found = [Section(relations(page, iri), width="half", is_aside=True), Section(properties(page, thing["properties"]), width="half")]
    return [section for section in found if section.table.rows]


def asked(
    page: Page, query: str, title: str, columns: Sequence[tuple[str, str]], *, name: str = "", about: str = "", **params: Any
) -> Table:
    """The rows of a named query as a table; the first column carries the source. ``columns``: of the query, or ``when``; with labels."""
    rows = page.graph.ask(query, lang=page.lang, **params)
    return rows_table(page, name or query, title, columns, rows, page.query(query, lang=page.lang, **params), about)


def rows_table(
    page: Page, name: str, title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Row], query: str = "", about: str = ""
) -> Table:
    """Rows of any query as a table, as ``asked`` makes it; a row that reads the same as another is given once, with the sources of both."""
    kept: dict[tuple[Any, ...], dict[str, Cell]] = {}
    first = columns[0][0]
    for row in rows:
        cells = {key: cell(page, row, key) for key, _ in columns}
        marks = page.sources.mark(row["document"], row.get("place", "")) if row.get("document") else ()
        if row.get("documents"):
            marks = page.sources.marks(str(row["documents"]).split())
        same = tuple(cells[key].text for key, _ in columns)
        if same in kept:
            marks = tuple(sorted({*kept[same][first].sources, *marks}))
        lead = cells[first]
        kept[same] = cells | {first: Cell(lead.text, lead.value, lead.href, marks, lead.absence)}
    return Table(name, title, columns, list(kept.values()), query, about)


def cell(page: Page, row: Row, key: str) -> Cell:
    """A column of a row: a thing by its label, a code in words, a time, a number or a text."""
    if key == "when":
        time = lookup.when(row)
        return Cell(time) if time else page.no_data()
    value = row.get(key)
    if key == "certainty" and value:
        return Cell(" · ".join(page.code("certainty", name) for name in str(value).split(", ")))
    if value is None:
        return Cell() if key in PARTIAL else page.no_data()
    if str(value).startswith(BASE):
        return page.thing(value, label=str(row.get(f"{key}Label") or ""))
    return Cell(str(value), value)


def step_columns(page: Page) -> list[tuple[str, str]]:
    """Columns of steps."""
    return [
        ("says", page.say("What happened", "できごと")),
        ("stepLabel", page.say("Step", "段階")),
        ("when", page.say("When", "時期")),
        ("certainty", page.say("Certainty", "確度")),
        ("place", page.say("Place", "箇所")),
    ]


def properties(page: Page, entries: Sequence[dict[str, Any]]) -> Table:
    """What is said of a thing directly that is no relation to another thing."""
    columns = [("label", page.say("Property", "性質")), ("value", page.say("Value", "値"))]
    rows = [
        {
            "label": Cell(str(entry["label"])),
            "value": Cell(
                str(entry["value_label"] or entry["value"]),
                href=page.of(entry["value"]) if str(entry["value"]).startswith((BASE, "https://", "http://")) else "",
                sources=page.sources.mark(entry["document"] if "/doc/" in str(entry["document"]) else ""),
            ),
        }
        for entry in entries
        if not str(entry["value"]).startswith(ID) and entry["property"] not in PLACED
    ]
    return Table("properties", page.say("Properties", "性質"), columns, rows)


def relations(page: Page, iri: str, left_out: Sequence[str] = ("touches",)) -> Table:
    """Every relation to another thing, as documents state it: from this one, then to this one (with an arrow)."""
    net = network(page.graph)
    columns = [
        ("relation", page.say("Relation", "関係")),
        ("thing", page.say("Thing", "対象")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    edges = [("", target, data) for _, target, data in net.out_edges(iri, data=True)] if iri in net else []
    edges += [("← ", source, data) for source, _, data in net.in_edges(iri, data=True)] if iri in net else []
    rows: dict[tuple[str, str], dict[str, Cell]] = {}
    for arrow, other, data in edges:
        if data["relation"] in left_out:
            continue
        key = (arrow + data["relation"], other)
        document = str(data["document"])
        marks = page.sources.mark(document) if "/doc/" in document else ()
        marks = tuple(sorted({*marks, *(rows[key]["thing"].sources if key in rows else ())}))
        label = page.graph.label(f"{BASE}ontology#{data['relation']}", page.lang)
        certainty = page.code("certainty", data["certainty"]) if data["certainty"] else ""
        rows[key] = {"relation": Cell(arrow + label), "thing": page.thing(other, sources=marks), "certainty": Cell(certainty)}
    ordered = [rows[key] for key in sorted(rows, key=lambda key: (key[0].startswith("←"), key[0], rows[key]["thing"].text))]
    about = page.say("An arrow: the relation leads from the other thing to this one.", "矢印：相手からこの事物への関係。")
    return Table("relations", page.say("Relations", "関係"), columns, ordered, about=about)


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
