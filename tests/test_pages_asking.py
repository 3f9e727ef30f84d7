"""Pages where people ask, as a browser gets them: forms, answers with their sources, what is wrong said on the page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from kg import Graph
from service import create_app
from service.pages import queries
from service.pages.columns import head

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client(graph: Graph) -> Iterator[TestClient]:
    with TestClient(create_app(graph)) as opened:
        yield opened


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
    for query in graph.queries.values():
        for variable in graph.store.query(re.sub(r"\bORDER BY[^}]*$", "LIMIT 0", query.text)).columns:
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


def test_a_long_answer_is_cut_and_says_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "ROWS", 7)
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
    assert "cemented-carbide" in text or "Cemented-carbide" in text  # 4.3 paragraph 1 of the article
    assert 'aria-label="source 1"' in text
    rows = _csv(client, f"{asked}&format=csv&table=steps")
    assert rows[0]["From"] == "Automobile" and rows[-1]["To"]
    assert "China's export quota on tungsten" in {row["To"] for row in rows} or any("tungsten" in row["To"].lower() for row in rows)


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
