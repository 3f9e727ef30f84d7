"""Figures of risk over the shipped tables, against figures that others publish and against sums done by hand from the publishers' files."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal as D
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from kg import BadParameter, Graph, MixedBases
from kg.namespaces import ID
from kg.risk.eu_supply_risk import is_critical
from kg.views import comparison, eu_studies, figure_account, policy, risk_report, stated_vs_trade
from kg.views.figures import ComputedFigure, of_mineral
from kg.views.series import governance, governance_year, printed, stability
from service.cli.main import app

# First supplier of Japan's imports of 2011 by value, in percent, as the notes on the extract of BACI tell them.
FIRST_2011 = {
    ("tungsten", "810110"): ("china", 86),
    ("barium", "251110"): ("china", 95),
    ("bismuth", "810600"): ("china", 57),
    ("platinum", "711011"): ("south-africa", 70),
    ("vanadium", "720292"): ("south-africa", 47),
    ("nickel", "260400"): ("indonesia", 49),
    ("niobium", "720293"): ("brazil", 95),
    ("zirconium", "261510"): ("australia", 58),
    ("lithium", "283691"): ("chile", 66),
    ("chromium", "261000"): ("india", 40),
    ("rare-earths", "280530"): ("china", 78),
}
# Concentration of the shares of the EU's study of 2023, summed by another program (0..10,000).
WORLD_2023 = {
    ("dysprosium", "processed"): 10000,
    ("neodymium", "processed"): 7325,
    ("neodymium", "ore"): 4909,
    ("dysprosium", "ore"): 7218,
    ("gallium", "processed"): 8809,
    ("germanium", "processed"): 6966,
    ("niobium", "ore"): 8472,
    ("magnesium", "processed"): 8230,
    ("tungsten", "ore"): 6878,
    ("tungsten", "processed"): 7373,
    ("cobalt", "ore"): 4071,
    ("cobalt", "processed"): 3776,
    ("lithium", "ore"): 3561,
    ("lithium", "processed"): 4301,
    ("nickel", "ore"): 1167,
    ("nickel", "processed"): 1504,
    ("vanadium", "ore"): 4357,
    ("antimony", "ore"): 3752,
}
# The list of 2017: 23 materials that the study assesses singly, and three groups.
LIST_2017 = {
    *("antimony", "barium", "beryllium", "bismuth", "boron", "cobalt", "fluorspar", "gallium", "germanium", "hafnium", "helium", "indium"),
    *("magnesium", "graphite", "natural-rubber", "niobium", "phosphate-rock", "phosphorus", "scandium", "silicon", "tantalum"),
    *("tungsten", "vanadium", "heavy-rare-earths", "light-rare-earths", "platinum-group-metals"),
}


def _iri(slug: str, kind: str = "mineral") -> str:
    return f"{ID}{kind}/{slug}"


def _share(figure: ComputedFigure, country: str) -> float:
    return next(float(leader.share) for leader in figure.leaders if leader.country == _iri(country, "country"))


def _one(figures: Any, method: str, quantity: str, **more: object) -> ComputedFigure:
    found = [f for f in figures if (f.method, f.quantity) == (method, quantity) and all(getattr(f, k) == v for k, v in more.items())]
    assert len(found) == 1, [(f.method, f.quantity, f.stage, f.year) for f in found]
    return found[0]


@pytest.fixture(scope="module")
def studied(graph: Graph) -> dict[str, list[ComputedFigure]]:
    """Of each mineral what the studies of the EU give."""
    minerals = [iri for iri in graph.names if iri.startswith(f"{ID}mineral/")]
    found = {iri.rsplit("/", 1)[1]: [f for f in of_mineral(graph, iri) if "/eu-crm-" in "".join(f.documents)] for iri in minerals}
    return {slug: figures for slug, figures in found.items() if figures}


@pytest.mark.parametrize(("mineral", "code"), FIRST_2011, ids=str)
def test_japans_first_supplier_of_2011_is_that_of_baci(graph: Graph, mineral: str, code: str) -> None:
    supplier, share = FIRST_2011[mineral, code]
    found = _one(of_mineral(graph, _iri(mineral), 2011), "import-dependence", "import-value", hs_codes=(code,))
    assert found.of == _iri(supplier, "country")
    assert round(found.value or 0) == share
    assert found.year == 2011


def test_china_makes_69_percent_of_the_rare_earths_of_2025(graph: Graph) -> None:
    found = _one(of_mineral(graph, _iri("rare-earths")), "top-supplier", "production")
    assert (found.of, found.year, found.basis) == (_iri("china", "country"), 2025, "oxide")
    assert found.value == D("69.2308")  # 270,000 of 390,000
    assert "estimated-inputs" in found.notes


def test_congo_makes_73_percent_of_the_cobalt_of_2025(graph: Graph) -> None:
    found = _one(of_mineral(graph, _iri("cobalt")), "top-supplier", "production", stage="ore")
    assert (found.of, found.value) == (_iri("congo-kinshasa", "country"), D("73.1087"))  # 230,000 of 314,600, the total printed is 310,000


@pytest.mark.parametrize(
    ("mineral", "country", "share"), [("tungsten", "china", 84), ("antimony", "china", 85), ("cobalt", "congo-kinshasa", 55)]
)
def test_first_producers_of_2012(graph: Graph, mineral: str, country: str, share: int) -> None:
    found = _one(of_mineral(graph, _iri(mineral), 2012), "top-supplier", "production")
    assert (found.of, round(found.value or 0), found.year) == (_iri(country, "country"), share, 2012)


def test_reserves_whose_world_total_is_a_bound_are_shared_out_over_what_is_known(graph: Graph) -> None:
    found = _one(of_mineral(graph, _iri("rare-earths")), "top-supplier", "reserves")
    assert round(found.value or 0) == 52
    assert found.bound == "at-most"
    assert "no-world-total" in found.notes
    assert found.not_counted >= 3  # India, Myanmar and Nigeria among them


def test_concentration_of_2012_lies_in_the_band_of_gaultois(graph: Graph) -> None:
    compared = 0
    for mineral in (
        "antimony",
        "barium",
        "bismuth",
        "boron",
        "chromium",
        "cobalt",
        "germanium",
        "indium",
        "lithium",
        "manganese",
        "molybdenum",
    ):
        printed = [f for f in eu_studies.published(graph, _iri(mineral)) if f.role == "hhi-production"]
        computed = [f for f in of_mineral(graph, _iri(mineral), 2012) if (f.method, f.quantity, f.year) == ("hhi", "production", 2012)]
        for figure in computed:
            compared += 1
            assert abs(float((figure.value or 0) / (printed[0].value or 1)) - 1) < 0.3, mineral
    assert compared >= 10


def _off(graph: Graph, figures: list[ComputedFigure]) -> list[D]:
    """How far figures lie from what the study prints for the same."""
    told = {read.figure: read.value for mineral in {f.mineral for f in figures} for read in printed(graph, mineral)}
    return [abs((f.value or D(0)) - (told[f.printed_as] or D(0))) for f in figures if f.printed_as]


def test_supply_risk_of_2017_comes_out_for_all_78_materials(graph: Graph, studied: dict[str, list[ComputedFigure]]) -> None:
    off = _off(graph, [f for found in studied.values() for f in found if f.method == "eu-supply-risk"])
    assert len(off) == 78
    assert max(off) <= D("0.25")
    assert sum(difference <= D("0.15") for difference in off) == 73


def test_supply_risk_of_2017_from_each_scope_comes_out_for_all_77(graph: Graph, studied: dict[str, list[ComputedFigure]]) -> None:
    off = _off(graph, [f for found in studied.values() for f in found if f.method == "eu-supply-risk-scopes"])
    assert len(off) == 77
    assert max(off) <= D("0.085")


def test_the_floors_give_exactly_the_list_of_2017(graph: Graph, studied: dict[str, list[ComputedFigure]]) -> None:
    groups = {member.rsplit("/", 1)[1] for group in ("rare-earths", "platinum-group-metals") for member in _members(graph, group)}
    critical = set()
    for slug in (*studied, "heavy-rare-earths", "light-rare-earths", "platinum-group-metals"):
        of = {f.role: f.value for f in eu_studies.published(graph, _iri(slug)) if f.year == 2017 and f.value is not None}
        alone = slug not in groups or slug == "scandium" or slug.endswith(("rare-earths", "group-metals"))
        if alone and len(of) == 2 and is_critical(of["eu-supply-risk"], of["eu-economic-importance"]):
            critical.add(slug)
    assert critical == LIST_2017


def _members(graph: Graph, group: str) -> list[str]:
    return [str(row["mineral"]) for row in graph.ask("group-members", group=group)]


@pytest.mark.parametrize(("mineral", "stage"), WORLD_2023, ids=str)
def test_concentration_from_the_shares_of_2023(studied: dict[str, list[ComputedFigure]], mineral: str, stage: str) -> None:
    found = _one(studied[mineral], "hhi", "world-supply-share", stage=stage)
    assert (found.value or 0) == pytest.approx(D(WORLD_2023[mineral, stage]), rel=D("0.005"))  # printed shares may sum to a little over 100


def test_where_one_country_refines_all_the_weighted_concentration_is_its_governance(studied: dict[str, list[ComputedFigure]]) -> None:
    found = _one(studied["dysprosium"], "hhi-wgi-t", "world-supply-share", stage="processed")
    assert abs((found.value or 0) - D("5.6")) < D("0.1")  # the study of 2023 prints a supply risk of 5.6, with global supply alone
    assert "governance-not-of-the-study" in found.notes


def test_shares_that_do_not_sum_say_so(studied: dict[str, list[ComputedFigure]]) -> None:
    found = _one(studied["nickel"], "hhi", "world-supply-share", stage="ore")
    assert found.known_share == D("90.9")
    assert "shares-do-not-sum" in found.notes
    assert found.upper is not None
    assert found.upper > (found.value or 0)


def test_governance_is_of_the_year_or_of_the_nearest_before(graph: Graph) -> None:
    assert [governance_year(graph, year) for year in (2012, 1997, 2025, 1990)] == [2012, 1996, 2023, 1996]
    assert round(5 * (D("0.5") - (stability(graph, 2010)[_iri("china", "country")].value or 0)), 2) == D("-0.66")
    assert round(5 * (D("0.5") - (stability(graph, 2012)[_iri("japan", "country")].value or 0)), 2) == D("0.95")
    assert round(5 * (D("0.5") - (stability(graph, 2012)[_iri("congo-kinshasa", "country")].value or 0)), 2) == D("-2.09")
    of_china = governance(graph, 2023)[_iri("china", "country")]
    assert round(of_china.value or 0, 2) == D("5.58")  # 2 * (2.5 - mean), by a spreadsheet
    assert len(of_china.mean_of) == 6


def test_a_kilogram_of_rare_earth_metal_went_from_31_to_132_dollars(graph: Graph) -> None:
    found = [f for f in of_mineral(graph, _iri("rare-earths"), 2011) if f.hs_codes == ("280530",)]
    assert round(_one(found, "unit-value", "import-value").value or 0) == 132
    assert round(_one(found, "price-multiple", "import-value").value or 0, 2) == D("4.21")  # 131.884 / 31.295
    before = [f for f in of_mineral(graph, _iri("rare-earths"), 2010) if f.hs_codes == ("280530",)]
    assert round(_one(before, "unit-value", "import-value").value or 0) == 31


def test_quota_over_demand_year_by_year(graph: Graph) -> None:
    found = {f.year: round(f.value or 0, 3) for f in of_mineral(graph, _iri("rare-earths")) if f.method == "quota-to-demand"}
    by_hand = {2007: 60173 / 32390, 2008: 47449 / 32064, 2009: 50145 / 20518, 2010: 30259 / 26665, 2011: 30184 / 21080}
    assert {year: float(value) for year, value in found.items()} == {year: round(value, 3) for year, value in by_hand.items()}


@pytest.mark.parametrize(("mineral", "times"), [("cerium", 30), ("lanthanum", 20), ("dysprosium", 12)])
def test_computed_multiples_are_those_that_the_article_states(graph: Graph, mineral: str, times: int) -> None:
    found = [f for f in of_mineral(graph, _iri(mineral)) if (f.method, f.quantity) == ("price-multiple", "export-price")]
    assert [int(figure.value or 0) for figure in found] == [times]


@pytest.mark.parametrize(
    ("mineral", "year", "notes"),
    [
        ("barium", 2011, {"agrees"}),
        ("rare-earths", 2011, {"agrees", "first-below-half", "differs-by-code"}),
        ("chromium", 2011, {"other-supplier-first"}),
        ("chromium", 2012, {"agrees"}),
        ("boron", 2011, {"other-supplier-first"}),
        ("nickel", 2012, {"first-below-half"}),
        ("nickel", 2011, {"agrees", "first-below-half", "differs-by-measure"}),
        ("beryllium", 2011, {"agrees", "other-supplier-first", "differs-by-measure", "small-trade"}),
        ("tungsten", 2011, {"agrees", "other-supplier-first", "differs-by-code"}),
        ("indium", 2011, {"no-trade-code"}),
    ],
)
def test_what_the_article_states_stands_beside_trade(graph: Graph, mineral: str, year: int, notes: set[str]) -> None:
    found = [one for one in stated_vs_trade.stated_suppliers(graph, _iri(mineral)) if one.year == year]
    assert [set(one.notes) for one in found] == [notes]


def test_a_method_that_adds_unlike_things_is_not_applied_and_says_so(graph: Graph) -> None:
    found = of_mineral(graph, _iri("selenium"))
    for method in ("geopolrisk", "self-sufficiency"):  # contained metal beside gross weight
        figure = next(f for f in found if f.method == method)
        assert figure.value is None
        assert "mixed-bases" in figure.notes


def test_geopolrisk_of_japan_for_ferroniobium_in_2024(graph: Graph) -> None:
    found = _one(of_mineral(graph, _iri("niobium")), "geopolrisk", "import-quantity", hs_codes=("720293",))
    # By hand from the publishers' files: HHI 0.857767 (summaries of 2026; all countries sum to 112,544 t over a total rounded to 112,000)
    # * import risk 0.576168 (BACI, stability of 2023 in four digits)
    assert found.year == 2024
    assert abs((found.value or 0) - D("0.494213")) < D("0.00001")
    assert {"own-production-not-listed", "governance-of-other-year"} <= set(found.notes)
    assert _share(found, "brazil") > 97


def test_taking_away_a_measure_changes_its_own_term_in_the_one_method_that_has_it(graph: Graph) -> None:
    found = policy.effects(graph, _iri("nickel"), _iri("id-ore-export-ban", "measure"))
    (ore,) = (e for e in found if e.before and e.before.quantity == "world-supply-share" and e.before.stage == "ore")
    assert [(change.of, change.before, change.after) for change in ore.changes] == [(_iri("indonesia", "country"), D("1.3"), D(1))]
    assert ore.before is not None
    assert ore.after is not None
    of_indonesia = governance(graph, 2023)[_iri("indonesia", "country")].value or D(0)
    assert (ore.before.value or 0) - (ore.after.value or 0) == pytest.approx(D("0.263") ** 2 * of_indonesia * D("0.3"))
    without = {effect.method: effect.notes for effect in found if effect.before is None}
    assert set(without) == {"hhi", "hhi-wgi", "import-dependence", "geopolrisk"}
    assert all(notes == (("", "no-term-for-measures"),) for notes in without.values())


def test_a_trade_parameter_is_an_input_and_never_invented(graph: Graph) -> None:
    quota = _iri("cn-tungsten-export-quota", "measure")
    (given,) = (
        e for e in policy.effects(graph, _iri("tungsten"), quota, D("1.3")) if e.before and e.before.stage == "processed" and _world(e)
    )
    assert [(change.before, change.after) for change in given.changes] == [(D(1), D("1.3"))]
    (silent,) = (e for e in policy.effects(graph, _iri("tungsten"), quota) if e.before and e.before.stage == "processed" and _world(e))
    assert silent.changes == ()
    assert (_iri("china", "country"), "no-printed-parameter") in silent.notes
    with pytest.raises(BadParameter, match="does not touch"):
        policy.effects(graph, _iri("tungsten"), _iri("id-ore-export-ban", "measure"))


def _world(effect: policy.Effect) -> bool:
    return effect.before is not None and effect.before.quantity == "world-supply-share"


def test_as_of_a_day_only_countries_with_a_measure_in_force_keep_a_raised_parameter(graph: Graph) -> None:
    def changed(day: str) -> set[str]:
        found = policy.effects(graph, _iri("tungsten"), day=datetime.date.fromisoformat(day))
        (ore,) = (effect for effect in found if _world(effect) and effect.before and effect.before.stage == "ore")
        return {change.of.rsplit("/", 1)[1] for change in ore.changes}

    assert "china" not in changed("2012-12-31")  # export quota and tax
    assert changed("1990-01-01") >= {"china", "russia", "vietnam"}


def test_minerals_stand_side_by_side_with_rank_agreement(graph: Graph) -> None:
    minerals = [_iri(slug) for slug in ("tungsten", "cobalt", "nickel", "niobium", "antimony", "lithium")]
    found = comparison.compare(graph, minerals)
    risk_2023 = ("published", "eu-supply-risk", "")
    assert [float(found.cells[mineral][risk_2023].value or 0) for mineral in minerals] == [1.2, 2.8, 0.5, 4.4, 1.8, 1.9]
    importance = ("published", "eu-economic-importance", "")
    pair = next(a for a in found.agreement if {a.first, a.second} == {risk_2023, importance})
    # scipy 1.17: kendalltau and spearmanr of the printed columns of 2023
    assert (pair.minerals, pair.kendall, pair.spearman) == (6, pytest.approx(-1 / 15), pytest.approx(1 / 35))
    with pytest.raises(BadParameter, match="1 minerals"):
        comparison.compare(graph, minerals[:1])
    with pytest.raises(BadParameter, match="2 minerals"):
        comparison.compare(graph, minerals[:1] * 2)


def _json(client: TestClient, address: str, status: int = 200) -> Any:
    response = client.get(address)
    assert response.status_code == status, response.text
    return response.json()


@pytest.mark.parametrize(
    "address", ["/minerals/tungsten/risks?year=2012", "/minerals/rare-earths/risks?lang=ja", "/minerals/dysprosium/risks"]
)
def test_every_figure_has_method_year_unit_inputs_and_documents(client: TestClient, address: str) -> None:
    body = client.get(address).content
    found = json.loads(body)["risks"]
    assert len(body) < 150_000
    assert found["figures"]
    for figure in found["figures"]:
        assert figure["method"]
        assert figure["label"]
        assert figure["unit"]
        assert figure["year"]
        assert figure["documents"]
        assert figure["figure"].startswith("https://w3id.org/lodegraph/graph/figures#")
        assert figure["published"] is None or figure["published"] in found["readings"]
        assert all(note["text"] for note in figure["notes"])
    assert set(found["published"]) <= set(found["readings"])
    assert all(reading["document"] and (reading["line"] or reading["place"]) for reading in found["readings"].values())
    assert all((reading["value"] is None) == _told(reading) for reading in found["readings"].values())


def test_every_share_and_input_of_a_figure_is_at_its_address_page_by_page(client: TestClient) -> None:
    figures = _json(client, "/minerals/cobalt/risks")["risks"]["figures"]
    by_method = {figure["method"]: figure for figure in figures if figure["quantity"] in ("production", "import-value", "import-quantity")}
    for method, figure in by_method.items():
        whole = _json(client, figure["inputs_at"] + "&limit=500")
        assert whole["figure"]["value"] == figure["value"]
        assert whole["inputs"], method
        assert whole["total"] == len(whole["inputs"])
        assert {reading["document"] for reading in whole["inputs"]} <= set(figure["documents"])
        page = _json(client, figure["inputs_at"] + "&limit=2&offset=1")
        assert page["inputs"] == whole["inputs"][1:3]
    shares = _json(client, by_method["hhi"]["inputs_at"])["terms"]
    assert len(shares) == by_method["hhi"]["countries"]
    assert sum(D(str(one["share"])) ** 2 for one in shares) == pytest.approx(D(str(by_method["hhi"]["value"])), rel=D("0.0001"))
    _json(client, "/minerals/cobalt/inputs?figure=https://w3id.org/lodegraph/graph/figures%23nothing", 404)
    _json(client, "/minerals/cobalt/inputs", 400)


HEAD = (
    "figure",
    "method",
    "value",
    "unit",
    "year",
    "basis",
    "quantity",
    "of",
    "documents",
    "series",
    "via",
    "published",
    "leaders",
    "covered",
)


@pytest.mark.parametrize("address", ["/minerals/tungsten", "/minerals/dysprosium", "/minerals/dysprosium?as_of=2012-12-31&lang=ja"])
def test_a_profile_is_brief_and_what_it_leaves_out_is_one_link_away(client: TestClient, address: str) -> None:
    assert len(client.get(address).content) < 150_000
    brief = _json(client, address)
    whole = _json(client, brief["inputs_at"])
    pairs = list(zip(brief["risks"]["figures"], whole["risks"]["figures"], strict=True))
    assert pairs
    for short, full in pairs:
        assert [short[key] for key in HEAD] == [full[key] for key in HEAD]
        assert short["notes"] == [note["code"] for note in full["notes"]]
    assert brief["risks"]["headlines"] == whole["risks"]["headlines"]
    assert brief["risks"]["published"] == whole["risks"]["published"]
    assert brief["risks"]["readings"] == whole["risks"]["readings"]
    stated = ("dependence", "measures", "disputes", "prices", "lists")
    assert [_without_nulls(brief["risks"][key]) for key in stated] == [_without_nulls(whole["risks"][key]) for key in stated]
    assert _without_nulls(brief["quantities"]) == [entry for entry in whole["quantities"] if "via" not in entry]


def _without_nulls(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries as the answer that is not brief has them: what a statement does not tell is left out."""
    return [{key: value for key, value in entry.items() if value is not None} for entry in entries]


def test_the_quantities_of_a_group_are_at_the_link(client: TestClient) -> None:
    whole = _json(client, _json(client, "/minerals/dysprosium")["inputs_at"])
    assert {entry["indicator"] for entry in whole["quantities"] if "via" in entry} >= {"export-quota", "demand"}


def _told(reading: dict[str, Any]) -> bool:
    return bool(reading["absence"] or any(reading[bound] is not None for bound in ("more_than", "less_than", "at_least")))


def test_a_member_shows_the_figures_of_its_group_and_year_holds(client: TestClient) -> None:
    found = _json(client, "/minerals/dysprosium/risks?as_of=2012-12-31")
    assert found["year"] == 2012
    assert any(figure["via"] and figure["via"].endswith("/rare-earths") for figure in found["risks"]["figures"])
    assert all(figure["year"] <= 2012 for figure in found["risks"]["figures"])
    assert {method["code"] for method in found["methods"]} >= {figure["method"] for figure in found["risks"]["figures"]}


def test_the_texts_are_in_the_language_asked_for(client: TestClient) -> None:
    found = _json(client, "/minerals/gallium/risks?lang=ja")["risks"]["figures"][0]
    assert found["label"] == "集中度（ハーフィンダール・ハーシュマン指数）"
    assert _json(client, "/methods?lang=ja")[0]["label"].startswith("EU")


TABLE = "https://w3id.org/lodegraph/doc/table/cepii-baci-hs92-japan-imports%23japan-imports-"


# Year, goods, first supplier, share, index, suppliers, total, not counted: sums of the rows of the publisher's file by Python's csv module.
SUPPLIERS = [
    (1995, "all by value", "china", 57.8652, 3758.91, 17, 13823.38, 0),
    (2011, "all by value", "china", 64.7383, 4443.77, 14, 42007.704, 0),
    (2011, "261100 by value", "portugal", 43.1992, 3545.29, 5, 10543.909, 0),
    (2011, "810110 by weight", "china", 86.1654, 7470.59, 11, 543.411, 1),
    (2024, "all by value", "china", 70.3091, 5114.87, 14, 9998.37, 0),
    (2024, "261100 by weight", "spain", 83.4397, 7226.26, 3, 47.946, 0),
]


def test_imports_year_by_year_make_lines_of_a_chart(client: TestClient) -> None:
    found = _json(client, "/minerals/tungsten/imports")["years"]
    seen = {}
    for row in found:
        goods = "all" if row["all_codes"] else row["hs_codes"][0]
        by = "value" if row["quantity"] == "import-value" else "weight"
        assert row["unit"] == {"value": "usd-thousand", "weight": "tonne"}[by]
        told = (row["supplier"].rsplit("/", 1)[1], row["share"], row["hhi"], row["suppliers"], row["total"], row["not_counted"])
        assert (row["year"], f"{goods} by {by}") not in seen
        seen[row["year"], f"{goods} by {by}"] = told
    assert {row["documents"][0].rsplit("/", 1)[1] for row in found} == {"cepii-baci-hs92-japan-imports"}
    assert [row["year"] for row in found if row["all_codes"]] == list(range(1995, 2025))
    for year, goods, *expected in SUPPLIERS:
        assert seen[year, goods] == tuple(expected)


def test_each_year_of_imports_has_the_address_of_its_flows(client: TestClient) -> None:
    row = _json(client, "/minerals/tungsten/imports?since=2011&until=2011&lang=ja")["years"][0]
    found = _json(client, row["inputs_at"])
    assert (found["figure"]["of"], found["figure"]["value"]) == (row["supplier"], row["share"])
    assert len(found["terms"]) == row["suppliers"]
    assert {reading["year"] for reading in found["inputs"]} == {2011}
    assert row["supplier_label"] == found["figure"]["of_label"] == "中国"


def test_imports_that_no_table_has_are_no_rows(client: TestClient) -> None:
    assert _json(client, "/minerals/gallium/imports")["years"] == []
    assert _json(client, "/minerals/tungsten/imports?country=china")["years"] == []
    assert _json(client, "/minerals/tungsten/imports?since=2012&until=2011", 400)["parameter"] == "since"


def test_figures_that_count_unlike_things_are_refused_in_one_sum(client: TestClient) -> None:
    found = _json(client, f"/concentration?year=2011&series={TABLE}261100-quantity&series={TABLE}810110-quantity", 422)
    assert found["title"] == "Mixed bases"
    assert found["kinds"] == ["tonne (gross) metal 2011", "tonne (gross) ore 2011"]
    _json(client, f"/concentration?year=2011&series={TABLE}261100-quantity&series={TABLE}261100-value", 422)
    added = _json(client, f"/concentration?year=2011&series={TABLE}261100-value&series={TABLE}810110-value")["figures"]
    top = next(figure for figure in added if figure["method"] == "top-supplier")
    assert top["of_label"] == "China"
    assert round(top["value"], 1) == 64.7  # by hand: (42.913 + 27,151) of (10,543.9 + 31,463.8) thousand dollars


@pytest.mark.parametrize(
    ("address", "status", "part"),
    [
        ("/minerals/tungstn/risks", 404, "tungsten"),
        ("/minerals/tungsten/risks?year=soon", 400, "year"),
        ("/minerals/tungsten/risks?as_of=2012-02-30", 400, "as_of"),
        ("/minerals/tungsten/risks?yeer=2012", 400, "year"),
        ("/minerals/tungsten/policy", 400, "measure"),
        ("/minerals/tungsten/policy?t=1.3", 400, "measure"),
        ("/minerals/tungsten/policy?measure=cn-tungsten-export-quota&t=0", 400, "t"),
        ("/minerals/tungsten/policy?measure=nothing", 404, "measure"),
        ("/compare?minerals=tungsten", 400, "2 to 40"),
        ("/compare?minerals=tungsten,kobalt", 404, "cobalt"),
        ("/compare", 400, "minerals"),
        ("/concentration?year=2011&series=https://w3id.org/lodegraph/id/mineral/tungsten", 404, "series"),
        ("/concentration?year=1950&series=" + TABLE + "261100-value", 400, "1950"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_what_would_be_right(client: TestClient, address: str, status: int, part: str) -> None:
    found = _json(client, address, status)
    assert part in json.dumps(found)


def test_policy_and_compare_over_rest(client: TestClient) -> None:
    found = _json(client, "/minerals/nickel/policy?measure=id-ore-export-ban&lang=ja")
    told = {(effect["method"], effect["has_term"]) for effect in found["effects"]}
    assert {("hhi-wgi-t", True), ("geopolrisk", False)} <= told
    assert any(note["label"] == "この方法に該当する項はない" for effect in found["effects"] for note in effect["notes"])
    side = _json(client, "/compare?minerals=tungsten,cobalt,nickel&year=2012")
    assert [row["label"] for row in side["minerals"]] == ["Tungsten", "Cobalt", "Nickel"]
    assert all(cell["year"] <= 2012 and cell["documents"] for row in side["minerals"] for cell in row["cells"].values())
    assert {column["key"] for column in side["columns"]} >= {key for row in side["minerals"] for key in row["cells"]}


def test_a_sum_over_series_is_the_same_from_the_library(graph: Graph) -> None:
    iri = "https://w3id.org/lodegraph/doc/table/usgs-mcs-2026#tungsten-mine-production"
    found = risk_report.concentration(graph, [iri], 2025)
    assert found["figures"][1]["of_label"] == "China"
    with pytest.raises(MixedBases):
        risk_report.concentration(graph, [iri, iri.replace("mine-production", "reserves")], 2025)


def test_notes_and_methods_that_figures_name_have_texts_in_both_languages(graph: Graph) -> None:
    for mineral in ("rare-earths", "tungsten", "selenium", "nickel"):
        for figure in of_mineral(graph, _iri(mineral)):
            for lang in ("en", "ja"):
                told = figure_account.tell_figure(graph, figure, lang)
                assert told["label"] != figure.method
                assert told["unit_label"] != figure.unit or lang == "en"
                assert all(note["label"] and note["text"] for note in told["notes"])


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (["risks", "gallium", "--format", "csv"], 0, "Gallium"),
        (["compare", "tungsten,cobalt", "--format", "csv"], 0, "Cobalt"),
        (["policy", "nickel", "--measure", "id-ore-export-ban", "--format", "csv"], 0, "no term"),
        (["policy", "nickel", "--measure", "id-ore-export-ban", "--t", "much", "--format", "csv"], 2, ""),
        (["risks", "galium"], 2, ""),
    ],
)
def test_the_command_line_tells_the_same(graph: Graph, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, part: str) -> None:
    monkeypatch.setattr("kg.build.opening.open_graph", lambda **options: graph)
    found = CliRunner().invoke(app, words)
    assert found.exit_code == code, found.output
    assert part in found.output
