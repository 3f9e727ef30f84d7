"""``lode load``, and a user's own folder of facts and tables beside the built-in ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg import BadFacts, open_graph, readers
from kg.build.checks import check
from kg.readers import csv_stream
from kg.source import files
from service.cli.main import app

pytestmark = pytest.mark.slow

FIXTURE = Path(__file__).parent / "fixtures" / "mcs2024-raree_world.csv"
CARD = """@prefix lode: <https://w3id.org/lodegraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<> a lode:Source ; rdfs:label "Our notes"@en , "社内メモ"@ja ; dcterms:publisher "Us" ; dcterms:issued "2026"^^xsd:gYear ;
    dcterms:language "en" .
"""


def _load(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["load", *words])
    return result.exit_code, result.stderr


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the whole vocabulary and no document: quick to build and check."""
    monkeypatch.setenv("LODE_CACHE", str(tmp_path / "cache"))
    base = tmp_path / "base"
    (base / "ontology").mkdir(parents=True)
    root = files.root()
    for path in (root / "ontology").glob("*.ttl"):
        (base / "ontology" / path.name).symlink_to(path)
    (base / "queries").symlink_to(root / "queries")
    return base


def test_load_writes_a_table_and_tells_what_came_in(tmp_path: Path) -> None:
    code, told = _load(str(FIXTURE), "--to", str(tmp_path))
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "tables" / "usgs-mcs-2024-rare-earths-own").iterdir()) == [
        "figures.csv",
        "series.ttl",
        "source.ttl",
    ]
    assert "series      2" in told
    assert "figures     48: 3 absent, 32 estimated, 0 bounds" in told
    assert "countries   15" in told
    assert "years       2022 to 2023" in told
    assert "skipped     none" in told


def test_load_writes_to_the_folder_of_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODE_FACTS", str(tmp_path))
    assert _load(str(FIXTURE))[0] == 0
    assert (tmp_path / "tables").is_dir()


def test_load_without_a_folder_says_which_setting_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LODE_FACTS", raising=False)
    code, told = _load(str(FIXTURE))
    assert code == 2
    assert "LODE_FACTS" in told


def test_a_file_of_no_known_format_is_refused_with_the_formats_that_are_known(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("day,price\n2024-01-01,5\n", encoding="utf-8")
    code, told = _load(str(path), "--to", str(tmp_path / "own"))
    assert code == 1
    assert "prices.csv is of no known format. Its first line is day, price." in told
    for reader in readers.READERS:
        assert reader.title in told
    assert not (tmp_path / "own").exists()


def test_a_table_that_was_moved_aside_when_its_writer_died_is_put_back(tmp_path: Path) -> None:
    assert _load(str(FIXTURE), "--to", str(tmp_path))[0] == 0
    (table,) = [path for path in (tmp_path / "tables").iterdir() if path.is_dir()]
    corrected = "# the card as it was corrected\n" + (table / "source.ttl").read_text(encoding="utf-8")
    (table / "source.ttl").write_text(corrected, encoding="utf-8")
    table.rename(table.with_name(f".{table.name}.abc.old"))  # as it stands between two renamings
    (tmp_path / "tables" / f".{table.name}.def").mkdir()
    assert _load(str(FIXTURE), "--to", str(tmp_path))[0] == 0
    assert [path.name for path in (tmp_path / "tables").iterdir() if path.is_dir()] == [table.name]
    assert (table / "source.ttl").read_text(encoding="utf-8") == corrected


def test_one_bad_file_of_several_does_not_keep_the_others_out(tmp_path: Path) -> None:
    code, told = _load(str(tmp_path / "none.csv"), str(FIXTURE), "--to", str(tmp_path))
    assert code == 1
    assert "none.csv is not a file" in told
    assert "1 of 2 files were not loaded" in told
    assert (tmp_path / "tables" / "usgs-mcs-2024-rare-earths-own").is_dir()


def test_a_file_above_the_size_that_is_read_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(10_000_000_000)  # a hole: no disk is used
    with pytest.raises(BadFacts, match="10,000,000,000 bytes") as refused:
        readers.recognise(path)
    assert f"{csv_stream.MOST:,}" in refused.value.advice


def test_a_file_is_recognised_by_its_start_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mcs2024-raree_world.csv"
    path.write_bytes(FIXTURE.read_bytes() + b"\x00" * 1_000_000)
    monkeypatch.setattr(csv_stream, "HEAD", 2_000)
    assert readers.recognise(path)[0].title.startswith("USGS")


def test_ones_own_table_stands_beside_the_built_in_ones(tmp_path: Path, small: Path) -> None:
    readers.load(FIXTURE, tmp_path / "own" / "tables", readers.read_names(small / "ontology"))
    told: list[str] = []
    plain = open_graph(small, say=told.append)
    graph = open_graph(small, own=tmp_path / "own", say=told.append)
    assert not [text for text in told if "left out" in text]
    assert graph.version != plain.version
    rows_ = graph.ask("production", mineral="rare-earths", since=2023)
    assert {int(row["value"]) for row in rows_ if str(row["country"]).endswith("/china")} == {240000}
    assert "https://w3id.org/lodegraph/doc/table/usgs-mcs-2024-rare-earths" in {str(row["document"]) for row in graph.ask("documents")}


def test_a_mistake_in_ones_own_facts_names_the_file_and_leaves_the_built_in_graph(tmp_path: Path, small: Path) -> None:
    notes = tmp_path / "own" / "facts" / "us" / "notes.ttl"
    notes.parent.mkdir(parents=True)
    notes.write_text(CARD + "<#odd> a lode:Relation .\n", encoding="utf-8")
    told: list[str] = []
    graph = open_graph(small, own=tmp_path / "own", say=told.append)
    assert graph.version == open_graph(small).version
    assert "left out" in told[-1]
    assert str(notes) in told[-1]
    told.clear()
    open_graph(small, own=tmp_path / "own", say=told.append)
    assert len(told) == 1  # refused again without a second build


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("facts/us/notes.ttl", "<> a", "notes.ttl"),
        ("facts/notes.ttl", CARD, "facts/<place>/<document>.ttl"),
        ("facts/reference/minerals.ttl", CARD, "is that of"),
    ],
)
def test_text_that_cannot_be_read_is_told_with_its_file(tmp_path: Path, small: Path, name: str, text: str, wrong: str) -> None:
    path = tmp_path / "own" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    told: list[str] = []
    assert open_graph(small, own=tmp_path / "own", say=told.append).version == open_graph(small).version
    assert wrong in told[-1]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, small: Path) -> None:
    told: list[str] = []
    open_graph(small, own=tmp_path / "nowhere", say=told.append)
    assert "nowhere is not a folder" in told[-1]


def test_check_finds_what_is_wrong_in_ones_own_folder(tmp_path: Path, small: Path) -> None:
    notes = tmp_path / "own" / "facts" / "us" / "notes.ttl"
    notes.parent.mkdir(parents=True)
    notes.write_text(CARD + "<#odd> a lode:Relation .\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(small), "--facts", str(tmp_path / "own")])
    assert result.exit_code == 1
    assert str(notes) in result.stdout


def test_a_country_described_again_in_ones_own_folder_is_found_with_both_files(tmp_path: Path, small: Path) -> None:
    notes = tmp_path / "own" / "facts" / "us" / "notes.ttl"
    notes.parent.mkdir(parents=True)
    china = "<https://w3id.org/lodegraph/id/country/china>"
    notes.write_text(f'{CARD}{china} rdfs:label "PR China"@en .\n', encoding="utf-8")
    found = {finding.subject: finding for finding in check(small, own=tmp_path / "own") if finding.rule == "described-once"}
    assert set(found) == {china.strip("<>")}
    (finding,) = found.values()
    assert finding.file == str(notes)
    assert "ontology/agents.ttl" in finding.message


def test_ones_own_folder_may_say_more_of_what_is_described_already(tmp_path: Path, small: Path) -> None:
    notes = tmp_path / "own" / "facts" / "us" / "notes.ttl"
    notes.parent.mkdir(parents=True)
    more = """<#p1> a lode:Passage ; lode:order 1 ; lode:section "1" ; rdfs:label "First page"@en , "1頁"@ja .
<#said> a lode:Claim ; lode:place <#p1> ; lode:certainty <https://w3id.org/lodegraph/code/certainty/stated> ;
    lode:claimType <https://w3id.org/lodegraph/code/claim/result> ;
    lode:says "China is a supplier."@en , "中国は供給国である。"@ja ; lode:about <https://w3id.org/lodegraph/id/country/china> .
<https://w3id.org/lodegraph/id/country/china> <http://www.w3.org/2004/02/skos/core#altLabel> "Mainland China"@en .
"""
    notes.write_text(CARD + more, encoding="utf-8")
    assert [str(finding) for finding in check(small, own=tmp_path / "own")] == []
