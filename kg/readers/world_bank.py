"""The Worldwide Governance Indicators of the World Bank: six estimates by country and year, from about -2.5 (weak) to 2.5 (strong).

Reads the workbook as the World Bank gives it, ``wgidataset.xlsx``, and a table of its estimates with a column an indicator. An edition is
named after the year after its last; editions are recalculated as a whole, so that figures of two must not be mixed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from .csv_stream import Head, csv_rows
from .format import Reader
from .model import Card, Figure, Left, Series, Tell, at, bad
from .names import Names
from .workbook import ZIP, sheet_rows

# Code of the World Bank, column of the table, indicator, and its names.
INDICATORS = (
    ("va", "voice_accountability", "voice-and-accountability", "Voice and accountability", "国民の声と説明責任"),
    ("pv", "political_stability", "political-stability", "Political stability and absence of violence", "政治的安定と暴力の不在"),
    ("ge", "government_effectiveness", "government-effectiveness", "Government effectiveness", "政府の有効性"),
    ("rq", "regulatory_quality", "regulatory-quality", "Regulatory quality", "規制の質"),
    ("rl", "rule_of_law", "rule-of-law", "Rule of law", "法の支配"),
    ("cc", "control_of_corruption", "control-of-corruption", "Control of corruption", "汚職の抑制"),
)
BOOK = ("code", "year", "indicator", "estimate")
TABLE = ("iso3", "year", *(column for _, column, *_ in INDICATORS))
# Codes of the World Bank before it took over those of ISO 3166.
OLD_CODES = {"ZAR": "COD", "ROM": "ROU", "TMP": "TLS", "WBG": "PSE", "ADO": "AND", "KSV": "XKX"}
MOST = Decimal("10")


def _series() -> Iterator[Series]:
    for _, _, slug, en, ja in INDICATORS:
        yield Series(slug, f"{en}, estimate", f"{ja}（推計値）", indicator=slug, unit="score")


def _read_table(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    yield from _series()
    for line, row in csv_rows(path, TABLE, tell):
        with at(path, line):
            for _, column, slug, *_ in INDICATORS:
                yield _figure(names, slug, line, row["iso3"], row["year"], row[column])


def _read_book(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    slugs = {code: slug for code, _, slug, *_ in INDICATORS}
    yield from _series()
    for line, row in sheet_rows(path, BOOK, tell):
        with at(path, line):
            if row["indicator"] not in slugs:
                raise ValueError(f"the indicator is “{row['indicator']}”", f"It must be one of {', '.join(slugs)}.")
            yield _figure(names, slugs[row["indicator"]], line, row["code"], row["year"], row["estimate"])


def _figure(names: Names, series: str, line: int, code: str, year: str, text: str) -> Figure:
    country = names.country(OLD_CODES.get(code, code))
    if not re.fullmatch(r"(19|20)\d\d", year):
        raise ValueError(f"the year is “{year}”", "It must be a year such as 2012.")
    if text in ("", "..", "#N/A"):
        return Figure(series, line, int(year), absence="not-available", country=country)
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > MOST:
        raise ValueError(f"the estimate is “{text}”", "It must be a number from about -2.5 to 2.5, or .. where there is none.")
    return Figure(series, line, int(year), value, country=country)


def _edition(head: Head) -> int:
    """The year after the last of the file. Raises BadFacts."""
    if head.start.startswith(ZIP):
        years = [row["year"] for _, row in sheet_rows(head.path, BOOK, lambda count: None)]
    else:
        years = [row["year"] for _, row in csv_rows(head.path, TABLE, lambda count: None)]
    known = [int(year) for year in years if year.isdigit()]
    if not known:
        raise bad(head.path, 0, "it names no year", "Each row must name its year.")
    return max(known) + 1


def _card(head: Head) -> Card:
    edition = _edition(head)
    return Card(
        label=(f"World Bank, Worldwide Governance Indicators, update of {edition}", f"世界銀行「世界ガバナンス指標」{edition}年改訂版"),
        publisher="World Bank",
        issued=str(edition),
        rights=("CC BY 4.0", "CC BY 4.0"),
        citation="Kaufmann, D. and Kraay, A., Worldwide Governance Indicators, World Bank.",
        source="https://www.govindicators.org",
    )


def _table(head: Head) -> str:
    return f"world-bank-wgi-{_edition(head)}"


READERS = [
    Reader(
        "Worldwide Governance Indicators of the World Bank, wgidataset.xlsx",
        knows=lambda head: head.start.startswith(ZIP) and head.path.name.casefold().startswith("wgidataset"),
        table=_table,
        read=_read_book,
        card=_card,
    ),
    Reader(
        "Worldwide Governance Indicators of the World Bank, a table with a column an indicator",
        knows=lambda head: set(TABLE) <= set(head.columns),
        table=_table,
        read=_read_table,
        card=_card,
    ),
]
