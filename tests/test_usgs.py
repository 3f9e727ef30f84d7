"""Readers of the U.S. Geological Survey's files: what their traps become, and that what is not understood stops with file and line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kg import BadFacts, readers
from kg.readers.model import Figure, Left, Series
from kg.readers.names import Names
from kg.readers.usgs import mcs_2022_2025, mcs_2026, notes
from kg.source import files

FIXTURE = Path(__file__).parent / "fixtures" / "mcs2024-raree_world.csv"
HEADER_2025 = ",".join(mcs_2022_2025.OF_2025.columns)
HEADER_2026 = ",".join(mcs_2026.COLUMNS)
TUNGSTEN = 'MCS2025,Tungsten ,China,"Mine production, tungsten content",metric tons,66000,67000,estimated 2023,,,,2400000,'
WORLD = "World Mine Production and Reserves"


@pytest.fixture(scope="module")
def names() -> Names:
    return readers.read_names(files.root() / "ontology")


def _read(path: Path, names: Names) -> tuple[dict[str, Series], list[Figure], list[Left]]:
    reader, _ = readers.recognise(path)
    items = list(reader.read(path, names, lambda count: None))
    series = {item.slug: item for item in items if isinstance(item, Series)}
    return series, [item for item in items if isinstance(item, Figure)], [item for item in items if isinstance(item, Left)]


def _of_2025(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "MCS2025_World_Data.csv"
    path.write_bytes(("\ufeff" + "\r\n".join([HEADER_2025, *rows]) + "\r\n").encode())
    return path


def _of_2026(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "MCS2026_Commodities_Data.csv"
    path.write_bytes(("\r\n".join([HEADER_2026, *rows]) + "\r\n").encode("cp1252"))
    return path


def _row_2026(
    country: str, value: str, *, commodity: str = "Tungsten", detail: str = "Mine production", unit: str = "metric tons", **more: str
) -> str:
    cells = [
        commodity.upper(), more.get("section", WORLD), commodity, country, more.get("statistic", "Production"), detail, unit,
        more.get("year", "2025"), value, more.get("notes", ""), "Yes", more.get("heading", ""),
    ]  # fmt: skip  # the order of the file
    return ",".join(f'"{cell}"' for cell in cells)


def test_a_shipped_table_is_what_its_reader_makes_of_the_publishers_file(tmp_path: Path, names: Names) -> None:
    folder, summary = readers.load(FIXTURE, tmp_path, names)
    shipped = files.root() / "ontology" / "tables" / "usgs-mcs-2024-rare-earths"
    for name in ("figures.csv", "series.ttl"):
        assert (folder / name).read_text(encoding="utf-8") == (shipped / name).read_text(encoding="utf-8")
    assert (summary.series, summary.figures, summary.absent, min(summary.years), max(summary.years)) == (2, 48, 3, 2022, 2023)


def test_a_column_that_the_publisher_calls_estimated_gives_estimates(names: Names) -> None:
    _, figures, _ = _read(FIXTURE, names)
    china = [f for f in figures if f.country == "country/china" and f.series == "rare-earths-mine-production"]
    assert [(f.year, f.value, f.estimated) for f in china] == [(2022, Decimal(210000), True), (2023, Decimal(240000), True)]


def test_estimates_of_the_past_year_are_told_by_the_note(tmp_path: Path, names: Names) -> None:
    _, figures, _ = _read(_of_2025(tmp_path, TUNGSTEN, TUNGSTEN.replace("China", "Russia ").replace("estimated 2023", "")), names)
    assert [(f.country, f.estimated) for f in figures if f.year == 2023] == [("country/china", True), ("country/russia", False)]


def test_a_footnote_digit_behind_a_world_total_is_understood(tmp_path: Path, names: Names) -> None:
    row = TUNGSTEN.replace("China", "World total (rounded) 10")
    _, figures, _ = _read(_of_2025(tmp_path, row), names)
    assert {f.country for f in figures} == {"bloc/world"}


def test_an_empty_cell_is_absent_for_the_reason_that_its_note_gives(tmp_path: Path, names: Names) -> None:
    rows = [
        TUNGSTEN,
        TUNGSTEN.replace("China,", "United States,").replace("66000,67000,estimated 2023", ",,W for 23-24"),
        TUNGSTEN.replace("China,", "Spain,").replace("66000,67000,estimated 2023", ",,").replace("2400000,", ",NA"),
    ]
    _, figures, _ = _read(_of_2025(tmp_path, *rows), names)
    absent = {(f.country, f.year, f.series.rpartition("-")[2]): f.absence for f in figures if f.value is None}
    assert absent == {
        ("country/united-states", 2023, "production"): "withheld",
        ("country/united-states", 2024, "production"): "withheld",
        ("country/spain", 2023, "production"): "not-given",
        ("country/spain", 2024, "production"): "not-given",
        ("country/spain", 2024, "reserves"): "not-available",
    }


def test_a_unit_of_reserves_that_one_row_notes_holds_for_the_table(tmp_path: Path, names: Names) -> None:
    start = 'MCS2025,Molybdenum ,{},"Mine production, molybdenum content",metric tons,34000,33000,,,,'
    first = start.format("United States") + ",3500, (Reserve data is thousand metric tons)."
    second = start.format("China") + ",5900,"
    _, figures, _ = _read(_of_2025(tmp_path, first, second), names)
    reserves = [(f.value, f.written) for f in figures if f.series == "molybdenum-reserves"]
    assert reserves == [(Decimal(3_500_000), "3500 thousand metric tons"), (Decimal(5_900_000), "5900 thousand metric tons")]


def test_reserves_beside_palladium_are_those_of_the_group(tmp_path: Path, names: Names) -> None:
    row = 'MCS2025,Platinum-Group metals,South Africa,"Mine production, Palladium content",kilograms,70800,72000,,,,,63000000,'
    series, figures, _ = _read(_of_2025(tmp_path, row), names)
    assert series["platinum-group-metals-reserves"].mineral == "mineral/platinum-group-metals"
    assert [f.value for f in figures if f.series == "palladium-mine-production"] == [Decimal("70.8"), Decimal("72")]


def test_a_capacity_in_the_columns_of_production_is_a_capacity(tmp_path: Path, names: Names) -> None:
    row = 'MCS2025,Cement,China,"Clinker capacity, estimated",thousand metric tons,2000000,1900000,,,,,,'
    series, _, _ = _read(_of_2025(tmp_path, row), names)
    assert [(s.indicator, s.unit, s.material) for s in series.values()] == [("capacity", "tonne-per-year", "material/clinker")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("—", (Decimal(0), "", "", "—")),
        ("NA", (None, "not-available", "", "NA")),
        ("W", (None, "withheld", "", "W")),
        ("XX", (None, "not-applicable", "", "XX")),
        ("Large", (None, "not-one-number", "", "Large")),
        (">90,000", (Decimal(90000), "", ">", ">90,000 metric tons")),
        ("1,234.5", (Decimal("1234.5"), "", "", "")),
    ],
)
def test_the_signs_of_the_edition_of_2026(tmp_path: Path, names: Names, value: str, expected: tuple[Decimal | None, str, str, str]) -> None:
    _, figures, _ = _read(_of_2026(tmp_path, _row_2026("China", value)), names)
    assert [(f.value, f.absence, f.bound, f.written) for f in figures] == [expected]


def test_the_basis_comes_from_wording_then_section_then_note_then_heading(tmp_path: Path, names: Names) -> None:
    heading = "(Data in thousand metric tons, gross weight, unless otherwise specified)"
    rows = [
        _row_2026("China", "1", commodity="Manganese", section="World Mine Production (manganese content) and Reserves", heading=heading),
        _row_2026("China", "1", commodity="Manganese", statistic="Reserves", detail="Reserves", heading=heading),
        _row_2026("China", "1", commodity="Chromium", notes="Mine production and ore reserves are reported in gross weight.",
                  heading="(Data in thousand metric tons, chromium content, unless otherwise specified)"),
        _row_2026("China", "1", commodity="Chromium", statistic="Reserves", detail="Reserves: Cr2O3 content"),
        _row_2026("China", "1", commodity="Fluorspar"),
    ]  # fmt: skip  # a row a case
    series, _, _ = _read(_of_2026(tmp_path, *rows), names)
    assert {slug: item.basis for slug, item in series.items()} == {
        "manganese-mine-production": "contained-metal",
        "manganese-reserves": "gross",
        "chromium-mine-production": "gross",
        "chromium-reserves": "oxide",
        "fluorspar-mine-production": "not-said",
    }


def test_a_net_exporter_has_a_reliance_below_zero(tmp_path: Path, names: Names) -> None:
    detail = "Net import reliance as a percentage of apparent consumption"
    row = _row_2026("United States", "E", section="Salient Statistics", statistic="Net import reliance", detail=detail, unit="percent")
    series, figures, _ = _read(_of_2026(tmp_path, row), names)
    assert [(f.value, f.bound, f.written) for f in figures] == [(Decimal(0), "<", "E")]
    assert [s.country for s in series.values()] == ["country/united-states"]


PRICE = {"section": "Salient Statistics", "statistic": "Price"}
RELIANCE = {
    "section": "Salient Statistics",
    "statistic": "Net import reliance",
    "detail": "Net import reliance as a percentage of apparent consumption",
    "unit": "percent",
}


@pytest.mark.parametrize(
    ("commodity", "detail", "unit", "cell", "expected"),
    [
        # A metric ton unit is 10 kg of what it contains: 5.27 dollars for 10 kg of manganese are 0.527 a kilogram.
        (
            "Manganese", "Price, average, manganese content, cost, insurance, and freight, China, dollars per metric ton unit",
            "dollars per metric ton", "5.27", ("usd-per-kg", Decimal("0.527"), "5.27 dollars per metric ton unit"),
        ),
        (
            "Tungsten", "Price, concentrate, dollars per dry metric ton unit of tungsten trioxide", "dollars per dry metric ton unit",
            "225", ("usd-per-kg", Decimal("22.5"), "225 dollars per dry metric ton unit"),
        ),
        ("Lead", "Price, average, North American, cents per pound", "cents per pound", "113",
         ("usd-per-pound", Decimal("1.13"), "113 cents per pound")),
        ("Beryllium", "Price, dollars per kilogram of beryllium", "dollars per kilogram", "680", ("usd-per-kg", Decimal(680), "")),
        ("Boron", "Price, average unit value of imports, dollars per metric ton", "dollars per metric ton", "394",
         ("usd-per-tonne", Decimal(394), "")),
    ],
)  # fmt: skip  # a row a case
def test_a_price_is_in_the_unit_that_its_wording_says(
    tmp_path: Path, names: Names, commodity: str, detail: str, unit: str, cell: str, expected: tuple[str, Decimal, str]
) -> None:
    row = _row_2026("United States", cell, commodity=commodity, detail=detail, unit=unit, **PRICE)
    series, figures, _ = _read(_of_2026(tmp_path, row), names)
    assert [(s.unit, f.value, f.written) for s, f in zip(series.values(), figures, strict=True)] == [expected]


def test_a_price_of_two_units_stops(tmp_path: Path, names: Names) -> None:
    row = _row_2026("United States", "5", detail="Price, dollars per pound", unit="dollars per kilogram", **PRICE)
    with pytest.raises(BadFacts, match="unit is “dollars per kilogram” and the wording says “dollars per pound”"):
        _read(_of_2026(tmp_path, row), names)


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (
            "Estimated. -- Defined as imports – exports. -- Large unreported investor stock purchases preclude calculation of a meaningful "
            "net import reliance.",
            (None, "not-available", ""),
        ),
        ("Defined as imports – exports. -- Less than ½ unit.", (Decimal("0.5"), "", "<")),
        ("Less than ½unit.", (Decimal("0.5"), "", "<")),
        ("Included with “Other countries.”", (None, "included-elsewhere", "")),
        ("United States rutile production and reserves data are included with ilmenite.", (None, "included-elsewhere", "")),
        ("A meaningful net import reliance could not be calculated.", (None, "not-available", "")),
    ],
)
def test_a_sign_that_stands_for_a_note_is_what_the_note_says(
    tmp_path: Path, names: Names, note: str, expected: tuple[Decimal | None, str, str]
) -> None:
    _, figures, _ = _read(_of_2026(tmp_path, _row_2026("United States", "s", notes=note, **RELIANCE)), names)
    assert [(f.value, f.absence, f.bound) for f in figures] == [expected]


def test_a_sign_whose_note_is_not_understood_stops(tmp_path: Path, names: Names) -> None:
    with pytest.raises(BadFacts, match=r"value is “s” and the note is “See elsewhere.”"):
        _read(_of_2026(tmp_path, _row_2026("United States", "s", notes="See elsewhere.", **RELIANCE)), names)


@pytest.mark.parametrize(
    ("note", "year", "expected"),
    [
        ("Estimated.", 2024, True),
        ("Estimated .-- Source: a company.", 2024, True),
        ("estimated 2023", 2023, True),
        ("estimated 2023", 2024, False),
        ("estimated for 2023", 2023, True),
        ("estimated, Includes production of crude ore", 2023, True),
        ("Estimated based on reported import data for China.", 2023, True),
        ("Estimated from an association's article.", 2023, True),
        ("Mean of months. Estimated 2025 price is the mean of January through October 2025.", 2021, False),
        ("Mean of months. Estimated 2025 price is the mean of January through October 2025.", 2025, True),
        ("In addition to the countries listed, no reliable estimates could be made.", 2024, False),
        ("Reserves were estimated to be 43 million tons.", 2024, False),
        ("", 2024, False),
    ],
)
def test_an_estimate_is_what_a_note_calls_one_for_the_year_that_it_names(note: str, year: int, expected: bool) -> None:
    assert notes.is_estimate(note, year) is expected


def test_a_figure_of_the_past_year_whose_note_begins_with_estimated_is_an_estimate(tmp_path: Path, names: Names) -> None:
    row = 'MCS2025,Rare earths,{},"Mine production, rare-earth-oxide equivalent",metric tons,{},{},,,,NA,'
    note = '"Estimated based on reported import data for China. Source: Zen Innovations, Global Trade Tracker."'
    rows = [row.format("Burma", "43000,31000", note), row.format("India", "2900,2900", "")]
    _, figures, _ = _read(_of_2025(tmp_path, *rows), names)
    made = [f for f in figures if f.series == "rare-earths-mine-production" and f.year == 2023]
    assert [(f.country, f.value, f.estimated, f.written) for f in made] == [
        ("country/myanmar", Decimal(43000), True, "estimated from China's imports"),
        ("country/india", Decimal(2900), False, ""),
    ]


def test_what_a_note_says_that_a_figure_counts_or_leaves_out_is_kept(tmp_path: Path, names: Names) -> None:
    _, figures, _ = _read(FIXTURE, names)
    kept = {(f.country, f.year): f.written for f in figures if f.written and f.value is not None}
    quota = "production quota; without undocumented production"
    assert kept == {("country/china", 2022): quota, ("country/china", 2023): quota}
    row = _row_2026("World total", "8,000", commodity="Barite", unit="thousand metric tons", notes="Excludes U.S. production.")
    _, figures, _ = _read(_of_2026(tmp_path, row), names)
    assert [(f.value, f.written) for f in figures] == [(Decimal(8_000_000), "8,000 thousand metric tons; excludes U.S. production")]


def test_what_is_left_is_counted_by_kind(tmp_path: Path, names: Names) -> None:
    row = _row_2026("United States", "5", section="Salient Statistics", statistic="Employment", detail="Mine", unit="number")
    _, figures, left = _read(_of_2026(tmp_path, row), names)
    assert (figures, left) == ([], [Left("United States: employment")])


@pytest.mark.parametrize(
    ("bad", "wrong"),
    [
        (TUNGSTEN.replace("China", "Chyna"), "no country “Chyna”"),
        (TUNGSTEN.replace("China", "China4"), "no country “China4”"),
        (TUNGSTEN.replace("Tungsten ", "Tungstan"), "no mineral “Tungstan”"),
        (TUNGSTEN.replace("66000", "66OOO"), "value is “66OOO”"),
        (TUNGSTEN.replace("66000", "6,60"), "value is “6"),
        (TUNGSTEN.replace("metric tons", "bags"), "unit is “bags”"),
        (TUNGSTEN.replace("Mine production", "Mine tailings"), "phrase “mine tailings”"),
        (TUNGSTEN.replace("China", "2400000").replace("metric tons,66000", "metric tons,China"), "no country “2400000”"),
        ("MCS2025,Tungsten,China", "3 cells where there are 13 columns"),
    ],
)
def test_a_row_that_is_not_understood_stops_with_file_and_line(tmp_path: Path, names: Names, bad: str, wrong: str) -> None:
    bad = bad.replace("6,60", '"6,60"')
    path = _of_2025(tmp_path, TUNGSTEN, bad)
    with pytest.raises(BadFacts, match=r"MCS2025_World_Data\.csv, line 3") as refused:
        readers.load(path, tmp_path / "tables", names)
    assert wrong in refused.value.detail
    assert refused.value.advice
    assert not list((tmp_path / "tables").iterdir())


def test_a_row_that_stands_there_twice_stops_and_names_both_lines(tmp_path: Path, names: Names) -> None:
    with pytest.raises(BadFacts, match=r"line 3: the figure of line 2 stands here again"):
        readers.load(_of_2025(tmp_path, TUNGSTEN, TUNGSTEN), tmp_path / "tables", names)


def test_a_reading_that_fails_leaves_the_folder_as_it_was(tmp_path: Path, names: Names) -> None:
    folder, _ = readers.load(_of_2025(tmp_path, TUNGSTEN), tmp_path / "tables", names)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(BadFacts):
        readers.load(_of_2025(tmp_path, TUNGSTEN.replace("China", "Chyna")), tmp_path / "tables", names)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in (tmp_path / "tables").iterdir()] == ["usgs-mcs-2025"]


def test_a_wrong_encoding_stops_with_the_line(tmp_path: Path, names: Names) -> None:
    path = tmp_path / "MCS2026_Commodities_Data.csv"
    path.write_bytes(f"{HEADER_2026}\n".encode() + _row_2026("C", "1").encode() + b"\x81\n")
    with pytest.raises(BadFacts, match=r"line 2: bytes that are not cp1252"):
        readers.load(path, tmp_path / "tables", names)


def test_a_file_of_utf_16_is_of_no_known_format(tmp_path: Path) -> None:
    path = tmp_path / "MCS2025_World_Data.csv"
    path.write_text(f"{HEADER_2025}\n{TUNGSTEN}\n", encoding="utf-16")
    with pytest.raises(BadFacts, match="no known format"):
        readers.recognise(path)


SALIENT = (
    "Source,Year,Units,Critical_mineral,Primary_prod,Secondary_prod,Prod_notes,Apparent_Consumption,Consumption_Notes,Net_Import_Reliance,"
    "Primary_import_sources_2021-24,Import_source_notes,Leading_source_country,Leading_country_prod,Leading_source_precent_world,"
    "World_total_prod,World_prod_notes"
)


def test_the_salient_statistics_give_reliance_and_the_leading_producer(tmp_path: Path, names: Names) -> None:
    path = tmp_path / "MCS2026_T7_Critical_Minerals_Salient.csv"
    row = 'MCS2026,2025,metric tons,Rare earths 9,51000,,,27000,,67,"China, Malaysia",,China,270000,69,390000,'
    path.write_text(f"{SALIENT}\n{row}\n", encoding="utf-8")
    _, figures, _ = _read(path, names)
    assert [(f.series, f.country, f.value) for f in figures] == [
        ("us-rare-earths-net-import-reliance", "", Decimal(67)),
        ("rare-earths-production", "bloc/world", Decimal(390000)),
        ("rare-earths-production", "country/china", Decimal(270000)),
        ("rare-earths-production-share", "country/china", Decimal(69)),
    ]


def test_the_figure_of_import_sources_gives_shares_in_the_last_year_of_its_period(tmp_path: Path, names: Names) -> None:
    path = tmp_path / "MCS2026_Fig3_Major_Import_Sources.csv"
    text = "Source,Commodity,Import_Source_2021_24,Percent,NIR,Critical_Mineral\nMCS2026,Cobalt,Norway,23,79,Yes\n"
    path.write_text(text, encoding="utf-8")
    series, figures, _ = _read(path, names)
    assert [(f.partner, f.year, f.value, f.estimated) for f in figures] == [("country/norway", 2024, Decimal(23), False)]
    assert [s.label_en for s in series.values()] == ["Cobalt: import sources of the United States, 2021 to 2024"]
