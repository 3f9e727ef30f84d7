"""The SPARQL 1.1 Protocol over a real socket: how a query may be sent, which dataset it sees, what is refused, and the HTTP around it.

Every case of the working group's protocol tests is here in words of our own, each made so that it fails where the parameter is ignored.
"""

from __future__ import annotations

import gzip
import itertools
from urllib.parse import quote, urlencode

import pytest
from live import EX, Server

pytestmark = pytest.mark.slow

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
UPDATE = {"Content-Type": "application/sparql-update"}
COPPER, ZINC, TIN = f"{EX}copper", f"{EX}zinc", f"{EX}tin"
DOCUMENTS = f"SELECT ?d {{ ?d a <{EX}Document> }} ORDER BY ?d"
NAMED = f"SELECT ?d {{ GRAPH ?g {{ ?d a <{EX}Document> }} }} ORDER BY ?d"


def _found(server: Server, query: str, way: str, **dataset: object) -> list[str]:
    """The documents that a query finds, sent by one of the protocol's three ways with this dataset."""
    given = urlencode(dataset, doseq=True)
    if way == "GET":
        reply = server.get(f"/sparql?{urlencode({'query': query})}&{given}")
    elif way == "form":
        reply = server.send("POST", "/sparql", FORM, f"{urlencode({'query': query})}&{given}")
    else:
        reply = server.send("POST", f"/sparql?{given}", DIRECT, query)
    assert reply.status == 200, reply.text
    return [row["d"]["value"] for row in reply.json()["results"]["bindings"]]


@pytest.mark.parametrize("way", ["GET", "form", "direct"])
@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_an_ask_is_answered_whichever_way_it_is_sent(tiny: Server, way: str, path: str) -> None:
    query = f"ASK {{ <{EX}bare> a <{EX}Loose> }}"
    reply = {
        "GET": lambda: tiny.get(f"{path}?query={quote(query)}"),
        "form": lambda: tiny.send("POST", path, FORM, f"query={quote(query)}"),
        "direct": lambda: tiny.send("POST", path, DIRECT, query),
    }[way]()
    assert (reply.status, reply.media, reply.json()["boolean"]) == (200, "application/sparql-results+json", True)


@pytest.mark.parametrize("way", ["GET", "form", "direct"])
@pytest.mark.parametrize("graphs", [*itertools.combinations((COPPER, TIN, ZINC), 1), *itertools.combinations((COPPER, TIN, ZINC), 2)])
def test_default_graph_uri_makes_up_the_default_graph(tiny: Server, way: str, graphs: tuple[str, ...]) -> None:
    assert _found(tiny, DOCUMENTS, way, **{"default-graph-uri": graphs}) == list(graphs)
    assert _found(tiny, NAMED, way, **{"default-graph-uri": graphs}) == []


@pytest.mark.parametrize("way", ["GET", "form", "direct"])
@pytest.mark.parametrize("graphs", [*itertools.combinations((COPPER, TIN, ZINC), 1), *itertools.combinations((COPPER, TIN, ZINC), 2)])
def test_named_graph_uri_makes_up_the_named_graphs(tiny: Server, way: str, graphs: tuple[str, ...]) -> None:
    assert _found(tiny, NAMED, way, **{"named-graph-uri": graphs}) == list(graphs)
    assert _found(tiny, DOCUMENTS, way, **{"named-graph-uri": graphs}) == []


@pytest.mark.parametrize("way", ["GET", "form", "direct"])
def test_both_parameters_together_make_up_the_whole_dataset(tiny: Server, way: str) -> None:
    both = {"default-graph-uri": TIN, "named-graph-uri": [COPPER, ZINC]}
    assert _found(tiny, DOCUMENTS, way, **both) == [TIN]
    assert _found(tiny, NAMED, way, **both) == [COPPER, ZINC]


@pytest.mark.parametrize("way", ["GET", "form", "direct"])
def test_the_dataset_of_the_protocol_goes_before_the_one_in_the_query(tiny: Server, way: str) -> None:
    query = DOCUMENTS.replace("{", f"FROM <{TIN}> FROM NAMED <{TIN}> {{", 1)
    assert _found(tiny, query, way) == [TIN]
    assert _found(tiny, query, way, **{"default-graph-uri": COPPER}) == [COPPER]
    assert _found(tiny, query, way, **{"named-graph-uri": [COPPER, ZINC]}) == []
    inside = NAMED.replace("{", f"FROM NAMED <{TIN}> {{", 1)
    assert _found(tiny, inside, way, **{"named-graph-uri": [COPPER, ZINC]}) == [COPPER, ZINC]


@pytest.mark.parametrize("way", ["GET", "form", "direct"])
def test_a_graph_that_does_not_exist_is_an_empty_one(tiny: Server, way: str) -> None:
    nowhere = f"{EX}nowhere"
    assert _found(tiny, DOCUMENTS, way, **{"default-graph-uri": nowhere}) == []
    assert _found(tiny, NAMED, way, **{"named-graph-uri": nowhere}) == []
    assert _found(tiny, DOCUMENTS, way, **{"default-graph-uri": [nowhere, ZINC]}) == [ZINC]
    assert _found(tiny, DOCUMENTS.replace("{", f"FROM <{nowhere}> {{", 1), way) == []


def test_an_empty_graph_name_is_as_none_given(tiny: Server) -> None:
    assert _found(tiny, NAMED, "GET", **{"default-graph-uri": "", "named-graph-uri": ""}) == [COPPER, TIN, ZINC]


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("value", ["not an iri", "copper", "http://example.org/a b"])
def test_a_graph_name_that_is_no_absolute_iri_is_refused(tiny: Server, name: str, value: str) -> None:
    reply = tiny.query("ASK {}", **{name: value})
    assert (reply.status, reply.json()["parameter"]) == (400, name)


def test_without_a_dataset_the_default_graph_of_another_dataset_is_apart(tiny: Server) -> None:
    assert tiny.rows("SELECT ?s { ?s ?p ?o }") == [{"s": f"{EX}bare"}]
    assert _found(tiny, NAMED, "GET") == [COPPER, TIN, ZINC]


def test_without_a_dataset_our_default_graph_is_the_union_of_all_documents(lodegraph: Server) -> None:
    counts = "SELECT (COUNT(*) AS ?n) { %s }"
    whole = lodegraph.rows(counts % "?s ?p ?o")
    assert whole == lodegraph.rows(counts % "GRAPH ?g { ?s ?p ?o }")
    assert int(whole[0]["n"]) > 10_000


def test_relative_iris_are_resolved_against_the_endpoint(tiny: Server) -> None:
    assert tiny.rows("SELECT (STR(<test>) AS ?iri) {}") == [{"iri": f"{tiny.address}/test"}]
    assert tiny.rows("BASE <http://example.org/x/> SELECT (STR(<test>) AS ?iri) {}") == [{"iri": f"{EX}x/test"}]


@pytest.mark.parametrize(
    ("query", "media"),
    [
        ("SELECT (1 AS ?value) {}", "application/sparql-results+json"),
        ("ASK {}", "application/sparql-results+json"),
        ("DESCRIBE <http://example.org/>", "text/turtle"),
        ("CONSTRUCT { <s> <p> 1 } WHERE {}", "text/turtle"),
    ],
)
def test_each_form_of_query_has_a_standard_type_where_none_is_asked_for(tiny: Server, query: str, media: str) -> None:
    reply = tiny.send("POST", f"/sparql?{urlencode({'default-graph-uri': f'{EX}nowhere'})}", DIRECT, query)
    assert (reply.status, reply.media) == (200, media)


def _refused(server: Server, status: int, method: str, path: str, headers: dict[str, str], body: bytes | str | None = None) -> str:
    reply = server.send(method, path, headers, body)
    assert (reply.status, reply.media) == (status, "application/problem+json"), reply.text
    told: str = reply.json()["detail"]
    return told


@pytest.mark.parametrize(
    ("status", "method", "path", "headers", "body"),
    [
        (405, "PUT", "/sparql?query=ASK%20%7B%7D", FORM, None),
        (405, "DELETE", "/sparql?query=ASK%20%7B%7D", {}, None),
        (405, "PATCH", "/sparql", DIRECT, "ASK {}"),
        (400, "GET", "/sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", {}, None),
        (400, "POST", "/sparql", FORM, "query=ASK%20%7B%7D&query=ASK%20%7B%7D"),
        (400, "POST", "/sparql?query=ASK%20%7B%7D", DIRECT, "ASK {}"),
        (415, "POST", "/sparql", {"Content-Type": "text/plain"}, "ASK {}"),
        (415, "POST", "/sparql", {}, "query=ASK%20%7B%7D"),
        (415, "POST", "/sparql", {}, "ASK {}"),
        (415, "POST", "/sparql", {"Content-Type": "multipart/form-data; boundary=x"}, "--x--"),
        (415, "POST", "/sparql", {"Content-Type": "application/sparql-query; charset=UTF-16"}, "ASK {}".encode("utf-16")),
        (
            415,
            "POST",
            "/sparql",
            {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"},
            gzip.compress(b"ASK {}", mtime=0),
        ),
        (400, "POST", "/sparql", DIRECT, "ASK {}".encode("utf-16")),
        (400, "POST", "/sparql", FORM, "query=ASK%20%7B%7D%20%23%FF"),
        (400, "GET", "/sparql?query=ASK%20%7B%7D%20%23%FF", {}, None),
        (400, "GET", "/sparql?query=ASK%20%7B", {}, None),
        (400, "POST", "/sparql", FORM, "ASK {}"),
        (400, "POST", "/sparql", FORM, "default-graph-uri=http%3A%2F%2Fexample.org%2Fcopper"),
        (400, "POST", "/sparql", FORM, ""),
        (400, "POST", "/sparql", DIRECT, ""),
        (400, "GET", "/sparql?query=", {}, None),
        (400, "GET", "/sparql?query=ASK%20%7B%7D&defualt-graph-uri=http%3A%2F%2Fexample.org%2Fcopper", {}, None),
    ],
)
def test_what_is_no_sparql_query_request_is_refused(
    tiny: Server, status: int, method: str, path: str, headers: dict[str, str], body: bytes | str | None
) -> None:
    assert _refused(tiny, status, method, path, headers, body)


READS = "this endpoint only reads"


@pytest.mark.parametrize(
    ("status", "told", "method", "path", "headers", "body"),
    [
        (415, READS, "POST", f"/sparql?using-graph-uri={quote(COPPER)}", UPDATE, f"INSERT {{ ?s a <{EX}Seen> }} WHERE {{ ?s ?p ?o }}"),
        (415, READS, "POST", f"/sparql?using-graph-uri={quote(COPPER)}&using-graph-uri={quote(TIN)}", UPDATE, "DROP ALL"),
        (415, READS, "POST", f"/sparql?using-named-graph-uri={quote(COPPER)}", UPDATE, "DROP ALL"),
        (415, READS, "POST", f"/sparql?using-graph-uri={quote(COPPER)}&using-named-graph-uri={quote(TIN)}", UPDATE, "DROP ALL"),
        (400, READS, "POST", "/sparql", FORM, "update=CLEAR+ALL"),
        (415, READS, "POST", "/sparql", UPDATE, "CLEAR ALL"),
        (415, READS, "POST", "/sparql", {"Content-Type": "application/sparql-update; charset=UTF-8"}, "CLEAR ALL"),
        (415, READS, "POST", "/sparql", UPDATE, f"INSERT DATA {{ GRAPH <{EX}new> {{ <s> <p> <relative> }} }}"),
        (400, READS, "GET", "/sparql?update=CLEAR%20ALL", {}, None),
        (400, READS, "POST", "/sparql", FORM, "update=CLEAR%20NAMED&update=CLEAR%20DEFAULT"),
        (415, "text/plain", "POST", "/sparql", {"Content-Type": "text/plain"}, "CLEAR NAMED"),
        (415, "no type", "POST", "/sparql", {}, "update=CLEAR%20NAMED"),
        (415, READS, "POST", "/sparql", {"Content-Type": "application/sparql-update; charset=UTF-16"}, "CLEAR NAMED".encode("utf-16")),
        (400, READS, "POST", "/sparql", FORM, "update=CLEAR%20XYZ"),
        (
            415,
            READS,
            "POST",
            f"/sparql?using-named-graph-uri={quote(TIN)}",
            UPDATE,
            f"WITH <{TIN}> DELETE {{ ?s ?p 1 }} WHERE {{ ?s ?p 1 }}",
        ),
        (400, READS, "POST", "/sparql", FORM, f"using-graph-uri={quote(COPPER)}&query=ASK%20%7B%7D"),
        (400, READS, "POST", "/sparql", DIRECT, "CLEAR ALL"),
        (400, READS, "POST", "/sparql", DIRECT, "LOAD <http://example.org/x>"),
        (400, READS, "GET", "/sparql?query=DROP%20ALL", {}, None),
        (405, "PUT", "PUT", "/graphs?default", {"Content-Type": "text/turtle"}, "<s> <p> <o> ."),
        (405, "DELETE", "DELETE", f"/graphs?graph={quote(COPPER)}", {}, None),
    ],
)
def test_every_update_gets_its_refusal_and_changes_nothing(
    tiny: Server, status: int, told: str, method: str, path: str, headers: dict[str, str], body: bytes | str | None
) -> None:
    assert told in _refused(tiny, status, method, path, headers, body)
    assert tiny.rows("SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }") == [{"n": "17"}]


@pytest.mark.parametrize(
    "query",
    [
        'ASK { FILTER("INSERT DATA { } DROP ALL SERVICE LOAD" != "") }',
        "ASK { } # LOAD <http://example.org/x> ; CLEAR ALL",
        "PREFIX insert: <http://example.org/> ASK { FILTER(insert:delete != <http://example.org/SERVICE>) }",
        "SELECT ?service ?load { BIND(1 AS ?service) BIND(2 AS ?load) }",
    ],
)
def test_the_words_of_an_update_pass_inside_text_names_and_comments(tiny: Server, query: str) -> None:
    assert tiny.query(query).status == 200


def test_a_charset_parameter_and_capitals_in_the_type_are_read(tiny: Server) -> None:
    for media in ("application/sparql-query; charset=UTF-8", 'Application/SPARQL-Query;charset="utf-8"', "APPLICATION/SPARQL-QUERY"):
        assert tiny.send("POST", "/sparql", {"Content-Type": media}, "ASK {}").json()["boolean"] is True
    for media in ("application/x-www-form-urlencoded; charset=UTF-8", "Application/X-WWW-Form-URLencoded"):
        assert tiny.send("POST", "/sparql", {"Content-Type": media}, "query=ASK+%7B%7D").json()["boolean"] is True


def test_signs_in_a_form_are_decoded_once(tiny: Server) -> None:
    text = 'SELECT ("a%20b+c&d=e 銅" AS ?x) {}'
    for sent in (urlencode({"query": text}), f"query={quote(text)}"):
        reply = tiny.send("POST", "/sparql", FORM, sent)
        assert reply.json()["results"]["bindings"][0]["x"]["value"] == "a%20b+c&d=e 銅"


def test_a_query_in_the_address_of_an_empty_post_is_read(tiny: Server) -> None:
    assert tiny.send("POST", "/sparql?query=ASK%20%7B%7D", {}, "").json()["boolean"] is True
    assert tiny.send("POST", "/sparql?query=ASK%20%7B%7D", FORM, "").json()["boolean"] is True


def test_what_clients_of_other_servers_send_along_changes_nothing(tiny: Server) -> None:
    assert tiny.truth("ASK {}", timeout="0", debug="on", run=" Run Query ", _="1700000000000") is True


@pytest.mark.parametrize("headers", [DIRECT, FORM])
def test_the_query_method_asks_as_a_post_does(tiny: Server, headers: dict[str, str]) -> None:
    body = "ASK {}" if headers is DIRECT else "query=ASK%20%7B%7D"
    for path in ("/sparql", "/sparql/"):
        reply = tiny.send("QUERY", path, headers, body)
        assert (reply.status, reply.json()["boolean"]) == (200, True)
    assert tiny.send("QUERY", "/sparql", UPDATE, "CLEAR ALL").status == 415


@pytest.mark.parametrize(
    ("query", "line", "column", "part"),
    [
        ("SELECT * {\n  ?s ex:p ?o\n}", 2, 6, "ex:"),
        ("SELEC * {}", 1, 1, "SELEC"),
        ("SELECT ?x WHERE { ?x ?y ?z } ORDER ?x", 1, 36, "?x"),
        ("SELECT * { ?s ?p ?o } LIMIT x", 1, 29, "x"),
        ("SELECT *\n{ ?s ?p ?o .\n  FILTER(nope(?o)) }", 3, 10, "nope"),
        ("ASK {}\n}", 2, 1, "}"),
        ("ASK {} ASK {}", 1, 8, "ASK"),
        ("SELECT * {\n\n  SERVICE <http://example.org/> { ?s ?p ?o } }", 3, 3, "SERVICE"),
        ("# a comment\nINSERT DATA { <x:a> <x:b> 1 }", 2, 1, "INSERT"),
        ("SELECT * { ?s ?p ?o", 1, 20, "soon"),
    ],
)
def test_an_error_in_a_query_says_line_and_column(tiny: Server, query: str, line: int, column: int, part: str) -> None:
    for reply in (tiny.query(query), tiny.send("POST", "/sparql", DIRECT, query)):
        told = reply.json()
        assert (reply.status, told["line"], told["column"]) == (400, line, column), told
        assert part in told["detail"]
        assert told["advice"]


def test_a_function_that_the_engine_does_not_know_is_named(tiny: Server) -> None:
    reply = tiny.query("SELECT (<http://example.org/fn>(1) AS ?x) {}")
    assert (reply.status, reply.json()["title"]) == (400, "Bad query")
    assert "http://example.org/fn" in reply.json()["detail"]


ADDRESSES = [
    "/sparql",
    "/sparql?query=ASK%20%7B%7D",
    f"/sparql?query={quote('SELECT * { GRAPH ?g { ?s ?p ?o } }')}&format=html",
    f"/sparql.csv?query={quote('SELECT * { GRAPH ?g { ?s ?p ?o } }')}",
    "/sparql?query=ASK",
    "/.well-known/void",
    "/graphs?default",
    f"/graphs?graph={quote(TIN)}",
    "/graphs?graph=http://example.org/nowhere",
    "/healthz",
    "/nowhere",
]


@pytest.mark.parametrize("coding", [None, "gzip"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_head_has_the_headers_of_get_and_no_body(tiny: Server, address: str, coding: str | None) -> None:
    given = {"Accept-Encoding": coding} if coding else {}
    whole, head = tiny.send("GET", address, given), tiny.send("HEAD", address, given)
    assert (head.status, head.body) == (whole.status, b"")
    assert whole.body
    of_the_message = ("date", "transfer-encoding")  # a HEAD need not say how its body would be framed (RFC 9112, section 6.1)
    shown = [{name: value for name, value in reply.headers.items() if name not in of_the_message} for reply in (head, whole)]
    assert shown[0] == shown[1]


def test_options_names_the_methods(tiny: Server) -> None:
    for path in ("/sparql", "/sparql/"):
        reply = tiny.send("OPTIONS", path)
        assert (reply.status, reply.headers["allow"]) == (204, "GET, HEAD, POST, QUERY, OPTIONS")
    assert tiny.send("OPTIONS", "/graphs").headers["allow"] == "GET, HEAD, OPTIONS"
    assert tiny.send("PUT", "/sparql").headers["allow"] == "GET, HEAD, POST, QUERY, OPTIONS"


@pytest.mark.parametrize("method", ["GET", "POST", "QUERY"])
def test_a_page_of_another_origin_may_ask_after_a_preflight(tiny: Server, method: str) -> None:
    origin = {"Origin": "https://yasgui.example"}
    asked = {**origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type,accept,x-requested-with"}
    allowed = tiny.send("OPTIONS", "/sparql", asked)
    assert allowed.status == 200
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert method in allowed.headers["access-control-allow-methods"]
    for name in ("content-type", "accept", "x-requested-with"):
        assert name in allowed.headers["access-control-allow-headers"].lower()
    reply = tiny.send(method, "/sparql?query=ASK%20%7B%7D", {**origin, **FORM}, None if method == "GET" else "")
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (200, "*")
    assert reply.headers["access-control-expose-headers"] == "*"


def test_errors_and_304_too_may_be_read_by_a_page_of_another_origin(tiny: Server) -> None:
    tag = tiny.query("ASK {}").headers["etag"]
    known = tiny.send("GET", "/sparql?query=ASK+%7B%7D", {"Origin": "https://yasgui.example", "If-None-Match": tag})
    wrong = tiny.get("/sparql?query=ASK", Origin="https://yasgui.example")
    assert [(reply.status, reply.headers["access-control-allow-origin"]) for reply in (known, wrong)] == [(304, "*"), (400, "*")]


def test_gzip_is_used_where_it_is_accepted_and_pays(tiny: Server) -> None:
    address = "/.well-known/void"
    plain, packed = tiny.get(address), tiny.get(address, Accept_Encoding="br, gzip, deflate")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert "Accept-Encoding" in packed.headers["vary"]
    assert "content-encoding" not in tiny.get(address, Accept_Encoding="gzip;q=0, identity").headers
    assert "content-encoding" not in tiny.query("ASK {}").headers


def test_etag_holds_for_one_query_in_one_format_over_one_version_of_the_data(tiny: Server, lodegraph: Server) -> None:
    def tag(server: Server, query: str, accept: str | None = None, **more: str) -> str:
        return server.query(query, accept, **more).headers["etag"]

    assert tag(tiny, "ASK {}") == tag(tiny, "ASK {}")
    others = {
        tag(tiny, "ASK {}"),
        tag(tiny, "ASK { }"),
        tag(tiny, "ASK {}", "application/sparql-results+xml"),
        tag(tiny, "ASK {}", format="xml"),
        tag(tiny, "ASK {}", **{"default-graph-uri": COPPER}),
        tag(lodegraph, "ASK {}"),
    }
    assert len(others) == 6


def test_a_client_that_has_the_answer_is_told_so_without_a_body(tiny: Server) -> None:
    address = f"/sparql?query={quote(DOCUMENTS)}"
    first = tiny.get(address)
    for known in (first.headers["etag"], f'"other", {first.headers["etag"]}'):
        reply = tiny.get(address, If_None_Match=known)
        assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", first.headers["etag"])
        assert reply.headers["cache-control"] == first.headers["cache-control"]
        assert {"Accept", "Accept-Language"} <= set(reply.headers["vary"].split(", "))
    assert tiny.get(address, If_None_Match='W/"other"').status == 200
    assert tiny.get(address, "text/csv", If_None_Match=first.headers["etag"]).status == 200


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "STRUUID()"])
def test_an_answer_that_changes_each_time_is_neither_kept_nor_tagged(tiny: Server, call: str) -> None:
    replies = [tiny.query(f"SELECT ({call} AS ?x) {{}}") for _ in range(3)]
    assert len({reply.body for reply in replies}) == 3
    assert all("etag" not in reply.headers and reply.headers["cache-control"] == "no-store" for reply in replies)
