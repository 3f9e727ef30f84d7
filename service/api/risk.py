"""Figures of risk: /minerals/{slug}/risks, .../imports, .../policy, /compare, /concentration, /methods."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from kg import BadParameter
from kg.graph.graph import read_day
from kg.namespaces import slug_of
from kg.views import figure_account, lookup, risk_report

from ..deps import Day, Lang, Limit, Offset, TheGraph, page
from ..http.concurrency import WHOLE
from ..http.negotiation import known_parameters
from . import brief
from .import_models import ImportHistory, ImportYear
from .models import MineralRisks
from .risk_models import Comparison, Concentration, FigureInputs, Method, PolicyAnswer

router = APIRouter(tags=["risk"], dependencies=[Depends(known_parameters), WHOLE])
Year = Annotated[int | None, Query(ge=1900, le=2100, description="The newest figures not after this year.", examples=[2012])]
Since = Annotated[int | None, Query(ge=1900, le=2100, description="First year.", examples=[1995])]
Until = Annotated[int | None, Query(ge=1900, le=2100, description="Last year.", examples=[2024])]
SERIES_MOST = 20
EXAMPLE = "https://w3id.org/lodegraph/graph/figures#tungsten/hhi/2025/table/usgs-mcs-2026/tungsten-mine-production"


@router.get(
    "/minerals/{slug}/risks",
    summary="A mineral's risks: stated, computed, published",
    response_model_exclude_defaults=True,  # a quarter of the answer would be nulls of statements
)
def mineral_risks(request: Request, graph: TheGraph, slug: str, lang: Lang, as_of: Day = None, year: Year = None) -> MineralRisks:
    """Concentration, Japan's dependence, prices, quota, GeoPolRisk and EU supply risk, each figure with method, year, unit, basis,
    coverage, first countries and notes; measures, disputes, prices and lists as documents state them. `year` (else the year of `as_of`)
    takes the newest figures not after it; `as_of` gives measures their state on that day. All of it was computed once, when the graph
    was built; every country's share and the inputs of a figure are at its `inputs_at`, page by page. What a statement does not tell
    is left out of it here.

    For example `/minerals/tungsten/risks?year=2012&lang=ja`. None of the figures is an official score.
    """
    day = None if as_of is None else read_day("as_of", as_of)
    iri = graph.resolve(slug, ["mineral"])
    until = year or (day.year if day else None)
    used = lookup.risks(graph, iri, lang, day, until)
    named = {figure["method"] for figure in used["figures"]}
    told = {
        "risks": brief.with_inputs(used, request.scope.get("root_path", ""), slug_of(iri), lang),
        "quantities": lookup.quantities(graph, iri, lang),
        "methods": [method for method in figure_account.methods(graph, lang) if method["code"] in named],
    }
    return MineralRisks(**{**lookup.summary(graph, iri, lang), **told, "as_of": day, "year": until})


@router.get("/minerals/{slug}/inputs", summary="Every country's share and the inputs of one figure")
def figure_inputs(
    request: Request,
    graph: TheGraph,
    slug: str,
    lang: Lang,
    figure: Annotated[
        str,
        Query(max_length=500, description="A figure of `/minerals/{slug}/risks`: its IRI, or what follows # in it.", examples=[EXAMPLE]),
    ],
    limit: Limit = 100,
    offset: Offset = 0,
) -> FigureInputs:
    """A figure with all countries' shares in percent, and the rows of the tables it was computed from, each with document and line.

    A figure of a group stands at its members too. Unknown figures are answered with 404.
    """
    graph.resolve(slug, ["mineral"])
    root = request.scope.get("root_path", "")
    found = risk_report.inputs(graph, figure, lang)
    listed = page(request, found.pop("inputs"), limit, offset)
    found["figure"] = brief.figure_with_inputs(found["figure"], root, slug, lang)
    return FigureInputs(**found, inputs=listed.pop("items"), **listed)


@router.get("/minerals/{slug}/imports", summary="First supplier and concentration of imports, year by year")
def mineral_imports(
    request: Request,
    graph: TheGraph,
    slug: str,
    lang: Lang,
    country: Annotated[str, Query(description="The importer.", examples=["japan"])] = "japan",
    since: Since = None,
    until: Until = None,
) -> ImportHistory:
    """For each year the first supplier, its share and the concentration of the imports: all HS codes together by value, then each code by
    value and by weight. One line of a chart is the rows with `all_codes`, or those of one code and `quantity`. Empty where no table has
    the imports.

    For example `/minerals/tungsten/imports?since=1995&until=2024`.
    """
    if since and until and since > until:
        raise BadParameter(f"since {since} is after until {until}.", "Give the earlier year as since.", parameter="since")
    iri, importer = graph.resolve(slug, ["mineral"]), graph.resolve(country, ["country", "bloc"])
    root = request.scope.get("root_path", "")
    rows = risk_report.import_history(graph, iri, importer, lang, since, until)
    years = [ImportYear(**brief.figure_with_inputs(row, root, slug_of(iri), lang)) for row in rows]
    labels = {"label": graph.label(iri, lang), "country_label": graph.label(importer, lang)}
    return ImportHistory(mineral=iri, country=importer, since=since, until=until, years=years, **labels)


@router.get("/minerals/{slug}/policy", summary="What a measure or a day changes in each method")
def mineral_policy(
    graph: TheGraph,
    slug: str,
    lang: Lang,
    measure: Annotated[str | None, Query(description="A measure that touches the mineral.", examples=["id-ore-export-ban"])] = None,
    t: Annotated[
        Decimal | None,
        Query(gt=0, le=10, description="Trade parameter of the country that imposes it; left out: 1, without the measure.", examples=[1.3]),
    ] = None,
    as_of: Day = None,
) -> PolicyAnswer:
    """Takes a measure away, or puts a trade parameter for it in, or takes the state of a day, and tells which terms of which method change
    and by how much. A method that has no term for trade measures says so. No rule from a kind of measure to a trade parameter is applied.

    For example `/minerals/nickel/policy?measure=id-ore-export-ban` or `/minerals/tungsten/policy?measure=cn-tungsten-export-quota&t=1.3`.
    """
    if t is not None and measure is None:
        raise BadParameter("t is given without a measure.", "Give measure too.", parameter="t")
    day = None if as_of is None else read_day("as_of", as_of)
    iri = graph.resolve(slug, ["mineral"])
    of = graph.resolve(measure, ["measure"]) if measure else None
    return PolicyAnswer(mineral=iri, measure=of, t=t, as_of=day, **risk_report.policy_effects(graph, iri, lang, of, t, day))


@router.get("/compare", summary="Minerals side by side")
def compare(
    graph: TheGraph,
    lang: Lang,
    minerals: Annotated[str, Query(max_length=2000, description="Minerals with commas between.", examples=["tungsten,cobalt,nickel"])],
    year: Year = None,
) -> Comparison:
    """One column a figure, and how far the columns put the minerals into the same order (Kendall's tau-b, Spearman's rho).

    For example `/compare?minerals=tungsten,cobalt,nickel,niobium`.
    """
    names = [name.strip() for name in minerals.split(",") if name.strip()]
    return Comparison(**risk_report.compare(graph, [graph.resolve(name, ["mineral"]) for name in names], lang, year))


@router.get("/concentration", summary="Shares and concentration over any series")
def concentration(
    graph: TheGraph,
    lang: Lang,
    series: Annotated[
        list[str],
        Query(
            min_length=1,
            max_length=SERIES_MOST,
            description="IRI of a series; several are added up.",
            examples=["https://w3id.org/lodegraph/doc/table/usgs-mcs-2026#tungsten-mine-production"],
        ),
    ],
    year: Annotated[int, Query(ge=1900, le=2100, description="The year.", examples=[2025])],
) -> Concentration:
    """Shares by country and concentration of one series, or of several added up. Series that count unlike things (oxide, contained metal,
    gross weight, value) are refused with 422: their sum would mean nothing."""
    return Concentration(year=year, **risk_report.concentration(graph, series, year, lang))


@router.get("/methods", summary="How each figure of risk is computed")
def methods(graph: TheGraph, lang: Lang) -> list[Method]:
    """Formula, source with edition, unit and limits of each method."""
    return [Method(**row) for row in figure_account.methods(graph, lang)]
