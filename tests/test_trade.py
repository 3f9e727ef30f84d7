"""Readers of trade, governance, EU studies, concentration and deposits: what small files of each publisher become, and what stops them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg import BadFacts, readers
from kg.namespaces import BASE, CODE, DOC, ID
from kg.readers.model import Summary
from kg.source import deposit_tables

ONTOLOGY = Path(__file__).parent.parent / "ontology"
CODES = """country_code,country_name,country_iso2,country_iso3
392,Japan,JP,JPN
156,China,CN,CHN
490,"Other Asia, nes",,S19
251,France,FR,FRA
"""


@pytest.fixture(scope="module")
def names() -> readers.Names:
    return readers.read_names(ONTOLOGY)


def _load(folder: Path, names: readers.Names, name: str, text: str) -> tuple[list[dict[str, str]], Summary]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    made, summary = readers.load(path, folder / "tables", names)
    with (made / "figures.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file)), summary


def _year(folder: Path, names: readers.Names, *rows: str, codes: str = CODES) -> tuple[list[dict[str, str]], Summary]:
    (folder / "country_codes_V202601.csv").write_text(codes, encoding="utf-8")
    return _load(folder, names, "BACI_HS92_Y2012_V202601.csv", "\n".join(["t,i,j,k,v,q", *rows]) + "\n")


def _cells(rows: list[dict[str, str]], series: str) -> list[tuple[str, ...]]:
    columns = ("line", "country", "partner", "year", "value", "bound", "absence")
    return [tuple(row[column] for column in columns) for row in rows if row["series"] == series]


def test_a_year_of_baci_becomes_imports_exports_and_sums_of_exporters(tmp_path: Path, names: readers.Names) -> None:
    rows, summary = _year(
        tmp_path, names, "2012,156,392,261100,10.5,2", "2012,156,251,261100,1.5,NA", "2012,251,392,261100,4,1", "2012,156,392,010110,9,9"
    )
    assert _cells(rows, "japan-imports-261100-value") == [
        ("2", "", "country/china", "2012", "10.5", "", ""),
        ("4", "", "country/france", "2012", "4", "", ""),
    ]
    assert _cells(rows, "china-exports-261100-quantity") == [
        ("2", "", "country/japan", "2012", "2", "", ""),
        ("3", "", "country/france", "2012", "", "", "not-available"),
    ]
    assert _cells(rows, "world-exports-261100-value") == [
        ("2", "country/china", "", "2012", "12", "", ""),
        ("4", "country/france", "", "2012", "4", "", ""),
    ]
    assert _cells(rows, "world-exports-261100-quantity") == [
        ("2", "country/china", "", "2012", "2", ">=", ""),
        ("4", "country/france", "", "2012", "1", "", ""),
    ]
    assert _cells(rows, "world-exports-261100-value-weighed") == [("2", "country/china", "", "2012", "10.5", "", "")]
    assert summary.left == {"flows of other goods": 1, "flows between other countries, counted in the sums by exporter alone": 0}
    assert (tmp_path / "tables" / "cepii-baci-hs92-2012-v202601" / "source.ttl").exists()


def test_a_weight_of_which_parts_are_missing_is_a_lower_bound(tmp_path: Path, names: readers.Names) -> None:
    """China's exports of unwrought platinum in 2023: 10 of 14 flows have no weight, and the four that have one are 15 % of the value."""
    text = "year,hs6_hs92,exporter_iso3,value_kusd,quantity_t,weighed_value_kusd\n"
    text += "2023,711011,CHN,156347.941,0.798,23357.621\n2023,711011,CAN,50644.195,2.315,50644.195\n2023,711011,CMR,0.001,,0\n"
    rows, summary = _load(tmp_path, names, "world_exports_by_country.csv", text)
    assert _cells(rows, "world-exports-711011-quantity") == [
        ("2", "country/china", "", "2023", "0.798", ">=", ""),
        ("3", "country/canada", "", "2023", "2.315", "", ""),
        ("4", "country/cameroon", "", "2023", "", "", "not-available"),
    ]
    assert _cells(rows, "world-exports-711011-value-weighed") == [("2", "country/china", "", "2023", "23357.621", "", "")]
    assert summary.bounds == 1


def test_a_value_with_a_weight_above_the_value_stops_the_reading(tmp_path: Path, names: readers.Names) -> None:
    text = "year,hs6_hs92,exporter_iso3,value_kusd,quantity_t,weighed_value_kusd\n2023,711011,CHN,1,0.5,2\n"
    with pytest.raises(BadFacts, match="line 2: the value with a weight is “2”"):
        _load(tmp_path, names, "world_exports_by_country.csv", text)


def test_other_asia_of_baci_is_taiwan(tmp_path: Path, names: readers.Names) -> None:
    rows, _ = _year(tmp_path, names, "2012,490,392,261100,10.5,2")
    assert _cells(rows, "japan-imports-261100-value") == [("2", "", "country/taiwan", "2012", "10.5", "", "")]


def test_boron_and_tellurium_are_a_material_of_two_minerals_not_one_mineral(tmp_path: Path, names: readers.Names) -> None:
    _year(tmp_path, names, "2012,156,392,280450,10.5,2")
    text = (tmp_path / "tables" / "cepii-baci-hs92-2012-v202601" / "series.ttl").read_text(encoding="utf-8")
    assert f"lode:material <{ID}material/boron-and-tellurium>" in text
    assert "lode:mineral" not in text


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("2012,156,392,261100,ten,2", "line 2: the value is “ten”"),
        ("2012,156,392,261100,1,-2", "line 2: the quantity is “-2”"),
        ("12,156,392,261100,1,2", "line 2: the year is “12”"),
        ("2012,999,392,261100,1,2", "line 2: country 999 is not in the country_codes file"),
    ],
)
def test_a_flow_that_cannot_be_understood_stops_the_reading(tmp_path: Path, names: readers.Names, row: str, wrong: str) -> None:
    with pytest.raises(BadFacts) as refused:
        _year(tmp_path, names, row)
    assert wrong in refused.value.detail
    assert not list((tmp_path / "tables").iterdir())


def test_a_year_of_baci_without_country_codes_is_refused(tmp_path: Path, names: readers.Names) -> None:
    with pytest.raises(BadFacts, match="no country_codes file"):
        _load(tmp_path, names, "BACI_HS92_Y2012_V202601.csv", "t,i,j,k,v,q\n2012,156,392,261100,1,2\n")


def test_baci_of_another_edition_is_refused(tmp_path: Path, names: readers.Names) -> None:
    with pytest.raises(BadFacts, match="does not say edition"):
        _load(tmp_path, names, "BACI_HS17_Y2020_V202601.csv", "t,i,j,k,v,q\n2020,156,392,261100,1,2\n")


def test_a_workbook_of_governance_maps_old_codes_and_keeps_gaps(tmp_path: Path, names: readers.Names) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("codeindyr", "code", "countryname", "year", "indicator", "estimate"),
        ("ZARpv2012", "ZAR", "Congo, Dem. Rep.", 2012, "pv", -2.0861),
        ("KSVpv2012", "KSV", "Kosovo", 2012, "pv", ".."),
    ):
        sheet.append(row)
    path = tmp_path / "wgidataset.xlsx"
    book.save(path)
    made, _ = readers.load(path, tmp_path / "tables", names)
    assert made.name == "world-bank-wgi-2013"
    with (made / "figures.csv").open(encoding="utf-8") as file:
        assert _cells(list(csv.DictReader(file)), "political-stability") == [
            ("2", "country/congo-kinshasa", "", "2012", "-2.0861", "", ""),
            ("3", "country/kosovo", "", "2012", "", "", "not-available"),
        ]


def test_scores_of_2011_and_2014_stand_under_indicators_of_their_own(tmp_path: Path, names: readers.Names) -> None:
    rows, _ = _load(tmp_path, names, "scores.csv", "Material,Year,SR,EI\nTungsten,2011,1.8,8.8\nTungsten,2017,1.8,7.3\nBismuth,2014,-,-\n")
    assert _cells(rows, "tungsten-eu-supply-risk-2011") == [("2", "", "", "2011", "1.8", "", "")]
    assert _cells(rows, "tungsten-eu-supply-risk") == [("3", "", "", "2017", "1.8", "", "")]
    assert _cells(rows, "bismuth-eu-supply-risk-2011") == [("4", "", "", "2014", "", "", "not-available")]


def test_a_share_below_a_bound_or_without_its_sign_is_no_plain_value(tmp_path: Path, names: readers.Names) -> None:
    text = 'Material,Stage,Country,Share,t\nCobalt,E,"Congo, D.R.",63%,1.1\nCobalt,E,Brasil,<0.1%,1\nCobalt,P,Germany,6,0.8\n'
    rows, _ = _load(tmp_path, names, "eu_shares_2023.csv", text)
    assert _cells(rows, "cobalt-extraction-eu-sourcing-share") == [
        ("2", "", "country/congo-kinshasa", "2023", "63", "", ""),
        ("3", "", "country/brazil", "2023", "0.1", "<", ""),
    ]
    assert _cells(rows, "cobalt-processing-eu-sourcing-share") == [("4", "", "country/germany", "2023", "", "", "not-one-number")]
    assert _cells(rows, "cobalt-processing-trade-parameter") == [("4", "", "country/germany", "2023", "0.8", "", "")]


def test_a_stage_that_is_not_known_stops_the_reading(tmp_path: Path, names: readers.Names) -> None:
    with pytest.raises(BadFacts, match="line 2: the stage is “X”"):
        _load(tmp_path, names, "eu_shares_2023.csv", "Material,Stage,Country,Share,t\nCobalt,X,Germany,6%,1\n")


def test_an_element_twice_the_same_is_left_and_one_that_differs_is_refused(tmp_path: Path, names: readers.Names) -> None:
    head = "#element,HHI_production,HHI_reserve\nBi,5300,6000\n"
    _, summary = _load(tmp_path, names, "hhi_data.csv", f"{head}Bi,5300,6000\n")
    assert (summary.figures, summary.left) == (2, {"rows that stand there again, the same": 1})
    assert summary.told() == ["1 rows: rows that stand there again, the same (Bi)"]
    with pytest.raises(BadFacts, match="line 3: the figure of line 2 stands here again"):
        _load(tmp_path, names, "hhi_data.csv", f"{head}Bi,5300,6001\n")


def test_the_table_that_is_shipped_is_what_the_reader_makes_of_the_publishers_file(tmp_path: Path, names: readers.Names) -> None:
    made, summary = readers.load(Path(__file__).parent / "fixtures" / "hhi_data.csv", tmp_path, names)
    card = (ONTOLOGY / "tables" / "gaultois-2013" / "source.ttl").read_text(encoding="utf-8")
    left = summary.named["elements that are no commodity of the graph"]
    assert left == ["N", "O", "F", "Na", "Cl", "K", "Ca", "Fe"]
    assert [symbol for symbol in (*left, "Bi") if f"({symbol})" not in card] == []
    assert "(N, O, F, Na, Cl, K, Ca, Fe)" in (made / "source.ttl").read_text(encoding="utf-8")
    for name in ("figures.csv", "series.ttl"):
        assert (made / name).read_bytes() == (ONTOLOGY / "tables" / "gaultois-2013" / name).read_bytes()


HEADER = ",".join(deposit_tables.COLUMNS)
GRAPH = f"{DOC}table/test"
DECLARED = {f"{GRAPH}#records", f"{ID}country/china", f"{ID}mineral/tungsten", f"{CODE}deposit-type/igneous"}


def _deposits(folder: Path, *rows: str) -> list[str]:
    path = folder / "test" / "deposits.csv"
    path.parent.mkdir()
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return list(deposit_tables.triples(path, GRAPH, DECLARED))


def test_a_record_of_a_deposit_becomes_a_thing_with_place_minerals_and_names(tmp_path: Path) -> None:
    text = "".join(_deposits(tmp_path, "a-1,2,Shizhuyuan,USGS a 1,country/china,25.77,113.17,tungsten,igneous,https://example.org/1,"))
    about = f"<{ID}deposit/a-1>"
    assert f'{about} <{BASE}ontology#latitude> "25.77"' in text
    assert f"{about} <{BASE}ontology#commodity> <{ID}mineral/tungsten>" in text
    assert f"{about} <{BASE}ontology#locatedIn> <{ID}country/china>" in text
    assert '"Shizhuyuan (USGS a 1)"@ja' in text


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("A 1,2,N,R,,,,,,,", "slug is “A 1”"),
        ("a-1,x,N,R,,,,,,,", "line is “x”"),
        ("a-1,2,,R,,,,,,,", "name or record is empty"),
        ("a-1,2,N,R,country/atlantis,,,,,,", "country is “country/atlantis”"),
        ("a-1,2,N,R,,91,0,,,,", "latitude is “91”"),
        ("a-1,2,N,R,,9,180.5,,,,", "longitude is “180.5”"),
        ("a-1,2,N,R,,9,,,,,", "one of latitude and longitude"),
        ("a-1,2,N,R,,,,unobtainium,,,", "minerals holds “unobtainium”"),
        ("a-1,2,N,R,,,,,magic,,", "type is “magic”"),
        ("a-1,2,N,R,,,,,,ftp://x y,", "page is “ftp://x y”"),
    ],
)
def test_a_record_that_cannot_be_understood_stops_the_load_with_its_line(tmp_path: Path, row: str, wrong: str) -> None:
    with pytest.raises(BadFacts) as refused:
        _deposits(tmp_path, row)
    assert "test/deposits.csv, line 2" in refused.value.detail
    assert wrong in refused.value.detail


def test_two_records_of_one_slug_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFacts, match="line 3: “a-1” of line 2 stands here again"):
        _deposits(tmp_path, "a-1,2,N,R,,,,,,,", "a-1,3,N,S,,,,,,,")
