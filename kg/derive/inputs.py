"""Inputs of the methods: series by mineral, their figures by year, governance; from the tables' rows in memory, or from a graph.

``Inputs`` is what a method asks for. ``TableInputs`` answers from the CSV tables and the declarations of their series, with
no query a series: it is what a build uses. ``kg.views.series`` answers the same from a graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from ..namespaces import ID
from ..risk.concentration import scaled_governance, scaled_stability
from ..risk.figures import Read
from ..store.values import Row

STABILITY = "political-stability"
GOVERNANCE = (
    "voice-and-accountability",
    STABILITY,
    "government-effectiveness",
    "regulatory-quality",
    "rule-of-law",
    "control-of-corruption",
)
UNUSED = ("price", "capacity", "import-source-share")  # indicators that no method takes; nor one country's exports


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


class Inputs(Protocol):
    """What a method of risk asks for."""

    def series_of(self, mineral: str) -> Sequence[Series]:
        """Series of figures of a mineral, by IRI."""

    def read(self, series: Series, year: int) -> list[Read]:
        """Figures of a series in a year; ``of`` is the country, or the partner where the series is one country's trade."""

    def governance_year(self, year: int) -> int | None:
        """The year of governance estimates that goes with a year: the same, else the nearest before, else the first."""

    def governance(self, year: int) -> Mapping[str, Read]:
        """Governance by country on the EU study's scale, 0..10: countries with all six estimates of the newest edition."""

    def stability(self, year: int) -> Mapping[str, Read]:
        """Political stability by country on GeoPolRisk's scale, 0..1."""


class TableInputs:
    """Inputs from the rows of the tables in memory: ``keep`` each row, then ask. Rows that no method asks for are not kept."""

    def __init__(self, declarations: Iterable[Row]) -> None:
        self._declared: dict[str, Row] = {}
        self._minerals: dict[str, list[str]] = defaultdict(list)
        for row in declarations:
            series = str(row["series"])
            of_another = str(row["indicator"]).startswith("export-") and row["country"]
            if row["indicator"] in UNUSED or of_another:
                continue
            self._declared[series] = row
            if row["mineral"] and str(row["mineral"]) not in self._minerals[series]:
                self._minerals[series].append(str(row["mineral"]))
        self._kept: dict[str, dict[int, list[Read]]] = {}
        self._estimates: dict[int, dict[str, dict[str, Read]]] = defaultdict(dict)
        self._editions: dict[int, str] = {}
        self._governance: dict[int, dict[str, Read]] = {}
        self._stability: dict[int, dict[str, Read]] = {}

    def keep(self, iri: str, cells: Mapping[str, str]) -> None:
        """Take a row of a table of figures, with the IRI of its series."""
        row = self._declared.get(iri)
        if row is None:
            return
        read = _read(cells, row, iri)
        if read.role in GOVERNANCE:
            self._estimate(read)
        elif self._minerals.get(iri):
            self._kept.setdefault(iri, {}).setdefault(read.year, []).append(read)

    @property
    def editions(self) -> dict[str, str]:
        """The edition of the Harmonized System by series, of those under an HS code."""
        return {iri: str(row["hsEdition"]) for iri, row in self._declared.items() if row["hsEdition"]}

    @property
    def minerals(self) -> list[str]:
        """IRIs of the minerals that have a series with figures, in order."""
        return sorted(self._series)

    def series_of(self, mineral: str) -> Sequence[Series]:
        """Series of figures of a mineral, by IRI."""
        return self._series.get(mineral, ())

    def traded(self, hs_code: str) -> list[Series]:
        """Series of all minerals under an HS code, by IRI."""
        found = self._by_code.get(hs_code, {})
        return [found[iri] for iri in sorted(found)]

    @cached_property
    def _by_code(self) -> Mapping[str, Mapping[str, Series]]:
        found: dict[str, dict[str, Series]] = defaultdict(dict)
        for every in self._series.values():
            for one in every:
                found[one.hs_code][one.iri] = one
        return found

    def read(self, series: Series, year: int) -> list[Read]:
        """Figures of a series in a year, in the order of the table."""
        return self._kept[series.iri].get(year, [])

    def governance_year(self, year: int) -> int | None:
        """The same year, else the nearest before, else the first; None without estimates."""
        return nearest_year(self._estimates, year)

    def governance(self, year: int) -> Mapping[str, Read]:
        """Governance by country, 0..10."""
        if year not in self._governance:
            found = ((country, governance_of(kept, year)) for country, kept in self._estimates[year].items())
            self._governance[year] = {country: read for country, read in found if read is not None}
        return self._governance[year]

    def stability(self, year: int) -> Mapping[str, Read]:
        """Political stability by country, 0..1."""
        if year not in self._stability:
            kept = self._estimates[year].items()
            self._stability[year] = {of: stability_of(e[STABILITY], year) for of, e in kept if STABILITY in e}
        return self._stability[year]

    def _estimate(self, read: Read) -> None:
        """Keep an estimate of governance, of the newest edition that has the year."""
        if read.value is None:
            return
        if read.document > self._editions.get(read.year, ""):
            self._editions[read.year] = read.document
            self._estimates[read.year] = {}
        if read.document == self._editions[read.year]:
            self._estimates[read.year].setdefault(read.of, {})[read.role] = read

    @cached_property
    def _series(self) -> dict[str, list[Series]]:
        found: dict[str, list[Series]] = defaultdict(list)
        for iri in sorted(self._kept):
            series = declared_series(self._declared[iri], sorted(self._kept[iri]))
            for mineral in self._minerals[iri]:
                found[mineral].append(series)
        return dict(found)


def declared_series(row: Row, years: Iterable[int]) -> Series:
    """A series from the row of its declaration and the years of its figures."""
    names = ("series", "indicator", "unit", "basis", "stage", "material", "country", "hsCode", "document")
    return Series(*(_text(row[name]) for name in names), tuple(years))  # type: ignore[call-arg, arg-type]  # nine texts, then the years


def _read(cells: Mapping[str, str], row: Row, iri: str) -> Read:
    value = Decimal(cells["value"]) if cells["value"] else None
    country = row["country"]
    other = cells["partner"] if country else cells["country"]
    return Read(
        None if cells["bound"] else value,
        of=ID + other if other else str(country or ""),
        series=iri,
        unit=_text(row["unit"]),
        basis=_text(row["basis"]),
        stage=_text(row["stage"]),
        year=int(cells["year"]),
        role=_text(row["indicator"]),
        more_than=value if cells["bound"] == ">" else None,
        less_than=value if cells["bound"] == "<" else None,
        at_least=value if cells["bound"] == ">=" else None,
        absence=cells["absence"],
        estimated=bool(cells["estimated"]),
        hs_code=_text(row["hsCode"]),
        figure=f"{iri}-{cells['line']}-{cells['year']}",
        document=_text(row["document"]),
        line=int(cells["line"]),
        written=cells["written"],
    )


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) else ""


def nearest_year(years: Iterable[int], year: int) -> int | None:
    """Of some years the same, else the nearest before, else the first; None where there are none."""
    known = sorted(years)
    before = [one for one in known if one <= year]
    return before[-1] if before else next(iter(known), None)


def governance_of(estimates: Mapping[str, Read], year: int) -> Read | None:
    """Governance of a country from its six estimates, 0..10; None where one is missing."""
    kept = [estimates[name] for name in sorted(GOVERNANCE) if name in estimates]
    if len(kept) < len(GOVERNANCE):
        return None
    mean = scaled_governance([read.value for read in kept if read.value is not None])
    return Read(
        mean,
        of=kept[0].of,
        unit="index-0-10",
        year=year,
        role="governance",
        document=kept[0].document,
        line=kept[0].line,
        mean_of=tuple(read.figure for read in kept),
    )


def stability_of(estimate: Read, year: int) -> Read:
    """Political stability of a country, 0..1."""
    value = None if estimate.value is None else scaled_stability(estimate.value)
    return Read(
        value,
        of=estimate.of,
        unit="index-0-1",
        year=year,
        role=STABILITY,
        figure=estimate.figure,
        document=estimate.document,
        line=estimate.line,
    )


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
