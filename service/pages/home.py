"""The start page: search, and all minerals with how exposed and how covered they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi.responses import Response

from kg.namespaces import BASE, KINDS
from kg.network import coverage
from kg.network.graphs import LOOKED_UP
from kg.views import lookup
from kg.views.headlines import PRODUCER, REFINER, SUPPLIER, Headline, headlines

from ..deps import PLURALS
from .headlines import headed, stated
from .page import PATHS, Page, ThePage, router
from .tables import Cell, Table, number

pages, alone = router(), router(beside_calls=False)
LISTED_MOST = 12  # things of a kind that are named on the page; of more, a link leads to the list
SHOWN_KINDS = [kind for kind in KINDS if kind not in ("mineral", "deposit", *LOOKED_UP)]


@alone.get("/")
def start(page: ThePage, q: str = "") -> Response:
    """Search, the minerals that measures or responses concern, and links to everything else."""
    return _start(page, q, is_whole=page.request.query_params.get("format") == "csv")


@pages.get("/minerals")
def every_mineral(page: ThePage, q: str = "") -> Response:
    """The start page with all minerals."""
    return _start(page, q, is_whole=True)


def _start(page: Page, q: str, *, is_whole: bool) -> Response:
    page.check("q", "limit", "offset")
    found = lookup.search(page.graph, q[:200], page.lang) if q.strip() else []
    kinds = {kind: lookup.things(page.graph, kind, lang=page.lang) for kind in SHOWN_KINDS}
    listings = {kind: page.to(f"/{PATHS[kind]}") for kind, items in kinds.items() if len(items) > LISTED_MOST and kind in PATHS}
    names = {kind: page.graph.label(f"{BASE}ontology#{name}", page.lang) for kind, name in KINDS.items()}
    title = page.say("Critical minerals: dependence, restrictions, responses", "重要鉱物の依存・規制・対策")
    values: dict[str, Any] = {"q": q, "found": found, "kinds": kinds, "names": names, "plurals": PLURALS, "paths": PATHS}
    table = minerals(page)
    every, shown = len(table.rows), table if is_whole else _concerned(table)
    values |= {"listings": listings, "every": 0 if len(shown.rows) == every else every}
    return page.answer("start.html", title, [shown], **values)


def _concerned(table: Table) -> Table:
    """The table without the minerals that no measure in force and no response concerns."""
    rows = [row for row in table.rows if not (row["measures"].absence and row["pillars"].absence)]
    return replace(table, rows=rows)


@pages.get("/search")
def search(page: ThePage, q: str = "") -> Response:
    """The start page with what was found."""
    return _start(page, q, is_whole=False)


def minerals(page: Page) -> Table:
    """Every mineral with the headline of each role, what documents state, its measures and its pillars on the day."""
    covered = coverage.coverage(page.graph, as_of=page.day, lang=page.lang)
    heads = headlines(page.graph, page.day.year, page.lang)
    rows = {row["mineral"]["iri"]: row for row in covered["minerals"]}
    made = {mineral for (mineral, _), head in heads.items() if head.country and not head.via}
    every = sorted(rows.keys() | made, key=lambda iri: page.graph.label(iri, page.lang).casefold())
    columns = [
        ("mineral", page.say("Mineral", "鉱種")),
        ("supplier", page.say("Japan's first supplier (trade)", "日本の第1位の輸入先（貿易）")),
        ("share", page.say("Share of imports, %", "輸入に占める割合（%）")),
        ("stated", page.say("First supplier as stated", "第1位の輸入先（文書の記述）")),
        ("producer", page.say("First producer", "第1位の生産国")),
        ("produced", page.say("Share of production, %", "生産に占める割合（%）")),
        ("change", page.say("Change in a year, points", "前年差（ポイント）")),
        ("index", "HHI"),
        ("refiner", page.say("First refiner", "第1位の製錬国")),
        ("refined", page.say("Share of refining, %", "製錬に占める割合（%）")),
        ("measures", page.say("Measures in force", "有効な措置")),
        ("pillars", page.say("Pillars covered", "対象とする柱")),
    ]
    acts = coverage.acts(page.graph, page.day)
    found = [_row(page, iri, rows.get(iri), heads, len(covered["pillars"])) | _acts(page, acts.get(iri)) for iri in every]
    about = page.say(
        "One figure for each role, the same on every page: imports by value over the main traded forms; production and refining from the "
        "newest table or study, each with its year. Where there is none, the cell says why. A column head sorts.",
        "役割ごとに一つの値を選び、どのページでも同じ値を示す。輸入は主な取引形態の金額、生産と製錬は最新の統計または調査による（年を併記）。"
        "値がない場合は理由を示す。見出しで並べ替え。",
    )
    return Table("minerals", page.say("Minerals", "鉱種"), columns, found, page.query("headlines", year=page.day.year), about)


def _acts(page: Page, counts: tuple[int, int] | None) -> dict[str, Cell]:
    """How many acts are in force on a mineral, and apart from them how many no late document confirms."""
    sure, unsure = counts or (0, 0)
    if not sure and not unsure:
        return {"measures": page.none()}
    apart = page.say(f" + {unsure} unconfirmed", f"＋未確認{unsure}") if unsure else ""
    return {"measures": Cell(f"{sure}{apart}", sure)}


def _row(page: Page, iri: str, row: dict[str, Any] | None, heads: Mapping[tuple[str, str], Headline], pillars: int) -> dict[str, Cell]:
    cells = {"mineral": page.thing(iri), "stated": stated(page, row)}
    for role, country, share in ((SUPPLIER, "supplier", "share"), (PRODUCER, "producer", "produced"), (REFINER, "refiner", "refined")):
        cells[country], cells[share] = headed(page, heads.get((iri, role)))
    made = heads.get((iri, PRODUCER))
    own = made if made is not None and not made.via else None
    change = own.change if own else None
    cells["change"] = page.no_data() if change is None else Cell(f"{round(change, 1) + 0:+}", round(change, 2))
    index = own.index if own else None
    cells["index"] = page.no_data() if index is None else Cell(number(index, 4), index)
    cells["pillars"] = _pillars(page, row, pillars)
    return cells


def _pillars(page: Page, row: dict[str, Any] | None, pillars: int) -> Cell:
    """How many pillars count as covered (something funded or operating), and apart from them those with something designated alone."""
    designated = len(row["designated"]) if row else 0
    covers = pillars - len(row["missing"]) if row else 0
    if not covers and not designated:
        return page.none()
    apart = page.say(f" + {designated} designated", f"＋指定のみ{designated}") if designated else ""
    return Cell(f"{covers} / {pillars}{apart}", covers, tone="covered" if covers == pillars else "")
