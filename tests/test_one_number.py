"""One mineral, one number: every way to ask gives what the build decided, for all minerals that have a headline."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from live import LIMITS, WORK
from typer.testing import CliRunner

from kg import Graph
from kg.namespaces import ID, slug_of
from kg.network import analysis, coverage
from kg.network.graphs import needs
from kg.views.headlines import PRODUCER, REFINER, ROLES, SUPPLIER, Headline, headlines
from service.app import create_app
from service.cli.main import app
from service.mcp.tools import Tools

pytestmark = pytest.mark.slow

BROWSER = {"Accept": "text/html"}
DAY = "2026-06-30"
CLOSE = Decimal("0.0001")


@pytest.fixture(scope="module")
def client(graph: Graph) -> Iterator[TestClient]:
    with TestClient(create_app(graph, LIMITS, work=WORK)) as opened:
        yield opened


@pytest.fixture(scope="module")
def heads(graph: Graph) -> dict[tuple[str, str], Headline]:
    return dict(headlines(graph, 2026))


@pytest.fixture(scope="module")
def own(heads: dict[tuple[str, str], Headline]) -> dict[tuple[str, str], Headline]:
    """Headlines with a figure of the mineral's own."""
    found = {key: head for key, head in heads.items() if head.country and not head.via}
    assert {role for _, role in found} == set(ROLES)
    assert len(found) > 100
    return found


def _rows(client: TestClient, address: str) -> list[dict[str, str]]:
    reply = client.get(address, headers=BROWSER)
    assert reply.status_code == 200, reply.text
    return list(csv.DictReader(io.StringIO(reply.text)))


def _number(text: object) -> Decimal:
    return Decimal(str(text).replace(",", "").removeprefix("at most ").removeprefix("at least ").removesuffix(" %"))


def _same(told: object, head: Headline) -> bool:
    return head.share is not None and abs(_number(told) - head.share) <= max(CLOSE * abs(head.share), Decimal("0.00005"))


def test_the_start_page_shows_the_headlines(graph: Graph, client: TestClient, heads: dict[tuple[str, str], Headline]) -> None:
    rows = {row["Mineral"]: row for row in _rows(client, f"/minerals?format=csv&table=minerals&as_of={DAY}")}
    seen = 0
    columns = {
        SUPPLIER: ("Japan's first supplier (trade)", "Share of imports, %"),
        PRODUCER: ("First producer", "Share of production, %"),
        REFINER: ("First refiner", "Share of refining, %"),
    }
    for (mineral, role), head in heads.items():
        row = rows.get(graph.label(mineral))
        if row is None:
            continue
        country, share = (row[name] for name in columns[role])
        if not head.country:
            assert head.reason_label in country
            continue
        seen += 1
        assert graph.label(head.country) in country, (mineral, role)
        if not head.via:
            assert _same(share, head), (mineral, role, share, head.share)
    assert seen > 100


def test_a_minerals_own_page_and_calls_give_its_headlines(client: TestClient, own: dict[tuple[str, str], Headline]) -> None:
    for mineral in sorted({mineral for mineral, _ in own}):
        found = client.get(f"/minerals/{slug_of(mineral)}/risks?as_of={DAY}").json()["risks"]
        told = {head["role"]: head for head in found["headlines"]}
        for role in ROLES:
            head = own.get((mineral, role))
            if head is not None:
                assert (told[role]["country"], told[role]["year"], told[role]["reason"]) == (head.country, head.year, head.reason)
                assert _same(told[role]["share"], head)
                figure = next(figure for figure in found["figures"] if figure["figure"] == head.figure)
                assert _same(figure["value"], head)


def test_the_page_of_each_country_lists_what_it_is_first_in(graph: Graph, client: TestClient, own: dict[tuple[str, str], Headline]) -> None:
    for country in sorted({head.country for head in own.values()}):
        slug = slug_of(country)
        made = [h for (_, role), h in own.items() if h.country == country and role != SUPPLIER]
        if made:
            rows = _rows(client, f"/countries/{slug}?format=csv&table=produced&as_of={DAY}")
            assert len(rows) == len(made)
            told = {(row["Mineral"], row["Stage"]): row["Share of the world's, %"] for row in rows}
            for head in made:
                role = graph.label(f"https://w3id.org/lodegraph/code/headline-role/{head.role}")
                assert _same(told[graph.label(head.mineral), role], head)


def test_coverage_network_exposure_and_comparison_reckon_with_it(graph: Graph, own: dict[tuple[str, str], Headline]) -> None:
    day = datetime.date.fromisoformat(DAY)
    covered = {row["mineral"]["iri"]: row for row in coverage.coverage(graph, as_of=day)["minerals"]}
    net = needs(graph, day, "trade")
    bought = {mineral: head for (mineral, role), head in own.items() if role == SUPPLIER}
    assert len(bought) >= 8
    for mineral, head in bought.items():
        assert _same(covered[mineral]["top_share"], head), mineral
        assert covered[mineral]["top_supplier"]["iri"] == head.country
        assert _same(100 * net.edges[mineral, head.country]["low"], head), mineral
        exposed = analysis.exposure(graph, head.country, as_of=day)["exposed"]
        entry = next(entry for entry in exposed if entry["thing"]["iri"] == mineral)
        assert _number(entry["low"]) >= (head.share or 0) - Decimal("0.01"), mineral


def test_a_scenario_takes_away_what_the_headline_says(client: TestClient, own: dict[tuple[str, str], Headline]) -> None:
    for (mineral, role), head in own.items():
        if role == SUPPLIER:
            action = {"action": "restrict", "supplier": slug_of(head.country), "minerals": [slug_of(mineral)], "percent": 100}
            found = client.post(f"/scenarios?as_of={DAY}", json={"actions": [action]}).json()
            outcome = next(entry for entry in found["minerals"] if entry["thing"]["iri"] == mineral)
            assert _same(outcome["lost"]["low"], head), mineral


def test_comparison_shows_the_headlines(client: TestClient, own: dict[tuple[str, str], Headline]) -> None:
    minerals = sorted({mineral for mineral, role in own if role == SUPPLIER})
    found = client.get("/compare?year=2026&minerals=" + ",".join(map(slug_of, minerals))).json()
    cells = {row["mineral"]: row["cells"] for row in found["minerals"]}
    for mineral in minerals:
        assert _same(cells[mineral]["import-dependence/import-value"]["value"], own[mineral, SUPPLIER])
        made = own.get((mineral, PRODUCER))
        if made is not None and made.reason != "study":
            assert _same(cells[mineral][f"top-supplier/production/{made.stage}"]["value"], made)


def test_the_command_line_and_the_tools_for_models_give_them(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, own: dict[tuple[str, str], Headline]
) -> None:
    monkeypatch.setattr("kg.build.opening.open_graph", lambda **options: graph)
    tools = Tools(graph, None)  # type: ignore[arg-type]  # no query is run in these
    for mineral in sorted({mineral for mineral, role in own if role == SUPPLIER}):
        slug = slug_of(mineral)
        told: dict[str, Any] = json.loads(CliRunner().invoke(app, ["risks", slug, "--as-of", DAY, "--format", "json"]).stdout)
        by_role = {head["role"]: head for head in told["headlines"]}
        lean = {head["role"]: head for head in json.loads(tools.mineral(slug, DAY))["headlines"]}
        for role in ROLES:
            head = own.get((mineral, role))
            if head is not None:
                assert _same(by_role[role]["share"], head)
                assert abs(_number(lean[role]["share"]) - (head.share or 0)) < Decimal("0.001")


def test_the_questions_and_their_csv_give_them(client: TestClient, own: dict[tuple[str, str], Headline]) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/queries/headlines?year=2026&format=csv").text)))
    told = {(row["mineral"], row["roleCode"]): row for row in rows}
    for (mineral, role), head in own.items():
        row = told[mineral, role]
        assert _same(row["share"] or row["atMost"] or row["atLeast"], head), (mineral, role)
        assert row["country"] == head.country


def test_a_members_cell_says_that_the_figure_is_the_groups(client: TestClient, heads: dict[tuple[str, str], Headline]) -> None:
    found = heads[f"{ID}mineral/neodymium", SUPPLIER]
    assert found.via == f"{ID}mineral/rare-earths"
    page = client.get(f"/minerals/neodymium?as_of={DAY}", headers=BROWSER).text
    assert "of all Rare earths" in page
