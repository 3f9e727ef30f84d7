"""Concentration of production and of reserves by element, Gaultois et al. 2013, worked out from statistics of 2011."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from .csv_stream import Head, csv_rows
from .format import Reader
from .model import Card, Figure, Left, Series, Tell, at
from .names import Names

COLUMNS = ("#element", "HHI_production", "HHI_reserve")
YEAR = 2011
KINDS = (
    ("HHI_production", "hhi-production", "concentration of production", "生産の集中度"),
    ("HHI_reserve", "hhi-reserves", "concentration of reserves", "埋蔵量の集中度"),
)


def _read(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    seen: set[tuple[str, ...]] = set()
    for line, row in csv_rows(path, COLUMNS, tell):
        with at(path, line):
            if tuple(row.values()) in seen:
                yield Left("rows that stand there again, the same", name=row["#element"])
                continue
            seen.add(tuple(row.values()))
            if not re.fullmatch(r"[A-Z][a-z]?", row["#element"]):
                raise ValueError(f"the element is “{row['#element']}”", "It must be a symbol such as W.")
            try:
                mineral = names.mineral(row["#element"])
            except ValueError:
                yield Left("elements that are no commodity of the graph", name=row["#element"])
                continue
            en, ja = names.label(mineral)
            for column, indicator, of_en, of_ja in KINDS:
                text = row[column]
                if text and not re.fullmatch(r"\d+(\.\d+)?", text):
                    raise ValueError(f"{column} is “{text}”", "It must be a number from 0 to 10,000.")
                slug = f"{mineral.split('/')[1]}-{indicator}"
                yield Series(slug, f"{en}: {of_en}", f"{ja}：{of_ja}", indicator, "score", mineral, country="bloc/world")
                yield Figure(slug, line, YEAR, Decimal(text) if text else None, absence="" if text else "not-given")


def _card(head: Head) -> Card:
    return Card(
        label=("Gaultois et al. 2013, concentration of elements", "Gaultois ほか（2013年）、元素の集中度"),
        publisher="American Chemical Society",
        issued="2013",
        citation="Gaultois, M. W. et al. (2013), Data-Driven Review of Thermoelectric Materials, Chem. Mater. 25, 2911-2920.",
        source="https://doi.org/10.1021/cm400893e",
    )


READERS = [
    Reader(
        "concentration by element of Gaultois et al. 2013, hhi_data.csv",
        knows=lambda head: head.columns == COLUMNS,
        table=lambda head: "gaultois-2013",
        read=_read,
        card=_card,
    )
]
