"""Geometry of the graph's picture: a view in, shapes with their places out; a template draws them. Knows no request and no colour.

Each kind has a shape and stands under, or has over its box, its name. Things are links to their pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kg.export.svg import FAMILY
from kg.layout.columns import COLUMNS, FONT, LINE, Layout, Place, curve, layout, wrap
from kg.layout.force import line, spread
from kg.namespaces import ID, KINDS, ONTOLOGY

from .graph_view import View
from .page import Page
from .tables import number

# The shape of the boxes of each column's kinds.
SHAPES = ("square", "cut", "pill", "round", "round", "hexagon", "wave", "tag", "tag", "square", "cut")
CUT = 7.0
HIT = 24  # of what opens a thing's links


def picture(page: Page, view: View, kind: str, toggles: Mapping[str, tuple[str, bool]]) -> dict[str, Any]:
    """What the template needs: size, heads, edges, nodes. ``kind``: columns or force. ``toggles``: for each thing that can be opened or
    closed the address that does it, and whether it is open now."""
    places = layout(view.net, page.lang) if kind == "columns" else spread(view.net, page.lang)
    heads, above, mixed = _heads(page, view, places) if kind == "columns" else ([], LINE * 1.0, None)
    nodes = [_node(page, view, iri, place, toggles.get(iri), mixed) for iri, place in places.places.items()]
    width, height = max(places.width, 320.0), places.height
    return {
        "box": f"0 {-above:.0f} {width:.0f} {height + above:.0f}",
        "width": round(width),
        "height": round(height + above),
        "heads": heads,
        "edges": _edges(page, view, places.places, curve if kind == "columns" else line),
        "nodes": sorted(nodes, key=lambda node: (node["x"], node["y"])),
        "kinds": _legend(page, view),
    }


def kind_name(page: Page, kind: str) -> str:
    """The name of a kind of thing."""
    return page.graph.label(ONTOLOGY + KINDS.get(kind, kind), page.lang)


def relation_name(page: Page, relation: str) -> str:
    """The name of a relation."""
    return page.graph.label(ONTOLOGY + relation, page.lang)


def column_of(kind: str) -> int:
    """The number of a kind's column."""
    return next((number for number, kinds in enumerate(COLUMNS) if kind in kinds), len(COLUMNS) - 1)


def _legend(page: Page, view: View) -> list[dict[str, Any]]:
    """A shape for each kind shown, in the order of columns."""
    shown = {str(data["kind"]) for _, data in view.net.nodes(data=True)}
    order = [kind for kinds in COLUMNS for kind in kinds if kind in shown]
    box = Place(14, 9, 24, 14, ())
    return [{"kind": kind, "name": kind_name(page, kind), "column": column_of(kind), "d": outline(column_of(kind), box)} for kind in order]


def _heads(page: Page, view: View, places: Layout) -> tuple[list[dict[str, Any]], float, set[float]]:
    """Over each column the kinds that stand in it, how high that is, and the columns of several kinds."""
    columns: dict[float, list[str]] = {}
    for iri, place in places.places.items():
        columns.setdefault(place.x, []).append(str(view.net.nodes[iri]["kind"]))
    order = [kind for kinds in COLUMNS for kind in kinds]
    lines: dict[float, tuple[str, ...]] = {}
    before, mixed = "", set()
    for x in sorted(columns):
        kinds = sorted(set(columns[x]), key=order.index)
        if len(kinds) > 1:
            mixed.add(x)
        head = page.say(" / ", "・").join(kind_name(page, kind) for kind in kinds)
        lines[x] = wrap(head) if head != before else ()
        before = head
    most = max(map(len, lines.values()), default=0)
    texts = [{"x": x, "y": (number - len(own)) * LINE, "text": line} for x, own in lines.items() for number, line in enumerate(own) if line]
    return texts, most * LINE + LINE, mixed


def _node(page: Page, view: View, iri: str, place: Place, toggle: tuple[str, bool] | None, mixed: set[float] | None) -> dict[str, Any]:
    kind = str(view.net.nodes[iri]["kind"])
    label, other = page.graph.label(iri, page.lang), page.graph.label(iri, "en" if page.ja else "ja")
    name = kind_name(page, kind)
    first = place.y - (len(place.lines) - 1) * LINE / 2 + FONT * 0.36
    hidden = view.hidden.get(iri, 0)
    return {
        "iri": iri.removeprefix(ID),
        "href": page.of(iri),
        "told": " · ".join(dict.fromkeys(part for part in (label, other, name) if part)),
        "column": column_of(kind),
        "d": outline(column_of(kind), place),
        "x": round(place.x, 1),
        "y": round(place.y, 1),
        "left": round(place.left, 1),
        "top": round(place.top, 1),
        "width": round(place.width, 1),
        "height": round(place.height, 1),
        "lines": [(round(first + n * LINE, 1), line) for n, line in enumerate(place.lines)],
        "word": name if mixed is None or place.x in mixed else "",
        "on_path": iri in view.path,
        "center": iri in view.centers,
        "toggle": {"href": toggle[0], "open": toggle[1], "hidden": hidden, "label": _toggle_label(page, label, toggle[1], hidden)}
        if toggle
        else None,
    }


def _toggle_label(page: Page, label: str, is_open: bool, hidden: int) -> str:
    if is_open:
        return page.say(f"{label}: close", f"{label}：閉じる")
    return page.say(f"{label}: {hidden} more linked to it", f"{label}：ほかに{hidden}件の関係先")


def _edges(page: Page, view: View, places: Mapping[str, Place], draw: Callable[[Place, Place], str]) -> list[dict[str, Any]]:
    """One line for each source, relation and target, with what documents say of it in words."""
    held: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for source, target, data in view.net.edges(data=True):
        held.setdefault((source, str(data["relation"]), target), []).append(data)
    found = []
    for (source, relation, target), claims in sorted(held.items()):
        share = max((float(claim["share"]) for claim in claims if claim["share"] is not None), default=None)
        places_said = sorted({str(claim["place"]) for claim in claims if claim["place"]})
        told = [f"{page.graph.label(source, page.lang)} – {relation_name(page, relation)} → {page.graph.label(target, page.lang)}"]
        told += [f"{number(share, 3)} %"] if share is not None else []
        told += places_said[:3]
        found.append(
            {
                "d": draw(places[source], places[target]),
                "family": FAMILY.get(relation, ""),
                "told": " · ".join(told),
                "source": source.removeprefix(ID),
                "target": target.removeprefix(ID),
                "width": round(1 + (share or 0.0) / 25, 2),
                "on_path": (source, target) in view.steps,
                "denied": all(claim["certainty"] == "denied" for claim in claims),
            }
        )
    return found


def outline(column: int, place: Place) -> str:
    """The box of a thing in SVG's ``d``, by the shape of its column."""
    left, top, right, bottom, y = place.left, place.top, place.left + place.width, place.top + place.height, place.y
    shape, cut = SHAPES[column], min(CUT, place.height / 2)
    if shape in ("pill", "round"):
        r = min(place.height / 2, 12.0) if shape == "pill" else 4.0
        across, down = place.width - 2 * r, place.height - 2 * r
        arc = f"a{r:g} {r:g} 0 0 1"
        turns = ((f"h{across:.1f}", r, r), (f"v{down:.1f}", -r, r), (f"h{-across:.1f}", -r, -r), (f"v{-down:.1f}", r, -r))
        return f"M{left + r:.1f} {top:.1f}" + "".join(f"{line}{arc} {x:g} {z:g}" for line, x, z in turns) + "z"
    a, b, c, d = left + cut, right - cut, top + cut, bottom - cut
    points = {
        "square": [(left, top), (right, top), (right, bottom), (left, bottom)],
        "cut": [(a, top), (b, top), (right, c), (right, d), (b, bottom), (a, bottom), (left, d), (left, c)],
        "hexagon": [(a, top), (b, top), (right, y), (b, bottom), (a, bottom), (left, y)],
        "wave": [(a, top), (right, top), (b, bottom), (left, bottom)],
        "tag": [(left, top), (b, top), (right, y), (b, bottom), (left, bottom)],
    }[shape]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"
