"""Dependency paths: what the article states, step by step, as of a day."""

import datetime
import math
import re
from typing import Any

import pytest
from typer.testing import CliRunner

from kg import BadParameter, Graph, UnknownName
from kg.namespaces import slug_of
from kg.network import paths
from service.cli.main import app

DAY = datetime.date(2012, 12, 31)


def _slugs(found: paths.Paths) -> list[list[str]]:
    return [[slug_of(path[0].source), *(slug_of(step.target) for step in path)] for path in found.paths]


def test_a_product_depends_on_a_mineral_through_what_it_is_made_of(graph: Graph) -> None:
    found = paths.between(graph, "automobile", "dysprosium")
    assert not found.backward
    assert ["automobile", "dysprosium-neodymium-magnet", "dysprosium"] in _slugs(found)
    assert [len(path) for path in found.paths] == sorted(len(path) for path in found.paths)


def test_a_product_hangs_on_a_measure_through_mineral_and_group(graph: Graph) -> None:
    found = paths.between(graph, "transparent-electrode", "indium")
    assert ["transparent-electrode", "indium"] in _slugs(found)
    assert any(
        path[-1] == "cn-rare-earth-export-quota"
        for path in _slugs(paths.between(graph, "air-conditioner", "cn-rare-earth-export-quota", as_of=DAY))
    )


def test_each_step_that_a_document_states_names_statement_place_and_certainty(graph: Graph) -> None:
    for path in paths.between(graph, "automobile", "china", as_of=DAY).paths:
        for step in path:
            assert step.statement
            assert step.document
            assert step.document.startswith("https://w3id.org/lodegraph/doc/reference/") or (step.place and step.certainty)


def test_asked_the_other_way_round_the_paths_say_so(graph: Graph) -> None:
    there, back = paths.between(graph, "automobile", "dysprosium"), paths.between(graph, "dysprosium", "automobile")
    assert back.backward
    assert _slugs(back) == _slugs(there)


def test_a_measure_on_another_mineral_of_the_same_country_is_no_dependence(graph: Graph) -> None:
    assert not paths.between(graph, "air-conditioner", "cn-tungsten-export-quota").paths
    assert paths.between(graph, "cemented-carbide-tool", "cn-tungsten-export-quota").paths


@pytest.mark.parametrize(("day", "there"), [(datetime.date(2004, 12, 31), False), (datetime.date(2005, 1, 1), True)])
def test_a_measure_is_on_a_path_only_while_in_force(graph: Graph, day: datetime.date, there: bool) -> None:
    found = paths.between(graph, "rare-earths", "cn-rare-earth-export-quota", as_of=day, length=1)
    assert bool(found.paths) is there


def test_an_announced_ban_is_on_no_path_as_of_a_day(graph: Graph) -> None:
    assert paths.between(graph, "nickel", "id-ore-export-ban", length=3).paths
    assert not paths.between(graph, "nickel", "id-ore-export-ban", as_of=DAY, length=3).paths


def test_a_search_that_is_cut_says_so(graph: Graph) -> None:
    cut = paths.between(graph, "automobile", "china", most=1)
    assert len(cut.paths) == 1
    assert not cut.complete


def test_the_strongest_path_comes_first_and_one_of_unknown_share_last(graph: Graph) -> None:
    found = paths.between(graph, "dysprosium", "china", order="strongest", length=4)
    shares = [math.prod((step.share or 0) / 100 for step in path if step.relation in ("suppliedBy", "dependsOn")) for path in found.paths]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] >= 0.5
    assert shares[-1] == 0


def test_what_every_way_goes_through_is_named(graph: Graph) -> None:
    found = paths.between(graph, "cemented-carbide-tool", "cn-tungsten-export-quota", as_of=DAY)
    assert [slug_of(iri) for iri in found.passes] == ["tungsten"]  # the tool needs nothing else that the graph knows


def test_paths_run_along_the_relations_asked_for(graph: Graph) -> None:
    found = paths.between(graph, "air-conditioner", "dysprosium", relations=["uses"])
    assert {step.relation for path in found.paths for step in path} == {"uses"}
    assert not paths.between(graph, "air-conditioner", "china", relations=["uses"]).paths


def test_things_that_nothing_links_have_no_path(graph: Graph) -> None:
    assert paths.between(graph, "thallium", "moonlight-project").paths == []


@pytest.mark.parametrize(
    "values",
    [{"length": 0}, {"length": paths.MAX_LENGTH + 1}, {"most": 0}, {"target": "automobile"}, {"order": "best"}, {"relations": ["likes"]}],
)
def test_a_value_out_of_range_is_refused(graph: Graph, values: dict[str, Any]) -> None:
    with pytest.raises(BadParameter):
        paths.between(graph, "automobile", **{"target": "china", **values})


def test_an_unknown_end_is_refused(graph: Graph) -> None:
    with pytest.raises(UnknownName, match="automobile"):
        paths.between(graph, "automobil", "china")


def test_the_network_names_nodes_in_both_languages_and_dates_measures(graph: Graph) -> None:
    net = graph.to_networkx()
    assert all(data["label_en"] and data["label_ja"] and data["kind"] for _, data in net.nodes(data=True))
    quota = net.nodes["https://w3id.org/lodegraph/id/measure/cn-rare-earth-export-quota"]
    assert quota["start"] == datetime.date(2005, 1, 1)  # at the latest: a list of goods under quota holds from then
    assert quota["end"] == datetime.date(2015, 1, 1)  # when the quotas gave way to licences


@pytest.mark.slow
def test_the_rdflib_door_holds_every_graph_asked_for(graph: Graph) -> None:
    """All but the tables and the figures computed of them, which would take rdflib half a minute."""
    wanted = [name for name in graph.store.graphs() if not re.search("/doc/table/|/graph/figures$", name)]
    dataset = graph.to_rdflib(*wanted)
    assert {str(held.identifier) for held in dataset.graphs() if len(held)} >= set(wanted)
    count = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER(!REGEX(STR(?g), '/doc/table/|/graph/figures$')) }"
    assert sum(len(dataset.graph(name)) for name in wanted) == graph.store.query(count)[0]["n"]


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (["ask", "pillars"], 0, "recycling"),
        (["ask", "export-quotas", "--mineral", "rare-earths", "--since", "2012", "-f", "csv"], 0, "30996"),
        (["ask", "export-quotas", "--mineral=rare-earth"], 2, ""),
        (["ask", "nothing"], 2, ""),
        (["ask", "pillars", "-f", "xml"], 2, ""),
        (["show", "mount-weld", "--lang", "ja"], 0, "マウントウェルド"),
        (["show", "tungsten", "-f", "json"], 0, '"risks"'),
        (["search", "ジスプロ"], 0, "dysprosium"),
        (["paths", "automobile", "dysprosium"], 0, "Dysprosium"),
        (["paths", "automobile", "venus"], 2, ""),
        (["list", "queries"], 0, "exposed-minerals"),
        (["list", "measure", "--lang", "ja", "-f", "json"], 0, "輸出枠"),
        (["list", "planets"], 2, ""),
        (["export", "turtle", "--center", "tungsten"], 0, "タングステン"),
    ],
)
def test_the_command_line_answers_and_ends_with_the_right_code(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, part: str
) -> None:
    monkeypatch.setattr("kg.build.opening.open_graph", lambda **options: graph)
    result = CliRunner().invoke(app, words)
    assert result.exit_code == code, result.output
    assert part in result.stdout
    assert code == 0 or not result.stdout
