"""Pages where people ask, as a browser gets them: forms, answers with their sources, what is wrong said on the page."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from live import LIMITS, WORK

from kg import Graph
from kg.store.oxigraph import Store
from service.app import create_app
from service.pages import queries
from service.pages.column_labels import head

pytestmark = pytest.mark.slow

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def _page(client: TestClient, address: str, status: int = 200) -> str:
    reply = client.get(address, headers=BROWSER)
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"].startswith("text/html")
    return reply.text


def _csv(client: TestClient, address: str) -> list[dict[str, str]]:
    reply = client.get(address, headers=BROWSER)
    assert reply.headers["content-type"].startswith("text/csv"), reply.text
    return list(csv.DictReader(io.StringIO(reply.text)))


def test_all_questions_stand_under_a_topic_in_both_languages(client: TestClient, graph: Graph) -> None:
    for lang in ("en", "ja"):
        text = _page(client, f"/queries?lang={lang}")
        assert all(f'href="/queries/{name}?lang={lang}"' in text for name in graph.queries)
    assert all(query.topic for query in graph.queries.values())


def test_every_column_of_every_question_has_a_japanese_head(graph: Graph) -> None:
    empty = Store()  # where a query has the same columns at once
    for query in graph.queries.values():
        columns = empty.query(query.text).columns
        assert columns, query.name
        for variable in columns:
            assert re.search(r"[぀-ヿ一-鿿]|HS", head(graph, variable, "ja")), (query.name, variable)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_question_has_a_form_its_rows_with_marks_and_its_text(client: TestClient, lang: str) -> None:
    text = _page(client, f"/queries/export-quotas?mineral=rare-earths&lang={lang}")
    assert 'name="mineral" value="rare-earths" list="l-mineral"' in text
    assert '<option value="tungsten">' in text
    assert 'href="#source-1"' in text
    assert "VALUES ?mineral { &lt;https://w3id.org/lodegraph/id/mineral/rare-earths&gt; }" in text
    [csv_address] = re.findall(r'href="(/queries/export-quotas\?[^"]*format=csv)"', text)
    # the announcements of 2010: 22,283 t in the first batch, 7,976 t in the second
    rows = _csv(client, csv_address.replace("&amp;", "&"))
    assert {row["batch"]: row["value"] for row in rows if row["year"] == "2010" and row["batch"]} == {"1": "22283", "2": "7976"}
    assert "22,283" in text


def test_an_empty_field_of_a_form_is_no_value(client: TestClient) -> None:
    first, second = (_page(client, f"/queries/measures-in-force?{given}lang=en&as_of=2012-12-31") for given in ("", "mineral=&country=&"))
    assert first.count("<th scope=row") == second.count("<th scope=row") > 0


def test_the_day_of_the_page_is_the_day_asked_about(client: TestClient) -> None:
    text = _page(client, "/queries/measures-in-force?as_of=2012-12-31&lang=en")
    assert 'name="as_of" value="2012-12-31" type="date"' in text
    assert "cn-rare-earth-export-quota" in text
    assert "cn-rare-earth-export-quota" not in _page(client, "/queries/measures-in-force?as_of=2016-12-31&lang=en")


def test_a_long_answer_is_cut_and_says_so(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "ROWS", 7)
    with TestClient(create_app(graph, LIMITS, work=WORK)) as client:
        text = _page(client, "/queries/minerals?lang=en")
    assert "The first 7 rows are shown" in text
    assert text.count("<th scope=row") == 7


@pytest.mark.parametrize(
    ("address", "status", "part"),
    [
        ("/queries/export-quota", 404, "export-quotas"),
        ("/queries/export-quotas?mineral=rare-earth", 404, "rare-earths"),
        ("/queries/export-quotas?since=soon", 400, "whole number"),
        ("/queries/export-quotas?nonsense=1", 400, "nonsense"),
        ("/queries?nonsense=1", 400, "nonsense"),
    ],
)
def test_what_is_wrong_is_said_on_a_page(client: TestClient, address: str, status: int, part: str) -> None:
    assert part in _page(client, address, status)


def test_the_editor_has_examples_that_fill_it_and_runs_without_scripts(client: TestClient, graph: Graph) -> None:
    for lang in ("en", "ja"):
        text = _page(client, f"/sparql?lang={lang}")
        assert '<textarea id="query" name="query"' in text
        title = graph.queries["dispute-chain"].title_ja if lang == "ja" else graph.queries["dispute-chain"].title
        [example] = re.findall(rf'<a href="([^"]+)">{re.escape(title)}</a>', text)
        filled = _page(client, example.replace("&amp;", "&"))
        assert "Lode-Truncated" not in filled
        assert "SELECT DISTINCT ?step" in filled or "VALUES ?dispute" in filled
        assert 'id="rows"' not in filled  # chosen, not run


def test_an_answer_keeps_the_text_and_offers_its_other_formats(client: TestClient) -> None:
    query = "SELECT ?x { VALUES ?x { 1 2 } }"
    text = _page(client, f"/sparql?query={quote(query)}&format=html&edit=run")
    assert query in text
    assert "(2 rows" in text
    for media in ("json", "csv", "xml"):
        [address] = re.findall(rf'href="(/sparql\?[^"]*format={media})"', text)
        assert media in client.get(address.replace("&amp;", "&")).headers["content-type"]


def test_a_graph_is_shown_as_turtle_on_the_page_of_the_editor(client: TestClient) -> None:
    query = "CONSTRUCT { <http://example.org/a> <http://example.org/b> 1 } {}"
    text = _page(client, f"/sparql?query={quote(query)}&format=html&edit=run")
    assert "&lt;http://example.org/a&gt; &lt;http://example.org/b&gt;" in text.split("h-answer", 1)[1]


def test_an_error_in_a_query_is_shown_in_its_line_with_the_text_kept(client: TestClient) -> None:
    query = "SELECT *\n{ ?s ?p ?o .\n  FILTER(nope(?o)) }"
    text = _page(client, f"/sparql?query={quote(query)}&format=html&edit=run", 400)
    assert "Line 3, column 10" in text
    assert "   3    FILTER(<mark>nope(?o)) }</mark>" in text
    assert query in text.split("<textarea", 1)[1].split("</textarea>")[0]


def test_what_is_no_browser_gets_the_service_description(client: TestClient) -> None:
    assert client.get("/sparql").headers["content-type"].startswith("text/turtle")
    assert client.get("/sparql", headers={"Accept": "text/turtle"}).headers["content-type"].startswith("text/turtle")


def test_paths_are_drawn_step_by_step_with_what_each_rests_on(client: TestClient) -> None:
    for lang in ("en", "ja"):
        assert 'name="source"' in _page(client, f"/paths?lang={lang}")
    asked = "/paths?source=automobile&target=cn-tungsten-export-quota&as_of=2012-12-31&length=4&lang=en"
    text = _page(client, asked)
    assert "Cemented carbide tool" in text  # 4.3 paragraph 1 of the article
    assert 'aria-label="source 1"' in text
    rows = _csv(client, f"{asked}&format=csv&table=steps")
    assert rows[0]["From"] == "Automobile"


def test_exposure_is_drawn_with_its_bounds(client: TestClient) -> None:
    # HS 280530, 284610 and 284690 from China: 61.8303 % of Japan's purchases in value in 2012, summed outside of this program
    rows = _csv(client, "/exposure?thing=china&as_of=2012-12-31&lang=en&format=csv&table=exposed")
    [row] = [row for row in rows if row["What"] == "Rare earths"]
    assert float(row["Share, at least, %"]) == pytest.approx(61.8303, abs=1e-3)
    assert "依存する" in _page(client, "/exposure?thing=china&as_of=2012-12-31&lang=ja")


def test_chokepoints_of_products_chosen(client: TestClient) -> None:
    for lang in ("en", "ja"):
        text = _page(client, f"/chokepoints?product=next-generation-vehicle&product=&as_of=2012-12-31&lang={lang}")
        assert 'id="single"' in text


def test_what_if_takes_actions_from_a_form_and_shows_the_same_for_the_call(client: TestClient) -> None:
    for lang in ("en", "ja"):
        assert 'name="action"' in _page(client, f"/scenarios?lang={lang}")
    china = "action=supplier&who=china&mineral=&amount=50"
    stock = "action=stock&who=&mineral=rare-earths&amount=60"
    asked = f"/scenarios?{china}&{stock}&as_of=2012-12-31&lang=en"
    text = _page(client, asked)
    rows = _csv(client, f"{asked}&format=csv&table=minerals")
    [row] = [row for row in rows if row["Mineral"] == "Rare earths"]
    # China sent 61.8303 % of Japan's purchases in 2012; half of that is 30.9151 %, and 60 days of need last 60 / 0.309151 = 194.08 days
    assert float(row["Lost, at least, %"]) == pytest.approx(30.9151, abs=1e-3)
    assert float(row["Days the stock lasts"]) == pytest.approx(194.08, abs=0.05)
    body = json.loads(unescape(text.split("<pre", 1)[1].split(">", 1)[1].split("</pre>")[0]))
    called = client.post("/scenarios?as_of=2012-12-31&by=trade", json=body).json()
    assert [m["lost"]["low"] for m in called["minerals"] if m["thing"]["slug"] == "rare-earths"] == [pytest.approx(30.9151, abs=1e-3)]


def test_a_chain_is_told_link_by_link_with_what_answers_it(client: TestClient) -> None:
    for lang in ("en", "ja"):
        assert 'name="start"' in _page(client, f"/chains?lang={lang}")
    text = _page(client, "/chains?start=quota-cut-2010&end=technology-leakage&causes_only=false&lang=en")
    assert "leads to" in text
    assert 'id="links"' in text
    [call] = re.findall(r'href="(/chains\?[^"]*format=json)"', text)
    assert client.get(unescape(call)).json()["links"]


def test_two_episodes_stand_beside_each_other(client: TestClient) -> None:
    text = _page(client, "/episodes?lang=ja")
    assert "2010-01-01 – 2012-12-31" in text
    assert "2025-01-01 – 2026-12-31" in text
    # HS 280530, 284610 and 284690 from China in value, of Japan's purchases of 2012
    shares = _csv(client, "/episodes?lang=en&format=csv&table=shares")
    assert [float(row["China's share of purchases, %"]) for row in shares if row["Year"] == "2012"] == [pytest.approx(61.8303, abs=1e-3)]


def test_minerals_are_compared_with_their_methods(client: TestClient) -> None:
    assert 'name="minerals"' in _page(client, "/compare?lang=ja")
    text = _page(client, "/compare?minerals=tungsten,cobalt&add=nickel&lang=en")
    assert 'value="tungsten,cobalt,nickel"' in text
    assert '/about?lang=en#method-hhi"' in text


def test_about_gives_sources_with_their_terms_and_every_method_an_anchor(client: TestClient, graph: Graph) -> None:
    for lang in ("en", "ja"):
        text = _page(client, f"/about?lang={lang}")
        assert all(f'id="method-{row["code"]}"' in text for row in graph.ask("methods", lang=lang))
        assert graph.version in text
    assert "Etalab Open Licence 2.0" in _page(client, "/about?lang=en")
    rows = _csv(client, "/about?lang=en&format=csv&table=documents")
    [baci] = [row for row in rows if "Japan's imports" in row["Source"] or "imports of Japan" in row["Source"]]
    assert "CEPII" in baci["Licence and attribution"]


@pytest.mark.parametrize(
    ("address", "status", "part"),
    [
        ("/paths?source=automobil&target=china", 404, "automobile"),
        ("/paths?length=99", 400, "from 1 to 8"),
        ("/exposure?thing=chian", 404, "china"),
        ("/chokepoints?product=nothing-such", 404, "There is no"),
        ("/scenarios?action=supplier&who=china&mineral=&amount=150", 400, "Percent is from 0 to 100"),
        ("/scenarios?action=supplier&who=china", 400, "not whole"),
        ("/scenarios?action=stock&who=&mineral=tungsten&amount=many", 400, "must be a number"),
        ("/chains?start=nowhere", 404, "There is no"),
        ("/episodes?since=2013-01-01&until=2012-01-01", 400, "ends before it begins"),
        ("/compare?minerals=tungsten,tungstn", 404, "tungsten"),
        ("/about?nonsense=1", 400, "nonsense"),
    ],
)
def test_what_cannot_be_answered_is_said_on_a_page(client: TestClient, address: str, status: int, part: str) -> None:
    assert part in _page(client, address, status)
