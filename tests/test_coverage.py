"""Coverage periods: each rule by the smallest case that shows it, and what covers nine minerals on four days, worked out by hand.

The tables in ``expected/coverage`` are compared three ways: the library, the pattern of triples over the store, and the named query.
"""

import csv
import datetime
from pathlib import Path

import pyshacl
import pytest
import rdflib

from kg import BadFacts, Graph
from kg.derive import members
from kg.derive.coverage import NAMED, CoveragePeriod, Evidence, Naming, on, periods
from kg.derive.members import ANY, Decision, Members
from kg.derive.times import FOREVER
from kg.namespaces import BASE, ID, slug_of
from kg.network import coverage
from kg.source import files
from kg.views.coverage import all_covers, best, counted, covers

HERE = Path(__file__).parent / "expected" / "coverage"
PATTERN = """PREFIX lode: <https://w3id.org/lodegraph/ontology#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?pillar ?response ?degree WHERE {
  ?period a lode:CoveragePeriod ; lode:mineral <MINERAL> ; lode:pillar ?pillar ; lode:response ?response ; lode:degree ?degree ;
    lode:firstDay ?first ; lode:dayAfter ?after .
  FILTER(?first <= "DAY"^^xsd:date && "DAY"^^xsd:date < ?after)
}"""


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TABLES = {path.stem: _rows(path) for path in sorted(HERE.glob("*.csv"))}
CASES = sorted({(mineral, row["day"]) for mineral, rows in TABLES.items() for row in rows})


def _expected(mineral: str, day: str) -> set[tuple[str, str, str]]:
    rows = [row for row in TABLES[mineral] if row["day"] == day]
    return {(row["pillar"], row["response"], row["degree"]) for row in rows if row["response"]}


# ---- Nine minerals on four days, by hand


def test_the_tables_have_nine_minerals_four_days_and_a_reason_each() -> None:
    assert len(CASES) == 9 * 4
    assert all(row["reason"] for rows in TABLES.values() for row in rows)


@pytest.mark.parametrize(("mineral", "day"), CASES)
def test_what_covers_a_mineral_on_a_day(graph: Graph, mineral: str, day: str) -> None:
    iri = f"{ID}mineral/{mineral}"
    held = [cover for cover in covers(graph, datetime.date.fromisoformat(day)) if cover.mineral == iri]
    assert {(slug_of(one.pillar), slug_of(one.response), one.degree) for one in held} == _expected(mineral, day)
    found = graph.store.query(PATTERN.replace("MINERAL", iri).replace("DAY", day))
    assert {tuple(slug_of(str(cell)) for cell in row.values()) for row in found} == _expected(mineral, day)
    asked = graph.ask("coverage", mineral=mineral, as_of=day)
    assert {(slug_of(str(r["pillar"])), slug_of(str(r["response"])), r["degree"]) for r in asked} == _expected(mineral, day)


@pytest.mark.parametrize(("mineral", "day"), CASES)
def test_the_matrix_tells_the_same_and_counts_from_funded_up(graph: Graph, mineral: str, day: str) -> None:
    found = coverage.coverage(graph, as_of=datetime.date.fromisoformat(day))
    [row] = [row for row in found["minerals"] if row["mineral"]["slug"] == mineral]
    told = {(c["pillar"]["slug"], r["response"]["slug"], r["degree"]) for c in row["pillars"] for r in c["responses"]}
    assert told == _expected(mineral, day)
    under: dict[str, set[str]] = {cell["pillar"]["slug"]: set() for cell in row["pillars"]}
    for pillar, _, degree in _expected(mineral, day):
        under[pillar].add(degree)
    assert {node["slug"] for node in row["missing"]} == {p for p, known in under.items() if not known & {"funded", "operating"}}
    designated = {p for p, known in under.items() if "designated" in known and not known & {"funded", "operating"}}
    assert {node["slug"] for node in row["designated"]} == designated


# ---- Rules

ORE = {"m": ["g"], "n": ["h", "g"], "h": ["g"]}  # n is of the narrower group h within g


def _members(*decisions: Decision) -> Members:
    held = {(one.response, one.named, one.mineral): one for one in decisions}
    return Members(ORE, {"form": ["m"]}, held)


def _decided(named: str, mineral: str, covers: bool, response: str = ANY) -> Decision:
    return Decision(f"d-{response}-{named}-{mineral}", response, named, mineral, covers, ("said",))


WHOLE = _decided("g", ANY, covers=True)


def _evidence(text: str, iri: str = "e", response: str = "r") -> Evidence:
    """``kind start[/within] [certainty] [@document] [issued=time] [+mineral]`` as evidence; ``-`` is no time."""
    kind, time, *more = text.split()
    start, _, within = time.partition("/")
    values = {"certainty": "stated", "document": "d", "issued": "2013"}
    named: list[str] = []
    for word in more:
        if word.startswith("@"):
            values["document"] = word[1:]
        elif word.startswith("issued="):
            values["issued"] = word.removeprefix("issued=")
        elif word.startswith("+"):
            named.append(word[1:])
        else:
            values["certainty"] = word
    return Evidence(iri, response, kind, start=start.strip("-"), within=within, minerals=tuple(named), **values)


def _naming(named: str = "m", text: str = "named -", kind: str = "covers", iri: str = "c") -> Naming:
    return Naming(_evidence(text, iri), "p", named, named != "form", kind)


def _told(
    *texts: str, named: tuple[Naming, ...] = (_naming(),), by: Members | None = None, mineral: str = "m"
) -> list[tuple[str, str, str]]:
    evidence = [_evidence(text, f"e{number}") for number, text in enumerate(texts)]
    found = periods(named, evidence, {}, by or _members(WHOLE))
    return [(p.degree, str(p.first_day), "" if p.is_open else str(p.day_after)) for p in found if p.mineral == mineral]


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        # Known only by being named: from the year before its document was issued.
        ((), [("designated", "2012-01-01", "")]),
        (("announced 2012-05-01",), [("designated", "2012-05-01", "")]),
        (("decided 2012-05-01",), [("funded", "2012-05-01", "")]),
        (("stake 2011 @other",), [("funded", "2011-01-01", "")]),
        (("agreed 2010", "started 2012-04"), [("funded", "2010-01-01", "2012-04-01"), ("operating", "2012-04-01", "")]),
        # What is foreseen, aimed at or denied is not so.
        (("production-start 2013 expected",), [("designated", "2012-01-01", "")]),
        (("started 2012 target", "started 2012 denied"), [("designated", "2012-01-01", "")]),
        # A budget of a year in which it was decided counts from the decision.
        (("decided 2010-09", "budgeted 2010-04/2011-03"), [("funded", "2010-09-01", "")]),
        (("decided 2012-09", "budgeted 2010-04/2011-03"), [("funded", "2010-04-01", "")]),
        # What a document says without a time is as old as what it says with one.
        (("announced 2012-05-01", "stake -"), [("funded", "2012-05-01", "")]),
        (("stake - @other issued=2020",), [("designated", "2012-01-01", "2019-01-01"), ("funded", "2019-01-01", "")]),
        # An end foreseen ends it, unless a later word finds it standing; what came after an end begins anew.
        (("started 2010", "ended 2012 expected"), [("operating", "2010-01-01", "2012-01-01"), ("ended", "2012-01-01", "")]),
        (("started 2010", "ended 2012 expected", "agreed 2013"), [("operating", "2010-01-01", "")]),
        (("stake 2010", "failed 2012 reported"), [("funded", "2010-01-01", "2012-01-01"), ("failed", "2012-01-01", "")]),
        (
            ("stake 2010", "withdrawn 2012", "agreed 2014"),
            [("funded", "2010-01-01", "2012-01-01"), ("failed", "2012-01-01", "2014-01-01"), ("funded", "2014-01-01", "")],
        ),
        (("stake 2010", "cancelled 2012 denied"), [("funded", "2010-01-01", "")]),
        # What is said of another mineral is not said of this one.
        (("produces 2012 +other",), [("designated", "2012-01-01", "")]),
        (("produces 2012 +g",), [("operating", "2012-01-01", "")]),
        # What shows no degree shows none.
        (("proposed 2012", "member-count 2012"), [("designated", "2012-01-01", "")]),
    ],
)
def test_degrees_come_from_what_documents_state(texts: tuple[str, ...], told: list[tuple[str, str, str]]) -> None:
    assert _told(*texts) == told


def test_a_mineral_counts_from_when_it_was_named() -> None:
    later = _naming(text="named 2009-04/2010-03")
    assert _told("started 2007-04/2008-03", named=(later,)) == [("operating", "2009-04-01", "")]


def test_a_list_or_an_extension_designates_and_no_more() -> None:
    for kind in ("listedIn", "extended"):
        named = (_naming(text="named 2009", kind=kind),)
        assert _told("started 1983", "budgeted 2010-04/2011-03", named=named) == [("designated", "2009-01-01", "")]
    both = (_naming(text="named 2009", kind="listedIn"), _naming(text="named 2012", iri="c2"))
    assert _told("started 1983", named=both) == [("designated", "2009-01-01", "2012-01-01"), ("operating", "2012-01-01", "")]


def test_what_is_denied_covers_nothing() -> None:
    assert _told("started 1983", named=(_naming(text="named 1983 denied"),)) == []


def test_a_member_is_covered_by_a_decision_alone_and_by_the_nearest() -> None:
    group = (_naming("g"),)
    assert _told("stake 2010", named=group, by=_members()) == []
    assert _told("stake 2010", named=group) == [("funded", "2010-01-01", "")]
    narrower = _members(WHOLE, _decided("g", "h", covers=False, response="r"))
    assert _told("stake 2010", named=group, by=narrower) == [("funded", "2010-01-01", "")]
    assert _told("stake 2010", named=group, by=narrower, mineral="n") == []
    assert _told("stake 2010", named=group, by=narrower, mineral="h") == []
    named_itself = (*group, _naming("n", "named 2023", iri="c2"))
    assert _told("stake 2010", named=named_itself, by=narrower, mineral="n") == [("funded", "2023-01-01", "")]
    own = _members(WHOLE, _decided("g", "h", covers=False, response="r"), _decided("g", "n", covers=True))
    assert _told("stake 2010", named=group, by=own, mineral="n") == [("funded", "2010-01-01", "")]


def test_a_group_is_covered_through_its_member_and_a_mineral_through_its_form() -> None:
    found = periods([_naming("m"), _naming("form", iri="c2")], [], {}, _members(WHOLE))
    assert {(p.mineral, p.through) for p in found} == {("m", ()), ("g", ("m",))}
    [form] = periods([_naming("form")], [], {}, _members())
    assert (form.mineral, form.through) == ("m", ("form",))


def test_production_of_the_group_is_not_that_of_a_member_left_out() -> None:
    left_out = _members(WHOLE, _decided("g", "h", covers=False, response="r"))
    named = (_naming("g"), _naming("n", "named 2023", iri="c2"))
    told = _told("stake 2011", "produces 2022 +g", named=named, by=left_out, mineral="n")
    assert told == [("funded", "2023-01-01", "")]


def test_a_part_is_not_paid_before_the_whole_was_decided() -> None:
    whole = _evidence("decided 2010-09", "w", response="whole")
    part = _evidence("budgeted 2010-04/2011-03", "b")
    period, of_group = periods([_naming()], [whole, part], {"r": ["whole"]}, _members())[::-1]
    assert (of_group.mineral, of_group.degree, of_group.first_day) == ("g", period.degree, period.first_day)
    assert (period.degree, str(period.first_day), period.start) == ("funded", "2010-09-01", "2010-09")


def test_a_period_names_what_it_rests_on_and_its_times_as_written() -> None:
    evidence = [_evidence("stake 2011 @x issued=2022-09", "s"), _evidence("ended 2021 expected", "z")]
    first, last = _of("m", evidence)
    assert (first.start, first.end, first.named_by, first.decided_by) == ("2011", "2020", "c", "s")
    assert set(first.rests_on) == {"c", "s", WHOLE.iri, "said"}
    assert (last.degree, last.start, last.decided_by, last.last_confirmed, last.day_after) == ("ended", "2021", "z", None, FOREVER)
    assert first.last_confirmed == datetime.date(2013, 1, 1)


def _of(mineral: str, evidence: list[Evidence]) -> list[CoveragePeriod]:
    return [period for period in periods([_naming("g")], evidence, {}, _members(WHOLE)) if period.mineral == mineral]


def test_the_order_of_statements_says_nothing() -> None:
    texts = ["stake 2010", "failed 2012 reported", "agreed 2014", "started 2015"]
    evidence = [_evidence(text, f"e{number}") for number, text in enumerate(texts)]
    named = [_naming("g"), _naming("m", iri="c2"), _naming("n", "named 2011", iri="c3")]
    once = periods(named, evidence, {}, _members(WHOLE))
    assert periods(named[::-1], evidence[::-1], {}, _members(WHOLE)) == once
    assert len({(p.mineral, p.first_day) for p in once}) == len(once)
    assert [p.degree for p in on(once, datetime.date(2013, 1, 1))] == ["failed"] * 4
    assert NAMED not in {p.degree for p in once}


# ---- The built graph


def test_every_case_of_group_and_member_is_decided(graph: Graph) -> None:
    """A response that documents name with a group stands in the table, for all of its members."""
    [path] = [source.path for source in files.members(files.root() / "ontology")]
    decided = {(row["response"], row["named"]) for row in _rows(path)}
    named = {
        (str(row["response"]).removeprefix(ID), str(row["named"]).removeprefix(ID), str(row["kind"]))
        for row in graph.part("coverage-namings")
        if row["isMineral"] and "MineralGroup" in graph.names[str(row["named"])]["classes"]
    }
    assert len(named) >= 7
    assert {(response, group) for response, group, _ in named} <= decided


def test_light_rare_earth_projects_do_not_cover_dysprosium(graph: Graph) -> None:
    projects = {"mount-weld", "dong-pao", "indian-rare-earths", "sareco"}
    for day in ("2011-06-30", "2012-12-31", "2022-12-31"):
        held = covers(graph, datetime.date.fromisoformat(day))
        for mineral, found in (("dysprosium", set()), ("yttrium", set()), ("neodymium", projects)):
            over = {slug_of(c.response) for c in held if c.mineral == f"{ID}mineral/{mineral}"} & projects
            assert over == (found if day != "2011-06-30" else found & {"mount-weld"}), (day, mineral)


def test_a_list_that_is_part_of_a_response_is_no_second_one(graph: Graph) -> None:
    assert "stockpile-minerals" not in {slug_of(cover.response) for cover in all_covers(graph)}
    nickel = [cover for cover in covers(graph) if cover.mineral == f"{ID}mineral/nickel"]
    assert [slug_of(cover.response) for cover in nickel] == ["national-stockpile"]


def test_degrees_are_counted_the_furthest_first() -> None:
    assert counted(["failed", "funded", "operating", "funded"]) == {"operating": 1, "funded": 2, "failed": 1}
    assert counted([]) == {}
    assert best([]) is None


TYPED = """PREFIX lode: <https://w3id.org/lodegraph/ontology#>
CONSTRUCT { ?thing ?property ?value . ?value a ?kind } WHERE {
  VALUES ?class { lode:StatePeriod lode:FormerStatePeriod lode:Reach lode:CoveragePeriod lode:CoverageDecision }
  ?thing a ?class ; ?property ?value .
  OPTIONAL { ?value a ?kind }
}"""
FIGURED = """PREFIX lode: <https://w3id.org/lodegraph/ontology#>
PREFIX mineral: <https://w3id.org/lodegraph/id/mineral/>
CONSTRUCT { ?thing ?property ?value . ?value a ?kind } WHERE {
  VALUES ?mineral { mineral:dysprosium mineral:gallium mineral:rare-earths mineral:tungsten }
  VALUES ?class { lode:ComputedFigure lode:Headline }
  ?thing lode:mineral ?mineral ; a ?class ; ?property ?value .
  OPTIONAL { ?value a ?kind }
}"""
DERIVED = ("StatePeriod", "FormerStatePeriod", "Reach", "CoveragePeriod", "CoverageDecision", "ComputedFigure", "Headline")


@pytest.mark.slow
@pytest.mark.parametrize("ask", [TYPED, FIGURED], ids=["states", "figures"])
def test_what_the_build_derives_conforms_to_its_shapes(graph: Graph, ask: str) -> None:
    data = rdflib.Graph().parse(files.root() / "ontology" / "core.ttl")
    data.parse(data=graph.store.construct(ask, "ntriples"), format="nt")
    shapes = rdflib.Graph().parse(files.root() / "ontology" / "shapes.ttl")
    for shape, kind in list(shapes.subject_objects(rdflib.SH.targetClass)):
        if kind.rsplit("#", 1)[-1] not in DERIVED:
            shapes.remove((shape, rdflib.SH.targetClass, kind))
    targets = {kind for kind in shapes.objects(None, rdflib.SH.targetClass) if any(data.subjects(rdflib.RDF.type, kind))}
    assert len(targets) == (5 if ask == TYPED else 2)
    conforms, _, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    assert conforms, text[:3000]


# ---- The table of decisions


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("project/x,mineral/g,,yes,why,理由,said#it", "response is “project/x”"),
        (",,,yes,why,理由,", "named is empty"),
        (",mineral/g,mineral/x,yes,why,理由,", "mineral is “mineral/x”"),
        (",mineral/g,,perhaps,why,理由,", "covers is “perhaps”"),
        (",mineral/g,,yes,why,,", "reason or reason_ja is empty"),
        ("project/r,mineral/g,,yes,why,理由,", "statements is empty"),
        ("project/r,mineral/g,,yes,why,理由,said#that", "statements names “said#that”"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named_with_what_would_be_right(tmp_path: Path, row: str, wrong: str) -> None:
    path = tmp_path / "members.csv"
    path.write_text(",".join(members.COLUMNS) + f"\n{row}\n", encoding="utf-8")
    declared = {f"{ID}mineral/g", f"{ID}project/r", f"{BASE}doc/said#it"}
    with pytest.raises(BadFacts) as refused:
        list(members.triples(path, f"{BASE}doc/table/x", declared, {}))
    assert "members.csv, line 2" in str(refused.value)
    assert wrong in str(refused.value)


def test_a_row_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("\n".join((",".join(members.COLUMNS), *[",mineral/g,,yes,why,理由,"] * 2)), encoding="utf-8")
    with pytest.raises(BadFacts, match="stand here again"):
        list(members.triples(path, f"{BASE}doc/table/x", {f"{ID}mineral/g"}, {}))


def test_a_restriction_counts_for_whom_it_is_aimed_at(graph: Graph) -> None:
    """A ban on exports to the United States restricts nothing for Japan or the EU."""
    ban, licence = (f"{ID}measure/{slug}" for slug in ("cn-us-gallium-germanium-antimony-ban", "cn-gallium-germanium-licence"))
    for importer, bans in (("country/japan", False), ("bloc/european-union", False), ("country/united-states", True)):
        restricting = {str(row["measure"]) for row in graph.part("export-restrictions", importer=f"{ID}{importer}")}
        assert (ban in restricting, licence in restricting) == (bans, True)
