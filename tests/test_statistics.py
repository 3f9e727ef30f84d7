"""Readers of World Mining Data and of the British Geological Survey's statistics: files made here in their publishers' layouts."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from kg import BadFacts, readers
from kg.readers import bgs
from kg.readers.model import Figure, Left, Series
from kg.readers.names import Names
from kg.source import files

WMD = "6.4. Production_of_Mineral_Raw_Materials_of_individual_Countries_by_Minerals.xlsx"
TOP = ["Country", "unit", 2022, 2023, "data source"]


@pytest.fixture(scope="module")
def names() -> Names:
    return readers.read_names(files.root() / "ontology")


def _book(tmp_path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append([f"{name} production"])
        for row in rows:
            sheet.append(row)
    path = tmp_path / WMD
    book.save(path)
    return path


def _read(path: Path, names: Names) -> tuple[dict[str, Series], list[Figure], list[Left]]:
    reader, _ = readers.recognise(path)
    items = list(reader.read(path, names, lambda count: None))
    series = {item.slug: item for item in items if isinstance(item, Series)}
    return series, [item for item in items if isinstance(item, Figure)], [item for item in items if isinstance(item, Left)]


def test_a_sheet_becomes_a_series_with_the_basis_of_its_name(tmp_path: Path, names: Names) -> None:
    rows = [
        TOP,
        ["China", "metr. t", 66000, 63000, "e"],
        ["Congo, D.R.", "metr. t", 150, None, "r"],
        ["Total", "metr. t", 66150, 63000, ""],
    ]
    series, figures, left = _read(_book(tmp_path, {"Tungsten (W)": rows, "Lignite": [TOP]}), names)
    assert [(s.mineral, s.basis, s.unit, s.indicator) for s in series.values()] == [
        ("mineral/tungsten", "contained-metal", "tonne", "production")
    ]
    assert [(f.country, f.year, f.value, f.absence, f.estimated, f.line) for f in figures] == [
        ("country/china", 2022, Decimal(66000), "", True, 3),
        ("country/china", 2023, Decimal(63000), "", True, 3),
        ("country/congo-kinshasa", 2022, Decimal(150), "", False, 4),
        ("country/congo-kinshasa", 2023, None, "not-given", False, 4),
        ("bloc/world", 2022, Decimal(66150), "", False, 5),
        ("bloc/world", 2023, Decimal(63000), "", False, 5),
    ]
    assert left == [Left("sheets of fuels", name="Lignite")]


def test_kilograms_become_tonnes_and_keep_what_is_written(tmp_path: Path, names: Names) -> None:
    _, figures, _ = _read(_book(tmp_path, {"Gold": [TOP, ["China", "kg", 372000, 375155.5, "r"]]}), names)
    assert [(f.value, f.written) for f in figures] == [(Decimal(372), "372000 kg"), (Decimal("375.1555"), "375155.5 kg")]


def test_a_workbook_is_named_after_its_last_year(tmp_path: Path, names: Names) -> None:
    path = _book(tmp_path, {"Gold": [TOP, ["China", "kg", 372000, 375155, "r"]]})
    folder, summary = readers.load(path, tmp_path / "tables", names)
    assert folder.name == "world-mining-data-2023"
    assert (summary.figures, summary.years) == (2, {2022, 2023})


@pytest.mark.parametrize(
    ("sheets", "wrong"),
    [
        ({"Kryptonite": [TOP]}, "the sheet “Kryptonite” is not known"),
        ({"Gold": [TOP, ["Atlantis", "kg", 1, 2, "r"]]}, "line 3: there is no country “Atlantis”"),
        ({"Gold": [TOP, ["China", "oz", 1, 2, "r"]]}, "line 3: unit is “oz”"),
        ({"Gold": [TOP, ["China", "kg", 1, "lots", "r"]]}, "line 3: value is “lots”"),
        ({"Gold": [TOP, ["China", "kg", 1, 2, "?"]]}, "line 3: data source is “?”"),
        ({"Gold": [["Country", "unit", 2022], ["China", "kg", 1]]}, "line 2: the sheet “Gold” has no column data source"),
        ({"Gold": [["China", "kg", 2022, "r"]]}, "the sheet “Gold” has no row with the column Country"),
        ({"Gold": [TOP, ["China", "kg", 1, 2, "r"], ["China", "kg", 1, 2, "r"]]}, "line 4: the figure of line 3 stands here again"),
    ],
)
def test_a_workbook_that_is_not_understood_stops(tmp_path: Path, names: Names, sheets: dict[str, list[list[object]]], wrong: str) -> None:
    with pytest.raises(BadFacts) as refused:
        readers.load(_book(tmp_path, {"Silver": [TOP, ["Chile", "metr. t", 1, 2, "r"]], **sheets}), tmp_path / "tables", names)
    assert wrong in refused.value.detail
    assert not list((tmp_path / "tables").glob("*"))


def test_a_workbook_that_is_cut_short_is_refused(tmp_path: Path, names: Names) -> None:
    path = _book(tmp_path, {"Gold": [TOP, ["China", "kg", 372000, 375155, "r"]]})
    path.write_bytes(path.read_bytes()[:1500])
    with pytest.raises(BadFacts, match="not a workbook that can be read"):
        readers.load(path, tmp_path / "tables", names)


def _row(**cells: str) -> dict[str, str]:
    plain = {
        "year": "2012-01-01 00:00:00",
        "country_iso3_code": "CHN",
        "country_trans": "China",
        "bgs_commodity_trans": "tungsten, mine",
        "bgs_sub_commodity_trans": "",
        "bgs_statistic_type_trans": "Production",
        "units": "tonnes (metal content)",
        "quantity": "61994.0",
        "concat_figure_notes_text": "",
    }
    return {**plain, **cells}


def _csv(tmp_path: Path, *rows: dict[str, str]) -> Path:
    path = tmp_path / "tungsten.csv"
    lines = [",".join(bgs.COLUMNS), *(",".join(f'"{row[name]}"' for name in bgs.COLUMNS) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_row_of_the_survey_becomes_a_figure(tmp_path: Path, names: Names) -> None:
    series, figures, _ = _read(
        _csv(tmp_path, _row(), _row(country_iso3_code="PRT", quantity="763", concat_figure_notes_text="Estimates.")), names
    )
    assert [(s.slug, s.stage, s.basis, s.unit) for s in series.values()] == [
        ("tungsten-mine-production-contained-metal", "ore", "contained-metal", "tonne")
    ]
    assert [(f.country, f.year, f.value, f.estimated) for f in figures] == [
        ("country/china", 2012, Decimal(61994), False),
        ("country/portugal", 2012, Decimal(763), True),
    ]


def test_minerals_and_their_oxides_are_series_of_their_own(tmp_path: Path, names: Names) -> None:
    rows = [_row(bgs_commodity_trans=f"rare earth {what}", units="tonnes (metric)") for what in ("minerals", "oxides")]
    series, _, _ = _read(_csv(tmp_path, *rows), names)
    assert {s.slug: s.basis for s in series.values()} == {
        "rare-earths-minerals-production": "not-said",
        "rare-earths-oxides-production-oxide": "oxide",
    }


def test_imports_are_not_production_and_sub_commodities_are_told_apart(tmp_path: Path, names: Names) -> None:
    row = _row(
        bgs_statistic_type_trans="Imports", bgs_commodity_trans="lithium", bgs_sub_commodity_trans="Carbonate", units="tonnes (metric)"
    )
    series, _, _ = _read(_csv(tmp_path, row), names)
    assert [(s.slug, s.indicator) for s in series.values()] == [("lithium-imports-carbonate", "import-quantity")]


def test_geojson_is_read_like_the_table(tmp_path: Path, names: Names) -> None:
    path = tmp_path / "items.json"
    feature = {"type": "Feature", "geometry": None, "properties": {**_row(), "quantity": 61994.0, "concat_figure_notes_text": None}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    _, figures, _ = _read(path, names)
    assert [(f.line, f.value) for f in figures] == [(1, Decimal(61994))]


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"country_iso3_code": "ATL"}, "no country “ATL”"),
        ({"bgs_commodity_trans": "tungsten, dug"}, "“tungsten, dug” ends in “dug”"),
        ({"bgs_commodity_trans": "unobtainium, mine"}, "no mineral “unobtainium”"),
        ({"units": "bags"}, "units is “bags”"),
        ({"quantity": "many"}, "value is “many”"),
        ({"year": "2012-13"}, "year is “2012-13”"),
        ({"bgs_statistic_type_trans": "Rumours"}, "statistic is “Rumours”"),
    ],
)
def test_a_row_of_the_survey_that_is_not_understood_stops(tmp_path: Path, names: Names, cells: dict[str, str], wrong: str) -> None:
    with pytest.raises(BadFacts, match=r"tungsten\.csv, line 3") as refused:
        readers.load(_csv(tmp_path, _row(), _row(**cells)), tmp_path / "tables", names)
    assert wrong in refused.value.detail
