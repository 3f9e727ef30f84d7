"""The tables of a mineral's page. Entries come as ``kg.views.lookup.mineral`` gives them."""

from __future__ import annotations

from typing import Any

from kg.views import risk_report

from .charts import lines
from .degrees import degree, legend, told, tone
from .page import Page
from .tables import Cell, Table, number


def suppliers(page: Page, supply: dict[str, Any]) -> Table:
    """Every supplier of the figures that head the page."""
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


def measures(page: Page, iri: str, entries: list[dict[str, Any]]) -> Table:
    """The measures that touch it, with their state on the day."""
    columns = [
        ("measure", page.say("Measure", "措置")),
        ("by", page.say("Imposed by", "実施主体")),
        ("type", page.say("Type", "種類")),
        ("targets", page.say("Aimed at", "名宛")),
        ("state", page.say(f"State on {page.day}", f"{page.day} の状態")),
        ("since", page.say("Since", "始期")),
        ("until", page.say("Until", "終期")),
        ("confirmed", page.say("Last confirmed", "最終確認")),
    ]
    rows = [
        {
            "measure": page.thing(entry["iri"], sources=page.sources.mark(entry["document"], entry["place"])),
            "by": page.thing(entry["imposed_by"], label=entry["imposed_by_label"]),
            "type": Cell(entry["type_label"], entry["type"]),
            "state": Cell(entry["state_label"] or "", sources=page.sources.mark(entry["state_document"])),
            "targets": Cell(entry["targets"] or ""),
            "since": Cell(entry["since"] or ""),
            "until": Cell(entry["until"] or ""),
            "confirmed": Cell(str(entry["last_confirmed"] or "")),
        }
        for entry in entries
    ]
    query = page.query("measure-states", mineral=iri, as_of=page.day)
    return Table("measures", page.say("Measures", "措置"), columns, rows, query)


def pillars(page: Page, iri: str, pillars: list[dict[str, Any]]) -> Table:
    """Each pillar, and what under it covers the mineral."""
    columns = [
        ("pillar", page.say("Pillar", "柱")),
        ("reading", page.say("Degree", "段階")),
        ("responses", page.say("What covers it", "対象とする施策")),
    ]
    rows = []
    for pillar in pillars:
        entries = {entry["thing"]: entry for entry in pillar["entries"]}
        degrees = [entry["degree"] for entry in entries.values()]
        colon = page.say(": ", "：")
        names = page.say("; ", "；").join(degree(page, entry["degree"]) + colon + entry["thing_label"] for entry in entries.values())
        sources = tuple(sorted({n for entry in entries.values() for n in page.sources.mark(entry["document"], entry["place"])}))
        rows.append(
            {
                "pillar": page.thing(pillar["iri"], label=pillar["label"]),
                "reading": Cell(told(page, degrees), tone=tone(degrees)) if entries else Cell(**{**page.none().__dict__, "tone": "gap"}),
                "responses": Cell(names, sources=sources) if entries else Cell(""),
            }
        )
    query = page.query("coverage", mineral=iri, as_of=page.day)
    return Table("pillars", page.say("The four pillars", "四つの柱"), columns, rows, query, legend(page))


def figures(page: Page, risks: dict[str, Any]) -> Table:
    """Every computed figure."""
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
        value = page.no_data() if figure["value"] is None else Cell(_bounded(page, figure), float(figure["value"]))
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
                "coverage": Cell() if figure["covered"] is None else Cell(number(figure["covered"], 3)),
            }
        )
    about = page.say(
        "Computed from the sources when the graph was built; none is an official score.",
        "グラフの構築時に出典から計算した値。公式の評点ではない。",
    )
    return Table("figures", page.say("Figures of risk", "リスク指標"), columns, rows, about=about)


def _bounded(page: Page, figure: dict[str, Any]) -> str:
    before = {"at-least": page.say("at least ", "少なくとも "), "at-most": page.say("at most ", "最大 ")}.get(figure["bound"] or "", "")
    return before + number(figure["value"], 4)


def stated(page: Page, entries: list[dict[str, Any]]) -> Table:
    """Figures as documents state them."""
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


def uses(page: Page, iri: str, entries: list[dict[str, Any]]) -> Table:
    """What it goes into."""
    columns = [("thing", page.say("Goes into", "用途")), ("of", page.say("As", "形態"))]
    rows = [
        {
            "thing": page.thing(entry["thing"], label=entry["thing_label"], sources=page.sources.mark(entry["document"], entry["place"])),
            "of": page.thing(entry["used"], label=entry["used_label"]),
        }
        for entry in {(entry["thing"], entry["used"]): entry for entry in entries}.values()
    ]
    return Table("uses", page.say("What it goes into", "何に使われるか"), columns, rows, page.query("uses", thing=iri))


def lists(page: Page, iri: str, entries: list[dict[str, Any]]) -> Table:
    """The lists that name it."""
    columns = [("list", page.say("List", "リスト"))]
    rows = [{"list": page.thing(e["thing"], label=e["thing_label"], sources=page.sources.mark(e["document"], e["place"]))} for e in entries]
    return Table("lists", page.say("Lists that name it", "掲載リスト"), columns, rows, page.query("lists-of-mineral", mineral=iri))


def disputes(page: Page, iri: str, entries: list[dict[str, Any]]) -> Table:
    """The disputes about it."""
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


def supplier_years(page: Page, iri: str, shown: int = 4) -> tuple[Table, dict[str, Any]]:
    """The shares of the suppliers that lead in the newest year, year by year, as a table and as a chart."""
    shares, documents = risk_report.supplier_years(page.graph, iri)
    years = sorted({year for points in shares.values() for year in points if year <= page.day.year})
    leading = sorted(shares, key=lambda partner: -shares[partner][years[-1]])[:shown] if years else []
    labels = {partner: page.graph.label(partner, page.lang) for partner in leading}
    sources = page.sources.marks(documents)
    rows = [
        {
            "year": Cell(str(year), year, sources=sources),
            **{p: Cell(number(shares[p][year], 3), round(shares[p][year], 3)) for p in leading},
        }
        for year in reversed(years)
    ]
    title = page.say("Japan's imports in value: shares of the leading suppliers, %", "日本の輸入額に占める主な供給国の割合（％）")
    drawing = lines({labels[p]: {year: float(shares[p][year]) for year in years} for p in leading}, top=100) if years else {}
    return Table("supplier-years", title, [("year", page.say("Year", "年")), *labels.items()], rows), drawing
