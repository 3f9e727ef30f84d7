"""While the service starts it answers at once, whatever is sent to it; who waits is served by the service that follows."""

import contextlib
import http.client
import json
import socket
from collections.abc import Iterator

import pytest

from service.http import listen
from service.startup import HEAD_MOST, Starting


@pytest.fixture
def sockets() -> Iterator[list[socket.socket]]:
    bound = listen.bind("127.0.0.1", 0)
    listen.listen(bound)
    yield bound
    listen.close(bound)


def _get(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, headers=headers)
    found = connection.getresponse()
    told = {name.lower(): value for name, value in found.getheaders()}
    return found.status, told, found.read()


def _port(sockets: list[socket.socket]) -> int:
    port: int = sockets[0].getsockname()[1]
    return port


def test_health_says_that_it_starts_and_at_which_stage(sockets: list[socket.socket]) -> None:
    with Starting(sockets) as starting:
        starting.say("Reading the tables")
        starting.advance(0.5)
        status, headers, body = _get(_port(sockets), "/healthz")
    told = json.loads(body)
    assert (status, told["status"], told["data_version"]) == (200, "starting", None)
    assert told["stage"] == "Reading the tables (50%)"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/readyz", "/", "/sparql?query=ASK{}", "/healthz/x"])
def test_all_else_is_told_to_come_again(sockets: list[socket.socket], path: str) -> None:
    with Starting(sockets):
        status, headers, body = _get(_port(sockets), path)
    assert (status, headers["retry-after"], headers["content-type"]) == (503, "2", "application/problem+json")
    assert json.loads(body)["title"] == "Starting"


@pytest.mark.parametrize(("language", "part"), [("en", "is starting"), ("ja", "起動しています")])
def test_a_browser_sees_a_page_that_comes_again(sockets: list[socket.socket], language: str, part: str) -> None:
    with Starting(sockets) as starting:
        starting.say("<script>")
        status, headers, body = _get(_port(sockets), "/", Accept="text/html", **{"Accept-Language": language})
    assert (status, headers["refresh"]) == (503, "2")
    assert part in body.decode()
    assert "<script>" not in body.decode()


def test_a_head_has_no_body(sockets: list[socket.socket]) -> None:
    with Starting(sockets):
        status, headers, body = _get(_port(sockets), "/healthz", "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0


@pytest.mark.parametrize("sent", [b"\r\n\r\n", b"\0\xff\r\n\r\n", b"x" * (HEAD_MOST + 1), b"GET\r\n\r\n", b""])
def test_nothing_that_is_sent_ends_it(sockets: list[socket.socket], sent: bytes) -> None:
    with Starting(sockets):
        client = socket.create_connection(("127.0.0.1", _port(sockets)), timeout=60)
        with client, contextlib.suppress(OSError):  # it reads no more than a head, and may be done before all is sent
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            client.recv(1000)
        assert _get(_port(sockets), "/healthz")[0] == 200


def test_the_silent_keep_nobody_else_from_an_answer(sockets: list[socket.socket]) -> None:
    with Starting(sockets):
        silent = [socket.create_connection(("127.0.0.1", _port(sockets)), timeout=60) for _ in range(50)]
        assert _get(_port(sockets), "/healthz")[0] == 200
        for each in silent:
            each.close()


def test_who_connects_after_the_end_waits_for_the_service(sockets: list[socket.socket]) -> None:
    with Starting(sockets):
        assert _get(_port(sockets), "/healthz")[0] == 200
    with socket.create_connection(("127.0.0.1", _port(sockets)), timeout=60) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        taken, _ = sockets[0].accept()
        with taken:
            assert taken.recv(1000).startswith(b"GET / HTTP/1.1")
