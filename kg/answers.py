"""Answers of queries: what one is, the small ones kept for whoever asks the same again, the large ones counted. Knows no process."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from .results import CHUNK

ENTRY_MOST = 200_000  # bytes of an answer that is worth keeping
ENTRY_COST = 1_000  # bytes that an entry takes beside its answer
ALL_MOST = 32_000_000


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


class Kept:
    """Small answers by key, the longest unused forgotten first: the data never change under a running pool."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._size = 0

    def get(self, key: str) -> Answer | None:
        """The answer kept under a key."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer, if it is small enough."""
        with self._lock:
            if len(answer.body) > ENTRY_MOST or key in self._answers:
                return
            self._answers[key] = answer
            self._size += len(answer.body) + ENTRY_COST
            while self._size > ALL_MOST:
                self._size -= len(self._answers.popitem(last=False)[1].body) + ENTRY_COST


class Spools:
    """Counts the bytes of large answers that wait on disk for their readers, at most ``most`` together."""

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self._most = most
        self.size = 0

    def take(self, size: int) -> bool:
        """Count more bytes; False where there is no room."""
        with self._lock:
            has_room = self.size + size <= self._most
            self.size += size if has_room else 0
            return has_room

    def give_back(self, size: int) -> None:
        """Bytes that are gone."""
        with self._lock:
            self.size -= size

    def hold(self, answer: Answer, size: int) -> None:
        """Give bytes back once nobody holds the answer any more."""
        weakref.finalize(answer, self.give_back, size)
