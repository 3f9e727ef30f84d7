"""A day and the first day of its period: nothing that depends on the day differs between them."""

from __future__ import annotations

import datetime

import pytest

from kg import Graph
from kg.graph.periods import breakpoints, period_start
from kg.network.graphs import in_force, known_from, network
from kg.views import states

DAYS = ("1899-06-01", "2012-12-31", "2025-11-09", "2026-01-15", "2026-11-10", "2026-11-11", "2100-07-01")


@pytest.mark.parametrize("day", DAYS)
def test_a_day_is_in_its_period_and_in_the_year(graph: Graph, day: str) -> None:
    asked = datetime.date.fromisoformat(day)
    first = period_start(graph, asked)
    assert first <= asked
    assert first.year == asked.year
    assert not [point for point in breakpoints(graph) if first < point <= asked]


def test_no_day_has_no_period(graph: Graph) -> None:
    assert period_start(graph, None) is None


@pytest.mark.parametrize("day", DAYS)
def test_states_of_a_day_are_those_that_the_question_about_the_day_gives(graph: Graph, day: str) -> None:
    """Asked of the day itself, not of its period; for all measures and for one mineral's."""
    asked = datetime.date.fromisoformat(day)
    for mineral in (None, "rare-earths", "gallium"):
        rows = graph.ask("measure-states", as_of=asked, mineral=mineral)
        told = states.on(graph, asked, mineral=mineral)
        assert {measure: entry["state"] for measure, entry in told.items()} == {str(row["measure"]): row["state"] for row in rows}
    assert in_force(graph, asked) == {str(row["measure"]) for row in graph.ask("measure-states", as_of=asked, state="in-force")}


def test_days_of_one_period_share_a_network_and_the_next_day_has_its_own(graph: Graph) -> None:
    """Of the day before a suspension of 10 November 2026 ran out, and the day after."""
    first, last, after = (datetime.date(2026, 11, day) for day in (9, 10, 11))
    assert period_start(graph, first) == period_start(graph, last) != period_start(graph, after)
    assert network(graph, first) is network(graph, last)
    assert network(graph, after) is not network(graph, last)


@pytest.mark.parametrize("day", DAYS)
def test_no_relation_without_days_begins_within_a_period(graph: Graph, day: str) -> None:
    """What its document gives no time is taken to hold from the first day of a year, where a period begins."""
    asked = datetime.date.fromisoformat(day)
    first = period_start(graph, asked)
    documents = {str(row["document"]) for row in graph.part("issued")}
    begins = {known_from(graph, document) for document in documents} - {None}
    assert begins
    assert not [begin for begin in begins if begin and first < begin <= asked]
