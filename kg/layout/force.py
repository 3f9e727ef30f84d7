"""The second layout: what is linked stands near, and boxes are pushed apart until none lies on another.

    spread(network(graph)).places[iri].x

Boxes are those of ``kg.layout.columns``; so are lengths and the view. The same network gives the same places. Places come from ForceAtlas2
(Jacomy and others 2014, PLoS ONE 9(6), as in NetworkX); boxes are parted along the axis that needs less. Knows the shape of
``kg.network.graphs.network``; knows no file format and no graph.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..deadline import check
from .columns import MARGIN, Layout, Place, box, curve, labels_of

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

MOST = 300  # things; more are no picture, and take long
SEED = 1
STEPS = 200  # of the forces
ROUNDS = 100  # of pushing boxes apart, after which all is stretched
STRETCH = 1.12
SQUEEZES, SQUEEZE = 3, 0.7  # how often and how far all is drawn together again, to fill what is empty
APART = 18.0  # between boxes: room for the word over one
ASPECT = 1.5  # of the view, about
ROOM = 5.0  # area of the view for each of the boxes, at first


def spread(net: nx.MultiDiGraph[str], lang: str = "en") -> Layout:
    """Places of all nodes of a network of at most MOST, labelled in a language. Raises ValueError where it has more."""
    import networkx as nx
    import numpy as np

    if len(net) > MOST:
        raise ValueError(f"{len(net)} things are more than {MOST}.")
    boxes = {iri: box(label) for iri, label in labels_of(net, lang).items()}
    iris = sorted(boxes)
    if not iris:
        return Layout(2.0 * MARGIN, 2.0 * MARGIN, {})
    plain: nx.Graph[str] = nx.Graph()
    plain.add_nodes_from(iris)
    plain.add_edges_from(sorted({(min(pair), max(pair)) for pair in net.edges()}))
    found = nx.forceatlas2_layout(plain, pos=_ring(iris), max_iter=STEPS, seed=SEED, strong_gravity=True)
    sizes = np.array([(boxes[iri].width, boxes[iri].height) for iri in iris])
    middles = _parted(_scaled(np.array([found[iri] for iri in iris], dtype=float), sizes), sizes + APART)
    for _ in range(SQUEEZES):
        closer = _parted(middles * SQUEEZE, sizes + APART)
        if np.ptp(closer, axis=0).prod() >= np.ptp(middles, axis=0).prod():
            break
        middles = closer
    middles += MARGIN - (middles - sizes / 2).min(axis=0)
    width, height = (float(edge) for edge in (middles + sizes / 2).max(axis=0) + MARGIN)
    places = {
        iri: Place(round(float(x), 1), round(float(y), 1), boxes[iri].width, boxes[iri].height, boxes[iri].lines)
        for iri, (x, y) in zip(iris, middles, strict=True)
    }
    return Layout(math.ceil(width), math.ceil(height), places)


def line(source: Place, target: Place) -> str:
    """The path of an edge in SVG's ``d``: straight from box to box, a loop at one box."""
    if source == target:
        return curve(source, target)
    (a, b), (c, d) = _side(source, target), _side(target, source)
    return f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}"


def _side(box: Place, other: Place) -> tuple[float, float]:
    """Where the line to another box's middle leaves a box."""
    across, down = other.x - box.x, other.y - box.y
    part = min(box.width / 2 / abs(across) if across else math.inf, box.height / 2 / abs(down) if down else math.inf)
    return box.x + across * part, box.y + down * part


def _ring(iris: list[str]) -> dict[str, Numbers]:
    """Where things start: on a spiral, each at a place of its own."""
    import numpy as np

    return {iri: math.sqrt(n + 1) * np.array([math.cos(n * 2.4), math.sin(n * 2.4)]) for n, iri in enumerate(iris)}


def _scaled(middles: Numbers, sizes: Numbers) -> Numbers:
    """Places in a view with room for the boxes, turned so that its longer side lies level."""
    import numpy as np

    middles = middles - middles.mean(axis=0)
    if len(middles) > 2:
        _, _, axes = np.linalg.svd(middles, full_matrices=False)
        axes = axes * np.sign(np.where(axes.sum(axis=1, keepdims=True) == 0, 1, axes.sum(axis=1, keepdims=True)))
        middles = middles @ axes.T
    extent = np.maximum(np.ptp(middles, axis=0), 1e-9)
    area = float((sizes.prod(axis=1)).sum()) * ROOM
    wanted = np.array([math.sqrt(area * ASPECT), math.sqrt(area / ASPECT)])
    scaled: Numbers = middles / extent * wanted
    return scaled


def _parted(middles: Numbers, sizes: Numbers) -> Numbers:
    """Places where no two boxes touch: pushed apart round by round, and stretched where that does not do."""
    import numpy as np

    count = len(middles)
    needed = (sizes[:, None, :] + sizes[None, :, :]) / 2
    order = np.sign(np.arange(count)[:, None] - np.arange(count)[None, :])
    while True:
        for _ in range(ROUNDS):
            check()
            between = middles[:, None, :] - middles[None, :, :]
            over = needed - np.abs(between)
            touch = (over > 1e-6).all(axis=2) & (order != 0)
            if not touch.any():
                return middles
            level = over[..., 0] / ASPECT < over[..., 1]
            for axis, mine in ((0, level), (1, ~level)):
                side = np.where(between[..., axis] == 0, order, np.sign(between[..., axis]))
                middles[:, axis] += np.where(touch & mine, side * (over[..., axis] + 0.02) / 2, 0).sum(axis=1) * 0.6
        middles = middles * STRETCH
