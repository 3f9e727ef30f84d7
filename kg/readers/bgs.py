"""World Mineral Statistics of the British Geological Survey: production, imports and exports by commodity, country and year.

Reads what https://ogcapi.bgs.ac.uk gives of its collection ``world-mineral-statistics`` as CSV or as GeoJSON. The survey counts some
goods twice, as minerals and as what is in them (rare earth minerals, rare earth oxides): series of their own, never to be added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from .cell_values import Cell, read_cell
from .csv_stream import Head, csv_rows
from .format import Reader
from .model import Card, Figure, Left, Series, Tell, at, bad
from .names import Names, fold
from .usgs.phrases import BASES

COLUMNS = (
    "year", "country_iso3_code", "country_trans", "bgs_commodity_trans", "bgs_sub_commodity_trans", "bgs_statistic_type_trans", "units",
    "quantity", "concat_figure_notes_text",
)  # fmt: skip  # the order of the file
_MOST_JSON = 300_000_000  # bytes of a GeoJSON file, which is read as a whole
_YEAR = re.compile(r"(?P<year>(19|20)\d\d)(-01-01([T ]00:00:00Z?)?)?")
_STATISTICS = {
    "production": ("production", "production", "生産量"),
    "imports": ("import-quantity", "imports", "輸入量"),
    "exports": ("export-quantity", "exports", "輸出量"),
}
_UNITS = {
    "tonnes (metric)": (Decimal(1), "not-said"),
    "tonnes": (Decimal(1), "not-said"),
    "kilograms": (Decimal("0.001"), "not-said"),
    "tonnes (metal content)": (Decimal(1), "contained-metal"),
    "kilograms (metal content)": (Decimal("0.001"), "contained-metal"),
    "tonnes (al2o3 content)": (Decimal(1), "oxide"),
    "tonnes (k2o content)": (Decimal(1), "oxide"),
    "tonnes (p2o5 content)": (Decimal(1), "oxide"),
    "carats": (Decimal("0.0000002"), "not-said"),
}
# What follows the mineral in the name of a commodity: stage, and the words for the label.
_STAGES = {
    "mine": ("ore", "mine", "鉱山"),
    "refined": ("metal", "refined", "精製"),
    "refinery": ("metal", "refinery", "製錬・精製"),
    "smelter": ("metal", "smelter", "製錬"),
    "smelter/refinery": ("metal", "smelter or refinery", "製錬・精製"),
    "primary": ("metal", "primary", "一次"),
    "slab": ("metal", "slab", "地金"),
    "metal": ("metal", "metal", "金属"),
    "white": ("oxide", "white", "三酸化物"),
    "": ("", "", ""),
}
# Commodities by names that are not those of a mineral alone: mineral, stage, what tells the series apart, its words, basis if it is said.
_COMMODITIES = {
    "rare earth minerals": ("rare-earths", "ore", "minerals", "minerals", "鉱物", ""),
    "rare earth oxides": ("rare-earths", "", "oxides", "oxides", "酸化物", "oxide"),
    "tantalum and niobium minerals": ("tantalum-and-niobium", "ore", "minerals", "minerals", "鉱物", ""),
    "lithium minerals": ("lithium", "ore", "minerals", "minerals", "鉱物", ""),
    "titanium minerals": ("titanium", "ore", "minerals", "minerals", "鉱物", ""),
    "zirconium minerals": ("zirconium", "ore", "minerals", "minerals", "鉱物", ""),
    "strontium minerals": ("strontium", "ore", "minerals", "minerals", "鉱物", ""),
    "manganese ore": ("manganese", "ore", "ore", "ore", "鉱石", ""),
    "chromium ores and concentrates": ("chromium", "ore", "ores", "ores and concentrates", "鉱石・精鉱", ""),
    "germanium metal": ("germanium", "metal", "metal", "metal", "金属", ""),
    "beryl": ("beryllium", "ore", "beryl", "beryl", "緑柱石", "gross"),
    "magnesium metal, primary": ("magnesium", "metal", "primary", "primary", "一次", ""),
    "gypsum and plaster": ("gypsum", "", "", "", "", ""),
    "diamond": ("gemstones", "ore", "diamond", "diamond", "ダイヤモンド", ""),
    "sulphur and pyrites": ("sulfur", "", "pyrites", "and pyrites", "硫化鉄鉱を含む", ""),
}
_FUELS = {"coal", "petroleum, crude", "natural gas"}
T = TypeVar("T")
_PRECISION = {"figures not available": "not-available"}


def _read_csv(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    for line, row in csv_rows(path, COLUMNS, tell):
        with at(path, line):
            yield from _row(line, row, names)


def _read_json(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    """A GeoJSON file: the line of a figure is the place of its feature, counted from 1."""
    if path.stat().st_size > _MOST_JSON:
        raise bad(path, 0, f"it has {path.stat().st_size:,} bytes", f"GeoJSON of at most {_MOST_JSON:,} bytes is read; take CSV.")
    try:
        features = json.loads(path.read_bytes())["features"]
        rows = [{key: "" if value is None else str(value) for key, value in feature["properties"].items()} for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise bad(path, 0, f"this is not GeoJSON of features: {error}", "The file must be as the survey gives it.") from None
    for number, row in enumerate(rows, 1):
        missing = [name for name in COLUMNS if name not in row]
        if missing:
            raise bad(path, number, f"the feature has no {', '.join(missing)}", f"It must have {', '.join(COLUMNS)}.")
        with at(path, number):
            yield from _row(number, row, names)
    tell(path.stat().st_size)


def _row(line: int, row: dict[str, str], names: Names) -> Iterator[Series | Figure | Left]:
    if fold(row["bgs_commodity_trans"]) in _FUELS:
        yield Left("fuels", name=row["bgs_commodity_trans"])
        return
    year = _YEAR.fullmatch(row["year"])
    if not year:
        raise ValueError(f"year is “{row['year']}”", "It must be a year such as 2012, or its first day.")
    factor, basis = _known("units", row["units"], _UNITS)
    series = _series(row, basis, names)
    yield series
    country = names.country(row["country_iso3_code"] or row["country_trans"])
    cell = _cell(row, factor)
    estimated = "estimates." in (note.strip().casefold() for note in row["concat_figure_notes_text"].split("|"))
    yield Figure(
        series.slug, line, int(year["year"]), cell.value, cell.absence, country, "", cell.bound,
        estimated=estimated and cell.value is not None, written=cell.written,
    )  # fmt: skip  # the order of Figure


def _cell(row: dict[str, str], factor: Decimal) -> Cell:
    reason = _PRECISION.get(fold(row.get("data_precision_description", "")))
    if reason and not row["quantity"]:
        return Cell(absence=reason)
    text = row["quantity"]
    if re.fullmatch(r"\d+\.0+", text):
        text = text.partition(".")[0]
    return read_cell(text, factor, row["units"])


def _series(row: dict[str, str], unit_basis: str, names: Names) -> Series:
    indicator, kind_en, kind_ja = _known("statistic", row["bgs_statistic_type_trans"], _STATISTICS)
    mineral, stage, slug, words_en, words_ja, basis = _commodity(row["bgs_commodity_trans"], names)
    basis = basis or unit_basis
    sub = row["bgs_sub_commodity_trans"]
    en, ja = names.label(mineral)
    en += f", {words_en}" if words_en else ""
    ja += f"・{words_ja}" if words_ja else ""
    basis_en, basis_ja = BASES[basis]
    parts = [mineral.split("/")[1], slug, kind_en, re.sub(r"[^a-z0-9]+", "-", fold(sub)).strip("-"), "" if basis == "not-said" else basis]
    return Series(
        slug="-".join(filter(None, parts)),
        label_en=f"{en}: {kind_en}" + (f" (“{sub}”)" if sub else "") + (f", {basis_en}" if basis_en else ""),
        label_ja=f"{ja}：{kind_ja}" + (f"（“{sub}”）" if sub else "") + (f"、{basis_ja}" if basis_ja else ""),
        indicator=indicator,
        unit="tonne",
        mineral=mineral,
        stage=stage,
        basis=basis,
    )


def _commodity(name: str, names: Names) -> tuple[str, str, str, str, str, str]:
    """Mineral, stage, what tells the series apart, its words in English and Japanese, and the basis if the name says it."""
    folded = fold(name)
    if folded in _COMMODITIES:
        slug, *rest = _COMMODITIES[folded]
        stage, part, en, ja, basis = rest
        return f"mineral/{slug}", stage, part, en, ja, basis
    first, _, last = folded.partition(", ")
    if last not in _STAGES:
        raise ValueError(f"“{name}” ends in “{last}”, which is not known", f"It must be one of {', '.join(filter(None, _STAGES))}.")
    stage, en, ja = _STAGES[last]
    return names.mineral(first), stage, en.replace(" ", "-"), en, ja, ""


def _known(what: str, text: str, table: dict[str, T]) -> T:
    if fold(text) not in table:
        raise ValueError(f"{what} is “{text}”", f"It must be one of {', '.join(table)}.")
    return table[fold(text)]


def _card(head: Head) -> Card:
    return Card(
        label=("British Geological Survey, World Mineral Statistics, a download", "英国地質調査所「World Mineral Statistics」ダウンロード"),
        publisher="British Geological Survey",
        issued="2026",
        rights=("Contains British Geological Survey materials © UKRI.", "英国地質調査所の資料を含む © UKRI。"),
        source="https://ogcapi.bgs.ac.uk/collections/world-mineral-statistics",
    )


def _table(head: Head) -> str:
    return "bgs-" + (re.sub(r"[^a-z0-9]+", "-", head.path.stem.casefold()).strip("-") or "world-mineral-statistics")


READERS = [
    Reader(
        title="World Mineral Statistics of the British Geological Survey, CSV of the collection world-mineral-statistics",
        knows=lambda head: set(COLUMNS) <= set(head.columns),
        table=_table,
        read=_read_csv,
        card=_card,
    ),
    Reader(
        title="World Mineral Statistics of the British Geological Survey, GeoJSON of the collection world-mineral-statistics",
        knows=lambda head: head.start.lstrip()[:1] == b"{" and b"bgs_statistic_type_trans" in head.start,
        table=_table,
        read=_read_json,
        card=_card,
    ),
]
