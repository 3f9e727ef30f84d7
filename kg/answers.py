"""Answers of queries: what one is, the small ones kept for whoever asks the same again, the large ones counted.

Knows no process and no store.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import IO, Generic, TypeVar

from .errors import Busy
from .results import CHUNK

T = TypeVar("T")
BUFFER = 1_000_000  # bytes of an answer that are kept in memory; more go to a temporary file


@dataclass
class Answer:
    """An answer: its format (of results.MEDIA_TYPES, or of store.RDF_FORMATS where ``is_graph``), whether rows were cut off, its bytes.

    Small answers are in ``body``; larger ones in a temporary file, ``spool``, so that memory stays constant and nothing is sent
    before it is known how the query ends.
    """

    format: str
    is_graph: bool
    cut: bool
    body: bytes = b""
    spool: IO[bytes] | None = None

    def chunks(self) -> Iterator[bytes]:
        """The bytes, piece by piece; to be read once where there is a spool."""
        if self.spool is None:
            yield self.body
            return
        with self.spool:
            while piece := self.spool.read(CHUNK):
                yield piece


class Kept(Generic[T]):
    """What was found by key, up to a size altogether; the longest unused is forgotten first. Right where the data never change."""

    def __init__(self, most: int, entry_most: int) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._most, self._entry_most, self._size = most, entry_most, 0

    def get(self, key: Hashable) -> T | None:
        """What is kept under a key."""
        with self._lock:
            if key not in self._found:
                return None
            self._found.move_to_end(key)
            return self._found[key][0]

    def put(self, key: Hashable, value: T, size: int) -> None:
        """Keep a value, if it is small enough."""
        with self._lock:
            if size > self._entry_most or key in self._found:
                return
            self._found[key] = (value, size)
            self._size += size
            while self._size > self._most:
                self._size -= self._found.popitem(last=False)[1][1]


class Spools:
    """Counts the bytes of large answers that wait on disk for their readers, at most ``most`` together."""

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self.most = most
        self.size = 0

    def take(self, size: int) -> bool:
        """Count more bytes; False where there is no room."""
        with self._lock:
            has_room = self.size + size <= self.most
            self.size += size if has_room else 0
            return has_room

    def give_back(self, size: int) -> None:
        """Bytes that are gone."""
        with self._lock:
            self.size -= size

    def hold(self, answer: Answer, size: int) -> None:
        """Give bytes back once nobody holds the answer any more."""
        weakref.finalize(answer, self.give_back, size)


class Coming:
    """The bytes of an answer as they come: in memory up to ``BUFFER``, else in a temporary file, which threads write to."""

    def __init__(self, spools: Spools, retry_after: int) -> None:
        self._spools, self._retry_after = spools, retry_after
        self._pieces: list[bytes] = []
        self._size = self._counted = 0
        self._spool: IO[bytes] | None = None

    async def add(self, piece: bytes) -> None:
        """Hold one more piece. Raises Busy where large answers have no room left."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > BUFFER:
            await asyncio.to_thread(self._write)

    async def give(self, answer: Answer) -> None:
        """Put all of it into an answer. Raises Busy."""
        if self._spool is None:
            answer.body = b"".join(self._pieces)
            return
        await asyncio.to_thread(self._write)
        self._spool.seek(0)
        answer.spool = self._spool
        self._spools.hold(answer, self._counted)

    def drop(self) -> None:
        """Forget it."""
        if self._spool is not None:
            self._spool.close()
        self._spools.give_back(self._counted)

    def _write(self) -> None:
        if not self._spools.take(self._size):
            raise Busy("Too many large answers are on their way.", "Try again in a moment.", retry_after=self._retry_after)
        self._counted += self._size
        try:
            self._spool = self._spool or tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
            self._spool.writelines(self._pieces)
            self._spool.flush()
        except OSError as error:
            told = f"A large answer cannot be held on disk: {error.strerror or error}."
            raise Busy(told, "Ask for fewer rows, or try again later.", retry_after=self._retry_after) from error
        self._pieces.clear()
        self._size = 0
