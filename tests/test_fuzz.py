"""Whatever bytes come: readers answer with an error of their own or take them whole, and what is written comes back.

Hypothesis makes the input, the same in every run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import exported
import networkx as nx
import pytest
from exported import Content
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg import BadFacts, BadQuery, LodeError, readers
from kg.export import registry
from kg.namespaces import DOC, ID
from kg.source import files, query_files
from kg.sparql.guard import FORMS, scan
from kg.store.result_writer import MEDIA_TYPES
from service.http.negotiation import choose, ranked
from service.http.sparql_request import GRAPH_TYPES, Asked, _from_pairs, _pairs

pytestmark = pytest.mark.slow

often = settings(deadline=None, derandomize=True, database=None, max_examples=300)
seldom = settings(often, max_examples=40)

FIXTURES = [path.read_bytes() for path in sorted((Path(__file__).parent / "fixtures").glob("*.csv"))]
BACI = b"t,i,j,k,v,q\n2012,156,392,810110,100.5,2.25\n2012,156,392,280530,7,NA\n"
QUERY = "# title: Who\n# param: since integer First year.\nSELECT * {\n  VALUES ?since { 1 }\n  ?s ?p ?o\n}\n"
CODES = "country_code,country_name,country_iso2,country_iso3\n392,Japan,JP,JPN\n156,China,CN,CHN\n"
PIECES = ["# title: A", "# param: x iri(mineral) What.", "# param-ja: x 何", "# topic: supply", "VALUES ?x { UNDEF }", "SELECT * {}"]
TOKENS = ["SELECT", "ASK", "*", "{", "}", "(", "?s", "<http://a/b>", "'x'", '"y', "SERVICE", "LIMIT", "5", "#", "\\u0053", "INSERT", "a:b"]
ADDRESS = ["query", "=", "&", "%", "%zz", "%C3", "format", "update", "default-graph-uri", "a:b", "+"]
ACCEPT = ["text/csv", "*/*", "text/*", ";q=", "0.5", "2", "-1", "nan", "inf", ",", ";", "q=1", " "]
CELLS = [b",", b"\n", b'"', b"NA", b"--", b"W", b">90", b"\xff", "é".encode("latin-1"), b"1e999", b"-5"]
# What XML, JSON and CSV can all hold; what they cannot is in exported.HOSTILE.
_SIGNS = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"], exclude_characters="\ufffe\uffff")
LABELS = st.text(_SIGNS, min_size=1, max_size=30)


@pytest.fixture(scope="module")
def names() -> readers.Names:
    return readers.read_names(files.root() / "ontology")


def joined(parts: list[str], between: str = "") -> st.SearchStrategy[str]:
    """Text made up of these parts."""
    return st.lists(st.sampled_from(parts), max_size=30).map(between.join)


def damaged(whole: bytes) -> st.SearchStrategy[bytes]:
    """Bytes with a part cut out, doubled, turned round or overwritten, some of them several times."""

    def change(text: bytes, start: int, length: int, what: str, other: bytes) -> bytes:
        start %= len(text) + 1
        part = text[start : start + length]
        put = {"cut": b"", "doubled": part * 2, "turned": part[::-1], "overwritten": other, "end": b""}[what]
        return text[:start] + put + (b"" if what == "end" else text[start + length :])

    ways = st.sampled_from(["cut", "doubled", "turned", "overwritten", "end"])
    steps = st.tuples(st.integers(0, len(whole)), st.integers(0, 60), ways, st.binary(max_size=20) | st.sampled_from(CELLS))

    def apply(changes: list[tuple[int, int, str, bytes]]) -> bytes:
        text = whole
        for step in changes:
            text = change(text, *step)
        return text

    return st.lists(steps, min_size=1, max_size=4).map(apply)


@often
@given(st.binary(max_size=300) | damaged(QUERY.encode()) | joined(PIECES, "\n").map(str.encode))
def test_a_query_file_is_read_or_refused_with_its_name(text: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "who.rq")
        path.write_bytes(text)
        try:
            query = query_files.read(path)
        except BadFacts as error:
            assert "who.rq" in error.detail
        else:
            assert query.bind({param.name: '"x"' for param in query.params}).count('"x"') >= len(query.params)


@often
@given(st.text(max_size=200) | joined(TOKENS, " ") | joined(TOKENS))
def test_a_query_is_looked_over_or_refused_with_a_place_or_a_limit(text: str) -> None:
    try:
        seen = scan(text)
    except BadQuery as error:
        assert "limit" in error.extra or 1 <= int(str(error.extra["line"])) <= len(re.split(r"\r\n|\r|\n", text)) + 1
    else:
        assert seen.form in ("", *FORMS)
        assert seen.form == "ASK" or (seen.limit or 99) <= 3 or "3" in seen.with_limit(text, 3)


@often
@given(st.text(max_size=200) | joined(ADDRESS))
def test_an_address_is_read_or_refused_as_the_clients_fault(text: str) -> None:
    try:
        asked = _from_pairs(_pairs(text))
    except LodeError as error:
        assert error.detail
        assert error.advice
    else:
        assert isinstance(asked, Asked)
        assert asked.format in (None, "html", *MEDIA_TYPES, *GRAPH_TYPES)


@often
@given(st.text(max_size=200) | joined(ACCEPT))
def test_an_accept_header_never_gives_what_is_not_offered(header: str) -> None:
    offered = ("text/csv", "application/json")
    assert choose(header, offered) in (*offered, None)
    assert all(0 <= weight <= 1 for _, weight in ranked(header))


@often
@given(st.sampled_from([*FIXTURES, BACI]).flatmap(lambda whole: st.tuples(st.just(whole), damaged(whole))))
@example((FIXTURES[1], b"\r" + FIXTURES[1]))
def test_a_damaged_table_comes_in_whole_or_not_at_all(names: readers.Names, pair: tuple[bytes, bytes]) -> None:
    whole, text = pair
    with TemporaryDirectory() as folder:
        path, tables = Path(folder, "BACI_HS92_Y2012_V202601.csv" if whole == BACI else "mcs2024-raree_world.csv"), Path(folder, "tables")
        path.write_bytes(text)
        Path(folder, "country_codes_V202601.csv").write_text(CODES, encoding="utf-8")
        try:
            made, summary = readers.load(path, tables, names)
        except BadFacts as error:
            assert path.name in error.detail
            assert not tables.exists() or not list(tables.glob("[!.]*"))
        else:
            rows = (made / "figures.csv").read_text(encoding="utf-8").count("\n") - 1
            assert rows == summary.figures > 0
        assert not tables.exists() or not [left for left in tables.glob(".*") if left.is_dir()]


def _net(labels: list[str], shares: list[float | None]) -> nx.MultiDiGraph[str]:
    net: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for number, label in enumerate(labels):
        net.add_node(f"{ID}mineral/m{number}", kind="mineral", label_en=label, label_ja=label, start=None, end=None)
    for number, share in enumerate(shares):
        ends = (f"{ID}mineral/m{number % len(labels)}", f"{ID}mineral/m{number // 2 % len(labels)}")
        told = {"statement": f"{DOC}x#{number}", "document": f"{DOC}x", "certainty": "stated", "place": labels[number % len(labels)]}
        net.add_edge(*ends, relation="suppliedBy", start=None, end=None, share=share, **told)
    return net


@seldom
@given(st.lists(LABELS, min_size=1, max_size=5), st.lists(st.none() | st.integers(0, 1000).map(lambda tenths: tenths / 10), max_size=6))
@pytest.mark.parametrize(("format", "read"), exported.READERS, ids=[f"{format}-{read.__name__}" for format, read in exported.READERS])
def test_any_label_comes_back_from_a_file(
    format: str, read: Callable[[bytes, Path], Content], labels: list[str], shares: list[float | None]
) -> None:
    net = _net([" ".join(label.split()) or "x" for label in labels], shares)
    with TemporaryDirectory() as folder:
        assert read(registry.serialise(net, format, lang="ja"), Path(folder)) == exported.content(net)
