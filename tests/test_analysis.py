"""Exposure, chokepoints, what-if, coverage and chains on the real graph, against answers from the article and the trade table."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from kg import BadParameter, Graph, UnknownName
from kg.network import analysis, cause_chains, coverage
from kg.network.scenario import Scenario

DAY = datetime.date(2012, 12, 31)
SPRING = datetime.date(2013, 3, 31)  # when the article stands, and its first suppliers with it


def _slugs(entries: list[dict[str, Any]]) -> set[str]:
    return {entry["thing"]["slug"] for entry in entries}


def test_what_hangs_on_tungsten_is_what_the_article_says_uses_it(graph: Graph) -> None:
    found = analysis.exposure(graph, "tungsten", as_of=DAY, by="stated")["exposed"]
    made = [entry for entry in found if entry["thing"]["kind"] in ("component", "product")]
    # 4.3 paragraph 1: cemented-carbide tools; 4.2 paragraph 4: parts of home appliances and of automobiles
    assert _slugs(made) == {"cemented-carbide-tool", "automobile-part", "home-appliance-part", "automobile", "home-appliance"}
    assert {entry["thing"]["slug"]: entry["distance"] for entry in made}["automobile"] == 2


def test_each_step_names_its_statement_its_document_and_where_it_comes_from(graph: Graph) -> None:
    answer = analysis.exposure(graph, "china", as_of=DAY)
    for entry in answer["exposed"]:
        assert entry["steps"]
        assert entry["steps"][0]["source"] == entry["thing"]["iri"]
        assert entry["steps"][-1]["target"] == answer["thing"]["iri"]
        for step in entry["steps"]:
            assert step["statements"]
            assert {said["origin"] for said in step["statements"]} <= {"stated", "computed", "reference", "inferred"}


def test_the_share_of_trade_stands_beside_what_the_article_states(graph: Graph) -> None:
    answer = analysis.exposure(graph, "china", as_of=DAY)
    assert answer["shares"] == {"by": "trade", "year": 2012}
    [entry] = [entry for entry in answer["exposed"] if entry["thing"]["slug"] == "rare-earths"]
    # HS 280530, 284610 and 284690 from China: 61.8303 % of Japan's purchases in value in 2012, summed outside of this program
    own = entry["steps"][0]["statements"]
    assert [said["share"] for said in own if said["origin"] == "computed"] == [pytest.approx(61.8303, abs=1e-3)]
    assert [said for said in own if said["origin"] == "stated"]


def test_what_is_stated_as_more_than_half_is_bounded_and_not_exact(graph: Graph) -> None:
    answer = analysis.exposure(graph, "chile", as_of=datetime.date(2013, 6, 30), by="stated")
    [entry] = [entry for entry in answer["exposed"] if entry["thing"]["slug"] == "lithium"]
    assert (entry["low"], entry["high"], entry["share"]) == (50.0, 100.0, "bounded")


def test_a_measure_reaches_only_what_its_country_supplies_of_what_it_touches(graph: Graph) -> None:
    answer = analysis.exposure(graph, "cn-tungsten-export-quota", as_of=SPRING)
    assert answer["in_force"]
    shares = {entry["thing"]["slug"]: entry["low"] for entry in answer["exposed"]}
    assert shares["tungsten"] == 50  # the article's bound: the main traded forms of tungsten are not in the trade tables
    assert "dysprosium" not in shares


def test_a_measure_that_is_not_in_force_has_nothing_hanging_on_it(graph: Graph) -> None:
    answer = analysis.exposure(graph, "cn-rare-earth-export-quota", as_of=datetime.date(2004, 12, 31))
    assert (answer["in_force"], answer["exposed"]) == (False, [])


def test_a_list_that_is_cut_says_so(graph: Graph) -> None:
    answer = analysis.exposure(graph, "china", as_of=DAY, most=3)
    assert (len(answer["exposed"]), answer["complete"]) == (3, False)
    assert answer["count"] > 3


def test_rare_earths_break_both_a_vehicle_and_an_air_conditioner(graph: Graph) -> None:
    answer = analysis.chokepoints(graph, ["next-generation-vehicle", "air-conditioner"], as_of=DAY)
    single = {entry["thing"]["slug"]: {product["slug"] for product in entry["products"]} for entry in answer["single"]}
    assert single["rare-earths"] == {"next-generation-vehicle", "air-conditioner"}
    assert single["motor"] == {"air-conditioner"}  # figure 7: its magnet sits in the motor
    touching = {entry["thing"]["slug"]: {product["slug"] for product in entry["products"]} for entry in answer["measures"]}
    assert touching["cn-rare-earth-export-quota"] == {"next-generation-vehicle", "air-conditioner"}
    assert "cn-tungsten-export-quota" not in touching


def test_what_takes_a_product_apart_from_its_suppliers_is_named(graph: Graph) -> None:
    answer = analysis.chokepoints(graph, ["cemented-carbide-tool"], as_of=datetime.date(2013, 6, 30))
    [apart] = answer["taken_apart"]
    assert {thing["slug"] for thing in apart["things"]} == {"tungsten"}


def test_a_product_of_which_nothing_is_recorded_is_named(graph: Graph) -> None:
    answer = analysis.chokepoints(graph, ["thallium"])
    assert [thing["slug"] for thing in answer["nothing_recorded"]] == ["thallium"]
    assert answer["single"] == []


def test_half_of_what_china_supplies_is_missed_and_a_stock_bridges_it(graph: Graph) -> None:
    actions = [
        {"action": "restrict", "supplier": "china", "minerals": ["tungsten"], "percent": 50},
        {"action": "stock", "mineral": "tungsten", "days": 60},
    ]
    answer = analysis.scenario(graph, Scenario.model_validate({"actions": actions}), as_of=SPRING)
    [outcome] = answer["minerals"]
    assert outcome["thing"]["slug"] == "tungsten"
    # The article says more than half; the trade tables do not have the main traded forms of tungsten.
    assert (outcome["missing"]["low"], outcome["missing"]["high"]) == (25, 50)
    assert (outcome["stock_days_low"], outcome["stock_days_high"]) == (120, 240)
    assert outcome["removal"][0]["left"]["high"] == 50
    assert {entry["thing"]["slug"] for entry in answer["products"]} >= {"cemented-carbide-tool", "automobile"}


def test_a_measure_as_a_restriction_takes_its_country_and_its_minerals(graph: Graph) -> None:
    plan = {"actions": [{"action": "restrict", "measure": "cn-tungsten-export-quota"}]}
    answer = analysis.scenario(graph, Scenario.model_validate(plan), as_of=SPRING)
    assert [outcome["thing"]["slug"] for outcome in answer["minerals"]] == ["tungsten"]


def test_an_unknown_name_in_a_scenario_is_refused_with_the_near_ones(graph: Graph) -> None:
    plan = Scenario.model_validate({"actions": [{"action": "restrict", "supplier": "chna"}]})
    with pytest.raises(UnknownName, match="china"):
        analysis.scenario(graph, plan)


def test_tungsten_alone_is_dependent_covered_and_disputed(graph: Graph) -> None:
    answer = coverage.coverage(graph, as_of=datetime.date(2013, 3, 31), by="stated")
    disputed = {str(row["mineral"]).rsplit("/", 1)[-1] for row in graph.ask("disputed-minerals-covered")}
    found = []
    for row in answer["minerals"]:
        covered = {cell["pillar"]["slug"] for cell in row["pillars"] if cell["responses"]}
        assert row["top_supplier"] is None  # by what documents state, there is no headline
        dependent = row["stated"] is not None and row["stated"]["at_least"] >= 50
        if dependent and covered >= {"stockpiling", "recycling", "substitute-materials"} and row["mineral"]["slug"] in disputed:
            found.append(row["mineral"]["slug"])
    assert found == ["tungsten"]


def test_before_its_programme_began_a_pillar_does_not_cover(graph: Graph) -> None:
    def under(day: datetime.date, mineral: str) -> set[str]:
        rows = coverage.coverage(graph, as_of=day, by="stated")["minerals"]
        [row] = [row for row in rows if row["mineral"]["slug"] == mineral]
        return {cell["pillar"]["slug"] for cell in row["pillars"] if cell["responses"]}

    assert "substitute-materials" not in under(datetime.date(2007, 3, 31), "indium")  # begun in fiscal 2007
    assert "substitute-materials" in under(datetime.date(2007, 4, 1), "indium")
    assert under(datetime.date(2007, 4, 1), "cobalt") == {"stockpiling"}  # since fiscal 1983; the recycling list is of 2012


def test_gaps_come_by_exposure_and_candidates_by_what_they_would_fill(graph: Graph) -> None:
    answer = coverage.coverage(graph, as_of=datetime.date(2009, 12, 31), by="stated")
    shares = [gap["restricted_share"] or 0 for gap in answer["gaps"]]
    assert shares == sorted(shares, reverse=True)
    fills = {entry["response"]["slug"]: entry["fills"] for entry in answer["candidates"]}
    assert fills["recycling-priority-minerals"] == 5  # chosen in September 2012
    assert list(fills.values()) == sorted(fills.values(), reverse=True)


def test_the_chain_from_the_quota_cut_to_leakage_keeps_its_kinds_of_link_apart(graph: Graph) -> None:
    answer = cause_chains.chain(graph, "quota-cut-2010", "technology-leakage")
    assert [(link["link"], link["earlier"]["slug"], link["later"]["slug"]) for link in answer["links"]] == [
        ("is-followed-by", "quota-cut-2010", "price-surge-2010-2011"),
        ("is-set-beside", "price-surge-2010-2011", "price-gap"),
        ("leads-to", "price-gap", "production-relocation"),
        ("leads-to", "production-relocation", "technology-leakage"),
    ]
    assert [answered["response"]["slug"] for answered in answer["links"][3]["answers"]] == ["fair-competitive-environment"]
    assert "production-relocation" in {node["slug"] for node in answer["unanswered"]}


def test_stated_causes_alone_do_not_lead_from_the_quota_cut_to_the_price(graph: Graph) -> None:
    assert cause_chains.chain(graph, "quota-cut-2010", "technology-leakage", causes_only=True)["links"] == []


@pytest.mark.parametrize("most", [0, analysis.LISTED_MOST + 1])
def test_a_list_too_long_or_empty_is_refused(graph: Graph, most: int) -> None:
    with pytest.raises(BadParameter):
        analysis.exposure(graph, "china", most=most)
