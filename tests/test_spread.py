"""The second layout: no box on another, all in view, the same every time, and what is linked stands nearer than what is not."""

import itertools
import math

import networkx as nx
import pytest

import kg
from kg.export import registry
from kg.layout.columns import Place
from kg.layout.force import MOST, line, spread
from kg.network.graphs import network


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_two_boxes_overlap_and_all_are_in_view(graph: kg.Graph, lang: str) -> None:
    """Around dysprosium, at the same places again."""
    net = registry.neighbourhood(network(graph), graph.resolve("dysprosium"), 1)
    found = spread(net, lang)
    assert found.places.keys() == set(net)
    for one, other in itertools.combinations(found.places.values(), 2):
        assert abs(one.x - other.x) >= (one.width + other.width) / 2 or abs(one.y - other.y) >= (one.height + other.height) / 2
    for place in found.places.values():
        assert place.left >= 0
        assert place.top >= 0
        assert place.left + place.width <= found.width
        assert place.top + place.height <= found.height
    assert spread(net, lang) == found


def test_two_clusters_stand_apart() -> None:
    """Two stars joined by one link: the mean way within a star is shorter than between stars."""
    net: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for star in "ab":
        net.add_edges_from((f"{star}0", f"{star}{leaf}") for leaf in range(1, 9))
    net.add_edge("a0", "b0")
    places = spread(net).places

    def way(pairs: list[tuple[str, str]]) -> float:
        return sum(math.dist((places[a].x, places[a].y), (places[b].x, places[b].y)) for a, b in pairs) / len(pairs)

    within = [pair for star in "ab" for pair in itertools.combinations([iri for iri in places if iri[0] == star], 2)]
    between = [(a, b) for a in places for b in places if a[0] == "a" and b[0] == "b"]
    assert way(within) < way(between)


def test_too_many_things_are_refused() -> None:
    """And none is a picture too."""
    net: nx.MultiDiGraph[str] = nx.empty_graph(MOST + 1, create_using=nx.MultiDiGraph)
    with pytest.raises(ValueError, match=str(MOST)):
        spread(nx.relabel_nodes(net, str))
    assert spread(nx.MultiDiGraph()).places == {}


def test_lines_run_from_border_to_border() -> None:
    """Level, upright, and a loop at one box."""
    a, b, c = Place(50, 50, 40, 20, ("a",)), Place(200, 50, 60, 20, ("b",)), Place(50, 150, 40, 20, ("c",))
    assert line(a, b) == "M70.0 50.0L170.0 50.0"
    assert line(c, a) == "M50.0 140.0L50.0 60.0"
    assert line(a, a).startswith("M70.0")
