"""The app: routes, errors, headers. Opens the graph and the query workers on start and closes them on stop."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from fastapi_offline import FastAPIOffline

import kg
from kg import Graph
from kg.pool import Limits, QueryPool

from . import analysis, linked, lookups, pages, problems, queries, sparql
from .models import Health

DESCRIPTION = """A knowledge graph of critical-mineral policy: minerals, countries, measures, disputes, responses, and what
documents say of them.

Every statement names its document, the place in it, its date and how sure the document is. Names, places and questions are in English and
Japanese (`lang=en|ja`). Errors are `application/problem+json`."""

meta = APIRouter()


@meta.get("/healthz", summary="Is the service well")
def healthz(request: Request) -> Health:
    """Answers once the graph is open, with the version of the program and of the data."""
    graph: Graph = request.app.state.graph
    return Health(status="ok", version=kg.__version__, data_version=graph.version, statements=len(graph.store))


def create_app(graph: Graph | None = None, limits: Limits | None = None) -> FastAPI:
    """The service over a graph (default: our own, opened on start)."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = graph or kg.open_graph()
        assert opened.path is not None
        app.state.graph = opened
        app.state.pool = QueryPool(opened.path, limits)
        app.state.pool.warm()
        yield
        app.state.pool.close()

    app: FastAPI = FastAPIOffline(title="Lodegraph", version=kg.__version__, description=DESCRIPTION, lifespan=lifespan)
    problems.install(app)
    app.middleware("http")(_versioned)
    for router in (meta, lookups.router, queries.router, sparql.router, analysis.router, linked.router, pages.router):
        app.include_router(router)
    return app


async def _versioned(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Name the data version on every answer; let a client that has this version of a page keep it (ETag)."""
    graph: Graph = request.app.state.graph
    asked = "\n".join(
        (graph.version, request.url.path, request.url.query, request.headers.get("accept", ""), request.headers.get("accept-language", ""))
    )
    tag = f'W/"{hashlib.sha256(asked.encode()).hexdigest()[:24]}"'
    cacheable = request.method in ("GET", "HEAD") and request.url.path != "/healthz"
    if cacheable and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag, "Lode-Data-Version": graph.version})
    response = await call_next(request)
    response.headers["Lode-Data-Version"] = graph.version
    if cacheable and response.status_code == 200:
        response.headers.setdefault("ETag", tag)
        response.headers.setdefault("Cache-Control", "no-cache")
        response.headers.setdefault("Vary", "Accept, Accept-Language")
    return response
