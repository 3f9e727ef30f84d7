"""Deposits as GeoJSON (RFC 7946): a point where a record gives a place, and a list of what has none.

Knows the graph's deposits and the format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from ..graph.graph import Graph
from ..namespaces import ID, kind_of
from .selection import Choice

if TYPE_CHECKING:
    pass

PLACES = ("country", "bloc", "region", "project", "deposit")  # kinds of thing that are somewhere
POINT = {
    "en": "the place that the record gives for the deposit, WGS 84; not its outline",
    "ja": "記録が示す鉱床の位置（WGS 84）。範囲ではない。",
}
NO_PLACE = {"en": "the graph has no coordinates of it", "ja": "座標が収録されていない"}


def geojson(graph: Graph, choice: Choice, output: IO[bytes]) -> None:
    """Write the deposits linked to what is chosen: all, or what a step less than ``depth`` away from the center leads to.

    What is somewhere and has no coordinates stands in ``left_out``, with the reason.
    """
    deposits = list(_deposits(graph, choice))
    left = [_left_out(graph, iri, choice.lang) for iri in sorted(choice.net) if kind_of(iri) in PLACES[:-1]]
    left += [_left_out(graph, found["iri"], choice.lang) for found in deposits if found["latitude"] is None]
    features = [_feature(graph, found, choice.lang) for found in deposits if found["latitude"] is not None]
    head = {"type": "FeatureCollection", "about": choice.about, "left_out": left}
    start = json.dumps(head, ensure_ascii=False, allow_nan=False, indent=1).removesuffix("\n}")
    output.write(f'{start},\n "features": ['.encode())
    for number, feature in enumerate(features):
        output.write((",\n  " if number else "\n  ").encode() + json.dumps(feature, ensure_ascii=False, allow_nan=False).encode())
    output.write(b"\n ]\n}\n")


def _deposits(graph: Graph, choice: Choice) -> Iterator[dict[str, Any]]:
    """Each deposit chosen, in the order of IRIs, with the minerals found in it."""
    if choice.kinds and "deposit" not in choice.kinds and choice.center is None:
        return
    near = _near(choice)
    found: dict[str, dict[str, Any]] = {}
    for row in graph.part("placed"):
        entry = found.setdefault(str(row["deposit"]), {"iri": str(row["deposit"]), **row, "minerals": []})
        if row["mineral"] is not None and row["mineral"] not in entry["minerals"]:
            entry["minerals"].append(row["mineral"])
    for iri, entry in found.items():
        chosen = not choice.kinds or "deposit" in choice.kinds
        if iri == choice.center or (chosen and (near is None or near & {entry["located"], *entry["minerals"]})):
            yield entry


def _near(choice: Choice) -> set[str] | None:
    """Things whose deposits are wanted; None stands for all."""
    import networkx as nx

    if choice.center is None:
        return None if choice.is_whole or choice.kinds else {*choice.net}
    if choice.depth == 0:
        return set()
    return set(nx.ego_graph(choice.net, choice.center, radius=choice.depth - 1, undirected=True))


def _feature(graph: Graph, found: dict[str, Any], lang: str) -> dict[str, Any]:
    iri = found["iri"]
    properties = {
        "iri": iri,
        "kind": "deposit",
        "label": graph.label(iri, lang),
        "label_en": graph.label(iri, "en"),
        "label_ja": graph.label(iri, "ja"),
        "minerals": [mineral.removeprefix(ID) for mineral in found["minerals"]],
        "minerals_label": [graph.label(mineral, lang) for mineral in found["minerals"]],
        "country": found["located"].removeprefix(ID) if found["located"] else None,
        "country_label": graph.label(found["located"], lang) if found["located"] else None,
        "deposit_type": graph.label(found["type"], lang) if found["type"] else None,
        "point": POINT[lang],
        "page": found["page"],
        "source_id": found["document"],
    }
    place = {"type": "Point", "coordinates": [float(found["longitude"]), float(found["latitude"])]}
    return {"type": "Feature", "id": iri, "geometry": place, "properties": {k: v for k, v in properties.items() if v is not None}}


def _left_out(graph: Graph, iri: str, lang: str) -> dict[str, str]:
    return {"iri": iri, "kind": kind_of(iri), "label": graph.label(iri, lang), "why": NO_PLACE[lang]}
