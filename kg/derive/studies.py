"""Figures of risk from what studies print and documents state: the EU's shares and scores, quotas beside demand, export prices.

Knows which series and statements belong together; knows no formula.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from ..errors import BadParameter
from ..namespaces import DOC
from ..risk import ratios
from ..risk.concentration import Split, hhi, split, top_supplier, weighted_hhi
from ..risk.eu_supply_risk import from_printed, from_scopes
from ..risk.figures import JAPAN, Computed, Read
from ..store.values import Row
from .inputs import Series, TableInputs
from .model import Derived, name_of, with_until

STUDY_SHARES = ("world-supply-share", "eu-sourcing-share")
TRADE, SCOPE = "trade-parameter", "eu-supply-scope"
_YEAR = re.compile(r"\d{4}(?!\d)")  # text that is not checked yet may hold anything


def of_studies(inputs: TableInputs, mineral: str) -> Iterator[Derived]:
    """Supply risk of the EU's study of 2017 from its printed inputs; concentration from the shares that the study of 2023 prints."""
    yield from _printed(inputs, mineral)
    every = {series.iri: series for series in inputs.series_of(mineral)}
    for series in (s for s in every.values() if s.indicator in STUDY_SHARES):
        found: list[Derived] = []
        for year in series.years:
            shares = inputs.read(series, year)
            if not any(figure.value for figure in shares):
                continue
            other = every.get(series.iri.removesuffix(series.indicator) + TRADE)
            trade = {f.of: f for f in inputs.read(other, year)} if other else {}
            for figure in _of_shares(inputs, split(shares), trade):
                found.append(Derived(mineral, figure, name_of(series), material=series.material, is_shared=True))
        yield from with_until(found)


def _of_shares(inputs: TableInputs, parts: Split, trade: Mapping[str, Read]) -> Iterator[Computed]:
    base = ("study-base-years",)
    yield replace(hhi(parts), notes=(*parts.notes, *base))
    yield replace(top_supplier(parts), notes=(*parts.notes, *base))
    when = inputs.governance_year(parts.year)
    if when:
        found = weighted_hhi(parts, inputs.governance(when), trade)
        yield replace(found, notes=(*found.notes, *base, "governance-not-of-the-study"))


def _printed(inputs: TableInputs, mineral: str) -> Iterator[Derived]:
    groups: dict[str, dict[str, Series]] = defaultdict(dict)
    for series in inputs.series_of(mineral):
        groups[series.iri.removesuffix(series.indicator)][series.indicator] = series
    for group in groups.values():
        if SCOPE not in group:
            continue
        scope = group[SCOPE]
        year = max(scope.years)
        printed = {name: figure for name, series in group.items() for figure in inputs.read(series, year)}
        yield Derived(mineral, from_printed(printed, printed[SCOPE].written), name_of(scope))
        try:
            yield Derived(mineral, from_scopes(printed), name_of(scope))
        except BadParameter:
            continue  # the study prints one scope alone


def quotas_to_demand(mineral: str, rows: Iterable[Row]) -> Iterator[Derived]:
    """China's export quota over Japan's demand, year by year, from what documents state."""
    for row in rows:
        if row["mineral"] != mineral or row["quota"] is None or row["demand"] is None or not _YEAR.match(str(row["year"])):
            continue
        year = int(str(row["year"]))
        quota, demand = (_stated(row, side, year) for side in ("quota", "demand"))
        figure = replace(ratios.quota_to_demand(quota, demand), of=JAPAN)
        name = "+".join(read.figure.removeprefix(DOC).replace("#", "/") for read in (quota, demand))
        yield Derived(mineral, figure, name, JAPAN)


def _stated(row: Row, side: str, year: int) -> Read:
    statement = str(row[f"{side}Statement"])
    return Read(
        _number(row[side]),
        unit="tonne",
        basis=str(row[f"{side}Basis"] or ""),
        year=year,
        role={"quota": "export-quota"}.get(side, side),
        figure=statement,
        document=statement.split("#", maxsplit=1)[0],
        place=str(row[f"{side}Place"] or ""),
    )


def price_multiples(mineral: str, rows: Iterable[Row]) -> Iterator[Derived]:
    """By how many times the export prices that a document gives rose, for each material, from its first month to each later."""
    kept = [row for row in rows if row["mineralId"] == mineral and row["value"] is not None and _YEAR.match(str(row["date"]))]
    ordered = sorted(kept, key=lambda row: (str(row["materialId"]), str(row["document"]), str(row["date"])))
    for _, group in groupby(ordered, key=lambda row: (row["materialId"], row["document"], row["unit"])):
        prices = [_price(row) for row in group]
        last = {price.year: price for price in prices[1:]}
        found = [ratios.price_multiple(prices[0], price) for price in last.values()]
        name = prices[0].figure.removeprefix(DOC).replace("#", "/")
        yield from with_until([Derived(mineral, figure, name) for figure in found])


def _price(row: Row) -> Read:
    return Read(
        _number(row["value"]),
        unit=str(row["unit"]),
        year=int(str(row["date"])[:4]),
        role="export-price",
        figure=str(row["statement"]),
        document=str(row["document"]),
        place=str(row["place"]),
    )


def _number(cell: object) -> Decimal | None:
    return None if cell is None else Decimal(str(cell))
