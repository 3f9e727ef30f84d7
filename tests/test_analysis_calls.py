"""The analysis as a client calls it: one call a question, each with the part of the graph that it rests on."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient


def _json(client: TestClient, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return response.json()


def test_paths_carry_their_part_of_the_graph(client: TestClient) -> None:
    found = _json(client, "/paths?source=cemented-carbide-tool&target=china&as_of=2013-06-30&lang=ja")
    assert [step["relation"] for step in found["paths"][0]] == ["uses", "suppliedBy"]
    part = found["graph"]
    ends = {edge[end] for edge in part["edges"] for end in ("source", "target")}
    assert ends == {node["iri"] for node in part["nodes"]}
    assert "タングステン" in {node["label"] for node in part["nodes"]}
    assert len(part["edges"]) == len({(step["source"], step["target"]) for path in found["paths"] for step in path})


@pytest.mark.parametrize(
    "address",
    [
        "/exposure?thing=tungsten&as_of=2012-12-31&by=stated",
        "/chokepoints?product=cemented-carbide-tool&as_of=2013-06-30",
        "/chains?start=quota-cut-2010&end=technology-leakage",
    ],
)
def test_every_answer_carries_a_graph_whose_edges_end_in_its_nodes(client: TestClient, address: str) -> None:
    part = _json(client, address)["graph"]
    names = {node["iri"] for node in part["nodes"]}
    assert len(names) > 2
    assert {edge[end] for edge in part["edges"] for end in ("source", "target")} <= names


def test_a_scenario_is_answered_as_the_trade_table_has_it(client: TestClient) -> None:
    plan = {"actions": [{"action": "restrict", "supplier": "brazil", "minerals": ["niobium"], "percent": 50}]}
    answer = client.post("/scenarios?as_of=2012-12-31", json=plan).json()
    # Brazil: 95.7136 % of Japan's purchases of HS 720293 in value in 2012, summed outside of this program
    assert answer["minerals"][0]["missing"]["low"] == pytest.approx(95.7136 / 2, abs=1e-3)
    assert answer["graph"]["nodes"]


@pytest.mark.parametrize(
    ("plan", "parameter"),
    [
        ({"actions": [{"action": "restrict", "supplier": "china", "percent": 150}]}, "percent"),
        ({"actions": [{"action": "forbid", "supplier": "china"}]}, "action"),
        ({"actions": []}, "actions"),
    ],
)
def test_a_scenario_that_makes_no_sense_is_refused_with_what_is_wrong(client: TestClient, plan: Any, parameter: str) -> None:
    answer = client.post("/scenarios", json=plan)
    assert answer.status_code == 400, answer.text
    assert parameter in answer.text


def test_coverage_and_episodes_answer_in_one_call(client: TestClient) -> None:
    covered = _json(client, "/coverage?as_of=2012-12-31&by=stated")
    [tungsten] = [row for row in covered["minerals"] if row["mineral"]["slug"] == "tungsten"]
    # 4.2 to 4.4: recycling priority, substitution target, stockpiled
    assert {cell["pillar"]["slug"] for cell in tungsten["pillars"] if cell["responses"]} == {
        "recycling",
        "substitute-materials",
        "stockpiling",
    }
    periods = _json(client, "/episodes")["episodes"]
    assert [(period["since"], period["until"]) for period in periods] == [("2010-01-01", "2012-12-31"), ("2025-01-01", "2026-12-31")]
