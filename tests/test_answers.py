"""Answers of the SPARQL endpoint: which format a client gets, what a reader of that format finds in it, and how much of it comes."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pyoxigraph
import pytest
import rdflib
from live import EX, Reply, Server, serving
from rdflib.compare import isomorphic
from rdflib.query import Result

from kg import Busy
from kg.workers.answers import BUFFER, Answer, Spool, Spools, spooled

pytestmark = pytest.mark.slow

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV, HTML = "text/csv", "text/tab-separated-values", "text/html"
TURTLE, NTRIPLES, JSONLD = "text/turtle", "application/n-triples", "application/ld+json"
RDFXML, TRIG, NQUADS = "application/rdf+xml", "application/trig", "application/n-quads"
FORMS = {
    "SELECT": "SELECT ?x { VALUES ?x { 1 } }",
    "ASK": "ASK {}",
    "CONSTRUCT": f"CONSTRUCT WHERE {{ <{EX}bare> a ?c }}",
    "DESCRIBE": f"DESCRIBE <{EX}bare>",
}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize("form", ["SELECT", "ASK"])
@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/*", CSV),
        ("text/*;q=0.5, text/tab-separated-values;q=0.7", TSV),
        (XML, XML),
        (CSV, CSV),
        (TSV, TSV),
        ("application/json", JSON),
        ("application/xml", XML),
        ("text/xml", XML),
        ("TEXT/CSV", CSV),
        ("Application/SPARQL-Results+XML; charset=UTF-8", XML),
        ("text/csv; charset=utf-8; q=0.4, application/sparql-results+xml;q=0.3", CSV),
        ("text/csv;q=0.4,application/sparql-results+xml;q=0.9", XML),
        ("text/csv;Q=0.1, */*;q=0.01", CSV),
        ("application/sparql-results+json;q=0, */*", XML),
        ("text/csv;q=0, text/*", TSV),
        ("*/*;q=0.5, text/csv;q=0.1", JSON),
        ("text/csv;q=nonsense, application/sparql-results+xml;q=0.001", XML),
        (BROWSER, HTML),
        ("image/png", JSON),
        ("text/turtle", JSON),
        ("application/x-ag-binary-rdf", JSON),
        ("application/x-binary-rdf-results-table, */*;q=0.5", JSON),
        ("nonsense", JSON),
        (";;,,q=1", JSON),
        ("*/*;q=0", JSON),
    ],
)
def test_rows_come_in_the_type_wanted_most(tiny: Server, form: str, accept: str | None, media: str) -> None:
    reply = tiny.query(FORMS[form], accept)
    assert (reply.status, reply.media) == (200, media)
    assert "Accept" in reply.headers["vary"].split(", ")


@pytest.mark.parametrize("form", ["CONSTRUCT", "DESCRIBE"])
@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, TURTLE),
        ("*/*", TURTLE),
        ("text/*", TURTLE),
        (BROWSER, TURTLE),
        (NTRIPLES, NTRIPLES),
        (JSONLD, JSONLD),
        (RDFXML, RDFXML),
        (TRIG, TRIG),
        (NQUADS, NQUADS),
        ("application/turtle", TURTLE),
        ("text/n3", TURTLE),
        ("text/plain", NTRIPLES),
        ("text/turtle;q=0.3, application/rdf+xml;q=0.31", RDFXML),
        ("application/rdf+xml, application/sparql-results+xml", RDFXML),
        (JSON, TURTLE),
        ("application/x-ag-binary-rdf", TURTLE),
        ("text/turtle;q=0, */*;q=0.1", NTRIPLES),
    ],
)
def test_graphs_come_in_the_type_wanted_most(tiny: Server, form: str, accept: str | None, media: str) -> None:
    reply = tiny.query(FORMS[form], accept)
    assert (reply.status, reply.media) == (200, media)
    assert "Accept" in reply.headers["vary"].split(", ")


def test_several_accept_headers_count_as_one(tiny: Server) -> None:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", tiny.port)
    connection.putrequest("GET", "/sparql?query=ASK%20%7B%7D")
    connection.putheader("Accept", "text/csv;q=0.2")
    connection.putheader("Accept", "application/sparql-results+xml;q=0.8")
    connection.endheaders()
    assert connection.getresponse().getheader("content-type") == XML
    connection.close()


@pytest.mark.parametrize(
    ("name", "rows", "graph"),
    [
        ("json", JSON, JSONLD),
        ("xml", XML, RDFXML),
        ("csv", CSV, TURTLE),
        ("tsv", TSV, TURTLE),
        ("html", HTML, TURTLE),
        ("turtle", JSON, TURTLE),
        ("ttl", JSON, TURTLE),
        ("n3", JSON, TURTLE),
        ("nt", JSON, NTRIPLES),
        ("ntriples", JSON, NTRIPLES),
        ("rdf", XML, RDFXML),
        ("rdf+xml", XML, RDFXML),
        ("json-ld", JSON, JSONLD),
        ("trig", JSON, TRIG),
        ("nq", JSON, NQUADS),
        ("CSV", CSV, TURTLE),
        (JSON, JSON, JSONLD),
        (XML, XML, RDFXML),
        (TURTLE, JSON, TURTLE),
        (HTML, HTML, TURTLE),
    ],
)
def test_a_format_in_the_address_goes_before_accept(tiny: Server, name: str, rows: str, graph: str) -> None:
    for form, media in (("SELECT", rows), ("ASK", rows), ("CONSTRUCT", graph), ("DESCRIBE", graph)):
        assert tiny.query(FORMS[form], "image/png", format=name).media == media
    assert tiny.query(FORMS["SELECT"], "image/png", format="csv", output=name, results=name).media == rows
    if name.isalnum():
        assert tiny.get(f"/sparql.{name}?query={quote(FORMS['SELECT'])}", "image/png").media == rows


@pytest.mark.parametrize("address", ["/sparql?format=xls&query=ASK%20%7B%7D", "/sparql.xls?query=ASK%20%7B%7D", "/sparql.csv"])
def test_a_format_that_does_not_exist_or_a_query_that_is_not_there_is_told(tiny: Server, address: str) -> None:
    reply = tiny.get(address)
    assert (reply.status, reply.media) == (400, "application/problem+json")
    assert reply.json()["parameter"] in ("format", "query")


EDGES = """SELECT * {
  VALUES (?zero ?decimal ?false ?empty ?gone ?text ?word ?iri) {
    (0 0.5 false "" UNDEF "a,b\\t\\"c\\"\\r\\n<d>&e; \\\\" "銅"@ja <http://example.org/é>)
  }
}"""
EDGE_VALUES = {
    "zero": rdflib.Literal("0", datatype=rdflib.XSD.integer),
    "decimal": rdflib.Literal("0.5", datatype=rdflib.XSD.decimal),
    "false": rdflib.Literal("false", datatype=rdflib.XSD.boolean),
    "empty": rdflib.Literal(""),
    "text": rdflib.Literal('a,b\t"c"\r\n<d>&e; \\'),
    "word": rdflib.Literal("銅", lang="ja"),
    "iri": rdflib.URIRef("http://example.org/é"),
}


@pytest.mark.parametrize("format", ["json", "xml"])
def test_zero_false_empty_and_awkward_text_survive_in_json_and_xml(tiny: Server, format: str) -> None:
    result = Result.parse(io.BytesIO(tiny.query(EDGES, format=format).body), format=format)
    assert {str(name) for name in result.vars or ()} == {*EDGE_VALUES, "gone"}
    assert [{str(name): value for name, value in row.items()} for row in result.bindings] == [EDGE_VALUES]


def test_zero_false_empty_and_awkward_text_survive_in_tsv(tiny: Server) -> None:
    solutions = pyoxigraph.parse_query_results(tiny.query(EDGES, format="tsv").body, pyoxigraph.QueryResultsFormat.TSV)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    (row,) = solutions
    assert row["gone"] is None
    assert {name: str(row[name]) for name in EDGE_VALUES} == {
        name: str(pyoxigraph.NamedNode(value) if isinstance(value, rdflib.URIRef) else _literal(value))
        for name, value in EDGE_VALUES.items()
    }


def _literal(value: rdflib.Literal) -> pyoxigraph.Literal:
    if value.language:
        return pyoxigraph.Literal(str(value), language=value.language)
    return pyoxigraph.Literal(str(value), datatype=pyoxigraph.NamedNode(value.datatype) if value.datatype else None)


def test_zero_false_empty_and_awkward_text_survive_in_csv(tiny: Server) -> None:
    reply = tiny.query(EDGES, format="csv")
    (row,) = csv.DictReader(io.StringIO(reply.text, newline=""))
    assert row == {**{name: str(value) for name, value in EDGE_VALUES.items()}, "gone": ""}
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.body.startswith(b"decimal,empty,false,gone,iri,text,word,zero\r\n")


class _Table(HTMLParser):
    """The cells of a page's table, and the elements of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.elements: list[str] = []
        self.open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.append(tag)
        if tag in ("td", "th"):
            self.open = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.open = False

    def handle_data(self, data: str) -> None:
        if self.open:
            self.cells[-1] += data


def test_a_browser_gets_a_table_with_every_value_and_nothing_that_runs(tiny: Server) -> None:
    reply = tiny.query(EDGES.replace("<d>", "<script>"), BROWSER)
    table = _Table(reply.text)
    count = len(EDGE_VALUES) + 1
    told = dict(zip(table.cells[:count], table.cells[count:], strict=True))
    assert {name: told[name] for name in ("zero", "decimal", "false", "empty", "word")} == {
        **{"zero": "0", "decimal": "0.5", "false": "false", "empty": "", "word": "銅"}
    }
    assert "<script>" in told["text"]
    assert table.elements.count("script") == reply.text.count('<script type="module" src="/static/') == 1
    assert told["gone"] not in ("", "0", "None")
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    assert "true" in tiny.query("ASK {}", BROWSER).text


@pytest.mark.parametrize(("query", "truth"), [("ASK {}", True), ("ASK { FILTER(false) }", False)])
def test_a_truth_is_read_in_each_format(tiny: Server, query: str, truth: bool) -> None:
    for format in ("json", "xml"):
        assert Result.parse(io.BytesIO(tiny.query(query, format=format).body), format=format).askAnswer is truth
    for format in ("csv", "tsv"):
        assert tiny.query(query, format=format).text.strip() == str(truth).lower()


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_no_row_at_all_still_names_the_columns(tiny: Server, format: str) -> None:
    body = tiny.query("SELECT ?b ?a { FILTER(false) }", format=format).body
    if format in ("json", "xml"):
        result = Result.parse(io.BytesIO(body), format=format)
        assert ([str(name) for name in result.vars or ()], list(result.bindings)) == (["b", "a"], [])
    else:
        assert body.decode().replace("?", "").replace("\t", ",").strip() == "b,a"


READERS = {TURTLE: "turtle", NTRIPLES: "nt", JSONLD: "json-ld", RDFXML: "xml", TRIG: "trig", NQUADS: "nquads"}


def _triples(reply: Reply) -> rdflib.Graph:
    """What rdflib reads in an answer, of whatever RDF format."""
    held = rdflib.Dataset()
    held.parse(data=reply.body, format=READERS[reply.media])
    graph = rdflib.Graph()
    for subject, property, object, _ in held.quads():
        graph.add((subject, property, object))
    return graph


def test_a_carriage_return_survives_in_rdf_xml(tiny: Server) -> None:
    reply = tiny.query(f'CONSTRUCT {{ <{EX}s> <{EX}p> "a\\r\\nb" }} {{}}', RDFXML)
    assert [str(object) for object in _triples(reply).objects()] == ["a\r\nb"]


@pytest.mark.parametrize("media", list(READERS))
@pytest.mark.parametrize("query", [f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{EX}copper> {{ ?s ?p ?o }} }}", f"DESCRIBE <{EX}copper>"])
def test_a_graph_is_read_alike_in_each_format_with_zero_false_and_empty(tiny: Server, media: str, query: str) -> None:
    copper, found = rdflib.URIRef(f"{EX}copper"), _triples(tiny.query(query, media))
    values = {str(property).removeprefix(EX): object for property, object in found.predicate_objects(copper)}
    assert values["count"] == rdflib.Literal("0", datatype=rdflib.XSD.integer)
    assert str(values["open"]) == "false"
    assert values["note"] == rdflib.Literal("")
    assert set(found.objects(copper, rdflib.URIRef(f"{EX}name"))) == {rdflib.Literal("銅", lang="ja"), rdflib.Literal("Copper", lang="en")}


TIN_DESCRIBED = """
@prefix : <http://example.org/> .
:tin a :Document ; :holds [ :step 1 ; :holds [ :step 2 ] ] .
:bronze :needs :tin .
[ :step 0 ] :meets :tin .
"""


@pytest.mark.parametrize(
    "query",
    [
        f"DESCRIBE <{EX}tin>",
        f"PREFIX : <{EX}> DESCRIBE :tin # a comment",
        f"PREFIX : <{EX}> DESCRIBE :tin # a comment\nFROM :tin",
        f"BASE <{EX}> DESCRIBE <tin> FROM <tin> FROM <copper> # {{",
        f"DESCRIBE ?x {{ VALUES ?x {{ <{EX}tin> <{EX}nothing> 5 }} }}",
        f"PREFIX : <{EX}> DESCRIBE ?tin WHERE {{ GRAPH ?g {{ :bronze :needs ?tin }} }} ORDER BY ?tin LIMIT 1",
        f"PREFIX : <{EX}> DESCRIBE * FROM NAMED :tin {{ GRAPH ?g {{ :bronze :needs ?tin }} }}",
    ],
)
def test_describe_gives_a_thing_from_both_sides_and_follows_blank_nodes(tiny: Server, query: str) -> None:
    found = _triples(tiny.query(query))
    expected = rdflib.Graph().parse(data=TIN_DESCRIBED, format="turtle")
    if "*" in query:
        assert len(found) == len(expected)
    else:
        assert isomorphic(found, expected)


def test_describe_keeps_to_the_dataset_asked_about(tiny: Server) -> None:
    query = f"DESCRIBE <{EX}copper>"
    assert len(_triples(tiny.query(query))) == 7
    assert len(_triples(tiny.query(query, **{"default-graph-uri": f"{EX}zinc"}))) == 1
    assert len(_triples(tiny.query(f"{query} FROM <{EX}zinc>"))) == 1
    assert len(_triples(tiny.query(query, **{"named-graph-uri": f"{EX}tin"}))) == 0
    assert len(_triples(tiny.query(f"DESCRIBE <{EX}nothing>"))) == 0


ROWS, MOST, ASKED = 130_000, 120_000, 110_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """130,000 triples; an answer has at most 120,000 rows."""
    folder = tmp_path_factory.mktemp("large")
    lines = (
        f'<{EX}thing/{number}> <{EX}p> "value {number} of a row that is long enough to make the answer large" .' for number in range(ROWS)
    )
    (folder / "data.nt").write_text("\n".join(lines), encoding="utf-8")
    with serving("--dataset", str(folder / "data.nt"), "--rows", str(MOST), log=folder / "log") as server:
        yield server


def _count(reply: Reply) -> int:
    """Rows or triples that a reader of the format finds."""
    if reply.media == JSON:
        return len(json.loads(reply.body)["results"]["bindings"])
    if reply.media in (XML, TSV):
        kept = pyoxigraph.QueryResultsFormat.XML if reply.media == XML else pyoxigraph.QueryResultsFormat.TSV
        return sum(1 for _ in pyoxigraph.parse_query_results(reply.body, kept))  # type: ignore[union-attr]  # a SELECT gives solutions
    if reply.media == CSV:
        return sum(1 for _ in csv.DictReader(io.StringIO(reply.text, newline="")))
    return sum(1 for _ in pyoxigraph.parse(reply.body, format=pyoxigraph.RdfFormat.from_media_type(reply.media)))


SELECT, CONSTRUCT, DESCRIBE = "SELECT ?s ?o { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "DESCRIBE ?s { ?s ?p ?o }"
SELECTS = [(SELECT, media) for media in (JSON, XML, CSV, TSV)]


@pytest.mark.parametrize(("query", "media"), [*SELECTS, *((CONSTRUCT, media) for media in (TURTLE, NTRIPLES, RDFXML))])
def test_a_large_answer_comes_whole_in_constant_memory(large: Server, query: str, media: str) -> None:
    assert large.query("ASK {}").status == 200
    large.forget_peak()
    before = large.resident()
    reply = large.query(f"{query} LIMIT {ASKED}", media)
    grown = large.peak() - before
    assert (reply.status, reply.media, _count(reply)) == (200, media, ASKED)
    assert "lode-truncated" not in reply.headers
    assert len(reply.body) > 10_000_000
    assert grown < 8_000_000


@pytest.mark.parametrize("address", ["/graphs?default", "/graphs?default&format=ntriples"])
def test_a_large_graph_comes_whole_from_the_graph_store(large: Server, address: str) -> None:
    assert _count(large.get(address)) == ROWS


@pytest.mark.parametrize(("query", "media"), [*SELECTS, (CONSTRUCT, NTRIPLES), (DESCRIBE, TURTLE)])
def test_past_the_row_limit_the_answer_says_that_it_was_cut_and_is_not_kept(large: Server, query: str, media: str) -> None:
    reply = large.query(query, media)
    assert _count(reply) == MOST
    assert reply.headers["lode-truncated"] == f"rows; limit={MOST}"
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers


def test_a_query_that_asks_for_no_more_than_the_limit_is_not_said_to_be_cut(large: Server) -> None:
    for query in (f"{SELECT} LIMIT {MOST}", f"{CONSTRUCT} LIMIT {MOST}"):
        reply = large.query(query, CSV)
        assert (_count(reply), reply.headers.get("lode-truncated")) == (MOST, None)
    assert "lode-truncated" in large.query(f"{SELECT} LIMIT {MOST + 1}", CSV).headers


def test_rows_without_any_value_count_towards_the_limit(large: Server) -> None:
    reply = large.query(f"SELECT ?gone {{ ?s <{EX}p> ?o OPTIONAL {{ ?s <{EX}q> ?gone }} }}", JSON)
    assert (_count(reply), reply.headers["lode-truncated"]) == (MOST, f"rows; limit={MOST}")


def test_triples_that_repeat_are_counted_once_and_none_is_lost(large: Server) -> None:
    reply = large.query(f"CONSTRUCT {{ ?s a <{EX}Thing> . <{EX}all> <{EX}p> 1 }} {{ ?s <{EX}p> ?o }} LIMIT {MOST - 1}", NTRIPLES)
    assert (_count(reply), "lode-truncated" in reply.headers) == (MOST, False)
    repeated = large.query(f"CONSTRUCT {{ <{EX}all> <{EX}p> 1 }} {{ ?s ?p ?o }}", NTRIPLES)
    assert (_count(repeated), "lode-truncated" in repeated.headers) == (1, False)


def test_a_browser_gets_the_first_rows_and_is_told_that_there_are_more(large: Server) -> None:
    reply = large.query(SELECT, BROWSER)
    assert len(_Table(reply.text).cells) == 2 + 2 * 1_000
    assert reply.headers["lode-truncated"] == "rows; limit=1000"
    assert "cut at the limit" in reply.text


def test_several_large_answers_at_once_are_each_whole(large: Server) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as threads:
        replies = list(threads.map(lambda number: large.query(f"{SELECT} LIMIT {ASKED + number}", CSV), range(4)))
    assert [_count(reply) for reply in replies] == [ASKED + number for number in range(4)]


def test_nothing_of_a_spooled_answer_is_left_behind(large: Server) -> None:
    assert large.query(f"{SELECT} LIMIT {ASKED - 7}", CSV).status == 200
    opened = [link.readlink() for link in Path(f"/proc/{large.process.pid}/fd").iterdir() if link.is_symlink()]
    assert not [target for target in opened if "(deleted)" in str(target)]


def test_where_the_disk_has_no_room_a_large_answer_is_refused_and_nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def hold(pieces: list[bytes]) -> None:
        spool = Spool(spools)
        try:
            for piece in pieces:
                spool.write(piece)
        finally:
            spool.drop()

    spools = Spools(10 * BUFFER)
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    hold([b"x" * BUFFER])  # memory is enough
    with pytest.raises(Busy, match="No space left"):
        hold([b"x" * BUFFER, b"x"])
    assert spools.size == 0


def test_large_answers_take_only_as_much_room_as_there_is() -> None:
    def hold(size: int) -> Answer:
        return spooled(spools, lambda spool: [spool.write(b"x" * BUFFER) for _ in range(size)], "json")

    spools = Spools(5 * BUFFER)
    answer = hold(3)
    assert (answer.spool is None, spools.size) == (False, 3 * BUFFER)
    with pytest.raises(Busy, match="Too many"):
        hold(3)
    assert len(b"".join(answer.chunks())) == 3 * BUFFER
    assert spools.size == 0  # it was read to its end
    assert hold(1).spool is None
