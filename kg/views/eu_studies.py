"""What the EU's studies of critical raw materials print: scores, and the shares that a trade parameter is put into.

Knows which of the studies' series belong together; knows no formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..derive.inputs import Series, newest
from ..derive.studies import STUDY_SHARES, TRADE
from ..graph.graph import Graph
from ..risk.concentration import Split, split
from ..risk.figures import Read
from .series import governance, governance_year, printed, read, series_of

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


def supplies(graph: Graph, mineral: str, year: int | None = None) -> list[Supply]:
    """World supply and the EU's sourcing of a mineral by stage, each of the newest study (not after ``year``)."""
    every = {series.iri: series for series in series_of(graph, mineral)}
    found = []
    for series, when in newest((s for s in every.values() if s.indicator in STUDY_SHARES), year, key=lambda s: s.iri):
        shares = read(graph, series, when)
        if any(figure.value for figure in shares):
            beside = every.get(series.iri.removesuffix(series.indicator) + TRADE)
            trade = {f.of: f for f in read(graph, beside, when)} if beside else {}
            of_year = governance_year(graph, when)
            found.append(Supply(series, split(shares), trade, governance(graph, of_year) if of_year else {}))
    return found


def published(graph: Graph, mineral: str, year: int | None = None) -> list[Read]:
    """What the EU's studies and a study of concentration print of a mineral, as printed, each year (not after ``year``)."""
    return [one for one in printed(graph, mineral) if one.role in PUBLISHED and (year is None or one.year <= year)]
