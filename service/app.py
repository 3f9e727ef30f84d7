"""The app: routes, errors, headers. Opens the graph and the query workers on start and closes them on stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

import kg
from kg import Graph
from kg.pool import QueryPool
from kg.process import Limits

from . import analysis, api_docs, discovery, linked, llm_http, lookups, openapi, pages, problems, queries, risks, running, sparql
from .http.cache import ResponseCache
from .http.etags import EntityTags
from .http.headers import ResponseHeaders
from .models import Health, Readiness

DESCRIPTION = """A knowledge graph of critical-mineral policy: minerals, countries, measures, disputes, responses, and what
documents say of them.

Every statement names its document, the place in it, its date and how sure the document is. Names, places and questions are in English and
Japanese (`lang=en|ja`). Errors are `application/problem+json`."""

meta = APIRouter(tags=["health"])


@meta.get("/healthz", summary="Is the process alive")
def healthz(request: Request) -> Health:
    """Answers as long as the process does, whatever became of its store: restart it where this fails."""
    graph: Graph = request.app.state.graph
    return Health(status="ok", version=kg.__version__, data_version=graph.version)


@meta.get("/readyz", summary="Can the service answer")
def readyz(request: Request) -> Readiness:
    """Looks at the store: it can be reached and holds the data version that this program needs. Send no requests here where this fails."""
    graph: Graph = request.app.state.graph
    graph.store.look()
    return Readiness(status="ready", version=kg.__version__, data_version=graph.version, statements=len(graph.store))


def create_app(graph: Graph | None = None, limits: Limits | None = None, ours: bool = True, hosts: str = "") -> FastAPI:
    """The service over a graph (default: our own). ``ours`` false: some other dataset, over SPARQL alone, its default graph apart.

    ``hosts``: names under which language models may address it, see ``llm_http.Door``.
    """
    door = llm_http.Door(hosts)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = graph or kg.open_graph()
        assert opened.path is not None
        app.state.graph = opened
        app.state.pool = QueryPool(opened.path, limits, union=ours)
        app.state.places = asyncio.Semaphore(running.WHOLE_AT_ONCE)
        app.state.ours = ours
        door.open()
        keeper = asyncio.create_task(door.keep(opened, app.state.pool))
        yield
        door.close()
        await keeper
        app.state.pool.close()

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
    problems.install(app)
    api_docs.install(app)
    # From the inside out: a tag is of the plain bytes, and what is kept is compressed already.
    app.add_middleware(EntityTags)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(ResponseCache, on_error=problems.internal_error)
    app.add_middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "POST", "QUERY"], allow_headers=["*"], expose_headers=["*"]
    )
    app.add_middleware(ResponseHeaders)
    everything = (pages.router, lookups.router, risks.router, queries.router, analysis.router, linked.router)
    for router in (meta, sparql.router, *(everything if ours else ()), discovery.router):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    for path in llm_http.PATHS if ours else ():
        app.router.routes.append(Route(path, door))
    openapi.describe(app)
    return app
