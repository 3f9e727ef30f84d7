"""Figures of the graph as inputs of a method: the series of a mineral, their figures in a year, governance of a year.

Knows the graph and what its tables measure; knows no formula but the scales of governance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from .concentration import scaled_governance, scaled_stability
from .errors import UnknownName, shown
from .figures import Read
from .graph import Graph
from .store import Row
from .terms import compact

STABILITY = "political-stability"


@dataclass(frozen=True)
class Series:
    """A series of a mineral: what it measures, and the years that it has."""

    iri: str
    indicator: str
    unit: str
    basis: str
    stage: str
    material: str
    country: str
    hs_code: str
    document: str
    years: tuple[int, ...]


@lru_cache(maxsize=512)
def series_of(graph: Graph, mineral: str) -> tuple[Series, ...]:
    """Series of figures of a mineral, by IRI. Kept for as long as the graph is: it never changes."""
    years: dict[str, list[int]] = defaultdict(list)
    rows: dict[str, Row] = {}
    for row in graph.part("series-of-mineral", mineral=mineral):
        rows[str(row["series"])] = row
        years[str(row["series"])].append(int(str(row["year"])))

    def text(row: Row, name: str) -> str:
        return str(row[name] or "")

    return tuple(
        Series(
            iri,
            text(row, "indicator"),
            text(row, "unit"),
            text(row, "basis"),
            text(row, "stage"),
            text(row, "material"),
            text(row, "country"),
            text(row, "hsCode"),
            text(row, "document"),
            tuple(years[iri]),
        )
        for iri, row in rows.items()
    )


def series_at(graph: Graph, iri: str) -> Series:
    """The series of an IRI. Raises UnknownName where it is none of a mineral's."""
    known = graph.resolve(iri)
    minerals = [str(row["value"]) for row in graph.part("details", thing=known) if compact(str(row["property"])) == "mineral"]
    found = [series for mineral in minerals for series in series_of(graph, mineral) if series.iri == known]
    if not found:
        raise UnknownName(f"“{shown(iri)}” is no series of a mineral.", "Series are named in the figures of /minerals/{slug}/risks.")
    return found[0]


def newest(
    series: Iterable[Series], until: int | None = None, key: Callable[[Series], object] = lambda s: (s.indicator, s.stage)
) -> list[tuple[Series, int]]:
    """Of series that share a key, those that reach the newest year (none after ``until``), each with that year."""
    groups: dict[object, list[tuple[Series, int]]] = defaultdict(list)
    for one in series:
        known = [year for year in one.years if until is None or year <= until]
        if known:
            groups[key(one)].append((one, max(known)))
    return [pair for group in groups.values() for pair in group if pair[1] == max(year for _, year in group)]


def read(graph: Graph, series: Series, year: int) -> list[Read]:
    """Figures of a series in a year. ``of`` is the country, or the partner where the series is one country's trade."""
    return [_read(series, row, year) for row in graph.part("figures-of-year", series=series.iri, year=str(year))]


@lru_cache(maxsize=128)
def read_years(graph: Graph, series: Series) -> Mapping[int, list[Read]]:
    """Figures of a series by year, in the order of the years."""
    found: dict[int, list[Read]] = defaultdict(list)
    for row in graph.part("figures-of-series", series=series.iri):
        year = int(str(row["year"]))
        found[year].append(_read(series, row, year))
    return found


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
        line=_line(row["line"]),
        written=str(row["written"] or ""),
    )


def governance_year(graph: Graph, year: int) -> int | None:
    """The year of governance estimates that goes with a year: the same, else the nearest before, else the first. None without estimates."""
    known = [kept for kept in _governance_years(graph) if kept <= year]
    return max(known) if known else min(_governance_years(graph), default=None)


@lru_cache(maxsize=8)
def _governance_years(graph: Graph) -> tuple[int, ...]:
    return tuple(sorted({int(str(row["year"])) for row in graph.part("governance-years")}))


@lru_cache(maxsize=128)
def governance(graph: Graph, year: int) -> Mapping[str, Read]:
    """Governance by country on the EU study's scale, 0..10: only countries with all six estimates, all of one edition (the newest)."""
    found: dict[str, Read] = {}
    for country, rows in _estimates(graph, year).items():
        if len(rows) == 6:
            mean = scaled_governance([Decimal(str(row["value"])) for row in rows])
            first = _governance_read(rows[0], mean, country, "governance", "index-0-10", year)
            found[country] = replace(first, figure="", mean_of=tuple(str(row["figure"]) for row in rows))
    return found


@lru_cache(maxsize=128)
def stability(graph: Graph, year: int) -> Mapping[str, Read]:
    """Political stability by country on GeoPolRisk's scale, 0..1."""
    return {
        country: _governance_read(row, scaled_stability(Decimal(str(row["value"]))), country, STABILITY, "index-0-1", year)
        for country, rows in _estimates(graph, year).items()
        for row in rows
        if row["indicator"] == STABILITY
    }


def _governance_read(row: Row, value: Decimal, country: str, role: str, unit: str, year: int) -> Read:
    return Read(
        value,
        of=country,
        unit=unit,
        year=year,
        role=role,
        figure=str(row["figure"]),
        document=str(row["document"]),
        line=_line(row["line"]),
    )


@lru_cache(maxsize=128)
def _estimates(graph: Graph, year: int) -> Mapping[str, list[Row]]:
    rows = graph.part("governance", year=str(year))
    edition = max((str(row["document"]) for row in rows), default="")
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["document"] == edition:
            found[str(row["country"])].append(row)
    return found


def number(cell: object) -> Decimal | None:
    """A cell of a row as a number, or None where there is none."""
    return None if cell is None else Decimal(str(cell))


def _line(cell: object) -> int | None:
    return None if cell is None else int(str(cell))
