"""Clients that misbehave: slow readers, bodies that drip, what `http.client` would not send."""

from __future__ import annotations

import http.client
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

WAIT = 180.0  # seconds after which an answer is not waited for any more
ENDED = 0  # stands for the status where the connection ended without an answer


@dataclass(frozen=True)
class Reply:
    """One HTTP answer and the seconds until all of it was there; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


def ask(
    port: int,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Send a request on a connection of its own; status ``ENDED`` where no whole answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    started = time.perf_counter()
    try:
        connection.request(method, path, body, dict(headers or {}))
        found = connection.getresponse()
        told = {name.lower(): value for name, value in found.getheaders()}
        return Reply(found.status, told, found.read(), time.perf_counter() - started)
    except (OSError, http.client.HTTPException):
        return Reply(ENDED, {}, b"", time.perf_counter() - started)
    finally:
        connection.close()


def connect(port: int, sent: bytes, receives: int | None = None) -> socket.socket:
    """A connection over which this was sent; ``receives``: bytes that the system takes ahead."""
    connection = socket.socket()
    if receives is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    connection.settimeout(WAIT)
    connection.connect(("127.0.0.1", port))
    connection.sendall(sent)
    return connection


def head(method: str, path: str, *lines: str) -> bytes:
    """The head of a request to localhost with these further header lines."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


def send(port: int, pieces: Iterable[bytes]) -> bytes:
    """What comes back, until the end, for pieces that are sent as long as they are taken."""
    with connect(port, b"") as connection:
        with suppress(OSError):
            for piece in pieces:
                connection.sendall(piece)
        return rest(connection)


def rest(connection: socket.socket) -> bytes:
    """All that comes until the connection ends."""
    held = bytearray()
    with suppress(OSError):
        while piece := connection.recv(65_536):
            held += piece
    return bytes(held)


def status_of(told: bytes) -> int:
    """The status in a raw answer; ``ENDED`` where there is none."""
    words = told[:13].split(b" ")
    return int(words[1]) if told.startswith(b"HTTP/") and len(words) > 1 else ENDED


def chunked(size: int, piece: int = 1_000_000) -> Iterator[bytes]:
    """The body of a chunked request: so many bytes in pieces."""
    content = b"a" * piece
    for start in range(0, size, piece):
        length = min(piece, size - start)
        yield b"%x\r\n%b\r\n" % (length, content[:length])
    yield b"0\r\n\r\n"


def at_once(count: int, call: Callable[[int], Reply]) -> list[Reply]:
    """What so many clients get that ask at the same moment; each is given its number."""
    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(call, range(count)))


def statuses(replies: Iterable[Reply]) -> str:
    """How often each status came, in words."""
    counted = Counter(reply.status for reply in replies)
    told = {status: str(status) if status else "no answer" for status in counted}
    return ", ".join(f"{counted[status]} x {told[status]}" for status in sorted(counted))


class Onlooker:
    """Another client: asks for these paths in turn in a thread of its own while the block runs."""

    def __init__(self, port: int, *paths: str, pause: float = 0.1) -> None:
        self._port, self._paths, self._pause = port, paths, pause
        self._is_over = False
        self._thread = ThreadPoolExecutor(1)
        self.replies: list[Reply] = []

    def __enter__(self) -> Onlooker:
        self._running = self._thread.submit(self._look)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._running.result()
        self._thread.shutdown()

    def _look(self) -> None:
        while not self._is_over:
            self.replies += [ask(self._port, path) for path in self._paths]
            time.sleep(self._pause)

    @property
    def slowest(self) -> float:
        """Seconds of the slowest answer."""
        return max((reply.seconds for reply in self.replies), default=0.0)

    @property
    def is_answered(self) -> bool:
        """Whether it asked, and every answer was 200."""
        return bool(self.replies) and all(reply.status == 200 for reply in self.replies)

    def __str__(self) -> str:
        return f"{statuses(self.replies)}, the slowest after {self.slowest:.2f} s"
