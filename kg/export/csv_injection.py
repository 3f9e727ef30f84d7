"""Cells of CSV made for people: a text that would run as a formula gets an apostrophe before it.

Holds for texts alone: a number stays a number, whatever its sign. ``restore`` gives back what
``neutralise`` was given. SPARQL results as CSV are not made by this: their form is the W3C's.
"""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def neutralise(cell: T) -> T | str:
    """The cell; a text that begins with a formula sign, after any apostrophes, with one more."""
    return f"'{cell}" if _is_formula(cell) else cell


def restore(cell: str) -> str:
    """The text that ``neutralise`` made this cell of."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell) else cell


def _is_formula(cell: object) -> bool:
    return isinstance(cell, str) and cell.lstrip("'").startswith(FORMULA_SIGNS)
