"""What the endpoint says of itself, held against what it does; the Graph Store Protocol; no request reaches a file or the network."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import rdflib
from live import EX, LIMITS, WAIT, WORK, Server
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, RDF, RDFS, SH, VOID
from starlette.testclient import TestClient

import kg
from kg import Graph
from kg.namespaces import BASE, INFERRED, PREFIXES
from kg.source import files
from service.app import create_app

pytestmark = pytest.mark.slow

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = "http://www.w3.org/ns/formats/"
READERS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
}
GRAPHS = [f"{EX}copper", f"{EX}tin", f"{EX}zinc"]
# The format's IRI in a service description, and how it is asked for.
RESULTS = {
    "SPARQL_Results_JSON": "application/sparql-results+json",
    "SPARQL_Results_XML": "application/sparql-results+xml",
    "SPARQL_Results_CSV": "text/csv",
    "SPARQL_Results_TSV": "text/tab-separated-values",
}
GRAPH_RESULTS = {
    "Turtle": "text/turtle",
    "N-Triples": "application/n-triples",
    "N-Quads": "application/n-quads",
    "TriG": "application/trig",
    "RDF_XML": "application/rdf+xml",
    "JSON-LD": "application/ld+json",
}


def _read(server: Server, path: str, accept: str = "text/turtle") -> rdflib.Graph:
    reply = server.get(path, accept)
    assert (reply.status, reply.media) == (200, accept), reply.text
    return rdflib.Graph().parse(data=reply.body, format=READERS[accept], publicID=f"{server.address}{path}")


def _count(server: Server, pattern: str) -> int:
    return int(server.rows(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")[0]["n"])


@pytest.mark.parametrize("name", ["tiny", "lodegraph"])
@pytest.mark.parametrize("path", ["/sparql", "/sparql/", "/.well-known/void"])
def test_the_service_description_names_its_endpoint_in_every_rdf_format(request: pytest.FixtureRequest, name: str, path: str) -> None:
    server: Server = request.getfixturevalue(name)
    described = [_read(server, path, media) for media in READERS]
    endpoint = rdflib.URIRef(f"{server.address}/sparql")
    for graph in described:
        assert (endpoint, RDF.type, SD.Service) in graph
        assert list(graph.objects(endpoint, SD.endpoint)) == [endpoint]
        assert isomorphic(graph, described[0])


def test_every_result_format_that_is_described_is_answered(tiny: Server) -> None:
    described = _read(tiny, "/sparql")
    names = {str(name).removeprefix(FORMATS) for name in described.objects(None, SD.resultFormat)}
    assert names == {*RESULTS, *GRAPH_RESULTS}
    assert all(tiny.query("SELECT (1 AS ?x) {}", media).media == media for media in RESULTS.values())
    assert all(tiny.query("CONSTRUCT { <s> <p> 1 } {}", media).media == media for media in GRAPH_RESULTS.values())
    assert list(described.objects(None, SD.supportedLanguage)) == [SD.SPARQL11Query]


@pytest.mark.parametrize("name", ["tiny", "lodegraph"])
def test_every_graph_is_described_with_its_triples_and_no_other_is(request: pytest.FixtureRequest, name: str) -> None:
    server: Server = request.getfixturevalue(name)
    described = _read(server, "/sparql")
    found = {}
    for entry in described.objects(None, SD.namedGraph):
        (graph,), (held,) = described.objects(entry, SD.name), described.objects(entry, SD.graph)
        (triples,) = described.objects(held, VOID.triples)
        found[str(graph)] = int(triples)
    rows = server.rows("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert found == {row["g"]: int(row["n"]) for row in rows}
    (data,) = described.objects(None, SD.defaultDataset)
    (default,) = described.objects(data, SD.defaultGraph)
    assert [int(n) for n in described.objects(default, VOID.triples)] == [_count(server, "?s ?p ?o")]
    assert list(described.objects(data, VOID.sparqlEndpoint)) == [rdflib.URIRef(f"{server.address}/sparql")]


def test_the_union_default_graph_is_claimed_where_it_is_one_and_only_there(tiny: Server, lodegraph: Server) -> None:
    assert (None, SD.feature, SD.UnionDefaultGraph) in _read(lodegraph, "/sparql")
    assert (None, SD.feature, SD.UnionDefaultGraph) not in _read(tiny, "/sparql")


def test_nothing_of_ours_is_claimed_for_another_dataset(tiny: Server, lodegraph: Server) -> None:
    for name in (DCTERMS.license, DCTERMS.title, VOID.uriSpace, VOID.exampleResource, VOID.vocabulary):
        assert (None, name, None) in _read(lodegraph, "/.well-known/void")
        assert (None, name, None) not in _read(tiny, "/.well-known/void")
    assert len(_read(tiny, "/.well-known/sparql-examples")) == 0


def test_the_inferred_graph_is_apart_and_said_to_be_inferred(lodegraph: Server) -> None:
    described = _read(lodegraph, "/sparql")
    (entry,) = described.subjects(SD.name, rdflib.URIRef(INFERRED))
    (held,) = described.objects(entry, SD.graph)
    assert list(described.objects(held, RDFS.comment))
    assert _count(lodegraph, f"GRAPH <{INFERRED}> {{ ?s ?p ?o }} GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{INFERRED}>)") == 0


def test_void_counts_every_class_and_property_as_the_data_have_them(lodegraph: Server) -> None:
    described = _read(lodegraph, "/.well-known/void")
    classes = {
        str(described.value(part, VOID["class"])): int(str(described.value(part, VOID.entities)))
        for part in described.objects(None, VOID.classPartition)
    }
    properties = {
        str(described.value(part, VOID.property)): int(str(described.value(part, VOID.triples)))
        for part in described.objects(None, VOID.propertyPartition)
    }
    rows = lodegraph.rows("SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c")
    assert classes == {row["c"]: int(row["n"]) for row in rows}
    rows = lodegraph.rows("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p")
    assert properties == {row["p"]: int(row["n"]) for row in rows}


def test_every_example_query_runs_and_is_the_named_query_that_it_describes(lodegraph: Server, graph: Graph) -> None:
    described = _read(lodegraph, "/.well-known/sparql-examples")
    examples = {str(subject): str(text) for subject, text in described.subject_objects(SH.select)}
    assert {name.rsplit("/", 1)[-1] for name in examples} == set(graph.queries)
    for name, text in examples.items():
        subject, slug = rdflib.URIRef(name), name.rsplit("/", 1)[-1]
        assert (subject, RDF.type, SH.SPARQLExecutable) in described
        assert {label.language for label in described.objects(subject, RDFS.label) if isinstance(label, rdflib.Literal)} == {"en", "ja"}
        free = lodegraph.query(text, "application/sparql-results+json").json()
        named = lodegraph.get(f"/queries/{slug}", "application/json").json()
        assert free["head"]["vars"] == named["columns"], slug
        assert len(free["results"]["bindings"]) == len(named["rows"]), slug


def test_prefixes_are_given_and_used(lodegraph: Server) -> None:
    prefixes = lodegraph.get("/sparql/prefixes").json()
    assert prefixes == PREFIXES
    head = "".join(f"PREFIX {name}: <{iri}> " for name, iri in prefixes.items())
    assert lodegraph.truth(f"{head} ASK {{ id:mineral\\/tungsten a lode:Mineral ; rdfs:label 'Tungsten'@en }}")


@pytest.mark.parametrize("accept", [None, *READERS, "*/*", "image/png", "text/html,*/*;q=0.8"])
@pytest.mark.parametrize("graph", GRAPHS)
def test_a_graph_is_had_by_its_name_in_the_format_wanted(tiny: Server, graph: str, accept: str | None) -> None:
    reply = tiny.get(f"/graphs?graph={quote(graph, safe='')}", accept)
    assert (reply.status, reply.media) == (200, accept if accept in READERS else "text/turtle")
    expected = tiny.query(f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", "application/n-triples")
    found = rdflib.Graph().parse(data=reply.body, format=READERS[reply.media])
    assert isomorphic(found, rdflib.Graph().parse(data=expected.body, format="nt"))
    assert len(found) > 0


def test_the_default_graph_is_had_as_the_queries_see_it(tiny: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of another dataset its own default graph; of ours, here without the tables, the union."""
    assert len(_read(tiny, "/graphs?default")) == 1
    monkeypatch.setenv("LODE_CACHE", str(tmp_path / "cache"))
    base, root = tmp_path / "base", files.root()
    (base / "ontology").mkdir(parents=True)
    for path in (root / "ontology").glob("*.ttl"):
        (base / "ontology" / path.name).symlink_to(path)
    (base / "queries").symlink_to(root / "queries")
    again = base / "ontology" / "facts" / "xx" / "again.ttl"
    again.parent.mkdir(parents=True)
    again.write_text(f"<{BASE}id/mineral/tin> a <{BASE}ontology#Mineral> .", encoding="utf-8")
    graph = kg.open_graph(base, validate=False, at="")
    with TestClient(create_app(graph, LIMITS, work=WORK)) as client:
        lines = client.get("/graphs?default&format=ntriples").text.splitlines()
    held = [str(triple) for triple in graph.store.triples()]
    assert len(set(lines)) == len(set(held)) == len(held) - 1


@pytest.mark.parametrize("format", ["turtle", "ntriples", "jsonld", "rdfxml"])
def test_a_format_in_the_address_goes_before_accept(tiny: Server, format: str) -> None:
    reply = tiny.get(f"/graphs?default&format={format}", "image/png")
    assert len(rdflib.Graph().parse(data=reply.body, format=READERS[reply.media])) == 1


def test_the_graphs_are_listed(tiny: Server) -> None:
    assert tiny.get("/graphs").json() == {"graphs": GRAPHS}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/graphs?graph={EX}nowhere", 404),
        ("/graphs?graph=", 404),
        (f"/graphs?graph={EX}copper&default", 400),
        ("/graphs?default&format=csv", 400),
        ("/graphs?default&format=nonsense", 400),
        ("/graphs?garph=x", 400),
    ],
)
def test_a_graph_that_is_not_there_or_an_address_that_is_wrong_is_told(tiny: Server, address: str, status: int) -> None:
    for method in ("GET", "HEAD"):
        reply = tiny.send(method, address)
        assert (reply.status, reply.media) == (status, "application/problem+json")


def test_a_graph_is_had_directly_at_the_path_of_its_own_name(lodegraph: Server) -> None:
    names = [name for name in lodegraph.get("/graphs").json()["graphs"] if name.startswith(f"{BASE}doc/")]
    small = [name for name in names if "/table/" not in name or name.endswith("/gaultois-2013")]
    assert len(names) > len(small) > 5
    for name in small[::4]:
        path = name.removeprefix(BASE.rstrip("/"))
        direct, indirect = (lodegraph.get(address, "application/n-triples") for address in (path, f"/graphs?graph={quote(name, safe='')}"))
        assert (direct.status, direct.media) == (200, "application/n-triples")
        assert sorted(direct.text.splitlines()) == sorted(indirect.text.splitlines())
        head = lodegraph.send("HEAD", path, {"Accept": "application/n-triples"})
        assert (head.status, head.headers["content-type"], head.body) == (200, direct.headers["content-type"], b"")
    assert lodegraph.get("/doc/jp/nowhere", "text/turtle").status == 404
    assert lodegraph.send("HEAD", "/doc/jp/nowhere").status == 404


@pytest.mark.parametrize("media", list(READERS))
def test_a_document_is_read_by_a_client_that_only_follows_its_iri(lodegraph: Server, media: str) -> None:
    assert len(_read(lodegraph, "/doc/reference/minerals", media)) > 100


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """A port of our own on which nobody should call."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        opened.settimeout(0.3)
        yield opened


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A readable file of triples that no request may reach."""
    path = tmp_path / "secret.ttl"
    path.write_text(f'<{EX}secret> <{EX}p> "hidden" .', encoding="utf-8")
    return path


def test_no_query_reaches_the_network_or_a_file(tiny: Server, trap: socket.socket, secret: Path) -> None:
    for name in (f"http://127.0.0.1:{trap.getsockname()[1]}/x.ttl", secret.as_uri(), f"file://localhost{secret}"):
        texts = [
            f"SELECT * FROM <{name}> {{ ?s ?p ?o }}",
            f"SELECT * FROM NAMED <{name}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
            f"SELECT * {{ GRAPH <{name}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE <{name}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE SILENT <{name}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ BIND(<{name}> AS ?e) SERVICE ?e {{ ?s ?p ?o }} }}",
            f"PREFIX s: <{name}> SELECT * {{ sERvice s: {{ ?s ?p ?o }} }}",
            f"DESCRIBE <{name}>",
            f"LOAD <{name}>",
            f"LOAD <{name}> INTO GRAPH <{EX}copper>",
        ]
        replies = [tiny.query(text) for text in texts]
        replies += [tiny.query("SELECT * { ?s ?p ?o }", **{"default-graph-uri": name})]
        replies += [tiny.query("SELECT * { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": name})]
        replies += [tiny.get(f"/graphs?graph={quote(name, safe='')}")]
        assert {reply.status for reply in replies} == {200, 400, 404}
        assert all("hidden" not in reply.text for reply in replies)
    with pytest.raises(TimeoutError):
        trap.accept()


@pytest.mark.parametrize("name", ["tiny", "lodegraph"])
@pytest.mark.parametrize(
    "start", ["/", "/static-offline-docs/", "/doc/", "/code/", "/id/", "/id/mineral/", "/queries/", "/graph.", "/sparql."]
)
@pytest.mark.parametrize("step", ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "....//", "..%252f", ".%00./"])
def test_no_path_reaches_a_file_of_the_program(request: pytest.FixtureRequest, name: str, start: str, step: str) -> None:
    server: Server = request.getfixturevalue(name)
    for target in ("pyproject.toml", "kg/store/oxigraph.py", "etc/passwd"):
        for depth in (1, 2, 4, 9):
            reply = server.get(f"{start}{step * depth}{target}", "text/turtle")
            assert reply.status in (400, 404)
            assert b"[project]" not in reply.body
            assert b"pyoxigraph as" not in reply.body
            assert b"root:" not in reply.body


def test_an_absolute_path_or_address_in_the_place_of_a_name_finds_nothing(lodegraph: Server, secret: Path) -> None:
    for name in (str(secret), secret.as_uri(), str(files.root() / "pyproject.toml"), "http://127.0.0.1:9/"):
        for path in ("/doc/", "/code/", "/minerals/", "/queries/", "/id/mineral/"):
            assert lodegraph.get(path + quote(name, safe=""), "text/turtle").status == 404
        for address in ("/graph.graphml?center=", "/paths?target=china&source="):
            assert lodegraph.get(address + quote(name, safe="")).status == 404


def test_a_head_too_large_to_read_is_refused_and_the_server_goes_on(tiny: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", tiny.port, timeout=WAIT)
    connection.request("GET", "/sparql?query=ASK%20%7B%7D%23" + "x" * 400_000)
    assert 400 <= connection.getresponse().status < 500
    connection.close()
    assert json.loads(tiny.query("ASK {}").body)["boolean"] is True
