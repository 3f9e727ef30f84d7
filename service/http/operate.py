"""What an operator sees of a running app: metrics, log and drain, put round it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from prometheus_client import start_http_server

from kg.settings import Settings
from kg.workers.observer import Observer, Observers

from . import listen
from .drain import Drain, follow_parent
from .logging import ROOT, QueryLog, access, fields
from .metrics import Metrics
from .observe import Observe

RETRY = 1.0  # seconds until a port for metrics is tried again
log = logging.getLogger(ROOT)


class Operation:
    """Metrics, log and drain of one app, by the settings; ``observer`` is what its pool of queries tells."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.metrics = Metrics()
        self.metrics.served.workers = settings.workers
        self.metrics.served.is_draining = lambda: self.drain.has_begun
        self.drain = Drain(settings.drain_seconds)
        self.observer: Observer = Observers(self.metrics, QueryLog(settings.slow_query_seconds))
        self.contact = settings.security_contact

    def refused(self, status: int, client: str) -> None:
        """A connection was ended before a request reached the app."""
        self.metrics.refused(status)
        access.info("connection refused", extra=fields(status=status, client=client))

    def install(self, app: FastAPI) -> None:
        """Put the outermost layer round an app."""
        app.state.operation = self
        app.add_middleware(Observe, owner=app, metrics=self.metrics, is_public=self._settings.metrics == "on")

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        """Measure a started app, until the block ends."""
        served = self.metrics.served
        served.graph, served.pool = app.state.graph, app.state.pool
        listener = asyncio.create_task(self._listen())
        follow_parent(self._settings.drain_seconds + self._settings.grace_seconds)
        with self.drain.awaited():
            yield
        listener.cancel()
        with suppress(asyncio.CancelledError):
            await listener

    async def _listen(self) -> None:
        """Answer for this process on the first of the ports for metrics that no other server process has taken."""
        place = metrics_place(self._settings)
        if place is None:
            return
        host, first = place
        while True:
            for port in range(first, first + self._settings.workers):
                with suppress(OSError):
                    server, _ = start_http_server(port, host, self.metrics.registry)
                    break
            else:
                await asyncio.sleep(RETRY)  # another is about to end
                continue
            break
        log.info("metrics", extra=fields(at=listen.address(host, port)))
        try:
            await asyncio.Event().wait()
        finally:
            server.shutdown()
            server.server_close()


def metrics_place(settings: Settings) -> tuple[str, int] | None:
    """Host and first port of the listener for metrics, where there is one."""
    host, _, port = settings.metrics.rpartition(":")
    return (host.strip("[]"), int(port)) if host else None


def check_metrics(settings: Settings) -> None:
    """Raise OSError where a port for metrics is taken, before anything is served."""
    place = metrics_place(settings)
    if place is not None:
        for port in range(place[1], place[1] + settings.workers):
            listen.close(listen.bind(place[0], port))
    elif settings.metrics == "on" and settings.workers > 1:
        log.warning("/metrics answers for one of %d server processes at a time; host:port gives each its own", settings.workers)
