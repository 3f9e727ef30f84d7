"""Results of queries that are stored beside a built store."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kg import Graph
from kg.namespaces import Iri
from kg.store import stored_results
from kg.store.stored_results import NAME, StoredResults
from kg.store.values import Rows

ROWS = Rows(
    ["thing", "share", "count", "is_known", "name", "none"],
    [
        {
            "thing": Iri("https://example.org/a"),
            "share": Decimal("12.50"),
            "count": 7,
            "is_known": True,
            "name": '"#<鉱',
            "none": None,
        }
    ],
)
EMPTY = Rows(["thing"], [])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stored_results.write(tmp_path, [("first", ROWS), ("second", EMPTY)])
    return tmp_path


def test_every_kind_of_cell_is_read_as_it_was_written(folder: Path) -> None:
    read = StoredResults(folder).get("first")
    assert read == ROWS
    assert read is not None
    assert read.columns == ROWS.columns
    assert [type(cell) for cell in read[0].values()] == [Iri, Decimal, int, bool, str, type(None)]
    assert str(read[0]["share"]) == "12.50"


def test_a_result_without_rows_is_a_result(folder: Path) -> None:
    read = StoredResults(folder).get("second")
    assert read == EMPTY
    assert read is not None
    assert read.columns == ["thing"]


def test_what_is_not_stored_is_none(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert StoredResults(folder).get("third") is None
    assert StoredResults(tmp_path_factory.mktemp("empty")).get("first") is None


def test_of_a_damaged_file_nothing_wrong_is_read(folder: Path) -> None:
    """Each byte in turn: what was written, or nothing."""
    whole = (folder / NAME).read_bytes()
    for place in range(len(whole)):
        changed = bytes([whole[place] ^ 0x01])
        (folder / NAME).write_bytes(whole[:place] + changed + whole[place + 1 :])
        assert StoredResults(folder).get("first") in (ROWS, None)
    for length in range(len(whole)):
        (folder / NAME).write_bytes(whole[:length])
        assert StoredResults(folder).get("first") in (ROWS, None)


def test_a_build_stores_what_every_page_shares(graph: Graph) -> None:
    assert isinstance(graph.path, Path)
    stored = StoredResults(graph.path)
    for name in ("catalogue", "signs", "edges", "breakpoints", "placed", "printed", "reaches"):
        text = graph.text_of(graph.parts[name], {"lang": "en"} if name == "edges" else {})
        assert stored.get(text) == graph.store.query(text), name
