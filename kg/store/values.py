"""What a store gives and takes, as plain Python values. Knows no store."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from ..namespaces import Iri

Cell = Iri | str | int | Decimal | bool | None
Row = dict[str, Cell]


@dataclass(frozen=True)
class Text:
    """Text in a language."""

    text: str
    language: str


@dataclass(frozen=True)
class Typed:
    """A value of a datatype of XSD that no plain value stands for, such as hexBinary."""

    text: str
    datatype: str


Triple = tuple[str, str, Cell | Text | Typed]
DIGITS_MOST = 300  # of a number; more than any quantity has, and fewer than Python and JSON readers refuse
_LEXICAL = {"integer": re.compile(r"[+-]?[0-9]+"), "decimal": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")}


def read_literal(text: str, kind: str) -> int | Decimal | bool | str:
    """A literal by the local name of its datatype in XSD: numbers and booleans as such, all else as its text; so a number that is none,
    or that has more than ``DIGITS_MOST`` characters."""
    if kind == "boolean":
        return text in ("true", "1")
    if kind not in _LEXICAL or len(text) > DIGITS_MOST or not _LEXICAL[kind].fullmatch(text):
        return text
    return int(text) if kind == "integer" else Decimal(text)


class Output(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take bytes."""

    def flush(self) -> None:
        """Hand on what is held."""


class Rows(list[Row]):
    """Rows of a SELECT; ``columns`` are its variables, also where there is no row."""

    def __init__(self, columns: list[str], rows: Iterable[Row]) -> None:
        super().__init__(rows)
        self.columns = columns
