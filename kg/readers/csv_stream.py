"""Rows of a publisher's CSV file, read as a stream: encoding, columns and width checked, lines counted. Knows no publisher."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .model import Tell, bad

HEAD = 65_536  # bytes of a file by which it is recognised
MOST = 2_000_000_000  # bytes of a file that is read at all


@dataclass(frozen=True)
class Head:
    """The start of a file, enough to tell whose it is."""

    path: Path
    start: bytes

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of a CSV file, stripped; of anything else, nothing."""
        if b"\0" in self.start:
            return ()
        line = self.start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0]
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            text = line.decode("cp1252", errors="replace")
        try:
            return tuple(cell.strip() for cell in next(csv.reader([text.rstrip("\r")]), []))
        except csv.Error:
            return ()


def read_head(path: Path) -> Head:
    """The start of a file."""
    with path.open("rb") as file:
        return Head(path, file.read(HEAD))


def csv_rows(path: Path, columns: Sequence[str], tell: Tell, encoding: str = "utf-8-sig") -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells by column of each row that is not empty; cells are stripped, columns beyond those named must be there and are kept.

    ``encoding`` may be ``utf-8-or-cp1252``: UTF-8, and a line that is not is Windows-1252. Raises BadFacts where the columns are not
    those (in any order), a row has another number of cells, or bytes cannot be read.
    """
    done = 0
    first = 1

    def lines() -> Iterator[str]:
        nonlocal done
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                done += len(line)
                if done > HEAD * 16:
                    tell(done)
                    done = 0
                yield _decode(path, number, line, encoding)

    reader = csv.reader(lines(), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        require_columns(path, header, columns)
        first = reader.line_num + 1
        for cells in reader:
            line, first = first, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise bad(path, line, f"the row has {len(cells)} cells where there are {len(header)} columns", "Is the file cut short?")
            yield line, {name: cell.strip() for name, cell in zip(header, cells, strict=True) if name}
    except csv.Error as error:
        raise bad(path, first, f"this is not CSV: {error}", "Is the file cut short?") from None
    tell(done)


def require_columns(path: Path, header: list[str], columns: Sequence[str]) -> None:
    """Raises BadFacts where a column is missing or stands there twice."""
    missing = [name for name in columns if name not in header]
    if missing:
        raise bad(path, 1, f"there is no column {', '.join(missing)}", f"The columns must be {', '.join(columns)}.")
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise bad(path, 1, f"column {', '.join(sorted(twice))} stands there twice", "Each must stand there once.")


def _decode(path: Path, number: int, line: bytes, encoding: str) -> str:
    names = ("utf-8-sig", "cp1252") if encoding == "utf-8-or-cp1252" else (encoding,)
    for name in names:
        try:
            text = line.decode(name if number == 1 or name != "utf-8-sig" else "utf-8")
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise bad(path, number, f"bytes that are not {' or '.join(names)}", "The file must be as the publisher gives it, unchanged.")
