"""What a store gives and takes, as plain Python values. Knows no store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from .terms import Iri

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


class Output(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take bytes."""


class Rows(list[Row]):
    """Rows of a SELECT; ``columns`` are its variables, also where there is no row."""

    def __init__(self, columns: list[str], rows: Iterable[Row]) -> None:
        super().__init__(rows)
        self.columns = columns
