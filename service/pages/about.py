"""What the graph rests on and does not know: sources with their terms, methods, numbers of statements, how to cite.

Knows how that is shown; every figure on the page is asked of the graph.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from fastapi.responses import Response

from kg import __version__
from kg.namespaces import DOC
from kg.store.oxigraph import Row
from kg.views import figure_account

from .page import Page, ThePage, router
from .tables import Cell, Table

alone = router(beside_calls=False)
KINDS = {  # by the first part of a source's path
    "jp": ("Japan", "日本"),
    "cn": ("China", "中国"),
    "eu": ("European Union", "欧州連合"),
    "us": ("United States", "米国"),
    "uk": ("United Kingdom", "英国"),
    "ca": ("Canada", "カナダ"),
    "cd": ("DR Congo", "コンゴ民主共和国"),
    "in": ("India", "インド"),
    "vn": ("Viet Nam", "ベトナム"),
    "wto": ("WTO", "WTO"),
    "iea": ("IEA", "IEA"),
    "press": ("Press and law firms", "報道・法律事務所"),
    "table": ("Tables of figures", "統計表"),
    "reference": ("Reference data", "基礎データ"),
}


@alone.get("/about")
def about(page: ThePage) -> Response:
    """Sources, methods, limits, numbers, citation."""
    page.check()
    rows = list({str(row["document"]): row for row in page.graph.part("source-cards", lang=page.lang)}.values())
    methods = figure_account.methods(page.graph, page.lang)
    values: dict[str, Any] = {
        "methods": methods,
        "total": sum(_count(row) for row in rows),
        "data": page.graph.version,
        "release": __version__,
    }
    return page.answer(
        "about.html", page.say("About Lodegraph", "Lodegraph について"), [_kinds(page, rows), _sources(page, rows)], **values
    )


def _count(row: Row) -> int:
    return int(str(row["statements"] or 0))


def _kinds(page: Page, rows: list[Row]) -> Table:
    documents: Counter[str] = Counter()
    statements: Counter[str] = Counter()
    for row in rows:
        kind = str(row["document"]).removeprefix(DOC).split("/", 1)[0]
        documents[kind] += 1
        statements[kind] += _count(row)
    columns = [
        ("kind", page.say("Documents of", "文書の種類")),
        ("documents", page.say("Documents", "文書数")),
        ("statements", page.say("Statements and series", "言明・系列の数")),
    ]
    found = [
        {
            "kind": Cell(page.say(*KINDS[kind]) if kind in KINDS else kind, kind),
            "documents": Cell(str(count), count),
            "statements": Cell(f"{statements[kind]:,}", statements[kind]),
        }
        for kind, count in documents.most_common()
    ]
    return Table("kinds", page.say("Statements by kind of document", "文書の種類ごとの言明"), columns, found)


def _sources(page: Page, rows: list[Row]) -> Table:
    columns = [
        ("source", page.say("Source", "出典")),
        ("publisher", page.say("Publisher", "発行者")),
        ("issued", page.say("Issued", "発行")),
        ("rights", page.say("Licence and attribution", "ライセンスと表示")),
        ("statements", page.say("Statements", "言明数")),
    ]
    found = [
        {
            "source": page.thing(row["document"], label=str(row["label"]), notes=(str(row["citation"]),) if row["citation"] else ()),
            "publisher": Cell(str(row["publisher"])) if row["publisher"] else page.no_data(),
            "issued": Cell(str(row["issued"])) if row["issued"] else page.no_data(),
            "rights": _rights(page, row),
            "statements": Cell(f"{_count(row):,}", _count(row)),
        }
        for row in rows
    ]
    return Table("documents", page.say("Sources", "出典"), columns, found, page.query("documents"))


def _rights(page: Page, row: Row) -> Cell:
    licence = str(row["licence"] or "")
    if not row["rights"] and not licence:
        return page.no_data()
    return Cell(str(row["rights"] or licence.removeprefix("https://").removeprefix("http://").rstrip("/")), href=licence)
