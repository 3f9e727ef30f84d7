"""Readers of publishers' own files: which of them knows a file, and the way from the file to a table folder.

A reader is one module that offers ``READERS``. Knows the readers; knows no graph.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container
from functools import partial
from pathlib import Path

from ..errors import BadFacts
from . import bgs, cepii, eu_studies, gaultois, gta, world_bank, world_mining
from .csv_stream import MOST, Head, read_head
from .format import Reader
from .model import Summary, Tell
from .names import Names, read_names
from .table_writer import card_turtle, write
from .usgs import deposits, mcs_2022_2025, mcs_2026, us_summary

PUBLISHERS = (mcs_2026, mcs_2022_2025, us_summary, cepii, eu_studies, gaultois, world_bank, deposits, world_mining, bgs, gta)
READERS: list[Reader] = [reader for publisher in PUBLISHERS for reader in publisher.READERS]


def recognise(path: Path) -> tuple[Reader, Head]:
    """The reader that knows a file, and the file's start. Raises BadFacts for a file that is too large, empty, missing or unknown."""
    if not path.is_file():
        raise BadFacts(f"{path} is not a file.", "Name a file as the publisher gives it.")
    size = path.stat().st_size
    if size > MOST:
        raise BadFacts(
            f"{path.name} has {size:,} bytes.", f"A file of at most {MOST:,} bytes is read; cut it into parts with the same header."
        )
    head = read_head(path)
    for reader in READERS:
        if reader.knows(head):
            return reader, head
    known = "\n".join(f"  {reader.title}" for reader in READERS)
    seen = f"Its first line is {', '.join(head.columns)[:200]}." if head.columns else "It is no CSV file that can be read."
    raise BadFacts(f"{path.name} is of no known format. {seen}", f"Known are:\n{known}")


def load(path: Path, tables: Path, names: Names, tell: Tell = lambda count: None, taken: Container[str] = ()) -> tuple[Path, Summary]:
    """Read a publisher's file into a folder below ``tables``, whole or not at all; the folder and what came in.

    ``taken`` are names of tables elsewhere: one of them is written as ``<name>-own``. Raises BadFacts.
    """
    reader, head = recognise(path)
    name = reader.table(head)
    folder = tables / (f"{name}-own" if name in taken else name)
    card = partial(card_turtle, reader.card(head), _sha256(path))
    return folder, write(folder, reader.read(path, names, tell), path, names, card)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


__all__ = ["READERS", "Names", "Reader", "load", "read_names", "recognise"]
