"""Pictures: nothing outside the view, nothing fetched, Japanese that is drawn; the page's policy fits what it carries."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import re
import struct
import xml.etree.ElementTree as ET
import zipfile

import networkx as nx
import pytest
from exported import hostile_net

import kg
from kg.export import registry
from kg.namespaces import ID

SVG = "{http://www.w3.org/2000/svg}"


def _one(label: str) -> nx.MultiDiGraph[str]:
    net: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    net.add_node(f"{ID}mineral/x", kind="mineral", label_en=label, label_ja=label)
    return net


def _png(body: bytes) -> tuple[int, int]:
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", body[16:24])
    return width, height


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_picture_is_whole_and_needs_nothing(graph: kg.Graph, lang: str) -> None:
    """Well formed; each box inside the view and on no other; each kind has its heading; nothing is fetched."""
    text = registry.write(graph, "svg", center="rare-earths", lang=lang).decode()
    root = ET.fromstring(text)
    left, top, width, height = map(float, (root.get("viewBox") or "").split())
    boxes = [tuple(float(box.get(n) or 0) for n in ("x", "y", "width", "height")) for box in root.iter(f"{SVG}rect") if box.get("rx")]
    assert len(boxes) == registry.neighbourhood(graph.to_networkx(), graph.resolve("rare-earths"), 1).number_of_nodes()
    for x, y, w, h in boxes:
        assert left <= x
        assert top <= y
        assert x + w <= left + width
        assert y + h <= top + height
    for a, b in itertools.combinations(boxes, 2):
        assert a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]
    heads = " ".join(item.text or "" for item in root.iter(f"{SVG}text") if item.get("class") == "head")
    assert {"en": "Mineral", "ja": "鉱種"}[lang] in heads
    assert not re.search(r"\b(href|src)=|@import|url\((?!#)", text)


def test_what_is_said_stands_in_the_titles(graph: kg.Graph) -> None:
    """A share and a measure's days, in words."""
    root = ET.fromstring(registry.write(graph, "svg", center="rare-earths"))
    titles = [item.text or "" for item in root.iter(f"{SVG}title")]
    assert any(re.search(r"suppliedBy.* · \d+(\.\d+)? %", title) for title in titles)
    assert any(re.search(r"suppliedBy.* · ≥ \d+ %", title) for title in titles)
    assert any(re.search(r"\d{4}-\d\d-\d\d/", title) for title in titles)


def test_japanese_is_drawn_and_not_as_boxes() -> None:
    """Other characters give another picture; the size is that of the view, doubled where it is small."""
    one, other = (registry.serialise(_one(label), "png", lang="ja") for label in ("希土類磁石", "重要鉱物資"))
    assert one != other
    assert _png(one) == _png(other)
    root = ET.fromstring(registry.serialise(_one("希土類磁石"), "svg", lang="ja"))
    assert _png(one) == (2 * int(root.get("width") or 0), 2 * int(root.get("height") or 0))


def test_a_page_allows_what_it_carries_and_nothing_else(graph: kg.Graph) -> None:
    """The hashes of its policy are those of its styles and its script; nothing is fetched, nothing runs from an attribute."""
    page = registry.write(graph, "html", center="dysprosium", lang="ja").decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        texts = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts}
        (allowed,) = re.findall(rf"{directive} ([^;]+)", policy)
        assert set(allowed.split()) == hashes != set()
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"<[^>]+\s(on\w+|style|src|href)=", page)
    assert '<html lang="ja">' in page


def test_hostile_labels_do_not_leave_their_place_in_a_page() -> None:
    """Each stands escaped in the picture; the only elements are those that the page is made of."""
    page = registry.serialise(hostile_net(), "html", lang="ja", about="</script><script>alert(1)</script>").decode()
    assert page.count("<script") == page.count("</script>") == 1
    assert "<b>" not in page
    assert "عنصر «نادر»" in page


@pytest.mark.parametrize(("format", "needs"), [("png", "resvg_py"), ("png", "noto_cjk_sans_jp_regular"), ("parquet", "pyarrow")])
def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, format: str, needs: str) -> None:
    """With the words that install it."""
    monkeypatch.setitem(__import__("sys").modules, needs, None)
    with pytest.raises(kg.BadParameter, match=rf"Install it: python3 run\.py install {format}\."):
        registry.serialise(_one("x"), format)


def test_a_part_is_the_file_of_the_archive() -> None:
    """And only formats of two files have parts."""
    net = hostile_net()
    for format, ending in (("csv-gephi", "csv"), ("csv-neo4j", "csv"), ("parquet", "parquet")):
        with zipfile.ZipFile(io.BytesIO(registry.serialise(net, format))) as archive:
            assert archive.namelist() == [f"nodes.{ending}", f"edges.{ending}"]
            for part in ("nodes", "edges"):
                assert registry.serialise(net, format, part=part) == archive.read(f"{part}.{ending}")
    with pytest.raises(kg.BadParameter, match="nodes, edges"):
        registry.serialise(net, "parquet", part="node")
    with pytest.raises(kg.BadParameter, match="has no part"):
        registry.serialise(net, "gexf", part="nodes")
