"""Tables of measure states and of measures by mineral, worked out by hand: whole, consistent, true to their documents.

``expected/states/measure-states.csv`` has one row a measure and day; ``mineral-measures.csv`` one row a mineral and day,
where ``*`` marks a measure that reaches the mineral through a list of controlled goods and ``@`` whom it is aimed at.
"""

import csv
import datetime
from pathlib import Path

from kg import Graph
from kg.namespaces import DOC, slug_of

HERE = Path(__file__).parent / "expected" / "states"
STATES = {
    "none",
    "announced",
    "in-force",
    "in-force-unconfirmed",
    "suspended",
    "suspension-lapsed",
    "ended",
    "never-took-effect",
}
COLUMNS = {
    "in_force": "in-force",
    "unconfirmed": "in-force-unconfirmed",
    "suspended": "suspended",
    "lapsed": "suspension-lapsed",
    "announced": "announced",
}
PREFIXES = "PREFIX lode: <https://w3id.org/lodegraph/ontology#> "


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _state_of() -> dict[tuple[str, str], str]:
    return {(row["measure"], row["day"]): row["state"] for row in _rows("measure-states.csv")}


def _pairs(graph: Graph, query: str) -> set[tuple[str, str]]:
    rows = graph.store.query(PREFIXES + query)
    first, second = rows.columns
    return {(slug_of(str(row[first])), slug_of(str(row[second]))) for row in rows}


def test_every_measure_has_a_state_on_every_day(graph: Graph) -> None:
    rows = _rows("measure-states.csv")
    days = {row["day"] for row in rows}
    measures = {slug_of(str(row["measure"])) for row in graph.ask("measures")}
    assert {(row["measure"], row["day"]) for row in rows} == {(measure, day) for measure in measures for day in days}
    assert {row["state"] for row in rows} == STATES
    assert len(rows) == len(measures) * len(days)


def test_a_state_names_documents_that_speak_of_the_measure(graph: Graph) -> None:
    told = _pairs(
        graph,
        "SELECT ?measure ?document WHERE { GRAPH ?document { ?step a lode:Step ; lode:of ?measure } }",
    )
    for row in _rows("measure-states.csv"):
        documents = [document for document in row["documents"].split(";") if document]
        assert bool(documents) is (row["state"] != "none"), row
        for document in documents:
            assert (row["measure"], slug_of(DOC + document)) in told, (row["measure"], document)


def test_open_and_not_confirmed_for_three_years_is_unconfirmed() -> None:
    for row in _rows("measure-states.csv"):
        if row["last_confirmed"]:
            seen = datetime.date.fromisoformat(row["last_confirmed"])
            late = datetime.date.fromisoformat(row["day"]) > seen.replace(year=seen.year + 3)
            assert row["state"] == ("in-force-unconfirmed" if late else "in-force"), row
        else:
            assert row["state"] != "in-force-unconfirmed", row


def test_the_table_of_minerals_follows_from_the_states(graph: Graph) -> None:
    state_of = _state_of()
    reached = _pairs(
        graph,
        "SELECT ?measure ?mineral WHERE { ?measure a lode:Measure ; lode:touches/lode:inGroup? ?mineral }",
    )
    aimed = _pairs(graph, "SELECT ?measure ?whom WHERE { ?measure a lode:Measure ; lode:targets ?whom }")
    listed = {
        measure
        for measure, _ in _pairs(
            graph,
            "SELECT ?measure ?list WHERE { ?measure lode:appliesTo ?list . ?other lode:addsTo ?list }",
        )
    }
    for row in _rows("mineral-measures.csv"):
        found: set[tuple[str, str]] = set()
        for column, state in COLUMNS.items():
            for entry in row[column].split():
                measure, _, whom = entry.partition("@")
                through = measure.endswith("*")
                measure = measure.removesuffix("*")
                assert state_of[measure, row["day"]] == state, (row["mineral"], row["day"], entry)
                assert through is (measure in listed)
                assert {whom} - {""} == {agent for name, agent in aimed if name == measure}
                found.add((measure, row["mineral"]))
        due = {
            (measure, mineral)
            for measure, mineral in reached
            if mineral == row["mineral"] and measure not in listed and state_of[measure, row["day"]] in COLUMNS.values()
        }
        assert {pair for pair in found if pair[0] not in listed} == due, (row["mineral"], row["day"])


def test_acts_are_counted_once(graph: Graph) -> None:
    acts = dict(_pairs(graph, "SELECT ?measure ?act WHERE { ?measure lode:act ?act }"))
    whole = dict(_pairs(graph, "SELECT ?part ?whole WHERE { ?part a lode:Measure ; lode:partOf ?whole . ?whole a lode:Measure }"))

    def act_of(entry: str) -> str:
        measure = entry.partition("@")[0].removesuffix("*")
        return acts.get(measure) or acts.get(whole.get(measure, measure)) or whole.get(measure, measure)

    for row in _rows("mineral-measures.csv"):
        in_force = {act_of(entry) for entry in row["in_force"].split()}
        unconfirmed = {act_of(entry) for entry in row["unconfirmed"].split()}
        assert int(row["acts_in_force"]) == len(in_force), row
        assert int(row["acts_unconfirmed"]) == len(unconfirmed - in_force), row
