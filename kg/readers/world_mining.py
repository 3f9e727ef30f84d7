"""World Mining Data of the Austrian ministry of finance, section 6.4: production by country, a workbook with a sheet a mineral.

Each sheet has a title, then the columns Country, unit, a column a year, and data source (r reported, p provisional, e estimated).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from itertools import islice
from pathlib import Path

from .cell_values import read_cell
from .csv_stream import Head
from .format import Reader
from .model import Card, Figure, Left, Series, Tell, at, bad
from .names import Names, fold
from .usgs import phrases
from .workbook import ZIP, book_rows, open_book

_FILE = re.compile(r"6\.4\.? ?Production_of_Mineral_Raw_Materials", re.IGNORECASE)
_YEAR = re.compile(r"(19|20)\d\d")
_SOURCES = {"r": False, "p": False, "e": True, "": False}
_UNITS = {
    "metr. t": ("tonne", Decimal(1)),
    "metr.t": ("tonne", Decimal(1)),
    "t": ("tonne", Decimal(1)),
    "kg": ("tonne", Decimal("0.001")),
    "ct": ("tonne", Decimal("0.0000002")),
    "carat": ("tonne", Decimal("0.0000002")),
}
# Sheets by their names: the mineral, and the basis that the name states.
_SHEETS = {
    "aluminium": ("aluminium", ""), "antimony": ("antimony", ""), "arsenic": ("arsenic", ""), "asbestos": ("asbestos", ""),
    "baryte": ("barium", ""), "bauxite": ("bauxite", ""), "bentonite": ("bentonite", ""), "beryllium (conc.)": ("beryllium", "gross"),
    "bismuth": ("bismuth", ""), "boron minerals": ("boron", ""), "cadmium": ("cadmium", ""), "chromium (cr2o3)": ("chromium", "oxide"),
    "cobalt": ("cobalt", ""), "coking coal": ("coking-coal", ""), "copper": ("copper", ""), "diamonds (gem)": ("gemstones", ""),
    "diamonds (ind)": ("industrial-diamond", ""), "diatomite": ("diatomite", ""), "feldspar": ("feldspar", ""),
    "fluorspar": ("fluorspar", ""), "gallium": ("gallium", ""), "germanium": ("germanium", ""), "gold": ("gold", ""),
    "graphite": ("graphite", ""), "gypsum and anhydrite": ("gypsum", ""), "indium": ("indium", ""),
    "iron (fe)": ("iron-ore", "contained-metal"), "kaolin (china-clay)": ("kaolin", ""), "lead": ("lead", ""),
    "lithium (li2o)": ("lithium", "oxide"), "magnesite": ("magnesite", ""), "manganese": ("manganese", ""), "mercury": ("mercury", ""),
    "molybdenum": ("molybdenum", ""), "nickel": ("nickel", ""), "niobium (nb2o5)": ("niobium", "oxide"), "palladium": ("palladium", ""),
    "perlite": ("perlite", ""), "phosphate rock (p2o5)": ("phosphate-rock", "oxide"), "platinum": ("platinum", ""),
    "potash (k2o)": ("potash", "oxide"), "rare earths (reo)": ("rare-earths", "oxide"), "rhenium": ("rhenium", ""),
    "rhodium": ("rhodium", ""), "salt (rock, brines, marine)": ("salt", ""), "selenium": ("selenium", ""), "silver": ("silver", ""),
    "sulfur (elementar & industrial)": ("sulfur", ""), "talc, steatite & pyrophyllite": ("talc-and-pyrophyllite", ""),
    "tantalum (ta2o5)": ("tantalum", "oxide"), "tellurium": ("tellurium", ""), "tin": ("tin", ""), "titanium (tio2)": ("titanium", "oxide"),
    "tungsten (w)": ("tungsten", "contained-metal"), "uranium (u3o8)": ("uranium", "oxide"),
    "vanadium (v)": ("vanadium", "contained-metal"),
    "vermiculite": ("vermiculite", ""), "zinc": ("zinc", ""), "zircon": ("zirconium", ""),
}  # fmt: skip  # a table
# Fuels, which no mineral here stands for.
_FUELS = {"steam coal", "lignite", "natural gas", "petroleum", "oil sands (part of petroleum)", "oil shales"}


def read(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    """What the workbook holds, sheet by sheet. Raises BadFacts with file and row; the line of a figure is the row of its sheet."""
    book = open_book(path)
    share = path.stat().st_size // max(len(book.sheetnames), 1)
    try:
        for name in book.sheetnames:
            with closing(book_rows(book, name)) as rows:
                yield from _sheet(path, name, rows, names)
            tell(share)
    finally:
        book.close()


def _sheet(path: Path, name: str, rows: Iterator[tuple[int, list[str]]], names: Names) -> Iterator[Series | Figure | Left]:
    if fold(name) in _FUELS:
        yield Left("sheets of fuels", name=name)
        return
    if fold(name) not in _SHEETS:
        raise bad(path, 0, f"the sheet “{name}” is not known", f"It must be one of {', '.join(_SHEETS)}.")
    header: list[str] = []
    series: Series | None = None
    for number, cells in rows:
        folded = [fold(cell) for cell in cells]
        if "country" in folded:
            header = folded
            _require_columns(path, name, number, header)
        elif header and any(cells):
            row = dict(zip(header, cells, strict=False))
            with at(path, number):
                unit, factor = _unit(row["unit"])
                series = series or _series(name, names)
                yield series
                yield from _figures(series, number, row, unit, factor, names)
    if not header:
        raise bad(path, 0, f"the sheet “{name}” has no row with the column Country", "The workbook must be as the publisher gives it.")


def _require_columns(path: Path, name: str, number: int, header: list[str]) -> None:
    missing = [column for column in ("unit", "data source") if column not in header]
    if not any(_YEAR.fullmatch(column) for column in header):
        missing.append("a year")
    if missing:
        raise bad(
            path, number, f"the sheet “{name}” has no column {', '.join(missing)}", "The columns are Country, unit, years, data source."
        )


def _unit(text: str) -> tuple[str, Decimal]:
    if fold(text) not in _UNITS:
        raise ValueError(f"unit is “{text}”", f"It must be one of {', '.join(_UNITS)}.")
    return _UNITS[fold(text)]


def _series(name: str, names: Names) -> Series:
    slug, basis = _SHEETS[fold(name)]
    en, ja = names.label(f"mineral/{slug}")
    basis_en, basis_ja = phrases.BASES[basis or "not-said"]
    return Series(
        slug=f"{slug}-production",
        label_en=f"{en}: production" + (f", {basis_en}" if basis_en else ""),
        label_ja=f"{ja}：生産量" + (f"、{basis_ja}" if basis_ja else ""),
        indicator="production",
        unit="tonne",
        mineral=f"mineral/{slug}",
        basis=basis or "not-said",
    )


def _figures(series: Series, line: int, row: dict[str, str], unit: str, factor: Decimal, names: Names) -> Iterator[Figure]:
    source = fold(row["data source"])
    if source not in _SOURCES:
        raise ValueError(f"data source is “{row['data source']}”", f"It must be one of {', '.join(filter(None, _SOURCES))} or empty.")
    country = "bloc/world" if fold(row["country"]) in ("total", "world", "world total") else names.country(row["country"])
    for column, text in row.items():
        if _YEAR.fullmatch(column):
            cell = read_cell(text, factor, row["unit"])
            yield Figure(
                series.slug, line, int(column), cell.value, cell.absence, country, "", cell.bound,
                estimated=_SOURCES[source] and cell.value is not None, written=cell.written,
            )  # fmt: skip  # the order of Figure


def _last_year(head: Head) -> str:
    """The last year of the first sheet. Raises BadFacts."""
    book = open_book(head.path)
    try:
        with closing(book_rows(book, book.sheetnames[0])) as rows:
            for _, cells in islice(rows, 20):
                years = [text for text in cells if _YEAR.fullmatch(text)]
                if years:
                    return max(years)
    finally:
        book.close()
    raise bad(head.path, 0, "its first sheet names no year", "The workbook must be as the publisher gives it.")


def _card(head: Head) -> Card:
    year = _last_year(head)
    return Card(
        label=(
            f"World Mining Data: production by mineral and country, to {year}",
            f"World Mining Data：鉱種別・国別生産量（{year}年まで）",
        ),
        publisher="Federal Ministry of Finance of Austria",
        issued=str(int(year) + 2),
        citation="World Mining Data, section 6.4, Federal Ministry of Finance of Austria.",
        source="https://www.world-mining-data.info",
    )


READERS = [
    Reader(
        title="World Mining Data, section 6.4 (6.4. Production_of_Mineral_Raw_Materials_of_individual_Countries_by_Minerals.xlsx)",
        knows=lambda head: head.start.startswith(ZIP) and bool(_FILE.match(head.path.name)),
        table=lambda head: f"world-mining-data-{_last_year(head)}",
        read=read,
        card=_card,
    )
]
