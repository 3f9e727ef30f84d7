"""A measure's state on a day, from steps of every kind: where one ends and the next begins, to the day."""

import datetime
import shutil

import pytest

from kg import Graph
from kg.build import fill
from kg.source import files

ROOT = files.root()
PREFIXES = """
@prefix lode: <https://w3id.org/lodegraph/ontology#> .
@prefix certainty: <https://w3id.org/lodegraph/code/certainty/> .
@prefix step: <https://w3id.org/lodegraph/code/step/> .
@prefix mtype: <https://w3id.org/lodegraph/code/measure-type/> .
@prefix measure: <https://w3id.org/lodegraph/id/measure/> .
@prefix country: <https://w3id.org/lodegraph/id/country/> .
@prefix mineral: <https://w3id.org/lodegraph/id/mineral/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<#p> a lode:Passage ; lode:order 1 ; lode:section "1" ; rdfs:label "Page"@en , "頁"@ja .
"""
# Each measure's life: step, its day or start/end, and its certainty where it is not “stated”.
LIVES = {
    "plain": ("announced 2020-01-10", "effective 2020-02-01", "ended 2022-01-01"),
    "slept": ("effective 2020-02-01", "suspended 2021-01-01/2021-06-30"),
    "woken-early": ("effective 2020-02-01", "suspended 2021-01-01/2021-06-30", "resumed 2021-03-01"),
    "woken-late": ("effective 2020-02-01", "suspended 2021-01-01/2021-06-30", "resumed 2021-09-01"),
    "prolonged": ("effective 2020-02-01", "suspended 2021-01-01/2021-06-30", "suspended 2021-07-01/2021-12-31"),
    "open": ("effective 2020-02-01", "suspended 2021-01-01"),
    "before-its-day": ("announced 2020-01-10", "suspended 2020-01-20/2020-03-31", "effective 2020-02-01"),
    "not-to-be": ("announced 2020-01-10", "suspended 2020-01-20/2020-01-31", "effective 2020-03-01"),
    "to-the-month": ("effective 2020", "suspended 2021-01/2021-06"),
    "denied": ("announced 2020-01-10", "effective 2020-02-01 denied"),
    "end-denied": ("effective 2020-02-01", "ended 2021-01-01 denied"),
    "ended-asleep": ("effective 2020-02-01", "suspended 2021-01-01/2021-06-30", "ended 2021-03-01"),
}


def _time(text: str) -> str:
    kind = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)]
    return f'"{text}"^^xsd:{kind}'


def _turtle() -> str:
    text = PREFIXES
    for name, steps in LIVES.items():
        text += f"""measure:{name} a lode:Measure ; rdfs:label "{name}"@en , "{name}"@ja ; lode:measureType mtype:XR-LIC ;
            lode:imposedBy country:china ; lode:appliesTo mineral:gallium ; lode:place <#p> ; lode:certainty certainty:stated .\n"""
        for number, (kind, when, certainty) in enumerate((*step.split(), "stated")[:3] for step in steps):
            start, _, end = when.partition("/")
            time = f"lode:start {_time(start)} ; lode:end {_time(end)}" if end else f"lode:date {_time(start)}"
            text += f"""<#{name}-{number}> a lode:Step ; lode:of measure:{name} ; lode:stepType step:{kind} ; {time} ;
                lode:place <#p> ; lode:certainty certainty:{certainty} ; lode:says "x"@en , "x"@ja .\n"""
    return text


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    folder = tmp_path_factory.mktemp("states")
    shutil.copytree(ROOT / "queries", folder / "queries")
    shutil.copytree(ROOT / "ontology", folder / "ontology", ignore=shutil.ignore_patterns("facts", "tables"))
    (folder / "ontology" / "facts" / "xx").mkdir(parents=True)
    (folder / "ontology" / "facts" / "xx" / "lives.ttl").write_text(_turtle(), encoding="utf-8")
    return Graph(fill.load(folder), folder, "test")


CASES = [
    ("plain", "2020-01-09", None),
    ("plain", "2020-01-10", "announced"),
    ("plain", "2020-01-31", "announced"),
    ("plain", "2020-02-01", "in-force"),
    ("plain", "2021-12-31", "in-force"),
    ("plain", "2022-01-01", "ended"),
    ("slept", "2020-12-31", "in-force"),
    ("slept", "2021-01-01", "suspended"),
    ("slept", "2021-06-30", "suspended"),
    ("slept", "2021-07-01", "suspension-lapsed"),
    ("woken-early", "2021-02-28", "suspended"),
    ("woken-early", "2021-03-01", "in-force"),
    ("woken-early", "2021-07-01", "in-force"),
    ("woken-late", "2021-07-01", "suspension-lapsed"),
    ("woken-late", "2021-09-01", "in-force"),
    ("prolonged", "2021-07-01", "suspended"),
    ("prolonged", "2022-01-01", "suspension-lapsed"),
    ("open", "2020-12-31", "in-force"),
    ("open", "2021-01-02", "suspended"),
    ("open", "2030-01-01", "suspended"),
    ("before-its-day", "2020-01-19", "announced"),
    ("before-its-day", "2020-02-01", "suspended"),
    ("before-its-day", "2020-04-01", "suspension-lapsed"),
    ("not-to-be", "2020-02-01", "announced"),
    ("not-to-be", "2020-03-01", "in-force"),
    ("to-the-month", "2020-01-01", "in-force"),
    ("to-the-month", "2021-06-30", "suspended"),
    ("to-the-month", "2021-07-01", "suspension-lapsed"),
    ("denied", "2020-02-01", "announced"),
    ("end-denied", "2021-01-01", "in-force"),
    ("ended-asleep", "2021-02-28", "suspended"),
    ("ended-asleep", "2021-03-01", "ended"),
]


@pytest.mark.parametrize(("measure", "day", "state"), CASES)
def test_a_measure_is_in_one_state_on_a_day(small: Graph, measure: str, day: str, state: str | None) -> None:
    found = [row["state"] for row in small.ask("measure-states", as_of=day) if row["measureLabel"] == measure]
    assert found == ([state] if state else [])


@pytest.mark.parametrize(("measure", "day", "state"), CASES)
def test_every_question_as_of_a_day_tells_the_same_state(small: Graph, measure: str, day: str, state: str | None) -> None:
    in_force = [row["state"] for row in small.ask("measures-in-force", as_of=day) if row["measureLabel"] == measure]
    asleep = [row["state"] for row in small.ask("suspended-measures", as_of=day) if row["measureLabel"] == measure]
    assert in_force == ([state] if state in ("in-force", "suspension-lapsed") else [])
    assert asleep == ([state] if state in ("suspended", "suspension-lapsed") else [])


@pytest.mark.parametrize(("measure", "day", "state"), CASES)
def test_a_network_as_of_a_day_holds_the_measures_in_force(small: Graph, measure: str, day: str, state: str | None) -> None:
    nodes = small.to_networkx(as_of=datetime.date.fromisoformat(day)).nodes
    assert (f"https://w3id.org/lodegraph/id/measure/{measure}" in nodes) is (state == "in-force")
