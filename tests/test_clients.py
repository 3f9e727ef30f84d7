"""Real clients against a real server: each gets what it expects, with nothing set up on either side beyond what its manual says."""

from __future__ import annotations

import gc
import importlib
import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pandas
import pytest
import rdflib
import requests
from live import EX, WAIT, Server
from rdflib.plugins.stores.sparqlstore import SPARQLStore

ROWS = f"SELECT ?d {{ GRAPH ?g {{ ?d a <{EX}Document> }} }} ORDER BY ?d"
BUILT = f"CONSTRUCT {{ ?d a <{EX}Document> }} WHERE {{ GRAPH ?g {{ ?d a <{EX}Document> }} }}"
# Some of these clients leave a socket for the garbage collector to close.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]
DOCUMENTS = [f"{EX}copper", f"{EX}tin", f"{EX}zinc"]


@pytest.fixture(scope="module", autouse=True)
def set_aside() -> Iterator[None]:
    """What other tests hold is not gone through again after each of these."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """What a client left open is closed while its test, which allows that, still runs."""
    yield
    gc.collect()


def _curl(*words: str) -> str:
    return subprocess.run(["curl", "-sS", "--fail-with-body", *words], check=True, capture_output=True, timeout=WAIT).stdout.decode()


def test_curl_asks_by_address_by_form_and_by_body(tiny: Server) -> None:
    sent = [["-G", "--data-urlencode", f"query={ROWS}"], ["--data-urlencode", f"query={ROWS}"]]
    sent.append(["-H", "Content-Type: application/sparql-query", "--data-binary", ROWS])
    for words in sent:
        lines = _curl("-H", "Accept: text/csv", *words, f"{tiny.address}/sparql").splitlines()
        assert lines == ["d", *DOCUMENTS], words
    assert '"bindings"' in _curl("-G", "--data-urlencode", f"query={ROWS}", f"{tiny.address}/sparql")


def _wrapper(server: Server, query: str, format: str, method: str = "GET", how: str = "urlencoded") -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of its own imports
        from SPARQLWrapper import SPARQLWrapper
    asked = SPARQLWrapper(f"{server.address}/sparql")
    asked.setQuery(query)
    asked.setReturnFormat(format)
    asked.setMethod(method)
    asked.setRequestMethod(how)
    return asked.query().convert()


@pytest.mark.parametrize(("method", "how"), [("GET", "urlencoded"), ("POST", "urlencoded"), ("POST", "postdirectly")])
def test_sparqlwrapper_reads_every_format_by_every_method(tiny: Server, method: str, how: str) -> None:
    found = _wrapper(tiny, ROWS, "json", method, how)
    assert [row["d"]["value"] for row in found["results"]["bindings"]] == DOCUMENTS
    assert [node.firstChild.data for node in _wrapper(tiny, ROWS, "xml", method, how).getElementsByTagName("uri")] == DOCUMENTS
    assert _wrapper(tiny, ROWS, "csv", method, how).decode().split() == ["d", *DOCUMENTS]
    assert _wrapper(tiny, ROWS, "tsv", method, how).decode().split() == ["?d", *(f"<{iri}>" for iri in DOCUMENTS)]
    for format in ("rdf+xml", "turtle", "json-ld", "n3"):
        built = _wrapper(tiny, BUILT, format, method, how)
        graph = built if isinstance(built, rdflib.Graph) else rdflib.Graph().parse(data=built, format="turtle")
        assert sorted(map(str, graph.subjects())) == DOCUMENTS, format


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("format", ["xml", "json", "csv"])
def test_rdflib_store_selects_and_takes_an_identifier_as_the_default_graph(tiny: Server, method: str, format: str) -> None:
    store = SPARQLStore(f"{tiny.address}/sparql", method=method, returnFormat=format)
    assert [str(row[0]) for row in rdflib.Graph(store).query(ROWS)] == DOCUMENTS
    one = rdflib.Graph(store, identifier=rdflib.URIRef(f"{EX}tin"))
    assert [str(row[0]) for row in one.query(f"SELECT ?d {{ ?d a <{EX}Document> }}")] == [f"{EX}tin"]


@pytest.mark.parametrize("format", ["xml", "json"])
def test_rdflib_store_constructs_and_counts(lodegraph: Server, tiny: Server, format: str) -> None:
    store = SPARQLStore(f"{tiny.address}/sparql", returnFormat=format)
    assert len(rdflib.Graph(store)) == 1
    built = rdflib.Graph(SPARQLStore(f"{tiny.address}/sparql", returnFormat=format)).query(BUILT).graph
    assert built is not None
    assert sorted(map(str, built.subjects())) == DOCUMENTS


def test_pandas_reads_csv_by_address_and_by_header(tiny: Server, lodegraph: Server) -> None:
    from urllib.parse import quote

    assert list(pandas.read_csv(f"{tiny.address}/sparql.csv?query={quote(ROWS)}")["d"]) == DOCUMENTS
    told = pandas.read_csv(f"{tiny.address}/sparql?query={quote(ROWS)}", storage_options={"Accept": "text/csv"})
    assert list(told["d"]) == DOCUMENTS
    pillars = pandas.read_csv(f"{lodegraph.address}/queries/pillars?format=csv")
    assert list(pillars["number"]) == [1, 2, 3, 4]


def test_sparql_dataframe_makes_a_table(tiny: Server) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import sparql_dataframe
    for post in (False, True):
        assert list(sparql_dataframe.get(f"{tiny.address}/sparql", ROWS, post=post)["d"]) == DOCUMENTS


YASGUI = {"Origin": "https://yasgui.example", "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (ROWS, "application/sparql-results+json,*/*;q=0.9", "application/sparql-results+json"),
        (BUILT, "application/n-triples,*/*;q=0.9", "application/n-triples"),
    ],
)
def test_yasgui_asks_first_and_then_posts_a_form_from_another_origin(tiny: Server, query: str, accept: str, media: str) -> None:
    asks = {"Origin": YASGUI["Origin"], "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    may = tiny.send("OPTIONS", "/sparql", asks)
    assert may.status in (200, 204)
    assert may.headers["access-control-allow-origin"] in ("*", YASGUI["Origin"])
    assert "POST" in may.headers["access-control-allow-methods"]
    reply = requests.post(f"{tiny.address}/sparql", {"query": query}, headers={**YASGUI, "Accept": accept}, timeout=WAIT)
    assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (200, media)
    assert reply.headers["access-control-allow-origin"] in ("*", YASGUI["Origin"])


def test_a_page_of_another_site_gets_the_same_headers_each_time(lodegraph: Server) -> None:
    replies = [lodegraph.get("/sparql/prefixes", Origin=YASGUI["Origin"]) for _ in range(3)]
    told = [(reply.headers["vary"], reply.headers["access-control-allow-origin"]) for reply in replies]
    assert told == [told[0]] * 3
    assert told[0][0].count("Origin") == 1


BINARY = "application/x-binary-rdf-results-table;q=0.8, application/sparql-results+json;q=0.8, */*;q=0.1"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (BINARY, "application/sparql-results+json"),
        ("application/x-binary-rdf-results-table", "application/sparql-results+json"),
        ("application/x-ag-binary-rdf", "application/sparql-results+json"),
        ("application/sparql-results+json, application/sparql-results+xml;q=0.9, text/csv;q=0.5, */*;q=0.1",
         "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/xml, text/*;q=0.3, */*;q=0.1", "application/sparql-results+xml"),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "text/html"),
        ("nonsense;;q=x", "application/sparql-results+json"),
    ],
)  # fmt: skip
def test_forms_of_java_and_r_get_a_type_that_they_can_read(tiny: Server, accept: str, media: str) -> None:
    reply = requests.post(f"{tiny.address}/sparql", {"query": ROWS}, headers={"Accept": accept}, timeout=WAIT)
    assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (200, media)


PROTEGE = "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"


@pytest.mark.parametrize("path", ["/ontology", "/id/mineral/tungsten", "/doc/jp/hasehira-2013"])
def test_protege_gets_rdf_xml_from_the_ontology_and_from_things(lodegraph: Server, path: str) -> None:
    reply = lodegraph.get(path, PROTEGE)
    assert (reply.status, reply.media) == (200, "application/rdf+xml")
    assert len(rdflib.Graph().parse(data=reply.body, format="xml")) > 3


def test_httpx_and_requests_unpack_what_was_packed(lodegraph: Server) -> None:
    query = "SELECT * { ?s ?p ?o } LIMIT 500"
    for found in (
        httpx.get(f"{lodegraph.address}/sparql", params={"query": query}, timeout=WAIT),
        requests.get(f"{lodegraph.address}/sparql", {"query": query}, timeout=WAIT),
    ):
        assert found.headers["content-encoding"] == "gzip"
        assert len(found.json()["results"]["bindings"]) == 500


@pytest.fixture(scope="module")
def generated(lodegraph: Server, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """A client that openapi-python-client makes from the document served; it says what it cannot make."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "config.yml").write_text("post_hooks: []\ncontent_type_overrides:\n  application/sparql-query: application/octet-stream\n")
    (folder / "openapi.json").write_bytes(lodegraph.get("/openapi.json").body)
    words = [
        "generate",
        "--path",
        "openapi.json",
        "--config",
        "config.yml",
        "--meta",
        "none",
        "--output-path",
        "lode_client",
        "--fail-on-warning",
    ]
    command = [str(Path(sys.executable).parent / "openapi-python-client"), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=WAIT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout
    sys.path.insert(0, str(folder))
    return importlib.import_module("lode_client")


def test_a_generated_client_reads_typed_answers_and_typed_problems(lodegraph: Server, generated: ModuleType) -> None:
    client = generated.Client(base_url=lodegraph.address)

    def call(path: str, *given: Any, **named: Any) -> Any:
        return importlib.import_module(f"lode_client.api.{path}").sync(*given, client=client, **named)

    assert call("health.healthz").status == "ok"
    page = call("look_ups.minerals", limit=2)
    assert (len(page.items), type(page.items[0]).__name__) == (2, "Summary")
    assert call("look_ups.mineral", "tungsten").symbol == "W"
    assert call("look_ups.search", q="dysprosium").items[0].slug == "dysprosium"
    assert call("named_queries.query_pillars").columns[0] == "number"
    assert call("analysis.find_paths", source="automobile", target="china").paths
    wrong = call("look_ups.mineral", "tungstn")
    assert (type(wrong).__name__, wrong.status, wrong.near[0]) == ("Problem", 404, "tungsten")


# Of undici, which Comunica would take at its newest, a release that runs on Node.js 20.
COMUNICA = {"dependencies": {"@comunica/query-sparql": "5.4.1"}, "overrides": {"undici": "7.10.0"}}


@pytest.fixture(scope="module")
def comunica() -> Path:
    """Comunica's command, fetched once from the npm registry into the environment's own folder."""
    home = Path(sys.prefix) / "comunica"
    command = home / "node_modules" / ".bin" / "comunica-sparql"
    if not command.exists():
        npm = shutil.which("npm")
        assert npm, "The test of Comunica needs Node.js with npm: install them."
        home.mkdir(exist_ok=True)
        (home / "package.json").write_text(json.dumps(COMUNICA), encoding="utf-8")
        words = [npm, "install", "--prefix", str(home), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        subprocess.run(words, check=True, capture_output=True, timeout=900)
    return command


@pytest.mark.parametrize("source", ["sparql@{}/sparql", "{}/sparql"])
def test_comunica_asks_an_endpoint_named_as_such_or_found_by_its_description(tiny: Server, comunica: Path, source: str) -> None:
    asked = [str(comunica), source.format(tiny.address), "-q", ROWS, "-t", "text/csv"]
    reply = subprocess.run(asked, check=True, capture_output=True, timeout=WAIT, text=True)
    assert reply.stdout.split() == ["d", *DOCUMENTS]
    built = subprocess.run([*asked[:2], "-q", BUILT, "-t", "application/n-triples"], check=True, capture_output=True, timeout=WAIT)
    assert len(rdflib.Graph().parse(data=built.stdout, format="nt")) == len(DOCUMENTS)
