"""Figures of risk from what the EU's studies of critical raw materials print: supply risk of 2017, weighted concentration of 2023.

Knows which of the studies' series belong together; knows no formula.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from .concentration import Split, hhi, split, weighted_hhi
from .errors import BadParameter
from .figures import Computed, Read
from .graph import Graph
from .readings import Series, governance, governance_year, newest, read, series_of
from .supply_risk import from_printed, from_scopes

SHARES = ("world-supply-share", "eu-sourcing-share")
TRADE, SCOPE = "trade-parameter", "eu-supply-scope"
PUBLISHED = (
    "eu-supply-risk",
    "eu-economic-importance",
    "eu-supply-risk-2011",
    "eu-economic-importance-2011",
    "hhi-production",
    "hhi-reserves",
)


@dataclass(frozen=True)
class Supply:
    """Shares of one supply as a study prints them, with the trade parameter of each country and governance of the study's year."""

    series: Series
    parts: Split
    trade: Mapping[str, Read]
    governance: Mapping[str, Read]


def supply_risks(graph: Graph, mineral: str, year: int | None = None) -> Iterator[Computed]:
    """Supply risk of the study of 2017 from its printed inputs, and the concentration of the study of 2023 from its printed shares."""
    yield from _printed(graph, mineral, year)
    for supply in supplies(graph, mineral, year):
        yield hhi(supply.parts)
        if supply.governance:
            found = weighted_hhi(supply.parts, supply.governance, supply.trade)
            yield replace(found, notes=(*found.notes, "governance-not-of-the-study"))


def supplies(graph: Graph, mineral: str, year: int | None = None) -> list[Supply]:
    """World supply and the EU's sourcing of a mineral by stage, each of the newest study (not after ``year``)."""
    every = {series.iri: series for series in series_of(graph, mineral)}
    found = []
    for series, when in newest((s for s in every.values() if s.indicator in SHARES), year, key=lambda s: s.iri):
        shares = read(graph, series, when)
        if any(figure.value for figure in shares):
            beside = every.get(series.iri.removesuffix(series.indicator) + TRADE)
            trade = {f.of: f for f in read(graph, beside, when)} if beside else {}
            of_year = governance_year(graph, when)
            found.append(Supply(series, split(shares), trade, governance(graph, of_year) if of_year else {}))
    return found


def published(graph: Graph, mineral: str, year: int | None = None) -> list[Read]:
    """What the EU's studies and a study of concentration print of a mineral, as printed, each year (not after ``year``)."""
    kept = [series for series in series_of(graph, mineral) if series.indicator in PUBLISHED]
    years = [(series, when) for series in kept for when in series.years if year is None or when <= year]
    return [figure for series, when in years for figure in read(graph, series, when)]


def _printed(graph: Graph, mineral: str, year: int | None) -> Iterator[Computed]:
    groups: dict[str, dict[str, Series]] = defaultdict(dict)
    for series in series_of(graph, mineral):
        groups[series.iri.removesuffix(series.indicator)][series.indicator] = series
    for group in groups.values():
        if SCOPE not in group or (year is not None and max(group[SCOPE].years) > year):
            continue
        when = max(group[SCOPE].years)
        printed = {name: figure for name, series in group.items() for figure in read(graph, series, when)}
        yield from_printed(printed, printed[SCOPE].written)
        try:
            yield from_scopes(printed)
        except BadParameter:
            continue  # the study prints one scope alone
