"""Real server processes for the tests: started by the command a user would type, asked over plain sockets, ended with the session."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from kg import Graph
from kg.source import files
from kg.workers.client import Limits
from service.http.concurrency import WorkLimits

START_SECONDS = 900.0  # the first start after a change builds and checks the graph
TRIES = 5  # with another port each
WAIT = 300.0  # seconds for any one answer, far more than a busy machine needs
# Limits that no query of a test meets, however busy the machine is. Tests of the limits set their own.
GENEROUS = dict.fromkeys(
    (
        "LODE_QUERY_SECONDS", "LODE_QUERY_PATIENCE", "LODE_REQUEST_SECONDS", "LODE_STALL_SECONDS", "LODE_LOOKUP_SECONDS",
        "LODE_LOOKUP_PATIENCE", "LODE_WHOLE_SECONDS",
    ),
    str(WAIT),
)  # fmt: skip
# The same for an app in the process of the tests.
LIMITS = Limits(seconds=WAIT, patience=WAIT)
WORK = WorkLimits(seconds=WAIT, whole_seconds=WAIT, patience=WAIT)
# Ports below those that the system gives to outgoing connections; where to begin is each process's own.
PORTS = itertools.cycle(range(15_000, 32_000))
for _ in range(os.getpid() * 97 % 17_000):
    next(PORTS)


@dataclass(frozen=True)
class Reply:
    """One HTTP answer as it came, nothing decoded; names of headers in lower case, repeated headers joined by commas."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode("utf-8")

    @property
    def media(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").split(";")[0]

    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """A running service: where it listens and its process."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def send(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | str | None = None) -> Reply:
        """Send exactly this (no Accept, no Content-Type, unless given) and read the whole answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            connection.putrequest(method, path, skip_host="Host" in (headers or {}), skip_accept_encoding=True)
            content = body.encode("utf-8") if isinstance(body, str) else body
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if content is not None:
                connection.putheader("Content-Length", str(len(content)))
            connection.endheaders(content)
            found = connection.getresponse()
            held: dict[str, str] = {}
            for name, value in found.getheaders():
                held[name.lower()] = f"{held[name.lower()]}, {value}" if name.lower() in held else value
            return Reply(found.status, held, found.read())
        finally:
            connection.close()

    def get(self, path: str, accept: str | None = None, **headers: str) -> Reply:
        """GET; underscores in the names of headers stand for hyphens."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("GET", path, {**given, **({"Accept": accept} if accept is not None else {})})

    def query(self, text: str, accept: str | None = None, **parameters: Any) -> Reply:
        """A query by GET; a list as a parameter is sent as often as it is long."""
        return self.get("/sparql?" + urlencode({"query": text, **parameters}, doseq=True), accept)

    def rows(self, text: str, **parameters: Any) -> list[dict[str, str]]:
        """Values of a SELECT's rows."""
        reply = self.query(text, "application/sparql-results+json", **parameters)
        assert reply.status == 200, reply.text
        return [{name: cell["value"] for name, cell in row.items()} for row in reply.json()["results"]["bindings"]]

    def truth(self, text: str, **parameters: Any) -> bool:
        """The answer of an ASK."""
        reply = self.query(text, "application/sparql-results+json", **parameters)
        assert reply.status == 200, reply.text
        found: bool = reply.json()["boolean"]
        return found

    def resident(self) -> int:
        """Bytes of memory that the serving process itself holds at this moment."""
        return _status(self.process.pid, "VmRSS")

    def peak(self) -> int:
        """Most bytes that it ever held since ``forget_peak``."""
        return _status(self.process.pid, "VmHWM")

    def forget_peak(self) -> None:
        """Start measuring ``peak`` afresh."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def until(what: Callable[[], object]) -> None:
    """Wait until this is true, far longer than a busy machine needs."""
    end = time.monotonic() + WAIT
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def serving(*words: str, log: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """``lode serve`` with these further words on a free port, until the block ends. What it says goes to ``log``.

    ``environment``: settings beside, or instead of, those in GENEROUS.
    """
    given = {**os.environ, **GENEROUS, **(environment or {})}
    for _ in range(TRIES):
        port = free_port()
        command = [sys.executable, "-m", "service", "serve", "--port", str(port), *words]
        with log.open("wb") as said:
            process = subprocess.Popen(command, cwd=files.root(), stdout=said, stderr=said, env=given)
        try:
            server = Server(port, process)
            if _await(server, log):
                yield server
                return
        finally:
            process.terminate()
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    pytest.fail(f"No port was free: {log.read_text(encoding='utf-8')}")


def free_port() -> int:
    """A port of the loopback address on which nothing listens."""
    for port in PORTS:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise LookupError("no port is free")


def _await(server: Server, log: Path) -> bool:
    """Wait until it answers; False where another process has taken its port."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.process.poll() is not None:
            break
        try:
            if server.get("/healthz").json()["status"] == "ok" and server.process.poll() is None:
                return True
        except (OSError, ValueError):
            pass
        time.sleep(0.05)
    told = log.read_text(encoding="utf-8")
    if "in use" in told.lower():
        return False
    pytest.fail(f"The server did not start: {told}")


@pytest.fixture(scope="session")
def lodegraph(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Our own graph, which is built by then, served as `lode serve` does."""
    with serving(log=tmp_path_factory.mktemp("lodegraph") / "log") as server:
        yield server


EX = "http://example.org/"
# A default graph and three named graphs: each says of itself that it is a Document; only copper holds the edge cases of values.
DATASET = """
@prefix : <http://example.org/> .
:bare a :Loose .
:copper { :copper a :Document ; :count 0 ; :open false ; :note "" ; :name "銅"@ja , "Copper"@en . }
:zinc   { :zinc a :Document . :copper :beside :zinc . }
:tin    { :tin a :Document ; :holds [ :step 1 ; :holds [ :step 2 ] ] . :bronze :needs :tin . [ :step 0 ] :meets :tin . }
"""


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``DATASET`` served by `lode serve --dataset`."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "data.trig").write_text(DATASET, encoding="utf-8")
    with serving("--dataset", str(folder / "data.trig"), log=folder / "log") as server:
        yield server
