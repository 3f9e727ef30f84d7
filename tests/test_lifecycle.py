"""State periods: each rule by the smallest life that shows it, and every row of the tables worked out by hand from the documents.

The tables are compared three ways: the library, the pattern of four triples over the store, and the named queries.
"""

import csv
import datetime
import re
from collections import defaultdict
from pathlib import Path

import pytest

from kg import Graph
from kg.derive.lifecycle import StatePeriod, Step, as_known, on, periods
from kg.derive.reach import Listing, reaches
from kg.derive.state_graph import step_of
from kg.derive.times import FOREVER, day_after, first_day, is_time, unit_after, unit_before, years_later
from kg.namespaces import BASE, DOC, slug_of
from kg.source import files
from kg.views import lookup, states

HERE = Path(__file__).parent / "expected" / "states"
PATTERN = """PREFIX lode: <https://w3id.org/lodegraph/ontology#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?measure ?state ?late WHERE {
  ?period lode:concerns ?measure ; lode:state ?state ; lode:firstDay ?first ; lode:dayAfter ?after .
  OPTIONAL { ?period lode:unconfirmedFrom ?late }
  FILTER(?first <= "DAY"^^xsd:date && "DAY"^^xsd:date < ?after)
}"""
COLUMNS = {
    "in_force": "in-force",
    "unconfirmed": "in-force-unconfirmed",
    "suspended": "suspended",
    "lapsed": "suspension-lapsed",
    "announced": "announced",
}


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


STATES = _rows("measure-states.csv")
MINERALS = _rows("mineral-measures.csv")
DAYS = sorted({row["day"] for row in STATES})


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _step(text: str, measure: str = "m") -> Step:
    """``kind time[/end] [certainty] [@document] [issued=time] [precision]`` as a step; ``-`` is no time."""
    kind, time, *more = text.split()
    start, _, end = time.partition("/")
    words = {"certainty": "stated", "document": "d", "issued": "", "precision": ""}
    for word in more:
        if word.startswith("issued="):
            words["issued"] = word.removeprefix("issued=")
        elif word == "at-the-latest":
            words["precision"] = word
        else:
            words["certainty"] = word
    return Step(text, measure, kind, start="" if start == "-" else start, end=end, **words)


def _told(*steps: str) -> list[str]:
    """State periods of a life as ``state first..last``, as written."""
    return [f"{period.state} {period.start}..{period.end}" for period in periods([_step(step) for step in steps])]


LIVES = [
    (["effective 2020-02-01"], ["in-force 2020-02-01.."]),
    (
        ["announced 2020-01-10", "effective 2020-02", "ended 2022"],
        ["announced 2020-01-10..2020-01", "in-force 2020-02..2021", "ended 2022.."],
    ),
    (["effective 2020-02-01 denied"], []),
    (["announced 2020-01-10", "effective 2020-02-01 target"], ["announced 2020-01-10.."]),
    (["proposed 2020-01-10"], []),
    (["planned 2020-06-01 expected issued=2020-01-10"], ["announced 2020-01-10.."]),
    (["effective 2020-06-01 expected issued=2020-01-10"], ["announced 2020-01-10..2020-05-31", "in-force 2020-06-01.."]),
    (["effective 2020", "ended 2020-06-01 denied"], ["in-force 2020.."]),
    # Of several documents the earliest day, told as finely as one of them does.
    (["effective 2020", "effective 2020-01", "effective 2020-03-05"], ["in-force 2020-01.."]),
    # An end foreseen.
    (["effective 2011-08", "ended 2012-01-01 expected"], ["in-force 2011-08..2011-12-31", "ended 2012-01-01.."]),
    (
        ["effective 2011", "ended 2012-01-01 expected issued=2011", "prolonged -/2012-03-31 issued=2011-12"],
        ["in-force 2011..2012-03-31", "ended 2012-04-01.."],
    ),
    (["effective 2011", "ended 2012-01-01 expected issued=2011", "prolonged - issued=2011-12"], ["in-force 2011.."]),
    (["effective 2011", "ended 2012-01-01 expected", "confirmed 2013-05"], ["in-force 2011.."]),
    (["effective 2011", "ended 2012-01-01 expected", "ended 2012-06-01"], ["in-force 2011..2012-05-31", "ended 2012-06-01.."]),
    (["effective 2011", "ended 2012-06-01 expected", "ended 2012-01-01"], ["in-force 2011..2011-12-31", "ended 2012-01-01.."]),
    # It begins anew after an end, foreseen or not.
    (
        ["effective 2011", "ended 2012 expected", "effective 2013", "ended 2014 expected issued=2013"],
        ["in-force 2011..2011", "ended 2012..2012", "in-force 2013..2013", "ended 2014.."],
    ),
    # Suspension.
    (
        ["effective 2020", "suspended 2021-01-01/2021-06-30"],
        ["in-force 2020..2020-12-31", "suspended 2021-01-01..2021-06-30", "suspension-lapsed 2021-07-01.."],
    ),
    (
        ["effective 2020", "suspended 2021-01/2021-06", "resumed 2021-03-05"],
        ["in-force 2020..2020-12", "suspended 2021-01..2021-03-04", "in-force 2021-03-05.."],
    ),
    (
        ["effective 2020", "suspended 2021-01-01/2021-06-30", "confirmed 2021-09-01"],
        [
            "in-force 2020..2020-12-31",
            "suspended 2021-01-01..2021-06-30",
            "suspension-lapsed 2021-07-01..2021-08-31",
            "in-force 2021-09-01..",
        ],
    ),
    (
        ["effective 2020", "suspended 2021-01-01/2021-06-30", "suspended 2021-07-01/2021-12-31"],
        ["in-force 2020..2020-12-31", "suspended 2021-01-01..2021-12-31", "suspension-lapsed 2022-01-01.."],
    ),
    (
        ["announced 2025-10-09", "effective 2025-12-01", "suspended 2025-11-07/2026-11-10"],
        ["announced 2025-10-09..2025-11-06", "suspended 2025-11-07..2026-11-10", "suspension-lapsed 2026-11-11.."],
    ),
    (
        ["announced 2020-01-10", "suspended 2020-01-20/2020-01-31", "effective 2020-03-01"],
        [
            "announced 2020-01-10..2020-01-19",
            "suspended 2020-01-20..2020-01-31",
            "announced 2020-02-01..2020-02-29",
            "in-force 2020-03-01..",
        ],
    ),
    (
        ["suspended 2020-01-20/2020-01-31", "effective 2020-03-01"],
        ["suspended 2020-01-20..2020-01-31", "announced 2020-02-01..2020-02-29", "in-force 2020-03-01.."],
    ),
    (["suspended 2021-01-01/2021-06-30"], ["suspended 2021-01-01..2021-06-30", "suspension-lapsed 2021-07-01.."]),
    # Given up before it began.
    (
        ["planned 2012-05 issued=2013", "eased 2012-05"],
        ["never-took-effect 2012-05.."],
    ),
    (["announced 2012", "ended 2013-04-01"], ["announced 2012..2013-03-31", "never-took-effect 2013-04-01.."]),
    # Renewed on the day on which it would have ended; begun and ended in a time as coarse.
    (["effective 2020-01-01", "ended 2021-01-01", "effective 2021-01-01"], ["in-force 2020-01-01.."]),
    (["effective 2012", "ended 2012"], ["ended 2012.."]),
    # What is foreseen settles no suspension that ran out.
    (
        ["effective 2020", "suspended 2021-01-01/2021-06-30", "confirmed 2022 expected"],
        ["in-force 2020..2020-12-31", "suspended 2021-01-01..2021-06-30", "suspension-lapsed 2021-07-01.."],
    ),
    # No time: by the issue of its document at the latest, and no beginning.
    (["effective -  issued=2013", "ended - issued=2013"], ["ended 2013.."]),
    (["announced - issued=2013-02"], ["announced 2013-02.."]),
    (["confirmed 2020"], []),
]


@pytest.mark.parametrize(("steps", "told"), LIVES, ids=[" + ".join(steps)[:70] for steps, _ in LIVES])
def test_a_life_has_these_periods(steps: list[str], told: list[str]) -> None:
    assert _told(*steps) == told
    assert _told(*reversed(steps)) == told


def test_a_word_that_it_stands_holds_for_three_years() -> None:
    (period,) = periods([_step("effective 2015-01-01 issued=2015-01-04")])
    assert (period.last_confirmed, period.unconfirmed_from) == (_day("2015-01-04"), _day("2018-01-05"))
    assert [period.state_on(_day(day)) for day in ("2018-01-04", "2018-01-05")] == ["in-force", "in-force-unconfirmed"]
    (confirmed,) = periods([_step("effective 2015-01-01"), _step("confirmed 2024 issued=2026")])
    assert confirmed.last_confirmed == _day("2024-01-01")
    (foreseen,) = periods([_step("effective 2015-01-01"), _step("confirmed 2024 issued=2015 expected")])
    assert foreseen.last_confirmed == _day("2015-01-01")
    first, _ = periods([_step("effective 2015-01-01"), _step("ended 2022-01-01")])
    assert first.unconfirmed_from is None  # its end is known


def test_what_was_known_by_a_day_leaves_out_later_documents() -> None:
    steps = [_step("effective 2011-10 issued=2011-10-31"), _step("ended 2012-03-20 issued=2012-04-01")]
    assert [period.state for period in periods(steps, _day("2012-03-31"))] == ["in-force"]
    assert [period.state for period in periods(steps, _day("2012-04-01"))] == ["in-force", "ended"]
    assert periods(steps, _day("2011-10-30")) == []
    coarse = [_step("effective 2011-10 issued=2013")]  # a document of some day in 2013 was there for certain on its last
    assert [periods(coarse, _day(day)) != [] for day in ("2013-12-30", "2013-12-31")] == [False, True]


def test_the_order_of_steps_changes_nothing_and_measures_stand_apart() -> None:
    steps = [_step("effective 2020", "b"), _step("ended 2021", "a"), _step("effective 2019", "a"), _step("ended 2022", "b")]
    assert periods(steps) == periods(reversed(steps))
    assert {measure: period.state for measure, period in on(periods(steps), _day("2021-06-01")).items()} == {"a": "ended", "b": "in-force"}


def test_a_period_rests_on_what_opens_fills_and_closes_it() -> None:
    first, last = periods([_step(text) for text in ("effective 2020", "confirmed 2020-06", "ended 2021-01-01", "ended 2021")])
    assert set(first.rests_on) == {"effective 2020", "confirmed 2020-06", "ended 2021-01-01", "ended 2021"}
    assert set(last.rests_on) == {"ended 2021-01-01", "ended 2021"}
    assert last.decided_by == "ended 2021-01-01"


def _period(measure: str, state: str, first: str, after: str) -> StatePeriod:
    return StatePeriod(measure, state, _day(first), _day(after), first, "", "", (f"{measure}-step",))


def test_a_ban_on_a_list_reaches_what_a_licence_has_on_it_while_both_are_there() -> None:
    lives = [
        _period("ban", "in-force", "2024-12-03", "9999-12-31"),
        _period("early", "in-force", "2023-08-01", "2025-01-01"),
        _period("late", "in-force", "2025-02-04", "9999-12-31"),
        _period("asleep", "suspended", "2025-02-04", "9999-12-31"),
        _period("gone", "in-force", "2020-01-01", "2021-01-01"),
    ]
    named = [("early", "gallium"), ("late", "tungsten"), ("asleep", "holmium"), ("gone", "tin"), ("ban", "graphite")]
    listings = [Listing("ban", "list", licence) for licence in ("early", "late", "asleep", "gone")]
    found = [reach for reach in reaches(named, listings, lives) if reach.measure == "ban"]
    told = {reach.mineral: (reach.first_day.isoformat(), reach.day_after.isoformat(), reach.licence) for reach in found}
    assert told == {
        "graphite": ("2024-12-03", "9999-12-31", ""),
        "gallium": ("2024-12-03", "2025-01-01", "early"),
        "tungsten": ("2025-02-04", "9999-12-31", "late"),
    }


def test_written_times() -> None:
    assert first_day("2012-03") == _day("2012-03-01")
    assert [day_after(text) for text in ("2012", "2012-02", "2012-12", "2012-12-31")] == [
        _day("2013-01-01"),
        _day("2012-03-01"),
        _day("2013-01-01"),
        _day("2013-01-01"),
    ]
    assert [unit_before(text) for text in ("2015", "2020-01", "2012-03-01")] == ["2014", "2019-12", "2012-02-29"]
    assert [unit_after(text) for text in ("2014", "2019-12", "2012-02-28")] == ["2015", "2020-01", "2012-02-29"]
    assert years_later(_day("2012-02-29"), 3) == _day("2015-02-28")
    assert [is_time(text) for text in ("2012", "2012-13", "2013-02-30", "201x", "", "9999-12-31", "2012-1")] == [True, *[False] * 6]


# ---- The tables


@pytest.mark.parametrize("day", DAYS)
def test_the_library_tells_the_states_worked_out_by_hand(graph: Graph, day: str) -> None:
    found = {slug_of(measure): told for measure, told in states.on(graph, _day(day)).items()}
    rows = [row for row in STATES if row["day"] == day]
    for row in rows:
        told = found.pop(row["measure"], states.NONE)
        is_bounded = row["state"] in ("in-force", "suspended")
        is_open = row["state"].startswith("in-force") and told["until"] is None
        confirmed = str(told["last_confirmed"] or "") if is_open else ""
        got = (told["state"] or "none", told["since"] or "", (told["until"] or "") if is_bounded else "", confirmed)
        assert got == (row["state"], row["since"], row["until"], row["last_confirmed"]), row
    assert found == {}


@pytest.mark.parametrize("day", DAYS)
def test_four_triples_tell_the_states_worked_out_by_hand(graph: Graph, day: str) -> None:
    found = defaultdict(list)
    for row in graph.store.query(PATTERN.replace("DAY", day)):
        is_late = row["late"] is not None and str(row["late"]) <= day
        found[slug_of(str(row["measure"]))].append("in-force-unconfirmed" if is_late else slug_of(str(row["state"])))
    assert found == {row["measure"]: [row["state"]] for row in STATES if row["day"] == day and row["state"] != "none"}


def test_a_period_rests_on_the_documents_of_the_table(graph: Graph) -> None:
    query = """PREFIX lode: <https://w3id.org/lodegraph/ontology#>
    SELECT ?measure ?first ?after ?document WHERE {
      ?period lode:concerns ?measure ; lode:firstDay ?first ; lode:dayAfter ?after ; lode:restsOn ?step .
      GRAPH ?document { ?step a lode:Step }
    }"""
    rests = defaultdict(set)
    for row in graph.store.query(query):
        rests[slug_of(str(row["measure"]))].add((str(row["first"]), str(row["after"]), str(row["document"]).removeprefix(DOC)))
    for row in STATES:
        held = {document for first, after, document in rests[row["measure"]] if first <= row["day"] < after}
        assert set(filter(None, row["documents"].split(";"))) <= held, row


@pytest.mark.parametrize("row", MINERALS, ids=lambda row: f"{row['mineral']}-{row['day']}")
def test_the_measures_on_a_mineral_are_those_worked_out_by_hand(graph: Graph, row: dict[str, str]) -> None:
    day = _day(row["day"])
    iri = str(graph.resolve(row["mineral"], ["mineral"]))
    entries = lookup.measures(graph, as_of=day, mineral=iri)
    listed = {slug_of(str(r["measure"])) for r in graph.part("listed-goods")}
    names = {slug_of(agent): graph.label(agent) for agent in graph.names}
    for column, state in COLUMNS.items():
        told = {(entry["slug"], entry["targets"] or "") for entry in entries if entry["state"] == state}
        due = set()
        for text in row[column].split():
            measure, _, whom = text.partition("@")
            assert measure.endswith("*") is (measure.removesuffix("*") in listed)
            due.add((measure.removesuffix("*"), names[whom] if whom else ""))
        assert told == due, column
    counts = states.counted(entries)
    assert (counts["acts_in_force"], counts["acts_unconfirmed"]) == (int(row["acts_in_force"]), int(row["acts_unconfirmed"]))
    in_force = {(slug_of(str(r["measure"])), str(r["state"])) for r in graph.ask("measures-in-force", as_of=day, mineral=iri)}
    shown = {(e["slug"], e["state"]) for e in entries if e["state"] in states.LISTED}
    assert in_force == shown


# ---- What is known, and when


def test_known_by_tells_what_one_could_know(graph: Graph) -> None:
    halt = f"{BASE}id/measure/cn-southern-rare-earth-production-halt"
    day = _day("2012-12-31")
    assert states.on(graph, day)[halt]["state"] == "ended"
    assert states.on(graph, day, known_by=_day("2011-11-30"))[halt]["state"] == "ended"  # its own terms, told in October 2011
    quota = f"{BASE}id/measure/cn-rare-earth-export-quota"
    assert states.on(graph, _day("2015-06-01"))[quota]["state"] == "ended"
    assert states.on(graph, _day("2015-06-01"), known_by=_day("2013-12-31"))[quota]["state"] == "in-force"
    late = lookup.measures(graph, as_of=_day("2026-01-15"), known_by=_day("2026-01-15"), mineral=str(graph.resolve("gallium")))
    assert {entry["slug"]: entry["state"] for entry in late}["cn-japan-military-dual-use-ban"] == "in-force"


def test_what_each_document_changed_stands_beside_what_holds() -> None:
    steps = [_step("effective 2011-10 issued=2011-10-31"), _step("ended 2012-03-20 issued=2012-04-01")]
    told = [(entry.period.state, str(entry.period.day_after), str(entry.known_from), str(entry.known_until)) for entry in as_known(steps)]
    assert told == [
        ("in-force", "9999-12-31", "2011-10-31", "2012-04-01"),
        ("in-force", "2012-03-20", "2012-04-01", "9999-12-31"),
        ("ended", "9999-12-31", "2012-04-01", "9999-12-31"),
    ]


@pytest.mark.slow
def test_the_stored_answer_is_what_the_documents_of_the_day_tell(graph: Graph) -> None:
    """For every day on which a document was issued, worked out anew from the steps that were known by then."""
    steps = [step_of(row) for row in graph.part("measure-steps")]
    issued = sorted({step.issue_day for step in steps} | {FOREVER})
    for known in issued[:: len(issued) // 12]:
        told = periods(steps, known)
        for day in map(_day, DAYS[::3]):
            stored = {iri: entry["state"] for iri, entry in states.on(graph, day, known_by=known).items()}
            assert stored == {measure: period.state_on(day) for measure, period in on(told, day).items()}


def test_the_horizon_is_the_newest_document(graph: Graph) -> None:
    issued = [str(row["issued"]) for row in graph.part("issued")]
    whole = states.horizon(graph)
    assert whole in issued
    assert max(issued, key=first_day)[:4] == str(whole)[:4]
    quota = states.horizon(graph, str(graph.resolve("cd-cobalt-export-quota")))
    assert quota == "2026-07"  # nashnova's account of July 2026
    assert states.horizon(graph, str(graph.resolve("congo-kinshasa"))) == quota


# ---- One definition

DECIDING = re.compile(r"step[:/](effective|ended|suspended|resumed)\b")
# Queries that list steps by their day, or speak of other things than measures: none of them decides what is in force.
LISTING = {
    "dates-that-differ": "lists steps to which two documents give different days",
    "dispute-remedies": "lists the step that ended a measure",
    "episodes": "lists steps in two times",
    "measure-changes": "lists steps between two days",
    "programmes": "lists steps of programmes",
    "resumed-after-suspended": "a check of the text",
    "suspension-has-start": "a check of the text",
}


def test_no_query_decides_from_steps_what_is_in_force() -> None:
    found = {path.stem for path in (files.root() / "queries").rglob("*.rq") if DECIDING.search(path.read_text(encoding="utf-8"))}
    assert found == set(LISTING)
