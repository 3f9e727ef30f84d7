"""Figures of risk from what documents state, not from tables: quota against demand, multiples of prices.

Knows which questions give the inputs; knows no formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from . import dependence
from .figures import JAPAN, Computed, Read
from .graph import Graph
from .readings import number
from .store import Row


def quota_tightness(graph: Graph, mineral: str, year: int | None = None) -> Iterator[Computed]:
    """China's export quota over Japan's demand, year by year, from what documents state."""
    for row in graph.ask("quota-against-demand"):
        when = int(str(row["year"]))
        if row["mineral"] != mineral or row["quota"] is None or row["demand"] is None or (year is not None and when > year):
            continue
        quota, demand = (_stated(row, side, when) for side in ("quota", "demand"))
        yield replace(dependence.quota_tightness(quota, demand), of=JAPAN)


def _stated(row: Row, side: str, year: int) -> Read:
    statement = str(row[f"{side}Statement"])
    return Read(
        number(row[side]),
        unit="tonne",
        basis=str(row[f"{side}Basis"] or ""),
        year=year,
        role={"quota": "export-quota"}.get(side, side),
        figure=statement,
        document=statement.split("#", maxsplit=1)[0],
        place=str(row[f"{side}Place"] or ""),
    )


def price_multiples(graph: Graph, mineral: str, year: int | None = None) -> Iterator[Computed]:
    """By how many times the export prices that a document gives rose, for each material, from its first month to its last."""
    rows = [row for row in graph.ask("export-prices", mineral=mineral) if row["value"] is not None and row["date"]]
    ordered = sorted(rows, key=lambda row: (str(row["materialId"]), str(row["document"]), str(row["date"])))
    for _, group in groupby(ordered, key=lambda row: (row["materialId"], row["document"], row["unit"])):
        prices = [
            Read(
                number(row["value"]),
                unit=str(row["unit"]),
                year=int(str(row["date"])[:4]),
                role="export-price",
                figure=str(row["statement"]),
                document=str(row["document"]),
                place=str(row["place"]),
            )
            for row in group
        ]
        kept = [price for price in prices if year is None or price.year <= year]
        if len(kept) > 1:
            yield dependence.price_multiple(kept[0], kept[-1])
