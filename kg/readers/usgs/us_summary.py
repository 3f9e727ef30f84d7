"""U.S. Geological Survey, Mineral Commodity Summaries: two summary tables of the United States that come as files of their own.

The figure of major import sources (``MCS2026_Fig3_Major_Import_Sources.csv``) and the salient statistics of critical minerals
(``MCS2026_T7_Critical_Minerals_Salient.csv``), from which net import reliance and the leading producer are read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..cell_values import Cell, read_cell
from ..csv_stream import Head, csv_rows, read_head
from ..format import Reader
from ..model import Card, Figure, Left, Series, Tell, at, bad
from ..names import Names
from .wording import commodity, unit_of

_ENCODING = "utf-8-or-cp1252"
_PERIOD = re.compile(r"Import_Source_(?P<first>20\d\d)_(?P<last>\d\d)")
_SALIENT = (
    "Source", "Year", "Units", "Critical_mineral", "Net_Import_Reliance", "Leading_source_country", "Leading_country_prod",
    "Leading_source_precent_world", "World_total_prod",
)  # fmt: skip  # the order of the file
_NOTE = re.compile(r"(?<=[a-z)])\s?\d{1,2}(,\d{1,2})*$")  # the number of a note behind the name of a mineral
_STATES = "country/united-states"


def _read_sources(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    column = next(name for name in read_head(path).columns if _PERIOD.fullmatch(name))
    match = _PERIOD.fullmatch(column)
    first, last = (match["first"], match["first"][:2] + match["last"]) if match else ("", "")
    for line, row in csv_rows(path, ("Source", "Commodity", column, "Percent"), tell, _ENCODING):
        with at(path, line):
            words = (f"import sources of the United States, {first} to {last}", f"米国の輸入元、{first}～{last}年")
            series = _series(row["Commodity"], names, "import-source-share", "percent", words, "")
            yield series
            yield _figure(
                series, line, int(last), read_cell(row["Percent"].rstrip("%")), partner=names.country(row[column]), estimated=False
            )


def _read_salient(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    for line, row in csv_rows(path, _SALIENT, tell, _ENCODING):
        with at(path, line):
            yield from _salient(line, row, names)


def _salient(line: int, row: dict[str, str], names: Names) -> Iterator[Series | Figure]:
    if not re.fullmatch(r"20\d\d", row["Year"]):
        raise ValueError(f"year is “{row['Year']}”", "It must be a year such as 2025.")
    year = int(row["Year"])
    mineral = row["Critical_mineral"]
    words = ("net import reliance of the United States", "米国の純輸入依存度")
    reliance = _series(mineral, names, "net-import-reliance", "percent", words, "")
    yield reliance
    text = row["Net_Import_Reliance"].rstrip("%")
    yield _figure(reliance, line, year, replace(read_cell("<0"), written="E") if text == "E" else read_cell(text))
    _, factor = unit_of(row["Units"])
    made = _series(mineral, names, "production", "tonne", ("production", "生産量"), "not-said")
    yield made
    yield _figure(made, line, year, read_cell(row["World_total_prod"], factor, row["Units"]), country="bloc/world")
    if row["Leading_source_country"]:
        leader = names.country(row["Leading_source_country"])
        yield _figure(made, line, year, read_cell(row["Leading_country_prod"], factor, row["Units"]), country=leader)
        share = _series(mineral, names, "production-share", "percent", ("share of world production", "世界生産に占める割合"), "")
        yield share
        yield _figure(share, line, year, read_cell(row["Leading_source_precent_world"].rstrip("%")), country=leader)


def _series(name: str, names: Names, indicator: str, unit: str, words: tuple[str, str], basis: str) -> Series:
    mineral = commodity(_NOTE.sub("", name).strip(), names).mineral
    en, ja = names.label(mineral)
    of_states = indicator in ("net-import-reliance", "import-source-share")
    return Series(
        slug=f"{'us-' if of_states else ''}{mineral.split('/')[1]}-{indicator}",
        label_en=f"{en}: {words[0]}",
        label_ja=f"{ja}：{words[1]}",
        indicator=indicator,
        unit=unit,
        mineral=mineral,
        basis=basis,
        country=_STATES if of_states else "",
    )


def _figure(series: Series, line: int, year: int, cell: Cell, country: str = "", partner: str = "", estimated: bool = True) -> Figure:
    estimated = estimated and cell.value is not None
    return Figure(series.slug, line, year, cell.value, cell.absence, country, partner, cell.bound, estimated, cell.written)


def _edition(head: Head) -> str:
    """The edition from the first row's source. Raises BadFacts."""
    first = next(csv.reader(head.start.decode("cp1252", errors="replace").splitlines()[1:2]), [""])
    match = re.fullmatch(r"MCS ?(20\d\d)", first[0].strip() if first else "")
    if not match:
        raise bad(head.path, 2, "its first row does not name the edition", "The column Source must say MCS and the year.")
    return match[1]


def _card(head: Head, what: tuple[str, str]) -> Card:
    edition = _edition(head)
    return Card(
        label=(
            f"USGS Mineral Commodity Summaries {edition}: {what[0]}",
            f"米国地質調査所『Mineral Commodity Summaries {edition}』：{what[1]}",
        ),
        publisher="U.S. Geological Survey, National Minerals Information Center",
        issued=edition,
        rights=("Work of the United States government, in the public domain.", "米国政府の著作物であり、パブリックドメイン。"),
        citation=f"U.S. Geological Survey, {edition}, Mineral Commodity Summaries {edition} data release.",
    )


READERS = [
    Reader(
        title="USGS Mineral Commodity Summaries, major import sources (such as MCS2026_Fig3_Major_Import_Sources.csv)",
        knows=lambda head: {"Commodity", "Percent"} <= set(head.columns) and any(_PERIOD.fullmatch(name) for name in head.columns),
        table=lambda head: f"usgs-mcs-{_edition(head)}-import-sources",
        read=_read_sources,
        card=lambda head: _card(head, ("major import sources of the United States", "米国の主な輸入元")),
    ),
    Reader(
        title="USGS Mineral Commodity Summaries, statistics of critical minerals (such as MCS2026_T7_Critical_Minerals_Salient.csv)",
        knows=lambda head: set(_SALIENT) <= set(head.columns),
        table=lambda head: f"usgs-mcs-{_edition(head)}-critical-minerals",
        read=_read_salient,
        card=lambda head: _card(head, ("salient statistics of critical minerals", "重要鉱物の主要統計")),
    ),
]
