"""Records of mineral deposits from four compilations of the U.S. Geological Survey, as one table brings them together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..csv_stream import Head, csv_rows
from ..format import Reader
from ..model import Card, Deposit, Item, Tell, at
from ..names import Names

COLUMNS = (
    "usgs_database",
    "record_id",
    "name",
    "country_iso3",
    "country_as_observed",
    "latitude",
    "longitude",
    "commodities",
    "deposit_type",
    "record_url",
)
DATABASES = ("ree", "major-deposits", "laterite", "carbonatite")


def _read(path: Path, names: Names, tell: Tell) -> Iterator[Item]:
    for line, row in csv_rows(path, COLUMNS, tell):
        with at(path, line):
            base, record = row["usgs_database"], row["record_id"]
            if base not in DATABASES:
                raise ValueError(f"the database is “{base}”", f"It must be one of {', '.join(DATABASES)}.")
            country = _country(names, row["country_iso3"], row["country_as_observed"])
            yield Deposit(
                slug=f"usgs-{base}-{re.sub('[^a-z0-9]+', '-', record.casefold())}",
                line=line,
                name=row["name"],
                record=f"USGS {base} {record}",
                country=country,
                latitude=row["latitude"],
                longitude=row["longitude"],
                minerals=tuple(names.mineral(symbol).split("/")[1] for symbol in row["commodities"].split(";") if symbol),
                type=row["deposit_type"].casefold(),
                page=row["record_url"],
                written="" if country else row["country_as_observed"],
            )


def _country(names: Names, code: str, written: str) -> str:
    """The country; nothing where the compilation has no code and its word is no country of ours, such as a peninsula of two."""
    if code:
        return names.country(code)
    try:
        return names.country(written)
    except ValueError:
        return ""


def _card(head: Head) -> Card:
    return Card(
        label=("U.S. Geological Survey, records of mineral deposits", "米国地質調査所、鉱床の記録"),
        publisher="U.S. Geological Survey",
        issued="2011",
        rights=("Public domain (work of the United States government).", "パブリックドメイン（米国政府の著作物）。"),
        citation="USGS Mineral Resources Online Spatial Data (mrdata.usgs.gov), compiled by MinMod (DARPA CriticalMAAS).",
        passage=("Records of deposits", "鉱床の記録"),
    )


READERS = [
    Reader(
        "records of mineral deposits of the U.S. Geological Survey, as compiled from MinMod",
        knows=lambda head: head.columns == COLUMNS,
        table=lambda head: "usgs-deposits",
        read=_read,
        card=_card,
    )
]
