"""No query, client or accident brings the service down: limits, lanes, hang-ups, killed processes, slow clients."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from live import WAIT, Reply, Server, serving, until

from kg import Graph

pytestmark = pytest.mark.slow

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SHORT = {
    "LODE_QUERY_SECONDS": "1",
    "LODE_QUICK_SECONDS": "0.3",
    "LODE_QUERY_PATIENCE": "60",
    "LODE_QUERY_MEMORY_MB": "400",
    "LODE_QUERY_ROWS": "1000",
    "LODE_QUERY_BYTES": "1000000",
    "LODE_REQUEST_SECONDS": "2",
    "LODE_CONNECTIONS": "40",
}
LONG = {
    "LODE_QUERY_SECONDS": "300",
    "LODE_QUICK_SECONDS": "5",
    "LODE_QUERIES": "1",
    "LODE_QUERY_WAITING": "4",
    "LODE_QUERY_PATIENCE": "2",
    "LODE_STALL_SECONDS": "3",
}
# A product that takes no memory, however large the graph is.
RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"{{ SELECT * {{ ?a{n} ?b{n} ?c{n} }} LIMIT 4000 }}" for n in range(3)) + " }"
ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
DOUBLED = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
REPLACED = " ".join(f"BIND(REPLACE(?x{n}, 'a', '{'a' * 40}') AS ?x{n + 1})" for n in range(12))
# Query and the limits that may stop it.
RUNAWAYS: dict[str, tuple[str, str]] = {
    "a product": ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "time memory"),
    "a product of parts": (RUNAWAY, "time"),
    "a product to sort": (f"SELECT * {{ {ALL} }} ORDER BY ?c ?f ?i", "memory time"),
    "a product without repetition": (f"SELECT DISTINCT ?a ?d ?g {{ {ALL} }} OFFSET 99999999", "memory time"),
    "a product grouped": (f"SELECT ?a ?d (GROUP_CONCAT(?i) AS ?x) {{ {ALL} }} GROUP BY ?a ?d", "memory time"),
    "an offset past everything": (f"SELECT * {{ {ALL} }} OFFSET 99999999999", "time memory"),
    "a deep path": ("SELECT * { ?a ((((!<x:>)*)*)*)* ?b } OFFSET 99999999", "time memory"),
    "a long path": (f"ASK {{ ?a {'<x:a>/' * 1900}<x:a> ?b }}", "time memory depth"),
    "nested stars": (f"SELECT * {{ ?a {'(' * 60}!<x:a>{')*' * 60} ?b }} OFFSET 99999999", "time memory depth"),
    "900 branches": (f"SELECT * {{ {' UNION '.join(['{ ?a ?b ?c }'] * 900)} {{ ?x ?y ?z }} }} ORDER BY ?c", "memory time"),
    "a pattern of 990 triples": (f"SELECT * {{ {' '.join(f'?a{n} ?b{n} ?a{n + 1} .' for n in range(990))} }}", "time memory depth"),
    "a pattern of 3,000 triples": (f"SELECT * {{ {'?s ?p ?o . ' * 3000} }}", "pattern-size"),
    "a regular expression": ("SELECT * { " + ALL + " FILTER(REGEX(CONCAT(STR(?c), STR(?f)), '(\\\\w{1,99}x){1,50}')) }", "time memory"),
    "1 MB": ("SELECT * { ?s ?p '" + "a" * 900_000 + "' }", "query-length"),
    "more than 1 MB": ("SELECT * { ?s ?p '" + "a" * 1_100_000 + "' }", "body"),
    "10,000 parentheses": ("SELECT (" + "(" * 10_000 + "1" + ")" * 10_000 + " AS ?x) { }", "nesting-depth"),
    "10,000 subqueries": ("SELECT * " + "{ SELECT * " * 10_000 + "{}" + "}" * 10_000, "nesting-depth"),
    "a doubled string": (f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('aaaaaaaa' AS ?x0) {DOUBLED} }}", "memory time"),
    "a replaced string": (f"SELECT (STRLEN(?x12) AS ?n) {{ BIND('aaaaaaaa' AS ?x0) {REPLACED} }}", "memory time"),
    "a product of values": (
        "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{k} {{ {' '.join(map(str, range(300)))} }}" for k in range(5)) + " }",
        "time memory",
    ),
    "nested OPTIONAL": (f"SELECT * {{ ?a ?b ?c {'OPTIONAL { ?x ?y ?z ' * 30}{'}' * 30} }}", "time memory"),
    "nested MINUS": (f"SELECT * {{ ?a ?b ?c {'MINUS { ?x ?y ?z . ?a ?y ?c2 ' * 30}{'}' * 30} }}", "time memory"),
    "nested EXISTS": (f"SELECT * {{ ?a ?b ?c FILTER {'EXISTS { ?x ?y ?z FILTER NOT ' * 15}EXISTS {{}}{'}' * 15} }}", "time memory"),
    "a constructed product": (f"CONSTRUCT {{ ?a ?e ?i }} {{ {ALL} }} OFFSET 99999999", "time memory"),
    "described products": ("DESCRIBE ?a ?d { ?a ?b ?c . ?d ?e ?f } OFFSET 99999999", "time memory"),
    "3,000 bindings": (f"SELECT * {{ {' '.join(f'BIND(1 AS ?x{n})' for n in range(3000))} }}", "depth memory time"),
    "a list of 15,000": (f"SELECT * {{ ?s ?p ({'1 ' * 15_000}) }}", "depth memory time"),
    "15,000 columns to group": (f"SELECT (1 AS ?x) {{ ?s ?p ?o }} GROUP BY {'?s ?p ?o ' * 6000}", "time memory"),
    "a long chain of signs": (f"ASK {{ FILTER({'!' * 5000}true) }}", "operators"),
    "30,000 words": ("ASK " * 30_000, "query-size"),
    "hashes of a product": (f"SELECT (COUNT(?x) AS ?n) {{ {ALL} BIND(SHA512(CONCAT(STR(?c), STR(?f))) AS ?x) }}", "time memory"),
    "chance over a product": (f"SELECT (SUM(RAND()) AS ?n) {{ {ALL} }}", "time memory"),
    "one long cell": ("SELECT ?x { BIND('" + "a" * 150_000 + "' AS ?y) BIND(CONCAT(?y,?y,?y,?y,?y,?y,?y,?y) AS ?x) }", "bytes"),
}
# Odd, but no reason to stop: each gets an answer or a plain error.
ODD = {
    "an empty query": "",
    "a byte-order mark": "\ufeffSELECT * { }",
    "NUL": "SELECT * { ?s ?p '\0' }",
    "NUL outside a string": "SELECT * { \0 }",
    "astral letters": "SELECT ?\U00020bb7 { BIND('\U0001f600' AS ?\U00020bb7) }",
    "a lone combining mark": "SELECT * { ?s \u3099 ?o }",
    "990 in a list": f"ASK {{ <x:a> ?b ?c FILTER(?c IN ({','.join(map(str, range(990)))})) }}",
    "1,990 exclamation marks": f"ASK {{ FILTER({'!' * 1990}true) }}",
    "1,990 carets": f"ASK {{ ?a {'^' * 1990}<x:a> ?b }}",
    "1,900 sums": f"ASK {{ FILTER({'1+' * 1900}1 = 1) }}",
    "60 subqueries": f"SELECT * {'{ SELECT * ' * 60}{{}}{'}' * 60}",
    "5,000 prefixes": "".join(f"PREFIX p{n}: <x:{n}> " for n in range(5000)) + "ASK { }",
    "a long IRI": f"ASK {{ <http://x/{'a' * 190_000}> ?p ?o }}",
    "the least integer": "SELECT (-9223372036854775808/-1 AS ?x) (SUBSTR('abc', -9223372036854775808, 1e308) AS ?y) { }",
    "a decimal too long": f"SELECT ({'99999999999999999.9*' * 8}9.9 AS ?x) {{ }}",
    "a limit too large": "SELECT * { ?a ?b ?c } LIMIT 99999999999999999999999999",
    "everything described": "DESCRIBE * { ?a ?b ?c }",
}


@pytest.fixture(scope="module")
def short(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(log=tmp_path_factory.mktemp("short") / "log", environment=SHORT) as server:
        yield server


@pytest.fixture(scope="module")
def long(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(log=tmp_path_factory.mktemp("long") / "log", environment=LONG) as server:
        yield server


_opened: list[socket.socket] = []


@pytest.fixture(autouse=True)
def _close_all() -> Iterator[None]:
    yield
    while _opened:
        _opened.pop().close()


def _post(server: Server, query: str) -> Reply:
    return server.send("POST", "/sparql", {"Content-Type": "application/sparql-query"}, query)


def _query_processes(server: Server) -> dict[int, int]:
    """Processes for queries, by their id, with the bytes that each holds."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(folder.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == server.process.pid and "kg.workers.worker" in folder.joinpath("cmdline").read_text():
                found[int(folder.name)] = int(folder.joinpath("statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError):
            continue
    return found


def _raw(server: Server, sent: bytes, receives: int | None = None) -> socket.socket:
    found = socket.socket()
    _opened.append(found)
    if receives:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    found.settimeout(WAIT)
    found.connect(("127.0.0.1", server.port))
    found.sendall(sent)
    return found


def _read(connection: socket.socket) -> bytes:
    held = b""
    try:
        while piece := connection.recv(65_536):
            held += piece
    except ConnectionResetError:
        pass
    return held


def _hanging(query: str) -> bytes:
    return f"GET /sparql?{urlencode({'query': query})} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_runaway_ends_in_the_error_that_names_its_limit_while_others_are_answered(short: Server, name: str) -> None:
    query, limits = RUNAWAYS[name]
    with ThreadPoolExecutor(1) as thread:
        runaway = thread.submit(_post, short, query)
        beside = [short.get("/minerals/tungsten").status, short.query(f"ASK {{ ?s ?p '{name}' }}").status]
        reply = runaway.result(WAIT)
    assert beside == [200, 200]
    assert reply.status in (400, 413, 422), reply.text
    assert reply.json().get("limit", "body").replace(" ", "-") in limits.split()
    assert reply.json()["detail"]
    assert short.truth("ASK { ?s ?p ?o }")


@pytest.mark.parametrize("name", ODD)
def test_what_is_only_odd_is_answered_plainly(long: Server, name: str) -> None:
    reply = _post(long, ODD[name])
    assert reply.status in (200, 400), reply.text


def test_memory_is_given_back(short: Server) -> None:
    _post(short, RUNAWAYS["a product to sort"][0])
    _post(short, RUNAWAYS["a doubled string"][0])
    until(lambda: len(_query_processes(short)) == 4 and max(_query_processes(short).values()) < 350_000_000)
    assert short.truth("ASK { ?s ?p ?o }")


def test_rows_and_triples_past_the_limit_are_cut_and_the_answer_says_so(short: Server) -> None:
    for query in ("SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE ?s { ?s ?p ?o }"):
        assert _post(short, query).headers["lode-truncated"] == "rows; limit=1000"


def test_as_many_runaways_as_places_leave_a_lane_for_cheap_queries_and_named_ones(long: Server) -> None:
    _raw(long, _hanging(RUNAWAY))
    until(lambda: _busy(long))
    assert [long.query(f"ASK {{ ?s ?p {n} }}").status for n in range(20)] == [200] * 20
    assert long.get("/queries/minerals").status == long.get("/minerals").status == 200


def test_where_no_place_is_free_the_answer_is_503_with_retry_after(long: Server) -> None:
    for number in range(6):
        _raw(long, _hanging(f"{RUNAWAY} # {number}"))
    until(lambda: _busy(long))
    reply = long.query(f"{RUNAWAY} # last")
    assert (reply.status, reply.media) == (503, "application/problem+json")
    assert int(reply.headers["retry-after"]) >= 1
    assert long.get("/minerals/tungsten").status == long.get("/queries/pillars").status == 200


def _busy(server: Server) -> bool:
    """Whether a process for queries is at work: it gets time of a processor."""
    before = _ticks(server)
    time.sleep(0.2)
    return any(after - before.get(pid, after) > 1 for pid, after in _ticks(server).items())


def _ticks(server: Server) -> dict[int, int]:
    found = {}
    for pid in _query_processes(server):
        with suppress(OSError):  # gone since it was listed
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            found[pid] = int(fields[11]) + int(fields[12])
    return found


def test_a_client_that_hangs_up_ends_its_query(long: Server) -> None:
    until(lambda: not _busy(long))
    runaway = _raw(long, _hanging(RUNAWAY))
    until(lambda: _busy(long))
    before = set(_query_processes(long))
    runaway.close()
    until(lambda: set(_query_processes(long)) != before)
    until(lambda: not _busy(long))
    assert long.truth("ASK { ?s ?p ?o }")


def test_processes_killed_from_outside_are_replaced_and_no_answer_is_lost(long: Server) -> None:
    heavy = "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a ?b ?c } LIMIT 2000 } { SELECT * { ?d ?e ?f } LIMIT 2000 } }"
    with ThreadPoolExecutor(1) as thread:
        asked: Future[list[dict[str, str]]] = thread.submit(long.rows, heavy)
        until(lambda: _busy(long))
        before = set(_query_processes(long))
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        assert asked.result(WAIT) == [{"n": str(2000 * 2000)}]
    assert long.truth("ASK { ?s ?p ?o }")
    assert long.get("/queries/disputes").status == 200
    assert not before & set(_query_processes(long))


def test_heads_that_drip_in_pin_nothing(short: Server) -> None:
    dripping = [_raw(short, b"GET /minerals HTTP/1.1\r\nHost: x\r\n") for _ in range(60)]  # more than there are places
    for connection in dripping:
        try:
            connection.sendall(b"X-Slow: ")
        except OSError:  # it was ended to make room
            continue
    assert short.get("/minerals/tungsten").status == 200
    answers = [_read(connection) for connection in dripping]
    assert {answer[:12] for answer in answers} <= {b"HTTP/1.1 408", b""}


def test_a_half_sent_body_is_answered_with_the_limit_it_reached(short: Server) -> None:
    head = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 90\r\n\r\nASK {"
    waiting = [_raw(short, head.encode()) for _ in range(20)]
    assert short.get("/minerals/tungsten").status == 200
    for connection in waiting:
        answer = _read(connection)
        assert answer.startswith(b"HTTP/1.1 408")
        assert b'"body time"' in answer


def test_a_body_that_nobody_reads_pins_nothing(short: Server) -> None:
    connection = _raw(short, b"POST /minerals HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
    end = time.monotonic() + WAIT
    with pytest.raises(OSError):
        while time.monotonic() < end:
            connection.sendall(b"a")
            time.sleep(0.05)


def test_a_client_that_does_not_take_its_answer_is_left(long: Server) -> None:
    query = "SELECT * { ?a ?b ?c . ?a ?e ?f } LIMIT 60000"
    connection = _raw(long, _hanging(query), receives=4096)
    held = connection.recv(1000)
    length = 0
    end = time.monotonic() + WAIT
    while _sockets(long) > 0 and time.monotonic() < end:
        time.sleep(0.1)
    try:
        while piece := connection.recv(65_536):
            length += len(piece)
    except ConnectionResetError:
        pass
    assert held.startswith(b"HTTP/1.1 200")
    assert length < len(_post(long, query).body)


def _sockets(server: Server) -> int:
    """Connections that the server holds open."""
    told = Path(f"/proc/{server.process.pid}/net/tcp").read_text().splitlines()[1:]
    fields = [line.split() for line in told]
    return sum(int(each[1].split(":")[1], 16) == server.port and each[3] == "01" for each in fields)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/minerals", {"Accept": "a/b," * 10_000}, 431),
        ("/minerals", {"Accept-Language": "ja;q=0.1," * 4_000}, 431),
        ("/minerals", {f"X-{number}": "x" * 10_000 for number in range(40)}, 431),
        ("/minerals?" + "a=1&" * 5_000, {}, 400),
        ("/minerals/" + "xy" * 30_000, {}, 404),
        ("/minerals/" + "xy" * 50_000, {}, 414),
        ("/search?q=" + "%E3%81%82" * 7_000, {}, 400),
        ("/sparql?" + "a&" * 30_000, {}, 400),
        ("/sparql?query=" + "%20" * 60_000, {}, 414),
    ],
)
def test_a_head_that_would_take_long_to_read_is_refused(short: Server, path: str, headers: dict[str, str], status: int) -> None:
    reply = short.send("GET", path, headers)
    assert (reply.status, reply.media) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"what is the price of tungsten?\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 400_000, 431),
        (b"GET /" + b"a" * 400_000, 431),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: a\r\n" * 100_000, 431),
    ],
    ids=["no HTTP", "an endless header", "an endless address", "an endless trailer"],
)
def test_what_cannot_be_taken_as_http_is_told_and_the_connection_ends(short: Server, sent: bytes, status: int) -> None:
    told = _read(_raw(short, sent))
    assert f"HTTP/1.1 {status} ".encode() in told
    assert b"application/problem+json" in told
    assert short.send("GET", "/healthz").status == 200


def test_requests_that_do_not_wait_for_answers_are_answered_in_order_up_to_a_limit(short: Server) -> None:
    ask = b"GET /minerals/%s HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    told = _read(_raw(short, ask % b"tungstn" + ask % b"nikel" + last))
    assert [told.count(b"HTTP/1.1 404"), told.count(b"HTTP/1.1 200")] == [2, 1]
    assert told.index(b"tungstn") < told.index(b"nikel") < told.index(b"HTTP/1.1 200")
    assert _read(_raw(short, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 1_000)).count(b"HTTP/1.1") < 1_000
    assert short.send("GET", "/healthz").status == 200


def test_a_form_of_very_many_fields_is_refused(short: Server) -> None:
    reply = short.send("POST", "/sparql", FORM, "a=1&" * 100_000)
    assert (reply.status, reply.json()["limit"]) == (400, "fields")


def test_a_killed_service_leaves_no_query_running(tmp_path: Path) -> None:
    with serving(log=tmp_path / "log", environment=SHORT) as server:
        _raw(server, _hanging(RUNAWAY))
        until(lambda: _busy(server))
        processes = set(_query_processes(server))
        server.process.kill()
        server.process.wait()
        until(lambda: not any(Path(f"/proc/{pid}/statm").exists() for pid in processes))


def test_of_several_server_processes_a_dead_one_is_replaced_and_all_answer_what_is_in_flight_when_told_to_stop(tmp_path: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a ?b ?c } LIMIT 1000 } { SELECT * { ?d ?e ?f } LIMIT 1000 } }"
    with serving("--workers", "2", log=tmp_path / "log", environment={"LODE_GRACE_SECONDS": "180"}) as server:
        before = _server_processes(server)
        assert len(before) == 2
        os.kill(min(before), signal.SIGKILL)
        until(lambda: len(_server_processes(server) - {min(before)}) == 2 and _answers(server))
        asked = [_raw(server, _hanging(f"{slow} # {n}")) for n in range(4)]
        until(lambda: _taken(server) == 4)
        server.process.terminate()
        assert [b'"1000000"' in _read(connection) for connection in asked] == [True] * 4
        server.process.wait(WAIT)
        with pytest.raises(OSError):
            server.get("/healthz")


def _taken(server: Server) -> int:
    """Connections of which the server has taken all that was sent."""
    told = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = [each for each in told if int(each[1].split(":")[1], 16) == server.port and each[3] == "01"]
    return sum(each[4].split(":")[1] == "00000000" and each[9] != "0" for each in ours)


def _server_processes(server: Server) -> set[int]:
    found = set()
    for pid in Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split():
        with suppress(OSError):  # gone since it was listed
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(int(pid))
    return found


def _answers(server: Server) -> bool:
    try:
        return all(server.get("/minerals/tungsten").status == 200 for _ in range(5))
    except OSError:
        return False
