"""Minerals side by side: a column a figure, each with its method, and how far the columns put the minerals into the same order.

Knows how an answer is shown; computes nothing.
"""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from kg.views import comparison, risk_report

from ..http.concurrency import WHOLE
from .analysis import text, whole_number
from .forms import Field, lists, slugs
from .page import Page, ThePage, router
from .tables import Cell, Table, number

pages = router(place=WHOLE)


@pages.get("/compare")
def compare(page: ThePage) -> Response:
    """Two or more minerals. Raises UnknownName, BadParameter."""
    page.check("minerals", "add", "year")
    named = [name.strip() for name in f"{text(page, 'minerals')},{text(page, 'add')}".split(",") if name.strip()]
    iris = list(dict.fromkeys(page.graph.resolve(name, ["mineral"]) for name in named[: 2 * comparison.MOST]))
    year = whole_number(page, "year", page.day.year, 1900, 2100)
    shown = ",".join(iri.rsplit("/", 1)[-1] for iri in iris)
    form = [
        Field("minerals", page.say("Minerals, commas between", "鉱種（コンマ区切り）"), "text", shown),
        Field("add", page.say("Add a mineral", "鉱種を加える"), "names", "", slugs(page.graph, ("mineral",), page.lang), list="minerals"),
        Field("year", page.say("Figures not after", "この年まで"), "number", str(year), low=1900, high=2100),
    ]
    title = page.say("Minerals side by side", "鉱種を並べる")
    values: dict[str, Any] = {"form": form, "lists": lists(form), "found": None}
    if len(iris) < 2:
        return page.answer("compare.html", title, **values)
    found = risk_report.compare(page.graph, iris, page.lang, year)
    heads = {column["key"]: _head(page, column) for column in found["columns"]}
    methods = [method for method in found["methods"] if method["code"] in {column["method"] for column in found["columns"]}]
    url = page.to("/compare", minerals=shown, year=year, format="json") if not page.is_day_given else ""
    values |= {"found": found, "methods": methods, "formats": [("JSON", url)] if url else []}
    return page.answer("compare.html", title, [_minerals(page, found, heads), _agreement(page, found, heads)], **values)


def _head(page: Page, column: dict[str, Any]) -> str:
    of = page.say(", ", "、").join(filter(None, (column["quantity_label"], column["stage_label"])))
    return page.say(f"{column['label'] or 'Published'}: {of}", f"{column['label'] or '公表値'}：{of}")


def _minerals(page: Page, found: dict[str, Any], heads: dict[str, str]) -> Table:
    """A row a figure, a column a mineral."""
    columns = [("figure", page.say("Figure", "指標")), *((row["mineral"], row["label"]) for row in found["minerals"])]
    rows = []
    for column in found["columns"]:
        computed = column["label"] is not None
        head = Cell(heads[column["key"]], href=page.to("/about") + f"#method-{column['method']}" if computed else "")
        rows.append({"figure": head, **{row["mineral"]: _cell(page, row["cells"].get(column["key"])) for row in found["minerals"]}})
    return Table("compared", page.say("Figures", "指標"), columns, rows)


def _cell(page: Page, cell: dict[str, Any] | None) -> Cell:
    if cell is None or cell["value"] is None:
        return page.no_data()
    more = page.say(", ", "、").join(filter(None, (cell["of_label"], str(cell["year"]))))
    unit = " %" if cell["unit"] == "percent" else ""
    bound = {"at-least": page.say("at least ", "少なくとも "), "at-most": page.say("at most ", "最大 ")}.get(cell["bound"] or "", "")
    return Cell(bound + number(cell["value"], 4) + unit, float(cell["value"]), sources=page.sources.marks(cell["documents"]), notes=(more,))


def _agreement(page: Page, found: dict[str, Any], heads: dict[str, str]) -> Table:
    columns = [
        ("first", page.say("Figure", "指標")),
        ("second", page.say("and figure", "もう一方")),
        ("minerals", page.say("Minerals", "鉱種数")),
        ("kendall", "Kendall τ-b"),
        ("spearman", "Spearman ρ"),
    ]
    rows = [
        {
            "first": Cell(heads[pair["first"]]),
            "second": Cell(heads[pair["second"]]),
            "minerals": Cell(str(pair["minerals"]), pair["minerals"]),
            **{name: page.no_data() if pair[name] is None else Cell(f"{pair[name]:.2f}", pair[name]) for name in ("kendall", "spearman")},
        }
        for pair in found["agreement"]
    ]
    about = page.say("1: the same order; -1: the opposite; three minerals or more.", "1は同じ順、-1は逆の順。3鉱種以上。")
    return Table("agreement", page.say("How far the figures agree in order", "指標の順位の一致"), columns, rows, about=about)
