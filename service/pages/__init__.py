"""Pages for people, at the addresses of the calls that they show. Each module makes pages; ``frame`` holds what all share."""

from __future__ import annotations

from fastapi import APIRouter

from . import analysis, minerals, queries, start, things
from .frame import HERE

STATIC = HERE / "static"

router = APIRouter()
for _router in (start.pages, start.alone, minerals.pages, queries.pages, analysis.pages, things.pages):
    router.include_router(_router)
