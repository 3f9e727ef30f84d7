"""Analysis and graph exports: /paths, /exposure, /chokepoints, /scenarios, /coverage, /chains, /episodes, /graph.{format}."""

from __future__ import annotations

import datetime
import re
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import WithJsonSchema

from kg.export import registry
from kg.export.html_page import policy
from kg.export.tables import PARTS
from kg.graph.graph import read_day
from kg.namespaces import KINDS
from kg.network import analysis, cause_chains, coverage, episodes, graphs, paths
from kg.network.scenario import Scenario
from kg.views import lookup
from kg.workers.answers import spooled

from ..deps import Day, Lang, TheGraph
from ..http.concurrency import WHOLE
from ..http.negotiation import known_parameters, media_types, one_of
from ..http.query_response import sent, spools_of
from .analysis_models import Chain, Chokepoints, Coverage, Exposure, ScenarioAnswer
from .episode_models import Episodes
from .models import PathAnswer

router = APIRouter(tags=["analysis"], dependencies=[Depends(known_parameters), WHOLE])
NAME = "A slug, kind/slug or IRI."
_RELATIONS = WithJsonSchema({"type": "array", "items": {"type": "string", "enum": list(graphs.DEPENDENCE)}})
By = Annotated[
    Literal["trade", "stated"],
    Query(
        description="What suppliers' shares rest on: Japan's imports in value of the last year not after the day, or what documents state."
    ),
]
_SCENARIO = {
    "half": {
        "summary": "China's quota takes half, a tenth is recycled, and there is a stock of 60 days",
        "value": {
            "actions": [
                {"action": "restrict", "measure": "cn-rare-earth-export-quota", "percent": 50},
                {"action": "recycle", "mineral": "rare-earths", "percent": 10},
                {"action": "stock", "mineral": "rare-earths", "days": 60},
            ]
        },
    }
}
_FILES = media_types(
    *(kept.media_type for kept in registry.FORMATS.values()), *(registry.file_of(f, PARTS[0])[0] for f in ("csv-gephi", "parquet"))
)
_ABOUT_FORMATS = "\n".join(f"- `{name}`: {kept.description}" for name, kept in registry.FORMATS.items())
_KINDS = WithJsonSchema({"type": "array", "items": {"type": "string", "enum": list(KINDS)}})


@router.get("/paths", summary="How one thing depends on another")
def find_paths(
    graph: TheGraph,
    lang: Lang,
    source: Annotated[str, Query(description=NAME, examples=["next-generation-vehicle"])],
    target: Annotated[str, Query(description=NAME, examples=["china"])],
    as_of: Day = None,
    length: Annotated[int, Query(ge=1, le=paths.MAX_LENGTH, description="Most steps in a path.")] = 6,
    most: Annotated[int, Query(ge=1, le=paths.MAX_PATHS, description="Most paths in the answer.")] = 20,
    order: Annotated[
        Literal["shortest", "strongest"], Query(description="By steps, or by the suppliers' shares along the path.")
    ] = "shortest",
    relation: Annotated[list[str] | None, _RELATIONS, Query(description=f"Along these alone: {', '.join(graphs.DEPENDENCE)}.")] = None,
) -> PathAnswer:
    """Product -> component -> material -> mineral -> country -> measure, each step with its statement and place.

    For example `/paths?source=automobile&target=cn-rare-earth-export-quota&as_of=2012-12-31`. Where the target depends on the source,
    the paths run that way and `backward` is true.
    """
    found = paths.between(
        graph, source, target, as_of=_day(as_of), length=length, lang=lang, most=most, order=order, relations=relation or ()
    )
    steps = [
        [{**asdict(step), "source_label": graph.label(step.source, lang), "target_label": graph.label(step.target, lang)} for step in path]
        for path in found.paths
    ]
    passed = [{"iri": iri, "label": graph.label(iri, lang)} for iri in found.passes]
    edges = list({(step["source"], step["target"]): step for path in steps for step in path}.values())
    things = sorted({step[end] for step in edges for end in ("source", "target")})
    part = {"nodes": [lookup.summary(graph, iri, lang) for iri in things], "edges": edges}
    return PathAnswer(**{**asdict(found), "paths": steps, "passes": passed, "graph": part})


@router.get("/exposure", summary="What depends on a thing, and with which share")
def exposure(
    graph: TheGraph,
    lang: Lang,
    thing: Annotated[str, Query(description=f"{NAME} A country, mineral, material, component, project or measure.", examples=["china"])],
    as_of: Day = None,
    by: By = "trade",
    most: Annotated[int, Query(ge=1, le=analysis.LISTED_MOST, description="Most things in the answer.")] = 100,
) -> Exposure:
    """Everything that depends on a country, mineral, material, project or measure, directly and through others, with bounds of the share.

    Suppliers of one mineral add up, third countries that process the same origin's material included; a product is as exposed as its
    most exposed input. A share that no document states is `unknown`, not zero. For example `/exposure?thing=china&as_of=2012-12-31`.
    """
    return Exposure(**analysis.exposure(graph, thing, as_of=_day(as_of), by=by, lang=lang, most=most))


@router.get("/chokepoints", summary="What cuts products off")
def chokepoints(
    graph: TheGraph,
    lang: Lang,
    product: Annotated[
        list[str],
        Query(description=f"{NAME} May be given several times.", examples=[["next-generation-vehicle"]], max_length=analysis.PRODUCTS_MOST),
    ],
    as_of: Day = None,
    by: By = "stated",
) -> Chokepoints:
    """Single things whose loss makes a product fail, the smallest sets of suppliers per needed input, and the measures that touch most.

    For example `/chokepoints?product=next-generation-vehicle&product=air-conditioner`.
    """
    return Chokepoints(**analysis.chokepoints(graph, product, as_of=_day(as_of), by=by, lang=lang))


@router.post("/scenarios", summary="What if: suppliers lost, projects opened, stocks, recycling")
def scenarios(
    graph: TheGraph, lang: Lang, scenario: Annotated[Scenario, Body(openapi_examples=_SCENARIO)], as_of: Day = None, by: By = "trade"
) -> ScenarioAnswer:
    """What each mineral and product loses, what replaces it, what stays missing, and how long a stock given covers that.

    Nothing is kept: the same scenario gives the same answer. A stock that is not given is unknown; none is assumed.
    """
    return ScenarioAnswer(**analysis.scenario(graph, scenario, as_of=_day(as_of), by=by, lang=lang))


@router.get("/coverage", summary="Minerals by pillars and measures as of a day, and the gaps")
def coverage_matrix(graph: TheGraph, lang: Lang, as_of: Day = None, by: By = "trade") -> Coverage:
    """Each cell with what it rests on; gaps by exposure; which response on record would close most.

    For example `/coverage?as_of=2012-12-31`.
    """
    return Coverage(**coverage.coverage(graph, as_of=_day(as_of), by=by, lang=lang))


@router.get("/chains", summary="From an event along stated links to its effects")
def cause_chain(
    graph: TheGraph,
    lang: Lang,
    start: Annotated[str, Query(description=NAME, examples=["quota-cut-2010"])],
    end: Annotated[str | None, Query(description=f"{NAME} Left out: all effects.", examples=["technology-leakage"])] = None,
    causes_only: Annotated[bool, Query(description="Follow stated causes alone, not sequence or things set beside each other.")] = False,
) -> Chain:
    """Each link with what is said, how sure, where, and which responses are said to address its later end; ends that none addresses.

    For example `/chains?start=quota-cut-2010&end=technology-leakage`.
    """
    return Chain(**cause_chains.chain(graph, start, end, causes_only=causes_only, lang=lang))


@router.get("/episodes", summary="Two periods side by side")
def two_episodes(
    graph: TheGraph,
    lang: Lang,
    supplier: Annotated[str, Query(description="A country.", examples=["china"])] = "china",
    importer: Annotated[str, Query(description="A country.", examples=["japan"])] = "japan",
    mineral: Annotated[str, Query(description="A mineral or group, its members included.", examples=["rare-earths"])] = "rare-earths",
    since: Day = "2010-01-01",
    until: Day = "2012-12-31",
    since2: Day = "2025-01-01",
    until2: Day = "2026-12-31",
) -> Episodes:
    """What the supplier did, to which minerals, aimed at whom; shares and prices; what the importer did, and how many months later.

    By default China and Japan, 2010 to 2012 beside 2025 and 2026. That one thing answered another is not claimed.
    """
    days = {"since": since, "until": until, "since2": since2, "until2": until2}
    a, b, c, d = (read_day(name, text or "") for name, text in days.items())
    return Episodes(**episodes.episodes(graph, supplier, importer, mineral, ((a, b), (c, d)), lang))


@router.get("/graph.{format}", summary="The graph, or the neighbourhood of one thing, as a file", response_class=Response, responses=_FILES)
def graph_file(
    request: Request,
    graph: TheGraph,
    format: Annotated[str, one_of(registry.FORMATS), Path(description=_ABOUT_FORMATS)],
    lang: Lang,
    center: Annotated[str | None, Query(description=f"{NAME} Left out: the whole graph.", examples=["dysprosium"])] = None,
    depth: Annotated[int, Query(ge=0, le=4, description="Steps from the center.")] = 1,
    as_of: Day = None,
    kinds: Annotated[list[str] | None, _KINDS, Query(description=f"Only these kinds, and the center: {', '.join(KINDS)}.")] = None,
    part: Annotated[str | None, one_of(PARTS), Query(description="One of the two tables of a format that is an archive.")] = None,
) -> Response:
    """For Gephi, Cytoscape, yEd, Graphviz, NetworkX, D3, Neo4j, Kumu, Excel, DuckDB, QGIS, Protégé and others; or a picture.

    For example `/graph.gexf?center=dysprosium&depth=2`, `/graph.svg?center=rare-earths&kinds=country&kinds=measure&as_of=2012-12-31`.
    """
    media, extension = registry.file_of(format, part)
    chosen = {"center": center, "depth": depth, "as_of": _day(as_of), "kinds": kinds or (), "lang": lang, "part": part}
    answer = spooled(spools_of(request), lambda spool: registry.save(graph, format, spool, **chosen), format)  # type: ignore[arg-type]
    words = ["lodegraph", *([center.rsplit("/", 1)[-1]] if center and center.isascii() else []), *([part] if part else [])]
    headers = {"Content-Disposition": f'inline; filename="{_safe("-".join(words))}.{extension}"', "Vary": "Accept-Language"}
    if format == "html":
        headers["Content-Security-Policy"] = policy()
    return sent(answer, media, headers)


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)


def _day(as_of: str | None) -> datetime.date | None:
    return None if as_of is None else read_day("as_of", as_of)
