"""The app: routes, errors, headers. Opens the graph and the query workers on start and closes them on stop."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import anyio.to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

import kg
from kg import Graph, StoreFailed, StoreGone
from kg.build.warming import warm
from kg.settings import Settings
from kg.views import states
from kg.workers.client import Limits
from kg.workers.pool import QueryPool

from . import pages
from .api import analysis, discovery, docs, linked_data, queries, risk, sparql, things, well_known
from .api.models import Health, Readiness
from .http import openapi, problems
from .http.body import BodyLimit
from .http.concurrency import Bulkheads, WorkLimits
from .http.etags import EntityTags
from .http.headers import ResponseHeaders
from .http.operate import Operation
from .http.response_cache import ResponseCache
from .mcp import http

SPARE_THREADS = 40  # beside those of look-ups: for static files, pieces of answers, health
DESCRIPTION = """A knowledge graph of critical-mineral policy: minerals, countries, measures, disputes, responses, and what
documents say of them.

Every statement names its document, the place in it, its date and how sure the document is. Names, places and questions are in English and
Japanese (`lang=en|ja`). Errors are `application/problem+json`."""

meta = APIRouter(tags=["health"])


@meta.get("/healthz", summary="Is the process alive")
async def healthz(request: Request) -> Health:
    """Answers as long as the process does, whatever became of its store: restart it where this fails."""
    graph: Graph = request.app.state.graph
    return Health(status="ok", version=kg.__version__, data_version=graph.version, knowledge_horizon=request.app.state.horizon)


@meta.get("/readyz", summary="Can the service answer", response_model=Readiness)
def readyz(request: Request) -> Readiness | Response:
    """Looks at the store: it can be reached and holds the data version that this program needs. Send no requests here where this fails,
    as it does as soon as the service is told to stop."""
    if request.app.state.operation.drain.has_begun:
        return problems.problem(503, "Draining", "The service is draining: it was told to stop.", advice="Ask another.")
    graph: Graph = request.app.state.graph
    graph.store.look()
    return Readiness(status="ready", version=kg.__version__, data_version=graph.version, statements=len(graph.store))


def create_app(
    graph: Graph | None = None,
    limits: Limits | None = None,
    ours: bool = True,
    hosts: str = "",
    work: WorkLimits | None = None,
    settings: Settings | None = None,
) -> FastAPI:
    """The service over a graph (default: our own). ``ours`` false: some other dataset, over SPARQL alone, its default graph apart.

    ``limits`` of queries, ``work`` those of look-ups. ``hosts``: names under which language models may address it, see ``llm_http.Door``.
    ``settings``: of metrics, log and stopping (default: their defaults).
    """
    door, operation = http.Door(hosts), Operation(settings or Settings.model_construct())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = graph or kg.open_graph()
        assert opened.path is not None
        app.state.graph = opened
        app.state.bulkheads = Bulkheads(work or WorkLimits())
        _keep_threads(app.state.bulkheads)
        app.state.ours = ours
        app.state.horizon = _horizon(opened) if ours and isinstance(opened.path, Path) else None  # a store elsewhere may be slow
        app.state.pool = QueryPool(opened.path, limits, union=ours, observer=operation.observer)
        with closing(app.state.pool):
            door.open()
            keeper = asyncio.create_task(door.keep(opened, app.state.pool, app.state.bulkheads))
            warming = asyncio.create_task(asyncio.to_thread(_warm, opened, ours))
            async with operation.running(app):
                yield
            door.close()
            await asyncio.gather(keeper, warming)

    app: FastAPI = FastAPIOffline(
        title="Lodegraph",
        version=kg.__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # see api_docs
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        telemetry=dict.fromkeys(("tracing", "metrics", "logs", "operation_spans"), False),  # nobody listens
    )
    _add_layers(app, operation)
    _add_routes(app, door, ours)
    openapi.describe(app)
    return app


def _add_layers(app: FastAPI, operation: Operation) -> None:
    """What stands round the routes, from the inside out."""
    problems.install(app)
    app.state.error_page = pages.error_page
    docs.install(app)
    # A tag is of the plain bytes, and what is kept is compressed already.
    app.add_middleware(EntityTags)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(ResponseCache, on_error=problems.internal_error)
    app.add_middleware(BodyLimit)
    app.add_middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "POST", "QUERY"], allow_headers=["*"], expose_headers=["*"]
    )
    app.add_middleware(ResponseHeaders)
    operation.install(app)


def _add_routes(app: FastAPI, door: http.Door, ours: bool) -> None:
    """All routes; over another dataset those of SPARQL alone."""
    everything = (pages.router, things.router, risk.router, queries.router, analysis.router, linked_data.router)
    for router in (meta, sparql.router, *(everything if ours else ()), discovery.router, well_known.router):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    for path in http.PATHS if ours else ():
        app.router.routes.append(Route(path, door))


def _horizon(graph: Graph) -> str | None:
    """When the newest document was issued; None where the store is damaged, which answers tell when they are asked for."""
    with suppress(StoreFailed, StoreGone):
        return states.horizon(graph)
    return None


def _warm(graph: Graph, ours: bool) -> None:
    """Read what pages share, so that the first need not; where the store fails, who asks is told so."""
    if not ours or not isinstance(graph.path, Path):
        return
    with suppress(StoreFailed, StoreGone, OSError):
        warm(graph, datetime.datetime.now(datetime.UTC).date())


def _keep_threads(bulkheads: Bulkheads) -> None:
    """Have so many threads that, with every place for work taken, there are some left for what must not wait behind it."""
    limiter = anyio.to_thread.current_default_thread_limiter()
    limiter.total_tokens = bulkheads.lookups.most + bulkheads.whole.most + SPARE_THREADS
