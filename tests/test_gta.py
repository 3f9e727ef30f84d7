"""The reader of Global Trade Alert: rows made here in the publisher's layout, and what the graph then says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import BadFacts, open_graph, readers
from kg.readers.model import Left
from kg.readers.names import Names
from kg.source import files

HEADER = (
    "Intervention ID,Intervention URL,State Act ID,State Act URL,State Act Title,GTA Evaluation,Implementing Jurisdictions,"
    "Implementation Level,Eligible Firm,Intervention Type,Mast Chapter,Affected Sectors,Affected Products,Affected Jurisdictions,"
    "Is Horizontal,Date Announced,Date Implemented,Date Removed,Is In Force"
)
ROW = (
    '70001,https://www.globaltradealert.org/intervention/70001,60001,,An act,Red,China,National,all,{type},P,,"{products}",Japan,No,'
    "{announced},{implemented},{removed},Yes"
)


@pytest.fixture(scope="module")
def names() -> Names:
    return readers.read_names(files.root() / "ontology")


def _row(**cells: str) -> str:
    plain = {
        "type": "Export quota",
        "products": "284690, 280530, 854231",
        "announced": "2010-07-08",
        "implemented": "2010-07-08",
        "removed": "",
    }
    return ROW.format(**{**plain, **cells})


def _file(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "interventions.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def test_an_export_measure_is_in_force_between_its_days(tmp_path: Path, names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODE_CACHE", str(tmp_path / "cache"))
    base = tmp_path / "base"
    (base / "ontology").mkdir(parents=True)
    for path in (files.root() / "ontology").glob("*.ttl"):
        (base / "ontology" / path.name).symlink_to(path)
    (base / "queries").symlink_to(files.root() / "queries")
    folder, summary = readers.load(_file(tmp_path, _row(removed="2015-01-01")), tmp_path / "own" / "tables", names)
    assert (folder.name, summary.measures) == ("gta-interventions", 1)
    told: list[str] = []
    graph = open_graph(base, own=tmp_path / "own", say=told.append)
    assert not [text for text in told if "left out" in text]
    for day, expected in (("2012-01-01", {"gta-70001"}), ("2016-01-01", set())):
        found = graph.ask("measures-in-force", as_of=day, mineral="rare-earths")
        assert {str(row["measure"]).rsplit("/", 1)[-1] for row in found} == expected


def test_other_interventions_and_other_goods_are_left_and_counted(tmp_path: Path, names: Names) -> None:
    rows = [_row(), _row(type="Import tariff"), _row(products="854231"), _row(announced="", implemented="")]
    reader, _ = readers.recognise(_file(tmp_path, *rows))
    items = list(reader.read(tmp_path / "interventions.csv", names, lambda count: None))
    assert [item.what for item in items if isinstance(item, Left)] == [
        "interventions that are no export measures",
        "export measures on other goods",
        "export measures without a day",
    ]


@pytest.mark.parametrize(
    ("bad", "wrong"),
    [
        (_row().replace("China", "Cathay Pacific"), "no country “Cathay Pacific”"),
        (_row(announced="08/07/2010"), "Date Announced is “08/07/2010”"),
        (_row(products="2846900"), "product is “2846900”"),
        (_row(products="oxides"), "product is “oxides”"),
        (_row(), "the measure of line 2 stands here again"),
    ],
)
def test_a_row_that_is_not_understood_stops(tmp_path: Path, names: Names, bad: str, wrong: str) -> None:
    with pytest.raises(BadFacts, match=r"interventions\.csv, line 3") as refused:
        readers.load(_file(tmp_path, _row(), bad), tmp_path / "tables", names)
    assert wrong in refused.value.detail
