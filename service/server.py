"""The service as server processes: the settings, the graph built once, uvicorn over it."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

import uvicorn
import uvicorn.supervisors
from fastapi import FastAPI

import kg
from kg import Graph
from kg.build.dataset import open_dataset
from kg.build.fill import no_advance, no_report
from kg.settings import Settings, read_settings

from .app import create_app
from .http import logging
from .http.limits import Connection
from .http.operate import check_metrics
from .limits import limits_of, work_limits_of


def open_served(settings: Settings, say: Callable[[str], None] = no_report, advance: Callable[[float], None] = no_advance) -> Graph:
    """The graph to serve: our own, or the dataset that is set. Raises BadFacts."""
    if settings.dataset:
        return open_dataset(map(Path, settings.dataset.split(os.pathsep)))
    return kg.open_graph(say=say, advance=advance)


def make_app(graph: Graph | None = None) -> FastAPI:
    """The app of one server process, by the environment that ``start.run`` leaves; ``graph``: where it is open already."""
    settings = read_settings()
    logging.configure(settings)
    Connection.limit(settings.request_seconds, settings.stall_seconds, settings.connections)
    limits, work = limits_of(settings), work_limits_of(settings)
    opened = graph or open_served(settings)
    app = create_app(opened, limits, ours=not settings.dataset, hosts=settings.hosts, work=work, settings=settings)
    Connection.refused = staticmethod(app.state.operation.refused)
    app.state.request_seconds = settings.request_seconds
    gc.collect()
    gc.freeze()  # what is here now stays; going through it again and again would halt every answer for a tenth of a second
    return app


def check(settings: Settings) -> None:
    """Make ready what a server process needs of the system. Raises OSError where a port for metrics is taken."""
    logging.configure(settings)
    _allow_files(settings.connections)
    check_metrics(settings)


def serve(settings: Settings, sockets: list[socket.socket], app: FastAPI | None) -> None:
    """Serve until told to stop, which ends in the exit code 0: an app here, or in several processes one that each makes."""
    signal.signal(signal.SIGTERM, _leave)  # uvicorn sends itself the signal again once it has stopped
    config = uvicorn.Config(
        app or "service.server:make_app",
        factory=app is None,
        workers=settings.workers,
        log_config=None,
        log_level="warning",
        access_log=False,
        http=Connection,
        ws="none",
        timeout_keep_alive=5,
        timeout_graceful_shutdown=settings.grace_seconds,
    )
    with suppress(KeyboardInterrupt):
        if settings.workers > 1:
            uvicorn.supervisors.Multiprocess(config, sockets).run()
        else:
            uvicorn.Server(config).run(sockets)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


def _allow_files(connections: int) -> None:
    """Let this process and those it starts hold open a file for each connection."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 2 * connections + 500
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
