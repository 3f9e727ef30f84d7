"""The page of one mineral: how exposed, to whom, what changed, what is done, what hangs on it, and what all that rests on."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from kg.views import figure_account, lookup, states
from kg.views.figures import at, shares_of
from kg.views.headlines import PRODUCER, REFINER, ROLES, SUPPLIER, Headline, headline

from . import graph as graphs
from . import mineral_tables
from .charts import timeline
from .headlines import bounded, headed, of_group, reason
from .lifelines import lives
from .page import Page, ThePage, router
from .tables import Cell, number
from .thing_sections import statements

pages = router()
BARS = 6  # suppliers drawn; the table below has all
HALF = 50
CONCENTRATED = 2500  # HHI above which the U.S. antitrust guidelines of 2010 speak of a highly concentrated market
RECYCLING, SUBSTITUTION = "recycling-input-rate", "substitution-index-supply"


@pages.get("/minerals/{slug}")
def mineral(page: ThePage, slug: str) -> Response:
    """One mineral on the day."""
    page.check()
    iri = page.graph.resolve(slug, ["mineral"])
    found = lookup.mineral(page.graph, iri, page.lang, page.day)
    risks = found["risks"]
    supply = _main(page, iri)
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
        "tiles": _tiles(page, iri, risks, found["responses"]),
        "bars": _bars(page, supply),
        "drawing": timeline(life, page.day) if (life := lives(page, _all_measures(page, iri))) else None,
        "supply": next(iter(supply.values()), None),
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


def _main(page: Page, iri: str) -> dict[str, dict[str, Any]]:
    """The headlines that head the page, each with every country's share: Japan's imports, production, refining."""
    found: dict[str, dict[str, Any]] = {}
    for name, role in (("imports", SUPPLIER), ("production", PRODUCER), ("refining", REFINER)):
        head = headline(page.graph, iri, role, page.day.year, page.lang)
        if head is not None and head.figure:
            figure = figure_account.tell_figure(page.graph, at(page.graph, head.figure), page.lang, head.via or None)
            terms = [
                {"of": one.country, "label": page.graph.label(one.country, page.lang), "share": one.share}
                for one in shares_of(page.graph, head.figure)
            ]
            found[name] = {**figure, "terms": terms}
    return found


def _tiles(page: Page, iri: str, risks: dict[str, Any], pillars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    heads = {role: headline(page.graph, iri, role, page.day.year, page.lang) for role in ROLES}
    covered = [pillar["label"] for pillar in pillars if pillar["covered"]]
    missing = [pillar["label"] for pillar in pillars if not pillar["covered"]]
    gaps = page.say("nothing funded or operating recorded for: ", "資金措置・実施の記録なし：") if missing else ""
    gaps += page.say(", ", "、").join(missing)
    acts = states.counted(risks["measures"])
    sure, unsure = acts["acts_in_force"], acts["acts_unconfirmed"]
    apart = page.say(f"; {unsure} more not confirmed of late", f"、ほか近年の確認なし{unsure}") if unsure else ""
    return [
        _head_tile(page, page.say("Japan's dependence on its first supplier", "日本の第1位の輸入先への依存"), heads[SUPPLIER]),
        _head_tile(page, page.say("First producer (mine)", "第1位の生産国（鉱山）"), heads[PRODUCER]),
        _head_tile(page, page.say("First refiner", "第1位の製錬国"), heads[REFINER]),
        _index_tile(page, page.say("HHI of world production", "世界生産の集中度 HHI"), heads[PRODUCER] or heads[REFINER]),
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


def _head_tile(page: Page, label: str, head: Headline | None) -> dict[str, Any]:
    """A headline's share with the country, the year and what must be known of it; or why there is none."""
    if head is None:
        return {"label": label, "cell": page.no_data(), "more": "", "tone": ""}
    if head.share is None:
        return {"label": label, "cell": page.no_data(), "more": reason(page, head), "tone": ""}
    country, _ = headed(page, head)
    cell = Cell(f"{bounded(page, head)} %", sources=page.sources.mark(head.document))
    more = page.say(", ", "、").join([country.text, *country.notes])
    return {"label": label, "cell": cell, "more": more, "tone": "high" if head.share > HALF and not head.via else ""}


def _index_tile(page: Page, label: str, head: Headline | None) -> dict[str, Any]:
    if head is None or head.index is None:
        return {"label": label, "cell": page.no_data(), "more": "", "tone": ""}
    cell = Cell(number(head.index, 4), sources=page.sources.mark(head.document))
    more = page.say(", ", "、").join(filter(None, (str(head.year), of_group(page, head))))
    tone = "high" if head.index > CONCENTRATED and not head.via else ""
    return {"label": label, "cell": cell, "more": more, "tone": tone, "method": "hhi"}


def _printed_tile(page: Page, label: str, readings: dict[str, dict[str, Any]], quantity: str, unit: str) -> dict[str, Any]:
    known = [r for r in readings.values() if r["quantity"] == quantity and r["value"] is not None]
    if not known:
        return {"label": label, "cell": page.no_data(), "more": page.say("not zero", "0ではない"), "tone": ""}
    newest = max(known, key=lambda r: r["year"] or 0)
    cell = Cell(number(newest["value"], 3) + unit, sources=page.sources.mark(newest["document"]))
    return {"label": label, "cell": cell, "more": str(newest["year"] or ""), "tone": ""}


def _bars(page: Page, supply: dict[str, Any]) -> list[dict[str, Any]]:
    figure = next(iter(supply.values()), None)
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
