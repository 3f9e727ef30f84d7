"""What a reader is. A module of a publisher offers ``READERS``, one for each of its formats; the package's own list collects them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .csv_stream import Head
from .model import Card, Item, Tell
from .names import Names


@dataclass(frozen=True)
class Reader:
    """One format of one publisher.

    ``knows`` tells from the start of a file whether it is of this format; ``table`` names its folder; ``read`` yields what the file
    holds; ``card`` is its source card.
    """

    title: str
    knows: Callable[[Head], bool]
    table: Callable[[Head], str]
    read: Callable[[Path, Names, Tell], Iterator[Item]]
    card: Callable[[Head], Card]
