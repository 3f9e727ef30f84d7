"""Files are read back by other programs, and what they find is compared with the network.

Mermaid is read by a strict reader here, written after the grammar of its flowcharts, and by Mermaid's own parser where
the package mermaid-parser-py is installed.
"""

from __future__ import annotations

import datetime
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import exported
import exported_tables
import networkx as nx
import pytest
from exported import GEXF, GRAPHML, Content, content, hostile_net
from typer.testing import CliRunner

import kg
from kg.export import dot_mermaid, registry
from kg.layout.elements import draw, last_day, node_id
from kg.namespaces import ID
from kg.network.graphs import network
from service.cli.main import app

pytestmark = pytest.mark.slow

READERS = [*exported.READERS, *exported_tables.READERS]
SOME = ("mermaid", "dot")  # formats of which a reader refuses the whole, or is slow with it
BINARY = ("png", "xlsx", "xlsx-kumu", "parquet")  # an empty cell is told from text by their readers
every_reader = pytest.mark.parametrize(("format", "read"), READERS, ids=[f"{format}-{read.__name__}" for format, read in READERS])
every_format = pytest.mark.parametrize("format", registry.DRAWN)


@pytest.fixture
def hostile() -> nx.MultiDiGraph[str]:
    """Labels that break writers, parallel edges, a loop, every combination of known and unknown days."""
    return hostile_net()


@every_reader
def test_another_program_finds_the_whole_network(graph: kg.Graph, tmp_path: Path, format: str, read: Callable[..., Content]) -> None:
    """Nodes, edges, Japanese labels, shares and days are those of the network.

    Mermaid, which refuses the whole, and pydot, which is slow, are given what surrounds one mineral.
    """
    net = network(graph, lang="ja")
    near = {"center": "dysprosium"} if format in SOME else {}
    if near:
        net = registry.neighbourhood(net, graph.resolve("dysprosium"), 1)
    found = read(registry.write(graph, format, lang="ja", **near), tmp_path)
    wanted = content(net)
    assert wanted.nodes
    assert any(share for *_, share, _start, _end in wanted.edges)
    assert len(found.nodes) == net.number_of_nodes()
    assert found.edges.total() == net.number_of_edges()
    assert found == wanted


@every_reader
def test_hostile_labels_and_unknown_days_come_back_whole(
    hostile: nx.MultiDiGraph[str], tmp_path: Path, format: str, read: Callable[..., Content]
) -> None:
    """Quotes, markup, line breaks, control characters, ids such as `end`, parallel edges and loops survive."""
    found = read(registry.serialise(hostile, format, lang="ja", about='"a" <b>\n%%{x}%%'), tmp_path)
    assert found == content(hostile)


@every_format
def test_the_same_network_gives_the_same_bytes(hostile: nx.MultiDiGraph[str], format: str) -> None:
    """The order in which nodes and edges were added does not show."""
    turned: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    turned.add_nodes_from(reversed(list(hostile.nodes(data=True))))
    turned.add_edges_from(reversed(list(hostile.edges(data=True))))
    assert registry.serialise(turned, format) == registry.serialise(hostile, format)


@pytest.mark.parametrize("format", [name for name in registry.DRAWN if name not in BINARY])
def test_what_is_unknown_is_never_written_as_text(graph: kg.Graph, format: str) -> None:
    """No None, null or nan stands anywhere for a value."""
    parts: tuple[str | None, ...] = ("nodes", "edges") if format.startswith("csv") else (None,)
    text = "".join(registry.write(graph, format, center="dysprosium", part=part).decode() for part in parts)
    assert not re.search(r"""["'>\s](None|null|nan|NaN)["'<\s,]""", text)


@every_format
def test_no_nodes_make_no_broken_file(format: str) -> None:
    """A network without nodes is a file all the same."""
    assert registry.serialise(nx.MultiDiGraph(), format)


def test_every_edge_ends_at_a_node(graph: kg.Graph) -> None:
    """Cytoscape throws at an edge to a missing node."""
    drawing = draw(network(graph))
    known = {node["id"] for node in drawing.nodes}
    assert {edge[end] for edge in drawing.edges for end in ("source", "target")} <= known
    assert len({edge["id"] for edge in drawing.edges}) == len(drawing.edges)


def test_every_id_is_an_nmtoken_and_stands_for_one_thing(graph: kg.Graph, hostile: nx.MultiDiGraph[str]) -> None:
    """As the schemas of GraphML want it."""
    iris = [
        *network(graph),
        *hostile,
        f"{ID}mineral/a.b",
        f"{ID}mineral/a/b",
        f"{ID}mineral/a_2f_b",
        f"{ID}mineral.a/b",
        "https://x.example/a",
    ]
    ids = {node_id(iri) for iri in iris}
    assert len(ids) == len(set(iris))
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in ids)
    assert node_id(f"{ID}mineral/dysprosium") == "mineral.dysprosium"


def test_graphml_has_one_key_for_each_name(graph: kg.Graph) -> None:
    """igraph refuses a second key of one name; names that tools take for their own are not used."""
    root = ET.fromstring(registry.write(graph, "graphml"))
    keys = [(key.get("for"), key.get("attr.name")) for key in root.iter(f"{GRAPHML}key")]
    assert len(keys) == len(set(keys))
    assert not {name for _, name in keys} & {"id", "type", "name", "value", "class"}
    assert {data.get("key") for data in root.iter(f"{GRAPHML}data")} <= {key.get("id") for key in root.iter(f"{GRAPHML}key")}


def test_gexf_is_dynamic_and_its_intervals_run_forward(graph: kg.Graph) -> None:
    """Starts and ends are days, no end lies before its start, and parallel edges differ in their kind."""
    root = ET.fromstring(registry.write(graph, "gexf"))
    top = root.find(f"{GEXF}graph")
    assert top is not None
    assert (root.get("version"), top.get("mode"), top.get("timeformat"), top.get("timerepresentation")) == (
        "1.3",
        "dynamic",
        "date",
        "interval",
    )
    dated = [item for item in root.iter() if item.get("start") or item.get("end")]
    assert dated
    for item in dated:
        start, end = (
            datetime.date.fromisoformat(item.get(name) or whole) for name, whole in (("start", "0001-01-01"), ("end", "9999-12-31"))
        )
        assert start <= end
    assert all(edge.get("kind") and not edge.get("type") for edge in root.iter(f"{GEXF}edge"))


def test_a_last_day_is_the_day_before_the_end() -> None:
    """Across the end of a year."""
    assert last_day("2015-01-01") == "2014-12-31"


def test_d3_finds_its_links(graph: kg.Graph) -> None:
    """Nodes with an id, links whose source and target are such ids."""
    read = json.loads(registry.write(graph, "json", center="dysprosium"))
    ids = [node["id"] for node in read["nodes"]]
    assert len(ids) == len(set(ids))
    assert {link[end] for link in read["links"] for end in ("source", "target")} <= set(ids)


def test_cytoscape_finds_names_and_places(graph: kg.Graph) -> None:
    """Each node has a name and a place of its own, each edge an interaction."""
    elements = json.loads(registry.write(graph, "cyjs", center="dysprosium"))["elements"]
    places = [(node["position"]["x"], node["position"]["y"]) for node in elements["nodes"]]
    assert len(places) == len(set(places))
    assert all(node["data"]["name"] and node["data"]["shared_name"] for node in elements["nodes"])
    assert all(edge["data"]["interaction"] for edge in elements["edges"])


def test_the_neighbourhood_grows_with_its_depth(graph: kg.Graph) -> None:
    """Depth 0 is the thing alone; depth 1 all that is linked to it either way, and the edges among these."""
    net = network(graph)
    center = graph.resolve("dysprosium")
    assert set(registry.neighbourhood(net, center, 0)) == {center}
    wanted = {center, *net.successors(center), *net.predecessors(center)}
    assert set(registry.neighbourhood(net, center, 1)) == wanted
    assert registry.neighbourhood(net, center, 1).number_of_edges() == net.subgraph(wanted).number_of_edges()
    assert wanted < set(registry.neighbourhood(net, center, 2))


def test_a_day_and_a_language_are_kept_to(graph: kg.Graph) -> None:
    """The file of a day holds the network of that day, labelled in the language asked for."""
    day = datetime.date(2008, 1, 1)
    read = json.loads(registry.write(graph, "json", as_of=day, lang="ja"))
    net = network(graph, day, "ja")
    assert {node["iri"]: node["label"] for node in read["nodes"]} == {iri: data["label_ja"] for iri, data in net.nodes(data=True)}
    assert len(read["links"]) == net.number_of_edges()
    assert "2008-01-01" in read["graph"]["about"]


def test_kinds_are_kept_to_and_the_center_stays(graph: kg.Graph) -> None:
    """What was reached through another kind stays, with the edges among what is kept."""
    near = registry.neighbourhood(network(graph), graph.resolve("dysprosium"), 2)
    read = json.loads(registry.write(graph, "json", center="dysprosium", depth=2, kinds=["country", "product"]))
    wanted = {iri for iri, data in near.nodes(data=True) if data["kind"] in ("country", "product")}
    assert {node["iri"] for node in read["nodes"]} == {*wanted, f"{ID}mineral/dysprosium"}
    assert len(read["links"]) == near.subgraph([*wanted, f"{ID}mineral/dysprosium"]).number_of_edges()
    assert read["graph"]["about"].endswith("only country product")


def test_a_lower_bound_is_told_from_a_share(graph: kg.Graph) -> None:
    """The article says that 97 % or more of rare earths came from China; a report says that 8 % came from Malaysia."""
    read = json.loads(registry.write(graph, "json"))
    bounds = {(link["source"], link["share"]): link["share_bound"] for link in read["links"] if "share" in link}
    assert bounds["mineral.rare-earths", 97.0] == "lower"
    assert bounds["mineral.rare-earths", 8.0] == "exact"


def test_the_command_writes_the_file_that_the_library_gives(graph: kg.Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To a file or to standard output; wrong use ends with 2 and the nearest names."""
    monkeypatch.setattr("kg.build.opening.open_graph", lambda **_: graph)
    words = ["export", "csv-gephi", "--center", "dysprosium", "--kinds", "country", "--kinds", "mineral", "--part", "edges"]
    wanted = registry.write(graph, "csv-gephi", center="dysprosium", kinds=["country", "mineral"], part="edges")
    assert CliRunner().invoke(app, words).stdout_bytes == wanted
    assert CliRunner().invoke(app, [*words, "-o", str(tmp_path / "edges.csv")]).exit_code == 0
    assert (tmp_path / "edges.csv").read_bytes() == wanted
    refused = CliRunner().invoke(app, ["export", "gexf", "--kinds", "minral"])
    assert (refused.exit_code, "mineral" in refused.stderr) == (2, True)


@pytest.mark.parametrize("depth", [-1, 5])
def test_a_depth_out_of_bounds_is_refused(graph: kg.Graph, depth: int) -> None:
    """With a center and without."""
    for center in ("dysprosium", None):
        with pytest.raises(kg.BadParameter, match="from 0 to 4"):
            registry.write(graph, "json", center=center, depth=depth)


def test_unknown_names_are_refused_with_the_nearest(graph: kg.Graph) -> None:
    """A format, a center and a language that are not there."""
    with pytest.raises(kg.UnknownName) as refused:
        registry.write(graph, "graphm")
    assert "graphml" in refused.value.extra["near"]
    with pytest.raises(kg.UnknownName):
        registry.write(graph, "json", center="dysprosum")
    with pytest.raises(kg.UnknownName) as refused:
        registry.write(graph, "json", kinds=["contry"])
    assert "country" in refused.value.extra["near"]
    with pytest.raises(kg.BadParameter):
        registry.write(graph, "json", lang="fr")


def test_a_center_without_links_is_refused() -> None:
    """Rather than given as an empty file."""
    with pytest.raises(kg.BadParameter, match="Nothing is linked"):
        registry.neighbourhood(nx.MultiDiGraph(), f"{ID}mineral/x", 1)


def test_mermaid_refuses_what_its_readers_cannot_show(graph: kg.Graph, hostile: nx.MultiDiGraph[str]) -> None:
    """Too many edges, or too much text; the advice is a center or a smaller depth."""
    for number in range(dot_mermaid.MAX_MERMAID_EDGES):
        hostile.add_edge(f"{ID}end", f"{ID}country/x", relation=f"r{number}")
    with pytest.raises(kg.BadParameter, match=r"at most 450.*center.*smaller depth"):
        registry.serialise(hostile, "mermaid")
    long: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    long.add_node(f"{ID}mineral/x", kind="mineral", label_en="x" * dot_mermaid.MAX_MERMAID_SIZE)
    with pytest.raises(kg.BadParameter, match="characters"):
        registry.serialise(long, "mermaid")
