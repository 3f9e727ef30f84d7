"""All minerals at a glance: who produces most of each, how concentrated that is, and what changed in a year.

One query for all, where ``kg.risk`` asks for each. Knows the graph and the formulas of concentration.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from .concentration import Split, hhi, split, top_supplier
from .figures import HUNDRED, JAPAN, OTHERS, WORLD, Computed, Read
from .graph import Graph
from .readings import number

STAGES = ("ore", "")  # mine production first, then what is of no stage, then any other


@dataclass(frozen=True)
class Producers:
    """World production of a mineral by country in its newest year: the first producer's share in percent, the concentration index,
    and by how many percentage points the first producer's share differs from the year before (None where that year has no figures)."""

    top: Computed
    index: Computed
    change: Decimal | None


@lru_cache(maxsize=16)
def producers(graph: Graph, until: int) -> dict[str, Producers]:
    """Per mineral, from the series that reaches the newest year not after ``until``; of several, the newest edition's, mines first."""
    series: dict[tuple[str, str], dict[int, list[Read]]] = defaultdict(lambda: defaultdict(list))
    for read_, mineral in _production(graph):
        if read_.year <= until:
            series[mineral, read_.series][read_.year].append(read_)
    chosen: dict[str, tuple[tuple[object, ...], dict[int, list[Read]]]] = {}
    for (mineral, iri), years in series.items():
        first = next(iter(years.values()))[0]
        rank = (max(years), first.document, -_stage(first.stage), iri)
        if _split(years[max(years)]) and (mineral not in chosen or rank > chosen[mineral][0]):
            chosen[mineral] = (rank, years)
    return {mineral: found for mineral, (_, years) in chosen.items() if (found := _producers(years))}


def _producers(years: dict[int, list[Read]]) -> Producers | None:
    newest = max(years)
    now, before = _split(years[newest]), _split(years.get(newest - 1, []))
    if now is None:
        return None
    top = top_supplier(now)
    change = top.value - HUNDRED * before.shares.get(top.of, Decimal(0)) if before and top.value is not None else None
    return Producers(top, hhi(now), change)


def _split(figures: list[Read]) -> Split | None:
    return split(figures) if any(figure.value and figure.of not in (WORLD, OTHERS) for figure in figures) else None


def _stage(stage: str) -> int:
    return STAGES.index(stage) if stage in STAGES else len(STAGES)


def suppliers_by_year(graph: Graph, mineral: str, importer: str = JAPAN) -> tuple[dict[str, dict[int, Decimal]], list[str]]:
    """Each supplier's share (percent) of an importer's purchases of a mineral in value, by year, all customs codes together, and the
    documents. A year without purchases is not there; a supplier that sold nothing in a year with purchases has 0."""
    bought: dict[int, dict[str, Decimal]] = defaultdict(dict)
    documents: set[str] = set()
    for row in graph.part("imports-by-year", mineral=mineral, importer=importer):
        year, partner, value = int(str(row["year"])), str(row["partner"]), number(row["total"])
        if value:
            bought[year][partner] = bought[year].get(partner, Decimal(0)) + value
            documents.add(str(row["document"]))
    partners = {partner for year in bought.values() for partner in year}
    shares = {
        partner: {year: HUNDRED * sold.get(partner, Decimal(0)) / sum(sold.values()) for year, sold in sorted(bought.items())}
        for partner in sorted(partners)
    }
    return shares, sorted(documents)


@lru_cache(maxsize=4)
def _production(graph: Graph) -> tuple[tuple[Read, str], ...]:
    return tuple(
        (
            Read(
                number(row["value"]),
                of=str(row["country"]),
                series=str(row["series"]),
                unit=str(row["unit"]),
                basis=str(row["basis"] or ""),
                stage=str(row["stage"] or ""),
                year=int(str(row["year"])),
                role="production",
                more_than=number(row["moreThan"]),
                less_than=number(row["lessThan"]),
                absence=str(row["absence"] or ""),
                figure=str(row["figure"]),
                document=str(row["document"]),
            ),
            str(row["mineral"]),
        )
        for row in graph.part("production")
    )
