"""REST look-ups: /minerals, /countries, /measures and the other kinds, /search."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from kg import BadParameter, Graph
from kg.graph.graph import read_day
from kg.namespaces import KINDS
from kg.views import lookup, states

from ..deps import PLURALS, Day, Lang, Limit, Offset, TheGraph, page
from ..http.concurrency import LOOKUP
from ..http.negotiation import check_choice, known_parameters, one_of
from . import brief
from .models import Found, Measures, Mineral, Page, Summary, Thing

router = APIRouter(tags=["look-ups"], dependencies=[Depends(known_parameters), LOOKUP])


@router.get("/minerals", summary="All minerals")
def minerals(request: Request, graph: TheGraph, lang: Lang, limit: Limit = 100, offset: Offset = 0) -> Page[Summary]:
    """Every mineral and group of minerals by label."""
    return Page[Summary](**page(request, lookup.things(graph, "mineral", lang=lang), limit, offset))


@router.get("/minerals/{slug}", summary="A mineral's risks, responses and uses")
def mineral(request: Request, graph: TheGraph, slug: str, lang: Lang, as_of: Day = None) -> Mineral:
    """Dependence, suppliers, measures, disputes, prices and lists; what is done about it by pillar; uses; each entry with its source.

    `headlines` are the one figure for each role (first producer, first refiner, Japan's first supplier), or why there is none. Computed
    figures come with value, unit, year, basis, stage, method, first countries, how much they cover and documents; each country's share
    and the inputs, each with its line, are at the `inputs_at` of the figure. The texts of the notes, and the other quantities of the
    groups that the mineral belongs to, are at `inputs_at`: `/minerals/{slug}/risks` in the same language and as of the same day.

    For example `/minerals/tungsten?as_of=2012-12-31&lang=ja`.
    """
    day = None if as_of is None else read_day("as_of", as_of)
    found = lookup.mineral(graph, graph.resolve(slug, ["mineral"]), lang, day)
    asked = {"lang": lang} | ({"as_of": str(day)} if day else {})
    return Mineral(**brief.profile(found, request.scope.get("root_path", ""), found["slug"], asked))


@router.get("/minerals/{slug}/measures", summary="Measures on a mineral, as of a day")
def mineral_measures(
    request: Request, graph: TheGraph, slug: str, lang: Lang, as_of: Day = None, limit: Limit = 100, offset: Offset = 0
) -> Measures:
    """Measures that touch the mineral, directly, through a form of it or through its group (for a group, also through its members).

    With `as_of`, each with its state on that day: announced, in force, suspended until when, or ended. `suspension-lapsed` means that
    the stated suspension is over and that no later document is in the graph. For example `/minerals/gallium/measures?as_of=2026-01-15`.
    """
    day = None if as_of is None else read_day("as_of", as_of)
    mineral = graph.resolve(slug, ["mineral"])
    found = lookup.measures(graph, lang, mineral=mineral, as_of=day)
    return _measures(graph, found, page(request, found, limit, offset), day, None, mineral)


@router.get("/measures", summary="Measures by mineral, country, type and day")
def measures(
    request: Request,
    graph: TheGraph,
    lang: Lang,
    mineral: Annotated[str | None, Query(examples=["rare-earths"])] = None,
    country: Annotated[str | None, Query(examples=["china"])] = None,
    type: Annotated[str | None, Query(description="Code of the measure scheme; narrower types are included.", examples=["XR-QTA"])] = None,
    in_force_on: Day = None,
    as_of: Day = None,
    known_by: Day = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Measures:
    """Measures that fit every filter given. `in_force_on=2012-12-31` keeps those effective by that day, not ended and not suspended on
    it; kept with states of their own, and not counted as in force, are those that no document of the three years before confirms
    (`in-force-unconfirmed`) and those whose suspension is over with nothing later known (`suspension-lapsed`). `as_of=2026-01-15`
    keeps all that were known by then, each with its state on that day. `known_by`, with one of the two, leaves out what documents
    issued later tell."""
    if in_force_on is not None and as_of is not None:
        raise BadParameter("Both in_force_on and as_of are given.", "Give one day, by one of the two.", parameter="as_of")
    force = None if in_force_on is None else read_day("in_force_on", in_force_on)
    day = None if as_of is None else read_day("as_of", as_of)
    known = None if known_by is None else read_day("known_by", known_by)
    if known and not (force or day):
        raise BadParameter("known_by is given without a day.", "Give as_of or in_force_on with it.", parameter="known_by")
    found = lookup.measures(graph, lang, mineral=mineral, country=country, type=type, in_force_on=force, as_of=day, known_by=known)
    things = [graph.resolve(name, kinds) for name, kinds in ((mineral, ["mineral"]), (country, ["country", "organisation"])) if name]
    return _measures(graph, found, page(request, found, limit, offset), force or day, known, *things)


def _measures(
    graph: Graph, found: list[Any], part: dict[str, Any], day: datetime.date | None, known_by: datetime.date | None, *things: str
) -> Measures:
    counts = states.counted(found) if day else {"acts_in_force": None, "acts_unconfirmed": None}
    return Measures(**part, as_of=day, known_by=known_by, knowledge_horizon=states.horizon(graph, *things), **counts)


@router.get("/measures/{slug}", summary="One measure with its life")
def measure(graph: TheGraph, slug: str, lang: Lang) -> Thing:
    """A measure, its properties and every statement about it, among them the steps of its life.

    For example `/measures/cn-rare-earth-export-quota`.
    """
    return Thing(**lookup.thing(graph, graph.resolve(slug, ["measure"]), lang))


@router.get("/search", summary="Search names in both languages")
def search(
    request: Request,
    graph: TheGraph,
    lang: Lang,
    q: Annotated[
        str,
        Query(min_length=1, max_length=200, description="A name, part of one, or a symbol, in English or Japanese.", examples=["ジスプロ"]),
    ],
    kind: Annotated[str | None, one_of(KINDS), Query(description="Only this kind of thing.", examples=["mineral"])] = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Page[Found]:
    """Things whose label, other names, symbol or slug match, best first."""
    if not q.strip():
        raise BadParameter("q is blank.", "Give a name or a part of one.", parameter="q")
    if kind is not None:
        check_choice("kind", kind, KINDS)
    return Page[Found](**page(request, lookup.search(graph, q, lang, (kind,) if kind else ()), limit, offset))


def _add_kind(plural: str, kinds: tuple[str, ...]) -> None:
    """Routes ``/plural`` and ``/plural/{slug}`` for kinds that need no view of their own."""

    def listing(request: Request, graph: TheGraph, lang: Lang, limit: Limit = 100, offset: Offset = 0) -> Page[Summary]:
        return Page[Summary](**page(request, lookup.things(graph, *kinds, lang=lang), limit, offset))

    def one(graph: TheGraph, slug: str, lang: Lang) -> Thing:
        return Thing(**lookup.thing(graph, graph.resolve(slug, kinds), lang))

    slug = "{slug:path}" if plural == "documents" else "{slug}"
    named = plural[:-3] + "y" if plural.endswith("ies") else plural[:-1]
    router.add_api_route(
        f"/{plural}", listing, summary=f"All {plural}", operation_id=plural, description=f"Every one of the {plural} by label."
    )
    about = f"One {named} with its properties and every statement about it, each with its place in the document."
    router.add_api_route(f"/{plural}/{slug}", one, summary=f"One {named}", operation_id=named, description=about)


for _plural, _kinds in PLURALS.items():
    _add_kind(_plural, _kinds)
