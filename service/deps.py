"""Dependencies and parameters that routes share: the graph, the language, the day, paging, the kinds of things."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import WithJsonSchema

from kg import Graph

from .http.negotiation import language

OFFSET_MOST = 1_000_000_000
Lang = Annotated[str, Depends(language)]
Limit = Annotated[int, Query(ge=1, le=1000, description="Items on a page.")]
Offset = Annotated[int, Query(ge=0, le=OFFSET_MOST, description="Items to pass over.")]
Day = Annotated[
    str | None,
    WithJsonSchema({"type": "string", "format": "date"}),
    Query(description="A day, YYYY-MM-DD.", examples=["2012-12-31"]),
]

# Route -> kinds it lists.
PLURALS = {
    "countries": ("country",),
    "blocs": ("bloc",),
    "organisations": ("organisation",),
    "projects": ("project",),
    "programmes": ("programme", "stockpile"),
    "pillars": ("pillar",),
    "lines": ("line",),
    "disputes": ("dispute",),
    "documents": ("document",),
    "lists": ("list",),
    "events": ("event",),
    "conditions": ("condition",),
    "materials": ("material",),
    "components": ("component",),
    "products": ("product",),
}


async def graph_of(request: Request) -> Graph:
    """The graph that the app serves. Like every dependency that waits for nothing it is async: FastAPI runs others in a thread."""
    found: Graph = request.app.state.graph
    return found


TheGraph = Annotated[Graph, Depends(graph_of)]


def page(request: Request, items: list[Any], limit: int, offset: int) -> dict[str, Any]:
    """One page of a list."""
    after = offset + limit
    following = request.url.include_query_params(offset=after, limit=limit) if after < len(items) else None
    next_url = f"{following.path}?{following.query}" if following else None
    return {"total": len(items), "offset": offset, "limit": limit, "next": next_url, "items": items[offset:after]}
