"""The graph and the map as pages: what they show, their tables, their files, and what they answer to bad input."""

from __future__ import annotations

import csv
import io
import re

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.slow

PAGE = {"Accept": "text/html"}


def _page(client: TestClient, address: str, status: int = 200) -> str:
    answer = client.get(address, headers=PAGE)
    assert answer.status_code == status, answer.text
    return answer.text


def _rows(client: TestClient, address: str) -> list[dict[str, str]]:
    answer = client.get(f"{address}&format=csv")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def _shown(text: str) -> set[str]:
    return set(re.findall(r'class="node [^"]*" data-iri="([^"]+)"', text))


def test_the_graph_shows_what_is_linked_and_says_of_what_kind(client: TestClient) -> None:
    """Dysprosium is a rare earth, comes from China (article, section 2), and stands on the EU's list of strategic materials."""
    text = _page(client, "/graph?center=dysprosium&lang=en")
    assert {"mineral/dysprosium", "mineral/rare-earths", "country/china"} <= _shown(text)
    for word in ("Country", "Mineral", "Condition"):
        assert re.search(rf'class="head"[^>]*>[^<]*{word}', text)
    assert "Dysprosium · ジスプロシウム · Mineral" in text
    assert "ジスプロシウム · Dysprosium · 鉱種" in _page(client, "/graph?center=dysprosium&lang=ja")


def test_kinds_measure_and_day_narrow_the_graph(client: TestClient) -> None:
    """China's export quota for rare earths ran to the end of 2014: it is there in 2012 and gone in 2016."""
    quota = "measure/cn-rare-earth-export-quota"
    near = "/graph?center=rare-earths&kinds=measure"
    assert quota in _shown(_page(client, f"{near}&as_of=2012-12-31"))
    later = _shown(_page(client, f"{near}&as_of=2016-06-30"))
    assert quota not in later
    assert {iri.split("/")[0] for iri in later} == {"measure", "mineral"}
    one = _shown(_page(client, f"{near}&as_of=2012-12-31&measure=cn-rare-earth-export-quota"))
    assert one == {"mineral/rare-earths", quota}


def test_a_measure_that_is_over_is_shown_as_of_any_day(client: TestClient) -> None:
    text = _page(client, "/graph?center=cn-rare-earth-export-quota&as_of=2020-01-01&lang=en")
    assert "holds on any day" in text
    assert {"mineral/rare-earths", "country/china"} <= _shown(text)


def test_a_thing_is_opened_and_closed(client: TestClient) -> None:
    """Its further links come with it; the address that closes it names the others that stay open."""
    closed = _page(client, "/graph?center=gallium")
    opened = _page(client, "/graph?center=gallium&expand=country/china&expand=mineral/tungsten")
    assert "mineral/tungsten" not in _shown(closed)
    assert {"mineral/gallium", "mineral/tungsten", "country/china"} <= _shown(opened)
    assert 'class="toggle" href="/graph?center=gallium&amp;expand=mineral%2Ftungsten"' in opened


def test_paths_are_marked(client: TestClient) -> None:
    text = _page(client, "/graph?center=rare-earths&kinds=country&from=next-generation-vehicle&to=china&as_of=2012-12-31")
    marked = set(re.findall(r'class="node [^"]*on-path[^"]*" data-iri="([^"]+)"', text))
    assert {"product/next-generation-vehicle", "country/china"} <= marked
    assert 'class="edge supply on-path"' in text
    assert "/paths?" in text


def test_no_path_is_said_to_be_none(client: TestClient) -> None:
    text = _page(client, "/graph?center=rare-earths&from=stockpiling&to=kazakhstan&lang=en")
    assert "No path of dependence" in text


def test_the_second_layout_has_the_same_things(client: TestClient) -> None:
    columns = _page(client, "/graph?center=tungsten")
    force = _page(client, "/graph?center=tungsten&layout=force")
    assert _shown(columns) == _shown(force) != set()
    assert 'class="head"' not in force


def test_the_links_are_a_table_with_the_articles_share(client: TestClient) -> None:
    """The article: Japan came to buy 97 % or more of its rare earths from China; the page says that it is a lower bound."""
    rows = _rows(client, "/graph?center=rare-earths&table=links&lang=en&as_of=2012-12-31")
    china = [row for row in rows if row["To"] == "China" and row["From"] == "Rare earths" and row["Share, %"]]
    assert {float(row["Share, %"]) for row in china} == {97.0}
    assert "at least 97" in _page(client, "/graph?center=rare-earths&lang=en&as_of=2012-12-31")
    things = _rows(client, "/graph?center=rare-earths&table=things&lang=ja&as_of=2012-12-31")
    assert {"対象", "種類"} <= things[0].keys()


def test_every_file_format_is_offered_as_asked(client: TestClient) -> None:
    """And JSON leads to the file."""
    text = _page(client, "/graph?center=gallium&depth=2&kinds=list&lang=en&as_of=2024-01-01")
    for name in ("gexf", "graphml-yed", "turtle", "png", "xlsx-kumu", "geojson"):
        assert f"/graph.{name}?lang=en&amp;as_of=2024-01-01&amp;center=gallium&amp;depth=2&amp;kinds=list" in text
    answer = client.get("/graph?center=gallium&depth=2&format=json", follow_redirects=False)
    assert answer.status_code == 303
    assert client.get(answer.headers["location"]).json()["nodes"]


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/graph?center=galium", 404, "gallium"),
        ("/graph?kinds=minerals", 404, "mineral"),
        ("/graph?depth=5", 400, "depth"),
        ("/graph?layout=circle", 400, "layout"),
        ("/graph?measure=gallium", 404, "measure"),
        ("/graph?centre=gallium", 400, "center"),
        ("/graph?as_of=2012", 400, "as_of"),
        ("/map?mineral=china", 404, "mineral"),
        ("/map?country=china", 400, "mineral"),
    ],
)
def test_bad_input_is_told_what_would_be_right(client: TestClient, address: str, status: int, said: str) -> None:
    assert said in _page(client, address, status)


def test_a_mineral_has_a_small_graph_that_opens_large(client: TestClient) -> None:
    text = _page(client, "/minerals/tungsten?lang=en")
    assert {"mineral/tungsten", "country/china"} <= _shown(text)
    assert "/graph?lang=en&amp;center=tungsten" in text


def test_the_map_places_deposits_where_the_records_do(client: TestClient) -> None:
    """Logtung, record 1046 of USGS: 60.0167 N, 131.6167 W; the map has 3 pixels a degree from 180 W and 84 N."""
    text = _page(client, "/map?mineral=tungsten&lang=en")
    point = re.search(r'aria-label="Logtung[^>]*>.*?cx="([\d.]+)" cy="([\d.]+)"', text, re.DOTALL)
    assert point
    assert (float(point[1]), float(point[2])) == (pytest.approx((180 - 131.6167) * 3, abs=0.1), pytest.approx((84 - 60.0167) * 3, abs=0.1))
    rows = _rows(client, "/map?mineral=tungsten&table=deposits&lang=ja")
    logtung = next(row for row in rows if "Logtung" in row["鉱床"])
    assert float(logtung["緯度（°）"]) == pytest.approx(60.0167)


def test_the_whole_map_has_all_deposits_and_counts_them(client: TestClient) -> None:
    """Counted in the table of deposits: 1,863 records, 1,642 with a place, 1,861 with a country, 78 with tungsten."""
    text = _page(client, "/map?lang=ja")
    assert "1863件の記録、うち位置のあるもの1642件" in text
    assert len(re.findall(r"M[\d.]+ [\d.]+h0", text)) == 1642
    rows = _rows(client, "/map?table=countries&lang=en")
    assert sum(int(row["Deposits on record"] or 0) for row in rows) == 1861
    assert next(row for row in rows if row["Country"] == "Australia")["Projects"].endswith("Mount Weld")
    minerals = _rows(client, "/map?table=minerals-table&lang=en")
    assert next(row for row in minerals if row["Mineral"] == "Tungsten")["Deposits on record"] == "78"
