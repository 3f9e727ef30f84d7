"""Where deposits on record lie, of one mineral or of all, and which countries supply it and have projects: points on a graticule.

A point stands where the record places it; nothing else is placed. The name of a country stands amid its deposits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import median
from typing import Any

from fastapi.responses import Response

from kg.namespaces import ID, kind_of, slug_of
from kg.network.graphs import needs, network
from kg.views import lookup

from ..http.concurrency import WHOLE
from .page import Page, ThePage, router
from .tables import Cell, Table, number

alone = router(beside_calls=False, place=WHOLE)
WIDTH, NORTH, SOUTH, SCALE = 1080, 84, -60, 3  # pixels; degrees; pixels a degree
LINKED_MOST = 400  # points that are links; more are dots alone
NAMED = 14  # countries
COUNTRIES = ("country", "bloc")
Fields = dict[str, Any]  # of a deposit


@alone.get("/map")
def show(page: ThePage, mineral: str = "") -> Response:
    """Deposits of a mineral, or of all, with the countries that they lie in."""
    page.check("mineral")
    iri = page.graph.resolve(mineral, ["mineral"]) if mineral else ""
    found = _of(page, iri) if iri else _every(page)
    placed = [row for row in found if row["latitude"] is not None]
    by_country = Counter(str(row["located"]) for row in found if row["located"])
    label = page.graph.label(iri, page.lang) if iri else ""
    tables = [_countries(page, iri, by_country), _deposits(page, iri, found) if iri else _minerals(page, found)]
    values: dict[str, Any] = {
        "width": WIDTH,
        "height": (NORTH - SOUTH) * SCALE,
        "lines": _graticule(),
        "points": [_point(page, row) for row in placed] if len(placed) <= LINKED_MOST else [],
        "dots": "".join(f"M{_x(row)} {_y(row)}h0" for row in placed) if len(placed) > LINKED_MOST else "",
        "names": _names(page, placed, by_country),
        "minerals": lookup.things(page.graph, "mineral", lang=page.lang),
        "chosen": slug_of(iri) if iri else "",
        "found": len(found),
        "placed": len(placed),
        "geojson": page.to("/graph.geojson", center=f"mineral/{slug_of(iri)}" if iri else None, kinds="deposit" if not iri else None),
    }
    title = page.say("Deposits", "鉱床") + (f": {label}" if label else "")
    return page.answer("map.html", title, tables, **values)


def _of(page: Page, iri: str) -> list[Fields]:
    """Deposits of a mineral, of its members too, one row each."""
    rows = page.graph.ask("deposits", mineral=iri, lang=page.lang)
    return list({str(row["deposit"]): {**row} for row in rows}.values())


def _every(page: Page) -> list[Fields]:
    """All deposits, one row each, with their minerals."""
    found: dict[str, Fields] = {}
    for row in page.graph.part("placed"):
        entry = found.setdefault(str(row["deposit"]), {**row, "minerals": []})
        if row["mineral"] is not None:
            entry["minerals"].append(str(row["mineral"]))
    return list(found.values())


def _x(row: Fields) -> float:
    return round((float(str(row["longitude"])) + 180) * SCALE, 1)


def _y(row: Fields) -> float:
    return round((NORTH - float(str(row["latitude"]))) * SCALE, 1)


def _graticule() -> list[dict[str, Any]]:
    """A line every 30 degrees, with its name."""
    upright = [{"x": (lon + 180) * SCALE, "name": f"{abs(lon)}°{'EW'[lon < 0] if lon else ''}"} for lon in range(-150, 180, 30)]
    level = [{"y": (NORTH - lat) * SCALE, "name": f"{abs(lat)}°{'NS'[lat < 0] if lat else ''}"} for lat in range(-30, 90, 30)]
    return [*upright, *level]


def _point(page: Page, row: Fields) -> dict[str, Any]:
    label = str(row["depositLabel"])
    told = " · ".join(filter(None, (label, str(row["locatedLabel"] or ""), str(row["type"] or ""))))
    return {"x": _x(row), "y": _y(row), "href": page.of(row["deposit"]), "told": told, "doubtful": row.get("otherwise") is not None}


def _names(page: Page, placed: list[Fields], by_country: Counter[str]) -> list[dict[str, Any]]:
    """Names of the countries with most deposits, amid their points, as far as they do not lie on each other."""
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in placed:
        points[str(row["located"])].append((_x(row), _y(row)))
    found: list[dict[str, Any]] = []
    for iri, count in by_country.most_common(NAMED):
        label = f"{page.graph.label(iri, page.lang)} {count}"
        half = len(label) * (7 if page.ja else 4)
        if not points[iri]:
            continue
        x = min(max(median(x for x, _ in points[iri]), half), WIDTH - half)
        y = median(y for _, y in points[iri]) - 8
        if all(abs(x - o["x"]) > half + o["half"] or abs(y - o["y"]) > 18 for o in found):
            found.append({"x": round(x, 1), "y": round(y, 1), "half": half, "label": label, "href": page.of(iri)})
    return found


def _countries(page: Page, iri: str, by_country: Counter[str]) -> Table:
    """Countries with deposits, suppliers of the mineral, and those with projects."""
    shares = _shares(page, iri) if iri else {}
    projects = _projects(page, iri)
    columns = [("country", page.say("Country", "国")), ("deposits", page.say("Deposits on record", "収録された鉱床"))]
    columns += [("share", page.say("Share of Japan's supply, %", "日本の供給に占める割合（%）"))] if iri else []
    columns += [("projects", page.say("Projects", "プロジェクト"))]
    absent = page.none() if any(cell.notes for cell in shares.values()) else page.no_data()  # a trade table names every partner
    order = sorted({*by_country, *shares, *projects}, key=lambda one: (-by_country[one], page.graph.label(one, page.lang)))
    rows = [
        {
            "country": page.thing(one),
            "deposits": Cell(str(by_country[one]), by_country[one]) if by_country[one] else page.none(),
            "share": shares.get(one) or absent,
            "projects": Cell(page.say(", ", "、").join(projects[one]), sources=()) if one in projects else page.none(),
        }
        for one in order
    ]
    return Table("countries", page.say("Suppliers, deposits and projects by country", "国別の供給・鉱床・プロジェクト"), columns, rows)


def _shares(page: Page, iri: str) -> dict[str, Cell]:
    net = needs(page.graph, page.day)
    found = {}
    for other, data in net[iri].items() if iri in net else ():
        if data["supply"] and kind_of(other) in COUNTRIES:
            low, high, claim = data["low"] * 100, data["high"] * 100, data["all"][0]
            text = number(low, 3) if low == high else f"{number(low, 3)}–{number(high, 3)}"
            sources = page.sources.mark(claim["document"], claim["place"])
            notes = (str(net.graph["year"]),) if claim.get("computed") else ()
            found[other] = Cell(text, low, sources=sources, notes=notes) if low or high < 100 else page.no_data()
    return found


def _projects(page: Page, iri: str) -> dict[str, list[str]]:
    """Names of projects by the country that they lie in; of the mineral alone where one is given."""
    net = network(page.graph, page.day, page.lang)
    found: dict[str, list[str]] = defaultdict(list)
    for source, target, data in sorted(net.edges(data=True), key=lambda edge: edge[:2]):
        if data["relation"] == "locatedIn" and source.startswith(f"{ID}project/") and kind_of(target) in COUNTRIES:
            label = page.graph.label(source, page.lang)
            if (not iri or net.has_edge(source, iri) or net.has_edge(iri, source)) and label not in found[target]:
                found[target].append(label)
    return {country: names for country, names in found.items() if names}


def _deposits(page: Page, iri: str, found: list[Fields]) -> Table:
    columns = [
        ("deposit", page.say("Deposit", "鉱床")),
        ("country", page.say("Country", "国")),
        ("latitude", page.say("Latitude, °", "緯度（°）")),
        ("longitude", page.say("Longitude, °", "経度（°）")),
        ("type", page.say("Type", "型")),
        ("note", page.say("Note", "注記")),
    ]
    elsewhere = page.say("another record of this name stands elsewhere", "同名の別の記録は位置が異なる")
    rows = [
        {
            "deposit": page.thing(
                row["deposit"], sources=page.sources.mark(row["document"], page.say(f"line {row['line']}", f"{row['line']}行"))
            ),
            "country": page.thing(row["located"]) if row["located"] else page.no_data(),
            "latitude": _degrees(page, row["latitude"]),
            "longitude": _degrees(page, row["longitude"]),
            "type": Cell(str(row["type"] or "")),
            "note": Cell(" · ".join(filter(None, (elsewhere if row["otherwise"] else "", str(row["note"] or ""))))),
        }
        for row in found
    ]
    return Table("deposits", page.say("Deposits", "鉱床"), columns, rows, page.query("deposits", mineral=iri))


def _degrees(page: Page, value: object) -> Cell:
    return page.no_data() if value is None else Cell(str(value), float(str(value)))


def _minerals(page: Page, found: list[Fields]) -> Table:
    """How many deposits there are of each mineral."""
    counts: Counter[str] = Counter(mineral for row in found for mineral in row["minerals"])
    columns = [("mineral", page.say("Mineral", "鉱種")), ("deposits", page.say("Deposits on record", "収録された鉱床"))]
    rows = [
        {
            "mineral": page.thing(iri),
            "deposits": Cell(str(count), count, page.to("/map", mineral=slug_of(iri))),
        }
        for iri, count in sorted(counts.items(), key=lambda pair: (-pair[1], page.graph.label(pair[0], page.lang)))
    ]
    return Table("minerals-table", page.say("Deposits by mineral", "鉱種別の鉱床数"), columns, rows)
