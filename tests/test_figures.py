"""Computed figures against a recomputation from the raw tables that shares no code with the library, and the audit's examples.

The recomputation reads the CSV files and the declarations of their series by itself, and does its sums in fractions.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from kg import BadFacts, Graph
from kg.build import checks
from kg.derive import forms
from kg.namespaces import CODE, FIGURES, ONTOLOGY, RDF, XSD
from kg.source import files
from kg.store.oxigraph import Store
from kg.views.figures import ComputedFigure, of_imports, of_mineral
from kg.views.headlines import PRODUCER, REFINER, SUPPLIER, headline, headlines

ROOT = files.root()
TABLES = ROOT / "ontology" / "tables"
ID = "https://w3id.org/lodegraph/id/"
WORLD, OTHERS = "bloc/world", "bloc/other-countries"
QUANTITIES = ("production", "reserves", "export-value", "import-value", "world-supply-share")


@dataclass(frozen=True)
class Raw:
    """Values of one series in one year by country, as the CSV has them."""

    mineral: str
    indicator: str
    is_percent: bool
    is_trade: bool
    values: dict[str, Fraction]
    floor: Fraction
    rows: int


def _declarations(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.ttl")))
    for name, body in re.findall(r"<#([^>]+)> a lode:Series ;(.*?) \.\n", text, re.DOTALL):
        held = {key: iri.rsplit("/", 1)[1] for key, iri in re.findall(r"lode:(\w+) <([^>]+)>", body)}
        code = re.search(r'lode:hsCode "(\d+)"', body)
        yield name, held | {"hsCode": code[1] if code else ""}


def _raw() -> dict[tuple[str, int], Raw]:
    """Every series and year of the quantities that are recomputed, by ``table/series`` and year."""
    found: dict[tuple[str, int], Raw] = {}
    for table in sorted(path.parent for path in TABLES.glob("*/figures.csv")):
        declared = dict(_declarations(table))
        values: dict[tuple[str, int], dict[str, Fraction]] = defaultdict(dict)
        floors: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
        rows: dict[tuple[str, int], int] = defaultdict(int)
        with (table / "figures.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = (row["series"], int(row["year"]))
                rows[key] += 1
                of = row["partner"] or row["country"]
                if row["value"] and not row["bound"]:
                    values[key][of] = Fraction(row["value"])
                elif row["bound"] == ">" and of == WORLD:
                    floors[key] = Fraction(row["value"])
        for (name, year), held in values.items():
            told = declared[name]
            if told.get("mineral") and told["indicator"] in QUANTITIES and not (table.name.endswith("china-exports")):
                raw = (told["mineral"], told["indicator"], told["unit"] == "percent", bool(told["hsCode"]))
                found[f"{table.name}/{name}", year] = Raw(*raw, held, floors[name, year], rows[name, year])
    return found


RAW = _raw()


def _shares(raw: Raw) -> dict[str, Fraction]:
    """Shares of the named countries: of the larger of the printed total and the sum."""
    parts = {of: value for of, value in raw.values.items() if of != WORLD}
    printed = Fraction(100) if raw.is_percent else raw.values.get(WORLD, raw.floor)
    whole = max(printed, sum(parts.values(), Fraction()))
    return {of: value / whole for of, value in parts.items() if of != OTHERS and value} if whole else {}


def _newest() -> list[tuple[str, int]]:
    years: dict[str, int] = {}
    for name, year in RAW:
        years[name] = max(year, years.get(name, 0))
    return sorted(years.items())


@pytest.fixture(scope="module")
def computed(graph: Graph) -> dict[tuple[str, int, str], ComputedFigure]:
    """Figures of single series by ``table/series``, year and method, of all years."""
    minerals = sorted({raw.mineral for raw in RAW.values()})
    found = {}
    for mineral in minerals:
        years = sorted({year for (_, year), raw in RAW.items() if raw.mineral == mineral})
        every = {figure.iri: figure for year in years for figure in of_mineral(graph, f"{ID}mineral/{mineral}", year)}
        for figure in every.values():
            series = [iri.rsplit("/doc/table/", 1)[1].replace("#", "/") for iri in figure.series]
            if len(series) == 1:
                found[series[0], figure.year, figure.method] = figure
    return found


@pytest.mark.slow
def test_every_index_and_first_share_of_a_newest_year_comes_out_of_the_raw_tables(
    computed: dict[tuple[str, int, str], ComputedFigure],
) -> None:
    """Those that are there are right, and those of whole tables are there."""
    compared = 0
    for name, year in _newest():
        raw = RAW[name, year]
        shares = _shares(raw)
        index, first = ("import-hhi", "import-dependence") if raw.indicator == "import-value" else ("hhi", "top-supplier")
        figure = computed.get((name, year, index))
        if figure is None:
            continue
        compared += 1
        assert float(figure.value or 0) == pytest.approx(float(10_000 * sum(s * s for s in shares.values())), rel=1e-5), name
        top = computed[name, year, first]
        assert float(top.value or 0) == pytest.approx(float(100 * max(shares.values())), rel=1e-5), name
        assert shares[top.of.removeprefix(ID)] == max(shares.values()), name
        assert top.countries == len(shares)
    assert compared > 300


def test_a_share_of_the_world_needs_a_table_of_the_world(computed: dict[tuple[str, int, str], ComputedFigure]) -> None:
    """None where fewer than two countries have a number, or they make up less than 60 percent; some where they do."""
    given = {name for name, _, method in computed if method == "hhi"}
    seen = {"one": 0, "small": 0, "whole": 0}
    for name, year in _newest():
        raw = RAW[name, year]
        if raw.is_percent or raw.is_trade:
            continue
        named = [of for of in raw.values if of not in (WORLD, OTHERS)]
        kind = "one" if len(named) < 2 else "small" if sum(_shares(raw).values()) < Fraction(6, 10) else "whole"
        seen[kind] += 1
        if kind != "whole":
            assert (name, year, "hhi") not in computed, name
            assert (name, year, "top-supplier") not in computed, name
        elif WORLD in raw.values:
            assert name in given, name
    assert min(seen.values()) > 1


def test_no_share_passes_100_and_no_index_10_000(graph: Graph) -> None:
    rows = graph.ask("computed-figures", mineral="all", year=2026)
    assert len(rows) > 1000
    for row in rows:
        for name in ("firstShare", "secondShare", "thirdShare", "knownShare"):
            assert row[name] is None or 0 <= Decimal(str(row[name])) <= 100, row
        if row["methodCode"] in ("hhi", "import-hhi"):
            assert 0 <= max(Decimal(str(row[name])) for name in ("value", "upTo") if row[name] is not None) <= 10_000, row


@pytest.mark.parametrize(
    ("mineral", "least"),
    [("gallium", 9_700), ("vanadium", 5_000), ("tellurium", 6_000), ("bismuth", 7_000)],
)
def test_rounded_totals_do_not_push_an_index_over_its_scale(graph: Graph, mineral: str, least: int) -> None:
    """Named countries that sum to more than the rounded total: the whole is their sum."""
    every = of_mineral(graph, f"{ID}mineral/{mineral}")
    found = [f for f in every if (f.method, f.quantity) == ("hhi", "production") and f.year > 2020]
    assert found
    assert all(least < (figure.value or 0) <= 10_000 for figure in found)
    assert all((figure.known_share or 0) <= 100 for figure in found)


@pytest.mark.parametrize("mineral", ["krypton", "xenon", "neon", "stone-crushed", "stone-dimension", "kyanite-and-related-minerals"])
def test_tables_of_one_country_and_of_a_small_part_give_no_share(graph: Graph, mineral: str) -> None:
    figures = of_mineral(graph, f"{ID}mineral/{mineral}")
    assert [f for f in figures if f.quantity in ("production", "reserves")] == []
    head = headline(graph, f"{ID}mineral/{mineral}", PRODUCER, 2026)
    assert head is not None
    assert head.reason in ("one-country-table", "known-part-too-small")
    assert not head.country


def test_values_have_six_digits_at_most(graph: Graph) -> None:
    rows = graph.ask("computed-figures", mineral="tungsten", year=0)
    texts = [str(row[name]) for row in rows for name in ("value", "upTo", "firstShare", "knownShare") if row[name] is not None]
    assert texts
    assert all(len(text.replace("-", "").replace(".", "").strip("0")) <= 6 for text in texts)


# What heads Japan's supply as of 2026, worked out by hand from the flows of 2024 in thousand dollars (sums of the raw rows).
SUPPLIERS = {
    "rare-earths": ("china", Decimal("37.77"), "main-forms"),  # 280530, 284610 and 284690
    "niobium": ("brazil", Decimal("97.56"), "main-forms"),
    "cobalt": ("finland", Decimal("37.28"), "main-forms"),
    "lithium": ("china", Decimal("66.01"), "main-forms"),  # carbonate and hydroxide together
    "vanadium": ("china", Decimal("51.61"), "main-forms"),
    "antimony": ("", None, "main-form-not-in-tables"),
    "chromium": ("", None, "main-form-not-in-tables"),
    "molybdenum": ("", None, "main-form-not-in-tables"),
    "gallium": ("", None, "main-form-not-in-tables"),
    "indium": ("", None, "main-form-not-in-tables"),
    "nickel": ("", None, "main-form-not-in-tables"),
    "boron": ("", None, "main-form-not-in-tables"),
    "tungsten": ("", None, "main-form-not-in-tables"),
    "germanium": ("", None, "series-ended"),
    "selenium": ("", None, "net-exporter"),
    "beryllium": ("", None, "too-small-to-tell"),
}


@pytest.mark.parametrize("mineral", SUPPLIERS)
def test_the_first_supplier_of_japan_is_over_the_main_forms_or_not_told(graph: Graph, mineral: str) -> None:
    country, share, reason = SUPPLIERS[mineral]
    head = headline(graph, f"{ID}mineral/{mineral}", SUPPLIER, 2026)
    assert head is not None
    assert head.country.rsplit("/", 1)[-1] == country
    assert (None if head.share is None else round(head.share, 2)) == share
    assert head.reason == reason


def test_the_share_of_rare_earths_is_over_all_three_codes() -> None:
    """By hand from the raw rows, as the test above has it."""
    bought: dict[str, Fraction] = defaultdict(Fraction)
    for code in ("280530", "284610", "284690"):
        for of, value in RAW[f"cepii-baci-hs92-japan-imports/japan-imports-{code}-value", 2024].values.items():
            bought[of] += value
    assert max(bought, key=lambda of: bought[of]) == "country/china"
    assert round(float(100 * bought["country/china"] / sum(bought.values())), 2) == 37.77


def test_a_group_stands_at_its_members_as_the_groups(graph: Graph) -> None:
    head = headline(graph, f"{ID}mineral/neodymium", SUPPLIER, 2026)
    assert head is not None
    assert (head.reason, head.via.rsplit("/", 1)[1]) == ("of-group", "rare-earths")
    assert not [f for f in of_mineral(graph, f"{ID}mineral/neodymium") if f.method == "import-dependence"]


def test_a_study_stands_where_no_table_has_the_mineral(graph: Graph) -> None:
    head = headline(graph, f"{ID}mineral/dysprosium", REFINER, 2026)
    assert head is not None
    assert (head.country.rsplit("/", 1)[1], head.share, head.reason, head.year) == ("china", 100, "study", 2023)


def test_the_largest_table_of_a_chapter_heads_it(graph: Graph) -> None:
    """Ilmenite and not rutile; usable ore and not its content; silicon metal and not ferrosilicon."""
    heads = headlines(graph, 2026)
    assert "titanium-ilmenite" in heads[f"{ID}mineral/titanium", PRODUCER].figure
    assert "usable-ore" in heads[f"{ID}mineral/iron-ore", PRODUCER].figure
    assert "silicon-metal" in heads[f"{ID}mineral/silicon", REFINER].figure


def test_what_only_passes_through_the_first_supplier_is_said(graph: Graph) -> None:
    head = headline(graph, f"{ID}mineral/cobalt", SUPPLIER, 2026)
    assert head is not None
    assert "supplier-mines-little" in head.notes


def test_a_headline_holds_for_three_years_and_then_says_that_its_series_ended(graph: Graph) -> None:
    iri = f"{ID}mineral/niobium"
    found = {year: headline(graph, iri, SUPPLIER, year) for year in (2012, 2024, 2027, 2028)}
    assert [head and head.year for head in found.values()] == [2012, 2024, 2024, None]
    last = found[2028]
    assert last is not None
    assert (last.reason, last.ended) == ("series-ended", 2024)


def test_each_role_of_each_mineral_has_one_headline_in_any_year(graph: Graph) -> None:
    for year in (1990, 2000, 2012, 2018, 2026, 2090):
        rows = graph.ask("headlines", year=year)
        keys = [(row["mineral"], row["roleCode"]) for row in rows]
        assert len(keys) == len(set(keys)), year
        assert all(row["figureYear"] is None or year - 3 <= int(str(row["figureYear"])) <= year for row in rows)


def test_a_quota_above_demand_is_loose_and_says_what_it_counts(graph: Graph) -> None:
    """50,145 t of products over 20,518 t of oxide in 2009: 2.44."""
    found = {f.year: f for f in of_mineral(graph, f"{ID}mineral/rare-earths", 2012) if f.method == "quota-to-demand"}
    assert round(found[2009].value or 0, 2) == Decimal("2.44")
    assert {"basis-not-said", "product-over-oxide"} <= set(found[2009].notes)


def test_a_figure_names_the_series_that_it_is_of(graph: Graph) -> None:
    for figure in of_mineral(graph, f"{ID}mineral/cobalt"):
        assert figure.derived_from
        assert figure.documents
        assert figure.value is not None or figure.notes


def test_shares_over_a_total_that_is_a_bound_are_bounds(graph: Graph) -> None:
    """The world's reserves of rare earths are given as more than a number."""
    (found,) = (f for f in of_mineral(graph, f"{ID}mineral/rare-earths", 2026) if (f.method, f.quantity) == ("top-supplier", "reserves"))
    assert found.bound == "at-most"


def test_imports_by_value_add_up_over_all_codes_and_over_the_main_forms(graph: Graph) -> None:
    of_2012 = [f for f in of_imports(graph, f"{ID}mineral/tungsten") if f.year == 2012 and f.method == "import-dependence"]
    every = next(f for f in of_2012 if f.is_all_codes)
    main = next(f for f in of_2012 if f.is_main_forms)
    assert (every.hs_codes, main.hs_codes) == (("261100", "810110"), ("810110",))
    # HS 261100 and 810110 in value: China 39.5193 % in 2012, summed outside of this program
    assert every.value == pytest.approx(Decimal("39.5193"), abs=Decimal("0.0001"))


def test_a_build_with_an_impossible_figure_is_stopped_even_where_its_text_is_on_record() -> None:
    store = Store()
    about = f"<{FIGURES}#bad>"
    lines = [
        f"{about} <{RDF}type> <{ONTOLOGY}ComputedFigure> .\n",
        f"{about} <{ONTOLOGY}method> <{CODE}method/hhi> .\n",
        f'{about} <{ONTOLOGY}value> "10001"^^<{XSD}decimal> .\n',
    ]
    store.load_lines(lines[:2], FIGURES)
    checks.require_sound_figures(ROOT, store)
    store.load_lines(lines, FIGURES)
    with pytest.raises(BadFacts, match="figures#bad: out of bounds"):
        checks.require_sound_figures(ROOT, store)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("unobtainium,280530,1992,main,a,b,,", "mineral is"),
        ("tungsten,28053,1992,main,a,b,,", "hs_code is"),
        ("tungsten,280530,1992,often,a,b,,", "role is"),
        ("tungsten,280530,92,main,a,b,,", "hs_edition is"),
        ("tungsten,280530,1992,main,a,,,", "form_ja is empty"),
    ],
)
def test_a_traded_form_that_cannot_be_understood_is_refused_with_its_line(tmp_path: Path, row: str, wrong: str) -> None:
    path = tmp_path / "forms.csv"
    path.write_text(",".join(forms.COLUMNS) + f"\n{row}\n", encoding="utf-8")
    declared = {f"{ID}mineral/tungsten", f"{CODE}form-role/main"}
    with pytest.raises(BadFacts, match=wrong) as refused:
        list(forms.triples(path, "https://w3id.org/lodegraph/doc/table/x", declared, {}))
    assert "forms.csv, line 2" in str(refused.value)
