"""Dependency paths and graph exports: /paths, /graph.{format}."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from kg import export, paths
from kg.graph import read_day

from .lookups import Day, Lang, TheGraph
from .models import PathAnswer
from .negotiation import known_parameters, media_types
from .running import whole

router = APIRouter(tags=["analysis"], dependencies=[Depends(known_parameters), Depends(whole)])
NAME = "A slug, kind/slug or IRI."
_FILES = media_types(*(kept.media_type for kept in export.FORMATS.values()))


@router.get("/paths", summary="How one thing depends on another")
def find_paths(
    graph: TheGraph,
    lang: Lang,
    source: Annotated[str, Query(description=NAME, examples=["next-generation-vehicle"])],
    target: Annotated[str, Query(description=NAME, examples=["china"])],
    as_of: Day = None,
    length: Annotated[int, Query(ge=1, le=paths.MAX_LENGTH, description="Most steps in a path.")] = 6,
    most: Annotated[int, Query(ge=1, le=paths.MAX_PATHS, description="Most paths in the answer.")] = 20,
) -> PathAnswer:
    """Product -> component -> material -> mineral -> country -> measure, each step with its statement and place, shortest paths first.

    For example `/paths?source=automobile&target=cn-rare-earth-export-quota&as_of=2012-12-31`. Where the target depends on the source,
    the paths run that way and `backward` is true.
    """
    found = paths.between(graph, source, target, as_of=paths.parse_as_of(as_of), length=length, lang=lang, most=most)
    steps = [
        [{**asdict(step), "source_label": graph.label(step.source, lang), "target_label": graph.label(step.target, lang)} for step in path]
        for path in found.paths
    ]
    given: dict[str, Any] = {**asdict(found), "paths": steps}
    return PathAnswer(**given)


@router.get("/graph.{format}", summary="The graph, or the neighbourhood of one thing, as a file", response_class=Response, responses=_FILES)
def graph_file(
    graph: TheGraph,
    format: str,
    lang: Lang,
    center: Annotated[str | None, Query(description=f"{NAME} Left out: the whole graph.", examples=["dysprosium"])] = None,
    depth: Annotated[int, Query(ge=0, le=4, description="Steps from the center.")] = 1,
    as_of: Day = None,
) -> Response:
    """GraphML, GEXF, DOT, Cytoscape JSON, node-link JSON or Mermaid. For example `/graph.gexf?center=dysprosium&depth=2`."""
    day = read_day("as_of", as_of) if as_of else None
    body = export.write(graph, format, center=center, depth=depth, as_of=day, lang=lang)
    media = export.FORMATS[format].media_type
    name = f"lodegraph{'-' + center.rsplit('/', 1)[-1] if center and center.isascii() else ''}.{export.FORMATS[format].extension}"
    return Response(body, media_type=media, headers={"Content-Disposition": f'inline; filename="{name}"', "Vary": "Accept-Language"})
