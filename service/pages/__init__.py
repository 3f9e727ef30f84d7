"""Pages for people, at the addresses of the calls that they show. Each module makes pages; ``page`` holds what all share."""

from __future__ import annotations

from fastapi import APIRouter

from . import (
    about,
    analysis,
    chains_episodes,
    compare,
    graph,
    home,
    listings,
    maps,
    measures,
    minerals,
    pillars,
    queries,
    scenarios,
    things,
    timeline,
)
from .page import HERE, error_page

STATIC = HERE / "static"

router = APIRouter()
for _router in (
    home.pages,
    home.alone,
    graph.alone,
    maps.alone,
    minerals.pages,
    measures.pages,
    pillars.pages,
    timeline.pages,
    queries.pages,
    analysis.pages,
    scenarios.alone,
    chains_episodes.pages,
    compare.pages,
    about.alone,
    listings.pages,
    things.pages,
):
    router.include_router(_router)

__all__ = ["STATIC", "error_page", "router"]
