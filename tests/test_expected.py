"""What named queries must answer, worked out from the sources by hand.

``expected/<query>.csv`` or ``expected/<query>--<case>.csv``: first a comment line ``# name=value ...`` with the parameters (``#`` alone for
none), then the columns compared (others are passed over), then the rows in any order. IRIs stand as slugs, what is missing is empty.
"""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from kg import Graph
from kg.namespaces import Iri, slug_of
from kg.store.oxigraph import Cell

FILES = sorted((Path(__file__).parent / "expected").glob("*.csv"))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Iri):
        return slug_of(cell)
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    return str(cell)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_named_query_answers_what_the_source_says(graph: Graph, path: Path) -> None:
    comment, *lines = path.read_text(encoding="utf-8").splitlines()
    values = dict(pair.split("=", 1) for pair in comment.removeprefix("#").split())
    reader = csv.DictReader(lines)
    expected = {tuple(row.values()) for row in reader}
    columns = list(reader.fieldnames or [])
    rows = graph.ask(path.stem.split("--")[0], **values)
    assert {tuple(_text(row[column]) for column in columns) for row in rows} == expected


def test_every_named_query_has_expected_rows(graph: Graph) -> None:
    assert sorted(graph.queries.keys() - {path.stem.split("--")[0] for path in FILES}) == []
