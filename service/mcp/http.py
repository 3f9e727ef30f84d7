"""The door for language models at /mcp: takes POSTs, checks who is addressed, and loads the protocol's library at the first of them."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from kg import Graph
from kg.source.files import how_to_install
from kg.workers.pool import QueryPool

from ..http.body import again
from ..http.concurrency import Bulkheads
from ..http.problems import log, problem

PATHS = ("/mcp", "/mcp/")
BODY_MOST = 200_000
LOCAL = ("127.0.0.1", "localhost", "[::1]")
MISSING = "The package “mcp” is not installed."


class Door:
    """An ASGI app. ``hosts``: names under which it may be addressed beside this machine's own, with commas; “*” for any.

    ``keep`` runs beside the service and holds what the library needs as long as it runs; ``close`` ends it.
    """

    def __init__(self, hosts: str) -> None:
        self._hosts = [*LOCAL, *(host.strip() for host in hosts.split(",") if host.strip())]
        self.open()

    def open(self) -> None:
        """Be as new: the service starts."""
        self._wanted, self._ready, self._closed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._manager: Any = None

    async def keep(self, graph: Graph, pool: QueryPool, bulkheads: Bulkheads) -> None:
        """Wait for the first request, load the library, and stay until the service stops."""
        await self._wanted.wait()
        if self._closed.is_set():
            return
        try:
            manager = await run_in_threadpool(_load, graph, pool, bulkheads, self._hosts)
            async with manager.run():
                self._manager = manager
                self._ready.set()
                await self._closed.wait()
        except ImportError:
            log.warning(MISSING)
        finally:
            self._manager = None
            self._ready.set()

    def close(self) -> None:
        """End what ``keep`` holds."""
        self._closed.set()
        self._wanted.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        if request.method != "POST":
            told = problem(
                405,
                "Method not allowed",
                f"{request.method} /mcp is not answered.",
                {"Allow": "POST"},
                advice="POST JSON-RPC: docs/mcp.md.",
            )
            return await told(scope, receive, send)
        body = await request.body()  # which ``BodyLimit`` has read already
        if len(body) > BODY_MOST:
            told = problem(413, "Content too large", f"The body has more than {BODY_MOST:,} bytes.", advice="Send less.", limit="body")
            return await told(scope, receive, send)
        self._wanted.set()
        await self._ready.wait()
        if self._manager is None:
            return await problem(501, "Not installed", MISSING, advice=how_to_install("mcp"))(scope, receive, send)
        await self._manager.handle_request(scope, again(body, receive), send)


def _load(graph: Graph, pool: QueryPool, bulkheads: Bulkheads, hosts: list[str]) -> Any:
    from mcp.server.transport_security import TransportSecuritySettings

    from .server import make_server

    addressed = [name for host in hosts for name in (host, f"{host}:*")]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection="*" not in hosts,
        allowed_hosts=addressed,
        allowed_origins=[f"{scheme}://{name}" for name in addressed for scheme in ("http", "https")],
    )
    server = make_server(graph, pool, bulkheads)
    server.streamable_http_app(json_response=True, stateless_http=True, transport_security=security, max_request_body_size=BODY_MOST)
    return server.session_manager
