"""U.S. Geological Survey, Mineral Commodity Summaries 2026: the one file of all commodities (``MCS2026_Commodities_Data.csv``).

Read: world production, capacity and reserves; net import reliance, prices and import sources of the United States. The other statistics
of the United States are left and counted. The file is Windows-1252.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from ..cell_values import Cell, read_cell
from ..csv_stream import Head, csv_rows
from ..format import Reader
from ..model import Card, Figure, Left, Series, Tell, at
from ..names import Names, fold
from . import phrases
from .notes import is_estimate, qualifiers, says_half, why_absent
from .wording import Meaning, commodity, understand, unit_of

COLUMNS = (
    "MCS chapter", "Section", "Commodity", "Country", "Statistics", "Statistics_detail", "Unit", "Year", "Value", "Notes",
    "Is critical mineral 2025", "Other notes",
)  # fmt: skip  # the order of the file
_WORLD = {"Production": phrases.PRODUCTION, "Capacity": phrases.CAPACITY, "Reserves": phrases.RESERVES}
_LEFT = {"Production", "Import", "Export", "Consumption", "Employment", "Stock", "Sold or used", "Shipment", "Sales", "Sold", "Supply"}
_DATA_IN = re.compile(r"\(Data in (?P<all>.*?),? unless otherwise specified\)")
_SECTION = re.compile(r"Mine Production \((?P<basis>.+ content)\) and Reserves")
_GROSS = re.compile(r"gross weight of |reported in gross weight", re.IGNORECASE)
_RELIANCE = re.compile(
    r"(granite only: )?net import reliance ?as a percentage of (\w+ )?(apparent |estimated |reported )?consumption[:, ]*"
)
_PRICE_UNITS = {
    "dollars per kilogram": ("usd-per-kg", Decimal(1)),
    "dollars per metric ton": ("usd-per-tonne", Decimal(1)),
    "dollars per ton": ("usd-per-tonne", Decimal(1)),
    "dollars per pound": ("usd-per-pound", Decimal(1)),
    "cents per pound": ("usd-per-pound", Decimal("0.01")),
    "dollars per troy ounce": ("usd-per-troy-ounce", Decimal(1)),
    # A unit is one hundredth of a tonne of the content named.
    "dollars per dry metric ton unit": ("usd-per-kg", Decimal("0.1")),
    "dollars per metric ton unit": ("usd-per-kg", Decimal("0.1")),
}
# Prices that are left: retail lots, indexes, units of content, and prices of which the publisher only says that they vary.
_PRICES_LEFT = {
    "", "dollars per carat", "dollars per short ton", "dollars per 10-grams", "dollars per 50 grams",
    "dollars per gram", "dollars per 100 mililiters", "dollars per 100 milliliters", "dollars per 25 grams", "index",
}  # fmt: skip  # a list of words
# A unit of price as a wording names it; where the wording says more than the column, it is the wording that holds.
_SAID = "|".join(sorted(filter(None, {*_PRICE_UNITS, *_PRICES_LEFT}), key=len, reverse=True))
_PRICE_UNIT = re.compile(rf"\b(?:{_SAID})\b", re.IGNORECASE)
# The file says metric tons; the edition of 2025 gives the same countries' reserves in thousand metric tons, as many times as much.
_UNITS = {("Vanadium", "Reserves"): "thousand metric tons"}
# The chapter on mica gives its block of United States statistics twice under the same words: scrap and flake first, then sheet.
_TWICE = {"mica (natural)": ("scrap and flake", "sheet")}


def read(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    """What the file holds. Raises BadFacts with file and line."""
    blocks: dict[tuple[str, ...], int] = {}
    for line, row in csv_rows(path, COLUMNS, tell, "cp1252"):
        with at(path, line):
            yield from _row(row, line, names, blocks)


def _row(row: dict[str, str], line: int, names: Names, blocks: dict[tuple[str, ...], int]) -> Iterator[Series | Figure | Left]:
    section, statistic = row["Section"], row["Statistics"]
    if section.startswith("World "):
        _require(statistic in _WORLD, f"statistic is “{statistic}”", f"It must be one of {', '.join(sorted(_WORLD))}.")
        yield from _world(row, line, names)
    elif section == "Import Sources":
        yield from _import_source(row, line, names)
    elif statistic == "Net import reliance":
        yield from _reliance(row, line, names, blocks)
    elif statistic == "Price":
        yield from _price(row, line, names)
    else:
        _require(statistic in _LEFT, f"statistic is “{statistic}”", f"It must be one of {', '.join(sorted(_LEFT))}.")
        yield Left(f"United States: {statistic.lower()}")


def _world(row: dict[str, str], line: int, names: Names) -> Iterator[Series | Figure]:
    meaning = understand(commodity(row["Commodity"], names), row["Statistics_detail"], names)
    meaning.kind = meaning.kind or _WORLD[row["Statistics"]]
    meaning.basis = meaning.basis or _basis(meaning, row, names)
    row = {**row, "Unit": _UNITS.get((row["Commodity"], row["Statistics"]), row["Unit"])}
    unit, factor = unit_of(row["Unit"])
    series = meaning.series(names)
    series = series if unit == "tonne" else replace(series, unit=unit)
    yield series
    cell = _cell(row, factor)
    written = "; ".join(filter(None, [cell.written, *meaning.remarks]))
    yield _figure(series, line, row, replace(cell, written=written), country=names.country(row["Country"]))


def _cell(row: dict[str, str], factor: Decimal = Decimal(1)) -> Cell:
    if row["Value"] == "s":  # the sign of a note, not of a figure
        if says_half(row["Notes"]):
            return read_cell("<0.5", factor, row["Unit"])
        absence = why_absent(row["Notes"])
        right = "It must say less than half a unit, where the figure is included, or that there is none."
        _require(bool(absence), f"value is “s” and the note is “{row['Notes']}”", right)
        return Cell(absence=absence, written="s")
    if row["Value"] == "E" and row["Statistics"] == "Net import reliance":  # a net exporter
        return replace(read_cell("<0"), written="E")
    return read_cell(row["Value"], factor, row["Unit"])


def _basis(meaning: Meaning, row: dict[str, str], names: Names) -> str:
    """What the section's heading or a note says of the basis, else what the chapter's heading says all its data are in."""
    section = _SECTION.search(row["Section"])
    heading = _DATA_IN.search(row["Other notes"])
    words = heading["all"].split(", ", 1)[1] if heading and ", " in heading["all"] else ""
    if section and row["Statistics"] == "Production":
        words = section["basis"]
    elif _GROSS.search(row["Notes"]):
        words = "gross weight"
    if not words:
        return ""
    said = understand(Meaning(meaning.mineral), words, names)
    return said.basis or next((form.basis for form in said.forms if form.basis), "")


def _import_source(row: dict[str, str], line: int, names: Names) -> Iterator[Series | Figure]:
    meaning = commodity(row["Commodity"], names)
    _require(row["Year"] == "2021–24", f"year is “{row['Year']}”", "It must be 2021–24.")
    detail = "" if fold(row["Statistics_detail"]) in ("all", "total", "total imports") else row["Statistics_detail"]
    series = _of_states(
        meaning,
        names,
        detail,
        "import-source-share",
        "percent",
        ("import sources of the United States, 2021 to 2024", "米国の輸入元、2021～2024年"),
    )
    yield series
    yield _figure(series, line, {**row, "Year": "2024"}, _cell(row), partner=names.country(row["Country"]))


def _reliance(row: dict[str, str], line: int, names: Names, blocks: dict[tuple[str, ...], int]) -> Iterator[Series | Figure]:
    meaning = commodity(row["Commodity"], names)
    detail = _RELIANCE.sub("", fold(row["Statistics_detail"])).strip("() ")
    if detail.startswith("the united states was"):
        detail = ""
    forms = _TWICE.get(fold(row["Commodity"]))
    if forms:
        key = (row["Commodity"], row["Year"])
        _require(blocks.get(key, 0) < len(forms), "the row stands there once more than the chapter has blocks", "Keep one of them.")
        detail = forms[blocks.get(key, 0)]
        blocks[key] = blocks.get(key, 0) + 1
    series = _of_states(
        meaning, names, detail, "net-import-reliance", "percent", ("net import reliance of the United States", "米国の純輸入依存度")
    )
    yield series
    yield _figure(series, line, row, _cell(row))


def _price(row: dict[str, str], line: int, names: Names) -> Iterator[Series | Figure | Left]:
    said = _price_unit(row)
    if said in _PRICES_LEFT:
        what = f"price in {said}" if said else "price without unit"
        yield Left(f"United States: {what}", name=names.label(commodity(row["Commodity"], names).mineral)[0])
        return
    _require(said in _PRICE_UNITS, f"unit is “{said}”", f"It must be one of {', '.join(_PRICE_UNITS)}.")
    unit, factor = _PRICE_UNITS[said]
    detail = re.sub(r"^Price[,: ]*", "", row["Statistics_detail"])
    series = _of_states(commodity(row["Commodity"], names), names, detail, "price", unit, ("price in the United States", "米国の価格"))
    yield series
    yield _figure(series, line, row, _cell({**row, "Unit": said}, factor))


def _price_unit(row: dict[str, str]) -> str:
    """The unit of a price: that of the wording where it names the column's more closely. Raises ValueError for two units."""
    column = row["Unit"]
    match = _PRICE_UNIT.search(row["Statistics_detail"])
    said = fold(match[0]) if match else column
    if said != column and column in _PRICE_UNITS:
        right = "The wording may only add to the unit of the column."
        _require(said.startswith(column), f"unit is “{column}” and the wording says “{said}”", right)
        return said
    return column


def _of_states(meaning: Meaning, names: Names, detail: str, indicator: str, unit: str, words: tuple[str, str]) -> Series:
    """A series of the United States, the publisher's own words beside it where they tell it from another."""
    en, ja = names.label(meaning.mineral)
    detail = "" if fold(detail) in (fold(en), fold(meaning.mineral.split("/")[1])) else detail
    slug = re.sub(r"[^a-z0-9]+", "-", fold(detail)).strip("-")
    slug = slug if len(slug) <= 60 else f"{slug[:30]}-{slug[-30:]}".replace("--", "-")
    forms = [form.slug for form in meaning.forms]
    material = next((f"material/{form.material}" for form in meaning.forms if form.material), "")
    return Series(
        slug="-".join(filter(None, ["us", meaning.mineral.split("/")[1], *forms, indicator, slug])),
        label_en=f"{en}: {words[0]}" + (f" (“{detail}”)" if detail else ""),
        label_ja=f"{ja}：{words[1]}" + (f"（“{detail}”）" if detail else ""),
        indicator=indicator,
        unit=unit,
        mineral=meaning.mineral,
        material=material,
        country="country/united-states",
    )


def _figure(series: Series, line: int, row: dict[str, str], cell: Cell, country: str = "", partner: str = "") -> Figure:
    _require(bool(re.fullmatch(r"20\d\d", row["Year"])), f"year is “{row['Year']}”", "It must be a year such as 2025.")
    year = int(row["Year"])
    written = "; ".join(filter(None, [cell.written, *qualifiers(row["Notes"])]))
    return Figure(
        series.slug, line, year, cell.value, cell.absence, country, partner, cell.bound,
        estimated=is_estimate(row["Notes"], year) and cell.value is not None, written=written,
    )  # fmt: skip  # the order of Figure


def _require(holds: bool, wrong: str, right: str) -> None:
    if not holds:
        raise ValueError(wrong, right)


def _card(head: Head) -> Card:
    return Card(
        label=("USGS Mineral Commodity Summaries 2026, data release", "米国地質調査所『Mineral Commodity Summaries 2026』データ"),
        publisher="U.S. Geological Survey, National Minerals Information Center",
        issued="2026-02",
        rights=("Work of the United States government, in the public domain.", "米国政府の著作物であり、パブリックドメイン。"),
        citation="U.S. Geological Survey, 2026, Mineral Commodity Summaries 2026 data release: U.S. Geological Survey, "
        "National Minerals Information Center.",
        source="https://www.sciencebase.gov/catalog/item/696a75d5d4be0228872d3bf8",
    )


READERS = [
    Reader(
        title="USGS Mineral Commodity Summaries 2026, commodities data (MCS2026_Commodities_Data.csv)",
        knows=lambda head: head.columns == COLUMNS,
        table=lambda head: "usgs-mcs-2026",
        read=read,
        card=_card,
    )
]
