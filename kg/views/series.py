"""Figures of the graph as inputs of a calculation that is asked for: a series in a year, governance of a year, what studies print.

Figures of risk are not computed from these: the build does that once, see ``kg.derive``. Knows the graph; knows no formula
but the scales of governance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from ..derive.inputs import Series, declared_series, governance_of, nearest_year, stability_of
from ..errors import UnknownName, shown
from ..graph.graph import Graph
from ..namespaces import compact
from ..risk.figures import Read
from ..store.oxigraph import Row


@lru_cache(maxsize=512)
def series_of(graph: Graph, mineral: str, series: str | None = None) -> tuple[Series, ...]:
    """Series of figures of a mineral, or one of them, by IRI. Kept for as long as the graph is: it never changes."""
    years: dict[str, list[int]] = defaultdict(list)
    rows: dict[str, Row] = {}
    for row in graph.part("series-of-mineral", mineral=mineral, series=series):
        rows[str(row["series"])] = row
        years[str(row["series"])].append(int(str(row["year"])))
    return tuple(declared_series(row, years[iri]) for iri, row in rows.items())


def series_at(graph: Graph, iri: str) -> Series:
    """The series of an IRI. Raises UnknownName where it is none of a mineral's."""
    known = graph.resolve(iri)
    minerals = [str(row["value"]) for row in graph.part("details", thing=known) if compact(str(row["property"])) == "mineral"]
    found = [series for mineral in minerals for series in series_of(graph, mineral, known)]
    if not found:
        raise UnknownName(f"“{shown(iri)}” is no series of a mineral.", "Series are named in the figures of /minerals/{slug}/risks.")
    return found[0]


def read(graph: Graph, series: Series, year: int) -> list[Read]:
    """Figures of a series in a year. ``of`` is the country, or the partner where the series is one country's trade."""
    return [_read(series, row, year) for row in graph.part("figures-of-year", series=series.iri, year=str(year))]


def printed(graph: Graph, mineral: str) -> list[Read]:
    """What studies print of a mineral: scores and indices, with what a computed figure is set beside."""
    return [_printed(row) for row in _all_printed(graph).get(mineral, ())]


@lru_cache(maxsize=8)
def _all_printed(graph: Graph) -> Mapping[str, list[Row]]:
    """Rows of what studies print, by mineral: one reading for all."""
    found: dict[str, list[Row]] = {}
    for row in graph.part("printed"):
        found.setdefault(str(row["mineral"]), []).append(row)
    return found


def _printed(row: Row) -> Read:
    series = str(row["series"])
    declared = Series(
        series,
        str(row["indicator"]),
        str(row["unit"]),
        str(row["basis"] or ""),
        str(row["stage"] or ""),
        "",
        str(row["seriesCountry"] or ""),
        "",
        str(row["document"]),
        (),
    )
    return _read(declared, row, int(str(row["year"])))


def _read(series: Series, row: Row, year: int) -> Read:
    of = (row["partner"] if series.country else row["country"]) or series.country
    return Read(
        number(row["value"]),
        of=str(of or ""),
        series=series.iri,
        unit=series.unit,
        basis=series.basis,
        stage=series.stage,
        year=year,
        role=series.indicator,
        more_than=number(row["moreThan"]),
        less_than=number(row["lessThan"]),
        at_least=number(row["minValue"]),
        absence=str(row["absence"] or ""),
        estimated=bool(row["estimated"]),
        hs_code=series.hs_code,
        figure=str(row["figure"]),
        document=str(row["document"]),
        line=None if row["line"] is None else int(str(row["line"])),
        written=str(row["written"] or ""),
    )


def governance_year(graph: Graph, year: int) -> int | None:
    """The year of governance estimates that goes with a year: the same, else the nearest before, else the first. None without any."""
    return nearest_year(_governance_years(graph), year)


@lru_cache(maxsize=8)
def _governance_years(graph: Graph) -> tuple[int, ...]:
    return tuple(sorted({int(str(row["year"])) for row in graph.part("governance-years")}))


@lru_cache(maxsize=128)
def governance(graph: Graph, year: int) -> Mapping[str, Read]:
    """Governance by country on the EU study's scale, 0..10: countries with all six estimates, of one edition (the newest)."""
    found = {country: governance_of(estimates, year) for country, estimates in _estimates(graph, year).items()}
    return {country: of for country, of in found.items() if of is not None}


@lru_cache(maxsize=128)
def stability(graph: Graph, year: int) -> Mapping[str, Read]:
    """Political stability by country on GeoPolRisk's scale, 0..1."""
    kept = _estimates(graph, year).items()
    return {of: stability_of(e["political-stability"], year) for of, e in kept if "political-stability" in e}


@lru_cache(maxsize=128)
def _estimates(graph: Graph, year: int) -> Mapping[str, dict[str, Read]]:
    rows = graph.part("governance", year=str(year))
    edition = max((str(row["document"]) for row in rows), default="")
    found: dict[str, dict[str, Read]] = defaultdict(dict)
    for row in rows:
        if row["document"] == edition:
            found[str(row["country"])][str(row["indicator"])] = _estimate(row, year)
    return found


def _estimate(row: Row, year: int) -> Read:
    return Read(
        Decimal(str(row["value"])),
        of=str(row["country"]),
        year=year,
        role=str(row["indicator"]),
        figure=str(row["figure"]),
        document=str(row["document"]),
        line=int(str(row["line"])),
    )


def number(cell: object) -> Decimal | None:
    """A cell of a row as a number, or None where there is none."""
    return None if cell is None else Decimal(str(cell))
