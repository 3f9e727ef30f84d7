"""What the page of a country tells: minerals that Japan buys from it first, what it produces most of, its measures, disputes, projects."""

from __future__ import annotations

from kg.namespaces import CODE, kind_of
from kg.network import analysis, coverage
from kg.views import lookup
from kg.views.headlines import PRODUCER, REFINER, headlines

from .charts import timeline
from .headlines import bounded
from .lifelines import lives
from .measures import measures_table
from .page import Page
from .pillars import share
from .tables import Cell, Table, number
from .thing_sections import Section, rows_table


def sections(page: Page, iri: str) -> list[Section | None]:
    """One country or bloc on the day."""
    is_country = kind_of(iri) == "country"
    supply = [Section(_supplied(page, iri), width="half"), Section(_produced(page, iri), width="half")] if is_country else []
    return [*supply, _measures(page, iri) if is_country else None, _disputes(page, iri), _projects(page, iri), _exposed(page, iri)]


def _acts(page: Page, count: int) -> Cell:
    return Cell(str(count), count) if count else page.none()


def _supplied(page: Page, iri: str) -> Table:
    found = coverage.coverage(page.graph, as_of=page.day, lang=page.lang)
    acts = coverage.acts(page.graph, page.day)
    columns = [
        ("mineral", page.say("Mineral", "鉱種")),
        ("share", page.say("Share of imports, %", "輸入に占める割合（%）")),
        ("year", page.say("Year", "年")),
        ("measures", page.say("Measures in force on it", "有効な措置")),
    ]
    rows = [
        {
            "mineral": page.thing(row["mineral"]["iri"]),
            "share": share(page, row["top_share"]),
            "year": Cell(str(row["top_year"]), row["top_year"]),
            "measures": _acts(page, acts.get(row["mineral"]["iri"], (0, 0))[0]),
        }
        for row in sorted(found["minerals"], key=lambda row: -(row["top_share"] or 0))
        if row["top_supplier"] and row["top_supplier"]["iri"] == iri and not row["top_via"]
    ]
    about = page.say(
        "Of Japan's imports by value over the main traded forms, where the trade tables have these.",
        "日本の主な取引形態の輸入額に占める割合（貿易統計にあるもの）。",
    )
    query = page.query("exposure-and-coverage", as_of=page.day, lang=page.lang)
    return Table("supplied", page.say("Japan's first supplier of", "日本の第1位の輸入先である鉱種"), columns, rows, query, about)


def _produced(page: Page, iri: str) -> Table:
    columns = [
        ("mineral", page.say("Mineral", "鉱種")),
        ("role", page.say("Stage", "段階")),
        ("share", page.say("Share of the world's, %", "世界に占める割合（%）")),
        ("year", page.say("Year", "年")),
        ("index", "HHI"),
    ]
    every = headlines(page.graph, page.day.year, page.lang).values()
    found = [head for head in every if head.role in (PRODUCER, REFINER) and head.country == iri and not head.via]
    rows = [
        {
            "mineral": page.thing(head.mineral, sources=page.sources.mark(head.document)),
            "role": Cell(page.graph.label(f"{CODE}headline-role/{head.role}", page.lang)),
            "share": Cell(bounded(page, head), head.share),
            "year": Cell(str(head.year), head.year),
            "index": page.no_data() if head.index is None else Cell(number(head.index, 4), head.index),
        }
        for head in sorted(found, key=lambda head: -(head.share or 0))
    ]
    return Table("produced", page.say("First producer or refiner in the world of", "世界第1位の生産国・製錬国である鉱種"), columns, rows)


def _measures(page: Page, iri: str) -> Section:
    found = lookup.measures(page.graph, page.lang, as_of=page.day, country=iri)
    query = page.query("measure-states", as_of=page.day, country=iri, lang=page.lang)
    life = lives(page, found)
    return Section(measures_table(page, found, query), timeline(life, page.day) if life else None)


def _disputes(page: Page, iri: str) -> Section | None:
    rows = page.graph.ask("disputes", lang=page.lang)
    roles = {"complainant": page.say("complainant", "申立国"), "respondent": page.say("respondent", "被申立国")}
    told = [{**row, "roleLabel": roles[str(row["role"])]} for row in rows if row["party"] == iri]
    columns = [
        ("dispute", page.say("Dispute", "紛争")),
        ("roleLabel", page.say("As", "役割")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    query = page.query("disputes", lang=page.lang)
    table = rows_table(page, "disputes", page.say("Disputes", "紛争"), columns, told, query)
    return Section(table, width="half") if told else None


def _projects(page: Page, iri: str) -> Section | None:
    rows = [row for row in page.graph.ask("projects", lang=page.lang) if row["country"] == iri]
    columns = [("project", page.say("Project", "プロジェクト")), ("mineral", page.say("Mineral", "鉱種"))]
    query = page.query("projects", lang=page.lang)
    return Section(rows_table(page, "projects", page.say("Projects", "プロジェクト"), columns, rows, query), width="half") if rows else None


def _exposed(page: Page, iri: str) -> Section | None:
    found = analysis.exposure(page.graph, iri, as_of=page.day, lang=page.lang)
    columns = [
        ("thing", page.say("What depends on it", "依存するもの")),
        ("kind", page.say("Kind", "種類")),
        ("low", page.say("At least, %", "下限（%）")),
        ("high", page.say("At most, %", "上限（%）")),
    ]
    rows = [
        {
            "thing": page.thing(entry["thing"]["iri"], sources=page.sources.marks(_documents(entry))),
            "kind": Cell(page.kind(entry["thing"]["iri"])),
            "low": page.no_data() if entry["share"] == "unknown" else share(page, entry["low"]),
            "high": page.no_data() if entry["share"] == "unknown" else share(page, entry["high"]),
        }
        for entry in found["exposed"]
        if kind_of(entry["thing"]["iri"]) != "region"
    ]
    title = page.say("What depends on it, with the share that reaches it", "依存するものと及ぶ割合")
    return Section(Table("exposed", title, columns, rows), is_aside=True) if rows else None


def _documents(entry: dict[str, object]) -> list[str]:
    steps: list[dict[str, object]] = entry["steps"]  # type: ignore[assignment]  # as kg.network.subgraph.steps gives them
    return [told["document"] for step in steps for told in step["statements"] if "/doc/" in told["document"]]  # type: ignore[attr-defined]
