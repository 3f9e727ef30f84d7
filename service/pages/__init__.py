"""Pages for people, at the addresses of the calls that they show. Each module makes pages; ``frame`` holds what all share."""

from __future__ import annotations

from fastapi import APIRouter

from . import chronicle, graphs, listings, maps, measures, minerals, pillars, queries, start, things
from .frame import HERE

STATIC = HERE / "static"

router = APIRouter()
for _router in (
    start.pages,
    start.alone,
    graphs.alone,
    maps.alone,
    minerals.pages,
    queries.pages,
    measures.pages,
    pillars.pages,
    chronicle.pages,
    listings.pages,
    things.pages,
):
    router.include_router(_router)
