"""Coverage: minerals by pillars on the day with the gaps and what would close them, and what one pillar holds and covers."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from kg.network import coverage
from kg.network.graphs import network
from kg.views.headlines import SUPPLIER, headlines

from .degrees import degree, legend, told, tone
from .headlines import headed, stated
from .page import Page, ThePage, router
from .tables import Cell, Table, number
from .thing_sections import Section

pages = router()


@pages.get("/coverage")
def matrix(page: ThePage) -> Response:
    """The matrix on the day, the gaps by exposure, the candidates by how many gaps they would close."""
    page.check("by")
    found = coverage.coverage(page.graph, as_of=page.day, lang=page.lang)
    sections = [Section(_matrix(page, found)), Section(_gaps(page, found)), Section(_candidates(page, found))]
    title = page.say("Which pillar covers which mineral", "どの柱がどの鉱種を対象とするか")
    return page.answer("coverage.html", title, [section.table for section in sections], sections=sections)


def _matrix(page: Page, found: dict[str, Any]) -> Table:
    columns = [("mineral", page.say("Mineral", "鉱種")), *((pillar["slug"], pillar["label"]) for pillar in found["pillars"])]
    columns += [("measures", page.say("Measures in force", "有効な措置"))]
    rows = []
    for entry in found["minerals"]:
        cells = {"mineral": page.thing(entry["mineral"]["iri"])}
        for pillar in entry["pillars"]:
            cells[pillar["pillar"]["slug"]] = covered(page, pillar["responses"])
        measures = len(entry["measures"])
        cells["measures"] = Cell(str(measures), measures) if measures else page.none()
        rows.append(cells)
    query = page.query("coverage", as_of=page.day, lang=page.lang)
    return Table("matrix", page.say("Minerals by pillars", "鉱種と柱"), columns, rows, query, legend(page))


def covered(page: Page, responses: list[dict[str, Any]]) -> Cell:
    """A cell of the matrix: how many responses of each degree, which, through what, since when, and the sources; or none recorded."""
    if not responses:
        return Cell(**{**page.none().__dict__, "tone": "gap"})
    degrees = [item["degree"] for item in responses]
    sources = page.sources.marks(item["document"] for item in responses)
    notes = tuple(_response(page, item) for item in responses)
    return Cell(told(page, degrees), sources=sources, notes=notes, tone=tone(degrees))


def _response(page: Page, item: dict[str, Any]) -> str:
    """A response in words: its name, through what it covers the mineral, its degree and since when."""
    names = page.say(", ", "、").join(thing["label"] for thing in item["through"])
    via = page.say(f" (through {names})", f"（{names}を通じて）") if names else ""
    since = page.say(f" since {item['since']}", f"（{item['since']}から）") if item["since"] else ""
    return page.say(": ", "：").join((item["response"]["label"] + via, item["degree_label"] + since))


def _gaps(page: Page, found: dict[str, Any]) -> Table:
    heads = headlines(page.graph, page.day.year, page.lang)
    columns = [
        ("mineral", page.say("Mineral", "鉱種")),
        ("restricted", page.say("Share of a supplier that restricts exports, %", "輸出を制限する供給国の割合（%）")),
        ("share", page.say("Share of the first supplier (trade), %", "第1位の輸入先の割合（貿易、%）")),
        ("supplier", page.say("First supplier (trade)", "第1位の輸入先（貿易）")),
        ("stated", page.say("First supplier as stated", "第1位の輸入先（文書の記述）")),
        ("missing", page.say("Pillars with nothing funded or operating", "資金措置・実施の記録がない柱")),
        ("designated", page.say("Of these, designated", "うち指定のみ")),
    ]
    rows = []
    for gap in found["gaps"]:
        supplier, part = headed(page, heads.get((gap["mineral"]["iri"], SUPPLIER)))
        rows.append(
            {
                "mineral": page.thing(gap["mineral"]["iri"]),
                "restricted": share(page, gap["restricted_share"]),
                "share": part,
                "supplier": supplier,
                "stated": stated(page, gap),
                "missing": Cell(page.say(", ", "、").join(item["label"] for item in gap["missing"]), len(gap["missing"])),
                "designated": Cell(page.say(", ", "、").join(item["label"] for item in gap["designated"])),
            }
        )
    about = page.say(
        "By the share of a supplier that restricts exports (a lower bound), then of any: by value over the main traded forms where the "
        "trade tables have these; what documents state stands apart.",
        "輸出を制限する供給国の割合（下限値）、次いで最大の供給国の割合の順。貿易統計に主な取引形態がある鉱種は輸入額による。文書の記述は別の列に示す。",
    )
    query = page.query("exposure-and-coverage", as_of=page.day, lang=page.lang)
    return Table("gaps", page.say("Gaps, the most exposed first", "空白（依存の大きい順）"), columns, rows, query, about)


def share(page: Page, value: float | None) -> Cell:
    """A share in percent, or no data."""
    return page.no_data() if value is None else Cell(number(value, 3), round(value, 4))


def _candidates(page: Page, found: dict[str, Any]) -> Table:
    columns = [
        ("response", page.say("Response on record", "記録にある施策")),
        ("fills", page.say("Cells that it would raise", "段階が上がる欄の数")),
        ("cells", page.say("Which", "内訳")),
    ]
    rows = [
        {
            "response": page.thing(item["response"]["iri"]),
            "fills": Cell(str(item["fills"]), item["fills"]),
            "cells": Cell(value="; ".join(lines), notes=lines),
        }
        for item in found["candidates"]
        for lines in (_by_pillar(page, item["cells"]),)
    ]
    about = page.say(
        "Responses that at another time cover further than anything does on the day: over by then, or begun or funded later.",
        "基準日のどの施策よりも進んだ段階に、別の時期に達している施策（基準日より前に終了、または後に開始・資金措置）。",
    )
    return Table("candidates", page.say("What would close most", "最も多くの空白を埋める施策"), columns, rows, about=about)


def _by_pillar(page: Page, cells: list[dict[str, Any]]) -> tuple[str, ...]:
    """A line for each pillar and degree with the minerals that it would come to cover."""
    held: dict[str, list[str]] = {}
    for cell in cells:
        pillar, reached = cell["pillar"]["label"], degree(page, cell["degree"])
        head = page.say(f"{pillar} ({reached})", f"{pillar}（{reached}）")
        held.setdefault(head, []).append(cell["mineral"]["label"])
    return tuple(page.say(f"{head}: {', '.join(names)}", f"{head}：{'、'.join(names)}") for head, names in held.items())


def sections(page: Page, iri: str) -> list[Section | None]:
    """One pillar: what stands under it, and which minerals it covers on the day."""
    return [Section(_under(page, iri), width="half"), Section(_covers(page, iri), width="half")]


def _under(page: Page, iri: str) -> Table:
    net = network(page.graph)
    held = [(source, data) for source, _, data in net.in_edges(iri, data=True) if data["relation"] in ("pillar", "partOf")]
    columns = [("thing", page.say("Response", "施策")), ("kind", page.say("Kind", "種類"))]
    rows = {
        source: {"thing": page.thing(source, sources=page.sources.mark(data["document"], data["place"])), "kind": Cell(page.kind(source))}
        for source, data in held
    }
    ordered = sorted(rows.values(), key=lambda row: (row["kind"].text, row["thing"].text))
    return Table("under", page.say("What stands under it", "この柱の施策"), columns, ordered, page.query("policy-lines", lang=page.lang))


def _covers(page: Page, iri: str) -> Table:
    found = coverage.coverage(page.graph, as_of=page.day, lang=page.lang)
    columns = [("mineral", page.say("Mineral", "鉱種")), ("covered", page.say(f"By, on {page.day}", f"対象とする施策（{page.day}）"))]
    rows = [
        {"mineral": page.thing(entry["mineral"]["iri"]), "covered": covered(page, pillar["responses"])}
        for entry in found["minerals"]
        for pillar in entry["pillars"]
        if pillar["pillar"]["iri"] == iri and pillar["responses"]
    ]
    query = page.query("coverage", pillar=iri, as_of=page.day, lang=page.lang)
    return Table("covers", page.say("Minerals that it covers", "対象鉱種"), columns, rows, query, legend(page))
