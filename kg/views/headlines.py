"""The headline of each role of every mineral as of a year, as the build chose it: one query for all. Chooses nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ..derive.headlines import MAX_AGE
from ..graph.graph import Graph
from ..namespaces import CODE
from ..store.oxigraph import Row
from .figures import CountryShare, newest_year

PRODUCER, REFINER, SUPPLIER = "first-producer", "first-refiner", "first-supplier-of-japan"
ROLES = (PRODUCER, REFINER, SUPPLIER)


@dataclass(frozen=True)
class Headline:
    """What stands for a role of a mineral. ``figure`` is empty where none was chosen; ``reason`` is a code of why.

    ``country`` has ``share`` percent (``bound``: ``at-least`` or ``at-most`` where it is only that) in ``year``; ``index`` is
    the concentration of the same whole, ``before`` the same country's share in the year before. ``via`` is the group whose
    figure it is, ``ended`` the last year of a series that ended, ``document`` the table or study.
    """

    mineral: str
    role: str
    reason: str
    reason_label: str
    figure: str = ""
    country: str = ""
    share: Decimal | None = None
    bound: str = ""
    year: int | None = None
    stage: str = ""
    material: str = ""
    index: Decimal | None = None
    before: Decimal | None = None
    via: str = ""
    ended: int | None = None
    notes: tuple[str, ...] = ()
    document: str = ""

    @property
    def change(self) -> Decimal | None:
        """By how many percentage points the share differs from the year before."""
        return None if self.share is None or self.before is None else self.share - self.before


@dataclass(frozen=True)
class Suppliers:
    """Every country's share in the headline of a mineral's suppliers, of a year, from a document; the largest first."""

    figure: str
    year: int
    document: str
    shares: tuple[CountryShare, ...]


def headlines(graph: Graph, year: int | None = None, lang: str = "en") -> Mapping[tuple[str, str], Headline]:
    """Every headline as of a year (default: the newest), by mineral and role."""
    return _headlines(graph, _asked(graph, year), lang)


def _asked(graph: Graph, year: int | None) -> int:
    """A year (None: the newest); of those in which even the newest figure is too old to head anything, the first."""
    newest = newest_year(graph)
    return newest if year is None else min(year, newest + MAX_AGE + 1)


@lru_cache(maxsize=64)
def _headlines(graph: Graph, year: int, lang: str) -> Mapping[tuple[str, str], Headline]:
    rows = graph.part("headlines-of-year", year=year)
    return {(str(row["mineral"]), str(row["roleCode"])): _headline(graph, row, lang) for row in rows}


def headline(graph: Graph, mineral: str, role: str, year: int | None = None, lang: str = "en") -> Headline | None:
    """The headline of a role of a mineral as of a year; None where no table of its kind ever had the mineral."""
    return headlines(graph, year, lang).get((mineral, role))


def passed_over(graph: Graph, mineral: str, year: int | None = None) -> dict[str, list[str]]:
    """IRIs of the figures of the same year that were not chosen for a mineral, by role."""
    found: dict[str, list[str]] = {}
    for role, figure in _passed_over(graph, _asked(graph, year)).get(mineral, ()):
        found.setdefault(role, []).append(figure)
    return found


@lru_cache(maxsize=64)
def _passed_over(graph: Graph, year: int) -> Mapping[str, list[tuple[str, str]]]:
    """Role and figure of those that were not chosen, by mineral."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in graph.part("passed-over", year=year):
        pair = (str(row["roleCode"]), str(row["figure"]))
        found.setdefault(str(row["mineral"]), []).append(pair)
    return found


def suppliers(graph: Graph, year: int | None = None) -> Mapping[str, Suppliers]:
    """Japan's suppliers of each mineral that has a headline of its own, as of a year, with every share."""
    return _suppliers_of(graph, _asked(graph, year))


@lru_cache(maxsize=64)
def _suppliers_of(graph: Graph, year: int) -> Mapping[str, Suppliers]:
    found: dict[str, list[Row]] = {}
    for row in graph.part("headline-shares", year=year):
        found.setdefault(str(row["mineral"]), []).append(row)
    return {mineral: _suppliers(rows) for mineral, rows in found.items()}


def _suppliers(rows: list[Row]) -> Suppliers:
    first = rows[0]
    shares = tuple(CountryShare(str(row["country"]), Decimal(str(row["share"]))) for row in rows)
    return Suppliers(str(first["figure"]), int(str(first["figureYear"])), str(first["document"]), shares)


def _headline(graph: Graph, row: Row, lang: str) -> Headline:
    share, bound = _number(row["share"]), ""
    for name, kind in (("atMost", "at-most"), ("atLeast", "at-least")):
        if row[name] is not None:
            share, bound = _number(row[name]), kind
    return Headline(
        mineral=str(row["mineral"]),
        role=str(row["roleCode"]),
        reason=str(row["reasonCode"]),
        reason_label=graph.label(f"{CODE}headline-reason/{row['reasonCode']}", lang),
        figure=str(row["figure"] or ""),
        country=str(row["country"] or ""),
        share=share,
        bound=bound,
        year=_year(row["figureYear"]),
        stage=str(row["stage"] or ""),
        material=str(row["material"] or ""),
        index=_number(row["hhi"]),
        before=_number(row["shareYearBefore"]),
        via=str(row["via"] or ""),
        ended=_year(row["seriesEnd"]),
        notes=tuple(str(row["notes"] or "").split()),
        document=str(row["document"] or ""),
    )


def _number(cell: object) -> Decimal | None:
    return None if cell is None else Decimal(str(cell))


def _year(cell: object) -> int | None:
    return None if cell is None else int(str(cell))
