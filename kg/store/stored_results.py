"""Results of queries on disk, in the folder of a built store: a file of JSON lines after an index.

A built store never changes, so that a result is right for as long as the store is there. Knows
rows; knows no engine and no question.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ..namespaces import Iri
from .values import Cell, Rows

NAME = "results-1.jsonl"  # with the number of its form
IRI, TEXT, NUMBER = "<", '"', "#"  # the first character of a cell that JSON has no type for


class Place(NamedTuple):
    """Where a line stands behind the index, in bytes, and the CRC-32 of it."""

    offset: int
    length: int
    check: int


class StoredResults:
    """Results by the text of their query. A file that is missing or damaged holds none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def get(self, text: str) -> Rows | None:
        """The rows of a query, or None where they are not stored."""
        place = self._index.get(_key(text))
        if place is None:
            return None
        try:
            with self._path.open("rb") as file:
                file.seek(self._begin + place.offset)
                line = file.read(place.length)
        except OSError:
            return None
        if zlib.crc32(line) != place.check:
            return None
        stored = json.loads(line)
        columns = stored["columns"]
        rows = (zip(columns, map(_read, cells), strict=True) for cells in stored["rows"])
        return Rows(columns, map(dict, rows))

    @cached_property
    def _index(self) -> Mapping[str, Place]:
        try:
            with self._path.open("rb") as file:
                first = file.readline()
            return {key: Place(*place) for key, place in json.loads(first).items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    @cached_property
    def _begin(self) -> int:
        with self._path.open("rb") as file:
            return len(file.readline())


def write(folder: Path, results: Iterable[tuple[str, Rows]]) -> None:
    """Store results by the text of their query. Raises OSError."""
    index: dict[str, Place] = {}
    lines: list[bytes] = []
    offset = 0
    for text, rows in results:
        cells = [[_written(row[name]) for name in rows.columns] for row in rows]
        stored = {"columns": rows.columns, "rows": cells}
        line = json.dumps(stored, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        index[_key(text)] = Place(offset, len(line), zlib.crc32(line))
        lines.append(line)
        offset += len(line)
    first = json.dumps(index).encode() + b"\n"
    (folder / NAME).write_bytes(first + b"".join(lines))


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _written(cell: Cell) -> str | int | bool | None:
    if isinstance(cell, Iri):
        return IRI + cell
    if isinstance(cell, str):
        return TEXT + cell
    if isinstance(cell, Decimal):
        return f"{NUMBER}{cell}"
    return cell


def _read(cell: Any) -> Cell:
    """``cell``: as JSON has it."""
    if not isinstance(cell, str):
        found: int | bool | None = cell
        return found
    kind, text = cell[:1], cell[1:]
    if kind == IRI:
        return Iri(text)
    return text if kind == TEXT else Decimal(text)
