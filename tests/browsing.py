"""A real Chromium for the tests: pages as a reader meets them, with everything that goes wrong in them noted down."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from live import WAIT, Server
from playwright.sync_api import Browser, Page, Response, Route, sync_playwright

WIDTHS = {"desk": 1400, "phone": 420}
_AXE = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } });
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(" | ")} (${v.nodes.length})`);
}"""
# Boxes outside the view, and labels of which one lies on another: the ink of a line is about as high as its font is large.
_COLLISIONS = """() => {
  const svg = document.querySelector("svg.net[id]");
  const [x, y, w, h] = svg.getAttribute("viewBox").split(" ").map(Number);
  const outside = [...svg.querySelectorAll(".node .box")].filter((box) => {
    const b = box.getBBox();
    return b.x < x || b.y < y || b.x + b.width > x + w || b.y + b.height > y + h;
  });
  const inks = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim()).map((text) => {
    const b = text.getBBox(), spare = (b.height / (text.childElementCount || 1)) * 0.2;
    return { x: b.x, y: b.y + spare, right: b.x + b.width, low: b.y + b.height - spare, text: text.textContent };
  });
  const pairs = [];
  inks.forEach((a, i) => inks.slice(i + 1).forEach((b) => {
    if (a.x < b.right && b.x < a.right && a.y < b.low && b.y < a.low) pairs.push(`${a.text} on ${b.text}`);
  }));
  return { nodes: svg.querySelectorAll(".node[data-iri]").length, outside: outside.length, pairs };
}"""


@dataclass
class Reader:
    """One browser page, and what went wrong in it since it was last asked: errors, and requests that would have left this machine."""

    page: Page
    server: Server
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Response:
        """Go to a path."""
        answer = self.page.goto(self.server.address + path)
        assert answer is not None
        return answer

    def follow(self, what: str) -> None:
        """Click on what leads to another page, and wait until that is loaded."""
        with self.page.expect_navigation():
            self.page.locator(what).first.click()

    def look(self, path: str, status: int = 200) -> list[str]:
        """Go to a path, on a desk; all that is wrong with it, in words."""
        self.faults.clear()
        self.page.set_viewport_size({"width": WIDTHS["desk"], "height": 900})
        answer = self.open(path)
        found = [fault for fault in self.faults if status == 200 or f"status of {status}" not in fault]
        if answer.status != status:
            found.append(f"status {answer.status}")
        if self.page.locator("h1").count() != 1:
            found.append("not one h1")
        return [f"{path}: {fault}" for fault in found + self._too_wide()]

    def narrow(self) -> list[str]:
        """Make the window a phone's; what then is wrong."""
        self.page.set_viewport_size({"width": WIDTHS["phone"], "height": 900})
        return [f"{self.page.url}: {fault}" for fault in self._too_wide()]

    def _too_wide(self) -> list[str]:
        excess = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return [f"{excess} px too wide at {self.page.viewport_size}"] if excess > 0 else []

    def axe(self) -> list[str]:
        """What axe finds in the page as it stands, in any rule."""
        self.page.evaluate(f"() => {{ {AXE_SCRIPT} }}")  # through the debugger, where the page's policy does not reach
        return [f"{self.page.url}: {fault}" for fault in self.page.evaluate(_AXE)]

    def collisions(self) -> dict[str, Any]:
        """How many things the graph's picture has, how many lie outside its view, and which labels lie on others."""
        found: dict[str, Any] = self.page.evaluate(_COLLISIONS)
        return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    if not path:
        pytest.fail("Chromium is missing: run `python3 run.py test` as root, or install Debian's packages chromium and fonts-noto-cjk.")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"], timeout=WAIT * 1000)
        yield browser
        browser.close()


def reader(browser: Browser, server: Server, width: int, **options: Any) -> Reader:
    """A new window of a width, that lets nothing out of this machine."""
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", **options)
    found = Reader(context.new_page(), server)

    def guard(route: Route) -> None:
        if route.request.url.startswith(server.address):
            route.continue_()
        else:
            found.faults.append(f"asked for {route.request.url}")
            route.abort()

    context.route("**/*", guard)
    found.page.on("console", lambda said: found.faults.append(f"console: {said.text}") if said.type in ("error", "warning") else None)
    found.page.on("pageerror", lambda error: found.faults.append(f"script: {error}"))
    found.page.set_default_timeout(WAIT * 1000)
    return found
