"""The drawing as a picture: SVG in columns with nothing outside it, and PNG. Knows the layout and the formats; nothing of the graph.

Each box and each edge carries its data as ``data-`` attributes and in words in its ``<title>``. Colour only repeats what the heading of a
column says of its kinds, and the title of an edge of its relation.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from ..errors import BadParameter
from ..layout.columns import COLUMNS, FONT, LINE, MARGIN, PADDING, Layout, Place, curve, layout, wrap
from ..layout.elements import EDGE_NUMBERS, EDGE_TEXTS, NODE_TEXTS, Drawing, Item, Value, last_day, one_line, share_of
from ..source.files import how_to_install
from . import rasterizer

PIXELS = 4_000_000  # of a picture that is drawn at twice its size, for slides
FONT_FAMILY = '"Noto Sans CJK JP","Noto Sans JP","Hiragino Sans","Yu Gothic","Meiryo","IPAexGothic",sans-serif'
# Of each column: fill, and line of its boxes.
_COLOURS = (
    ("#fdf0d5", "#a06a00"),
    ("#fde5e3", "#b3261e"),
    ("#e2ecfa", "#1f5fae"),
    ("#e0f2f1", "#00695c"),
    ("#e8eaf6", "#3949ab"),
    ("#ede7f6", "#5e35b1"),
    ("#f1f1ee", "#66665f"),
    ("#e4f3e0", "#2e7d32"),
    ("#d7eedd", "#1b5e20"),
    ("#f3e9e2", "#795548"),
    ("#eceff1", "#546e7a"),
)
# What edges say: who supplies, what restricts, what is done, what leads to what; the rest is grey.
FAMILIES = {
    "supply": ("suppliedBy", "produces", "dependsOn", "uses", "formOf", "inGroup", "demands"),
    "measure": ("imposedBy", "appliesTo", "targets", "affects", "challenges", "complainant", "respondent"),
    "response": ("covers", "addresses", "pillar", "aimsAt", "supports", "runBy", "hasStakeIn", "replaces"),
    "cause": ("leadsTo",),
}
FAMILY = {relation: family for family, relations in FAMILIES.items() for relation in relations}


def style() -> str:
    """The style sheet of the picture."""
    boxes = "".join(f".c{n} rect{{fill:{fill};stroke:{line}}}" for n, (fill, line) in enumerate(_COLOURS))
    return (
        f"text{{font-family:{FONT_FAMILY};font-size:{FONT}px;fill:#1b1b1b}}"
        ".head{font-size:13px;font-weight:bold;fill:#444}"
        ".about{font-size:11px;fill:#666}"
        ".node rect{fill:#fff;stroke:#555}"
        ".edge{fill:none;stroke:#9a9a9a;stroke-opacity:.7}"
        ".supply{stroke:#1f5fae}.measure{stroke:#b3261e}.response{stroke:#2e7d32}.cause{stroke:#a06a00;stroke-dasharray:5 3}"
        f"{boxes}"
    )


def svg(drawing: Drawing) -> bytes:
    """SVG in columns; for a browser, Inkscape, a report."""
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n{picture(drawing)}\n').encode()


def png(drawing: Drawing) -> bytes:
    """PNG of the same picture, with a font of its own that has Japanese. Raises BadParameter where what draws it is not installed."""
    try:
        import resvg_py  # noqa: F401  # which another process draws with
        from noto_cjk_sans_jp_regular import FONT_PATH
    except ImportError:
        raise BadParameter("This installation cannot draw PNG.", how_to_install("png"), parameter="format") from None
    found = layout(drawing.net, drawing.lang)
    zoom = 2.0 if found.width * found.height <= PIXELS else 1.0
    return rasterizer.draw(picture(drawing), zoom, drawing.lang, Path(str(FONT_PATH)))


def picture(drawing: Drawing) -> str:
    """The ``svg`` element."""
    found = layout(drawing.net, drawing.lang)
    iris = drawing.iris
    heads, above = _heads(drawing, found)
    told = drawing.about.split(", ")
    foot = (len(told) + 1) * LINE
    width = max(found.width, 560.0)
    frame = f"0 {-above:.0f} {width:.0f} {found.height + above + foot:.0f}"
    places = {name: found.places[iri] for name, iri in iris.items()}
    names = {node["id"]: str(node["label"]) for node in drawing.nodes}
    edges = [_edge(edge, places, names) for edge in drawing.edges]
    nodes = [_node(node, places[str(node["id"])]) for node in drawing.nodes]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{frame}" width="{width:.0f}" height="{found.height + above + foot:.0f}" '
            f'role="group" aria-label="{_text(drawing.about or "Lodegraph")}" lang="{drawing.lang}">',
            f"<style>{style()}</style>",
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" '
            'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="#777"/></marker></defs>',
            f'<rect x="0" y="{-above:.0f}" width="100%" height="100%" fill="#fff"/>',
            *heads,
            *edges,
            *nodes,
            *(
                f'<text class="about" x="{MARGIN}" y="{found.height + (number + 1) * LINE:.0f}">{_text(line)}</text>'
                for number, line in enumerate(told)
            ),
            "</svg>",
        ]
    )


def _heads(drawing: Drawing, found: Layout) -> tuple[list[str], float]:
    """Over each column the kinds that stand in it; and how high that is."""
    columns: dict[float, list[str]] = {}
    for iri, place in found.places.items():
        columns.setdefault(place.x, []).append(str(drawing.net.nodes[iri].get("kind", "")))
    order = [kind for kinds in COLUMNS for kind in kinds]
    lines = {}
    before = ""
    for x in sorted(columns):
        kinds = sorted(set(columns[x]), key=lambda kind: (order.index(kind) if kind in order else len(order), kind))
        head = " / ".join(one_line(drawing.kinds.get(kind, kind)) for kind in kinds)
        lines[x] = wrap(head) if head != before else ()
        before = head
    most = max(map(len, lines.values()), default=0)
    texts = [
        f'<text class="head" text-anchor="middle" x="{x:.1f}" y="{(number - len(own)) * LINE:.0f}">{_text(line)}</text>'
        for x, own in lines.items()
        for number, line in enumerate(own)
    ]
    return texts, most * LINE + 1.5 * LINE


def _node(node: Item, place: Place) -> str:
    kind = str(node.get("kind", ""))
    column = next((number for number, kinds in enumerate(COLUMNS) if kind in kinds), None)
    middle = place.y - (len(place.lines) - 1) * LINE / 2 + FONT * 0.36
    lines = "".join(
        f'<tspan x="{place.x:.1f}" y="{middle + number * LINE:.1f}">{_text(line)}</tspan>' for number, line in enumerate(place.lines)
    )
    other = str(node.get("label_ja" if node["label"] != node.get("label_ja") else "label_en", ""))
    told = " · ".join(part for part in (str(node["label"]), other, kind, _span(node)) if part)
    return (
        f'<g class="node{"" if column is None else f" c{column}"}" id="{_text(node["id"])}"{_data(node, NODE_TEXTS)}>'
        f"<title>{_text(told)}</title>"
        f'<rect x="{place.left:.1f}" y="{place.top:.1f}" width="{place.width:.1f}" height="{place.height:.1f}" rx="{PADDING / 2:.0f}"/>'
        f'<text text-anchor="middle">{lines}</text></g>'
    )


def _edge(edge: Item, places: Mapping[str, Place], names: Mapping[Value, str]) -> str:
    source, target = str(edge["source"]), str(edge["target"])
    relation = str(edge.get("relation", ""))
    parts = (f"{names[source]} – {relation} → {names[target]}", share_of(edge), _span(edge), str(edge.get("place", "")))
    told = " · ".join(part for part in parts if part)
    thick = 1 + float(edge.get("share", 0.0)) / 25
    kind = f"edge {FAMILY[relation]}" if relation in FAMILY else "edge"
    return (
        f'<path class="{kind}" id="{_text(edge["id"])}" d="{curve(places[source], places[target])}" stroke-width="{thick:.2f}" '
        f'marker-end="url(#arrow)" data-source="{_text(source)}" data-target="{_text(target)}"{_data(edge, (*EDGE_TEXTS, *EDGE_NUMBERS))}>'
        f"<title>{_text(told)}</title></path>"
    )


def _data(item: Item, names: tuple[str, ...]) -> str:
    return "".join(f' data-{name.replace("_", "-")}="{_text(item[name])}"' for name in names if name in item)


def _span(item: Item) -> str:
    if "start" not in item and "end" not in item:
        return ""
    return f"{item.get('start', '..')}/{last_day(item['end']) if 'end' in item else '..'}"


def _text(value: object) -> str:
    return escape(str(value), quote=True)
