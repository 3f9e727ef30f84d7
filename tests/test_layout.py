"""Every box lies inside the view and on no other, whatever the labels and however many there are."""

import itertools
import re

import networkx as nx
import pytest

import kg
from kg.export import registry
from kg.layout.columns import LINES, LONGEST, Layout, Place, curve, layout, units, wrap
from kg.namespaces import ID
from kg.network.graphs import network

every_language = pytest.mark.parametrize("lang", ["en", "ja"])


def _is_clear(found: Layout) -> None:
    for place in found.places.values():
        assert place.left >= 0
        assert place.top >= 0
        assert place.left + place.width <= found.width
        assert place.top + place.height <= found.height
    for one, other in itertools.combinations(found.places.values(), 2):
        beside = abs(one.x - other.x) >= (one.width + other.width) / 2
        assert beside or abs(one.y - other.y) >= (one.height + other.height) / 2, (one, other)


def _net(*nodes: tuple[str, str, str], edges: tuple[tuple[str, str], ...] = ()) -> "nx.MultiDiGraph[str]":
    net: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for kind, slug, label in nodes:
        net.add_node(f"{ID}{kind}/{slug}", kind=kind, label_en=label, label_ja=label)
    net.add_edges_from((ID + source, ID + target) for source, target in edges)
    return net


@every_language
def test_no_two_boxes_of_the_whole_network_overlap(graph: kg.Graph, lang: str) -> None:
    """And none lies outside."""
    net = network(graph)
    found = layout(net, lang)
    assert found.places.keys() == set(net)
    _is_clear(found)


@every_language
def test_no_two_boxes_of_a_neighbourhood_overlap(graph: kg.Graph, lang: str) -> None:
    """Countries stand left of measures, these left of minerals, these left of programmes."""
    net = registry.neighbourhood(network(graph), graph.resolve("rare-earths"), 1)
    found = layout(net, lang)
    _is_clear(found)
    by_kind = {
        kind: [p.x for iri, p in found.places.items() if net.nodes[iri]["kind"] == kind] for kind in ("country", "measure", "mineral")
    }
    assert max(by_kind["country"]) < min(by_kind["measure"])
    assert max(by_kind["measure"]) < min(by_kind["mineral"])
    assert max(by_kind["mineral"]) < min(p.x for iri, p in found.places.items() if net.nodes[iri]["kind"] == "programme")


def test_the_same_network_stands_where_it_stood() -> None:
    """In whatever order its nodes and edges were added."""
    nodes = [("mineral", f"m{n}", f"Mineral {n % 3}") for n in range(9)] + [("country", f"c{n}", "Same") for n in range(4)]
    edges = [(f"mineral/m{n}", f"country/c{n % 4}") for n in range(9)]
    once = layout(_net(*nodes, edges=tuple(edges)))
    again = layout(_net(*reversed(nodes), edges=tuple(reversed(edges))))
    assert once == again
    assert layout(_net()) == layout(_net())


def test_a_long_column_is_broken_and_nothing_is_lost() -> None:
    """A hundred things of one kind, with labels of every length."""
    net = _net(*(("mineral", f"m{n}", "W" * (n % 60) + " レアアース" * (n % 7)) for n in range(100)), ("nonsense", "x", "x"))
    found = layout(net)
    assert len(found.places) == 101
    assert len({place.x for place in found.places.values()}) > 3
    _is_clear(found)


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Rare earths", ("Rare earths",)),
        ("Medium- and heavy rare earths", ("Medium- and heavy", "rare earths")),
        ("レアメタル・レアアースの国際市場", ("レアメタル・", "レアアース", "の国際市場")),
        ("日本国内、対策", ("日本国内、対策",)),
        ("EUの戦略的な原材料（2024年）", ("EUの戦略的な原", "材料（2024年）")),
        ("x" * 30, ("x" * 24, "x" * 6)),
        ("", ("",)),
    ],
)
def test_labels_are_wrapped_where_a_reader_would(label: str, lines: tuple[str, ...]) -> None:
    """At spaces and after hyphens, not inside a katakana word, lines even, of 18 units at most; a character of Japanese counts two."""
    assert wrap(label) == lines


def test_a_very_long_label_is_cut_with_an_ellipsis() -> None:
    """It has four lines at most, none longer than the longest word allowed and the mark."""
    lines = wrap("Announcement 46 of 2024, clause 2: in principle no gallium, germanium, antimony or superhard materials")
    assert len(lines) == LINES
    assert lines[-1].endswith("…")
    assert max(map(units, lines)) <= LONGEST + 2


def test_edges_start_and_end_at_their_boxes() -> None:
    """Rightward, leftward, within a column, and a loop."""
    a, b, c = Place(50, 50, 40, 20, ("a",)), Place(200, 80, 60, 20, ("b",)), Place(50, 120, 40, 20, ("c",))
    ends = {"right": (a, b, (70, 50), (170, 80)), "left": (b, a, (170, 80), (70, 50)), "same": (a, c, (70, 50), (70, 120))}
    for source, target, start, end in ends.values():
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", curve(source, target))]
        assert tuple(numbers[:2]) == start
        assert tuple(numbers[-2:]) == end
    assert curve(a, a).startswith("M70.0")
