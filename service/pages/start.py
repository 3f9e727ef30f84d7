"""The start page: search, and all minerals with how exposed and how covered they are."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from kg import coverage, lookup, overview
from kg.network import LOOKED_UP
from kg.terms import BASE, KINDS

from ..lookups import PLURALS
from .frame import PATHS, Page, ThePage, router
from .tables import Cell, Table, number

pages, alone = router(), router(beside_calls=False)
SHOWN_KINDS = [kind for kind in KINDS if kind not in ("mineral", "deposit", *LOOKED_UP)]


@alone.get("/")
@pages.get("/minerals")
def start(page: ThePage, q: str = "") -> Response:
    """Search, the minerals, and links to everything else."""
    page.check("q", "limit", "offset")
    found = lookup.search(page.graph, q[:200], page.lang) if q.strip() else []
    kinds = {kind: lookup.things(page.graph, kind, lang=page.lang) for kind in SHOWN_KINDS}
    names = {kind: page.graph.label(f"{BASE}ontology#{name}", page.lang) for kind, name in KINDS.items()}
    title = page.say("Critical minerals: dependence, restrictions, responses", "重要鉱物の依存・規制・対策")
    values: dict[str, Any] = {"q": q, "found": found, "kinds": kinds, "names": names, "plurals": PLURALS, "paths": PATHS}
    return page.answer("start.html", title, [minerals(page)], **values)


@pages.get("/search")
def search(page: ThePage, q: str = "") -> Response:
    """The start page with what was found."""
    return start(page, q)


def minerals(page: Page) -> Table:
    """Every mineral with its suppliers, concentration, measures and pillars on the day."""
    covered = coverage.coverage(page.graph, as_of=page.day, lang=page.lang)
    produced = overview.producers(page.graph, page.day.year)
    rows = {row["mineral"]["iri"]: row for row in covered["minerals"]}
    every = sorted(rows.keys() | produced.keys(), key=lambda iri: page.graph.label(iri, page.lang).casefold())
    year = covered["shares"]["year"]
    columns = [
        ("mineral", page.say("Mineral", "鉱種")),
        ("supplier", page.say(f"Japan's first supplier, {year}", f"日本の第1位の輸入先（{year}）")),
        ("share", page.say("Share of imports, %", "輸入に占める割合（%）")),
        ("producer", page.say("First producer", "第1位の生産国")),
        ("produced", page.say("Share of production, %", "生産に占める割合（%）")),
        ("change", page.say("Change in a year, points", "前年差（ポイント）")),
        ("index", "HHI"),
        ("measures", page.say("Measures in force", "有効な措置")),
        ("pillars", page.say("Pillars covered", "対象とする柱")),
    ]
    acts = coverage.acts(page.graph, page.day)
    found = [_row(page, iri, rows.get(iri), produced.get(iri), len(covered["pillars"])) | _acts(page, acts.get(iri)) for iri in every]
    about = page.say(
        "Imports by value, from trade statistics; production from the newest edition not after the day. A column head sorts.",
        "輸入は貿易統計の金額による。生産は基準日以前の最新版による。見出しで並べ替え。",
    )
    return Table("minerals", page.say("Minerals", "鉱種"), columns, found, page.query("exposure-and-coverage", as_of=page.day), about)


def _acts(page: Page, counts: tuple[int, int] | None) -> dict[str, Cell]:
    """How many acts are in force on a mineral, and apart from them how many no late document confirms."""
    sure, unsure = counts or (0, 0)
    if not sure and not unsure:
        return {"measures": page.none()}
    apart = page.say(f" + {unsure} unconfirmed", f"＋未確認{unsure}") if unsure else ""
    return {"measures": Cell(f"{sure}{apart}", sure)}


def _row(page: Page, iri: str, row: dict[str, Any] | None, made: overview.Producers | None, pillars: int) -> dict[str, Cell]:
    cells = {"mineral": page.thing(iri)}
    supplier = row and row["top_supplier"]
    cells["supplier"] = page.thing(supplier["iri"]) if supplier else page.no_data()
    cells["share"] = Cell(number(row["top_share"], 3), float(row["top_share"])) if supplier and row else page.no_data()
    if made:
        sources = page.sources.mark(made.top.inputs[0].document)
        cells["producer"] = page.thing(made.top.of, notes=(str(made.top.year),), sources=sources)
        cells["produced"] = Cell(number(made.top.value, 3), made.top.value)
        change = made.change
        cells["change"] = page.no_data() if change is None else Cell(f"{round(change, 1) + 0:+}", round(change, 2))
        cells["index"] = Cell(number(made.index.value, 4), made.index.value)
    else:
        cells |= dict.fromkeys(("producer", "produced", "change", "index"), page.no_data())
    covers = sum(bool(pillar["responses"]) for pillar in row["pillars"]) if row else 0
    tone = "covered" if covers == pillars else ""
    cells["pillars"] = Cell(f"{covers} / {pillars}", covers, tone=tone) if covers else page.none()
    return cells
