"""Rows of a sheet of a publisher's workbook (xlsx), read as a stream with columns checked and rows counted. Knows no publisher."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from .csv_stream import MOST, require_columns
from .model import Tell, bad

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

ZIP = b"PK\x03\x04"
FOLDED = 100  # how many times larger than its file a workbook may be once unfolded


def open_book(path: Path) -> Workbook:
    """The workbook. Raises BadFacts where it cannot be read, or would unfold to more than a file may have."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as folded:
            size = sum(part.file_size for part in folded.infolist())
        if size > min(MOST, FOLDED * max(path.stat().st_size, 1_000_000)):
            raise bad(path, 0, f"it unfolds to {size:,} bytes", f"It may unfold to {MOST:,} bytes and {FOLDED} times its own size.")
        return load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise bad(path, 0, f"this is not a workbook that can be read: {error}", "The file must be as the publisher gives it.") from None


def book_rows(book: Workbook, sheet: str) -> Generator[tuple[int, list[str]]]:
    """Row number and cells of a sheet, as text; what openpyxl holds open is closed where the reading ends early."""
    with closing(book[sheet].iter_rows(values_only=True)) as rows:
        for number, cells in enumerate(rows, 1):
            yield number, [text_of(cell) for cell in cells]


def sheet_rows(path: Path, columns: Sequence[str], tell: Tell, sheet: str = "", top: int = 1) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and cells by column of each row that is not empty, as text, of a sheet (the first where none is named).

    The names of the columns stand in row ``top``. Raises BadFacts where the sheet or one of the columns is not there.
    """
    book = open_book(path)
    if sheet and sheet not in book.sheetnames:
        raise bad(path, 0, f"there is no sheet “{sheet}”", f"The sheets are {', '.join(book.sheetnames)}.")
    header: list[str] = []
    try:
        for number, texts in book_rows(book, sheet or book.sheetnames[0]):
            if number == top:
                header = texts
                require_columns(path, header, columns)
            elif number > top and any(texts):
                yield number, {name: cell for name, cell in zip(header, texts, strict=False) if name}
    except (KeyError, ValueError, SyntaxError) as error:
        raise bad(path, 0, f"a sheet cannot be read: {error}", "The file must be as the publisher gives it.") from None
    finally:
        book.close()
    if not header:
        raise bad(path, top, "the sheet ends before the names of the columns", f"The columns must be {', '.join(columns)}.")
    tell(path.stat().st_size)


def text_of(cell: object) -> str:
    """A cell as text: a day as YYYY-MM-DD, a whole number without a point, nothing as an empty text."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime | datetime.date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
