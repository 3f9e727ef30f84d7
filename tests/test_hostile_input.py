"""What nobody sends in good faith gets a plain error, never a 500: bodies without end, numbers of thousands of digits, half characters.

And files that grow as they are read are not read."""

from __future__ import annotations

import json
import random
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from live import WAIT, WORK, Server, serving

from kg import BadFacts, BadQuery, Graph
from kg.build.dataset import open_dataset
from kg.errors import SHOWN_MOST, shown
from kg.source import rdf_guard
from kg.sparql.guard import scan
from kg.store.oxigraph import Store
from kg.store.values import read_literal
from kg.workers.answers import Answer
from kg.workers.client import Limits
from service.app import create_app
from service.http.body import BODY_MOST
from service.http.problems import ERRORS_MOST
from service.mcp.tools import ROWS_MOST, TRIPLES_MOST, Tools

pytestmark = pytest.mark.slow

JSON = {"Accept": "application/json"}
PROBLEM = "application/problem+json"

DIGITS = "9" * 4301
LETTERS = "zq" * 2500  # a text that stands nowhere
# Method, path, type: those that read a body, those that take none, those that are not there.
BODIES = [
    ("POST", "/scenarios", "application/json"),
    ("POST", "/sparql", "application/sparql-query"),
    ("POST", "/sparql", "application/x-www-form-urlencoded"),
    ("QUERY", "/sparql", "application/sparql-query"),
    ("POST", "/mcp", "application/json"),
    ("POST", "/mcp/", "text/plain"),
    ("POST", "/minerals", "text/plain"),
    ("GET", "/minerals", "text/plain"),
    ("PUT", "/graphs?default", "text/turtle"),
    ("DELETE", "/healthz", "text/plain"),
    ("POST", "/static/lodegraph.css", "text/css"),
    ("GET", "/readyz", "text/plain"),
    ("OPTIONS", "/scenarios", "text/plain"),
    ("PATCH", "/nowhere", "text/plain"),
]
MANY_DIGITS = [
    f"SELECT * {{ ?s ?p ?o }} LIMIT {DIGITS}",
    f"SELECT * {{ ?s ?p ?o }} LIMIT {'0' * 5000}1",
    f"SELECT * {{ ?s ?p ?o }} OFFSET {DIGITS}",
    f"SELECT * {{ ?s ?p ?o }} LIMIT 5 OFFSET {DIGITS}",
    f"SELECT * {{ ?s ?p ?o }} OFFSET {DIGITS} LIMIT {DIGITS}",
    f"CONSTRUCT WHERE {{ ?s ?p ?o }} LIMIT {DIGITS}",
    f"DESCRIBE ?s {{ ?s ?p ?o }} LIMIT {DIGITS}",
    f"DESCRIBE ?s {{ ?s ?p ?o }} OFFSET {DIGITS}",
    f"ASK {{ ?s ?p ?o }} LIMIT {DIGITS}",
    f"SELECT * {{ {{ SELECT * {{ ?s ?p ?o }} LIMIT {DIGITS} }} }}",
    f"SELECT ({DIGITS} AS ?x) {{ }}",
    f"SELECT (-{DIGITS} AS ?x) (1.{DIGITS} AS ?y) (1e{DIGITS} AS ?z) {{ }}",
    f"SELECT * {{ ?s ?p {DIGITS} }}",
    f"SELECT * {{ VALUES ?x {{ {DIGITS} }} }}",
    f"SELECT (SUBSTR('abc', {DIGITS}) AS ?x) {{ }}",
]
# Literals that are no number, or none that Python and JSON take.
ODD_NUMBERS = [
    (f'"{DIGITS}"', "integer"),
    ('"one"', "integer"),
    ('""', "integer"),
    ('"INF"', "decimal"),
    ('"NaN"', "decimal"),
    ('"1e5"', "decimal"),
    ('"sNaN"', "decimal"),
    (f'"{DIGITS}.5"', "decimal"),
    ('"１２"', "integer"),
    ('"1_000"', "integer"),
    ('"INF"', "double"),
    ('"x"', "boolean"),
]
NUMBER = 123_456_789_123  # stands for one of thousands of digits, which Python would not write
HALF = "\ud800"
ACTION = {"action": "restrict", "measure": "cn-rare-earth-export-quota", "percent": 50}
SCENARIOS: list[Any] = [
    {"actions": [{**ACTION, "measure": f"a{HALF}"}]},
    {"actions": [{**ACTION, "action": HALF}]},
    {"actions": [{**ACTION, HALF: 1}]},
    {"actions": [{"action": "recycle", "mineral": HALF, "percent": 1}]},
    {"actions": HALF},
    {HALF: []},
    HALF,
    {"actions": [{**ACTION, "measure": "\0"}]},
    {"actions": [{**ACTION, "percent": HALF}]},
    {"actions": [{**ACTION, "percent": float("nan")}]},
    {"actions": [{**ACTION, "percent": float("inf")}]},
    {"actions": [{**ACTION, "percent": 10**400}]},
    {"actions": [{**ACTION, "percent": LETTERS}]},
    {"actions": [{**ACTION, "measure": LETTERS}]},
    {"actions": [{**ACTION, "action": LETTERS}]},
    {"actions": [{**ACTION, LETTERS: LETTERS}]},
    {"actions": [LETTERS] * 150},
    {"actions": [{LETTERS: [LETTERS] * 20}] * 3},
    {"actions": [[]] * 100_000},
    {LETTERS: {LETTERS: LETTERS}},
    [[LETTERS]],
    None,
]


@pytest.fixture(scope="module")
def client(graph: Graph) -> Iterator[TestClient]:
    with TestClient(create_app(graph, Limits(rows=500, seconds=WAIT, patience=WAIT), work=WORK), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    environment = {"LODE_REQUEST_SECONDS": "1", "LODE_CONNECTIONS": "200"}
    with serving(log=tmp_path_factory.mktemp("short") / "log", environment=environment) as server:
        yield server


# Bodies


@pytest.mark.parametrize(("method", "path", "media"), BODIES)
def test_a_body_that_is_too_long_is_refused_on_every_route(short: Server, method: str, path: str, media: str) -> None:
    reply = short.send(method, path, {"Content-Type": media}, b" " * (BODY_MOST + 1))
    assert (reply.status, reply.media, reply.json()["limit"]) == (413, PROBLEM, "body")
    chunked = _send(short, method, path, {"Content-Type": media, "Transfer-Encoding": "chunked"}, _chunks(BODY_MOST + 1))
    assert b"HTTP/1.1 413" in chunked


@pytest.mark.parametrize(("method", "path", "media"), BODIES)
def test_a_body_of_the_size_allowed_is_none_too_long(short: Server, method: str, path: str, media: str) -> None:
    if path.startswith("/mcp"):
        return _assert_mcp(short, method, path)
    reply = short.send(method, path, {"Content-Type": media}, b" " * BODY_MOST)
    assert reply.status not in (408, 413)
    assert reply.status < 500
    return None


def _assert_mcp(short: Server, method: str, path: str) -> None:
    reply = short.send(method, path, {"Content-Type": "application/json"}, b" " * 200_001)
    assert (reply.status, reply.json()["limit"]) == (413, "body")


def test_a_body_without_end_takes_no_memory(short: Server) -> None:
    short.get("/minerals")
    before = short.resident()
    told = _send(short, "POST", "/scenarios", {"Transfer-Encoding": "chunked"}, _chunks(60_000_000))
    assert b"HTTP/1.1 413" in told
    assert short.resident() - before < 30_000_000
    assert short.get("/healthz").status == 200


def test_a_length_of_thousands_of_digits_is_refused(short: Server) -> None:
    for length in (DIGITS, "1e9", "-1", "99999999999999999999"):
        told = _send(short, "POST", "/scenarios", {"Content-Length": length}, [])
        assert told[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 413")


@pytest.mark.parametrize(("method", "path", "media"), BODIES)
def test_a_body_that_drips_is_ended_on_every_route(short: Server, method: str, path: str, media: str) -> None:
    """Other requests are answered meanwhile."""
    with ThreadPoolExecutor(20) as threads:
        heads = ({"Content-Length": "1000"}, {"Transfer-Encoding": "chunked"})
        dripping = [threads.submit(_drip, short, method, path, {"Content-Type": media, **heads[n % 2]}) for n in range(20)]
        assert short.get("/healthz").status == short.get("/minerals/tungsten").status == 200
        for told in dripping:
            answer = told.result(WAIT)
            assert answer.startswith(b"HTTP/1.1 408"), answer
            assert b'"body time"' in answer


def test_who_hangs_up_inside_a_body_leaves_no_trace_of_an_error(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(log=log) as server:
        for path in ("/scenarios", "/sparql", "/mcp", "/minerals"):
            _connect(server, "POST", path, {"Content-Length": "1000", "Content-Type": "application/json"}).close()
        assert server.get("/healthz").status == 200
    assert "Traceback" not in log.read_text(encoding="utf-8")


def _connect(server: Server, method: str, path: str, headers: dict[str, str]) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", server.port), WAIT)
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    found.sendall("\r\n".join([*lines, "", ""]).encode())
    return found


def _send(server: Server, method: str, path: str, headers: dict[str, str], pieces: Any) -> bytes:
    """The start of the answer to a body of these pieces, which are sent as long as the server takes them."""
    with _connect(server, method, path, headers) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except OSError:
            pass
        return _received(connection)


def _drip(server: Server, method: str, path: str, headers: dict[str, str]) -> bytes:
    is_chunked = "Transfer-Encoding" in headers
    with _connect(server, method, path, headers) as connection:
        end = time.monotonic() + WAIT
        connection.settimeout(0.2)
        while time.monotonic() < end:
            try:
                connection.sendall(b"1\r\na\r\n" if is_chunked else b"a")
                if told := connection.recv(65_536):
                    return told + _rest(connection)
            except TimeoutError:
                continue
            except OSError:
                return b""
    return b""


def _rest(connection: socket.socket) -> bytes:
    held = b""
    connection.settimeout(WAIT)
    while piece := _received(connection):
        held += piece
    return held


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except OSError:
        return b""


def _chunks(size: int) -> Iterator[bytes]:
    """A chunked body of so many bytes."""
    piece = 50_000
    for start in range(0, size, piece):
        length = min(piece, size - start)
        yield b"%x\r\n" % length + b"a" * length + b"\r\n"
    yield b"0\r\n\r\n"


# Numbers


@pytest.mark.parametrize("query", MANY_DIGITS, ids=range(len(MANY_DIGITS)))
@pytest.mark.parametrize("way", ["get", "form", "direct", "page"])
def test_numbers_of_thousands_of_digits_are_read_or_refused(client: TestClient, query: str, way: str) -> None:
    reply = {
        "get": lambda: client.get("/sparql", params={"query": query}),
        "form": lambda: client.post("/sparql", data={"query": query}),
        "direct": lambda: client.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"}),
        "page": lambda: client.get("/sparql", params={"query": query}, headers={"Accept": "text/html"}),
    }[way]()
    assert reply.status_code in (200, 400), reply.text[:500]
    if way != "page":
        assert "9" * (SHOWN_MOST + 1) not in reply.text or reply.status_code == 200


def test_a_limit_past_all_rows_is_the_limit_of_rows(client: TestClient) -> None:
    for limit in (DIGITS, "500000000000", "0" * 5000 + "700"):
        reply = client.get("/sparql", params={"query": f"SELECT * {{ ?s ?p ?o }} LIMIT {limit}"})
        assert (reply.status_code, reply.headers["lode-truncated"]) == (200, "rows; limit=500")
    assert scan(f"SELECT * {{}} LIMIT {'0' * 5000}7").limit == 7
    assert (scan(f"SELECT * {{}} LIMIT {DIGITS}").limit or 0) > 10**17


@pytest.mark.parametrize(
    "path",
    [
        "/minerals?offset={}", "/minerals?limit={}", "/paths?source=automobile&target=china&length={}", "/graph.svg?depth={}",
        "/minerals/tungsten/risks?year={}", "/concentration?series=x&year={}", "/minerals/nickel/policy?measure=id-ore-export-ban&t={}",
        "/queries/export-quotas?since={}", "/queries/export-quotas?since=-{}", "/minerals/tungsten?as_of={}", "/measures?as_of={}-01-01",
        "/compare?minerals=tungsten,cobalt&year={}",
    ],
)  # fmt: skip
def test_parameters_of_thousands_of_digits_are_refused(client: TestClient, path: str) -> None:
    for accept in ("application/json", "text/html"):
        reply = client.get(path.format(DIGITS), headers={"Accept": accept})
        assert reply.status_code in ((400, 404) if accept == "application/json" else (200, 400, 404)), reply.text[:300]
        assert accept == "text/html" or "9" * (SHOWN_MOST + 1) not in reply.text


@pytest.mark.parametrize(("lexical", "kind"), ODD_NUMBERS)
def test_literals_that_are_no_number_stay_text(graph: Graph, client: TestClient, lexical: str, kind: str) -> None:
    query = f"SELECT ({lexical}^^<http://www.w3.org/2001/XMLSchema#{kind}> AS ?x) {{ }}"
    text = lexical.strip('"')
    if kind in ("integer", "decimal"):
        assert read_literal(text, kind) == text
    pool = client.app.state.pool  # type: ignore[attr-defined]  # a FastAPI app
    assert json.loads(Tools(graph, pool).sparql(query))["count"] == 1
    for accept in ("application/sparql-results+json", "text/html", "text/csv"):
        assert client.get("/sparql", params={"query": query}, headers={"Accept": accept}).status_code == 200


# Half characters, and what errors repeat


@pytest.mark.parametrize("body", SCENARIOS, ids=range(len(SCENARIOS)))
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_body_of_odd_json_is_a_plain_error_that_repeats_little(client: TestClient, body: Any, accept: str) -> None:
    headers = {"Content-Type": "application/json", "Accept": accept}
    reply = client.post("/scenarios", content=json.dumps(body).encode(), headers=headers)
    assert reply.status_code in (400, 404), reply.text[:500]
    assert LETTERS[: SHOWN_MOST + 1] not in reply.text
    if accept == "application/json":
        told = json.loads(reply.content, parse_constant=pytest.fail)
        assert len(told.get("errors", ())) <= ERRORS_MOST
        assert len(reply.content) < 30_000


NO_JSON = [
    b'{"actions": "\xed\xa0\x80"}',
    b"\xff",
    b"\0",
    b"",
    b"[" * 500_000,
    b'{"a":' * 100_000,
    b'{"actions": 1' + b"0" * 5000 + b"}",
    b'"\\ud800',
    b"NaN",
]


@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
def test_a_body_that_is_no_json_is_a_plain_error(client: TestClient, body: bytes) -> None:
    for path in ("/scenarios", "/mcp"):
        reply = client.post(path, content=body, headers={"Content-Type": "application/json", **JSON, "Host": "localhost"})
        assert 400 <= reply.status_code < 500, reply.text[:300]
        assert len(reply.content) < 5_000


def test_half_characters_in_addresses_forms_and_headers_are_no_fault_of_the_service(short: Server) -> None:
    for half in ("%ED%A0%80", "%ff", "%00", "%C0%80", "\\ud800", "%F4%90%80%80"):
        for path in (f"/minerals/{half}", f"/search?q={half}", f"/queries/{half}", f"/doc/{half}", f"/static/{half}", f"/{half}",
                     f"/minerals?{half}=1", f"/minerals?lang={half}", f"/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20'{half}'%20%7D",
                     f"/sparql?default-graph-uri={half}&query=ASK%20%7B%7D", f"/graphs?graph={half}", f"/queries/production?mineral={half}",
                     f"/queries/claims?type={half}", f"/id/mineral/{half}", f"/code/{half}", f"/graph.svg?center={half}"):  # fmt: skip
            for accept in ("application/json", "text/html"):
                reply = short.get(path, accept)
                assert reply.status < 500, (path, reply.text)
    for name in ("Accept", "Accept-Language", "Content-Type", "Origin", "If-None-Match", "Accept-Encoding", "X-Half"):
        sent = b"GET /minerals HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + name.encode() + b": \xed\xa0\x80\xff\r\n\r\n"
        with socket.create_connection(("127.0.0.1", short.port), WAIT) as connection:
            connection.sendall(sent)
            assert b"HTTP/1.1 5" not in _received(connection)[:12]
    for sent in (b"GET /minerals/\xed\xa0\x80 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /\xff?q=\xff HTTP/1.1\r\nHost: x\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", short.port), WAIT) as connection:
            connection.sendall(sent)
            assert _received(connection).startswith(b"HTTP/1.1 4")


def test_models_that_send_half_characters_or_digits_without_end_are_told(short: Server) -> None:
    arguments = [
        ("search", {"text": HALF}), ("mineral", {"mineral": HALF}), ("sparql", {"query": f"ASK {{ ?s ?p '{HALF}' }}"}),
        ("ask", {"name": HALF}), ("ask", {"name": "production", "parameters": {"mineral": HALF}}), ("cite", {"name": HALF}),
        ("ask", {"name": "production", "parameters": {HALF: 1}}), ("paths", {"source": HALF, "target": "china"}),
        ("ask", {"name": "export-quotas", "parameters": {"since": NUMBER}}), ("what_if", {"actions": [{**ACTION, "measure": HALF}]}),
        ("measures", {"type": HALF}), ("measures", {"as_of": "\0"}), ("queries", {"about": HALF}), ("coverage", {"minerals": [HALF]}),
        ("sparql", {"query": f"SELECT * {{ ?s ?p ?o }} LIMIT {DIGITS}"}), ("sparql", {"query": "\0"}), (HALF, {}),
    ]  # fmt: skip
    for name, given in arguments:
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": given}}
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Host": "localhost"}
        body = json.dumps(call).replace(str(NUMBER), DIGITS).encode()
        reply = short.send("POST", "/mcp", headers, body)
        assert reply.status in (200, 400), (name, reply.text[:300])
        assert "Internal" not in reply.text, (name, reply.text[:300])


WHOLE = ("/graphs", "default")  # takes any value, and gives everything there is


def _texts(document: dict[str, Any]) -> Iterator[str]:
    """Addresses that give a text that stands nowhere to each parameter of each call in turn."""
    for path, calls in document["paths"].items():
        params = calls.get("get", {}).get("parameters", ())
        filled = path
        for param in params:
            if param["in"] == "path":
                filled = filled.replace(f"{{{param['name']}}}", LETTERS[:3000])
        if filled != path:
            yield filled
        plain = path.replace("{slug}", "tungsten").replace("{kind}", "mineral").replace("{format}", "json").replace("{extension}", "json")
        for param in params:
            if param["in"] == "query" and (path, param["name"]) != WHOLE:
                yield f"{plain}?{param['name']}={LETTERS}"
        yield f"{plain}?{LETTERS}=1"


def test_no_error_repeats_more_than_two_hundred_characters(client: TestClient) -> None:
    asked = 0
    for path in _texts(client.app.openapi()):  # type: ignore[attr-defined]
        reply = client.get(path, headers=JSON)
        assert reply.status_code < 500, path[:100]
        if reply.status_code >= 400:
            asked += 1
            assert LETTERS[: SHOWN_MOST + 1] not in reply.text, (path[:80], reply.text[:300])
            assert len(reply.content) < 10_000
    assert asked > 300


def test_what_was_given_is_shown_cut_and_whole_in_any_encoding() -> None:
    assert shown("short") == "short"
    assert shown("a" * SHOWN_MOST) == "a" * SHOWN_MOST
    assert shown("a" * 5000) == "a" * (SHOWN_MOST - 1) + "…"
    assert shown(f"a{HALF}b") == "a?b"


SURROGATE = HALF.encode("utf-8", "surrogatepass").decode("latin-1")
VALUES = [SURROGATE, "\0", DIGITS[:4000], "-1", "1e999", "NaN", "'\"<>", "../..", "%", "𠮷", "\u202e", "=1+1", "[]", ""]
PATHS = ["/minerals", "/minerals/tungsten", "/search", "/compare", "/queries/production", "/sparql", "/graph.svg", "/paths", "/timeline"]
NAMES = ["q", "as_of", "lang", "limit", "offset", "format", "table", "year", "center", "kinds", "query", "minerals", "source", "amount"]


def test_made_up_requests_are_never_a_fault_of_the_service(client: TestClient) -> None:
    """A fixed choice of odd values at odd places."""
    chance = random.Random(20260130)
    for _ in range(250):
        pairs = "&".join(f"{quote(chance.choice(NAMES))}={quote(chance.choice(VALUES))}" for _ in range(chance.randint(1, 3)))
        path = f"{chance.choice([*PATHS, '/', '/map', '/scenarios'])}?{pairs}"
        reply = client.get(path, headers={"Accept": chance.choice(("application/json", "text/html", "*/*"))})
        assert reply.status_code < 500, path


# Models and files of queries


class _Pool:
    """A pool that keeps what it is asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.asked = answer, {}

    def ask(self, text: str, **options: Any) -> Answer:
        self.asked = options
        return self.answer


def test_models_are_fetched_the_rows_they_are_shown_and_one_more(graph: Graph, client: TestClient) -> None:
    pool = client.app.state.pool  # type: ignore[attr-defined]
    told = json.loads(Tools(graph, pool).sparql("SELECT ?s { ?s ?p ?o }"))
    assert len(told["rows"]) + told["left_off"].get("rows", 0) == ROWS_MOST if "left_off" in told else len(told["rows"]) == ROWS_MOST
    assert "count" not in told
    assert str(ROWS_MOST) in told["cut"]
    exact = json.loads(Tools(graph, pool).sparql(f"SELECT ?s {{ ?s ?p ?o }} LIMIT {ROWS_MOST}"))
    assert (exact["count"], "cut" in exact) == (ROWS_MOST, False)
    spy = _Pool(Answer("json", False, False, b'{"head":{"vars":["s"]},"results":{"bindings":[]}}'))
    Tools(graph, spy).sparql("SELECT ?s { ?s ?p ?o }")  # type: ignore[arg-type]  # as much of a pool as is wanted
    assert (spy.asked["most"], spy.asked["triples"]) == (ROWS_MOST + 1, TRIPLES_MOST)


def test_a_pool_takes_a_limit_of_triples(client: TestClient) -> None:
    pool = client.app.state.pool  # type: ignore[attr-defined]
    found = pool.ask("CONSTRUCT WHERE { ?s ?p ?o }", graph="ntriples", triples=7)
    assert (found.body.count(b"\n"), found.cut) == (7, True)


FILES = [
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
    "ASK FROM <FILE:/etc/passwd> { ?s ?p ?o }",
    "SELECT * from<file:x>{ ?s ?p ?o }",
    "SELECT * FROMNAMED<file:x>{ ?s ?p ?o }",
    "SELECT * FROM <\\u0066ile:///etc/passwd> { ?s ?p ?o }",
    "PREFIX f: <file:///etc/> SELECT * FROM f:passwd { ?s ?p ?o }",
    "BASE <file:///etc/> SELECT * FROM <passwd> { ?s ?p ?o }",
    "BASE <file:///etc/> PREFIX f: <x/> DESCRIBE <x:a> FROM NAMED f:passwd",
    "CONSTRUCT { ?s ?p ?o } FROM <http://example.org/> FROM <file:x> WHERE { ?s ?p ?o }",
]


@pytest.mark.parametrize("query", FILES)
def test_a_graph_that_is_a_file_is_refused_and_says_so(client: TestClient, query: str) -> None:
    with pytest.raises(BadQuery, match="FROM a file is refused"):
        scan(query)
    reply = client.get("/sparql", params={"query": query})
    assert (reply.status_code, reply.headers["content-type"]) == (400, PROBLEM)


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_a_file_as_dataset_of_a_request_is_refused(client: TestClient, name: str) -> None:
    reply = client.get("/sparql", params={"query": "ASK { ?s ?p ?o }", name: "file:///etc/passwd"})
    assert (reply.status_code, reply.json()["parameter"]) == (400, name)


@pytest.mark.parametrize(
    "query",
    [
        "ASK FROM <http://example.org/nowhere> { ?s ?p ?o }",
        "ASK FROM <http://127.0.0.1:9/x> { ?s ?p ?o }",
        "PREFIX file: <http://example.org/> ASK FROM file:x { ?s ?p ?o }",
        "BASE <http://example.org/> ASK FROM <files> { ?s ?p ?o }",
        "BASE <file:///etc/> ASK FROM <x:g> { ?s ?p ?o }",
    ],
)
def test_any_other_graph_that_is_not_here_is_empty(client: TestClient, query: str) -> None:
    assert client.get("/sparql", params={"query": query}).json()["boolean"] is False


# Files to serve

RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="x:">'
BOMB = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))


def _described(text: str) -> str:
    return f'{RDF}<rdf:Description rdf:about="x:a"><x:p>{text}</x:p></rdf:Description></rdf:RDF>'


GROWING = {
    "nested.rdf": f'<!DOCTYPE rdf:RDF [<!ENTITY a0 "aaaaaaaaaa">{BOMB}]>{_described("&a9;")}',
    "late.rdf": _described("&a9;").replace(RDF, f'{RDF}<!DOCTYPE rdf:RDF [<!ENTITY a0 "aaaaaaaaaa">{BOMB}]>'),
    "long.owl": f'<!DOCTYPE rdf:RDF [<!ENTITY a "{"a" * 300}">]>{_described("&a;")}',
    "many.xml": f'<!DOCTYPE rdf:RDF [<!ENTITY a "{"a" * 250}">]>{_described("&a;" * 50_000)}',
    "outside.rdf": f'<!DOCTYPE rdf:RDF [<!ENTITY a SYSTEM "file:///etc/passwd">]>{_described("&a;")}',
    "public.rdf": f'<!DOCTYPE rdf:RDF [<!ENTITY a PUBLIC "x" "http://127.0.0.1:9/">]>{_described("&a;")}',
    "parameter.rdf": f"<!DOCTYPE rdf:RDF [<!ENTITY % a \"<!ENTITY b 'c'>\"> %a;]>{_described('&b;')}",
    "deep.rdf": RDF + "<x:a><x:p>" * 3000 + "</x:p></x:a>" * 3000 + "</rdf:RDF>",
    "deep.jsonld": '{"@id":"x:a","x:p":' * 3000 + "1" + "}" * 3000,
    "lists.jsonld": '{"@id":"x:a","x:p":' + "[" * 3000 + "1" + "]" * 3000 + "}",
    "mixed.jsonld": '[{"x:p":"}}}]]]\\"' * 1 + '","x:q":' + '[{"x:p":' * 200 + "1" + "}]" * 200 + "}]",
    "deep.ttl": "<x:a> <x:p> " + "<<( <x:a> <x:p> " * 30_000 + "1" + " )>>" * 30_000 + " .",
    "deep.nt": "<x:a> <x:p> " + "<<( <x:a> <x:p> " * 30_000 + "<x:b>" + " )>>" * 30_000 + " .\n",
    "deep.trig": "<x:g> { <x:a> <x:p> " + "<< <x:a> <x:p> " * 3_000 + "1" + " >>" * 3_000 + " . }",
    "hidden.ttl": "<x:a> <x:p> " + "<<( <x:a> <x:p> " * 3_000 + '")>>"' + " )>>" * 3_000 + " .",
}
PLAIN = {
    "namespaces.rdf": '<!DOCTYPE rdf:RDF [\n<!ENTITY x "http://example.org/x#">\n<!ENTITY amp2 "&#38;">]>'
    + _described("&x;b &amp; &amp2;").replace('"x:a"', '"&x;a"'),
    "braces.jsonld": '{"@id":"x:a","x:p":"' + "[{" * 3000 + '"}',
    "triple.ttl": '<x:a> <x:p> <<( <x:a> <x:p> "<<( <<(" )>> . # <<(',
    "signs.nt": '<x:a> <x:p> "' + "<<( " * 3000 + '" .\n',
    "brackets.ttl": "<x:a> <x:p> " + "[ <x:p> " * 3000 + "1" + " ]" * 3000 + " .",
    "empty.ttl": "",
}


@pytest.mark.parametrize("name", GROWING)
def test_a_file_that_grows_as_it_is_read_is_refused_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("LODE_CACHE", str(tmp_path / "cache"))
    (tmp_path / name).write_text(GROWING[name], encoding="utf-8")
    with pytest.raises(BadFacts, match=f"{name} is not read"):
        open_dataset([tmp_path / name])


@pytest.mark.parametrize("name", PLAIN)
def test_a_file_that_only_looks_like_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("LODE_CACHE", str(tmp_path / "cache"))
    (tmp_path / name).write_text(PLAIN[name], encoding="utf-8")
    found = open_dataset([tmp_path / name])
    assert (len(found.store) > 0) == bool(PLAIN[name])


def test_facts_are_looked_over_too(tmp_path: Path) -> None:
    (tmp_path / "deep.ttl").write_text(GROWING["deep.ttl"], encoding="utf-8")
    with pytest.raises(BadFacts, match=r"deep\.ttl is not read"):
        Store().load(tmp_path / "deep.ttl", "x:g")
    assert {"jsonld", "rdfxml"} <= rdf_guard.DEPTH_MOST.keys()
