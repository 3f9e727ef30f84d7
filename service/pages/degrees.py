"""Degrees of coverage on pages: a word and a glyph in each cell, and what the glyphs mean."""

from __future__ import annotations

from collections.abc import Iterable

from kg.views.coverage import COVERING, DEGREES, counted

from .page import Page

GLYPHS = {"operating": "●", "funded": "◐", "designated": "○", "ended": "■", "failed": "✕"}


def degree(page: Page, code: str) -> str:
    """One degree: its glyph and its word."""
    return f"{GLYPHS[code]} {page.code('degree', code)}"


def told(page: Page, degrees: Iterable[str]) -> str:
    """How many responses there are of each degree, the furthest first."""
    return page.say(" · ", "・").join(f"{degree(page, code)} {count}" for code, count in counted(degrees).items())


def tone(degrees: Iterable[str]) -> str:
    """Whether a pillar counts as covered, as a tone of its cell."""
    return "covered" if any(code in COVERING for code in degrees) else "gap"


def legend(page: Page) -> str:
    """What the glyphs mean, and from which degree on a pillar counts as covered."""
    names = page.say(", ", "、").join(degree(page, code) for code in DEGREES)
    return page.say(
        f"{names}. A pillar counts as covered where something is operating or funded; designated alone is counted apart; "
        "what ended or failed does not count. “None recorded” is not “none”.",
        f"{names}。実施中または資金措置のものがあれば柱は対象に数え、指定のみは別に数える。終了・頓挫は数えない。「記録なし」は「存在しない」ではない。",
    )
