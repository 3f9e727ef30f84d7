"""U.S. Geological Survey, Mineral Commodity Summaries 2022 to 2025: what the two layouts of world tables are, by their columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from ...errors import BadFacts
from ..csv_stream import Head, read_head
from ..format import Reader
from ..model import Card, Figure, Left, Series, Tell
from ..names import Names
from .world_tables import Column, Layout
from .world_tables import read as read_world

OF_2025 = Layout(
    columns=(
        "SOURCE", "COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS", "PROD_2023", "PROD_EST_ 2024", "PROD_NOTES", "CAP_2023", "CAP_EST_ 2024",
        "CAP_NOTES", "RESERVES_2024", "RESERVE_NOTES",
    ),
    figures=(
        Column("PROD_2023", "production", 2023),
        Column("PROD_EST_ 2024", "production", 2024, estimated=True),
        Column("CAP_2023", "capacity", 2023),
        Column("CAP_EST_ 2024", "capacity", 2024, estimated=True),
        Column("RESERVES_2024", "reserves", 2024),
    ),
    country="COUNTRY",
    wording="TYPE",
    notes={"production": "PROD_NOTES", "capacity": "CAP_NOTES", "reserves": "RESERVE_NOTES"},
    commodity="COMMODITY",
    units=dict.fromkeys(("production", "capacity", "reserves"), "UNIT_MEAS"),
)  # fmt: skip  # the order of the file

_FIGURE = re.compile(
    r"(?P<holds>Prod|Cap|Reserves)(?P<of>_ore_K2O_equiv|_ore)?_(?P<unit>(?!notes)[a-z]+)(?P<est>_est)?(?:_(?P<year>20\d\d))?", re.I
)
_HOLDS = {"prod": "production", "cap": "capacity", "reserves": "reserves"}
_UNITS = {
    "t": "metric tons", "kt": "thousand metric tons", "mt": "million metric tons", "mmt": "million metric tons", "kg": "kilograms",
    "mct": "million carats", "kct": "thousand carats", "tct": "thousand carats", "mcm": "million cubic meters",
}  # fmt: skip  # a table
_WORDS = {"_ore_k2o_equiv": "K2O equivalent", "_ore": "recoverable ore"}
_FILE = re.compile(r"mcs(?P<edition>20\d\d)-(?P<code>[a-z-]+?)_world", re.I)
_SOURCE = re.compile(r"MCS ?(20\d\d)")
# The publisher's short names of commodities in the names of its files.
_CODES = {
    "abras": "Abrasives (manufactured)", "alumi": "Aluminum", "antim": "Antimony", "arsen": "Arsenic", "asbes": "Asbestos",
    "barit": "Barite",
    "bauxi": "Bauxite", "beryl": "Beryllium", "bismu": "Bismuth", "boron": "Boron", "bromi": "Bromine", "cadmi": "Cadmium",
    "cemen": "Cement", "chrom": "Chromium", "clays": "Clays", "cobal": "Cobalt", "coppe": "Copper", "diamo": "Diamond (industrial)",
    "diato": "Diatomite", "felds": "Feldspar and nepheline syenite", "fluor": "Fluorspar", "galli": "Gallium", "garne": "Garnet",
    "gemst": "Gemstones", "germa": "Germanium", "gold": "Gold", "graph": "Graphite (natural)", "gypsu": "Gypsum", "heliu": "Helium",
    "indiu": "Indium", "iodin": "Iodine", "feste": "Iron and steel", "feore": "Iron ore", "fepig": "Iron oxide pigments",
    "kyani": "Kyanite", "lead": "Lead", "lime": "Lime", "lithi": "Lithium", "mgcom": "Magnesium compounds", "mgmet": "Magnesium metal",
    "manga": "Manganese", "mercu": "Mercury", "mica": "Mica (natural)", "molyb": "Molybdenum", "nicke": "Nickel", "niobi": "Niobium",
    "nitro": "Nitrogen (fixed)-ammonia", "peat": "Peat", "perli": "Perlite", "phosp": "Phosphate rock", "plati": "Platinum-group metals",
    "potas": "Potash", "pumic": "Pumice and pumicite", "raree": "Rare earths", "rheni": "Rhenium", "salt": "Salt",
    "sandi": "Sand and gravel (industrial)", "selen": "Selenium", "simet": "Silicon", "silic": "Silicon", "silve": "Silver",
    "sodaa": "Soda ash", "stond": "Stone (dimension)", "stron": "Strontium", "sulfu": "Sulfur", "talc": "Talc and pyrophyllite",
    "tanta": "Tantalum", "tellu": "Tellurium", "tin": "Tin", "titan": "Titanium and titanium dioxide",
    "timin": "Titanium mineral concentrates", "tungs": "Tungsten", "vanad": "Vanadium", "vermi": "Vermiculite", "wolla": "Wollastonite",
    "zeoli": "Zeolites (natural)", "zinc": "Zinc", "zirco": "Zirconium and hafnium", "zirco-hafni": "Zirconium and hafnium",
}  # fmt: skip  # a table


# Figures of 14 chapters of the edition of 2013, taken by machine from the publisher's pages: a selection, not a file of the publisher's.
OF_2013 = Layout(
    columns=(
        "edition", "commodity", "country", "production_year", "production_estimated", "production_unit", "reserves", "reserves_unit",
        "quantity_basis", "correction_note", "source_url",
    ),
    figures=(Column("production_estimated", "production", 2012, estimated=True), Column("reserves", "reserves", 2012)),
    country="country",
    wording="quantity_basis",
    notes={},
    units={"production": "production_unit", "reserves": "reserves_unit"},
    commodity="commodity",
    certainty="reported",
)  # fmt: skip  # the order of the file


def _read_2013(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    return read_world(path, OF_2013, names, tell)


def _read_2025(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    return read_world(path, OF_2025, names, tell)


def _read_commodity(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    return read_world(path, _layout(read_head(path)), names, tell)


def _layout(head: Head) -> Layout:
    """The layout of a file of one commodity, from its columns and its name. Raises BadFacts."""
    edition, name = _edition_and_name(head)
    figures = []
    for column in head.columns:
        match = _FIGURE.fullmatch(column)
        if not match:
            continue
        unit = _UNITS.get(match["unit"].lower())
        holds = _HOLDS[match["holds"].lower()]
        if unit is None or (match["year"] is None and holds != "reserves"):
            right = f"Units in names of columns are {', '.join(_UNITS)}; production and capacity carry a year."
            raise BadFacts(f"{head.path.name}, line 1: column {column} cannot be understood.", right)
        year = int(match["year"] or edition - 1)
        figures.append(Column(column, holds, year, unit, bool(match["est"]), _WORDS.get((match["of"] or "").lower(), "")))
    folded = {column.lower(): column for column in head.columns}
    notes = {"production": "prod_notes", "capacity": "cap_notes", "reserves": "reserves_notes"}
    return Layout(
        columns=("Country", *(column.name for column in figures)),
        figures=tuple(figures),
        country="Country",
        wording=folded.get("type") or folded.get("form", ""),
        notes={holds: folded[note] for holds, note in notes.items() if note in folded},
        name=name,
    )


def _edition_and_name(head: Head) -> tuple[int, str]:
    """Edition and commodity of a file of one commodity. Raises BadFacts where neither its name nor its first row tells."""
    rows = csv.reader(head.start.decode("utf-8-sig", errors="replace").splitlines()[1:2])
    first = next(rows, [])
    named = _FILE.search(head.path.name)
    source = _SOURCE.fullmatch(first[0].strip()) if first else None
    edition = source[1] if source else named["edition"] if named else ""
    name = _CODES.get(named["code"].lower().rstrip("-"), "") if named else ""
    if not edition or not name:
        wrong = "neither its name nor its first row tells the edition and the commodity"
        raise BadFacts(f"{head.path.name}: {wrong}.", "Keep the publisher's name, such as mcs2024-cobal_world.csv.")
    return int(edition), name


def _slug(head: Head) -> str:
    edition, name = _edition_and_name(head)
    return f"usgs-mcs-{edition}-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _is_commodity(head: Head) -> bool:
    return "Country" in head.columns and any((match := _FIGURE.fullmatch(name)) and match["year"] for name in head.columns)


def _card(edition: str, issued: str, doi: str, detail: tuple[str, str] = ("", "")) -> Card:
    return Card(
        label=(
            f"USGS Mineral Commodity Summaries {edition}, data release{detail[0]}",
            f"米国地質調査所『Mineral Commodity Summaries {edition}』データ{detail[1]}",
        ),
        publisher="U.S. Geological Survey, National Minerals Information Center",
        issued=issued,
        rights=("Work of the United States government, in the public domain.", "米国政府の著作物であり、パブリックドメイン。"),
        citation=f"National Minerals Information Center, {edition}, U.S. Geological Survey Mineral Commodity Summaries {edition} "
        f"Data Release: U.S. Geological Survey data release, {doi}.",
        source=doi,
    )


_DOIS = {2022: "https://doi.org/10.5066/P9KKMCP4", 2023: "https://doi.org/10.5066/P9WCYUI6", 2024: "https://doi.org/10.5066/P144BA54"}


def _commodity_card(head: Head) -> Card:
    edition, name = _edition_and_name(head)
    doi = _DOIS.get(edition, "https://www.usgs.gov/centers/national-minerals-information-center/mineral-commodity-summaries")
    return _card(str(edition), str(edition), doi, (f": {name}", f"（{name}）"))


READERS = [
    Reader(
        title="USGS Mineral Commodity Summaries 2025, world data (MCS2025_World_Data.csv)",
        knows=lambda head: head.columns == OF_2025.columns,
        table=lambda head: "usgs-mcs-2025",
        read=_read_2025,
        card=lambda head: _card("2025", "2025-04", "https://doi.org/10.5066/P13XCP3R"),
    ),
    Reader(
        title="USGS Mineral Commodity Summaries 2013, selected world tables taken by machine (mcs2013_world_production_reserves.csv)",
        knows=lambda head: head.columns == OF_2013.columns,
        table=lambda head: "usgs-mcs-2013",
        read=_read_2013,
        card=lambda head: _card("2013", "2013-01", "https://www.usgs.gov/centers/national-minerals-information-center"),
    ),
    Reader(
        title="USGS Mineral Commodity Summaries 2022 to 2024, world data of one commodity (such as mcs2024-raree_world.csv)",
        knows=_is_commodity,
        table=_slug,
        read=_read_commodity,
        card=_commodity_card,
    ),
]
