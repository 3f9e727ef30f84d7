"""What an operator relies on: metrics, one log, how the service starts and stops, and that nothing stays behind."""

from __future__ import annotations

import datetime
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from live import WAIT, Reply, Server, serving, until
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from kg import BadParameter, Graph
from kg.derive.state_graph import DATASET
from kg.errors import StoreFailed
from kg.settings import read_settings
from kg.source import files
from kg.store import disk_cache
from kg.workers.observer import QueryRun
from service.app import create_app
from service.http.listen import address, bind, close
from service.http.logging import fields, new_request_id
from service.http.metrics import Metrics, newest_document

pytestmark = pytest.mark.slow

SLOW = "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a ?b ?c } LIMIT 600 } { SELECT * { ?d ?e ?f } LIMIT 600 } }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a a ?x . ?b a ?y . ?c a ?z }"  # takes time, but little memory
PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"  # the same of any small dataset
WATCHED = {
    "LODE_LOG": "json",
    "LODE_METRICS": "on",
    "LODE_SLOW_QUERY_SECONDS": "0.01",
    "LODE_QUERY_SECONDS": "10",
    "LODE_QUICK_SECONDS": "0.3",
    "LODE_SECURITY_CONTACT": "mailto:security@lodegraph.example",
}


@dataclass(frozen=True)
class Watched:
    """A server and what it logs."""

    server: Server
    log: Path

    def lines(self, **wanted: Any) -> list[dict[str, Any]]:
        """Lines of the log with these values."""
        said = [json.loads(line) for line in self.log.read_text(encoding="ascii").splitlines() if line.startswith("{")]
        return [line for line in said if wanted.items() <= line.items()]

    def line(self, **wanted: Any) -> dict[str, Any]:
        """The one line with these values, once it is there."""
        until(lambda: self.lines(**wanted))
        [found] = self.lines(**wanted)
        return found


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    log = tmp_path_factory.mktemp("watched") / "log"
    with serving(log=log, environment=WATCHED) as server:
        yield Watched(server, log)


def families(text: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def samples(reply: Reply) -> dict[tuple[str, ...], float]:
    """Value of each sample by its name and its labels' values, in order of the labels' names."""
    found = {}
    for family in families(reply.text).values():
        for sample in family.samples:
            found[(sample.name, *(sample.labels[name] for name in sorted(sample.labels)))] = sample.value
    return found


def free_port(count: int = 1) -> int:
    """The first of so many ports in a row that are free."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = int(probe.getsockname()[1])
        with suppress(OSError):
            for port in range(first, first + count):
                close(bind("127.0.0.1", port))
            return first


# Metrics


def test_metrics_count_requests_by_the_template_of_their_route(watched: Watched) -> None:
    names = ("lodegraph_http_requests_total", "lodegraph_http_request_duration_seconds_count")
    wanted = (names[0], "GET", "/minerals/{slug}", "200"), (names[1], "GET", "/minerals/{slug}")
    before = samples(watched.server.get("/metrics"))
    for slug in ("tungsten", "tungsten", "cobalt"):
        assert watched.server.get(f"/minerals/{slug}").status == 200
    after = samples(watched.server.get("/metrics"))
    assert [after[key] - before.get(key, 0) for key in wanted] == [3, 3]


def test_no_request_makes_a_label_of_its_own(watched: Watched) -> None:
    for number in range(20):
        watched.server.get(f"/nowhere/{number}")
        watched.server.get(f"/minerals/nowhere-{number}")
        watched.server.send(f"M{number}", "/minerals")
    [family] = [found for name, found in families(watched.server.get("/metrics").text).items() if name == "lodegraph_http_requests"]
    labels = [sample.labels for sample in family.samples]
    assert {label["method"] for label in labels} <= {"GET", "HEAD", "POST", "QUERY", "OPTIONS", "other"}
    assert not [label for label in labels if re.search(r"\d", label["route"])]
    assert ("none", "404") in {(label["route"], label["status"]) for label in labels}


def test_metrics_count_queries_caches_and_processes(watched: Watched) -> None:
    before = samples(watched.server.get("/metrics"))
    asked = "ASK { ?s ?p ?metrics_count_queries }"
    assert watched.server.query(asked, "text/csv").status == 200
    assert watched.server.query(asked, "text/csv", x="").status == 400
    assert watched.server.query(asked, "text/csv", timeout="1").status == 200
    assert watched.server.query(RUNAWAY).status == 422
    after = samples(watched.server.get("/metrics"))

    def grown(*key: str) -> float:
        return after.get(key, 0) - before.get(key, 0)

    assert grown("lodegraph_queries_total", "free", "time") == 1
    assert grown("lodegraph_queries_total", "free", "answered") == 1
    assert grown("lodegraph_query_duration_seconds_count", "free") == 2
    assert grown("lodegraph_query_rows_count", "free") == 2
    assert grown("lodegraph_query_processes_replaced_total", "free", "time") == 1
    assert grown("lodegraph_cache_requests_total", "query", "hit") == 1
    assert grown("lodegraph_cache_requests_total", "query", "miss") == 2
    assert after["lodegraph_query_processes", "free", "idle"] + after["lodegraph_query_processes", "free", "busy"] == 2
    assert after["lodegraph_query_queue_length",] == 0
    assert after["lodegraph_spool_bytes",] == 0


def test_metrics_tell_what_is_served(watched: Watched, graph: Graph) -> None:
    found = families(watched.server.get("/metrics").text)
    told = found["lodegraph_info"].samples[0].labels
    assert told == {"version": "0.1.0", "data_version": graph.version, "store": "built"}
    [horizon] = found["lodegraph_knowledge_horizon_timestamp_seconds"].samples
    newest = max(f"{row['issued']}-01-01"[:10] for row in graph.part("issued"))  # a month or a year from its first day
    assert datetime.datetime.fromtimestamp(horizon.value, datetime.UTC).date().isoformat() == newest
    assert found["lodegraph_process_info"].samples[0].labels["pid"] == str(watched.server.process.pid)
    assert found["process_resident_memory_bytes"].samples[0].value > 0


def test_metrics_are_never_kept_and_come_in_openmetrics_too(watched: Watched) -> None:
    reply = watched.server.get("/metrics", "application/openmetrics-text; version=1.0.0")
    assert reply.media == "application/openmetrics-text"
    assert reply.text.endswith("# EOF\n")
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers
    assert watched.server.send("HEAD", "/metrics").body == b""


@pytest.mark.parametrize("issued", ["2024", "2024-01", "2024-01-01"])
def test_a_document_of_a_year_or_month_was_surely_out_on_its_first_day(issued: str) -> None:
    class Documents:
        def part(self, name: str) -> list[dict[str, str]]:
            return [{"thing": DATASET, "horizon": issued}] if name == "horizons" else []

    told: Any = Documents()
    assert newest_document(told) == datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC).timestamp()


def test_two_apps_in_one_process_count_apart(graph: Graph) -> None:
    one, other = create_app(graph).state.operation.metrics, create_app(graph).state.operation.metrics
    one.finished(QueryRun("ASK {}", "key", "free", "answered", 0.0, 0.1, 1))
    assert b'lodegraph_queries_total{lane="free",outcome="answered"} 1.0' in one.page("")[0]
    assert b"lodegraph_queries_total{" not in other.page("")[0]


def test_metrics_are_off_unless_asked_for(lodegraph: Server) -> None:
    assert lodegraph.get("/metrics").status == 404


def test_each_server_process_answers_on_a_port_of_its_own_for_metrics(tmp_path: Path) -> None:
    first = free_port(2)
    with serving("--workers", "2", log=tmp_path / "log", environment={"LODE_METRICS": f"127.0.0.1:{first}"}) as server:
        assert server.get("/metrics").status == 404
        pids: set[str] = set()

        def both() -> bool:
            for port in (first, first + 1):
                with suppress(OSError):
                    found = families(Server(port, server.process).get("/metrics").text)
                    pids.add(found["lodegraph_process_info"].samples[0].labels["pid"])
            return len(pids) == 2

        until(both)
        assert str(server.process.pid) not in pids


@pytest.mark.parametrize("value", ["yes", "8000", "host:", ":8000", "a b:80", "127.0.0.1:123456"])
def test_a_place_for_metrics_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LODE_METRICS", value)
    with pytest.raises(BadParameter, match="LODE_METRICS"):
        read_settings()


def _metrics_named(text: str) -> set[str]:
    return set(re.findall(r"\b(?:lodegraph|process)_[a-z_]+\b", text))


@pytest.mark.parametrize("page", ["operations.md", "ja/operations.md"])
def test_the_documentation_names_the_metrics_that_there_are(page: str, watched: Watched) -> None:
    metrics = Metrics()
    metrics.request("/", "GET", 200, 0.1, 1)
    metrics.refused(408)
    metrics.cached_by("response", True)
    metrics.finished(QueryRun("ASK {}", "key", "free", "answered", 0.0, 0.1, 1))
    metrics.replaced("free", "time")
    told = {**families(watched.server.get("/metrics").text), **families(metrics.page("")[0].decode())}
    known = {sample.name for family in told.values() for sample in family.samples}
    known |= {family.name for family in told.values() if family.type == "histogram"}
    named = _metrics_named((files.root() / "docs" / page).read_text(encoding="utf-8"))
    assert len(named) > 15
    assert named <= known
    ours = {re.sub(r"_(count|sum|bucket)$", "", name) for name in known if name.startswith("lodegraph_")}
    assert not ours - {re.sub(r"_(count|sum|bucket)$", "", name) for name in named}


# The log


def test_each_request_has_one_line(watched: Watched) -> None:
    assert watched.server.get("/minerals/tungsten?lang=ja", X_Request_Id="one-line.1").headers["x-request-id"] == "one-line.1"
    line = watched.line(request_id="one-line.1")
    assert {name: line[name] for name in ("method", "path", "route", "status", "client", "logger", "level")} == {
        "method": "GET",
        "path": "/minerals/tungsten",
        "route": "/minerals/{slug}",
        "status": 200,
        "client": "127.0.0.1",
        "logger": "lodegraph.access",
        "level": "info",
    }
    assert line["bytes"] > 100
    assert line["ms"] > 0
    assert datetime.datetime.fromisoformat(line["time"]).tzinfo


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, 'a"b', "é", "a;b", "\t"])
def test_an_id_that_is_long_or_odd_is_replaced(watched: Watched, given: str) -> None:
    made = watched.server.send("GET", "/healthz", {"X-Request-Id": given.encode("utf-8").decode("latin-1")}).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert new_request_id(given) != given


def test_what_comes_from_a_request_neither_ends_a_line_nor_begins_one(watched: Watched) -> None:
    forged = "%0A%7B%22message%22:%22forged%22%7D%1b[31m%e2%80%a8%e2%80%ae"
    watched.server.get(f"/minerals/{forged}", X_Request_Id="forged.1")
    assert watched.line(request_id="forged.1")["path"].startswith('/minerals/\n{"message"')
    assert watched.lines(message="forged") == []
    watched.server.query(f"ASK {{ ?s ?p '{chr(0x2028)}' }} # \\n forged", X_Request_Id="forged.2")
    assert all(ord(letter) in range(32, 127) or letter == "\n" for letter in watched.log.read_text(encoding="utf-8"))


def test_a_slow_query_and_a_stopped_one_are_logged_with_their_text(watched: Watched) -> None:
    reply = watched.server.get(f"/sparql?query={SLOW.replace(' ', '%20')}", X_Request_Id="slow.1")
    assert reply.status == 200
    line = watched.line(request_id="slow.1", message="slow query")
    assert (line["text"], line["outcome"], line["rows"]) == (SLOW, "answered", 1)
    assert line["seconds"] >= 0.01
    assert re.fullmatch("[0-9a-f]{16}", line["hash"])
    padded = RUNAWAY + "%20%23" + "x" * 2_000
    assert watched.server.get(f"/sparql?query={padded.replace(' ', '%20')}", X_Request_Id="slow.2").status == 422
    line = watched.line(request_id="slow.2", message="query stopped at a limit")
    assert (line["level"], line["outcome"], len(line["text"])) == ("warning", "time", 500)
    assert watched.line(request_id="slow.2", message="not answered")["limit"] == "time"
    assert {line["reason"] for line in watched.lines(request_id="slow.2", message="query process replaced")} == {"time"}


def test_a_killed_query_process_is_logged(watched: Watched) -> None:
    workers = _query_processes(watched.server.process.pid)
    before = len(watched.lines(message="query process replaced", reason="killed"))
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    assert watched.server.query("ASK { ?s ?p ?killed }").status == 200
    until(lambda: len(watched.lines(message="query process replaced", reason="killed", level="warning")) > before)


@pytest.mark.parametrize(
    ("path", "media", "host"),
    [("/sparql", "application/sparql-query", "x"), ("/scenarios", "application/json", "x"), ("/mcp", "application/json", "localhost")],
)
def test_a_client_that_hangs_up_inside_a_body_is_one_line(watched: Watched, path: str, media: str, host: str) -> None:
    told = f"hang-up{path}"
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nX-Request-Id: {told}\r\nContent-Type: {media}\r\nContent-Length: 900\r\n\r\nASK"
    with socket.create_connection(("127.0.0.1", watched.server.port)) as connection:
        connection.sendall(head.encode())
    assert watched.line(request_id=told)["level"] == "info"


def test_every_line_has_one_form_after_the_protocols_library_is_loaded(watched: Watched) -> None:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Host": "localhost"}
    for body in (json.dumps(asked), "{", json.dumps({**asked, "method": "nothing/at-all"}), json.dumps({**asked, "params": 1})):
        watched.server.send("POST", "/mcp", headers, body)
    watched.server.send("POST", "/mcp", {**headers, "Host": "elsewhere.example"}, json.dumps(asked))
    watched.server.get("/minerals", X_Request_Id="after.1")
    watched.line(request_id="after.1")
    said = [line for line in watched.log.read_text(encoding="utf-8").splitlines() if not line.startswith("{")]
    assert [line for line in said if not line.startswith(("Lodegraph at", "Building", "Checking", "Built"))] == []
    assert [line["message"] for line in watched.lines(level="error")] == []


def test_a_fault_of_our_own_is_told_once_with_its_traceback(tmp_path: Path) -> None:
    code = """
import sys, uvicorn
from fastapi import Request
from kg.settings import read_settings
from service.app import create_app
from service.http import logging
from kg.build.dataset import open_dataset
from pathlib import Path
logging.configure(read_settings(log=sys.argv[2]))
app = create_app(open_dataset([Path(sys.argv[1])]), ours=False)
@app.get("/fault")
def fault(request: Request) -> None:
    raise ValueError("one\\ntwo forged")
from starlette.testclient import TestClient
with TestClient(app) as client:
    print(client.get("/fault", headers={"X-Request-Id": "fault.1"}).text)
"""
    (tmp_path / "data.nt").write_text("<x:a> <x:b> <x:c> .\n", encoding="utf-8")
    for form in ("text", "json"):
        words = [sys.executable, "-c", code, str(tmp_path / "data.nt"), form]
        done = subprocess.run(words, cwd=files.root(), capture_output=True, text=True, check=True, timeout=WAIT)
        assert json.loads(done.stdout)["status"] == 500
        assert done.stderr.count("ValueError: one") == 1
        assert done.stderr.count("internal error") == 1
        assert done.stderr.count("fault.1") == 2
        assert not [line for line in done.stderr.splitlines() if line.startswith("two forged")]


@pytest.mark.parametrize(("form", "access", "lines"), [("text", "true", 1), ("text", "false", 0), ("off", "true", 0)])
def test_the_log_can_be_text_or_less(tmp_path: Path, form: str, access: str, lines: int) -> None:
    (tmp_path / "data.nt").write_text("<x:a> <x:b> <x:c> .\n", encoding="utf-8")
    said = {"LODE_LOG": form, "LODE_ACCESS_LOG": access}
    with serving("--dataset", str(tmp_path / "data.nt"), log=tmp_path / "log", environment=said) as server:
        server.get("/no%0Awhere", X_Request_Id="text.1")
        server.get("/healthz")
    found = [line for line in (tmp_path / "log").read_text(encoding="ascii").splitlines() if "request_id=text.1" in line]
    assert len(found) == lines
    assert all(re.match(r"\S+Z INFO lodegraph\.access request .* path=\"/no\\nwhere\" .* status=404 ", line) for line in found)


def test_the_protocols_library_leaves_the_root_logger_as_it_is(graph: Graph) -> None:
    from kg.workers.pool import QueryPool
    from service.mcp.server import make_server

    root = logging.getLogger()
    held, level = list(root.handlers), root.level
    root.handlers.clear()
    pool = QueryPool(graph.path or "")
    try:
        make_server(graph, pool)
        assert root.handlers == []
        assert root.level == level
    finally:
        root.handlers[:] = held
        pool.close()


def test_a_line_has_its_values_in_order() -> None:
    assert fields(status=200, path="/") == {"fields": {"status": 200, "path": "/"}}


# Starting and stopping


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            if int(path.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(path.name))
    return found


def _query_processes(pid: int) -> list[int]:
    found = []
    for child in _children(pid):
        with suppress(OSError):
            if b"kg.workers.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


def _family(pid: int) -> list[int]:
    """All processes below one."""
    return [each for child in _children(pid) for each in (child, *_family(child))]


def _is_there(pid: int) -> bool:
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_that_is_told_to_stop_says_so_at_once_answers_for_a_while_and_ends_well(tmp_path: Path, workers: str) -> None:
    (tmp_path / "data.nt").write_text("".join(f'<x:{n}> <x:b> "{n}" .\n' for n in range(3000)), encoding="utf-8")
    said = {"LODE_DRAIN_SECONDS": "4", "LODE_QUERY_SECONDS": "40"}
    words = ("--dataset", str(tmp_path / "data.nt"), "--workers", workers)
    with serving(*words, log=tmp_path / "log", environment=said) as server:
        assert server.get("/readyz").status == 200
        query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
        with socket.create_connection(("127.0.0.1", server.port)) as running:
            running.sendall(f"GET /sparql?query={query.replace(' ', '%20')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            server.process.terminate()
            until(lambda: server.get("/readyz").status == 503)
            reply = server.get("/readyz")
            assert (reply.json()["title"], reply.headers["connection"]) == ("Draining", "close")
            assert server.get("/healthz").status == 200
            assert server.truth("ASK { ?s ?p ?o }")
            running.settimeout(WAIT)
            assert running.recv(100).startswith(b"HTTP/1.1 200")
        assert server.process.wait(WAIT) == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_that_is_killed_leaves_no_process(tmp_path: Path, workers: str) -> None:
    (tmp_path / "data.nt").write_text("".join(f'<x:{n}> <x:b> "{n}" .\n' for n in range(3000)), encoding="utf-8")
    words = ("--dataset", str(tmp_path / "data.nt"), "--workers", workers, "--seconds", "300")
    with serving(*words, log=tmp_path / "log") as server:
        until(lambda: len([pid for pid in _family(server.process.pid) if "kg.workers.worker" in _words(pid)]) == 4 * int(workers))
        with socket.create_connection(("127.0.0.1", server.port)) as running:  # one of them is at work for long
            running.sendall(f"GET /sparql?query={PRODUCT.replace(' ', '%20')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            # More time of a processor than a start takes; they are looked for anew, since one that was late to start is replaced.
            until(lambda: any(_ticks(pid) > 100 for pid in _family(server.process.pid) if "kg.workers.worker" in _words(pid)))
            below = _family(server.process.pid)
            server.process.kill()
            server.process.wait()
        until(lambda: not [pid for pid in below if _is_there(pid)])
        close(bind("127.0.0.1", server.port))


def _words(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    return ""


def _ticks(pid: int) -> int:
    with suppress(OSError, IndexError):
        told = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(told[11]) + int(told[12])
    return 0


@pytest.mark.parametrize("place", ["taken", "metrics"])
def test_a_taken_port_is_told_before_anything_else(tmp_path: Path, place: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        words = [sys.executable, "-m", "service", "serve", "--port", str(port if place == "taken" else free_port())]
        said = {**os.environ, "LODE_METRICS": f"127.0.0.1:{port}" if place == "metrics" else "off", "LODE_CACHE": str(tmp_path)}
        done = subprocess.run(words, cwd=files.root(), env=said, capture_output=True, text=True, check=False, timeout=WAIT)
    assert done.returncode == 1
    assert done.stderr.startswith(f"http://127.0.0.1:{port} cannot be listened on: Address already in use.")
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())  # nothing was built before


@pytest.mark.parametrize(
    ("host", "shown"),
    [("::1", "http://[::1]:80"), ("[::1]", "http://[::1]:80"), ("127.0.0.1", "http://127.0.0.1:80"), ("localhost", "http://localhost:80")],
)
def test_an_address_is_written_as_a_browser_takes_it(host: str, shown: str) -> None:
    assert address(host, 80) == shown


@pytest.mark.parametrize(("host", "told"), [("nowhere.invalid", "is not known"), ("192.0.2.1", "no address of this machine")])
def test_a_host_that_cannot_be_listened_on_is_told(host: str, told: str) -> None:
    with pytest.raises(OSError, match=told):
        bind(host, 0)


def test_ipv6_is_served_where_there_is_any(tmp_path: Path) -> None:
    try:
        close(bind("::1", 0))
    except OSError as error:
        assert "no address of this machine" in str(error)  # a machine without IPv6 is told so
        return
    (tmp_path / "data.nt").write_text("<x:a> <x:b> <x:c> .\n", encoding="utf-8")
    port = free_port()
    words = [sys.executable, "-m", "service", "serve", "--host", "::1", "--port", str(port), "--dataset", str(tmp_path / "data.nt")]
    with subprocess.Popen(words, cwd=files.root(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert f"Lodegraph at http://[::1]:{port} " in process.stderr.readline()
        with socket.create_connection(("::1", port), timeout=WAIT) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        process.terminate()
        assert process.wait(WAIT) == 0


def test_a_file_in_the_place_of_a_store_is_told(tmp_path: Path) -> None:
    place = tmp_path / "store"
    place.write_text("", encoding="utf-8")
    for target in (place, place / "below", place / "further" / "below"):
        with pytest.raises(StoreFailed, match="is a file; a folder for built graphs belongs there"):
            disk_cache.is_whole(target)
    assert not disk_cache.is_whole(tmp_path / "nothing" / "here")
    said = {**os.environ, "LODE_CACHE": str(place)}
    words = [sys.executable, "-m", "service", "stats"]
    done = subprocess.run(words, cwd=files.root(), env=said, capture_output=True, text=True, check=False, timeout=WAIT)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Move the file away, or name another folder by LODE_CACHE." in done.stderr


# What crawlers and finders of faults ask for


def _disallowed(robots: str) -> list[re.Pattern[str]]:
    paths = re.findall(r"^Disallow: (\S+)$", robots, re.MULTILINE)
    return [re.compile(re.escape(path).replace(r"\*", ".*")) for path in paths]


def test_crawlers_are_kept_from_endless_days_and_from_what_costs_much(watched: Watched) -> None:
    reply = watched.server.get("/robots.txt")
    assert (reply.status, reply.media) == (200, "text/plain")
    rules = _disallowed(reply.text)

    def is_allowed(path: str) -> bool:
        return not any(rule.match(path) for rule in rules)

    for path in ("/", "/?lang=ja", "/minerals/tungsten?lang=ja", "/about?lang=en", "/measures", "/graph?lang=en", "/queries/pillars"):
        assert is_allowed(path), path
    for path in ("/?as_of=2012-12-31", "/minerals/tungsten?lang=en&as_of=1900-01-01", "/sparql?query=x", "/graph.svg", "/paths?from=a"):
        assert not is_allowed(path), path


def test_every_page_names_its_one_address(watched: Watched) -> None:
    def canonical(path: str) -> list[str]:
        page = watched.server.get(path, "text/html").text
        return re.findall(r'<link rel="canonical" href="http://127\.0\.0\.1:\d+([^"]+)">', page)

    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    assert canonical("/minerals/tungsten") == ["/minerals/tungsten?lang=en"]
    assert canonical("/minerals/tungsten?format=html&lang=ja") == ["/minerals/tungsten?lang=ja"]
    assert canonical("/minerals/tungsten?as_of=2012-12-31") == ["/minerals/tungsten?lang=en&amp;as_of=2012-12-31"]
    if today == datetime.datetime.now(datetime.UTC).date().isoformat():
        assert canonical(f"/minerals/tungsten?as_of={today}") == ["/minerals/tungsten?lang=en"]
    assert canonical("/minerals/nowhere") == []


def test_security_txt_is_valid_for_less_than_a_year(watched: Watched, lodegraph: Server) -> None:
    reply = watched.server.get("/.well-known/security.txt")
    assert (reply.status, reply.media) == (200, "text/plain")
    found = dict(line.split(": ", 1) for line in reply.text.splitlines())
    assert found["Contact"] == "mailto:security@lodegraph.example"
    assert found["Canonical"] == f"{watched.server.address}/.well-known/security.txt"
    assert found["Preferred-Languages"] == "en, ja"
    left = datetime.datetime.fromisoformat(found["Expires"]) - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(30) < left < datetime.timedelta(365)
    [contact] = re.findall("^Contact: (.*)$", lodegraph.get("/.well-known/security.txt").text, re.MULTILINE)
    assert contact == f"{lodegraph.address}/about#security"
    assert 'id="security"' in lodegraph.get("/about", "text/html").text


@pytest.mark.parametrize("value", ["security@lodegraph.example", "http://lodegraph.example", "mailto:a\nExpires: never", "mailto:"])
def test_a_contact_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LODE_SECURITY_CONTACT", value)
    with pytest.raises(BadParameter, match="LODE_SECURITY_CONTACT"):
        read_settings()
