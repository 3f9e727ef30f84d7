"""The start of the service: sockets bound and answered from at once, while the web framework is imported and the graph opened.

Until the service takes over, a server of few lines in a thread of its own says at /healthz that it is starting; all else is
503 with Retry-After. This module imports nothing slow.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import threading
from collections.abc import Callable, Iterable
from html import escape
from http import HTTPStatus
from types import TracebackType

from kg import __version__
from kg.settings import Settings

from .http import listen

HEAD_MOST = 65_536  # bytes of a request's head
HEAD_SECONDS = 2.0  # for it to arrive
AT_ONCE = 200  # connections; further ones wait unaccepted
RETRY_AFTER = 2  # seconds
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>Lodegraph</title></head>
<body><h1>{title}</h1><p>{stage}</p></body></html>
"""


def run(settings: Settings, say: Callable[[str], None], advance: Callable[[float], None]) -> None:
    """Open what is to be served, building it first where need be, then serve until told to stop.

    ``say`` and ``advance`` take the stages of the start and how much of each is done. Raises BadFacts, StoreFailed, and
    OSError where the address cannot be listened on.
    """
    os.environ.update(settings.environment())
    sockets = listen.bind(settings.host, settings.port)
    listen.listen(sockets)
    with Starting(sockets) as starting:

        def stage(text: str) -> None:
            starting.say(text)
            say(text)

        def part(fraction: float) -> None:
            starting.advance(fraction)
            advance(fraction)

        gc.disable()  # libraries leave nothing behind worth looking for, and the looking takes a seventh of the start
        from . import server

        gc.enable()
        server.check(settings)
        graph = server.open_served(settings, stage, part)
        app = server.make_app(graph) if settings.workers == 1 else None
    say(f"Lodegraph at {listen.address(settings.host, sockets[0].getsockname()[1])} (API at /docs, SPARQL at /sparql)")
    server.serve(settings, sockets, app)


class Starting:
    """A context in which the sockets are answered from. ``say`` and ``advance`` take what is shown meanwhile."""

    def __init__(self, sockets: Iterable[socket.socket]) -> None:
        self._sockets = list(sockets)
        self._stage, self._done = "Starting", 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begun, self._thread = threading.Event(), threading.Thread(target=self._run, daemon=True)

    def say(self, text: str) -> None:
        """Show a stage of the start."""
        self._stage, self._done = text, 0.0

    def advance(self, fraction: float) -> None:
        """Show how much of the stage is done, 0 to 1."""
        self._done = fraction

    def __enter__(self) -> Starting:
        """Begin to answer."""
        self._thread.start()
        self._begun.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop taking connections, which whoever listens next finds waiting, and finish those that are taken."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(timeout=2 * HEAD_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._begun.set()

    async def _serve(self) -> None:
        self._over, self._places = asyncio.Event(), asyncio.Semaphore(AT_ONCE)
        self._answering: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        # Copies of the sockets: closing them leaves the sockets, and the connections that wait there, to the service.
        copies = [each.dup() for each in self._sockets]
        for copy in copies:
            copy.setblocking(False)
        takers = [asyncio.create_task(self._take(loop, copy)) for copy in copies]
        self._loop = loop
        self._begun.set()
        await self._over.wait()
        for taker in takers:
            taker.cancel()
        await asyncio.gather(*takers, return_exceptions=True)
        for copy in copies:
            copy.close()
        await asyncio.gather(*self._answering, return_exceptions=True)

    async def _take(self, loop: asyncio.AbstractEventLoop, listening: socket.socket) -> None:
        while True:
            await self._places.acquire()
            try:
                taken, _ = await loop.sock_accept(listening)
            except OSError:
                self._places.release()
                await asyncio.sleep(0.1)
                continue
            except asyncio.CancelledError:
                self._places.release()
                raise
            task = asyncio.create_task(self._converse(loop, taken))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _converse(self, loop: asyncio.AbstractEventLoop, taken: socket.socket) -> None:
        try:
            async with asyncio.timeout(HEAD_SECONDS):
                taken.setblocking(False)
                head = b""
                while b"\r\n\r\n" not in head and len(head) < HEAD_MOST:
                    more = await loop.sock_recv(taken, HEAD_MOST)
                    if not more:
                        return
                    head += more
                await loop.sock_sendall(taken, self._answer(head))
                taken.shutdown(socket.SHUT_WR)
        except (OSError, TimeoutError):
            return
        finally:
            taken.close()
            self._places.release()

    def _answer(self, head: bytes) -> bytes:
        """The whole answer to a request, by the first line and the headers of its head."""
        first, *lines = head.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")
        method, path, *_ = (*first.split(" "), "", "")
        path = path.split("?", 1)[0]
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        wants_page = "text/html" in headers.get("accept", "")
        if method in ("GET", "HEAD") and path == "/healthz":
            status, media, text = 200, "application/json", json.dumps(self._health())
        elif wants_page and method in ("GET", "HEAD"):
            status, media, text = 503, "text/html; charset=utf-8", self._page(headers.get("accept-language", ""))
        else:
            status, media, text = 503, "application/problem+json", json.dumps(self._problem())
        return _http(status, media, text, is_head=method == "HEAD", is_page=wants_page)

    def _health(self) -> dict[str, str | None]:
        return {"status": "starting", "version": __version__, "data_version": None, "stage": self._told()}

    def _problem(self) -> dict[str, object]:
        advice = f"Try again in {RETRY_AFTER} seconds; /readyz says when it is ready."
        told = {"type": "about:blank", "title": "Starting", "status": 503, "detail": f"The service is starting: {self._told()}"}
        return {**told, "advice": advice, "retry_after": RETRY_AFTER}

    def _page(self, languages: str) -> str:
        is_japanese = languages.strip().lower().startswith("ja")
        title = "サービスを起動しています。" if is_japanese else "The service is starting."
        return PAGE.format(lang="ja" if is_japanese else "en", title=title, stage=escape(self._told()))

    def _told(self) -> str:
        return f"{self._stage} ({self._done:.0%})" if self._done else self._stage


def _http(status: int, media: str, text: str, *, is_head: bool, is_page: bool) -> bytes:
    """An answer as it goes over the wire, with the end of the connection."""
    body = text.encode()
    headers = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"content-type: {media}",
        f"content-length: {len(body)}",
        "cache-control: no-store",
        "connection: close",
        "x-content-type-options: nosniff",
        "referrer-policy: same-origin",
        "content-security-policy: default-src 'none'; sandbox",
    ]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(f"retry-after: {RETRY_AFTER}")
        if is_page:
            headers.append(f"refresh: {RETRY_AFTER}")
    return "\r\n".join([*headers, "", ""]).encode("latin-1") + (b"" if is_head else body)
