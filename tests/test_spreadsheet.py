"""CSV for people: no text runs as a formula, numbers stay numbers, and readers of ours get back what was written."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from exported import hostile_net
from hypothesis import given, settings
from hypothesis import strategies as st
from live import Server

from kg.export import registry
from kg.export.csv_injection import FORMULA_SIGNS, neutralise, restore
from kg.store.oxigraph import Rows
from service.api.queries import as_csv
from service.cli import output
from service.pages.tables import Cell, Table

often = settings(deadline=None, derandomize=True, database=None)
HOSTILE = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''@x", '=HYPERLINK("x","y")']
HARMLESS = ["tungsten", "", "'quoted'", "a=b", "1-2", "銅", " =1"]
NUMBERS = [-1, -2.5, Decimal("-3.25"), 0, 7, True]
written = st.text(st.sampled_from("'=+-@\t\rab1 ")) | st.text()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    assert neutralise(text) == f"'{text}"
    assert not str(neutralise(text)).startswith(FORMULA_SIGNS)


@pytest.mark.parametrize("cell", [*HARMLESS, *NUMBERS, None])
def test_other_texts_and_every_number_stay_as_they_are(cell: Any) -> None:
    assert neutralise(cell) is cell


@often
@given(written)
def test_every_text_comes_back(text: str) -> None:
    assert restore(neutralise(text)) == text


@often
@given(written, written)
def test_two_texts_are_never_written_alike(one: str, other: str) -> None:
    assert (neutralise(one) == neutralise(other)) is (one == other)


def _read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", HOSTILE)
def test_each_csv_for_people_keeps_the_rule(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = Rows(["x", "n"], [{"x": text, "n": Decimal("-1.5")}])
    table = Table("t", "T", [("x", "x"), ("n", "n")], [{"x": Cell(text, text), "n": Cell("-1.5", Decimal("-1.5"))}])
    output.print_rows(["x", "n"], [{"x": text, "n": Decimal("-1.5")}], "csv")
    for made in (as_csv(rows), table.as_csv(), capsys.readouterr().out):
        head, row = _read(made)
        assert head == ["x", "n"]
        assert row == [f"'{text}", "-1.5"]
        assert restore(row[0]) == text


@pytest.mark.parametrize("format", ["csv-gephi", "csv-neo4j"])
def test_files_for_gephi_and_neo4j_keep_the_rule(format: str) -> None:
    net = hostile_net()
    labels = {data["label_ja"] for _, data in net.nodes(data=True)}
    dangerous = {label for label in labels if label.startswith(FORMULA_SIGNS)}
    with zipfile.ZipFile(io.BytesIO(registry.serialise(net, format, lang="ja"))) as archive:
        cells = {cell for name in archive.namelist() for row in _read(archive.read(name).decode()) for cell in row}
    assert len(dangerous) >= 2
    assert not [cell for cell in cells if cell.startswith(FORMULA_SIGNS)]
    assert dangerous <= {restore(cell) for cell in cells}


def test_sparql_results_as_csv_are_exact(tiny: Server) -> None:
    query = 'SELECT ?x { VALUES ?x { "=cmd" "+1" "-1" "@a" } }'
    found = tiny.query(query, "text/csv")
    assert [row[0] for row in _read(found.text)] == ["x", "=cmd", "+1", "-1", "@a"]
