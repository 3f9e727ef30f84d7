"""Notes of the U.S. Geological Survey beside a figure: whether it is an estimate, why there is none, what it counts or leaves out."""

from __future__ import annotations

import re

_ESTIMATED = re.compile(r"(?:^|--|[.;,])\s*estimated\b(?:\s+(?:for\s+)?(?P<year>20\d\d)\b)?", re.IGNORECASE)
_NO_FIGURE = re.compile(
    r"(?:preclude|cannot be|could not be|not be)\s+calculat|world totals? cannot be calculated",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"\bincluded (?:in|with)\b", re.IGNORECASE)
_HALF = re.compile(r"less than (?:½|1/2)\s?unit", re.IGNORECASE)
# What a note says of what its figure counts or leaves out, in words that are kept beside the figure.
_QUALIFIERS = {
    r"production quota": "production quota",
    r"does not include undocumented production": "without undocumented production",
    r"estimated based on reported import data for china": "estimated from China's imports",
    r"excludes u\.s\. production|does not include production in the united states": ("excludes U.S. production"),
    r"does not include u\.s\. production of attapulgite": "without U.S. attapulgite",
    r"excludes production from puerto rico": "without Puerto Rico",
    r"includes puerto rico|includes imports into puerto rico": "includes Puerto Rico",
    r"includes production of crude ore": "includes crude ore",
    r"(?:^|-- )crude ore\.": "crude ore",
    r"sold (?:and|or) used by producers": "sold or used by producers",
    r"export sales": "export sales",
    r"for large mines only": "large mines only",
    r"feldspar only": "feldspar only",
    r"includes pyrophyllite": "includes pyrophyllite",
    r"includes hydraulic lime": "includes hydraulic lime",
    r"includes pozzolan": "includes pozzolan or volcanic tuff",
    r"includes sales of moler": "includes moler",
    r"includes helium extracted from canada": "includes helium from Canada",
    r"rutile production and reserves data are included with ilmenite": ("U.S. rutile is counted with ilmenite"),
    r"secondary rhenium production not included": "without secondary production",
    r"includes u\.s\. geological survey estimates": "includes estimates",
    r"to exclude low-value shipments": "without low-value shipments",
    r"reassigned to japan": "includes imports reported as Philippine",
    r"includes hong kong": "includes Hong Kong",
}
_KNOWN = {re.compile(pattern, re.IGNORECASE): words for pattern, words in _QUALIFIERS.items()}


def is_estimate(note: str, year: int) -> bool:
    """Whether a note calls the figure of this year an estimate; a note that names a year speaks of that year alone."""
    return any(match["year"] in (None, str(year)) for match in _ESTIMATED.finditer(note))


def qualifiers(note: str) -> list[str]:
    """What the note says that the figure counts or leaves out, in words of a table."""
    return [words for pattern, words in _KNOWN.items() if pattern.search(note)]


def says_half(note: str) -> bool:
    """Whether the note says that the figure is less than half a unit."""
    return bool(_HALF.search(note))


def why_absent(note: str) -> str:
    """The code of why there is no figure, or an empty text where the note does not say."""
    if _NO_FIGURE.search(note):
        return "not-available"
    return "included-elsewhere" if _ELSEWHERE.search(note) else ""
