"""Coverage: minerals by pillars and by measures as of a day, what each cell rests on, the gaps by exposure, and what would close most.

What covers what, and in which degree, is decided when the graph is built and read from ``kg.views.coverage``. Knows the graph and its
networks; knows nothing of the web.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..derive.coverage import RANKS
from ..graph.graph import Graph, Rows
from ..graph.periods import period_start
from ..namespaces import CODE, kind_of
from ..views.coverage import DESIGNATED, LAST, Cover, all_covers, best, covers
from ..views.headlines import SUPPLIER, Headline, headlines
from .graphs import issued_year, needs, network
from .subgraph import about

if TYPE_CHECKING:
    import networkx as nx

GAP = ("mineral", "missing", "designated", "restricted_share", "top_share", "top_supplier", "top_year", "top_via", "top_reason", "stated")
Cells = dict[tuple[str, str], list[Cover]]  # by mineral and pillar


def coverage(graph: Graph, *, as_of: datetime.date | None = None, by: str = "trade", lang: str = "en") -> dict[str, Any]:
    """Per mineral: the responses under each pillar, the measures on it, its suppliers' bounds; then the gaps and what would close them.

    ``top_supplier`` is the headline of Japan's suppliers (with ``top_year``, and ``top_via`` where it is of the whole group), or
    None with ``top_reason``; what documents state stands apart, in ``stated``. With ``by`` stated there is no headline.

    Each response stands in a cell with its degree on the day (without a day: as last known): designated, funded, operating, ended or
    failed. A pillar counts as covered from funded up; ``missing`` are the others, and ``designated`` those of them under which something
    is designated. ``gaps``: minerals with a pillar missing, ordered by the largest share of one supplier that restricts exports, then by
    the largest share of any (lower bounds, percent; None where no share is stated), then by the number of pillars missing.
    ``candidates``: responses that at another time cover further than anything does on the day, by how many cells they would raise.
    “None recorded” is not “none”.
    """
    pillars = sorted((str(iri) for iri in graph.names if kind_of(iri) == "pillar"), key=lambda iri: _number(graph, iri))
    heads = headlines(graph, as_of.year if as_of else None, lang) if by == "trade" else {}
    stated = needs(graph, as_of, "stated")
    held = _cells(graph, as_of)
    measures, supplied = _measures(graph, as_of), _supplied(graph, as_of, by)
    concerned = _concerned(graph, stated) | measures.keys() | supplied.keys()
    minerals = sorted(concerned, key=lambda iri: graph.label(iri, lang))
    imposers = _imposers(graph, as_of)
    rows = []
    for mineral in minerals:
        cells = {pillar: held.get((mineral, pillar), []) for pillar in pillars}
        known = sorted(measures.get(mineral, []))
        restricting = {imposer for measure in known for imposer in imposers.get(measure, ())}
        bounds = _Bounds(heads.get((mineral, SUPPLIER)), supplied.get(mineral, {}), _stated(graph, stated, mineral, lang))
        rows.append(_row(graph, mineral, cells, known, bounds, restricting, lang))
    gaps = [row for row in rows if row["missing"]]
    gaps.sort(key=_urgency)
    return {
        "as_of": as_of,
        "shares": {"by": by, "year": needs(graph, as_of, by).graph["year"]},
        "pillars": [about(graph, pillar, lang) for pillar in pillars],
        "minerals": rows,
        "gaps": [{name: row[name] for name in GAP} for row in gaps],
        "candidates": _candidates(graph, held, as_of, lang),
    }


def _concerned(graph: Graph, stated: nx.DiGraph[str]) -> set[str]:
    """Minerals of which a document states a supplier, or that a response covers or a measure falls on at whatever time."""
    named = {node for node in stated if kind_of(node) == "mineral" and any(edge["supply"] for edge in stated[node].values())}
    touched = {str(row["mineral"]) for row in graph.part("touched")}
    return named | touched | {cover.mineral for cover in all_covers(graph)}


def _cells(graph: Graph, as_of: datetime.date | None) -> Cells:
    """What holds on the day, by mineral and pillar."""
    found: Cells = defaultdict(list)
    for cover in covers(graph, as_of):
        found[cover.mineral, cover.pillar].append(cover)
    return found


def _measures(graph: Graph, as_of: datetime.date | None) -> dict[str, list[str]]:
    """Measures on each mineral: those in force on the day, or all of them."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in graph.part("touched") if as_of is None else _in_force(graph, as_of):
        if as_of is None or not row["isUnconfirmed"]:
            found[str(row["mineral"])].append(str(row["measure"]))
    return found


def acts(graph: Graph, as_of: datetime.date) -> dict[str, tuple[int, int]]:
    """By mineral, how many acts are in force on it on a day, and how many more were when last heard of."""
    sure: dict[str, set[str]] = defaultdict(set)
    unsure: dict[str, set[str]] = defaultdict(set)
    for row in _in_force(graph, as_of):
        (unsure if row["isUnconfirmed"] else sure)[str(row["mineral"])].add(str(row["act"]))
    return {mineral: (len(sure[mineral]), len(unsure[mineral] - sure[mineral])) for mineral in sorted({*sure, *unsure})}


def _in_force(graph: Graph, day: datetime.date) -> Rows:
    """Measures in force on a day with the minerals that they reach."""
    return graph.part("measures-on", as_of=period_start(graph, day))


def _supplied(graph: Graph, as_of: datetime.date | None, by: str) -> dict[str, dict[str, float]]:
    """Each mineral's suppliers whose share is known, with the lower bound (percent); a member without any takes those of its groups."""
    net = needs(graph, as_of, by)

    def own(mineral: str, seen: frozenset[str]) -> dict[str, float]:
        here = {other: data["low"] * 100 for other, data in net[mineral].items() if data["supply"] and data["low"] > 0}
        if here:
            return here
        groups = [other for other, data in net[mineral].items() if data["group"] and other not in seen]
        return {name: share for group in groups for name, share in own(group, seen | {mineral}).items()}

    found = {node: own(node, frozenset()) for node in net if kind_of(node) == "mineral"}
    return {mineral: suppliers for mineral, suppliers in found.items() if suppliers}


def _imposers(graph: Graph, as_of: datetime.date | None) -> dict[str, set[str]]:
    """Who imposes each restriction of exports to Japan that is in force; measures aimed at others alone are left out."""
    restrictions = {str(row["measure"]) for row in graph.part("export-restrictions")}
    found: dict[str, set[str]] = defaultdict(set)
    for measure, imposer, data in network(graph, as_of).edges(data=True):
        if data["relation"] == "imposedBy" and measure in restrictions:
            found[measure].add(imposer)
    return found


def _response(graph: Graph, cover: Cover, lang: str) -> dict[str, Any]:
    kept = ("degree", "since", "precision", "until", "last_confirmed", "certainty", "statement", "document")
    return {
        "response": about(graph, cover.response, lang),
        "through": [about(graph, thing, lang) for thing in cover.through],
        **{name: getattr(cover, name) for name in kept},
        "degree_label": graph.label(f"{CODE}degree/{cover.degree}", lang),
        "degree_certainty": cover.degree_certainty,
        "degree_statement": cover.degree_statement,
    }


def _cell(graph: Graph, pillar: str, held: list[Cover], lang: str) -> dict[str, Any]:
    responses = [_response(graph, cover, lang) for cover in held]
    return {"pillar": about(graph, pillar, lang), "degree": best(held), "responses": responses}


@dataclass(frozen=True)
class _Bounds:
    """What is known of a mineral's suppliers: the headline, lower bounds (percent) to reckon with, and what documents state."""

    headline: Headline | None
    low: dict[str, float]
    stated: dict[str, Any] | None


def _stated(graph: Graph, net: nx.DiGraph[str], mineral: str, lang: str) -> dict[str, Any] | None:
    """The first supplier that documents state of a mineral itself, the least that its share can be (percent), and by whom."""
    if mineral not in net:
        return None
    known = [(data["low"], other, data["all"]) for other, data in net[mineral].items() if data["supply"] and data["low"] > 0]
    if not known:
        return None
    low, supplier, claims = max(known, key=lambda found: (found[0], found[1]))
    document = next(str(claim["document"]) for claim in claims if claim["share"] is not None)
    told = {"at_least": low * 100, "document": document, "year": issued_year(graph, document)}
    return {"supplier": about(graph, supplier, lang), **told}


def _row(
    graph: Graph,
    mineral: str,
    cells: dict[str, list[Cover]],
    measures: list[str],
    bounds: _Bounds,
    restricting: set[str],
    lang: str,
) -> dict[str, Any]:
    head = bounds.headline
    chosen = head if head is not None and head.country else None
    return {
        "mineral": about(graph, mineral, lang),
        "pillars": [_cell(graph, pillar, held, lang) for pillar, held in cells.items()],
        "missing": [about(graph, pillar, lang) for pillar, held in cells.items() if not any(cover.covers for cover in held)],
        "designated": [about(graph, pillar, lang) for pillar, held in cells.items() if best(held) == DESIGNATED],
        "measures": [about(graph, measure, lang) for measure in measures],
        "top_supplier": about(graph, chosen.country, lang) if chosen else None,
        "top_share": float(chosen.share) if chosen and chosen.share is not None else None,
        "top_year": chosen.year if chosen else None,
        "top_via": about(graph, chosen.via, lang) if chosen and chosen.via else None,
        "top_reason": head.reason if head else None,
        "stated": bounds.stated,
        "restricted_share": max((share for name, share in bounds.low.items() if name in restricting), default=None),
    }


def _urgency(row: dict[str, Any]) -> tuple[object, ...]:
    """The most exposed first: by the share of a supplier that restricts, then of any, then by the pillars that are missing."""
    least = row["top_share"] or (row["stated"]["at_least"] if row["stated"] else 0)
    return (-(row["restricted_share"] or 0), -least, -len(row["missing"]), row["mineral"]["slug"])


def _candidates(graph: Graph, held: Cells, as_of: datetime.date | None, lang: str) -> list[dict[str, Any]]:
    """Responses that would raise cells, those that would raise most first; a group's cell by one of its members is not another."""
    raised: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    members = {(str(row["mineral"]), str(row["group"])) for row in graph.part("groups")}
    for cover in all_covers(graph):
        cell = (cover.mineral, cover.pillar)
        now = best(held.get(cell, []))
        by_member = any((thing, cover.mineral) in members for thing in cover.through)
        if not by_member and cover.is_live and not cover.holds(as_of or LAST) and _is_further(cover.degree, now):
            before = raised[cover.response].get(cell)
            raised[cover.response][cell] = cover.degree if _is_further(cover.degree, before) else str(before)
    ordered = sorted(raised, key=lambda response: (-len(raised[response]), response))
    return [
        {
            "response": about(graph, response, lang),
            "fills": len(raised[response]),
            "cells": [
                {"mineral": about(graph, mineral, lang), "pillar": about(graph, pillar, lang), "degree": degree}
                for (mineral, pillar), degree in sorted(raised[response].items())
            ],
        }
        for response in ordered
    ]


def _is_further(degree: str, other: str | None) -> bool:
    return other is None or RANKS[degree] > RANKS[other]


def _number(graph: Graph, pillar: str) -> tuple[int, str]:
    numbers = [int(str(row["value"])) for row in graph.part("details", thing=pillar) if str(row["property"]).endswith("#number")]
    return (min(numbers, default=99), pillar)
