"""Whatever a client sends that the OpenAPI document allows, or does not: the answer is one that the document declares, and never a 5xx.

Hypothesis makes up the requests, by schemathesis, from the document itself: the same ones in every run.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from shutil import copytree, ignore_patterns
from threading import Thread
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from live import LIMITS, WAIT, WORK, Server
from schemathesis.specs.openapi.checks import allow_header_conformance, positive_data_acceptance, unsupported_method

from kg import open_graph
from kg.source import files
from service.app import create_app

pytestmark = pytest.mark.slow

EXAMPLES = 8
QUERIES = ["ASK {}", "SELECT * { ?s ?p ?o } LIMIT 3", "CONSTRUCT WHERE { ?s a ?o } LIMIT 3", "DESCRIBE <http://example.org/>", "SELECT"]
DOCUMENT = create_app().openapi()
# No schema can say that a text is a query, that one parameter excludes another, or what a reader of Mermaid can bear.
FREE = ("/sparql", "/sparql.{extension}", "/graphs", "/graph.{format}", "/measures", "/minerals/{slug}/policy", "/compare")
FREE += ("/episodes", "/scenarios", "/minerals/{slug}/imports")

# Answers have the same form over one document as over all, and a whole graph of tables takes seconds to write.
LEFT_OUT = ("tables", "examples", "ca", "cd", "cn", "eu", "iea", "in", "press", "uk", "us", "vn", "wto")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service over a part of our own graph, without the tables, answers."""
    folder = tmp_path_factory.mktemp("part")
    copytree(files.root() / "ontology", folder / "ontology", ignore=ignore_patterns(*LEFT_OUT))
    copytree(files.root() / "queries", folder / "queries")
    app = create_app(open_graph(folder, validate=False, at=""), LIMITS, work=WORK)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = server.force_exit = True  # without waiting for connections that clients keep
    thread.join(WAIT)


schemathesis.openapi.media_type("application/sparql-query", st.sampled_from(QUERIES).map(str.encode) | st.text().map(str.encode))
schema = schemathesis.openapi.from_dict(DOCUMENT)


@schema.parametrize()
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_every_call_answers_as_the_document_says(case: schemathesis.Case, address: str) -> None:
    # The document cannot name the method QUERY, which /sparql answers, and does not name the page of a form, which a GET gives.
    left_out = [positive_data_acceptance] if case.path in FREE else []
    left_out += [unsupported_method, allow_header_conformance] if case.path in ("/sparql", "/scenarios") else []
    case.call_and_validate(base_url=address, timeout=WAIT, excluded_checks=left_out)


def test_the_document_served_is_the_one_tested(lodegraph: Server) -> None:
    assert lodegraph.get("/openapi.json").json() == json.loads(json.dumps(DOCUMENT))


def _example(param: dict[str, Any]) -> Any:
    """What the document gives as an example of a parameter, else its default, else the first value that it may have."""
    schema = param["schema"]
    items = [schema["items"]["enum"][:1]] if "enum" in schema.get("items", {}) else []
    shown = [item["value"] for item in param.get("examples", {}).values()]
    found = [*([param["example"]] if "example" in param else []), *shown, *schema.get("examples", ()), *schema.get("enum", ()), *items]
    return [*found, schema.get("default")][0]


# Of archives alone; with a measure; with a day; and what gives everything, asked of a small dataset in test_discovery.
NOT_ALONE = {"part", "t", "known_by", "default"}
EVERY = [(path, param) for path, calls in DOCUMENT["paths"].items() for param in calls.get("get", {}).get("parameters", ())]


@pytest.mark.parametrize("path", [path for path, calls in DOCUMENT["paths"].items() if "get" in calls])
def test_every_call_answers_its_own_examples(lodegraph: Server, path: str) -> None:
    given = {param["name"]: _example(param) for at, param in EVERY if at == path}
    assert None not in given.values(), [name for name, value in given.items() if value is None]
    needed = {param["name"] for at, param in EVERY if at == path and param.get("required")}
    inside = {name for name in given if f"{{{name}}}" in path}
    address = path.format(**{name: quote(str(given[name]), safe="/") for name in inside})
    needed |= {"measure"} if path.endswith("/policy") else set()  # or a day
    optional = sorted(given.keys() - needed - NOT_ALONE)
    together = path.startswith("/queries/")  # whose parameters narrow each other and exclude none: one answer instead of one each
    for names in [optional] if together else [[name] for name in optional] or [[]]:
        asked = {key: value for key, value in given.items() if (key in needed or key in names) and key not in inside}
        reply = lodegraph.get(f"{address}?{urlencode(asked, doseq=True)}")
        assert reply.status in (200, 303), (address, asked, reply.body[:500])


CALLS = [
    "/minerals",
    "/queries",
    "/queries/pillars",
    "/search?q=a",
    "/paths?source=a&target=b",
    "/graph.dot",
    "/id/mineral/tungsten",
    "/ontology",
]


@pytest.mark.parametrize("path", [*CALLS, "/.well-known/void", "/sparql/prefixes", "/graphs"])
def test_an_unknown_parameter_is_refused(lodegraph: Server, path: str) -> None:
    reply = lodegraph.get(f"{path}{'&' if '?' in path else '?'}langg=ja")
    assert (reply.status, reply.media, reply.json()["parameter"]) == (400, "application/problem+json", "langg")
    assert "langg" in reply.json()["detail"]
    assert path not in CALLS or reply.json()["near"][0] == "lang"


@pytest.mark.parametrize("path", CALLS)
def test_a_parameter_given_twice_is_refused(lodegraph: Server, path: str) -> None:
    reply = lodegraph.get(f"{path}{'&' if '?' in path else '?'}lang=ja&lang=en")
    assert (reply.status, reply.json()["parameter"]) == (400, "lang")
    assert "2 times" in reply.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/minerals/tungsten?as_of=", "/measures?in_force_on=", "/paths?source=a&target=b&as_of=", "/graph.dot?as_of="]
)
def test_an_empty_day_is_refused_rather_than_passed_over(lodegraph: Server, path: str) -> None:
    reply = lodegraph.get(path)
    assert (reply.status, reply.json()["parameter"]) == (400, path.rstrip("=").rsplit("?", 1)[-1].rsplit("&", 1)[-1])


@pytest.mark.parametrize(
    ("path", "name", "allowed"),
    [
        ("/id/mineral/tungsten?format=tutle", "format", "turtle"),
        ("/queries/pillars?format=xlsx", "format", "csv"),
        ("/graphs?format=csv", "format", "rdfxml"),
        ("/.well-known/void?format=csv", "format", "jsonld"),
        ("/minerals?lang=fr", "lang", "ja"),
        ("/search?q=a&kind=ore", "kind", "mineral"),
    ],
)
def test_a_value_that_is_not_one_of_those_allowed_is_refused_with_those(lodegraph: Server, path: str, name: str, allowed: str) -> None:
    reply = lodegraph.get(path)
    assert (reply.status, reply.json()["parameter"]) == (400, name)
    assert allowed in reply.json()["advice"].replace(",", "").replace(".", "").split()


def test_a_body_that_is_too_long_is_refused(lodegraph: Server) -> None:
    reply = lodegraph.send("POST", "/sparql", {"Content-Type": "application/sparql-query"}, b"#" * 1_000_001)
    assert (reply.status, reply.media, reply.json()["limit"]) == (413, "application/problem+json", "body")
