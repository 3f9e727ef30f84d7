"""What a cell of a table says: a number, a bound, or why there is none. Knows no publisher's columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = re.compile(r"(?P<sign>[<>]?)\s*(?P<number>-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?)")
_RANGE = re.compile(r"\d[\d,.]*\s*[-–]\s*\d[\d,.]*")
_ZERO = ("—", "--", "–")
_ABSENT = {
    "": "not-given",
    "na": "not-available",
    "..": "not-available",
    "w": "withheld",
    "xx": "not-applicable",
    "large": "not-one-number",
    "moderate": "not-one-number",
    "moderate to large": "not-one-number",
    "small": "not-one-number",
    "very small": "not-one-number",
    'categorized as "large"': "not-one-number",
}
_ELSEWHERE = re.compile(r"included (in|with) ", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """Value or absence, with the bound and what was written where that says more than the number."""

    value: Decimal | None = None
    absence: str = ""
    bound: str = ""
    written: str = ""


def read_cell(text: str, factor: Decimal = Decimal(1), unit: str = "") -> Cell:
    """The cell, its number multiplied by ``factor``; ``unit`` is the publisher's, kept beside the number where the factor changes it.

    Raises ValueError for text that is neither a number, a bound, a range nor a sign or word for a missing figure.
    """
    plain = re.sub(r"\s+", " ", text).strip()
    if plain in _ZERO:
        return Cell(Decimal(0), written=plain)
    absence = _ABSENT.get(plain.casefold().replace("“", '"').replace("”", '"').rstrip("."))
    if absence is None and _RANGE.fullmatch(plain):
        absence = "not-one-number"
    if absence is None and _ELSEWHERE.match(plain):
        absence = "included-elsewhere"
    if absence is not None:
        kept = f"{plain} {unit}".strip() if absence == "not-one-number" and plain[:1].isdigit() else plain
        return Cell(absence=absence, written=kept)
    match = _NUMBER.fullmatch(plain)
    if not match:
        raise ValueError(f"value is “{plain}”", "It must be a number, a bound such as >90, a range, NA, W, XX, — or empty.")
    value = Decimal(match["number"].replace(",", "")) * factor
    written = f"{plain} {unit}".strip() if factor != 1 or match["sign"] else ""
    return Cell(value, bound=match["sign"], written=written)
