"""U.S. Geological Survey, Mineral Commodity Summaries, world tables with a column a year.

Two layouts: 2025, one file of all commodities (``MCS2025_World_Data.csv``), and 2022 to 2024, a file a commodity
(``mcs2024-raree_world.csv``), whose columns carry unit and year in their names. A first pass over the file (they are small) learns what
only some rows of a table say for all of it: the unit of its reserves, and which columns it uses at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from ..cell_values import Cell, read_cell
from ..csv_stream import csv_rows
from ..model import Figure, Left, Series, Tell, at
from ..names import Names, fold
from . import phrases
from .notes import is_estimate, qualifiers, says_half, why_absent
from .wording import Meaning, commodity, understand, unit_of

ENCODING = "utf-8-or-cp1252"
_AGGREGATE = re.compile(r"(?P<name>world total|other countries)\b[\s,]*(?P<rest>.*?)(?:\s\d{1,2})?", re.IGNORECASE)
_BRACKETS = re.compile(r"(?P<name>[^()]+?)\s*\((?P<rest>.+)\)")
_WITHHELD = re.compile(r"w\b", re.IGNORECASE)
_SAYS = re.compile(r"(na|xx|large|small|very small|moderate|moderate to large)\b\W*(\(.*\)\W*|for 20\d\d)?", re.IGNORECASE)

# What a note of one row of a table says of the reserves of the whole table: unit and basis, or that they are none.
_RESERVE_NOTES = {
    "crude ore, million metric tons": ("million metric tons", "crude ore"),
    "iron content, million metric tons": ("million metric tons", ""),
    "(reserve data is thousand metric tons).": ("thousand metric tons", ""),
    "na (reserve data is thousand metric tons).": ("thousand metric tons", ""),
    "zro2 content": ("", "zro2 content"),
    "gross weight for reserves data": ("", "gross weight"),
}
_NO_RESERVES = "moved to capacity column not a reserve"
# Mistakes of the publisher's, each with the reason to take it otherwise.
# The file of 2025 says metric tons; its numbers are those that the edition of 2026 gives for the same year in thousand metric tons.
_UNITS = dict.fromkeys(("titanium mineral concentrates", "sand and gravel (industrial)"), "thousand metric tons")
# The column of reserves of indium holds the refinery capacity that the edition of 2026 gives for the same countries.
_RESERVES_ARE_CAPACITY = {"indium"}
# One row of the table of cobalt content leaves the words out.
_WORDINGS = {("cobalt", "mine production, estimated"): "Mine production, cobalt content, estimated"}


@dataclass(frozen=True)
class Column:
    """A column of figures: what it holds (production, capacity, reserves), its year, unit (or empty) and whether all are estimates."""

    name: str
    holds: str
    year: int
    unit: str = ""
    estimated: bool = False
    wording: str = ""


@dataclass(frozen=True)
class Layout:
    """Where a layout keeps what. ``notes`` and ``units`` give the column beside production, capacity and reserves.

    ``commodity`` is a column, or empty where ``name`` gives the one commodity of the file.
    """

    columns: tuple[str, ...]
    figures: tuple[Column, ...]
    country: str
    wording: str
    notes: dict[str, str]
    units: dict[str, str] = field(default_factory=dict)
    commodity: str = ""
    name: str = ""
    certainty: str = "stated"


@dataclass
class _Table:
    """What the rows of one commodity and wording say together."""

    used: set[str] = field(default_factory=set)
    units: dict[str, str] = field(default_factory=dict)
    reserve_unit: str = ""
    reserve_words: str = ""
    no_reserves: bool = False


def read(path: Path, layout: Layout, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    """What a file of a layout holds. Raises BadFacts with file and line."""
    tables: dict[tuple[str, str], _Table] = {}
    for _, row in csv_rows(path, layout.columns, lambda count: None, ENCODING):
        _learn(tables.setdefault(_key(row, layout), _Table()), row, layout)
    for line, row in csv_rows(path, layout.columns, tell, ENCODING):
        with at(path, line):
            yield from _row(line, row, layout, tables[_key(row, layout)], names)


def _key(row: dict[str, str], layout: Layout) -> tuple[str, str]:
    return fold(row[layout.commodity] if layout.commodity else layout.name), fold(row.get(layout.wording, ""))


def _learn(table: _Table, row: dict[str, str], layout: Layout) -> None:
    for column in layout.figures:
        if row[column.name]:
            table.used.add(column.name)
        note = fold(row.get(layout.notes.get(column.holds, ""), ""))
        if column.holds == "reserves":
            unit, words = _RESERVE_NOTES.get(note, ("", ""))
            table.reserve_unit, table.reserve_words = table.reserve_unit or unit, table.reserve_words or words
            table.no_reserves = table.no_reserves or note == _NO_RESERVES
            if not row[column.name] and _SAYS.fullmatch(note):
                table.used.add(column.name)
    for holds, name in layout.units.items():
        if row[name]:
            table.units.setdefault(holds, row[name])


def _row(line: int, row: dict[str, str], layout: Layout, table: _Table, names: Names) -> Iterator[Series | Figure | Left]:
    name = row[layout.commodity] if layout.commodity else layout.name
    wording = row.get(layout.wording, "") or name
    meaning = understand(commodity(name, names), _WORDINGS.get((fold(name), fold(wording)), wording), names)
    country, meaning = _country(row[layout.country], meaning, names)
    note = row.get(layout.notes.get("production", ""), "")
    if fold(note) in phrases.FORMS and not meaning.forms:
        meaning = understand(meaning, note, names)
    for column in layout.figures:
        if column.name not in table.used and (table.used or column.holds != "production"):
            continue
        if column.holds == "reserves" and table.no_reserves:
            yield Left("a column of reserves that the publisher's note calls capacity", name=name)
            continue
        yield from _cell(line, row, column, layout, table, meaning, country, names)


def _cell(
    line: int, row: dict[str, str], column: Column, layout: Layout, table: _Table, meaning: Meaning, country: str, names: Names
) -> Iterator[Series | Figure]:
    meaning = _of_column(meaning, column, table, names)
    name = fold(row[layout.commodity] if layout.commodity else layout.name)
    ours = row.get(layout.units.get(column.holds, ""), "") or table.units.get(column.holds, "")
    unit_text = (table.reserve_unit if column.holds == "reserves" else "") or column.unit or _UNITS.get(name) or ours
    unit, factor = unit_of(unit_text)
    series = meaning.series(names, layout.certainty)
    series = series if unit == "tonne" else replace(series, unit=unit)
    yield series
    note = row.get(layout.notes.get(column.holds, ""), "")
    cell = _read(row[column.name], note, factor, unit_text, column)
    written = "; ".join(dict.fromkeys(filter(None, [cell.written, *meaning.remarks, *qualifiers(note)])))
    reported = "report" in note.casefold() or "reproted" in note.casefold()
    estimated = column.estimated or is_estimate(note, column.year)
    estimated = estimated or ("estimated" in fold(row.get(layout.wording, "")) and not reported and column.holds == "production")
    yield Figure(
        series.slug, line, column.year, cell.value, cell.absence, country, "", cell.bound,
        estimated=estimated and cell.value is not None, written=written,
    )  # fmt: skip  # the order of Figure


def _of_column(meaning: Meaning, column: Column, table: _Table, names: Names) -> Meaning:
    """The meaning of a column beside the one that the row's wording speaks of."""
    kind = meaning.kind or phrases.PRODUCTION
    if column.holds == "capacity" or (column.holds == "reserves" and meaning.mineral.split("/")[1] in _RESERVES_ARE_CAPACITY):
        kind = kind if kind.indicator == "capacity" else phrases.CAPACITY_OF.get(kind.slug, phrases.CAPACITY)
        return meaning.turned(kind)
    if column.holds != "reserves":
        return meaning.turned(kind)
    group = {"mineral/palladium": "mineral/platinum-group-metals", "mineral/platinum": "mineral/platinum-group-metals"}
    turned = meaning.turned(phrases.RESERVES, group.get(meaning.mineral, ""))
    if table.reserve_words or column.wording:
        forms = [form for form in turned.forms if form.material]
        turned = understand(replace(turned, forms=forms, basis=""), table.reserve_words or column.wording, names)
    return turned


def _read(text: str, note: str, factor: Decimal, unit: str, column: Column) -> Cell:
    """The cell; where it is empty, the note beside it may say why."""
    if text:
        return read_cell(text, factor, unit)
    if says_half(note):
        return read_cell("<0.5", factor, unit)
    if _WITHHELD.match(note):
        return Cell(absence="withheld", written=note)
    said = _SAYS.fullmatch(note.strip())
    if said and (column.holds != "production" or note[-4:] in ("NA", "na", "XX", "xx") or str(column.year) in note or len(note) <= 3):
        return replace(read_cell(said[1]), written=note)
    return Cell(absence=why_absent(note) or "not-given")


def _country(text: str, meaning: Meaning, names: Names) -> tuple[str, Meaning]:
    """The country, and what the name says beside it in brackets or, for a total, behind it."""
    try:
        return names.country(text), meaning
    except ValueError:
        match = _AGGREGATE.fullmatch(text) or _BRACKETS.fullmatch(text)
        if not match:
            raise
        if not match["rest"]:
            return names.country(match["name"]), meaning
        said = understand(replace(meaning, forms=[]), match["rest"], names)
        return names.country(match["name"]), replace(said, forms=said.forms or meaning.forms)
