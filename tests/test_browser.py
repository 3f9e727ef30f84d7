"""Every kind of page in a real Chromium: both languages, desk and phone, with scripts and without, in print and in the dark."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browsing import WIDTHS, Reader, chromium, reader
from live import Server
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST_PAGE_MOST = 200_000  # bytes sent for the start page with all that it needs
PAGES = [
    "/",
    "/minerals/rare-earths",
    "/minerals/rhenium?as_of=2012-12-31",
    "/countries/china",
    "/measures",
    "/measures/cn-rare-earth-export-quota",
    "/disputes/wto-china-export-restrictions-2012",
    "/projects/mount-weld",
    "/programmes",
    "/pillars/stockpiling",
    "/products/next-generation-vehicle",
    "/documents",
    "/lists",
    "/timeline",
    "/coverage",
    "/paths?source=next-generation-vehicle&target=china",
    "/exposure?thing=china",
    "/chokepoints?product=next-generation-vehicle",
    "/queries",
    "/queries/export-quotas",
    "/sparql",
    "/search?q=dysprosium",
    "/scenarios",
    "/compare?minerals=tungsten,cobalt",
    "/episodes",
    "/about",
    "/ontology",
    "/graph",
    "/graph?center=dysprosium&expand=country/china&layout=force",
    "/graph?from=next-generation-vehicle&to=china&center=rare-earths&kinds=mineral&kinds=country&as_of=2012-12-31",
    "/map?mineral=tungsten",
    "/map",
]
ERRORS = {"/minerals/unobtanium": 404, "/graph?depth=9": 400, "/graph?center=unobtanium": 404, "/nowhere": 404, "/?as_of=yesterday": 400}


def _in(path: str, lang: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={lang}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def desk(browser: Browser, lodegraph: Server) -> Reader:
    return reader(browser, lodegraph, WIDTHS["desk"])


@pytest.fixture
def window(desk: Reader) -> Iterator[Reader]:
    """The desk's window, as wide as before when the test is over."""
    yield desk
    desk.page.set_viewport_size({"width": WIDTHS["desk"], "height": 900})


@pytest.fixture(scope="module")
def plain(browser: Browser, lodegraph: Server) -> Reader:
    return reader(browser, lodegraph, WIDTHS["desk"], java_script_enabled=False)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_stands_in_both_languages_on_desk_and_phone(window: Reader, path: str) -> None:
    """No error, nothing asked of any other machine, no sideways scroll; axe finds nothing on the phone."""
    faults = []
    for lang in ("en", "ja"):
        faults += window.look(_in(path, lang)) + window.narrow()
        assert window.page.evaluate("document.documentElement.lang") == lang
    assert faults + window.axe() == []


@pytest.mark.parametrize(("path", "status"), ERRORS.items())
def test_an_error_is_a_page_that_says_what_would_be_right(desk: Reader, path: str, status: int) -> None:
    assert desk.look(path, status) + desk.axe() == []
    assert len(desk.page.inner_text("main")) > 60


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("path", [p for p in PAGES if p.startswith("/graph")] + ["/graph?center=rare-earths", "/minerals/rare-earths"])
def test_nothing_of_a_graph_lies_outside_or_on_another(desk: Reader, path: str, lang: str) -> None:
    desk.open(_in(path, lang))
    found = desk.collisions()
    assert found["nodes"] > 5
    assert found["outside"] == 0
    assert found["pairs"] == []


def test_a_graph_without_room_says_what_is_left_out(desk: Reader) -> None:
    """150 things stand in it; each kind left out leads to a picture of that kind."""
    desk.open("/graph?center=rare-earths&depth=3&lang=en")
    assert desk.page.locator(".node[data-iri]").count() == 150
    desk.follow(".notice a")
    assert re.search(r"kinds=\w+", desk.page.url)
    assert desk.page.locator(".node[data-iri]").count() > 1


def test_a_graph_is_opened_closed_and_filtered_without_scripts(plain: Reader) -> None:
    """China's things come with one link and go with another; the form keeps kinds and centers."""
    plain.open("/graph?center=dysprosium&lang=en")
    few = plain.page.locator(".node[data-iri]").count()
    toggle = '.node[data-iri="country/china"] a.toggle'
    plain.follow(f"{toggle} circle")
    assert "expand=country%2Fchina" in plain.page.url
    assert plain.page.locator(".node[data-iri]").count() > few + 20
    plain.page.check("input[name=kinds][value=country]")
    plain.follow(".choose button")
    assert plain.page.locator('.node[data-iri]:not([data-iri^="country/"])').count() == 1
    plain.follow(f"{toggle} circle")
    assert "expand" not in plain.page.url


def test_the_graph_is_walked_by_keyboard_and_zoomed(desk: Reader) -> None:
    """Right from a country stands a measure or mineral; + makes it larger; pointing marks what is linked."""
    desk.open("/graph?center=tungsten&kinds=country&kinds=material&lang=en")
    desk.page.focus('.node[data-iri="country/china"] a')
    desk.page.keyboard.press("ArrowRight")
    assert desk.page.evaluate("document.activeElement.closest('.node').dataset.iri") == "mineral/tungsten"
    assert (
        desk.page.locator(".edge.near").count()
        == desk.page.locator('.edge[data-target="mineral/tungsten"], .edge[data-source="mineral/tungsten"]').count()
        > 0
    )
    width = desk.page.evaluate("document.querySelector('svg.net[id]').clientWidth")
    desk.page.click("text='+'")
    assert desk.page.evaluate("document.querySelector('svg.net[id]').clientWidth") > width


def test_a_path_is_marked(desk: Reader) -> None:
    """From the product by way of a component or mineral to the country: both ends and all between are thick."""
    desk.open("/graph?center=rare-earths&from=next-generation-vehicle&to=china&kinds=country&lang=en&as_of=2012-12-31")
    marked = desk.page.eval_on_selector_all(".node.on-path", "nodes => nodes.map(n => n.dataset.iri)")
    assert {"product/next-generation-vehicle", "country/china", "mineral/rare-earths"} <= set(marked)
    assert desk.page.locator(".edge.on-path").count() >= 2


def test_a_table_is_sorted_by_its_heads(desk: Reader) -> None:
    """By share, rising and falling; what has no value stays last."""
    desk.open("/?lang=en")
    head = "#minerals thead th:nth-child(3) button"
    column = "cells => cells.map(c => c.dataset.sort)"
    for way, sign in (("ascending", 1), ("descending", -1)):
        desk.page.click(head)
        assert desk.page.get_attribute("#minerals thead th:nth-child(3)", "aria-sort") == way
        values = desk.page.eval_on_selector_all("#minerals tbody td:nth-child(3)", column)
        known = [float(value) for value in values if value]
        assert len(known) > 10
        assert known == sorted(known, key=lambda value: sign * value)
        assert values[len(known) :] == [""] * (len(values) - len(known))


def test_the_day_is_chosen_and_kept(plain: Reader) -> None:
    """On the last day of 2012 the quota for rare earths was in force; links keep the day."""
    plain.open("/minerals/rare-earths?lang=ja")
    plain.page.fill("input[name=as_of]", "2012-12-31")
    plain.follow("form.day button")
    assert "lang=ja" in plain.page.url
    assert "as_of=2012-12-31" in plain.page.url
    assert "as_of=2012-12-31" in (plain.page.get_attribute(".brand", "href") or "")


@pytest.mark.parametrize(("slug", "lang"), [("tungsten", "ja"), ("rare-earths", "en")])
def test_a_mineral_is_printed_on_two_sheets(browser: Browser, lodegraph: Server, slug: str, lang: str) -> None:
    """A4, and two at most, even for the mineral of which most is known."""
    window = reader(browser, lodegraph, WIDTHS["desk"], color_scheme="light")
    window.open(f"/minerals/{slug}?lang={lang}")
    printed = window.page.pdf(prefer_css_page_size=True, print_background=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2
    assert re.search(rb"/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]", printed)


def test_the_dark_can_be_read(browser: Browser, lodegraph: Server) -> None:
    """Contrast by axe, on a mineral and in the graph."""
    dark = reader(browser, lodegraph, WIDTHS["desk"], color_scheme="dark")
    for path in ("/minerals/rare-earths?lang=en", "/graph?center=rare-earths&lang=ja"):
        dark.open(path)
        assert dark.axe() == []


def test_the_first_page_is_small(browser: Browser, lodegraph: Server) -> None:
    """What is sent for it and all that it needs, as a new reader gets it."""
    window = reader(browser, lodegraph, WIDTHS["desk"])
    sizes: list[int] = []
    window.page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    window.open("/")
    window.page.wait_for_load_state("networkidle")
    assert len(sizes) >= 3
    assert 5_000 < sum(sizes) < FIRST_PAGE_MOST
