"""The graph for language models over the Model Context Protocol: tools, resources and a prompt, by the official SDK.

Imported only where it is wanted: the SDK takes a second to load. Knows the tools; knows no transport.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mcp import MCPError
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.types import (
    INVALID_PARAMS,
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
    ToolAnnotations,
)

from kg import Graph, LodeError, __version__
from kg.views import lookup
from kg.workers.pool import QueryPool

from ..http.concurrency import Bulkhead, Bulkheads, WorkLimits
from ..http.logging import root_kept
from .instructions import INSTRUCTIONS, brief
from .tools import Tools

ASKING, READING = ("ask", "sparql"), ("coverage", "paths", "what_if")  # tools that ask the pool; that read the whole graph
ASKED_MORE = 2  # queries of models that may wait for the pool at once, beside those that it runs
WAITING, PATIENCE = 250, 20.0  # others that wait for that, and for how many seconds
READ_SECONDS = 30.0  # for the rows of an answer
SUGGESTED = 50
READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
# Name, title, what it answers.
TOOLS = (
    ("search", "Search names", "Find things by name in English or Japanese, or by symbol. Start here when a name is not certain."),
    (
        "schema",
        "Schema card",
        "Classes with counts, properties, prefixes, an example query and the pitfalls of the data. Read it before sparql.",
    ),
    (
        "mineral",
        "Profile of a mineral",
        "Risks (figures, measures, disputes, dependence), responses by pillar and uses of a mineral on a day.",
    ),
    (
        "measures",
        "Measures as of a day",
        "Export restrictions and other measures by mineral, country or type, each with its state on a day.",
    ),
    (
        "coverage",
        "Minerals by pillars",
        "Which minerals the four pillars cover on a day, with what each cell rests on; the gaps first, by exposure.",
    ),
    (
        "paths",
        "Paths of dependence",
        "How one thing depends on another (product, component, material, mineral, country, measure), step by step.",
    ),
    (
        "what_if",
        "What if",
        "What minerals and products lose when suppliers are restricted or lost, sources open, stocks or recycling help.",
    ),
    ("queries", "Named queries", "List the questions that can be asked by name, with their parameters."),
    ("ask", "Ask a named query", "Rows of a named query, each with statement, place and document. Prefer this to sparql."),
    ("sparql", "SPARQL", "Run a read-only SPARQL 1.1 query, within limits of time, memory and rows. Updates and SERVICE are refused."),
    ("cite", "Cite", "How to cite a document, or a statement, series or figure in it, with its locator and rights."),
)


def make_server(graph: Graph, pool: QueryPool, bulkheads: Bulkheads | None = None) -> MCPServer[Any]:
    """A server over a graph; ``pool`` runs its queries, ``bulkheads`` (default: its own) are where all else works."""
    with root_kept():
        server: MCPServer[Any] = MCPServer(
            "lodegraph", title="Lodegraph", version=__version__, instructions=INSTRUCTIONS, log_level="WARNING", subscriptions=False
        )
    tools = Tools(graph, pool)
    work = bulkheads or Bulkheads(WorkLimits())
    limits = pool.limits
    # These hold a thread while they wait for the pool, which has its own limits; then they read the rows.
    asked = Bulkhead("a query", limits.workers + ASKED_MORE, limits.patience + limits.seconds + READ_SECONDS, WAITING, PATIENCE)
    places = {**dict.fromkeys(ASKING, asked), **dict.fromkeys(READING, work.whole)}
    for name, title, about in TOOLS:
        call = _offered(getattr(tools, name), places.get(name, work.lookups))
        server.add_tool(call, name=name, title=title, description=about, annotations=READ_ONLY, structured_output=False)
    _add_resources(server, graph, tools, work.lookups)
    return server


def _offered(call: Callable[..., str], place: Bulkhead) -> Callable[..., Any]:
    """A tool that works at a place of a bulkhead, and whose errors reach the model in the library's words."""

    @functools.wraps(call)
    async def run(*values: Any, **named: Any) -> str:
        try:
            return await place.run(call, *values, **named)
        except LodeError as error:
            raise ToolError(f"{error.title}: {error}") from error

    return run


def _add_resources(server: MCPServer[Any], graph: Graph, tools: Tools, place: Bulkhead) -> None:
    @server.resource("lode://schema", title="Schema card", mime_type="application/json")
    async def schema() -> str:
        """Classes, properties, prefixes, an example query and the pitfalls of the data."""
        return await place.run(tools.schema)

    @server.resource("lode://mineral/{slug}", title="Profile of a mineral", mime_type="application/json")
    async def mineral(slug: str) -> str:
        """Risks, responses and uses of a mineral, as of today."""
        try:
            return await place.run(tools.mineral, slug)
        except LodeError as error:
            raise ResourceNotFoundError(str(error)) from error

    @server.prompt(title="Supply-risk brief / 供給リスク概要")
    async def supply_risk_brief(mineral: str, lang: str = "en") -> str:
        """A brief on the supply risk of a mineral, every figure with its source. 鉱種の供給リスクを出典付きでまとめる。lang: en or ja."""
        try:
            return await place.run(brief, graph, mineral, lang)
        except LodeError as error:
            raise MCPError(INVALID_PARAMS, str(error)) from error

    @server.completion()  # type: ignore[no-untyped-call, untyped-decorator]  # the SDK has no type here
    async def complete(
        ref: PromptReference | ResourceTemplateReference, argument: CompletionArgument, context: CompletionContext | None
    ) -> Completion | None:
        """Names of minerals, and the languages."""
        if argument.name == "lang":
            return Completion(values=["en", "ja"])
        if argument.name not in ("mineral", "slug"):
            return None
        found = await place.run(_minerals, graph, argument.value)
        return Completion(values=[item["slug"] for item in found[:SUGGESTED]], total=len(found), has_more=len(found) > SUGGESTED)


def _minerals(graph: Graph, text: str) -> list[dict[str, Any]]:
    return lookup.search(graph, text, kinds=("mineral",)) if text else lookup.things(graph, "mineral")
