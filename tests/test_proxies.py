"""The examples in deploy/: each proxy runs in front of a live service and passes on what that answers; the units are hardened."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from live import WAIT, Server, serving, until

from kg.source import files

pytestmark = pytest.mark.slow

DEPLOY = files.root() / "deploy"
NAME = "lodegraph.example"
HOP = {"date", "server", "via", "connection", "keep-alive", "transfer-encoding", "content-length", "x-request-id", "alt-svc"}
ADDED = {"strict-transport-security"}
DATA = "".join(f'<x:{n}> <x:b> "{n}" .\n' for n in range(500)) + '<x:ja> <x:b> "希土"@ja .\n'


@dataclass(frozen=True)
class Answer:
    """What came through."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def own(self) -> dict[str, str]:
        """Headers that no hop may change."""
        return {name: value for name, value in self.headers.items() if name not in HOP | ADDED}


@dataclass(frozen=True)
class Proxy:
    """A running proxy."""

    port: int
    folder: Path

    def send(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: str | None = None) -> Answer:
        """One request over TLS, by the public name."""
        context = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)
        connection = http.client.HTTPConnection(NAME)
        connection.sock = context.wrap_socket(plain, server_hostname=NAME)
        try:
            connection.request(method, path, body.encode() if body else None, {"Accept-Encoding": "identity", **(headers or {})})
            found = connection.getresponse()
            return Answer(found.status, {name.lower(): value for name, value in found.getheaders()}, found.read())
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificate(folder: Path) -> None:
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    made = ["-addext", f"subjectAltName=DNS:{NAME}", "-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run([*words, *made], cwd=folder, check=True, capture_output=True)
    both = (folder / "certificate.pem").read_text(encoding="ascii") + (folder / "key.pem").read_text(encoding="ascii")
    (folder / "both.pem").write_text(both, encoding="ascii")


def _replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        text, count = re.subn(old, new, text, flags=re.MULTILINE)
        assert count, old
    return text


def _nginx(folder: Path, port: int, service: int, keyed: bool) -> list[str]:
    text = _replaced(
        (DEPLOY / "nginx.conf").read_text(encoding="utf-8"),
        (r"/etc/ssl/lodegraph\.pem", str(folder / "certificate.pem")),
        (r"/etc/ssl/lodegraph\.key", str(folder / "key.pem")),
        (r"^ *listen \[::\]:.*\n", ""),
        (r"listen 80;", f"listen 127.0.0.1:{_free_port()};"),
        (r"listen 443 ", f"listen 127.0.0.1:{port} "),
        (r"server 127\.0\.0\.1:8000;", f"server 127.0.0.1:{service};"),
        *([(r"# (map|if) ", r"\1 ")] if keyed else []),
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    whole = f"pid {folder}/pid; error_log {folder}/error; events {{}} http {{ access_log {folder}/access; {temporary}\n{text}\n}}"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    words = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error")]
    subprocess.run([*words, "-t"], check=True, capture_output=True)
    return [*words, "-g", "daemon off;"]


def _caddy(folder: Path, port: int, service: int, keyed: bool) -> list[str]:
    text = _replaced(
        (DEPLOY / "Caddyfile").read_text(encoding="utf-8"),
        (rf"^{NAME} {{", f"https://{NAME}:{port} {{\n\tbind 127.0.0.1\n\ttls {folder}/certificate.pem {folder}/key.pem"),
        (r"127\.0\.0\.1:8000", f"127.0.0.1:{service}"),
        *([(r"# (@nokey|respond)", r"\1")] if keyed else []),
    )
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text, encoding="utf-8")
    words = ["--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    subprocess.run(["caddy", "validate", *words], check=True, capture_output=True, env=_home(folder))
    return ["caddy", "run", *words]


def _haproxy(folder: Path, port: int, service: int, keyed: bool) -> list[str]:
    text = _replaced(
        (DEPLOY / "haproxy.cfg").read_text(encoding="utf-8"),
        (r"bind :443", f"bind 127.0.0.1:{port}"),
        (r"/etc/ssl/lodegraph\.both\.pem", str(folder / "both.pem")),
        (r"127\.0\.0\.1:8000", f"127.0.0.1:{service}"),
        (r"127\.0\.0\.1:8001", f"127.0.0.1:{_free_port()}"),
        *([(r"# (http-request deny deny_status 401)", r"\1")] if keyed else []),
    )
    (folder / "haproxy.cfg").write_text(text, encoding="utf-8")
    words = ["haproxy", "-f", str(folder / "haproxy.cfg")]
    done = subprocess.run([*words, "-c"], check=True, capture_output=True, text=True)
    assert "WARNING" not in done.stderr
    return [*words, "-db"]


def _home(folder: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


MAKERS = {"nginx": _nginx, "caddy": _caddy, "haproxy": _haproxy}


@contextmanager
def _running(name: str, folder: Path, service: int, keyed: bool = False) -> Iterator[Proxy]:
    _certificate(folder)
    port = _free_port()
    words = MAKERS[name](folder, port, service, keyed)
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(words, stdout=said, stderr=said, env=_home(folder))
    try:
        proxy = Proxy(port, folder)
        _await(proxy, process)
        yield proxy
    finally:
        process.terminate()
        process.wait(WAIT)


def _await(proxy: Proxy, process: subprocess.Popen[bytes]) -> None:
    """Wait until it answers, and has seen that the service is there."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError, http.client.HTTPException):
            if proxy.send("GET", "/healthz").status in (200, 401):
                return
        time.sleep(0.1)
    pytest.fail((proxy.folder / "said").read_text(encoding="utf-8", errors="replace"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "data.nt").write_text(DATA, encoding="utf-8")
    said = {"LODE_METRICS": "on", "FORWARDED_ALLOW_IPS": "127.0.0.1"}
    with serving("--dataset", str(folder / "data.nt"), log=folder / "log", environment=said) as server:
        yield server, folder / "log"


@pytest.fixture(scope="module", params=MAKERS)
def proxy(request: pytest.FixtureRequest, served: tuple[Server, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    assert shutil.which(request.param), f"{request.param} is not here; `python3 run.py test` installs it"
    with _running(request.param, tmp_path_factory.mktemp(request.param), served[0].port) as found:
        yield found


QUERY = "/sparql?query=SELECT%20*%20%7B%20?s%20?p%20?o%20%7D%20ORDER%20BY%20?s"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ASKED = [
    ("GET", QUERY, {"Accept": "text/csv"}, None),
    ("GET", QUERY, {"Accept": "application/sparql-results+json"}, None),
    ("HEAD", QUERY, {"Accept": "text/csv"}, None),
    ("POST", "/sparql", FORM, "query=ASK%20%7B%7D"),
    ("POST", "/sparql", {"Content-Type": "application/sparql-query"}, "ASK { ?s ?p '希土'@ja }"),
    ("GET", "/sparql?query=nonsense", {}, None),
    ("GET", "/nowhere", {}, None),
    ("GET", "/robots.txt", {}, None),
    ("GET", "/context.jsonld", {}, None),
    ("GET", "/graphs?default", {"Accept": "text/turtle"}, None),
    ("OPTIONS", "/sparql", {}, None),
    ("GET", "/sparql?query=ASK%7B%7D%20%23" + "x" * 30_000, {}, None),
]


@pytest.mark.parametrize(("method", "path", "headers", "body"), ASKED, ids=lambda value: value[:40] if isinstance(value, str) else "")
def test_what_comes_through_a_proxy_is_what_the_service_answers(
    proxy: Proxy, served: tuple[Server, Path], method: str, path: str, headers: dict[str, str], body: str | None
) -> None:
    through = proxy.send(method, path, headers, body)
    asked = {"Host": NAME, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", **headers}
    direct = served[0].send(method, path, asked, body)
    assert (through.status, through.body) == (direct.status, direct.body)
    kept = {name: value for name, value in direct.headers.items() if name not in HOP}
    assert through.own == kept
    if etag := through.headers.get("etag"):
        assert proxy.send(method, path, {**headers, "If-None-Match": etag}).status == 304


def test_addresses_begin_as_the_client_sees_them(proxy: Proxy) -> None:
    found = proxy.send("GET", "/.well-known/security.txt").body.decode()
    assert re.search(rf"^Canonical: https://{re.escape(NAME)}(:\d+)?/\.well-known/security\.txt$", found, re.MULTILINE)


def test_the_log_names_the_client_and_the_id_that_the_proxy_gave(proxy: Proxy, served: tuple[Server, Path]) -> None:
    made = proxy.send("GET", "/context.jsonld").headers["x-request-id"]

    def lines() -> list[str]:
        return [line for line in served[1].read_text(encoding="ascii").splitlines() if f"request_id={made} " in line]

    until(lines)  # a line is written once its answer is sent
    [line] = lines()
    assert "client=127.0.0.1" in line
    assert len(made) > 10


def test_a_proxy_lets_nobody_at_the_metrics_and_no_large_body_through(proxy: Proxy) -> None:
    assert proxy.send("GET", "/metrics").status == 404
    with suppress(ConnectionError, ssl.SSLError):  # what is refused before it is read may end the connection first
        assert proxy.send("POST", "/sparql", {"Content-Type": "application/sparql-query"}, "#" * 1_200_000).status == 413
    assert proxy.send("GET", "/healthz").status == 200


@pytest.mark.parametrize("name", MAKERS)
def test_a_proxy_asks_for_a_key_where_it_is_told_to(name: str, served: tuple[Server, Path], tmp_path: Path) -> None:
    with _running(name, tmp_path, served[0].port, keyed=True) as proxy:
        assert proxy.send("GET", "/healthz").status == 401
        assert proxy.send("GET", "/healthz", {"X-Api-Key": "a long random texts"}).status == 401
        assert proxy.send("GET", "/healthz", {"X-Api-Key": "a long random text"}).status == 200


@pytest.mark.parametrize("name", ["nginx", "haproxy"])
def test_a_client_that_asks_too_often_is_told(name: str, served: tuple[Server, Path], tmp_path: Path) -> None:
    with _running(name, tmp_path, served[0].port) as proxy:
        context = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
        plain = socket.create_connection(("127.0.0.1", proxy.port), timeout=WAIT)
        with context.wrap_socket(plain, server_hostname=NAME) as connection:
            connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode() * 300)
            held = b""
            while held.count(b"HTTP/1.1 ") < 300 and (piece := connection.recv(65_536)):
                held += piece
        assert b"HTTP/1.1 200" in held
        assert b"HTTP/1.1 429" in held


def test_a_service_that_drains_is_taken_out_by_haproxy(served: tuple[Server, Path], tmp_path: Path) -> None:
    (tmp_path / "data.nt").write_text(DATA, encoding="utf-8")
    said = {"LODE_DRAIN_SECONDS": "20"}
    with serving("--dataset", str(tmp_path / "data.nt"), log=tmp_path / "log", environment=said) as leaving:
        text = (DEPLOY / "haproxy.cfg").read_text(encoding="utf-8")
        with _running("haproxy", tmp_path, leaving.port) as proxy:
            leaving.process.terminate()
            end = time.monotonic() + WAIT
            while proxy.send("GET", "/healthz").status != 503:  # by the proxy itself: no server is left
                assert time.monotonic() < end
                time.sleep(0.1)
            assert leaving.get("/healthz").status == 200  # it was taken out before it was gone
        assert "/readyz" in text
        leaving.process.send_signal(2)


def test_the_unit_is_hardened() -> None:
    words = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(DEPLOY / "lodegraph.service")]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    [score] = re.findall(r"Overall exposure level for lodegraph\.service: ([\d.]+)", said)
    assert float(score) < 2


def test_containers_have_limits_and_no_rights() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    services = re.split(r"^  (\w+):\n", text.split("\nvolumes:")[0].split("services:\n")[1], flags=re.MULTILINE)[1:]
    named = dict(zip(services[::2], services[1::2], strict=True))
    assert set(named) == {"store", "lodegraph"}
    for body in named.values():
        for wanted in ("mem_limit:", "pids_limit:", "cap_drop: [ALL]", "no-new-privileges:true", "read_only: true", "tmpfs:"):
            assert wanted in body
    assert "ports:" not in named["store"]
