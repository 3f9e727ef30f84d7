"""The page of one mineral: how exposed, to whom, what changed, what is done, what hangs on it, and what all that rests on."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from kg import lookup, states

from . import graphs, mineral_tables
from .charts import timeline
from .dossiers import statements
from .frame import Page, ThePage, router
from .lives import lives
from .tables import Cell, number

pages = router()
BARS = 6  # suppliers drawn; the table below has all
CONCENTRATED = 2500  # HHI above which the U.S. antitrust guidelines of 2010 speak of a highly concentrated market
RECYCLING, SUBSTITUTION = "recycling-input-rate", "substitution-index-supply"


@pages.get("/minerals/{slug}")
def mineral(page: ThePage, slug: str) -> Response:
    """One mineral on the day."""
    page.check()
    iri = page.graph.resolve(slug, ["mineral"])
    found = lookup.mineral(page.graph, iri, page.lang, page.day)
    risks = found["risks"]
    supply = _main(risks["figures"])
    years, chart = mineral_tables.supplier_years(page, iri)
    tables = [
        mineral_tables.suppliers(page, supply),
        mineral_tables.measures(page, iri, risks["measures"]),
        mineral_tables.pillars(page, iri, found["responses"]),
        mineral_tables.figures(page, risks),
        mineral_tables.stated(page, [*risks["dependence"], *risks["prices"], *found["quantities"]]),
        mineral_tables.uses(page, iri, found["uses"]),
        mineral_tables.lists(page, iri, risks["lists"]),
        mineral_tables.disputes(page, iri, risks["disputes"]),
        years,
        statements(page, iri, found["statements"]),
    ]
    around = graphs.around(page, iri)
    tables.append(around.pop("table"))
    values: dict[str, Any] = {
        "mineral": found,
        "tiles": _tiles(page, supply, risks, found["responses"]),
        "bars": _bars(page, supply),
        "drawing": timeline(life, page.day) if (life := lives(page, _all_measures(page, iri))) else None,
        "supply": supply,
        "chart": chart,
        "formats": _formats(page, slug),
        "around": around,
    }
    return page.answer("mineral.html", found["label"], tables, **values)


def _all_measures(page: Page, iri: str) -> list[dict[str, Any]]:
    return lookup.measures(page.graph, page.lang, mineral=iri)


def _formats(page: Page, slug: str) -> list[tuple[str, str]]:
    thing, graph = f"/id/mineral/{slug}", {"center": slug, "depth": 2}
    return [
        ("JSON", page.here(format="json")),
        ("Turtle", f"{thing}?format=turtle"),
        ("JSON-LD", f"{thing}?format=jsonld"),
        ("CSV", page.here(format="csv", table="figures")),
        *(
            (name, page.to(f"/graph.{ending}", **graph))
            for name, ending in (("GraphML", "graphml"), ("GEXF", "gexf"), ("Cytoscape", "cyjs"))
        ),
        (page.say("Risk figures with inputs", "入力つきのリスク指標"), page.to(f"/minerals/{slug}/risks")),
    ]


def _main(figures: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The figures that head the page: Japan's imports in value over most customs codes, and the world's production, mines first."""
    imports = [f for f in figures if f["method"] == "import-dependence" and f["quantity"] == "import-value" and not f["via"]]
    imports = imports or [f for f in figures if f["method"] == "import-dependence" and f["quantity"] == "import-value"]
    made = [f for f in figures if f["method"] == "hhi" and f["quantity"] == "production" and not f["via"]]
    found: dict[str, dict[str, Any]] = {}
    if imports:
        found["imports"] = max(imports, key=lambda f: (f["year"], len(f["hs_codes"])))
    if made:
        found["production"] = max(made, key=lambda f: (f["year"], f["stage"] == "ore"))
    return found


def _tiles(page: Page, supply: dict[str, Any], risks: dict[str, Any], pillars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    imports, made = supply.get("imports"), supply.get("production")
    covered = [pillar["label"] for pillar in pillars if pillar["covered"]]
    missing = [pillar["label"] for pillar in pillars if not pillar["covered"]]
    gaps = page.say("none recorded for: ", "記録なし：") + page.say(", ", "、").join(missing) if missing else ""
    acts = states.counted(risks["measures"])
    sure, unsure = acts["acts_in_force"], acts["acts_unconfirmed"]
    apart = page.say(f"; {unsure} more not confirmed of late", f"、ほか近年の確認なし{unsure}") if unsure else ""
    return [
        _figure_tile(page, page.say("Japan's dependence on its first supplier", "日本の第1位の輸入先への依存"), imports, "%", 50),
        _figure_tile(page, page.say("HHI of world production", "世界生産の集中度 HHI"), made, "", CONCENTRATED),
        {
            "label": page.say("Measures in force", "有効な措置"),
            "cell": Cell(str(sure)) if sure else page.none(),
            "more": page.day.isoformat() + apart,
            "tone": "high" if sure else "",
        },
        {
            "label": page.say("Pillars that cover it", "対象とする柱"),
            "cell": Cell(f"{len(covered)} / {len(pillars)}"),
            "more": gaps,
            "tone": "gap" if missing else "ok",
        },
        _printed_tile(page, page.say("Recycling input rate (EU)", "リサイクル投入率（EU）"), risks["readings"], RECYCLING, " %"),
        _printed_tile(
            page, page.say("Substitution index (EU; 1 = none)", "代替指数（EU、1＝代替なし）"), risks["readings"], SUBSTITUTION, ""
        ),
    ]


def _figure_tile(page: Page, label: str, figure: dict[str, Any] | None, unit: str, high: int) -> dict[str, Any]:
    if figure is None or figure["value"] is None:
        return {"label": label, "cell": page.no_data(), "more": "", "tone": ""}
    bound = page.say("at least ", "少なくとも ") if figure["at_most"] else ""
    text = f"{bound}{number(figure['value'], 3 if unit else 4)}{f' {unit}' if unit else ''}"
    first = figure["of_label"] or (figure["terms"][0]["label"] if figure["terms"] else "")
    more = ", ".join(filter(None, (first, str(figure["year"]))))
    return {
        "label": label,
        "cell": Cell(text, sources=page.sources.marks(figure["documents"])),
        "more": more,
        "tone": "high" if float(figure["value"]) > high else "",
        "method": figure["method"],
        "coverage": _coverage(page, figure),
    }


def _coverage(page: Page, figure: dict[str, Any]) -> str:
    """What part of the whole the known shares make up, where that is not all."""
    share = figure["coverage"] and float(figure["coverage"]["share"])
    return page.say(f"covers {share:.0f} % of the whole", f"全体の{share:.0f}％を把握") if share and share < 99.95 else ""


def _printed_tile(page: Page, label: str, readings: dict[str, dict[str, Any]], quantity: str, unit: str) -> dict[str, Any]:
    known = [r for r in readings.values() if r["quantity"] == quantity and r["value"] is not None]
    if not known:
        return {"label": label, "cell": page.no_data(), "more": page.say("not zero", "0ではない"), "tone": ""}
    newest = max(known, key=lambda r: r["year"] or 0)
    cell = Cell(number(newest["value"], 3) + unit, sources=page.sources.mark(newest["document"]))
    return {"label": label, "cell": cell, "more": str(newest["year"] or ""), "tone": ""}


def _bars(page: Page, supply: dict[str, Any]) -> list[dict[str, Any]]:
    figure = supply.get("imports") or supply.get("production")
    if not figure:
        return []
    rows = [
        {"name": page.thing(term["of"], label=term["label"]), "share": term["share"], "text": f"{number(term['share'], 3)} %", "kind": ""}
        for term in figure["terms"][:BARS]
    ]
    rest = 100 - sum(float(term["share"]) for term in figure["terms"][:BARS])
    if rest > 0.05:
        rows.append({"name": Cell(page.say("others and unknown", "その他・不明")), "share": rest, "text": f"{rest:.1f} %", "kind": "rest"})
    return rows
