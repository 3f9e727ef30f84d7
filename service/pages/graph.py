"""The graph as a picture: what is linked to what around anything, with its table, its files, and a form to choose what is shown."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import RedirectResponse, Response

from kg.export import registry
from kg.graph.graph import unknown
from kg.layout.columns import COLUMNS
from kg.namespaces import KINDS, kind_of, slug_of
from kg.views import lookup

from ..http.concurrency import WHOLE
from .graph_geometry import kind_name, picture, relation_name
from .graph_view import MOST, View, Wanted, view
from .page import Page, ThePage, router
from .tables import Cell, Table, number

alone = router(beside_calls=False, place=WHOLE)
PANEL = ("country", "bloc", "measure", "material", "component", "product")  # kinds in the small picture of a mineral
SMALL = 40  # things in it
LISTS = ("kinds", "expand", "measure")
Names = Annotated[list[str], Query()]


@alone.get("/graph")
def graph(
    page: ThePage,
    center: str = "",
    depth: Annotated[int, Query(ge=0, le=registry.MAX_DEPTH)] = 1,
    kinds: Names = [],  # noqa: B006  # FastAPI gives each request its own
    measure: Names = [],  # noqa: B006
    expand: Names = [],  # noqa: B006
    start: Annotated[str, Query(alias="from")] = "",
    goal: Annotated[str, Query(alias="to")] = "",
    layout: Literal["columns", "force"] = "columns",
) -> Response:
    """What is linked around the center, or an overview; things in ``expand`` with their links too; paths between two things marked."""
    page.check("center", "depth", *LISTS, "from", "to", "layout", lists=LISTS)
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("kind", kind, KINDS)
    if page.request.query_params.get("format") == "json":
        return RedirectResponse(page.to("/graph.json", center=center or None, depth=depth, kinds=kinds or None), 303)
    wanted = _wanted(page, center, depth, kinds, measure, expand, start, goal)
    found = view(page.graph, wanted, page.day, page.lang)
    opened = {str(page.graph.resolve(name)): name for name in expand if name}
    values: dict[str, Any] = {
        "picture": picture(page, found, layout, _toggles(page, found, wanted, opened)),
        "view": found,
        "most": MOST,
        "shown": len(found.net),
        "left_out": [(kind_name(page, kind), count, page.here(kinds=[kind])) for kind, count in found.left_out.most_common()],
        "center": page.graph.label(wanted.centers[0], page.lang) if center else "",
        "given": {"center": center, "depth": depth, "kinds": kinds, "measure": measure, "from": start, "to": goal, "layout": layout},
        "kept_expand": list(opened.values()),
        "kinds": [(kind, kind_name(page, kind)) for group in COLUMNS for kind in group],
        "measures": lookup.things(page.graph, "measure", lang=page.lang),
        "names": _names(page, found),
        "formats": _formats(page, center, depth, kinds, found),
        "paths": page.to("/paths", source=start, target=goal) if start and goal else "",
        "no_path": bool(start and goal and not found.path),
    }
    title = page.say("The graph", "関係図") + (f": {values['center']}" if center else "")
    return page.answer("graph.html", title, [_nodes(page, found), links(page, found)], **values)


def around(page: Page, iri: str) -> dict[str, Any]:
    """The small picture of a mineral: its picture, its table of links, and the address of the large one."""
    found = view(page.graph, Wanted([iri], 1, PANEL), page.day, page.lang, SMALL)
    title = page.say("Supply chain and measures", "供給網と措置")
    large = page.to("/graph", center=slug_of(iri), depth=1, kinds=PANEL)
    return {"picture": picture(page, found, "columns", {}), "table": links(page, found, title), "large": large, "shown": len(found.net)}


def _wanted(page: Page, center: str, depth: int, kinds: list[str], measure: list[str], expand: list[str], start: str, goal: str) -> Wanted:
    named = [page.graph.resolve(name) for name in (center, *expand) if name]
    measures = [page.graph.resolve(name, ["measure"]) for name in measure if name]
    ends = [str(page.graph.resolve(name)) if name else "" for name in (start, goal)]
    return Wanted(list(dict.fromkeys(named)), depth if center else 1, kinds, measures, *ends)


def _toggles(page: Page, found: View, wanted: Wanted, opened: dict[str, str]) -> dict[str, tuple[str, bool]]:
    """For each thing with more links than are shown the address that shows them, and for each that was opened the one that closes it."""
    kept = list(opened.values())
    toggles = {}
    for iri in found.net:
        if iri in opened:
            toggles[iri] = (page.here(expand=[name for name in kept if name != opened[iri]]), True)
        elif found.hidden.get(iri) and iri not in wanted.centers[:1]:
            toggles[iri] = (page.here(expand=[*kept, f"{kind_of(iri)}/{slug_of(iri)}"]), False)
    return toggles


def _names(page: Page, found: View) -> list[tuple[str, str]]:
    """What may stand in the fields: minerals, countries, measures and products, and all that is shown."""
    listed = {item["iri"] for kind in ("mineral", "country", "measure", "product") for item in lookup.things(page.graph, kind)}
    named = [(f"{kind_of(iri)}/{slug_of(iri)}", page.graph.label(iri, page.lang)) for iri in listed | set(found.net)]
    return sorted(named, key=lambda pair: pair[1].casefold())


def _formats(page: Page, center: str, depth: int, kinds: list[str], found: View) -> list[tuple[str, str, str]]:
    """Every file format: its name, address, and what it is for."""
    asked = {"center": center or None, "depth": depth if center else None, "kinds": kinds or None}
    asked["as_of"] = None if found.undated else page.day.isoformat()
    return [(name, page.to(f"/graph.{name}", **asked), kept.description) for name, kept in registry.FORMATS.items()]


def _nodes(page: Page, found: View) -> Table:
    columns = [
        ("thing", page.say("Thing", "対象")),
        ("kind", page.say("Kind", "種類")),
        ("links", page.say("Links shown", "図中の関係数")),
        ("hidden", page.say("More linked to it", "ほかの関係先")),
        ("center", page.say("In the middle", "中心にする")),
    ]
    rows = [
        {
            "thing": page.thing(iri),
            "kind": Cell(kind_name(page, str(data["kind"]))),
            "links": Cell(str(found.net.degree(iri)), found.net.degree(iri)),
            "hidden": Cell(str(found.hidden[iri]), found.hidden[iri]),
            "center": Cell(page.say("put here", "中心へ"), slug_of(iri), page.to("/graph", center=f"{kind_of(iri)}/{slug_of(iri)}")),
        }
        for iri, data in sorted(found.net.nodes(data=True), key=lambda pair: (str(pair[1]["kind"]), page.graph.label(pair[0], page.lang)))
    ]
    return Table("things", page.say("Things shown", "図中の対象"), columns, rows)


def links(page: Page, found: View, title: str = "") -> Table:
    """A row for each statement that a line of the picture rests on."""
    columns = [
        ("source", page.say("From", "から")),
        ("relation", page.say("Relation", "関係")),
        ("target", page.say("To", "へ")),
        ("share", page.say("Share, %", "割合（%）")),
        ("from", page.say("From day", "始期")),
        ("until", page.say("Last day", "終期")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    edges = sorted(found.net.edges(data=True), key=lambda e: (e[0], str(e[2]["relation"]), e[1], str(e[2]["statement"])))
    rows = [
        {
            "source": page.thing(source),
            "relation": Cell(relation_name(page, str(data["relation"])), sources=page.sources.mark(data["document"], data["place"])),
            "target": page.thing(target),
            "share": _share(page, data),
            "from": Cell(data["start"].isoformat() if data["start"] else ""),
            "until": Cell((data["end"] - datetime.timedelta(days=1)).isoformat() if data["end"] else ""),
            "certainty": Cell(page.code("certainty", data["certainty"]) if data["certainty"] else ""),
        }
        for source, target, data in edges
    ]
    return Table("links", title or page.say("Links shown, each with its source", "図中の関係と出典"), columns, rows)


def _share(page: Page, data: dict[str, Any]) -> Cell:
    if data["share"] is None:
        return Cell()
    bound = "" if data["exact"] else page.say("at least ", "少なくとも ")
    return Cell(f"{bound}{number(data['share'], 4)}", float(data["share"]))
