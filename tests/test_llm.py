"""The graph for language models, asked by the protocol's own client: in process, over HTTP and over standard input."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from live import LIMITS, WORK, Server, serving
from mcp import Client, MCPError, StdioServerParameters
from starlette.testclient import TestClient

from kg import Graph
from kg.source import files
from kg.workers.client import Limits
from kg.workers.pool import QueryPool
from service.app import create_app
from service.http.concurrency import Bulkheads
from service.mcp.compact import BYTES_MOST
from service.mcp.server import TOOLS, make_server

pytestmark = pytest.mark.slow

# a product of parts: it takes time, and no memory
RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"{{ SELECT * {{ ?a{n} ?b{n} ?c{n} }} LIMIT 4000 }}" for n in range(3)) + " }"
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


@pytest.fixture(scope="module")
def server(graph: Graph) -> Iterator[Any]:
    assert graph.path is not None
    pool = QueryPool(graph.path, LIMITS)
    yield make_server(graph, pool, Bulkheads(WORK))
    pool.close()


def call(target: Any, name: str, /, **values: Any) -> tuple[bool, str]:
    """Whether a tool failed, and its text."""

    async def run() -> tuple[bool, str]:
        async with Client(target) as client:
            found = await client.call_tool(name, values)
            return bool(found.is_error), found.content[0].text  # type: ignore[union-attr]  # all tools give text

    return anyio.run(run)


def answer(target: Any, name: str, /, **values: Any) -> dict[str, Any]:
    failed, text = call(target, name, **values)
    assert not failed, text
    assert len(text.encode()) <= BYTES_MOST
    found: dict[str, Any] = json.loads(text)
    assert {"as_of", "data_version"} <= found.keys()
    return found


def test_every_tool_is_offered_as_reading_only(server: Any) -> None:
    async def run() -> list[Any]:
        async with Client(server) as client:
            return list((await client.list_tools()).tools)

    tools = anyio.run(run)
    assert [tool.name for tool in tools] == [name for name, _, _ in TOOLS]
    assert all(tool.annotations.read_only_hint and not tool.annotations.destructive_hint for tool in tools)
    assert all(tool.description and tool.title for tool in tools)


def test_a_profile_carries_day_figures_measures_and_sources(server: Any) -> None:
    found = answer(server, "mineral", mineral="tungsten", as_of="2012-12-31")
    assert found["as_of"] == "2012-12-31"
    quota = next(item for item in found["measures"] if item["iri"] == "measure/cn-tungsten-export-quota")
    assert (quota["state"], quota["effective"], quota["place"]) == ("in-force", "2005-01-01", "Section 5.1, paragraph 2")
    assert quota["document"] in [source["document"] for source in found["sources"]]
    assert all(figure["year"] <= 2012 and figure["documents"] for figure in found["figures"])
    assert {"pillar": "Promotion of securing overseas resources", "responses": "none recorded"} in found["pillars"]
    assert found["left_off"]["statements"] > 0


def test_measures_sleep_until_their_day(server: Any) -> None:
    found = answer(server, "measures", country="china", mineral="gallium", as_of="2026-01-15")
    states = {item["iri"]: item for item in found["measures"]}
    sleeping = [item for item in states.values() if item["state"] == "suspended"]
    assert sleeping
    assert {item["suspended_until"] for item in sleeping} <= {"2026-11-10", "2026-11-27"}


def test_nothing_recorded_is_said_in_words(server: Any) -> None:
    found = answer(server, "measures", mineral="hafnium", country="bolivia", as_of="1990-01-01")
    assert found["count"] == 0
    assert "not the same as" in found["none"]


def test_coverage_is_cut_with_a_count_and_names_its_tables(server: Any) -> None:
    found = answer(server, "coverage", as_of="2012-12-31")
    assert found["count"] == len(found["minerals"]) + found["left_off"]["minerals"]
    one = answer(server, "coverage", minerals=["tungsten"], as_of="2012-12-31")["minerals"][0]
    assert (one["overseas-resources"], len(one["recycling"]), len(one["stockpiling"])) == ("none recorded", 1, 1)
    assert (one["recycling"][0]["degree"], one["stockpiling"][0]["degree"]) == ("designated", "operating")
    assert one["designated_only"] == ["recycling"]
    assert "table/cepii-baci-hs92-japan-imports" in [source["document"] for source in found["sources"]]


def test_paths_and_what_if(server: Any) -> None:
    steps = answer(server, "paths", source="air-conditioner", target="china", as_of="2012-12-31")["paths"][0]
    assert [step["target"] for step in steps] == ["material/dysprosium-neodymium-magnet", "mineral/dysprosium", "country/china"]
    assert steps[0]["place"] == "Figure 7: Action on magnets that contain dysprosium"
    lost = answer(server, "what_if", actions=[{"action": "restrict", "supplier": "china", "percent": 0}])
    assert all(item["lost"] == [0, 0] for item in lost["minerals"])


def test_named_queries_are_listed_and_asked(server: Any) -> None:
    names = [query["name"] for query in answer(server, "queries")["queries"]]
    assert {"export-quotas", "suspended-measures"} <= set(names)
    rows = answer(server, "ask", name="export-quotas", parameters={"mineral": "rare-earths", "since": 2010, "until": 2010})["rows"]
    assert any(row["value"] == 30259 and row["place"].startswith("Section 3.1, paragraph 2") for row in rows)


def test_the_schema_card_is_whole(server: Any) -> None:
    found = answer(server, "schema", lang="ja")
    assert "left_off" not in found
    assert next(entry for entry in found["classes"] if entry["class"] == "lode:Mineral")["count"] > 100
    assert found["prefixes"]["lode"] == "https://w3id.org/lodegraph/ontology#"
    assert len(found["pitfalls"]) == len(answer(server, "schema")["pitfalls"])
    assert answer(server, "sparql", query=found["example"]["sparql"])["count"] >= 17


def test_sparql_gives_rows_truth_and_turtle(server: Any) -> None:
    rows = answer(server, "sparql", query="SELECT ?s WHERE { ?s a <https://w3id.org/lodegraph/ontology#Figure> } LIMIT 300")
    assert len(rows["rows"]) + rows.get("left_off", {}).get("rows", 0) == 100  # and one more is asked for, to tell that there are more
    assert "count" not in rows
    assert "more than 100 rows" in rows["cut"]
    assert answer(server, "sparql", query="ASK { ?s ?p ?o }")["truth"] is True
    graph = answer(server, "sparql", query="CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3000")
    assert graph["turtle"].startswith("@prefix")
    assert graph["lines_left_off"] > 0


def test_citing_a_statement_a_figure_and_a_source(server: Any) -> None:
    said = answer(server, "cite", name="jp/hasehira-2013#1-import-share-tungsten")
    assert said["reference"].startswith("Hasehira Ken'ichi. ")
    assert (said["locator"], said["certainty"], said["issued"]) == ("Section 1, paragraph 5", "stated", "2013")
    assert said["iri"] == "<https://w3id.org/lodegraph/doc/jp/hasehira-2013#1-import-share-tungsten>"
    line = "table/cepii-baci-hs92-japan-imports#japan-imports-261100-quantity-5194-2011"
    assert answer(server, "cite", name=line)["locator"] == "line 5194"
    assert answer(server, "cite", name="jp/hasehira-2013", lang="ja")["authors"] == "馳平 憲一"


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("mineral", {"mineral": "tungstn"}, ["There is no mineral", "tungsten"]),
        ("mineral", {"mineral": "tungsten", "as_of": "2012-13-01"}, ["as_of is “2012-13-01”", "YYYY-MM-DD"]),
        ("mineral", {"mineral": "tungsten", "lang": "fr"}, ["lang", "'en' or 'ja'"]),
        ("search", {"text": " "}, ["text is blank"]),
        ("search", {"text": "tungsten", "kind": "minral"}, ["There is no kind", "mineral"]),
        ("measures", {"type": "XR-QT"}, ["There is no measure-type", "XR-QTA"]),
        ("paths", {"source": "air-conditioner", "target": "chna"}, ["There is no", "china"]),
        ("what_if", {"actions": [{"action": "restrict"}]}, ["give either supplier or measure"]),
        ("ask", {"name": "export-quota"}, ["There is no query", "export-quotas"]),
        ("ask", {"name": "export-quotas", "parameters": {"minral": "x"}}, ["no parameter “minral”", "mineral"]),
        ("cite", {"name": "jp/hasehira-2013#1-import-share-tungstn"}, ["There is no statement", "#1-import-share-tungsten"]),
        ("sparql", {"query": "SELEC"}, ["Line 1, column"]),
        ("sparql", {"query": "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"}, ["SERVICE is refused"]),
        ("sparql", {"query": "DELETE WHERE { ?s ?p ?o }"}, ["refused"]),
    ],
)
def test_errors_reach_the_model_in_words_it_can_act_on(server: Any, name: str, values: dict[str, Any], words: list[str]) -> None:
    failed, text = call(server, name, **values)
    assert failed
    assert [word for word in words if word not in text] == [], text


def test_a_query_that_takes_too_long_is_said_to_be_stopped(graph: Graph) -> None:
    assert graph.path is not None
    pool = QueryPool(graph.path, Limits(seconds=1))
    try:
        failed, text = call(make_server(graph, pool), "sparql", query=RUNAWAY)
    finally:
        pool.close()
    assert failed
    assert "stopped after 1 seconds" in text
    assert "Narrow it" in text


def test_resources_and_the_briefing_prompt(server: Any) -> None:
    async def run() -> tuple[Any, ...]:
        async with Client(server) as client:
            card = await client.read_resource("lode://schema")
            profile = await client.read_resource("lode://mineral/tungsten")
            prompts = [await client.get_prompt("supply_risk_brief", {"mineral": "tungsten", "lang": lang}) for lang in ("en", "ja")]
            errors = []
            for wrong in ({"mineral": "tungstn"}, {"mineral": "tungsten", "lang": "fr"}):
                with pytest.raises(MCPError) as raised:
                    await client.get_prompt("supply_risk_brief", wrong)
                errors.append(str(raised.value))
            with pytest.raises(MCPError, match="Near it: tungsten"):
                await client.read_resource("lode://mineral/tungstn")
            return card, profile, prompts, errors

    card, profile, prompts, errors = anyio.run(run)
    assert json.loads(card.contents[0].text)["classes"]
    assert json.loads(profile.contents[0].text)["iri"] == "mineral/tungsten"
    assert "Tungsten (tungsten)" in prompts[0].messages[0].content.text
    assert "タングステン（tungsten）" in prompts[1].messages[0].content.text
    assert "tungsten" in errors[0]
    assert "en, ja" in errors[1]


def test_over_http_with_and_without_a_slash(lodegraph: Server) -> None:
    for path in ("/mcp", "/mcp/"):
        found = answer(lodegraph.address + path, "search", text="ジスプロ")
        assert found["things"][0]["iri"] == "mineral/dysprosium"
    failed, text = call(lodegraph.address + "/mcp/", "ask", name="export-quota")
    assert failed
    assert "Near it: export-quotas" in text


def post(server: Server, path: str = "/mcp", body: Any = None, **headers: str) -> Any:
    given = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **headers}
    return server.send("POST", path, given, json.dumps(INITIALIZE) if body is None else body)


def test_a_plain_post_is_answered_as_json(lodegraph: Server) -> None:
    reply = post(lodegraph)
    assert (reply.status, reply.media) == (200, "application/json")
    assert reply.json()["result"]["serverInfo"]["name"] == "lodegraph"
    assert "mcp-session-id" not in reply.headers


def test_a_foreign_host_or_origin_is_refused(lodegraph: Server) -> None:
    assert post(lodegraph, Host="lodegraph.example").status == 421
    assert post(lodegraph, Origin="https://evil.example").status == 403
    assert post(lodegraph, Origin=lodegraph.address).status == 200


def test_other_methods_long_bodies_and_broken_ones_are_refused(lodegraph: Server) -> None:
    asked = lodegraph.get("/mcp", accept="text/event-stream")
    assert (asked.status, asked.media, asked.headers["allow"]) == (405, "application/problem+json", "POST, OPTIONS")
    assert lodegraph.send("DELETE", "/mcp/").status == 405
    assert post(lodegraph, body="x" * 200_001).status == 413
    broken = post(lodegraph, body="{")
    assert broken.status == 400
    assert broken.json()["error"]["code"] == -32700


def test_without_the_protocols_library_the_service_says_what_to_install(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "service.mcp.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp", None)
    with TestClient(create_app(graph, LIMITS, work=WORK)) as client:
        told = client.post("/mcp", json=INITIALIZE)
    assert (told.status_code, told.headers["content-type"]) == (501, "application/problem+json")
    assert told.json()["advice"] == "Install it: python3 run.py install mcp."


def test_tools_are_documented() -> None:
    text = (files.root() / "docs" / "mcp.md").read_text(encoding="utf-8")
    assert [name for name, _, _ in TOOLS if f"`{name}`" not in text] == []


def test_hosts_may_be_allowed(tmp_path: Path) -> None:
    with serving("--hosts", "lodegraph.example, graph.example", log=tmp_path / "log") as server:
        assert post(server, Host="lodegraph.example").status == 200
        assert post(server, Host="graph.example:8443", Origin="https://graph.example:8443").status == 200
        assert post(server, Host="other.example").status == 421


def test_over_standard_input(tmp_path: Path) -> None:
    started = StdioServerParameters(
        command=sys.executable, args=["-m", "service", "mcp"], cwd=files.root(), env={**os.environ, "LODE_QUERY_SECONDS": "5"}
    )

    async def run() -> tuple[Any, ...]:
        async with Client(started) as client:
            good = await client.call_tool("search", {"text": "dysprosium"})
            bad = await client.call_tool("sparql", {"query": RUNAWAY})
            return client.server_info, good, bad

    info, good, bad = anyio.run(run)
    assert info.name == "lodegraph"
    assert json.loads(good.content[0].text)["things"][0]["iri"] == "mineral/dysprosium"
    assert bad.is_error
    assert "stopped after 5 seconds" in bad.content[0].text
