"""What a query asks for is seen in its tokens, not in its letters."""

import pytest

from kg import BadQuery
from kg.sparql.guard import MAX_CHARACTERS, MAX_DEPTH, MAX_OPERATORS, MAX_PARTS, MAX_TOKENS, position, scan

PASSES = [
    'SELECT * { ?s ?p "SERVICE <x> { }" }',
    "SELECT * { ?s ?p 'INSERT' } # LOAD <x> SERVICE",
    "PREFIX service: <http://x/SERVICE#> SELECT ?service { ?service service:SERVICE ?load }",
    'SELECT * { ?s ?p """a "SERVICE" b""" }',
    "SELECT * { <http://x/#SERVICE> ?p ?o } # }}}}",
    "SELECT (1 < 2 AS ?service) { }",
    "ASK { ?s ?p 'it\\'s SERVICE' }",
]
REFUSED = [
    ("SELECT * { SERVICE <http://x> { ?s ?p ?o } }", 1, 12),
    ("SELECT *\n{ service SILENT ?e { } }", 2, 3),
    ("PREFIX : <http://x/> INSERT DATA { :a :b :c }", 1, 22),
    ("# SELECT\nLOAD <http://x>", 2, 1),
    ("WITH <http://x> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", 1, 1),
    ("DROP ALL", 1, 1),
]
CALL = "SERVICE <http://x> { ?s ?p ?o }"
# The engine needs no space between words, ends a malformed string elsewhere, and reads “<” by what stands before it.
HIDDEN = [
    "SELECT * { SERVICESILENT<http://x>{} }",
    f"SELECT * {{ ?s ?p 1.{CALL} }}",
    f"SELECT * {{ ?s ?p 1.0e0{CALL} }}",
    "PREFIX ex: <http://x/> PREFIX SERVICEex: <a:> SELECT * { SERVICEex:foo{ } }",
    "PREFIX ex: <http://x/> PREFIX SERVICEex: <a:> SELECT * { ?s ?p ?GRAPH SERVICEex:foo { } }",
    "PREFIX : <http://x/> PREFIX service: <a:> SELECT * { service:foo # ...\n { } }",
    f'SELECT * {{ VALUES ?x {{ """a" }} {CALL} #\\q"""\n}}',
    f"SELECT * {{ VALUES ?x {{ '''a' }} {CALL} #\\ud800'''\n}}",
    f"SELECT * {{ ?a ?b ?c FILTER(?c<2&&?c!='y>') {CALL} FILTER(?c!='z') }}",
    f"SELECT * {{ ?a ?b ?c FILTER(?c<2#>'''\n) {CALL} #'''\n }}",
    f"SELECT * {{ OPTIONAL {{ ?x <http://x/\\u0041#> 1 }} {CALL} \n }}",
    f"SELECT * {{ OPTIONAL {{ ?x <http://x/\\u00zz#> 1 }} {CALL} \n }}",
]


@pytest.mark.parametrize("text", PASSES)
def test_a_word_inside_a_literal_comment_iri_or_name_passes(text: str) -> None:
    scan(text)


@pytest.mark.parametrize(("text", "line", "column"), REFUSED)
def test_service_and_updates_are_refused_at_their_line_and_column(text: str, line: int, column: int) -> None:
    with pytest.raises(BadQuery) as caught:
        scan(text)
    assert (caught.value.extra["line"], caught.value.extra["column"]) == (line, column)


@pytest.mark.parametrize("text", HIDDEN)
def test_a_service_is_found_however_it_hides(text: str) -> None:
    with pytest.raises(BadQuery):
        scan(text)


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX service: <http://x/> SELECT * { GRAPH service:x { ?s ?p service:y } }",
        "SELECT * { ?s <http://x/L'Or#a> ?o VALUES (?s ?o) { (<http://x/it's> <http://x/it's#a>) } }",
        "PREFIX ex: <x:> SELECT * { ?s ex:が\u3099 ?o . ?s ex:a.b.c ?o.?s ex:a\\-b%20c 1 . FILTER(?o-ex:f(?o)<3) }",
        'SELECT * { ?s ?p "\\u0022 } SERVICE <x> {" }',
        'SELECT * { ?s ?p """ "" \\""" """, "" }',
    ],
)
def test_what_only_looks_odd_passes(text: str) -> None:
    scan(text)


@pytest.mark.parametrize(
    ("text", "column", "part"),
    [("ASK { ?s ?p 'a }", 13, "not closed"), ("ASK { ?s ?p 'a\\q' }", 13, "escape"), ("ASK {\0}", 6, "\\x00"), ("ASK { ` }", 7, "`")],
)
def test_what_no_token_begins_with_is_named_at_its_place(text: str, column: int, part: str) -> None:
    with pytest.raises(BadQuery) as caught:
        scan(text)
    assert caught.value.extra["column"] == column
    assert part in caught.value.detail


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("A " * (MAX_TOKENS + 1), "query size"),
        ("A" * (MAX_CHARACTERS + 1), "query length"),
        ("ASK " + "{" * (MAX_DEPTH + 1) + "}" * (MAX_DEPTH + 1), "nesting depth"),
        ("SELECT (" + "(" * 10_000 + "1" + ")" * 10_000 + " AS ?x) { }", "nesting depth"),
        ("ASK { " + "?s ?p ?o . " * (MAX_PARTS + 1) + "}", "pattern size"),
        ("ASK { FILTER(" + "!" * (MAX_OPERATORS + 1) + "true) }", "operators"),
    ],
)
def test_a_query_past_a_limit_of_size_is_refused_with_the_limit_named(text: str, limit: str) -> None:
    with pytest.raises(BadQuery) as caught:
        scan(text)
    assert caught.value.extra["limit"] == limit


@pytest.mark.parametrize(
    ("text", "form"), [("SELECT * {}", "SELECT"), ("PREFIX ask: <x:> CONSTRUCT {} WHERE {}", "CONSTRUCT"), ("ask {}", "ASK")]
)
def test_the_form_of_a_query_is_seen(text: str, form: str) -> None:
    assert scan(text).form == form


def test_a_position_counts_lines_and_columns_from_one() -> None:
    assert position("ab\ncd", 4) == (2, 2)


@pytest.mark.parametrize(
    ("text", "limited"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o } LIMIT 7 "),
        ("SELECT * { ?s ?p ?o } LIMIT 5", "SELECT * { ?s ?p ?o } LIMIT 5"),
        ("SELECT * { ?s ?p ?o } limit 500 OFFSET 3", "SELECT * { ?s ?p ?o } limit 7 OFFSET 3"),
        ("SELECT * { { SELECT * { } LIMIT 5 } }", "SELECT * { { SELECT * { } LIMIT 5 } } LIMIT 7 "),
        ("SELECT * { ?s ?p ?o } VALUES ?s { 1 }", "SELECT * { ?s ?p ?o }  LIMIT 7 VALUES ?s { 1 }"),
        ("SELECT * { VALUES ?s { 1 } } # LIMIT 3", "SELECT * { VALUES ?s { 1 } } LIMIT 7  # LIMIT 3"),
        ('SELECT ("LIMIT 3" AS ?x) { }', 'SELECT ("LIMIT 3" AS ?x) { } LIMIT 7 '),
        ("ASK { ?s ?p ?o }", "ASK { ?s ?p ?o }"),
    ],
)
def test_the_outermost_limit_is_lowered_or_added_and_no_other(text: str, limited: str) -> None:
    assert scan(text).with_limit(text, 7) == limited


@pytest.mark.parametrize(("text", "there"), [("SELECT * FROM <x:g> { }", True), ("SELECT ?from { ?from <x:FROM> 'FROM' }", False)])
def test_a_query_that_names_its_dataset_is_seen(text: str, there: bool) -> None:
    assert scan(text).has_dataset is there
