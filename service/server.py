"""The service as server processes: the settings, the graph built once, uvicorn over it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI

import kg
from kg import Graph
from kg.dataset import open_dataset
from kg.process import Limits
from kg.settings import Settings, read_settings

from .app import create_app
from .bulkhead import WorkLimits
from .connection import Connection

_opened: list[Graph] = []  # what ``run`` opened, for the app of the same process


def limits_of(settings: Settings) -> Limits:
    """The limits of queries, as set."""
    return Limits(
        seconds=settings.query_seconds,
        rows=settings.query_rows,
        size=settings.query_bytes,
        memory=settings.query_memory_mb * 1_000_000,
        workers=settings.queries,
        waiting=settings.query_waiting,
        patience=settings.query_patience,
        quick=settings.quick_seconds,
        spool=settings.spool_bytes,
    )


def work_limits_of(settings: Settings) -> WorkLimits:
    """The limits of look-ups, as set."""
    return WorkLimits(
        lookups=settings.lookups,
        seconds=settings.lookup_seconds,
        whole=settings.whole,
        whole_seconds=settings.whole_seconds,
        waiting=settings.lookup_waiting,
        patience=settings.lookup_patience,
    )


def open_served(settings: Settings, say: Callable[[str], None] = lambda text: None) -> Graph:
    """The graph to serve: our own, or the dataset that is set. Raises BadFacts."""
    if settings.dataset:
        return open_dataset(map(Path, settings.dataset.split(os.pathsep)))
    return kg.open_graph(say=say)


def make_app() -> FastAPI:
    """The app of one server process, by the environment that ``run`` leaves. Its graph is built already."""
    settings = read_settings()
    Connection.limit(settings.request_seconds, settings.stall_seconds, settings.connections)
    graph = _opened.pop() if _opened else open_served(settings)
    limits, work = limits_of(settings), work_limits_of(settings)
    app = create_app(graph, limits, ours=not settings.dataset, hosts=settings.hosts, work=work)
    app.state.request_seconds = settings.request_seconds
    gc.collect()
    gc.freeze()  # what is here now stays; going through it again and again would halt every answer for a tenth of a second
    return app


def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Build what is to be served, then serve until told to stop. Raises BadFacts."""
    os.environ.update(settings.environment())
    _allow_files(settings.connections)
    graph = open_served(settings, say)
    if settings.workers == 1:
        _opened.append(graph)
    say(f"Lodegraph at http://{settings.host}:{settings.port} (API at /docs, SPARQL at /sparql)")
    uvicorn.run(
        "service.server:make_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_level="warning",
        http=Connection,
        ws="none",
        timeout_keep_alive=5,
        timeout_graceful_shutdown=settings.grace_seconds,
    )


def _allow_files(connections: int) -> None:
    """Let this process and those it starts hold open a file for each connection."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 2 * connections + 500
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
