"""Pages of things as a browser gets them: measures, the time line, countries, coverage, disputes, documents, lists; what is wrong said."""

from __future__ import annotations

import csv
import datetime
import io
import re

import pytest
from fastapi.testclient import TestClient

from kg.source import files
from service.pages.lifelines import step_span

pytestmark = pytest.mark.slow

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FACTS = files.root() / "ontology" / "facts"
PAGES = {
    "/measures": ("Measures", "措置"),
    "/measures/cn-gallium-germanium-licence": ("licence for gallium and germanium", "ガリウム・ゲルマニウム関連品目の輸出許可"),
    "/timeline": ("Timeline, 1990–2026", "年表"),
    "/countries/china": ("China", "中国"),
    "/blocs/european-union": ("European Union", "EU"),
    "/coverage": ("Which pillar covers which mineral", "どの柱がどの鉱種を対象とするか"),
    "/pillars/recycling": ("recycling", "リサイクルの推進"),
    "/disputes/wto-indonesia-raw-materials-2019": ("WTO dispute over Indonesia", "ニッケル等原材料に関する措置をめぐるWTO紛争"),
    "/programmes/national-stockpile": ("National stockpile", "国家備蓄制度"),
    "/projects/sareco": ("SARECO", "サレコ"),
    "/products/next-generation-vehicle": ("Next-generation vehicle", "次世代自動車"),
    "/components/high-efficiency-motor": ("High-efficiency motor", "高効率モーター"),
    "/lists/eu-critical-raw-materials-2023": ("34 critical raw materials", "重要原材料34品目"),
    "/documents/wto/ds592-summary": ("summary of DS592", "DS592"),
    "/documents/wto-agreement": ("WTO Agreement", "WTO協定"),
    "/events/quota-cut-2010": ("quota", "輸出枠の大幅削減"),
    "/conditions/price-gap": ("Gap between", "内外価格差"),
    "/lines": ("Lines of policy", "政策方針"),
    "/documents": ("Documents", "文書"),
}


def _page(client: TestClient, address: str, status: int = 200) -> str:
    reply = client.get(address, headers=BROWSER)
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"].startswith("text/html")
    return reply.text


def _rows(client: TestClient, address: str) -> list[dict[str, str]]:
    reply = client.get(address, headers=BROWSER)
    assert reply.headers["content-type"].startswith("text/csv"), reply.text
    return list(csv.DictReader(io.StringIO(reply.text)))


@pytest.mark.parametrize("address", PAGES)
def test_a_page_stands_in_both_languages_with_its_tables(client: TestClient, address: str) -> None:
    for lang, title in zip(("en", "ja"), PAGES[address], strict=True):
        text = _page(client, f"{address}?lang={lang}")
        heads = re.findall(r"<h1>(.*?)</h1>", text, re.DOTALL)
        assert len(heads) == 1
        assert title in heads[0]
        assert f'<html lang="{lang}">' in text
        tables = re.findall(r'<table id="([\w-]+)"', text)
        assert tables
        assert len(tables) == len(set(tables))
        for name in tables:
            assert f"table={name}" in text
            _rows(client, f"{address}?lang={lang}&format=csv&table={name}")


# Announcement No. 23 of 2023: issued on 3 July, in effect from 1 August.
@pytest.mark.parametrize(("day", "state"), [("2023-07-15", "Announced"), ("2024-06-01", "In force")])
def test_a_measure_has_its_state_on_the_day_and_its_life_as_a_line(client: TestClient, day: str, state: str) -> None:
    address = f"/measures/cn-gallium-germanium-licence?lang=en&as_of={day}"
    (row,) = _rows(client, f"{address}&format=csv&table=state")
    assert (row[f"State on {day}"], row["Announced"], row["In effect from"]) == (state, "2023-07-03", "2023-08-01")
    life = re.findall(r'<rect class="bar (announced|in-force) restrict"[^>]*><title>China[^<]*: ([^<]*)', _page(client, address))
    assert life == [("announced", "2023-07-03 – 2023-08-01"), ("in-force", "2023-08-01 – ?")]
    steps = _rows(client, f"{address}&format=csv&table=measure-life")
    assert [(step["Step"], step["When"], step["Place"]) for step in steps][:2] == [
        ("Announced", "2023-07-03", "Entry into effect"),
        ("Effective", "2023-08-01", "Entry into effect"),
    ]


def test_a_measure_of_which_nothing_was_known_says_so(client: TestClient) -> None:
    text = _page(client, "/measures/cn-gallium-germanium-licence?lang=en&as_of=2023-06-30")
    assert "none recorded" in text.split('id="h-state"')[1].split("</section>")[0]


def test_measures_are_shown_as_they_could_be_known_by_a_day(client: TestClient) -> None:
    address = "/measures?lang=en&as_of=2015-06-01&country=china&mineral=rare-earths&format=csv&table=measures"
    state = "State on 2015-06-01"
    now, then = ({row["Measure"]: row[state] for row in _rows(client, address + more)} for more in ("", "&known_by=2013-12-31"))
    quota = "China's export quota for rare earths"
    assert now[quota] == "Ended"
    assert then[quota].startswith("In force")


def test_goods_of_a_measure_stand_with_their_codes(client: TestClient) -> None:
    rows = _rows(client, "/measures/cn-gallium-germanium-licence?lang=en&format=csv&table=measure-codes")
    nitride = {(row["HS code"], row["National code"]) for row in rows if row["Goods"] == "Gallium nitride"}
    assert nitride == {("285000", "2850001901"), ("381800", "3818009001"), ("382569", "3825690001")}


def test_measures_are_filtered_by_a_form_that_may_be_empty(client: TestClient) -> None:
    rows = _rows(client, "/measures?lang=en&mineral=gallium&country=china&type=&state=announced&as_of=2023-07-15&format=csv")
    assert [row["Measure"] for row in rows] == ["China's export licence for gallium and germanium items"]
    assert _rows(client, "/measures?lang=en&mineral=gallium&country=indonesia&as_of=2023-07-15&format=csv") == []
    text = _page(client, "/measures?lang=en&mineral=gallium&state=announced&as_of=2023-07-15")
    assert '<option value="gallium" selected>' in text
    moved = client.get("/measures?in_force_on=2012-12-31&lang=en&mineral=rare-earths", headers=BROWSER, follow_redirects=False)
    assert moved.headers["location"] == "/measures?lang=en&mineral=rare-earths&as_of=2012-12-31&state=in-force"


# DS592: consultations requested on 22 November 2019, panel requested on 14 January 2021 (366 + 53 days), set up on 22 February 2021.
def test_a_dispute_has_its_parties_and_the_days_between_its_steps(client: TestClient) -> None:
    address = "/disputes/wto-indonesia-raw-materials-2019?lang=en"
    rows = _rows(client, f"{address}&format=csv&table=dispute-chain")
    assert [(row["Day"], row["Days since the start"], row["Days since the step before"]) for row in rows][:3] == [
        ("2019-11-22", "0", ""),
        ("2021-01-14", "419", "419"),
        ("2021-02-22", "458", "39"),
    ]
    parties = {(row["Role"], row["Who or what"]) for row in _rows(client, f"{address}&format=csv&table=dispute-parties")}
    assert {("complainant", "European Union"), ("respondent", "Indonesia"), ("concerns", "Nickel")} <= parties
    assert "2019-11-22 Consultations requested" in _page(client, address)


def test_the_time_line_is_filtered_by_mineral_country_and_kind(client: TestClient) -> None:
    of = "WTO dispute over Indonesia's measures on nickel and other raw materials (2019)"
    rows = _rows(client, "/timeline?lang=en&kind=dispute&mineral=nickel&format=csv")
    assert {row["What"] for row in rows} == {of}
    assert rows[0]["When"] == "2019-11-22"
    assert of not in {row["What"] for row in _rows(client, "/timeline?lang=en&kind=dispute&country=china&format=csv")}
    events = _rows(client, "/timeline?lang=en&kind=event&country=china&format=csv")
    assert {"2010"} == {row["When"] for row in events if row["What"].startswith("Large cut of China")}
    assert '<h2 id="measures-china">' not in _page(client, "/timeline?lang=en&kind=event")
    years = [int(row["When"].removeprefix("FY").lstrip("./")[:4]) for row in _rows(client, "/timeline?lang=en&format=csv")]
    assert max(years) <= 2026
    assert years == sorted(years)


def test_a_step_is_as_long_as_its_time_is_vague() -> None:
    day = datetime.date
    for row, start, end, is_fuzzy in (
        ({"date": "2012-02-29"}, day(2012, 2, 29), day(2012, 3, 1), False),
        ({"date": "2012-02"}, day(2012, 2, 1), day(2012, 3, 1), True),
        ({"date": "2010"}, day(2010, 1, 1), day(2011, 1, 1), True),
        ({"fiscalYear": "2010"}, day(2010, 4, 1), day(2011, 4, 1), True),
        ({"start": "2012-04", "end": "2012-06"}, day(2012, 4, 1), day(2012, 7, 1), True),
    ):
        span = step_span(row)
        assert span is not None
        assert (span.start, span.end, span.is_fuzzy) == (start, end, is_fuzzy)
    assert step_span({"says": "no time"}) is None


# The complaints of 2009, 2012 and 2016 were brought against China; the table of the WTO and the article say so.
def test_a_country_has_its_measures_and_disputes(client: TestClient) -> None:
    rows = _rows(client, "/countries/china?lang=en&format=csv&table=disputes")
    assert [row["As"] for row in rows] == ["respondent"] * 3
    assert [row["Project"] for row in _rows(client, "/countries/france?lang=en&format=csv&table=projects")] == ["Caremag", "Caremag"]
    measures = _rows(client, "/countries/china?lang=en&as_of=2023-07-15&format=csv&table=measures")
    assert {row["Imposed by"] for row in measures} == {"China"}
    assert "none recorded" in _page(client, "/countries/andorra?lang=en")


# The article puts cobalt on the list of recycling priorities, and tells of nothing that covers bismuth.
def test_the_matrix_tells_what_covers_a_mineral_and_what_is_not_recorded(client: TestClient) -> None:
    rows = {row["Mineral"]: row for row in _rows(client, "/coverage?lang=en&as_of=2013-06-01&format=csv&table=matrix")}
    assert rows["Cobalt"]["Promotion of recycling"] == "○ Designated 1"
    assert rows["Cobalt"]["Rare-metal stockpiling"] == "● Operating 1"
    assert rows["Neodymium"]["Promotion of securing overseas resources"] == "◐ Funded 4"
    later = {row["Mineral"]: row for row in _rows(client, "/coverage?lang=en&as_of=2026-03-31&format=csv&table=matrix")}
    assert later["Neodymium"]["Promotion of securing overseas resources"] == "● Operating 2 · ◐ Funded 2 · ✕ Failed 1"
    japanese = {row["鉱種"]: row for row in _rows(client, "/coverage?lang=ja&as_of=2013-06-01&format=csv&table=matrix")}
    assert japanese["コバルト"]["リサイクルの推進"] == "○ 指定 1"
    for lang, word in (("en", "designated alone is counted apart"), ("ja", "指定のみは別に数える")):
        assert word in _page(client, f"/coverage?lang={lang}&as_of=2013-06-01")
    assert set(rows["Bismuth"].values()) == {"Bismuth", ""}
    assert "Five minerals for priority recycling" in _page(client, "/coverage?lang=en&as_of=2013-06-01")
    gaps = _rows(client, "/coverage?lang=en&as_of=2013-06-01&format=csv&table=gaps")
    restricted = [float(row["Share of a supplier that restricts exports, %"] or 0) for row in gaps]
    assert restricted == sorted(restricted, reverse=True)
    early = _rows(client, "/coverage?lang=en&as_of=2009-06-01&format=csv&table=candidates")
    (list_,) = [row for row in early if row["Response on record"] == "Five minerals for priority recycling"]
    assert list_["Cells that it would raise"] == "5"


def test_a_source_tells_all_that_it_says_in_its_order(client: TestClient) -> None:
    for name in ("wto/ds592-summary", "cn/mofcom-2023-23"):
        text = (FACTS / f"{name}.ttl").read_text(encoding="utf-8")
        rows = _rows(client, f"/documents/{name}?lang=en&format=csv&table=statements")
        assert len(rows) == len(re.findall(r"\blode:says ", text)) > 0
        assert sorted(row["Statement"] for row in rows) == sorted(re.findall(r'lode:says "(.*?)"@en', text))
    assert rows[-1]["Place"] == "Entry into effect"
    assert "2023-07-03" in _page(client, "/documents/cn/mofcom-2023-23?lang=en")


def test_a_list_has_its_members(client: TestClient) -> None:
    rows = _rows(client, "/lists/eu-critical-raw-materials-2023?lang=en&format=csv&table=list-members")
    assert len(rows) == 34  # the number in its name
    assert {"Antimony", "Cobalt"} <= {row["Mineral"] for row in rows}


def test_a_list_of_a_kind_is_searched_in_any_language_and_turned(client: TestClient) -> None:
    assert [row["Name"] for row in _rows(client, "/countries?lang=en&q=中国&format=csv")] == ["China"]
    first = _page(client, "/disputes?lang=en&limit=3")
    assert "offset=3" in first
    assert len(_rows(client, "/disputes?lang=en&limit=3&offset=3&format=csv")) == 1


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        ("/measures?state=asleep", 400, "suspension-lapsed"),
        ("/measures?mineral=unobtainium", 404, "unobtainium"),
        ("/measures/no-such-measure", 404, "no-such-measure"),
        ("/measures?colour=red", 400, "colour"),
        ("/timeline?kind=rumour", 400, "rumour"),
        ("/timeline?country=atlantis", 404, "atlantis"),
        ("/coverage?as_of=yesterday", 400, "yesterday"),
        ("/countries?limit=0", 400, "limit"),
        ("/countries/china?format=csv&table=secrets", 404, "secrets"),
    ],
)
def test_what_is_wrong_is_said_on_a_page(client: TestClient, address: str, status: int, word: str) -> None:
    assert word in _page(client, address, status)
