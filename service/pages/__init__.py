"""Pages for people, at the addresses of the calls that they show. Each module makes pages; ``frame`` holds what all share."""

from __future__ import annotations

from fastapi import APIRouter

from . import (
    about,
    analysis,
    chronicle,
    compare,
    graphs,
    listings,
    maps,
    measures,
    minerals,
    pillars,
    queries,
    scenarios,
    start,
    stories,
    things,
)
from .frame import HERE

STATIC = HERE / "static"

router = APIRouter()
for _router in (
    start.pages,
    start.alone,
    graphs.alone,
    maps.alone,
    minerals.pages,
    measures.pages,
    pillars.pages,
    chronicle.pages,
    queries.pages,
    analysis.pages,
    scenarios.alone,
    stories.pages,
    compare.pages,
    about.alone,
    listings.pages,
    things.pages,
):
    router.include_router(_router)
