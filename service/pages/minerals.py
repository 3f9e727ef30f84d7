"""The page of one mineral: how exposed, to whom, what changed, what is done, what hangs on it, and what all that rests on."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from kg import lookup, states

from .charts import timeline
from .dossiers import statements
from .frame import Page, ThePage, router
from .lives import lives
from .tables import Cell, Table, number

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
    tables = [
        _suppliers(page, supply),
        _measures(page, iri, risks["measures"]),
        _pillars(page, iri, found["responses"]),
        _figures(page, risks),
        _stated(page, [*risks["dependence"], *risks["prices"], *found["quantities"]]),
        _uses(page, iri, found["uses"]),
        _lists(page, iri, risks["lists"]),
        _disputes(page, iri, risks["disputes"]),
        statements(page, iri, found["statements"]),
    ]
    in_force = [entry for entry in risks["measures"] if entry["state"] in states.IN_FORCE]
    values: dict[str, Any] = {
        "mineral": found,
        "tiles": _tiles(page, supply, risks, in_force, found["responses"]),
        "bars": _bars(page, supply),
        "drawing": timeline(life, page.day) if (life := lives(page, _all_measures(page, iri))) else None,
        "supply": supply,
        "formats": _formats(page, slug),
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


def _tiles(
    page: Page, supply: dict[str, Any], risks: dict[str, Any], in_force: list[dict[str, Any]], pillars: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    imports, made = supply.get("imports"), supply.get("production")
    covered = [pillar["label"] for pillar in pillars if pillar["covered"]]
    missing = [pillar["label"] for pillar in pillars if not pillar["covered"]]
    gaps = page.say("none recorded for: ", "記録なし：") + page.say(", ", "、").join(missing) if missing else ""
    measures = Cell(str(len(in_force))) if in_force else page.none()
    return [
        _figure_tile(page, page.say("Japan's dependence on its first supplier", "日本の第1位の輸入先への依存"), imports, "%", 50),
        _figure_tile(page, page.say("HHI of world production", "世界生産の集中度 HHI"), made, "", CONCENTRATED),
        {
            "label": page.say("Measures in force", "有効な措置"),
            "cell": measures,
            "more": page.day.isoformat(),
            "tone": "high" if in_force else "",
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


def _suppliers(page: Page, supply: dict[str, Any]) -> Table:
    columns = [
        ("of", page.say("Country", "国")),
        ("share", page.say("Share, %", "割合（%）")),
        ("what", page.say("Of what", "対象")),
        ("year", page.say("Year", "年")),
    ]
    rows = [
        {
            "of": page.thing(term["of"], label=term["label"], sources=page.sources.marks(figure["documents"])),
            "share": Cell(number(term["share"], 4), float(term["share"])),
            "what": Cell(figure["quantity_label"], notes=tuple(figure["hs_codes"])),
            "year": Cell(str(figure["year"]), figure["year"]),
        }
        for figure in supply.values()
        for term in figure["terms"]
    ]
    return Table("suppliers", page.say("Who supplies it", "供給国"), columns, rows)


def _measures(page: Page, iri: str, entries: list[dict[str, Any]]) -> Table:
    columns = [
        ("measure", page.say("Measure", "措置")),
        ("by", page.say("Imposed by", "実施主体")),
        ("type", page.say("Type", "種類")),
        ("state", page.say(f"State on {page.day}", f"{page.day} の状態")),
        ("effective", page.say("In effect from", "発効")),
        ("until", page.say("Suspended until / ended", "停止期限・終了")),
    ]
    rows = [
        {
            "measure": page.thing(entry["iri"], sources=page.sources.mark(entry["document"], entry["place"])),
            "by": page.thing(entry["imposed_by"], label=entry["imposed_by_label"]),
            "type": Cell(entry["type_label"], entry["type"]),
            "state": Cell(entry["state_label"] or "", sources=page.sources.mark(entry["state_document"])),
            "effective": Cell(str(entry["effective"])) if entry["effective"] else page.no_data(),
            "until": Cell(str(entry["suspended_until"] or entry["ended"] or "")),
        }
        for entry in entries
    ]
    query = page.query("measure-states", mineral=iri, as_of=page.day)
    return Table("measures", page.say("Measures", "措置"), columns, rows, query)


def _pillars(page: Page, iri: str, pillars: list[dict[str, Any]]) -> Table:
    columns = [
        ("pillar", page.say("Pillar", "柱")),
        ("reading", page.say("Reading", "判定")),
        ("responses", page.say("What covers it", "対象とする施策")),
    ]
    rows = []
    for pillar in pillars:
        entries = {entry["thing"]: entry for entry in pillar["entries"]}
        names = page.say(", ", "、").join(entry["thing_label"] for entry in entries.values())
        sources = tuple(sorted({n for entry in entries.values() for n in page.sources.mark(entry["document"], entry["place"])}))
        covered = page.say("✓ covered", "✓ 該当あり")
        rows.append(
            {
                "pillar": page.thing(pillar["iri"], label=pillar["label"]),
                "reading": Cell(covered, tone="covered") if entries else Cell(**{**page.none().__dict__, "tone": "gap"}),
                "responses": Cell(names, sources=sources) if entries else Cell(""),
            }
        )
    return Table("pillars", page.say("The four pillars", "四つの柱"), columns, rows, page.query("coverage", mineral=iri))


def _figures(page: Page, risks: dict[str, Any]) -> Table:
    columns = [
        ("method", page.say("Figure", "指標")),
        ("value", page.say("Value", "値")),
        ("unit", page.say("Unit", "単位")),
        ("year", page.say("Year", "年")),
        ("of", page.say("Country", "国")),
        ("basis", page.say("From", "もとの量")),
        ("coverage", page.say("Covers, %", "把握率（%）")),
    ]
    rows = []
    for figure in risks["figures"]:
        value = page.no_data() if figure["value"] is None else Cell(number(figure["value"], 4), float(figure["value"]))
        notes = tuple(filter(None, (figure["stage"], figure["basis"], " ".join(figure["hs_codes"]))))
        rows.append(
            {
                "method": Cell(
                    figure["label"], href=page.to("/about") + f"#method-{figure['method']}", sources=page.sources.marks(figure["documents"])
                ),
                "value": value,
                "unit": Cell(figure["unit_label"]),
                "year": Cell(str(figure["year"]), figure["year"]),
                "of": page.thing(figure["of"], label=figure["of_label"]) if figure["of"] else Cell(),
                "basis": Cell(figure["quantity_label"], notes=notes),
                "coverage": Cell(number(figure["coverage"]["share"], 3)) if figure["coverage"] else Cell(),
            }
        )
    about = page.say("Computed from the sources; none is an official score.", "出典から計算した値。公式の評点ではない。")
    return Table("figures", page.say("Figures of risk", "リスク指標"), columns, rows, about=about)


def _stated(page: Page, entries: list[dict[str, Any]]) -> Table:
    columns = [
        ("says", page.say("What the document says", "文書の記述")),
        ("when", page.say("When", "時期")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    rows = [
        {
            "says": Cell(entry["says"] or entry["label"] or "", sources=page.sources.mark(entry["document"], entry["place"])),
            "when": Cell(entry["when"] or ""),
            "certainty": Cell(page.code("certainty", entry["certainty"])),
        }
        for entry in {entry["statement"]: entry for entry in entries}.values()
    ]
    return Table("stated", page.say("Figures as documents state them", "文書に示された数値"), columns, rows)


def _uses(page: Page, iri: str, entries: list[dict[str, Any]]) -> Table:
    columns = [("thing", page.say("Goes into", "用途")), ("of", page.say("As", "形態"))]
    rows = [
        {
            "thing": page.thing(entry["thing"], label=entry["thing_label"], sources=page.sources.mark(entry["document"], entry["place"])),
            "of": page.thing(entry["used"], label=entry["used_label"]),
        }
        for entry in {(entry["thing"], entry["used"]): entry for entry in entries}.values()
    ]
    return Table("uses", page.say("What it goes into", "何に使われるか"), columns, rows, page.query("uses", thing=iri))


def _lists(page: Page, iri: str, entries: list[dict[str, Any]]) -> Table:
    columns = [("list", page.say("List", "リスト"))]
    rows = [{"list": page.thing(e["thing"], label=e["thing_label"], sources=page.sources.mark(e["document"], e["place"]))} for e in entries]
    return Table("lists", page.say("Lists that name it", "掲載リスト"), columns, rows, page.query("lists-of-mineral", mineral=iri))


def _disputes(page: Page, iri: str, entries: list[dict[str, Any]]) -> Table:
    columns = [
        ("dispute", page.say("Dispute", "紛争")),
        ("complainant", page.say("Complainant", "申立国")),
        ("respondent", page.say("Respondent", "被申立国")),
    ]
    rows = [
        {
            "dispute": page.thing(entry["iri"], sources=page.sources.mark(entry["document"], entry["place"])),
            "complainant": Cell(page.say(", ", "、").join(entry["complainant"])),
            "respondent": Cell(page.say(", ", "、").join(entry["respondent"])),
        }
        for entry in entries
    ]
    return Table("disputes", page.say("Disputes", "紛争"), columns, rows, page.query("disputes", mineral=iri))
