"""What every answer of a real server carries, and how a large one reaches a slow client."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from live import Server, serving

from kg.namespaces import BASE

pytestmark = pytest.mark.slow

SECURITY = ("x-content-type-options", "content-security-policy", "referrer-policy")
STALL = 4  # seconds that the server of the slow reader waits for a client
LARGE = 1_000_000  # bytes; the slow reader takes fewer in the time that is waited for one


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/minerals/tungsten",
        "/minerals/tungstn",
        "/nowhere",
        "/nowhere/<script>alert(1)</script>",
        "/minerals?lang=<b>",
        "/id/mineral/tungsten",
        "/id/mineral/tungsten?format=rdfxml",
        "/sparql?query=ASK%20%7B%7D",
        "/sparql?query=ASK%20%7B%7D&format=xml",
        "/sparql?query=<script>",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/graph.svg?center=dysprosium",
        "/graph.html?center=dysprosium",
        "/graph.graphml?center=dysprosium",
        "/queries/pillars?format=csv",
        "/static/lodegraph.css",
        "/static/nothing.js",
        "/static-offline-docs/swagger-ui.css",
        "/healthz",
        "/readyz",
        "/.well-known/void",
    ],
)
def test_every_answer_has_the_security_headers(lodegraph: Server, path: str, accept: str) -> None:
    reply = lodegraph.get(quote(path, safe="/?=&%."), accept)
    assert [name for name in SECURITY if name not in reply.headers] == []
    assert reply.headers["x-content-type-options"] == "nosniff"
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src 'unsafe-inline'" not in policy
    if reply.media != "text/html":
        assert "sandbox" in policy
    else:
        assert "script-src" in policy
    assert b"<script>alert" not in reply.body or reply.media == "application/problem+json"
    if "etag" in reply.headers:
        again = lodegraph.get(quote(path, safe="/?=&%."), accept, If_None_Match=reply.headers["etag"])
        assert again.status == 304
        assert again.headers["content-security-policy"] == policy


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "POST", "DELETE"])
def test_answers_to_other_methods_have_them_too(lodegraph: Server, method: str) -> None:
    for path in ("/minerals", "/sparql", "/mcp", "/scenarios", "/static/lodegraph.css"):
        reply = lodegraph.send(method, path, {"Origin": "https://a.example"}, "" if method == "POST" else None)
        assert [name for name in SECURITY if name not in reply.headers] == [], path


def raw(server: Server, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(sent)
        told = b""
        while piece := connection.recv(65_536):
            told += piece
    return told


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 400),
        (b"GET /minerals HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (b"POST /sparql HTTP/1.1\r\nHost: a\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.0\r\n\r\n", 200),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    ],
    ids=["two hosts", "no host", "two hosts, POST", "HTTP/1.0", "no HTTP", "long address"],
)
def test_what_is_refused_below_the_routes_has_them_too(lodegraph: Server, sent: bytes, status: int) -> None:
    told = raw(lodegraph, sent).lower()
    assert told.startswith((f"http/1.1 {status} ".encode(), f"http/1.0 {status} ".encode()))
    for name in SECURITY:
        assert told.count(f"\r\n{name}: ".encode()) == 1


def test_one_byte_asked_for_is_not_given_to_everybody(lodegraph: Server) -> None:
    address = "/static/tables.js"
    first = lodegraph.get(address, Range="bytes=0-0")
    assert first.status == 200
    assert first.body == lodegraph.get(address).body
    assert len(first.body) > 1


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that ends a connection whose client takes nothing for ``STALL`` seconds."""
    log = tmp_path_factory.mktemp("impatient") / "log"
    with serving(log=log, environment={"LODE_STALL_SECONDS": str(STALL)}) as server:
        yield server


@pytest.mark.parametrize(
    "address",
    [
        "/graph.graphml?lang=ja",  # one piece in memory
        f"/graphs?graph={BASE}doc/table/usgs-mcs-2026&format=ntriples",  # a stream
    ],
)
def test_a_slow_but_steady_download_is_not_cut(impatient: Server, address: str) -> None:
    """The whole takes several times longer than the server waits for a client that takes nothing."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", impatient.port))
        head = f"GET {address} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        size, begun, lasted = 0, 0.0, 0.0
        while piece := connection.recv(4_096 if lasted < 2.2 * STALL else 65_536):
            begun = begun or time.monotonic()
            size += len(piece)
            lasted = time.monotonic() - begun
            if lasted < 2.2 * STALL:
                time.sleep(0.05)  # a reader that takes its time, and goes on
    assert lasted > 2 * STALL
    whole = len(impatient.get(address).body)
    assert size >= whole > LARGE
