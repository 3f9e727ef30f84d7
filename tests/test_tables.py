"""A table of figures: what its rows become, and that a row which cannot be understood stops the load with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import BadFacts
from kg.namespaces import BASE, ID, ONTOLOGY
from kg.source import figure_tables
from kg.store.oxigraph import Store

DOC = f"{BASE}doc/table/test"
DECLARED = {f"{DOC}#mined", f"{ID}country/china", f"{ID}bloc/world", f"{ID}country/japan", f"{BASE}code/absence/withheld"}
HEADER = ",".join(figure_tables.COLUMNS)


def _read(folder: Path, *rows: str, header: str = HEADER) -> list[str]:
    path = folder / "test" / "figures.csv"
    path.parent.mkdir()
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return list(figure_tables.triples(path, DOC, DECLARED))


def test_a_row_becomes_a_figure_of_its_series_with_country_year_line_and_value(tmp_path: Path) -> None:
    store = Store()
    store.load_lines(_read(tmp_path, "mined,7,country/china,,2024,270000,,1,,"), DOC)
    about = f"<{DOC}#mined-7-2024>"
    assert store.ask(
        f"""PREFIX lode: <{ONTOLOGY}> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        ASK {{ GRAPH <{DOC}> {{ {about} a lode:Figure ; lode:series <{DOC}#mined> ; lode:country <{ID}country/china> ;
        lode:year "2024"^^xsd:gYear ; lode:line 7 ; lode:value ?v ; lode:estimated true . FILTER(?v = 270000) }} }}"""
    )
    assert len(store) == 7


def test_a_bound_is_not_a_value_and_keeps_what_was_written(tmp_path: Path) -> None:
    store = Store()
    store.load_lines(_read(tmp_path, "mined,7,bloc/world,,2024,90000000,>,,,>90000000"), DOC)
    assert store.ask(f'ASK {{ GRAPH ?g {{ ?f <{ONTOLOGY}moreThan> 90000000.0 ; <{ONTOLOGY}written> ">90000000" }} }}')
    assert not store.ask(f"ASK {{ GRAPH ?g {{ ?f <{ONTOLOGY}value> ?v }} }}")


def test_a_figure_that_is_withheld_has_no_value(tmp_path: Path) -> None:
    store = Store()
    store.load_lines(_read(tmp_path, "mined,7,country/japan,,2024,,,,withheld,W"), DOC)
    assert store.ask(f"ASK {{ GRAPH ?g {{ ?f <{ONTOLOGY}absence> <{BASE}code/absence/withheld> }} }}")
    assert not store.ask(f"ASK {{ GRAPH ?g {{ ?f <{ONTOLOGY}value> ?v }} }}")


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("dug,7,country/china,,2024,1,,,,", "series “dug”"),
        ("mined,,country/china,,2024,1,,,,", "line is “”"),
        ("mined,7,country/atlantis,,2024,1,,,,", "country is “country/atlantis”"),
        ("mined,7,country/china,country/atlantis,2024,1,,,,", "partner is “country/atlantis”"),
        ("mined,7,country/china,,24,1,,,,", "year is “24”"),
        ("mined,7,country/china,,2024,1e5,,,,", "value is “1e5”"),
        ("mined,7,country/china,,2024,NA,,,,", "value is “NA”"),
        ("mined,7,country/china,,2024,,,,,", "value and absence"),
        ("mined,7,country/china,,2024,1,,,withheld,", "value and absence"),
        ("mined,7,country/china,,2024,,,,lost,", "absence is “lost”"),
        ("mined,7,country/china,,2024,1,~,,,", "bound is “~”"),
        ("mined,7,country/china,,2024,1,,yes,,", "estimated is “yes”"),
        ("mined,7,country/china,,2024,1,,,,,", "cells"),
        ("mined,7,country/china,,2024", "cells"),
    ],
)
def test_a_row_that_cannot_be_understood_stops_the_load_with_file_and_line(tmp_path: Path, row: str, wrong: str) -> None:
    with pytest.raises(BadFacts) as refused:
        _read(tmp_path, "mined,6,country/china,,2023,1,,,,", row)
    assert "test/figures.csv, line 3" in refused.value.detail
    assert wrong in refused.value.detail


def test_the_same_figure_twice_stops_the_load_and_names_both_lines(tmp_path: Path) -> None:
    with pytest.raises(BadFacts, match=r"line 3: the figure of line 2"):
        _read(tmp_path, "mined,6,country/china,,2023,1,,,,", "mined,9,country/china,,2023,2,,,,")


def test_columns_in_another_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFacts, match=r"line 1: the columns are line, series"):
        _read(tmp_path, header=HEADER.replace("series,line", "line,series"))


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_bytes(HEADER.encode() + b"\nmined,7,country/china,,2024,1,,,,\x97\n")
    with pytest.raises(BadFacts, match="UTF-8"):
        list(figure_tables.triples(path, DOC, DECLARED))
