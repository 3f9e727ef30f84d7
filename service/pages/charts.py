"""Geometry of the drawings: supplier bars, figures over years, the lives of measures. Numbers in, positions out; templates draw them.

Knows no graph and no colour. A time that is known to the year or month only, or whose end no document gives, is marked so that it is
drawn with an open side: no day is made up.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LEFT, TOP, ROW = 16, 26, 44
WIDTH = 960


@dataclass(frozen=True)
class Span:
    """A stretch of a life: first day, the day after its last or None where it is open, ``is_fuzzy`` where its start is no day."""

    kind: str  # announced, in-force, suspended, unsure
    start: datetime.date
    end: datetime.date | None
    is_fuzzy: bool = False


@dataclass(frozen=True)
class Life:
    """A line of a time line."""

    label: str
    href: str
    spans: Sequence[Span]
    tone: str = "restrict"
    remark: str = ""


@dataclass
class Timeline:
    """Positions for a time line: rectangles by row, ticks of years, the line of the day asked about."""

    width: int
    height: int
    ticks: list[tuple[float, str]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    today: float | None = None


def timeline(lives: Sequence[Life], day: datetime.date, first: int | None = None, last: int | None = None) -> Timeline:
    """Positions for lives between the first and the last year (else those of the lives and the day). An open end reaches to the edge."""
    starts = [span.start.year for life in lives for span in life.spans] + [day.year]
    ends = [span.end.year for life in lives for span in life.spans if span.end] + starts
    low = datetime.date(first or min(starts), 1, 1)
    high = datetime.date((last or max(ends)) + 1, 1, 1)
    scale = (WIDTH - 2 * LEFT) / max(1, (high - low).days)

    def x(when: datetime.date) -> float:
        return round(LEFT + min(max((when - low).days, 0), (high - low).days) * scale, 1)

    found = Timeline(WIDTH, TOP + ROW * len(lives) + 6, today=x(day) if low <= day < high else None)
    years = high.year - low.year
    step = next(size for size in (1, 2, 5, 10, 20, 50) if years / size <= 16)
    found.ticks = [(x(datetime.date(year, 1, 1)), str(year)) for year in range(low.year, high.year + 1) if year % step == 0]
    for place, life in enumerate(lives):
        top = TOP + ROW * place
        bars = [
            {
                "kind": span.kind,
                "x": x(span.start),
                "width": max(2.0, round(x(span.end or high) - x(span.start), 1)),
                "open": span.end is None,
                "fuzzy": span.is_fuzzy,
                "title": f"{span.start.isoformat()} – {span.end.isoformat() if span.end else '?'}",
            }
            for span in life.spans
        ]
        found.rows.append({"label": life.label, "href": life.href, "tone": life.tone, "remark": life.remark, "y": top, "bars": bars})
    return found


def lines(series: Mapping[str, Mapping[int, float]], *, width: int = 640, height: int = 220, top: float | None = None) -> dict[str, Any]:
    """Positions for figures by year: one line a series, broken where a year has no figure; from zero to ``top`` or a round number."""
    years = sorted({year for points in series.values() for year in points})
    if not years:
        return {}
    peak = top or _round_up(max(value for points in series.values() for value in points.values()))
    left, right, low, high = 52, 8, height - 24, 10

    def x(year: int) -> float:
        return round(left + (width - left - right) * (year - years[0]) / max(1, years[-1] - years[0]), 1)

    def y(value: float) -> float:
        return round(low - (low - high) * value / peak, 1)

    step = next(size for size in (1, 2, 5, 10, 20) if (years[-1] - years[0]) / size <= 10)
    return {
        "width": width,
        "height": height,
        "x_ticks": [(x(year), str(year)) for year in range(years[0], years[-1] + 1) if year % step == 0],
        "y_ticks": [(y(peak * part / 4), f"{peak * part / 4:g}") for part in range(5)],
        "lines": [
            {
                "label": label,
                "pieces": [" ".join(f"{x(year)},{y(points[year])}" for year in piece) for piece in _pieces(points)],
                "dots": [(x(year), y(value), year, value) for year, value in sorted(points.items())],
            }
            for label, points in series.items()
        ],
    }


def _pieces(points: Iterable[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for year in sorted(points):
        if found and found[-1][-1] == year - 1:
            found[-1].append(year)
        else:
            found.append([year])
    return found


def _round_up(value: float) -> float:
    size = 1.0
    while size * 10 < value:
        size *= 10
    while size > value > 0:
        size /= 10
    return next(size * part for part in (1, 2, 2.5, 5, 10) if size * part >= value)
