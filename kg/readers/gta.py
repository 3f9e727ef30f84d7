"""Global Trade Alert: interventions as its site exports them to CSV; read are export measures on goods that are forms of minerals.

Each row is a record of one intervention; what it says is reported, not stated. Products are six-digit codes: those of ``hs92`` that later
editions keep with the same number are known, the rest are left.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

from .csv_stream import Head, csv_rows
from .format import Reader
from .hs92 import GOODS
from .model import Card, Item, Left, Measure, Tell, at
from .names import Names, fold

COLUMNS = (
    "Intervention ID", "Intervention URL", "Implementing Jurisdictions", "Intervention Type", "Affected Products", "Date Announced",
    "Date Implemented", "Date Removed",
)  # fmt: skip  # the order of the file
_TYPES = {
    "export ban": "XR-BAN",
    "export quota": "XR-QTA",
    "export tax": "XR-TAX",
    "export licensing requirement": "XR-LIC",
    "export tariff quota": "XR-TRQ",
    "foreign customer limit": "XR",
    "export-related non-tariff measure, nes": "XR",
}
_STEPS = {"announced": "Date Announced", "effective": "Date Implemented", "ended": "Date Removed"}


def read(path: Path, names: Names, tell: Tell) -> Iterator[Item]:
    """What the file holds. Raises BadFacts with file and line."""
    for line, row in csv_rows(path, COLUMNS, tell, "utf-8-or-cp1252"):
        with at(path, line):
            yield _row(line, row, names)


def _row(line: int, row: dict[str, str], names: Names) -> Item:
    kind = _TYPES.get(fold(row["Intervention Type"]))
    if kind is None:
        return Left("interventions that are no export measures", name=row["Intervention ID"])
    codes = [code.zfill(6) for code in re.split(r"[,;|\s]+", row["Affected Products"]) if code]
    for code in codes:
        if not re.fullmatch(r"\d{6}", code):
            raise ValueError(f"product is “{code}”", "Products must be six-digit codes, with commas between.")
    things = tuple(dict.fromkeys(GOODS[code].thing for code in codes if code in GOODS))
    if not things:
        return Left("export measures on other goods", name=row["Intervention ID"])
    if not re.fullmatch(r"\d+", row["Intervention ID"]):
        raise ValueError(f"intervention ID is “{row['Intervention ID']}”", "It must be a number.")
    steps = tuple((step, _day(column, row[column])) for step, column in _STEPS.items() if row[column])
    if not steps:
        return Left("export measures without a day", name=row["Intervention ID"])
    return Measure(
        slug=f"gta-{row['Intervention ID']}",
        line=line,
        record=f"GTA {row['Intervention ID']}",
        type=kind,
        countries=tuple(_countries(row["Implementing Jurisdictions"], names)),
        things=things,
        steps=steps,
        page=row["Intervention URL"] if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", row["Intervention URL"]) else "",
    )


def _day(column: str, text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{column} is “{text}”", "It must be a day such as 2023-07-03.") from None


def _countries(text: str, names: Names) -> Iterator[str]:
    """The jurisdictions of a list. A name with a comma of its own, such as one that ends in “Republic of”, is tried whole first."""
    try:
        yield names.country(text)
    except ValueError:
        parts = [part.strip() for part in re.split(r"[,;|]", text) if part.strip()]
        if len(parts) < 2:
            raise
        yield from dict.fromkeys(names.country(part) for part in parts)


def _card(head: Head) -> Card:
    return Card(
        label=("Global Trade Alert: interventions, a download", "Global Trade Alert：介入措置、ダウンロード"),
        publisher="Global Trade Alert",
        issued="2026",
        source="https://www.globaltradealert.org",
    )


READERS = [
    Reader(
        title="Global Trade Alert, interventions as CSV",
        knows=lambda head: set(COLUMNS) <= set(head.columns),
        table=lambda head: "gta-" + (re.sub(r"[^a-z0-9]+", "-", head.path.stem.casefold()).strip("-") or "interventions"),
        read=read,
        card=_card,
    )
]
