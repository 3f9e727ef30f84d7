"""Attacks on a service of its own: `python bench/attack.py [--short] [--list] [NAME ...]`.

Each starts `lode serve` on 127.0.0.1, is bounded in number and time, and says what was sent, what
was seen and what is right. Exit code 1 where one did not hold. `--short` is a form of each that
takes seconds and holds on a busy machine, so that it asserts no time.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from hostile import (
    WAIT,
    Onlooker,
    Reply,
    ask,
    at_once,
    chunked,
    connect,
    head,
    send,
    status_of,
    statuses,
)
from load import choose
from served import ROOT, Service, memory_of, percentile, table

MB = 1_000_000
NOWHERE = Path(os.devnull)
JSON = {"Accept": "application/json", "Content-Type": "application/json"}
MCP = {**JSON, "Accept": "application/json, text/event-stream", "Host": "localhost"}
STYLE = "/static/lodegraph.css"
DAY = "as_of=2012-12-31"
TABLE = "/doc/table/cepii-baci-hs92-world-exports"
SMALLER_TABLE = "/doc/table/cepii-baci-hs92-japan-imports"
DIGITS = "9" * 4_301
BUSY = (200, 503)
MATCH = "REGEX(CONCAT(STR(?c), STR(?f)), '(\\\\w{1,99}x){1,50}')"
RUNAWAYS = [
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "SELECT * { ?a ((((!<x:>)*)*)*)* ?b } OFFSET 99999999",
    "SELECT * { " + " UNION ".join(["{ ?a ?b ?c }"] * 900) + " { ?x ?y ?z } } ORDER BY ?c",
    f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f FILTER({MATCH}) }}",
    "SELECT * { ?s ?p (" + "1 " * 15_000 + ") }",
    "SELECT (" + "(" * 10_000 + "1" + ")" * 10_000 + " AS ?x) { }",
    "SELECT * { ?s ?p '" + "a" * 900_000 + "' }",
]
STOPPED = (400, 413, 422, 503)  # what may be answered to those
LOOKUPS = [
    "/minerals/tungsten",
    "/minerals/rare-earths?lang=ja",
    "/measures?mineral=nickel",
    "/search?q=Dy",
    "/queries/pillars",
    "/countries/china",
]
CHEAP = "SELECT * { <https://w3id.org/lodegraph/id/mineral/tungsten> ?p ?o }"


@dataclass(frozen=True)
class Outcome:
    """What an attack sent, what was seen, what would be right, and whether it was so."""

    sent: str
    seen: str
    right: str
    held: bool


@dataclass(frozen=True)
class Attack:
    """An attack by its name; ``run`` takes whether its short form is wanted."""

    name: str
    run: Callable[[bool], Outcome]


ATTACKS: dict[str, Attack] = {}


def attack(name: str) -> Callable[[Callable[[bool], Outcome]], Callable[[bool], Outcome]]:
    """Register an attack under a name."""

    def register(run: Callable[[bool], Outcome]) -> Callable[[bool], Outcome]:
        ATTACKS[name] = Attack(name, run)
        return run

    return register


def serve(*words: str, log: Path = NOWHERE, **settings: str) -> Service:
    """A service whose log is not shown."""
    return Service(*words, log=log, **settings)


def within(seconds: float, most: float, short: bool) -> bool:
    """Whether something was quick enough; the short form asserts no time."""
    return short or seconds <= most


@attack("A1")
def partial_and_conditional(short: bool) -> Outcome:
    """A range and a precondition before anybody else asks: are their answers kept for all?"""
    page, host = f"/minerals/tungsten?{DAY}", {"Host": "lodegraph.example", "Accept": "text/html"}
    with serve() as service:
        part = ask(service.port, STYLE, headers={"Range": "bytes=0-0"})
        plain = ask(service.port, STYLE)
        tag = ask(service.port, page, headers=host).headers.get("etag", "")
    with serve() as service:
        returning = ask(service.port, page, headers={**host, "If-None-Match": tag})
        strong = ask(service.port, page, headers={**host, "If-None-Match": tag[2:]})
        new = ask(service.port, page, headers=host)
    seen = (
        f"range {part.status}, plain {plain.status} with {len(plain.body):,} bytes; returning "
        f"{returning.status}, strong form of the tag {strong.status}, new {new.status} with "
        f"{len(new.body):,} bytes"
    )
    held = plain.status == 200 and len(plain.body) > 1 and part.status in (200, 206)
    held = held and returning.status == strong.status == 304
    return Outcome(
        "Range, then plain; a restart, then If-None-Match first",
        seen,
        "only a whole 200 is kept",
        held and new.status == 200 and len(new.body) > 1,
    )


@attack("A2")
def endless_body(short: bool) -> Outcome:
    """A chunked body without end, and one whose content an error might repeat."""
    size = 20 * MB if short else 300 * MB
    start = head("POST", "/scenarios", "Transfer-Encoding: chunked")
    long = json.dumps({"actions": [{"action": "z" * 900_000}] * 1}).encode()
    with serve(LODE_REQUEST_SECONDS="3") as service:
        ask(service.port, "/minerals")
        before = service.forget_peak()
        told = send(service.port, itertools.chain([start], chunked(size)))
        more = service.memory("VmHWM") - before
        echo = ask(service.port, "/scenarios", "POST", long, JSON)
        health = ask(service.port, "/healthz").status
    size_told = len(echo.body)
    is_small = more < 50 * MB and size_told < 5_000
    seen = f"{status_of(told)}, {more // MB} MB more; the error has {size_told:,} bytes"
    return Outcome(
        f"{size // MB} MB chunked to POST /scenarios; 0.9 MB in one word",
        seen,
        "413 below 50 MB more, an error below 5,000 bytes",
        (status_of(told), echo.status, health) == (413, 400, 200) and is_small,
    )


@attack("A3")
def slow_bodies(short: bool) -> Outcome:
    """As many bodies that drip as there are connections, opened anew where they are ended."""
    count, seconds = 50, 3.0 if short else 25.0
    start = head("POST", "/scenarios", "Content-Length: 1000", "Content-Type: application/json")
    with serve("--connections", str(count), LODE_REQUEST_SECONDS="10") as service:
        dripping = [connect(service.port, start) for _ in range(count)]
        ended = 0
        end = time.monotonic() + seconds
        with Onlooker(service.port, "/healthz", STYLE) as other:
            while time.monotonic() < end:
                for number, connection in enumerate(dripping):
                    if _drips(connection):
                        continue
                    ended += 1
                    connection.close()
                    dripping[number] = connect(service.port, start)
                time.sleep(1.0)
        for connection in dripping:
            connection.close()
    return Outcome(
        f"{count} bodies that drip into {count} connections, for {seconds:g} s",
        f"another client: {other}; {ended} were ended",
        "others are answered, in less than 1 s; what drips makes room",
        other.is_answered and ended > 0 and within(other.slowest, 1.0, short),
    )


def _drips(connection: socket.socket) -> bool:
    """Send one byte more; False where the service has ended the connection."""
    try:
        connection.sendall(b" ")
        connection.setblocking(False)
        return bool(connection.recv(1) != b"" and False)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        connection.settimeout(WAIT)


@attack("A4")
def cold_stampede(short: bool) -> Outcome:
    """Clients that wait for a start over a built store, all at once."""
    count, turns = (20, 1) if short else (100, 3)
    with Service(log=NOWHERE, awaited="/healthz") as service:
        begun = time.perf_counter()
        firsts: list[float] = []

        def client(number: int) -> list[Reply]:
            chance, found = random.Random(number), []
            for _ in range(turns):
                found.append(_until_answered(service.port, choose(chance)))
                firsts.append(time.perf_counter() - begun)
            return found

        with Onlooker(service.port, "/healthz") as health, ThreadPoolExecutor(count) as threads:
            replies = [reply for found in threads.map(client, range(count)) for reply in found]
    told = f"the first after {min(firsts):.1f} s, the last after {max(firsts):.1f}"
    seen = f"{statuses(replies)}; {told}; /healthz: {health}"
    held = all(reply.status == 200 for reply in replies) and health.is_answered
    return Outcome(
        f"{count} clients of the usual mix from the first moment of a start, {turns} reads each",
        seen,
        "all are answered; /healthz in less than 2 s",
        held and within(health.slowest, 2.0, short),
    )


def _until_answered(port: int, path: str) -> Reply:
    """The first answer that does not ask to come again."""
    end = time.monotonic() + WAIT
    while True:
        reply = ask(port, path)
        if reply.status != 503 or "retry-after" not in reply.headers or time.monotonic() > end:
            return reply
        time.sleep(min(1.0, float(reply.headers["retry-after"])))


@attack("A5")
def uncached_lookups(short: bool) -> Outcome:
    """Days that nobody asked for, forty minerals side by side, and pictures."""
    count, turns = (15, 1) if short else (60, 5)
    with serve() as service:
        listed = json.loads(ask(service.port, "/minerals?limit=40", headers=JSON).body)
        names = [item["slug"] for item in listed["items"]][:40]

        def client(number: int) -> list[Reply]:
            day = datetime.date(1990, 1, 1) + datetime.timedelta(number * 97)
            paths = [f"/?as_of={day + datetime.timedelta(turn)}" for turn in range(turns)]
            if number % 10 == 0:
                paths.append(f"/compare?minerals={','.join(names)}&year={2015 + number // 10}")
            if number % 10 == 5:
                paths.append(f"/graph.png?as_of={day}")
            return [ask(service.port, path) for path in paths]

        with Onlooker(service.port, "/healthz", STYLE) as other, ThreadPoolExecutor(count) as pool:
            replies = [reply for found in pool.map(client, range(count)) for reply in found]
    slowest = max(reply.seconds for reply in replies)
    return Outcome(
        f"{count} clients: /?as_of= of {count * turns} days, /compare of {len(names)}, /graph.png",
        f"{statuses(replies)}, the slowest after {slowest:.1f} s; health and a file: {other}",
        "200, or 503 with Retry-After; health and files in less than 1 s",
        {reply.status for reply in replies} <= set(BUSY)
        and any(reply.status == 200 for reply in replies)
        and all("retry-after" in reply.headers for reply in replies if reply.status == 503)
        and other.is_answered
        and within(other.slowest, 1.0, short),
    )


@attack("A6")
def slow_steady_download(short: bool) -> Outcome:
    """A reader that takes longer for the whole than a stalled one is waited for."""
    stall = 5  # a busy machine does not hold up a reader for so long
    paths = ["/graph.graphml?lang=ja"] if short else ["/graph.graphml?lang=ja", "/graph.trig"]
    with serve(LODE_STALL_SECONDS=str(stall)) as service:
        found = []
        for path in paths:
            size, seconds = _read_slowly(service.port, path, 2.2 * stall)
            whole = len(ask(service.port, path).body)
            found.append((path, size, whole, seconds))
    told = []
    for path, size, whole, seconds in found:
        told.append(f"{path}: {size / MB:.1f} of {whole / MB:.1f} MB in {seconds:.0f} s")
    return Outcome(
        f"80 kB a second for {2.2 * stall:.0f} s, then all, of a service that waits {stall} s",
        "; ".join(told),
        "the whole",
        all(size >= whole > MB and seconds > 2 * stall for _, size, whole, seconds in found),
    )


def _read_slowly(port: int, path: str, slow_seconds: float) -> tuple[int, float]:
    """Bytes of an answer, and seconds, where little is taken at a time for so long."""
    with connect(port, head("GET", path, "Connection: close"), receives=16_384) as connection:
        size, begun, lasted = 0, 0.0, 0.0
        with suppress(OSError):
            while piece := connection.recv(4_096 if lasted < slow_seconds else 65_536):
                begun = begun or time.monotonic()
                size += len(piece)
                lasted = time.monotonic() - begun
                if lasted < slow_seconds:
                    time.sleep(0.05)
    return size, lasted


@attack("A7")
def large_documents(short: bool) -> Outcome:
    """The RDF of a large document, in several forms and to several clients at once."""
    count = 3 if short else 8
    document = SMALLER_TABLE if short else TABLE
    forms = ("rdfxml", "turtle", "jsonld", "ntriples")
    with serve() as service:
        ask(service.port, "/minerals/tungsten")
        before = service.forget_peak()
        replies = at_once(
            count,
            lambda number: ask(
                service.port,
                f"{document}?format={forms[number % len(forms)]}",
                headers={"X-Number": str(number)},
            ),
        )
        more = service.memory("VmHWM") - before
    size = sum(len(reply.body) for reply in replies)
    return Outcome(
        f"{count} x RDF of {document} at once",
        f"{statuses(replies)}, {size // MB} MB of answers, {more // MB} MB of memory more",
        "answers or 503 in words, below 300 MB more",
        {reply.status for reply in replies} <= set(BUSY) and size > 0 and more < 300 * MB,
    )


@attack("A8")
def slow_readers_of_all(short: bool) -> Outcome:
    """Readers that ask for the whole graph and take nothing."""
    count, path, limit = 5, "/graphs?default", 200 * MB
    if short:
        path, limit = f"/sparql?query={quote('SELECT * { ?s ?p ?o } LIMIT 50000')}", 25 * MB
    with serve(LODE_SPOOL_BYTES=str(limit), LODE_STALL_SECONDS="120") as service:
        readers = []
        for number in range(count):
            asked = head("GET", path, f"X-Number: {number}")
            readers.append(connect(service.port, asked, receives=4_096))
        most, found = 0, dict[int, int]()
        end = time.monotonic() + WAIT
        while len(found) < count and time.monotonic() < end:
            most = max(most, service.spooled())
            found |= {n: status for n, each in enumerate(readers) if (status := _glance(each))}
            time.sleep(0.02)
        most = max(most, service.spooled())
        health = ask(service.port, "/healthz").status
        for reader in readers:
            reader.close()
        left = _wait_for(lambda: service.spooled() == 0)
    told = ", ".join(map(str, sorted(found.values())))
    return Outcome(
        f"{count} x {path} whose readers take nothing, {limit // MB} MB for spools",
        f"statuses {told}; {most // MB} MB of disk at most; given back: {left}",
        "no more disk than the limit; 503 in words beyond; given back",
        len(found) == count
        and {503} <= set(found.values()) <= set(BUSY)
        and health == 200
        and most <= 1.01 * limit  # what is counted is what was written
        and left,
    )


def _glance(connection: socket.socket) -> int:
    """The status of an answer that has begun, which stays unread; 0 where none has."""
    connection.setblocking(False)
    try:
        told = connection.recv(12, socket.MSG_PEEK)
        return status_of(told + b" ") if len(told) == 12 else 0
    except OSError:
        return 0
    finally:
        connection.settimeout(WAIT)


def _wait_for(what: Callable[[], bool], seconds: float = WAIT) -> bool:
    """Whether something came about in time."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@attack("A9")
def digits_and_half_characters(short: bool) -> Outcome:
    """Numbers that Python does not read, and text that is no Unicode."""
    queries = [
        f"SELECT * {{ ?s ?p ?o }} LIMIT {DIGITS}",
        f"SELECT * {{ ?s ?p ?o }} LIMIT 5 OFFSET {DIGITS}",
        f"ASK {{ ?s ?p {DIGITS} }}",
        f"DESCRIBE ?s {{ ?s ?p ?o }} LIMIT {DIGITS}",
        f"SELECT ({DIGITS} AS ?x) {{ }}",
    ]
    half = [
        {"actions": [{"action": "restrict", "measure": "a\ud800", "percent": 50}]},
        {"actions": [{"action": "\ud800"}]},
        {"\ud800": []},
        {"actions": [{"action": "restrict", "measure": "a", "percent": 10**400}]},
    ]
    with serve(LODE_QUERY_ROWS="100") as service:
        replies = [ask(service.port, f"/sparql?query={quote(query)}") for query in queries]
        for body in map(json.dumps, half):
            replies.append(ask(service.port, "/scenarios", "POST", body.encode(), JSON))
        call = _mcp("search", text="\ud800")
        replies.append(ask(service.port, "/mcp", "POST", call, MCP))
        for path in (f"/minerals?limit={DIGITS}", "/search?q=%ED%A0%80", "/minerals/%ff"):
            replies.append(ask(service.port, path, headers=JSON))
    return Outcome(
        "LIMIT, OFFSET, terms of 4,301 digits; half characters in JSON, addresses, MCP",
        statuses(replies),
        "answered, or refused as the client's fault",
        all(reply.status in (200, 400, 404) for reply in replies),
    )


def _mcp(tool: str, **arguments: object) -> bytes:
    """The body of a call of a tool for language models."""
    params = {"name": tool, "arguments": arguments}
    told = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return json.dumps(told).encode()


@attack("A10")
def hang_up_in_body(short: bool) -> Outcome:
    """Clients that go away inside a body, after the library of language models was loaded, and
    inside a large answer."""
    paths = ("/scenarios", "/sparql", "/mcp", "/minerals")
    large = f"/sparql?query={quote('SELECT * { ?s ?p ?o } LIMIT 50000')}"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with serve(log=log, LODE_SLOW_QUERY_SECONDS="900", LODE_QUICK_SECONDS="900") as service:
            ask(service.port, "/mcp", "POST", _mcp("search", text="tungsten"), MCP)
            for number, path in enumerate(paths):
                lines = (f"X-Request-Id: hang-up-{number}-", "Content-Length: 900")
                with connect(service.port, head("POST", path, *lines) + b"ASK"):
                    pass
            asked = head("GET", large, f"X-Request-Id: hang-up-{len(paths)}-")
            with connect(service.port, asked, receives=4_096) as reader:
                _wait_for(lambda: _glance(reader) != 0)
            told = [f"hang-up-{number}-" for number in range(len(paths) + 1)]
            _wait_for(lambda: all(each in log.read_text("utf-8") for each in told), 60.0)
            left = service.spooled()
        said = log.read_text("utf-8").splitlines()
    counts = [sum(each in line for line in said) for each in told]
    errors = sum(" ERROR " in line or "Traceback" in line for line in said)
    forms = [line for line in said if not re.match(r"\S+Z [A-Z]+ |Lodegraph at ", line)]
    return Outcome(
        f"a hang-up inside the body of {', '.join(paths)}, and inside an answer of 14 MB",
        f"{counts} lines, {errors} of ERROR, {len(forms)} of another form; {left} bytes on disk",
        "one line each, one form for all, nothing left",
        counts == [1] * len(told) and not errors and not forms and not left,
    )


@attack("A11")
def memory_of_building(short: bool) -> Outcome:
    """A dataset that is built as the service starts: does the server keep what that took?"""
    count = 30_000 if short else 1_500_000
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.nt"
        with data.open("w", encoding="ascii") as file:
            for number in range(count):
                file.write(f'<http://x.example/{number}> <http://x.example/p> "{number:060}" .\n')
        held = []
        for _ in ("builds", "opens"):
            with serve("--dataset", str(data), LODE_CACHE=f"{folder}/cache") as service:
                held.append(service.memory() // MB)
    return Outcome(
        f"the first start over {count:,} triples, and the second",
        f"{held[0]} MB, {held[1]} MB",
        "less than 100 MB apart",
        held[0] - held[1] < 100,
    )


@attack("A12")
def japanese_code_page(short: bool) -> Outcome:
    """The command line where standard output is cp932."""
    commands = ["show dysprosium", "ask pillars --lang ja", "ask 希土 --lang ja"]
    if not short:
        commands += ["stats", "list queries", "search é", "risks tungsten", "--help", "episodes"]
    wrong, environment = [], {**os.environ, "PYTHONIOENCODING": "cp932"}
    for command in commands:
        words = [sys.executable, "-m", "service", *command.split()]
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=False)
        if b"Traceback" in done.stderr or b"UnicodeEncodeError" in done.stderr:
            wrong.append(command)
        elif done.returncode not in (0, 1, 2):
            wrong.append(f"{command} ({done.returncode})")
    return Outcome(
        f"{len(commands)} commands under PYTHONIOENCODING=cp932",
        f"wrong: {', '.join(wrong) or 'none'}",
        "printed, or told in words",
        not wrong,
    )


@attack("A13")
def killed_parent(short: bool) -> Outcome:
    """kill -9 of the process that started two server processes, while a query runs."""
    with serve("--workers", "2", LODE_QUERY_SECONDS="60") as service:
        path = f"/sparql?query={quote(RUNAWAYS[0])}"
        with connect(service.port, head("GET", path)):
            _wait_for(lambda: len(service.family()) > 3)
            below = service.family() - {service.process.pid}
            service.process.kill()
            service.process.wait()
            started = time.monotonic()
        is_gone = _wait_for(lambda: not any(map(_is_alive, below)), 90.0)
        seconds = time.monotonic() - started
        left = sorted(filter(_is_alive, below))
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            is_free = probe.connect_ex(("127.0.0.1", service.port)) != 0
    return Outcome(
        "kill -9 of the parent of --workers 2, one query at work",
        f"{len(left)} of {len(below)} processes left after {seconds:.1f} s",
        "none left, the port free",
        is_gone and is_free and len(below) >= 4,
    )


def _is_alive(pid: int) -> bool:
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@attack("A14")
def rows_for_models(short: bool) -> Outcome:
    """A query of a language model over everything: how many rows does the service fetch?"""
    with serve(LODE_METRICS="on") as service:
        call = _mcp("sparql", query="SELECT * { ?s ?p ?o }")
        reply = ask(service.port, "/mcp", "POST", call, MCP)
        told = ask(service.port, "/metrics").body.decode()
    sums = re.findall(r"^lodegraph_query_rows_sum\{.*\} (\S+)$", told, re.MULTILINE)
    rows = int(sum(map(float, sums)))
    return Outcome(
        "MCP sparql SELECT * { ?s ?p ?o }",
        f"{reply.status}, {rows:,} rows fetched, {len(reply.body):,} bytes told",
        "101 fetched, to show 100",
        reply.status == 200 and 0 < rows <= 101,
    )


@attack("hosts")
def hosts(short: bool) -> Outcome:
    """Requests that name no host, two, or none that is one."""
    given = [("Host: a", "Host: b"), ("Host: a", "Host: a"), (), ("Host: a b",), ("Host: a/b",)]
    found = []
    with serve() as service:
        for lines in given:
            asked = ["GET /healthz HTTP/1.1", *lines, "Connection: close", "", ""]
            found.append(status_of(send(service.port, ["\r\n".join(asked).encode()])))
    return Outcome("two headers Host, none, or no host", f"{found}", "400", set(found) == {400})


@attack("files")
def files_as_graphs(short: bool) -> Outcome:
    """Graphs of a query or of a request that are files."""
    queries = [
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "ASK FROM NAMED <FILE:/etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
        "PREFIX f: <file:///etc/> DESCRIBE ?s FROM f:passwd { ?s ?p ?o }",
        "BASE <file:///etc/> ASK FROM <passwd> { ?s ?p ?o }",
        "ASK FROM <\\u0066ile:///etc/passwd> { ?s ?p ?o }",
    ]
    with serve() as service:
        replies = [ask(service.port, f"/sparql?query={quote(query)}") for query in queries]
        for name in ("default-graph-uri", "named-graph-uri"):
            path = f"/sparql?query=ASK%7B%7D&{name}=file%3A%2F%2F%2Fetc%2Fpasswd"
            replies.append(ask(service.port, path))
        replies.append(ask(service.port, "/graphs?graph=file%3A%2F%2F%2Fetc%2Fpasswd"))
    return Outcome(
        "FROM <file:...> in five spellings, as dataset of a request, as a graph",
        statuses(replies),
        "400; 404 for the graph",
        all(reply.status == 400 for reply in replies[:-1]) and replies[-1].status in (400, 404),
    )


@attack("bombs")
def growing_files(short: bool) -> Outcome:
    """Files of `--dataset` that grow as they are read."""
    rdf = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="x:">'
    nested = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(8))
    described = '<rdf:Description rdf:about="x:a"><x:p>%s</x:p></rdf:Description></rdf:RDF>'
    files = {
        "nested.rdf": f'<!DOCTYPE r [<!ENTITY a0 "aaaaaaaaaa">{nested}]>{rdf}{described % "&a8;"}',
        "outside.rdf": f'<!DOCTYPE r [<!ENTITY a SYSTEM "/etc/passwd">]>{rdf}{described % "&a;"}',
        "deep.jsonld": '{"@id":"x:a","x:p":' * 3000 + "1" + "}" * 3000,
        "deep.ttl": "<x:a> <x:p> " + "<<( <x:a> <x:p> " * 30_000 + "1" + " )>>" * 30_000 + " .",
    }
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.write_text(text, encoding="utf-8")
            words = ("serve", "--port", "0", "--dataset", str(path))
            code, said, memory = _run_measured(*words, cache=folder)
            told.append((name, code, f"{name} is not read" in said, memory // MB))
    seen = ", ".join(f"{name}: exit {code}, {memory} MB" for name, code, _, memory in told)
    return Outcome(
        "files whose entities or nesting grow, to serve --dataset",
        seen,
        "refused by name, below 300 MB",
        all(code == 1 and is_told and memory < 300 for _, code, is_told, memory in told),
    )


def _run_measured(*words: str, cache: str) -> tuple[int, str, int]:
    """Exit code, what was said, and the most bytes of memory of a command that ends soon.

    The memory is looked at as it runs: what the system tells at the end counts the process that
    started it, too.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "service", *words],
            cwd=ROOT,
            env={**os.environ, "LODE_CACHE": f"{cache}/cache"},
            stdout=said,
            stderr=said,
        )
        most, end = 0, time.monotonic() + WAIT
        while process.poll() is None:
            most = max(most, memory_of(process.pid, "VmHWM"))
            if time.monotonic() > end:
                process.kill()
            time.sleep(0.02)
        said.seek(0)
        return process.returncode, said.read().decode("utf-8", "replace"), most


@attack("headers")
def headers_of_every_answer(short: bool) -> Outcome:
    """Do all kinds of answers carry the headers that SECURITY.md promises?"""
    paths = ["/", "/minerals/tungsten", "/nowhere", "/docs", "/redoc", "/openapi.json", STYLE]
    paths += ["/graph.svg?center=dysprosium", "/id/mineral/tungsten?format=rdfxml", "/healthz"]
    paths += ["/sparql?query=ASK%7B%7D&format=xml", "/sparql?query=x", "/mcp", "/robots.txt"]
    paths += ["/queries/pillars?format=csv", "/minerals?lang=%3Cb%3E", "/id/mineral/tungsten"]
    wanted = ("x-content-type-options", "referrer-policy", "content-security-policy")
    with serve() as service:
        replies = {path: ask(service.port, path) for path in paths}
        tags = {path: reply.headers.get("etag") for path, reply in replies.items()}
        again = {}
        for path, tag in tags.items():
            if tag:
                held = ask(service.port, path, headers={"If-None-Match": tag})
                again[f"304 {path}"] = held
        preflight = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
        replies["preflight"] = ask(service.port, "/sparql", "OPTIONS", headers=preflight)
        replies["PUT"] = ask(service.port, "/minerals", "PUT")
        replies["too long"] = ask(service.port, "/" + "a" * 66_000)
        replies |= again
    bare = [name for name, reply in replies.items() if not all(map(reply.headers.get, wanted))]
    loose = [
        name
        for name, reply in replies.items()
        if "script-src 'unsafe-inline'" in reply.headers.get("content-security-policy", "")
        or reply.headers.get("x-content-type-options") != "nosniff"
    ]
    return Outcome(
        f"{len(replies)} requests of every kind, {len(again)} of them conditional",
        f"without a header: {', '.join(bare) or 'none'}; too loose: {', '.join(loose) or 'none'}",
        "nosniff, a referrer policy and a content policy on each",
        not bare and not loose and {reply.status for reply in again.values()} == {304},
    )


@attack("taken port")
def taken_port(short: bool) -> Outcome:
    """A start on a port where somebody listens."""
    with socket.socket() as taken, tempfile.TemporaryDirectory() as folder:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, said, _ = _run_measured("serve", "--port", port, cache=folder)
        is_built = (Path(folder) / "cache").exists()
    return Outcome(
        "serve on a taken port",
        f"exit {code}: {said.strip()[:120]}",
        "exit 1 in one line, before anything is built or said",
        code == 1 and len(said.splitlines()) == 1 and "in use" in said and not is_built,
    )


@attack("store is a file")
def file_in_the_place_of_a_store(short: bool) -> Outcome:
    """A start where a file stands in the place of the built store."""
    with tempfile.TemporaryDirectory() as folder:
        data, cache = Path(folder) / "data.nt", Path(folder) / "cache"
        data.write_text("<x:a> <x:b> <x:c> .\n", encoding="utf-8")
        with serve("--dataset", str(data), LODE_CACHE=str(cache)):
            pass
        [store] = cache.glob("dataset-*")
        store.rename(Path(folder) / "away")
        store.write_text("", encoding="utf-8")
        code, said, _ = _run_measured("serve", "--port", "0", "--dataset", str(data), cache=folder)
    return Outcome(
        "serve where the store is a file",
        f"exit {code}: {said.strip()[-120:]}",
        "exit 1, told as a file, not as damage",
        code == 1 and "is a file" in said and "damaged" not in said,
    )


@attack("runaways")
def runaways(short: bool) -> Outcome:
    """A second client's look-ups while as many runaways are sent as there are places."""
    seconds = 1.0 if short else 15.0
    with serve(LODE_QUERY_SECONDS="3") as service, ThreadPoolExecutor(2) as threads:
        _look_up(service.port, time.monotonic() + 2)  # what is asked first is read from disk
        quiet = _look_up(service.port, time.monotonic() + seconds)
        until = time.monotonic() + 1 + seconds
        attackers = [threads.submit(_run_away, service.port, until, number) for number in range(2)]
        time.sleep(1)
        loud = _look_up(service.port, time.monotonic() + seconds)
        answers = [reply for attacker in attackers for reply in attacker.result()]
    told, slowest = [], 0.0
    for name, replies in (("quiet", quiet), ("under attack", loud)):
        times = [1000 * reply.seconds for reply in replies]
        slowest = percentile(times, 99)
        median = percentile(times, 50)
        told.append(f"{name} {len(times)}, p50 {median:.1f}, p99 {slowest:.1f} ms")
    return Outcome(
        f"{len(answers)} runaways, two at a time, for {seconds:g} s",
        f"{'; '.join(told)}; to the runaways: {statuses(answers)}",
        "look-ups 200, 99 in 100 in less than 0.1 s; runaways 400, 413, 422",
        all(reply.status == 200 for reply in quiet + loud)
        and {reply.status for reply in answers} <= set(STOPPED)
        and within(slowest, 100.0, short),
    )


def _look_up(port: int, until: float) -> list[Reply]:
    """Look-ups and cheap queries, one after the other."""
    found: list[Reply] = []
    for number in itertools.count():
        if time.monotonic() > until:
            return found
        cheap = f"/sparql?query={quote(CHEAP)}%23{number}"
        found.append(ask(port, (*LOOKUPS, cheap)[number % (len(LOOKUPS) + 1)]))
        time.sleep(0.005)
    return found


def _run_away(port: int, until: float, number: int) -> list[Reply]:
    """Runaways, each other than all before, until then."""
    found: list[Reply] = []
    for turn in itertools.count(number):
        if time.monotonic() > until:
            return found
        found.append(_query(port, f"{RUNAWAYS[turn % len(RUNAWAYS)]} # {number} {turn}"))
    return found


def _query(port: int, text: str) -> Reply:
    """A query by POST."""
    return ask(port, "/sparql", "POST", text.encode(), {"Content-Type": "application/sparql-query"})


@attack("thirty")
def thirty_runaways(short: bool) -> Outcome:
    """A cheap query behind many different runaways that come at once."""
    count, seconds = (6, "1") if short else (30, "10")
    with (
        serve(LODE_QUERY_SECONDS=seconds, LODE_QUERY_PATIENCE="60") as service,
        ThreadPoolExecutor(count) as threads,
    ):
        ask(service.port, "/minerals/tungsten")
        texts = [f"{RUNAWAYS[0]} # {number}" for number in range(count)]
        running = [threads.submit(_query, service.port, text) for text in texts]
        time.sleep(0.5)
        with Onlooker(service.port, "/minerals/tungsten", "/queries/pillars") as other:
            cheap = _query(service.port, "ASK { ?s ?p ?o }")
        answers = [each.result() for each in running]
    told = f"ASK {cheap.status} after {cheap.seconds:.1f} s; look-ups meanwhile: {other}"
    return Outcome(
        f"{count} runaways at once, then ASK",
        f"{told}; the runaways: {statuses(answers)}",
        "ASK 200 within a minute; look-ups in less than 1 s",
        cheap.status == 200
        and other.is_answered
        and {reply.status for reply in answers} <= {422, 503}
        and within(other.slowest, 1.0, short)
        and within(cheap.seconds, 60.0, short),
    )


def run(name: str, short: bool) -> Outcome:
    """An attack by its name; what goes wrong in it is an outcome that did not hold."""
    try:
        return ATTACKS[name].run(short)
    except (Exception, SystemExit) as error:
        return Outcome(name, f"{type(error).__name__}: {error}", "an end", held=False)


def main() -> None:
    """Run the attacks that are named, or all."""
    parser = argparse.ArgumentParser(description="Attacks on a service of its own.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which (default: all)")
    parser.add_argument("--short", action="store_true", help="a form that takes seconds")
    parser.add_argument("--list", action="store_true", help="print the names")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in ATTACKS]
    if unknown:
        parser.error(f"no attack {', '.join(unknown)}; there are {', '.join(ATTACKS)}")
    if given.list:
        print("\n".join(ATTACKS))
        return
    rows = []
    for name in given.names or ATTACKS:
        found = run(name, given.short)
        verdict = "held" if found.held else "FAILED"
        print(
            f"{name} {verdict}: sent {found.sent}; seen {found.seen}; right: {found.right}",
            flush=True,
        )
        rows.append((name, found.sent, found.seen, found.right, verdict))
    table(("attack", "sent", "seen", "right", ""), rows)
    sys.exit(any(row[-1] != "held" for row in rows))


if __name__ == "__main__":
    main()
