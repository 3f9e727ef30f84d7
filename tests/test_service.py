"""The service as a client meets it: look-ups, queries, SPARQL, linked data, errors."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyoxigraph
import pytest
import rdflib
from fastapi.testclient import TestClient
from live import WAIT, WORK

from kg import Graph
from kg.export import registry
from kg.namespaces import kind_of
from kg.workers.client import Limits
from service.app import create_app

pytestmark = pytest.mark.slow

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
KINDS = [
    "minerals",
    "countries",
    "measures",
    "projects",
    "programmes",
    "pillars",
    "disputes",
    "documents",
    "products",
    "lists",
    "organisations",
]
SECONDS = 10.0  # that a runaway has, and what is asked beside it


@pytest.fixture(scope="module")
def limited(graph: Graph) -> Iterator[TestClient]:
    """A service that is soon at its limits, yet not with what is asked beside a runaway on a busy machine."""
    with TestClient(create_app(graph, Limits(seconds=SECONDS, rows=50, patience=WAIT), work=WORK)) as opened:
        yield opened


def _json(client: TestClient, address: str, status: int = 200) -> Any:
    response = client.get(address, headers={"Accept": "application/json"})
    assert response.status_code == status, response.text
    return response.json()


def test_health_names_the_data_version(client: TestClient, graph: Graph) -> None:
    found = _json(client, "/healthz")
    assert found["status"] == "ok"
    assert found["data_version"] == graph.version
    assert client.get("/minerals").headers["Lode-Data-Version"] == graph.version


@pytest.mark.parametrize("plural", KINDS)
def test_every_kind_lists_its_things_and_shows_each(client: TestClient, plural: str) -> None:
    found = _json(client, f"/{plural}?limit=1000")
    assert found["total"] == len(found["items"]) > 0
    for item in found["items"][:5]:
        assert _json(client, f"/{plural}/{item['slug']}")["iri"] == item["iri"]


def test_a_list_is_paged_without_loss(client: TestClient) -> None:
    whole = [item["slug"] for item in _json(client, "/minerals?limit=1000")["items"]]
    seen: list[str] = []
    address: str | None = "/minerals?limit=7"
    while address:
        found = _json(client, address)
        seen += [item["slug"] for item in found["items"]]
        address = found["next"]
    assert seen == whole


def test_a_mineral_shows_its_risks_and_responses_each_with_a_source(client: TestClient) -> None:
    found = _json(client, "/minerals/rare-earths")
    shares = {
        (entry["thing_label"], entry["at_least"]) for entry in found["risks"]["dependence"] if entry["indicator"] == "procurement-share"
    }
    assert ("China", 97) in shares
    assert [pillar["number"] for pillar in found["responses"]] == [1, 2, 3, 4]
    entries = [*found["risks"]["dependence"], *found["risks"]["prices"], *found["risks"]["lists"], *found["uses"], *found["statements"]]
    assert entries
    assert all(entry["document"] and entry["place"] and entry["certainty"] and entry["statement"] for entry in entries)


def test_a_member_shows_what_holds_for_its_group(client: TestClient) -> None:
    found = _json(client, "/minerals/dysprosium")
    assert any(entry["via"] and entry["via"].endswith("/rare-earths") for entry in found["risks"]["dependence"])
    assert "cn-rare-earth-export-quota" in {measure["slug"] for measure in found["risks"]["measures"]}


def test_what_is_missing_is_null_and_a_pillar_without_entries_is_not_covered(client: TestClient) -> None:
    found = _json(client, "/minerals/beryllium")
    assert all(pillar["covered"] is bool(pillar["entries"]) for pillar in found["responses"])
    assert not any(pillar["covered"] for pillar in found["responses"])
    assert all(entry["value"] is None and entry["more_than"] == 50 for entry in found["risks"]["dependence"])


@pytest.mark.parametrize(("day", "there"), [("2005-12-31", False), ("2006-01-01", True), ("2012-12-31", True)])
def test_a_measure_is_in_force_from_its_effective_day_on(client: TestClient, day: str, there: bool) -> None:
    slugs = {item["slug"] for item in _json(client, f"/minerals/rare-earths/measures?as_of={day}")["items"]}
    assert ("cn-rare-earth-export-tax" in slugs) is there


def test_an_announced_measure_is_not_in_force(client: TestClient) -> None:
    listed = {item["slug"] for item in _json(client, "/measures?mineral=nickel")["items"]}
    in_force = {item["slug"] for item in _json(client, "/measures?mineral=nickel&in_force_on=2012-12-31")["items"]}
    assert "id-ore-export-ban" in listed
    assert "id-ore-export-ban" not in in_force


def _states(client: TestClient, path: str) -> dict[str, tuple[str, str | None]]:
    return {item["slug"]: (item["state"], item["suspended_until"]) for item in _json(client, path)["items"]}


def test_a_minerals_measures_as_of_a_day_show_their_state(client: TestClient) -> None:
    ban, licence = "cn-us-gallium-germanium-antimony-ban", "cn-gallium-germanium-licence"
    assert _states(client, "/minerals/gallium/measures?as_of=2023-07-31") == {licence: ("announced", None)}
    # Two bans on whatever stands on the list of dual-use items reach it through the list.
    through = dict.fromkeys(("cn-us-military-dual-use-ban", "cn-japan-military-dual-use-ban"), ("in-force", None))
    now = {licence: ("in-force", None), ban: ("suspended", "2026-11-27"), **through}
    assert _states(client, "/minerals/gallium/measures?as_of=2026-01-15") == now
    assert _states(client, "/minerals/gallium/measures?as_of=2026-11-28")[ban] == ("suspension-lapsed", "2026-11-27")


def test_measures_in_force_leave_out_the_suspended_and_mark_the_lapsed(client: TestClient) -> None:
    sleeping = _states(client, "/measures?mineral=holmium&in_force_on=2026-01-15")
    assert "cn-five-rare-earth-licence" not in sleeping
    assert {state for state, _ in sleeping.values()} == {"in-force", "in-force-unconfirmed"}
    after = _states(client, "/measures?mineral=holmium&in_force_on=2026-11-25")
    assert after["cn-five-rare-earth-licence"] == ("suspension-lapsed", "2026-11-10")


def test_measures_of_a_day_count_acts_name_whom_they_are_aimed_at_and_how_new_the_documents_are(client: TestClient) -> None:
    found = _json(client, "/measures?mineral=dysprosium&as_of=2026-01-15")
    assert (found["acts_in_force"], found["acts_unconfirmed"]) == (9, 4)  # as worked out by hand in expected/states
    entries = {item["slug"]: item for item in found["items"]}
    ban = entries["cn-us-military-dual-use-ban"]
    assert (ban["targets"], ban["since"], ban["until"], ban["last_confirmed"]) == ("United States", "2024-12-03", None, "2025-11-09")
    assert ban["act"] != ban["iri"]
    assert entries["cn-rare-earth-vat-rebate-abolition"]["since"] == "2004"  # as precise as the article
    assert found["knowledge_horizon"] >= "2026-01-06"
    assert _json(client, "/healthz")["knowledge_horizon"] >= found["knowledge_horizon"][:4]
    plain = _json(client, "/measures?mineral=dysprosium")
    assert (plain["acts_in_force"], plain["as_of"]) == (None, None)


def test_known_by_leaves_out_later_documents(client: TestClient) -> None:
    quota = "cn-rare-earth-export-quota"
    assert _states(client, "/measures?mineral=rare-earths&as_of=2015-06-01&limit=1000")[quota] == ("ended", None)
    assert _states(client, "/measures?mineral=rare-earths&as_of=2015-06-01&known_by=2013-12-31&limit=1000")[quota] == ("in-force", None)
    assert client.get("/measures?known_by=2013-12-31").status_code == 400


def test_measures_as_of_a_day_are_all_that_were_known_by_then(client: TestClient) -> None:
    found = _states(client, "/measures?mineral=holmium&type=XR-LIC&as_of=2025-10-20")
    assert found["cn-five-rare-earth-licence"] == ("announced", None)
    assert found["cn-overseas-rare-earth-origin-licence"] == ("in-force", None)
    assert _states(client, "/measures?as_of=1990-01-01") == {}
    assert client.get("/measures?as_of=2026-01-15&in_force_on=2026-01-15").status_code == 400


def test_a_part_of_an_act_can_sleep_while_another_is_in_force(client: TestClient) -> None:
    found = _states(client, "/measures?country=china&as_of=2026-11-25&limit=1000")
    assert found["cn-us-military-dual-use-ban"] == ("in-force", None)
    assert found["cn-us-graphite-end-use-review"] == ("suspended", "2026-11-27")


def test_measures_are_filtered_by_type_with_narrower_types(client: TestClient) -> None:
    wide = {item["slug"] for item in _json(client, "/measures?type=XR&country=china&limit=1000")["items"]}
    narrow = {item["slug"] for item in _json(client, "/measures?type=XR-QTA&country=china")["items"]}
    assert "cn-rare-earth-export-quota" in narrow < wide


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("レアアース", "rare-earths"),
        ("rare earth", "rare-earths"),
        ("Dy", "dysprosium"),
        ("ジスプロ", "dysprosium"),
        ("白金", "platinum"),
        ("プラチナ", "platinum"),
        ("ユウロピウム", "europium"),
        ("ｔｕｎｇｓｔｅｎ", "tungsten"),
        ("W", "tungsten"),
        ("Mount Weld", "mount-weld"),
        ("アメリカ", "united-states"),
    ],
)
def test_search_finds_first_what_a_person_means(client: TestClient, text: str, first: str) -> None:
    assert client.get("/search", params={"q": text}).json()["items"][0]["slug"] == first


def test_the_language_follows_the_parameter_before_the_header(client: TestClient) -> None:
    german = {"Accept-Language": "de, ja;q=0.8, en;q=0.5"}
    assert client.get("/minerals/tungsten", headers=german).json()["label"] == "タングステン"
    assert client.get("/minerals/tungsten?lang=en", headers=german).json()["label"] == "Tungsten"


@pytest.mark.parametrize(
    ("address", "status", "part"),
    [
        ("/minerals/tungstn", 404, "tungsten"),
        ("/minerals?page=2", 400, "limit"),
        ("/minerals?limit=0", 400, "limit"),
        ("/minerals?limit=x", 400, "limit"),
        ("/minerals/tungsten?as_of=2012-02-30", 400, "YYYY-MM-DD"),
        ("/minerals/tungsten?lang=fr", 400, "en, ja"),
        ("/measures?country=chin", 404, "china"),
        ("/measures?type=XR-QUOTA", 404, "XR-QTA"),
        ("/search", 400, "q"),
        ("/search?q=%20", 400, "blank"),
        ("/search?q=a&kind=minerals", 400, "mineral"),
        ("/queries/export-quotes", 404, "export-quotas"),
        ("/queries/export-quotas?sinc=2010", 400, "since"),
        ("/queries/export-quotas?format=xls", 400, "csv"),
        ("/paths?source=automobile&target=automobile", 400, "two"),
        ("/paths?source=automobile&target=mars", 404, "mars"),
        ("/graph.gexff", 404, "gexf"),
        ("/graph.gexf?depth=9", 400, "depth"),
        ("/graph.gexf?kinds=minral", 404, "mineral"),
        ("/graph.gexf?part=nodes", 400, "csv-gephi"),
        ("/graph.parquet?part=rows", 400, "edges"),
        ("/graph.owl?center=tungsten", 400, "whole"),
        ("/id/minerals/tungsten", 404, "mineral"),
        ("/id/mineral/tungsten?format=n3", 400, "turtle"),
        ("/nowhere", 404, "/docs"),
        ("/sparql.csv", 400, "query"),
        ("/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%7D", 400, "column"),
    ],
)
def test_bad_input_is_answered_with_what_would_be_right(client: TestClient, address: str, status: int, part: str) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert part in response.text


@pytest.mark.parametrize("format", list(registry.FORMATS))
def test_every_export_comes_as_its_type_under_its_name(client: TestClient, graph: Graph, format: str) -> None:
    near = {} if format == "owl" else {"center": "dysprosium", "kinds": ["mineral", "country"]}
    response = client.get(f"/graph.{format}", params={**near, "lang": "ja"})
    kept = registry.FORMATS[format]
    assert response.headers["content-type"].split(";")[0] == kept.media_type
    assert response.headers["content-disposition"].endswith(f'.{kept.extension}"')
    assert response.content == registry.write(graph, format, **near, lang="ja")


def test_one_table_of_an_export_comes_alone(client: TestClient) -> None:
    response = client.get("/graph.csv-neo4j?center=dysprosium&kinds=country&part=nodes&lang=ja")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'inline; filename="lodegraph-dysprosium-nodes.csv"'
    assert [row["label_ja"] for row in csv.DictReader(io.StringIO(response.text))] == ["中国", "ジスプロシウム"]


def test_the_document_lists_every_export_and_its_types(client: TestClient) -> None:
    call = _json(client, "/openapi.json")["paths"]["/graph.{format}"]["get"]
    by_name = {parameter["name"]: parameter for parameter in call["parameters"]}
    assert by_name["format"]["schema"]["enum"] == list(registry.FORMATS)
    assert all(f"`{name}`" in by_name["format"]["description"] for name in registry.FORMATS)
    assert {kept.media_type for kept in registry.FORMATS.values()} <= set(call["responses"]["200"]["content"])
    assert {"center", "depth", "as_of", "kinds", "part", "lang"} <= set(by_name)


def test_a_method_that_is_not_allowed_is_a_problem(client: TestClient) -> None:
    response = client.delete("/minerals")
    assert (response.status_code, response.headers["content-type"]) == (405, "application/problem+json")


def test_a_named_query_comes_as_json_and_csv_alike(client: TestClient) -> None:
    found = _json(client, "/queries/export-quotas?mineral=rare-earths&since=2010")
    rows = list(csv.DictReader(io.StringIO(client.get("/queries/export-quotas?mineral=rare-earths&since=2010&format=csv").text)))
    assert found["columns"] == list(rows[0])
    assert [str(row["value"]) for row in found["rows"]] == [row["value"] for row in rows]
    assert "VALUES ?since { 2010 }" in found["sparql"] or '"2010"' in found["sparql"]


def test_the_openapi_document_describes_every_call_with_an_example(client: TestClient) -> None:
    described = _json(client, "/openapi.json")
    for path, calls in described["paths"].items():
        for call in calls.values():
            assert call["summary"], path
            assert call.get("description"), path


def test_the_docs_page_asks_no_other_host(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "http://" not in page.replace("http://testserver", "")
    assert "https://" not in page


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("image/png", "application/sparql-results+json"),
    ],
)
def test_sparql_answers_in_the_format_asked_for(client: TestClient, accept: str, media: str) -> None:
    response = client.get("/sparql", params={"query": "SELECT ?s { ?s ?p ?o } LIMIT 1"}, headers={"Accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, media)


QUERY = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?s ?l { ?s rdfs:label ?l . FILTER(?l = "タングステン"@ja) } ORDER BY ?s LIMIT 3"""


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_a_real_reader_reads_each_result_format(client: TestClient, graph: Graph, format: str) -> None:
    response = client.post("/sparql", data={"query": QUERY, "format": format})
    expected = [str(row["s"]) for row in graph.store.query(QUERY)]
    if format == "csv":
        assert [row["s"] for row in csv.DictReader(io.StringIO(response.text))] == expected
        return
    kept = {"json": pyoxigraph.QueryResultsFormat.JSON, "xml": pyoxigraph.QueryResultsFormat.XML, "tsv": pyoxigraph.QueryResultsFormat.TSV}
    solutions = pyoxigraph.parse_query_results(response.content, kept[format])
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    assert [(solution["s"].value, solution["l"].language) for solution in solutions] == [(iri, "ja") for iri in expected]


@pytest.mark.parametrize("format", ["turtle", "ntriples", "jsonld", "rdfxml"])
def test_construct_comes_in_each_rdf_format(client: TestClient, format: str) -> None:
    query = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 5"
    body = client.post(
        "/sparql", content=query, headers={"Content-Type": "application/sparql-query", "Accept": "*/*"}, params={"format": format}
    ).content
    parsed = rdflib.Graph().parse(data=body, format={"ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}.get(format, format))
    assert len(parsed) == 5


def test_rows_past_the_limit_are_cut_and_the_answer_says_so(limited: TestClient) -> None:
    cut = limited.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"})
    whole = limited.get("/sparql", params={"query": "SELECT * { ?s ?p ?o } LIMIT 50"})
    assert len(cut.json()["results"]["bindings"]) == 50
    assert cut.headers["Lode-Truncated"] == "rows; limit=50"
    assert "Lode-Truncated" not in whole.headers


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <x:a> <x:b> <x:c> }",
        "LOAD <http://example.org/>",
        "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
        "CLEAR ALL",
    ],
)
def test_sparql_only_reads_and_asks_no_other_endpoint(client: TestClient, text: str) -> None:
    assert client.get("/sparql", params={"query": text}).status_code == 400
    assert client.post("/sparql", data={"update": text}).status_code == 400


def test_a_body_of_another_type_is_refused(client: TestClient) -> None:
    assert client.post("/sparql", content="ASK {}", headers={"Content-Type": "text/plain"}).status_code == 415


def test_a_runaway_is_stopped_while_others_are_answered(limited: TestClient) -> None:
    with ThreadPoolExecutor(2) as threads:
        runaway = threads.submit(limited.get, "/sparql", params={"query": RUNAWAY})
        beside = limited.get("/sparql", params={"query": "ASK { ?s ?p ?o }"})
        assert beside.json()["boolean"] is True
        assert not runaway.done()
        stopped = runaway.result()
    assert stopped.status_code == 422
    assert stopped.json()["limit"] in ("time", "memory")  # whichever it meets first
    assert limited.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).status_code == 200


def test_a_worker_that_dies_is_replaced(client: TestClient) -> None:
    deep = "ASK { FILTER(" + "!" * 150_000 + "true) }"
    assert client.post("/sparql", data={"query": deep}).status_code in (200, 400, 422)
    assert client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).json()["boolean"] is True


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples; charset=utf-8"),
    ],
)
def test_a_thing_is_served_at_its_own_path_in_the_format_asked_for(client: TestClient, accept: str, media: str) -> None:
    response = client.get("/id/mineral/tungsten", headers={"Accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, media)
    assert "Accept" in response.headers["vary"]


def test_a_browser_is_led_from_a_thing_to_its_page(client: TestClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
    response = client.get("/id/mineral/tungsten?lang=ja", headers=browser, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, "/minerals/tungsten?lang=ja")
    assert "Accept" in response.headers["vary"]
    page = client.get(response.headers["location"], headers=browser)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "タングステン" in page.text


def test_a_page_and_its_call_stand_at_one_address(client: TestClient) -> None:
    assert client.get("/minerals/tungsten").json() == client.get("/minerals/tungsten?format=json").json()
    assert client.get("/minerals/tungsten?format=html").headers["content-type"].startswith("text/html")
    table = client.get("/minerals/tungsten?format=csv&table=pillars&as_of=2012-12-31").text.splitlines()
    assert len(table) == 5
    assert client.get("/minerals/tungsten?format=csv&table=pilars").json()["near"][0] == "pillars"


def test_a_browser_gets_its_errors_as_a_page(client: TestClient) -> None:
    response = client.get("/minerals/tungstn", headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "tungsten" in response.text


def test_all_rdf_formats_of_a_thing_say_the_same(client: TestClient) -> None:
    read = {"turtle": "turtle", "ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}
    sizes = {
        name: len(rdflib.Graph().parse(data=client.get(f"/id/mineral/tungsten?format={name}").content, format=kept))
        for name, kept in read.items()
    }
    assert len(set(sizes.values())) == 1
    assert min(sizes.values()) > 20


def test_a_client_that_has_this_version_is_told_so(client: TestClient) -> None:
    tag = client.get("/minerals/tungsten").headers["ETag"]
    assert client.get("/minerals/tungsten", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/minerals/tungsten?lang=ja", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_start_page_searches_and_links_without_inline_scripts_or_other_hosts(client: TestClient, lang: str) -> None:
    page = client.get(f"/?lang={lang}&q=ジスプロ").text
    assert f'<html lang="{lang}">' in page
    assert "/minerals/dysprosium" in page
    assert page.count("<script") == page.count('<script type="module" src="/static/') > 0
    canonical = re.findall(r'<link rel="canonical" href="[^"]*">', page)
    assert len(canonical) == 1
    assert "http" not in page.replace(canonical[0], "")


def test_a_name_from_the_address_is_escaped_in_the_page(client: TestClient) -> None:
    assert "<script>" not in client.get("/?q=<script>alert(1)</script>").text


def test_pages_of_every_kind_and_of_every_source_open_in_both_languages(client: TestClient, graph: Graph) -> None:
    of_kind: dict[str, list[str]] = {}
    for iri in sorted(graph.names):
        if kind_of(iri):
            of_kind.setdefault(kind_of(iri), []).append(iri.removeprefix("https://w3id.org/lodegraph"))
    for kind, paths in of_kind.items():
        for path in paths[:: max(1, len(paths) // (20 if kind == "doc" else 4))]:
            for lang in ("en", "ja"):
                response = client.get(f"{path}?lang={lang}&format=html")
                assert response.status_code == 200, path


def test_json_of_the_service_is_unescaped_utf8(client: TestClient) -> None:
    assert "タングステン" in client.get("/minerals/tungsten?lang=ja").text
    assert json.loads(client.get("/minerals/x").content)["title"] == "Unknown name"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_ontology_is_documented_for_a_reader_term_by_term(client: TestClient, graph: Graph, lang: str) -> None:
    page = client.get(f"/ontology?lang={lang}", headers={"Accept": "text/html"}).text
    for iri in ("Measure", "dayAfter", "XR-QTA", "expected"):
        assert f'id="{iri}"' in page
    assert graph.label("https://w3id.org/lodegraph/ontology#Measure", lang) in page
