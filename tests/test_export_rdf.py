"""RDF and GeoJSON of what is chosen, and the dump: read by rdflib and Oxigraph, and held against the graph and its sources."""

from __future__ import annotations

import csv
import datetime
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

import kg
from kg.build.dataset import open_dataset
from kg.export import registry
from kg.namespaces import BASE, ID, ONTOLOGY
from kg.network.graphs import network
from kg.publish import dump
from kg.source import files

pytestmark = pytest.mark.slow

NEAR: dict[str, Any] = {"center": "rare-earths", "depth": 1}
QUOTA = f"{ID}measure/cn-rare-earth-export-quota"
TRIPLES = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}


@pytest.fixture(scope="module")
def triples(graph: kg.Graph) -> set[Any]:
    """What surrounds the rare earths, from N-Quads, without the graphs' names."""
    return {quad.triple for quad in ox.parse(registry.write(graph, "nquads", **NEAR), format=ox.RdfFormat.N_QUADS)}


@pytest.fixture(scope="module")
def read(graph: kg.Graph) -> rdflib.Graph:
    """The same as rdflib reads it from Turtle."""
    return rdflib.Graph().parse(data=registry.write(graph, "turtle", **NEAR), format="turtle")


@pytest.mark.parametrize("format", TRIPLES)
def test_every_rdf_format_says_the_same_to_rdflib(graph: kg.Graph, read: rdflib.Graph, triples: set[Any], format: str) -> None:
    """There are no blank nodes, so that equal graphs have equal triples."""
    found = rdflib.Graph().parse(data=registry.write(graph, format, **NEAR), format=TRIPLES[format])
    assert len(found) == len(triples)
    assert set(map(_simple, found)) == set(map(_simple, read))


def _simple(triple: Any) -> tuple[Any, ...]:
    """rdflib tells text with the datatype string from text without; RDF does not."""
    return tuple(rdflib.Literal(str(t)) if isinstance(t, rdflib.Literal) and t.datatype == rdflib.XSD.string else t for t in triple)


def test_json_ld_says_the_same_to_oxigraph(graph: kg.Graph, triples: set[Any]) -> None:
    """A second reader, to the letter of each literal."""
    found = ox.parse(registry.write(graph, "jsonld", **NEAR), format=ox.RdfFormat.JSON_LD)
    assert {quad.triple for quad in found} == triples


def test_json_ld_is_one_tree_around_its_center(graph: kg.Graph) -> None:
    """Written in the terms of our context, which stands in the file; the labels by language."""
    found = json.loads(registry.write(graph, "jsonld", **NEAR))
    assert found["@id"] == "mineral:rare-earths"
    assert found["@context"] == json.loads((files.root() / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    assert found["label"]["ja"] == "レアアース"
    assert "@graph" not in found
    assert "lode:about" in found["@reverse"]
    assert {item["@id"].split(":")[0] for item in found["@included"]} == {"doc"}  # sources to which only the names of graphs lead


def test_json_ld_of_kinds_that_hang_on_nothing_is_whole(graph: kg.Graph) -> None:
    """What no way from the center leads to is included beside it; without a center all stand side by side."""
    for chosen in ({"center": "dysprosium", "depth": 2, "kinds": ["pillar", "country"]}, {"kinds": ["pillar", "line"]}):
        quads = ox.parse(registry.write(graph, "nquads", **chosen), format=ox.RdfFormat.N_QUADS)
        found = ox.parse(registry.write(graph, "jsonld", **chosen), format=ox.RdfFormat.JSON_LD)
        assert {quad.triple for quad in found} == {quad.triple for quad in quads} != set()


@pytest.mark.parametrize("format", ["trig", "nquads"])
def test_quads_name_the_document_of_each_statement(graph: kg.Graph, triples: set[Any], format: str) -> None:
    """As rdflib reads them; each statement of the network stands in the graph of its document."""
    found = rdflib.Dataset()
    found.parse(data=registry.write(graph, format, **NEAR), format=format)
    assert {_simple((s, p, o)) for s, p, o, _ in found.quads()} == {_simple(map(_plain, t)) for t in triples}
    net = registry.neighbourhood(network(graph), graph.resolve("rare-earths"), 1)
    held = {(str(s), str(name)) for s, _, _, name in found.quads()}
    assert {(data["statement"], data["document"]) for *_, data in net.edges(data=True)} <= held


def _plain(term: Any) -> Any:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    return rdflib.Literal(term.value, lang=term.language, datatype=None if term.language else term.datatype.value)


def test_labels_shares_and_days_are_those_of_the_graph(graph: kg.Graph, read: rdflib.Graph) -> None:
    """Every node is described; a share and a measure's day come back."""
    net = registry.neighbourhood(network(graph), graph.resolve("rare-earths"), 1)
    label = rdflib.RDFS.label
    for iri, data in net.nodes(data=True):
        assert rdflib.Literal(data["label_ja"], lang="ja") in set(read.objects(rdflib.URIRef(iri), label))
    shared = [data for *_, data in net.edges(data=True) if data["share"] is not None and data["exact"]]
    assert shared
    for data in shared:
        assert float(read.value(rdflib.URIRef(data["statement"]), rdflib.URIRef(f"{ONTOLOGY}value"))) == data["share"]
    assert (rdflib.URIRef(QUOTA), rdflib.URIRef(f"{ONTOLOGY}appliesTo"), rdflib.URIRef(f"{ID}mineral/rare-earths")) in read


def test_what_is_not_chosen_is_not_named(graph: kg.Graph) -> None:
    """On a day before the quota, and among kinds without measures, no thing leads to it."""
    for chosen in ({**NEAR, "as_of": datetime.date(1990, 1, 1)}, {**NEAR, "kinds": ["mineral", "country"]}):
        found = rdflib.Graph().parse(data=registry.write(graph, "turtle", **chosen), format="turtle")
        things = {str(s) for s in found.subjects() if str(s).startswith(ID)}
        assert f"{ID}mineral/rare-earths" in things
        assert QUOTA not in things
        linked = {str(o) for s, o in found.subject_objects() if str(s) in things and str(o).startswith(ID)}
        assert linked <= things


def test_depth_0_is_what_is_said_of_the_thing_alone(graph: kg.Graph) -> None:
    """With its statements and their documents."""
    found = rdflib.Graph().parse(data=registry.write(graph, "turtle", center="tungsten", depth=0), format="turtle")
    about = rdflib.URIRef(f"{ONTOLOGY}about")
    assert {str(s) for s in found.subjects() if str(s).startswith(ID)} == {f"{ID}mineral/tungsten"}
    said = {str(row["statement"]) for row in graph.ask("statements-about", thing="tungsten")}
    assert {str(s) for s in found.subjects(about, rdflib.URIRef(f"{ID}mineral/tungsten"))} == said != set()


def test_the_ontology_alone_is_for_protege(graph: kg.Graph) -> None:
    """All of its two files, and nothing of the facts; it cannot be cut."""
    found = rdflib.Graph().parse(data=registry.write(graph, "owl"), format="xml")
    wanted = rdflib.Graph()
    for name, base in (("core", f"{BASE}ontology"), ("codes", f"{BASE}code")):
        wanted.parse(files.root() / "ontology" / f"{name}.ttl", publicID=base)
    assert len(found) == len(wanted)
    assert (rdflib.URIRef(f"{ONTOLOGY}Mineral"), rdflib.RDF.type, rdflib.OWL.Class) in found
    with pytest.raises(kg.BadParameter, match="whole"):
        registry.write(graph, "owl", center="tungsten")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    """The deposits as their source has them."""
    with (files.root() / "ontology" / "tables" / "usgs-deposits" / "deposits.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_deposit_with_coordinates_is_a_point(graph: kg.Graph, rows: list[dict[str, str]]) -> None:
    """Longitude first, as RFC 7946 wants; those without coordinates are named, with countries and projects."""
    found = json.loads(registry.write(graph, "geojson", lang="ja"))
    assert (found["type"], len(found["features"])) == ("FeatureCollection", sum(bool(row["latitude"]) for row in rows))
    points = {feature["id"].removeprefix(f"{ID}deposit/"): feature for feature in found["features"]}
    for row in rows:
        if row["latitude"]:
            assert points[row["slug"]]["geometry"] == {"type": "Point", "coordinates": [float(row["longitude"]), float(row["latitude"])]}
    bayan_obo = points["usgs-carbonatite-23"]["properties"]
    assert bayan_obo["minerals_label"] == ["ニオブ", "レアアース"]
    assert bayan_obo["country_label"] == "中国"
    assert "位置" in bayan_obo["point"]
    left = {item["iri"] for item in found["left_out"]}
    assert {f"{ID}deposit/{row['slug']}" for row in rows if not row["latitude"]} <= left
    assert {f"{ID}country/china", f"{ID}project/mount-weld"} <= left


def test_deposits_are_those_a_step_from_what_is_chosen(graph: kg.Graph, rows: list[dict[str, str]]) -> None:
    """Of a mineral, of a country, of one deposit; none where another kind is asked for."""

    def ids(**chosen: Any) -> set[str]:
        return {feature["id"] for feature in json.loads(registry.write(graph, "geojson", **chosen))["features"]}

    def wanted(test: Any) -> set[str]:
        return {f"{ID}deposit/{row['slug']}" for row in rows if row["latitude"] and test(row)}

    assert ids(center="tungsten") == wanted(lambda row: "tungsten" in row["minerals"].split(";")) != set()
    assert ids(center="vietnam") == wanted(lambda row: row["country"] == "country/vietnam") != set()
    assert ids(center="deposit/usgs-carbonatite-23", depth=0) == {f"{ID}deposit/usgs-carbonatite-23"}
    assert ids(center="tungsten", depth=0) == ids(center="tungsten", kinds=["country"]) == ids(kinds=["country"]) == set()


SMALL = """@prefix ex: <http://example.org/> .
ex:one { ex:a ex:p "レア"@ja , "1"^^<http://www.w3.org/2001/XMLSchema#integer> ; a ex:Thing . }
ex:two { ex:a ex:q ex:b . }
"""


def test_a_dump_holds_all_and_describes_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checksums are those of the files, VoID counts what is there, DCAT says what to fetch; a second dump has the same bytes."""
    monkeypatch.setenv("LODE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "small.trig").write_text(SMALL, encoding="utf-8")
    small = open_dataset([tmp_path / "small.trig"])
    written = dump.write(small, tmp_path / "out", "https://example.org/data/")
    again = dump.write(small, tmp_path / "again", "https://example.org/data/")
    assert [path.read_bytes() for path in written] == [path.read_bytes() for path in again]
    data, void, dcat, sums = written
    held, wanted = rdflib.Dataset(), rdflib.Dataset()
    held.parse(data=gzip.decompress(data.read_bytes()), format="nquads")
    wanted.parse(data=SMALL, format="trig")
    assert set(held.quads()) == set(wanted.quads())
    lines = dict(line.split("  ")[::-1] for line in sums.read_text().splitlines())
    assert lines == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (data, void, dcat)}
    about = rdflib.Graph().parse(void).parse(dcat)
    named = rdflib.Namespace("http://rdfs.org/ns/void#")
    (dataset,) = about.subjects(named.dataDump, rdflib.URIRef("https://example.org/data/lodegraph.nq.gz"))
    assert about.value(dataset, named.triples).toPython() == 4
    assert {int(about.value(part, named.triples)) for part in about.objects(dataset, named.subset)} == {3, 1}
    (file,) = about.subjects(rdflib.DCAT.downloadURL, rdflib.URIRef("https://example.org/data/lodegraph.nq.gz"))
    assert about.value(file, rdflib.DCAT.byteSize).toPython() == data.stat().st_size
    sum_ = about.value(file, rdflib.URIRef("http://spdx.org/rdf/terms#checksum"))
    assert str(about.value(sum_, rdflib.URIRef("http://spdx.org/rdf/terms#checksumValue"))).lower() == lines[data.name]


def test_a_dump_refuses_what_is_no_address_and_no_folder(tmp_path: Path, graph: kg.Graph) -> None:
    """Before it writes anything."""
    (tmp_path / "file").touch()
    with pytest.raises(kg.BadParameter, match="slash"):
        dump.write(graph, tmp_path / "out", "https://example.org/data")
    with pytest.raises(kg.BadParameter, match="is a file"):
        dump.write(graph, tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
