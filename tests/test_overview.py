"""All minerals at a glance, against the publishers' own figures."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg import Graph, overview

ID = "https://w3id.org/lodegraph/id/"


def test_the_first_producer_of_tungsten_is_as_the_survey_has_it(graph: Graph) -> None:
    # Mineral Commodity Summaries 2026, tungsten: China 67,000 t of a world total of 85,000 t in 2025, rounded by the publisher
    found = overview.producers(graph, 2026)[f"{ID}mineral/tungsten"]
    assert (found.top.of, found.top.year) == (f"{ID}country/china", 2025)
    assert found.top.value == pytest.approx(Decimal(6700) / 85)
    assert found.index.value > (Decimal(6700) / 85) ** 2


def test_figures_after_the_year_are_not_taken(graph: Graph) -> None:
    assert all(found.top.year <= 2012 for found in overview.producers(graph, 2012).values())


def test_shares_of_purchases_by_year_are_those_of_the_trade_table(graph: Graph) -> None:
    shares, documents = overview.suppliers_by_year(graph, f"{ID}mineral/tungsten")
    # HS 261100 and 810110 in value: China 39.5193 % in 2012, summed outside of this program
    assert shares[f"{ID}country/china"][2012] == pytest.approx(Decimal("39.5193"), abs=Decimal("0.0001"))
    for year in shares[f"{ID}country/china"]:
        assert sum(points[year] for points in shares.values()) == pytest.approx(Decimal(100))
    assert [document.rsplit("/", 1)[-1] for document in documents] == ["cepii-baci-hs92-japan-imports"]


def test_a_mineral_that_is_not_traded_has_no_years(graph: Graph) -> None:
    assert overview.suppliers_by_year(graph, f"{ID}mineral/dysprosium") == ({}, [])
