"""What SECURITY.md and docs/limits.md say: numbers by where they are decided, sentences by trying."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from live import WAIT, Server, serving, until
from typer.main import get_command

from kg import BadFacts, Graph, deadline, errors
from kg.build import dataset
from kg.settings import Settings, processors
from kg.source import files, rdf_guard
from kg.sparql import guard
from kg.store import disk_cache
from kg.workers import answers, pool
from kg.workers.client import Limits
from service.api import linked_data
from service.cli.main import app
from service.http import body, etags, headers, problems, request_head, response_cache
from service.http import limits as connection
from service.http.concurrency import WorkLimits
from service.mcp import http
from service.server import limits_of, work_limits_of

pytestmark = pytest.mark.slow

LIMITS = (files.root() / "docs" / "limits.md").read_text(encoding="utf-8")
SECURITY = (files.root() / "SECURITY.md").read_text(encoding="utf-8")
# Settings that limit nothing; they are documented where they are of use.
ELSEWHERE = {"facts", "store", "store_user", "store_password"}
# Defaults that are told in words.
IN_WORDS = {"lookups": "the processors, at least 2", "cache": "the user's cache folder"}
# A sentence of docs/limits.md with the number in it, and where that number is decided.
NUMBERS = [
    (r"more than ([\d,]+) characters \(`query length`\)", guard.MAX_CHARACTERS),
    (r"([\d,]+) words and signs", guard.MAX_TOKENS),
    (r"([\d,]+) dots, semicolons and commas", guard.MAX_PARTS),
    (r"([\d,]+) operators", guard.MAX_OPERATORS),
    (r"([\d,]+) brackets within one another", guard.MAX_DEPTH),
    (r"A body of more than ([\d,]+) bytes", body.BODY_MOST),
    (r"([\d,]+) for `/mcp`", http.BODY_MOST),
    (r"a header of more than ([\d,]+)", request_head.HEADER_MOST),
    (r"an address of more than ([\d,]+) \(", connection.ADDRESS_MOST),
    (r"of more than ([\d,]+) parameters", request_head.PARAMETERS_MOST),
    (r"a head of more than ([\d,]+)", connection.HEAD_MOST),
    (r"(a hundred) requests sent ahead", connection.AHEAD_MOST),
    (r"One that holds more than ([\d,]+ MB) after a query", pool.RESIDENT_MOST),
    (r"every ([\d,]+) rows or triples", deadline.EVERY),
    (r"a document of more than ([\d,]+) triples", linked_data.LARGE),
    (r"go to disk beyond ([\d,]+ MB)", answers.BUFFER),
    (r"repeats at most ([\d,]+) characters", errors.SHOWN_MOST),
    (r"at most ([\d,]+) faults in one body", problems.ERRORS_MOST),
    (r"have more than ([\d,]+) bytes, come to", rdf_guard.ENTITY_MOST),
    (r"more than (ten) times the file", rdf_guard.GROWTH_MOST),
    (r"elements nest deeper than ([\d,]+)", rdf_guard.DEPTH_MOST["rdfxml"]),
    (r"JSON-LD nested deeper than ([\d,]+)", rdf_guard.DEPTH_MOST["jsonld"]),
    (r"triples within triples deeper than ([\d,]+)", rdf_guard.DEPTH_MOST["triples"]),
    (r"a GET of at most ([\d,]+ MB) is kept", response_cache.ENTRY_MOST),
    (r"is kept, ([\d,]+ MB) altogether", response_cache.ENTRIES_MOST),
    (r"of a stream above ([\d,]+ MB)", etags.GATHERED_MOST),
    (r"sent in pieces of ([\d,]+ KB)", headers.CHUNK),
    (r"The (ten) stores used last are kept", disk_cache.KEEP),
]
WORDS = {"ten": 10, "a hundred": 100}
UNITS = {"": 1, "KB": 1024, "MB": 1_000_000}


def _rows() -> dict[str, tuple[str, str]]:
    """Options and default of each setting in the table, as they stand there."""
    found: dict[str, tuple[str, str]] = {}
    for line in LIMITS.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        names = re.findall(r"`LODE_(\w+)`", cells[0])
        if not line.startswith("|") or not names:
            continue
        options = re.findall(r"`(--\w+)`", cells[1]) or [""] * len(names)
        defaults = [cells[2]] if len(names) == 1 else cells[2].split(", ")
        for name, option, default in zip(names, options, defaults, strict=True):
            found[name.lower()] = (option, default)
    return found


ROWS = _rows()


def _value(told: str) -> int:
    number, _, unit = told.partition(" ")
    return WORDS[told] if told in WORDS else int(number.replace(",", "")) * UNITS[unit]


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower()


def test_every_setting_stands_in_the_table() -> None:
    assert set(ROWS) == set(Settings.model_fields) - ELSEWHERE
    told = "".join(path.read_text("utf-8") for path in (files.root() / "docs").glob("*.md"))
    assert [name for name in ELSEWHERE if f"LODE_{name.upper()}" not in told] == []


@pytest.mark.parametrize("name", ROWS)
def test_a_default_is_what_the_table_says(name: str) -> None:
    _, told = ROWS[name]
    field = Settings.model_fields[name]
    if name in IN_WORDS:
        assert told == IN_WORDS[name]
        assert field.default_factory is processors or field.default is None
    else:
        assert re.sub(r"(?<=\d),(?=\d)", "", told) == _shown(field.default)


def test_options_are_those_of_the_command() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]  # it is a group
    known = {option for parameter in commands["serve"].params for option in parameter.opts}
    named = {option for option, _ in ROWS.values() if option}
    assert named <= known
    assert len(named) > 8


@pytest.mark.parametrize(("pattern", "constant"), NUMBERS, ids=[each[0] for each in NUMBERS])
def test_a_number_in_the_text_is_the_one_that_holds(pattern: str, constant: int) -> None:
    [told] = re.findall(pattern.replace(" ", r"\s+"), LIMITS)
    assert _value(re.sub(r"\s+", " ", told)) == constant


def test_errors_repeat_as_much_as_is_said() -> None:
    [told] = re.findall(r"repeat at most (\d+) characters", SECURITY)
    assert int(told) == errors.SHOWN_MOST


def test_limits_are_the_same_with_and_without_settings() -> None:
    given = Settings.model_construct(lookups=WorkLimits().lookups)
    assert limits_of(given) == Limits()
    assert work_limits_of(given) == WorkLimits()


# What is exposed


def test_only_reading_calls_are_there(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    posts = {path for path, calls in paths.items() if set(calls) - {"get", "head"}}
    assert posts == {"/sparql", "/scenarios"}
    assert {method for calls in paths.values() for method in calls} <= {"get", "post"}


def test_no_answer_sets_a_cookie(client: TestClient) -> None:
    for path in ("/", "/sparql", "/sparql?query=ASK%7B%7D", "/docs", "/nowhere", "/mcp"):
        reply = client.get(path, headers={"Cookie": "session=1", "Authorization": "Basic YTpi"})
        assert "set-cookie" not in reply.headers
        assert "www-authenticate" not in reply.headers


# What a request names is neither opened nor reached


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    """A listener to which nobody may connect."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        yield listening


PLACES = [
    "/sparql?query={query}",
    "/sparql?query=ASK%7B%7D&default-graph-uri={iri}",
    "/sparql?query=ASK%7B%7D&named-graph-uri={iri}",
    "/graphs?graph={iri}",
    "/search?q={iri}",
    "/minerals/{iri}",
    "/id/mineral/{iri}",
    "/doc/{iri}",
    "/graph.svg?center={iri}",
    "/concentration?series={iri}",
    "/exposure?thing={iri}",
    "/paths?source={iri}&target={iri}",
    "/queries/production?mineral={iri}",
    "/static/{iri}",
    "/static/..%2f..%2f{iri}",
    "/?lang={iri}",
]
QUERIES = [
    "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <%s> { ?s ?p ?o } }",
    "SELECT * { BIND(<%s> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "SELECT * FROM <%s> { ?s ?p ?o }",
    "SELECT * FROM NAMED <%s> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { GRAPH <%s> { ?s ?p ?o } }",
    "LOAD <%s>",
    "LOAD <%s> INTO GRAPH <x:g>",
    "DESCRIBE <%s>",
    "ASK { <%s> <http://www.w3.org/2002/07/owl#imports> ?x }",
]


def test_no_request_reaches_an_address_or_a_file_that_it_names(
    lodegraph: Server,
    canary: socket.socket,
    tmp_path: Path,
) -> None:
    secret = "secret-that-is-in-no-answer"
    (tmp_path / "data.ttl").write_text(f'<x:a> <x:b> "{secret}" .', encoding="utf-8")
    address = f"http://127.0.0.1:{canary.getsockname()[1]}/data.ttl"
    for iri in (address, (tmp_path / "data.ttl").as_uri()):
        asked = [PLACES[0].format(query=quote(query % iri)) for query in QUERIES]
        asked += [place.format(iri=quote(iri, safe="")) for place in PLACES[1:]]
        named = {"X-Forwarded-Host": iri, "Referer": iri, "Origin": iri, "Forwarded": f"host={iri}"}
        for path in asked:
            reply = lodegraph.send("GET", path, named)
            assert reply.status < 500, path
            assert secret not in reply.text
        plan = {"actions": [{"action": "restrict", "measure": iri, "percent": 50}]}
        media = {"Content-Type": "application/json"}
        reply = lodegraph.send("POST", "/scenarios", media, json.dumps(plan))
        assert reply.status == 404
    with pytest.raises(BlockingIOError):
        canary.accept()


# Clients that keep something


def _connected(server: Server, sent: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), WAIT)
    connection.sendall(sent.encode())
    return connection


def test_bodies_that_drip_make_room_for_others(graph: Graph, tmp_path: Path) -> None:
    """The one that began first; a request that is whole is none of them."""
    start = "POST /scenarios HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{"
    runaway = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    with serving(log=tmp_path / "log", environment={"LODE_CONNECTIONS": "8"}) as server:
        whole = _connected(server, f"GET /sparql?query={runaway} HTTP/1.1\r\nHost: x\r\n\r\n")
        dripping = [_connected(server, start) for _ in range(7)]
        for _ in range(3):
            assert server.get("/healthz").status == 200
        assert dripping[0].recv(12) == b"HTTP/1.1 408"
        for connection in (whole, dripping[-1]):
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)
        for connection in (whole, *dripping):
            connection.close()


def test_who_hangs_up_inside_a_large_answer_leaves_one_line_and_no_disk(tmp_path: Path) -> None:
    rows = (f'<x:{number}> <x:p> "{number:0500}" .\n' for number in range(30_000))
    (tmp_path / "data.nt").write_text("".join(rows), encoding="ascii")
    log = tmp_path / "log"
    words = ("--dataset", str(tmp_path / "data.nt"))
    query = quote("SELECT * { ?s ?p ?o }")
    said = {"LODE_METRICS": "on", "LODE_QUICK_SECONDS": "300", "LODE_SLOW_QUERY_SECONDS": "900"}
    with serving(*words, log=log, environment=said) as server:

        def spooled() -> float:
            [told] = re.findall(r"(?m)^lodegraph_spool_bytes (\S+)$", server.get("/metrics").text)
            return float(told)

        for number, method in enumerate(("GET", "GET", "POST")):
            address = "/sparql" if method == "POST" else f"/sparql?query={query}"
            content = f"query={query}" if method == "POST" else ""
            lines = [
                f"{method} {address} HTTP/1.1",
                f"Host: {number}",
                f"X-Request-Id: gone-{number}-",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(content)}",
            ]
            connection = _connected(server, "\r\n".join([*lines, "", content]))
            assert connection.recv(12) == b"HTTP/1.1 200"
            assert spooled() > answers.BUFFER
            connection.close()
            until(lambda: spooled() == 0)
            until(lambda number=number: f"gone-{number}-" in log.read_text("utf-8"))
    told = log.read_text("utf-8")
    assert [told.count(f"gone-{number}-") for number in range(3)] == [1, 1, 1]
    assert "ERROR" not in told
    assert "Traceback" not in told


def test_an_answer_that_is_closed_is_counted_no_more() -> None:
    spools = answers.Spools(10 * answers.BUFFER)
    found = answers.spooled(spools, lambda spool: spool.write(b"a" * 2 * answers.BUFFER), "x")
    pieces = found.chunks()
    assert next(pieces)
    assert spools.size == 2 * answers.BUFFER
    pieces.close()  # type: ignore[attr-defined]  # it is a generator
    assert spools.size == 0
    found.close()
    assert spools.size == 0
    assert found.spool is not None
    assert found.spool.closed


# Datasets


def test_a_large_dataset_is_built_by_another_process_and_is_the_same(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = tmp_path / "é a=b.nt", tmp_path / "c.trig"
    one.write_text('<x:a> <x:p> "1" .\n', encoding="utf-8")
    other.write_text("<x:g> { <x:a> <rel> <x:c> . }", encoding="utf-8")
    found = []
    for number, most in enumerate((dataset.SMALL_MOST, 0)):
        monkeypatch.setattr(dataset, "SMALL_MOST", most)
        monkeypatch.setenv("LODE_CACHE", str(tmp_path / f"cache{number}"))
        if not most:
            monkeypatch.setattr(dataset, "bulk_load", None)
        graph = dataset.open_dataset([one, other])
        found.append(sorted(graph.rdf("nquads").splitlines()))
    assert found[0] == found[1]
    assert len(found[0]) == 2
    bad = tmp_path / "bad.ttl"
    bad.write_text("<x:a> <x:b> .", encoding="utf-8")
    with pytest.raises(BadFacts, match=r"bad\.ttl: .*at line 1"):
        dataset.open_dataset([bad])
